//! Plants users, groups, projects and their categories.

use std::collections::BTreeMap;

use super::Ground;
use crate::kernel::civil::{Tz, zone};
use crate::scenario::seed::SeedError;
use crate::vendors::jira::model::{Group, GroupId, Project, ProjectId, User, UserBy, UserId};
use crate::vendors::jira::overlay::UserIn;

/// First ids.
const FIRST_USER: u64 = 1;
const FIRST_GROUP: u64 = 1;
const FIRST_PROJECT: u64 = 10_000;
/// Number of the first project category.
const FIRST_CATEGORY: u64 = 10_000;

impl Ground<'_> {
    pub(super) fn people(&mut self) -> Result<(), SeedError> {
        let known = self.scenario.known.people;
        let people = self.scenario.people.iter().enumerate();
        for (n, person) in people.filter(|(_, person)| person.systems.jira) {
            if n < known {
                let email = UserBy::Email(person.email.to_lowercase());
                if let Some(user) = self.site.users.find(email).next() {
                    self.planted.users.insert(person.id.clone(), user.id);
                }
                continue;
            }
            let (id, mut user) = self.user_of_email(&person.email);
            user.name.clone_from(&person.name);
            user.zone = person.zone;
            user.active = person.active;
            self.site.users.put(user);
            self.planted.users.insert(person.id.clone(), id);
        }
        for (n, row) in self.overlay.users.iter().enumerate() {
            self.person(n, row)?;
        }
        for (n, name) in self.overlay.hidden_emails.iter().enumerate() {
            let id = self.user(&format!("hidden_emails[{n}]"), name)?;
            self.site.users.change(id, |user| user.email_visible = false);
        }
        Ok(())
    }

    fn person(&mut self, n: usize, row: &UserIn) -> Result<(), SeedError> {
        let at = |part: &str| format!("users[{n}].{part}");
        let UserIn { person, account_id, name, email, zone: zone_name, active } = row;
        let (id, mut user) = match (self.user(&at("person"), person), email) {
            (Ok(id), _) => match self.site.users.get(id) {
                Some(user) => (id, User::clone(user)),
                None => return Err(self.misfit(&at("person"), "this person was taken away")),
            },
            (Err(_), Some(email)) => self.user_of_email(email),
            (Err(error), None) => return Err(error),
        };
        if let Some(email) = email {
            let parts = email.split_once('@');
            if !parts.is_some_and(|(who, host)| !who.is_empty() && !host.is_empty()) {
                return Err(self.misfit(&at("email"), "this is no e-mail address"));
            }
            user.email.clone_from(email);
        }
        if let Some(account_id) = account_id {
            let other = self.site.users.find(UserBy::Account(account_id.clone())).next();
            if account_id.is_empty() || other.is_some_and(|other| other.id != id) {
                return Err(self.misfit(&at("account_id"), "an account id is somebody's alone"));
            }
            user.account_id.clone_from(account_id);
        }
        if let Some(name) = name {
            user.name.clone_from(name);
        }
        if let Some(name) = zone_name {
            user.zone = zone(name).ok_or_else(|| {
                self.misfit(&at("zone"), format!("there is no time zone '{name}'"))
            })?;
        }
        if user.name.is_empty() {
            return Err(self.misfit(&at("name"), "a user has a name"));
        }
        user.active = active.unwrap_or(user.active);
        self.site.users.put(user);
        self.planted.users.insert(person.clone(), id);
        Ok(())
    }

    /// The user with this e-mail, or a new one without a name.
    fn user_of_email(&mut self, email: &str) -> (UserId, User) {
        let known = self.site.users.find(UserBy::Email(email.to_lowercase())).next();
        if let Some(user) = known {
            return (user.id, User::clone(user));
        }
        let id = UserId(self.ids.decimal("jira/users", FIRST_USER));
        let user = User {
            id,
            account_id: account_id(email),
            name: String::new(),
            email: email.to_owned(),
            email_visible: true,
            zone: Tz::UTC,
            active: true,
            groups: Vec::new(),
        };
        (id, user)
    }

    pub(super) fn groups(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.groups.iter().enumerate() {
            if row.name.is_empty() {
                return Err(self.misfit(&format!("groups[{n}].name"), "a group has a name"));
            }
            if self.site.groups.find(row.name.clone()).next().is_none() {
                let id = GroupId(self.ids.decimal("jira/groups", FIRST_GROUP));
                self.site.groups.put(Group { id, name: row.name.clone() });
            }
            for (m, name) in row.people.iter().enumerate() {
                let id = self.user(&format!("groups[{n}].people[{m}]"), name)?;
                self.site.users.change(id, |user| {
                    if !user.groups.contains(&row.name) {
                        user.groups.push(row.name.clone());
                    }
                });
            }
        }
        Ok(())
    }

    pub(super) fn projects(&mut self) -> Result<(), SeedError> {
        let fresh = self.scenario.projects.iter().skip(self.scenario.known.projects);
        for project in fresh.filter(|project| project.systems.jira) {
            let people = project.members.iter().map(|person| &self.scenario.people[*person].id);
            let members: Vec<UserId> =
                people.filter_map(|id| self.planted.users.get(id)).copied().collect();
            let (name, public) = (project.name.clone(), project.public);
            self.project(&project.key, move |row| {
                row.name = name;
                row.members = (!public).then_some(members);
            });
        }
        for (n, row) in self.overlay.projects.iter().enumerate() {
            let at = |part: &str| format!("projects[{n}].{part}");
            let known = self.site.projects.find(row.key.clone()).next().is_some();
            let letters = row.key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            if row.key.is_empty() || !letters {
                return Err(self.misfit(&at("key"), "a key is capital letters and digits"));
            }
            if row.name.as_ref().map_or(!known, String::is_empty) {
                return Err(self.misfit(&at("name"), "a project has a name"));
            }
            let members = match &row.members {
                None => None,
                Some(names) => {
                    let of = |(m, name): (usize, &String)| {
                        self.user(&at(&format!("members[{m}]")), name)
                    };
                    Some(names.iter().enumerate().map(of).collect::<Result<Vec<_>, _>>()?)
                }
            };
            self.project(&row.key, |project| {
                if let Some(name) = &row.name {
                    project.name.clone_from(name);
                }
                if members.is_some() {
                    project.members = members;
                }
            });
        }
        self.categories()
    }

    fn project(&mut self, key: &str, edit: impl FnOnce(&mut Project)) {
        let mut project = match self.site.projects.find(key.to_owned()).next() {
            Some(known) => Project::clone(known),
            None => Project {
                id: ProjectId(self.ids.decimal("jira/projects", FIRST_PROJECT)),
                key: key.to_owned(),
                name: String::new(),
                category: None,
                members: None,
            },
        };
        edit(&mut project);
        self.site.projects.put(project);
    }

    fn categories(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.categories.iter().enumerate() {
            let all = self.site.projects.iter().filter_map(|project| project.category.clone());
            let all: BTreeMap<u64, String> = all.collect();
            let known = all.iter().find(|(_, name)| **name == row.name).map(|(id, _)| *id);
            let next = all.last_key_value().map_or(FIRST_CATEGORY, |(last, _)| last + 1);
            let id = known.unwrap_or(next);
            for (m, key) in row.projects.iter().enumerate() {
                let project = self.site.projects.find(key.clone()).next().map(|found| found.id);
                let project = project.ok_or_else(|| {
                    let field = format!("categories[{n}].projects[{m}]");
                    self.misfit(&field, format!("there is no project '{key}'"))
                })?;
                self.site.projects.change(project, |project| {
                    project.category = Some((id, row.name.clone()));
                });
            }
        }
        Ok(())
    }
}

/// An account id of 24 digits, like those of older Jira users. It is made from the e-mail, so it does not depend
/// on other people of the scenario.
fn account_id(email: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in email.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("5b10a284{hash:016x}")
}
