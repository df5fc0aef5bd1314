//! Custom fields.

use serde::{Deserialize, Serialize};

use super::field_content::ContentOut;
use super::loose::{LooseBool, Text};
use crate::http::body::Field;
use crate::vendors::clockify::model::fields::{
    CustomField, FieldContent, FieldEntity, FieldStatus, FieldType, ProjectDefault,
};
use crate::vendors::clockify::model::{FieldId, ProjectId, State, WorkspaceId};
use crate::vendors::clockify::rules::custom_fields::{FieldDraft, ProjectFieldUpdate};

/// A custom field. Source: 001:3539-3561, clockify.md:4.10.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomFieldOut<'a> {
    id: FieldId,
    workspace_id: WorkspaceId,
    name: &'a str,
    r#type: FieldType,
    entity_type: FieldEntity,
    status: FieldStatus,
    allowed_values: &'a [String],
    required: bool,
    only_admin_can_edit: bool,
    placeholder: Option<&'a str>,
    description: Option<&'a str>,
    project_default_values: Vec<ProjectDefaultOut<'a>>,
    workspace_default_value: Option<ContentOut<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectDefaultOut<'a> {
    project_id: ProjectId,
    value: Option<ContentOut<'a>>,
    status: FieldStatus,
}

impl<'a> CustomFieldOut<'a> {
    /// Renders a field, without the defaults of deleted projects.
    #[must_use]
    pub fn new(state: &State, field: &'a CustomField) -> Self {
        let CustomField {
            id,
            workspace,
            name,
            entity,
            kind,
            status,
            allowed_values,
            required,
            only_admin_can_edit,
            placeholder,
            description,
            default,
            projects,
        } = field;
        let projects = projects.iter().filter(|own| state.projects.get(own.project).is_some());
        Self {
            id: *id,
            workspace_id: *workspace,
            name,
            r#type: *kind,
            entity_type: *entity,
            status: *status,
            allowed_values,
            required: *required,
            only_admin_can_edit: *only_admin_can_edit,
            placeholder: placeholder.as_deref(),
            description: description.as_deref(),
            project_default_values: projects.map(ProjectDefaultOut::from).collect(),
            workspace_default_value: default.as_ref().map(ContentOut),
        }
    }
}

impl<'a> From<&'a ProjectDefault> for ProjectDefaultOut<'a> {
    fn from(own: &'a ProjectDefault) -> Self {
        let ProjectDefault { project, value, status } = own;
        Self { project_id: *project, value: value.as_ref().map(ContentOut), status: *status }
    }
}

/// The body that creates or updates a custom field.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomFieldIn {
    name: Field<Text>,
    r#type: Field<FieldType>,
    entity_type: Field<FieldEntity>,
    status: Field<FieldStatus>,
    allowed_values: Field<Vec<Text>>,
    required: Field<LooseBool>,
    only_admin_can_edit: Field<LooseBool>,
    placeholder: Field<Text>,
    description: Field<Text>,
    workspace_default_value: Field<FieldContent>,
}

impl From<CustomFieldIn> for FieldDraft {
    fn from(field: CustomFieldIn) -> Self {
        let CustomFieldIn {
            name,
            r#type,
            entity_type,
            status,
            allowed_values,
            required,
            only_admin_can_edit,
            placeholder,
            description,
            workspace_default_value,
        } = field;
        let text = |field: Field<Text>| field.change().map(|text| text.map(|text| text.0));
        let truth = |field: Field<LooseBool>| field.value().map(|truth| truth.0);
        let texts = |texts: Vec<Text>| texts.into_iter().map(|text| text.0).collect();
        Self {
            name: name.value().map(|name| name.0),
            kind: r#type.value(),
            entity: entity_type.value(),
            status: status.value(),
            allowed_values: allowed_values.value().map(texts),
            required: truth(required),
            only_admin_can_edit: truth(only_admin_can_edit),
            placeholder: text(placeholder),
            description: text(description),
            default: workspace_default_value.change(),
        }
    }
}

/// The body that sets the default value and status of a custom field on a project.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectFieldPatch {
    default_value: Field<FieldContent>,
    status: Field<FieldStatus>,
}

impl From<ProjectFieldPatch> for ProjectFieldUpdate {
    fn from(patch: ProjectFieldPatch) -> Self {
        let ProjectFieldPatch { default_value, status } = patch;
        Self { value: default_value.change(), status: status.value() }
    }
}
