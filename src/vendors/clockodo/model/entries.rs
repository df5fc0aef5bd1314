//! Entries of the three types, and what lists and reports read of each.

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

/// Longest span and longest duration of a time entry. Source: clockodo.md:4.3.
pub const LONGEST: TimeDelta = TimeDelta::hours(24);

/// Something worked or charged. All instants are whole seconds.
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
    /// Whether it is or was billed.
    pub billable: Billable,
    /// The description.
    pub text: Option<TextId>,
    /// The start; of a lump sum, the time of the charge.
    pub since: DateTime<Utc>,
    /// The end; nothing while the clock runs. Of a lump sum, the same as `since`.
    pub until: Option<DateTime<Utc>>,
    /// The time of recording.
    pub inserted: DateTime<Utc>,
    /// The time of the last change.
    pub changed: DateTime<Utc>,
    /// Demo data cannot be changed.
    pub test_data: bool,
    /// Which type it is, with what only that type has.
    pub kind: Kind,
}

/// Whether an entry is billed. Source: 003:21.
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

    /// The billing of a number.
    #[must_use]
    pub fn of(number: i64) -> Option<Self> {
        [Self::No, Self::Yes, Self::Billed].into_iter().find(|b| i64::from(b.number()) == number)
    }
}

/// The three types. Source: 003:32.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// 1: a stretch of time.
    Time(TimeDetails),
    /// 2: an amount of money.
    Lumpsum {
        /// For which service.
        service: ServiceId,
        /// The amount.
        value: Minor,
    },
    /// 3: some units of a lump-sum service.
    LumpsumService {
        /// Of which.
        service: LumpsumServiceId,
        /// The number of units, in hundredths.
        amount: i64,
    },
}

/// The properties of time entries only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeDetails {
    /// The service.
    pub service: ServiceId,
    /// Seconds by which the duration differs from the span; 0 when they are linked.
    pub offset: i64,
    /// True if it was clocked.
    pub clocked: bool,
    /// True if it was clocked without a connection.
    pub clocked_offline: bool,
    /// The start of the clock.
    pub clocked_since: Option<DateTime<Utc>>,
    /// The time of the last change of start, end, duration or co-worker.
    pub work_time_changed: DateTime<Utc>,
    /// The hourly rate.
    pub rate: Minor,
    /// True if `rate` was given with the entry rather than found.
    pub own_rate: bool,
}

impl Entry {
    /// The properties of time entries only.
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

    /// Seconds from start to end; nothing while it runs and for a lump sum.
    #[must_use]
    pub fn span(&self) -> Option<i64> {
        self.time()?;
        Some((self.until? - self.since).num_seconds())
    }

    /// Seconds worked: span and correction; nothing while it runs and for a lump sum.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        Some(self.span()? + self.time()?.offset)
    }

    /// Its service, unless it is of a lump-sum service.
    #[must_use]
    pub fn service(&self) -> Option<ServiceId> {
        match &self.kind {
            Kind::Time(details) => Some(details.service),
            Kind::Lumpsum { service, .. } => Some(*service),
            Kind::LumpsumService { .. } => None,
        }
    }
}

/// The index of entries beside their time: the running clock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryBy {
    /// Running, by co-worker.
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

/// The part of an entry that lists and reports read, ordered by start and id. Absent ids are 0.
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
    /// Service, or lump-sum service of a [`MarkKind::LumpsumService`].
    pub service: u64,
    /// Text or 0.
    pub text: u64,
    /// Seconds worked; 0 while it runs and for a lump sum.
    pub seconds: i64,
    /// Rate an hour, value of a lump sum, or hundredths of units.
    pub amount: i64,
    /// The type.
    pub kind: MarkKind,
    /// Whether it is billed.
    pub billable: Billable,
}

/// The type of a marked entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A stretch of time.
    Time,
    /// An amount of money.
    Lumpsum,
    /// Units of a lump-sum service.
    LumpsumService,
}

impl Mark {
    /// The smallest mark that starts at `since`, as a bound of a range.
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

/// All entries, by id and in the order of their start.
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
    /// The rows by id.
    #[must_use]
    pub fn table(&self) -> &Table<Entry> {
        &self.rows
    }

    /// The parts that lists and reports read, in the order of starts.
    #[must_use]
    pub fn marks(&self) -> &Sequence<Mark> {
        &self.marks
    }

    /// The entry of this id.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Arc<Entry>> {
        self.rows.get(id)
    }

    /// The entry whose clock runs for this co-worker.
    #[must_use]
    pub fn running(&self, user: UserId) -> Option<&Arc<Entry>> {
        self.rows.find(EntryBy::Running(user)).next()
    }

    /// Stores `entry`, replacing the one of the same id.
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

    /// Takes the entry of this id out.
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
