//! Master data: the common part of all resources. Rows are found, listed, added, changed and
//! deleted.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::refusal::{Detail, Problem, Refusal};
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::table::{Row, Table};
use crate::quirk;
use crate::vendors::clockodo::model::{Entry, EntryId, Mark, ServiceId, State, User};

/// The account and the caller of a change.
#[derive(Debug)]
pub struct Act<'a> {
    /// The account.
    pub state: &'a mut State,
    /// Counters of new ids.
    pub ids: &'a mut Ids,
    /// The current time.
    pub now: DateTime<Utc>,
    /// The caller.
    pub viewer: &'a User,
}

/// A resource of master data.
pub trait MasterData: Row {
    /// The changes of a row. Absent fields stay.
    type Patch;

    /// True if other rows refer to this resource, so that deletion has options.
    const HAS_RELATIONS: bool = true;

    /// The table of its rows.
    fn table(state: &State) -> &Table<Self>;

    /// True if `viewer` manages the resource.
    fn is_managed_by(viewer: &User) -> bool;

    /// True if it matches the filters of a list.
    fn matches(&self, listing: &Listing) -> bool;

    /// Its sort key.
    fn sort_key(&self, state: &State, by: SortBy) -> SortKey;

    /// The row with this id.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    fn find(state: &State, id: Self::Key) -> Result<&Arc<Self>, Refusal> {
        Self::table(state).get(id).ok_or_else(|| Problem::NotFound.into())
    }

    /// The rows that match a list's filters, in its order.
    fn list<'a>(state: &'a State, viewer: &User, listing: &Listing) -> Vec<&'a Arc<Self>> {
        let all = !listing.managed || Self::is_managed_by(viewer);
        let matches = |row: &&Arc<Self>| all && row.matches(listing);
        let mut rows: Vec<&Arc<Self>> = Self::table(state).iter().filter(matches).collect();
        listing.order(&mut rows, |row, by| row.sort_key(state, by));
        rows
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Missing`], and refusals of invalid values.
    fn add(act: Act<'_>, patch: Self::Patch) -> Result<Self::Key, Refusal>;

    /// Changes a row.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Forbidden`], and refusals of invalid values.
    fn edit(act: Act<'_>, id: Self::Key, patch: Self::Patch) -> Result<(), Refusal>;

    /// Deletes a row. With force, deletes everything that refers to it too.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Forbidden`], and anything that prevents its deletion.
    fn delete(act: Act<'_>, id: Self::Key, deletion: Deletion) -> Result<(), Refusal>;
}

/// The sort key of a row in the orders that most lists have.
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
    /// Active or archived.
    pub active: Option<bool>,
    /// Completed or open.
    pub completed: Option<bool>,
    /// By customer or project.
    pub of: Option<u64>,
    /// By team: any of these. `None` is for no team.
    pub teams: Option<Vec<Option<u64>>>,
    /// By part of the name or number, ignoring letter case.
    pub fulltext: Option<String>,
    /// Only rows that the caller manages.
    pub managed: bool,
    /// The order, most important first. Empty: by name.
    pub sort: Vec<Sort>,
}

/// A part of a list's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The property to sort by.
    pub by: SortBy,
    /// True for descending order.
    pub descending: bool,
}

/// The properties that lists can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// The id.
    Id,
    /// Name, ignoring letter case.
    Name,
    /// Active or archived; archived rows first.
    Active,
    /// The number.
    Number,
    /// The role.
    Role,
    /// Name of the team.
    TeamName,
}

/// The sort key of a row: a number, then a text.
pub type SortKey = (u64, String);

impl Listing {
    /// True if a row with this name and number matches.
    pub(super) fn admits(&self, active: bool, name: &str, number: Option<&str>) -> bool {
        self.active.is_none_or(|wanted| wanted == active)
            && self.fulltext.as_deref().is_none_or(|part| {
                let part = part.to_lowercase();
                name.to_lowercase().contains(&part)
                    || number.is_some_and(|number| number.to_lowercase().contains(&part))
            })
    }

    /// Sorts rows. Equal rows stay in order of id.
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
    /// True to check only whether deletion is possible.
    pub dry_run: bool,
    /// True to delete everything that refers to the row too.
    pub force: bool,
}

impl Deletion {
    /// Checks that nothing that refers to the row prevents its deletion.
    ///
    /// # Errors
    /// [`Problem::RelationsPreventDeletion`] if there are such rows and `force` is not set.
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

/// A new id that is not taken.
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

/// The number of matching entries, and true if a clock is running on one of them.
pub(super) fn entries_on(state: &State, of: impl Fn(&Mark) -> bool) -> (usize, bool) {
    let mut running = false;
    let marks = state.entries.marks().iter().filter(|mark| of(mark));
    let count = marks
        .inspect(|mark| running |= entry(state, mark).is_some_and(|entry| entry.is_running()))
        .count();
    (count, running)
}

/// True if a clock is running on a matching entry.
pub(super) fn runs_on(state: &State, of: impl Fn(&Entry) -> bool) -> bool {
    let users = state.users.iter();
    users.filter_map(|user| state.entries.running(user.id)).any(|entry| of(entry))
}

fn entry<'a>(state: &'a State, mark: &Mark) -> Option<&'a Arc<Entry>> {
    state.entries.get(EntryId(Serial(mark.id)))
}

/// Deletes all entries that match.
pub(super) fn delete_entries(state: &mut State, of: impl Fn(&Mark) -> bool) {
    let gone: Vec<u64> =
        state.entries.marks().iter().filter(|mark| of(mark)).map(|mark| mark.id).collect();
    for id in gone {
        state.entries.remove(EntryId(Serial(id)));
    }
}

/// Checks assigned services. Returns them without duplicates, in the order given.
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

/// Checks that the caller manages customers and projects.
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

/// Checks that the caller may add customers and projects.
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
