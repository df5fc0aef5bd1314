//! All entries in order of their start, reduced to the facts that reports sum up.
//!
//! Reports scan many entries and read few of their fields. Those are stored here in columns, with
//! small numbers instead of ids, so that a report of a million entries reads memory sequentially
//! ([`super::columns`]). [`super::entries::Entries`], which makes all changes, keeps them current.

use chrono::{DateTime, Utc};

use super::columns::{At, Columns, Slice};
use super::entries::TimeEntry;
use super::{EntryId, ProjectId, TaskId, UserId, WorkspaceId};
use crate::kernel::ids::Hex24;
use crate::kernel::part::Part;
use crate::kernel::table::Key;

/// A number that represents an id in a [`Fact`]. 0 means none.
pub type IdNumber = u32;

/// Ids and their numbers. Numbers are assigned from 1 upwards and never change.
#[derive(Debug, Clone, Default)]
pub struct IdNumbers {
    ids: imbl::Vector<Hex24>,
    of: imbl::OrdMap<Hex24, IdNumber>,
}

impl IdNumbers {
    /// Assigns a new number to an id. After 4,294,967,294 ids, returns 0.
    fn add(&mut self, id: Hex24) -> IdNumber {
        let Ok(number) = IdNumber::try_from(self.ids.len() + 1) else { return 0 };
        self.ids.push_back(id);
        self.of.insert(id, number);
        number
    }

    /// The id with a number. `None` for 0.
    #[must_use]
    pub fn id(&self, number: IdNumber) -> Option<Hex24> {
        self.ids.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// The number of an id that an entry has or once had.
    #[must_use]
    pub fn find(&self, id: Hex24) -> Option<IdNumber> {
        self.of.get(&id).copied()
    }

    /// One more than the highest number in use.
    #[must_use]
    pub fn end(&self) -> usize {
        self.ids.len() + 1
    }
}

/// The facts of an entry that reports need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The person.
    pub user: IdNumber,
    /// The project.
    pub project: IdNumber,
    /// The task.
    pub task: IdNumber,
    /// Its flags.
    pub flags: Flags,
    /// Its length. −1 while the timer runs.
    pub seconds: i64,
}

/// Boolean facts of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    const BILLABLE: u8 = 1;
    const INVOICED: u8 = 2;
    const TAGGED: u8 = 4;
    const DESCRIBED: u8 = 8;

    fn of(entry: &TimeEntry) -> Self {
        let mut flags = 0;
        let mut set = |flag, holds: bool| flags |= if holds { flag } else { 0 };
        set(Self::BILLABLE, entry.billable);
        set(Self::INVOICED, entry.invoiced);
        set(Self::TAGGED, !entry.tags.is_empty());
        set(Self::DESCRIBED, !entry.description.is_empty());
        Self(flags)
    }

    /// True if it is billable.
    #[must_use]
    #[inline]
    pub fn billable(self) -> bool {
        self.0 & Self::BILLABLE != 0
    }

    /// True if it is on an invoice.
    #[must_use]
    #[inline]
    pub fn invoiced(self) -> bool {
        self.0 & Self::INVOICED != 0
    }

    /// True if it has tags.
    #[must_use]
    #[inline]
    pub fn tagged(self) -> bool {
        self.0 & Self::TAGGED != 0
    }

    /// True if it has a description.
    #[must_use]
    #[inline]
    pub fn described(self) -> bool {
        self.0 & Self::DESCRIBED != 0
    }
}

/// All entries of all workspaces in order of start, then id.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    of: imbl::OrdMap<WorkspaceId, Columns>,
    users: Part<IdNumbers>,
    projects: Part<IdNumbers>,
    tasks: Part<IdNumbers>,
}

/// The number of an id. Assigns one if it has none, which is rare.
fn number(numbers: &mut Part<IdNumbers>, id: Hex24) -> IdNumber {
    numbers.find(id).unwrap_or_else(|| numbers.add(id))
}

fn at(entry: &TimeEntry) -> At {
    (entry.start.timestamp(), entry.id)
}

impl Timeline {
    /// Adds an entry. An earlier version must have been [`Self::remove`]d.
    pub(super) fn put(&mut self, entry: &TimeEntry) {
        let fact = Fact {
            user: number(&mut self.users, entry.user.0),
            project: entry.project.map_or(0, |id| number(&mut self.projects, id.0)),
            task: entry.task.map_or(0, |id| number(&mut self.tasks, id.0)),
            flags: Flags::of(entry),
            seconds: entry.seconds().unwrap_or(-1),
        };
        self.of.entry(entry.workspace).or_default().insert(at(entry), fact);
    }

    /// Removes an entry.
    pub(super) fn remove(&mut self, entry: &TimeEntry) {
        if let Some(columns) = self.of.get_mut(&entry.workspace) {
            columns.remove(at(entry));
        }
    }

    /// The entries of a workspace that start in `[from, to)`, in order, in slices of some hundred.
    pub fn between(
        &self,
        workspace: WorkspaceId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> impl Iterator<Item = Slice<'_>> {
        let first = (from.timestamp(), EntryId::MIN);
        let behind = (to.timestamp().max(from.timestamp()), EntryId::MIN);
        let columns = self.of.get(&workspace).into_iter();
        columns.flat_map(move |columns| columns.between(first, behind))
    }

    /// The facts of an entry, as a slice of one row.
    #[must_use]
    pub fn only(&self, entry: &TimeEntry) -> Option<Slice<'_>> {
        self.of.get(&entry.workspace)?.only(at(entry))
    }

    /// Numbers of users.
    #[must_use]
    pub fn users(&self) -> &IdNumbers {
        &self.users
    }

    /// Numbers of projects.
    #[must_use]
    pub fn projects(&self) -> &IdNumbers {
        &self.projects
    }

    /// Numbers of tasks.
    #[must_use]
    pub fn tasks(&self) -> &IdNumbers {
        &self.tasks
    }

    /// The user with a number.
    #[must_use]
    pub fn user(&self, number: IdNumber) -> Option<UserId> {
        self.users.id(number).map(UserId)
    }

    /// The project with a number.
    #[must_use]
    pub fn project(&self, number: IdNumber) -> Option<ProjectId> {
        self.projects.id(number).map(ProjectId)
    }

    /// The task with a number.
    #[must_use]
    pub fn task(&self, number: IdNumber) -> Option<TaskId> {
        self.tasks.id(number).map(TaskId)
    }

    /// True if this equals a timeline rebuilt from `entries`. For tests.
    #[must_use]
    pub fn is_of<'a>(&self, entries: impl Iterator<Item = &'a TimeEntry>) -> bool {
        let mut fresh = Self::default();
        let mut noted = 0;
        for entry in entries {
            fresh.put(entry);
            noted += 1;
            let right = self.only(entry).is_some_and(|here| {
                let fact = here.fact(0);
                self.user(fact.user) == Some(entry.user)
                    && self.project(fact.project) == entry.project
                    && self.task(fact.task) == entry.task
                    && fact.flags == Flags::of(entry)
                    && fact.seconds == entry.seconds().unwrap_or(-1)
            });
            if !right {
                return false;
            }
        }
        let in_order = self.of.values().all(Columns::are_in_order);
        in_order && noted == self.of.values().map(Columns::len).sum::<usize>()
    }
}
