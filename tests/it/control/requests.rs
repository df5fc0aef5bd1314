//! The journal of a sandbox.

use axum::http::Method;
use serde_json::{Value, json};
use timetwin::kernel::uuids;

use super::{MAIN, problem};
use crate::support::TestTwin;

const ANNA: &str = "anna@studio.example";
const BEN: &str = "ben@studio.example";

fn path(rest: &str) -> String {
    format!("{MAIN}/requests{rest}")
}

fn ids(twin: &TestTwin, filter: &str) -> Vec<u64> {
    let answer = twin.get(&path(filter));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    let rows = body["requests"].as_array().unwrap();
    rows.iter().map(|row| uuids::count(row["id"].as_str().unwrap().parse().unwrap())).collect()
}

/// Four requests: two starts, one of which fails, a list, and a path that Clockwork does not have.
fn story() -> TestTwin {
    let twin = TestTwin::studio();
    twin.timer("start", ANNA, "SSP-3", "main");
    twin.advance("main", "PT1M");
    twin.timer("start", ANNA, "SSP-3", "main");
    twin.clockwork(Method::GET, "/v1/worklogs?starting_at=2026-06-12&colour=red", BEN, "main");
    twin.clockwork(Method::GET, "/v1/start_timer/twice", BEN, "main");
    twin
}

#[test]
fn a_record_tells_what_was_asked_and_answered() {
    let twin = story();
    let list = twin.get(&path("")).json();
    assert_eq!((&list["bound"], &list["dropped"]), (&json!(1000), &json!(0)));
    let first = &list["requests"][0];
    assert_eq!(
        part(first, &["surface", "operation", "method", "path", "query", "person", "status", "at"]),
        json!([
            "clockwork",
            "startTimer",
            "POST",
            "/v1/start_timer",
            "issue_key=SSP-3",
            ANNA,
            200,
            "2026-06-12T10:00:00Z"
        ])
    );
    assert_eq!(part(first, &["version_before", "version_after"]), json!([0, 1]));
    let second = &list["requests"][1];
    assert_eq!(part(second, &["status", "quirks"]), json!([422, ["CWK-002"]]));
    assert_eq!(part(second, &["version_before", "version_after"]), json!([2, 2]), "refused");
    let third = &list["requests"][2];
    assert_eq!(part(third, &["person", "unknown_parameters"]), json!([BEN, ["colour"]]));
    let fourth = &list["requests"][3];
    assert_eq!(part(fourth, &["surface", "operation", "status"]), json!(["clockwork", null, 404]));
    let one = twin.get(&path("/1"));
    assert_eq!(one.json(), *first);
    let id = first["id"].as_str().unwrap();
    assert_eq!(twin.get(&path(&format!("/{id}"))).json(), *first, "by id as by number");
    problem(&twin.get(&path("/019ebb3f-7d00-7000-8000-00010123abcd")), 404);
    problem(&twin.get(&path("/5")), 404);
    problem(&twin.get(&path("/0")), 404);
    problem(&twin.get(&path("/99999999999999999999")), 404);
}

/// The values of these members, in order.
fn part(row: &Value, members: &[&str]) -> Value {
    members.iter().map(|member| row[*member].clone()).collect()
}

#[test]
fn the_list_is_filtered() {
    let twin = story();
    assert_eq!(ids(&twin, ""), [1, 2, 3, 4]);
    assert_eq!(ids(&twin, "?surface=clockwork"), [1, 2, 3, 4]);
    assert_eq!(ids(&twin, "?surface=time-tracker"), [0_u64; 0]);
    assert_eq!(ids(&twin, "?operation=startTimer"), [1, 2]);
    assert_eq!(ids(&twin, "?operation=startTimer&status=422"), [2]);
    assert_eq!(ids(&twin, "?since=2"), [3, 4]);
    let second = twin.get(&path("/2")).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(ids(&twin, &format!("?since={second}")), [3, 4]);
    assert_eq!(ids(&twin, "?since=2026-06-12T10:01:00Z"), [2, 3, 4]);
    problem(&twin.get(&path("?surface=fax")), 404);
    problem(&twin.get(&path("?status=good")), 400);
    problem(&twin.get(&path("?since=then")), 400);
    let detail = problem(&twin.get(&path("?verb=GET")), 400);
    assert!(detail.contains("verb"), "{detail}");
    problem(&twin.get("/_twin/sandboxes/nobody/requests"), 404);
}

#[test]
fn each_sandbox_has_its_own_and_clearing_starts_anew() {
    let twin = story();
    twin.timer("start", ANNA, "SSP-3", "other");
    assert_eq!(ids(&twin, "").len(), 4);
    let other = twin.get("/_twin/sandboxes/other/requests").json();
    assert_eq!(other["requests"].as_array().unwrap().len(), 1);
    assert_eq!(twin.delete(&path("")).status, 204);
    assert_eq!(ids(&twin, ""), [0_u64; 0]);
    twin.timer("stop", ANNA, "SSP-3", "main");
    assert_eq!(ids(&twin, ""), [1]);
    problem(&twin.delete("/_twin/sandboxes/nobody/requests"), 404);
}

#[test]
fn control_calls_are_not_journalled() {
    let twin = TestTwin::studio();
    twin.get("/_twin/health");
    twin.get(&format!("{MAIN}/clock"));
    assert_eq!(ids(&twin, ""), [0_u64; 0]);
}

#[test]
fn an_answer_names_its_request_and_a_frozen_sandbox_repeats_the_names() {
    let names = || -> Vec<String> {
        let twin = TestTwin::studio();
        ["/v1/worklogs", "/v1/nothing", "/nobody"]
            .into_iter()
            .enumerate()
            .map(|(n, path_of)| {
                let answer = twin.clockwork(Method::GET, path_of, "anna@studio.example", "main");
                let name = answer.headers["x-timetwin-request"].to_str().unwrap().to_owned();
                assert_eq!(twin.get(&path(&format!("/{}", n + 1))).json()["id"], name);
                name
            })
            .collect()
    };
    let first = names();
    assert!(first.is_sorted(), "{first:?}");
    assert_eq!(first, names());
    let control = TestTwin::studio().get(&path(""));
    assert!(!control.headers.contains_key("x-timetwin-request"), "it is not in the journal");
}
