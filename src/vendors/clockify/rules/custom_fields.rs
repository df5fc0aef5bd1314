//! Custom fields: list, create, update and delete, and their values on projects. Values on
//! entries are in `fields`.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::permissions::Actor;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::fields::{
    CustomField, FieldBy, FieldContent, FieldEntity, FieldStatus, FieldType, ProjectDefault,
};
use crate::vendors::clockify::model::members::MemberBy;
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::{FieldId, ProjectId, State, WorkspaceId};

/// Minimum and maximum length of a name. Source: CFY-331.
pub const NAME: (usize, usize) = (2, 250);
/// Maximum length of other texts.
const TEXT: usize = 3000;
/// Maximum number of fields of entries, and of members, in a workspace. Source: facts.md:CFY-331.
const MOST: usize = 50;
/// Maximum number of visible fields of entries in a workspace. Source: facts.md:N-56.
const VISIBLE: usize = 5;
/// Maximum number of visible fields of members. Source: facts.md:CFY-331.
const VISIBLE_OF_MEMBERS: usize = 10;
/// Maximum number of visible fields on a project. Source: facts.md:N-56.
const VISIBLE_ON_PROJECT: usize = 10;
/// Maximum number of choices of a drop-down. Ours.
const CHOICES: usize = 1000;

/// Filters of a list of custom fields.
#[derive(Debug, Clone, Default)]
pub struct CustomFieldFilter {
    /// By part of the name.
    pub name: Option<NameFilter>,
    /// By status.
    pub status: Option<FieldStatus>,
    /// By type of entity. Empty: all.
    pub entities: Vec<FieldEntity>,
}

/// The fields of the actor's workspace that match the filter, oldest first.
#[must_use]
pub fn list(state: &State, actor: &Actor, filter: &CustomFieldFilter) -> Vec<Arc<CustomField>> {
    quirk!("CFY-330");
    all(state, actor, filter, |field| filter.status.is_none_or(|status| field.status == status))
}

/// The fields on a project that match the filter, oldest first. Only active ones unless the filter
/// has a status.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn list_on(
    state: &State,
    actor: &Actor,
    project: ProjectId,
    filter: &CustomFieldFilter,
) -> Result<Vec<Arc<CustomField>>, Refusal> {
    let project = visible_project(state, actor, project)?;
    quirk!("CFY-334");
    Ok(all(state, actor, filter, |field| {
        let (_, status) = field.on(Some(project.id));
        let fits = match filter.status {
            Some(wanted) => status == wanted,
            None => status != FieldStatus::Inactive,
        };
        fits && field.entity == FieldEntity::Timeentry
    }))
}

fn all(
    state: &State,
    actor: &Actor,
    filter: &CustomFieldFilter,
    has_status: impl Fn(&CustomField) -> bool,
) -> Vec<Arc<CustomField>> {
    let rows = state.fields.scan(Folded::all(|name| FieldBy::Name(actor.workspace, name)));
    let mut rows: Vec<_> = rows
        .filter(|field| filter.name.as_ref().is_none_or(|name| name.fits(&field.name)))
        .filter(|field| filter.entities.is_empty() || filter.entities.contains(&field.entity))
        .filter(|field| has_status(field))
        .cloned()
        .collect();
    rows.sort_by_key(|field| field.id);
    rows
}

fn get(state: &State, actor: &Actor, id: FieldId) -> Result<Arc<CustomField>, Refusal> {
    let field = state.fields.get(id).filter(|field| field.workspace == actor.workspace);
    field.cloned().ok_or(Refusal::Unknown(Entity::CUSTOM_FIELD))
}

fn visible_project<'a>(
    state: &'a State,
    actor: &Actor,
    id: ProjectId,
) -> Result<&'a Arc<Project>, Refusal> {
    let project = state.projects.get(id).filter(|project| {
        project.workspace == actor.workspace && actor.may_see_project(state, project)
    });
    project.ok_or(Refusal::Unknown(Entity::PROJECT))
}

/// Refuses unless the actor may change fields of this type of entity.
fn must_manage(state: &State, actor: &Actor, entity: FieldEntity) -> Result<(), Refusal> {
    quirk!("CFY-330");
    actor.must_be_admin()?;
    actor.must_have(state, feature(entity))
}

fn feature(entity: FieldEntity) -> Feature {
    match entity {
        FieldEntity::Timeentry => Feature::CustomFields,
        FieldEntity::User => Feature::UserCustomFields,
    }
}

/// A field to create, or a change of one. Absent values stay; new fields get defaults.
#[derive(Debug, Clone, Default)]
pub struct FieldDraft {
    /// Its name; required in a new field.
    pub name: Option<String>,
    /// Its type; required in a new field.
    pub kind: Option<FieldType>,
    /// The type of entity that it belongs to; never changes.
    pub entity: Option<FieldEntity>,
    /// Its status.
    pub status: Option<FieldStatus>,
    /// The choices of a drop-down field.
    pub allowed_values: Option<Vec<String>>,
    /// True if a value is required.
    pub required: Option<bool>,
    /// True if only administrators may set it.
    pub only_admin_can_edit: Option<bool>,
    /// Text that is shown while it is empty.
    pub placeholder: Option<Option<String>>,
    /// Its description.
    pub description: Option<Option<String>>,
    /// Its default value.
    pub default: Option<Option<FieldContent>>,
}

/// Creates a field.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    draft: FieldDraft,
) -> Result<CustomField, Refusal> {
    let entity = draft.entity.unwrap_or_default();
    must_manage(state, actor, entity)?;
    let kind = draft.kind.ok_or(Refusal::NotNull)?;
    if of_entity(state, actor.workspace, entity).count() >= MOST {
        quirk!("CFY-555");
        return Err(Refusal::CustomFieldLimit(MOST));
    }
    quirk!("CFY-331");
    let fresh = CustomField {
        id: FieldId(ids.hex24("clockify/custom-fields", now)),
        workspace: actor.workspace,
        name: String::new(),
        entity,
        kind,
        status: FieldStatus::Inactive,
        allowed_values: Vec::new(),
        required: false,
        only_admin_can_edit: false,
        placeholder: None,
        description: None,
        default: None,
        projects: Vec::new(),
    };
    apply(state, fresh, draft)
}

/// Updates a field. Absent values stay.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    actor: &Actor,
    id: FieldId,
    draft: FieldDraft,
) -> Result<CustomField, Refusal> {
    actor.must_be_admin()?;
    let field = get(state, actor, id)?;
    must_manage(state, actor, field.entity)?;
    if draft.kind.ok_or(Refusal::NotNull)? != field.kind {
        quirk!("CFY-333");
        quirk!("CFY-538");
        return Err(Refusal::Invalid("type".to_owned()));
    }
    quirk!("CFY-112");
    apply(state, CustomField::clone(&field), draft)
}

/// Applies `draft` to `field`, validates and stores it.
fn apply(
    state: &mut State,
    mut field: CustomField,
    draft: FieldDraft,
) -> Result<CustomField, Refusal> {
    let FieldDraft {
        name,
        kind: _,
        entity: _,
        status,
        allowed_values,
        required,
        only_admin_can_edit,
        placeholder,
        description,
        default,
    } = draft;
    let before = state.fields.get(field.id).map(|known| known.status);
    name.ok_or(Refusal::NotNull)?.trim().clone_into(&mut field.name);
    field.status = status.unwrap_or(field.status);
    field.allowed_values = allowed_values.unwrap_or(field.allowed_values);
    field.required = required.unwrap_or(field.required);
    field.only_admin_can_edit = only_admin_can_edit.unwrap_or(field.only_admin_can_edit);
    field.placeholder = placeholder.unwrap_or(field.placeholder);
    field.description = description.unwrap_or(field.description);
    if let Some(default) = default {
        field.default = default.map(|value| content(&field, value)).transpose()?;
    }
    check(state, &field)?;
    if before != Some(FieldStatus::Visible) {
        must_have_room(state, &field)?;
    }
    state.fields.put(field.clone());
    Ok(field)
}

/// The fields of this type of entity in a workspace.
fn of_entity(
    state: &State,
    workspace: WorkspaceId,
    entity: FieldEntity,
) -> impl Iterator<Item = &Arc<CustomField>> {
    let fields = state.fields.scan(Folded::all(|name| FieldBy::Name(workspace, name)));
    fields.filter(move |field| field.entity == entity)
}

/// Refuses a visible field too many.
fn must_have_room(state: &State, field: &CustomField) -> Result<(), Refusal> {
    if field.status != FieldStatus::Visible {
        return Ok(());
    }
    let most = match field.entity {
        FieldEntity::Timeentry => VISIBLE,
        FieldEntity::User => VISIBLE_OF_MEMBERS,
    };
    let visible = of_entity(state, field.workspace, field.entity)
        .filter(|other| other.id != field.id && other.status == FieldStatus::Visible);
    if visible.count() < most {
        return Ok(());
    }
    quirk!("CFY-555");
    Err(Refusal::VisibleFieldLimit(most))
}

/// Converts `value` to the type of `field`.
fn content(field: &CustomField, value: FieldContent) -> Result<FieldContent, Refusal> {
    let value = value.read_as(field.kind).ok_or_else(|| Refusal::Invalid("value".to_owned()))?;
    let is_choice = |choice: &String| field.allowed_values.contains(choice);
    let offered = match (&value, field.kind) {
        (FieldContent::Text(choice), FieldType::DropdownSingle) => is_choice(choice),
        (FieldContent::Choices(choices), _) => choices.iter().all(is_choice),
        _ => true,
    };
    if let FieldContent::Text(text) = &value {
        texts::check(text, TEXT)?;
    }
    if offered { Ok(value) } else { Err(Refusal::Invalid("value".to_owned())) }
}

/// Validates a field.
fn check(state: &State, field: &CustomField) -> Result<(), Refusal> {
    let (least, most) = NAME;
    if field.name.encode_utf16().count() < least {
        return Err(Refusal::Length(NAME.0, NAME.1));
    }
    texts::check_or(&field.name, most, Refusal::Length(NAME.0, NAME.1))?;
    let further = field.allowed_values.iter().chain(&field.placeholder).chain(&field.description);
    for text in further {
        texts::check(text, TEXT)?;
    }
    if field.allowed_values.len() > CHOICES {
        return Err(Refusal::Size(0, CHOICES));
    }
    if field.required && field.status != FieldStatus::Visible {
        quirk!("CFY-555");
        quirk!("CFY-538");
        return Err(Refusal::Invalid("required".to_owned()));
    }
    let is_drop_down =
        matches!(field.kind, FieldType::DropdownSingle | FieldType::DropdownMultiple);
    let blank = field.allowed_values.iter().any(|choice| choice.trim().is_empty());
    if blank || is_drop_down && field.allowed_values.is_empty() {
        return Err(Refusal::Invalid("allowedValues".to_owned()));
    }
    if let Some(default) = &field.default {
        content(field, default.clone())?;
    }
    quirk!("CFY-008");
    let mut same = state.fields.find(FieldBy::Name(field.workspace, Folded::of(&field.name)));
    if same.any(|other| other.id != field.id) {
        return Err(Refusal::NameTaken(Entity::CUSTOM_FIELD, field.name.clone()));
    }
    Ok(())
}

/// Deletes a field and its values on members. Values on entries stay, but are not shown.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn delete(state: &mut State, actor: &Actor, id: FieldId) -> Result<(), Refusal> {
    actor.must_be_admin()?;
    let field = get(state, actor, id)?;
    must_manage(state, actor, field.entity)?;
    if field.entity == FieldEntity::User {
        let holders = state.members.find(MemberBy::Workspace(actor.workspace));
        let holders = holders.filter(|member| member.fields.iter().any(|held| held.field == id));
        for key in holders.map(|member| member.key).collect::<Vec<_>>() {
            state.members.change(key, |member| member.fields.retain(|held| held.field != id));
        }
    }
    state.fields.remove(id);
    Ok(())
}

/// A change of a field on one project. Absent values stay.
#[derive(Debug, Clone, Default)]
pub struct ProjectFieldUpdate {
    /// Its value there.
    pub value: Option<Option<FieldContent>>,
    /// Its status there.
    pub status: Option<FieldStatus>,
}

/// A field whose value on a project the actor may change.
fn on_project(
    state: &State,
    actor: &Actor,
    project: ProjectId,
    id: FieldId,
) -> Result<CustomField, Refusal> {
    let project = visible_project(state, actor, project)?;
    actor.must_edit_project(state, project.id)?;
    actor.must_have_plan(state)?;
    let field = get(state, actor, id)?;
    if field.entity == FieldEntity::Timeentry {
        Ok(CustomField::clone(&field))
    } else {
        Err(Refusal::Unknown(Entity::CUSTOM_FIELD))
    }
}

/// Sets a field's value and status on a project.
///
/// # Errors
/// [`Refusal`].
pub fn set_on(
    state: &mut State,
    actor: &Actor,
    project: ProjectId,
    id: FieldId,
    update: ProjectFieldUpdate,
) -> Result<CustomField, Refusal> {
    let mut field = on_project(state, actor, project, id)?;
    quirk!("CFY-334");
    let (value, status) = field.on(Some(project));
    let value = match update.value {
        None => value.cloned(),
        Some(value) => value.map(|value| content(&field, value)).transpose()?,
    };
    let own = ProjectDefault { project, value, status: update.status.unwrap_or(status) };
    if own.status == FieldStatus::Visible && status != FieldStatus::Visible {
        let visible = of_entity(state, field.workspace, FieldEntity::Timeentry);
        let visible = visible.filter(|other| other.on(Some(project)).1 == FieldStatus::Visible);
        if visible.count() >= VISIBLE_ON_PROJECT {
            quirk!("CFY-555");
            return Err(Refusal::VisibleFieldLimit(VISIBLE_ON_PROJECT));
        }
    }
    match field.projects.iter_mut().find(|known| known.project == project) {
        Some(known) => *known = own,
        None => field.projects.push(own),
    }
    state.fields.put(field.clone());
    Ok(field)
}

/// Removes a field's own value and status on a project.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn clear_on(
    state: &mut State,
    actor: &Actor,
    project: ProjectId,
    id: FieldId,
) -> Result<CustomField, Refusal> {
    let mut field = on_project(state, actor, project, id)?;
    quirk!("CFY-334");
    field.projects.retain(|known| known.project != project);
    state.fields.put(field.clone());
    Ok(field)
}
