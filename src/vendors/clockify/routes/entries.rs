//! Time entries.

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::{EntryId, UserId};
use crate::vendors::clockify::rules::entries::{self, CreateOptions};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::wire::body::{self, Object};
use crate::vendors::clockify::wire::entries::{
    EndIn, EntryIn, EntryRenderer, InvoicedIn, filter, hydrated, in_progress, running_page,
};
use crate::vendors::clockify::wire::paging::page;
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("createTimeEntry", create_time_entry)
        .on("updateInvoicedStatus", update_invoiced_status)
        .on("getInProgressTimeEntries", get_in_progress_time_entries)
        .on("getTimeEntry", get_time_entry)
        .on("updateTimeEntry", update_time_entry)
        .on("deleteTimeEntry", delete_time_entry)
        .on("endTimeEntry", end_time_entry)
        .on("getTimeEntries", get_time_entries)
        .on("createForOthers", create_for_others)
        .on("stopRunningTimeEntry", stop_running_time_entry)
        .on("replaceMany", replace_many)
        .on("deleteMany", delete_many)
        .on("duplicateTimeEntry", duplicate_time_entry)
}

/// Source: 001:1176.
fn create_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let user = access.actor.user;
    create(
        cx,
        access,
        CreateOptions { user, by_admin: false, start_needed: start_needed(cx), source: None },
    )
}

/// Source: 001:1538, clockify.md:4.6.
fn create_for_others(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let user = user(cx)?;
    let source = query::text(cx, "from-entry").map(|id| id.parse().map_err(|_| Refusal::NoSource));
    let source = source.transpose()?;
    create(
        cx,
        access,
        CreateOptions { user, by_admin: true, start_needed: start_needed(cx), source },
    )
}

fn start_needed(cx: &Context) -> bool {
    quirk!("CFY-200");
    cx.revision() == Revision::Documented
}

fn create(cx: &Context, access: Access, options: CreateOptions) -> Result<Reply, Refusal> {
    let draft = body::object::<EntryIn>(cx)?.draft()?;
    let actor = access.actor;
    let entry = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        entries::create(state, ids, cx.now(), &actor, options, draft)
    })?;
    reply(cx, &actor, StatusCode::CREATED, &entry)
}

/// Source: 001:1247.
fn get_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let entry = entries::get(state, &access.actor, id(cx)?)?;
    let renderer = EntryRenderer::new(cx, state, &access.actor)?.with_query(cx)?;
    Ok(renderer.without_people().reply(StatusCode::OK, &entry))
}

/// Source: 001:1309.
fn update_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (id, actor) = (id(cx)?, access.actor);
    let draft = body::object::<EntryIn>(cx)?.draft()?;
    let entry =
        cx.write(|world| entries::update(&mut world.clockify, cx.now(), &actor, id, draft))?;
    reply(cx, &actor, StatusCode::OK, &entry)
}

/// Source: 001:1386.
fn delete_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (id, actor) = (id(cx)?, access.actor);
    let deleted = cx.write(|world| entries::delete(&mut world.clockify, cx.now(), &actor, id));
    deleted.map_err(|refusal| in_bin(cx, &actor, id, refusal))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// The refusal of a deletion, which today says if the entry is in the bin. Source: facts.md:N-12.
fn in_bin(cx: &Context, actor: &Actor, id: EntryId, refusal: Refusal) -> Refusal {
    let root = cx.read();
    let deleted = root.value.clockify.entry_bin.get(id);
    if deleted.is_none_or(|deleted| deleted.workspace != actor.workspace) {
        return refusal;
    }
    quirk!("CFY-544");
    match cx.revision() {
        Revision::Documented => refusal,
        Revision::Current => {
            quirk!("CFY-538");
            Refusal::InBin
        }
    }
}

/// Source: 001:1409.
fn get_time_entries(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (state, actor, user) = (&root.value.clockify, access.actor, user(cx)?);
    let renderer = EntryRenderer::new(cx, state, &actor)?.with_query(cx)?;
    let filter = filter(cx, access.caller.user.zone())?;
    if in_progress(cx)? {
        let timer = entries::running(state, &actor, user)?;
        return Ok(renderer.page_reply(page(cx)?, timer.into_iter()));
    }
    Ok(renderer.page_reply(page(cx)?, entries::list(state, &actor, user, &filter)?))
}

/// Source: clockify.md:4.6.
fn get_in_progress_time_entries(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let renderer = EntryRenderer::new(cx, state, &access.actor)?;
    Ok(renderer.page_reply(running_page(cx)?, entries::in_progress(state, &access.actor)))
}

/// Source: 001:1613.
fn stop_running_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (user, actor) = (user(cx)?, access.actor);
    let end = body::object::<EndIn>(cx)?.end()?;
    let entry = cx.write(|world| entries::stop(&mut world.clockify, cx.now(), &actor, user, end));
    reply(cx, &actor, StatusCode::OK, &entry.map_err(|error| stop_error(cx, error))?)
}

/// Source: 001:1536.
fn end_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    quirk!("CFY-211");
    if cx.revision() == Revision::Current {
        return Err(Refusal::NoResource);
    }
    let (id, actor) = (id(cx)?, access.actor);
    let end = body::object::<EndIn>(cx)?.end()?;
    let entry = cx.write(|world| entries::end(&mut world.clockify, cx.now(), &actor, id, end));
    reply(cx, &actor, StatusCode::OK, &entry.map_err(|error| stop_error(cx, error))?)
}

/// The refusal if a timer cannot be stopped. Source: 001:1611.
fn stop_error(cx: &Context, error: Refusal) -> Refusal {
    match error {
        Refusal::ProjectRequired | Refusal::RequiredFields | Refusal::RequiredCustomFields(_) => {
            quirk!("CFY-219");
            match (cx.revision(), error) {
                (Revision::Documented, _) => Refusal::NotCreated,
                (Revision::Current, Refusal::ProjectRequired) => Refusal::RequiredFields,
                (Revision::Current, error) => error,
            }
        }
        error => error,
    }
}

/// Source: clockify.md:4.6.
fn replace_many(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (user, actor) = (user(cx)?, access.actor);
    let all = body::list::<Vec<Object<EntryIn>>>(cx)?;
    let all: Vec<_> = all.into_iter().map(|one| one.0.draft_with_id()).collect::<Result<_, _>>()?;
    if all.is_empty() {
        return Err(Refusal::NotEmpty);
    }
    let hydrated = hydrated(cx)?;
    let changed =
        cx.write(|world| entries::update_many(&mut world.clockify, cx.now(), &actor, user, all))?;
    let root = cx.read();
    let renderer = EntryRenderer::new(cx, &root.value.clockify, &actor)?;
    Ok(renderer.with_hydration(hydrated).list_reply(&changed))
}

/// Source: clockify.md:4.6.
fn delete_many(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (user, actor) = (user(cx)?, access.actor);
    let ids = cx.query.list("time-entry-ids");
    if ids.is_empty() {
        return Err(Refusal::NoParameter("time-entry-ids".to_owned()));
    }
    let foreign = |_| Refusal::Unknown(Entity::TIME_ENTRY);
    let ids: Vec<EntryId> =
        ids.into_iter().map(|id| id.parse().map_err(foreign)).collect::<Result<_, _>>()?;
    let gone =
        cx.write(|world| entries::delete_many(&mut world.clockify, cx.now(), &actor, user, &ids))?;
    Ok(EntryRenderer::new(cx, &cx.read().value.clockify, &actor)?.list_reply(&gone))
}

/// Source: clockify.md:4.6.
fn duplicate_time_entry(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (user, id, actor) = (user(cx)?, id(cx)?, access.actor);
    let copy = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        entries::duplicate(state, ids, cx.now(), &actor, user, id)
    })?;
    reply(cx, &actor, StatusCode::CREATED, &copy)
}

/// Source: clockify.md:4.6.
fn update_invoiced_status(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (ids, invoiced) = body::object::<InvoicedIn>(cx)?.parts()?;
    let actor = access.actor;
    cx.write(|world| entries::mark_invoiced(&mut world.clockify, &actor, &ids, invoiced))?;
    Ok(Reply::empty(StatusCode::OK))
}

/// Answers with an entry. It is rendered after the write, so that other writers do not wait.
fn reply(
    cx: &Context,
    actor: &Actor,
    status: StatusCode,
    entry: &TimeEntry,
) -> Result<Reply, Refusal> {
    Ok(EntryRenderer::new(cx, &cx.read().value.clockify, actor)?.reply(status, entry))
}

fn id(cx: &Context) -> Result<EntryId, Refusal> {
    query::path_id(cx, "id", Entity::TIME_ENTRY)
}

/// The person in the path. What is no id at all is refused before it is looked up.
fn user(cx: &Context) -> Result<UserId, Refusal> {
    let unknown = match cx.revision() {
        Revision::Documented => Refusal::Unknown(Entity::USER),
        Revision::Current => Refusal::NotHex,
    };
    cx.param("userId").parse().map_err(|_| {
        quirk!("CFY-541");
        unknown
    })
}
