//! Worklogs: recording and finding them.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::super::model::{
    Issue, IssueId, ProjectId, State, Tracking, User, UserId, Worklog, WorklogBy, WorklogId,
};
use super::people::may_see;
use crate::kernel::ids::Ids;

/// First id that is handed out.
const FIRST_ID: u64 = 10_000;

/// Hours to record.
#[derive(Debug, Clone)]
pub struct NewWorklog {
    /// On which issue.
    pub issue: IssueId,
    /// Who worked.
    pub author: UserId,
    /// When the work began.
    pub started: DateTime<Utc>,
    /// How long it took.
    pub seconds: i64,
    /// What was done; empty counts as absent.
    pub comment: Option<String>,
    /// The group that alone may see it.
    pub visibility: Option<String>,
    /// What Clockwork notes on it.
    pub tracking: Option<Arc<Tracking>>,
}

/// Records hours, at `now`.
pub fn add(site: &mut State, ids: &mut Ids, now: DateTime<Utc>, new: NewWorklog) -> WorklogId {
    let NewWorklog { issue, author, started, seconds, comment, visibility, tracking } = new;
    let id = WorklogId(ids.decimal("jira/worklogs", FIRST_ID));
    let comment = comment.filter(|comment| !comment.is_empty());
    site.worklogs.put(Worklog {
        id,
        issue,
        author,
        started,
        seconds,
        comment,
        created: now,
        updated: now,
        visibility,
        tracking,
    });
    id
}

/// Which worklogs are wanted; what is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Started in this span.
    pub started: Option<Range<DateTime<Utc>>>,
    /// By these authors.
    pub authors: Option<Vec<UserId>>,
    /// On issues of these projects.
    pub projects: Option<Vec<ProjectId>>,
}

/// The wanted worklogs that `viewer` may see, by start, then id.
pub fn search<'a>(
    site: &'a State,
    viewer: &'a User,
    wanted: &'a Wanted,
) -> Box<dyn Iterator<Item = &'a Arc<Worklog>> + 'a> {
    let span = wanted.started.clone();
    let span = span.unwrap_or(DateTime::<Utc>::MIN_UTC..DateTime::<Utc>::MAX_UTC);
    let rows: Box<dyn Iterator<Item = &Arc<Worklog>>> =
        match wanted.authors.as_deref() {
            Some([author]) => Box::new(site.worklogs.scan(
                WorklogBy::Author(*author, span.start)..=WorklogBy::Author(*author, span.end),
            )),
            _ => Box::new(
                site.worklogs.scan(WorklogBy::Started(span.start)..=WorklogBy::Started(span.end)),
            ),
        };
    let fits = move |worklog: &&Arc<Worklog>| {
        span.contains(&worklog.started)
            && wanted.authors.as_ref().is_none_or(|authors| authors.contains(&worklog.author))
            && wanted.projects.as_ref().is_none_or(|projects| {
                issue_of(site, worklog).is_some_and(|issue| projects.contains(&issue.project))
            })
            && may_see(site, worklog, viewer)
    };
    Box::new(rows.filter(fits))
}

/// The issue of a worklog.
#[must_use]
pub fn issue_of<'a>(site: &'a State, worklog: &Worklog) -> Option<&'a Arc<Issue>> {
    site.issues.get(worklog.issue)
}

/// A span in Jira's words: `1w 2d 3h 20m`, with 8 hours a day and 5 days a week.
#[must_use]
pub fn time_spent(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let parts = [
        (minutes / 2400, 'w'),
        (minutes % 2400 / 480, 'd'),
        (minutes % 480 / 60, 'h'),
        (minutes % 60, 'm'),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if words.is_empty() { "0m".to_owned() } else { words.join(" ") }
}
