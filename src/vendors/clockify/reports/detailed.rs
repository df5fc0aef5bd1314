//! The detailed report: pages of entries, with the totals of all pages.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::batch::Batch;
use super::count::{DayCounter, TotalsCounter};
use super::query::Query;
use super::result::{Details, Named, Row, RowField};
use super::scan::Scan;
use crate::kernel::abandon;
use crate::kernel::money::Minor;
use crate::kernel::page::Page;
use crate::vendors::clockify::model::columns::Slice;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::fields::FieldBy;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::names::{Folded, folded};
use crate::vendors::clockify::model::{EntryId, FieldId, State, UserId};
use crate::vendors::clockify::rules::locks::{is_locked, locked_before};
use crate::vendors::clockify::rules::permissions::Actor;

/// The sort column of rows. Source: 001:2774, clockify.md:6.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// By id.
    Id,
    /// By description, in any letter case.
    Description,
    /// By the person's name, in any letter case, then by start.
    User,
    /// By length.
    Duration,
    /// By start.
    Date,
}

/// The totals of a detailed report, and the sorted entries of `page`, or all entries.
#[must_use]
pub fn detailed(
    state: &State,
    actor: &Actor,
    query: &Query,
    sort: SortBy,
    descending: bool,
    page: Option<Page>,
) -> (Details, Vec<EntryId>) {
    let mut scan = Scan::new(state, actor, query);
    let (mut count, mut days) = (TotalsCounter::default(), DayCounter::default());
    let mut order = SortedEntries::new(sort);
    scan.for_each(|scan, batch| {
        count.add(batch);
        days.add(batch);
        order.add(scan, batch);
    });
    let ids = order.page(&mut scan, descending, page);
    let totals = count.totals(&scan.codes);
    (Details { totals, days: days.days(), fields: fields(state, actor) }, ids)
}

/// The custom fields of entries, by name.
fn fields(state: &State, actor: &Actor) -> Vec<Named<FieldId>> {
    use crate::vendors::clockify::model::fields::{FieldEntity, FieldStatus};
    let all = Folded::all(|name| FieldBy::Name(actor.workspace, name));
    state
        .fields
        .scan(all)
        .filter(|field| field.entity == FieldEntity::Timeentry)
        .filter(|field| {
            let used = |status| status != FieldStatus::Inactive;
            used(field.status) || field.projects.iter().any(|project| used(project.status))
        })
        .map(|field| Named { id: field.id, name: field.name.as_str().into() })
        .collect()
}

/// Entries with their sort keys. They come in order of their start.
enum SortedEntries<'a> {
    /// Slices, each with its number of matching entries. The page's entries are looked up at the
    /// end.
    Date(Vec<(Slice<'a>, usize)>),
    Id(Vec<EntryId>),
    Duration(Vec<(i64, EntryId)>),
    /// The names of people, and the person of each entry.
    User(BTreeMap<u32, Arc<str>>, Vec<(u32, EntryId)>),
    Text(Vec<(String, EntryId)>),
}

impl<'a> SortedEntries<'a> {
    fn new(sort: SortBy) -> Self {
        match sort {
            SortBy::Date => Self::Date(Vec::new()),
            SortBy::Id => Self::Id(Vec::new()),
            SortBy::Duration => Self::Duration(Vec::new()),
            SortBy::User => Self::User(BTreeMap::new(), Vec::new()),
            SortBy::Description => Self::Text(Vec::new()),
        }
    }

    fn add(&mut self, scan: &Scan<'a>, batch: &Batch<'a>) {
        if batch.continues {
            return;
        }
        let each = 0..batch.len();
        match self {
            Self::Date(all) => all.push((batch.rows, batch.len())),
            Self::Id(all) => all.extend(each.map(|n| batch.id(n))),
            Self::Duration(all) => all.extend(each.map(|n| (batch.length(n), batch.id(n)))),
            Self::User(names, all) => all.extend(each.map(|n| {
                let user = batch.fact(n).user;
                names.entry(user).or_insert_with(|| {
                    let user = scan.timeline.user(user);
                    let user = user.and_then(|user| scan.state.users.get(user));
                    folded(user.map_or("", |user| &user.name)).into()
                });
                (user, batch.id(n))
            })),
            Self::Text(all) => all.extend(each.map(|n| {
                abandon::check();
                let id = batch.id(n);
                let text = scan.entry(id).map(|entry| folded(&entry.description));
                (text.unwrap_or_default(), id)
            })),
        }
    }

    /// Sorts the entries and returns the page. Ties are in order of their start, or in the reverse
    /// order.
    fn page(self, scan: &mut Scan<'a>, descending: bool, page: Option<Page>) -> Vec<EntryId> {
        match self {
            Self::Date(mut all) => {
                if descending {
                    all.reverse();
                }
                by_date(scan, &all, descending, page)
            }
            Self::Id(mut all) => {
                all.sort_unstable();
                page_of(all.into_iter(), descending, page)
            }
            Self::Duration(mut all) => {
                all.sort_by_key(|(seconds, _)| *seconds);
                page_of(all.into_iter().map(|(_, id)| id), descending, page)
            }
            Self::User(names, mut all) => {
                all.sort_by(|a, b| match names[&a.0].cmp(&names[&b.0]) {
                    Ordering::Equal => a.0.cmp(&b.0),
                    other => other,
                });
                page_of(all.into_iter().map(|(_, id)| id), descending, page)
            }
            Self::Text(mut all) => {
                all.sort_by(|a, b| a.0.cmp(&b.0));
                page_of(all.into_iter().map(|(_, id)| id), descending, page)
            }
        }
    }
}

/// A page of entries by date. Slices before the page are skipped by their counts.
fn by_date<'a>(
    scan: &mut Scan<'a>,
    all: &[(Slice<'a>, usize)],
    descending: bool,
    page: Option<Page>,
) -> Vec<EntryId> {
    let (mut skip, take) = bounds(page);
    let mut batch = Batch::default();
    let mut ids = Vec::new();
    for (rows, count) in all {
        abandon::check();
        if skip >= *count {
            skip -= count;
            continue;
        }
        scan.evaluate(*rows, &mut batch);
        let each = (0..batch.len()).map(|n| batch.id(n));
        let left = take - ids.len();
        if descending {
            ids.extend(each.rev().skip(skip).take(left));
        } else {
            ids.extend(each.skip(skip).take(left));
        }
        skip = 0;
        if ids.len() >= take {
            break;
        }
    }
    ids
}

fn bounds(page: Option<Page>) -> (usize, usize) {
    page.map_or((0, usize::MAX), |page| (page.skip(), page.take()))
}

fn page_of(
    all: impl DoubleEndedIterator<Item = EntryId>,
    descending: bool,
    page: Option<Page>,
) -> Vec<EntryId> {
    let (skip, take) = bounds(page);
    if descending {
        all.rev().skip(skip).take(take).collect()
    } else {
        all.skip(skip).take(take).collect()
    }
}

/// The rows of these entries, in their order, without entries that no longer exist or match.
#[must_use]
pub fn rows(state: &State, actor: &Actor, query: &Query, ids: &[EntryId]) -> Vec<Row> {
    let mut scan = Scan::new(state, actor, query);
    let home = actor.workspace(state);
    let locked = home.and_then(|home| locked_before(state, home, query.now));
    let mut people: BTreeMap<UserId, Person> = BTreeMap::new();
    let mut batch = Batch::default();
    ids.iter()
        .filter_map(|id| {
            abandon::check();
            let entry = scan.entry(*id)?;
            scan.evaluate(scan.timeline.only(entry)?, &mut batch);
            if batch.len() == 0 {
                return None;
            }
            let person =
                people.entry(entry.user).or_insert_with(|| person(state, actor, entry.user));
            let rates = scan.rates(&batch);
            Some(row(&scan, entry, &batch, rates, person, locked))
        })
        .collect()
}

/// The entries of a file. They are looked up while the file is written, in the state that the
/// report was made from.
#[derive(Debug)]
pub struct Rows {
    /// The state that the report was made from.
    pub state: State,
    /// The caller.
    pub actor: Actor,
    /// The report's query.
    pub query: Query,
    /// The entries in order.
    pub ids: Vec<EntryId>,
}

impl Rows {
    /// Entries looked up at a time.
    const STEP: usize = 500;

    /// The rows in order.
    pub fn each(self) -> impl Iterator<Item = Row> {
        let steps = self.ids.len().div_ceil(Self::STEP);
        (0..steps).flat_map(move |step| {
            let from = step * Self::STEP;
            let to = self.ids.len().min(from + Self::STEP);
            rows(&self.state, &self.actor, &self.query, &self.ids[from..to])
        })
    }
}

/// A person whose entries are listed.
struct Person {
    name: Arc<str>,
    email: Arc<str>,
    groups: Arc<str>,
}

fn person(state: &State, actor: &Actor, user: UserId) -> Person {
    let groups = state.groups.find(GroupBy::User(actor.workspace, user));
    let mut names: Vec<&str> = groups.map(|group| group.name.as_str()).collect();
    names.sort_by_key(|name| folded(name));
    let account = state.users.get(user);
    Person {
        name: account.map_or("", |user| &user.name).into(),
        email: account.map_or("", |user| &user.email).into(),
        groups: names.join(", ").into(),
    }
}

fn row(
    scan: &Scan<'_>,
    entry: &TimeEntry,
    batch: &Batch<'_>,
    (rate, cost_rate): (Option<Minor>, Option<Minor>),
    person: &Person,
    locked: Option<DateTime<Utc>>,
) -> Row {
    let state = scan.state;
    let project = entry.project.and_then(|id| state.projects.get(id));
    let client = project.and_then(|project| state.clients.get(project.client?));
    let task = entry.task.and_then(|id| state.tasks.get(id));
    let tags = entry.tags.iter().filter_map(|id| {
        let tag = state.tags.get(*id)?;
        Some(Named { id: *id, name: tag.name.as_str().into() })
    });
    let fields = entry.fields.iter().filter_map(|filled| {
        let field = state.fields.get(filled.field)?;
        let name = field.name.as_str().into();
        Some(RowField { id: field.id, name, kind: field.kind, value: filled.value.clone() })
    });
    Row {
        id: entry.id,
        description: entry.description.clone(),
        user: Named { id: entry.user, name: Arc::clone(&person.name) },
        email: Arc::clone(&person.email),
        groups: Arc::clone(&person.groups),
        billable: entry.billable,
        project: project.map(|p| Named { id: p.id, name: p.name.as_str().into() }),
        color: project.map(|project| project.color.as_str().into()),
        client: client.map(|c| Named { id: c.id, name: c.name.as_str().into() }),
        task: task.map(|task| Named { id: task.id, name: task.name.as_str().into() }),
        tags: tags.collect(),
        start: entry.start,
        end: entry.end.unwrap_or(entry.start),
        seconds: batch.seconds[0],
        kind: entry.kind,
        locked: is_locked(entry, locked),
        invoiced: entry.invoiced,
        fields: fields.collect(),
        currency: Arc::clone(&scan.codes[batch.currencies[0] as usize]),
        rate,
        cost_rate,
        money: batch.money[0],
        created: DateTime::<Utc>::from_timestamp(i64::from(entry.id.0.created()), 0)
            .unwrap_or(entry.start),
    }
}
