//! Clockodo where language-neutral cases do not reach.

mod entries;
mod overlay;
mod settings;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request};
use chrono::{DateTime, Utc};
use serde_json::Value;
use timetwin::kernel::clock::Clock;
use timetwin::scenario::load::Bundle;
use timetwin::scenario::seed::{Overlay, SeedError};
use timetwin::twin::{Setup, Twin};

use crate::support::{Answer, FRIDAY, TestTwin};

/// A bare twin whose Clockodo overlay is this text.
pub(crate) fn with_overlay(text: &str) -> Result<TestTwin, SeedError> {
    let at: DateTime<Utc> = FRIDAY.parse().unwrap();
    let mut scenario = Bundle::builtin("bare").unwrap();
    let overlay = Overlay { file: "clockodo.json".into(), text: text.into() };
    scenario.overlays.insert("clockodo", overlay);
    let setup = Setup::new(Arc::new(scenario), Clock::frozen(at), "http://twin.example");
    Ok(TestTwin::of(Twin::new(setup)?))
}

/// A call as this person.
pub(crate) fn call(
    twin: &TestTwin,
    person: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let text = body.map_or_else(String::new, Value::to_string);
    let mut request = Request::builder().method(method).uri(path).body(Body::from(text)).unwrap();
    request.headers_mut().extend(twin.headers("clockodo", person, "main"));
    if body.is_some() {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert("content-type", json);
    }
    twin.send(request)
}
