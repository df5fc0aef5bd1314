//! The clock of a world, and the only code that reads the machine's clock.
//!
//! A world carries a [`Clock`] setting; [`Clock::now`] turns it into an instant. Rules receive that
//! instant as a value and never ask for the time themselves.

use std::time::{Instant, SystemTime};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// A world's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Follows the machine's clock, moved by `offset`.
    Real {
        /// Added to the machine's clock.
        offset: TimeDelta,
    },
    /// Stands still until someone sets or advances it.
    Frozen {
        /// The instant it shows.
        now: DateTime<Utc>,
    },
}

/// A change that would leave the range of instants that have a text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock would leave the years 1970 to 9999")]
pub struct OutOfRange;

impl Clock {
    /// A clock that follows the machine's.
    #[must_use]
    pub fn real() -> Self {
        Self::Real { offset: TimeDelta::zero() }
    }

    /// A frozen clock that shows `now`, within the years 1970 to 9999; see [`Clock::set`].
    #[must_use]
    pub fn frozen(now: DateTime<Utc>) -> Self {
        Self::Frozen { now }
    }

    /// The instant this clock shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Real { offset } => {
                let real = machine_now();
                let shown = real.checked_add_signed(*offset).unwrap_or(real);
                // Near the end of the range the clock stops.
                shown.clamp(DateTime::UNIX_EPOCH, LAST)
            }
            Self::Frozen { now } => *now,
        }
    }

    /// The same kind of clock, showing `to` now.
    ///
    /// # Errors
    /// When `to` lies outside the years 1970 to 9999.
    pub fn set(self, to: DateTime<Utc>) -> Result<Self, OutOfRange> {
        let to = in_range(to)?;
        Ok(match self {
            Self::Real { .. } => Self::Real { offset: to - machine_now() },
            Self::Frozen { .. } => Self::Frozen { now: to },
        })
    }

    /// The clock moved forward by `by`.
    ///
    /// # Errors
    /// When the result lies outside the years 1970 to 9999.
    pub fn advance(self, by: TimeDelta) -> Result<Self, OutOfRange> {
        let to = self.now().checked_add_signed(by).ok_or(OutOfRange)?;
        in_range(to)?;
        match self {
            Self::Real { offset } => {
                Ok(Self::Real { offset: offset.checked_add(&by).ok_or(OutOfRange)? })
            }
            Self::Frozen { .. } => Ok(Self::Frozen { now: to }),
        }
    }
}

/// 9999-12-31T23:59:59Z, the last instant a clock shows.
const LAST: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).unwrap();

fn in_range(at: DateTime<Utc>) -> Result<DateTime<Utc>, OutOfRange> {
    if (DateTime::UNIX_EPOCH..=LAST).contains(&at) { Ok(at) } else { Err(OutOfRange) }
}

/// The machine's clock, to the millisecond.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
pub fn machine_now() -> DateTime<Utc> {
    DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(3)
}

/// The machine's monotonic clock, for durations and for limits that must refill even when the sandbox
/// clock is frozen.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
pub fn machine_tick() -> Instant {
    Instant::now()
}
