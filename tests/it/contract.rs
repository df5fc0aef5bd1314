//! The contract files agree with the routes, with each other and with the cases.

use std::collections::BTreeSet;

use serde_json::Value;
use timetwin::contract::{self, Budget, Grade, Operation};
use timetwin::http::context::Context;
use timetwin::http::reply::Reply;
use timetwin::http::routes::{Mismatch, Routes};
use timetwin::http::surface::Surface;
use timetwin::vendors::SURFACES;
use timetwin::vendors::clockify::error::Refusal;

use crate::support::{files, surface_of};

/// The most decisions of all surfaces that may rest on nothing on record.
const MOST_ASSUMED: usize = 65;

/// What a surface makes of its contract once `change` has been done to it.
fn tampered(
    surface: &Surface,
    change: impl FnOnce(&mut Vec<Operation>),
) -> Result<Routes, Mismatch> {
    let mut operations = surface.operations.to_vec();
    change(&mut operations);
    // A few tables a test run.
    Surface { operations: operations.leak(), ..*surface }.routes()
}

#[test]
fn each_operation_of_a_contract_has_one_handler_and_no_handler_is_left() {
    for surface in SURFACES {
        let routes =
            surface.routes().unwrap_or_else(|mismatch| panic!("{}: {mismatch}", surface.name));
        assert_eq!(routes.list().len(), surface.operations.len(), "{}", surface.name);
    }
}

#[test]
fn what_a_contract_and_its_handlers_disagree_about_is_named() {
    let clockify = surface_of("clockify");
    let mismatch = |change: fn(&mut Vec<Operation>)| tampered(clockify, change).unwrap_err();
    assert_eq!(
        mismatch(|all| all.retain(|operation| operation.id != "getTags")).to_string(),
        "a handler is bound to getTags, which the contract does not have"
    );
    assert_eq!(
        mismatch(|all| all.push(Operation { id: "getHats", path: "/hats", ..all[0] })).to_string(),
        "getHats has no handler"
    );
    assert_eq!(
        mismatch(|all| all[0].declined = Some("no reason")).to_string(),
        "a handler is bound to getLoggedUser, which the contract declines"
    );
    assert_eq!(
        mismatch(|all| {
            all[0].budget = &[Budget { limit: "hats", revision: None, parameter: None }];
        })
        .to_string(),
        "getLoggedUser is taken from hats, which is no limit of the surface"
    );
    assert_eq!(
        mismatch(|all| all[0].base = "/elsewhere").to_string(),
        "the surface cannot have getLoggedUser where the contract puts it"
    );
    let twice = || {
        (surface_of("clockify").handlers)()
            .on("getTags", |_: &Context| Err::<Reply, _>(Refusal::Tokens))
    };
    assert_eq!(
        Surface { handlers: twice, ..*clockify }.routes().unwrap_err().to_string(),
        "two handlers are bound to getTags"
    );
}

#[test]
fn declined_operations_have_a_reason_and_a_source() {
    for surface in SURFACES {
        for declined in contract::declined(surface.name) {
            assert!(declined.declined.is_some_and(|reason| reason.len() > 3), "{declined:?}");
            assert!(declined.source.contains(':'), "{declined:?}");
        }
    }
}

#[test]
fn operations_parameters_and_properties_name_their_source() {
    for surface in SURFACES {
        let document = contract::openapi(surface.name).unwrap();
        for operation in contract::operations(surface.name) {
            let Some((stem, line)) = operation.source.split_once(':') else {
                panic!("{} of {} has no x-source", operation.id, surface.name);
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

#[test]
fn events_that_a_vendor_posts_are_declared_or_can_be_asked_for() {
    let clockodo = contract::openapi("clockodo").unwrap();
    let events = clockodo["webhooks"].as_object().unwrap();
    assert_eq!(events.len(), 47);
    for (event, item) in events {
        let declined = item["post"]["x-declined"].as_str();
        assert!(declined.is_some_and(|reason| reason.len() > 3), "{event}");
    }
    // Whoever declines them serves no operation on them.
    let about = |path: &str| path.to_ascii_lowercase().contains("webhook");
    assert!(!contract::operations("clockodo").any(|operation| about(operation.path)));
    assert!(contract::operations("clockify").any(|operation| about(operation.path)));
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
        for operation in contract::operations(surface.name) {
            let cases = contract::exercised(surface.name, operation.id).unwrap();
            if !cases.statuses.iter().any(|status| *status < 400)
                || !cases.statuses.iter().any(|status| *status >= 400)
            {
                untested.insert(format!("{} {}", surface.name, operation.id));
            }
        }
    }
    assert_eq!(untested, listed, "operations without both cases, and contract/untested.txt");
}

#[test]
fn quirks_are_whole_and_unique() {
    let mut seen = BTreeSet::new();
    for surface in SURFACES {
        let operations: BTreeSet<&str> =
            contract::operations(surface.name).map(|operation| operation.id).collect();
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
fn few_decisions_are_assumed() {
    let quirks = SURFACES.iter().flat_map(|surface| contract::quirks(surface.name).unwrap());
    let assumed = quirks.filter(|quirk| quirk.grade == Grade::Assumed).count();
    assert!(assumed <= MOST_ASSUMED, "{assumed} decisions are assumed");
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
