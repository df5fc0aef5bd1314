//! Batches of some hundred entries, with their parts on one local day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::range::Span;
use super::result::{Money, Sum};
use crate::kernel::civil::{by_day, day_start};
use crate::kernel::money::ExactAmount;
use crate::quirk;
use crate::vendors::clockify::model::EntryId;
use crate::vendors::clockify::model::columns::Slice;
use crate::vendors::clockify::model::timeline::{Fact, Flags};
use crate::vendors::clockify::rules::entries::LONGEST;

/// The amounts of a batch do not overflow if all of them are below this.
const LARGE: i64 = 1 << 48;

/// Entries that match a report's filter, with their parts on one local day. All columns except
/// `rows` and `cut` have the same length.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    /// The entries before filtering.
    pub(super) rows: Slice<'a>,
    /// The indices in `rows` of the matching entries, in order.
    pub(super) at: Vec<usize>,
    /// `at` counts up from 0, so it can be reused for the next rows.
    pub(super) counts_up: bool,
    /// Their lengths, rounded if the report rounds.
    pub(super) seconds: Vec<i64>,
    /// Their amounts.
    pub(super) money: Vec<Money>,
    /// The indices of their currencies in [`super::scan::Scan::codes`].
    pub(super) currencies: Vec<u32>,
    /// The local day.
    pub(super) day: NaiveDate,
    /// They began on an earlier day.
    pub(super) continues: bool,
    /// The indices of entries with parts on several days, and their whole lengths.
    pub(super) cut: Vec<(usize, i64)>,
    /// Their sum.
    pub(super) sum: Sum,
    /// Seconds of the billable ones.
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
            continues: false,
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
        // Some hundred lengths do not overflow. Amounts do if one of them is large.
        let (mut seconds, mut billable, mut earned, mut cost) = (0, 0, 0_i64, 0_i64);
        let mut bits = 0;
        for ((flags, length), money) in flags.zip(&self.seconds).zip(&self.money) {
            seconds += length;
            billable += if flags.billable() { *length } else { 0 };
            earned = earned.wrapping_add(money.earned.0);
            cost = cost.wrapping_add(money.cost.0);
            bits |= money.earned.0 | money.cost.0;
        }
        let mut money = Money { earned: ExactAmount(earned), cost: ExactAmount(cost) };
        if !(0..LARGE).contains(&bits) {
            money = self.money.iter().fold(Money::default(), |all, each| all + *each);
        }
        (Sum { seconds, money }, billable)
    }

    /// The common currency of all entries, if there is one.
    pub(super) fn currency(&self) -> Option<u32> {
        let first = *self.currencies.first()?;
        let differs = self.currencies.iter().fold(0, |all, each| all | (each ^ first));
        (differs == 0).then_some(first)
    }

    pub(super) fn sum_of(&self, n: usize) -> Sum {
        Sum { seconds: self.seconds[n], money: self.money[n] }
    }

    /// Splits entries at midnight: the day of this batch ends at the second `end`. Adds the parts
    /// on later days to the batches of those days. The last day of `span` keeps everything after
    /// it, so that no time is lost; so does the last day of the longest entry that can be created,
    /// because a snapshot may hold any.
    pub(super) fn cut(&mut self, span: &Span, end: i64, later: &mut BTreeMap<NaiveDate, Self>) {
        let instant = |second| DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
        // Parts after the last day are not split.
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
            let longest = start.saturating_add(LONGEST * 3600);
            let until = until.min(behind).min(longest);
            let parts = by_day(instant(start), instant(until), span.zone);
            if parts.len() > 1 {
                quirk!("CFY-401");
            }
            let mut counted = Sum::default();
            for (part, (day, _, end)) in parts.iter().enumerate() {
                // Rounding moves the end of the entry.
                let passed = (end.timestamp() - start).min(whole.seconds);
                let seconds = if part + 1 == parts.len() { whole.seconds } else { passed };
                let so_far = Sum { seconds, money: whole.money.share(seconds, whole.seconds) };
                let of_day = so_far - counted;
                counted = so_far;
                if part == 0 {
                    self.seconds[n] = of_day.seconds;
                    self.money[n] = of_day.money;
                    self.cut.push((n, whole.seconds));
                } else if of_day.seconds > 0 {
                    let batch = later.entry(*day).or_default();
                    batch.day = *day;
                    batch.add_continuation(self, n, of_day, whole.seconds);
                }
            }
        }
        self.sum_up();
        later.values_mut().for_each(Self::sum_up);
    }

    /// Adds the part on this day of an entry that began in an earlier batch.
    fn add_continuation(&mut self, from: &Self, n: usize, sum: Sum, length: i64) {
        (self.continues, self.counts_up) = (true, false);
        self.rows = from.rows;
        self.cut.push((self.at.len(), length));
        self.at.push(from.at[n]);
        self.seconds.push(sum.seconds);
        self.money.push(sum.money);
        self.currencies.push(from.currencies[n]);
    }

    /// The whole length of an entry, over all its days.
    pub(super) fn length(&self, n: usize) -> i64 {
        let cut = self.cut.binary_search_by_key(&n, |(cut, _)| *cut);
        cut.map_or(self.seconds[n], |at| self.cut[at].1)
    }
}
