//! Worklog rows. Keys without a value are absent, never null; all ids are strings.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::value::RawValue;

use super::issues;
use crate::kernel::civil::Tz;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::jira::model::{
    AttributeValue, IssueId, State, Tracking, UserId, Worklog, WorklogId,
};
use crate::vendors::jira::rules::worklogs::time_spent;

/// The items of `expand`.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "one flag an expand item")]
pub struct Expand {
    /// Issue details.
    pub issues: bool,
    /// Author details.
    pub authors: bool,
    /// Author e-mails.
    pub emails: bool,
    /// The Jira worklog with its properties.
    pub worklogs: bool,
}

impl Expand {
    /// Reads the items of `expand`; unknown ones are ignored.
    #[must_use]
    pub fn of(items: &[&str]) -> Self {
        let has = |wanted| items.iter().any(|item| item.trim() == wanted);
        Self {
            issues: has("issues"),
            authors: has("authors"),
            emails: has("emails"),
            worklogs: has("worklogs"),
        }
    }
}

/// Renders worklogs as rows.
#[derive(Debug)]
pub struct Renderer<'a> {
    /// The site.
    pub site: &'a State,
    /// The expanded items.
    pub expand: Expand,
    /// Zone of `started`; UTC with `Z` when absent.
    pub tz: Option<Tz>,
    /// Zone of the token's owner, for Jira's own timestamps.
    pub owner: Tz,
    /// Whether `started` has Jira's format when the whole worklog is shown.
    pub jira_started: bool,
    /// The revision of rows.
    pub revision: Revision,
    /// Details of issues, rendered once each.
    issues: BTreeMap<IssueId, Box<RawValue>>,
}

/// A row. With `expand=worklogs` it is the Jira worklog itself, flattened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorklogOut<'a> {
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    id: WorklogId,
    /// The issue's id: here in the whole worklog, last in the short row.
    #[serde(rename = "issueId", skip_serializing_if = "Option::is_none")]
    early_issue_id: Option<IssueId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_spent: Option<String>,
    time_spent_seconds: i64,
    started: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    author: AuthorOut<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_author: Option<AuthorOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<VisibilityOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Vec<PropertyOut<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue_id: Option<IssueId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<IssueOut<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorOut<'a> {
    account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct VisibilityOut<'a> {
    r#type: &'static str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct PropertyOut<'a> {
    key: &'static str,
    value: TrackingOut<'a>,
}

#[derive(Debug, Serialize)]
struct TrackingOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ignore_time_logged_validator_processing: Option<bool>,
    attributes: Vec<AttributeOut<'a>>,
    tracking_mode: &'static str,
}

#[derive(Debug, Serialize)]
struct AttributeOut<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a AttributeValue>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum IssueOut<'a> {
    /// The form of the document's last example.
    Older {
        id: IssueId,
    },
    Full(&'a RawValue),
}

impl<'a> Renderer<'a> {
    /// A renderer for rows.
    #[must_use]
    pub fn new(site: &'a State, expand: Expand, revision: Revision) -> Self {
        let (tz, owner, jira_started) = (None, Tz::UTC, false);
        Self { site, expand, tz, owner, jira_started, revision, issues: BTreeMap::new() }
    }

    /// Renders the details of an issue, if rows show them.
    pub fn prepare(&mut self, id: IssueId) {
        if self.expand.issues && !self.issues.contains_key(&id) {
            let written =
                self.site.issues.get(id).and_then(|issue| issues::written(self.site, issue));
            self.issues.extend(written.map(|written| (id, written)));
        }
    }

    /// The row of a worklog.
    #[must_use]
    pub fn row(&'a self, worklog: &'a Worklog) -> WorklogOut<'a> {
        let Self { site, expand, tz, owner, revision, .. } = self;
        let Worklog {
            id,
            issue,
            author,
            started,
            seconds,
            comment,
            created,
            updated,
            visibility,
            tracking,
        } = worklog;
        let full = expand.worklogs;
        let host = &site.settings.host;
        quirk!("CWK-004");
        WorklogOut {
            link: full.then(|| format!("https://{host}/rest/api/2/issue/{issue}/worklog/{id}")),
            id: *id,
            early_issue_id: full.then_some(*issue),
            time_spent: full.then(|| time_spent(&site.settings, *seconds)),
            time_spent_seconds: *seconds,
            started: if full && self.jira_started {
                jira_stamp(*started, tz.unwrap_or(*owner))
            } else {
                stamp(*started, *tz)
            },
            created: full.then(|| jira_stamp(*created, *owner)),
            updated: full.then(|| jira_stamp(*updated, *owner)),
            comment: comment.as_deref().filter(|_| full),
            author: self.author(*author, expand.authors, expand.emails),
            update_author: full.then(|| self.author(*author, false, false)),
            visibility: visibility
                .as_deref()
                .filter(|_| full)
                .map(|value| VisibilityOut { r#type: "group", value }),
            properties: full.then(|| tracking.iter().map(|t| property(t)).collect()),
            issue_id: (!full).then_some(*issue),
            issue: match self.issues.get(issue) {
                Some(written) => Some(IssueOut::Full(written)),
                None if *revision == Revision::Documented && !full => {
                    Some(IssueOut::Older { id: *issue })
                }
                None => None,
            },
        }
    }

    fn author(&self, id: UserId, details: bool, email: bool) -> AuthorOut<'a> {
        let user = self.site.users.get(id);
        AuthorOut {
            account_id: user.map_or("", |user| &user.account_id),
            display_name: user.filter(|_| details).map(|user| user.name.as_str()),
            email_address: user
                .filter(|user| email && user.email_visible)
                .map(|u| u.email.as_str()),
        }
    }
}

fn property(tracking: &Tracking) -> PropertyOut<'_> {
    let Tracking { manual, attributes } = tracking;
    PropertyOut {
        key: "clockwork",
        value: TrackingOut {
            ignore_time_logged_validator_processing: manual.then_some(true),
            attributes: attributes
                .iter()
                .map(|(key, value)| AttributeOut { key, value: value.as_ref() })
                .collect(),
            tracking_mode: if *manual { "manual" } else { "timer" },
        },
    }
}

/// `2021-03-08T14:23:35Z`, or with the offset of `tz`.
fn stamp(at: DateTime<Utc>, tz: Option<Tz>) -> String {
    match tz {
        None | Some(Tz::UTC | Tz::Etc__UTC) => at.to_rfc3339_opts(SecondsFormat::Secs, true),
        Some(tz) => at.with_timezone(&tz).to_rfc3339_opts(SecondsFormat::Secs, false),
    }
}

/// `2021-03-08T15:23:36.120+0100`
fn jira_stamp(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
}
