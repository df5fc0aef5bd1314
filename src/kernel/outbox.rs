//! Outgoing messages as state: content, schedule and outcome. It does not send them.
//!
//! A rule posts a message in the same commit as the change it reports, so that both are saved
//! or neither. Instants are the sandbox's: a retry is due on its clock.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Builder;

use super::ids::{Ids, Serial};
use super::table::{Row, Table};
use super::uuids::{self, Uuid};
use crate::id_kinds;

/// Maximum length of a receiver's answer that is kept, in bytes.
pub const ANSWER: usize = 4096;
/// Maximum number of deliveries in a world. A new one replaces the oldest finished one; when none is finished, the
/// one that has waited longest.
pub const MOST: usize = 2_000;

id_kinds! {
    /// Number of a delivery in its world.
    pub DeliveryId(Serial);
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The system that sends it.
    pub system: &'static str,
    /// The vendor's id of the hook it is for.
    pub hook: String,
    /// The vendor's name of the event.
    pub event: String,
    /// The URL.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, HeaderText)>,
    /// Body, as it is sent.
    pub body: String,
    /// Seconds to wait after each failed attempt. After the last one the delivery has failed.
    pub retries: &'static [u32],
    /// Seconds after posting until a finished delivery is deleted.
    pub keep: u32,
}

/// The value of a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderText {
    /// The same value on each attempt.
    Text(String),
    /// A new UUID on each attempt.
    Unique,
}

/// A message and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number in its world.
    pub id: DeliveryId,
    /// The system that sends it.
    pub system: String,
    /// The vendor's id of the hook it is for.
    pub hook: String,
    /// The vendor's name of the event.
    pub event: String,
    /// The URL.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, HeaderText)>,
    /// Body, as it is sent.
    pub body: String,
    /// When it was posted.
    pub created: DateTime<Utc>,
    /// When it is deleted, once it is finished.
    pub until: DateTime<Utc>,
    /// Seconds to wait after each failed attempt.
    pub retries: Vec<u32>,
    /// When the next attempt is due; `None` when it is finished.
    pub due: Option<DateTime<Utc>>,
    /// Its outcome.
    pub state: State,
    /// Attempts in order.
    pub attempts: Vec<Attempt>,
}

/// The outcome of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Another attempt will follow.
    Pending,
    /// The receiver accepted it.
    Delivered,
    /// All attempts failed.
    Failed,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was made, on the sandbox's clock.
    pub at: DateTime<Utc>,
    /// Its outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Status of the answer, if there was one.
    pub status: Option<u16>,
    /// Beginning of its body.
    pub answer: String,
    /// Why there was no answer.
    pub error: Option<String>,
}

impl Outcome {
    /// Whether the receiver accepted it: any 2xx.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Index of deliveries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Pending, by the instant they are due.
    Due(DateTime<Utc>),
    /// Finished, by the instant they are deleted.
    Until(DateTime<Utc>),
    /// Of a hook, by the instant they were posted.
    Hook(String, DateTime<Utc>),
}

impl Row for Delivery {
    type Key = DeliveryId;
    type Index = By;

    fn key(&self) -> DeliveryId {
        self.id
    }

    fn index(&self) -> Vec<By> {
        let next = self.due.map_or(By::Until(self.until), By::Due);
        vec![next, By::Hook(self.hook.clone(), self.created)]
    }
}

impl Delivery {
    /// The headers of the next attempt.
    pub fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        self.headers_of(self.attempts.len())
    }

    /// The headers of the last attempt; before the first one, its headers.
    pub fn shown_headers(&self) -> impl Iterator<Item = (&str, String)> {
        self.headers_of(self.attempts.len().saturating_sub(1))
    }

    fn headers_of(&self, attempt: usize) -> impl Iterator<Item = (&str, String)> {
        self.headers.iter().map(move |(name, text)| {
            let text = match text {
                HeaderText::Text(text) => text.clone(),
                HeaderText::Unique => self.unique(name, attempt),
            };
            (name.as_str(), text)
        })
    }

    /// The id that clients see.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        uuids::at(self.created, self.id.0.0, "deliveries")
    }

    /// A UUID of version 8, unique to this attempt: a hash (FNV-1a) of delivery and attempt.
    fn unique(&self, header: &str, attempt: usize) -> String {
        let text = format!("{}/{}/{}/{header}/{attempt}", self.id, self.hook, self.created);
        let hash = |basis: u64| {
            text.bytes()
                .fold(basis, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        };
        let (high, low) = (hash(0xcbf2_9ce4_8422_2325), hash(0x6c62_272e_07bb_0142));
        let bytes = Uuid::from_u64_pair(high, low).into_bytes();
        Builder::from_custom_bytes(bytes).into_uuid().to_string()
    }
}

/// All deliveries of a world.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    /// The deliveries.
    pub deliveries: Table<Delivery>,
    /// How many were deleted to make room for newer ones, since the world was read from storage.
    pub dropped: u64,
}

impl Outbox {
    /// Posts a message, due at `now`.
    pub fn post(&mut self, ids: &mut Ids, now: DateTime<Utc>, message: Message) -> DeliveryId {
        let Message { system, hook, event, url, headers, body, retries, keep } = message;
        self.make_room();
        let id = DeliveryId(ids.serial("outbox/deliveries", 1));
        self.deliveries.put(Delivery {
            id,
            system: system.to_owned(),
            hook,
            event,
            url,
            headers,
            body,
            created: now,
            until: later(now, keep),
            retries: retries.to_vec(),
            due: Some(now),
            state: State::Pending,
            attempts: Vec::new(),
        });
        id
    }

    /// Deletes a delivery when there is no room for another.
    fn make_room(&mut self) {
        if self.deliveries.len() < MOST {
            return;
        }
        let finished = By::Until(DateTime::<Utc>::MIN_UTC)..=By::Until(DateTime::<Utc>::MAX_UTC);
        let oldest = self.deliveries.scan(finished).next().map(|delivery| delivery.id);
        let oldest = oldest.or_else(|| self.deliveries.iter().next().map(|delivery| delivery.id));
        self.dropped += u64::from(oldest.and_then(|id| self.deliveries.remove(id)).is_some());
    }

    /// Posts every delivery after `after` again, `more` times each.
    pub fn duplicate(&mut self, ids: &mut Ids, after: Option<DeliveryId>, more: u32) {
        let fresh: Vec<Delivery> = self
            .deliveries
            .iter()
            .rev()
            .take_while(|delivery| Some(delivery.id) > after)
            .map(|delivery| Delivery::clone(delivery))
            .collect();
        for delivery in fresh.into_iter().rev() {
            for _ in 0..more {
                self.make_room();
                let id = DeliveryId(ids.serial("outbox/deliveries", 1));
                self.deliveries.put(Delivery { id, ..delivery.clone() });
            }
        }
    }

    /// The newest delivery.
    #[must_use]
    pub fn newest(&self) -> Option<DeliveryId> {
        self.deliveries.iter().next_back().map(|delivery| delivery.id)
    }

    /// The pending delivery that is due first.
    #[must_use]
    pub fn next_due(&self) -> Option<(DateTime<Utc>, &Delivery)> {
        let pending = By::Due(DateTime::<Utc>::MIN_UTC)..=By::Due(DateTime::<Utc>::MAX_UTC);
        let first = self.deliveries.scan(pending).next()?;
        Some((first.due?, first))
    }

    /// Records the outcome of the attempt that was due at `at` and schedules the next. Does nothing when the
    /// delivery no longer waits for that attempt.
    pub fn record(&mut self, id: DeliveryId, at: DateTime<Utc>, mut outcome: Outcome) {
        if self.deliveries.get(id).is_none_or(|delivery| delivery.due != Some(at)) {
            return;
        }
        let mut end = outcome.answer.len().min(ANSWER);
        while !outcome.answer.is_char_boundary(end) {
            end -= 1;
        }
        outcome.answer.truncate(end);
        self.deliveries.change(id, |delivery| {
            let failed = delivery.attempts.len();
            let retry = delivery.retries.get(failed).map(|after| later(at, *after));
            (delivery.state, delivery.due) = match (outcome.is_taken(), retry) {
                (true, _) => (State::Delivered, None),
                (false, Some(retry)) => (State::Pending, Some(retry)),
                (false, None) => (State::Failed, None),
            };
            delivery.attempts.push(Attempt { at, outcome });
        });
    }

    /// Makes a delivery due again at `now`, with one more attempt. False when there is none of this id.
    pub fn resend(&mut self, id: DeliveryId, now: DateTime<Utc>) -> bool {
        let changed = self.deliveries.change(id, |delivery| {
            delivery.retries.truncate(delivery.attempts.len());
            delivery.due = Some(now);
            delivery.state = State::Pending;
        });
        changed.is_some()
    }

    /// Deletes pending deliveries: the copy of a world must not send what the original will.
    pub fn abandon(&mut self) {
        let pending = By::Due(DateTime::<Utc>::MIN_UTC)..=By::Due(DateTime::<Utc>::MAX_UTC);
        let pending: Vec<DeliveryId> =
            self.deliveries.scan(pending).map(|delivery| delivery.id).collect();
        for id in pending {
            self.deliveries.remove(id);
        }
    }

    /// The instant at which the next finished delivery is deleted.
    #[must_use]
    pub fn next_forgotten(&self) -> Option<DateTime<Utc>> {
        let finished = By::Until(DateTime::<Utc>::MIN_UTC)..=By::Until(DateTime::<Utc>::MAX_UTC);
        self.deliveries.scan(finished).next().map(|delivery| delivery.until)
    }

    /// Deletes the finished deliveries whose time is over.
    pub fn forget(&mut self, now: DateTime<Utc>) {
        let over = By::Until(DateTime::<Utc>::MIN_UTC)..=By::Until(now);
        let over: Vec<DeliveryId> =
            self.deliveries.scan(over).map(|delivery| delivery.id).collect();
        for id in over {
            self.deliveries.remove(id);
        }
    }
}

fn later(at: DateTime<Utc>, seconds: u32) -> DateTime<Utc> {
    at.checked_add_signed(TimeDelta::seconds(seconds.into())).unwrap_or(at)
}
