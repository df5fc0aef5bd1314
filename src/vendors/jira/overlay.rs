//! `jira.json` beside a scenario: what only a Jira site has. The sections of its two add-ons are read by
//! the add-ons themselves.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::model::{AttributeValue, FieldKind, FieldValue};
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, SeedError};

/// The file. People are named by their id in the scenario, or by the e-mail of a user that is there
/// already; issues and projects by key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JiraOverlay {
    /// Host name of the site.
    pub host: Option<String>,
    /// Hours that count as a working day.
    pub working_hours_per_day: Option<u8>,
    /// Days that count as a working week.
    pub working_days_per_week: Option<u8>,
    /// People in Jira's terms, and users that exist in Jira only.
    pub users: Vec<UserIn>,
    /// Groups with their people.
    pub groups: Vec<GroupIn>,
    /// Projects that are nowhere else, and other names of projects.
    pub projects: Vec<ProjectIn>,
    /// Project categories with the keys of their projects.
    pub categories: Vec<CategoryIn>,
    /// Custom fields of issues.
    pub fields: Vec<FieldIn>,
    /// Tasks in Jira's terms, and issues that exist in Jira only.
    pub issues: Vec<IssueIn>,
    /// Saved filters.
    pub filters: Vec<FilterIn>,
    /// People whose e-mail is hidden.
    pub hidden_emails: Vec<String>,
    /// Worklogs in Jira's terms, and worklogs that exist in Jira only.
    pub worklogs: Vec<WorklogIn>,
    /// Settings and tokens of Clockwork.
    pub clockwork: Value,
    /// Settings and keys of Time Tracker.
    pub time_tracker: Value,
}

/// A user.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserIn {
    /// Id of the person.
    pub person: String,
    /// Account id; derived from the e-mail when left out.
    pub account_id: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// E-mail; makes a new user of an unknown person.
    pub email: Option<String>,
    /// Time zone.
    pub zone: Option<String>,
    /// Whether the account is active.
    pub active: Option<bool>,
}

/// A group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupIn {
    /// Its name.
    pub name: String,
    /// Its people.
    pub people: Vec<String>,
}

/// A project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectIn {
    /// Its key.
    pub key: String,
    /// Full name.
    pub name: Option<String>,
    /// Those who may browse it; `null` for everybody.
    #[serde(default)]
    pub members: Option<Vec<String>>,
}

/// A project category.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryIn {
    /// Its name.
    pub name: String,
    /// Keys of its projects.
    pub projects: Vec<String>,
}

/// A custom field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldIn {
    /// The number in its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Kind of its values.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// The choices of a select or multiselect field.
    #[serde(default)]
    pub options: Vec<String>,
}

/// An issue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueIn {
    /// Its key.
    pub key: String,
    /// Its title; makes a new issue of an unknown key.
    pub summary: Option<String>,
    /// Long text in wiki markup.
    pub description: Option<String>,
    /// Name of its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Name of its status.
    pub status: Option<String>,
    /// Name of its priority.
    pub priority: Option<String>,
    /// Assignee.
    pub assignee: Option<String>,
    /// Key of the issue above a sub-task.
    pub parent: Option<String>,
    /// Key of its epic.
    pub epic: Option<String>,
    /// Labels.
    pub labels: Option<Vec<String>>,
    /// Values of custom fields by the number of the field.
    #[serde(default)]
    pub fields: BTreeMap<u64, FieldValue>,
}

/// A saved filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterIn {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The search.
    pub jql: String,
}

/// What only Jira knows of the worklogs of a person on an issue; with `start` and `seconds` a worklog of
/// its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklogIn {
    /// The author.
    pub who: String,
    /// The issue's key.
    pub on: String,
    /// Which of those in the scenario, counted from 0 in its order; all when left out.
    pub nth: Option<usize>,
    /// When a worklog of its own began, spelt as in a scenario.
    pub start: Option<String>,
    /// Duration in seconds.
    pub seconds: Option<i64>,
    /// When it was recorded, spelt like `start`; a minute after it ended when left out.
    pub created: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// The group that alone may see them.
    pub visibility: Option<String>,
    /// Whether they were typed in rather than clocked.
    pub manual: Option<bool>,
    /// Worklog attributes.
    #[serde(default)]
    pub attributes: Vec<AttributeIn>,
}

/// A worklog attribute.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeIn {
    /// Its key.
    pub key: String,
    /// Its value, if it has one.
    pub value: Option<AttributeValue>,
}

/// Decodes the section of an add-on; one that is left out is an empty object.
///
/// # Errors
/// With the field that does not fit.
pub fn section<T: DeserializeOwned>(
    file: &Overlay,
    name: &str,
    value: &Value,
) -> Result<T, SeedError> {
    let nothing = Value::Object(serde_json::Map::new());
    let value = if value.is_null() { &nothing } else { value };
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { name.to_owned() } else { format!("{name}.{path}") };
        misfit(file, &field, error.into_inner().to_string())
    })
}
