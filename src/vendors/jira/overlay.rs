//! The overlay `jira.json`: what only a Jira site has. The two add-ons read their own sections.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::model::{AttributeValue, FieldKind, FieldValue};
use crate::kernel::position::{message, path_of};
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, SeedError};

/// The file. It refers to people by their id in the scenario or by the e-mail of an existing user, and to issues
/// and projects by key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JiraOverlay {
    /// Host name of the site.
    pub host: Option<String>,
    /// Hours in a working day.
    pub working_hours_per_day: Option<u8>,
    /// Days in a working week.
    pub working_days_per_week: Option<u8>,
    /// Jira's data on people, and users that only Jira has.
    pub users: Vec<UserIn>,
    /// Groups with their members.
    pub groups: Vec<GroupIn>,
    /// Projects that only Jira has, and Jira's names of other projects.
    pub projects: Vec<ProjectIn>,
    /// Project categories with the keys of their projects.
    pub categories: Vec<CategoryIn>,
    /// Custom fields of issues.
    pub fields: Vec<FieldIn>,
    /// Jira's data on tasks, and issues that only Jira has.
    pub issues: Vec<IssueIn>,
    /// Saved filters.
    pub filters: Vec<FilterIn>,
    /// People with a hidden e-mail.
    pub hidden_emails: Vec<String>,
    /// Jira's data on worklogs, and worklogs that only Jira has.
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
    /// Account id; derived from the e-mail when absent.
    pub account_id: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// E-mail; required for a new user.
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
    /// Its members.
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
    /// The users who may browse it; `null` for all.
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
    /// Number in its id.
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
    /// Its title; required for a new issue.
    pub summary: Option<String>,
    /// Description in wiki markup.
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
    /// Key of a sub-task's parent.
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

/// Jira's data on the worklogs of a person on an issue; with `start` and `seconds` a new worklog.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklogIn {
    /// The author.
    pub who: String,
    /// The issue's key.
    pub on: String,
    /// Position among the person's worklogs on the issue in the scenario, counted from 0; all when absent.
    pub nth: Option<usize>,
    /// Start of a new worklog, spelt as in a scenario.
    pub start: Option<String>,
    /// Duration in seconds.
    pub seconds: Option<i64>,
    /// When it was recorded, spelt like `start`; by default a minute after its end.
    pub created: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// The only group that may see them.
    pub visibility: Option<String>,
    /// Whether they were entered by hand, not recorded by a timer.
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

/// Decodes the section of an add-on; an absent section is an empty object.
///
/// # Errors
/// The field that does not fit.
pub fn section<T: DeserializeOwned>(
    file: &Overlay,
    name: &str,
    value: &Value,
) -> Result<T, SeedError> {
    let nothing = Value::Object(serde_json::Map::new());
    let value = if value.is_null() { &nothing } else { value };
    let text = value.to_string().into_bytes();
    serde_json::from_slice(&text).map_err(|error| {
        let path = path_of(&text, &error, &mut |text| serde_json::from_slice::<T>(text).err());
        let field = if path.is_empty() { name.to_owned() } else { format!("{name}.{path}") };
        misfit(file, &field, message(&error))
    })
}
