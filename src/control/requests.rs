//! The journal of a sandbox: lists, counts, one record, verification, and a live feed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::feed::feed;
use super::problem::{Problem, no_others, required};
use crate::http::query::QueryMap;
use crate::kernel::journal::Record;
use crate::kernel::uuids;
use crate::twin::{Expectations, Twin, Verdict};

/// A part of a journal.
#[derive(Debug, Serialize)]
pub(super) struct RequestsOut {
    requests: Vec<Record>,
    /// How many records are kept at most.
    bound: usize,
    /// How many have fallen out.
    dropped: u64,
}

/// Which records are wanted; what is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    surface: Option<String>,
    operation: Option<String>,
    method: Option<String>,
    person: Option<String>,
    status: Option<i64>,
    since: Option<Since>,
}

#[derive(Debug, Clone, Copy)]
enum Since {
    After(u64),
    At(DateTime<Utc>),
}

impl Filter {
    fn of(twin: &Twin, query: Option<String>) -> Result<Self, Problem> {
        let query = QueryMap::parse(&query.unwrap_or_default());
        let text = |name: &str| query.first(name).map(str::to_owned);
        let filter = Self {
            surface: text("surface"),
            operation: text("operation"),
            method: text("method"),
            person: text("person"),
            status: query.integer("status")?,
            since: query.first("since").map(since).transpose()?,
        };
        no_others(&query)?;
        if let Some(surface) = &filter.surface {
            twin.surface(surface)?;
        }
        Ok(filter)
    }

    /// Whether the record is wanted.
    pub(super) fn wants(&self, record: &Record) -> bool {
        let Self { surface, operation, method, person, status, since } = self;
        let same = |wanted: &Option<String>, is: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| is.is_some_and(|is| is.eq_ignore_ascii_case(wanted)))
        };
        same(surface, record.surface)
            && same(operation, record.operation)
            && same(method, Some(&record.method))
            && same(person, record.person.as_deref())
            && status.is_none_or(|wanted| i64::from(record.status) == wanted)
            && match since {
                None => true,
                Some(Since::After(number)) => record.number() > *number,
                Some(Since::At(at)) => record.at >= *at,
            }
    }
}

/// The number of a record by its id, or as it is.
fn number(text: &str) -> Option<u64> {
    text.parse().map(uuids::count).or_else(|_| text.parse()).ok()
}

fn since(text: &str) -> Result<Since, Problem> {
    if let Some(number) = number(text) {
        return Ok(Since::After(number));
    }
    match text.parse() {
        Ok(at) => Ok(Since::At(at)),
        Err(_) => Err(Problem::new(400, "`since` is a record id or an instant.")),
    }
}

/// `GET /_twin/sandboxes/{sandbox}/requests?surface=&operation=&method=&person=&status=&since=`. `since`
/// is an instant of the sandbox's clock, or the id of the last record already seen.
pub(super) async fn list(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<RequestsOut>, Problem> {
    let filter = Filter::of(&twin, query)?;
    let sandbox = twin.sandbox(&name)?;
    let journal = sandbox.journal();
    Ok(Json(RequestsOut {
        requests: journal.iter().filter(|record| filter.wants(record)).cloned().collect(),
        bound: journal.bound(),
        dropped: journal.dropped(),
    }))
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
    record.map(Json).ok_or_else(|| Problem::new(404, "The journal keeps no record of this id."))
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
    let verdict = twin.verify(&name, &expectations)?;
    if verdict.differences.is_empty() {
        return Ok(Json(verdict));
    }
    let first = verdict.differences.first().map(|difference| difference.message.clone());
    let more = match verdict.differences.len() {
        1 => String::new(),
        count => format!(" ({} more differences)", count - 1),
    };
    let problem = Problem::new(409, format!("{}{more}.", first.unwrap_or_default()));
    Err(problem.named("not-as-expected").about(json!(verdict)))
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
    let last = resume.or(filter.since.map(|_| 0));
    let last = last.unwrap_or_else(|| sandbox.journal().count());
    Ok(feed(twin, &sandbox, filter, last))
}
