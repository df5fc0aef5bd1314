//! Starting and stopping timers. A stopped timer becomes worklogs of the Jira site.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::kernel::civil::{Rounding, by_day, round_seconds};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockwork::model::{State, Timer, TimerId};
use crate::vendors::jira::model::{self as jira, IssueId, Tracking, User};
use crate::vendors::jira::rules::worklogs::{NewWorklog, add};

/// Longest time that is cut into days, in seconds: a year.
const LONGEST_CUT: i64 = 366 * 86_400;

/// Why a timer is not started or stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The caller's timer runs on this issue already.
    RunsAlready(IssueId),
    /// The caller has no timer on this issue.
    NotRunning(IssueId),
}

/// A timer that was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Its issue.
    pub issue: IssueId,
    /// What is reported, in seconds; 0 when it ran too short to report.
    pub reported: i64,
}

/// Starts a timer of `user` on `issue`. Unless several may run, the one that runs is stopped.
///
/// # Errors
/// [`Error::RunsAlready`].
pub fn start(
    state: &mut State,
    site: &mut jira::State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    user: &User,
    issue: IssueId,
    comment: Option<String>,
) -> Result<Vec<Stopped>, Error> {
    let running: Vec<Arc<Timer>> = state.timers.find(user.id).cloned().collect();
    if running.iter().any(|timer| timer.issue == issue) {
        quirk!("CWK-008");
        return Err(Error::RunsAlready(issue));
    }
    let mut stopped = Vec::new();
    if !state.settings.multiple_timers {
        for timer in running {
            stopped.push(finish(state, site, ids, now, user, &timer));
        }
    }
    let id = TimerId(ids.serial("clockwork/timers", 1));
    let started = now.trunc_subsecs(0);
    state.timers.put(Timer { id, user: user.id, issue, started, comment });
    Ok(stopped)
}

/// Stops the timer of `user` on `issue`.
///
/// # Errors
/// [`Error::NotRunning`].
pub fn stop(
    state: &mut State,
    site: &mut jira::State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    user: &User,
    issue: IssueId,
) -> Result<Stopped, Error> {
    let timer = state.timers.find(user.id).find(|timer| timer.issue == issue).cloned();
    let timer = timer.ok_or(Error::NotRunning(issue))?;
    Ok(finish(state, site, ids, now, user, &timer))
}

/// Takes the timer away and records its time: one worklog a day of the author's zone.
fn finish(
    state: &mut State,
    site: &mut jira::State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    user: &User,
    timer: &Timer,
) -> Stopped {
    state.timers.remove(timer.id);
    let issue = timer.issue;
    let now = now.trunc_subsecs(0);
    let ran = (now - timer.started).num_seconds();
    if ran < state.settings.minimum.max(1) {
        quirk!("CWK-009");
        return Stopped { issue, reported: 0 };
    }
    quirk!("CWK-010");
    let reported = round_seconds(ran, state.settings.round_up_to, Rounding::Up);
    let recorded = now + TimeDelta::seconds(state.settings.report_delay);
    let mut pieces: Vec<(DateTime<Utc>, i64)> = if ran > LONGEST_CUT {
        quirk!("CWK-015");
        vec![(timer.started, ran)]
    } else {
        let days = by_day(timer.started, now, user.zone);
        days.into_iter().map(|(_, from, to)| (from, (to - from).num_seconds())).collect()
    };
    // What rounding adds falls on the last day.
    if let Some((_, seconds)) = pieces.last_mut() {
        *seconds += reported - ran;
    }
    for (started, seconds) in pieces {
        let new = NewWorklog {
            issue,
            author: user.id,
            started,
            seconds,
            comment: timer.comment.clone(),
            visibility: None,
            tracking: Some(Tracking { manual: false, attributes: Vec::new() }),
        };
        add(site, ids, recorded, new);
    }
    Stopped { issue, reported }
}
