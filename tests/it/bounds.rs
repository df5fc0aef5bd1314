//! Every member of every body has a bound, which the build checks. Here each one is sent above its bound, which is refused
//! and changes nothing, and at it, which is not refused for its length. Requests that succeed are taken from the cases.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Body;
use serde_json::{Map, Value, json};
use timetwin::contract;
use timetwin::contract::cases::{Case, CaseFile, CaseRequest, Step};

use crate::cases;
use crate::support::{TestTwin, resolve, rounds};

/// Ids and colours are as long as they must be: what is shorter than this is not sent at its bound.
const FIXED: u64 = 24;

/// A member of a body that has a bound.
struct Member<'a> {
    /// The names that lead to it: `tasks.[].name`.
    name: String,
    /// Where it is in one body.
    pointer: String,
    schema: &'a Value,
}

/// The members with a bound in a body; without a body, those that there can be.
fn members<'a>(
    document: &'a Value,
    schema: &'a Value,
    body: Option<&Value>,
    name: &str,
    pointer: &str,
    found: &mut Vec<Member<'a>>,
) {
    let schema = resolve(document, schema);
    if schema["maxLength"].is_u64() || schema["maxItems"].is_u64() || schema["maximum"].is_number()
    {
        found.push(Member { name: name.to_owned(), pointer: pointer.to_owned(), schema });
    }
    let parts = ["allOf", "anyOf", "oneOf"].map(|of| schema[of].as_array());
    for part in parts.into_iter().flatten().flatten() {
        members(document, part, body, name, pointer, found);
    }
    let below = |part: &str| format!("{name}.{part}").trim_start_matches('.').to_owned();
    for (part, schema) in schema["properties"].as_object().into_iter().flatten() {
        let value = body.and_then(|body| body.get(part));
        if body.is_none() || value.is_some() {
            members(document, schema, value, &below(part), &format!("{pointer}/{part}"), found);
        }
    }
    if let Some(rows) = schema.get("items") {
        let row = body.and_then(|body| body.get(0));
        if body.is_none() || row.is_some() {
            members(document, rows, row, &below("[]"), &format!("{pointer}/0"), found);
        }
    }
}

/// The value with the bound, and with one more.
fn stretched(schema: &Value, value: &Value) -> Option<(u64, Value, Value)> {
    let text = |text: &str, most: u64| -> Value {
        // What is trimmed would be shorter.
        let text = if text.trim().is_empty() || text.contains(' ') { "x" } else { text };
        let most = usize::try_from(most).unwrap();
        let mut long = text.repeat(most.div_ceil(text.chars().count()));
        if let Some((end, _)) = long.char_indices().nth(most) {
            long.truncate(end);
        }
        long.into()
    };
    match value {
        Value::String(sent) => {
            let most = schema["maxLength"].as_u64()?;
            Some((most, text(sent, most), text(sent, most + 1)))
        }
        Value::Array(rows) if !rows.is_empty() => {
            let most = schema["maxItems"].as_u64()?;
            let list =
                |most: u64| rows.iter().cloned().cycle().take(usize::try_from(most).unwrap());
            Some((most, list(most).collect(), list(most + 1).collect()))
        }
        // Messages name a number that is wrong for another reason, so that it is not sent at its bound.
        Value::Number(_) => {
            if let Some(most) = schema["maximum"].as_u64() {
                return Some((0, json!(most), json!(most + 1)));
            }
            // The parser refuses what is above the largest double.
            let most = schema["maximum"].as_f64().filter(|most| *most < 1e300)?;
            Some((0, json!(most), json!(most + 1.0)))
        }
        _ => None,
    }
}

/// Some value of a member that a request does not send.
fn some_value(schema: &Value) -> Value {
    if schema["maxLength"].is_u64() {
        json!("x")
    } else if schema["maxItems"].is_u64() {
        json!(["x"])
    } else {
        json!(1)
    }
}

/// Puts a member into a body, with all that leads to it.
fn put(body: &mut Value, name: &str, value: Value) {
    let mut slot = body;
    for part in name.split('.').filter(|part| !part.is_empty()) {
        if part == "[]" {
            if slot.as_array().is_none_or(Vec::is_empty) {
                *slot = json!([null]);
            }
            slot = &mut slot[0];
        } else {
            if !slot.is_object() {
                *slot = json!({});
            }
            slot = &mut slot[part];
        }
    }
    *slot = value;
}

/// What came out wrong, and the members that were sent.
#[derive(Default)]
struct Found {
    known: BTreeSet<String>,
    wrong: Vec<String>,
}

/// At a desk one member in eight is sent, by its name; all of them in longer runs.
fn is_sent_today(member: &str) -> bool {
    rounds(1) > 1 || member.bytes().map(u32::from).sum::<u32>().is_multiple_of(8)
}

/// Sends each member of this body that was not yet sent above its bound and at it.
fn stretch(
    twin: &TestTwin,
    (surface, sandbox, person): (&str, &str, Option<&str>),
    request: &CaseRequest,
    saved: &Map<String, Value>,
    members: Vec<Member<'_>>,
    found: &mut Found,
) {
    let (Some(operation), Some(json)) = (&request.operation, &request.json) else { return };
    let sent = cases::fill_in(json, saved);
    let send = |body: &Value| {
        let mut request = cases::build(twin, surface, sandbox, person, request, saved);
        *request.body_mut() = Body::from(body.to_string());
        twin.send(request)
    };
    let store = &twin.twin.sandbox(sandbox).unwrap().store;
    for Member { name, pointer, schema } in members {
        let member = format!("{surface} {operation} {name}");
        let value = sent.pointer(&pointer).and_then(|value| stretched(schema, value));
        let is_sent = value.is_some();
        let value = value.or_else(|| stretched(schema, &some_value(schema)));
        let Some((most, at, above)) = value else { continue };
        if !found.known.insert(member.clone()) {
            continue;
        }
        let with = |value: Value| {
            let mut body = sent.clone();
            put(&mut body, &name, value);
            body
        };
        if !is_sent_today(&member) {
            continue;
        }
        let before = store.read();
        let answer = send(&with(above));
        if !answer.status.is_client_error() || !Arc::ptr_eq(&before, &store.read()) {
            let (status, text) = (answer.status, answer.text());
            found.wrong.push(format!("{member} above {most}: {status} {text:.200}"));
            store.replace(&before);
        }
        if most > FIXED && is_sent {
            let answer = send(&with(at));
            let text = answer.text();
            if answer.status.is_client_error() && text.contains(&most.to_string()) {
                found.wrong.push(format!("{member} at {most}: {text:.200}"));
            }
            store.replace(&before);
        }
    }
}

/// Plays a case and stretches what its requests send.
fn play(surface: &str, case: &Case, document: &Document<'_>, others: bool, found: &mut Found) {
    let mut stage = cases::stage_of(case);
    stage.limits = false;
    let twin = TestTwin::on(&stage);
    let mut saved = Map::new();
    for step in &case.steps {
        let Step { request: Some(request), surface: None, .. } = step else {
            if let Step { advance: Some(by), .. } = step {
                twin.advance(step.sandbox.as_deref().unwrap_or("main"), by);
            }
            continue;
        };
        let sandbox = step.sandbox.as_deref().unwrap_or("main");
        if let Some(by) = &step.advance {
            twin.advance(sandbox, by);
        }
        if step.reset {
            twin.twin.sandbox(sandbox).unwrap().reset();
        }
        let person = case.caller(step);
        if sandbox == "main" {
            let caller = (surface, sandbox, person.as_deref());
            stretch(&twin, caller, request, &saved, sent(document, request, others), found);
        }
        for _ in 0..request.times {
            let built = cases::build(&twin, surface, sandbox, person.as_deref(), request, &saved);
            let answer = twin.send(built);
            if answer.status.as_u16() != request.status {
                return;
            }
            for (name, pointer) in &step.save {
                let body = answer.json();
                let Some(value) = body.pointer(pointer) else { return };
                saved.insert(name.clone(), value.clone());
            }
        }
    }
}

/// A contract with the schemas of its operations' bodies in JSON.
struct Document<'a> {
    whole: &'a Value,
    bodies: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Document<'a> {
    fn new(whole: &'a Value) -> Self {
        let paths = whole["paths"].as_object().unwrap().values();
        let all = paths.flat_map(|item| item.as_object().unwrap().values());
        let bodies = all.filter_map(|operation| {
            let body = resolve(whole, operation.get("requestBody")?);
            Some((
                operation["operationId"].as_str()?,
                body["content"]["application/json"].get("schema")?,
            ))
        });
        Self { whole, bodies: bodies.collect() }
    }
}

/// The members with a bound that a request sends, if it succeeds; with `others`, all that it could send.
fn sent<'a>(document: &Document<'a>, request: &CaseRequest, others: bool) -> Vec<Member<'a>> {
    let mut found = Vec::new();
    if let CaseRequest { operation: Some(operation), json: Some(json), status, .. } = request
        && *status < 300
        && let Some(schema) = document.bodies.get(operation.as_str())
    {
        members(document.whole, schema, Some(json).filter(|_| !others), "", "", &mut found);
    }
    found
}

#[test]
fn what_is_above_a_bound_is_refused_and_changes_nothing() {
    let mut found = Found::default();
    let mut all = BTreeSet::new();
    // First what cases send, then what none sends.
    for others in [false, true] {
        for surface in ["clockify", "clockodo", "clockwork", "time-tracker"] {
            let whole = contract::openapi(surface).unwrap();
            let document = Document::new(&whole);
            for operation in contract::operations(surface) {
                let mut there = Vec::new();
                if let Some(schema) = document.bodies.get(operation.id) {
                    members(&whole, schema, None, "", "", &mut there);
                }
                let bounded =
                    there.iter().filter(|member| member.schema["maximum"] != json!(f64::MAX));
                all.extend(
                    bounded.map(|Member { name, .. }| format!("{surface} {} {name}", operation.id)),
                );
            }
            for CaseFile { surface: of, cases, .. } in cases::all() {
                for case in cases.iter().filter(|_| of == surface) {
                    let requests = case.steps.iter().filter_map(|step| step.request.as_ref());
                    let mut brings_more = false;
                    for request in requests {
                        let operation = request.operation.as_deref().unwrap_or_default();
                        for Member { name, .. } in sent(&document, request, others) {
                            let member = format!("{surface} {operation} {name}");
                            if is_sent_today(&member) {
                                brings_more |= !found.known.contains(&member);
                            } else {
                                found.known.insert(member);
                            }
                        }
                    }
                    if brings_more {
                        play(surface, case, &document, others, &mut found);
                    }
                }
            }
        }
    }
    let Found { known, wrong } = found;
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let unsent: Vec<&String> = all.difference(&known).collect();
    assert!(unsent.is_empty(), "{} of {} are sent, not {unsent:#?}", known.len(), all.len());
}
