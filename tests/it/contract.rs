//! The contract files agree with the routes, with each other and with the cases.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use timetwin::contract::{self, Grade};
use timetwin::vendors::SURFACES;

use crate::support::files;

/// Operations as `method path-with-{}`.
fn shape(method: &str, path: &str) -> String {
    let mut shape = format!("{method} ");
    let mut in_name = false;
    for letter in path.chars() {
        match letter {
            '{' => {
                in_name = true;
                shape.push('{');
            }
            '}' => {
                in_name = false;
                shape.push('}');
            }
            _ if in_name => {}
            letter => shape.push(letter),
        }
    }
    shape
}

#[test]
fn routes_and_openapi_agree_both_ways() {
    for surface in SURFACES {
        let document = contract::openapi(surface.name).unwrap();
        let located = |path: &str, server: Option<&str>| {
            // A path may have a server of its own.
            let own = &document["paths"][path]["servers"];
            let servers = if own.is_array() { own } else { &document["servers"] };
            let origin = server.unwrap_or_else(|| servers[0]["url"].as_str().unwrap());
            let base = origin.split_once("://").unwrap().1;
            let base = base.find('/').map_or("", |slash| &base[slash..]).trim_end_matches('/');
            let path = format!("{base}{path}");
            (surface.locate)(false, &path)
                .unwrap_or_else(|| panic!("{} does not own {path}", surface.name))
        };
        let promised: BTreeMap<String, String> = contract::operations(surface.name)
            .unwrap()
            .into_iter()
            .map(|operation| {
                let path = located(&operation.path, None);
                (shape(&operation.method, &path), operation.operation)
            })
            .collect();
        let routes = (surface.routes)();
        let lines = |declined: bool| -> BTreeMap<String, String> {
            let lines = routes.list().iter().filter(|route| route.declined == declined);
            lines
                .map(|route| (shape(route.method.as_str(), route.path), route.operation.to_owned()))
                .collect()
        };
        assert_eq!(lines(false), promised, "routes and contract of {}", surface.name);
        let declined: BTreeMap<String, String> = contract::declined(surface.name)
            .unwrap()
            .into_iter()
            .map(|declined| {
                assert!(declined.reason.len() > 3 && declined.source.contains(':'), "{declined:?}");
                assert!(
                    !promised.values().any(|operation| *operation == declined.operation),
                    "{} is served and declined",
                    declined.operation
                );
                let path = located(&declined.path, declined.server.as_deref());
                (shape(&declined.method, &path), declined.operation)
            })
            .collect();
        assert_eq!(lines(true), declined, "declined routes and limits.toml of {}", surface.name);
    }
}

#[test]
fn operations_parameters_and_properties_name_their_source() {
    for surface in SURFACES {
        let document = contract::openapi(surface.name).unwrap();
        for operation in contract::operations(surface.name).unwrap() {
            let Some((stem, line)) = operation.source.split_once(':') else {
                panic!("{} of {} has no x-source", operation.operation, surface.name);
            };
            assert!(!stem.is_empty() && !line.is_empty(), "{operation:?}");
            assert!(!operation.statuses.is_empty(), "{operation:?}");
        }
        let mut parameters = 0;
        visit(&document["paths"], &mut |value| {
            if value["in"] == "query" || value["in"] == "header" {
                parameters += 1;
                assert!(value["x-source"].is_string(), "{}: {value}", surface.name);
            }
        });
        assert!(parameters > 0, "{}", surface.name);
        let mut sources = 0;
        visit(&document["components"]["schemas"], &mut |value| {
            sources += usize::from(value["x-source"].is_string());
        });
        assert!(sources > 0, "no property of {} names its source", surface.name);
    }
}

fn visit(value: &Value, see: &mut impl FnMut(&Value)) {
    see(value);
    match value {
        Value::Array(rows) => rows.iter().for_each(|row| visit(row, see)),
        Value::Object(fields) => fields.values().for_each(|field| visit(field, see)),
        _ => {}
    }
}

/// The lines of `untested.txt` that have this many words.
pub(crate) fn untested(words: usize) -> BTreeSet<String> {
    let text = contract::text("untested.txt").unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter(|line| line.split(' ').count() == words).map(str::to_owned).collect()
}

#[test]
fn every_operation_has_a_success_and_a_refusal() {
    let listed = untested(2);
    let mut untested = BTreeSet::new();
    for surface in SURFACES {
        for operation in contract::operations(surface.name).unwrap() {
            let cases = contract::exercised(surface.name, &operation.operation).unwrap();
            if !cases.statuses.iter().any(|status| *status < 400)
                || !cases.statuses.iter().any(|status| *status >= 400)
            {
                untested.insert(format!("{} {}", surface.name, operation.operation));
            }
        }
    }
    assert_eq!(untested, listed, "operations without both cases, and contract/untested.txt");
}

#[test]
fn quirks_are_whole_and_unique() {
    let mut seen = BTreeSet::new();
    for surface in SURFACES {
        let operations: BTreeSet<String> = contract::operations(surface.name)
            .unwrap()
            .into_iter()
            .map(|operation| operation.operation)
            .collect();
        let quirks = contract::quirks(surface.name).unwrap();
        assert!(!quirks.is_empty(), "{} has no quirks", surface.name);
        for quirk in quirks {
            assert!(seen.insert(quirk.id.clone()), "{} comes twice", quirk.id);
            for operation in quirk.operation.split(',').map(str::trim) {
                assert!(
                    operation == "*" || operations.contains(operation),
                    "{}: there is no operation {operation}",
                    quirk.id
                );
            }
            let texts = [&quirk.title, &quirk.document, &quirk.documented, &quirk.why];
            assert!(texts.iter().all(|text| text.len() > 3), "{quirk:?}");
            if quirk.grade == Grade::Documented {
                assert!(
                    quirk.document.contains(|c: char| c.is_ascii_digit()),
                    "no line: {quirk:?}"
                );
            }
        }
    }
}

#[test]
fn examples_keep_the_documents_words_beside_valid_json() {
    for surface in SURFACES {
        let examples = files(&format!("contract/{}/examples", surface.name), ".json");
        assert!(!examples.is_empty(), "{} has no examples", surface.name);
        for (file, text) in examples {
            let example: Value =
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
            let rows = match example {
                Value::Array(rows) => rows,
                row => vec![row],
            };
            for row in rows {
                assert!(row["source"].is_string(), "{file} names no source");
                assert!(row["original"].as_str().is_some_and(|text| !text.is_empty()), "{file}");
                assert!(row.get("json").is_some(), "{file} has no JSON");
            }
        }
    }
}
