//! Starts and stops timers. A stopped timer becomes worklogs of the Jira site. Source: 000:195,
//! 000:233, jira-vendors.md:1.6.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::refusal::Refusal;
use crate::kernel::civil::{Rounding, by_day, round_seconds};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockwork::model::{State, Timer, TimerId};
use crate::vendors::jira::model::{self as jira, Issue, IssueId, Tracking, User};
use crate::vendors::jira::rules::worklogs::{NewWorklog, add};

/// Maximum time that is split by day, in seconds: a year.
const LONGEST_CUT: i64 = 366 * 86_400;

/// A stopped timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Its issue.
    pub issue: IssueId,
    /// Recorded time in seconds; 0 for a timer that was too short.
    pub reported: i64,
}

/// A person's timers, with the site for their worklogs.
#[derive(Debug)]
pub struct Timers<'a> {
    /// Clockwork's state.
    pub state: &'a mut State,
    /// The Jira site.
    pub site: &'a mut jira::State,
    /// Id counters.
    pub ids: &'a mut Ids,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// The person.
    pub user: &'a User,
}

impl Timers<'_> {
    /// Starts a timer on `issue`. Stops running timers, unless the site allows several.
    ///
    /// # Errors
    /// [`Refusal::AlreadyRunning`].
    pub fn start(
        &mut self,
        issue: &Issue,
        comment: Option<String>,
    ) -> Result<Vec<Stopped>, Refusal> {
        let user = self.user.id;
        let running: Vec<Arc<Timer>> = self.state.timers.find(user).cloned().collect();
        if running.iter().any(|timer| timer.issue == issue.id) {
            quirk!("CWK-008");
            return Err(Refusal::AlreadyRunning(issue.key.clone()));
        }
        let mut stopped = Vec::new();
        if !self.state.settings.multiple_timers {
            stopped.extend(running.iter().map(|timer| self.finish(timer)));
        }
        let id = TimerId(self.ids.serial("clockwork/timers", 1));
        let started = self.now.trunc_subsecs(0);
        self.state.timers.put(Timer { id, user, issue: issue.id, started, comment });
        Ok(stopped)
    }

    /// Stops the timer on `issue`.
    ///
    /// # Errors
    /// [`Refusal::NotRunning`].
    pub fn stop(&mut self, issue: &Issue) -> Result<Stopped, Refusal> {
        let timers = &self.state.timers;
        let timer = timers.find(self.user.id).find(|timer| timer.issue == issue.id).cloned();
        let timer = timer.ok_or_else(|| Refusal::NotRunning(issue.key.clone()))?;
        Ok(self.finish(&timer))
    }

    /// Removes the timer and records a worklog for each day in the author's zone.
    fn finish(&mut self, timer: &Timer) -> Stopped {
        let now = self.now.trunc_subsecs(0);
        let Self { state, site, ids, user, .. } = self;
        state.timers.remove(timer.id);
        let issue = timer.issue;
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
        // Rounding adds to the last day.
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
}
