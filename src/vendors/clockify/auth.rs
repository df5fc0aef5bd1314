//! Authentication and access: `X-Api-Key` or `X-Addon-Token`, but not both, and the workspace.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::error::Refusal;
use super::model::keys::Addon;
use super::model::members::MemberKey;
use super::model::users::{AccountStatus, User};
use super::model::{State, WorkspaceId};
use super::rules::people::{RoleName, roles};
use super::rules::permissions::{Actor, Rank, enter, workspaces_of};
use crate::http::context::Context;
use crate::http::headers;
use crate::http::query::QueryMap;
use crate::http::routes::FromCx;
use crate::http::surface::Login;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::world::World;

const KEY: &str = "x-api-key";
const ADDON: &str = "x-addon-token";

/// The owner of the key or token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub user: Arc<User>,
    /// The add-on, if its token was sent.
    pub addon: Option<Addon>,
}

/// A caller with access to the workspace in the path. Callers without access are refused.
#[derive(Debug, Clone)]
pub struct Access {
    /// The caller.
    pub caller: Caller,
    /// The caller as a member of the workspace, for rules to check permissions.
    pub actor: Actor,
}

/// The key or token, with which the sandbox is found.
#[must_use]
pub fn secret(headers: &HeaderMap, _: &QueryMap) -> Option<String> {
    let sent = |name: &str| {
        let value = headers::text(headers, name)?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    };
    sent(KEY).or_else(|| sent(ADDON))
}

/// Whether this key or token is somebody's.
#[must_use]
pub fn knows(world: &World, secret: &str) -> bool {
    world.clockify.credentials.get(secret).is_some()
}

/// Finds the caller and takes one request from their budget.
fn authenticate(cx: &Context) -> Result<Caller, Refusal> {
    let sent = |name: &str| cx.header(name).is_some_and(|value| !value.trim().is_empty());
    let is_addon = match (sent(KEY), sent(ADDON)) {
        (true, false) => false,
        (false, true) => true,
        (false, false) if cx.revision() == Revision::Documented => {
            quirk!("CFY-001");
            return Err(Refusal::NoToken);
        }
        _ => {
            quirk!("CFY-001");
            return Err(Refusal::Tokens);
        }
    };
    let unknown = if is_addon { Refusal::UnknownAddonToken } else { Refusal::UnknownKey };
    let secret = cx.secret().filter(|secret| !secret.is_empty()).ok_or(Refusal::Tokens)?;
    let root = cx.read();
    let state = &root.value.clockify;
    let credential = state.credentials.get(secret);
    let credential = credential.filter(|found| found.addon.is_some() == is_addon);
    let credential = credential.ok_or(unknown.clone())?;
    let user = state.users.get(credential.user).ok_or(unknown.clone())?;
    cx.note_person(&user.email);
    if matches!(user.status, AccountStatus::Deleted | AccountStatus::LimitedDeleted) {
        return Err(unknown);
    }
    for limit in cx.budget(None) {
        cx.spend(limit, secret).map_err(|_| Refusal::TooMany)?;
    }
    Ok(Caller { user: Arc::clone(user), addon: credential.addon.clone() })
}

impl FromCx for Caller {
    type Rejection = Refusal;

    fn from_cx(cx: &Context) -> Result<Self, Refusal> {
        authenticate(cx)
    }
}

impl FromCx for Access {
    type Rejection = Refusal;

    fn from_cx(cx: &Context) -> Result<Self, Refusal> {
        let caller = authenticate(cx)?;
        let id = cx.param("workspaceId").parse().map_err(|_| Refusal::MalformedWorkspace)?;
        let root = cx.read();
        let mut actor = enter(&root.value.clockify, id, caller.user.id)?;
        actor.plan = cx.operation().map_or(&[], |operation| operation.plan);
        spend_free_request(cx, &root.value.clockify, &actor)?;
        if let Some(addon) = &caller.addon {
            admit(cx, addon, id)?;
        }
        Ok(Self { caller, actor })
    }
}

/// Takes one request from the budget of a free workspace, which all its people share.
fn spend_free_request(cx: &Context, state: &State, actor: &Actor) -> Result<(), Refusal> {
    if actor.must_pay(state).is_ok() {
        return Ok(());
    }
    for limit in cx.budget(Some("workspaceId")) {
        quirk!("CFY-508");
        let spent = cx.spend(limit, &actor.workspace.to_string());
        spent.map_err(|_| Refusal::TooMany)?;
    }
    Ok(())
}

/// Checks that the request is within the add-on's workspace and scopes.
fn admit(cx: &Context, addon: &Addon, id: WorkspaceId) -> Result<(), Refusal> {
    if addon.workspace != id {
        return Err(Refusal::AccessDenied);
    }
    match cx.operation().and_then(|operation| operation.scope) {
        Some(scope) if !addon.scopes.iter().any(|known| known == scope) => {
            Err(Refusal::Scope(addon.name.clone(), scope.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Everyone who can call, workspace owners first.
#[must_use]
pub fn credentials(world: &World) -> Vec<Login> {
    let state = &world.clockify;
    let keys = state.credentials.iter().filter(|(_, credential)| credential.addon.is_none());
    let mut logins: Vec<(Rank, Login)> = keys
        .filter_map(|(key, credential)| {
            let user = state.users.get(credential.user)?;
            let rank = best_rank(state, user)?;
            let login = Login {
                person: user.email.clone(),
                name: user.name.clone(),
                role: role(state, user).to_owned(),
                owner: rank == Rank::Owner,
                secret: key.clone(),
                headers: |_, secret| vec![("X-Api-Key", secret.to_owned())],
                query: |_| Vec::new(),
            };
            Some((rank, login))
        })
        .collect();
    logins.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.person.cmp(&b.1.person)));
    logins.into_iter().map(|(_, login)| login).collect()
}

/// Rank in the default workspace. `None` for accounts without access to it.
fn best_rank(state: &State, user: &User) -> Option<Rank> {
    let home = enter(state, user.default_workspace, user.id).ok().map(|actor| actor.rank);
    home.or_else(|| workspaces_of(state, user.id).next().map(|_| Rank::Regular))
}

/// The highest of their roles in the default workspace.
fn role(state: &State, user: &User) -> &'static str {
    let key = MemberKey { workspace: user.default_workspace, user: user.id };
    let roles = state.members.get(key).map(|member| roles(state, member)).unwrap_or_default();
    match roles.first().map(|role| role.name) {
        Some(RoleName::Owner) => "OWNER",
        Some(RoleName::WorkspaceAdmin) => "WORKSPACE_ADMIN",
        Some(RoleName::TeamManager) => "TEAM_MANAGER",
        Some(RoleName::ProjectManager) => "PROJECT_MANAGER",
        None => "MEMBER",
    }
}
