//! The Jira site under Clockwork and Time Tracker: what the cases cannot reach.

mod languages;
mod lists;
mod noise;
mod plant;
mod streams;
mod studio;
mod views;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::support::{Answer, TestTwin};

/// Asks a surface as somebody, with these parameters.
fn get(twin: &TestTwin, surface: &str, person: &str, path: &str, query: &[(&str, &str)]) -> Answer {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(query);
    let uri = format!("{path}?{}", text.finish());
    let mut request = Request::builder().uri(uri).body(Body::empty()).unwrap();
    request.headers_mut().extend(twin.headers(surface, person, "main"));
    twin.send(request)
}

/// The rows of `GET /v1/worklogs`.
fn clockwork(twin: &TestTwin, person: &str, query: &[(&str, &str)]) -> Vec<Value> {
    let answer = get(twin, "clockwork", person, "/v1/worklogs", query);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json().as_array().unwrap().clone()
}

/// The worklogs of `GET /api/1/worklog`, of all issues.
fn time_tracker(twin: &TestTwin, person: &str, query: &[(&str, &str)]) -> Vec<Value> {
    let answer = get(twin, "time-tracker", person, "/api/1/worklog", query);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let issues = answer.json().as_array().unwrap().clone();
    let of = |issue: &Value| issue["fields"]["worklog"]["worklogs"].as_array().unwrap().clone();
    issues.iter().flat_map(of).collect()
}
