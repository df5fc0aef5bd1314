//! Answers to paths that no surface owns: a short page at `/`, and a 404 that says what there is.

use std::time::Instant;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Value, json};

use super::exchange::finish;
use super::mount::{Mount, name_request, named, split_suffix};
use super::query::QueryMap;
use super::reply::Reply;
use super::suggest::near_misses;
use crate::kernel::clock::machine_tick;
use crate::kernel::journal::Record;
use crate::kernel::sandbox::{MAIN, Refused};
use crate::world::World;

impl Mount {
    /// Answers a path that no surface owns.
    pub(super) fn unclaimed(
        &self,
        begun: Instant,
        parts: &Parts,
        prefix: Option<&str>,
        path: &str,
    ) -> Response<Body> {
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        if path == "/" && is_read && self.own_host(parts).is_none() {
            return self.welcome(parts);
        }
        let query = QueryMap::parse(parts.uri.query().unwrap_or_default());
        // The credential of any surface names the sandbox.
        let secrets: Vec<_> = self
            .surfaces()
            .iter()
            .map(|known| (known, split_suffix((known.surface.secret)(&parts.headers, &query))))
            .collect();
        let suffix = || secrets.iter().find_map(|(_, (_, suffix))| suffix.clone());
        let name = prefix.map(str::to_owned).or_else(suffix).unwrap_or_else(|| MAIN.to_owned());
        let is_known = |world: &World| {
            secrets
                .iter()
                .any(|(known, (secret, _))| known.surface.is_known(world, secret.as_deref()))
        };
        let near_misses = near_misses(self.surfaces(), &parts.method, path);
        let origin = self.links().of(&parts.uri, &parts.headers);
        let problem = json!({
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "No surface owns this path. A client's base URL must be one of those listed.",
            "sandbox": name,
            "surfaces": self.addresses(&origin),
            "near_misses": near_misses,
            "control": format!("{origin}/_twin"),
        });
        let mut reply = Reply::json(StatusCode::NOT_FOUND, &problem);
        let kind = HeaderValue::from_static("application/problem+json");
        reply.headers.insert(CONTENT_TYPE, kind);
        let (sandbox, trouble) = match self.sandboxes().enter(&name, is_known) {
            Ok(sandbox) => (Some(sandbox), None),
            Err(refused) => (self.sandboxes().get(MAIN), Some(Refused::id(&refused))),
        };
        if let Some(sandbox) = sandbox {
            let root = sandbox.store.read();
            let now = root.value.clock.now();
            let record = Record {
                at: now,
                method: named(&parts.method),
                path: path.to_owned(),
                // Any parameter may be a secret.
                query: query.mapped(|_, _| "REDACTED".into()),
                status: 404,
                duration: machine_tick().saturating_duration_since(begun),
                version_before: root.version,
                version_after: root.version,
                trouble,
                near_misses,
                ..Record::default()
            };
            let id = self.note(&sandbox, record);
            name_request(&mut reply, id);
            finish(&mut reply, &parts.method, now);
        }
        reply.into()
    }

    /// Answers `GET /`, which probes of readiness ask: no request of a client, so the journal does not have it.
    fn welcome(&self, parts: &Parts) -> Response<Body> {
        let origin = self.links().of(&parts.uri, &parts.headers);
        let surfaces = self.addresses(&origin);
        let version = env!("CARGO_PKG_VERSION");
        let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        let mut reply = if accept.is_some_and(|accept| accept.contains("text/html")) {
            let page = page(version, &surfaces);
            Reply::bytes(StatusCode::OK, "text/html; charset=utf-8", page)
        } else {
            let control = format!("{origin}/_twin");
            let name = "timetwin";
            Reply::ok(&json!({
                "name": name, "version": version, "surfaces": surfaces, "control": control,
            }))
        };
        if let Some(main) = self.sandboxes().get(MAIN) {
            finish(&mut reply, &parts.method, main.store.read().value.clock.now());
        }
        reply.into()
    }

    /// The base URLs of each surface.
    fn addresses(&self, origin: &str) -> Vec<Value> {
        let surfaces = self.surfaces().iter().map(|mounted| {
            let bases = mounted.surface.bases.iter();
            let bases: serde_json::Map<String, Value> = bases
                .map(|(name, path)| ((*name).to_owned(), format!("{origin}{path}").into()))
                .collect();
            json!({ "surface": mounted.surface.name, "bases": bases })
        });
        surfaces.collect()
    }
}

/// The page for people. A URL holds no letter that HTML reads as its own.
fn page(version: &str, surfaces: &[Value]) -> String {
    let mut rows = String::new();
    for surface in surfaces {
        let name = surface["surface"].as_str().unwrap_or_default();
        for url in surface["bases"].as_object().into_iter().flat_map(serde_json::Map::values) {
            let url = url.as_str().unwrap_or_default();
            rows.push_str("<tr><th scope=\"row\">");
            rows.push_str(name);
            rows.push_str("</th><td><code>");
            rows.push_str(url);
            rows.push_str("</code></td></tr>");
        }
    }
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>timetwin</title></head>\
         <body><h1>timetwin {version}</h1><p>Point a client at one of these base URLs, with one of the \
         <a href=\"/_twin/credentials\">credentials</a>.</p><table>{rows}</table></body></html>\n"
    )
}
