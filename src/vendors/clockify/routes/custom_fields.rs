//! Custom fields of a workspace, and their defaults on projects.

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::fields::CustomField;
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::{FieldId, ProjectId, State};
use crate::vendors::clockify::rules::custom_fields::{self, CustomFieldFilter};
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::custom_fields::{
    CustomFieldIn, CustomFieldOut, ProjectFieldPatch,
};
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getCustomFields", get_custom_fields)
        .on("createCustomField", create_custom_field)
        .on("deleteCustomField", delete_custom_field)
        .on("updateCustomField", update_custom_field)
        .on("getCustomFieldsOfProject", get_custom_fields_of_project)
        .on("updateCustomFieldOfProject", update_custom_field_of_project)
        .on("removeCustomFieldOfProject", remove_custom_field_of_project)
}

/// Source: 001:3508.
fn get_custom_fields(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    Ok(list_reply(state, &custom_fields::list(state, &access.actor, &filter(cx)?)))
}

/// Source: 001:3509-3514, clockify.md:4.10.
fn filter(cx: &Context) -> Result<CustomFieldFilter, Refusal> {
    Ok(CustomFieldFilter {
        name: query::text(cx, "name").map(NameFilter::part),
        status: query::word(cx, "status")?,
        entities: query::words(cx, "entity-type")?,
    })
}

/// Source: clockify.md:4.10.
fn create_custom_field(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let draft = body::object::<CustomFieldIn>(cx)?.into();
    let field = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        custom_fields::create(state, ids, cx.now(), &access.actor, draft)
    })?;
    Ok(Reply::json(StatusCode::CREATED, &CustomFieldOut::new(&cx.read().value.clockify, &field)))
}

/// Source: clockify.md:4.10.
fn update_custom_field(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let draft = body::object::<CustomFieldIn>(cx)?.into();
    let field =
        cx.write(|world| custom_fields::update(&mut world.clockify, &access.actor, id, draft))?;
    Ok(reply(&cx.read().value.clockify, &field))
}

/// Source: clockify.md:4.10.
fn delete_custom_field(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    cx.write(|world| custom_fields::delete(&mut world.clockify, &access.actor, id))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Source: clockify.md:4.10.
fn get_custom_fields_of_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let project = project(cx)?;
    let rows = custom_fields::list_on(state, &access.actor, project, &filter(cx)?)?;
    Ok(list_reply(state, &rows))
}

/// Source: clockify.md:4.10.
fn update_custom_field_of_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (project, id) = (project(cx)?, id(cx)?);
    let patch = body::object::<ProjectFieldPatch>(cx)?.into();
    let field = cx.write(|world| {
        custom_fields::set_on(&mut world.clockify, &access.actor, project, id, patch)
    })?;
    Ok(reply(&cx.read().value.clockify, &field))
}

/// Source: clockify.md:4.10.
fn remove_custom_field_of_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (project, id) = (project(cx)?, id(cx)?);
    let field =
        cx.write(|world| custom_fields::clear_on(&mut world.clockify, &access.actor, project, id))?;
    Ok(reply(&cx.read().value.clockify, &field))
}

fn id(cx: &Context) -> Result<FieldId, Refusal> {
    query::path_id(cx, "customFieldId", Entity::CUSTOM_FIELD)
}

fn project(cx: &Context) -> Result<ProjectId, Refusal> {
    query::path_id(cx, "projectId", Entity::PROJECT)
}

fn reply(state: &State, field: &CustomField) -> Reply {
    Reply::ok(&CustomFieldOut::new(state, field))
}

/// Answers with the whole list: it has no pages. Source: clockify.md:4.10.
fn list_reply(state: &State, rows: &[std::sync::Arc<CustomField>]) -> Reply {
    let rows: Vec<_> = rows.iter().map(|field| CustomFieldOut::new(state, field)).collect();
    Reply::ok(&rows)
}
