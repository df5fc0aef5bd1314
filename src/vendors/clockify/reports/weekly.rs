//! The weekly report: people and projects over seven days.

use super::count::{DayCounter, TotalsCounter};
use super::query::Query;
use super::result::{Day, GroupKind, Sum, Weekly};
use super::scan::Scan;
use super::tree::{SortBy, Tree};
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::rules::permissions::Actor;

/// Number of days in the report.
pub const DAYS: i64 = 7;

/// Sums the entries of `query` by `kinds` and day. Its range is seven days.
#[must_use]
pub fn weekly(
    state: &State,
    actor: &Actor,
    query: &Query,
    kinds: [GroupKind; 2],
    money: bool,
    descending: bool,
) -> Weekly {
    let mut scan = Scan::new(state, actor, query);
    let mut tree = Tree::new(&kinds, true);
    let (mut count, mut days) = (TotalsCounter::default(), DayCounter::default());
    let first = query.span.first;
    scan.for_each(|scan, batch| {
        count.add(batch);
        days.add(batch);
        let day = usize::try_from((batch.day - first).num_days()).unwrap_or(usize::MAX);
        tree.add(scan, batch, day);
    });
    let counted = days.days();
    let days = first.iter_days().take(7).map(|date| {
        let of = counted.iter().find(|day| day.date == date);
        of.copied().unwrap_or(Day { date, sum: Sum::default(), billable_seconds: 0 })
    });
    Weekly {
        totals: count.totals(&scan.codes),
        kinds,
        money,
        days: days.collect(),
        groups: tree.groups(&scan, SortBy::Group, descending),
    }
}
