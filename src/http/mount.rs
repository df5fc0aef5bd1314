//! Finds the surface and the sandbox of a request, runs its route, and writes the journal.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, DATE, EXPECT, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::Rejection;
use super::cx::Cx;
use super::query::QueryMap;
use super::reply::{self, Reply};
use super::routes::{Route, Routes};
use super::surface::Surface;
use crate::kernel::clock::machine_tick;
use crate::kernel::journal::Record;
use crate::kernel::marks;
use crate::kernel::sandbox::{MAIN, Sandboxes, is_name};
use crate::world::World;

/// How long a request body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How much of a body that is too long is read all the same, in bytes, so that a client that writes
/// before it reads gets its answer.
const OVERRUN: usize = 16 * 1024 * 1024;

/// The operation that answered, attached to a response for tests; it is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// The surface.
    pub surface: &'static str,
    /// The operation, when a route matched.
    pub operation: Option<&'static str>,
    /// Whether it is one that `limits.toml` declines.
    pub declined: bool,
}

/// All surfaces over all sandboxes.
#[derive(Debug)]
pub struct Mount {
    surfaces: Vec<Mounted>,
    sandboxes: Arc<Sandboxes<World>>,
    origin: Arc<str>,
}

/// A surface with its route list built.
#[derive(Debug)]
pub struct Mounted {
    /// What it tells about itself.
    pub surface: Surface,
    /// Its routes.
    pub routes: Routes,
}

/// Where a request goes.
struct Target<'a> {
    mounted: &'a Mounted,
    path: String,
}

impl Mount {
    /// Mounts `surfaces`; `origin` is the scheme and authority for links.
    #[must_use]
    pub fn new(surfaces: &[Surface], sandboxes: Arc<Sandboxes<World>>, origin: &str) -> Self {
        let surfaces = surfaces
            .iter()
            .map(|surface| Mounted { surface: *surface, routes: (surface.routes)() })
            .collect();
        Self { surfaces, sandboxes, origin: origin.into() }
    }

    /// The mounted surfaces.
    #[must_use]
    pub fn surfaces(&self) -> &[Mounted] {
        &self.surfaces
    }

    /// Answers one request of any surface.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let begun = machine_tick();
        let (parts, body) = request.into_parts();
        let (prefix, path) = split_prefix(parts.uri.path());
        let Some(target) = self.target(&parts, path) else {
            return self.nobody(prefix);
        };
        let prefix = prefix.map(str::to_owned);
        let body = read_body(&parts, body, target.mounted.surface.max_body).await;
        self.dispatch(begun, parts, prefix, target, body)
    }

    fn target<'a>(&'a self, parts: &Parts, path: &str) -> Option<Target<'a>> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or(parts.uri.host()).unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let own = |mounted: &&Mounted| {
            mounted.surface.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
        };
        let locate = |mounted: &'a Mounted, own_host| {
            let path = if mounted.surface.loose_slashes { tidy(path) } else { path.into() };
            let path = (mounted.surface.locate)(own_host, &path)?;
            Some(Target { mounted, path })
        };
        match self.surfaces.iter().find(own) {
            Some(mounted) => locate(mounted, true),
            None => self.surfaces.iter().find_map(|mounted| locate(mounted, false)),
        }
    }

    /// Everything from here on runs to its end without waiting.
    fn dispatch(
        &self,
        begun: Instant,
        parts: Parts,
        prefix: Option<String>,
        target: Target<'_>,
        body: Result<Bytes, Rejection>,
    ) -> Response<Body> {
        let Target { mounted, path } = target;
        let surface = &mounted.surface;
        let query = QueryMap::parse(parts.uri.query().unwrap_or_default());
        let secret = (surface.secret)(&parts.headers, &query);
        let (secret, suffix) = split_suffix(secret);
        let name = prefix.or(suffix).unwrap_or_else(|| MAIN.to_owned());
        let (sandbox, refused) = match self.sandboxes.enter(&name) {
            Ok(sandbox) => (sandbox, None),
            Err(refused) => match self.sandboxes.get(MAIN) {
                Some(main) => (main, Some(refused)),
                None => return Reply::empty(StatusCode::NOT_FOUND).into(),
            },
        };
        let before = sandbox.store.read();
        let now = before.value.clock.now();
        let (body, broken) = match body {
            Ok(body) => (body, None),
            Err(rejection) => (Bytes::new(), Some(rejection)),
        };
        let broken = refused.map(Rejection::Sandbox).or(broken);
        let mut cx = Cx {
            method: parts.method,
            path,
            query,
            headers: parts.headers,
            origin: Arc::clone(&self.origin),
            body,
            params: Vec::new(),
            sandbox,
            secret,
            now,
            person: RefCell::new(None),
        };
        let found = mounted.routes.find(&mut cx);
        let route: Option<&Route> = found.as_ref().ok().copied();
        let operation = route.map(|route| route.operation);
        let declined = route.is_some_and(|route| route.declined);
        // What stops a request before its operation is none of the operation's answers.
        let answered = Answered {
            surface: surface.name,
            operation: operation.filter(|_| broken.is_none()),
            declined,
        };
        let (reply, quirks) = marks::collect(|| match (broken, found) {
            (Some(rejection), _) | (None, Err(rejection)) => mounted.routes.reject(&cx, rejection),
            (None, Ok(route)) => mounted.routes.run(route, &cx),
        });
        let sandbox = &cx.sandbox;
        sandbox.journal().push(Record {
            id: 0,
            at: now,
            surface: Some(surface.name),
            operation,
            declined,
            method: cx.method.to_string(),
            path: split_prefix(parts.uri.path()).1.to_owned(),
            query: if parts.uri.query().is_none() {
                String::new()
            } else {
                cx.query.redacted(surface.secret_parameters)
            },
            person: cx.person.take(),
            status: reply.status.as_u16(),
            duration: machine_tick().saturating_duration_since(begun),
            version_before: before.version,
            version_after: sandbox.store.read().version,
            quirks,
            unknown_parameters: cx.query.unread(),
        });
        finish(reply, &cx.method, sandbox.store.read().value.clock.now(), answered)
    }

    /// A path that no surface owns.
    fn nobody(&self, prefix: Option<&str>) -> Response<Body> {
        let name = prefix.unwrap_or(MAIN);
        let surfaces: Vec<_> = self
            .surfaces
            .iter()
            .map(|mounted| {
                let bases: serde_json::Map<String, serde_json::Value> = mounted
                    .surface
                    .bases
                    .iter()
                    .map(|(name, path)| {
                        ((*name).to_owned(), format!("{}{path}", self.origin).into())
                    })
                    .collect();
                serde_json::json!({ "surface": mounted.surface.name, "bases": bases })
            })
            .collect();
        let problem = serde_json::json!({
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "No surface owns this path. A client's base URL must be one of those listed.",
            "sandbox": name,
            "surfaces": surfaces,
            "control": format!("{}/_twin", self.origin),
        });
        let mut reply = Reply::json(StatusCode::NOT_FOUND, &problem);
        let kind = HeaderValue::from_static("application/problem+json");
        reply.headers.insert(axum::http::header::CONTENT_TYPE, kind);
        reply.into()
    }
}

/// Splits `/~name/rest` into the name and `/rest`. What cannot name a sandbox is no prefix. Some clients
/// encode the tilde.
#[must_use]
pub fn split_prefix(path: &str) -> (Option<&str>, &str) {
    let prefixes = ["/~", "/%7E", "/%7e"];
    let rest = prefixes.into_iter().find_map(|prefix| path.strip_prefix(prefix));
    let Some(rest) = rest else { return (None, path) };
    let end = rest.find('/').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if is_name(name) {
        (Some(name), if rest.is_empty() { "/" } else { rest })
    } else {
        (None, path)
    }
}

/// Splits `secret~name`. What cannot name a sandbox stays part of the secret.
fn split_suffix(secret: Option<String>) -> (Option<String>, Option<String>) {
    let Some(secret) = secret else { return (None, None) };
    match secret.rsplit_once('~') {
        Some((bare, name)) if is_name(name) => (Some(bare.to_owned()), Some(name.to_owned())),
        _ => (Some(secret), None),
    }
}

/// Overlooks doubled slashes and a trailing one.
fn tidy(path: &str) -> Cow<'_, str> {
    let trailing = path.len() > 1 && path.ends_with('/');
    if !trailing && !path.contains("//") {
        return path.into();
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    format!("/{}", parts.join("/")).into()
}

async fn read_body(parts: &Parts, body: Body, most: usize) -> Result<Bytes, Rejection> {
    let announced = parts.headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let too_long = announced.is_some_and(|length| length > most as u64);
    if too_long && parts.headers.contains_key(EXPECT) {
        return Err(Rejection::BodyTooLarge(most));
    }
    let mut body = Limited::new(body, most.saturating_add(OVERRUN));
    let read = async {
        let mut bytes = BytesMut::new();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            // The client went away or broke the framing: there is nobody to answer in detail.
            let frame = frame.map_err(|error| {
                let long = error.is::<LengthLimitError>();
                if long { Rejection::BodyTooLarge(most) } else { Rejection::BodyTooSlow }
            })?;
            let Ok(data) = frame.into_data() else { continue };
            length += data.len();
            if length <= most {
                bytes.extend_from_slice(&data);
            }
        }
        if length > most { Err(Rejection::BodyTooLarge(most)) } else { Ok(bytes.freeze()) }
    };
    match tokio::time::timeout(BODY_TIME, read).await {
        Ok(read) => read,
        Err(_) => Err(Rejection::BodyTooSlow),
    }
}

fn finish(
    mut reply: Reply,
    method: &Method,
    now: DateTime<Utc>,
    answered: Answered,
) -> Response<Body> {
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        reply.headers.insert(DATE, date);
    }
    if *method == Method::HEAD {
        reply.body = match reply.body.len() {
            Some(length) => {
                reply.headers.insert(CONTENT_LENGTH, length.into());
                Bytes::new().into()
            }
            // A body of unknown length stays one, so that no length is announced.
            None => reply::Body::Pieces(Box::new(std::iter::empty())),
        };
    }
    let mut response = Response::from(reply);
    response.extensions_mut().insert(answered);
    response
}
