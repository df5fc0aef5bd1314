//! What a receiver gets, when it gets it again, and what the log keeps.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{Scene, body, header};

/// The keys of an object in order.
fn keys(text: &str) -> Vec<String> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
    object.keys().cloned().collect()
}

#[test]
fn a_time_entry_is_sent_whole_and_flat_with_the_plain_token() {
    let scene = Scene::new();
    let (_, token) = scene.hook("NEW_TIME_ENTRY", "WORKSPACE_ID", &[]);
    let project = scene.project("Website Relaunch");
    let tags = scene.ask("anna", Method::GET, "/workspaces/{ws}/tags?name=Review", None);
    let entry = scene.ask(
        "elena",
        Method::POST,
        "/workspaces/{ws}/time-entries",
        Some(json!({
            "start": "2026-06-11T22:30:00Z", "end": "2026-06-11T23:15:30Z", "billable": true,
            "description": "Späte Arbeit", "projectId": project, "tagIds": [tags[0]["id"]],
        })),
    );
    let calls = scene.received();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(call.url, "http://127.0.0.1:9/hook");
    let names: Vec<&str> = call.headers.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = [
        "content-type",
        "user-agent",
        "clockify-signature",
        "clockify-webhook-event-type",
        "idempotency-key",
    ];
    assert_eq!(names, wanted);
    assert_eq!(header(call, "content-type"), "application/json");
    assert_eq!(header(call, "clockify-signature"), token);
    assert_eq!(header(call, "clockify-webhook-event-type"), "NEW_TIME_ENTRY");
    assert_eq!(
        keys(&call.body),
        [
            "id",
            "description",
            "userId",
            "billable",
            "projectId",
            "timeInterval",
            "workspaceId",
            "isLocked",
            "hourlyRate",
            "costRate",
            "customFieldValues",
            "type",
            "kioskId",
            "approvalStatus",
            "detailedApprovalStatus",
            "projectCurrency",
            "currentlyRunning",
            "project",
            "task",
            "user",
            "tags"
        ]
    );
    let sent = body(call);
    assert_eq!(sent["id"], entry["id"]);
    assert_eq!(
        sent["timeInterval"],
        json!({
            "start": "2026-06-11T22:30:00Z", "end": "2026-06-11T23:15:30Z", "duration": "PT45M30S",
            "timeZone": "Europe/Berlin", "offsetStart": 7200, "offsetEnd": 7200,
            "zonedStart": "2026-06-12T00:30:00", "zonedEnd": "2026-06-12T01:15:30",
        })
    );
    assert_eq!(
        (&sent["projectCurrency"], &sent["currentlyRunning"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(sent["project"]["clientName"], "Musikhaus \"Da Capo\"");
    assert_eq!(sent["user"]["hourlyRate"], json!({ "amount": 7500 }), "rates have no currency");
    assert_eq!(sent["tags"][0]["name"], "Review");
    assert_eq!((&sent["task"], &sent["hourlyRate"]), (&Value::Null, &Value::Null));
    let values = sent["customFieldValues"].as_array().unwrap();
    assert_eq!(values.len(), entry["customFieldValues"].as_array().unwrap().len());
    assert!(values.iter().all(|value| value.get("type").is_none()), "{values:?}");
    let unseen = ["taskId", "tagIds"].map(|key| sent.get(key).is_none());
    assert_eq!(unseen, [true, true]);
}

#[test]
fn a_timer_that_runs_has_no_end_and_one_that_another_stops_ends() {
    let scene = Scene::new();
    for event in ["NEW_TIMER_STARTED", "TIMER_STOPPED"] {
        scene.hook(event, "WORKSPACE_ID", &[]);
    }
    let start = |what: &str| {
        let entry = json!({ "start": "2026-06-12T10:00:00Z", "description": what });
        scene.ask("gita", Method::POST, "/workspaces/{ws}/time-entries", Some(entry));
    };
    start("first");
    let started = scene.received();
    let running = body(&started[0]);
    assert_eq!(running["currentlyRunning"], true);
    let nothing = ["end", "duration", "offsetEnd", "zonedEnd"];
    assert!(nothing.iter().all(|key| running["timeInterval"][key].is_null()), "{running:#}");
    start("second");
    let events: Vec<(String, Value)> = scene
        .received()
        .iter()
        .map(|call| {
            let event = header(call, "clockify-webhook-event-type").to_owned();
            (event, body(call)["description"].clone())
        })
        .collect();
    assert_eq!(
        events,
        [
            ("TIMER_STOPPED".to_owned(), json!("first")),
            ("NEW_TIMER_STARTED".to_owned(), json!("second"))
        ]
    );
}

#[test]
fn what_is_not_taken_is_sent_again_later_each_time_and_logged_for_seven_days() {
    let scene = Scene::new();
    let (hook, _) = scene.hook("NEW_CLIENT", "WORKSPACE_ID", &[]);
    scene.answer_with(503);
    let answer = scene.call(
        "anna",
        Method::POST,
        "/workspaces/{ws}/clients",
        Some(json!({ "name": "Lighthouse" })),
    );
    assert_eq!(answer.status, 201, "the receiver's trouble is not the caller's");
    let mut sent = scene.received();
    assert_eq!(sent.len(), 1);
    // 15 seconds, then 1, 5 and 30 minutes.
    for (wait, attempts) in [("PT14S", 0), ("PT1S", 1), ("PT59S", 0), ("PT1S", 1), ("PT35M", 2)] {
        scene.twin.advance("main", wait);
        let more = scene.received();
        assert_eq!(more.len(), attempts, "after {wait}");
        sent.extend(more);
    }
    scene.answer_with(204);
    scene.twin.advance("main", "PT2H");
    sent.extend(scene.received());
    scene.twin.advance("main", "P1D");
    assert_eq!(scene.received(), [], "taken is taken");
    assert_eq!(sent.len(), 6);
    assert!(sent.iter().all(|call| call.body == sent[0].body), "byte for byte");
    let once: BTreeSet<&str> = sent.iter().map(|call| header(call, "idempotency-key")).collect();
    assert_eq!(once.len(), sent.len(), "each attempt has a key of its own");

    let statuses = |rows: &[Value]| -> Vec<u64> {
        rows.iter().map(|row| row["statusCode"].as_u64().unwrap()).collect()
    };
    let all = scene.logs(&hook, json!({}));
    assert_eq!(statuses(&all), [503, 503, 503, 503, 503, 204]);
    assert_eq!(all[0]["respondedAt"], "2026-06-12T10:00:00Z");
    assert_eq!(all[1]["respondedAt"], "2026-06-12T10:00:15Z");
    assert_eq!(
        (&all[0]["requestBody"], &all[0]["responseBody"]),
        (&json!(sent[0].body), &json!("answer 503"))
    );
    let of_one =
        |key: &str| all.iter().map(|row| row[key].as_str().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!((of_one("id").len(), of_one("webhookEventStatusId").len()), (6, 1));
    assert_eq!(statuses(&scene.logs(&hook, json!({ "status": "SUCCEEDED" }))), [204]);
    let newest = scene.logs(&hook, json!({ "sortByNewest": true }));
    assert_eq!(statuses(&newest), [204, 503, 503, 503, 503, 503]);
    let late = json!({ "status": "FAILED", "from": "2026-06-12T10:05:00Z", "sortByNewest": true });
    assert_eq!(scene.logs(&hook, late).len(), 2);
    let early = json!({ "to": "2026-06-12T10:00:00Z" });
    assert_eq!(scene.logs(&hook, early).len(), 1);
    let path = format!("/workspaces/{{ws}}/webhooks/{hook}/logs?page=1&size=4");
    let page = scene.ask("anna", Method::POST, &path, Some(json!({})));
    assert_eq!(statuses(page.as_array().unwrap()), [503, 204]);
    let path = format!("/workspaces/{{ws}}/webhooks/{hook}/logs?page=0&size=4");
    let page = scene.ask("anna", Method::POST, &path, Some(json!({})));
    assert_eq!(page.as_array().unwrap().len(), 4);

    scene.twin.advance("main", "P5DT20H");
    assert_eq!(scene.logs(&hook, json!({})).len(), 6, "not seven days yet");
    scene.twin.advance("main", "P1D");
    assert_eq!(scene.logs(&hook, json!({})), Vec::<Value>::new());
}

#[test]
fn a_receiver_that_is_not_this_machine_must_be_allowed() {
    let scene = Scene::new();
    let (hook, _) = scene.hook("NEW_TAG", "WORKSPACE_ID", &[]);
    let elsewhere = json!({
        "name": "Test", "url": "https://hooks.example.com/x", "webhookEvent": "NEW_TAG",
        "triggerSourceType": "WORKSPACE_ID", "triggerSource": [],
    });
    scene.ask("anna", Method::PUT, &format!("/workspaces/{{ws}}/webhooks/{hook}"), Some(elsewhere));
    scene.ask("anna", Method::POST, "/workspaces/{ws}/tags", Some(json!({ "name": "Abroad" })));
    assert_eq!(scene.received(), []);
    let logged = scene.logs(&hook, json!({ "status": "FAILED" }));
    assert_eq!(logged[0]["statusCode"], Value::Null);
    let reason = logged[0]["responseBody"].as_str().unwrap();
    assert!(reason.contains("hooks.example.com"), "{reason}");
}

#[test]
fn after_ten_failures_in_a_row_nothing_is_sent_until_the_webhook_is_changed() {
    let scene = Scene::new();
    let (hook, _) = scene.hook("NEW_TAG", "WORKSPACE_ID", &[]);
    let path = format!("/workspaces/{{ws}}/webhooks/{hook}");
    let tag = |n: usize| {
        let name = json!({ "name": format!("Tag {n}") });
        scene.ask("anna", Method::POST, "/workspaces/{ws}/tags", Some(name));
    };
    let is_on = || scene.ask("anna", Method::GET, &path, None)["deliveryEnabled"] == true;
    scene.answer_with(500);
    for n in 0..9 {
        tag(n);
    }
    scene.twin.advance("main", "PT3H");
    assert_eq!(scene.receiver.calls.lock().unwrap().len(), 9 * 6);
    assert!(is_on());
    tag(9);
    scene.twin.advance("main", "PT3H");
    assert!(!is_on());
    scene.received();
    scene.answer_with(200);
    tag(10);
    assert_eq!(scene.received(), []);
    scene.twin.advance("main", "PT1S");
    let again = json!({
        "name": "Test", "url": "http://127.0.0.1:9/other", "webhookEvent": "NEW_TAG",
        "triggerSourceType": "WORKSPACE_ID", "triggerSource": [],
    });
    let changed = scene.ask("anna", Method::PUT, &path, Some(again));
    assert_eq!(changed["deliveryEnabled"], true);
    tag(11);
    let calls = scene.received();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].url, "http://127.0.0.1:9/other");
    assert_eq!(body(&calls[0])["name"], "Tag 11");
}

#[test]
fn a_planted_webhook_hears_what_happens_since() {
    let scene = Scene::new();
    let hook = json!({"who": "anna", "name": "Planted", "url": "http://127.0.0.1:9/hook",
                      "event": "NEW_TAG", "token": "known-to-tests"});
    let planted =
        json!({"overlays": {"clockify": {"tags": [{"name": "Planted"}], "webhooks": [hook]}}});
    let request = Request::post("/_twin/sandboxes/main/plant")
        .header("content-type", "application/json")
        .body(Body::from(planted.to_string()));
    let answer = scene.twin.send(request.unwrap());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(scene.received().is_empty(), "what is planted happens to nobody");
    scene.ask("ben", Method::POST, "/workspaces/{ws}/tags", Some(json!({"name": "Made"})));
    let calls = scene.received();
    assert_eq!(calls.len(), 1);
    assert_eq!(header(&calls[0], "clockify-signature"), "known-to-tests");
    assert_eq!(body(&calls[0])["name"], "Made");
}
