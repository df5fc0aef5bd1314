//! `/api/v3/subprojects`.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::SubprojectId;
use crate::vendors::clockodo::rules::subprojects;
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::projects::{
    SubprojectOut, completed, subproject_patch,
};
use crate::vendors::clockodo::wire::master::{DataOut, ListIn, MANY, THREE, deletion};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists subprojects.
pub(super) fn list_subprojects(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "projects_id", THREE)?;
    let (root, rights) = (cx.read(), caller.user.rights());
    let rows = subprojects::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| SubprojectOut::of(row, rights))))
}

fn answer(world: &World, caller: &Caller, id: SubprojectId) -> Result<Reply, Error> {
    let part = subprojects::find(&world.clockodo, id)?;
    Ok(Reply::ok(&DataOut { data: SubprojectOut::of(part, caller.user.rights()) }))
}

/// Gets a subproject.
pub(super) fn get_subproject(cx: &Cx, caller: Caller, id: SubprojectId) -> Result<Reply, Error> {
    answer(&cx.read().value, &caller, id)
}

/// Adds a subproject.
pub(super) fn add_subproject(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = subproject_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = subprojects::add(state, ids, &caller.user, patch)?;
        answer(world, &caller, id)
    })
}

/// Changes a subproject.
pub(super) fn edit_subproject(cx: &Cx, caller: Caller, id: SubprojectId) -> Result<Reply, Error> {
    let patch = subproject_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        subprojects::edit(&mut world.clockodo, &caller.user, id, patch)?;
        answer(world, &caller, id)
    })
}

/// Deletes a subproject.
pub(super) fn delete_subproject(cx: &Cx, caller: Caller, id: SubprojectId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| subprojects::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Completes a subproject, or lets it go on.
pub(super) fn complete_subproject(
    cx: &Cx,
    caller: Caller,
    id: SubprojectId,
) -> Result<Reply, Error> {
    let completed = completed(&Params::of(cx)?)?;
    cx.write(|world| {
        subprojects::complete(&mut world.clockodo, cx.now(), &caller.user, id, completed)?;
        answer(world, &caller, id)
    })
}
