//! Worklog rows. Keys that have nothing to say are absent, never null; all ids are strings.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::kernel::civil::Tz;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::jira::model::{
    AttributeValue, Issue, IssueId, State, Tracking, UserId, Worklog, WorklogId,
};
use crate::vendors::jira::rules::worklogs::time_spent;

/// What a request asks to see.
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

/// What rows are made with.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The site.
    pub site: &'a State,
    /// What to show.
    pub expand: Expand,
    /// Zone of `started`; UTC with `Z` when absent.
    pub tz: Option<Tz>,
    /// Zone of the token's owner, in which Jira's own stamps are shown.
    pub owner: Tz,
    /// Which generation of rows.
    pub revision: Revision,
}

/// A row. With `expand=worklogs` it is the Jira worklog itself, flattened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorklogOut<'a> {
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    id: WorklogId,
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
    issue_id: IssueId,
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
struct IssueOut<'a> {
    id: IssueId,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<FieldsOut<'a>>,
}

#[derive(Debug, Serialize)]
struct FieldsOut<'a> {
    summary: &'a str,
    project: ProjectOut<'a>,
    issuetype: KindOut,
    status: NameOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentOut<'a>>,
    assignee: Option<AuthorOut<'a>>,
    description: Option<&'a str>,
    labels: &'a [String],
}

#[derive(Debug, Serialize)]
struct ProjectOut<'a> {
    id: String,
    key: &'a str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct KindOut {
    id: String,
    name: &'static str,
    subtask: bool,
}

#[derive(Debug, Serialize)]
struct NameOut {
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct ParentOut<'a> {
    id: IssueId,
    key: &'a str,
    fields: ParentFieldsOut<'a>,
}

#[derive(Debug, Serialize)]
struct ParentFieldsOut<'a> {
    summary: &'a str,
}

impl<'a> Frame<'a> {
    /// The row of a worklog.
    #[must_use]
    pub fn row(&self, worklog: &'a Worklog) -> WorklogOut<'a> {
        let Self { site, expand, tz, owner, revision } = *self;
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
        let found = site.issues.get(*issue);
        let link = format!("https://{}/rest/api/2/issue/{issue}/worklog/{id}", site.host);
        quirk!("CWK-004");
        let older = revision == Revision::Documented && !full;
        WorklogOut {
            link: full.then_some(link),
            id: *id,
            time_spent: full.then(|| time_spent(*seconds)),
            time_spent_seconds: *seconds,
            started: stamp(*started, tz),
            created: full.then(|| jira_stamp(*created, owner)),
            updated: full.then(|| jira_stamp(*updated, owner)),
            comment: comment.as_deref().filter(|_| full),
            author: self.author(*author, expand.authors, expand.emails),
            update_author: full.then(|| self.author(*author, false, false)),
            visibility: visibility
                .as_deref()
                .filter(|_| full)
                .map(|value| VisibilityOut { r#type: "group", value }),
            properties: full.then(|| tracking.iter().map(|t| property(t)).collect()),
            issue_id: *issue,
            issue: match found {
                Some(found) if expand.issues => Some(self.issue(found)),
                // The document's last example still has this form beside the newer one.
                _ if older => Some(IssueOut { id: *issue, key: None, fields: None }),
                _ => None,
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

    fn issue(&self, issue: &'a Issue) -> IssueOut<'a> {
        let project = self.site.projects.get(issue.project);
        let parent = issue.parent.or(issue.epic).and_then(|id| self.site.issues.get(id));
        IssueOut {
            id: issue.id,
            key: Some(&issue.key),
            fields: Some(FieldsOut {
                summary: &issue.summary,
                project: ProjectOut {
                    id: issue.project.to_string(),
                    key: project.map_or("", |project| &project.key),
                    name: project.map_or("", |project| &project.name),
                },
                issuetype: KindOut {
                    id: issue.kind.id.to_string(),
                    name: issue.kind.name,
                    subtask: issue.kind.subtask,
                },
                status: NameOut { name: issue.status.name },
                parent: parent.map(|parent| ParentOut {
                    id: parent.id,
                    key: &parent.key,
                    fields: ParentFieldsOut { summary: &parent.summary },
                }),
                assignee: issue.assignee.map(|id| self.author(id, true, false)),
                description: None,
                labels: &issue.labels,
            }),
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
