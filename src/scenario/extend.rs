//! Fragments: parts of a scenario that are added to a planted one.
//!
//! A fragment has the lists of a scenario file, all optional. Its rows may refer to rows of the scenario, and its
//! overlays to old and new rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::format::FragmentIn;
use super::load::{Resolver, Rows, SYSTEMS, misfit, parse};
use super::seed::{Known, Overlay, Scenario, SeedError};

/// A fragment ready to be planted.
#[derive(Debug)]
pub struct Fragment {
    /// Known rows, then new ones, with the work of the fragment only.
    pub scenario: Scenario,
    /// The fragment's overlays.
    pub overlays: BTreeMap<&'static str, Overlay>,
    file: Overlay,
}

/// Resolves a fragment against the known rows; its relative dates count from `now`.
///
/// # Errors
/// The first error in the fragment.
pub fn resolve(known: &Scenario, text: &str, now: DateTime<Utc>) -> Result<Fragment, SeedError> {
    let file = Overlay { file: "fragment".to_owned(), text: text.to_owned() };
    if text.trim_start().starts_with('[') {
        return Err(misfit(&file, "fragment", "a fragment is an object"));
    }
    let FragmentIn { people, clients, projects, tasks, work, overlays: added } = parse(&file)?;
    if let Some(n) = work.iter().position(|work| work.running) {
        let message = "a timer of a living world is started through its API";
        return Err(misfit(&file, &format!("work[{n}].running"), message));
    }
    let mut scenario = cast(known);
    scenario.anchor = now;
    scenario.known = Known {
        people: scenario.people.len(),
        clients: scenario.clients.len(),
        projects: scenario.projects.len(),
        tasks: scenario.tasks.len(),
    };
    let rows = Rows { people, clients, projects, tasks, work };
    Resolver::behind(&file, now, known).add(rows, &mut scenario)?;
    let mut overlays = BTreeMap::new();
    for (name, value) in added {
        let field = format!("overlays.{name}");
        let system = SYSTEMS.into_iter().find(|system| *system == name);
        let system = system.ok_or_else(|| misfit(&file, &field, "there is no such system"))?;
        if !value.is_object() {
            return Err(misfit(&file, &field, "an overlay is an object"));
        }
        let overlay = Overlay { file: format!("fragment: {field}"), text: value.to_string() };
        overlays.insert(system, overlay);
    }
    Ok(Fragment { scenario, overlays, file })
}

/// All rows that can be referred to, without work.
#[must_use]
pub fn cast(scenario: &Scenario) -> Scenario {
    let Scenario {
        name, company, currency, anchor, people, clients, projects, tasks, known, ..
    } = scenario;
    Scenario {
        name: name.clone(),
        company: company.clone(),
        currency: currency.clone(),
        anchor: *anchor,
        people: people.clone(),
        clients: clients.clone(),
        projects: projects.clone(),
        tasks: tasks.clone(),
        work: Vec::new(),
        known: *known,
    }
}

impl Fragment {
    /// An error in an overlay as an error at the fragment's field.
    #[must_use]
    pub fn translate(&self, error: SeedError) -> SeedError {
        match error.file.strip_prefix("fragment: ") {
            Some(overlay) => {
                misfit(&self.file, &format!("{overlay}.{}", error.field), error.message)
            }
            None => error,
        }
    }
}
