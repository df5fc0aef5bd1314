//! Outgoing webhooks: listing, reading and resending them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::away;
use super::problem::{Problem, no_others};
use crate::http::query::QueryMap;
use crate::kernel::ids::Serial;
use crate::kernel::outbox::{self, Attempt, Delivery, DeliveryId, Outbox, State as DeliveryState};
use crate::kernel::uuids::{self, Uuid};
use crate::twin::Twin;

/// The deliveries of a sandbox.
#[derive(Debug, Serialize)]
pub(super) struct DeliveriesOut {
    deliveries: Vec<DeliveryOut>,
    /// How many a sandbox keeps at most.
    bound: usize,
    /// How many were deleted to make room for newer ones.
    dropped: u64,
}

/// A delivery. Its world knows it by a number, everybody else by an id.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryOut {
    id: Uuid,
    system: String,
    hook: String,
    event: String,
    url: String,
    /// Headers of the last attempt, or of the first one to come.
    headers: Map<String, Value>,
    body: String,
    created: DateTime<Utc>,
    until: DateTime<Utc>,
    retries: Vec<u32>,
    due: Option<DateTime<Utc>>,
    state: DeliveryState,
    attempts: Vec<Attempt>,
}

impl DeliveryOut {
    pub(super) fn new(delivery: &Delivery) -> Self {
        let Delivery {
            id: _,
            system,
            hook,
            event,
            url,
            headers: _,
            body,
            created,
            until,
            retries,
            due,
            state,
            attempts,
        } = delivery.clone();
        let headers = delivery.shown_headers();
        let headers = headers.map(|(name, text)| (name.to_owned(), text.into())).collect();
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
) -> Result<Response, Problem> {
    let (hook, event, state) = filter(&query.unwrap_or_default())?;
    let root = twin.sandbox(&name)?.store.read();
    let is_wanted = move |delivery: &&Arc<Delivery>| {
        hook.as_ref().is_none_or(|hook| delivery.hook == *hook)
            && event.as_ref().is_none_or(|event| delivery.event == *event)
            && state.is_none_or(|state| delivery.state == state)
    };
    away::list(move || {
        let Outbox { deliveries, dropped } = &*root.value.outbox;
        let deliveries = deliveries.iter().filter(is_wanted).map(|row| DeliveryOut::new(row));
        let (bound, dropped) = (outbox::MOST, *dropped);
        Ok::<_, Problem>(DeliveriesOut { deliveries: deliveries.collect(), bound, dropped })
    })
    .await
}

/// The hook, the event and the state that are asked for.
type Filter = (Option<String>, Option<String>, Option<DeliveryState>);

fn filter(query: &str) -> Result<Filter, Problem> {
    let query = QueryMap::parse(query);
    let text = |name| query.first(name).map(str::to_owned);
    let (hook, event) = (text("hook"), text("event"));
    let state = text("state").map(|text| {
        serde_json::from_value(text.into())
            .map_err(|_| Problem::new(400, "`state` must be `pending`, `delivered` or `failed`."))
    });
    let state = state.transpose()?;
    no_others(&query)?;
    Ok((hook, event, state))
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
