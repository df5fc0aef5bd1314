//! Members, rates, estimates and templates of projects.

use axum::http::StatusCode;

use super::{id, put_status, reply};
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::rules::projects;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::money::RateIn;
use crate::vendors::clockify::wire::projects::{
    EstimatesIn, FromTemplateIn, MembersIn, MembershipsIn, TemplateIn,
};
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("updateMemberships", update_memberships)
        .on("addUsersToProject", add_users_to_project)
        .on("updateEstimate", update_estimate)
        .on("updateIsProjectTemplate", update_is_project_template)
        .on("createProjectFromTemplate", create_project_from_template)
        .on("addUsersHourlyRate", add_users_hourly_rate)
        .on("addUsersCostRate", add_users_cost_rate)
}

/// Source: 001:587.
fn update_memberships(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let members = body::object::<MembershipsIn>(cx)?.members()?;
    let actor = access.actor;
    let project = cx.write(|world| {
        projects::replace_members(&mut world.clockify, cx.now(), &actor, id, &members)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, StatusCode::OK)
}

/// Adds or removes people. Source: clockify.md:4.3.
fn add_users_to_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let (who, remove) = body::object::<MembersIn>(cx)?.parts()?;
    let actor = access.actor;
    let project = cx.write(|world| {
        projects::change_members(&mut world.clockify, cx.now(), &actor, id, &who, remove)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, StatusCode::OK)
}

/// Source: clockify.md:4.3.
fn update_estimate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let change = body::object::<EstimatesIn>(cx)?.change()?;
    let actor = access.actor;
    let project = cx.write(|world| {
        projects::set_estimates(&mut world.clockify, cx.now(), &actor, id, change)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, StatusCode::OK)
}

/// Source: 001:658.
fn update_is_project_template(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let template = body::object::<TemplateIn>(cx)?.template()?;
    let actor = access.actor;
    let project = cx.write(|world| {
        projects::set_template(&mut world.clockify, cx.now(), &actor, id, template)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, put_status(cx))
}

/// Source: clockify.md:4.3.
fn create_project_from_template(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let new = body::object::<FromTemplateIn>(cx)?.project()?;
    let actor = access.actor;
    let project = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        projects::create_from_template(state, ids, cx.now(), &actor, new)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, StatusCode::OK)
}

/// Source: clockify.md:4.3.
fn add_users_hourly_rate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Hourly)
}

/// Source: clockify.md:4.3.
fn add_users_cost_rate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Cost)
}

fn set_rate(cx: &Context, access: &Access, kind: RateKind) -> Result<Reply, Refusal> {
    let whose = (id(cx)?, query::path_id(cx, "userId", Entity::USER)?);
    let rate = body::object::<RateIn>(cx)?.rate()?;
    let actor = access.actor;
    let project = cx.write(|world| {
        projects::set_member_rate(&mut world.clockify, cx.now(), &actor, whose, kind, rate)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, StatusCode::OK)
}
