//! Custom fields: which of them a time entry carries.

use crate::quirk;
use crate::vendors::clockify::model::fields::{FieldBy, FieldEntity, FieldStatus, FieldValue};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::{ProjectId, State, WorkspaceId};

/// The fields that a new entry on a project carries, with their defaults: every field of entries that is
/// in use there. Source: clockify.md:4.6.
#[must_use]
pub fn attached(
    state: &State,
    workspace: WorkspaceId,
    project: Option<ProjectId>,
) -> Vec<FieldValue> {
    let fields = state.fields.scan(Folded::all(|name| FieldBy::Name(workspace, name)));
    let fields = fields.filter(|field| field.entity == FieldEntity::Timeentry);
    // Most workspaces have a handful. What an entry keeps takes no more than it needs.
    let mut used = Vec::with_capacity(8);
    used.extend(fields.filter_map(|field| {
        let (value, status) = field.on(project);
        quirk!("CFY-336");
        (status != FieldStatus::Inactive).then_some((field.id, value))
    }));
    used.into_iter().map(|(field, value)| FieldValue { field, value: value.cloned() }).collect()
}
