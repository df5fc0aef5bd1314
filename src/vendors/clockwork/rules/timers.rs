//! Starts and stops timers. A stopped timer becomes worklogs of the Jira site. Source: 000:195,
//! 000:233, jira-vendors.md:1.6.

use std::sync::Arc;

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc, Weekday};

use super::refusal::Refusal;
use crate::kernel::civil::{Rounding, instant, local, round_seconds};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockwork::model::{Settings, State, Timer, TimerId};
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
            quirk!("CWK-002");
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

    /// Removes the timer and records a worklog for each day worked.
    fn finish(&mut self, timer: &Timer) -> Stopped {
        let now = self.now.trunc_subsecs(0);
        let Self { state, site, ids, user, .. } = self;
        state.timers.remove(timer.id);
        let issue = timer.issue;
        let ran = (now - timer.started).num_seconds();
        quirk!("CWK-009");
        if ran < state.settings.minimum.max(1) {
            return Stopped { issue, reported: 0 };
        }
        let mut pieces = worked(timer.started, now, &state.settings);
        let total = pieces.iter().map(|(_, seconds)| seconds).sum();
        let reported = round_seconds(total, state.settings.round_up_to, Rounding::Up);
        let recorded = now + TimeDelta::seconds(state.settings.report_delay);
        // Rounding adds to the last day.
        if let Some((_, seconds)) = pieces.last_mut() {
            *seconds += reported - total;
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

/// What a timer is worth: its start and length if it ran on one day, else a piece for each day worked.
fn worked(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    settings: &Settings,
) -> Vec<(DateTime<Utc>, i64)> {
    let day = |at| local(at, settings.zone).date();
    if day(from) == day(to) {
        return vec![(from, (to - from).num_seconds())];
    }
    quirk!("CWK-010");
    if (to - from).num_seconds() <= LONGEST_CUT {
        return working_days(from, to, settings);
    }
    quirk!("CWK-009");
    let weeks = (to - from).num_weeks();
    let rest = working_days(from + TimeDelta::weeks(weeks), to, settings);
    let rest: i64 = rest.into_iter().map(|(_, seconds)| seconds).sum();
    vec![(from, weeks * 5 * settings.working_day + rest)]
}

/// The working days of a timer: each begins at the time of day of its start and has the hours of a working
/// day, weekends have none; the day of the start always counts. Source: CWK-010.
fn working_days(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    settings: &Settings,
) -> Vec<(DateTime<Utc>, i64)> {
    let start = local(from, settings.zone);
    let last = local(to, settings.zone).date();
    let days = start.date().iter_days().take_while(|day| *day <= last);
    let pieces = days.filter_map(|day| {
        let first = day == start.date();
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let begin = if first { from } else { instant(day.and_time(start.time()), settings.zone) };
        let seconds = (to - begin).num_seconds().min(settings.working_day);
        (seconds > 0 && (first || !weekend)).then_some((begin, seconds))
    });
    pieces.collect()
}
