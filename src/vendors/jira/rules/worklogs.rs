//! Records and finds worklogs. Source: jira-vendors.md:3.1.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::people::may_see;
use crate::kernel::ids::Ids;
use crate::vendors::jira::model::{
    Issue, IssueBy, IssueId, ProjectId, Settings, State, Tracking, User, UserId, Worklog,
    WorklogBy, WorklogId,
};

/// First id.
const FIRST_ID: u64 = 10_000;

/// A worklog to record.
#[derive(Debug, Clone)]
pub struct NewWorklog {
    /// The issue.
    pub issue: IssueId,
    /// The author.
    pub author: UserId,
    /// When the work began.
    pub started: DateTime<Utc>,
    /// Duration in seconds.
    pub seconds: i64,
    /// Comment; empty counts as absent.
    pub comment: Option<String>,
    /// The only group that may see it.
    pub visibility: Option<String>,
    /// Clockwork's property.
    pub tracking: Option<Tracking>,
}

/// Records a worklog. It is not found before `recorded`, which may be in the future.
pub fn add(site: &mut State, ids: &mut Ids, recorded: DateTime<Utc>, new: NewWorklog) -> WorklogId {
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
        created: recorded,
        updated: recorded,
        visibility,
        tracking,
    });
    id
}

/// A filter of worklogs; an absent member matches all.
#[derive(Debug, Clone, Default)]
pub struct WorklogFilter {
    /// Start within this span.
    pub started: Option<Range<DateTime<Utc>>>,
    /// Authors.
    pub authors: Option<Vec<UserId>>,
    /// Projects of their issues.
    pub projects: Option<Vec<ProjectId>>,
}

/// The matching worklogs that were recorded by `now` and that `viewer` may see, by start, then id.
pub fn search<'a>(
    site: &'a State,
    viewer: &'a User,
    now: DateTime<Utc>,
    filter: WorklogFilter,
) -> impl Iterator<Item = &'a Arc<Worklog>> {
    let WorklogFilter { started, authors, projects } = filter;
    let span = started.unwrap_or(DateTime::<Utc>::MIN_UTC..DateTime::<Utc>::MAX_UTC);
    let between = |from, to| site.worklogs.scan(from..=to);
    let of_author = |author: &UserId| {
        between(WorklogBy::Author(*author, span.start), WorklogBy::Author(*author, span.end))
    };
    let of_issue = |issue: &Arc<Issue>| {
        between(WorklogBy::Issue(issue.id, span.start), WorklogBy::Issue(issue.id, span.end))
    };
    let authors: Option<BTreeSet<UserId>> = authors.map(|authors| authors.into_iter().collect());
    let projects: Option<BTreeSet<ProjectId>> = projects.map(|all| all.into_iter().collect());
    // Uses the most selective index, and checks its rows one by one.
    let rows = match (&authors, &projects) {
        (Some(authors), _) => InOrder::of(authors.iter().map(of_author).collect()),
        (None, Some(projects)) => {
            let issues = projects.iter().flat_map(|id| site.issues.find(IssueBy::Project(*id)));
            InOrder::of(issues.map(of_issue).collect())
        }
        (None, None) => {
            InOrder::of(vec![between(WorklogBy::Started(span.start), WorklogBy::Started(span.end))])
        }
    };
    rows.filter(move |worklog| {
        let in_projects = || {
            projects.as_ref().is_none_or(|projects| {
                issue_of(site, worklog).is_some_and(|issue| projects.contains(&issue.project))
            })
        };
        span.contains(&worklog.started)
            && worklog.created <= now
            && authors.as_ref().is_none_or(|authors| authors.contains(&worklog.author))
            && in_projects()
            && may_see(site, worklog, viewer)
    })
}

/// Merges lists of worklogs that are sorted by start and id.
struct InOrder<'a, I> {
    lists: Vec<I>,
    /// The next worklog of each list, smallest on top.
    heads: BinaryHeap<Reverse<Head<'a>>>,
}

struct Head<'a> {
    worklog: &'a Arc<Worklog>,
    list: usize,
}

impl Head<'_> {
    fn sort_key(&self) -> (DateTime<Utc>, WorklogId) {
        (self.worklog.started, self.worklog.id)
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.sort_key() == other.sort_key()
    }
}

impl Eq for Head<'_> {}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

impl<'a, I: Iterator<Item = &'a Arc<Worklog>>> InOrder<'a, I> {
    fn of(lists: Vec<I>) -> Self {
        let mut all = Self { heads: BinaryHeap::with_capacity(lists.len()), lists };
        for list in 0..all.lists.len() {
            all.draw(list);
        }
        all
    }

    fn draw(&mut self, list: usize) {
        if let Some(worklog) = self.lists[list].next() {
            self.heads.push(Reverse(Head { worklog, list }));
        }
    }
}

impl<'a, I: Iterator<Item = &'a Arc<Worklog>>> Iterator for InOrder<'a, I> {
    type Item = &'a Arc<Worklog>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse(Head { worklog, list }) = self.heads.pop()?;
        self.draw(list);
        Some(worklog)
    }
}

/// The issue of a worklog.
#[must_use]
pub fn issue_of<'a>(site: &'a State, worklog: &Worklog) -> Option<&'a Arc<Issue>> {
    site.issues.get(worklog.issue)
}

/// A duration in Jira's notation, `1w 2d 3h 20m`, with the working days and weeks of the site.
#[must_use]
pub fn time_spent(settings: &Settings, seconds: i64) -> String {
    let day = settings.working_day.max(3600);
    let week = day * settings.working_week.max(1);
    let seconds = seconds.max(0);
    let parts = [
        (seconds / week, 'w'),
        (seconds % week / day, 'd'),
        (seconds % day / 3600, 'h'),
        (seconds % day % 3600 / 60, 'm'),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if words.is_empty() { "0m".to_owned() } else { words.join(" ") }
}
