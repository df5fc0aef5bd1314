//! Members of a workspace: invitations, statuses, rates, roles and the search.

use axum::http::StatusCode;

use super::users::{SORTS, context, person_out};
use super::workspaces::reply;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::UserId;
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::rules::members::{self, Seats};
use crate::vendors::clockify::rules::people::{self, Kinds, Sort};
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::members::{
    InviteIn, RoleDetailsOut, RoleIn, SearchIn, StatusIn,
};
use crate::vendors::clockify::wire::money::RateIn;
use crate::vendors::clockify::wire::paging::{page_of, page_reply};
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("addUserToWorkspace", add_user_to_workspace)
        .on("filterUsersOfWorkspace", filter_users_of_workspace)
        .on("updateUserStatus", update_user_status)
        .on("removeUserFromWorkspace", remove_user_from_workspace)
        .on("setHourlyRateForUser", set_hourly_rate_for_user)
        .on("setCostRateForUser", set_cost_rate_for_user)
        .on("getManagersOfUser", get_managers_of_user)
        .on("createUserRole", create_user_role)
        .on("deleteUserRole", delete_user_role)
}

fn seats(cx: &Context) -> Seats {
    match cx.revision() {
        Revision::Documented => Seats::OfEnterprise,
        Revision::Current => Seats::OfAll,
    }
}

/// Source: 001:2204-2211.
fn add_user_to_workspace(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    // No e-mail is sent.
    cx.query.boolean("send-email")?;
    let sent: InviteIn = body::object(cx)?;
    let email = sent.email.value().ok_or(Refusal::NotNull)?.0;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        members::invite(state, ids, cx.now(), &access.actor, &email, seats(cx))
    })?;
    reply(cx, &cx.read().value.clockify, &access.actor)
}

/// Source: clockify.md:4.7.
fn filter_users_of_workspace(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (state, actor) = (&root.value.clockify, access.actor);
    quirk!("CFY-021");
    quirk!("CFY-305");
    let search = body::object::<SearchIn>(cx)?.search()?;
    let context = context(cx, state, &actor).ok_or(Refusal::UnknownWorkspace)?;
    let people = people::list(state, &actor, cx.now(), &search.filter)?;
    let (people, _) = page_of(search.page, search.page_size)?.of(people.iter());
    let roles = search.roles.then(|| cx.revision());
    let out = |person| person_out(&context, person, search.kinds, roles);
    Ok(Reply::ok(&people.into_iter().map(out).collect::<Vec<_>>()))
}

/// Source: 001:2299.
fn update_user_status(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let user = id(cx)?;
    let active = body::object::<StatusIn>(cx)?.active(cx.revision())?;
    cx.write(|world| {
        members::set_active(&mut world.clockify, cx.now(), &access.actor, user, active, seats(cx))
    })?;
    reply(cx, &cx.read().value.clockify, &access.actor)
}

/// Source: 001:2392, clockify.md:4.7.
fn remove_user_from_workspace(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    quirk!("CFY-317");
    if cx.revision() == Revision::Current {
        return Err(Refusal::AccessDenied);
    }
    let user = id(cx)?;
    cx.write(|world| members::remove(&mut world.clockify, cx.now(), &access.actor, user))?;
    reply(cx, &cx.read().value.clockify, &access.actor)
}

/// Source: clockify.md:4.7.
fn set_hourly_rate_for_user(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Hourly)
}

/// Source: clockify.md:4.7.
fn set_cost_rate_for_user(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Cost)
}

fn set_rate(cx: &Context, access: &Access, kind: RateKind) -> Result<Reply, Refusal> {
    let user = id(cx)?;
    let rate = body::object::<RateIn>(cx)?.rate()?;
    cx.write(|world| {
        members::set_rate(&mut world.clockify, cx.now(), &access.actor, user, kind, rate)
    })?;
    reply(cx, &cx.read().value.clockify, &access.actor)
}

/// Source: clockify.md:2, clockify.md:4.7.
fn get_managers_of_user(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (state, actor) = (&root.value.clockify, access.actor);
    let user = id(cx)?;
    query::one_of(cx, "sort-column", &SORTS)?;
    let sort = query::word::<Sort>(cx, "sort-column")?.unwrap_or_default();
    let descending = query::descending(cx)?;
    let context = context(cx, state, &actor).ok_or(Refusal::UnknownWorkspace)?;
    let people = people::managers(state, &actor, cx.now(), user, sort, descending);
    let people = people.ok_or(Refusal::Unknown(Entity::USER))?;
    page_reply(cx, people.iter(), |person| person_out(&context, person, Kinds::None, None))
}

/// Source: clockify.md:4.7.
fn create_user_role(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (user, actor) = (id(cx)?, access.actor);
    let sent = body::object::<RoleIn>(cx)?;
    let role = sent.change()?;
    let roles = cx.write(|world| {
        let state = &mut world.clockify;
        let member = members::give_role(state, cx.now(), &actor, user, &role)?;
        Ok::<_, Refusal>(people::roles(state, &member))
    })?;
    quirk!("CFY-021");
    quirk!("CFY-524");
    let roles = RoleDetailsOut::all(roles, user, actor.workspace);
    Ok(Reply::json(StatusCode::CREATED, &roles))
}

/// Source: clockify.md:4.7.
fn delete_user_role(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let user = id(cx)?;
    let role = body::object::<RoleIn>(cx)?.change()?;
    cx.write(|world| {
        members::take_role(&mut world.clockify, cx.now(), &access.actor, user, &role)
    })?;
    quirk!("CFY-524");
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn id(cx: &Context) -> Result<UserId, Refusal> {
    query::path_id(cx, "userId", Entity::USER)
}
