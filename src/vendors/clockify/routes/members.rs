//! Members of a workspace: invitations, statuses, rates, roles and the search.

use axum::http::{Method, StatusCode};

use super::users::{SORTS, context, person_out, unknown_project};
use super::workspaces::reply;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::Routes;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Error};
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

pub(super) fn routes(routes: Routes) -> Routes {
    let all = "/v1/workspaces/{workspaceId}/users";
    let search = "/v1/workspaces/{workspaceId}/users/info";
    let one = "/v1/workspaces/{workspaceId}/users/{userId}";
    let hourly = "/v1/workspaces/{workspaceId}/users/{userId}/hourly-rate";
    let cost = "/v1/workspaces/{workspaceId}/users/{userId}/cost-rate";
    let managers = "/v1/workspaces/{workspaceId}/users/{userId}/managers";
    let roles = "/v1/workspaces/{workspaceId}/users/{userId}/roles";
    routes
        .on(Method::POST, all, "addUserToWorkspace", add_user_to_workspace)
        .on(Method::POST, search, "filterUsersOfWorkspace", filter_users_of_workspace)
        .on(Method::PUT, one, "updateUserStatus", update_user_status)
        .on(Method::DELETE, one, "removeUserFromWorkspace", remove_user_from_workspace)
        .on(Method::PUT, hourly, "setHourlyRateForUser", set_hourly_rate_for_user)
        .on(Method::PUT, cost, "setCostRateForUser", set_cost_rate_for_user)
        .on(Method::GET, managers, "getManagersOfUser", get_managers_of_user)
        .on(Method::POST, roles, "createUserRole", create_user_role)
        .on(Method::DELETE, roles, "deleteUserRole", delete_user_role)
}

impl From<members::Error> for Error {
    fn from(error: members::Error) -> Self {
        match error {
            members::Error::Denied(denied) => denied.into(),
            members::Error::Unknown => Self::Foreign(Entity::User),
            members::Error::Email => Self::Email,
            members::Error::Known => Self::KnownUser,
            members::Error::Seats => Self::Seats,
            members::Error::Untouchable => Self::Deactivation,
            members::Error::UnknownProject => Self::Foreign(Entity::Project),
            members::Error::UnknownGroup => Self::Foreign(Entity::UserGroup),
            members::Error::NotTheWorkspace => Self::RoleEntity,
        }
    }
}

fn seats(cx: &Cx) -> Seats {
    match cx.revision() {
        Revision::Documented => Seats::OfEnterprise,
        Revision::Current => Seats::OfAll,
    }
}

/// Source: 001:2204-2211.
fn add_user_to_workspace(cx: &Cx, access: Access) -> Result<Reply, Error> {
    // No e-mail is sent.
    cx.query.boolean("send-email")?;
    let sent: InviteIn = body::object(cx)?;
    let email = sent.email.value().ok_or(Error::NotNull)?.0;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        members::invite(state, ids, cx.now(), &access.actor, &email, seats(cx))?;
        reply(cx, state, &access.actor)
    })
}

/// Source: clockify.md:4.7.
fn filter_users_of_workspace(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let root = cx.read();
    let (state, actor) = (&root.value.clockify, access.actor);
    quirk!("CFY-305");
    let search = body::object::<SearchIn>(cx)?.search()?;
    let context = context(cx, state, &actor).ok_or(Error::UnknownWorkspace)?;
    let people = people::list(state, &actor, cx.now(), &search.filter).map_err(unknown_project)?;
    let (people, _) = page_of(search.page, search.page_size)?.of(people.iter());
    let out = |person| person_out(&context, person, search.kinds, search.roles);
    Ok(Reply::ok(&people.into_iter().map(out).collect::<Vec<_>>()))
}

/// Source: 001:2299.
fn update_user_status(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let user = id(cx)?;
    let active = body::object::<StatusIn>(cx)?.active(cx.revision())?;
    cx.write(|world| {
        let state = &mut world.clockify;
        members::set_active(state, cx.now(), &access.actor, user, active, seats(cx))?;
        reply(cx, state, &access.actor)
    })
}

/// Source: 001:2392, clockify.md:4.7.
fn remove_user_from_workspace(cx: &Cx, access: Access) -> Result<Reply, Error> {
    quirk!("CFY-317");
    if cx.revision() == Revision::Current {
        return Err(Error::AccessDenied);
    }
    let user = id(cx)?;
    cx.write(|world| {
        let state = &mut world.clockify;
        members::remove(state, cx.now(), &access.actor, user)?;
        reply(cx, state, &access.actor)
    })
}

/// Source: clockify.md:4.7.
fn set_hourly_rate_for_user(cx: &Cx, access: Access) -> Result<Reply, Error> {
    set_rate(cx, &access, RateKind::Hourly)
}

/// Source: clockify.md:4.7.
fn set_cost_rate_for_user(cx: &Cx, access: Access) -> Result<Reply, Error> {
    set_rate(cx, &access, RateKind::Cost)
}

fn set_rate(cx: &Cx, access: &Access, kind: RateKind) -> Result<Reply, Error> {
    let user = id(cx)?;
    let rate = body::object::<RateIn>(cx)?.rate()?;
    cx.write(|world| {
        let state = &mut world.clockify;
        members::set_rate(state, cx.now(), &access.actor, user, kind, rate)?;
        reply(cx, state, &access.actor)
    })
}

/// Source: clockify.md:2, clockify.md:4.7.
fn get_managers_of_user(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let root = cx.read();
    let (state, actor) = (&root.value.clockify, access.actor);
    let user = id(cx)?;
    query::one_of(cx, "sort-column", &SORTS)?;
    let sort = query::word::<Sort>(cx, "sort-column")?.unwrap_or_default();
    let descending = query::descending(cx)?;
    let context = context(cx, state, &actor).ok_or(Error::UnknownWorkspace)?;
    let people = people::managers(state, &actor, cx.now(), user, sort, descending);
    let people = people.ok_or(Error::Foreign(Entity::User))?;
    page_reply(cx, people.iter(), |person| person_out(&context, person, Kinds::None, false))
}

/// Source: clockify.md:4.7.
fn create_user_role(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let (user, actor) = (id(cx)?, access.actor);
    let sent = body::object::<RoleIn>(cx)?;
    let role = sent.change()?;
    let roles = cx.write(|world| {
        let state = &mut world.clockify;
        let member = members::give_role(state, cx.now(), &actor, user, &role)
            .map_err(|error| role_error(error, &role))?;
        Ok::<_, Error>(people::roles(state, &member))
    })?;
    quirk!("CFY-318");
    let roles = RoleDetailsOut::all(roles, user, actor.workspace);
    Ok(Reply::json(StatusCode::CREATED, &roles))
}

/// Source: clockify.md:4.7.
fn delete_user_role(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let user = id(cx)?;
    let role = body::object::<RoleIn>(cx)?.change()?;
    cx.write(|world| {
        members::take_role(&mut world.clockify, cx.now(), &access.actor, user, &role)
            .map_err(|error| role_error(error, &role))
    })?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Roles have their own error for unknown projects. Source: clockify.md:1.4.
fn role_error(error: members::Error, role: &members::RoleChange) -> Error {
    match (error, role) {
        (members::Error::UnknownProject, members::RoleChange::ProjectManager(id)) => {
            Error::NoProject(id.clone())
        }
        (error, _) => error.into(),
    }
}

fn id(cx: &Cx) -> Result<UserId, Error> {
    query::path_id(cx, "userId", Entity::User)
}
