//! The group keys of entries, as small numbers, and the labels of groups.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};

use super::batch::Batch;
use super::range::week_of;
use super::result::{GroupId as Id, GroupKind, Label};
use super::scan::Scan;
use crate::kernel::ids::Hex24;
use crate::quirk;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::names::folded;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::timeline::IdNumber;
use crate::vendors::clockify::model::{ClientId, GroupId, TagId};

/// Gives numbers to values. 0 means none.
#[derive(Debug)]
struct Interner<T> {
    of: BTreeMap<T, u32>,
    by: Vec<T>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { of: BTreeMap::new(), by: Vec::new() }
    }
}

impl<T: Ord + Clone> Interner<T> {
    fn number<Q: Ord + ?Sized>(&mut self, value: &Q, own: impl FnOnce() -> T) -> u32
    where
        T: std::borrow::Borrow<Q>,
    {
        if let Some(number) = self.of.get(value) {
            return *number;
        }
        let value = own();
        self.by.push(value.clone());
        let number = u32::try_from(self.by.len()).unwrap_or(u32::MAX);
        self.of.insert(value, number);
        number
    }

    fn value(&self, number: u32) -> Option<&T> {
        self.by.get((number as usize).checked_sub(1)?)
    }
}

/// Keys and labels of one kind of group.
pub(super) struct GroupKeys {
    pub(super) kind: GroupKind,
    /// Known keys, by the number of a project, task or user.
    known: Vec<Option<u32>>,
    clients: Interner<ClientId>,
    sets: Interner<Vec<Hex24>>,
    texts: Interner<Arc<str>>,
}

impl GroupKeys {
    pub(super) fn new(kind: GroupKind) -> Self {
        Self {
            kind,
            known: Vec::new(),
            clients: Interner::default(),
            sets: Interner::default(),
            texts: Interner::default(),
        }
    }

    /// Fills `keys` with the keys of a batch's entries.
    pub(super) fn fill(&mut self, scan: &Scan<'_>, batch: &Batch<'_>, keys: &mut Vec<u32>) {
        keys.clear();
        let (rows, at) = (batch.rows, batch.at.iter());
        match self.kind {
            GroupKind::User => keys.extend(at.map(|row| rows.users[*row])),
            GroupKind::Project => keys.extend(at.map(|row| {
                let place = rows.projects[*row];
                self.known(place, |_| project(scan, place).map_or(0, |_| place))
            })),
            GroupKind::Task => keys.extend(at.map(|row| {
                let place = rows.tasks[*row];
                self.known(place, |_| {
                    let task = scan.timeline.task(place);
                    task.and_then(|task| scan.state.tasks.get(task)).map_or(0, |_| place)
                })
            })),
            GroupKind::Client => keys.extend(at.map(|row| {
                let place = rows.projects[*row];
                self.known(place, |keys| {
                    let client = project(scan, place).and_then(|project| project.client);
                    let client = client.filter(|client| scan.state.clients.get(*client).is_some());
                    client.map_or(0, |client| keys.clients.number(&client, || client))
                })
            })),
            GroupKind::UserGroup => keys.extend(at.map(|row| {
                let place = rows.users[*row];
                self.known(place, |keys| keys.groups(scan, place))
            })),
            GroupKind::Date | GroupKind::Week | GroupKind::Month => {
                let key = self.time(scan, batch.day);
                keys.resize(batch.len(), key);
            }
            GroupKind::Tag => keys.extend((0..batch.len()).map(|n| self.tags(scan, batch, n))),
            GroupKind::Timeentry => {
                keys.extend((0..batch.len()).map(|n| self.text(scan, batch, n)));
            }
        }
    }

    fn known(&mut self, place: IdNumber, find_out: impl FnOnce(&mut Self) -> u32) -> u32 {
        let place = place as usize;
        if place >= self.known.len() {
            self.known.resize(place + 1, None);
        }
        if let Some(known) = self.known[place] {
            return known;
        }
        let found = find_out(self);
        self.known[place] = Some(found);
        found
    }

    fn time(&self, scan: &Scan<'_>, day: NaiveDate) -> u32 {
        let start = match self.kind {
            GroupKind::Week => week_of(day, scan.query.week_start),
            GroupKind::Month => day.with_day(1).unwrap_or(day),
            _ => day,
        };
        u32::try_from(start.num_days_from_ce()).unwrap_or(0)
    }

    /// All groups of a person as one key, so that no entry counts twice. Source: CFY-421.
    fn groups(&mut self, scan: &Scan<'_>, place: IdNumber) -> u32 {
        let Some(user) = scan.timeline.user(place) else { return 0 };
        let workspace = scan.workspace();
        let groups = scan.state.groups.find(GroupBy::User(workspace, user));
        self.set(groups.map(|group| group.id.0).collect())
    }

    /// All tags of an entry as one key. Source: CFY-420.
    fn tags(&mut self, scan: &Scan<'_>, batch: &Batch<'_>, n: usize) -> u32 {
        if !batch.fact(n).flags.tagged() {
            return 0;
        }
        let Some(entry) = scan.entry(batch.id(n)) else { return 0 };
        let tags = entry.tags.iter().filter(|tag| scan.state.tags.get(**tag).is_some());
        self.set(tags.map(|tag| tag.0).collect())
    }

    fn set(&mut self, mut ids: Vec<Hex24>) -> u32 {
        ids.sort_unstable();
        if ids.len() > 1 {
            match self.kind {
                GroupKind::Tag => quirk!("CFY-420"),
                _ => quirk!("CFY-421"),
            }
        }
        if ids.is_empty() { 0 } else { self.sets.number(ids.as_slice(), || ids.clone()) }
    }

    fn text(&mut self, scan: &Scan<'_>, batch: &Batch<'_>, n: usize) -> u32 {
        if !batch.fact(n).flags.described() {
            return 0;
        }
        let Some(entry) = scan.entry(batch.id(n)) else { return 0 };
        self.texts.number(entry.description.as_str(), || entry.description.as_str().into())
    }

    /// The label and sort key of a group.
    pub(super) fn label(&self, scan: &Scan<'_>, key: u32) -> (Label, SortKey) {
        let label = self.name(scan, key);
        let order = SortKey { day: label.day, name: folded(&label.name) };
        (label, order)
    }

    fn name(&self, scan: &Scan<'_>, key: u32) -> Label {
        let (state, timeline) = (scan.state, scan.timeline);
        let one = |id: Hex24, name: &str| Label { id: Id::One(id), ..label_of(name) };
        let found = match self.kind {
            GroupKind::User => timeline.user(key).map(|id| {
                let name = state.users.get(id).map_or("", |user| &user.name);
                let email = state.users.get(id).map_or("", |user| &user.email);
                one(id.0, if name.is_empty() { email } else { name })
            }),
            GroupKind::Project => {
                let project = timeline.project(key).and_then(|id| state.projects.get(id));
                project.map(|project| project_label(scan, project))
            }
            GroupKind::Task => timeline
                .task(key)
                .and_then(|id| state.tasks.get(id))
                .map(|task| one(task.id.0, &task.name)),
            GroupKind::Client => self
                .clients
                .value(key)
                .and_then(|id| state.clients.get(*id))
                .map(|client| one(client.id.0, &client.name)),
            GroupKind::UserGroup => self
                .set_label(key, |id| state.groups.get(GroupId(id)).map(|group| group.name.clone())),
            GroupKind::Tag => {
                self.set_label(key, |id| state.tags.get(TagId(id)).map(|tag| tag.name.clone()))
            }
            GroupKind::Date | GroupKind::Week | GroupKind::Month => self.time_label(key),
            // `tree` knows the entry that gives the group its id.
            GroupKind::Timeentry => self.texts.value(key).map(|text| label_of(text)),
        };
        found.unwrap_or_else(|| {
            quirk!("CFY-422");
            label_of(match self.kind {
                GroupKind::Project => "(Without project)",
                GroupKind::Client => "(Without client)",
                GroupKind::Task => "(Without task)",
                GroupKind::Tag => "(Without tag)",
                GroupKind::UserGroup => "(Without group)",
                GroupKind::Timeentry => "(Without description)",
                _ => "",
            })
        })
    }

    fn set_label(&self, key: u32, name: impl Fn(Hex24) -> Option<String>) -> Option<Label> {
        let ids = self.sets.value(key)?;
        let mut names: Vec<String> = ids.iter().filter_map(|id| name(*id)).collect();
        names.sort_by_key(|name| folded(name));
        let id = match ids[..] {
            [one] => Id::One(one),
            _ => Id::Many(ids.clone()),
        };
        Some(Label { id, ..label_of(&names.join(", ")) })
    }

    fn time_label(&self, key: u32) -> Option<Label> {
        let day = NaiveDate::from_num_days_from_ce_opt(i32::try_from(key).ok()?)?;
        let name = match self.kind {
            GroupKind::Week => {
                quirk!("CFY-421");
                let last = day.checked_add_days(Days::new(6)).unwrap_or(day);
                format!("{day} - {last}")
            }
            GroupKind::Month => {
                quirk!("CFY-421");
                day.format("%Y-%m").to_string()
            }
            _ => day.to_string(),
        };
        let name: Arc<str> = name.into();
        Some(Label { id: Id::Text(Arc::clone(&name)), day: Some(day), ..label_of(&name) })
    }
}

/// The natural order of groups: by day, else by name in any letter case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SortKey {
    day: Option<NaiveDate>,
    name: String,
}

fn label_of(name: &str) -> Label {
    Label { id: Id::Without, name: name.into(), day: None, color: None, client: None }
}

fn project<'a>(scan: &Scan<'a>, place: IdNumber) -> Option<&'a Arc<Project>> {
    scan.state.projects.get(scan.timeline.project(place)?)
}

fn project_label(scan: &Scan<'_>, project: &Project) -> Label {
    let client = project.client.and_then(|client| scan.state.clients.get(client));
    Label {
        id: Id::One(project.id.0),
        name: project.name.as_str().into(),
        day: None,
        color: Some(project.color.as_str().into()),
        client: Some(client.map_or("", |client| &client.name).into()),
    }
}
