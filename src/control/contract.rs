//! The contract, its quirks and limits, and test coverage.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::contract::{self, Broken, Quirk};
use crate::kernel::civil::iso_duration;
use crate::kernel::limits::Limit;
use crate::twin::Twin;

impl From<Broken> for Problem {
    fn from(broken: Broken) -> Self {
        Self::new(500, broken.to_string())
    }
}

/// `GET /_twin/contract/{surface}.json`: the `OpenAPI` document, with this server in front of the vendor's.
pub(super) async fn openapi(
    State(twin): State<Arc<Twin>>,
    Path(file): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let name = file.strip_suffix(".json").ok_or_else(|| {
        Problem::new(404, "A contract is served as `{surface}.json`.").with_name("unknown-name")
    })?;
    let surface = twin.surface(name)?;
    let mut document = contract::openapi(surface.name)?;
    let base = surface.bases.first().map_or("", |(_, path)| path);
    let origin = twin.mount().links().of(&uri, &headers);
    serve_here(&origin, base, &mut document["servers"]);
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        // A path with a server of its own is served below the base that ends like it.
        let Some(theirs) = item["servers"][0]["url"].as_str() else { continue };
        let bases = surface.bases.iter().rev().map(|(_, path)| *path);
        let base = bases.into_iter().find(|base| theirs.ends_with(base)).unwrap_or_default();
        serve_here(&origin, base, &mut item["servers"]);
    }
    Ok(Json(document))
}

/// Puts this server in front of the vendor's.
fn serve_here(origin: &str, base: &str, servers: &mut Value) {
    let here = json!({ "url": format!("{origin}{base}"), "description": "timetwin" });
    if let Some(servers) = servers.as_array_mut() {
        servers.insert(0, here);
    }
}

/// `GET /_twin/contract/{surface}/quirks`
pub(super) async fn quirks(
    State(twin): State<Arc<Twin>>,
    Path(surface): Path<String>,
) -> Result<Json<Vec<Quirk>>, Problem> {
    let surface = twin.surface(&surface)?;
    Ok(Json(contract::quirks(surface.name)?))
}

/// `GET /_twin/contract/{surface}/limits`: how often a client may call and how much it may send, and which
/// operations of the vendor's documents are imitated or declined.
pub(super) async fn limits(
    State(twin): State<Arc<Twin>>,
    Path(surface): Path<String>,
) -> Result<Json<Value>, Problem> {
    let surface = twin.surface(&surface)?;
    let rate_limits: Vec<Value> = surface.limits.iter().map(rate_limit).collect();
    let mut operations = Vec::new();
    for served in contract::operations(surface.name) {
        operations.push(json!({
            "operation": served.id, "method": served.method, "path": served.path, "served": true,
            "source": served.source, "scope": served.scope, "budget": served.budget,
            "plan": served.plan, "revision": served.revision, "cost": served.cost,
        }));
    }
    for declined in contract::declined(surface.name) {
        let mut row = json!({
            "operation": declined.id, "method": declined.method, "path": declined.path,
            "served": false, "reason": declined.declined, "source": declined.source,
        });
        if let Some(server) = declined.server {
            row["server"] = server.into();
        }
        operations.push(row);
    }
    let bounds = surface.bounds;
    Ok(Json(json!({ "rate_limits": rate_limits, "bounds": bounds, "operations": operations })))
}

fn rate_limit(limit: &Limit) -> Value {
    let Limit { id, requests, per, kind, source } = limit;
    let per = iso_duration(i64::try_from(per.as_secs()).unwrap_or(i64::MAX));
    json!({ "id": id, "requests": requests, "per": per, "kind": kind, "source": source })
}

/// `GET /_twin/coverage`: every operation with the cases that call it.
pub(super) async fn coverage(State(twin): State<Arc<Twin>>) -> Result<Json<Value>, Problem> {
    let mut surfaces = Map::new();
    for mounted in twin.mount().surfaces() {
        let name = mounted.surface.name;
        let mut operations = Vec::new();
        for operation in contract::operations(name) {
            let exercised = contract::exercised(name, operation.id)?;
            operations.push(json!({ "contract": operation, "exercised": exercised }));
        }
        let quirks = contract::quirks(name)?.len();
        surfaces.insert(name.to_owned(), json!({ "operations": operations, "quirks": quirks }));
    }
    let untested = contract::text("untested.txt").unwrap_or_default();
    let untested: Vec<&str> = untested.lines().filter(|line| !line.starts_with('#')).collect();
    Ok(Json(json!({ "surfaces": surfaces, "untested": untested })))
}
