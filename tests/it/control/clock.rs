//! Time travel.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{MAIN, problem};
use crate::support::TestTwin;

fn path(rest: &str) -> String {
    format!("{MAIN}/clock{rest}")
}

#[test]
fn a_frozen_clock_stands_is_set_and_advances() {
    let twin = TestTwin::studio();
    let shown = |now: &str| json!({ "mode": "frozen", "now": now });
    assert_eq!(twin.get(&path("")).json(), shown("2026-06-12T10:00:00Z"));
    let advanced = twin.post(&path("/advance"), &json!({ "by": "PT1H30M" }));
    assert_eq!(advanced.json(), shown("2026-06-12T11:30:00Z"));
    let advanced = twin.post(&path("/advance"), &json!({ "by": "PT0.25S" }));
    assert_eq!(advanced.json(), shown("2026-06-12T11:30:00.250Z"));
    let set = twin.put(&path(""), &json!({ "now": "2026-01-01T00:00:00+01:00" }));
    assert_eq!(set.json(), shown("2025-12-31T23:00:00Z"), "set without a mode keeps the mode");
    assert_eq!(twin.get(&path("")).json(), shown("2025-12-31T23:00:00Z"));
}

#[test]
fn a_real_clock_runs_with_an_offset_and_stops_where_it_is() {
    let twin = TestTwin::studio();
    let now = |answer: &crate::support::Answer| -> DateTime<Utc> {
        answer.json()["now"].as_str().unwrap().parse().unwrap()
    };
    let real = twin.put(&path(""), &json!({ "mode": "real" }));
    assert_eq!(real.json()["mode"], "real");
    let machine = timetwin::kernel::clock::machine_now();
    assert!((now(&real) - machine).abs() < TimeDelta::minutes(1));
    let ahead = twin.put(&path(""), &json!({ "mode": "real", "now": "2030-01-01T00:00:00Z" }));
    let begin: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
    assert!(now(&ahead) >= begin && now(&ahead) < begin + TimeDelta::minutes(1));
    let moved = twin.post(&path("/advance"), &json!({ "by": "P1D" }));
    assert!(now(&moved) >= begin + TimeDelta::days(1));
    let stopped = twin.put(&path(""), &json!({ "mode": "frozen" }));
    assert!(now(&stopped) >= now(&moved), "a clock that stops does not go back");
    assert_eq!(now(&twin.get(&path(""))), now(&stopped));
}

#[test]
fn what_is_no_time_is_refused_and_changes_nothing() {
    let twin = TestTwin::studio();
    let before = twin.get(&path("")).json();
    for body in [
        json!({}),
        json!({ "mode": "slow" }),
        json!({ "now": "yesterday" }),
        json!({ "now": 7 }),
        json!({ "now": "2026-06-12T10:00:00Z", "zone": "UTC" }),
        json!({ "now": "1969-12-31T23:59:59Z" }),
        json!({ "now": "+10000-01-01T00:00:00Z" }),
        json!([]),
    ] {
        problem(&twin.put(&path(""), &body), 400);
    }
    for by in
        [json!("1h"), json!("-PT1S"), json!("P1M"), json!(""), json!(3600), json!("P9999999D")]
    {
        problem(&twin.post(&path("/advance"), &json!({ "by": by })), 400);
    }
    problem(&twin.post(&path("/advance"), &json!({})), 400);
    problem(&twin.post(&path("/advance"), &json!({ "by": "PT1H", "to": "x" })), 400);
    assert_eq!(twin.get(&path("")).json(), before);
    problem(&twin.get("/_twin/sandboxes/nobody/clock"), 404);
    problem(&twin.put("/_twin/sandboxes/nobody/clock", &json!({ "mode": "real" })), 404);
    problem(&twin.post("/_twin/sandboxes/nobody/clock/advance", &json!({ "by": "PT1H" })), 404);
}

#[test]
fn a_clock_at_the_end_of_time_stays_there() {
    let twin = TestTwin::studio();
    let last = twin.put(&path(""), &json!({ "mode": "real", "now": "9999-12-31T23:59:59Z" }));
    assert_eq!(last.json()["now"], "9999-12-31T23:59:59Z");
    problem(&twin.post(&path("/advance"), &json!({ "by": "PT1H" })), 400);
    assert_eq!(twin.get(&path("")).json()["now"], "9999-12-31T23:59:59Z");
    let answer = twin.timer("start", "anna@studio.example", "SSP-3", "main");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["date"], "Fri, 31 Dec 9999 23:59:59 GMT");
}

#[test]
fn the_surfaces_follow_the_clock_of_their_sandbox() {
    let twin = TestTwin::studio();
    let started = twin.timer("start", "anna@studio.example", "SSP-3", "main");
    assert_eq!(started.headers["date"], "Fri, 12 Jun 2026 10:00:00 GMT");
    twin.advance("main", "PT1H");
    let stopped = twin.timer("stop", "anna@studio.example", "SSP-3", "main");
    assert_eq!(stopped.headers["date"], "Fri, 12 Jun 2026 11:00:00 GMT");
    assert!(stopped.text().contains("1h"), "the timer ran an hour: {}", stopped.text());
    let elsewhere = twin.timer("start", "anna@studio.example", "SSP-3", "other");
    assert_eq!(elsewhere.headers["date"], "Fri, 12 Jun 2026 10:00:00 GMT");
}
