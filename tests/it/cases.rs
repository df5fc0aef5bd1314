//! Runs every `contract/<surface>/cases/*.json`: language-neutral stories of requests and answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use serde::Deserialize;
use serde_json::{Map, Value};
use timetwin::http::mount::Answered;

use crate::support::{Answer, Stage, TestTwin, files, within};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    about: String,
    #[serde(default)]
    quirks: Vec<String>,
    #[serde(default)]
    source: Vec<String>,
    #[serde(default)]
    world: WorldIn,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WorldIn {
    scenario: Option<String>,
    at: Option<String>,
    revision: Option<String>,
    limits: Option<String>,
    /// By system, members that replace or extend those of the scenario's overlay.
    overlays: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    about: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) surface: Option<String>,
    sandbox: Option<String>,
    #[serde(rename = "as")]
    pub(crate) person: Option<String>,
    pub(crate) request: Option<RequestIn>,
    pub(crate) expect: Option<Expect>,
    #[serde(default)]
    save: BTreeMap<String, String>,
    advance: Option<String>,
    reset: Option<bool>,
    /// Sends the request this many times and checks the last answer; the others must be below 400.
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestIn {
    method: String,
    path: String,
    #[serde(default)]
    pub(crate) query: Vec<(String, String)>,
    /// A query string as it is, for odd encodings.
    pub(crate) raw_query: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) json: Option<Value>,
    pub(crate) form: Option<Vec<(String, String)>>,
    pub(crate) text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expect {
    pub(crate) status: u16,
    headers: BTreeMap<String, Option<String>>,
    json: Option<Value>,
    includes: Option<Value>,
    length: Option<usize>,
    text: Option<String>,
    /// Pieces of the text that are there, in any place.
    contains: Vec<String>,
    /// Pieces that are not.
    lacks: Vec<String>,
    empty: bool,
    /// JSON pointers with the values they lead to.
    pointers: BTreeMap<String, Value>,
    /// JSON pointers that lead nowhere.
    absent: Vec<String>,
}

/// Every case of a file whose path contains `only`, with that file and its surface.
pub(crate) fn all(only: &str) -> Vec<(String, String, Case)> {
    let mut all = Vec::new();
    for (file, text) in files("contract", ".json") {
        if !file.contains("/cases/") || !file.contains(only) {
            continue;
        }
        let surface = file.split('/').nth(1).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let cases = match value {
            Value::Array(cases) => cases,
            case => vec![case],
        };
        for case in cases {
            let case: Case =
                serde_json::from_value(case).unwrap_or_else(|error| panic!("{file}: {error}"));
            all.push((file.clone(), surface.to_owned(), case));
        }
    }
    all
}

#[test]
fn every_case_holds() {
    #[expect(clippy::disallowed_methods, reason = "a filter for whoever works on one file")]
    let only = std::env::var("CASES").unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "a record to compare two builds by")]
    let record = std::env::var("RECORD").ok();
    let mut answers = String::new();
    let mut failures = Vec::new();
    let mut run = 0;
    for (file, surface, case) in all(&only) {
        let title = format!("{file}: {}", case.about);
        run += 1;
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            tell(&surface, &case, &mut answers);
        }));
        if told.is_err() {
            failures.push(title);
        }
    }
    if let Some(file) = record {
        std::fs::write(file, answers).unwrap();
    }
    assert!(
        failures.is_empty(),
        "{} of {run} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(run > 0 || !only.is_empty(), "there are no cases");
}

fn tell(surface: &str, case: &Case, answers: &mut String) {
    writeln!(answers, "# {surface}: {}", case.about).unwrap();
    assert!(!case.steps.is_empty(), "a case has steps");
    assert!(case.quirks.iter().chain(&case.source).all(|text| !text.is_empty()));
    let mut stage = Stage::default();
    let WorldIn { scenario, at, revision, limits, overlays } = &case.world;
    stage.overlays =
        overlays.iter().map(|(system, patch)| (system.clone(), patch.to_string())).collect();
    stage.scenario = scenario.clone().unwrap_or(stage.scenario);
    stage.at = at.clone().unwrap_or(stage.at);
    stage.current = match revision.as_deref() {
        None | Some("documented") => false,
        Some("current") => true,
        Some(other) => panic!("there is no revision {other}"),
    };
    stage.limits = match limits.as_deref() {
        None | Some("vendor") => true,
        Some("off") => false,
        Some(other) => panic!("limits cannot be {other}"),
    };
    let twin = TestTwin::on(&stage);
    let mut saved = Map::new();
    for (number, step) in case.steps.iter().enumerate() {
        let about = step.about.clone().unwrap_or_default();
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            play(&twin, surface, step, &mut saved, answers);
        }));
        if let Err(cause) = told {
            eprintln!("^ case '{}', step {} {about}", case.about, number + 1);
            std::panic::resume_unwind(cause);
        }
    }
}

fn play(
    twin: &TestTwin,
    surface: &str,
    step: &Step,
    saved: &mut Map<String, Value>,
    answers: &mut String,
) {
    let sandbox = step.sandbox.as_deref().unwrap_or("main");
    if let Some(by) = &step.advance {
        twin.advance(sandbox, by);
    }
    if step.reset == Some(true) {
        twin.twin.sandbox(sandbox).unwrap().reset();
    }
    let Some(request) = &step.request else {
        assert!(step.advance.is_some() || step.reset.is_some(), "a step does something");
        return;
    };
    let surface = step.surface.as_deref().unwrap_or(surface);
    let mut answer = None;
    for turn in 1..=step.times {
        let request = build(twin, surface, sandbox, step, request, saved);
        write!(answers, "{} {} ", request.method(), request.uri()).unwrap();
        let sent = twin.send(request);
        let mut headers = sent.headers.clone();
        headers.remove("x-timetwin-request");
        writeln!(answers, "{} {headers:?}", sent.status).unwrap();
        // Files of spreadsheets and PDF are recorded by their bytes too.
        writeln!(answers, "{}", sent.body.escape_ascii()).unwrap();
        assert!(turn == step.times || sent.status.as_u16() < 400, "turn {turn}: {}", sent.text());
        answer = Some(sent);
    }
    let answer = answer.expect("a step is played at least once");
    if let Some(operation) = &step.operation
        && answer.status != 404
        && answer.status != 405
        && answer.status != 413
    {
        let answered = answer.answered.and_then(|Answered { operation, .. }| operation);
        assert_eq!(answered, Some(operation.as_str()), "{}", answer.text());
    }
    let expect = step.expect.as_ref().expect("a request has an expectation");
    check(expect, &answer, saved);
    for (name, pointer) in &step.save {
        let body = answer.json();
        let value =
            body.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} in {body:#}"));
        saved.insert(name.clone(), value.clone());
    }
}

fn build(
    twin: &TestTwin,
    surface: &str,
    sandbox: &str,
    step: &Step,
    request: &RequestIn,
    saved: &Map<String, Value>,
) -> Request<Body> {
    let fill = |text: &str| filled(text, saved);
    let mut uri = fill(&request.path);
    let query = if let Some(raw) = &request.raw_query {
        fill(raw)
    } else {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &request.query {
            query.append_pair(name, &fill(value));
        }
        query.finish()
    };
    if !query.is_empty() {
        uri = format!("{uri}?{query}");
    }
    let (kind, body) = match (&request.json, &request.form, &request.text) {
        (None, None, None) => (None, String::new()),
        (Some(json), None, None) => (Some("application/json"), fill_in(json, saved).to_string()),
        (None, Some(form), None) => {
            let mut body = form_urlencoded::Serializer::new(String::new());
            for (name, value) in form {
                body.append_pair(name, &fill(value));
            }
            (Some("application/x-www-form-urlencoded"), body.finish())
        }
        (None, None, Some(text)) => (None, fill(text)),
        _ => panic!("a request has one body"),
    };
    let mut built =
        Request::builder().method(request.method.as_str()).uri(uri).body(Body::from(body)).unwrap();
    let headers = built.headers_mut();
    if let Some(person) = &step.person {
        headers.extend(twin.headers(surface, person, sandbox));
    }
    if let Some(kind) = kind {
        headers.insert("content-type", HeaderValue::from_static(kind));
    }
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, HeaderValue::from_str(&fill(value)).unwrap());
    }
    built
}

fn check(expect: &Expect, answer: &Answer, saved: &Map<String, Value>) {
    let Expect { status, headers, json, includes, length, pointers, absent, .. } = expect;
    let Expect { text, contains, lacks, empty, .. } = expect;
    assert_eq!(answer.status.as_u16(), *status, "{}", answer.text());
    for (name, value) in headers {
        let sent = answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let value = value.as_ref().map(|value| filled(value, saved));
        assert_eq!(sent, value, "header {name}");
    }
    if let Some(json) = json {
        let wanted = fill_in(json, saved);
        let sent = answer.json();
        assert!(sent == wanted, "expected {wanted:#}\ngot {sent:#}");
    }
    if let Some(includes) = includes {
        let sent = answer.json();
        if let Err(why) = within(&fill_in(includes, saved), &sent, false, "") {
            panic!("{why} in {sent:#}");
        }
    }
    if let Some(length) = length {
        let body = answer.json();
        let rows = body.as_array().unwrap_or_else(|| panic!("no list: {body:#}"));
        assert_eq!(rows.len(), *length, "rows of {body:#}");
    }
    for (pointer, value) in pointers {
        let body = answer.json();
        let wanted = fill_in(value, saved);
        assert_eq!(body.pointer(pointer), Some(&wanted), "at {pointer} of {body:#}");
    }
    for pointer in absent {
        let body = answer.json();
        assert_eq!(body.pointer(pointer), None, "at {pointer} of {body:#}");
    }
    if let Some(text) = text {
        assert_eq!(answer.text(), filled(text, saved));
    }
    for (pieces, there) in [(contains, true), (lacks, false)] {
        let sent = answer.text();
        for piece in pieces {
            let found = sent.contains(&filled(piece, saved));
            assert_eq!(found, there, "whether '{piece}' is in {sent}");
        }
    }
    assert!(!empty || answer.body.is_empty(), "expected no body, got {}", answer.text());
}

/// `text` with every `{{name}}` replaced.
fn filled(text: &str, saved: &Map<String, Value>) -> String {
    let mut text = text.to_owned();
    for (name, value) in saved {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{{{name}}}}}"), &value);
    }
    assert!(!text.contains("{{"), "an unknown variable in {text}");
    text
}

/// `value` with every `{{name}}` replaced; a string that is nothing else becomes the saved value.
fn fill_in(value: &Value, saved: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
            match name.and_then(|name| saved.get(name)) {
                Some(value) => value.clone(),
                None if text.contains("{{") => filled(text, saved).into(),
                None => value.clone(),
            }
        }
        Value::Array(rows) => rows.iter().map(|row| fill_in(row, saved)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), fill_in(value, saved))).collect()
        }
        _ => value.clone(),
    }
}
