//! Fragments planted into living worlds: all of it or nothing, beside what is there, with errors that
//! name the field.

use serde_json::{Value, json};

use super::{MAIN, name, problem};
use crate::support::{Answer, TestTwin};

const ANNA: &str = "anna@studio.example";
const ZOE: &str = "zoe@studio.example";

fn plant(twin: &TestTwin, fragment: &Value) -> Answer {
    twin.post(&format!("{MAIN}/plant"), fragment)
}

fn ledger(twin: &TestTwin, system: &str) -> Vec<Value> {
    let ledger = twin.get(&format!("{MAIN}/ledger?system={system}")).json();
    ledger.as_array().unwrap().clone()
}

/// What `before` does not have, by native id.
fn fresh(before: &[Value], after: &[Value]) -> Vec<Value> {
    let known = |row: &&Value| !before.iter().any(|old| old == *row);
    after.iter().filter(known).cloned().collect()
}

#[test]
fn people_projects_and_work_arrive_in_every_system() {
    let twin = TestTwin::studio();
    let before: Vec<Vec<Value>> =
        ["clockify", "clockodo", "jira"].map(|system| ledger(&twin, system)).into();
    let planted = plant(
        &twin,
        &json!({
            "people": [{"id": "zoe", "name": "Zoe Park", "email": ZOE, "zone": "Asia/Seoul",
                        "role": "member", "rate": 8800}],
            "clients": [{"id": "moon", "name": "Moon Base"}],
            "projects": [{"key": "MOON", "name": "Lunar Survey", "client": "moon",
                          "members": ["zoe", "anna"]}],
            "tasks": [{"key": "MOON-1", "name": "Craters", "assignee": "zoe"}],
            "work": [
                {"who": "zoe", "on": "MOON-1", "start": "2026-06-12T09:00", "seconds": 1800,
                 "note": "First look"},
                {"who": "anna", "on": "SSP-3", "start": "now-PT2H", "seconds": 600},
            ],
        }),
    );
    assert_eq!(planted.status, 200, "{}", planted.text());
    assert_eq!(planted.json()["version"], 1, "one commit");
    for (system, before) in ["clockify", "clockodo", "jira"].iter().zip(&before) {
        let fresh = fresh(before, &ledger(&twin, system));
        assert_eq!(fresh.len(), 2, "{system}: {fresh:#?}");
        let zoe = fresh.iter().find(|row| row["who"] == ZOE).unwrap();
        assert_eq!(zoe["start"], "2026-06-12T00:00:00Z", "the wall clock of her zone");
        assert_eq!((&zoe["seconds"], &zoe["note"]), (&json!(1800), &json!("First look")));
        let what = if *system == "clockodo" { "MOON" } else { "MOON-1" };
        assert_eq!(zoe["what"], what, "{system}");
        let anna = fresh.iter().find(|row| row["who"] == ANNA).unwrap();
        assert_eq!(anna["start"], "2026-06-12T08:00:00Z", "relative to the sandbox's clock");
    }
    let logins = twin.get("/_twin/credentials").json();
    let surfaces = logins.as_array().unwrap().iter().filter(|row| row["person"] == ZOE);
    assert_eq!(surfaces.count(), timetwin::vendors::SURFACES.len(), "she can log in everywhere");
    let reset = twin.post(&format!("{MAIN}/reset"), &json!({}));
    assert_eq!(reset.status, 204);
    assert_eq!(ledger(&twin, "jira"), before[2], "reset takes it away again");
}

#[test]
fn what_is_there_stays_as_it_is_and_a_second_fragment_knows_the_first() {
    let twin = TestTwin::studio();
    let world = |twin: &TestTwin| twin.twin.sandbox("main").unwrap().store.read().value.clone();
    let before = world(&twin);
    let first = plant(
        &twin,
        &json!({"projects": [{"key": "MOON", "name": "Lunar Survey"}],
                "tasks": [{"key": "MOON-1", "name": "Craters"}]}),
    );
    assert_eq!(first.status, 200, "{}", first.text());
    let after = world(&twin);
    for part in twin.twin.parts().iter() {
        let mut gone = Vec::new();
        part.changed(&before, &after, &mut |key, row| {
            if row.is_none() {
                gone.push(key.to_owned());
            }
        })
        .unwrap();
        assert!(gone.is_empty(), "{}: {gone:?}", part.name());
    }
    let rows = |world: &timetwin::world::World| {
        let users: Vec<_> = world.jira.users.iter().cloned().collect();
        let clockify: Vec<_> = world.clockify.users.iter().cloned().collect();
        let clockodo: Vec<_> = world.clockodo.users.iter().cloned().collect();
        (users, clockify, clockodo, world.clockodo.company.clone())
    };
    assert_eq!(rows(&before), rows(&after), "nobody was touched");
    let second = plant(
        &twin,
        &json!({"work": [{"who": "ben", "on": "MOON-1", "start": "now-PT1H", "seconds": 60}]}),
    );
    assert_eq!(second.status, 200, "{}", second.text());
    for system in ["clockify", "jira"] {
        assert!(ledger(&twin, system).iter().any(|row| row["what"] == "MOON-1"), "{system}");
    }
    let again = plant(&twin, &json!({"projects": [{"key": "MOON", "name": "Other"}]}));
    assert!(problem(&again, 422).contains("projects[0].key: this key comes twice"));
}

#[test]
fn ids_given_since_are_not_given_again() {
    let twin = TestTwin::studio();
    let begun = twin.timer("start", ANNA, "SSP-3", "main");
    assert_eq!(begun.status, 200);
    twin.advance("main", "PT5M");
    twin.timer("stop", ANNA, "SSP-3", "main");
    let work = json!({"work": [{"who": "ben", "on": "SSP-3", "start": "now-PT1H", "seconds": 60}]});
    for _ in 0..3 {
        assert_eq!(plant(&twin, &work).status, 200);
    }
    let rows = ledger(&twin, "jira");
    let ids: std::collections::BTreeSet<&str> =
        rows.iter().map(|row| row["native_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rows.len(), "every worklog has an id of its own");
}

#[test]
fn overlays_say_more_of_what_is_there() {
    let twin = TestTwin::studio();
    let planted = plant(
        &twin,
        &json!({"overlays": {
            "clockify": {"workspace": {"settings": {"forceProjects": true}},
                         "tags": [{"name": "moonshot"}],
                         "groups": [{"name": "Moon crew", "people": ["anna", "ben"]}],
                         "projects": [{"key": "NWS", "note": "Now with a note"}]},
            "clockodo": {"company": {"allow_entry_overlaps": false},
                         "projects": [{"key": "NWS", "note": "Now with a note"}]},
            "jira": {"groups": [{"name": "moon-crew", "people": ["anna"]}]},
        }}),
    );
    assert_eq!(planted.status, 200, "{}", planted.text());
    let root = twin.twin.sandbox("main").unwrap().store.read();
    let world = &root.value;
    let pristine = twin.twin.sandboxes().pristine();
    let home = world.clockify.workspaces.iter().next().unwrap();
    let was = pristine.clockify.workspaces.iter().next().unwrap();
    assert!(home.settings.force_projects && !was.settings.force_projects);
    let mut settings = home.settings.clone();
    settings.force_projects = false;
    assert_eq!(settings, was.settings, "all other settings stay");
    assert_eq!((&home.plan, &home.name), (&was.plan, &was.name));
    assert_eq!(world.clockify.workspaces.len(), pristine.clockify.workspaces.len());
    assert_eq!(world.clockify.tags.len(), pristine.clockify.tags.len() + 1);
    let noted = world.clockify.projects.iter().find(|row| row.key.as_deref() == Some("NWS"));
    let old = pristine.clockify.projects.iter().find(|row| row.key.as_deref() == Some("NWS"));
    let (noted, old) = (noted.unwrap(), old.unwrap());
    assert_eq!(noted.note, "Now with a note");
    assert_eq!((&noted.rates, &noted.memberships), (&old.rates, &old.memberships));
    assert!(!world.clockodo.company.allow_entry_overlaps);
    assert_eq!(world.clockodo.company.default_rate, pristine.clockodo.company.default_rate);
    let anna = world.jira.users.iter().find(|user| user.email == ANNA).unwrap();
    assert!(anna.groups.iter().any(|group| group == "moon-crew"));
}

#[test]
fn a_fragment_that_does_not_fit_changes_nothing_and_names_the_field() {
    let twin = TestTwin::studio();
    for (fragment, field) in [
        (
            json!({"work": [{"who": "zoe", "on": "SSP-3", "start": "d-1 09:00", "seconds": 60}]}),
            "work[0].who: there is no person 'zoe'",
        ),
        (
            json!({"work": [{"who": "anna", "on": "SSP-99", "start": "d-1 09:00", "seconds": 60}]}),
            "work[0].on: there is no project or task 'SSP-99'",
        ),
        (
            json!({"work": [{"who": "anna", "on": "SSP-3", "start": "soon", "seconds": 60}]}),
            "work[0].start: ",
        ),
        (
            json!({"work": [{"who": "anna", "on": "SSP-3", "start": "now-PT1H", "running": true}]}),
            "work[0].running: ",
        ),
        (
            json!({"people": [{"id": "zoe", "name": "Z", "email": ANNA, "zone": "UTC", "role": "member"}]}),
            "people[0].email: this e-mail comes twice",
        ),
        (
            json!({"people": [{"id": "zoe", "name": "Z", "email": ZOE, "zone": "Mars", "role": "member"}]}),
            "people[0].zone: ",
        ),
        (json!({"tasks": [{"key": "SSP-3", "name": "x"}]}), "tasks[0].key: this key comes twice"),
        (json!({"name": "x"}), "name"),
        (json!({"overlays": {"fax": {}}}), "overlays.fax: there is no such system"),
        (json!({"overlays": {"jira": []}}), "overlays.jira: an overlay is an object"),
        (json!({"overlays": {"jira": {"hots": "x"}}}), "overlays.jira.hots"),
        (
            json!({"overlays": {"jira": {"hidden_emails": ["ben", "zoe"]}}}),
            "overlays.jira.hidden_emails[1]: ",
        ),
        (
            json!({"overlays": {"clockify": {"groups": [{"name": "g", "people": ["zoe"]}]}}}),
            "overlays.clockify.groups[0].people[0]: ",
        ),
        (
            json!({"overlays": {"clockodo": {"projects": [{"key": "NONE"}]}}}),
            "overlays.clockodo.projects[0].key: ",
        ),
        // The first part fits, and is not planted either.
        (
            json!({"tasks": [{"key": "SSP-77", "name": "fits"}],
                "overlays": {"jira": {"issues": [{"key": "SSP-77", "type": "Saga"}]}}}),
            "overlays.jira.issues[0].type: ",
        ),
    ] {
        let answer = plant(&twin, &fragment);
        let detail = problem(&answer, 422);
        assert_eq!(name(&answer), "bad-scenario");
        assert!(detail.starts_with("fragment:1:"), "{detail}");
        assert!(detail.contains(field), "expected {field} in {detail}");
    }
    let root = twin.twin.sandbox("main").unwrap().store.read();
    assert_eq!(root.version, 0, "nothing was planted");
    problem(&plant(&twin, &json!([])), 422);
    problem(&twin.post("/_twin/sandboxes/nobody/plant", &json!({})), 404);
    let empty = twin.control(axum::http::Method::POST, &format!("{MAIN}/plant"), None);
    problem(&empty, 400);
}

#[test]
fn an_error_names_the_line_of_the_fragment() {
    let twin = TestTwin::studio();
    let text = "{\n  \"overlays\": {\n    \"jira\": {\"hidden_emails\": [\n      \"zoe\"]}}}";
    let request = axum::http::Request::post(format!("{MAIN}/plant")).body(text.into()).unwrap();
    let detail = problem(&twin.send(request), 422);
    assert!(detail.starts_with("fragment:4:7: overlays.jira.hidden_emails[0]: "), "{detail}");
}

#[test]
fn deleted_things_are_not_planted_again() {
    let twin = TestTwin::studio();
    let sandbox = twin.twin.sandbox("main").unwrap();
    let gone = sandbox
        .store
        .write(|world| {
            let project =
                world.clockify.projects.iter().find(|row| row.key.as_deref() == Some("BRD"));
            let id = project.unwrap().id;
            world.clockify.projects.remove(id);
            Ok::<_, ()>(id)
        })
        .unwrap();
    let planted = plant(&twin, &json!({"tasks": [{"key": "SSP-88", "name": "Unrelated"}]}));
    assert_eq!(planted.status, 200, "{}", planted.text());
    let root = sandbox.store.read();
    assert!(root.value.clockify.projects.get(gone).is_none());
    assert!(!root.value.clockify.projects.iter().any(|row| row.key.as_deref() == Some("BRD")));
}
