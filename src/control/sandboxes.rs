//! Worlds on demand, their credentials and their ledgers.

use std::error::Error;
use std::sync::Arc;

use axum::Json;
use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use http_body_util::LengthLimitError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::away::{self, away};
use super::clock::ClockOut;
use super::problem::{Problem, no_others, optional};
use crate::http::long_work::CONTROL;
use crate::http::query::QueryMap;
use crate::http::reply::{Piece, Reply, json_bytes};
use crate::kernel::civil::{parse_iso_span, zone};
use crate::kernel::plan::Plan;
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::{MAIN, Sandbox};
use crate::persist::spool::Spool;
use crate::twin::{Comparison, Limits, NewSandbox, SandboxSpec, Twin, TwinError};
use crate::world::World;

/// A sandbox in answers of the control API.
#[derive(Debug, Serialize)]
pub(super) struct SandboxOut {
    name: String,
    /// Commits since it was made or reset.
    version: u64,
    clock: ClockOut,
    revision: Revision,
    limits: Limits,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// Requests in its journal.
    requests: usize,
}

/// `PUT` body; every member is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SandboxIn {
    /// A built-in scenario; the default is the server's own.
    scenario: Option<String>,
    /// A sandbox to fork, instead of a scenario.
    from: Option<String>,
    /// Freezes the clock at this instant.
    at: Option<DateTime<Utc>>,
    revision: Option<Revision>,
    limits: Option<Limits>,
    plan: Option<Plan>,
    /// Makes its ids differ from those of other sandboxes.
    salt: Option<String>,
}

impl From<&Sandbox<World>> for SandboxOut {
    fn from(sandbox: &Sandbox<World>) -> Self {
        let root = sandbox.store.read();
        Self {
            name: sandbox.name().to_owned(),
            version: root.version,
            clock: root.value.clock.into(),
            revision: root.value.settings.revision,
            limits: root.value.settings.into(),
            plan: root.value.settings.plan,
            salt: root.value.salt.as_deref().map(str::to_owned),
            requests: sandbox.journal().len(),
        }
    }
}

/// `GET /_twin/sandboxes`
pub(super) async fn list(State(twin): State<Arc<Twin>>) -> Json<Vec<SandboxOut>> {
    // One at a time: a sandbox that is looked at counts as in use.
    let names = twin.sandboxes().names();
    let all = names.iter().filter_map(|name| Some((&*twin.sandboxes().get(name)?).into()));
    Json(all.collect())
}

/// `GET /_twin/sandboxes/{sandbox}`
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<Json<SandboxOut>, Problem> {
    Ok(Json((&*twin.sandbox(&name)?).into()))
}

/// 201 for a new sandbox, 200 for one that was replaced.
fn answer(made: &NewSandbox) -> (StatusCode, Json<SandboxOut>) {
    let status = if made.replaced { StatusCode::OK } else { StatusCode::CREATED };
    (status, Json((&*made.sandbox).into()))
}

/// `PUT /_twin/sandboxes/{sandbox}`: creates or replaces it.
pub(super) async fn put(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<SandboxOut>), Problem> {
    let SandboxIn { scenario, from, at, revision, limits, plan, salt } = optional(&body)?;
    if scenario.is_some() && from.is_some() {
        let why = "Give `scenario` or `from`, not both.";
        return Err(Problem::new(400, why));
    }
    let make = SandboxSpec { scenario, from, at, revision, limits, plan, salt };
    Ok(answer(&twin.make(&name, make).await?))
}

/// `DELETE /_twin/sandboxes/{sandbox}`
pub(super) async fn drop(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.discard(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_twin/sandboxes/{sandbox}/reset`
pub(super) async fn reset(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.reset(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_twin/sandboxes/{sandbox}/plant` with a scenario fragment: all of it, or nothing.
pub(super) async fn plant(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<SandboxOut>, Problem> {
    let fragment =
        std::str::from_utf8(&body).map_err(|_| Problem::new(400, "The body is not UTF-8 text."))?;
    if fragment.trim().is_empty() {
        return Err(Problem::new(400, "A JSON body is required."));
    }
    twin.plant(&name, fragment).await?;
    Ok(Json((&*twin.sandbox(&name)?).into()))
}

/// `GET /_twin/sandboxes/{sandbox}/checkpoints`
pub(super) async fn checkpoints(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<Value>>, Problem> {
    let checkpoints = twin.sandbox(&name)?.checkpoints().into_iter();
    let shown = checkpoints.map(|(name, version)| json!({ "name": name, "version": version }));
    Ok(Json(shown.collect()))
}

/// `PUT /_twin/sandboxes/{sandbox}/checkpoints/{checkpoint}`: 201 when the name was new.
pub(super) async fn checkpoint(
    State(twin): State<Arc<Twin>>,
    Path((name, checkpoint)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let is_new = twin.sandbox(&name)?.checkpoint(&checkpoint)?;
    Ok(if is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT })
}

/// `DELETE /_twin/sandboxes/{sandbox}/checkpoints/{checkpoint}`
pub(super) async fn forget(
    State(twin): State<Arc<Twin>>,
    Path((name, checkpoint)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    twin.sandbox(&name)?.forget(&checkpoint)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_twin/sandboxes/{sandbox}/checkpoints/{checkpoint}/restore`
pub(super) async fn restore(
    State(twin): State<Arc<Twin>>,
    Path((name, checkpoint)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    twin.restore(&name, &checkpoint).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /_twin/sandboxes/{sandbox}/snapshot`: the sandbox as a SQLite file.
pub(super) async fn snapshot(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let file = away(move || twin.snapshot(&name)).await??;
    let length = file.length().map_err(TwinError::from)?;
    let pieces = file.into_pieces().map(Piece::now);
    let reply = Reply::pieces(StatusCode::OK, "application/vnd.sqlite3", pieces);
    Ok(reply.with("content-length", &length.to_string()).made_in(&CONTROL))
}

/// `PUT /_twin/sandboxes/{sandbox}/snapshot`: creates or replaces the sandbox from such a file.
pub(super) async fn put_snapshot(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<SandboxOut>), Problem> {
    let mut file = Spool::new();
    let mut body = request.into_limited_body().into_data_stream();
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|error| unread(&error))?;
        file.add(&bytes).map_err(|error| {
            Problem::new(507, format!("There is no room for the file: {error}."))
                .with_name("no-room")
        })?;
    }
    Ok(answer(&twin.put_snapshot(&name, file).await?))
}

/// Why a body could not be read.
fn unread(error: &axum::Error) -> Problem {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Problem::new(413, "The body is too long.");
        }
        cause = error.source();
    }
    Problem::new(400, "The body ended too early.")
}

/// `GET /_twin/sandboxes/{sandbox}/ledger?system=`
pub(super) async fn ledger(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = QueryMap::parse(&query.unwrap_or_default());
    let wanted = query.first("system").map(str::to_owned);
    no_others(&query)?;
    let lines = away(move || twin.ledger(&name, wanted.as_deref())).await??;
    let lines = lines.into_iter().map(|line| json_bytes(&line));
    Ok(Reply::listed("[", lines, "]").made_in(&CONTROL))
}

/// `GET /_twin/sandboxes/{sandbox}/ledger/diff?left=&right=&tolerance=&zone=&compare=`: `left` and
/// `right` are systems, `scenario`, or `scenario:NAME`; `compare` adds `note` and `billable`.
pub(super) async fn ledger_diff(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let comparison = comparison(&query.unwrap_or_default())?;
    away::list(move || twin.ledger_diff(&name, &comparison)).await
}

fn comparison(query: &str) -> Result<Comparison, Problem> {
    let query = QueryMap::parse(query);
    let side = |name: &str| {
        let side = query
            .first(name)
            .ok_or_else(|| Problem::new(400, format!("The parameter `{name}` is required.")));
        side.map(str::to_owned)
    };
    let mut comparison = Comparison::exact(&side("left")?, &side("right")?);
    if let Some(text) = query.first("tolerance") {
        let span = parse_iso_span(text).filter(|span| *span >= TimeDelta::zero());
        let bad = || Problem::from(TwinError::BadDuration(text.to_owned()));
        comparison.tolerance = span.ok_or_else(bad)?;
    }
    if let Some(text) = query.first("zone") {
        let bad = || Problem::new(400, format!("There is no time zone '{text}'."));
        comparison.zone = zone(text).ok_or_else(bad)?;
    }
    for field in query.list("compare") {
        match field {
            "note" => comparison.notes = true,
            "billable" => comparison.billable = true,
            _ => return Err(Problem::new(400, "`compare` must be `note`, `billable` or both.")),
        }
    }
    no_others(&query)?;
    Ok(comparison)
}

/// `GET /_twin/credentials?sandbox=NAME`: how to call each surface as each person, owners first.
pub(super) async fn credentials(
    State(twin): State<Arc<Twin>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = QueryMap::parse(uri.query().unwrap_or_default());
    let name = query.first("sandbox").unwrap_or(MAIN).to_owned();
    no_others(&query)?;
    let origin = twin.mount().links().of(&uri, &headers);
    away::list(move || logins(&twin, &name, &origin)).await
}

/// How to call each surface, at this origin, as each person.
fn logins(twin: &Twin, name: &str, origin: &str) -> Result<Vec<Value>, TwinError> {
    let mut all = Vec::new();
    for mounted in twin.mount().surfaces() {
        let surface = &mounted.surface;
        for (login, secret) in twin.logins(surface, name)? {
            let texts = |pairs: Vec<(&'static str, String)>| -> Map<String, Value> {
                pairs.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect()
            };
            let mut out = json!({
                "surface": surface.name,
                "person": login.person,
                "name": login.name,
                "role": login.role,
                "headers": texts((login.headers)(&login, &secret)),
                "query": texts((login.query)(&secret)),
            });
            for (name, path) in surface.bases {
                out[*name] = format!("{origin}{path}").into();
            }
            all.push((login.owner, out));
        }
    }
    all.sort_by_key(|(owner, _)| !owner);
    Ok(all.into_iter().map(|(_, out)| out).collect())
}
