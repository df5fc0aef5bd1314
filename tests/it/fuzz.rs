//! Nothing a client sends causes a 5xx, a panic, a hang or an answer that the contract does not promise.
//!
//! Every operation of every surface is called with parameters and bodies made of what its contract names
//! and values that do not fit: wrong kinds, huge and negative numbers, dates at the ends of time, odd
//! letters, deep nesting, ids of other things. The choices are seeded, so a failure repeats.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use timetwin::contract;
use timetwin::http::surface::Surface;
use timetwin::vendors::SURFACES;

use crate::support::{Stage, TestTwin, base, resolve, rounds};

/// Calls of each operation.
const CALLS: u32 = 36;

const ODD: [&str; 34] = [
    "",
    " ",
    "0",
    "-1",
    "1",
    "2",
    "1.5",
    "NaN",
    "1e400",
    "9223372036854775807",
    "99999999999999999999999",
    "true",
    "False",
    "null",
    "abc",
    "NOT-AN-ID",
    "ffffffffffffffffffffffff",
    "2026-06-12",
    "2026-06-12T10:00:00Z",
    "2026-06-12T10:00:00.000Z",
    "2026-06-11T10:00:00Z",
    "2026-06-12 10:00:00",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "-0001-01-01T00:00:00Z",
    "2026-02-30T25:61:61+99:99",
    "Europe/Berlin",
    "<b>\"'\\</b>",
    "\u{202e}\u{0}ü\u{1f600}",
    "a,b,,c",
    "NAME",
    "ASCENDING",
    "DESCENDING",
    "project_SSP",
];

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.next_u32()).unwrap() % bound.max(1)
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn text(&mut self, ids: &[String]) -> String {
        match self.below(8) {
            0..3 if !ids.is_empty() => ids[self.below(ids.len())].clone(),
            3 if self.one_in(8) => "x".repeat(40_000),
            _ => ODD[self.below(ODD.len())].to_owned(),
        }
    }

    /// A text that fits a parameter of this name, as far as its name tells.
    fn fitting(&mut self, name: &str, kind: &str, ids: &[String]) -> String {
        let day = self.below(28) + 1;
        let clock = if name.contains("at") || name.ends_with("Date") { "" } else { "T00:00:00Z" };
        match name {
            _ if name.contains("since") || name.starts_with("start") => {
                format!("2026-05-{day:02}{clock}")
            }
            _ if name.contains("until") || name.starts_with("end") => {
                format!("2026-06-{day:02}{clock}")
            }
            _ if kind == "boolean" => self.one_in(2).to_string(),
            _ if kind == "integer" && self.one_in(2) => (self.below(3) + 1).to_string(),
            _ => self.text(ids),
        }
    }

    /// A value for a body; mostly of the kind that `schema` wants.
    fn value(&mut self, document: &Value, schema: &Value, ids: &[String], depth: usize) -> Value {
        let schema = resolve(document, schema);
        if depth > 6 || self.one_in(if depth == 0 { 12 } else { 6 }) {
            return match self.below(9) {
                0 => Value::Null,
                1 => json!(true),
                2 => json!(-1),
                3 => json!(1.5e300),
                4 => json!(i64::MIN),
                5 => json!([[], {}]),
                6 => json!({ "": null }),
                7 => json!(3600),
                _ => self.text(ids).into(),
            };
        }
        for kind in ["allOf", "anyOf", "oneOf"] {
            if let Some(parts) = schema[kind].as_array().filter(|parts| !parts.is_empty()) {
                let part = parts[self.below(parts.len())].clone();
                return self.value(document, &part, ids, depth + 1);
            }
        }
        if let Some(words) = schema["enum"].as_array().filter(|_| !self.one_in(4)) {
            return words[self.below(words.len())].clone();
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        match kinds[self.below(kinds.len())].as_str() {
            Some("object") => {
                let mut object = Map::new();
                for (name, part) in schema["properties"].as_object().into_iter().flatten() {
                    if !self.one_in(3) {
                        object.insert(name.clone(), self.value(document, part, ids, depth + 1));
                    }
                }
                object.into()
            }
            Some("array") => {
                let length = self.below(4);
                (0..length)
                    .map(|_| self.value(document, &schema["items"], ids, depth + 1))
                    .collect()
            }
            Some("boolean") => json!(self.one_in(2)),
            Some("integer") => {
                let id = self.text(ids).parse::<u64>().ok().filter(|_| !self.one_in(4));
                json!(id.unwrap_or(self.below(5000) as u64))
            }
            Some("number") => json!(0.25 * f64::from(u32::try_from(self.below(50_000)).unwrap())),
            _ => self.text(ids).into(),
        }
    }
}

/// Every id that the answer `value` shows.
fn harvest(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Array(rows) => rows.iter().take(20).for_each(|row| harvest(row, ids)),
        Value::Object(fields) => {
            for (name, part) in fields {
                let is_id = name == "id" || name.ends_with("_id") || name.ends_with("Id");
                match part {
                    Value::String(text) if is_id && ids.len() < 400 => ids.push(text.clone()),
                    Value::Number(number) if is_id && ids.len() < 400 => {
                        ids.push(number.to_string());
                    }
                    part => harvest(part, ids),
                }
            }
        }
        _ => {}
    }
}

struct Call<'a> {
    operation: &'a str,
    method: Method,
    path: String,
    item: &'a Value,
}

fn calls<'a>(surface: &Surface, document: &'a Value) -> Vec<Call<'a>> {
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let base = base(document, item);
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let Some(id) = operation["operationId"].as_str() else { continue };
            assert!((surface.locate)(false, &format!("{base}{path}")).is_some());
            calls.push(Call {
                operation: id,
                method,
                path: format!("{base}{path}"),
                item: operation,
            });
        }
    }
    calls
}

fn request(
    dice: &mut Dice,
    document: &Value,
    call: &Call<'_>,
    ids: &[String],
    headers: &HeaderMap,
    mild: bool,
) -> Request<Body> {
    let mut path = String::new();
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    for (n, part) in call.path.split('/').enumerate() {
        if n > 0 {
            path.push('/');
        }
        if part.starts_with('{') {
            let text = dice.text(ids);
            path.push_str(&encode(if text.is_empty() { "x" } else { &text[..text.len().min(40)] }));
        } else {
            path.push_str(part);
        }
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let parameters = call.item["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in parameters.iter().map(|parameter| resolve(document, parameter)) {
        let name = parameter["name"].as_str().unwrap();
        let required = parameter["required"] == true;
        let wanted = required && (mild || !dice.one_in(8)) || !mild && dice.one_in(3);
        if parameter["in"] == "query" && wanted {
            let fits = mild || !dice.one_in(3);
            let kind = parameter["schema"]["type"].as_str().unwrap_or_default();
            let text = if fits { dice.fitting(name, kind, ids) } else { dice.text(ids) };
            query.append_pair(name, &text[..text.len().min(2000)]);
        }
    }
    let query = query.finish();
    let body = match if mild { 9 } else { dice.below(10) } {
        0 => String::new(),
        1 => "{\"a\":".to_owned(),
        2 => "[".repeat(3000),
        3 => "\u{feff}null".to_owned(),
        _ => {
            let contents = resolve(document, &call.item["requestBody"])["content"].clone();
            match contents.as_object().and_then(|kinds| kinds.values().next()) {
                Some(content) => dice.value(document, &content["schema"], ids, 0).to_string(),
                None => String::new(),
            }
        }
    };
    let uri = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut request =
        Request::builder().method(call.method.clone()).uri(uri).body(Body::from(body)).unwrap();
    *request.headers_mut() = headers.clone();
    let kinds = ["application/json", "application/x-www-form-urlencoded", "text/plain"];
    let kind = if dice.one_in(6) { dice.below(kinds.len()) } else { 0 };
    request.headers_mut().insert("content-type", HeaderValue::from_static(kinds[kind]));
    request
}

fn fuzz(surface: &Surface, current: bool) {
    let twin = TestTwin::on(&Stage { current, limits: false, ..Stage::default() });
    let document = contract::openapi(surface.name).unwrap();
    let calls = calls(surface, &document);
    let world = twin.twin.sandbox("main").unwrap().store.read();
    let logins = (surface.credentials)(&world.value);
    let people: Vec<HeaderMap> = logins
        .iter()
        .take(4)
        .map(|login| twin.headers(surface.name, &login.person, "main"))
        .collect();
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(u64::from(current)));
    let mut ids = Vec::new();
    let mut answered = 0_u32;
    let mut succeeded = 0;
    let calls_each = rounds(CALLS);
    for round in 0..calls_each {
        for call in &calls {
            let person = if round < 4 { 0 } else { dice.below(people.len()) };
            let sent = request(&mut dice, &document, call, &ids, &people[person], round < 8);
            let answer = twin.send(sent);
            assert!(answer.status.as_u16() < 500, "{}", call.operation);
            answered += 1;
            succeeded += usize::from(answer.status.is_success());
            if round < 8
                && let Ok(body) = serde_json::from_slice(&answer.body)
            {
                harvest(&body, &mut ids);
                ids.sort();
                ids.dedup();
            }
        }
    }
    assert!(answered >= calls_each && succeeded > 0, "{succeeded} of {answered} calls succeeded");
}

#[test]
fn odd_requests_get_promised_answers() {
    for surface in SURFACES {
        fuzz(surface, false);
    }
}

#[test]
fn odd_requests_get_promised_answers_in_the_current_revision() {
    for surface in SURFACES {
        fuzz(surface, true);
    }
}
