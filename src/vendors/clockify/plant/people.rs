//! Accounts, members, groups, managers and add-ons.

use std::collections::BTreeMap;

use super::Planter;
use crate::kernel::civil::Tz;
use crate::scenario::seed::{Role, SeedError};
use crate::vendors::clockify::model::fields::{FieldEntity, FieldValue};
use crate::vendors::clockify::model::groups::Group;
use crate::vendors::clockify::model::keys::{Addon, Credential};
use crate::vendors::clockify::model::members::{Grant, Member, MembershipStatus, Team};
use crate::vendors::clockify::model::projects::ProjectBy;
use crate::vendors::clockify::model::rates::{RateHistory, Rates};
use crate::vendors::clockify::model::users::{AccountStatus, NO_PICTURE, User, UserSettings};
use crate::vendors::clockify::model::{GroupId, UserId};
use crate::vendors::clockify::overlay::{AddonIn, ManagerIn, MemberIn};

impl Planter<'_> {
    /// Plants accounts and their API keys.
    pub(super) fn accounts(&mut self) -> Result<(), SeedError> {
        let scenario = self.scenario;
        let people = scenario.people.iter().enumerate().skip(scenario.known.people);
        for (n, person) in people.filter(|(_, person)| person.systems.clockify) {
            let id = UserId(self.ids.hex24("clockify/users", self.founded));
            self.users.insert(n, id);
            self.state.users.put(User {
                id,
                email: person.email.clone(),
                name: person.name.clone(),
                profile_picture: NO_PICTURE.to_owned(),
                active_workspace: self.home,
                default_workspace: self.home,
                settings: Some(UserSettings { time_zone: person.zone, ..UserSettings::default() }),
                status: AccountStatus::Active,
            });
        }
        for (n, row) in self.overlay.users.iter().enumerate() {
            let id = self.user(&format!("users[{n}].who"), &row.who)?;
            let zone = row.settings.time_zone;
            let known = self.state.users.get(id).map_or(Tz::UTC, |user| user.zone());
            if zone != Tz::UTC && zone != known {
                let field = format!("users[{n}].settings.timeZone");
                return Err(self.misfit(&field, "a person's zone is the scenario's"));
            }
            self.state.users.change(id, |user| {
                user.status = row.status.unwrap_or(user.status);
                user.settings = match user.status {
                    AccountStatus::NotRegistered => None,
                    _ if row.settings == UserSettings::default() && user.settings.is_some() => {
                        user.settings.take()
                    }
                    _ => Some(UserSettings { time_zone: known, ..row.settings.clone() }),
                };
            });
        }
        self.keys()
    }

    fn keys(&mut self) -> Result<(), SeedError> {
        for id in self.overlay.keys.keys() {
            self.user(&format!("keys.{id}"), id)?;
        }
        for (person, user) in &self.users {
            let id = &self.scenario.people[*person].id;
            let key = self.overlay.keys.get(id).cloned();
            if key.is_none() && *person < self.scenario.known.people {
                continue;
            }
            let key = key.unwrap_or_else(|| format!("demo-clockify-{id}"));
            self.state.credentials.insert(key, Credential { user: *user, addon: None });
        }
        Ok(())
    }

    /// Plants add-ons of the company's workspace.
    pub(super) fn addons(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.addons.iter().enumerate() {
            let AddonIn { name, token, who, scopes } = row;
            let user = self.user(&format!("addons[{n}].who"), who)?;
            if token.is_empty() || self.state.credentials.contains_key(token) {
                let field = format!("addons[{n}].token");
                return Err(self.misfit(&field, "a token is a text that nobody else has"));
            }
            let addon = Addon { name: name.clone(), workspace: self.home, scopes: scopes.clone() };
            self.state.credentials.insert(token.clone(), Credential { user, addon: Some(addon) });
        }
        Ok(())
    }

    /// Plants user groups.
    pub(super) fn groups(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.groups.iter().enumerate() {
            let known = self.living_group(&row.name);
            let known = known.and_then(|id| self.state.groups.get(id)).cloned();
            let id = match &known {
                Some(known) => known.id,
                None => GroupId(self.ids.hex24("clockify/user-groups", self.founded)),
            };
            if self.groups.insert(&row.name, id).is_some() {
                return Err(self.misfit(&format!("groups[{n}].name"), "this name comes twice"));
            }
            let people = row.people.iter().enumerate();
            let mut users = known.map_or_else(Vec::new, |known| known.users.clone());
            for (m, who) in people {
                let user = self.user(&format!("groups[{n}].people[{m}]"), who)?;
                if !users.contains(&user) {
                    users.push(user);
                }
            }
            let (workspace, name) = (self.home, row.name.clone());
            self.state.groups.put(Group { id, workspace, name, users });
        }
        Ok(())
    }

    /// Plants members of the company's workspace with their rates and roles.
    pub(super) fn members(&mut self, owner: UserId) -> Result<(), SeedError> {
        let grants = self.grants(owner)?;
        let scenario = self.scenario;
        for (person, user) in self.users.clone() {
            if person < scenario.known.people {
                let key = Member::new(self.home, user).key;
                let more = grants.get(&user).cloned().unwrap_or_default();
                self.state.members.change(key, |member| {
                    let more = more.into_iter().filter(|grant| !member.grants.contains(grant));
                    let more: Vec<Grant> = more.collect();
                    member.grants.extend(more);
                });
                continue;
            }
            let person = &scenario.people[person];
            let mut member = Member::new(self.home, user);
            if !person.active {
                member.status = MembershipStatus::Inactive;
            }
            member.rates.hourly = person.rate.map(RateHistory::always).unwrap_or_default();
            member.grants = grants.get(&user).cloned().unwrap_or_default();
            self.state.members.put(member);
        }
        for (n, row) in self.overlay.members.iter().enumerate() {
            self.member(n, row)?;
        }
        Ok(())
    }

    fn member(&mut self, n: usize, row: &MemberIn) -> Result<(), SeedError> {
        let at = |part: &str| format!("members[{n}].{part}");
        let MemberIn { who, status, hourly_rate, cost_rate, fields } = row;
        let user = self.user(&at("who"), who)?;
        let rates = Rates {
            hourly: self.rate(&at("hourly_rate"), hourly_rate)?,
            cost: self.rate(&at("cost_rate"), cost_rate)?,
        };
        let mut values = Vec::new();
        for (name, value) in fields {
            let field = at(&format!("fields.{name}"));
            let id = self.field_for(&field, name, value, FieldEntity::User)?;
            values.push(FieldValue { field: id, value: Some(value.clone()) });
        }
        let key = Member::new(self.home, user).key;
        self.state.members.change(key, |member| {
            member.status = status.unwrap_or(member.status);
            if !rates.hourly.is_empty() {
                member.rates.hourly = rates.hourly;
            }
            if !rates.cost.is_empty() {
                member.rates.cost = rates.cost;
            }
            member.fields.retain(|known| values.iter().all(|value| value.field != known.field));
            member.fields.extend(values);
        });
        Ok(())
    }

    /// The roles of members. The scenario's managers manage the projects that they are
    /// members of, unless the overlay names other managers.
    fn grants(&self, owner: UserId) -> Result<BTreeMap<UserId, Vec<Grant>>, SeedError> {
        let mut grants: BTreeMap<UserId, Vec<Grant>> = BTreeMap::new();
        for (n, row) in self.overlay.managers.iter().enumerate() {
            let ManagerIn { who, projects, people, groups } = row;
            let at = |part: &str, m: usize| format!("managers[{n}].{part}[{m}]");
            let user = self.user(&format!("managers[{n}].who"), who)?;
            let mut over = Vec::new();
            for (m, key) in projects.iter().enumerate() {
                over.push(Grant::ProjectManager(self.project(&at("projects", m), key)?));
            }
            for (m, who) in people.iter().enumerate() {
                over.push(Grant::TeamManager(Team::User(self.user(&at("people", m), who)?)));
            }
            for (m, name) in groups.iter().enumerate() {
                over.push(Grant::TeamManager(Team::Group(self.group(&at("groups", m), name)?)));
            }
            grants.entry(user).or_default().extend(over);
        }
        let fresh = self.users.range(self.scenario.known.people..);
        for (person, user) in fresh {
            match self.scenario.people[*person].role {
                Role::Owner | Role::Admin if *user != owner => {
                    grants.entry(*user).or_default().insert(0, Grant::Admin);
                }
                Role::Manager => {
                    let own = self.state.projects.find(ProjectBy::User(self.home, *user));
                    grants.entry(*user).or_insert_with(|| {
                        own.map(|project| Grant::ProjectManager(project.id)).collect()
                    });
                }
                Role::Owner | Role::Admin | Role::Member => {}
            }
        }
        Ok(grants)
    }
}
