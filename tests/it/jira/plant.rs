//! Planting an overlay: errors name the field, and a living site takes more.

use serde_json::{Value, json};
use timetwin::scenario::load::Bundle;
use timetwin::scenario::seed::{Overlay, SeedError};
use timetwin::twin::grow;
use timetwin::vendors::jira::model::{IssueBy, UserBy};
use timetwin::vendors::{SYSTEMS, clockwork, time_tracker};
use timetwin::world::{Settings, World};

use crate::support::{FRIDAY, Stage, TestTwin};

fn overlay(json: &Value) -> Overlay {
    Overlay { file: "jira.json".into(), text: serde_json::to_string_pretty(json).unwrap() }
}

fn bare(json: &Value) -> Result<World, SeedError> {
    let mut bundle = Bundle::builtin("bare").unwrap();
    bundle.overlays.insert("jira", overlay(json));
    let clock = timetwin::kernel::clock::Clock::frozen(FRIDAY.parse().unwrap());
    grow(&bundle.into(), clock, Settings::default())
}

#[test]
fn what_does_not_fit_is_named_with_its_field() {
    for (json, field) in [
        (json!({ "hots": "x" }), "hots"),
        (json!({ "working_hours_per_day": 0 }), "working_hours_per_day"),
        (json!({ "working_days_per_week": 8 }), "working_days_per_week"),
        (json!({ "users": [{ "person": "nobody" }] }), "users[0].person"),
        (json!({ "users": [{ "person": "x", "email": "x" }] }), "users[0].email"),
        (json!({ "users": [{ "person": "x", "email": "x@x" }] }), "users[0].name"),
        (json!({ "users": [{ "person": "anna", "zone": "Mars/Base" }] }), "users[0].zone"),
        (
            json!({ "users": [{ "person": "x", "name": "X", "email": "x@x", "account_id": "a" },
                              { "person": "anna", "account_id": "a" }] }),
            "users[1].account_id",
        ),
        (json!({ "groups": [{ "name": "", "people": [] }] }), "groups[0].name"),
        (json!({ "groups": [{ "name": "g", "people": ["x"] }] }), "groups[0].people[0]"),
        (json!({ "projects": [{ "key": "new", "name": "New" }] }), "projects[0].key"),
        (json!({ "projects": [{ "key": "NEW" }] }), "projects[0].name"),
        (json!({ "projects": [{ "key": "DEMO", "members": ["x"] }] }), "projects[0].members[0]"),
        (
            json!({ "categories": [{ "name": "c", "projects": ["NONE"] }] }),
            "categories[0].projects[0]",
        ),
        (json!({ "fields": [{ "id": 10007, "name": "x", "type": "text" }] }), "fields[0].id"),
        (json!({ "issues": [{ "key": "DEMO-9" }] }), "issues[0].key"),
        (json!({ "issues": [{ "key": "NONE-9", "summary": "x" }] }), "issues[0].key"),
        (json!({ "issues": [{ "key": "DEMO-1", "type": "Saga" }] }), "issues[0].type"),
        (json!({ "issues": [{ "key": "DEMO-1", "status": "Gone" }] }), "issues[0].status"),
        (json!({ "issues": [{ "key": "DEMO-1", "priority": "None" }] }), "issues[0].priority"),
        (json!({ "issues": [{ "key": "DEMO-1", "assignee": "x" }] }), "issues[0].assignee"),
        (json!({ "issues": [{ "key": "DEMO-1", "parent": "DEMO-1" }] }), "issues[0].key"),
        (json!({ "issues": [{ "key": "DEMO-1", "epic": "DEMO-9" }] }), "issues[0].epic"),
        (json!({ "issues": [{ "key": "DEMO-1", "summary": "a\nb" }] }), "issues[0].summary"),
        (json!({ "issues": [{ "key": "DEMO-1", "fields": { "1": "x" } }] }), "issues[0].fields.1"),
        (
            json!({ "fields": [{ "id": 1, "name": "x", "type": "select", "options": ["a"] }],
                    "issues": [{ "key": "DEMO-1", "fields": { "1": "b" } }] }),
            "issues[0].fields.1",
        ),
        (json!({ "filters": [{ "id": 1, "name": "x", "jql": "created > 1" }] }), "filters[0].jql"),
        (json!({ "hidden_emails": ["x"] }), "hidden_emails[0]"),
        (json!({ "worklogs": [{ "who": "x", "on": "DEMO-1" }] }), "worklogs[0].who"),
        (json!({ "worklogs": [{ "who": "anna", "on": "X-1" }] }), "worklogs[0].on"),
        (
            json!({ "worklogs": [{ "who": "anna", "on": "DEMO-1", "visibility": "x" }] }),
            "worklogs[0].visibility",
        ),
        (
            json!({ "worklogs": [{ "who": "anna", "on": "DEMO-1", "start": "2026-01-01T10:00" }] }),
            "worklogs[0].start",
        ),
        (
            json!({ "worklogs": [{ "who": "anna", "on": "DEMO-1", "start": "soon", "seconds": 5 }] }),
            "worklogs[0].start",
        ),
        (
            json!({ "worklogs": [{ "who": "anna", "on": "DEMO-1", "start": "d-1 09:00", "seconds": 0 }] }),
            "worklogs[0].seconds",
        ),
        (json!({ "clockwork": { "round_up_to_minutes": 0 } }), "clockwork.round_up_to_minutes"),
        (json!({ "clockwork": { "tokens": { "x": "t" } } }), "clockwork.tokens.x"),
        (json!({ "clockwork": { "multiple_timers": 3 } }), "clockwork.multiple_timers"),
        (json!({ "time_tracker": { "fraction_digits": 11 } }), "time_tracker.fraction_digits"),
        (json!({ "time_tracker": { "locale": "xx" } }), "time_tracker.locale"),
        (
            json!({ "time_tracker": { "export_columns": ["key", "key"] } }),
            "time_tracker.export_columns",
        ),
        (json!({ "time_tracker": { "keys": { "x": "k" } } }), "time_tracker.keys.x"),
        (
            json!({ "time_tracker": { "auditors_groups": ["x"] } }),
            "time_tracker.auditors_groups[0]",
        ),
        (
            json!({ "time_tracker": { "auditors_roles": { "NONE": [] } } }),
            "time_tracker.auditors_roles.NONE",
        ),
    ] {
        let error = bare(&json).expect_err(field);
        assert_eq!(error.field, field, "{error}");
        assert!(error.line > 0, "{error}");
    }
}

#[test]
fn a_living_site_takes_more_and_keeps_what_it_has() {
    let twin = TestTwin::on(&Stage::default());
    let mut world = twin.twin.sandbox("main").unwrap().store.read().value.clone();
    let before = world.clone();
    let scenario = Bundle::builtin("bare").unwrap().resolve(world.clock.now()).unwrap();
    let more = overlay(&json!({
        "users": [{ "person": "zoe", "name": "Zoe", "email": "zoe@studio.example" }],
        "groups": [{ "name": "administrators", "people": ["zoe"] },
                   { "name": "auditors", "people": ["ben@studio.example"] }],
        "projects": [{ "key": "NEW", "name": "New" }],
        "issues": [{ "key": "NEW-1", "summary": "First" }, { "key": "SSP-2", "status": "Done" }],
        "worklogs": [{ "who": "zoe", "on": "SSP-2", "start": "d-0 08:00", "seconds": 900 }],
        "clockwork": { "round_up_to_minutes": 15 },
        "time_tracker": { "auditors_groups": ["auditors"] },
    }));
    let jira = SYSTEMS.iter().find(|system| system.name == "jira").unwrap();
    (jira.plant)(&scenario, Some(&more), &mut world).unwrap();
    let (old, new) = (&before.jira, &world.jira);
    assert_eq!(new.users.len(), old.users.len() + 1, "Anna was there already");
    assert_eq!(new.projects.len(), old.projects.len() + 1, "and so was DEMO");
    assert_eq!(new.issues.len(), old.issues.len() + 1);
    assert_eq!(new.worklogs.len(), old.worklogs.len() + 1);
    assert_eq!(new.settings, old.settings, "what is left out stays");
    assert!(new.worklogs.indices_are_right() && new.issues.indices_are_right());
    let email = |email: &str| new.users.find(UserBy::Email(email.into())).next().unwrap();
    assert!(email("ben@studio.example").groups.contains(&"auditors".to_owned()));
    assert_eq!(email("zoe@studio.example").groups, ["administrators"]);
    let issue = |key: &str| new.issues.find(IssueBy::Key(key.into())).next().unwrap();
    assert_eq!(issue("SSP-2").status.name, "Done");
    assert_eq!(issue("SSP-2").labels, ["portal", "forms"], "what is left out stays");
    assert_eq!(issue("DEMO-1").kind.name, "Story", "the fragment's own task is that issue");
    let clockwork::model::Settings { round_up_to, multiple_timers, .. } = world.clockwork.settings;
    assert_eq!((round_up_to, multiple_timers), (900, false));
    let settings: &time_tracker::model::Settings = &world.time_tracker.settings;
    assert_eq!(settings.auditors_groups.as_deref(), Some(&["auditors".to_owned()][..]));
    let tokens = |world: &World| world.clockwork.tokens.len();
    assert_eq!(tokens(&world), tokens(&before) + 1, "Zoe alone gets a token");
}
