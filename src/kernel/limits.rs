//! Token buckets and fixed windows on the sandbox's clock. No numbers: vendors bring their own rules.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// A limit as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Names the limit within its surface; buckets of different limits never mix.
    pub id: &'static str,
    /// Requests allowed in one period.
    pub requests: u32,
    /// Length of the period.
    pub per: Duration,
    /// How the budget is refilled.
    pub kind: Kind,
    /// Source of the number: document and line, or section of the notes.
    pub source: &'static str,
}

/// How a budget is refilled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Evenly over the period.
    Bucket,
    /// All at once when a period has passed since the window's first request.
    Window,
}

/// The two time lines a limit watches. The one that moved further counts, so that advancing a frozen
/// clock refills at once and a frozen clock does not starve a client.
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
    /// Spent tokens in units of 1/`per` in nanoseconds, so that refilling is exact.
    spent: u128,
    since: Instants,
}

/// Most budgets that a sandbox remembers, whatever callers invent.
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

    /// Whether nothing was spent yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Forgets the half that was spent from longest ago: those have refilled most.
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

    /// Forgets all that was spent.
    pub fn clear(&mut self) {
        self.of.clear();
    }
}

fn elapsed(since: Instants, now: Instants) -> Duration {
    // A clock that was set back counts as not moved.
    let sandbox = (now.sandbox - since.sandbox).max(TimeDelta::zero()).to_std().unwrap_or_default();
    sandbox.max(now.machine.saturating_duration_since(since.machine))
}
