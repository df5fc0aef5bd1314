//! Finds the surface and the sandbox of a request, runs its operation, and writes the journal.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use chrono::{DateTime, Utc};

use super::Rejection;
use super::context::Context;
use super::cors::{self, Cors, is_preflight};
use super::effect::apply_effect;
use super::exchange::{Exchange, finish, read_body};
use super::fields::unread_body;
use super::hosts;
use super::links::Links;
use super::long_work;
use super::query::QueryMap;
use super::redact;
use super::reply::Reply;
use super::stand_in::stand_in;
use super::suggest::near_misses;
use super::surface::{Fault, Mounted};
use crate::kernel::abandon::Abandoned;
use crate::kernel::clock::machine_tick;
use crate::kernel::journal::Record;
use crate::kernel::quirks;
use crate::kernel::sandbox::{MAIN, Refused, Sandbox, Sandboxes, is_name};
use crate::kernel::sync::{CommitLost, Signal};
use crate::kernel::timeline::{Timeline, is_due};
use crate::kernel::uuids::Uuid;
use crate::world::World;

/// Header of every answer with the id of the request in the journal.
static REQUEST: HeaderName = HeaderName::from_static("x-timetwin-request");
/// Header of an answer with a reason of this server rather than of the vendor.
const TROUBLE: &str = "x-timetwin-trouble";

/// How a response came about, attached for tests; it is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The surface.
    pub surface: &'static str,
    /// The operation, if a route matched.
    pub operation: Option<&'static str>,
    /// Whether the contract declines it.
    pub declined: bool,
    /// The quirks whose branches the operation took.
    pub quirks: Vec<&'static str>,
}

/// All surfaces over all sandboxes.
#[derive(Debug)]
pub struct Mount {
    surfaces: Arc<[Mounted]>,
    sandboxes: Arc<Sandboxes<World>>,
    links: Links,
    cors: Cors,
    timeline: Timeline<World>,
    posters: &'static [fn(&mut World, DateTime<Utc>)],
    observers: Vec<Arc<dyn Observer>>,
    /// Whom unknown credentials are taken for.
    stand_in: Option<String>,
    posted: Signal,
    /// Hosts of vendors that no surface answers for.
    other_hosts: &'static [&'static str],
}

/// Observes each answered request.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Called for each answered request of a sandbox. The record has its id.
    fn answered(&self, sandbox: &str, record: &Record);
}

/// The surface and path of a request.
struct Target<'a> {
    mounted: &'a Mounted,
    path: String,
    /// Whether the vendor's host does not serve this part of the surface.
    is_elsewhere: bool,
}

impl Mount {
    /// Mounts `surfaces`.
    #[must_use]
    pub fn new(surfaces: Arc<[Mounted]>, sandboxes: Arc<Sandboxes<World>>, links: Links) -> Self {
        Self {
            surfaces,
            sandboxes,
            links,
            cors: Cors::default(),
            timeline: &[],
            posters: &[],
            observers: Vec::new(),
            stand_in: None,
            posted: Signal::default(),
            other_hosts: &[],
        }
    }

    /// The same with events that time causes.
    #[must_use]
    pub fn with_timeline(self, timeline: Timeline<World>) -> Self {
        Self { timeline, ..self }
    }

    /// The same for pages of other origins than the service lets in.
    #[must_use]
    pub fn with_cors(self, cors: Cors) -> Self {
        Self { cors, ..self }
    }

    /// The same with functions that turn events into messages, after each change.
    #[must_use]
    pub fn with_posters(self, posters: &'static [fn(&mut World, DateTime<Utc>)]) -> Self {
        Self { posters, ..self }
    }

    /// The same with hosts of vendors that no surface answers for.
    #[must_use]
    pub fn with_hosts(self, other_hosts: &'static [&'static str]) -> Self {
        Self { other_hosts, ..self }
    }

    /// The same with one more observer of each request.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }

    /// The same that takes whoever calls with an unknown credential for this person.
    #[must_use]
    pub fn with_stand_in(self, person: Option<String>) -> Self {
        Self { stand_in: person, ..self }
    }

    /// Signals that a request has posted messages.
    #[must_use]
    pub fn posted(&self) -> &Signal {
        &self.posted
    }

    /// The mounted surfaces.
    #[must_use]
    pub fn surfaces(&self) -> &[Mounted] {
        &self.surfaces
    }

    /// How links are made.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }

    pub(super) fn sandboxes(&self) -> &Sandboxes<World> {
        &self.sandboxes
    }

    /// Answers one request of any surface.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let begun = machine_tick();
        let (parts, body) = request.into_parts();
        let (prefix, path) = split_prefix(parts.uri.path());
        let (target, located) = quirks::collect(|| self.target(&parts, path));
        let Some(target) = target else {
            return self.unclaimed(begun, &parts, prefix, path);
        };
        let prefix = prefix.map(str::to_owned);
        let mut parts = parts;
        if let Some(person) = &self.stand_in {
            let surface = &target.mounted.surface;
            let query = QueryMap::parse(parts.uri.query().unwrap_or_default());
            let sent = split_suffix((surface.secret)(&parts.headers, &query));
            stand_in(&mut parts, surface, sent, &self.sandboxes.pristine(), person);
        }
        let body = read_body(&parts, body, target.mounted.surface.max_body).await;
        let mut exchange = match self.admit(begun, parts, prefix, target, body) {
            Ok(exchange) => exchange,
            Err(response) => return *response,
        };
        exchange.quirks = located;
        let mut reply = if exchange.is_long() {
            let _place = long_work::SURFACES.take().await;
            long_work::run_long(|| exchange.run())
        } else {
            exchange.run()
        };
        for receipt in exchange.cx.receipts.take() {
            if receipt.wait().await.is_err() {
                exchange.cx.posted.set(false);
                exchange.trouble = Some(CommitLost::ID);
                let fault = Fault::Status(StatusCode::SERVICE_UNAVAILABLE);
                reply = (exchange.mounted.surface.fault)(&exchange.cx, fault);
            }
        }
        if exchange.cx.posted.get() {
            self.posted.notify();
        }
        if let Some(delay) = exchange.hit.as_ref().and_then(|hit| hit.delay) {
            // Some vendors send something while a client waits, others nothing.
            let has_form;
            (reply, has_form) = reply.held_back(delay);
            if !has_form {
                tokio::time::sleep(delay).await;
            }
        }
        self.close(exchange, reply)
    }

    fn target<'a>(&'a self, parts: &Parts, path: &str) -> Option<Target<'a>> {
        let locate = |mounted: &'a Mounted, host: Option<&str>| {
            let path = if mounted.surface.loose_slashes { tidy(path) } else { path.into() };
            let path = (mounted.surface.locate)(host.is_some(), &path)?;
            let mut parts = mounted.surface.partial_hosts.iter();
            let part =
                parts.find(|(known, _)| host.is_some_and(|host| known.eq_ignore_ascii_case(host)));
            let is_elsewhere = part.is_some_and(|(_, part)| !path.starts_with(part));
            Some(Target { mounted, path, is_elsewhere })
        };
        match self.own_host(parts) {
            Some((mounted, host)) => locate(mounted, Some(host)),
            None => self.surfaces.iter().find_map(|mounted| locate(mounted, None)),
        }
    }

    /// The surface whose vendor has the host that the request names, and that host.
    pub(super) fn own_host<'a, 'r>(&'a self, parts: &'r Parts) -> Option<(&'a Mounted, &'r str)> {
        let host = self.links.host(&parts.uri, &parts.headers)?;
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let own = |mounted: &&Mounted| {
            mounted.surface.hosts.iter().any(|known| hosts::matches(known, host))
        };
        self.surfaces.iter().find(own).map(|mounted| (mounted, host))
    }

    /// Whether this host, without a port, is a vendor's.
    #[must_use]
    pub fn is_vendors(&self, host: &str) -> bool {
        let own = self.surfaces.iter().flat_map(|mounted| mounted.surface.hosts);
        own.chain(self.other_hosts).any(|known| hosts::matches(known, host))
    }

    /// Finds the sandbox and the operation of a request.
    fn admit<'a>(
        &'a self,
        begun: Instant,
        parts: Parts,
        prefix: Option<String>,
        target: Target<'a>,
        body: Result<Bytes, Rejection>,
    ) -> Result<Exchange<'a>, Box<Response<Body>>> {
        let Target { mounted, path, is_elsewhere } = target;
        let query = QueryMap::parse(parts.uri.query().unwrap_or_default());
        let secret = (mounted.surface.secret)(&parts.headers, &query);
        let (secret, suffix) = split_suffix(secret);
        let name = prefix.or(suffix).unwrap_or_else(|| MAIN.to_owned());
        let is_known = |world: &World| mounted.surface.is_known(world, secret.as_deref());
        let (sandbox, refused) = match self.sandboxes.enter(&name, is_known) {
            Ok(sandbox) => (sandbox, None),
            Err(refused) => match self.sandboxes.get(MAIN) {
                Some(main) => (main, Some(refused)),
                None => return Err(Box::new(Reply::empty(StatusCode::NOT_FOUND).into())),
            },
        };
        let (body, broken) = match body {
            Ok(body) => (body, None),
            Err(rejection) => (Bytes::new(), Some(rejection)),
        };
        let root = sandbox.store.read();
        let now = root.value.clock.now();
        let mut cx = Context {
            method: parts.method,
            path,
            query,
            headers: parts.headers,
            body,
            body_read: Cell::new(false),
            operation: None,
            limits: mounted.surface.limits,
            params: Vec::new(),
            sandbox,
            secret,
            now,
            person: RefCell::default(),
            root: RefCell::new(Arc::clone(&root)),
            receipts: RefCell::default(),
            posted: Cell::new(false),
            posters: self.posters,
            duplicate: 0,
            unknown_fields: RefCell::default(),
            fields: RefCell::default(),
        };
        if is_due(self.timeline, &root.value, now) {
            let _: Result<(), Infallible> = cx.write(|world| {
                world.settle(self.timeline);
                Ok(())
            });
        }
        let trouble = refused.as_ref().map(Refused::id);
        let broken = refused.map(Rejection::Sandbox).or(broken);
        let visitor = self.cors.admits(&cx.headers);
        let is_preflight = visitor.is_some() && is_preflight(&cx.method, &cx.headers);
        let found =
            if is_elsewhere { Err(Rejection::UnknownPath) } else { mounted.routes.find(&mut cx) };
        let path = split_prefix(parts.uri.path()).1.to_owned();
        let version = root.version;
        let mut exchange = Exchange {
            mounted,
            cx,
            begun,
            path,
            broken,
            found,
            visitor,
            is_preflight,
            hit: None,
            trouble,
            version,
            quirks: Vec::new(),
        };
        exchange.decide_fault();
        Ok(exchange)
    }

    /// Writes the journal and finishes the reply.
    fn close(&self, exchange: Exchange<'_>, mut reply: Reply) -> Response<Body> {
        let Exchange {
            mounted,
            cx,
            begun,
            path,
            broken,
            found,
            visitor,
            is_preflight,
            hit,
            trouble,
            version,
            quirks,
        } = exchange;
        let surface = &mounted.surface;
        let route = found.ok();
        let is_ours =
            hit.as_ref().is_some_and(|hit| hit.is_instead() || hit.effect.content_type.is_some());
        // A rejection before the operation and a falsified content type are not answers of the
        // operation.
        let answered = Answered {
            surface: surface.name,
            operation: route
                .map(|route| route.operation.id)
                .filter(|_| broken.is_none() && !is_ours),
            declined: route.is_some_and(|route| route.operation.declined.is_some()),
            quirks: quirks.clone(),
        };
        let effect = hit.as_ref().map(|hit| &hit.effect);
        let is_cut =
            trouble == Some(Abandoned::ID) || effect.is_some_and(|effect| effect.reset.is_some());
        let near_misses = match (route, &broken) {
            (None, None) if !is_preflight => near_misses(&self.surfaces, &cx.method, &path),
            _ => Vec::new(),
        };
        let (unknown_parameters, unknown_fields) =
            cx.unread(reply.status.as_u16() >= 400, unread_body);
        let root = cx.read();
        let has_query = cx.query.pairs().next().is_some();
        let query = if has_query { redact::query(&cx.query, surface) } else { String::new() };
        let id = self.note(
            &cx.sandbox,
            Record {
                id: Uuid::nil(),
                at: cx.now,
                surface: Some(surface.name),
                operation: route.map(|route| route.operation.id),
                declined: answered.declined,
                method: named(&cx.method),
                path,
                query,
                body: redact::body(&cx.body, surface),
                body_bytes: cx.body.len(),
                person: cx.person.take(),
                status: if is_cut { 0 } else { reply.status.as_u16() },
                duration: machine_tick().saturating_duration_since(begun),
                version_before: version,
                version_after: root.version,
                quirks,
                unknown_parameters,
                unknown_fields,
                fault: hit.as_ref().map(|hit| hit.rule),
                trouble,
                near_misses,
            },
        );
        name_request(&mut reply, id);
        if let Some(trouble) = trouble {
            // The vendor has no form for it, and a client that obeys Retry-After would wait for ever.
            reply.headers.insert(TROUBLE, HeaderValue::from_static(trouble));
        }
        if let Some(allowed) = visitor {
            cors::admit(&mut reply, allowed);
        }
        finish(&mut reply, &cx.method, root.value.clock.now());
        let mut response = match effect {
            Some(effect) => apply_effect(reply, effect),
            None => reply.into(),
        };
        response.extensions_mut().insert(answered);
        response
    }

    /// Adds a record to the journal of the sandbox, or of `main` when the sandbox ends with the request. Returns
    /// its id.
    pub(super) fn note(&self, sandbox: &Sandbox<World>, mut record: Record) -> Uuid {
        let main = sandbox.is_passing().then(|| self.sandboxes.get(MAIN)).flatten();
        let sandbox = main.as_deref().unwrap_or(sandbox);
        let id;
        // Freed outside the lock.
        let _oldest = {
            let mut journal = sandbox.journal();
            id = journal.next_id(record.at);
            record.id = id;
            for observer in &self.observers {
                observer.answered(sandbox.name(), &record);
            }
            journal.keep(record)
        };
        sandbox.signal.notify();
        id
    }
}

/// Sets the header with the id of the request.
pub(super) fn name_request(reply: &mut Reply, id: Uuid) {
    let mut text = Uuid::encode_buffer();
    let text = id.hyphenated().encode_lower(&mut text);
    if let Ok(text) = HeaderValue::from_str(text) {
        reply.headers.insert(&REQUEST, text);
    }
}

/// A method by its name.
pub(super) fn named(method: &Method) -> Cow<'static, str> {
    match method.as_str() {
        "GET" => "GET".into(),
        "POST" => "POST".into(),
        "PUT" => "PUT".into(),
        "PATCH" => "PATCH".into(),
        "DELETE" => "DELETE".into(),
        other => other.to_owned().into(),
    }
}

/// Splits `/~name/rest` into the name and `/rest`. An invalid name is not a prefix. The tilde may be
/// percent-encoded.
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

/// Splits `secret~name`. An invalid name stays part of the secret.
pub(super) fn split_suffix(secret: Option<String>) -> (Option<String>, Option<String>) {
    let Some(secret) = secret else { return (None, None) };
    match secret.rsplit_once('~') {
        Some((bare, name)) if is_name(name) => (Some(bare.to_owned()), Some(name.to_owned())),
        _ => (Some(secret), None),
    }
}

/// Removes doubled slashes and a trailing one.
fn tidy(path: &str) -> Cow<'_, str> {
    let trailing = path.len() > 1 && path.ends_with('/');
    if !trailing && !path.contains("//") {
        return path.into();
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    format!("/{}", parts.join("/")).into()
}
