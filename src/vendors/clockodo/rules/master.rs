//! What all master data shares: why it is refused, how lists are narrowed and ordered, how things go.

use std::cmp::Ordering;
use std::sync::Arc;

use super::completion;
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{Entry, EntryId, Mark, ServiceId, State, User};

/// Why master data is refused. Names are those of the request's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// There is no such thing.
    NoSuch,
    /// The caller lacks the right.
    Forbidden,
    /// A required parameter is missing.
    Empty(&'static str),
    /// What the parameter refers to does not exist.
    NotFound(&'static str),
    /// What the parameter refers to is archived.
    Inactive(&'static str),
    /// There is another of this name.
    NameTaken(&'static str),
    /// It has to be archived first.
    HasToBeInactive,
    /// Other things refer to it: how many of which kind.
    Relations(Vec<(&'static str, usize)>),
    /// A clock runs on it, so it cannot be deleted.
    RunningPreventsDeletion,
    /// A clock runs on it, so it cannot be archived.
    RunningPreventsArchiving,
    /// Demo data cannot be changed.
    DemoData,
    /// The company's default cannot be archived.
    DefaultArchived,
    /// The company's default cannot be deleted.
    DefaultDeleted,
    /// Assigned services that do not exist.
    NoServices(Vec<u64>),
    /// A project or part of it cannot have what is wanted.
    Project(ProjectError),
    /// A co-worker or team cannot have what is wanted.
    People(PeopleError),
}

/// What a project or subproject cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectError {
    /// The deadline is before the start.
    DeadlineBeforeStart,
    /// Entries lie outside the period.
    EntriesOutside,
    /// Subprojects lie outside the period.
    SubprojectsOutside,
    /// The subproject lies outside the project's period.
    OutsideProject,
    /// Budget and deadline of a completed project are fixed.
    Completed,
    /// A budget needs an amount.
    NoAmount,
    /// An amount above 0 is needed.
    AmountTooSmall,
    /// A budget that is the sum of the subprojects' has no amount of its own.
    AmountNotEmpty,
    /// Budgets that begin anew are not in this account's plan.
    NoRetainer,
    /// The subprojects' budgets exceed the project's: what they add up to.
    BelowSubprojects(Minor),
    /// The subprojects' budgets would exceed the project's: the most that is left, and whether in hours.
    AboveProject(Minor, bool),
    /// The project has no budget to take a share of.
    NoProjectBudget,
    /// A subproject's budget is of the project's kind.
    OtherKind,
    /// A subproject's budget is as strict as the project's.
    OtherStrictness,
    /// A completed subproject's budget is fixed.
    PartCompleted,
    /// The project is archived.
    ProjectArchived,
    /// The project is completed.
    ProjectCompleted,
    /// Subprojects are deleted rather than archived.
    PartArchived,
    /// Some subprojects go on.
    PartsOpen,
    /// Only a fixed price can be billed as a whole.
    NoFixedPrice,
    /// It cannot be completed; and whether it is a subproject.
    Completion(completion::Error, bool),
}

/// What a co-worker or team cannot have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleError {
    /// The e-mail is somebody else's.
    EmailTaken,
    /// Nobody deletes themselves.
    Themselves,
    /// Only owners delete owners.
    OnlyOwner,
    /// Who leads others cannot be archived.
    Leads,
    /// Co-workers that do not exist.
    NoUsers(Vec<u64>),
    /// Co-workers of another team.
    OtherTeam(Vec<u64>),
}

impl From<ProjectError> for Error {
    fn from(error: ProjectError) -> Self {
        Self::Project(error)
    }
}

impl From<PeopleError> for Error {
    fn from(error: PeopleError) -> Self {
        Self::People(error)
    }
}

/// What narrows a list, and its order.
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

/// What lists can be ordered by.
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

/// What a row is ordered by: a number, then a text.
pub(super) type SortKey = (u64, String);

impl Listing {
    /// Whether a row of this name and number is wanted.
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

/// How something is deleted.
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
    /// [`Error::Relations`] unless everything is to go.
    pub(super) fn admits(self, relations: Vec<(&'static str, usize)>) -> Result<(), Error> {
        quirk!("CDO-046");
        let relations: Vec<_> = relations.into_iter().filter(|(_, count)| *count > 0).collect();
        if relations.is_empty() || self.force { Ok(()) } else { Err(Error::Relations(relations)) }
    }
}

/// Something named has an id that nothing had before.
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

/// Whether a clock runs on something.
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
/// [`Error::NoServices`].
pub(super) fn services(state: &State, wanted: &[ServiceId]) -> Result<Vec<ServiceId>, Error> {
    let mut found: Vec<ServiceId> = Vec::new();
    let mut missing = Vec::new();
    for id in wanted {
        if state.services.get(*id).is_none() {
            missing.push(id.0.0);
        } else if !found.contains(id) {
            found.push(*id);
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(Error::NoServices(missing)) }
}

/// Whether the caller manages customers and projects.
///
/// # Errors
/// [`Error::Forbidden`].
pub(super) fn manages_projects(viewer: &User) -> Result<(), Error> {
    if viewer.rights().manage_customers_and_projects { Ok(()) } else { Err(Error::Forbidden) }
}

/// Whether the caller may add customers and projects.
///
/// # Errors
/// [`Error::Forbidden`].
pub(super) fn adds_projects(viewer: &User) -> Result<(), Error> {
    let rights = viewer.rights();
    if rights.add_customers || rights.manage_customers_and_projects {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}
