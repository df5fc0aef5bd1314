//! A twin that answers one request and is then as before.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde_json::Value;
use timetwin::control::Front;
use timetwin::http::hosts::Hosts;
use timetwin::http::server::App;
use timetwin::kernel::clock::Clock;
use timetwin::kernel::revision::Revision;
use timetwin::kernel::sandbox::{Bounds, MAIN};
use timetwin::scenario::load::Bundle;
use timetwin::twin::{Setup, Twin};
use timetwin::vendors::SURFACES;
use timetwin::world::{Settings, World};
use tokio::runtime::{Builder, Runtime};

/// The instant at which everything happens.
pub const NOW: &str = "2026-06-12T10:00:00Z";
/// How many sandboxes there may be.
const SANDBOXES: usize = 8;

/// A call of an operation, without a body.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
}

/// A twin with the calls of all its operations.
#[derive(Debug)]
pub struct Stage {
    /// The twin.
    pub twin: Arc<Twin>,
    front: Front,
    runtime: Runtime,
    calls: BTreeMap<&'static str, Call>,
}

/// The clock of every world.
#[must_use]
pub fn clock() -> Clock {
    Clock::frozen(NOW.parse().expect("an instant"))
}

impl Stage {
    /// The studio in this revision.
    #[must_use]
    pub fn new(revision: Revision) -> Self {
        Self::of("studio", revision)
    }

    /// A built-in scenario.
    #[must_use]
    pub fn of(scenario: &str, revision: Revision) -> Self {
        let scenario = Arc::new(Bundle::builtin(scenario).expect("a built-in scenario"));
        let settings = Settings { revision, rate_limits: false, plan: None };
        let twin = Arc::new(
            Twin::new(Setup {
                settings,
                hosts: Hosts::of_loopback(),
                bounds: Bounds { sandboxes: SANDBOXES, ..Bounds::default() },
                ..Setup::new(scenario, clock(), "http://127.0.0.1:8463")
            })
            .expect("a scenario without errors"),
        );
        let front = Front::new(Arc::clone(&twin));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut stage = Self { twin, front, runtime, calls: BTreeMap::new() };
        stage.calls = stage.all_calls();
        stage
    }

    /// Every operation with the id of something that exists in each place of its path.
    fn all_calls(&self) -> BTreeMap<&'static str, Call> {
        let world = self.world();
        let mut calls = BTreeMap::new();
        for surface in SURFACES {
            let owner = &(surface.credentials)(&world)[0];
            let headers: HeaderMap = (owner.headers)(owner, &owner.secret)
                .into_iter()
                .map(|(name, value)| {
                    let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
                    (name, HeaderValue::from_str(&value).expect("a credential"))
                })
                .collect();
            for operation in surface.operations {
                let method = operation.method.parse().expect("a method");
                let path = self.path(&format!("{}{}", operation.base, operation.path), &headers);
                calls.insert(operation.id, Call { method, path, headers: headers.clone() });
            }
        }
        calls
    }

    /// A path with the first id of the list before it in place of each name in braces.
    fn path(&self, template: &str, headers: &HeaderMap) -> String {
        let mut path = String::new();
        for part in template.split('/').skip(1) {
            let id = part.starts_with('{').then(|| {
                let list =
                    Call { method: Method::GET, path: path.clone(), headers: headers.clone() };
                let (_, body) = self.send(&list, None, Vec::new());
                let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
                first_id(&body).unwrap_or_else(|| "1".to_owned())
            });
            path = format!("{path}/{}", id.as_deref().unwrap_or(part));
        }
        path
    }

    /// The call of the operation of this name.
    #[must_use]
    pub fn call(&self, operation: &str) -> Option<&Call> {
        self.calls.get(operation)
    }

    /// Every call that changes nothing.
    pub fn reads(&self) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(|call| call.method == Method::GET)
    }

    /// The world of `main`.
    #[must_use]
    pub fn world(&self) -> World {
        self.twin.sandbox(MAIN).expect("main is always there").store.read().value.clone()
    }

    /// Sends a call with a body of this content type.
    pub fn send(&self, call: &Call, kind: Option<&str>, body: Vec<u8>) -> (StatusCode, Bytes) {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = call.path.parse().expect("a path");
        *request.headers_mut() = call.headers.clone();
        if let Some(kind) = kind.and_then(|kind| HeaderValue::from_str(kind).ok()) {
            request.headers_mut().insert("content-type", kind);
        }
        self.answer(request)
    }

    /// The answer to a request, which is no error of the server.
    pub fn answer(&self, request: Request<Body>) -> (StatusCode, Bytes) {
        let asked = format!("{} {}", request.method(), request.uri());
        self.runtime.block_on(async {
            let (parts, body) = self.front.answer(request).await.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a body");
            let text = String::from_utf8_lossy(&body);
            assert!(!parts.status.is_server_error(), "{asked}: {} {text}", parts.status);
            (parts.status, body)
        })
    }

    /// Sends what `input` says: the id of an operation and the content type in the first line, the body below it.
    /// A refusal changes nothing.
    pub fn play(&self, input: &[u8], kinds: &[&str]) {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (head, body) = input.split_at(end);
        let Ok(head) = std::str::from_utf8(head) else { return };
        let (operation, kind) = head.split_once(' ').unwrap_or((head, ""));
        let Some(call) = self.call(operation) else { return };
        let kind =
            kinds.iter().find(|known| known.starts_with(kind)).copied().or(kinds.first().copied());
        let main = self.twin.sandbox(MAIN).expect("main is always there");
        let before = main.store.read();
        let (status, _) = self.send(call, kind, body.get(1..).unwrap_or_default().to_vec());
        if status.is_client_error() {
            assert_eq!(main.store.read().version, before.version, "{operation}: {status}");
        }
        main.reset();
    }
}

/// The first id in a list or in the lists of an object.
fn first_id(value: &Value) -> Option<String> {
    match value {
        Value::Array(rows) => rows.iter().find_map(first_id),
        Value::Object(fields) => match fields.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => fields.values().find_map(first_id),
        },
        _ => None,
    }
}
