//! One request in its sandbox: faults, the answer, and the redacted record for the journal.

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, DATE, EXPECT};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::Rejection;
use super::context::Context;
use super::cors;
use super::reply::{self, Reply};
use super::routes::Route;
use super::surface::{Fault, Mounted, Surface};
use crate::contract::Cost;
use crate::kernel::abandon::{self, Abandoned};
use crate::kernel::faults::{Facts, Hit, Reset};
use crate::kernel::quirks;

/// Maximum time for a request body to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);
/// Bytes of an oversized body that are still read, so that a client that writes before it reads gets its
/// answer.
const OVERRUN: usize = 16 * 1024 * 1024;

/// A request in its sandbox, before its answer is sent.
pub(super) struct Exchange<'a> {
    pub(super) mounted: &'a Mounted,
    pub(super) cx: Context,
    pub(super) begun: Instant,
    /// Path as sent, without the sandbox's prefix.
    pub(super) path: String,
    /// A rejection that applies before the operation.
    pub(super) broken: Option<Rejection>,
    pub(super) found: Result<&'a Route, Rejection>,
    /// The page that is let in, if one asks: the value of `Access-Control-Allow-Origin`.
    pub(super) visitor: Option<HeaderValue>,
    /// Whether it is a preflight of such a page, which no operation answers.
    pub(super) is_preflight: bool,
    pub(super) hit: Option<Hit>,
    /// A failure of this server rather than of the vendor; see [`journal::Record::trouble`].
    pub(super) trouble: Option<&'static str>,
    /// World version before the request.
    pub(super) version: u64,
    pub(super) quirks: Vec<&'static str>,
}

impl Exchange<'_> {
    /// Finds the rule of the fault plan that fires on this request.
    pub(super) fn decide_fault(&mut self) {
        let sandbox = Arc::clone(&self.cx.sandbox);
        let mut plan = sandbox.faults();
        if plan.is_empty() || self.broken.is_some() || self.is_preflight {
            return;
        }
        let (surface, cx) = (&self.mounted.surface, &self.cx);
        let facts = Facts {
            surface: surface.name,
            operation: self.found.as_ref().ok().map(|route| route.operation.id),
            method: cx.method.as_str(),
            path: &self.path,
            person: &|| {
                let secret = cx.secret.as_deref()?;
                let logins = (surface.credentials)(&cx.read().value);
                let login = logins.into_iter().find(|login| login.secret == secret)?;
                Some(login.person)
            },
        };
        self.hit = plan.decide(facts);
        self.cx.duplicate = self.hit.as_ref().and_then(|hit| hit.effect.duplicate).unwrap_or(0);
    }

    /// Whether the contract says that the operation takes long, and it is to be run.
    pub(super) fn is_long(&self) -> bool {
        let is_instead = self.hit.as_ref().is_some_and(Hit::is_instead);
        let route = self.found.as_ref().ok().filter(|_| self.broken.is_none() && !is_instead);
        route.is_some_and(|route| route.operation.cost == Cost::Long)
    }

    /// Makes the reply. Does not wait.
    pub(super) fn run(&mut self) -> Reply {
        let (reply, quirks) = quirks::collect(|| abandon::attempt(|| self.reply()));
        self.quirks.extend(quirks);
        reply.unwrap_or_else(|Abandoned| {
            self.trouble = Some(Abandoned::ID);
            Reply::empty(StatusCode::SERVICE_UNAVAILABLE)
        })
    }

    fn reply(&self) -> Reply {
        let Self { mounted, cx, broken, found, visitor, is_preflight, hit, .. } = self;
        let policy = visitor.as_ref().map(|_| (mounted.surface.browsers)());
        if let Some(policy) = policy.filter(|_| *is_preflight) {
            return cors::preflight(policy, &cx.headers);
        }
        if let Some(hit) = hit
            && let Some(reply) = instead(hit, &mounted.surface, cx)
        {
            return reply;
        }
        match (broken, found) {
            (Some(rejection), _) | (None, Err(rejection)) => {
                mounted.routes.reject(cx, rejection.clone())
            }
            (None, Ok(route)) => mounted.routes.run(route, cx),
        }
    }
}

/// The reply of a fault that replaces the operation.
fn instead(hit: &Hit, surface: &Surface, cx: &Context) -> Option<Reply> {
    let effect = &hit.effect;
    if effect.reset == Some(Reset::Before) {
        return Some(Reply::empty(StatusCode::OK));
    }
    if effect.rate_limited {
        return Some((surface.fault)(cx, Fault::RateLimited));
    }
    let status = StatusCode::from_u16(effect.status?).ok()?;
    Some((surface.fault)(cx, Fault::Status(status)))
}

/// Reads a whole body, with limits on length and time.
pub(super) async fn read_body(parts: &Parts, body: Body, most: usize) -> Result<Bytes, Rejection> {
    let announced = parts.headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let too_long = announced.is_some_and(|length| length > most as u64);
    if too_long && parts.headers.contains_key(EXPECT) {
        return Err(Rejection::BodyTooLarge(most));
    }
    let mut body = Limited::new(body, most.saturating_add(OVERRUN));
    let read = async {
        // Most bodies arrive in one piece, which need not be copied.
        let mut whole = Bytes::new();
        let mut joined = BytesMut::new();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| match error {
                error if error.is::<LengthLimitError>() => Rejection::BodyTooLarge(most),
                error if is_malformed(&*error) => Rejection::BadJson {
                    message: "the chunks of the body are malformed".to_owned(),
                    line: 1,
                    column: 1,
                },
                // The client left.
                _ => Rejection::BodyTooSlow,
            })?;
            let Ok(data) = frame.into_data() else { continue };
            if length == 0 {
                whole = data.clone();
            } else if length + data.len() <= most {
                joined.extend_from_slice(&std::mem::take(&mut whole));
                joined.extend_from_slice(&data);
            }
            length += data.len();
        }
        match length {
            length if length > most => Err(Rejection::BodyTooLarge(most)),
            _ if joined.is_empty() => Ok(whole),
            _ => Ok(joined.freeze()),
        }
    };
    match tokio::time::timeout(BODY_TIME, read).await {
        Ok(read) => read,
        Err(_) => Err(Rejection::BodyTooSlow),
    }
}

/// Whether a body ended because it was not framed as HTTP says, rather than because the client left.
fn is_malformed(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The instant as an HTTP date, cached for a second.
fn date(now: DateTime<Utc>) -> HeaderValue {
    thread_local! {
        static LAST: RefCell<Option<(i64, HeaderValue)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| match last {
        Some((second, date)) if *second == now.timestamp() => date.clone(),
        last => {
            let date = httpdate::fmt_http_date(now.into());
            let date = HeaderValue::from_maybe_shared(Bytes::from(date));
            let date = date.unwrap_or_else(|_| HeaderValue::from_static(""));
            last.insert((now.timestamp(), date)).1.clone()
        }
    })
}

/// Sets the date, and removes the body where the status or method allows none.
pub(super) fn finish(reply: &mut Reply, method: &Method, now: DateTime<Utc>) {
    reply.headers.insert(DATE, date(now));
    if *method == Method::HEAD {
        reply.body = match reply.body.len() {
            Some(length) => {
                reply.headers.insert(CONTENT_LENGTH, length.into());
                Bytes::new().into()
            }
            // A body of unknown length stays, so that no length is announced.
            None => reply::Body::Pieces(Box::new(std::iter::empty())),
        };
    }
}
