//! The summary report: groups within groups.

use super::count::{DayCounter, TotalsCounter};
use super::query::Query;
use super::result::{GroupKind, Summary};
use super::scan::Scan;
pub use super::tree::SortBy;
use super::tree::Tree;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::rules::permissions::Actor;

/// Sums the entries of `query` by `kinds`, outermost first.
#[must_use]
pub fn summary(
    state: &State,
    actor: &Actor,
    query: &Query,
    kinds: &[GroupKind],
    sort: SortBy,
    descending: bool,
) -> Summary {
    let mut scan = Scan::new(state, actor, query);
    let mut tree = Tree::new(kinds, false);
    let (mut count, mut days) = (TotalsCounter::default(), DayCounter::default());
    scan.for_each(|scan, batch| {
        count.add(batch);
        days.add(batch);
        tree.add(scan, batch, 0);
    });
    Summary {
        totals: count.totals(&scan.codes),
        kinds: kinds.to_vec(),
        groups: tree.groups(&scan, sort, descending),
        days: days.days(),
    }
}
