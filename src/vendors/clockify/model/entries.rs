//! Time entries. All changes go through [`Entries`].

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fields::FieldValue;
use super::rates::{RateChange, is_first};
use super::timeline::Timeline;
use super::{EntryId, ProjectId, TagId, TaskId, UserId, WorkspaceId};
use crate::kernel::collection::Rows;
use crate::kernel::table::{Key, Row, Table};

/// A time entry. Its times are whole seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeEntry {
    /// Its id.
    pub id: EntryId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The user whose time it is.
    pub user: UserId,
    /// The description; may be empty.
    pub description: String,
    /// The project.
    pub project: Option<ProjectId>,
    /// The task, which belongs to the project.
    pub task: Option<TaskId>,
    /// Its tags in the order given. One may come twice.
    pub tags: Vec<TagId>,
    /// True if it is billable.
    pub billable: bool,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end, not before `start`; `None` while the timer runs.
    pub end: Option<DateTime<Utc>>,
    /// Its type.
    pub kind: EntryType,
    /// Values of custom fields, at most one per field.
    pub fields: Vec<FieldValue>,
    /// True if it is on an invoice.
    pub invoiced: bool,
    /// The number of changes of rates when it was priced: made, or moved to another project or task, or
    /// made billable or not.
    #[serde(default, skip_serializing_if = "is_first")]
    pub known_rates: RateChange,
}

impl TimeEntry {
    /// Its length in seconds; `None` while the timer runs.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        self.end.map(|end| (end - self.start).num_seconds())
    }

    /// True if its timer runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.end.is_none()
    }
}

/// An entry that was deleted. Source: facts.md:N-12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedEntry {
    /// Its id.
    pub id: EntryId,
    /// Its workspace.
    pub workspace: WorkspaceId,
}

impl Row for DeletedEntry {
    type Key = EntryId;
    type Index = ();

    fn key(&self) -> EntryId {
        self.id
    }

    fn index(&self) -> Vec<()> {
        Vec::new()
    }
}

/// The type of an entry. Source: clockify.md:4.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryType {
    /// Work.
    #[default]
    Regular,
    /// A break.
    Break,
    /// A holiday; clients cannot write it.
    Holiday,
    /// Time off; clients cannot write it.
    TimeOff,
}

/// A start time as an index key that sorts the newest first. Stored as bytes, it leaves no padding
/// in index keys, many of which every change of a time entry copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest([u8; 8]);

impl Ord for Newest {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        u64::from_be_bytes(self.0).cmp(&u64::from_be_bytes(other.0))
    }
}

impl PartialOrd for Newest {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Newest {
    /// Sorts before every start.
    pub const FIRST: Self = Self([0; 8]);
    /// Sorts after every start.
    pub const LAST: Self = Self([255; 8]);

    /// The key of a start.
    #[must_use]
    pub fn of(start: DateTime<Utc>) -> Self {
        // `i64::MAX` maps to 0, `i64::MIN` to the largest value.
        let behind = start.timestamp().abs_diff(i64::MAX);
        Self(behind.to_be_bytes())
    }
}

/// The index of entries. To find a client's entries, go through its projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryBy {
    /// By user in a workspace, newest first.
    User(WorkspaceId, UserId, Newest),
    /// The running timer of a user in a workspace.
    Running(WorkspaceId, UserId),
    /// By project, newest first.
    Project(ProjectId, Newest),
    /// By task, newest first.
    Task(TaskId, Newest),
    /// By tag, newest first.
    Tag(TagId, Newest),
}

impl Row for TimeEntry {
    type Key = EntryId;
    type Index = EntryBy;

    fn key(&self) -> EntryId {
        self.id
    }

    fn index(&self) -> Vec<EntryBy> {
        let at = Newest::of(self.start);
        let mut index = Vec::with_capacity(3 + self.tags.len());
        index.push(EntryBy::User(self.workspace, self.user, at));
        if self.is_running() {
            index.push(EntryBy::Running(self.workspace, self.user));
        }
        index.extend(self.project.map(|project| EntryBy::Project(project, at)));
        index.extend(self.task.map(|task| EntryBy::Task(task, at)));
        let tags = self.tags.iter().enumerate();
        let tags = tags.filter(|(n, tag)| !self.tags[..*n].contains(tag));
        index.extend(tags.map(|(_, tag)| EntryBy::Tag(*tag, at)));
        index
    }
}

/// All time entries, with sums over them. Only this type changes entries: [`Entries::put`] and
/// [`Entries::remove`] keep all derived values up to date.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    rows: Table<TimeEntry>,
    /// Total seconds of ended entries by project.
    on_projects: imbl::OrdMap<ProjectId, i64>,
    /// Total seconds of ended entries by task.
    on_tasks: imbl::OrdMap<TaskId, i64>,
    /// The columns that reports scan.
    timeline: Timeline,
}

impl Rows for Entries {
    type Row = TimeEntry;

    fn table(&self) -> &Table<TimeEntry> {
        &self.rows
    }

    fn put_row(&mut self, row: TimeEntry) {
        self.put(row);
    }

    fn remove_row(&mut self, key: EntryId) {
        self.remove(key);
    }
}

impl Entries {
    /// The table, read-only.
    #[must_use]
    pub fn rows(&self) -> &Table<TimeEntry> {
        &self.rows
    }

    /// The entries as columns for reports.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The entry with this id.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Arc<TimeEntry>> {
        self.rows.get(id)
    }

    /// A user's entries in a workspace that start in `[from, to)`, newest first. An absent bound is
    /// open.
    pub fn of_user(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> impl DoubleEndedIterator<Item = &Arc<TimeEntry>> {
        let newest = to.map_or(Newest::FIRST, Newest::of);
        let oldest = from.map_or(Newest::LAST, Newest::of);
        self.rows
            .scan(EntryBy::User(workspace, user, newest)..=EntryBy::User(workspace, user, oldest))
            .filter(move |entry| to.is_none_or(|to| entry.start < to))
            .filter(move |entry| from.is_none_or(|from| entry.start >= from))
    }

    /// The running timer of a user in a workspace.
    #[must_use]
    pub fn running(&self, workspace: WorkspaceId, user: UserId) -> Option<&Arc<TimeEntry>> {
        self.rows.find(EntryBy::Running(workspace, user)).next()
    }

    /// All running timers in a workspace, in order of user id.
    pub fn all_running(&self, workspace: WorkspaceId) -> impl Iterator<Item = &Arc<TimeEntry>> {
        let [first, last] = [UserId::MIN, UserId::MAX];
        self.rows.scan(EntryBy::Running(workspace, first)..=EntryBy::Running(workspace, last))
    }

    /// The entries on a project, newest first.
    pub fn of_project(
        &self,
        project: ProjectId,
    ) -> impl DoubleEndedIterator<Item = &Arc<TimeEntry>> {
        let [first, last] = [Newest::FIRST, Newest::LAST].map(|at| EntryBy::Project(project, at));
        self.rows.scan(first..=last)
    }

    /// The entries on a task, newest first.
    pub fn of_task(&self, task: TaskId) -> impl DoubleEndedIterator<Item = &Arc<TimeEntry>> {
        let [first, last] = [Newest::FIRST, Newest::LAST].map(|at| EntryBy::Task(task, at));
        self.rows.scan(first..=last)
    }

    /// The entries with a tag, newest first.
    pub fn of_tag(&self, tag: TagId) -> impl DoubleEndedIterator<Item = &Arc<TimeEntry>> {
        let [first, last] = [Newest::FIRST, Newest::LAST].map(|at| EntryBy::Tag(tag, at));
        self.rows.scan(first..=last)
    }

    /// Total seconds of the ended entries on a project.
    #[must_use]
    pub fn seconds_on_project(&self, project: ProjectId) -> i64 {
        self.on_projects.get(&project).copied().unwrap_or(0)
    }

    /// Total seconds of the ended entries on a task.
    #[must_use]
    pub fn seconds_on_task(&self, task: TaskId) -> i64 {
        self.on_tasks.get(&task).copied().unwrap_or(0)
    }

    /// Inserts or replaces an entry. Returns the one it replaced.
    pub fn put(&mut self, entry: impl Into<Arc<TimeEntry>>) -> Option<Arc<TimeEntry>> {
        let entry = entry.into();
        self.count(&entry, 1);
        if let Some(old) = self.rows.get(entry.id) {
            self.timeline.remove(old);
        }
        self.timeline.put(&entry);
        let old = self.rows.put(entry);
        if let Some(old) = &old {
            self.count(old, -1);
        }
        old
    }

    /// Applies `edit` to a copy of an entry and stores the copy. `None` if there is no such
    /// entry.
    pub fn change<T>(&mut self, id: EntryId, edit: impl FnOnce(&mut TimeEntry) -> T) -> Option<T> {
        let mut entry = TimeEntry::clone(self.rows.get(id)?);
        let result = edit(&mut entry);
        entry.id = id;
        self.put(entry);
        Some(result)
    }

    /// Removes an entry.
    pub fn remove(&mut self, id: EntryId) -> Option<Arc<TimeEntry>> {
        let old = self.rows.remove(id)?;
        self.count(&old, -1);
        self.timeline.remove(&old);
        Some(old)
    }

    fn count(&mut self, entry: &TimeEntry, sign: i64) {
        let seconds = sign * entry.seconds().unwrap_or(0);
        if let Some(project) = entry.project {
            add(&mut self.on_projects, project, seconds);
        }
        if let Some(task) = entry.task {
            add(&mut self.on_tasks, task, seconds);
        }
    }

    /// True if indices and sums equal those rebuilt from the rows. For tests.
    #[must_use]
    pub fn sums_are_right(&self) -> bool {
        let mut fresh = Self::default();
        for entry in self.rows.iter() {
            fresh.count(entry, 1);
        }
        self.rows.indices_are_right()
            && self.on_projects == fresh.on_projects
            && self.on_tasks == fresh.on_tasks
            && self.timeline.is_of(self.rows.iter().map(|entry| &**entry))
    }
}

/// Adds to a sum. Removes a sum that becomes 0.
fn add<K: Ord + Clone>(sums: &mut imbl::OrdMap<K, i64>, key: K, seconds: i64) {
    let sum = sums.get(&key).copied().unwrap_or(0) + seconds;
    if sum == 0 {
        sums.remove(&key);
    } else {
        sums.insert(key, sum);
    }
}
