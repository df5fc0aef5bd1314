//! Outgoing webhooks: takes messages from the outboxes of worlds, sends them and records the outcomes.
//!
//! No request waits for a receiver. Attempts are due on the sandbox's clock, and each is recorded at the
//! instant it was due: advancing a clock by a day makes the retries of that day in order. Knows no vendor:
//! a message says what to send, with which headers and how often.

mod allow;
mod authorities;
pub mod client;
mod send;
mod sent;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::allow::{Allow, BadPattern};
pub use self::authorities::{Authorities, BadAuthorities};
pub use self::send::Web;
pub use self::sent::{FirstAttempt, Sent};
use crate::kernel::clock::Clock;
use crate::kernel::outbox::{Delivery, Outcome};
use crate::kernel::sandbox::{Sandbox, Sandboxes};
use crate::kernel::sync::Signal;
use crate::world::World;

/// Longest time between two checks of the outboxes, however far away the next attempt is.
const REST: Duration = Duration::from_mins(1);

/// One attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The receiver.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

/// The outcome of a call, in time.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// Makes calls.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Makes one. A failure is an outcome, too.
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a>;
}

/// Delivers what is in the outboxes of all sandboxes.
#[derive(Debug)]
pub struct Courier {
    sandboxes: Arc<Sandboxes<World>>,
    transport: Arc<dyn Transport>,
    allow: Allow,
    /// Rings when a message was posted or a clock was set.
    signal: Signal,
    /// What was sent, for those who watch.
    sent: Sent,
    /// Locks by sandbox: its messages are delivered one at a time, in order.
    busy: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Courier {
    /// A courier for these sandboxes; `signal` rings when there is something to do.
    #[must_use]
    pub fn new(
        sandboxes: Arc<Sandboxes<World>>,
        transport: Arc<dyn Transport>,
        allow: Allow,
        signal: Signal,
    ) -> Self {
        let (sent, busy) = (Sent::default(), Mutex::default());
        Self { sandboxes, transport, allow, signal, sent, busy }
    }

    /// The newest deliveries that it has sent.
    #[must_use]
    pub fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Delivers whatever is due, as long as it is polled.
    pub async fn run(self: Arc<Self>) {
        loop {
            let seen = self.signal.count();
            let mut rest = REST;
            for name in self.sandboxes.names() {
                let Some(sandbox) = self.sandboxes.get(&name) else { continue };
                let root = sandbox.store.read();
                let Some((due, _)) = root.value.outbox.next_due() else { continue };
                let left = (due - root.value.clock.now()).to_std().unwrap_or_default();
                if left.is_zero() {
                    // Receivers of one sandbox do not hold up those of another.
                    let courier = Arc::clone(&self);
                    tokio::spawn(async move { courier.settle(&sandbox).await });
                } else if matches!(root.value.clock, Clock::Real { .. }) {
                    rest = rest.min(left);
                }
            }
            // Whether the time is up or the signal has rung, it looks again.
            let _ = tokio::time::timeout(rest, self.signal.wait_past(seen)).await;
        }
    }

    /// Makes every attempt of a sandbox that is due by its clock, in order. Returns when none is left.
    pub async fn settle(&self, sandbox: &Arc<Sandbox<World>>) {
        let turn = {
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            busy.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(busy.entry(sandbox.name().to_owned()).or_default())
        };
        let _turn = turn.lock().await;
        let mut sent = false;
        while let Some((at, delivery)) = next(sandbox) {
            let (id, call) = (delivery.id, call(&delivery));
            if delivery.attempts.is_empty() {
                self.sent.note(sandbox.name(), at, delivery);
            }
            let outcome = match self.allow.admits(&call.url) {
                Ok(()) => self.transport.send(&call).await,
                Err(error) => Outcome { error: Some(error), ..Outcome::default() },
            };
            let noted = sandbox.store.commit(|world| {
                world.outbox.record(id, at, outcome);
                Ok::<_, std::convert::Infallible>(())
            });
            let Ok(((), written)) = noted;
            if written.receipt.await.is_err() {
                // It cannot be recorded now; the next ring tries again.
                return;
            }
            sent = true;
        }
        if sent {
            // The next retry may be due before the next rest ends.
            self.signal.notify();
        }
    }
}

/// The delivery that is due first, and when, if it is due.
fn next(sandbox: &Sandbox<World>) -> Option<(DateTime<Utc>, Delivery)> {
    let root = sandbox.store.read();
    let (due, delivery) = root.value.outbox.next_due()?;
    (due <= root.value.clock.now()).then(|| (due, delivery.clone()))
}

/// The next attempt of a delivery.
fn call(delivery: &Delivery) -> Call {
    let headers = delivery.headers().map(|(name, text)| (name.to_owned(), text)).collect();
    Call { url: delivery.url.clone(), headers, body: delivery.body.clone() }
}
