//! The bounded journal of requests and answers. Knows no HTTP: a record is text and numbers.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::uuids::{self, Uuid, Uuids};

/// Maximum length of a request body in a record, in bytes.
pub const BODY: usize = 16 * 1024;
/// Maximum bytes of bodies in a journal; the oldest are dropped first.
pub const BODIES: usize = 4 * 1024 * 1024;
/// Maximum bytes of the other texts in a journal, those of the newest record aside; the oldest records are dropped
/// first.
pub const TEXTS: usize = 4 * 1024 * 1024;

/// A request with its outcome. Secrets are already redacted.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Record {
    /// Made of `at`, the name of the sandbox and the number of requests since the journal was created or
    /// cleared. Ids sort by request, and a frozen sandbox repeats them.
    pub id: Uuid,
    /// The sandbox's clock when the request came.
    pub at: DateTime<Utc>,
    /// The surface; `None` when no surface owns the path.
    pub surface: Option<&'static str>,
    /// The operation id, when a route matched.
    pub operation: Option<&'static str>,
    /// Whether the contract declines the operation.
    pub declined: bool,
    /// HTTP method.
    pub method: Cow<'static, str>,
    /// Path as sent, without the sandbox prefix.
    pub path: String,
    /// Query string with secrets redacted; may be empty.
    pub query: String,
    /// Request body with secrets redacted. `None` when it was empty, longer than [`BODY`], not text, or
    /// dropped in favour of newer bodies.
    #[serde(serialize_with = "json_or_text")]
    pub body: Option<String>,
    /// Length of the request body.
    pub body_bytes: usize,
    /// E-mail of the caller, if the credential is known.
    pub person: Option<String>,
    /// Status of the answer.
    pub status: u16,
    /// Duration in microseconds on the machine's clock.
    #[serde(rename = "duration_us", serialize_with = "micros")]
    pub duration: Duration,
    /// World version before the request.
    pub version_before: u64,
    /// World version after the request.
    pub version_after: u64,
    /// Ids of the quirks whose branches ran.
    pub quirks: Vec<&'static str>,
    /// Names of query parameters that nothing read.
    pub unknown_parameters: Vec<String>,
    /// Paths of body fields that nothing read.
    pub unknown_fields: Vec<String>,
    /// Position in the fault plan of the rule that fired, counted from 0.
    pub fault: Option<usize>,
    /// A failure of this server rather than of the vendor: `sandboxes-full`, `not-kept` when the state file could
    /// not be written, or `abandoned` when the client was gone before its answer was made.
    pub trouble: Option<&'static str>,
    /// Operations with a similar path, closest first, when no route matched.
    pub near_misses: Vec<NearMiss>,
}

/// An operation that the client may have meant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NearMiss {
    /// Its surface.
    pub surface: &'static str,
    /// Operation id.
    pub operation: &'static str,
    /// HTTP method.
    pub method: String,
    /// Path with `{name}` parts, below the server.
    pub path: String,
}

impl Record {
    /// Number of the request since the journal was created or cleared, counted from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        uuids::count(self.id)
    }

    fn body_length(&self) -> usize {
        self.body.as_ref().map_or(0, String::len)
    }

    /// Bytes of what a client can make long, besides the body.
    fn texts_length(&self) -> usize {
        let Self { method, path, query, unknown_parameters, unknown_fields, .. } = self;
        let names = unknown_parameters.iter().chain(unknown_fields).map(String::len);
        method.len() + path.len() + query.len() + names.sum::<usize>()
    }
}

fn micros<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// Writes a JSON body as JSON, any other as text.
#[expect(clippy::ref_option, reason = "what serde calls")]
fn json_or_text<S: serde::Serializer>(
    body: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use serde::Serialize;
    let Some(text) = body else { return serializer.serialize_none() };
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => value.serialize(serializer),
        Err(_) => serializer.serialize_str(text),
    }
}

/// The newest records, oldest first.
#[derive(Debug)]
pub struct Journal {
    bound: usize,
    ids: Uuids,
    /// Number of times it was cleared.
    cleared: u64,
    records: VecDeque<Record>,
    /// Bytes of all bodies, and the position of the first record that may have one.
    bodies: usize,
    bodies_from: u64,
    /// Bytes of all other texts.
    texts: usize,
}

impl Journal {
    /// An empty journal of the sandbox of this name that keeps the newest `bound` records.
    #[must_use]
    pub fn new(sandbox: &str, bound: usize) -> Self {
        let (ids, records) = (Uuids::new(sandbox), VecDeque::new());
        Self { bound, ids, cleared: 0, records, bodies: 0, bodies_from: 1, texts: 0 }
    }

    /// Adds `record` with the next id. Returns the record dropped to make room.
    pub fn push(&mut self, mut record: Record) -> Option<Record> {
        record.id = self.next_id(record.at);
        self.keep(record)
    }

    /// The id of a request at this instant. Add its record before the next call.
    pub fn next_id(&mut self, at: DateTime<Utc>) -> Uuid {
        self.ids.next(at)
    }

    /// Adds a record that has an id. Returns a record dropped to make room.
    pub fn keep(&mut self, record: Record) -> Option<Record> {
        if self.bound == 0 {
            return Some(record);
        }
        let mut oldest = if self.records.len() == self.bound { self.drop_oldest() } else { None };
        while self.texts > TEXTS {
            oldest = self.drop_oldest();
        }
        self.bodies += record.body_length();
        self.texts += record.texts_length();
        self.records.push_back(record);
        while self.bodies > BODIES {
            let Some(at) = self.position(self.bodies_from) else { break };
            if let Some(record) = self.records.get_mut(at) {
                self.bodies -= record.body.take().map_or(0, |body| body.len());
                self.bodies_from = record.number() + 1;
            }
        }
        oldest
    }

    fn drop_oldest(&mut self) -> Option<Record> {
        let oldest = self.records.pop_front()?;
        self.bodies -= oldest.body_length();
        self.texts -= oldest.texts_length();
        Some(oldest)
    }

    /// Number of requests since the journal was created or cleared.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ids.count()
    }

    /// Position of the record of this number; of the oldest one if it was dropped.
    fn position(&self, number: u64) -> Option<usize> {
        let first = self.records.front()?.number();
        let at = usize::try_from(number.saturating_sub(first)).ok()?;
        (at < self.records.len()).then_some(at)
    }

    /// The records, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.iter()
    }

    /// The records after this number, oldest first.
    pub fn after(&self, number: u64) -> impl Iterator<Item = &Record> {
        let from = self.position(number.saturating_add(1)).unwrap_or(self.records.len());
        self.records.range(from..)
    }

    /// The record of this id, unless it was dropped.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&Record> {
        self.nth(uuids::count(id)).filter(|record| record.id == id)
    }

    /// The record of this number, unless it was dropped.
    #[must_use]
    pub fn nth(&self, number: u64) -> Option<&Record> {
        self.records.get(self.position(number)?).filter(|record| record.number() == number)
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Maximum number of records.
    #[must_use]
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// Number of records dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.count() - self.records.len() as u64
    }

    /// Number of times the journal was cleared.
    #[must_use]
    pub fn cleared(&self) -> u64 {
        self.cleared
    }

    /// Deletes all records and starts again at number 1.
    pub fn clear(&mut self) {
        self.ids.restart();
        self.records.clear();
        (self.cleared, self.bodies, self.bodies_from) = (self.cleared + 1, 0, 1);
        self.texts = 0;
    }
}
