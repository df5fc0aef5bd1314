//! Worlds on demand, their credentials and their ledgers.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::clock::ClockOut;
use super::problem::{Problem, no_others, optional};
use crate::http::query::QueryMap;
use crate::kernel::clock::Clock;
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::{MAIN, Origin, Refused, Sandbox, is_name};
use crate::scenario::ledger::LedgerLine;
use crate::twin::{Limits, Twin};
use crate::vendors::SYSTEMS;
use crate::world::World;

/// A sandbox as the control API shows it.
#[derive(Debug, Serialize)]
pub(super) struct SandboxOut {
    name: String,
    /// Commits since it was made or reset.
    version: u64,
    clock: ClockOut,
    revision: Revision,
    limits: Limits,
    /// Requests in its journal.
    requests: usize,
}

/// `PUT` body; everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SandboxIn {
    /// A built-in scenario; the server's own when left out.
    scenario: Option<String>,
    /// A sandbox to fork, instead of a scenario.
    from: Option<String>,
    /// Freezes the clock at this instant.
    at: Option<DateTime<Utc>>,
    revision: Option<Revision>,
    limits: Option<Limits>,
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
            requests: sandbox.journal().iter().count(),
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

/// `PUT /_twin/sandboxes/{sandbox}`: creates it, or makes it anew; 201 when it was not there.
pub(super) async fn put(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<SandboxOut>), Problem> {
    let SandboxIn { scenario, from, at, revision, limits } = optional(&body)?;
    let mut settings = twin.settings();
    let mut world = match (&scenario, &from) {
        (Some(_), Some(_)) => {
            return Err(Problem::new(
                400,
                "A sandbox has a `scenario` or is forked `from` another.",
            ));
        }
        (_, Some(from)) => {
            let world = twin.sandbox(from)?.store.read().value.clone();
            settings = world.settings;
            world
        }
        (scenario, None) => {
            let clock = at.map_or_else(|| twin.clock(), Clock::frozen);
            twin.grow(scenario.as_deref(), clock)?
        }
    };
    if let Some(at) = at {
        world.clock = Clock::frozen(at).set(at)?;
    }
    settings.revision = revision.unwrap_or(settings.revision);
    settings.rate_limits = limits.map_or(settings.rate_limits, Limits::hold);
    world.settings = settings;
    let existed = twin.sandboxes().get(&name).is_some();
    let (sandbox, _) = twin.sandboxes().create(&name, Origin::grown(world))?;
    let status = if existed { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json((&*sandbox).into())))
}

/// `DELETE /_twin/sandboxes/{sandbox}`
pub(super) async fn drop(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.sandboxes().drop(&name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_twin/sandboxes/{sandbox}/reset`
pub(super) async fn reset(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.sandbox(&name)?.reset();
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /_twin/sandboxes/{sandbox}/ledger?system=`
pub(super) async fn ledger(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<LedgerLine>>, Problem> {
    let query = QueryMap::parse(&query.unwrap_or_default());
    let wanted = query.first("system");
    no_others(&query)?;
    if wanted.is_some_and(|wanted| SYSTEMS.iter().all(|system| system.name != wanted)) {
        return Err(Problem::new(404, "There is no such system."));
    }
    let root = twin.sandbox(&name)?.store.read();
    let systems = SYSTEMS.iter().filter(|system| wanted.is_none_or(|wanted| system.name == wanted));
    Ok(Json(systems.flat_map(|system| (system.ledger)(&root.value)).collect()))
}

/// `GET /_twin/credentials?sandbox=NAME`: how to call each surface as each person, owners first.
pub(super) async fn credentials(
    State(twin): State<Arc<Twin>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Value>>, Problem> {
    let query = QueryMap::parse(&query.unwrap_or_default());
    let name = query.first("sandbox").unwrap_or(MAIN);
    no_others(&query)?;
    if !is_name(name) {
        return Err(Refused::BadName.into());
    }
    // A sandbox that does not exist yet is forked at its first use.
    let world = match twin.sandboxes().get(name) {
        Some(sandbox) => sandbox.store.read().value.clone(),
        None => twin.sandboxes().pristine(),
    };
    let mut all = Vec::new();
    for mounted in twin.mount().surfaces() {
        let surface = &mounted.surface;
        for login in (surface.credentials)(&world) {
            let secret = match name {
                MAIN => login.secret.clone(),
                name => format!("{}~{name}", login.secret),
            };
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
                out[*name] = format!("{}{path}", twin.origin()).into();
            }
            all.push((login.owner, out));
        }
    }
    all.sort_by_key(|(owner, _)| !owner);
    Ok(Json(all.into_iter().map(|(_, out)| out).collect()))
}
