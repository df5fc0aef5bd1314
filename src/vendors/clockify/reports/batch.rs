//! Entries by the hundred, as far as they lie on one local day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::range::Span;
use super::result::{Money, Sum};
use crate::kernel::civil::{by_day, day_start};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::EntryId;
use crate::vendors::clockify::model::columns::Slice;
use crate::vendors::clockify::model::timeline::{Fact, Flags};

/// As many amounts below this as a batch has do not overflow.
const LARGE: Minor = 1 << 48;

/// Entries that a report wants, as far as they lie on one local day. Columns of the same length, but for
/// `rows` and `cut`.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    /// The entries they are chosen from.
    pub(super) rows: Slice<'a>,
    /// The places in `rows` of those wanted, in order.
    pub(super) at: Vec<usize>,
    /// Whether `at` counts up from 0: it need not be written again for the next rows.
    pub(super) counts_up: bool,
    /// Their lengths, rounded where the report rounds.
    pub(super) seconds: Vec<i64>,
    /// What they are worth.
    pub(super) money: Vec<Money>,
    /// Numbers of their currencies in [`super::scan::Scan::codes`].
    pub(super) currencies: Vec<u32>,
    /// The local day.
    pub(super) day: NaiveDate,
    /// Whether they began on an earlier day.
    pub(super) goes_on: bool,
    /// Which of them go on on a later day, and how long they are in all.
    pub(super) cut: Vec<(usize, i64)>,
    /// All of them.
    pub(super) sum: Sum,
    /// Seconds of those that are billed.
    pub(super) billable: i64,
}

impl Default for Batch<'_> {
    fn default() -> Self {
        Self {
            rows: Slice::default(),
            at: Vec::new(),
            counts_up: true,
            seconds: Vec::new(),
            money: Vec::new(),
            currencies: Vec::new(),
            day: NaiveDate::MIN,
            goes_on: false,
            cut: Vec::new(),
            sum: Sum::default(),
            billable: 0,
        }
    }
}

impl Batch<'_> {
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn id(&self, n: usize) -> EntryId {
        self.rows.ids[self.at[n]]
    }

    pub(super) fn fact(&self, n: usize) -> Fact {
        self.rows.fact(self.at[n])
    }

    pub(super) fn sum_up(&mut self) {
        (self.sum, self.billable) = if self.counts_up {
            self.add_up(self.rows.flags.iter())
        } else {
            self.add_up(self.at.iter().map(|row| &self.rows.flags[*row]))
        };
    }

    fn add_up<'b>(&self, flags: impl Iterator<Item = &'b Flags>) -> (Sum, i64) {
        // Some hundred lengths do not overflow; amounts might, if any of them is large.
        let (mut seconds, mut billable, mut earned, mut cost) = (0, 0, 0_i64, 0_i64);
        let mut bits = 0;
        for ((flags, length), money) in flags.zip(&self.seconds).zip(&self.money) {
            seconds += length;
            billable += if flags.billable() { *length } else { 0 };
            earned = earned.wrapping_add(money.earned);
            cost = cost.wrapping_add(money.cost);
            bits |= money.earned | money.cost;
        }
        let mut money = Money { earned, cost };
        if !(0..LARGE).contains(&bits) {
            money = self.money.iter().fold(Money::default(), |all, each| all + *each);
        }
        (Sum { seconds, money }, billable)
    }

    /// The currency of them all, if they have one.
    pub(super) fn currency(&self) -> Option<u32> {
        let first = *self.currencies.first()?;
        let differs = self.currencies.iter().fold(0, |all, each| all | (each ^ first));
        (differs == 0).then_some(first)
    }

    pub(super) fn sum_of(&self, n: usize) -> Sum {
        Sum { seconds: self.seconds[n], money: self.money[n] }
    }

    /// Cuts entries that go on behind the day of this batch, which ends at the second `end`, at midnight,
    /// and adds what they count for later to the batches of those days. What lies behind the last day of
    /// `span` stays with that day, so that entries are counted whole.
    pub(super) fn cut(&mut self, span: &Span, end: i64, later: &mut BTreeMap<NaiveDate, Self>) {
        let instant = |second| DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
        // Parts behind the last day are of no interest.
        let behind = span.last.succ_opt().map(|next| day_start(next, span.zone).timestamp());
        let behind = behind.unwrap_or(i64::MAX);
        for n in 0..self.len() {
            let row = self.at[n];
            let start = self.rows.starts[row];
            let until = start.saturating_add(self.rows.seconds[row]);
            let whole = self.sum_of(n);
            if until <= end || whole.seconds == 0 {
                continue;
            }
            let parts = by_day(instant(start), instant(until.min(behind)), span.zone);
            if parts.len() > 1 {
                quirk!("CFY-401");
            }
            let mut told = Sum::default();
            for (part, (day, _, end)) in parts.iter().enumerate() {
                // Where the report rounds, the end of the entry moves.
                let passed = (end.timestamp() - start).min(whole.seconds);
                let seconds = if part + 1 == parts.len() { whole.seconds } else { passed };
                let so_far = Sum { seconds, money: whole.money.share(seconds, whole.seconds) };
                let of_day = so_far - told;
                told = so_far;
                if part == 0 {
                    self.seconds[n] = of_day.seconds;
                    self.money[n] = of_day.money;
                    self.cut.push((n, whole.seconds));
                } else if of_day.seconds > 0 {
                    let batch = later.entry(*day).or_default();
                    batch.day = *day;
                    batch.go_on(self, n, of_day, whole.seconds);
                }
            }
        }
        self.sum_up();
        later.values_mut().for_each(Self::sum_up);
    }

    /// Adds what an entry of another batch counts for on this, a later day.
    fn go_on(&mut self, from: &Self, n: usize, sum: Sum, length: i64) {
        (self.goes_on, self.counts_up) = (true, false);
        self.rows = from.rows;
        self.cut.push((self.at.len(), length));
        self.at.push(from.at[n]);
        self.seconds.push(sum.seconds);
        self.money.push(sum.money);
        self.currencies.push(from.currencies[n]);
    }

    /// How long an entry is in all, which is the same on the day it begins and on those it goes on.
    pub(super) fn length(&self, n: usize) -> i64 {
        let cut = self.cut.binary_search_by_key(&n, |(cut, _)| *cut);
        cut.map_or(self.seconds[n], |at| self.cut[at].1)
    }
}
