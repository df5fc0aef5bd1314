//! Clients.

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::clients::Client;
use crate::vendors::clockify::model::{ClientId, State};
use crate::vendors::clockify::rules::clients::{self, ClientFilter};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::clients::{ClientIn, ClientOut};
use crate::vendors::clockify::wire::paging::{counted_reply, in_order};
use crate::vendors::clockify::wire::query;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getClients", get_clients)
        .on("createClient", create_client)
        .on("getClient", get_client)
        .on("updateClient", update_client)
        .on("deleteClient", delete_client)
}

/// Source: 001:92.
fn get_clients(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let home = access.actor.workspace(state).ok_or(Refusal::UnknownWorkspace)?;
    let filter =
        ClientFilter { archived: cx.query.boolean("archived")?, name: query::name_filter(cx)? };
    quirk!("CFY-022");
    query::sort_column(cx, &["NAME"])?;
    let rows = in_order(clients::list(state, &access.actor, &filter), query::descending(cx)?);
    counted_reply(cx, rows, |client| ClientOut::new(client, home))
}

/// Source: 001:152.
fn create_client(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let new = body::object::<ClientIn>(cx)?.into();
    let actor = access.actor;
    let client = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        clients::create(state, ids, cx.now(), &actor, new)
    })?;
    reply(&cx.read().value.clockify, &actor, &client, StatusCode::CREATED)
}

/// Source: clockify.md:4.1.
fn get_client(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let state = &cx.read().value.clockify;
    let client = clients::get(state, &access.actor, id(cx)?)?;
    reply(state, &access.actor, &client, StatusCode::OK)
}

/// Source: 001:188.
fn update_client(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let flag = |name| cx.query.boolean(name).map(|flag| flag.unwrap_or(false));
    let id = id(cx)?;
    let update = body::object::<ClientIn>(cx)?;
    let update = update.update(flag("archive-projects")?, flag("mark-tasks-as-done")?)?;
    let actor = access.actor;
    let client =
        cx.write(|world| clients::update(&mut world.clockify, cx.now(), &actor, id, update))?;
    reply(&cx.read().value.clockify, &actor, &client, StatusCode::OK)
}

/// Source: 001:235.
fn delete_client(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    quirk!("CFY-014");
    let must_be_archived = cx.revision() == Revision::Current;
    let (id, actor) = (id(cx)?, access.actor);
    let client = cx.write(|world| {
        clients::delete(&mut world.clockify, cx.now(), &actor, id, must_be_archived)
    })?;
    reply(&cx.read().value.clockify, &actor, &client, StatusCode::OK)
}

fn id(cx: &Context) -> Result<ClientId, Refusal> {
    query::path_id(cx, "id", Entity::CLIENT)
}

fn reply(
    state: &State,
    actor: &Actor,
    client: &Client,
    status: StatusCode,
) -> Result<Reply, Refusal> {
    let home = actor.workspace(state).ok_or(Refusal::UnknownWorkspace)?;
    Ok(Reply::json(status, &ClientOut::new(client, home)))
}
