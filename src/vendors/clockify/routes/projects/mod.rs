//! Projects. What is asked of a list is read in `filters`; people, estimates and templates are in
//! `settings`.

mod filters;
mod settings;

use axum::http::StatusCode;

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Error};
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::{ProjectId, State};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::projects;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::memberships::Frame;
use crate::vendors::clockify::wire::paging::paged;
use crate::vendors::clockify::wire::projects::{ProjectIn, ProjectOut, Unset};
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    let handlers = handlers
        .on("getProjects", get_projects)
        .on("createNewProject", create_new_project)
        .on("getProject", get_project)
        .on("updateProject", update_project)
        .on("deleteProject", delete_project);
    settings::handlers(handlers)
}

/// Source: 001:275.
fn get_projects(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let wanted = filters::wanted(cx)?;
    let hydrated = cx.query.boolean("hydrated")?.unwrap_or(false);
    let root = cx.read();
    let state = &root.value.clockify;
    let frame = frame(cx, state, &access.actor)?;
    let unset = unset(cx);
    let rows = projects::list(state, &access.actor, &wanted);
    paged(cx, rows, |project| {
        let out = ProjectOut::new(project, &frame, unset);
        if hydrated { out.hydrated(&frame) } else { out }
    })
}

/// Source: 001:437.
fn create_new_project(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let new = body::object::<ProjectIn>(cx)?.new_project(cx.revision())?;
    let actor = access.actor;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        let project = projects::create(state, ids, cx.now(), &actor, new)?;
        shown(cx, state, &actor, &project, StatusCode::CREATED)
    })
}

/// Source: 001:387.
fn get_project(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let hydrated = cx.query.boolean("hydrated")?.unwrap_or(false);
    let root = cx.read();
    let state = &root.value.clockify;
    let project = projects::get(state, &access.actor, id(cx)?)?;
    let frame = frame(cx, state, &access.actor)?;
    let out = ProjectOut::new(&project, &frame, unset(cx));
    Ok(Reply::ok(&if hydrated { out.hydrated(&frame) } else { out }))
}

/// Source: 001:510.
fn update_project(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let id = id(cx)?;
    let change = body::object::<ProjectIn>(cx)?.change(cx.revision())?;
    let actor = access.actor;
    cx.write(|world| {
        let state = &mut world.clockify;
        let project = projects::update(state, cx.now(), &actor, id, change)?;
        shown(cx, state, &actor, &project, put_status(cx))
    })
}

/// Answers the project as it was. Source: 001:722.
fn delete_project(cx: &Cx, access: Access) -> Result<Reply, Error> {
    quirk!("CFY-126");
    let must_be_archived = cx.revision() == Revision::Current;
    let (id, actor) = (id(cx)?, access.actor);
    cx.write(|world| {
        let state = &mut world.clockify;
        let project = projects::get(state, &actor, id)?;
        let before = shown(cx, state, &actor, &project, StatusCode::OK)?;
        projects::delete(state, cx.now(), &actor, id, must_be_archived)?;
        Ok(before)
    })
}

/// The status of a changed project, template mark or task.
pub(super) fn put_status(cx: &Cx) -> StatusCode {
    quirk!("CFY-127");
    match cx.revision() {
        Revision::Documented => StatusCode::CREATED,
        Revision::Current => StatusCode::OK,
    }
}

pub(super) fn id(cx: &Cx) -> Result<ProjectId, Error> {
    query::path_id(cx, "projectId", Entity::Project)
}

pub(super) fn frame<'a>(cx: &Cx, state: &'a State, actor: &Actor) -> Result<Frame<'a>, Error> {
    Frame::of(state, actor, cx.now()).ok_or(Error::UnknownWorkspace)
}

/// How a rate that was never set is read.
fn unset(cx: &Cx) -> Unset {
    match cx.revision() {
        Revision::Documented => Unset::Null,
        Revision::Current => Unset::Zero,
    }
}

/// The answer of whatever changed a project.
fn shown(
    cx: &Cx,
    state: &State,
    actor: &Actor,
    project: &Project,
    status: StatusCode,
) -> Result<Reply, Error> {
    let frame = frame(cx, state, actor)?;
    Ok(Reply::json(status, &ProjectOut::new(project, &frame, Unset::Zero)))
}
