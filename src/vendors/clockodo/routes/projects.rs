//! `/api/v4/projects` and `/api/v3/projects/{id}/setBilled`.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::ProjectId;
use crate::vendors::clockodo::rules::projects;
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::projects::{
    ProjectOut, billed, completed, project_patch,
};
use crate::vendors::clockodo::wire::master::{DataOut, ListIn, MANY, THREE, deletion};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists projects.
pub(super) fn list_projects(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "customers_id", THREE)?;
    let (root, rights) = (cx.read(), caller.user.rights());
    let state = &root.value.clockodo;
    let rows = projects::list(state, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| ProjectOut::of(state, row, rights))))
}

fn answer(world: &World, caller: &Caller, id: ProjectId) -> Result<Reply, Error> {
    let state = &world.clockodo;
    let project = projects::find(state, id)?;
    Ok(Reply::ok(&DataOut { data: ProjectOut::of(state, project, caller.user.rights()) }))
}

/// Gets a project.
pub(super) fn get_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    answer(&cx.read().value, &caller, id)
}

/// Adds a project.
pub(super) fn add_project(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = project_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = projects::add(state, ids, &caller.user, patch)?;
        answer(world, &caller, id)
    })
}

/// Changes a project.
pub(super) fn edit_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let patch = project_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        projects::edit(&mut world.clockodo, cx.now(), &caller.user, id, patch)?;
        answer(world, &caller, id)
    })
}

/// Deletes a project.
pub(super) fn delete_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| projects::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Completes a project, or lets it go on.
pub(super) fn complete_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let completed = completed(&Params::of(cx)?)?;
    cx.write(|world| {
        projects::complete(&mut world.clockodo, cx.now(), &caller.user, id, completed)?;
        answer(world, &caller, id)
    })
}

/// Marks a project as billed or not.
pub(super) fn set_billed(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let (billed, money) = billed(&Params::of(cx)?)?;
    cx.write(|world| {
        projects::set_billed(&mut world.clockodo, cx.now(), &caller.user, id, billed, money)?;
        answer(world, &caller, id)
    })
}
