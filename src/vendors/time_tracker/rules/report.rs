//! Selecting worklogs as a report does: by the author's own days, by people, projects and filters.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};

use crate::kernel::civil::{Tz, day_start, local};
use crate::quirk;
use crate::vendors::jira::model::{Issue, IssueId, State, User, UserId, Worklog};
use crate::vendors::jira::rules::jql::{self, Query};
use crate::vendors::jira::rules::people;
use crate::vendors::jira::rules::worklogs::{Wanted, search};

/// What a report is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub end: Option<NaiveDate>,
    /// Account ids.
    pub users: Vec<String>,
    /// Group names.
    pub groups: Vec<String>,
    /// Everybody's worklogs.
    pub all_users: bool,
    /// `project_KEY` and `filter_ID` items.
    pub filters_or_projects: Vec<String>,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Neither a first nor a last day.
    NoDates,
    /// The first day is after the last.
    Backwards,
    /// Something named does not exist: its kind and name.
    Unknown(&'static str, String),
    /// A saved filter that cannot be evaluated.
    Filter(String),
}

/// An issue with its worklogs of the report, oldest recorded first.
#[derive(Debug, Clone)]
pub struct IssueWork {
    /// The issue.
    pub issue: Arc<Issue>,
    /// Its worklogs.
    pub worklogs: Vec<Arc<Worklog>>,
}

/// The day on which a worklog counts: that of its author's zone.
#[must_use]
pub fn work_day(site: &State, worklog: &Worklog) -> NaiveDate {
    local(worklog.started, zone_of(site, worklog.author)).date()
}

/// The zone in which a person's worklogs are shown.
#[must_use]
pub fn zone_of(site: &State, author: UserId) -> Tz {
    site.users.get(author).map_or(Tz::UTC, |user| user.zone)
}

/// Issues in key order with the worklogs that were asked for and that `viewer` may see.
///
/// # Errors
/// See [`Error`].
pub fn report(site: &State, viewer: &User, question: &Question) -> Result<Vec<IssueWork>, Error> {
    let (start, end) = period(question)?;
    let authors = authors(site, viewer, question)?;
    let (projects, filters) = selection(site, viewer, question)?;
    // No zone is more than a day away from UTC; the exact cut follows below.
    let from = day_start(start, Tz::UTC) - TimeDelta::days(1);
    let to = day_start(end, Tz::UTC) + TimeDelta::days(2);
    let wanted = Wanted { started: Some(from..to), authors, projects };
    let mut issues: BTreeMap<IssueId, IssueWork> = BTreeMap::new();
    for worklog in search(site, viewer, &wanted) {
        let day = work_day(site, worklog);
        if day < start || day > end {
            continue;
        }
        let Some(issue) = site.issues.get(worklog.issue) else { continue };
        if !filters.is_empty() && !filters.iter().any(|query| jql::matches(query, site, issue)) {
            continue;
        }
        let entry = issues
            .entry(issue.id)
            .or_insert_with(|| IssueWork { issue: Arc::clone(issue), worklogs: Vec::new() });
        entry.worklogs.push(Arc::clone(worklog));
    }
    let mut rows: Vec<IssueWork> = issues.into_values().collect();
    rows.sort_by(|a, b| by_key(&a.issue.key, &b.issue.key));
    for row in &mut rows {
        row.worklogs.sort_by_key(|worklog| (worklog.created, worklog.id));
    }
    Ok(rows)
}

/// A missing end is six days after the start, a missing start six days before the end.
fn period(question: &Question) -> Result<(NaiveDate, NaiveDate), Error> {
    const MORE: Days = Days::new(6);
    let days = match (question.start, question.end) {
        (None, None) => return Err(Error::NoDates),
        (Some(start), None) => {
            quirk!("TTR-005");
            (start, start.checked_add_days(MORE).unwrap_or(start))
        }
        (None, Some(end)) => {
            quirk!("TTR-005");
            (end.checked_sub_days(MORE).unwrap_or(end), end)
        }
        (Some(start), Some(end)) => (start, end),
    };
    if days.0 > days.1 { Err(Error::Backwards) } else { Ok(days) }
}

/// Whose worklogs. Nobody named means the key's owner alone.
fn authors(site: &State, viewer: &User, question: &Question) -> Result<Option<Vec<UserId>>, Error> {
    let Question { users, groups, all_users, .. } = question;
    if *all_users && users.is_empty() && groups.is_empty() {
        return Ok(None);
    }
    if users.is_empty() && groups.is_empty() {
        quirk!("TTR-006");
        return Ok(Some(vec![viewer.id]));
    }
    let mut found = Vec::new();
    for account_id in users {
        let user = people::by_account(site, account_id);
        let user = user.ok_or_else(|| Error::Unknown("user", account_id.clone()))?;
        found.push(user.id);
    }
    for group in groups {
        if !site.groups.contains(group) {
            return Err(Error::Unknown("group", group.clone()));
        }
        found.extend(site.users.iter().filter(|u| u.groups.contains(group)).map(|u| u.id));
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

type Selection = (Option<Vec<crate::vendors::jira::model::ProjectId>>, Vec<Query>);

/// Projects are or-ed, filters are or-ed, and both kinds are and-ed.
fn selection(site: &State, viewer: &User, question: &Question) -> Result<Selection, Error> {
    let (mut projects, mut filters) = (Vec::new(), Vec::new());
    for item in &question.filters_or_projects {
        let unknown = |kind| Error::Unknown(kind, item.clone());
        if let Some(key) = item.strip_prefix("project_") {
            let project = site.projects.find(key.to_owned()).next();
            let project = project.filter(|project| people::may_browse(project, viewer.id));
            projects.push(project.ok_or_else(|| unknown("project"))?.id);
        } else if let Some(id) = item.strip_prefix("filter_") {
            let filter = id.parse().ok().and_then(|id| site.filters.get(id));
            let filter = filter.ok_or_else(|| unknown("filter"))?;
            filters
                .push(jql::parse(&filter.jql).map_err(|error| Error::Filter(error.to_string()))?);
        } else {
            return Err(unknown("filter or project"));
        }
    }
    Ok(((!projects.is_empty()).then_some(projects), filters))
}

/// The vendor's order of keys: prefix letter by letter, then its length, then the number.
fn by_key(a: &str, b: &str) -> Ordering {
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
