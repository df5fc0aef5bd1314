//! Hourly and cost rates, with their history.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::events::EventKind;
use crate::kernel::money::Minor;

/// The kind of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateKind {
    /// Hourly rate.
    Hourly,
    /// Cost rate.
    Cost,
}

impl RateKind {
    /// The event of a change to a rate of this kind.
    #[must_use]
    pub fn event(self) -> EventKind {
        match self {
            Self::Hourly => EventKind::BillableRateUpdated,
            Self::Cost => EventKind::CostRateUpdated,
        }
    }
}

/// A rate with the time from which it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatePeriod {
    /// When it starts to apply. Absent: it has always applied.
    pub since: Option<DateTime<Utc>>,
    /// Minor units per hour.
    pub amount: Minor,
}

/// All rates that have ever applied to a workspace, member, project, project member or task.
/// Empty if none was ever set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RateHistory {
    /// By `since`, oldest first.
    periods: Vec<RatePeriod>,
}

impl RateHistory {
    /// A rate that applies at all times.
    #[must_use]
    pub fn always(amount: Minor) -> Self {
        Self { periods: vec![RatePeriod { since: None, amount }] }
    }

    /// The rate that applies at `at`.
    #[must_use]
    pub fn at(&self, at: DateTime<Utc>) -> Option<Minor> {
        let held = self.periods.iter().rev();
        held.into_iter()
            .find(|period| period.since.is_none_or(|since| since <= at))
            .map(|period| period.amount)
    }

    /// Sets the rate from `since` on, or for all time. Removes periods that begin later.
    pub fn set(&mut self, amount: Minor, since: Option<DateTime<Utc>>) {
        self.periods.retain(|period| period.since < since);
        self.periods.push(RatePeriod { since, amount });
    }

    /// Removes all rates.
    pub fn clear(&mut self) {
        self.periods.clear();
    }

    /// True if no rate was ever set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.periods.is_empty()
    }

    /// All periods, oldest first.
    #[must_use]
    pub fn periods(&self) -> &[RatePeriod] {
        &self.periods
    }
}

/// The hourly and cost rates of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Hourly rate.
    pub hourly: RateHistory,
    /// Cost rate.
    pub cost: RateHistory,
}

impl Rates {
    /// The history of this kind.
    #[must_use]
    pub fn of(&self, kind: RateKind) -> &RateHistory {
        match kind {
            RateKind::Hourly => &self.hourly,
            RateKind::Cost => &self.cost,
        }
    }

    /// The history of this kind, to change it.
    pub fn of_mut(&mut self, kind: RateKind) -> &mut RateHistory {
        match kind {
            RateKind::Hourly => &mut self.hourly,
            RateKind::Cost => &mut self.cost,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::RateHistory;

    #[test]
    fn the_rate_in_force_is_the_last_that_has_begun() {
        let at = |day: i64| DateTime::from_timestamp(day * 86_400, 0).unwrap();
        let mut rates = RateHistory::default();
        assert_eq!(rates.at(at(1)), None);
        rates.set(100, Some(at(10)));
        assert_eq!((rates.at(at(9)), rates.at(at(10))), (None, Some(100)));
        rates.set(300, Some(at(30)));
        rates.set(200, Some(at(20)));
        assert_eq!([rates.at(at(19)), rates.at(at(31))], [Some(100), Some(200)]);
        rates.set(50, None);
        assert_eq!((rates.at(at(0)), rates.periods().len()), (Some(50), 1));
    }
}
