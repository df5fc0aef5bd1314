//! Plays every `contract/<surface>/cases/*.yaml`: language-neutral stories of requests and answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use serde_json::{Map, Value};
use timetwin::contract::cases::{self, Case, CaseFile, CaseRequest, CaseWorld, Expected, Step};
use timetwin::http::mount::Answered;

use crate::support::{Answer, Stage, TestTwin, within};

/// Every case file, read once.
pub(crate) fn all() -> &'static [CaseFile] {
    static ALL: OnceLock<Vec<CaseFile>> = OnceLock::new();
    ALL.get_or_init(|| cases::all().unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn every_case_holds() {
    #[expect(clippy::disallowed_methods, reason = "a filter for whoever works on one file")]
    let only = std::env::var("CASES").unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "a record to compare two builds by")]
    let record = std::env::var("RECORD").ok();
    let mut stories = Vec::new();
    for CaseFile { file, surface, cases } in all() {
        if format!("contract/{file}").contains(&only) {
            stories.extend(cases.iter().map(|case| (file, surface, case)));
        }
    }
    assert!(!stories.is_empty(), "no case file has '{only}' in its path");
    // Two at a time: each has a world of its own.
    let next = AtomicUsize::new(0);
    let work = || {
        let mut played = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((_, surface, case)) = stories.get(number) else { return played };
            let mut answers = String::new();
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                play(surface, case, &mut answers);
            }));
            played.push((number, answers, outcome.is_ok()));
        }
    };
    let mut played = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut played = work();
        played.extend(other.join().unwrap());
        played
    });
    played.sort_unstable();
    if let Some(file) = record {
        let answers: String = played.iter().map(|(_, answers, _)| answers.as_str()).collect();
        std::fs::write(file, answers).unwrap();
    }
    let run = played.len();
    let failed = played.iter().filter(|(.., holds)| !holds).map(|(number, ..)| stories[*number]);
    let failures: Vec<String> =
        failed.map(|(file, _, case)| format!("{file}: {}", case.title)).collect();
    assert!(
        failures.is_empty(),
        "{} of {run} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// A twin as a step of the case files of this name leaves it, such as `clockify/cases/tags.yaml`: the first
/// that is `enough`.
pub(crate) fn played_until(name: &str, enough: impl Fn(&TestTwin) -> bool) -> Option<TestTwin> {
    let files = all().iter().filter(|CaseFile { file, .. }| *file == name);
    let cases = files.flat_map(|file| file.cases.iter().map(move |case| (&file.surface, case)));
    let mut twins =
        cases.map(|(surface, case)| play_until(surface, case, &mut String::new(), &enough));
    twins.find(|twin| enough(twin))
}

fn play(surface: &str, case: &Case, answers: &mut String) {
    play_until(surface, case, answers, &|_| false);
}

fn play_until(
    surface: &str,
    case: &Case,
    answers: &mut String,
    enough: &dyn Fn(&TestTwin) -> bool,
) -> TestTwin {
    writeln!(answers, "# {surface}: {}", case.title).unwrap();
    assert!(!case.steps.is_empty(), "a case has steps");
    assert!(case.quirks.iter().chain(&case.source).all(|text| !text.is_empty()));
    let twin = TestTwin::on(&stage_of(case));
    let mut saved = Map::new();
    let mut touched = BTreeSet::new();
    let mut stopped = false;
    for (number, step) in case.steps.iter().enumerate() {
        let about = step.about.clone().unwrap_or_default();
        let person = case.caller(step);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            play_step(&twin, surface, step, person.as_deref(), &mut saved, answers, &mut touched);
        }));
        if let Err(cause) = outcome {
            eprintln!("^ case '{}', step {} {about}", case.title, number + 1);
            std::panic::resume_unwind(cause);
        }
        if enough(&twin) {
            stopped = true;
            break;
        }
    }
    if !stopped {
        let untouched = case.quirks.iter().filter(|id| !touched.contains(id.as_str()));
        let untouched: Vec<&String> = untouched.collect();
        let title = &case.title;
        assert!(untouched.is_empty(), "case '{title}' names {untouched:?}; no step touches it");
    }
    twin
}

/// What the world of a case is made of.
pub(crate) fn stage_of(case: &Case) -> Stage {
    let mut stage = Stage::default();
    let CaseWorld { scenario, at, revision, limits, overlays } = &case.world;
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
    stage
}

fn play_step(
    twin: &TestTwin,
    surface: &str,
    step: &Step,
    person: Option<&str>,
    saved: &mut Map<String, Value>,
    answers: &mut String,
    touched: &mut BTreeSet<&'static str>,
) {
    let sandbox = step.sandbox.as_deref().unwrap_or("main");
    if let Some(by) = &step.advance {
        twin.advance(sandbox, by);
    }
    if step.reset {
        twin.twin.sandbox(sandbox).unwrap().reset();
    }
    let Some(request) = &step.request else { return };
    let surface = step.surface.as_deref().unwrap_or(surface);
    let mut answer = None;
    for turn in 1..=request.times {
        let built = build(twin, surface, sandbox, person, request, saved);
        write!(answers, "{} {} ", built.method(), built.uri()).unwrap();
        let mut sent = twin.send(built);
        touched.extend(sent.answered.iter().flat_map(|answered| &answered.quirks));
        // Ours, and of no vendor.
        sent.headers.remove("x-timetwin-request");
        writeln!(answers, "{} {:?}", sent.status, sent.headers).unwrap();
        // Files of spreadsheets and PDF are recorded by their bytes too.
        writeln!(answers, "{}", sent.body.escape_ascii()).unwrap();
        assert!(
            turn == request.times || sent.status.as_u16() < 400,
            "turn {turn}: {}",
            sent.text()
        );
        answer = Some(sent);
    }
    let answer = answer.expect("a request is sent at least once");
    if let Some(operation) = &request.operation
        && answer.status != 404
        && answer.status != 405
        && answer.status != 413
    {
        let answered = answer.answered.as_ref().and_then(|Answered { operation, .. }| *operation);
        assert_eq!(answered, Some(operation.as_str()), "{}", answer.text());
    }
    assert_eq!(answer.status.as_u16(), request.status, "{}", answer.text());
    check(&request.answer, &answer, saved);
    for (name, pointer) in &step.save {
        let body = answer.json();
        let value =
            body.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} in {body:#}"));
        saved.insert(name.clone(), value.clone());
    }
}

/// The request of a step.
pub(crate) fn build(
    twin: &TestTwin,
    surface: &str,
    sandbox: &str,
    person: Option<&str>,
    request: &CaseRequest,
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
    if let Some(person) = person {
        headers.extend(twin.headers(surface, person, sandbox));
    }
    if let Some(kind) = kind {
        headers.insert("content-type", HeaderValue::from_static(kind));
    }
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, HeaderValue::from_bytes(fill(value).as_bytes()).unwrap());
    }
    built
}

fn check(expected: &Expected, answer: &Answer, saved: &Map<String, Value>) {
    let Expected { headers, json, has, length, pointers, absent, .. } = expected;
    let Expected { text, contains, lacks, empty, .. } = expected;
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
    if let Some(has) = has {
        let sent = answer.json();
        if let Err(why) = within(&fill_in(has, saved), &sent, false, "") {
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

/// `text` with every `$name` and `${name}` replaced; `${x*3}` is `xxx`.
fn filled(text: &str, saved: &Map<String, Value>) -> String {
    replaced(text, |name| match (saved.get(name), name.split_once('*')) {
        (Some(Value::String(value)), _) => value.clone(),
        (Some(value), _) => value.to_string(),
        (None, Some((text, times))) => text.repeat(times.parse().unwrap()),
        (None, None) => panic!("an unknown variable ${name} in {text}"),
    })
}

/// `text` with what `value_of` says of each `$name` and `${name}`.
pub(crate) fn replaced(text: &str, value_of: impl Fn(&str) -> String) -> String {
    let mut parts = text.split('$');
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let braced = part.strip_prefix('{').and_then(|part| part.split_once('}'));
        let (name, rest) = braced.unwrap_or_else(|| {
            let end = part.find(|letter: char| !letter.is_ascii_alphanumeric());
            part.split_at(end.unwrap_or(part.len()))
        });
        if name.contains('*') || name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            replaced.push_str(&value_of(name));
            replaced.push_str(rest);
        } else {
            replaced.push('$');
            replaced.push_str(part);
        }
    }
    replaced
}

/// `value` with every `$name` replaced; a string that is nothing else becomes the saved value.
pub(crate) fn fill_in(value: &Value, saved: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(|name| saved.get(name)) {
            Some(value) => value.clone(),
            None if text.contains('$') => filled(text, saved).into(),
            None => value.clone(),
        },
        Value::Array(rows) => rows.iter().map(|row| fill_in(row, saved)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), fill_in(value, saved))).collect()
        }
        _ => value.clone(),
    }
}

#[test]
fn the_example_of_the_notation_holds() {
    let text = timetwin::contract::text("README.md").unwrap();
    let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let example = cases::read(example, "clockify/README.md".to_owned()).unwrap();
    play(&example.surface, &example.cases[0], &mut String::new());
}

#[test]
fn a_bad_case_file_is_named_with_its_line_and_fault() {
    for (step, fault) in [
        ("getTags: GET /tags\n      jsn: {}\n      200:", "\"jsn\", expected a member of a step"),
        ("getTags: GET /tags\n      200: { include: {} }", "unknown field `include`"),
        ("getTags: GET /tags\n      200: { length: two }", "invalid"),
        ("getTags: GET /tags", "a request without a status, expected one, such as `200:`"),
        ("getTags: GET /tags\n      200:\n      201:", "\"201\", expected one status"),
        ("getTags: GET /tags\n      raw: a=%20\n      query: [a=b]\n      200:", "a raw one"),
        ("getTags: GET /tags\n      json: {}\n      text: a\n      200:", "two bodies"),
        ("200: { empty: true }", "a step without a request line"),
        ("as: anna", "a step without a request, expected one that moves the clock"),
    ] {
        let text = format!("- case: a bad one\n  steps:\n    - about: first\n      {step}\n");
        let broken = cases::read(&text, "clockify/cases/bad.yaml".to_owned()).unwrap_err();
        let broken = broken.to_string();
        assert!(broken.starts_with("contract/clockify/cases/bad.yaml: "), "{broken}");
        assert!(broken.contains(fault) && broken.contains(" at line "), "{broken}");
    }
}
