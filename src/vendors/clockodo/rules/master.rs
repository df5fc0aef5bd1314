//! Master data: what all kinds share. Each is found, listed, added, changed and deleted.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::refusal::{Detail, Problem, Refusal};
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::table::{Row, Table};
use crate::quirk;
use crate::vendors::clockodo::model::{Entry, EntryId, Mark, ServiceId, State, User};

/// An account in the hands of a caller.
#[derive(Debug)]
pub struct Act<'a> {
    /// The account.
    pub state: &'a mut State,
    /// Counters of new ids.
    pub ids: &'a mut Ids,
    /// The world's time.
    pub now: DateTime<Utc>,
    /// The caller.
    pub viewer: &'a User,
}

/// A kind of master data.
pub trait MasterData: Row {
    /// Changes of one; absent fields stay.
    type Patch;

    /// True if other things refer to it, so that deleting it has options.
    const HAS_RELATIONS: bool = true;

    /// All of them.
    fn table(state: &State) -> &Table<Self>;

    /// True if `viewer` manages them.
    fn is_managed_by(viewer: &User) -> bool;

    /// True if it belongs to a list.
    fn matches(&self, listing: &Listing) -> bool;

    /// Its place in an order.
    fn sort_key(&self, state: &State, by: SortBy) -> SortKey;

    /// The one of this id.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    fn find(state: &State, id: Self::Key) -> Result<&Arc<Self>, Refusal> {
        Self::table(state).get(id).ok_or_else(|| Problem::NotFound.into())
    }

    /// Those that belong to a list, in its order.
    fn list<'a>(state: &'a State, viewer: &User, listing: &Listing) -> Vec<&'a Arc<Self>> {
        let all = !listing.managed || Self::is_managed_by(viewer);
        let matches = |row: &&Arc<Self>| all && row.matches(listing);
        let mut rows: Vec<&Arc<Self>> = Self::table(state).iter().filter(matches).collect();
        listing.order(&mut rows, |row, by| row.sort_key(state, by));
        rows
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Missing`], and what does not fit.
    fn add(act: Act<'_>, patch: Self::Patch) -> Result<Self::Key, Refusal>;

    /// Changes one.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Forbidden`], and what does not fit.
    fn edit(act: Act<'_>, id: Self::Key, patch: Self::Patch) -> Result<(), Refusal>;

    /// Deletes one; by force with everything that refers to it.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Forbidden`], and what prevents its deletion.
    fn delete(act: Act<'_>, id: Self::Key, deletion: Deletion) -> Result<(), Refusal>;
}

/// The place of a row in the orders that most lists have.
pub(super) fn usual_key(by: SortBy, id: u64, active: bool, name: &str) -> SortKey {
    match by {
        SortBy::Id => (id, String::new()),
        SortBy::Active => (active.into(), String::new()),
        _ => (0, name.to_lowercase()),
    }
}

/// The filters and the order of a list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Active or archived ones.
    pub active: Option<bool>,
    /// Completed ones or those that go on.
    pub completed: Option<bool>,
    /// Of this customer or project.
    pub of: Option<u64>,
    /// Of these teams; nothing stands for no team.
    pub teams: Option<Vec<Option<u64>>>,
    /// With this in name or number, in any letter case.
    pub fulltext: Option<String>,
    /// Only what the caller manages.
    pub managed: bool,
    /// Order, the most important first; by name when empty.
    pub sort: Vec<Sort>,
}

/// A part of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// From the end.
    pub descending: bool,
}

/// The properties by which lists are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// The id.
    Id,
    /// The name, in any letter case.
    Name,
    /// Whether it is active; archived ones first.
    Active,
    /// The number.
    Number,
    /// The role.
    Role,
    /// The name of the team.
    TeamName,
}

/// The sort key of a row: a number, then a text.
pub type SortKey = (u64, String);

impl Listing {
    /// True if a row of this name and number is wanted.
    pub(super) fn admits(&self, active: bool, name: &str, number: Option<&str>) -> bool {
        self.active.is_none_or(|wanted| wanted == active)
            && self.fulltext.as_deref().is_none_or(|part| {
                let part = part.to_lowercase();
                name.to_lowercase().contains(&part)
                    || number.is_some_and(|number| number.to_lowercase().contains(&part))
            })
    }

    /// Orders rows; those that are equal stay in the order of their ids.
    pub(super) fn order<R>(&self, rows: &mut [&Arc<R>], key: impl Fn(&R, SortBy) -> SortKey) {
        let by_name = [Sort { by: SortBy::Name, descending: false }];
        let sort = if self.sort.is_empty() { &by_name[..] } else { &self.sort };
        rows.sort_by(|a, b| {
            let compared = sort.iter().map(|Sort { by, descending }| {
                let order = key(a, *by).cmp(&key(b, *by));
                if *descending { order.reverse() } else { order }
            });
            compared.fold(Ordering::Equal, Ordering::then)
        });
    }
}

/// The options of a deletion.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deletion {
    /// Only whether it could be.
    pub dry_run: bool,
    /// With everything that refers to it.
    pub force: bool,
}

impl Deletion {
    /// Whether what refers to it stands in the way.
    ///
    /// # Errors
    /// [`Problem::RelationsPreventDeletion`] unless everything is to go.
    pub(super) fn admits(self, relations: Vec<(&'static str, usize)>) -> Result<(), Refusal> {
        quirk!("CDO-046");
        let relations: Vec<_> = relations
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| (kind, count as u64))
            .collect();
        if relations.is_empty() || self.force {
            return Ok(());
        }
        let (kinds, counts): (Vec<&str>, Vec<u64>) = relations.into_iter().unzip();
        Err(Problem::RelationsPreventDeletion
            .with("resources", Detail::texts(kinds))
            .with("count", Detail::Numbers(counts)))
    }
}

/// A new id, which nothing had before.
pub(super) fn fresh(
    ids: &mut Ids,
    label: &'static str,
    first: u64,
    taken: impl Fn(Serial) -> bool,
) -> Serial {
    loop {
        let id = ids.serial(label, first);
        if !taken(id) {
            return id;
        }
    }
}

/// Entries on something: how many, and whether a clock runs among them.
pub(super) fn entries_on(state: &State, of: impl Fn(&Mark) -> bool) -> (usize, bool) {
    let mut running = false;
    let marks = state.entries.marks().iter().filter(|mark| of(mark));
    let count = marks
        .inspect(|mark| running |= entry(state, mark).is_some_and(|entry| entry.is_running()))
        .count();
    (count, running)
}

/// True if a clock runs on something.
pub(super) fn runs_on(state: &State, of: impl Fn(&Entry) -> bool) -> bool {
    let users = state.users.iter();
    users.filter_map(|user| state.entries.running(user.id)).any(|entry| of(entry))
}

fn entry<'a>(state: &'a State, mark: &Mark) -> Option<&'a Arc<Entry>> {
    state.entries.get(EntryId(Serial(mark.id)))
}

/// Deletes all entries on something.
pub(super) fn delete_entries(state: &mut State, of: impl Fn(&Mark) -> bool) {
    let gone: Vec<u64> =
        state.entries.marks().iter().filter(|mark| of(mark)).map(|mark| mark.id).collect();
    for id in gone {
        state.entries.remove(EntryId(Serial(id)));
    }
}

/// Services that can be assigned: each once, in the order given.
///
/// # Errors
/// [`Problem::ServiceDoesNotExist`].
pub(super) fn services(state: &State, wanted: &[ServiceId]) -> Result<Vec<ServiceId>, Refusal> {
    let mut found: Vec<ServiceId> = Vec::new();
    let mut missing = Vec::new();
    for id in wanted {
        if state.services.get(*id).is_none() {
            missing.push(id.0.0);
        } else if !found.contains(id) {
            found.push(*id);
        }
    }
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(Problem::ServiceDoesNotExist.with("non_existent_ids", Detail::Numbers(missing)))
    }
}

/// Whether the caller manages customers and projects.
///
/// # Errors
/// [`Problem::Forbidden`].
pub(super) fn manages_projects(viewer: &User) -> Result<(), Refusal> {
    if viewer.rights().manage_customers_and_projects {
        Ok(())
    } else {
        Err(Problem::Forbidden.into())
    }
}

/// Whether the caller may add customers and projects.
///
/// # Errors
/// [`Problem::Forbidden`].
pub(super) fn adds_projects(viewer: &User) -> Result<(), Refusal> {
    let rights = viewer.rights();
    if rights.add_customers || rights.manage_customers_and_projects {
        Ok(())
    } else {
        Err(Problem::Forbidden.into())
    }
}
