//! Tasks.

use axum::http::StatusCode;

use super::projects::{context, id as project, put_status};
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::tasks::{Task, TaskStatus};
use crate::vendors::clockify::model::{State, TaskId};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::tasks::{self, Sort, TaskFilter};
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::money::RateIn;
use crate::vendors::clockify::wire::paging::page_reply;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::tasks::{TaskIn, TaskOut};

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getTasks", get_tasks)
        .on("createTask", create_task)
        .on("getTask", get_task)
        .on("updateTask", update_task)
        .on("deleteTask", delete_task)
        .on("setTaskHourlyRate", set_task_hourly_rate)
        .on("setTaskCostRate", set_task_cost_rate)
}

/// Source: 001:967.
fn get_tasks(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let filter = filter(cx)?;
    let root = cx.read();
    let state = &root.value.clockify;
    let rows = tasks::list(state, &access.actor, project(cx)?, &filter)?;
    let context = context(cx, state, &access.actor)?;
    page_reply(cx, rows.into_iter(), |task| TaskOut::new(task, &context))
}

fn filter(cx: &Context) -> Result<TaskFilter, Refusal> {
    quirk!("CFY-114");
    let status = |active| if active { TaskStatus::Active } else { TaskStatus::Done };
    Ok(TaskFilter {
        status: cx.query.boolean("is-active")?.map(status),
        name: query::name_filter(cx)?,
        sort: match query::one_of(cx, "sort-column", &["ID", "NAME"])? {
            Some("ID") => Sort::Id,
            _ => Sort::Name,
        },
        descending: query::descending(cx)?,
    })
}

/// Source: 001:1049.
fn create_task(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (project, new) = (project(cx)?, body::object::<TaskIn>(cx)?.change()?);
    let actor = access.actor;
    let task = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        tasks::create(state, ids, cx.now(), &actor, project, new)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &task, StatusCode::CREATED)
}

/// Source: 001:1019.
fn get_task(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let task = tasks::get(state, &access.actor, project(cx)?, id(cx)?)?;
    reply(cx, state, &access.actor, &task, StatusCode::OK)
}

/// Source: 001:1092.
fn update_task(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (project, id) = (project(cx)?, id(cx)?);
    let change = body::object::<TaskIn>(cx)?.change()?;
    let (actor, current) = (access.actor, cx.revision() == Revision::Current);
    let task = cx.write(|world| {
        tasks::update(&mut world.clockify, cx.now(), &actor, project, id, change, current)
    })?;
    reply(cx, &cx.read().value.clockify, &actor, &task, put_status(cx))
}

/// Answers with the task as it was before. Source: 001:1134.
fn delete_task(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    quirk!("CFY-115");
    let current = cx.revision() == Revision::Current;
    let (project, id, actor) = (project(cx)?, id(cx)?, access.actor);
    let root = cx.read();
    let state = &root.value.clockify;
    let task = tasks::get(state, &actor, project, id)?;
    let before = reply(cx, state, &actor, &task, StatusCode::OK)?;
    cx.write(|world| tasks::delete(&mut world.clockify, cx.now(), &actor, project, id, current))?;
    Ok(before)
}

/// Source: clockify.md:4.5.
fn set_task_hourly_rate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Hourly)
}

/// Source: clockify.md:4.5.
fn set_task_cost_rate(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    set_rate(cx, &access, RateKind::Cost)
}

fn set_rate(cx: &Context, access: &Access, kind: RateKind) -> Result<Reply, Refusal> {
    let whose = (project(cx)?, id(cx)?);
    let rate = body::object::<RateIn>(cx)?.rate()?;
    let actor = access.actor;
    let task = cx
        .write(|world| tasks::set_rate(&mut world.clockify, cx.now(), &actor, whose, kind, rate))?;
    reply(cx, &cx.read().value.clockify, &actor, &task, StatusCode::OK)
}

fn id(cx: &Context) -> Result<TaskId, Refusal> {
    query::path_id(cx, "taskId", Entity::TASK)
}

fn reply(
    cx: &Context,
    state: &State,
    actor: &Actor,
    task: &Task,
    status: StatusCode,
) -> Result<Reply, Refusal> {
    Ok(Reply::json(status, &TaskOut::new(task, &context(cx, state, actor)?)))
}
