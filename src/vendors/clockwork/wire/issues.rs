//! Issue details in Jira's version 2 form: texts as wiki markup, custom fields by number.
//! Source: jira-vendors.md:1.3.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::vendors::jira::model::{CustomField, FieldKind, FieldValue, Issue, IssueId, State};

#[derive(Debug, Serialize)]
struct IssueOut<'a> {
    id: IssueId,
    key: &'a str,
    fields: FieldsOut<'a>,
}

#[derive(Debug, Serialize)]
struct FieldsOut<'a> {
    summary: &'a str,
    project: Value,
    issuetype: Value,
    status: Value,
    priority: Value,
    resolution: Option<Value>,
    /// The parent, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Value>,
    assignee: Option<Value>,
    description: Option<&'a str>,
    labels: &'a [String],
    /// The epic's key, in this site's field Epic Link.
    customfield_10007: Option<&'a str>,
    #[serde(flatten)]
    custom: Map<String, Value>,
}

/// The details of an issue as JSON text.
pub(super) fn written(site: &State, issue: &Issue) -> Option<Box<RawValue>> {
    let project = site.projects.get(issue.project)?;
    let epic = issue.epic.and_then(|id| site.issues.get(id));
    let parent = issue.parent.and_then(|id| site.issues.get(id)).or(epic);
    let assignee = issue.assignee.and_then(|id| site.users.get(id));
    to_raw_value(&IssueOut {
        id: issue.id,
        key: &issue.key,
        fields: FieldsOut {
            summary: &issue.summary,
            project: json!({ "id": project.id, "key": project.key, "name": project.name }),
            issuetype: json!({
                "id": issue.kind.id.to_string(),
                "name": issue.kind.name,
                "subtask": issue.kind.subtask,
            }),
            status: json!({ "id": issue.status.id.to_string(), "name": issue.status.name }),
            priority: json!({ "id": issue.priority.id.to_string(), "name": issue.priority.name }),
            resolution: issue.status.is_done().then(|| json!({ "id": "10000", "name": "Done" })),
            parent: parent.map(|parent| {
                let fields = json!({ "summary": parent.summary });
                json!({ "id": parent.id, "key": parent.key, "fields": fields })
            }),
            assignee: assignee
                .map(|user| json!({ "accountId": user.account_id, "displayName": user.name })),
            description: issue.description.as_deref(),
            labels: &issue.labels,
            customfield_10007: epic.map(|epic| epic.key.as_str()),
            custom: site.fields.iter().map(|field| custom(field, issue)).collect(),
        },
    })
    .ok()
}

/// A custom field with its value, or `null`.
fn custom(field: &CustomField, issue: &Issue) -> (String, Value) {
    let choice = |choice: &String| json!({ "value": choice, "id": field.option_id(choice) });
    let value = issue.fields.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value);
    let value = match value {
        None => Value::Null,
        Some(FieldValue::Number(number)) => json!(number),
        Some(FieldValue::Text(text)) if field.kind == FieldKind::Select => choice(text),
        Some(FieldValue::Text(text)) => json!(text),
        Some(FieldValue::Several(choices)) => choices.iter().map(choice).collect(),
    };
    (field.name_in_json(), value)
}
