//! A bounded record of what was asked and answered. Knows no HTTP: a record is text and numbers.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// One request and how it ended. Secrets are redacted before they get here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Record {
    /// Counts up from 1 since the journal was made or cleared.
    pub id: u64,
    /// The sandbox's clock when the request came.
    pub at: DateTime<Utc>,
    /// The surface, or nothing for a path of nobody.
    pub surface: Option<&'static str>,
    /// The operation id, when a route matched.
    pub operation: Option<&'static str>,
    /// Whether the operation is one that we answer but do not imitate.
    pub declined: bool,
    /// HTTP method.
    pub method: String,
    /// Path as it came, without the sandbox prefix.
    pub path: String,
    /// Query string with secrets redacted; empty when there was none.
    pub query: String,
    /// E-mail of the caller, when the credential was known.
    pub person: Option<String>,
    /// Status of the answer.
    pub status: u16,
    /// Time spent, in microseconds of the machine's clock.
    #[serde(rename = "duration_us", serialize_with = "micros")]
    pub duration: Duration,
    /// World version when the request came.
    pub version_before: u64,
    /// World version when the answer left.
    pub version_after: u64,
    /// Ids of the quirks whose branches ran.
    pub quirks: Vec<&'static str>,
    /// Names of query parameters that nothing read.
    pub unknown_parameters: Vec<String>,
}

fn micros<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// The newest records, oldest first.
#[derive(Debug)]
pub struct Journal {
    bound: usize,
    seen: u64,
    records: VecDeque<Record>,
}

impl Journal {
    /// An empty journal that keeps the newest `bound` records.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self { bound, seen: 0, records: VecDeque::new() }
    }

    /// Keeps `record` under the next id, which is returned; drops the oldest when full.
    pub fn push(&mut self, mut record: Record) -> u64 {
        self.seen += 1;
        record.id = self.seen;
        if self.records.len() == self.bound {
            self.records.pop_front();
        }
        if self.bound > 0 {
            self.records.push_back(record);
        }
        self.seen
    }

    /// The kept records, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }

    /// The record of this id, if it is still kept.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<&Record> {
        let first = self.records.front()?.id;
        self.records.get(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    /// How many records are kept at most.
    #[must_use]
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// How many records have fallen out.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.records.front().map_or(0, |first| first.id - 1)
    }

    /// Forgets all records and starts counting anew.
    pub fn clear(&mut self) {
        self.records.clear();
        self.seen = 0;
    }
}
