//! User groups.

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::groups::Group;
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::{GroupId, UserId};
use crate::vendors::clockify::rules::groups::{self, GroupFilter};
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::groups::{GroupIn, GroupOut, GroupUserIn};
use crate::vendors::clockify::wire::paging::page_reply;
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getUserGroups", get_user_groups)
        .on("createUserGroup", create_user_group)
        .on("deleteUserGroup", delete_user_group)
        .on("updateUserGroup", update_user_group)
        .on("addUserToUserGroup", add_user_to_user_group)
        .on("removeUserFromUserGroup", remove_user_from_user_group)
}

/// Source: 001:1856.
fn get_user_groups(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (state, actor) = (&root.value.clockify, access.actor);
    let with_managers = cx.query.boolean("includeTeamManagers")?.unwrap_or(false);
    let managers = with_managers.then(|| groups::managers(state, &actor));
    let managers = |group: &Group| {
        managers.as_ref().map(|all| all.get(&group.id).map_or(&[][..], Vec::as_slice))
    };
    let rows = groups::list(state, &actor, &filter(cx)?)?;
    page_reply(cx, rows.iter(), |group| GroupOut::new(group, managers(group)))
}

/// Source: 001:1867-1885, clockify.md:4.8.
fn filter(cx: &Context) -> Result<GroupFilter, Refusal> {
    quirk!("CFY-304");
    Ok(GroupFilter {
        name: query::text(cx, "name").map(NameFilter::part),
        project: query::project_filter(cx)?,
        by_id: query::sort_column(cx, &["ID", "NAME"])? == Some("ID"),
        descending: query::descending(cx)?,
    })
}

/// Source: 001:1920.
fn create_user_group(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let name = body::object::<GroupIn>(cx)?.name();
    let group = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        groups::create(state, ids, cx.now(), &access.actor, &name)
    })?;
    Ok(Reply::json(StatusCode::CREATED, &GroupOut::new(&group, None)))
}

/// Source: 001:1956.
fn update_user_group(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let name = body::object::<GroupIn>(cx)?.name();
    let group =
        cx.write(|world| groups::rename(&mut world.clockify, cx.now(), &access.actor, id, &name))?;
    Ok(Reply::ok(&GroupOut::new(&group, None)))
}

/// Source: 001:1999.
fn delete_user_group(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let group =
        cx.write(|world| groups::delete(&mut world.clockify, cx.now(), &access.actor, id))?;
    Ok(Reply::ok(&GroupOut::new(&group, None)))
}

/// Source: 001:2037.
fn add_user_to_user_group(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let sent: GroupUserIn = body::object(cx)?;
    let user = sent.user_id.value().ok_or(Refusal::NotNull)?.0;
    let user: UserId = user.parse().map_err(|_| Refusal::Unknown(Entity::USER))?;
    let group =
        cx.write(|world| groups::add(&mut world.clockify, cx.now(), &access.actor, id, user))?;
    Ok(Reply::ok(&GroupOut::new(&group, None)))
}

/// Source: 001:2080.
fn remove_user_from_user_group(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let user: UserId = query::path_id(cx, "userId", Entity::USER)?;
    let group =
        cx.write(|world| groups::remove(&mut world.clockify, cx.now(), &access.actor, id, user))?;
    Ok(Reply::ok(&GroupOut::new(&group, None)))
}

fn id(cx: &Context) -> Result<GroupId, Refusal> {
    query::path_id(cx, "userGroupId", Entity::USER_GROUP)
}
