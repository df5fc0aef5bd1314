//! Misbehaviour on purpose: which request it hits, and what the client sees.

use std::time::Duration;

use axum::http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use timetwin::kernel::faults::{Facts, Plan, Rule};

use super::{MAIN, name, problem};
use crate::support::{Answer, TestTwin};

const ANNA: &str = "anna@studio.example";
const BEN: &str = "ben@studio.example";

fn path() -> String {
    format!("{MAIN}/faults")
}

fn set(twin: &TestTwin, rules: &Value) -> Answer {
    twin.put(&path(), &json!({ "rules": rules }))
}

/// The status of a list of worklogs, in a sandbox.
fn list(twin: &TestTwin, person: &str) -> u16 {
    ask(twin, Method::GET, "clockwork", "/v1/worklogs", person).status.as_u16()
}

fn ask(twin: &TestTwin, method: Method, surface: &str, path: &str, person: &str) -> super::Raw {
    twin.raw(method, surface, path, person)
}

#[test]
fn a_status_is_the_vendors_own_answer() {
    let twin = TestTwin::studio();
    let set = set(&twin, &json!([{ "effect": { "status": 503 } }]));
    assert_eq!(set.status, 200, "{}", set.text());
    let clockodo = ask(&twin, Method::GET, "clockodo", "/api/v2/entries", ANNA);
    assert_eq!(clockodo.status, 503);
    assert_eq!(clockodo.json(), json!({ "error": { "message": "Service Unavailable." } }));
    let clockwork = ask(&twin, Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert_eq!(clockwork.status, 503);
    assert_eq!(clockwork.headers["content-type"], "text/html; charset=utf-8");
    let tracker = ask(&twin, Method::GET, "time-tracker", "/api/1/worklog", ANNA);
    assert_eq!((tracker.status.as_u16(), tracker.text().as_str()), (503, "Service Unavailable"));
    let clockify = ask(&twin, Method::GET, "clockify", "/api/v1/user", ANNA);
    assert_eq!((clockify.status.as_u16(), clockify.body.len()), (503, 0));
    assert!(clockify.headers.contains_key("date"));
}

#[test]
fn rate_limited_is_the_vendors_answer_to_too_many() {
    let twin = TestTwin::studio();
    set(&twin, &json!([{ "effect": { "rate_limited": true } }]));
    let clockodo = ask(&twin, Method::GET, "clockodo", "/api/v2/entries", ANNA);
    assert_eq!(clockodo.status, 429);
    assert_eq!(clockodo.headers["retry-after"], "60");
    assert!(clockodo.text().contains("limit exceeded (900 requests per 1 minute)"));
    for (surface, path) in [
        ("clockify", "/api/v1/user"),
        ("clockwork", "/v1/worklogs"),
        ("time-tracker", "/api/1/worklog?start=2026-06-01"),
    ] {
        assert_eq!(ask(&twin, Method::GET, surface, path, ANNA).status, 429, "{surface}");
    }
}

#[test]
fn an_answer_in_place_of_the_operation_changes_nothing() {
    let twin = TestTwin::studio();
    set(
        &twin,
        &json!([{ "match": { "operation": "startTimer" }, "when": { "first": 1 },
                         "effect": { "status": 500 } }]),
    );
    let start = || ask(&twin, Method::POST, "clockwork", "/v1/start_timer?issue_key=SSP-3", ANNA);
    assert_eq!(start().status, 500);
    assert_eq!(twin.twin.sandbox("main").unwrap().store.read().version, 0);
    assert_eq!(start().status, 200, "the second try goes through, and no timer runs already");
    let record = twin.get(&format!("{MAIN}/requests/1")).json();
    assert_eq!((&record["fault"], &record["status"]), (&json!(0), &json!(500)));
    assert_eq!(record["operation"], "startTimer");
    assert_eq!(twin.get(&format!("{MAIN}/requests/2")).json()["fault"], Value::Null);
}

#[test]
fn rules_match_by_surface_operation_method_path_and_person() {
    for (matching, hits) in [
        (json!({ "surface": "clockwork" }), true),
        (json!({ "surface": "clockodo" }), false),
        (json!({ "operation": "listWorklogs" }), true),
        (json!({ "operation": "startTimer" }), false),
        (json!({ "method": "get" }), true),
        (json!({ "method": "POST" }), false),
        (json!({ "path": "/v1/worklogs" }), true),
        (json!({ "path": "/v1/*" }), true),
        (json!({ "path": "*logs" }), true),
        (json!({ "path": "/v1/work" }), false),
        (json!({ "path": "/v1/*/x" }), false),
        (json!({ "person": "ANNA@studio.example" }), true),
        (json!({ "person": BEN }), false),
        (
            json!({ "surface": "clockwork", "person": ANNA, "method": "GET", "path": "/v1/w*s" }),
            true,
        ),
        (json!({ "surface": "clockwork", "person": BEN }), false),
        (json!({}), true),
    ] {
        let twin = TestTwin::studio();
        let answer = set(&twin, &json!([{ "match": matching, "effect": { "status": 502 } }]));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(list(&twin, ANNA), if hits { 502 } else { 200 }, "{matching}");
    }
}

#[test]
fn the_first_rule_whose_turn_it_is_wins() {
    let twin = TestTwin::studio();
    set(
        &twin,
        &json!([
            { "when": { "first": 2 }, "effect": { "status": 503 } },
            { "when": { "every": 3 }, "effect": { "rate_limited": true } },
        ]),
    );
    let seen: Vec<u16> = (0..8).map(|_| list(&twin, ANNA)).collect();
    assert_eq!(seen, [503, 503, 200, 200, 429, 200, 200, 429], "the second rule counts its own");
    let plan = twin.get(&path()).json();
    let counts = json!([{ "matched": 8, "fired": 2 }, { "matched": 6, "fired": 2 }]);
    assert_eq!(plan["counts"], counts);
    assert_eq!(
        plan["rules"][0],
        json!({ "match": {}, "when": { "first": 2 }, "effect": { "status": 503 } })
    );
}

#[test]
fn each_sandbox_has_its_plan_and_reset_or_delete_ends_it() {
    let twin = TestTwin::studio();
    let broken = json!([{ "effect": { "status": 503 } }]);
    set(&twin, &broken);
    assert_eq!(twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "other").status, 200);
    assert_eq!(twin.delete(&path()).status, 204);
    assert_eq!(list(&twin, ANNA), 200);
    assert_eq!(twin.get(&path()).json(), json!({ "rules": [], "counts": [] }));
    set(&twin, &broken);
    twin.post(&format!("{MAIN}/reset"), &json!({}));
    assert_eq!(list(&twin, ANNA), 200);
    set(&twin, &broken);
    assert_eq!(set(&twin, &json!([])).status, 200, "an empty plan is a plan");
    assert_eq!(list(&twin, ANNA), 200);
}

#[test]
fn delays_hold_the_answer_back() {
    let twin = TestTwin::studio();
    let took = |effect: Value| {
        assert_eq!(set(&twin, &json!([{ "effect": effect }])).status, 200);
        let begun = timetwin::kernel::clock::machine_tick();
        assert_eq!(list(&twin, ANNA), 200);
        begun.elapsed()
    };
    assert!(took(json!({ "delay": "PT0.05S" })) >= Duration::from_millis(50));
    let drawn = took(json!({ "delay_lognormal": { "median": "PT0.05S", "sigma": 0 } }));
    assert!(drawn >= Duration::from_millis(50), "without spread every delay is the median");
    let both = took(json!({ "delay": "PT0.02S", "content_type": "text/plain" }));
    assert!(both >= Duration::from_millis(20));
    let record = twin.get(&format!("{MAIN}/requests/1")).json();
    assert!(record["duration_us"].as_u64().unwrap() >= 50_000, "the journal counts it in");
}

#[test]
fn a_body_is_cut_slowed_or_mislabelled() {
    let twin = TestTwin::studio();
    let whole = ask(&twin, Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert!(whole.complete && whole.body.len() > 1000);
    set(&twin, &json!([{ "effect": { "truncate": 100 } }]));
    let cut = ask(&twin, Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert_eq!((cut.status.as_u16(), cut.complete), (200, false));
    assert_eq!(cut.body[..], whole.body[..100]);
    assert_eq!(cut.headers["content-length"], whole.body.len().to_string());
    set(&twin, &json!([{ "effect": { "truncate": 9_999_999 } }]));
    let cut = ask(&twin, Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert_eq!((cut.body.len(), cut.complete), (whole.body.len(), false), "cut at its end");
    let rate = whole.body.len() * 10;
    set(&twin, &json!([{ "effect": { "slow": { "bytes_per_second": rate } } }]));
    let begun = timetwin::kernel::clock::machine_tick();
    let slow = ask(&twin, Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert!(slow.complete && slow.body == whole.body);
    assert!(begun.elapsed() >= Duration::from_millis(90), "{:?}", begun.elapsed());
    set(&twin, &json!([{ "effect": { "content_type": "text/html" } }]));
    let html = ask(&twin, Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert_eq!(
        (html.headers["content-type"].as_bytes(), html.body == whole.body),
        (&b"text/html"[..], true)
    );
}

#[test]
fn a_reset_comes_before_or_after_the_operation() {
    let twin = TestTwin::studio();
    let version = || twin.twin.sandbox("main").unwrap().store.read().version;
    let start = || ask(&twin, Method::POST, "clockwork", "/v1/start_timer?issue_key=SSP-3", ANNA);
    set(&twin, &json!([{ "effect": { "reset": true } }]));
    assert!(start().cut);
    assert_eq!(version(), 0);
    set(&twin, &json!([{ "effect": { "reset": "after" } }]));
    assert!(start().cut);
    assert_eq!(version(), 1, "it has happened, but the client does not know");
    let record = twin.get(&format!("{MAIN}/requests/2")).json();
    assert_eq!((&record["status"], &record["version_after"]), (&json!(0), &json!(1)));
}

#[test]
fn a_plan_that_makes_no_sense_is_refused_and_the_old_one_stays() {
    let twin = TestTwin::studio();
    set(&twin, &json!([{ "effect": { "status": 503 } }]));
    for (rule, field) in [
        (
            json!({ "match": { "operation": "stealTimer" }, "effect": { "status": 503 } }),
            "rules[0].match.operation",
        ),
        (
            json!({ "match": { "surface": "clockodo", "operation": "startTimer" }, "effect": { "status": 503 } }),
            "rules[0].match.operation",
        ),
        (
            json!({ "match": { "surface": "fax" }, "effect": { "status": 503 } }),
            "rules[0].match.surface",
        ),
        (
            json!({ "match": { "method": "STEAL" }, "effect": { "status": 503 } }),
            "rules[0].match.method",
        ),
        (json!({ "match": { "path": "v1" }, "effect": { "status": 503 } }), "rules[0].match.path"),
        (json!({ "when": { "first": 0 }, "effect": { "status": 503 } }), "rules[0].when.first"),
        (json!({ "when": { "every": 0 }, "effect": { "status": 503 } }), "rules[0].when.every"),
        (
            json!({ "when": { "probability": 1.5 }, "effect": { "status": 503 } }),
            "rules[0].when.probability",
        ),
        (json!({ "when": { "seed": 1 }, "effect": { "status": 503 } }), "rules[0].when.seed"),
        (
            json!({ "when": { "first": 1, "every": 2 }, "effect": { "status": 503 } }),
            "rules[0].when",
        ),
        (json!({ "effect": {} }), "rules[0].effect"),
        (json!({ "effect": { "status": 200 } }), "rules[0].effect.status"),
        (json!({ "effect": { "status": 503, "reset": true } }), "rules[0].effect"),
        (json!({ "effect": { "reset": true, "truncate": 5 } }), "rules[0].effect.reset"),
        (json!({ "effect": { "delay": "PT2H" } }), "rules[0].effect.delay"),
        (json!({ "effect": { "slow": { "bytes_per_second": 0 } } }), "rules[0].effect.slow"),
        (
            json!({ "effect": { "delay_lognormal": { "median": "PT1S", "sigma": -1 } } }),
            "rules[0].effect.delay_lognormal",
        ),
        (json!({ "effect": { "content_type": "text/\nhtml" } }), "rules[0].effect.content_type"),
        (json!({ "effect": { "duplicate": 0 } }), "rules[0].effect.duplicate"),
    ] {
        let answer = set(&twin, &json!([rule]));
        let detail = problem(&answer, 422);
        assert_eq!(name(&answer), "bad-fault-rule");
        assert!(detail.contains(field), "{detail}");
    }
    for body in [
        json!({}),
        json!([]),
        json!({ "rules": [{ "effect": { "status": "x" } }] }),
        json!({ "rules": [{ "effect": { "explode": true } }] }),
        json!({ "rules": [{ "effect": { "delay": "soon" } }] }),
        json!({ "rules": [{ "effect": { "delay": "-PT1S" } }] }),
        json!({ "rules": [{ "effect": { "reset": "before" } }] }),
        json!({ "rules": [{ "effect": { "reset": false } }] }),
        json!({ "rules": [{ "match": { "colour": "red" }, "effect": { "status": 503 } }] }),
        json!({ "rules": [{ "when": { "sometimes": 1 }, "effect": { "status": 503 } }] }),
        json!({ "rules": [{ "match": {} }] }),
        json!({ "rules": [], "more": 1 }),
    ] {
        problem(&twin.put(&path(), &body), 400);
    }
    assert_eq!(list(&twin, ANNA), 503, "the old plan holds");
    problem(&twin.put("/_twin/sandboxes/nobody/faults", &json!({ "rules": [] })), 404);
    problem(&twin.get("/_twin/sandboxes/nobody/faults"), 404);
}

#[test]
fn a_plan_is_read_back_as_it_was_set() {
    let twin = TestTwin::studio();
    let rules = json!([
        { "match": { "surface": "clockify", "person": ANNA }, "when": { "probability": 0.25, "seed": 7 },
          "effect": { "delay_lognormal": { "median": "PT0.05S", "sigma": 0.5 }, "status": 500 } },
        { "match": { "method": "POST", "path": "/v1/*" }, "when": {},
          "effect": { "delay": "PT1M0.25S", "truncate": 7, "slow": { "bytes_per_second": 500 } } },
        { "match": {}, "when": { "every": 3 }, "effect": { "reset": "after" } },
        { "match": {}, "when": { "first": 1 }, "effect": { "reset": true, "duplicate": 2 } },
        { "match": {}, "when": {}, "effect": { "rate_limited": true, "content_type": "text/html" } },
    ]);
    let answer = set(&twin, &rules);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["rules"], rules);
    assert_eq!(twin.get(&path()).json()["rules"], rules);
}

fn fired(rule: &Value, count: usize) -> Vec<(bool, Option<Duration>)> {
    let rule: Rule = serde_json::from_value(rule.clone()).unwrap();
    let mut plan = Plan::new(vec![rule]).unwrap();
    let facts =
        Facts { surface: "clockify", operation: None, method: "GET", path: "/", person: &|| None };
    let hits = (0..count).map(|_| plan.decide(facts));
    hits.map(|hit| (hit.is_some(), hit.and_then(|hit| hit.delay))).collect()
}

proptest! {
    #[test]
    fn a_seed_decides_the_same_way_on_every_run(seed in any::<u64>(), share in 0.0..=1.0_f64) {
        let rule = json!({ "when": { "probability": share, "seed": seed }, "effect": { "status": 500 } });
        let first = fired(&rule, 400);
        prop_assert_eq!(&first, &fired(&rule, 400));
        let hits = first.iter().filter(|(hit, _)| *hit).count();
        let wanted = share * 400.0;
        // Six standard deviations.
        let spread = 6.0 * (400.0 * share * (1.0 - share)).sqrt() + 1.0;
        prop_assert!((f64::from(u32::try_from(hits).unwrap()) - wanted).abs() <= spread, "{} of 400", hits);
    }

    #[test]
    fn log_normal_delays_lie_around_their_median(sigma in 0.1..1.0_f64) {
        let rule = json!({ "effect": { "delay_lognormal": { "median": "PT0.1S", "sigma": sigma } } });
        let delays: Vec<Duration> = fired(&rule, 400).into_iter().filter_map(|(_, delay)| delay).collect();
        prop_assert_eq!(delays.len(), 400);
        let below = delays.iter().filter(|delay| **delay < Duration::from_millis(100)).count();
        prop_assert!((130..=270).contains(&below), "{below} of 400 are shorter than the median");
        prop_assert!(delays.iter().max() > delays.iter().min());
    }
}

#[test]
fn a_plan_has_a_thousand_rules_at_most() {
    let twin = TestTwin::studio();
    let rule = json!({ "match": { "path": "/nowhere/*" }, "effect": { "status": 503 } });
    assert_eq!(set(&twin, &vec![rule.clone(); 1000].into()).status, 200);
    let refused = set(&twin, &vec![rule; 1001].into());
    assert_eq!((refused.status.as_u16(), name(&refused)), (422, "bad-fault-rule".to_owned()));
    assert!(refused.text().contains("`rules` has at most 1000 rules"), "{}", refused.text());
    let long = json!([{ "match": { "path": format!("/{}", "x".repeat(5000)) }, "effect": { "status": 503 } }]);
    assert!(set(&twin, &long).text().contains("`rules[0].match` has texts of at most 4096 bytes"));
}
