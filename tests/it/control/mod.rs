//! The control API: every call, and that errors are problems and nothing unknown is let through.

mod clock;
mod contract;
mod deliveries;
mod diff;
mod embed;
mod faults;
mod first_calls;
mod journal;
mod mechanism;
mod metrics;
mod plant;
mod plumbing;
mod requests;
mod safety;
mod sandboxes;
mod state;
mod worlds;

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::Value;
use timetwin::http::effect::ResetConnection;
use timetwin::http::server::App;

use crate::support::{Answer, TestTwin, block_on};

const MAIN: &str = "/_twin/sandboxes/main";

impl TestTwin {
    fn get(&self, path: &str) -> Answer {
        self.control(Method::GET, path, None)
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.control(Method::PUT, path, Some(body))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.control(Method::POST, path, Some(body))
    }

    fn delete(&self, path: &str) -> Answer {
        self.control(Method::DELETE, path, None)
    }

    /// Starts or stops a Clockwork timer of `person` on `issue`.
    fn timer(&self, verb: &str, person: &str, issue: &str, sandbox: &str) -> Answer {
        self.clockwork(
            Method::POST,
            &format!("/v1/{verb}_timer?issue_key={issue}"),
            person,
            sandbox,
        )
    }

    fn clockwork(&self, method: Method, path: &str, person: &str, sandbox: &str) -> Answer {
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .body(axum::body::Body::empty())
            .unwrap();
        request.headers_mut().extend(self.headers("clockwork", person, sandbox));
        self.send(request)
    }
}

/// Fails unless the answer is a problem of this status; returns its detail.
fn problem(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let body = answer.json();
    let members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["type", "title", "status", "detail"]);
    assert_eq!(body["status"], status);
    assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()));
    let detail = body["detail"].as_str().unwrap();
    assert!(!detail.is_empty(), "a problem says what is wrong");
    detail.to_owned()
}

/// The name of a problem, below `urn:timetwin:`.
fn name(answer: &Answer) -> String {
    let body = answer.json();
    body["type"].as_str().unwrap().trim_start_matches("urn:timetwin:").to_owned()
}

/// An answer that need not be whole.
struct Raw {
    status: axum::http::StatusCode,
    headers: axum::http::HeaderMap,
    body: Vec<u8>,
    /// Whether the body came to its end.
    complete: bool,
    /// Whether the connection is reset instead.
    cut: bool,
}

impl Raw {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl TestTwin {
    /// Sends a request that may be answered with an error of the server.
    fn raw(&self, method: Method, surface: &str, path: &str, person: &str) -> Raw {
        let request = axum::http::Request::builder().method(method).uri(path);
        let mut request = request.body(axum::body::Body::empty()).unwrap();
        request.headers_mut().extend(self.headers(surface, person, "main"));
        block_on(async {
            let response = self.front.answer(request).await;
            let (parts, mut body) = response.into_parts();
            let mut raw = Raw {
                status: parts.status,
                headers: parts.headers,
                body: Vec::new(),
                complete: true,
                cut: parts.extensions.get::<ResetConnection>().is_some(),
            };
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else {
                    raw.complete = false;
                    break;
                };
                raw.body.extend_from_slice(&frame.into_data().unwrap());
            }
            raw
        })
    }
}
