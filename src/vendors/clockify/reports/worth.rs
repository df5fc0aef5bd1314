//! What an hour of somebody's work is worth, and how long that holds.
//!
//! [`rates::resolve`] says the rate of one moment; looking through five histories for each entry of a
//! year would take longer than the rest of the report. Rates rarely change, so this also says between
//! which moments the answer stays the same.

use chrono::{DateTime, Utc};

use super::super::model::State;
use super::super::model::members::MemberKey;
use super::super::model::rates::{RateHistory, RateKind};
use super::super::rules::rates::{self, Work};
use crate::kernel::money::Minor;

/// A rate with the time for which it is known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// From this second on.
    from: i64,
    /// Up to the second before this.
    to: i64,
    /// Minor units an hour; 0 when none was ever set.
    pub(super) rate: Minor,
}

impl Held {
    /// A rate of which nothing is known yet.
    pub(super) const UNKNOWN: Self = Self { from: i64::MAX, to: i64::MIN, rate: 0 };

    /// Whether it is known to hold at this second.
    pub(super) fn covers(&self, at: i64) -> bool {
        self.from <= at && at < self.to
    }

    /// The rate of this work.
    pub(super) fn of(state: &State, kind: RateKind, work: Work) -> Self {
        let at = work.start.timestamp();
        let (mut from, mut to) = (i64::MIN, i64::MAX);
        histories(state, kind, work, |history| {
            for since in history.periods().iter().filter_map(|period| period.since) {
                // A rate of 12:00:00.5 begins with the second after.
                let since = ceiling(since);
                if since <= at {
                    from = from.max(since);
                } else {
                    to = to.min(since);
                }
            }
        });
        Self { from, to, rate: rates::resolve(state, kind, work).unwrap_or(0) }
    }
}

fn ceiling(at: DateTime<Utc>) -> i64 {
    at.timestamp().saturating_add(i64::from(at.timestamp_subsec_nanos() > 0))
}

/// Shows every history that may decide the rate of this work.
fn histories(state: &State, kind: RateKind, work: Work, mut see: impl FnMut(&RateHistory)) {
    let Work { workspace, user, project, task, .. } = work;
    if let Some(task) = task.and_then(|task| state.tasks.get(task)) {
        see(task.rates.of(kind));
    }
    if let Some(project) = project.and_then(|project| state.projects.get(project)) {
        see(project.rates.of(kind));
        project.memberships.iter().for_each(|membership| see(membership.rates.of(kind)));
    }
    if let Some(member) = state.members.get(MemberKey { workspace, user }) {
        see(member.rates.of(kind));
    }
    if let Some(workspace) = state.workspaces.get(workspace) {
        see(workspace.rates.of(kind));
    }
}
