//! Issues and their custom fields.

use serde::{Deserialize, Serialize};

use super::terms::{self, IssueType, Priority, Status};
use super::{FieldId, IssueId, ProjectId, UserId};
use crate::kernel::table::Row;

/// An issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// Jira id.
    pub id: IssueId,
    /// E.g. `SSP-13`.
    pub key: String,
    /// Its project.
    pub project: ProjectId,
    /// Title.
    pub summary: String,
    /// Description in wiki markup, as in version 2 of Jira's API.
    pub description: Option<String>,
    /// Issue type.
    #[serde(with = "terms")]
    pub kind: &'static IssueType,
    /// Status.
    #[serde(with = "terms")]
    pub status: &'static Status,
    /// Priority.
    #[serde(with = "terms")]
    pub priority: &'static Priority,
    /// Assignee.
    pub assignee: Option<UserId>,
    /// The parent of a sub-task.
    pub parent: Option<IssueId>,
    /// Its epic.
    pub epic: Option<IssueId>,
    /// Labels.
    pub labels: Vec<String>,
    /// Values of custom fields.
    pub fields: Vec<(FieldId, FieldValue)>,
}

/// Index of issues.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueBy {
    /// By key.
    Key(String),
    /// Of a project.
    Project(ProjectId),
}

impl Row for Issue {
    type Key = IssueId;
    type Index = IssueBy;

    fn key(&self) -> IssueId {
        self.id
    }

    fn index(&self) -> Vec<IssueBy> {
        vec![IssueBy::Key(self.key.clone()), IssueBy::Project(self.project)]
    }
}

/// A custom field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomField {
    /// Number in its id.
    pub id: FieldId,
    /// Its name.
    pub name: String,
    /// Kind of its values.
    pub kind: FieldKind,
    /// The choices of a select or multiselect field.
    pub options: Vec<String>,
}

/// Kind of a custom field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// A number.
    Number,
    /// One choice of a list.
    Select,
    /// Several choices of a list.
    Multiselect,
}

/// The value of a custom field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Of a number field.
    Number(f64),
    /// Of a text field, or the choice of a select field.
    Text(String),
    /// The choices of a multiselect field.
    Several(Vec<String>),
}

impl CustomField {
    /// `customfield_10050`
    #[must_use]
    pub fn name_in_json(&self) -> String {
        format!("customfield_{}", self.id)
    }

    /// Jira's id of a choice.
    #[must_use]
    pub fn option_id(&self, choice: &str) -> String {
        let place = self.options.iter().position(|option| option == choice).unwrap_or(0);
        format!("{}{place:02}", self.id)
    }

    /// Whether the value fits the field.
    #[must_use]
    pub fn takes(&self, value: &FieldValue) -> bool {
        match (self.kind, value) {
            (FieldKind::Number, FieldValue::Number(number)) => number.is_finite(),
            (FieldKind::Text, FieldValue::Text(_)) => true,
            (FieldKind::Select, FieldValue::Text(choice)) => self.options.contains(choice),
            (FieldKind::Multiselect, FieldValue::Several(choices)) => {
                choices.iter().all(|choice| self.options.contains(choice))
            }
            _ => false,
        }
    }
}

impl Row for CustomField {
    type Key = FieldId;
    type Index = ();

    fn key(&self) -> FieldId {
        self.id
    }

    fn index(&self) -> Vec<()> {
        Vec::new()
    }
}
