//! Custom fields that time entries get when they are created.

use crate::quirk;
use crate::vendors::clockify::model::fields::{FieldBy, FieldEntity, FieldStatus, FieldValue};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::{ProjectId, State, WorkspaceId};

/// The fields of a new entry on a project, with their defaults: all fields for entries that are
/// active there. Source: clockify.md:4.6.
#[must_use]
pub fn attached(
    state: &State,
    workspace: WorkspaceId,
    project: Option<ProjectId>,
) -> Vec<FieldValue> {
    let fields = state.fields.scan(Folded::all(|name| FieldBy::Name(workspace, name)));
    let fields = fields.filter(|field| field.entity == FieldEntity::Timeentry);
    // Most workspaces have only a few. The result is shrunk to fit.
    let mut used = Vec::with_capacity(8);
    used.extend(fields.filter_map(|field| {
        let (value, status) = field.on(project);
        quirk!("CFY-336");
        (status != FieldStatus::Inactive).then_some((field.id, value))
    }));
    used.into_iter().map(|(field, value)| FieldValue { field, value: value.cloned() }).collect()
}
