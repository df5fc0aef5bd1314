//! Issues with their worklogs nested, in Jira's version 2 form. Source: 002:24-102.

use chrono::{SecondsFormat, SubsecRound};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::kernel::abandon;
use crate::kernel::civil::Tz;
use crate::vendors::jira::model::{
    CustomField, FieldKind, FieldValue, Issue, IssueId, Priority, Project, State, Status, User,
    Worklog, WorklogId,
};
use crate::vendors::jira::rules::worklogs::time_spent;
use crate::vendors::time_tracker::rules::fields::{custom, seconds_on, value_of};
use crate::vendors::time_tracker::rules::report::IssueWork;

/// An issue with its worklogs.
#[derive(Debug, Serialize)]
pub struct IssueOut<'a> {
    expand: &'static str,
    id: IssueId,
    #[serde(rename = "self")]
    link: String,
    key: &'a str,
    fields: FieldsOut<'a>,
}

#[derive(Debug, Serialize)]
struct FieldsOut<'a> {
    summary: &'a str,
    issuetype: Value,
    /// The epic's key, in this site's field Epic Link.
    customfield_10007: Option<&'a str>,
    project: Value,
    issuelinks: [(); 0],
    priority: Value,
    resolution: Option<Value>,
    status: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Value>,
    #[serde(flatten)]
    more: Map<String, Value>,
    worklog: WorklogsOut<'a>,
}

#[derive(Debug, Serialize)]
struct WorklogsOut<'a> {
    worklogs: Vec<WorklogOut<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorklogOut<'a> {
    author: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    created: String,
    updated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<VisibilityOut<'a>>,
    started: String,
    time_spent: String,
    time_spent_seconds: i64,
    id: WorklogId,
    issue_id: IssueId,
}

#[derive(Debug, Serialize)]
struct VisibilityOut<'a> {
    r#type: &'static str,
    value: &'a str,
}

/// Renders issues.
#[derive(Debug, Clone, Copy)]
pub struct IssueRenderer<'a> {
    /// The site.
    pub site: &'a State,
    /// The zone of the key's user, for Jira's own timestamps.
    pub zone: Tz,
    /// Names of additional fields; unknown ones are ignored.
    pub more: &'a [String],
}

/// The value of Jira's `expand` on every issue.
const EXPAND: &str = "operations,versionedRepresentations,editmeta,changelog,renderedFields";

impl<'a> IssueRenderer<'a> {
    /// The issue of a row of the report.
    #[must_use]
    pub fn issue(&self, row: &'a IssueWork) -> IssueOut<'a> {
        let IssueRenderer { site, more, .. } = *self;
        let IssueWork { issue, entries } = row;
        let parent = issue.parent.and_then(|id| site.issues.get(id));
        let more = more.iter();
        IssueOut {
            expand: EXPAND,
            id: issue.id,
            link: self.rest(&format!("issue/{}", issue.id)),
            key: &issue.key,
            fields: FieldsOut {
                summary: &issue.summary,
                issuetype: json!({
                    "self": self.rest(&format!("issuetype/{}", issue.kind.id)),
                    "id": issue.kind.id.to_string(),
                    "description": issue.kind.description,
                    "iconUrl": self.web(&format!("images/icons/issuetypes/{}", issue.kind.icon)),
                    "name": issue.kind.name,
                    "subtask": issue.kind.subtask,
                }),
                customfield_10007: issue
                    .epic
                    .and_then(|id| Some(site.issues.get(id)?.key.as_str())),
                project: match site.projects.get(issue.project) {
                    None => Value::Null,
                    Some(project) => self.project(project),
                },
                issuelinks: [],
                priority: self.priority(issue.priority),
                resolution: issue.status.is_done().then(|| {
                    json!({
                        "self": self.rest("resolution/10000"),
                        "id": "10000",
                        "description": "Work has been completed on this issue.",
                        "name": "Done",
                    })
                }),
                status: self.status(issue.status),
                parent: parent.map(|parent| {
                    json!({
                        "id": parent.id,
                        "key": parent.key,
                        "self": self.rest(&format!("issue/{}", parent.id)),
                        "fields": {
                            "summary": parent.summary,
                            "status": self.status(parent.status),
                            "priority": self.priority(parent.priority),
                        },
                    })
                }),
                more: more.filter_map(|n| Some((n.clone(), self.more(issue, n)?))).collect(),
                worklog: WorklogsOut {
                    worklogs: entries.iter().map(|entry| self.worklog(&entry.worklog)).collect(),
                },
            },
        }
    }

    fn web(&self, path: &str) -> String {
        format!("https://{}/{path}", self.site.settings.host)
    }

    fn rest(&self, path: &str) -> String {
        self.web(&format!("rest/api/2/{path}"))
    }

    fn project(&self, project: &Project) -> Value {
        let avatar = |size: &str| {
            let size = if size.is_empty() { String::new() } else { format!("size={size}&") };
            self.web(&format!("secure/projectavatar?{size}avatarId=10324"))
        };
        let mut out = json!({
            "self": self.rest(&format!("project/{}", project.id)),
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "avatarUrls": {
                "48x48": avatar(""),
                "24x24": avatar("small"),
                "16x16": avatar("xsmall"),
                "32x32": avatar("medium"),
            },
        });
        if let Some((id, name)) = &project.category {
            out["projectCategory"] = json!({
                "self": self.rest(&format!("projectCategory/{id}")),
                "id": id.to_string(),
                "description": "",
                "name": name,
            });
        }
        out
    }

    fn priority(&self, priority: &Priority) -> Value {
        json!({
            "self": self.rest(&format!("priority/{}", priority.id)),
            "iconUrl": self.web(&format!("images/icons/priorities/{}", priority.icon)),
            "name": priority.name,
            "id": priority.id.to_string(),
        })
    }

    fn status(&self, status: &Status) -> Value {
        let (id, key, colour) = status.category;
        json!({
            "self": self.rest(&format!("status/{}", status.id)),
            "description": "",
            "iconUrl": self.web(""),
            "name": status.name,
            "id": status.id.to_string(),
            "statusCategory": {
                "self": self.rest(&format!("statuscategory/{id}")),
                "id": id,
                "key": key,
                "colorName": colour,
                "name": status.name,
            },
        })
    }

    fn user(&self, user: &User) -> Value {
        let mut out = json!({
            "self": self.rest(&format!("user?accountId={}", user.account_id)),
            "accountId": user.account_id,
            "displayName": user.name,
            "active": user.active,
            "timeZone": user.zone.name(),
            "accountType": "atlassian",
        });
        if user.email_visible {
            out["emailAddress"] = json!(user.email);
        }
        out
    }

    /// A field of `moreFields`; `None` for a duplicate or unknown field.
    fn more(&self, issue: &Issue, name: &str) -> Option<Value> {
        Some(match name {
            "labels" => json!(issue.labels),
            "description" => json!(issue.description),
            "assignee" => match issue.assignee.and_then(|id| self.site.users.get(id)) {
                None => Value::Null,
                Some(user) => self.user(user),
            },
            "timespent" => match seconds_on(self.site, issue.id) {
                0 => Value::Null,
                seconds => json!(seconds),
            },
            // Fields of every site that are empty here.
            "components" | "fixVersions" | "versions" | "subtasks" => json!([]),
            "duedate" | "environment" | "reporter" | "timeestimate" | "timeoriginalestimate" => {
                Value::Null
            }
            _ => {
                let field = custom(self.site, name)?;
                value_of(issue, field.id).map_or(Value::Null, |value| self.custom(field, value))
            }
        })
    }

    fn custom(&self, field: &CustomField, value: &FieldValue) -> Value {
        let choice = |choice: &String| {
            let id = field.option_id(choice);
            json!({ "self": self.rest(&format!("customFieldOption/{id}")), "value": choice, "id": id })
        };
        match value {
            FieldValue::Number(number) => json!(number),
            FieldValue::Text(text) if field.kind == FieldKind::Select => choice(text),
            FieldValue::Text(text) => json!(text),
            FieldValue::Several(choices) => choices.iter().map(choice).collect(),
        }
    }

    fn worklog(&self, worklog: &'a Worklog) -> WorklogOut<'a> {
        abandon::check();
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
            tracking: _,
        } = worklog;
        let stamp = |at: &chrono::DateTime<chrono::Utc>| {
            at.with_timezone(&self.zone).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
        };
        WorklogOut {
            author: self.site.users.get(*author).map_or("", |user| &user.account_id),
            comment: comment.as_deref(),
            created: stamp(created),
            updated: stamp(updated),
            visibility: visibility.as_deref().map(|value| VisibilityOut { r#type: "group", value }),
            started: started.trunc_subsecs(3).to_rfc3339_opts(SecondsFormat::Millis, true),
            time_spent: time_spent(&self.site.settings, *seconds),
            time_spent_seconds: *seconds,
            id: *id,
            issue_id: *issue,
        }
    }
}
