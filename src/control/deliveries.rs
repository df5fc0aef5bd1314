//! Outgoing webhooks: what was sent, what is still to be sent, and sending it again.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::Serialize;

use super::problem::{Problem, no_others};
use crate::http::query::QueryMap;
use crate::kernel::outbox::{Delivery, DeliveryId};
use crate::twin::Twin;

/// The deliveries of a sandbox.
#[derive(Debug, Serialize)]
pub(super) struct DeliveriesOut {
    deliveries: Vec<Delivery>,
}

/// `GET /_twin/sandboxes/{sandbox}/deliveries?hook=&event=&state=`, oldest first.
pub(super) async fn list(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<DeliveriesOut>, Problem> {
    let query = QueryMap::parse(&query.unwrap_or_default());
    let (hook, event) = (query.first("hook"), query.first("event"));
    let state = query.first("state").map(|text| {
        let value = serde_json::Value::String(text.to_owned());
        serde_json::from_value(value)
            .map_err(|_| Problem::new(400, "`state` is `pending`, `delivered` or `failed`."))
    });
    let state = state.transpose()?;
    no_others(&query)?;
    let root = twin.sandbox(&name)?.store.read();
    let wanted = |delivery: &&Arc<Delivery>| {
        hook.is_none_or(|hook| delivery.hook == hook)
            && event.is_none_or(|event| delivery.event == event)
            && state.is_none_or(|state| delivery.state == state)
    };
    let deliveries = root.value.outbox.deliveries.iter().filter(wanted);
    Ok(Json(DeliveriesOut { deliveries: deliveries.map(|row| Delivery::clone(row)).collect() }))
}

fn find(twin: &Twin, name: &str, id: &str) -> Result<(DeliveryId, Delivery), Problem> {
    let root = twin.sandbox(name)?.store.read();
    let found = id.parse().ok().and_then(|id: DeliveryId| {
        Some((id, Delivery::clone(root.value.outbox.deliveries.get(id)?)))
    });
    found.ok_or_else(|| Problem::new(404, "There is no delivery of this id.").named("unknown-name"))
}

/// `GET /_twin/sandboxes/{sandbox}/deliveries/{id}`
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Delivery>, Problem> {
    find(&twin, &name, &id).map(|(_, delivery)| Json(delivery))
}

/// `POST /_twin/sandboxes/{sandbox}/deliveries/{id}/resend`: one more attempt, at once.
pub(super) async fn resend(
    State(twin): State<Arc<Twin>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Delivery>, Problem> {
    let (number, _) = find(&twin, &name, &id)?;
    twin.resend(&name, number).await?;
    find(&twin, &name, &id).map(|(_, delivery)| Json(delivery))
}
