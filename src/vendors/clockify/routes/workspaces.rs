//! Workspaces.

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::vendors::clockify::auth::{Access, Caller};
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::{State, UserId, WorkspaceId};
use crate::vendors::clockify::rules::people::{self, RoleName};
use crate::vendors::clockify::rules::permissions::{Actor, enter, workspaces_of};
use crate::vendors::clockify::rules::workspaces;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::money::RateIn;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::workspaces::{WorkspaceIn, workspace};

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getWorkspacesOfUser", get_workspaces_of_user)
        .on("createWorkspace", create_workspace)
        .on("getWorkspaceOfUser", get_workspace_of_user)
        .on("setWorkspaceHourlyRate", set_workspace_hourly_rate)
        .on("setWorkspaceCostRate", set_workspace_cost_rate)
}

/// Every workspace the caller has access to. Source: 001:2122.
fn get_workspaces_of_user(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let user = caller.user.id;
    let only = caller.addon.as_ref().map(|addon| addon.workspace);
    let role: Option<RoleName> = query::word(cx, "roles")?;
    let rows = workspaces_of(state, user)
        .filter(|row| only.is_none_or(|only| only == row.id))
        .filter(|row| role.is_none_or(|role| has_role(state, row.id, user, role)));
    let rows = rows.filter_map(|row| {
        let actor = enter(state, row.id, user).ok()?;
        Some(workspace(state, row, actor.rate_visibility(state), cx.now()))
    });
    Ok(Reply::ok(&rows.collect::<Vec<_>>()))
}

fn has_role(state: &State, workspace: WorkspaceId, user: UserId, role: RoleName) -> bool {
    let member = state.members.get(MemberKey { workspace, user });
    member.is_some_and(|member| people::roles(state, member).iter().any(|has| has.name == role))
}

/// Source: clockify.md:4.9.
fn create_workspace(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    if caller.addon.is_some() {
        return Err(Refusal::AccessDenied);
    }
    let sent: WorkspaceIn = body::object(cx)?;
    let name = sent.name.value().unwrap_or_default().0;
    let user = caller.user.id;
    let row = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        workspaces::create(state, ids, cx.now(), user, &name)
    })?;
    let root = cx.read();
    let state = &root.value.clockify;
    let actor = enter(state, row.id, user)?;
    let out = workspace(state, &row, actor.rate_visibility(state), cx.now());
    Ok(Reply::json(StatusCode::CREATED, &out))
}

/// Source: clockify.md:4.9.
fn get_workspace_of_user(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    reply(cx, &cx.read().value.clockify, &access.actor)
}

/// Source: clockify.md:4.9.
fn set_workspace_hourly_rate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Hourly)
}

/// Source: clockify.md:4.9.
fn set_workspace_cost_rate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Cost)
}

fn set_rate(cx: &Context, access: &Access, kind: RateKind) -> Result<Reply, Refusal> {
    let rate = body::object::<RateIn>(cx)?.rate()?;
    cx.write(|world| {
        workspaces::set_rate(&mut world.clockify, cx.now(), &access.actor, kind, rate)
    })?;
    reply(cx, &cx.read().value.clockify, &access.actor)
}

/// Answers with the actor's workspace, with the rates that they may see.
pub(super) fn reply(cx: &Context, state: &State, actor: &Actor) -> Result<Reply, Refusal> {
    let row = actor.workspace(state).ok_or(Refusal::UnknownWorkspace)?;
    Ok(Reply::ok(&workspace(state, row, actor.rate_visibility(state), cx.now())))
}
