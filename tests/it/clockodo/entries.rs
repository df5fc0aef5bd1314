//! Properties of entries: marks follow rows, pages partition a list, and no input breaks anything.

use std::collections::BTreeSet;

use axum::http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use timetwin::vendors::clockodo::model::{Entries, Mark, State};

use super::call;
use crate::support::{Stage, TestTwin, rounds};

const ANNA: &str = "anna@studio.example";

/// Whether what lists read equals what the rows say.
fn marks_are_right(state: &State) -> bool {
    let rows = state.entries.table().iter();
    let rebuilt: Entries = rows.map(|entry| (**entry).clone()).collect();
    let shown = |mark: &Mark| format!("{mark:?}");
    state.entries.table().indices_are_right()
        && rebuilt.marks().iter().map(shown).eq(state.entries.marks().iter().map(shown))
}

fn state(twin: &TestTwin) -> State {
    State::clone(&twin.twin.sandbox("main").unwrap().store.read().value.clockodo)
}

fn quiet() -> TestTwin {
    TestTwin::on(&Stage { limits: false, ..Stage::default() })
}

#[test]
fn planted_marks_equal_a_rebuild() {
    for scenario in ["studio", "bare", "migration"] {
        let twin = TestTwin::on(&Stage { scenario: scenario.into(), ..Stage::default() });
        assert!(marks_are_right(&state(&twin)), "{scenario}");
    }
}

#[test]
fn pages_partition_a_list() {
    let twin = quiet();
    let page = |size: usize, number: usize, more: &str| {
        let path = format!(
            "/api/v2/entries?time_since=2026-03-01T00:00:00Z&time_until=2026-07-01T00:00:00Z\
             &items_per_page={size}&page={number}{more}"
        );
        let answer = call(&twin, ANNA, Method::GET, &path, None);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    for more in ["", "&filter%5Bbillable%5D=12"] {
        let whole = page(1000, 1, more);
        let count = whole["paging"]["count_items"].as_u64().unwrap();
        for size in [1, 7, 100, 1000] {
            let pages = count.div_ceil(size as u64);
            let mut rows = Vec::new();
            for number in 1..=pages.min(80) {
                let part = page(size, usize::try_from(number).unwrap(), more);
                assert_eq!(part["paging"]["count_pages"], pages);
                rows.extend(part["entries"].as_array().unwrap().clone());
            }
            let all = whole["entries"].as_array().unwrap();
            assert_eq!(rows[..], all[..rows.len()], "{size} a page");
            assert!(pages > 80 || rows.len() == all.len());
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Add(Value),
    Edit(usize, Value),
    Delete(usize),
}

/// Values that clients send and values that nobody should.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        Just(json!("2026-06-11T08:00:00Z")),
        Just(json!("2026-06-11 10:00:00")),
        Just(json!("9999-12-31T23:59:59Z")),
        Just(json!("0001-01-01T00:00:00Z")),
        Just(json!("2016-12-31T23:59:60Z")),
        Just(json!(u64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!(1e300)),
        Just(json!("\u{0}\u{202e}\u{1f9ff}")),
        (0..3_i64).prop_map(Value::from),
        (0..200_000_i64).prop_map(Value::from),
        (2_410_000..2_410_009_i64).prop_map(Value::from),
        (2_020_000..2_020_014_i64).prop_map(Value::from),
        (860_000..860_007_i64).prop_map(Value::from),
        (234_000..234_010_i64).prop_map(Value::from),
        (4900..4904_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
    ]
}

const NAMES: [&str; 16] = [
    "customers_id",
    "projects_id",
    "subprojects_id",
    "services_id",
    "lumpsum_services_id",
    "lumpsum_services_amount",
    "lumpsum",
    "users_id",
    "billable",
    "text",
    "duration",
    "hourly_rate",
    "time_since",
    "time_until",
    "clocked_offline",
    "time_clocked_since",
];

fn body() -> impl Strategy<Value = Value> {
    let base = json!({
        "customers_id": 2_410_001, "projects_id": 2_020_001, "services_id": 860_001, "billable": 1,
        "time_since": "2026-06-11T08:00:00Z", "time_until": "2026-06-11T09:00:00Z",
    });
    let changes = prop::collection::btree_map(prop::sample::select(&NAMES[..]), value(), 0..4);
    changes.prop_map(move |changes| {
        let mut body = base.clone();
        for (name, value) in changes {
            body[name] = value;
        }
        body
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let patch = prop::collection::btree_map(prop::sample::select(&NAMES[..]), value(), 0..3);
    let step = prop_oneof![
        3 => body().prop_map(Step::Add),
        2 => (any::<usize>(), patch).prop_map(|(at, patch)| Step::Edit(at, json!(patch))),
        1 => any::<usize>().prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(30)))]
    #[test]
    fn whatever_is_sent_the_rows_stay_whole(steps in steps()) {
        let twin = quiet();
        let mut known: Vec<u64> = vec![85_700_001, 85_700_400, 85_700_483, 85_700_484];
        for step in steps {
            let before = twin.twin.sandbox("main").unwrap().store.read();
            let answer = match step {
                Step::Add(body) => {
                    let answer = call(&twin, ANNA, Method::POST, "/api/v2/entries", Some(&body));
                    if answer.status == 200 {
                        known.push(answer.json()["entry"]["id"].as_u64().unwrap());
                    }
                    answer
                }
                Step::Edit(at, patch) => {
                    let path = format!("/api/v2/entries/{}", known[at % known.len()]);
                    call(&twin, ANNA, Method::PUT, &path, Some(&patch))
                }
                Step::Delete(at) => {
                    let path = format!("/api/v2/entries/{}", known[at % known.len()]);
                    call(&twin, ANNA, Method::DELETE, &path, None)
                }
            };
            let after = twin.twin.sandbox("main").unwrap().store.read();
            let changed = u64::from(answer.status == 200);
            prop_assert_eq!(after.version, before.version + changed, "{}", answer.text());
            prop_assert!(marks_are_right(&after.value.clockodo));
        }
        let ids: Vec<u64> = state(&twin).entries.marks().iter().map(|mark| mark.id).collect();
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
