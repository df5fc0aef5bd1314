//! What is called: each operation of each surface, and each call of the control API, as a request that works.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use serde_json::{Value, json};
use timetwin::contract;
use timetwin::contract::cases::{self, CaseRequest};
use timetwin::vendors::SURFACES;

use crate::socket::Served;
use crate::support::{base, files, resolve};

const ANNA: &str = "anna@studio.example";

/// A request on the wire.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) method: String,
    /// With its query.
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    pub(super) fn control(method: &str, path: &str) -> Self {
        Self { method: method.into(), path: path.into(), ..Self::default() }
    }

    /// Sends it and reads all of the answer. Returns its status; 0 when the server ends the connection first.
    pub(super) fn to(&self, twin: &Served) -> u16 {
        let mut stream = twin.connect();
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.method,
            self.path,
            twin.address,
            self.body.len()
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let written = stream.write_all(format!("{head}\r\n").as_bytes());
        let _ = written.and_then(|()| stream.write_all(&self.body));
        let mut begin = Vec::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => break,
                Ok(length) if begin.len() < 32 => begin.extend_from_slice(&piece[..length.min(64)]),
                Ok(_) => {}
            }
            // A feed has no end.
            if String::from_utf8_lossy(&begin).contains("200 OK") && self.path.contains("/stream") {
                break;
            }
        }
        let status = String::from_utf8_lossy(&begin).split(' ').nth(1).map(str::to_owned);
        status.map_or(0, |status| status.parse().unwrap())
    }
}

/// An operation or call, and what a plain request to it is made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) method: String,
    /// Segments of the path; those of parameters with their names.
    pub(super) path: Vec<(Option<String>, String)>,
    /// Names of parameters.
    pub(super) parameters: Vec<String>,
    /// The query of the plain request.
    pub(super) query: Vec<(String, String)>,
    /// A JSON body.
    pub(super) json: Option<Value>,
    /// The members that its contract gives a body, by pointer.
    pub(super) fields: BTreeSet<String>,
    pub(super) headers: Vec<(String, String)>,
    /// Whether a body may be a form.
    pub(super) takes_form: bool,
    /// The longest body, in bytes.
    pub(super) most_body: usize,
    /// How much slower a debug build may be than the bound.
    pub(super) slowness: u32,
}

/// Longest bodies take most; the machine may do something else beside.
const SLOWNESS: u32 = 3;
/// A debug build plants about twenty times as slowly as a release build, nearly all of it our own code.
const PLANTING: u32 = 8;

pub(super) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl Call {
    /// The path with another text in place of the parameter of this name.
    pub(super) fn path_with(&self, other: Option<(&str, &str)>) -> String {
        let segments = self.path.iter().map(|(name, text)| match (name, other) {
            (Some(name), Some((wanted, text))) if name == wanted => encode(text),
            (Some(_), _) => encode(text),
            (None, _) => text.clone(),
        });
        segments.fold(String::new(), |path, segment| path + "/" + &segment)
    }

    /// The request with this path and query.
    pub(super) fn sent(&self, path: &str, query: &[(String, String)], body: Vec<u8>) -> Sent {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(query);
        let query = text.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        let mut headers = self.headers.clone();
        if !body.is_empty() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        Sent { method: self.method.clone(), path: format!("{path}{mark}{query}"), headers, body }
    }

    /// The request that works.
    pub(super) fn plain(&self) -> Sent {
        let body = self.json.as_ref().map(|body| body.to_string().into_bytes());
        self.sent(&self.path_with(None), &self.query, body.unwrap_or_default())
    }
}

/// Every operation of every surface.
pub(super) fn surface_calls(twin: &Served) -> Vec<Call> {
    let logins = twin.get("/_twin/credentials").json();
    let played = played();
    let mut calls = Vec::new();
    for surface in SURFACES {
        let login = logins.as_array().unwrap().iter();
        let mut own = login.filter(|row| row["surface"] == surface.name);
        let login = own.find(|row| row["person"] == ANNA).unwrap();
        let headers: Vec<(String, String)> = login["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        let document = contract::openapi(surface.name).unwrap();
        let mut ids = BTreeMap::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let base = base(&document, item);
            for (method, operation) in item.as_object().unwrap() {
                let Some(id) = operation["operationId"].as_str() else { continue };
                let path = segments(twin, &format!("{base}{path}"), &headers, &mut ids);
                let listed = [&item["parameters"], &operation["parameters"]];
                let listed = listed.into_iter().filter_map(Value::as_array).flatten();
                let parameters = listed.map(|parameter| resolve(&document, parameter));
                let parameters = parameters.filter(|parameter| parameter["in"] == "query");
                let contents = &resolve(&document, &operation["requestBody"])["content"];
                let mut fields = BTreeSet::new();
                for content in contents.as_object().into_iter().flat_map(|kinds| kinds.values()) {
                    members(&document, &content["schema"], "", 0, &mut fields);
                }
                let plain = played.get(&(surface.name.to_owned(), id.to_owned()));
                calls.push(Call {
                    name: format!("{} {id}", surface.name),
                    method: method.to_uppercase(),
                    path,
                    parameters: parameters
                        .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                        .collect(),
                    query: plain.map(|plain| plain.query.clone()).unwrap_or_default(),
                    json: plain.and_then(|plain| plain.json.clone()),
                    takes_form: contents.get("application/x-www-form-urlencoded").is_some(),
                    fields,
                    headers: headers.clone(),
                    most_body: if contents.is_object() { surface.max_body } else { 0 },
                    slowness: SLOWNESS,
                });
            }
        }
    }
    calls
}

/// The first request of each operation that works in a case, without what the case calls by a name of its own.
fn played() -> BTreeMap<(String, String), CaseRequest> {
    let mut played: BTreeMap<(String, String), CaseRequest> = BTreeMap::new();
    for file in cases::all().unwrap() {
        for step in file.cases.into_iter().flat_map(|case| case.steps) {
            let Some(request) = step.request.filter(|request| request.status < 300) else {
                continue;
            };
            let Some(id) = request.operation.clone() else { continue };
            let body = request.json.as_ref().map(Value::to_string).unwrap_or_default();
            let query = request.query.iter().any(|(_, value)| value.contains('$'));
            if body.contains("\"$") || query {
                continue;
            }
            played.entry((file.surface.clone(), id)).or_insert(request);
        }
    }
    played
}

/// The segments of a path, with the first id of the list before each parameter.
fn segments(
    twin: &Served,
    path: &str,
    headers: &[(String, String)],
    ids: &mut BTreeMap<String, String>,
) -> Vec<(Option<String>, String)> {
    let mut segments: Vec<(Option<String>, String)> = Vec::new();
    for part in path.split('/').skip(1) {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            segments.push((None, part.to_owned()));
            continue;
        };
        let list = segments.iter().map(|(_, segment)| encode(segment));
        let list = list.fold(String::new(), |path, segment| path + "/" + &segment);
        let list = list.replace("%2E", ".").replace("%2D", "-").replace("%5F", "_");
        let id = ids.entry(list.clone()).or_insert_with(|| {
            let pairs: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = twin.ask("GET", &list, &pairs, "");
            let answer: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            first_id(&answer).unwrap_or_else(|| "1".to_owned())
        });
        segments.push((Some(name.to_owned()), id.clone()));
    }
    segments
}

/// The id of the first row of a list.
fn first_id(answer: &Value) -> Option<String> {
    let rows = match answer {
        Value::Array(rows) => rows,
        Value::Object(members) => members.values().find_map(Value::as_array)?,
        _ => return None,
    };
    match rows.first()?.get("id")? {
        Value::String(id) => Some(id.clone()),
        id => Some(id.to_string()),
    }
}

/// The members of a body, by pointer.
fn members(
    document: &Value,
    schema: &Value,
    at: &str,
    depth: usize,
    fields: &mut BTreeSet<String>,
) {
    let schema = resolve(document, schema);
    if depth > 3 {
        return;
    }
    for kind in ["allOf", "anyOf", "oneOf"] {
        for part in schema[kind].as_array().into_iter().flatten() {
            members(document, part, at, depth + 1, fields);
        }
    }
    if schema["items"].is_object() {
        members(document, &schema["items"], &format!("{at}/0"), depth + 1, fields);
    }
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        fields.insert(at.clone());
        members(document, part, &at, depth + 1, fields);
    }
}

/// Every call of the control API. The routes of `src/control/mod.rs` say that none is missing.
pub(super) fn control_calls() -> Vec<Call> {
    const SANDBOX: &str = "sandboxes/{sandbox}";
    let rule = json!({ "match": { "surface": "clockify", "path": "/x*" }, "when": { "first": 2 },
                       "effect": { "status": 503, "duplicate": 2, "delay": "PT0S" } });
    let expectation = json!({ "surface": "clockify", "method": "GET", "status": 200, "at_least": 0,
                              "body": { "a": [1] } });
    let plant = json!({ "people": [], "work": [{ "who": "anna", "on": "SSP-1", "seconds": 60,
                        "start": "2026-06-01T09:00", "note": "x" }] });
    let journal = "surface=clockify&operation=getTags&method=GET&person=x&status=200&since=1";
    let rows: Vec<(&str, String, &str, Option<Value>)> = vec![
        ("GET", "health".into(), "", None),
        ("GET", "ca.pem".into(), "", None),
        ("GET", "credentials".into(), "sandbox=main", None),
        ("GET", "metrics".into(), "", None),
        ("GET", "coverage".into(), "", None),
        ("GET", "deliveries/stream".into(), "sandbox=main", None),
        ("GET", "contract/{file}".into(), "", None),
        ("GET", "contract/{surface}/quirks".into(), "", None),
        ("GET", "contract/{surface}/limits".into(), "", None),
        ("GET", "sandboxes".into(), "", None),
        ("GET", SANDBOX.into(), "", None),
        (
            "PUT",
            SANDBOX.into(),
            "",
            Some(
                json!({ "scenario": "studio", "at": "2026-06-12T10:00:00Z", "revision": "current",
                         "limits": "off", "plan": "free", "salt": "x" }),
            ),
        ),
        ("DELETE", SANDBOX.into(), "", None),
        ("POST", format!("{SANDBOX}/reset"), "", None),
        ("POST", format!("{SANDBOX}/plant"), "", Some(plant)),
        ("GET", format!("{SANDBOX}/checkpoints"), "", None),
        ("PUT", format!("{SANDBOX}/checkpoints/{{checkpoint}}"), "", None),
        ("POST", format!("{SANDBOX}/checkpoints/{{checkpoint}}/restore"), "", None),
        ("DELETE", format!("{SANDBOX}/checkpoints/{{checkpoint}}"), "", None),
        ("GET", format!("{SANDBOX}/snapshot"), "", None),
        ("PUT", format!("{SANDBOX}/snapshot"), "", Some(json!({}))),
        ("GET", format!("{SANDBOX}/clock"), "", None),
        (
            "PUT",
            format!("{SANDBOX}/clock"),
            "",
            Some(json!({ "mode": "frozen", "now": "2026-06-12T11:00:00Z" })),
        ),
        ("POST", format!("{SANDBOX}/clock/advance"), "", Some(json!({ "by": "PT1H" }))),
        ("GET", format!("{SANDBOX}/faults"), "", None),
        ("PUT", format!("{SANDBOX}/faults"), "", Some(json!({ "rules": [rule] }))),
        ("DELETE", format!("{SANDBOX}/faults"), "", None),
        ("GET", format!("{SANDBOX}/requests"), journal, None),
        ("DELETE", format!("{SANDBOX}/requests"), "", None),
        ("GET", format!("{SANDBOX}/requests/count"), journal, None),
        ("GET", format!("{SANDBOX}/requests/stream"), journal, None),
        (
            "POST",
            format!("{SANDBOX}/requests/verify"),
            "",
            Some(json!({ "expectations": [expectation], "in_order": true })),
        ),
        ("GET", format!("{SANDBOX}/requests/{{id}}"), "", None),
        ("GET", format!("{SANDBOX}/ledger"), "system=jira", None),
        (
            "GET",
            format!("{SANDBOX}/ledger/diff"),
            "left=jira&right=clockify&tolerance=PT1M&zone=Europe/Berlin&compare=note,billable",
            None,
        ),
        ("GET", format!("{SANDBOX}/deliveries"), "hook=x&event=x&state=pending", None),
        ("GET", format!("{SANDBOX}/deliveries/{{id}}"), "", None),
        ("POST", format!("{SANDBOX}/deliveries/{{id}}/resend"), "", None),
    ];
    let calls = rows.into_iter().map(|(method, path, query, json)| {
        let query: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut fields = BTreeSet::new();
        json.iter().for_each(|json| shown(json, "", &mut fields));
        let is_plant = path.ends_with("plant");
        let most = if is_plant { 2 } else { 1 };
        Call {
            name: format!("control {method} {path}"),
            method: method.to_owned(),
            path: std::iter::once("_twin")
                .chain(path.split('/'))
                .map(|part| match part.strip_prefix('{') {
                    None => (None, part.to_owned()),
                    Some(name) => {
                        let text = match name {
                            "sandbox}" => "main",
                            "surface}" => "clockify",
                            "file}" => "clockodo.json",
                            _ => "1",
                        };
                        (Some(name.trim_end_matches('}').to_owned()), text.to_owned())
                    }
                })
                .collect(),
            parameters: query.iter().map(|(name, _)| name.clone()).collect(),
            query,
            most_body: if json.is_some() { most * 1024 * 1024 } else { 0 },
            json,
            fields,
            slowness: if is_plant { PLANTING } else { SLOWNESS },
            ..Call::default()
        }
    });
    let calls: Vec<Call> = calls.collect();
    let routes = &files("src/control", "mod.rs")["src/control/mod.rs"];
    for route in routes.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap().trim_matches('/');
        let known = calls.iter().any(|call| call.name.ends_with(path));
        assert!(known || path == "_twin", "the sweep leaves out {path}");
    }
    calls
}

/// The members of a value, by pointer.
fn shown(value: &Value, at: &str, fields: &mut BTreeSet<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, part)| (name.clone(), part)).collect(),
        Value::Array(rows) => {
            rows.iter().enumerate().map(|(n, part)| (n.to_string(), part)).collect()
        }
        _ => return,
    };
    for (name, part) in members {
        let at = format!("{at}/{name}");
        fields.insert(at.clone());
        shown(part, &at, fields);
    }
}
