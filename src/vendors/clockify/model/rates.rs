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

/// A rate with the work that it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatePeriod {
    /// Work that begins earlier has another rate. Absent: work of any date has this one.
    pub since: Option<DateTime<Utc>>,
    /// Entries priced before this change of rates keep their rate. 0: all entries have this one.
    #[serde(default, skip_serializing_if = "is_first")]
    pub change: RateChange,
    /// Minor units per hour.
    pub amount: Minor,
}

impl RatePeriod {
    /// True if no work has another rate.
    #[must_use]
    pub fn is_for_all_work(&self) -> bool {
        self.since.is_none() && self.change == 0
    }
}

/// The number of a change of rates in this world, counted from 1.
pub type RateChange = u64;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(super) fn is_first(change: &RateChange) -> bool {
    *change == 0
}

/// All rates of a workspace, member, project, project member or task. Empty if none was ever set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RateHistory {
    /// In the order in which they were set.
    periods: Vec<RatePeriod>,
}

impl RateHistory {
    /// A rate that applies to all work.
    #[must_use]
    pub fn always(amount: Minor) -> Self {
        Self { periods: vec![RatePeriod { since: None, change: 0, amount }] }
    }

    /// The rate of work that begins at `start` and was priced after `known` changes of rates: the last
    /// that applies to it.
    #[must_use]
    pub fn of_work(&self, start: DateTime<Utc>, known: RateChange) -> Option<Minor> {
        let applies = |period: &&RatePeriod| {
            period.change <= known && period.since.is_none_or(|since| since <= start)
        };
        self.periods.iter().rev().find(applies).map(|period| period.amount)
    }

    /// The rate of work that begins at `at` and is priced now.
    #[must_use]
    pub fn at(&self, at: DateTime<Utc>) -> Option<Minor> {
        self.of_work(at, RateChange::MAX)
    }

    /// True if only the start of work decides between the rates.
    #[must_use]
    pub fn goes_by_date(&self) -> bool {
        self.periods.iter().all(|period| period.change == 0)
    }

    /// Sets the rate of work that begins at `since` or later, or of all work.
    pub fn set(&mut self, amount: Minor, since: Option<DateTime<Utc>>) {
        self.push(RatePeriod { since, change: 0, amount });
    }

    /// Sets the rate of entries that are priced from this change on.
    pub fn set_from(&mut self, change: RateChange, amount: Minor) {
        self.push(RatePeriod { since: None, change, amount });
    }

    /// Adds a rate. Those that it leaves no work to are dropped.
    fn push(&mut self, new: RatePeriod) {
        self.periods.retain(|old| old.since < new.since || old.change < new.change);
        self.periods.push(new);
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

    /// All periods, in the order in which they were set.
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

    #[test]
    fn entries_keep_the_rate_they_were_priced_at_unless_a_rate_has_a_date() {
        let at = |day: i64| DateTime::from_timestamp(day * 86_400, 0).unwrap();
        let mut rates = RateHistory::always(100);
        rates.set_from(3, 200);
        assert_eq!([2, 3].map(|known| rates.of_work(at(1), known)), [Some(100), Some(200)]);
        rates.set(300, Some(at(10)));
        assert_eq!([9, 10].map(|day| rates.of_work(at(day), 2)), [Some(100), Some(300)]);
        assert_eq!([9, 10].map(|day| rates.of_work(at(day), 3)), [Some(200), Some(300)]);
        rates.set_from(4, 400);
        assert_eq!([3, 4].map(|known| rates.of_work(at(10), known)), [Some(300), Some(400)]);
        rates.set(500, None);
        assert_eq!((rates.of_work(at(0), 0), rates.periods().len()), (Some(500), 1));
    }
}
