//! Settings of the company that no built-in scenario has.

use axum::http::Method;
use serde_json::{Value, json};

use super::{call, with_overlay};
use crate::support::{Answer, TestTwin};

const ANNA: &str = "anna@studio.example";
const ENTRIES: &str = "/api/v2/entries";

fn add(twin: &TestTwin, more: &Value) -> Answer {
    let mut body = json!({
        "customers_id": 2_410_001,
        "projects_id": 2_020_001,
        "services_id": 860_001,
        "billable": 1,
        "time_since": "2026-06-12T08:00:00Z",
        "time_until": "2026-06-12T09:00:00Z",
    });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    call(twin, ANNA, Method::POST, ENTRIES, Some(&body))
}

#[test]
fn a_company_can_want_a_project_on_each_entry() {
    let twin = with_overlay(r#"{"company": {"allow_entries_for_customers": false}}"#).unwrap();
    let refused = add(&twin, &json!({ "projects_id": null }));
    assert_eq!(refused.status, 400);
    let wanted = json!({ "error": {
        "message": "Tracking times for customers is not allowed.",
        "fields": ["customers_id", "projects_id"],
    }});
    assert_eq!(refused.json(), wanted);
    let id = add(&twin, &json!({})).json()["entry"]["id"].clone();
    let path = format!("{ENTRIES}/{id}");
    let moved = call(&twin, ANNA, Method::PUT, &path, Some(&json!({ "projects_id": 0 })));
    assert_eq!(moved.json(), wanted);
}

#[test]
fn a_company_can_want_durations_to_be_spans() {
    let twin = with_overlay(r#"{"company": {"force_linked_entry_times": true}}"#).unwrap();
    assert_eq!(add(&twin, &json!({ "duration": 3600 })).status, 200);
    let refused = add(&twin, &json!({ "duration": 3599 }));
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["fields"], json!(["duration"]));
}

#[test]
fn a_company_can_want_entries_not_to_overlap() {
    let twin = with_overlay(r#"{"company": {"allow_entry_overlaps": false}}"#).unwrap();
    let first = add(&twin, &json!({})).json()["entry"]["id"].clone();
    for (since, until, status) in [
        ("2026-06-12T07:00:00Z", "2026-06-12T08:00:00Z", 200),
        ("2026-06-12T09:00:00Z", "2026-06-12T09:30:00Z", 200),
        ("2026-06-12T08:30:00Z", "2026-06-12T08:45:00Z", 400),
        ("2026-06-12T06:00:00Z", "2026-06-12T07:00:01Z", 400),
        ("2026-06-12T09:29:59Z", "2026-06-12T10:00:00Z", 400),
    ] {
        let answer = add(&twin, &json!({ "time_since": since, "time_until": until }));
        assert_eq!(answer.status.as_u16(), status, "{since} {}", answer.text());
    }
    let path = format!("{ENTRIES}/{first}");
    let longer = json!({ "time_until": "2026-06-12T09:00:01Z" });
    assert_eq!(call(&twin, ANNA, Method::PUT, &path, Some(&longer)).status, 400);
    let shorter = json!({ "time_until": "2026-06-12T08:59:00Z" });
    assert_eq!(call(&twin, ANNA, Method::PUT, &path, Some(&shorter)).status, 200);
    let lumpsum = json!({ "lumpsum": 5 });
    assert_eq!(add(&twin, &lumpsum).status, 200, "a lump sum takes no time");
}

#[test]
fn a_company_can_want_one_line_of_text() {
    let twin = with_overlay(r#"{"company": {"allow_entries_text_multiline": false}}"#).unwrap();
    let text = |words: &str| {
        let answer = add(&twin, &json!({ "text": words })).json();
        (answer["entry"]["text"].clone(), answer["entry"]["texts_id"].clone())
    };
    let (words, id) = text("one\r\ntwo\nthree");
    assert_eq!(words, "one two three");
    assert_eq!(text("one two three").1, id, "equal texts are one");
}

#[test]
fn a_project_can_be_closed_to_other_days() {
    let twin = with_overlay(
        r#"{"projects": [{"key": "DEMO", "start_date": "2026-06-01", "deadline": "2026-06-12"}]}"#,
    )
    .unwrap();
    for (day, status) in
        [("2026-05-31", 400), ("2026-06-01", 200), ("2026-06-12", 200), ("2026-06-13", 400)]
    {
        let times = json!({
            "time_since": format!("{day}T08:00:00Z"),
            "time_until": format!("{day}T09:00:00Z"),
        });
        let answer = add(&twin, &times);
        assert_eq!(answer.status.as_u16(), status, "{day} {}", answer.text());
    }
}
