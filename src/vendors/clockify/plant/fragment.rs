//! Adding a fragment to an existing workspace: finds what exists and adds the rest.

use std::sync::Arc;

use serde_json::Value;

use super::Planter;
use crate::scenario::seed::SeedError;
use crate::vendors::clockify::model::clients::ClientBy;
use crate::vendors::clockify::model::fields::CustomField;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::settings::WorkspaceSettings;
use crate::vendors::clockify::model::tags::TagBy;
use crate::vendors::clockify::model::users::UserBy;
use crate::vendors::clockify::model::workspaces::{Currency, Workspace};
use crate::vendors::clockify::model::{CurrencyId, FieldId, GroupId, TagId};
use crate::vendors::clockify::overlay::WorkspaceIn;

impl Planter<'_> {
    /// Finds the parts of the scenario that already exist in the company's workspace.
    pub(super) fn recall(&mut self) {
        let (scenario, known, home) = (self.scenario, self.scenario.known, self.home);
        let people = scenario.people.iter().enumerate().take(known.people);
        for (n, person) in people {
            let email = UserBy::Email(person.email.to_lowercase());
            if let Some(user) = self.state.users.find(email).next() {
                self.users.insert(n, user.id);
            }
        }
        for (n, client) in scenario.clients.iter().enumerate().take(known.clients) {
            let name = ClientBy::Name(home, Folded::of(&client.name));
            if let Some(client) = self.state.clients.find(name).next() {
                self.clients.insert(n, client.id);
            }
        }
        let keyed = self.state.projects.iter().filter(|project| project.workspace == home);
        let keyed = keyed.filter_map(|project| Some((project.key.as_deref()?, project.id)));
        for (key, id) in keyed {
            let at = scenario.projects.iter().take(known.projects).position(|it| it.key == key);
            if let Some(n) = at {
                self.projects.insert(n, id);
            }
        }
        let keyed = self.state.tasks.iter().filter(|task| task.workspace == home);
        let keyed = keyed.filter_map(|task| Some((task.key.as_deref()?, task.id)));
        for (key, id) in keyed {
            let at = scenario.tasks.iter().take(known.tasks).position(|it| it.key == key);
            if let Some(n) = at {
                self.tasks.insert(n, id);
            }
        }
    }

    fn is_living(&self) -> bool {
        self.scenario.known.is_living()
    }

    /// The existing user group with this name.
    pub(super) fn living_group(&self, name: &str) -> Option<GroupId> {
        let by_name = GroupBy::Name(self.home, Folded::of(name));
        let found = self.state.groups.find(by_name).next().filter(|_| self.is_living());
        found.map(|group| group.id)
    }

    /// The existing tag with this name.
    pub(super) fn living_tag(&self, name: &str) -> Option<TagId> {
        let by_name = TagBy::Name(self.home, Folded::of(name));
        let found = self.state.tags.find(by_name).next().filter(|_| self.is_living());
        found.map(|tag| tag.id)
    }

    /// The existing custom field with this name.
    pub(super) fn living_field(&self, name: &str) -> Option<FieldId> {
        let is_it = |field: &&Arc<CustomField>| field.workspace == self.home && field.name == name;
        let found = self.state.fields.iter().find(is_it).filter(|_| self.is_living());
        found.map(|field| field.id)
    }

    /// Updates the company's workspace from the overlay. Settings that the overlay omits stay.
    pub(super) fn update_workspace(&mut self) -> Result<(), SeedError> {
        let text: Value = serde_json::from_str(&self.file.text).unwrap_or_default();
        let said = &text["workspace"];
        let says = |member: &str| said.get(member).is_some();
        let WorkspaceIn {
            plan,
            seats,
            currencies,
            hourly_rate,
            cost_rate,
            settings: _,
            breaks,
            managers_edit_time,
            image_url,
            subdomain,
        } = &self.overlay.workspace;
        let Some(home) = self.state.workspaces.get(self.home) else { return Ok(()) };
        let mut home = Workspace::clone(home);
        if says("plan") {
            home.plan = plan.0.clone();
        }
        if says("seats") {
            home.seats = *seats;
        }
        for code in currencies {
            if home.currencies.iter().all(|known| known.code != *code) {
                let id = CurrencyId(self.ids.hex24("clockify/currencies", self.founded));
                home.currencies.push(Currency { id, code: code.clone(), is_default: false });
            }
        }
        if says("hourly_rate") {
            home.rates.hourly = self.rate("workspace.hourly_rate", hourly_rate)?;
        }
        if says("cost_rate") {
            home.rates.cost = self.rate("workspace.cost_rate", cost_rate)?;
        }
        if let Some(said) = said["settings"].as_object() {
            home.settings = self.settings(&home.settings, said)?;
        }
        if says("managers_edit_time") {
            home.managers_edit_time = *managers_edit_time;
        }
        if says("breaks") {
            home.breaks = *breaks;
        }
        if says("image_url") {
            home.image_url.clone_from(image_url);
        }
        if says("subdomain") {
            home.subdomain.clone_from(subdomain);
        }
        self.state.workspaces.put(home);
        Ok(())
    }

    /// The settings, updated with those in the overlay.
    fn settings(
        &self,
        known: &WorkspaceSettings,
        said: &serde_json::Map<String, Value>,
    ) -> Result<WorkspaceSettings, SeedError> {
        let misfit =
            |error: serde_json::Error| self.misfit("workspace.settings", error.to_string());
        let mut settings = serde_json::to_value(known).map_err(misfit)?;
        merge(&mut settings, &Value::Object(said.clone()));
        let settings = serde_json::from_value(settings).map_err(misfit)?;
        Ok(super::whole_seconds(settings))
    }
}

/// Merges `said` into `known`, objects recursively.
fn merge(known: &mut Value, said: &Value) {
    match (known, said) {
        (Value::Object(known), Value::Object(said)) => {
            for (name, said) in said {
                merge(known.entry(name.clone()).or_insert(Value::Null), said);
            }
        }
        (known, said) => *known = said.clone(),
    }
}
