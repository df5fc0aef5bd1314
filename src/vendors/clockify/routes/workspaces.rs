//! Workspaces.

use axum::http::Method;

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::model::members::MemberKey;
use super::super::rules::people::{self, RoleName};
use super::super::rules::permissions::{enter, workspaces_of};
use super::super::wire::query;
use super::super::wire::workspaces::workspace;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.on(Method::GET, "/v1/workspaces", "getWorkspacesOfUser", get_workspaces_of_user)
}

/// Every workspace the caller has access to. Source: document 001, line 2122.
fn get_workspaces_of_user(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let state = &root.value.clockify;
    let user = caller.user.id;
    let only = caller.addon.as_ref().map(|addon| addon.workspace);
    let role: Option<RoleName> = query::word(cx, "roles")?;
    let has_role = |id| {
        let member = state.members.get(MemberKey { workspace: id, user });
        role.is_none_or(|role| {
            member.is_some_and(|m| people::roles(state, m).iter().any(|has| has.name == role))
        })
    };
    let rows: Vec<_> = workspaces_of(state, user)
        .filter(|row| only.is_none_or(|only| only == row.id) && has_role(row.id))
        .filter_map(|row| {
            let actor = enter(state, row.id, user).ok()?;
            Some(workspace(state, row, actor.sight(state), cx.now()))
        })
        .collect();
    Ok(Reply::ok(&rows))
}
