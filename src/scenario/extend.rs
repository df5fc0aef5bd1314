//! Fragments: parts of a scenario that are added to one that has been planted already.
//!
//! A fragment has the lists of a scenario file, all of them optional, whose rows may name what the
//! scenario has, and overlays by system. Overlays are merged: lists grow, objects are merged member by
//! member, everything else is replaced.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::format::{ClientIn, PersonIn, ProjectIn, TaskIn, WorkIn};
use super::load::{Resolver, Rows, SYSTEMS, misfit, parse};
use super::seed::{Overlay, Scenario, SeedError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct FragmentIn {
    people: Vec<PersonIn>,
    clients: Vec<ClientIn>,
    projects: Vec<ProjectIn>,
    tasks: Vec<TaskIn>,
    work: Vec<WorkIn>,
    overlays: BTreeMap<String, Value>,
}

/// A scenario with a fragment behind it.
#[derive(Debug)]
pub struct Extended {
    /// The scenario and its rows, then the fragment's.
    pub scenario: Scenario,
    /// The overlays, merged.
    pub overlays: BTreeMap<&'static str, Overlay>,
    fragment: Overlay,
    /// The overlays as they were.
    before: BTreeMap<&'static str, Value>,
}

/// Adds a fragment; its relative dates count from `now`.
///
/// # Errors
/// The first thing of the fragment that does not fit.
pub fn extend(
    scenario: &Scenario,
    overlays: &BTreeMap<&'static str, Overlay>,
    fragment: &Overlay,
    now: DateTime<Utc>,
) -> Result<Extended, SeedError> {
    let FragmentIn { people, clients, projects, tasks, work, overlays: added } = parse(fragment)?;
    if let Some(n) = work.iter().position(|work| work.running) {
        let message = "a timer of a living world is started through its API";
        return Err(misfit(fragment, &format!("work[{n}].running"), message));
    }
    let mut extended = Extended {
        scenario: scenario.clone(),
        overlays: overlays.clone(),
        fragment: fragment.clone(),
        before: BTreeMap::new(),
    };
    let rows = Rows { people, clients, projects, tasks, work };
    Resolver::behind(fragment, now, scenario).add(rows, &mut extended.scenario)?;
    for (name, value) in added {
        let field = format!("overlays.{name}");
        let system = SYSTEMS.into_iter().find(|system| *system == name);
        let system = system.ok_or_else(|| misfit(fragment, &field, "there is no such system"))?;
        if !value.is_object() {
            return Err(misfit(fragment, &field, "an overlay is an object"));
        }
        let known = overlays.get(system);
        let known = known.map_or(Ok(Value::Object(serde_json::Map::new())), parse)?;
        let mut merged = known.clone();
        merge(&mut merged, value);
        extended.before.insert(system, known);
        let file = format!("{}: overlays.{system}", fragment.file);
        extended.overlays.insert(system, Overlay { file, text: merged.to_string() });
    }
    Ok(extended)
}

impl Extended {
    /// An error in a merged overlay as an error at the fragment's field.
    #[must_use]
    pub fn translate(&self, error: SeedError) -> SeedError {
        let prefix = format!("{}: overlays.", self.fragment.file);
        let Some(system) = error.file.strip_prefix(&prefix) else { return error };
        let known = self.before.get(system).unwrap_or(&Value::Null);
        let field = format!("overlays.{system}.{}", behind(known, &error.field));
        misfit(&self.fragment, &field, error.message)
    }
}

/// Puts `added` over `known`.
fn merge(known: &mut Value, added: Value) {
    match (known, added) {
        (Value::Object(known), Value::Object(added)) => {
            for (name, value) in added {
                merge(known.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(known), Value::Array(added)) => known.extend(added),
        (known, added) => *known = added,
    }
}

/// The path of a merged value as the path of what was added: positions in lists count from the end of
/// what was there.
fn behind(known: &Value, path: &str) -> String {
    let mut known = Some(known);
    let mut translated = String::new();
    for step in path.split_inclusive(['.', ']']).flat_map(|part| part.split_inclusive('[')) {
        let position =
            step.trim_end_matches('.').strip_suffix(']').and_then(|n| n.parse::<usize>().ok());
        match (position, known) {
            (Some(n), Some(Value::Array(rows))) => {
                known = None;
                let n = n.saturating_sub(rows.len());
                translated.push_str(&format!("{n}]"));
                if step.ends_with('.') {
                    translated.push('.');
                }
            }
            (None, Some(Value::Object(fields))) => {
                let name = step.trim_end_matches(['.', '[']);
                if !name.is_empty() {
                    known = fields.get(name);
                }
                translated.push_str(step);
            }
            _ => translated.push_str(step),
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{behind, merge};

    #[test]
    fn lists_grow_and_objects_are_merged() {
        let mut known = json!({ "a": [1], "b": { "c": 1, "d": 2 }, "e": 3 });
        merge(&mut known, json!({ "a": [2], "b": { "d": null, "f": 4 }, "g": [5] }));
        assert_eq!(
            known,
            json!({ "a": [1, 2], "b": { "c": 1, "d": null, "f": 4 }, "e": 3, "g": [5] })
        );
    }

    #[test]
    fn paths_lead_back_to_the_fragment() {
        let known = json!({ "groups": [{ "people": [1, 2] }, {}], "a": { "b": [0] } });
        assert_eq!(behind(&known, "groups[3].people[1]"), "groups[1].people[1]");
        assert_eq!(behind(&known, "a.b[1]"), "a.b[0]");
        assert_eq!(behind(&known, "filters[0].jql"), "filters[0].jql");
        assert_eq!(behind(&known, "host"), "host");
    }
}
