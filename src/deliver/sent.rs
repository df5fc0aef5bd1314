//! The newest deliveries in the order in which they were first sent, for those who watch a server.
//!
//! It belongs to the server and not to a world: a reset takes nothing from it, and no number comes twice.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use crate::kernel::clock::machine_now;
use crate::kernel::outbox::Delivery;
use crate::kernel::sync::Signal;

/// Most deliveries that are kept.
const MOST: usize = 2_000;
/// Most bytes of their bodies.
const BYTES: usize = 8 << 20;

/// A delivery at its first attempt.
#[derive(Debug)]
pub struct FirstAttempt {
    /// Its number in this server, from one.
    pub number: u64,
    /// The sandbox that sent it.
    pub sandbox: String,
    /// When it was due, on the clock of the sandbox.
    pub at: DateTime<Utc>,
    /// The delivery before the attempt.
    pub delivery: Delivery,
}

/// The newest first attempts of a server.
#[derive(Debug)]
pub struct Sent {
    /// Tells this run of the server from others.
    run: String,
    kept: Mutex<Kept>,
    /// Rings when there is another one.
    pub signal: Signal,
}

#[derive(Debug, Default)]
struct Kept {
    newest: u64,
    bytes: usize,
    all: VecDeque<Arc<FirstAttempt>>,
}

impl Default for Sent {
    fn default() -> Self {
        let run = format!("{:x}", machine_now().timestamp_micros());
        Self { run, kept: Mutex::default(), signal: Signal::default() }
    }
}

impl Sent {
    /// Adds one.
    pub(super) fn note(&self, sandbox: &str, at: DateTime<Utc>, delivery: Delivery) {
        let mut kept = self.kept.lock();
        kept.newest += 1;
        kept.bytes += delivery.body.len();
        let (number, sandbox) = (kept.newest, sandbox.to_owned());
        kept.all.push_back(Arc::new(FirstAttempt { number, sandbox, at, delivery }));
        while kept.all.len() > MOST || (kept.bytes > BYTES && kept.all.len() > 1) {
            let gone = kept.all.pop_front();
            kept.bytes -= gone.map_or(0, |gone| gone.delivery.body.len());
        }
        drop(kept);
        self.signal.notify();
    }

    /// The number of the newest one; 0 when there is none.
    #[must_use]
    pub fn newest(&self) -> u64 {
        self.kept.lock().newest
    }

    /// The first one that is kept of those after this number.
    #[must_use]
    pub fn after(&self, number: u64) -> Option<Arc<FirstAttempt>> {
        let kept = self.kept.lock();
        let first = kept.all.front()?.number;
        let place = usize::try_from((number + 1).saturating_sub(first)).ok()?;
        kept.all.get(place).cloned()
    }

    /// A mark that leads back to this number.
    #[must_use]
    pub fn mark(&self, number: u64) -> String {
        format!("{}-{number}", self.run)
    }

    /// The number that a mark leads to. All that a server has sent is news to whoever comes with the mark of another
    /// run.
    #[must_use]
    pub fn number(&self, mark: &str) -> u64 {
        let own = mark.strip_prefix(&self.run).and_then(|rest| rest.strip_prefix('-'));
        own.and_then(|number| number.parse().ok()).unwrap_or(0).min(self.newest())
    }
}
