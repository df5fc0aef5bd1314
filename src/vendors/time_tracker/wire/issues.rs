//! Issues with their worklogs nested, in Jira's version 2 form. Source: document 002, lines 24 to 102.

use chrono::{SecondsFormat, SubsecRound};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::rules::report::{IssueWork, zone_of};
use crate::vendors::jira::model::{Issue, IssueId, Priority, State, Status, Worklog, WorklogId};
use crate::vendors::jira::rules::worklogs::time_spent;

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
    /// The epic's key, in the field that this site calls Epic Link.
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

/// The issue of a row of the report, with `more` fields where the site has them.
#[must_use]
pub fn issue<'a>(site: &'a State, row: &'a IssueWork, more: &[String]) -> IssueOut<'a> {
    let IssueWork { issue, worklogs } = row;
    let base = format!("https://{}/rest/api/2", site.host);
    let project = site.projects.get(issue.project);
    let done = issue.status.is_done();
    IssueOut {
        expand: "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        id: issue.id,
        link: format!("{base}/issue/{}", issue.id),
        key: &issue.key,
        fields: FieldsOut {
            summary: &issue.summary,
            issuetype: json!({
                "self": format!("{base}/issuetype/{}", issue.kind.id),
                "id": issue.kind.id.to_string(),
                "description": issue.kind.description,
                "iconUrl": format!("https://{}/images/icons/issuetypes/{}", site.host, issue.kind.icon),
                "name": issue.kind.name,
                "subtask": issue.kind.subtask,
            }),
            customfield_10007: issue.epic.and_then(|id| Some(site.issues.get(id)?.key.as_str())),
            project: project.map_or(Value::Null, |project| {
                let avatar = |size: &str| {
                    let scale =
                        if size.is_empty() { String::new() } else { format!("size={size}&") };
                    format!("https://{}/secure/projectavatar?{scale}avatarId=10324", site.host)
                };
                let mut out = json!({
                    "self": format!("{base}/project/{}", project.id),
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
                        "self": format!("{base}/projectCategory/{id}"),
                        "id": id.to_string(),
                        "description": "",
                        "name": name,
                    });
                }
                out
            }),
            issuelinks: [],
            priority: priority(&base, &site.host, issue.priority),
            resolution: done.then(|| {
                json!({
                    "self": format!("{base}/resolution/10000"),
                    "id": "10000",
                    "description": "Work has been completed on this issue.",
                    "name": "Done",
                })
            }),
            status: status(&base, &site.host, issue.status),
            parent: issue.parent.and_then(|id| site.issues.get(id)).map(|parent| {
                json!({
                    "id": parent.id,
                    "key": parent.key,
                    "self": format!("{base}/issue/{}", parent.id),
                    "fields": {
                        "summary": parent.summary,
                        "status": status(&base, &site.host, parent.status),
                        "priority": priority(&base, &site.host, parent.priority),
                    },
                })
            }),
            more: more
                .iter()
                .filter_map(|name| Some((name.clone(), extra(site, &base, issue, name)?)))
                .collect(),
            worklog: WorklogsOut {
                worklogs: worklogs.iter().map(|log| worklog(site, log)).collect(),
            },
        },
    }
}

fn priority(base: &str, host: &str, priority: &Priority) -> Value {
    json!({
        "self": format!("{base}/priority/{}", priority.id),
        "iconUrl": format!("https://{host}/images/icons/priorities/{}", priority.icon),
        "name": priority.name,
        "id": priority.id.to_string(),
    })
}

fn status(base: &str, host: &str, status: &Status) -> Value {
    let (id, key, colour) = status.category;
    json!({
        "self": format!("{base}/status/{}", status.id),
        "description": "",
        "iconUrl": format!("https://{host}/"),
        "name": status.name,
        "id": status.id.to_string(),
        "statusCategory": {
            "self": format!("{base}/statuscategory/{id}"),
            "id": id,
            "key": key,
            "colorName": colour,
            "name": status.name,
        },
    })
}

/// A field of `moreFields`; a field that the site does not have is left out.
fn extra(site: &State, base: &str, issue: &Issue, name: &str) -> Option<Value> {
    Some(match name {
        "labels" => json!(issue.labels),
        "description" => Value::Null,
        "assignee" => match issue.assignee.and_then(|id| site.users.get(id)) {
            None => Value::Null,
            Some(user) => json!({
                "self": format!("{base}/user?accountId={}", user.account_id),
                "accountId": user.account_id,
                "displayName": user.name,
                "active": user.active,
                "timeZone": user.zone.name(),
                "accountType": "atlassian",
            }),
        },
        _ => return None,
    })
}

fn worklog<'a>(site: &'a State, worklog: &'a Worklog) -> WorklogOut<'a> {
    let Worklog {
        id, issue, author, started, seconds, comment, created, updated, visibility, ..
    } = worklog;
    let zone = zone_of(site, *author);
    let stamp = |at: &chrono::DateTime<chrono::Utc>| {
        at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
    };
    WorklogOut {
        author: site.users.get(*author).map_or("", |user| &user.account_id),
        comment: comment.as_deref(),
        created: stamp(created),
        updated: stamp(updated),
        visibility: visibility.as_deref().map(|value| VisibilityOut { r#type: "group", value }),
        started: started.trunc_subsecs(3).to_rfc3339_opts(SecondsFormat::Millis, true),
        time_spent: time_spent(*seconds),
        time_spent_seconds: *seconds,
        id: *id,
        issue_id: *issue,
    }
}
