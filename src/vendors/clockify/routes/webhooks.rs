//! Webhooks and their messages.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::outbox::{HeaderText, Message};
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::limits;
use crate::vendors::clockify::model::WebhookId;
use crate::vendors::clockify::model::webhooks::Webhook;
use crate::vendors::clockify::rules::webhooks::{self, SIGNATURE, WebhookLimits, listeners};
use crate::vendors::clockify::wire::events;
use crate::vendors::clockify::wire::paging::page_of;
use crate::vendors::clockify::wire::webhooks::{
    LogOut, LogsIn, WebhookIn, WebhookOrigin, WebhookOut, WebhooksOut,
};
use crate::vendors::clockify::wire::{body, query};
use crate::world::World;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getWebhooks", get_webhooks)
        .on("createWebhook", create_webhook)
        .on("getWebhook", get_webhook)
        .on("updateWebhook", update_webhook)
        .on("deleteWebhook", delete_webhook)
        .on("generateNewToken", generate_new_token)
        .on("getLogsForWebhook", get_logs_for_webhook)
}

/// Queues the events of a write for their webhooks, as part of that write.
pub fn announce(world: &mut World, _: DateTime<Utc>) {
    if world.clockify.events.waiting().is_empty() {
        return;
    }
    for event in world.clockify.events.take() {
        let Some(most) = most(world, event.workspace) else { continue };
        let listeners = listeners(&world.clockify, &world.outbox, &event, most);
        let body = if listeners.is_empty() { None } else { events::body(&world.clockify, &event) };
        let Some(body) = body else { continue };
        let name = serde_json::to_value(event.kind).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        for webhook in listeners {
            let message = message(&webhook, name, body.clone());
            world.outbox.post(&mut world.ids, event.at, message);
        }
    }
}

/// The client that delivers webhooks. Source: facts.md:N-75.
const AGENT: &str = "Vert.x-WebClient/4.2.5";

/// The message to send to a webhook. Source: clockify.md:7.1.
fn message(webhook: &Webhook, event: &str, body: String) -> Message {
    let text = |name: &str, text: &str| (name.to_owned(), HeaderText::Text(text.to_owned()));
    quirk!("CFY-346");
    Message {
        system: "clockify",
        hook: webhook.id.to_string(),
        event: event.to_owned(),
        url: webhook.url.clone(),
        headers: vec![
            text("content-type", "application/json"),
            text("user-agent", AGENT),
            text(SIGNATURE, &webhook.token),
            text("clockify-webhook-event-type", event),
            ("idempotency-key".to_owned(), HeaderText::Unique),
        ],
        body,
        retries: &limits::WEBHOOK_RETRIES,
        keep: limits::WEBHOOK_LOG,
    }
}

/// The maximum numbers of webhooks, from the workspace's plan.
fn most(
    world: &World,
    workspace: crate::vendors::clockify::model::WorkspaceId,
) -> Option<WebhookLimits> {
    let home = world.clockify.workspaces.get(workspace)?;
    Some(limits::webhooks(world.settings.revision, home.plan.tier()))
}

fn reply(world: &World, webhook: &Webhook, status: StatusCode) -> Result<Reply, Refusal> {
    let most = most(world, webhook.workspace).ok_or(Refusal::UnknownWorkspace)?;
    let out = WebhookOut::new(&world.clockify, &world.outbox, webhook, most);
    Ok(Reply::json(status, &out))
}

/// Source: clockify.md:7.
fn get_webhooks(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let world = &root.value;
    let origin = origin(cx)?;
    let (own, count) = webhooks::list(&world.clockify, &access.actor)?;
    let most = most(world, access.actor.workspace).ok_or(Refusal::UnknownWorkspace)?;
    let filter = own.iter().filter(|webhook| origin.is_none_or(|origin| origin.fits(webhook)));
    let out = |webhook| WebhookOut::new(&world.clockify, &world.outbox, webhook, most);
    let webhooks = filter.map(|webhook| out(webhook)).collect();
    Ok(Reply::ok(&WebhooksOut { workspace_webhook_count: count, webhooks }))
}

/// The creator that a list is limited to. Today a list of the vendor's own webhooks fails.
fn origin(cx: &Context) -> Result<Option<WebhookOrigin>, Refusal> {
    let origin = query::word(cx, "type")?;
    if origin == Some(WebhookOrigin::System) {
        quirk!("CFY-545");
        if cx.revision() == Revision::Current {
            return Err(Refusal::Invalid("type".to_owned()));
        }
    }
    Ok(origin)
}

/// Source: clockify.md:7.
fn create_webhook(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let draft = body::object::<WebhookIn>(cx)?.into();
    let (actor, addon) = (access.actor, access.caller.addon.map(|addon| addon.name));
    let webhook = cx.write(|world| {
        let most = most(world, actor.workspace).ok_or(Refusal::UnknownWorkspace)?;
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        webhooks::create(state, ids, cx.now(), &actor, addon, draft, most)
    })?;
    reply(&cx.read().value, &webhook, StatusCode::CREATED)
}

/// Source: clockify.md:7.
fn get_webhook(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let webhook = webhooks::get(&root.value.clockify, &access.actor, id(cx)?)?;
    reply(&root.value, &webhook, StatusCode::OK)
}

/// Source: clockify.md:7.
fn update_webhook(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let draft = body::object::<WebhookIn>(cx)?.into();
    let webhook = cx
        .write(|world| webhooks::update(&mut world.clockify, cx.now(), &access.actor, id, draft))?;
    reply(&cx.read().value, &webhook, StatusCode::OK)
}

/// Source: clockify.md:7.
fn delete_webhook(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    cx.write(|world| webhooks::delete(&mut world.clockify, &mut world.outbox, &access.actor, id))?;
    Ok(Reply::empty(StatusCode::OK))
}

/// Source: clockify.md:7.
fn generate_new_token(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let webhook = cx.write(|world| {
        let World { clockify: state, outbox, ids, .. } = world;
        webhooks::renew_token(state, outbox, ids, &access.actor, id)
    })?;
    reply(&cx.read().value, &webhook, StatusCode::OK)
}

/// Source: 001:78, clockify.md:2, clockify.md:7.
fn get_logs_for_webhook(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let webhook = webhooks::get(&root.value.clockify, &access.actor, id(cx)?)?;
    let filter = body::object::<LogsIn>(cx)?.filter()?;
    quirk!("CFY-347");
    // Its pages count from 0.
    let page = cx.query.integer("page")?.map(|page| page.saturating_add(1));
    let page = page_of(page, cx.query.integer("size")?)?;
    let attempts = filter.attempts(webhooks::deliveries(&root.value.outbox, webhook.id));
    let (rows, _) = page.of(attempts.into_iter());
    let rows = rows.into_iter();
    let rows: Vec<_> =
        rows.map(|(sent, n, attempt)| LogOut::new(webhook.id, sent, n, attempt)).collect();
    Ok(Reply::ok(&rows))
}

fn id(cx: &Context) -> Result<WebhookId, Refusal> {
    query::path_id(cx, "webhookId", Entity::WEBHOOK)
}
