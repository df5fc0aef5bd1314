//! The figures of a whole report and of its days, while they are counted.

use std::sync::Arc;

use super::result::{Day, Money, Sum, Totals};
use super::scan::Found;

/// The figures of a whole report, while they are counted.
#[derive(Debug, Default)]
pub(super) struct Count {
    sum: Sum,
    billable: i64,
    entries: u64,
    by_currency: Vec<Money>,
}

impl Count {
    pub(super) fn add(&mut self, found: &Found) {
        self.sum += found.sum();
        self.entries += 1;
        if found.fact.flags.billable() {
            self.billable = self.billable.saturating_add(found.seconds);
        }
        let currency = found.currency as usize;
        if currency >= self.by_currency.len() {
            self.by_currency.resize(currency + 1, Money::default());
        }
        self.by_currency[currency] += found.money;
    }

    pub(super) fn totals(self, codes: &[Arc<str>]) -> Totals {
        let mut by_currency: Vec<_> = codes.iter().cloned().zip(self.by_currency).collect();
        by_currency.sort_by(|a, b| a.0.cmp(&b.0));
        Totals {
            sum: self.sum,
            billable_seconds: self.billable,
            entries: self.entries,
            by_currency,
        }
    }
}

/// Figures day by day, while they are counted in order.
#[derive(Debug, Default)]
pub(super) struct ByDay(Vec<Day>);

impl ByDay {
    pub(super) fn add(&mut self, found: &Found) {
        let billable = if found.fact.flags.billable() { found.seconds } else { 0 };
        match self.0.last_mut() {
            Some(day) if day.date == found.day => {
                day.sum += found.sum();
                day.billable_seconds = day.billable_seconds.saturating_add(billable);
            }
            _ => self.0.push(Day { date: found.day, sum: found.sum(), billable_seconds: billable }),
        }
    }

    /// The days in order. Where a zone went back over midnight, a day came twice.
    pub(super) fn days(self) -> Vec<Day> {
        let mut days = self.0;
        days.sort_by_key(|day| day.date);
        days.dedup_by(|later, first| {
            let same = later.date == first.date;
            if same {
                first.sum += later.sum;
                first.billable_seconds =
                    first.billable_seconds.saturating_add(later.billable_seconds);
            }
            same
        });
        days
    }
}
