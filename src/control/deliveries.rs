//! Outgoing webhooks: listing, reading and resending them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::problem::{Problem, no_others};
use crate::http::query::QueryMap;
use crate::kernel::ids::Serial;
use crate::kernel::outbox::{Attempt, Delivery, DeliveryId, HeaderText, State as DeliveryState};
use crate::kernel::uuids::{self, Uuid};
use crate::twin::Twin;

/// The deliveries of a sandbox.
#[derive(Debug, Serialize)]
pub(super) struct DeliveriesOut {
    deliveries: Vec<DeliveryOut>,
}

/// A delivery. Its world knows it by a number, everybody else by an id.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryOut {
    id: Uuid,
    system: String,
    hook: String,
    event: String,
    url: String,
    headers: Vec<(String, HeaderText)>,
    body: String,
    created: DateTime<Utc>,
    until: DateTime<Utc>,
    retries: Vec<u32>,
    due: Option<DateTime<Utc>>,
    state: DeliveryState,
    attempts: Vec<Attempt>,
}

impl DeliveryOut {
    fn new(delivery: &Delivery) -> Self {
        let Delivery {
            id: _,
            system,
            hook,
            event,
            url,
            headers,
            body,
            created,
            until,
            retries,
            due,
            state,
            attempts,
        } = delivery.clone();
        Self {
            id: delivery.uuid(),
            system,
            hook,
            event,
            url,
            headers,
            body,
            created,
            until,
            retries,
            due,
            state,
            attempts,
        }
    }
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
            .map_err(|_| Problem::new(400, "`state` must be `pending`, `delivered` or `failed`."))
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
    Ok(Json(DeliveriesOut { deliveries: deliveries.map(|row| DeliveryOut::new(row)).collect() }))
}

/// A delivery by its id, or by its number in its world.
fn find(twin: &Twin, name: &str, id: &str) -> Result<(DeliveryId, DeliveryOut), Problem> {
    let root = twin.sandbox(name)?.store.read();
    let deliveries = &root.value.outbox.deliveries;
    let found = match id.parse::<Uuid>() {
        Ok(id) => {
            let found = deliveries.get(DeliveryId(Serial(uuids::count(id))));
            found.filter(|delivery| delivery.uuid() == id)
        }
        Err(_) => id.parse().ok().and_then(|number| deliveries.get(number)),
    };
    let found = found.map(|delivery| (delivery.id, DeliveryOut::new(delivery)));
    found.ok_or_else(|| {
        Problem::new(404, "There is no delivery with this id.").with_name("unknown-name")
    })
}

/// `GET /_twin/sandboxes/{sandbox}/deliveries/{id}`
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<DeliveryOut>, Problem> {
    find(&twin, &name, &id).map(|(_, delivery)| Json(delivery))
}

/// `POST /_twin/sandboxes/{sandbox}/deliveries/{id}/resend`: one more attempt, at once.
pub(super) async fn resend(
    State(twin): State<Arc<Twin>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<DeliveryOut>, Problem> {
    let (number, _) = find(&twin, &name, &id)?;
    twin.resend(&name, number).await?;
    find(&twin, &name, &id).map(|(_, delivery)| Json(delivery))
}
