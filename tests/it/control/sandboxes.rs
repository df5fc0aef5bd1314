//! Worlds on demand: listing, making, forking, resetting and dropping sandboxes; credentials; ledgers.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use timetwin::kernel::sandbox::Bounds;

use super::{MAIN, name, problem};
use crate::support::{Stage, TestTwin};

const ANNA: &str = "anna@studio.example";

fn names(twin: &TestTwin) -> Vec<String> {
    let list = twin.get("/_twin/sandboxes").json();
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn hours(twin: &TestTwin, sandbox: &str) -> usize {
    let ledger = twin.get(&format!("/_twin/sandboxes/{sandbox}/ledger?system=jira"));
    ledger.json().as_array().unwrap().len()
}

/// An hour of Anna's on SSP-3, by Clockwork.
fn work(twin: &TestTwin, sandbox: &str) {
    assert_eq!(twin.timer("start", ANNA, "SSP-3", sandbox).status, 200);
    twin.advance(sandbox, "PT1H");
    assert_eq!(twin.timer("stop", ANNA, "SSP-3", sandbox).status, 200);
}

#[test]
fn health_names_the_version() {
    let answer = TestTwin::studio().get("/_twin/health");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }));
}

#[test]
fn the_list_shows_each_sandbox() {
    let twin = TestTwin::studio();
    assert_eq!(
        twin.get("/_twin/sandboxes").json(),
        json!([{
            "name": "main", "version": 0,
            "clock": { "mode": "frozen", "now": "2026-06-12T10:00:00Z" },
            "revision": "documented", "limits": "vendor", "requests": 0,
        }])
    );
    work(&twin, "zebra");
    let made = twin.put(
        "/_twin/sandboxes/apple",
        &json!({ "at": "2026-06-15T08:00:00Z", "revision": "current", "limits": "off" }),
    );
    assert_eq!(made.status, 201);
    let list = twin.get("/_twin/sandboxes").json();
    assert_eq!(names(&twin), ["apple", "main", "zebra"]);
    assert_eq!(list[0], made.json());
    assert_eq!(
        list[0],
        json!({
            "name": "apple", "version": 0,
            "clock": { "mode": "frozen", "now": "2026-06-15T08:00:00Z" },
            "revision": "current", "limits": "off", "requests": 0,
        })
    );
    assert_eq!((&list[2]["version"], &list[2]["requests"]), (&json!(3), &json!(2)));
}

#[test]
fn a_sandbox_is_made_from_a_scenario_or_from_another() {
    let twin = TestTwin::studio();
    let whole = hours(&twin, "main");
    let made = twin.put("/_twin/sandboxes/small", &json!({ "scenario": "bare" }));
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(hours(&twin, "small"), 0);
    work(&twin, "main");
    let fork = twin.put("/_twin/sandboxes/fork", &json!({ "from": "main" }));
    assert_eq!(fork.status, 201);
    assert_eq!(fork.json()["clock"]["now"], "2026-06-12T11:00:00Z", "a fork keeps the time");
    assert_eq!(hours(&twin, "fork"), whole + 1);
    work(&twin, "fork");
    assert_eq!((hours(&twin, "fork"), hours(&twin, "main")), (whole + 2, whole + 1));
    assert_eq!(twin.post("/_twin/sandboxes/fork/reset", &json!({})).status, 204);
    assert_eq!(hours(&twin, "fork"), whole + 1, "a fork goes back to what it was forked from");
    let again = twin.put("/_twin/sandboxes/fork", &json!({}));
    assert_eq!(again.status, 200, "it was there");
    assert_eq!((hours(&twin, "fork"), hours(&twin, "main")), (whole, whole + 1));
    let empty = twin.control(Method::PUT, "/_twin/sandboxes/plain", None);
    assert_eq!(empty.status, 201, "a body is not needed");
}

#[test]
fn a_plan_holds_for_every_workspace_of_a_sandbox() {
    let twin = TestTwin::studio();
    let plans = |sandbox: &str| -> Vec<Option<String>> {
        let root = twin.twin.sandbox(sandbox).unwrap().store.read();
        let homes = root.value.clockify.workspaces.iter();
        homes.map(|home| home.plan.name().map(str::to_owned)).collect()
    };
    let own = plans("main");
    assert!(own.contains(&Some("PRO_2021".to_owned())) && own.contains(&None), "{own:?}");
    for (plan, name) in [
        ("free", None),
        ("basic", Some("BASIC_2021")),
        ("standard", Some("STANDARD_2021")),
        ("pro", Some("PRO_2021")),
        ("enterprise", Some("ENTERPRISE_2021")),
    ] {
        let made = twin.put("/_twin/sandboxes/paid", &json!({ "plan": plan }));
        assert_eq!(made.json()["plan"], plan);
        assert!(plans("paid").iter().all(|has| has.as_deref() == name), "{plan}");
    }
    let fork = twin.put("/_twin/sandboxes/fork", &json!({ "from": "paid" }));
    assert_eq!(fork.json()["plan"], "enterprise");
    assert_eq!((plans("fork"), plans("main")), (plans("paid"), own));
    problem(&twin.put("/_twin/sandboxes/paid", &json!({ "plan": "gold" })), 400);
}

#[test]
fn what_is_made_of_one_scenario_at_one_instant_shares_it() {
    let twin = TestTwin::studio();
    let make = |name: &str, body: Value| {
        assert_eq!(twin.put(&format!("/_twin/sandboxes/{name}"), &body).status, 201);
        let sandbox = twin.twin.sandbox(name).unwrap();
        let origin = sandbox.origin();
        origin.base.clone().unwrap_or_else(|| Arc::clone(origin))
    };
    let first = Arc::clone(twin.twin.sandboxes().origin());
    let shares = |one: &Arc<_>, two: &Arc<_>| Arc::ptr_eq(one, two);
    for (name, body) in [
        ("a", json!({})),
        ("b", json!({ "revision": "current", "limits": "off" })),
        ("c", json!({ "at": "2026-06-12T10:00:00Z" })),
        ("d", json!({ "at": "2026-06-12T12:00:00+02:00", "limits": "off" })),
    ] {
        assert!(shares(&make(name, body.clone()), &first), "{body}");
    }
    let monday = make("e", json!({ "at": "2026-06-15T10:00:00Z" }));
    assert!(shares(&make("f", json!({ "at": "2026-06-15T10:00:00Z", "limits": "off" })), &monday));
    assert!(!shares(&monday, &first), "its dates count from another instant");
    let bare = make("g", json!({ "scenario": "bare" }));
    assert!(shares(&make("h", json!({ "scenario": "bare", "revision": "current" })), &bare));
    for name in ["g", "h"] {
        assert_eq!(twin.timer("start", ANNA, "DEMO-1", name).status, 200);
        twin.advance(name, "PT1H");
        assert_eq!(twin.timer("stop", ANNA, "DEMO-1", name).status, 200);
        assert_eq!(hours(&twin, name), 1, "and yet each has its own");
    }
    let gone = std::sync::Arc::downgrade(&bare);
    drop(bare);
    twin.delete("/_twin/sandboxes/g");
    twin.delete("/_twin/sandboxes/h");
    assert!(gone.upgrade().is_none(), "with the last of them it goes");
}

#[test]
fn what_makes_no_sandbox_is_refused() {
    let twin = TestTwin::studio();
    let put = |name: &str, body: &Value| twin.put(&format!("/_twin/sandboxes/{name}"), body);
    assert_eq!(name(&put("a%20b", &json!({}))), "bad-sandbox-name");
    problem(&put("a%20b", &json!({})), 400);
    problem(&put(&"x".repeat(65), &json!({})), 400);
    problem(&put("x", &json!({ "scenario": "bare", "from": "main" })), 400);
    let detail = problem(&put("x", &json!({ "scenario": "unheard" })), 422);
    assert!(detail.contains("studio, bare and migration"), "{detail}");
    problem(&put("x", &json!({ "scenario": "../studio" })), 422);
    problem(&put("x", &json!({ "from": "nobody" })), 404);
    problem(&put("x", &json!({ "at": "noon" })), 400);
    problem(&put("x", &json!({ "at": "1815-06-18T11:00:00Z" })), 400);
    problem(&put("x", &json!({ "limits": "none" })), 400);
    problem(&put("x", &json!({ "revision": "v2" })), 400);
    let detail = problem(&put("x", &json!({ "clock": "real" })), 400);
    assert!(detail.contains("clock"), "the unknown member is named: {detail}");
    let text = axum::http::Request::put("/_twin/sandboxes/x").body("{".into()).unwrap();
    problem(&twin.send(text), 400);
    assert_eq!(names(&twin), ["main"]);
}

#[test]
fn reset_brings_back_the_first_state_and_empties_the_journal() {
    let twin = TestTwin::studio();
    let before = twin.get(&format!("{MAIN}/ledger")).json();
    work(&twin, "main");
    assert_ne!(twin.get(&format!("{MAIN}/ledger")).json(), before);
    let reset = twin.control(Method::POST, &format!("{MAIN}/reset"), None);
    assert_eq!((reset.status.as_u16(), reset.body.len()), (204, 0));
    assert_eq!(twin.get(&format!("{MAIN}/ledger")).json(), before);
    assert_eq!(twin.get(&format!("{MAIN}/clock")).json()["now"], "2026-06-12T10:00:00Z");
    assert_eq!(twin.get(&format!("{MAIN}/requests")).json()["requests"], json!([]));
    problem(&twin.post("/_twin/sandboxes/nobody/reset", &json!({})), 404);
    work(&twin, "main");
    let first = twin.get(&format!("{MAIN}/ledger")).json();
    twin.post(&format!("{MAIN}/reset"), &json!({}));
    work(&twin, "main");
    assert_eq!(twin.get(&format!("{MAIN}/ledger")).json(), first, "the same ids come again");
}

#[test]
fn dropping_leaves_main_and_makes_room_for_a_fresh_fork() {
    let twin = TestTwin::studio();
    let whole = hours(&twin, "main");
    work(&twin, "other");
    assert_eq!(hours(&twin, "other"), whole + 1);
    assert_eq!(twin.delete("/_twin/sandboxes/other").status, 204);
    assert_eq!(names(&twin), ["main"]);
    problem(&twin.get("/_twin/sandboxes/other/ledger"), 404);
    let again = twin.delete("/_twin/sandboxes/other");
    problem(&again, 404);
    assert_eq!(name(&again), "unknown-sandbox");
    let main = twin.delete(MAIN);
    problem(&main, 409);
    assert_eq!(name(&main), "main-stays");
    assert_eq!(twin.timer("start", ANNA, "SSP-3", "other").status, 200, "it is there again");
    assert_eq!(hours(&twin, "other"), whole);
}

#[test]
fn a_full_server_names_the_reason_in_every_dialect() {
    let stage = Stage { bounds: Bounds { sandboxes: 2, ..Bounds::default() }, ..Stage::default() };
    let twin = TestTwin::on(&stage);
    let held = twin.twin.sandboxes().enter("held", |_| true).unwrap();
    let full = twin.put("/_twin/sandboxes/next", &json!({}));
    problem(&full, 409);
    assert_eq!(name(&full), "sandboxes-full");
    for (surface, path) in [
        ("clockify", "/api/v1/user"),
        ("clockodo", "/api/v2/entries"),
        ("clockwork", "/v1/worklogs"),
        ("time-tracker", "/api/1/worklog?start=2026-06-01"),
    ] {
        let vendor = twin.raw(Method::GET, surface, &format!("/~next{path}"), ANNA);
        let limited = {
            let rule = json!({ "rules": [{ "effect": { "rate_limited": true } }] });
            twin.put(&format!("{MAIN}/faults"), &rule);
            twin.raw(Method::GET, surface, path, ANNA)
        };
        twin.delete(&format!("{MAIN}/faults"));
        assert_eq!((vendor.status.as_u16(), limited.status.as_u16()), (429, 429), "{surface}");
        let kind = |answer: &super::Raw| answer.headers.get("content-type").cloned();
        assert_eq!(kind(&vendor), kind(&limited), "{surface} says it its own way");
        assert_eq!(vendor.headers["x-timetwin-trouble"], "sandboxes-full", "and why it is");
        assert!(!limited.headers.contains_key("x-timetwin-trouble"));
    }
    assert_eq!(twin.raw(Method::GET, "clockify", "/~next/nowhere", ANNA).status, 404);
    assert_eq!(names(&twin), ["held", "main"]);
    let journal = twin.get(&format!("{MAIN}/requests")).json();
    let troubles = journal["requests"].as_array().unwrap().iter();
    let troubles: Vec<&Value> = troubles.map(|row| &row["trouble"]).collect();
    let full = json!("sandboxes-full");
    assert_eq!(troubles.iter().filter(|trouble| ***trouble == full).count(), 5, "{troubles:?}");
    drop(held);
    assert_eq!(twin.put("/_twin/sandboxes/next", &json!({})).status, 201);
    assert_eq!(names(&twin), ["main", "next"], "the idle one made room");
}

#[test]
fn nobody_without_a_credential_makes_or_evicts_a_sandbox() {
    let stage = Stage { bounds: Bounds { sandboxes: 3, ..Bounds::default() }, ..Stage::default() };
    let twin = TestTwin::on(&stage);
    let whole = hours(&twin, "main");
    work(&twin, "precious");
    for n in 0..20 {
        for (path, key) in
            [("/api/v1/user", None), ("/api/v1/user", Some("no-such-key")), ("/nowhere", None)]
        {
            let mut request = axum::http::Request::get(format!("/~flood{n}{path}"));
            if let Some(key) = key {
                request = request.header("x-api-key", format!("{key}~flood{n}"));
            }
            let answer = twin.send(request.body(axum::body::Body::empty()).unwrap());
            assert!(matches!(answer.status.as_u16(), 401 | 404), "{}", answer.text());
        }
    }
    assert_eq!(names(&twin), ["main", "precious"]);
    assert_eq!(hours(&twin, "precious"), whole + 1);
    let seen = twin.get(&format!("{MAIN}/requests?status=401")).json();
    assert_eq!(seen["requests"].as_array().unwrap().len(), 40, "main's journal has them");
    assert_eq!(twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "mine").status, 200);
    assert_eq!(names(&twin), ["main", "mine", "precious"], "who is known makes one");
}

#[test]
fn a_prefix_or_a_credential_leads_to_a_sandbox_and_the_prefix_wins() {
    let twin = TestTwin::studio();
    let path = |prefix: &str| format!("{prefix}/v1/start_timer?issue_key=SSP-3");
    let send = |path: &str, sandbox: &str| {
        twin.clockwork(Method::POST, path, ANNA, sandbox).status.as_u16()
    };
    assert_eq!(send(&path("/~blue"), "main"), 200);
    assert_eq!(send(&path("/%7Eblue"), "main"), 422, "the timer runs in it already");
    assert_eq!(send(&path(""), "blue"), 422);
    assert_eq!(send(&path("/~red"), "blue"), 200);
    assert_eq!(send(&path(""), "main"), 200);
    assert_eq!(names(&twin), ["blue", "main", "red"]);
}

#[test]
fn credentials_are_ready_to_paste() {
    let twin = TestTwin::studio();
    let all = twin.get("/_twin/credentials").json();
    let all = all.as_array().unwrap();
    let anna =
        all.iter().find(|row| row["surface"] == "clockwork" && row["person"] == ANNA).unwrap();
    assert_eq!(
        anna,
        &json!({
            "surface": "clockwork", "person": ANNA, "name": "Anna Berger", "role": "user",
            "headers": { "Authorization": "Token demo-clockwork-anna" }, "query": {},
            "base_url": "http://twin.example/v1",
        })
    );
    let key =
        all.iter().find(|row| row["surface"] == "time-tracker" && row["person"] == ANNA).unwrap();
    assert_eq!(key["query"], json!({ "Apikey": "demo/time+tracker/anna==" }));
    for surface in timetwin::vendors::SURFACES {
        let first = all.iter().find(|row| row["surface"] == surface.name).unwrap();
        assert_eq!(first["person"], ANNA, "the owner comes first on {}", surface.name);
        assert!(first["base_url"].as_str().unwrap().starts_with("http://twin.example"));
    }
}

#[test]
fn credentials_of_a_sandbox_carry_its_name_and_work() {
    let twin = TestTwin::studio();
    let all = twin.get("/_twin/credentials?sandbox=test42").json();
    assert_eq!(names(&twin), ["main"], "asking makes no sandbox");
    let row = &all.as_array().unwrap().iter().find(|row| row["surface"] == "clockwork").unwrap();
    let header = row["headers"]["Authorization"].as_str().unwrap();
    assert!(header.ends_with("~test42"), "{header}");
    let request =
        axum::http::Request::get("/v1/worklogs?starting_at=2026-06-12&ending_at=2026-06-12")
            .header("authorization", header)
            .body(axum::body::Body::empty())
            .unwrap();
    assert_eq!(twin.send(request).status, 200);
    assert_eq!(names(&twin), ["main", "test42"]);
    problem(&twin.get("/_twin/credentials?sandbox=a%20b"), 400);
    problem(&twin.get("/_twin/credentials?name=x"), 400);
}

#[test]
fn the_ledger_reads_out_every_system() {
    let twin = TestTwin::studio();
    let whole = hours(&twin, "main");
    work(&twin, "main");
    let ledger = twin.get(&format!("{MAIN}/ledger?system=jira")).json();
    let rows = ledger.as_array().unwrap();
    assert_eq!(rows.len(), whole + 1);
    let last = rows.iter().find(|row| row["start"] == "2026-06-12T10:00:00Z" && row["who"] == ANNA);
    let last = last.unwrap();
    assert_eq!(
        last,
        &json!({
            "system": "jira", "who": ANNA, "what": "SSP-3", "start": "2026-06-12T10:00:00Z",
            "seconds": 3600, "note": "", "billable": true, "native_id": last["native_id"],
        })
    );
    let all = twin.get(&format!("{MAIN}/ledger")).json();
    let systems: std::collections::BTreeSet<&str> =
        all.as_array().unwrap().iter().map(|row| row["system"].as_str().unwrap()).collect();
    let known: std::collections::BTreeSet<&str> =
        timetwin::vendors::SYSTEMS.iter().map(|system| system.name).collect();
    assert_eq!(systems, known);
    problem(&twin.get(&format!("{MAIN}/ledger?system=excel")), 404);
    problem(&twin.get(&format!("{MAIN}/ledger?of=jira")), 400);
    problem(&twin.get("/_twin/sandboxes/nobody/ledger"), 404);
}

/// The ids of all work in a sandbox, with their system.
fn native_ids(twin: &TestTwin, sandbox: &str) -> BTreeSet<String> {
    let ledger = twin.get(&format!("/_twin/sandboxes/{sandbox}/ledger")).json();
    let rows = ledger.as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", row["system"], row["native_id"])).collect()
}

#[test]
fn sandboxes_with_a_salt_share_no_id() {
    let twin = TestTwin::studio();
    for (name, salt) in [("p1", "one"), ("p2", "two"), ("p3", "one")] {
        let made = twin.put(&format!("/_twin/sandboxes/{name}"), &json!({ "salt": salt }));
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(made.json()["salt"], salt);
        work(&twin, name);
    }
    work(&twin, "main");
    let [one, two, again, main] = ["p1", "p2", "p3", "main"].map(|name| native_ids(&twin, name));
    assert_eq!(one, again, "the same salt gives the same ids");
    assert_eq!(one.len(), main.len());
    assert!(one.is_disjoint(&two) && one.is_disjoint(&main) && two.is_disjoint(&main));
    assert!(twin.get("/_twin/sandboxes/main").json().get("salt").is_none());
    // A fork keeps the ids it has; new ones have its own salt.
    let fork = twin.put("/_twin/sandboxes/fork", &json!({ "from": "main", "salt": "three" }));
    assert_eq!(fork.status, 201, "{}", fork.text());
    work(&twin, "fork");
    work(&twin, "main");
    let (fork, later) = (native_ids(&twin, "fork"), native_ids(&twin, "main"));
    assert_eq!(fork.intersection(&later).count(), main.len());
    // A snapshot has the salt too.
    let copy = twin.get("/_twin/sandboxes/p1/snapshot").body;
    let copy = Request::put("/_twin/sandboxes/copy/snapshot").body(Body::from(copy)).unwrap();
    assert_eq!(twin.send(copy).json()["salt"], "one");
    work(&twin, "copy");
    work(&twin, "p1");
    assert_eq!(native_ids(&twin, "copy"), native_ids(&twin, "p1"));
}

#[test]
fn a_salt_has_1_to_64_bytes() {
    let twin = TestTwin::studio();
    for salt in [String::new(), "x".repeat(65)] {
        let answer = twin.put("/_twin/sandboxes/a", &json!({ "salt": salt }));
        problem(&answer, 400);
        assert_eq!(name(&answer), "bad-salt");
    }
    assert_eq!(names(&twin), ["main"]);
}
