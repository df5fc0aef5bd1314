//! Every answer of an operation is one that its contract promises: status, content type and shape.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use timetwin::contract;

use super::{Answer, resolve};

struct Promise {
    /// By status, the declared content types with their validators.
    statuses: BTreeMap<String, BTreeMap<String, Option<Validator>>>,
}

type Promises = BTreeMap<(&'static str, &'static str), Arc<Promise>>;

/// Fails the test unless `answer` is promised.
pub(super) fn check(surface: &'static str, operation: &'static str, asked: &str, answer: &Answer) {
    static PROMISES: OnceLock<Mutex<Promises>> = OnceLock::new();
    let promise = {
        let mut promises = PROMISES.get_or_init(Mutex::default).lock().unwrap();
        let promise = promises
            .entry((surface, operation))
            .or_insert_with(|| Arc::new(promise(surface, operation)));
        Arc::clone(promise)
    };
    let status = answer.status.as_str();
    let Some(contents) = promise.statuses.get(status) else {
        panic!("{asked}: {operation} does not promise a {status}: {}", answer.text());
    };
    let kind = answer.headers.get("content-type").map(|kind| kind.to_str().unwrap());
    let Some(kind) = kind else {
        assert!(
            answer.body.is_empty() || contents.is_empty(),
            "{asked}: {operation} {status} has a body without a content type"
        );
        return;
    };
    let bare = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_owned();
    let found = contents.iter().find(|(known, _)| bare(known) == bare(kind));
    let Some((_, validator)) = found else {
        panic!("{asked}: {operation} {status} does not promise {kind}");
    };
    let Some(validator) = validator else { return };
    let body = answer.json();
    let errors: Vec<String> = validator
        .iter_errors(&body)
        .take(5)
        .map(|error| format!("  at '{}': {error}", error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{asked}: the answer of {operation} ({status}) breaks contract/{surface}/openapi.yaml:\n{}\n{body:#}",
        errors.join("\n")
    );
}

fn promise(surface: &str, operation: &str) -> Promise {
    let document = document(surface);
    let found = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.as_object())
        .flatten()
        .find(|(_, known)| known["operationId"] == operation)
        .unwrap_or_else(|| panic!("contract/{surface}/openapi.yaml has no operation {operation}"));
    let mut statuses = BTreeMap::new();
    for (status, response) in found.1["responses"].as_object().into_iter().flatten() {
        let response = resolve(document, response);
        let mut contents = BTreeMap::new();
        for (kind, content) in response["content"].as_object().into_iter().flatten() {
            let is_json = kind.contains("json");
            let validator = is_json.then(|| validator(surface, document, &content["schema"]));
            contents.insert(kind.clone(), validator);
        }
        statuses.insert(status.clone(), contents);
    }
    Promise { statuses }
}

fn validator(surface: &str, document: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("components".into(), json!({ "schemas": document["components"]["schemas"] }));
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .build(&schema)
        .unwrap_or_else(|error| panic!("contract/{surface}/openapi.yaml: {error}"))
}

/// The parsed contract of a surface, read once.
fn document(surface: &str) -> &'static Value {
    static DOCUMENTS: OnceLock<Mutex<BTreeMap<String, &'static Value>>> = OnceLock::new();
    let mut documents = DOCUMENTS.get_or_init(Mutex::default).lock().unwrap();
    documents.entry(surface.to_owned()).or_insert_with(|| {
        // Read once per test run.
        Box::leak(Box::new(contract::openapi(surface).unwrap()))
    })
}
