//! Time entries of the company's workspace.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};

use super::Planter;
use crate::scenario::seed::SeedError;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::fields::{FieldEntity, FieldValue};
use crate::vendors::clockify::model::{EntryId, TagId};
use crate::vendors::clockify::rules::fields::attached;

/// The overlay's details of some entries, with names resolved.
struct EntryDetails<'a> {
    who: &'a str,
    on: &'a str,
    nth: Option<usize>,
    tags: Vec<TagId>,
    fields: Vec<FieldValue>,
    invoiced: bool,
}

impl<'a> Planter<'a> {
    /// Plants time entries, in the order of the scenario.
    pub(super) fn entries(&mut self) -> Result<(), SeedError> {
        let details = self.details()?;
        let scenario = self.scenario;
        let mut counts: BTreeMap<(usize, usize, Option<usize>), usize> = BTreeMap::new();
        for work in scenario.work.iter().filter(|work| work.systems.clockify) {
            let (Some(user), Some(project)) =
                (self.users.get(&work.person), self.projects.get(&work.project))
            else {
                continue;
            };
            let task = work.task.filter(|task| self.tasks.contains_key(task));
            let count = counts.entry((work.person, work.project, task)).or_default();
            let nth = *count;
            *count += 1;
            let who = &scenario.people[work.person].id;
            let on =
                task.map_or(&scenario.projects[work.project].key, |task| &scenario.tasks[task].key);
            let start = DateTime::from_timestamp(work.start.timestamp(), 0).unwrap_or(work.start);
            let mut entry = TimeEntry {
                id: EntryId(self.ids.hex24("clockify/time-entries", start)),
                workspace: self.home,
                user: *user,
                description: work.note.clone(),
                project: Some(*project),
                task: task.and_then(|task| self.tasks.get(&task)).copied(),
                tags: Vec::new(),
                billable: work.billable,
                start,
                end: work.seconds.map(|seconds| start + TimeDelta::seconds(seconds)),
                kind: EntryType::Regular,
                fields: attached(self.state, self.home, Some(*project)),
                invoiced: false,
                known_rates: self.state.rate_changes,
            };
            for details in details.iter().filter(|details| {
                details.who == who
                    && details.on == on
                    && details.nth.is_none_or(|wanted| wanted == nth)
            }) {
                for tag in &details.tags {
                    if !entry.tags.contains(tag) {
                        entry.tags.push(*tag);
                    }
                }
                entry.invoiced |= details.invoiced;
                for value in &details.fields {
                    match entry.fields.iter_mut().find(|known| known.field == value.field) {
                        Some(known) => known.value.clone_from(&value.value),
                        None => entry.fields.push(value.clone()),
                    }
                }
            }
            self.state.entries.put(entry);
        }
        Ok(())
    }

    fn details(&self) -> Result<Vec<EntryDetails<'a>>, SeedError> {
        let overlay = self.overlay;
        let mut all = Vec::new();
        for (n, row) in overlay.entries.iter().enumerate() {
            let at = |part: &str| format!("entries[{n}].{part}");
            self.user(&at("who"), &row.who)?;
            if row.on.contains('-') {
                self.task(&at("on"), &row.on)?;
            } else {
                self.project(&at("on"), &row.on)?;
            }
            let mut tags = Vec::new();
            for (m, name) in row.tags.iter().enumerate() {
                tags.push(self.tag(&at(&format!("tags[{m}]")), name)?);
            }
            let mut fields = Vec::new();
            for (name, value) in &row.fields {
                let place = at(&format!("fields.{name}"));
                let field = self.field_for(&place, name, value, FieldEntity::Timeentry)?;
                fields.push(FieldValue { field, value: Some(value.clone()) });
            }
            let (who, on, nth, invoiced) =
                (row.who.as_str(), row.on.as_str(), row.nth, row.invoiced);
            all.push(EntryDetails { who, on, nth, tags, fields, invoiced });
        }
        Ok(all)
    }
}
