//! The live feed of all deliveries of a server as server-sent events, each once, at its first attempt.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::{DateTime, Utc};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::deliveries::DeliveryOut;
use super::problem::{Problem, no_others};
use crate::http::query::QueryMap;
use crate::kernel::sandbox::{Refused, is_name};
use crate::twin::{FEEDS, Twin};

/// How often a silent feed says that it is still there.
const BEAT: Duration = Duration::from_secs(15);

/// How far a feed has come.
struct Feed {
    twin: Arc<Twin>,
    /// The sandbox whose deliveries are wanted; all when absent.
    sandbox: Option<String>,
    /// The number of the last delivery seen.
    last: u64,
    greeted: bool,
    _place: OwnedSemaphorePermit,
}

/// A delivery in the feed.
#[derive(Debug, Serialize)]
struct SentOut<'a> {
    sandbox: &'a str,
    /// When it was first sent, on the clock of the sandbox.
    at: DateTime<Utc>,
    #[serde(flatten)]
    delivery: DeliveryOut,
}

/// `GET /_twin/deliveries/stream?sandbox=`: each delivery as it is sent for the first time. `Last-Event-ID` goes on
/// after a delivery; that of an earlier run of the server begins with all that this run has sent.
pub(super) async fn stream(
    State(twin): State<Arc<Twin>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let query = QueryMap::parse(&query.unwrap_or_default());
    let sandbox = query.first("sandbox").map(str::to_owned);
    no_others(&query)?;
    if sandbox.as_deref().is_some_and(|name| !is_name(name)) {
        return Err(Refused::BadName.into());
    }
    let sent = twin.courier().sent();
    let mark = headers.get("last-event-id").and_then(|mark| mark.to_str().ok());
    let last = mark.map_or_else(|| sent.newest(), |mark| sent.number(mark));
    let place = twin.feed_place().ok_or_else(|| {
        Problem::new(429, format!("At most {FEEDS} feeds are open at once."))
            .with_name("feeds-full")
    })?;
    let feed = Feed { twin, sandbox, last, greeted: false, _place: place };
    let events = stream::unfold(feed, |mut feed| async move {
        let event = feed.next().await?;
        Some((Ok::<_, Infallible>(event), feed))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT).text("still there")))
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        let twin = Arc::clone(&self.twin);
        if !self.greeted {
            // The client learns that it is connected, and where to go on, before anything happens.
            self.greeted = true;
            let mark = twin.courier().sent().mark(self.last);
            return Some(Event::default().event("connected").id(mark).data(""));
        }
        loop {
            let seen = twin.courier().sent().signal.count();
            if let Some(event) = self.event() {
                return Some(event);
            }
            tokio::select! {
                _ = twin.courier().sent().signal.wait_past(seen) => (),
                _ = twin.shutdown().wait_past(0) => return None,
            }
        }
    }

    /// The next delivery that is wanted, or the number of those that fell out before a slow client came to them.
    fn event(&mut self) -> Option<Event> {
        let sent = self.twin.courier().sent();
        while let Some(first) = sent.after(self.last) {
            let missed = first.number - self.last - 1;
            if missed > 0 {
                self.last += missed;
                return Some(Event::default().event("dropped").data(missed.to_string()));
            }
            self.last = first.number;
            if self.sandbox.as_ref().is_none_or(|wanted| *wanted == first.sandbox) {
                let delivery = DeliveryOut::new(&first.delivery);
                let out = SentOut { sandbox: &first.sandbox, at: first.at, delivery };
                let data = serde_json::to_string(&out).unwrap_or_default();
                let event = Event::default().event("delivery").id(sent.mark(first.number));
                return Some(event.data(data));
            }
        }
        None
    }
}
