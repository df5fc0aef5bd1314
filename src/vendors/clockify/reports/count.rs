//! Counters for the totals of a report and of its days.

use std::sync::Arc;

use super::batch::Batch;
use super::result::{Day, Money, Sum, Totals};

/// Counts the totals of a report.
#[derive(Debug, Default)]
pub(super) struct TotalsCounter {
    sum: Sum,
    billable: i64,
    entries: u64,
    by_currency: Vec<Money>,
}

impl TotalsCounter {
    pub(super) fn add(&mut self, batch: &Batch<'_>) {
        self.sum += batch.sum;
        self.entries += if batch.continues { 0 } else { batch.len() as u64 };
        self.billable = self.billable.saturating_add(batch.billable);
        if let Some(only) = batch.currency() {
            self.add_money(only, batch.sum.money);
        } else {
            let each = batch.currencies.iter().zip(&batch.money);
            each.for_each(|(currency, money)| self.add_money(*currency, *money));
        }
    }

    fn add_money(&mut self, currency: u32, money: Money) {
        let currency = currency as usize;
        if currency >= self.by_currency.len() {
            self.by_currency.resize(currency + 1, Money::default());
        }
        self.by_currency[currency] += money;
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

/// Counts the totals of each day. Days come in order.
#[derive(Debug, Default)]
pub(super) struct DayCounter(Vec<Day>);

impl DayCounter {
    pub(super) fn add(&mut self, batch: &Batch<'_>) {
        match self.0.last_mut() {
            Some(day) if day.date == batch.day => {
                day.sum += batch.sum;
                day.billable_seconds = day.billable_seconds.saturating_add(batch.billable);
            }
            _ => self.0.push(Day {
                date: batch.day,
                sum: batch.sum,
                billable_seconds: batch.billable,
            }),
        }
    }

    /// The days in order. A day occurs twice if its zone sets the clocks back over midnight.
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
