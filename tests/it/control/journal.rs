//! What the journal tells beyond the request line, its live feed, and verification.

use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use timetwin::http::server::App;
use timetwin::kernel::journal::{BODY, Journal, Record};
use timetwin::kernel::uuids;

use super::{MAIN, name, problem};
use crate::support::{Answer, TestTwin, block_on};

const ANNA: &str = "anna@studio.example";

fn record(twin: &TestTwin, id: u64) -> Value {
    let answer = twin.get(&format!("{MAIN}/requests/{id}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn post(twin: &TestTwin, surface: &str, path: &str, kind: &str, body: &str) -> Answer {
    let mut request = Request::post(path).body(Body::from(body.to_owned())).unwrap();
    request.headers_mut().extend(twin.headers(surface, ANNA, "main"));
    request.headers_mut().insert("content-type", kind.parse().unwrap());
    twin.send(request)
}

fn timer(twin: &TestTwin, body: &str) {
    post(twin, "clockwork", "/v1/start_timer", "application/json", body);
}

#[test]
fn body_and_unread_fields_are_noted() {
    let twin = TestTwin::studio();
    timer(&twin, "{\"issue_key\":\"SSP-3\",\"colour\":\"red\"}");
    let first = record(&twin, 1);
    assert_eq!(first["body"], json!({ "issue_key": "SSP-3", "colour": "red" }));
    assert_eq!(first["body_bytes"], 36);
    assert_eq!(first["unknown_fields"], json!(["colour"]));
    let form = "application/x-www-form-urlencoded";
    post(&twin, "clockwork", "/v1/stop_timer?issue_key=SSP-3", form, "tint=blue");
    let second = record(&twin, 2);
    assert_eq!(
        (&second["body"], &second["unknown_fields"]),
        (&json!("tint=blue"), &json!(["tint"]))
    );
    assert_eq!(second["unknown_parameters"], json!([]), "a field in the query counts as read");
    let client = "{\"name\":\"Moon\",\"nickname\":\"M\",\"deep\":{\"er\":1}}";
    let user = twin.raw(Method::GET, "clockify", "/api/v1/user", ANNA).json();
    let path = format!("/api/v1/workspaces/{}/clients", user["activeWorkspace"].as_str().unwrap());
    let made = post(&twin, "clockify", &path, "application/json", client);
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(record(&twin, 4)["unknown_fields"], json!(["nickname", "deep"]));
}

#[test]
fn what_nothing_reads_of_a_body_is_noted_on_every_surface() {
    let twin = TestTwin::studio();
    let unread = |method: Method, surface, path: &str, kind: &str, body: &str, status: u16| {
        let mut request = Request::new(Body::from(body.to_owned()));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        request.headers_mut().extend(twin.headers(surface, ANNA, "main"));
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        let answer = twin.send(request);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let id = answer.headers["x-timetwin-request"].to_str().unwrap().to_owned();
        let path = format!("/_twin/sandboxes/main/requests/{id}");
        let record = twin.control(Method::GET, &path, None).json();
        assert_eq!(record["unknown_parameters"], json!([]), "{record}");
        record["unknown_fields"].clone()
    };
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let clockodo =
        |path, kind, body, status| unread(Method::POST, "clockodo", path, kind, body, status);
    let entry = r#"{"customers_id":2410001,"services_id":860001,"billable":0,"project_id":1,
        "time_since":"2026-06-11T08:00:00Z","time_until":"2026-06-11T09:00:00Z","ticket":{"id":7}}"#;
    assert_eq!(clockodo("/api/v2/entries", json, entry, 200), json!(["project_id", "ticket"]));
    let project = "name=A&customers_id=2410002&budget[amount]=5&budget[colour]=red";
    assert_eq!(clockodo("/api/v4/projects", form, project, 200), json!(["budget[colour]"]));
    let project = r#"{"name":"B","customers_id":2410002,"budget":{"amount":5,"colour":"red"}}"#;
    assert_eq!(clockodo("/api/v4/projects", json, project, 200), json!(["budget.colour"]));
    let parts = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nC\r\n\
        --x\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"c.png\"\r\n\r\n?\r\n--x--";
    let kind = "multipart/form-data; boundary=x";
    assert_eq!(clockodo("/api/v3/customers", kind, parts, 200), json!(["logo"]));
    let refused = r#"{"text":"Nothing else","ticket":7}"#;
    assert_eq!(clockodo("/api/v2/entries", json, refused, 400), json!(["ticket"]));
    let none = unread(Method::GET, "clockodo", "/api/v3/users", form, "filter[active]=0", 200);
    assert_eq!(none, json!(["filter[active]"]));
    let none = unread(Method::GET, "clockify", "/api/v1/user", json, r#"{"id":1,"b":[]}"#, 200);
    assert_eq!(none, json!(["id", "b"]));
    let path = "/v1/start_timer";
    let nested = unread(Method::POST, "clockwork", path, form, "issue_key=SSP-3&user[id]=1", 200);
    assert_eq!(nested, json!(["user[id]"]));
}

#[test]
fn a_form_body_on_get_is_read_and_the_rest_of_it_noted() {
    let twin = TestTwin::studio();
    let form = "starting_at=2026-06-12&issue_key=SSP-3";
    let mut request = Request::get("/v1/worklogs?limit=5").body(Body::from(form)).unwrap();
    request.headers_mut().extend(twin.headers("clockwork", ANNA, "main"));
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert("content-type", kind);
    assert_eq!(twin.send(request).status, 200);
    let record = record(&twin, 1);
    assert_eq!(record["unknown_fields"], json!(["issue_key"]));
    assert_eq!(record["unknown_parameters"], json!(["limit"]));
}

#[test]
fn long_and_binary_bodies_are_counted_but_not_kept() {
    let twin = TestTwin::studio();
    timer(&twin, &format!("{{\"issue_key\":\"SSP-3\",\"comment\":\"{}\"}}", "x".repeat(BODY)));
    let long = record(&twin, 1);
    assert_eq!(long["body"], Value::Null);
    assert!(long["body_bytes"].as_u64().unwrap() > BODY as u64);
    let mut request = Request::post("/v1/start_timer").body(Body::from(vec![0xff; 7])).unwrap();
    request.headers_mut().extend(twin.headers("clockwork", ANNA, "main"));
    twin.send(request);
    assert_eq!(record(&twin, 2)["body"], Value::Null);
    let get = twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "main");
    assert_eq!(get.status, 200);
    assert_eq!(
        (&record(&twin, 3)["body"], &record(&twin, 3)["body_bytes"]),
        (&Value::Null, &json!(0))
    );
}

#[test]
fn the_oldest_bodies_make_room_for_newer_ones() {
    let mut journal = Journal::new("main", 1000);
    let body = Some("x".repeat(16 * 1024));
    for _ in 0..600 {
        journal.push(Record { body: body.clone(), ..Record::default() });
    }
    let kept: Vec<u64> = journal.iter().filter(|r| r.body.is_some()).map(Record::number).collect();
    assert_eq!((journal.len(), kept.len()), (600, 256), "4 MiB of bodies");
    assert_eq!((kept[0], kept[255]), (345, 600), "the newest");
    for _ in 0..1000 {
        journal.push(Record::default());
    }
    assert!(journal.iter().all(|record| record.body.is_none()));
    for _ in 0..600 {
        journal.push(Record { body: body.clone(), ..Record::default() });
    }
    assert_eq!(
        journal.iter().filter(|r| r.body.is_some()).count(),
        256,
        "what fell out is not counted"
    );
}

#[test]
fn unknown_paths_name_what_may_have_been_meant() {
    let twin = TestTwin::studio();
    let near = |id: u64| -> Vec<String> {
        let record = record(&twin, id);
        let near = record["near_misses"].as_array().unwrap().iter();
        near.map(|near| {
            format!("{} {}", near["surface"].as_str().unwrap(), near["operation"].as_str().unwrap())
        })
        .collect()
    };
    let lost = twin.raw(Method::GET, "clockwork", "/v1/worklog", ANNA);
    assert_eq!(lost.status, 404);
    assert_eq!(near(1)[0], "clockwork listWorklogs");
    assert_eq!(record(&twin, 1)["surface"], Value::Null, "a path of nobody");
    assert_eq!(
        lost.json()["near_misses"][0]["operation"],
        "listWorklogs",
        "the client is told, too"
    );
    twin.raw(Method::PUT, "clockwork", "/v1/start_timer", ANNA);
    assert_eq!(near(2)[0], "clockwork startTimer", "with another method");
    twin.raw(Method::GET, "clockwork", "/wp-login.php", ANNA);
    assert!(near(3).is_empty());
    twin.raw(Method::GET, "clockwork", "/workspaces/1/clients", ANNA);
    assert!(near(4)[0].starts_with("clockify "), "a forgotten base: {:?}", near(4));
    twin.raw(Method::GET, "clockwork", "/v1/worklogs", ANNA);
    assert!(near(5).is_empty(), "nothing is missing");
    let secret = twin.raw(Method::GET, "clockwork", "/elsewhere?key=s3cret", ANNA);
    assert_eq!(secret.status, 404);
    assert_eq!(record(&twin, 6)["query"], "key=REDACTED", "any parameter may be a secret there");
    assert_eq!(secret.headers["date"], "Fri, 12 Jun 2026 10:00:00 GMT", "by the sandbox's clock");
    for (surface, headers) in ["clockify", "clockodo", "clockwork", "time-tracker"]
        .map(|surface| (surface, twin.headers(surface, ANNA, surface)))
    {
        let mut request = Request::get("/v1/worklog").body(Body::empty()).unwrap();
        request.headers_mut().extend(headers);
        assert_eq!(twin.send(request).json()["sandbox"], surface, "its credential leads there");
        let there = twin.get(&format!("/_twin/sandboxes/{surface}/requests")).json();
        assert_eq!(there["requests"][0]["near_misses"][0]["operation"], "listWorklogs");
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_kept_either() {
    let twin = TestTwin::studio();
    let json = "application/json";
    for (query, body) in [
        ("?issue_key=SSP-3&api_token=s3cret&X-Api-Key=s3cret", "{}"),
        ("", r#"{"issue_key":"SSP-3","Authorization":"s3cret"}"#),
        ("", r#"{"deep":[{"apiKey":["s3cret"]}],"issue_key":"SSP-3"}"#),
        ("", r#"{"issue_key":"SSP-3","token":"s3cret"#),
        ("", r#""api_key=s3cret"#),
    ] {
        post(&twin, "clockwork", &format!("/v1/start_timer{query}"), json, body);
    }
    let form = "application/x-www-form-urlencoded";
    post(&twin, "clockwork", "/v1/start_timer", form, "issue_key=SSP-3&password=s3cret");
    let journal = twin.get(&format!("{MAIN}/requests")).text();
    assert!(!journal.contains("s3cret"), "{journal}");
    assert_eq!(record(&twin, 1)["query"], "issue_key=SSP-3&api_token=REDACTED&X-Api-Key=REDACTED");
    assert_eq!(
        record(&twin, 3)["body"],
        json!({ "deep": [{ "apiKey": "REDACTED" }], "issue_key": "SSP-3" })
    );
    assert_eq!(record(&twin, 6)["body"], "issue_key=SSP-3&password=REDACTED");
    let plain = r#"{"issue_key":"SSP-3","comment":"the token ring, at last"}"#;
    timer(&twin, plain);
    assert_eq!(record(&twin, 7)["body"]["comment"], "the token ring, at last", "what is not stays");
}

#[test]
fn secrets_are_nowhere_in_the_journal() {
    let twin = TestTwin::studio();
    let secrets =
        ["NjQ2YzRkMTIxYzQxODY1MjU5NGJkNTUx", "kd83hf+72/jd==", "c10ckw0rk-t0ken-0f-somebody"];
    for surface in ["clockify", "clockodo", "clockwork", "time-tracker"] {
        let known = twin.headers(surface, ANNA, "main");
        for secret in secrets {
            let path = match surface {
                "clockify" => "/api/v1/user",
                "clockodo" => "/api/v2/entries",
                "clockwork" => "/v1/worklogs",
                _ => "/api/1/worklog?start=2026-06-01",
            };
            let mut request = Request::get(path).body(Body::empty()).unwrap();
            for (header, value) in &known {
                let text = value.to_str().unwrap();
                let text = text
                    .rsplit_once(' ')
                    .map_or(secret.to_owned(), |(scheme, _)| format!("{scheme} {secret}"));
                let is_mail = value.to_str().unwrap().contains('@');
                let text = if is_mail { value.to_str().unwrap().to_owned() } else { text };
                request.headers_mut().insert(header, text.parse().unwrap());
            }
            let refused = twin.send(request);
            assert_eq!(refused.status, 401, "{surface}: {}", refused.text());
        }
    }
    let encoded = "kd83hf%2B72%2Fjd%3D%3D";
    let by_query = Request::get(format!("/api/1/worklog?start=2026-06-01&Apikey={encoded}"));
    twin.send(by_query.body(Body::empty()).unwrap());
    let journal = twin.get(&format!("{MAIN}/requests")).text();
    let metrics = twin.get("/_twin/metrics").text();
    let sandboxes = twin.get("/_twin/sandboxes").text();
    let snapshot = twin.get(&format!("{MAIN}/snapshot"));
    let snapshot = String::from_utf8_lossy(&snapshot.body).into_owned();
    for secret in secrets.into_iter().chain([encoded]) {
        for place in [&journal, &metrics, &sandboxes, &snapshot] {
            assert!(!place.contains(secret), "{secret}");
        }
    }
    assert!(journal.contains("Apikey=REDACTED"));
}

fn verify(twin: &TestTwin, expectations: &Value) -> Answer {
    twin.post(&format!("{MAIN}/requests/verify"), expectations)
}

/// A timer started twice (the second time in vain) and stopped, by Anna; a list by Ben.
fn story() -> TestTwin {
    let twin = TestTwin::studio();
    timer(&twin, "{\"issue_key\":\"SSP-3\",\"comment\":\"x\"}");
    timer(&twin, "{\"issue_key\":\"SSP-3\"}");
    twin.advance("main", "PT5M");
    twin.timer("stop", ANNA, "SSP-3", "main");
    twin.clockwork(Method::GET, "/v1/worklogs", "ben@studio.example", "main");
    twin
}

#[test]
fn what_came_as_expected_is_verified() {
    let twin = story();
    let met = |expectation: Value| {
        let answer = verify(&twin, &json!({ "expectations": [expectation] }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["differences"], json!([]));
        answer.json()["matched"][0].as_u64().unwrap()
    };
    assert_eq!(met(json!({ "operation": "startTimer" })), 2, "without a number, once or more");
    assert_eq!(met(json!({ "operation": "startTimer", "exactly": 2 })), 2);
    assert_eq!(met(json!({ "operation": "startTimer", "status": 200, "exactly": 1 })), 1);
    assert_eq!(met(json!({ "operation": "startTimer", "at_least": 1, "at_most": 2 })), 2);
    assert_eq!(met(json!({ "person": ANNA, "at_least": 3 })), 3);
    assert_eq!(met(json!({ "surface": "clockify", "exactly": 0 })), 0);
    assert_eq!(met(json!({ "method": "get", "path": "/v1/worklogs" })), 1);
    assert_eq!(met(json!({ "body": { "issue_key": "SSP-3" }, "exactly": 2 })), 2);
    assert_eq!(met(json!({ "body": { "comment": "x" }, "exactly": 1 })), 1);
    let form = "application/x-www-form-urlencoded";
    post(&twin, "clockwork", "/v1/stop_timer", form, "issue_key=SSP-3&keys[]=a&keys[]=b");
    assert_eq!(met(json!({ "body": { "issue_key": "SSP-3", "keys[]": ["a", "b"] } })), 1, "a form");
    let order = json!({ "expectations": [
        { "operation": "startTimer", "status": 200 },
        { "operation": "stopTimer" },
        { "operation": "listWorklogs", "person": "ben@studio.example" },
    ], "in_order": true });
    assert_eq!(verify(&twin, &order).status, 200);
    assert_eq!(verify(&twin, &json!({ "expectations": [] })).status, 200);
}

#[test]
fn what_did_not_is_told_with_what_came_closest() {
    let twin = story();
    let answer = verify(
        &twin,
        &json!({ "expectations": [
        { "operation": "stopTimer", "exactly": 1 },
        { "operation": "startTimer", "body": { "issue_key": "SSP-4" } },
        { "operation": "listWorklogs", "at_most": 0 },
    ] }),
    );
    assert_eq!(answer.status, 409);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(name(&answer), "not-as-expected");
    let body = answer.json();
    assert_eq!(body["matched"], json!([1, 0, 1]));
    let differences = body["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 2);
    assert_eq!(differences[0]["expectation"], 1);
    assert_eq!(
        differences[0]["message"],
        "expected at least 1 of startTimer with {\"issue_key\":\"SSP-4\"}, but there is none"
    );
    let closest = &differences[0]["closest"][0];
    assert_eq!(
        (&closest["id"], &closest["request"]),
        (&record(&twin, 2)["id"], &json!("POST /v1/start_timer"))
    );
    assert_eq!(closest["differs"], json!(["body.issue_key is \"SSP-3\", not \"SSP-4\""]));
    assert_eq!(differences[1]["message"], "expected at most 0 of listWorklogs, but there is 1");
    let detail = body["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("expected at least 1 of startTimer")
            && detail.ends_with("(1 more differences)."),
        "{detail}"
    );
    let order = verify(
        &twin,
        &json!({ "expectations": [
        { "operation": "stopTimer" }, { "operation": "startTimer" },
    ], "in_order": true }),
    );
    assert_eq!(order.status, 409);
    let message = order.json()["differences"][0]["message"].as_str().unwrap().to_owned();
    let last = record(&twin, 3)["id"].as_str().unwrap().to_owned();
    assert!(message.contains(&format!("not after request {last}")), "{message}");
}

#[test]
fn an_expectation_of_something_unheard_of_is_refused() {
    let twin = story();
    problem(&verify(&twin, &json!({ "expectations": [{ "operation": "stealTimer" }] })), 404);
    problem(&verify(&twin, &json!({ "expectations": [{ "surface": "fax" }] })), 404);
    problem(
        &verify(
            &twin,
            &json!({ "expectations": [{ "surface": "clockodo", "operation": "startTimer" }] }),
        ),
        404,
    );
    problem(&verify(&twin, &json!({ "expectations": [{ "colour": "red" }] })), 400);
    problem(&verify(&twin, &json!({})), 400);
    problem(
        &twin.post("/_twin/sandboxes/nobody/requests/verify", &json!({ "expectations": [] })),
        404,
    );
}

#[test]
fn requests_are_counted_with_the_filters_of_the_list() {
    let twin = story();
    let count =
        |query: &str| twin.get(&format!("{MAIN}/requests/count{query}")).json()["count"].clone();
    assert_eq!(count(""), 4);
    assert_eq!(count("?operation=startTimer"), 2);
    assert_eq!(count("?operation=startTimer&status=200"), 1);
    assert_eq!(count("?person=ben@studio.example"), 1);
    assert_eq!(count("?method=GET"), 1);
    assert_eq!(count("?since=2026-06-12T10:05:00Z"), 2);
    problem(&twin.get(&format!("{MAIN}/requests/count?colour=red")), 400);
}

/// The events of a feed, until `wanted` have come.
async fn events(body: &mut Body, wanted: usize) -> Vec<(u64, Value)> {
    let mut text = String::new();
    while text.matches("event: request\n").count() < wanted {
        let frame = body.frame().await.expect("the feed goes on").unwrap();
        text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    let events = text.split("\n\n").filter(|event| event.starts_with("id: "));
    events
        .map(|event| {
            let mut lines = event.lines();
            let id = lines.next().unwrap().strip_prefix("id: ").unwrap();
            let id = uuids::count(id.parse().unwrap());
            assert_eq!(lines.next(), Some("event: request"));
            let data = lines.next().unwrap().strip_prefix("data: ").unwrap();
            (id, serde_json::from_str(data).unwrap())
        })
        .collect()
}

async fn feed(twin: &TestTwin, query: &str, last: Option<&str>) -> Body {
    let mut request = Request::get(format!("{MAIN}/requests/stream{query}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = twin.front.answer(request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    response.into_body()
}

#[test]
fn the_feed_tells_each_request_as_it_is_answered() {
    let twin = TestTwin::studio();
    twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "main");
    // A feed keeps its pulse on the runtime that began it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut all = runtime.block_on(feed(&twin, "", None));
    let mut starts = runtime.block_on(feed(&twin, "?operation=startTimer", None));
    let mut resumed = runtime.block_on(feed(&twin, "", Some("0")));
    twin.timer("start", ANNA, "SSP-3", "main");
    twin.timer("stop", ANNA, "SSP-3", "main");
    twin.timer("start", ANNA, "SSP-14", "main");
    let operations = |events: &[(u64, Value)]| -> Vec<(u64, String)> {
        events
            .iter()
            .map(|(id, record)| (*id, record["operation"].as_str().unwrap().to_owned()))
            .collect()
    };
    let seen = runtime.block_on(events(&mut all, 3));
    assert_eq!(
        operations(&seen),
        [(2, "startTimer".into()), (3, "stopTimer".into()), (4, "startTimer".to_owned())],
        "what comes after it was opened"
    );
    assert_eq!(seen[0].1, record(&twin, 2), "each event is the record");
    assert_eq!(operations(&runtime.block_on(events(&mut starts, 2))).len(), 2);
    assert_eq!(
        operations(&runtime.block_on(events(&mut resumed, 4)))[0],
        (1, "listWorklogs".to_owned())
    );
    twin.delete(&format!("{MAIN}/requests"));
    twin.timer("stop", ANNA, "SSP-14", "main");
    assert_eq!(
        operations(&runtime.block_on(events(&mut all, 1))),
        [(1, "stopTimer".to_owned())],
        "counted anew"
    );
    problem(&twin.get("/_twin/sandboxes/nobody/requests/stream"), 404);
    problem(&twin.get(&format!("{MAIN}/requests/stream?colour=red")), 400);
}

#[test]
fn a_feed_waits_and_ends_with_its_sandbox() {
    let twin = TestTwin::studio();
    twin.put("/_twin/sandboxes/other", &json!({}));
    let request =
        Request::get("/_twin/sandboxes/other/requests/stream").body(Body::empty()).unwrap();
    block_on(async {
        let mut body = twin.front.answer(request).await.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(&first[..], b": connected\n\n");
        let front = &twin.front;
        let (next, _) = tokio::join!(body.frame(), async {
            tokio::task::yield_now().await;
            let drop = Request::delete("/_twin/sandboxes/other").body(Body::empty()).unwrap();
            front.answer(drop).await
        });
        assert!(next.is_none(), "the sandbox is gone");
    });
    assert_eq!(twin.twin.sandboxes().names(), ["main"], "a feed keeps no sandbox in use");
}

#[test]
fn long_paths_and_names_make_room_for_newer_records() {
    let mut journal = Journal::new("main", 1000);
    let names = vec!["x".repeat(64 * 1024)];
    for _ in 0..300 {
        journal.push(Record { unknown_fields: names.clone(), ..Record::default() });
    }
    assert!((64..=66).contains(&journal.len()), "4 MiB of texts: {}", journal.len());
    assert_eq!(journal.dropped(), 300 - journal.len() as u64);
    journal.clear();
    for _ in 0..1200 {
        journal.push(Record { path: "/v1/worklogs".to_owned(), ..Record::default() });
    }
    assert_eq!((journal.len(), journal.dropped()), (1000, 200), "usual ones are bounded by number");
}

#[test]
fn a_feed_says_what_it_has_missed() {
    let mut twin = TestTwin::studio();
    let setup = timetwin::twin::Setup {
        bounds: timetwin::kernel::sandbox::Bounds { journal: 3, ..Default::default() },
        ..twin.twin.setup().clone()
    };
    twin = TestTwin::of(timetwin::twin::Twin::new(setup).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut slow = runtime.block_on(feed(&twin, "", None));
    (0..5).for_each(|_| drop(twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "main")));
    let text = runtime.block_on(async {
        let mut text = String::new();
        while text.matches("event: request\n").count() < 3 {
            let frame = slow.frame().await.expect("the feed goes on").unwrap();
            text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
        text
    });
    assert!(text.contains("event: dropped\ndata: 2\n\nid: "), "{text}");
}
