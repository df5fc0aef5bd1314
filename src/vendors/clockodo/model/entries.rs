//! Entries of the three types, and their summaries for lists and reports.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::master::{CustomerId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, TextId};
use super::people::UserId;
use crate::id_kinds;
use crate::kernel::collection::Rows;
use crate::kernel::ids::Serial;
use crate::kernel::money::Minor;
use crate::kernel::sequence::Sequence;
use crate::kernel::table::{Row, Table};

id_kinds! {
    /// Id of an entry.
    pub EntryId(Serial);
}

/// Maximum span and maximum duration of a time entry. Source: clockodo.md:4.3.
pub const LONGEST: TimeDelta = TimeDelta::hours(24);

/// An entry: time, a lump sum, or units of a lump-sum service. All times are whole seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The co-worker.
    pub user: UserId,
    /// The customer.
    pub customer: CustomerId,
    /// The project.
    pub project: Option<ProjectId>,
    /// The subproject.
    pub subproject: Option<SubprojectId>,
    /// Not billable, billable or billed.
    pub billable: Billable,
    /// The description.
    pub text: Option<TextId>,
    /// The start. For lump sums, the time of the charge.
    pub since: DateTime<Utc>,
    /// The end. `None` while the clock runs. For lump sums, the same as `since`.
    pub until: Option<DateTime<Utc>>,
    /// When it was added.
    pub inserted: DateTime<Utc>,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
    /// True for demo data, which cannot be changed.
    pub test_data: bool,
    /// The type, with the values that only this type has.
    pub kind: Kind,
}

/// The billing state of an entry. Source: 003:21.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Billable {
    /// 0: not billable.
    No,
    /// 1: billable.
    Yes,
    /// 2: already billed.
    Billed,
}

impl Billable {
    /// The vendor's number.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::No => 0,
            Self::Yes => 1,
            Self::Billed => 2,
        }
    }

    /// The billing state with this number.
    #[must_use]
    pub fn of(number: i64) -> Option<Self> {
        [Self::No, Self::Yes, Self::Billed].into_iter().find(|b| i64::from(b.number()) == number)
    }
}

/// The three types of entries. Source: 003:32.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// 1: time.
    Time(TimeDetails),
    /// 2: a lump sum.
    Lumpsum {
        /// The service.
        service: ServiceId,
        /// The amount.
        value: Minor,
    },
    /// 3: units of a lump-sum service.
    LumpsumService {
        /// The lump-sum service.
        service: LumpsumServiceId,
        /// The number of units, in hundredths.
        amount: i64,
    },
}

/// The values that only time entries have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeDetails {
    /// The service.
    pub service: ServiceId,
    /// Seconds by which the duration differs from the span. 0 if they are linked.
    pub offset: i64,
    /// True if it was recorded with the clock.
    pub clocked: bool,
    /// True if it was clocked offline.
    pub clocked_offline: bool,
    /// When the clock was started.
    pub clocked_since: Option<DateTime<Utc>>,
    /// When start, end, duration or co-worker was last changed.
    pub work_time_changed: DateTime<Utc>,
    /// The hourly rate.
    pub rate: Minor,
    /// True if `rate` was sent with the entry, not looked up.
    pub own_rate: bool,
}

impl Entry {
    /// The values that only time entries have. `None` for other types.
    #[must_use]
    pub fn time(&self) -> Option<&TimeDetails> {
        match &self.kind {
            Kind::Time(details) => Some(details),
            Kind::Lumpsum { .. } | Kind::LumpsumService { .. } => None,
        }
    }

    /// True if its clock runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.until.is_none()
    }

    /// Seconds from start to end. `None` while it runs and for lump sums.
    #[must_use]
    pub fn span(&self) -> Option<i64> {
        self.time()?;
        Some((self.until? - self.since).num_seconds())
    }

    /// Seconds worked: the span plus the correction. `None` while it runs and for lump sums.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        Some(self.span()? + self.time()?.offset)
    }

    /// Its service. `None` for units of a lump-sum service.
    #[must_use]
    pub fn service(&self) -> Option<ServiceId> {
        match &self.kind {
            Kind::Time(details) => Some(details.service),
            Kind::Lumpsum { service, .. } => Some(*service),
            Kind::LumpsumService { .. } => None,
        }
    }
}

/// The index of entries, besides the order by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryBy {
    /// The running clock of a co-worker.
    Running(UserId),
}

impl Row for Entry {
    type Key = EntryId;
    type Index = EntryBy;

    fn key(&self) -> EntryId {
        self.id
    }

    fn index(&self) -> Vec<EntryBy> {
        if self.is_running() { vec![EntryBy::Running(self.user)] } else { Vec::new() }
    }
}

/// The summary of an entry for lists and reports, ordered by start and id. Absent ids are 0.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Start, in seconds since 1970.
    pub since: i64,
    /// The entry.
    pub id: u64,
    /// Co-worker.
    pub user: u64,
    /// Customer.
    pub customer: u64,
    /// Project or 0.
    pub project: u64,
    /// Subproject or 0.
    pub subproject: u64,
    /// Service. For a [`MarkKind::LumpsumService`], the lump-sum service.
    pub service: u64,
    /// Text or 0.
    pub text: u64,
    /// Seconds worked. 0 while it runs and for lump sums.
    pub seconds: i64,
    /// Hourly rate, value of a lump sum, or units in hundredths.
    pub amount: i64,
    /// The type.
    pub kind: MarkKind,
    /// The billing state.
    pub billable: Billable,
}

/// The type of a summarised entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// Time.
    Time,
    /// A lump sum.
    Lumpsum,
    /// Units of a lump-sum service.
    LumpsumService,
}

impl Mark {
    /// The smallest mark that starts at `since`, for use as a bound of a range.
    #[must_use]
    pub fn at(since: DateTime<Utc>) -> Self {
        Self {
            since: since.timestamp(),
            id: 0,
            user: 0,
            customer: 0,
            project: 0,
            subproject: 0,
            service: 0,
            text: 0,
            seconds: 0,
            amount: 0,
            kind: MarkKind::Time,
            billable: Billable::No,
        }
    }

    /// The mark of an entry.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let (kind, service, amount) = match &entry.kind {
            Kind::Time(details) => (MarkKind::Time, details.service.0.0, details.rate),
            Kind::Lumpsum { service, value } => (MarkKind::Lumpsum, service.0.0, *value),
            Kind::LumpsumService { service, amount } => {
                (MarkKind::LumpsumService, service.0.0, *amount)
            }
        };
        Self {
            since: entry.since.timestamp(),
            id: entry.id.0.0,
            user: entry.user.0.0,
            customer: entry.customer.0.0,
            project: entry.project.map_or(0, |id| id.0.0),
            subproject: entry.subproject.map_or(0, |id| id.0.0),
            service,
            text: entry.text.map_or(0, |id| id.0.0),
            seconds: entry.seconds().unwrap_or(0),
            amount,
            kind,
            billable: entry.billable,
        }
    }
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Mark {}

impl PartialOrd for Mark {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Mark {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.since, self.id).cmp(&(other.since, other.id))
    }
}

/// All entries, by id and by start.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    rows: Table<Entry>,
    marks: Sequence<Mark>,
}

impl Rows for Entries {
    type Row = Entry;

    fn table(&self) -> &Table<Entry> {
        &self.rows
    }

    fn put_row(&mut self, row: Entry) {
        self.put(row);
    }

    fn remove_row(&mut self, key: EntryId) {
        self.remove(key);
    }
}

impl Entries {
    /// The entries by id.
    #[must_use]
    pub fn table(&self) -> &Table<Entry> {
        &self.rows
    }

    /// The summaries for lists and reports, by start.
    #[must_use]
    pub fn marks(&self) -> &Sequence<Mark> {
        &self.marks
    }

    /// The entry with this id.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Arc<Entry>> {
        self.rows.get(id)
    }

    /// The running entry of this co-worker.
    #[must_use]
    pub fn running(&self, user: UserId) -> Option<&Arc<Entry>> {
        self.rows.find(EntryBy::Running(user)).next()
    }

    /// Inserts or replaces an entry.
    pub fn put(&mut self, entry: Entry) {
        let mark = Mark::of(&entry);
        if let Some(old) = self.rows.put(entry) {
            let old = Mark::of(&old);
            if old != mark {
                self.marks.remove(&old);
            }
        }
        self.marks.insert(mark);
    }

    /// Removes the entry with this id and returns it.
    pub fn remove(&mut self, id: EntryId) -> Option<Arc<Entry>> {
        let old = self.rows.remove(id)?;
        self.marks.remove(&Mark::of(&old));
        Some(old)
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut rows = Table::default();
        for entry in entries {
            rows.put(entry);
        }
        let marks = rows.iter().map(|entry| Mark::of(entry)).collect();
        Self { rows, marks }
    }
}
