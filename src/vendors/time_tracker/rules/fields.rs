//! Issue fields by Jira's name, for exports and groupings.

use std::sync::Arc;

use crate::vendors::jira::model::{
    CustomField, FieldId, FieldKind, FieldValue, Issue, IssueId, State, User, WorklogBy,
};

/// The content of a field of an issue.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldContent {
    /// No value, or no such field on the site.
    Nothing,
    /// A text or the name of a choice.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// A number.
    Number(f64),
    /// A duration in seconds.
    Seconds(i64),
    /// A user.
    User(Arc<User>),
    /// Another issue.
    Issue(Arc<Issue>),
}

/// The content of the field of this name.
#[must_use]
pub fn content_of(site: &State, issue: &Issue, name: &str) -> FieldContent {
    let text = |text: &str| FieldContent::Text(text.to_owned());
    let linked = |id: Option<IssueId>| {
        let issue = id.and_then(|id| site.issues.get(id));
        issue.map_or(FieldContent::Nothing, |issue| FieldContent::Issue(Arc::clone(issue)))
    };
    let project = || site.projects.get(issue.project);
    match name {
        "summary" => text(&issue.summary),
        "issuetype" => text(issue.kind.name),
        "status" => text(issue.status.name),
        "priority" => text(issue.priority.name),
        "resolution" if issue.status.is_done() => text("Done"),
        "description" => issue.description.as_deref().map_or(FieldContent::Nothing, text),
        "project" => project().map_or(FieldContent::Nothing, |project| text(&project.name)),
        "projectkey" => project().map_or(FieldContent::Nothing, |project| text(&project.key)),
        "projectcategory" => {
            let category = project().and_then(|project| project.category.as_ref());
            category.map_or(FieldContent::Nothing, |(_, name)| text(name))
        }
        "labels" => FieldContent::Texts(issue.labels.clone()),
        "assignee" => {
            let user = issue.assignee.and_then(|id| site.users.get(id));
            user.map_or(FieldContent::Nothing, |user| FieldContent::User(Arc::clone(user)))
        }
        "parent" => linked(issue.parent),
        EPIC_LINK => linked(issue.epic),
        "timespent" => match seconds_on(site, issue.id) {
            0 => FieldContent::Nothing,
            seconds => FieldContent::Seconds(seconds),
        },
        _ => match custom(site, name) {
            None => FieldContent::Nothing,
            Some(field) => match value_of(issue, field.id) {
                None => FieldContent::Nothing,
                Some(FieldValue::Text(value)) => text(value),
                Some(FieldValue::Number(number)) => FieldContent::Number(*number),
                Some(FieldValue::Several(values)) => FieldContent::Texts(values.clone()),
            },
        },
    }
}

/// The custom field for the epic of an issue. Source: 002:40.
pub const EPIC_LINK: &str = "customfield_10007";

/// The custom field of this name.
#[must_use]
pub fn custom<'a>(site: &'a State, name: &str) -> Option<&'a Arc<CustomField>> {
    let id: FieldId = name.strip_prefix("customfield_")?.parse().ok()?;
    site.fields.get(id)
}

/// The value of a custom field of an issue.
#[must_use]
pub fn value_of(issue: &Issue, field: FieldId) -> Option<&FieldValue> {
    issue.fields.iter().find(|(id, _)| *id == field).map(|(_, value)| value)
}

/// Total seconds recorded on an issue by all users.
#[must_use]
pub fn seconds_on(site: &State, issue: IssueId) -> i64 {
    use chrono::{DateTime, Utc};
    let all = WorklogBy::Issue(issue, DateTime::<Utc>::MIN_UTC)
        ..=WorklogBy::Issue(issue, DateTime::<Utc>::MAX_UTC);
    site.worklogs.scan(all).map(|worklog| worklog.seconds).fold(0, i64::saturating_add)
}

/// The display name of a field.
#[must_use]
pub fn label(site: &State, name: &str) -> String {
    let known = match name {
        "issuetype" => "Issue Type",
        "assignee" => "Assignee",
        "labels" => "Labels",
        "status" => "Status",
        "priority" => "Priority",
        "resolution" => "Resolution",
        "description" => "Description",
        "project" => "Project",
        "projectkey" => "Project Key",
        "projectcategory" => "Project Category",
        "summary" => "Summary",
        "parent" => "Parent",
        "timespent" => "Time Spent",
        EPIC_LINK => "Epic Link",
        _ => return custom(site, name).map_or_else(|| name.to_owned(), |f| f.name.clone()),
    };
    known.to_owned()
}

/// Whether values of a field add up.
#[must_use]
pub fn adds_up(site: &State, name: &str) -> bool {
    name == "timespent" || custom(site, name).is_some_and(|field| field.kind == FieldKind::Number)
}
