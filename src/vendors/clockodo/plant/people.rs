//! Co-workers and teams.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Utc};

use super::{Planter, first, next_id};
use crate::kernel::ids::Serial;
use crate::scenario::seed::{Role as SeedRole, SeedError};
use crate::vendors::clockodo::model::{Access, Language, Role, Team, TeamId, User, UserId};
use crate::vendors::clockodo::overlay::PersonIn;

impl Planter<'_> {
    /// Plants everyone who has an account, and the teams.
    pub(super) fn people(&mut self) -> Result<(), SeedError> {
        let (scenario, overlay) = (self.scenario, self.overlay);
        let known = scenario.known.people;
        let mut next = next_id(&self.state.users, first::USER, |id| id.0).0;
        for (n, person) in scenario.people.iter().enumerate() {
            // A person's id follows their position in the scenario, unless it is taken.
            next = next.max(first::USER + n as u64);
            if n >= known && person.systems.clockodo {
                self.users.insert(n, UserId(Serial(next)));
                next += 1;
            }
        }
        let mut extra: BTreeMap<usize, &PersonIn> = BTreeMap::new();
        for (n, row) in overlay.people.iter().enumerate() {
            extra.insert(self.person(&format!("people[{n}].who"), &row.who)?, row);
        }
        let created: DateTime<Utc> = scenario.anchor;
        let created = created.checked_sub_days(Days::new(400)).unwrap_or(created);
        for (n, person) in scenario.people.iter().enumerate() {
            let Some(id) = self.users.get(&n).copied() else { continue };
            let extra = extra.get(&n).copied();
            let field = extra.and_then(|row| overlay.people.iter().position(|p| p.who == row.who));
            let boss = extra.and_then(|row| row.boss.as_deref());
            let boss =
                boss.map(|boss| self.user(&format!("people[{}].boss", field.unwrap_or(0)), boss));
            let role = match person.role {
                SeedRole::Owner => Role::Owner,
                SeedRole::Admin | SeedRole::Manager => Role::Manager,
                SeedRole::Member => Role::Worker,
            };
            if n < known {
                self.update_person(id, extra, boss.transpose()?);
                continue;
            }
            let key = extra.and_then(|row| row.key.clone());
            let initials = person.name.split_whitespace().filter_map(|word| word.chars().next());
            let user = User {
                id,
                name: person.name.clone(),
                number: extra.and_then(|row| row.number.clone()),
                email: person.email.clone(),
                api_key: key.unwrap_or_else(|| format!("demo-clockodo-{}", person.id)),
                role: extra.and_then(|row| row.role).unwrap_or(role),
                access: extra.and_then(|row| row.access).unwrap_or(Access::default()),
                active: person.active,
                team: None,
                initials: initials.collect(),
                language: extra.and_then(|row| row.language).unwrap_or(Language::En),
                zone: person.zone,
                twelve_hours: false,
                weekstart_monday: true,
                weekend_friday: false,
                wage_type: None,
                edit_lock: extra.and_then(|row| row.edit_lock),
                edit_lock_days: extra.and_then(|row| row.edit_lock_days),
                edit_lock_sync: Some(false),
                boss: boss.transpose()?,
                start_date: None,
                budget_notifications: false,
                creator: None,
                created,
            };
            self.state.users.put(user);
        }
        self.teams()
    }

    /// Applies the overlay to an existing co-worker.
    fn update_person(&mut self, id: UserId, extra: Option<&PersonIn>, boss: Option<UserId>) {
        let Some(row) = extra else { return };
        self.state.users.change(id, |user| {
            user.role = row.role.unwrap_or(user.role);
            user.access = row.access.unwrap_or(user.access);
            user.language = row.language.unwrap_or(user.language);
            user.number = row.number.clone().or(user.number.take());
            user.edit_lock = row.edit_lock.or(user.edit_lock);
            user.edit_lock_days = row.edit_lock_days.or(user.edit_lock_days);
            user.boss = boss.or(user.boss);
            if let Some(key) = &row.key {
                user.api_key.clone_from(key);
            }
        });
    }

    fn teams(&mut self) -> Result<(), SeedError> {
        let living = self.scenario.known.is_living();
        for (n, row) in self.overlay.teams.iter().enumerate() {
            let known = self.state.teams.iter().find(|team| living && team.name == row.name);
            let fresh = || TeamId(next_id(&self.state.teams, first::TEAM, |id| id.0));
            let id = known.map_or_else(fresh, |team| team.id);
            let leader = row.leader.as_deref();
            let leader = leader.map(|leader| self.user(&format!("teams[{n}].leader"), leader));
            let leader = leader.transpose()?;
            for (m, person) in row.people.iter().enumerate() {
                let field = format!("teams[{n}].people[{m}]");
                let user = self.user(&field, person)?;
                let already = self.state.users.change(user, |user| user.team.replace(id));
                if already.flatten().is_some_and(|team| !living && team != id) {
                    return Err(self.misfit(&field, "a person has one team at most"));
                }
            }
            self.state.teams.put(Team { id, name: row.name.clone(), leader });
        }
        Ok(())
    }
}
