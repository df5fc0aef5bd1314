//! The journal of a sandbox.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::problem::{Problem, no_others};
use crate::http::query::QueryMap;
use crate::kernel::journal::Record;
use crate::twin::Twin;

/// A part of a journal.
#[derive(Debug, Serialize)]
pub(super) struct RequestsOut {
    requests: Vec<Record>,
    /// How many records are kept at most.
    bound: usize,
    /// How many have fallen out.
    dropped: u64,
}

/// `GET /_twin/sandboxes/{sandbox}/requests?surface=&operation=&status=&since=`. `since` is an instant
/// of the sandbox's clock, or the id of the last record already seen.
pub(super) async fn list(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<RequestsOut>, Problem> {
    let query = QueryMap::parse(&query.unwrap_or_default());
    let surface = query.first("surface");
    let operation = query.first("operation");
    let status = query.integer("status")?;
    let since = query.first("since").map(since).transpose()?;
    no_others(&query)?;
    if let Some(surface) = surface {
        twin.surface(surface).ok_or_else(|| Problem::new(404, "There is no such surface."))?;
    }
    let sandbox = twin.sandbox(&name)?;
    let journal = sandbox.journal();
    let wanted = |record: &&Record| {
        surface.is_none_or(|wanted| record.surface == Some(wanted))
            && operation.is_none_or(|wanted| record.operation == Some(wanted))
            && status.is_none_or(|wanted| i64::from(record.status) == wanted)
            && match since {
                None => true,
                Some(Since::After(id)) => record.id > id,
                Some(Since::At(at)) => record.at >= at,
            }
    };
    Ok(Json(RequestsOut {
        requests: journal.iter().filter(wanted).cloned().collect(),
        bound: journal.bound(),
        dropped: journal.dropped(),
    }))
}

#[derive(Clone, Copy)]
enum Since {
    After(u64),
    At(DateTime<Utc>),
}

fn since(text: &str) -> Result<Since, Problem> {
    if let Ok(id) = text.parse() {
        return Ok(Since::After(id));
    }
    match text.parse() {
        Ok(at) => Ok(Since::At(at)),
        Err(_) => Err(Problem::new(400, "`since` is a record id or an instant.")),
    }
}

/// `GET /_twin/sandboxes/{sandbox}/requests/{id}`
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Record>, Problem> {
    let sandbox = twin.sandbox(&name)?;
    let record = id.parse().ok().and_then(|id| sandbox.journal().get(id).cloned());
    record.map(Json).ok_or_else(|| Problem::new(404, "The journal keeps no record of this id."))
}

/// `DELETE /_twin/sandboxes/{sandbox}/requests`
pub(super) async fn clear(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.sandbox(&name)?.journal().clear();
    Ok(StatusCode::NO_CONTENT)
}
