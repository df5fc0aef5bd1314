//! Plants a scenario and its overlay into a Jira site.
//!
//! The site may already have rows: people are matched by e-mail, projects and issues by key, groups by name,
//! filters and custom fields by id. Matching rows are changed, others are added. Worklogs are always added.

mod issues;
mod people;
mod worklogs;

use std::collections::BTreeMap;

use super::model::{Filter, FilterId, IssueBy, IssueId, Settings, State, UserBy, UserId};
use super::overlay::JiraOverlay;
use super::rules::jql;
use crate::kernel::ids::{Decimal, Ids};
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError, Work};

/// The planted rows.
#[derive(Debug, Default)]
pub struct Planted {
    /// Users by the id of the person.
    pub users: BTreeMap<String, UserId>,
    /// Work with a running timer.
    pub running: Vec<Work>,
}

/// The context of planting.
struct Ground<'a> {
    scenario: &'a Scenario,
    file: &'a Overlay,
    overlay: &'a JiraOverlay,
    site: &'a mut State,
    ids: &'a mut Ids,
    planted: Planted,
}

/// Plants people, projects, issues, worklogs and filters.
///
/// # Errors
/// An unknown reference in the overlay, or an invalid value.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &JiraOverlay,
    site: &mut State,
    ids: &mut Ids,
) -> Result<Planted, SeedError> {
    let planted = Planted::default();
    let mut ground = Ground { scenario, file, overlay, site, ids, planted };
    ground.settings()?;
    ground.people()?;
    ground.groups()?;
    ground.projects()?;
    ground.fields()?;
    ground.issues()?;
    ground.filters()?;
    ground.worklogs()?;
    Ok(ground.planted)
}

impl Ground<'_> {
    fn misfit(&self, field: &str, message: impl Into<String>) -> SeedError {
        misfit(self.file, field, message)
    }

    fn settings(&mut self) -> Result<(), SeedError> {
        let JiraOverlay { host, working_hours_per_day, working_days_per_week, .. } = self.overlay;
        let Settings { host: old_host, working_day, working_week } = &mut self.site.settings;
        if let Some(host) = host {
            old_host.clone_from(host);
        }
        if let Some(hours) = working_hours_per_day {
            *working_day = i64::from(*hours) * 3600;
        }
        if let Some(days) = working_days_per_week {
            *working_week = i64::from(*days);
        }
        if !(1..=24).contains(&(*working_day / 3600)) {
            return Err(self.misfit("working_hours_per_day", "a day has from 1 to 24 hours"));
        }
        if !(1..=7).contains(working_week) {
            return Err(self.misfit("working_days_per_week", "a week has from 1 to 7 days"));
        }
        Ok(())
    }

    /// The user of a person's id or an e-mail.
    fn user(&self, field: &str, name: &str) -> Result<UserId, SeedError> {
        let by_email = || {
            let email = UserBy::Email(name.to_lowercase());
            self.site.users.find(email).next().map(|user| user.id)
        };
        let known = self.planted.users.get(name).copied().or_else(by_email);
        known.ok_or_else(|| self.misfit(field, format!("there is no person '{name}' in Jira")))
    }

    fn issue(&self, field: &str, key: &str) -> Result<IssueId, SeedError> {
        let issue = self.site.issues.find(IssueBy::Key(key.to_owned())).next();
        let issue = issue.map(|issue| issue.id);
        issue.ok_or_else(|| self.misfit(field, format!("there is no issue '{key}'")))
    }

    fn filters(&mut self) -> Result<(), SeedError> {
        for (n, filter) in self.overlay.filters.iter().enumerate() {
            if let Err(error) = jql::parse(&filter.jql) {
                return Err(self.misfit(&format!("filters[{n}].jql"), error.to_string()));
            }
            let id = FilterId(Decimal(filter.id));
            self.site.filters.put(Filter {
                id,
                name: filter.name.clone(),
                jql: filter.jql.clone(),
            });
        }
        Ok(())
    }
}
