//! Rate limits: token buckets and fixed windows on the sandbox's clock. The numbers are the vendors'. And bounds on
//! the size of requests and answers.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// A limit as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Id of the limit, unique within its surface.
    pub id: &'static str,
    /// Requests allowed in one period.
    pub requests: u32,
    /// Length of the period.
    pub per: Duration,
    /// How the budget refills.
    pub kind: Kind,
    /// Source of the numbers.
    pub source: &'static str,
}

/// The most that operations take or answer, as data. `docs/limits.md` lists all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Bound {
    /// Operation ids, joined by commas, or `*`.
    pub operation: &'static str,
    /// What is counted.
    pub what: &'static str,
    /// The most of it.
    pub most: u64,
    /// What becomes of more.
    pub beyond: &'static str,
}

/// The way a budget refills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Evenly over the period.
    Bucket,
    /// All at once, one period after the first request of the window.
    Window,
}

/// The time on both clocks. A limit refills by the one that moved further: an advance of a frozen clock
/// refills at once, and a frozen clock does not block a client for ever.
#[derive(Debug, Clone, Copy)]
pub struct Instants {
    /// The sandbox's clock.
    pub sandbox: DateTime<Utc>,
    /// The machine's monotonic clock.
    pub machine: Instant,
}

/// The remaining budget of one caller for one limit.
#[derive(Debug, Clone)]
struct Budget {
    /// Spent tokens in units of 1/`per` nanoseconds, so that refills are exact.
    spent: u128,
    since: Instants,
}

/// Maximum number of budgets in a sandbox, since callers can invent names.
const MOST: usize = 4096;

/// All budgets of a sandbox.
#[derive(Debug, Default)]
pub struct Budgets {
    of: BTreeMap<(&'static str, String), Budget>,
}

impl Budgets {
    /// Takes one request of `limit` from the budget of `caller`.
    ///
    /// # Errors
    /// The time after which one request is possible again, when the budget is spent.
    pub fn take(&mut self, limit: &Limit, caller: &str, now: Instants) -> Result<(), Duration> {
        let per = limit.per.as_nanos().max(1);
        let cost = per;
        let full = per * u128::from(limit.requests);
        let key = (limit.id, caller.to_owned());
        if self.of.len() >= MOST && !self.of.contains_key(&key) {
            self.forget_oldest();
        }
        let budget = self.of.entry(key).or_insert_with(|| Budget { spent: 0, since: now });
        let elapsed = elapsed(budget.since, now);
        match limit.kind {
            Kind::Bucket => {
                let back = elapsed.as_nanos().saturating_mul(u128::from(limit.requests));
                budget.spent = budget.spent.saturating_sub(back);
                budget.since = now;
            }
            Kind::Window if elapsed >= limit.per || budget.spent == 0 => {
                budget.spent = 0;
                budget.since = now;
            }
            Kind::Window => {}
        }
        if budget.spent + cost <= full {
            budget.spent += cost;
            return Ok(());
        }
        Err(match limit.kind {
            Kind::Bucket => {
                let missing = budget.spent + cost - full;
                let nanos = missing.div_ceil(u128::from(limit.requests.max(1)));
                Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
            }
            Kind::Window => limit.per.saturating_sub(elapsed),
        })
    }

    /// Number of budgets in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether nothing has been spent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Drops the least recently used half: it has refilled most.
    fn forget_oldest(&mut self) {
        let mut ages: Vec<Instant> = self.of.values().map(|budget| budget.since.machine).collect();
        let half = ages.len() / 2;
        let (_, middle, _) = ages.select_nth_unstable(half);
        let middle = *middle;
        let mut left = half;
        self.of.retain(|_, budget| {
            let keep = left > 0 && budget.since.machine >= middle;
            left -= usize::from(keep);
            keep
        });
    }

    /// Refills all budgets.
    pub fn clear(&mut self) {
        self.of.clear();
    }
}

fn elapsed(since: Instants, now: Instants) -> Duration {
    // A clock that was set back has not moved.
    let sandbox = (now.sandbox - since.sandbox).max(TimeDelta::zero()).to_std().unwrap_or_default();
    sandbox.max(now.machine.saturating_duration_since(since.machine))
}
