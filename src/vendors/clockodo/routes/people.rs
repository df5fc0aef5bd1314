//! `/api/v3/users`, `/api/v4/users/me` and `/api/v3/teams`.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::{TeamId, UserId};
use crate::vendors::clockodo::rules::{teams, users};
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::people::{TeamOut, UserOut, team_patch, user_patch};
use crate::vendors::clockodo::wire::master::{DataOut, FEW, ListIn, SIX, TWO, deletion};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists co-workers.
pub(super) fn list_users(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, FEW, "", SIX)?;
    let root = cx.read();
    let revision = root.value.settings.revision;
    let rows = users::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| UserOut::of(row, &caller.user, revision))))
}

fn user(world: &World, caller: &Caller, id: UserId) -> Result<Reply, Error> {
    let user = users::find(&world.clockodo, id)?;
    let data = UserOut::of(user, &caller.user, world.settings.revision);
    Ok(Reply::ok(&DataOut { data }))
}

/// Gets a co-worker.
pub(super) fn get_user(cx: &Cx, caller: Caller, id: UserId) -> Result<Reply, Error> {
    user(&cx.read().value, &caller, id)
}

/// Gets the co-worker who calls.
pub(super) fn get_me(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    user(&cx.read().value, &caller, caller.user.id)
}

/// Adds a co-worker.
pub(super) fn add_user(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = user_patch(&Params::of(cx)?, cx.revision())?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = users::add(state, ids, cx.now(), &caller.user, patch)?;
        user(world, &caller, id)
    })
}

/// Changes a co-worker.
pub(super) fn edit_user(cx: &Cx, caller: Caller, id: UserId) -> Result<Reply, Error> {
    let patch = user_patch(&Params::of(cx)?, cx.revision())?;
    cx.write(|world| {
        users::edit(&mut world.clockodo, &caller.user, id, patch)?;
        user(world, &caller, id)
    })
}

/// Deletes a co-worker.
pub(super) fn delete_user(cx: &Cx, caller: Caller, id: UserId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| users::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Lists teams.
pub(super) fn list_teams(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, FEW, "", TWO)?;
    let root = cx.read();
    let state = &root.value.clockodo;
    let rows = teams::list(state, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| TeamOut::of(row, teams::members(state, row.id)))))
}

fn team(world: &World, id: TeamId) -> Result<Reply, Error> {
    let state = &world.clockodo;
    let team = teams::find(state, id)?;
    Ok(Reply::ok(&DataOut { data: TeamOut::of(team, teams::members(state, id)) }))
}

/// Gets a team.
pub(super) fn get_team(cx: &Cx, _: Caller, id: TeamId) -> Result<Reply, Error> {
    team(&cx.read().value, id)
}

/// Adds a team.
pub(super) fn add_team(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = team_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = teams::add(state, ids, &caller.user, patch)?;
        team(world, id)
    })
}

/// Changes a team.
pub(super) fn edit_team(cx: &Cx, caller: Caller, id: TeamId) -> Result<Reply, Error> {
    let patch = team_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        teams::edit(&mut world.clockodo, &caller.user, id, patch)?;
        team(world, id)
    })
}

/// Deletes a team.
pub(super) fn delete_team(cx: &Cx, caller: Caller, id: TeamId) -> Result<Reply, Error> {
    cx.write(|world| teams::delete(&mut world.clockodo, &caller.user, id))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}
