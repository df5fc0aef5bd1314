//! The journal of a sandbox: lists, counts, one record, verification, and a live feed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::away::{self, away};
use super::feed::feed;
use super::filter::{Filter, number};
use super::problem::{Problem, required};
use crate::kernel::journal::Record;
use crate::twin::{Expectations, FEEDS, Twin, Verdict};

/// A part of a journal.
#[derive(Debug, Serialize)]
pub(super) struct RequestsOut {
    requests: Vec<Record>,
    /// How many records are kept at most.
    bound: usize,
    /// How many have fallen out.
    dropped: u64,
}

/// `GET /_twin/sandboxes/{sandbox}/requests?surface=&operation=&method=&person=&status=&since=`. `since`
/// is an instant of the sandbox's clock, or the id of the last record already seen.
pub(super) async fn list(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let filter = Filter::of(&twin, query)?;
    let sandbox = twin.sandbox(&name)?;
    let requests = move || {
        let journal = sandbox.journal();
        Ok::<_, Problem>(RequestsOut {
            requests: journal.iter().filter(|record| filter.wants(record)).cloned().collect(),
            bound: journal.bound(),
            dropped: journal.dropped(),
        })
    };
    away::list(requests).await
}

/// `GET /_twin/sandboxes/{sandbox}/requests/count`, with the filters of the list.
pub(super) async fn count(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let filter = Filter::of(&twin, query)?;
    let sandbox = twin.sandbox(&name)?;
    let count = sandbox.journal().iter().filter(|record| filter.wants(record)).count();
    Ok(Json(json!({ "count": count })))
}

/// `GET /_twin/sandboxes/{sandbox}/requests/{id}`, by id or by number: 1 is the first since the journal was
/// cleared.
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Record>, Problem> {
    let sandbox = twin.sandbox(&name)?;
    let journal = sandbox.journal();
    let record = match id.parse() {
        Ok(id) => journal.get(id),
        Err(_) => id.parse().ok().and_then(|number| journal.nth(number)),
    };
    let record = record.cloned();
    record.map(Json).ok_or_else(|| Problem::new(404, "The journal has no record with this id."))
}

/// `DELETE /_twin/sandboxes/{sandbox}/requests`
pub(super) async fn clear(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.sandbox(&name)?.clear_journal();
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_twin/sandboxes/{sandbox}/requests/verify`: 200 when all is as expected, 409 with the
/// differences when not.
pub(super) async fn verify(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<Verdict>, Problem> {
    let expectations: Expectations = required(&body)?;
    let verdict = away(move || twin.verify(&name, &expectations)).await??;
    if verdict.differences.is_empty() {
        return Ok(Json(verdict));
    }
    let first = verdict.differences.first().map(|difference| difference.message.clone());
    let more = match verdict.differences.len() {
        1 => String::new(),
        count => format!(" ({} more differences)", count - 1),
    };
    let problem = Problem::new(409, format!("{}{more}.", first.unwrap_or_default()));
    Err(problem.with_name("not-as-expected").with_members(json!(verdict)))
}

/// `GET /_twin/sandboxes/{sandbox}/requests/stream`, with the filters of the list: each record as it is
/// written, as server-sent events. `Last-Event-ID` goes on after a record.
pub(super) async fn stream(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let filter = Filter::of(&twin, query)?;
    let sandbox = twin.sandbox(&name)?;
    let resume = headers.get("last-event-id").and_then(|id| number(id.to_str().ok()?));
    // Without a place to begin, the feed begins with what comes next.
    let (count, dropped) = {
        let journal = sandbox.journal();
        (journal.count(), journal.dropped())
    };
    let last = resume.or(filter.since.map(|_| dropped)).unwrap_or(count);
    let place = twin.feed_place().ok_or_else(|| {
        Problem::new(429, format!("At most {FEEDS} feeds are open at once."))
            .with_name("feeds-full")
    })?;
    Ok(feed(twin, &sandbox, filter, last, place))
}
