//! Every answer of an operation is one that its contract promises: status, content type and shape.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use timetwin::contract;

use super::{Answer, resolve};

struct Promise {
    /// By status, the declared content types.
    statuses: BTreeMap<String, BTreeMap<String, Content>>,
}

struct Content {
    /// None where the body is not JSON.
    schema: Option<&'static Value>,
    /// Made when the first answer of this kind comes: most never do.
    validator: OnceLock<Validator>,
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
    let Some((_, Content { schema, validator })) = found else {
        panic!("{asked}: {operation} {status} does not promise {kind}");
    };
    let Some(schema) = schema else { return };
    let validator = validator.get_or_init(|| self::validator(surface, schema));
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
            let schema = kind.contains("json").then(|| &content["schema"]);
            contents.insert(kind.clone(), Content { schema, validator: OnceLock::new() });
        }
        statuses.insert(status.clone(), contents);
    }
    Promise { statuses }
}

fn validator(surface: &str, schema: &Value) -> Validator {
    let mut named = Map::new();
    gather(document(surface), schema, &mut named);
    let mut schema = schema.clone();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("components".into(), json!({ "schemas": named }));
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .build(&schema)
        .unwrap_or_else(|error| panic!("contract/{surface}/openapi.yaml: {error}"))
}

/// Gathers the named schemas that `schema` leads to: the whole contract is far larger.
fn gather(document: &Value, schema: &Value, named: &mut Map<String, Value>) {
    match schema {
        Value::Object(members) => {
            let reference = schema["$ref"].as_str().unwrap_or_default();
            if let Some(path) = reference.strip_prefix("#/components/schemas/") {
                let known = path.split('/').next().unwrap_or_default();
                let found = &document["components"]["schemas"][known];
                if named.insert(known.to_owned(), found.clone()).is_none() {
                    gather(document, found, named);
                }
            }
            members.values().for_each(|member| gather(document, member, named));
        }
        Value::Array(parts) => parts.iter().for_each(|part| gather(document, part, named)),
        _ => {}
    }
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
