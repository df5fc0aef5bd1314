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
    /// What it belongs to.
    pub entity: FieldEntity,
    /// What it holds.
    pub kind: FieldType,
    /// Whether it is shown where no project says otherwise.
    pub status: FieldStatus,
    /// Choices of a drop-down.
    pub allowed_values: Vec<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether administrators alone may set it.
    pub only_admin_can_edit: bool,
    /// Shown while it is empty.
    pub placeholder: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What it holds unless a project or entry says otherwise.
    pub default: Option<FieldContent>,
    /// What single projects say of it, each project once.
    pub projects: Vec<ProjectDefault>,
}

impl CustomField {
    /// Default and status on a project: the project's own, else the workspace's.
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

/// How custom fields are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldBy {
    /// Of a workspace, by name.
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

/// What a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldEntity {
    /// Time entries.
    #[default]
    Timeentry,
    /// Members.
    User,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldType {
    /// A text.
    Txt,
    /// A number.
    Number,
    /// One of the choices.
    DropdownSingle,
    /// Any of the choices.
    DropdownMultiple,
    /// A tick.
    Checkbox,
    /// A web address.
    Link,
}

/// Whether a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldStatus {
    /// Not in use.
    Inactive,
    /// In use and shown.
    Visible,
    /// In use, though the vendor's own apps do not show it.
    Invisible,
}

/// What a project says of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectDefault {
    /// The project.
    pub project: ProjectId,
    /// The value on it.
    pub value: Option<FieldContent>,
    /// The status on it.
    pub status: FieldStatus,
}

/// The content of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a value is a text, a number, a truth value or a list of texts")]
pub enum FieldContent {
    /// A tick.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text, one choice or an address.
    Text(String),
    /// Several choices.
    Choices(Vec<String>),
}

impl FieldContent {
    /// Whether a field of this type may hold it.
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
    /// The same as a field of this type holds it: a number or tick written as text becomes one. Nothing
    /// when a field of this type may not hold it. Source: clockify.md:4.6.
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

/// A field filled in on a time entry or a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// The field.
    pub field: FieldId,
    /// What it holds; nothing when it was emptied.
    pub value: Option<FieldContent>,
}
