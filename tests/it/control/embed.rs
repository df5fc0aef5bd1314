//! The Rust API: twins in the process of a test.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use timetwin::Timetwin;
use timetwin::deliver::Authorities;
use timetwin::deliver::client::client;
use timetwin::embed::{
    Client, Error, Fault, Faults, Fragment, Limits, Person, Project, Role, SandboxSpec, SystemName,
    Task, Work,
};
use timetwin::kernel::faults::Rule;

use crate::socket::folder;
use crate::support::block_on;

const AT: &str = "2026-06-12T10:00:00Z";

async fn get(url: &str, headers: &[(String, String)]) -> (u16, String) {
    let mut request = client(false, &Authorities::default()).unwrap().get(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn work() -> Value {
    json!({"work": [{"who": "anna", "on": "DEMO-1", "start": "d-1 09:00", "seconds": 60}]})
}

#[test]
fn faults_are_the_rules_of_the_control_api() {
    let faults = Faults::from([
        Fault::first(1).rate_limited(),
        Fault::on("clockify").operation("createTimeEntry").every(3).status(503),
        Fault::operation("getTags").method("GET").path("/api/*").person("a@b.example").reset(),
        Fault::probability(0.2, 7).delay(Duration::from_millis(200)).truncate(100),
        Fault::always().slow(500).content_type("text/html").duplicate(2),
        Fault::every(2).delay_lognormal(Duration::from_millis(50), 0.5),
        Fault::always().reset_after(),
    ]);
    let rules: Vec<Rule> = faults.into();
    let same = json!([
        {"when": {"first": 1}, "effect": {"rate_limited": true}},
        {"match": {"surface": "clockify", "operation": "createTimeEntry"}, "when": {"every": 3},
            "effect": {"status": 503}},
        {"match": {"operation": "getTags", "method": "GET", "path": "/api/*", "person": "a@b.example"},
            "effect": {"reset": true}},
        {"when": {"probability": 0.2, "seed": 7}, "effect": {"delay": "PT0.2S", "truncate": 100}},
        {"effect": {"slow": {"bytes_per_second": 500}, "content_type": "text/html", "duplicate": 2}},
        {"when": {"every": 2}, "effect": {"delay_lognormal": {"median": "PT0.05S", "sigma": 0.5}}},
        {"effect": {"reset": "after"}},
    ]);
    assert_eq!(rules, serde_json::from_value::<Vec<Rule>>(same).unwrap());
}

#[test]
fn a_client_works_with_what_the_twin_gives_it() {
    block_on(async {
        let twin = Timetwin::builder().scenario("studio").at(AT).start().await.unwrap();
        for surface in ["clockify", "clockodo", "clockwork", "time-tracker"] {
            let anna = twin.credentials(surface).unwrap().remove(0);
            assert_eq!(anna.person, "anna@studio.example", "{surface}");
            let path = match surface {
                "clockify" => "/user",
                "clockodo" => {
                    "/v2/entries?time_since=2026-06-12T00:00:00Z&time_until=2026-06-13T00:00:00Z"
                }
                "clockwork" => "/worklogs",
                _ => "/api/1/worklog?start=2026-06-12",
            };
            let mut headers = anna.headers.clone();
            headers.push(("X-Clockodo-External-Application".into(), "test;a@b.example".into()));
            let (status, body) = get(&format!("{}{path}", anna.base_url), &headers).await;
            assert_eq!(status, 200, "{surface}: {body}");
        }
        let requests = twin.requests().unwrap();
        let surfaces: Vec<Option<&str>> = requests.iter().map(|record| record.surface).collect();
        assert_eq!(surfaces, ["clockify", "clockodo", "clockwork", "time-tracker"].map(Some));
        assert!(requests.iter().all(|r| r.person.as_deref() == Some("anna@studio.example")));
        let key = twin.credentials("time-tracker").unwrap().remove(0).query;
        assert_eq!(key[0].0, "Apikey");
        assert!(matches!(twin.credentials("fax"), Err(Error::Unknown { .. })));
    });
}

#[test]
fn many_live_in_one_process_and_each_ends_when_dropped() {
    block_on(async {
        let mut twins = Vec::new();
        for n in 0..5 {
            let at = format!("203{n}-01-01T00:00:00Z");
            twins.push(Timetwin::builder().scenario("bare").at(&at).start().await.unwrap());
        }
        let ports: std::collections::BTreeSet<u16> =
            twins.iter().map(|twin| twin.address().port()).collect();
        assert_eq!(ports.len(), 5);
        for (n, twin) in twins.iter().enumerate() {
            let now = twin.clock().now().unwrap();
            assert!(now.to_rfc3339().starts_with(&format!("203{n}-")));
            assert_eq!(get(&format!("{}/_twin/health", twin.url()), &[]).await.0, 200);
        }
        twins[2].clock().advance("P1D").await.unwrap();
        assert!(twins[3].clock().now().unwrap().to_rfc3339().contains("-01-01T"));
        let address = twins[0].address();
        drop(twins.remove(0));
        while TcpStream::connect(address).is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(get(&format!("{}/_twin/health", twins[0].url()), &[]).await.0, 200);
    });
}

#[test]
fn sandboxes_are_made_reset_kept_and_dropped() {
    block_on(async {
        let twin =
            Timetwin::builder().scenario("bare").at(AT).limits(Limits::Off).start().await.unwrap();
        let own = twin.sandbox("own");
        assert!(matches!(own.ledger("jira"), Err(Error::Refused(_))), "nobody has used it yet");
        own.make(SandboxSpec { from: Some("main".into()), ..SandboxSpec::default() })
            .await
            .unwrap();
        own.checkpoint("before").unwrap();
        own.plant(&work()).await.unwrap();
        assert_eq!(own.ledger("jira").unwrap().len(), 1);
        let snapshot = own.snapshot().unwrap();
        own.restore("before").await.unwrap();
        assert_eq!(own.ledger("jira").unwrap().len(), 0);
        own.put_snapshot(snapshot).await.unwrap();
        assert_eq!(own.ledger("jira").unwrap().len(), 1);
        own.plant(&work()).await.unwrap();
        own.reset().await.unwrap();
        assert_eq!(own.ledger("jira").unwrap().len(), 1);
        assert!(own.deliveries().unwrap().is_empty());
        assert!(own.credentials("clockwork").unwrap()[0].headers[0].1.ends_with("~own"));
        own.discard().await.unwrap();
        assert!(matches!(own.reset().await, Err(Error::Refused(_))));
        assert!(matches!(twin.main().discard().await, Err(Error::Refused(_))));
    });
}

#[test]
fn what_cannot_be_started_says_why() {
    block_on(async {
        let error = |builder: timetwin::embed::Builder| async move {
            builder.start().await.unwrap_err().to_string()
        };
        assert!(
            error(Timetwin::builder().scenario("unheard"))
                .await
                .contains("studio, bare and migration")
        );
        assert!(error(Timetwin::builder().at("noon")).await.contains("'noon' is not an instant"));
        assert!(error(Timetwin::builder().at("1815-06-18T11:00:00Z")).await.contains("1970"));
        assert!(error(Timetwin::builder().scenario_text("{}")).await.starts_with("scenario:1:"));
        assert!(error(Timetwin::builder().webhook_allow("a b")).await.contains("'a b'"));
        let twin = Timetwin::builder().scenario("bare").start().await.unwrap();
        let busy = Timetwin::builder().listen(twin.address()).start().await;
        assert!(matches!(busy, Err(Error::Io(_))));
        let plan = twin.faults().set(Fault::always().status(200)).unwrap_err();
        assert!(plan.to_string().contains("rules[0].effect.status"), "{plan}");
    });
}

#[test]
fn a_typed_fragment_is_the_json_of_the_control_api() {
    let typed = Fragment::new()
        .person(Person::new("zoe", "Zoe Park", "zoe@studio.example").zone("Asia/Seoul").rate(7000))
        .person(Person::new("old", "Old Hand", "old@studio.example").role(Role::Manager).inactive())
        .client(Client::new("acme", "Acme").only_in(&[SystemName::Clockify, SystemName::Clockodo]))
        .client(Client::new("past", "Past").archived())
        .project(Project::new("APP", "App").client("acme").private().members(&["zoe", "anna"]))
        .project(Project::new("OLD", "Old").billable(false).rate(5000).archived())
        .task(Task::new("APP-1", "Sign in").assignee("zoe"))
        .task(Task::new("OLD-1", "Sign out").done())
        .work(Work::new("zoe", "APP-1").at("d-1 09:00").seconds(3600).note("First").billable(false))
        .work(Work::new("anna", "DEMO-1").at("2026-06-11T09:00:00Z").seconds(60))
        .overlay("clockify", json!({"tags": [{"name": "remote"}]}));
    let same = json!({
        "people": [
            {"id": "zoe", "name": "Zoe Park", "email": "zoe@studio.example", "zone": "Asia/Seoul",
                "role": "member", "rate": 7000},
            {"id": "old", "name": "Old Hand", "email": "old@studio.example", "zone": "UTC",
                "role": "manager", "active": false},
        ],
        "clients": [
            {"id": "acme", "name": "Acme", "in": ["clockify", "clockodo"]},
            {"id": "past", "name": "Past", "archived": true},
        ],
        "projects": [
            {"key": "APP", "name": "App", "client": "acme", "public": false, "members": ["zoe", "anna"]},
            {"key": "OLD", "name": "Old", "billable": false, "rate": 5000, "archived": true},
        ],
        "tasks": [
            {"key": "APP-1", "name": "Sign in", "assignee": "zoe"},
            {"key": "OLD-1", "name": "Sign out", "done": true},
        ],
        "work": [
            {"who": "zoe", "on": "APP-1", "start": "d-1 09:00", "seconds": 3600, "note": "First",
                "billable": false},
            {"who": "anna", "on": "DEMO-1", "start": "2026-06-11T09:00:00Z", "seconds": 60},
        ],
        "overlays": {"clockify": {"tags": [{"name": "remote"}]}},
    });
    assert_eq!(typed, serde_json::from_value::<Fragment>(same).unwrap());
    block_on(async {
        let twin = Timetwin::builder().scenario("bare").at(AT).start().await.unwrap();
        twin.main().plant(&typed).await.unwrap();
        for system in ["clockify", "clockodo", "jira"] {
            assert_eq!(twin.ledger(system).unwrap().len(), 2, "{system}");
        }
        let unfinished = Fragment::new().work(Work::new("zoe", "APP-1").at("d-2 09:00"));
        let error = twin.main().plant(&unfinished).await.unwrap_err().to_string();
        assert!(error.ends_with("work[0].seconds: work has `seconds`, or `running` is true"));
    });
}

#[test]
fn a_state_file_outlives_the_twin() {
    let file = folder("embed").join("state.db");
    let builder = || Timetwin::builder().scenario("bare").at(AT).state(&file);
    for round in 0..3 {
        // Each round has a runtime of its own, as a process has.
        block_on(async {
            let twin = builder().start().await.unwrap();
            assert_eq!(twin.ledger("jira").unwrap().len(), round);
            twin.main().plant(&work()).await.unwrap();
        });
    }
}
