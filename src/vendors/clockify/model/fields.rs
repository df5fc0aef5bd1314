//! Custom fields and their values.

use serde::{Deserialize, Serialize};

use super::names::Folded;
use super::{FieldId, ProjectId, WorkspaceId};
use crate::kernel::table::Row;

/// A custom field. Source: 001:3538-3562, clockify.md:4.10.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomField {
    /// Its id.
    pub id: FieldId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The type of entity that it belongs to.
    pub entity: FieldEntity,
    /// Its type.
    pub kind: FieldType,
    /// Its status on projects that do not override it.
    pub status: FieldStatus,
    /// The choices of a drop-down field.
    pub allowed_values: Vec<String>,
    /// True if a value is required.
    pub required: bool,
    /// True if only administrators may set it.
    pub only_admin_can_edit: bool,
    /// Text that is shown while it is empty.
    pub placeholder: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its default value.
    pub default: Option<FieldContent>,
    /// Its defaults on single projects, at most one per project.
    pub projects: Vec<ProjectDefault>,
}

impl CustomField {
    /// The default and status on a project: the project's own, else the workspace's.
    #[must_use]
    pub fn on(&self, project: Option<ProjectId>) -> (Option<&FieldContent>, FieldStatus) {
        let own = project
            .and_then(|project| self.projects.iter().find(|default| default.project == project));
        match own {
            Some(own) => (own.value.as_ref(), own.status),
            None => (self.default.as_ref(), self.status),
        }
    }
}

/// The index of custom fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldBy {
    /// By workspace and name.
    Name(WorkspaceId, Folded),
}

impl Row for CustomField {
    type Key = FieldId;
    type Index = FieldBy;

    fn key(&self) -> FieldId {
        self.id
    }

    fn index(&self) -> Vec<FieldBy> {
        vec![FieldBy::Name(self.workspace, Folded::of(&self.name))]
    }
}

/// The type of entity that a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldEntity {
    /// Time entries.
    #[default]
    Timeentry,
    /// Members.
    User,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldType {
    /// A text.
    Txt,
    /// A number.
    Number,
    /// One of the choices.
    DropdownSingle,
    /// Several of the choices.
    DropdownMultiple,
    /// A checkbox.
    Checkbox,
    /// A web address.
    Link,
}

/// The status of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldStatus {
    /// Not used.
    Inactive,
    /// Used and shown.
    Visible,
    /// Used, but hidden in the vendor's own apps.
    Invisible,
}

/// A field's default and status on a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectDefault {
    /// The project.
    pub project: ProjectId,
    /// The default on this project.
    pub value: Option<FieldContent>,
    /// The status on this project.
    pub status: FieldStatus,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a value is a text, a number, a truth value or a list of texts")]
pub enum FieldContent {
    /// The state of a checkbox.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text, a single choice or a link.
    Text(String),
    /// Several choices.
    Choices(Vec<String>),
}

impl FieldContent {
    /// True if a field of this type may hold it.
    #[must_use]
    pub fn fits(&self, kind: FieldType) -> bool {
        match kind {
            FieldType::Txt | FieldType::DropdownSingle | FieldType::Link => {
                matches!(self, Self::Text(_))
            }
            FieldType::Number => matches!(self, Self::Number(_)),
            FieldType::DropdownMultiple => matches!(self, Self::Choices(_)),
            FieldType::Checkbox => matches!(self, Self::Truth(_)),
        }
    }
}

impl FieldContent {
    /// Converts it for a field of this type: a number or Boolean written as text is parsed. `None`
    /// if it does not fit the type. Source: clockify.md:4.6.
    #[must_use]
    pub fn read_as(self, kind: FieldType) -> Option<Self> {
        let read = match (kind, self) {
            (FieldType::Number, Self::Text(text)) => {
                let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
                Self::Number(number?)
            }
            (FieldType::Checkbox, Self::Text(text)) => Self::Truth(text.trim().parse().ok()?),
            (_, content) => content,
        };
        read.fits(kind).then_some(read)
    }
}

/// A custom field's value on a time entry or a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// The field.
    pub field: FieldId,
    /// Its value. `None` if it was cleared.
    pub value: Option<FieldContent>,
}
