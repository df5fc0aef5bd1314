//! Selects the worklogs of a report by the author's days, people, projects and filters, within the viewer's
//! permissions.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};

use super::grouping::week_of;
use super::refusal::Refusal;
use crate::kernel::abandon;
use crate::kernel::civil::{Tz, day_start, local};
use crate::quirk;
use crate::vendors::jira::model::{Issue, IssueId, ProjectId, State, User, UserId, Worklog};
use crate::vendors::jira::rules::jql::{self, Query};
use crate::vendors::jira::rules::people;
use crate::vendors::jira::rules::worklogs::{WorklogFilter, search};
use crate::vendors::time_tracker::model::Settings;

/// The selection of worklogs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub end: Option<NaiveDate>,
    /// The default of a missing bound.
    pub span: Span,
    /// Account ids.
    pub users: Vec<String>,
    /// Names of included groups.
    pub groups: Vec<String>,
    /// Names of excluded groups.
    pub exclude_groups: Vec<String>,
    /// Whether to select the worklogs of all users.
    pub all_users: bool,
    /// `project_KEY` and `filter_ID` items.
    pub filters_or_projects: Vec<String>,
    /// An additional search.
    pub jql: Option<String>,
}

/// The default of a missing first or last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// A number of weeks. If both days are missing, they end with the current reporting week, moved by
    /// `offset` weeks.
    Weeks {
        /// Number of weeks.
        count: u16,
        /// Weeks to move by; negative is earlier.
        offset: i16,
        /// The first day of a reporting week.
        reporting_day: Weekday,
    },
    /// No bound.
    Open,
}

impl Default for Span {
    fn default() -> Self {
        Self::Weeks { count: 1, offset: 0, reporting_day: Weekday::Mon }
    }
}

/// The context of a report.
#[derive(Debug, Clone, Copy)]
pub struct ReportContext<'a> {
    /// The key's user.
    pub viewer: &'a User,
    /// The tenant's options.
    pub settings: &'a Settings,
    /// The world's time.
    pub now: DateTime<Utc>,
}

/// Worklogs by issue.
#[derive(Debug, Clone)]
pub struct Report {
    /// First and last day; `None` without a bound.
    pub period: (Option<NaiveDate>, Option<NaiveDate>),
    /// Issues in key order.
    pub rows: Vec<IssueWork>,
    /// Restrictions of the tenant that took effect.
    pub limits: Limits,
}

impl Report {
    /// Number of worklogs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.iter().map(|row| row.entries.len()).sum()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Restrictions of the tenant that took effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Keys of projects in which the viewer sees only their own worklogs.
    pub own_only: Vec<String>,
    /// The only groups whose worklogs are shown.
    pub groups: Option<Vec<String>>,
}

/// An issue with its worklogs of the report, oldest recorded first.
#[derive(Debug, Clone)]
pub struct IssueWork {
    /// The issue.
    pub issue: Arc<Issue>,
    /// Its worklogs.
    pub entries: Vec<Entry>,
}

/// A worklog of a report.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The worklog.
    pub worklog: Arc<Worklog>,
    /// Local day and time.
    pub at: NaiveDateTime,
}

/// The zone in which the worklogs of `author` are shown.
fn zone_of(site: &State, context: ReportContext<'_>, author: UserId) -> Tz {
    if context.settings.preserve_started_time {
        return context.viewer.zone;
    }
    site.users.get(author).map_or(context.viewer.zone, |user| user.zone)
}

/// Issues in key order with the matching worklogs that the viewer may see.
///
/// # Errors
/// [`Refusal::StartAfterEnd`], [`Refusal::Unknown`], [`Refusal::BadSearch`] and [`Refusal::NotAuditor`].
pub fn report(
    site: &State,
    context: ReportContext<'_>,
    filter: &ReportFilter,
) -> Result<Report, Refusal> {
    let period = period(context, filter)?;
    let (authors, groups) = authors(site, context, filter)?;
    let (projects, searches) = selection(site, context.viewer, filter)?;
    // No zone is more than a day from UTC; the exact filter follows below.
    let from = period
        .0
        .map_or(DateTime::<Utc>::MIN_UTC, |day| day_start(day, Tz::UTC) - TimeDelta::days(1));
    let to = period
        .1
        .map_or(DateTime::<Utc>::MAX_UTC, |day| day_start(day, Tz::UTC) + TimeDelta::days(2));
    let worklogs = WorklogFilter { started: Some(from..to), authors, projects };
    let mut issues: BTreeMap<IssueId, Option<IssueWork>> = BTreeMap::new();
    let mut own_only = BTreeSet::new();
    for worklog in search(site, context.viewer, context.now, worklogs) {
        let at = local(worklog.started, zone_of(site, context, worklog.author));
        if period.0.is_some_and(|first| at.date() < first)
            || period.1.is_some_and(|last| at.date() > last)
        {
            continue;
        }
        let row = issues.entry(worklog.issue).or_insert_with(|| {
            let issue = site.issues.get(worklog.issue)?;
            let found = searches
                .iter()
                .all(|any_of| any_of.iter().any(|query| jql::matches(query, site, issue)));
            found.then(|| IssueWork { issue: Arc::clone(issue), entries: Vec::new() })
        });
        let Some(row) = row else { continue };
        if let Some(project) = hidden_in(site, context, &row.issue) {
            own_only.insert(project);
            if worklog.author != context.viewer.id {
                continue;
            }
        }
        row.entries.push(Entry { worklog: Arc::clone(worklog), at });
    }
    let found = issues.into_values().flatten().filter(|row| !row.entries.is_empty());
    let mut rows: Vec<IssueWork> = found.collect();
    rows.sort_by(|a, b| by_key(&a.issue.key, &b.issue.key));
    for row in &mut rows {
        abandon::check();
        row.entries.sort_by_key(|entry| (entry.worklog.created, entry.worklog.id));
    }
    let limits = Limits { own_only: own_only.into_iter().collect(), groups };
    Ok(Report { period, rows, limits })
}

/// The issue's project, if the viewer sees only their own worklogs in it.
fn hidden_in(site: &State, context: ReportContext<'_>, issue: &Issue) -> Option<String> {
    let roles = context.settings.auditors_roles.as_ref()?;
    let project = site.projects.get(issue.project)?;
    let audits = roles
        .iter()
        .any(|role| role.project == project.key && role.users.contains(&context.viewer.id));
    (!audits).then(|| project.key.clone())
}

type Period = (Option<NaiveDate>, Option<NaiveDate>);

/// Fills in a missing day: a missing end is a week after the start, a missing start a week before the end, or as
/// many weeks as requested. Reports without day columns have no default.
fn period(context: ReportContext<'_>, filter: &ReportFilter) -> Result<Period, Refusal> {
    let (start, end) = (filter.start, filter.end);
    if let (Some(start), Some(end)) = (start, end)
        && start > end
    {
        return Err(Refusal::StartAfterEnd);
    }
    let Span::Weeks { count, offset, reporting_day } = filter.span else {
        return Ok((start, end));
    };
    if start.is_none() || end.is_none() {
        quirk!("TTR-005");
    }
    let more = Days::new((u64::from(count.max(1)) * 7).saturating_sub(1));
    let start = start.or_else(|| {
        if let Some(end) = end {
            return end.checked_sub_days(more);
        }
        let today = local(context.now, context.viewer.zone).date();
        let weeks = 1 - i64::from(count.max(1)) + i64::from(offset);
        week_of(today, reporting_day).checked_add_signed(TimeDelta::weeks(weeks))
    });
    let end = end.or_else(|| start?.checked_add_days(more));
    Ok((start, end))
}

type Authors = (Option<Vec<UserId>>, Option<Vec<String>>);

/// The authors, and the groups that restrict them. Without any, only the key's owner.
fn authors(
    site: &State,
    context: ReportContext<'_>,
    filter: &ReportFilter,
) -> Result<Authors, Refusal> {
    let ReportFilter { users, groups, exclude_groups, all_users, .. } = filter;
    let viewer = context.viewer;
    let mut named = BTreeSet::new();
    for account_id in users {
        let user = people::by_account(site, account_id);
        let user = user.ok_or_else(|| Refusal::Unknown("user", account_id.clone()))?;
        named.insert(user.id);
    }
    for group in groups.iter().chain(exclude_groups) {
        if site.groups.find(group.clone()).next().is_none() {
            return Err(Refusal::Unknown("group", group.clone()));
        }
    }
    let in_any = |user: &User, of: &[String]| user.groups.iter().any(|name| of.contains(name));
    let nobody_named = users.is_empty() && groups.is_empty() && exclude_groups.is_empty();
    let mut authors = if nobody_named {
        if *all_users {
            None
        } else {
            quirk!("TTR-006");
            Some(BTreeSet::from([viewer.id]))
        }
    } else {
        if users.is_empty() || !groups.is_empty() {
            let fits = |user: &&Arc<User>| {
                (groups.is_empty() || in_any(user, groups)) && !in_any(user, exclude_groups)
            };
            named.extend(site.users.iter().filter(fits).map(|user| user.id));
        }
        Some(named)
    };
    let own = authors.as_ref().is_some_and(|authors| authors.iter().eq([&viewer.id]));
    if let Some(auditors) = &context.settings.auditors_groups
        && !own
        && !in_any(viewer, auditors)
    {
        quirk!("TTR-012");
        quirk!("TTR-001");
        return Err(Refusal::NotAuditor);
    }
    let restricted = context.settings.restricted_groups.iter().flatten();
    let mine: Vec<String> =
        restricted.filter(|group| viewer.groups.contains(group)).cloned().collect();
    if mine.is_empty() || own {
        return Ok((authors.map(Vec::from_iter), None));
    }
    quirk!("TTR-012");
    let seen = site.users.iter().filter(|user| user.id == viewer.id || in_any(user, &mine));
    let seen: BTreeSet<UserId> = seen.map(|user| user.id).collect();
    authors = Some(match authors {
        None => seen,
        Some(authors) => authors.intersection(&seen).copied().collect(),
    });
    Ok((authors.map(Vec::from_iter), Some(mine)))
}

/// The projects, if any, and the searches. An issue must match one alternative of each search.
type Selection = (Option<Vec<ProjectId>>, Vec<Vec<Query>>);

/// That is: (any project) and (any filter) and the search.
fn selection(site: &State, viewer: &User, filter: &ReportFilter) -> Result<Selection, Refusal> {
    let (mut projects, mut filters) = (Vec::new(), Vec::new());
    let read = |text: &str| jql::parse(text).map_err(|error| Refusal::BadSearch(error.to_string()));
    for item in &filter.filters_or_projects {
        let unknown = |kind| Refusal::Unknown(kind, item.clone());
        if let Some(key) = item.strip_prefix("project_") {
            let project = site.projects.find(key.to_owned()).next();
            let project = project.filter(|project| people::may_browse(project, viewer.id));
            projects.push(project.ok_or_else(|| unknown("project"))?.id);
        } else if let Some(id) = item.strip_prefix("filter_") {
            let filter = id.parse().ok().and_then(|id| site.filters.get(id));
            filters.push(read(&filter.ok_or_else(|| unknown("filter"))?.jql)?);
        } else {
            return Err(unknown("filter or project"));
        }
    }
    let mut searches = Vec::new();
    if !filters.is_empty() {
        searches.push(filters);
    }
    if let Some(text) = &filter.jql {
        searches.push(vec![read(text)?]);
    }
    Ok(((!projects.is_empty()).then_some(projects), searches))
}

/// The vendor's order of keys: by prefix, then by its length, then by number.
#[must_use]
pub fn by_key(a: &str, b: &str) -> Ordering {
    let split = |key: &str| {
        let (prefix, number) = key.rsplit_once('-').unwrap_or((key, "0"));
        (prefix.to_owned(), number.parse::<u64>().unwrap_or(0))
    };
    let ((a, m), (b, n)) = (split(a), split(b));
    let letters = a.bytes().zip(b.bytes()).map(|(a, b)| a.cmp(&b)).find(|order| order.is_ne());
    letters.unwrap_or_else(|| a.len().cmp(&b.len())).then(m.cmp(&n))
}

#[cfg(test)]
mod tests {
    use super::by_key;

    #[test]
    fn keys_come_in_the_vendors_order() {
        let mut keys = ["DEMOX-1", "DEMO-10", "ABC-3", "DEMO-2"];
        keys.sort_by(|a, b| by_key(a, b));
        assert_eq!(keys, ["ABC-3", "DEMO-2", "DEMO-10", "DEMOX-1"]);
    }
}
