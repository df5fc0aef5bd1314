//! Projects. `filters` reads the filter of the list; `settings` has members, estimates and
//! templates.

mod filters;
mod settings;

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::{ProjectId, State};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::projects;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::memberships::RowContext;
use crate::vendors::clockify::wire::paging::page_reply;
use crate::vendors::clockify::wire::projects::{
    HydratedProjectOut, ProjectIn, ProjectOut, UnsetRate,
};
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
fn get_projects(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let filter = filters::filter(cx)?;
    let hydrated = cx.query.boolean("hydrated")?.unwrap_or(false);
    let root = cx.read();
    let state = &root.value.clockify;
    let context = context(cx, state, &access.actor)?;
    let unset_rate = unset_rate(cx);
    let rows = projects::list(state, &access.actor, &filter)?;
    let rows = rows.map(|project| (project, ProjectOut::new(project, &context, unset_rate)));
    if hydrated {
        return page_reply(cx, rows, |(project, out)| {
            HydratedProjectOut::new(out, project, &context)
        });
    }
    page_reply(cx, rows, |(_, out)| out)
}

/// Source: 001:437.
fn create_new_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let new = body::object::<ProjectIn>(cx)?.new_project(cx.revision())?;
    let actor = access.actor;
    let project = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        projects::create(state, ids, cx.now(), &actor, new)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &project, StatusCode::CREATED)
}

/// Source: 001:387.
fn get_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let hydrated = cx.query.boolean("hydrated")?.unwrap_or(false);
    let root = cx.read();
    let state = &root.value.clockify;
    let project = projects::get(state, &access.actor, id(cx)?)?;
    let context = context(cx, state, &access.actor)?;
    let out = ProjectOut::new(&project, &context, unset_rate(cx));
    if hydrated {
        return Ok(Reply::ok(&HydratedProjectOut::new(out, &project, &context)));
    }
    Ok(Reply::ok(&out))
}

/// Source: 001:510.
fn update_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let change = body::object::<ProjectIn>(cx)?.change(cx.revision())?;
    let actor = access.actor;
    let project =
        cx.write(|world| projects::update(&mut world.clockify, cx.now(), &actor, id, change))?;
    reply(cx, &cx.read().value.clockify, &actor, &project, put_status(cx))
}

/// Answers with the project as it was before. Source: 001:722.
fn delete_project(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    quirk!("CFY-126");
    let must_be_archived = cx.revision() == Revision::Current;
    let (id, actor) = (id(cx)?, access.actor);
    let root = cx.read();
    let state = &root.value.clockify;
    let project = projects::get(state, &actor, id)?;
    let before = reply(cx, state, &actor, &project, StatusCode::OK)?;
    cx.write(|world| {
        projects::delete(&mut world.clockify, cx.now(), &actor, id, must_be_archived)
    })?;
    Ok(before)
}

/// The status of the answer to an update of a project, template or task.
pub(super) fn put_status(cx: &Context) -> StatusCode {
    quirk!("CFY-127");
    match cx.revision() {
        Revision::Documented => StatusCode::CREATED,
        Revision::Current => StatusCode::OK,
    }
}

pub(super) fn id(cx: &Context) -> Result<ProjectId, Refusal> {
    query::path_id(cx, "projectId", Entity::PROJECT)
}

pub(super) fn context<'a>(
    cx: &Context,
    state: &'a State,
    actor: &Actor,
) -> Result<RowContext<'a>, Refusal> {
    RowContext::of(state, actor, cx.now()).ok_or(Refusal::UnknownWorkspace)
}

/// The rendering of a rate that was never set, in answers to reads.
fn unset_rate(cx: &Context) -> UnsetRate {
    match cx.revision() {
        Revision::Documented => UnsetRate::Null,
        Revision::Current => UnsetRate::Zero,
    }
}

/// Answers with a changed project.
fn reply(
    cx: &Context,
    state: &State,
    actor: &Actor,
    project: &Project,
    status: StatusCode,
) -> Result<Reply, Refusal> {
    let context = context(cx, state, actor)?;
    Ok(Reply::json(status, &ProjectOut::new(project, &context, UnsetRate::Zero)))
}
