//! Plants a scenario and its overlay in Clockify: the company's workspace, then the others.

mod entries;
mod fragment;
mod other_workspaces;
mod people;
mod projects;
mod webhooks;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::model::rates::{RateHistory, Rates};
use super::model::settings::WorkspaceSettings;
use super::model::workspaces::{Currency, Workspace};
use super::model::{
    ClientId, CurrencyId, FieldId, GroupId, ProjectId, State, TagId, TaskId, UserId, WorkspaceId,
};
use super::overlay::{ClockifyOverlay, RateSeed, WorkspaceIn};
use crate::kernel::ids::Ids;
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Role, Scenario, SeedError};

/// When everything but time entries was created: fixed, so that ids do not depend on the clock.
const FOUNDED: i64 = 1_704_704_400; // 2024-01-08T09:00:00Z

/// Plants people, workspaces, projects and time entries. Plants nothing if nobody in the
/// scenario uses Clockify.
///
/// # Errors
/// If the overlay has an unresolved reference or an invalid value.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &ClockifyOverlay,
    state: &mut State,
    ids: &mut Ids,
) -> Result<(), SeedError> {
    let people = || scenario.people.iter().enumerate().filter(|(_, p)| p.systems.clockify);
    let owner = people().find(|(_, person)| person.role == Role::Owner).or(people().next());
    let Some((owner, _)) = owner else { return Ok(()) };
    let founded = DateTime::from_timestamp(FOUNDED, 0).unwrap_or_default();
    let living = state.workspaces.iter().next().map(|first| (first.id, first.owner));
    let living = living.filter(|_| scenario.known.is_living());
    let fresh = || WorkspaceId(ids.hex24("clockify/workspaces", founded));
    let home = living.map_or_else(fresh, |(home, _)| home);
    let mut planter = Planter {
        scenario,
        file,
        overlay,
        state,
        ids,
        founded,
        home,
        users: BTreeMap::new(),
        groups: BTreeMap::new(),
        clients: BTreeMap::new(),
        projects: BTreeMap::new(),
        tasks: BTreeMap::new(),
        tags: BTreeMap::new(),
        fields: BTreeMap::new(),
    };
    planter.recall();
    planter.accounts()?;
    let owner = if let Some((_, owner)) = living {
        planter.update_workspace()?;
        owner
    } else {
        let Some(owner) = planter.users.get(&owner).copied() else { return Ok(()) };
        planter.workspace("workspace", home, &scenario.company, owner, &overlay.workspace)?;
        owner
    };
    planter.groups()?;
    planter.clients()?;
    planter.projects()?;
    planter.tasks()?;
    planter.tags();
    planter.fields()?;
    planter.members(owner)?;
    planter.addons()?;
    planter.entries()?;
    planter.webhooks()?;
    planter.other_workspaces()
}

/// The state of planting. The maps lead from positions or names in the scenario to ids.
struct Planter<'a> {
    scenario: &'a Scenario,
    file: &'a Overlay,
    overlay: &'a ClockifyOverlay,
    state: &'a mut State,
    ids: &'a mut Ids,
    founded: DateTime<Utc>,
    home: WorkspaceId,
    users: BTreeMap<usize, UserId>,
    groups: BTreeMap<&'a str, GroupId>,
    clients: BTreeMap<usize, ClientId>,
    projects: BTreeMap<usize, ProjectId>,
    tasks: BTreeMap<usize, TaskId>,
    tags: BTreeMap<&'a str, TagId>,
    fields: BTreeMap<&'a str, FieldId>,
}

impl Planter<'_> {
    fn misfit(&self, field: &str, message: impl Into<String>) -> SeedError {
        misfit(self.file, field, message)
    }

    /// The account of a person.
    fn user(&self, field: &str, id: &str) -> Result<UserId, SeedError> {
        let person = self.scenario.people.iter().position(|person| person.id == id);
        let user = person.and_then(|person| self.users.get(&person));
        let message = || self.misfit(field, format!("there is no person '{id}' in Clockify"));
        user.copied().ok_or_else(message)
    }

    /// The project with a key.
    fn project(&self, field: &str, key: &str) -> Result<ProjectId, SeedError> {
        let project = self.scenario.projects.iter().position(|project| project.key == key);
        let project = project.and_then(|project| self.projects.get(&project));
        let message = || self.misfit(field, format!("there is no project '{key}' in Clockify"));
        project.copied().ok_or_else(message)
    }

    /// The task with a key.
    fn task(&self, field: &str, key: &str) -> Result<TaskId, SeedError> {
        let task = self.scenario.tasks.iter().position(|task| task.key == key);
        let task = task.and_then(|task| self.tasks.get(&task));
        let message = || self.misfit(field, format!("there is no task '{key}' in Clockify"));
        task.copied().ok_or_else(message)
    }

    /// The group with a name.
    fn group(&self, field: &str, name: &str) -> Result<GroupId, SeedError> {
        let message = || self.misfit(field, format!("there is no group '{name}'"));
        self.groups.get(name).copied().or_else(|| self.living_group(name)).ok_or_else(message)
    }

    /// The tag with a name.
    fn tag(&self, field: &str, name: &str) -> Result<TagId, SeedError> {
        let message = || self.misfit(field, format!("there is no tag '{name}'"));
        self.tags.get(name).copied().or_else(|| self.living_tag(name)).ok_or_else(message)
    }

    /// Converts a rate to a history.
    fn rate(&self, field: &str, rate: &RateSeed) -> Result<RateHistory, SeedError> {
        let history = rate
            .history(self.scenario.anchor)
            .ok_or_else(|| self.misfit(field, "a `since` is like 2026-05-01T00:00:00Z or d-30"))?;
        let fits = |amount| (0..=100_000_000).contains(&amount);
        if history.periods().iter().all(|period| fits(period.amount)) {
            Ok(history)
        } else {
            Err(self.misfit(field, "a rate is cents an hour, from 0 to 100000000"))
        }
    }

    /// Plants a workspace without its people.
    fn workspace(
        &mut self,
        field: &str,
        id: WorkspaceId,
        name: &str,
        owner: UserId,
        about: &WorkspaceIn,
    ) -> Result<(), SeedError> {
        let WorkspaceIn {
            plan,
            seats,
            currencies,
            hourly_rate,
            cost_rate,
            settings,
            breaks,
            managers_edit_time,
            image_url,
            subdomain,
        } = about;
        let first = currencies.first().unwrap_or(&self.scenario.currency);
        if id == self.home && *first != self.scenario.currency {
            let message = "the first currency is the scenario's";
            return Err(self.misfit(&format!("{field}.currencies[0]"), message));
        }
        let codes = if currencies.is_empty() {
            std::slice::from_ref(&self.scenario.currency)
        } else {
            currencies.as_slice()
        };
        let currencies = codes
            .iter()
            .enumerate()
            .map(|(n, code)| Currency {
                id: CurrencyId(self.ids.hex24("clockify/currencies", self.founded)),
                code: code.clone(),
                is_default: n == 0,
            })
            .collect();
        let rates = Rates {
            hourly: self.rate(&format!("{field}.hourly_rate"), hourly_rate)?,
            cost: self.rate(&format!("{field}.cost_rate"), cost_rate)?,
        };
        let settings = whole_seconds(settings.clone());
        self.state.workspaces.put(Workspace {
            id,
            name: name.to_owned(),
            image_url: image_url.clone(),
            owner,
            rates,
            currencies,
            plan: plan.0.clone(),
            seats: *seats,
            settings,
            breaks: *breaks,
            managers_edit_time: *managers_edit_time,
            subdomain: subdomain.clone(),
            cake_organization_id: self
                .ids
                .hex24("clockify/organizations", self.founded)
                .to_string(),
        });
        Ok(())
    }
}

/// Drops fractions of seconds from the settings.
fn whole_seconds(mut settings: WorkspaceSettings) -> WorkspaceSettings {
    let whole = |at: DateTime<Utc>| DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at);
    settings.lock_time_entries = settings.lock_time_entries.map(whole);
    settings
}
