//! Time travel.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Twin, TwinError};
use crate::http::long_work::CONTROL;
use crate::kernel::civil::parse_iso_span;
use crate::kernel::clock::{Clock, OutOfRange};
use crate::vendors::TIMELINE;

/// How long a change of the clock waits for the webhooks that it makes due.
const SETTLE: Duration = Duration::from_secs(10);

/// How a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// With the machine's clock, at an offset.
    Real,
    /// It stands still.
    Frozen,
}

impl From<Clock> for Mode {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Real { .. } => Self::Real,
            Clock::Frozen { .. } => Self::Frozen,
        }
    }
}

/// A change of a clock. Without `now`, a real clock returns to the machine's time and a frozen one stops
/// where it is. Without a mode, the mode stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClockChange {
    /// Its new mode.
    pub mode: Option<Mode>,
    /// The instant it is set to.
    pub now: Option<DateTime<Utc>>,
}

impl Twin {
    /// Sets the clock of a sandbox. Everything scheduled up to the new instant happens in order, each at
    /// its own instant.
    ///
    /// # Errors
    /// There is no such sandbox, or the instant is out of range.
    pub async fn set_clock(&self, name: &str, change: ClockChange) -> Result<Clock, TwinError> {
        let ClockChange { mode, now } = change;
        self.turn(name, move |clock| {
            let kind = match mode {
                None => clock,
                Some(Mode::Real) => Clock::real(),
                Some(Mode::Frozen) => Clock::frozen(clock.now()),
            };
            now.map_or(Ok(kind), |now| kind.set(now))
        })
        .await
    }

    /// Moves the clock of a sandbox forward by an ISO 8601 duration.
    ///
    /// # Errors
    /// There is no such sandbox, the text is no duration, or the result is out of range.
    pub async fn advance(&self, name: &str, by: &str) -> Result<Clock, TwinError> {
        let span = parse_iso_span(by).filter(|span| *span >= TimeDelta::zero());
        let span = span.ok_or_else(|| TwinError::BadDuration(by.to_owned()))?;
        self.turn(name, move |clock| clock.advance(span)).await
    }

    async fn turn(
        &self,
        name: &str,
        change: impl FnOnce(Clock) -> Result<Clock, OutOfRange> + Send + 'static,
    ) -> Result<Clock, TwinError> {
        let sandbox = self.sandbox(name)?;
        let turned = Arc::clone(&sandbox);
        let work = move || {
            turned.store.commit(|world| {
                let clock = change(world.clock)?;
                world.turn(TIMELINE, clock);
                Ok::<_, OutOfRange>(clock)
            })
        };
        let (courier, posted) = (Arc::clone(self.courier()), self.mount().posted().clone());
        // It goes on when the client leaves: what is due by then must be sent.
        let turning = tokio::spawn(async move {
            let turned = CONTROL.finish(work).await.map_err(io::Error::from)?;
            let (clock, written) = turned?;
            written.receipt.await?;
            let settling = tokio::spawn(async move {
                courier.settle(&sandbox).await;
                posted.notify();
            });
            Ok::<_, TwinError>((clock, settling))
        });
        let (clock, settling) = turning.await.map_err(io::Error::from)??;
        // What is due by now is on its way when the answer comes, unless a receiver takes its time.
        let _ = tokio::time::timeout(SETTLE, settling).await;
        Ok(clock)
    }
}
