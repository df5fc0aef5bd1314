//! Scenarios and overlays become rows, and what does not fit is named with its place.

use std::fmt::Debug;

use chrono::DateTime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use timetwin::kernel::ids::Ids;
use timetwin::kernel::table::{Row, Table};
use timetwin::scenario::load::{Bundle, parse};
use timetwin::scenario::seed::{Overlay, SeedError};
use timetwin::vendors::clockify::ledger::ledger;
use timetwin::vendors::clockify::model::State;
use timetwin::vendors::clockify::model::events::EventKind;
use timetwin::vendors::clockify::model::fields::FieldType;
use timetwin::vendors::clockify::model::webhooks::SourceType;
use timetwin::vendors::clockify::plant::plant;

use super::{studio, workspace};
use crate::support::FRIDAY;

fn grown(overlay: &str) -> Result<State, SeedError> {
    let anchor: DateTime<chrono::Utc> = FRIDAY.parse().unwrap();
    let scenario = Bundle::builtin("studio").unwrap().resolve(anchor).unwrap();
    let file = Overlay { file: "clockify.json".into(), text: overlay.into() };
    let mut state = State::default();
    plant(&scenario, &file, &parse(&file)?, &mut state, &mut Ids::new(0))?;
    Ok(state)
}

#[test]
fn misfits_are_named_with_file_line_and_field() {
    for (overlay, line, field) in [
        ("{\n\"members\": [{\"who\": \"nobody\"}]}", 2, "members[0].who"),
        (
            "{\"members\": [\n{\"who\": \"anna\", \"hourly_rate\": \"x\"}]}",
            2,
            "members[0].hourly_rate",
        ),
        (
            "{\"members\": [{\"who\": \"anna\",\n\"hourly_rate\": [{\"amount\": 5, \"since\": \"soon\"}]}]}",
            2,
            "members[0].hourly_rate",
        ),
        ("{\"members\": [{\"who\": \"anna\", \"hourly_rate\": -1}]}", 1, "members[0].hourly_rate"),
        ("{\"members\": [{\"who\": \"anna\", \"fields\": {\"x\": 1}}]}", 1, "members[0].fields.x"),
        (
            "{\"groups\": [{\"name\": \"a\", \"people\": [\"anna\",\n\"x\"]}]}",
            2,
            "groups[0].people[1]",
        ),
        (
            "{\"managers\": [{\"who\": \"carla\", \"projects\": [\"NONE\"]}]}",
            1,
            "managers[0].projects[0]",
        ),
        (
            "{\"managers\": [{\"who\": \"carla\", \"groups\": [\"None\"]}]}",
            1,
            "managers[0].groups[0]",
        ),
        ("{\"clients\": [{\"id\": \"none\"}]}", 1, "clients[0].id"),
        ("{\"clients\": [{\"id\": \"hafen\", \"currency\": \"XXX\"}]}", 1, "clients[0].currency"),
        ("{\"projects\": [{\"key\": \"NWS\", \"color\": \"red\"}]}", 1, "projects[0].color"),
        (
            "{\"projects\": [{\"key\": \"NWS\", \"members\": [{\"who\": \"gita\"}]}]}",
            1,
            "projects[0].members[0].who",
        ),
        ("{\"tasks\": [{\"key\": \"DEMO-1\"}]}", 1, "tasks[0].key"),
        (
            "{\"entries\": [{\"who\": \"anna\", \"on\": \"NWS\", \"tags\": [\"x\"]}]}",
            1,
            "entries[0].tags[0]",
        ),
        (
            "{\"custom_fields\": [{\"name\": \"n\", \"type\": \"NUMBER\", \"status\": \"VISIBLE\", \"default\": \"x\"}]}",
            1,
            "custom_fields[0].default",
        ),
        ("{\"workspace\": {\"plan\": \"GOLD\"}}", 1, "workspace.plan"),
        ("{\"workspace\": {\"currencies\": [\"USD\"]}}", 1, "workspace.currencies[0]"),
        ("{\"workspace\": {\"settings\": {\n\"forceMajeure\": true}}}", 2, "workspace.settings"),
        (
            "{\"users\": [{\"who\": \"anna\", \"settings\": {\"timeZone\": \"Asia/Tokyo\"}}]}",
            1,
            "users[0].settings.timeZone",
        ),
        ("{\"keys\": {\"nobody\": \"k\"}}", 1, "keys.nobody"),
        (
            "{\"addons\": [{\"name\": \"a\", \"token\": \"\", \"who\": \"anna\", \"scopes\": []}]}",
            1,
            "addons[0].token",
        ),
        ("{\"workspaces\": [{\"name\": \"w\", \"owner\": \"nobody\"}]}", 1, "workspaces[0].owner"),
        (
            "{\"workspaces\": [{\"name\": \"w\", \"owner\": \"anna\", \"projects\": [{\"name\": \"p\", \"client\": \"c\"}]}]}",
            1,
            "workspaces[0].projects[0].client",
        ),
        (
            r#"{"webhooks": [{"who": "nobody", "name": "Hook", "url": "http://a.example", "event": "NEW_TAG"}]}"#,
            1,
            "webhooks[0].who",
        ),
        (
            r#"{"webhooks": [{"who": "gita", "name": "Hook", "url": "http://a.example", "event": "NEW_TAG"}]}"#,
            1,
            "webhooks[0].who",
        ),
        (
            r#"{"webhooks": [{"who": "anna", "name": "H", "url": "http://a.example", "event": "NEW_TAG"}]}"#,
            1,
            "webhooks[0].name",
        ),
        (
            r#"{"webhooks": [{"who": "anna", "name": "Hook", "url": "a.example", "event": "NEW_TAG"}]}"#,
            1,
            "webhooks[0].url",
        ),
        (
            r#"{"webhooks": [{"who": "anna", "name": "Hook", "url": "http://a.example", "event": "NEW"}]}"#,
            1,
            "webhooks[0].event",
        ),
        (
            r#"{"webhooks": [{"who": "anna", "name": "Hook", "url": "http://a.example", "event": "NEW_TAG", "token": "a b"}]}"#,
            1,
            "webhooks[0].token",
        ),
        (
            r#"{"webhooks": [{"who": "anna", "name": "Hook", "url": "http://a.example", "event": "NEW_TASK", "about": {"projects": ["NWS", "X"]}}]}"#,
            1,
            "webhooks[0].about.projects[1]",
        ),
        (
            r#"{"webhooks": [{"who": "anna", "name": "Hook", "url": "http://a.example", "event": "NEW_TASK", "about": {"rooms": []}}]}"#,
            1,
            "webhooks[0].about",
        ),
        ("{\"unknown\": 1}", 1, "unknown"),
    ] {
        let error = grown(overlay).expect_err(overlay);
        let SeedError { file, line: at, field: found, .. } = &error;
        assert_eq!((file.as_str(), *at), ("clockify.json", line), "{overlay}: {error}");
        assert!(found.starts_with(field), "{overlay}: {error}");
    }
}

#[test]
fn a_scenario_needs_no_overlay() {
    let state = grown("{}").unwrap();
    assert_eq!((state.users.len(), state.workspaces.len(), state.clients.len()), (8, 1, 5));
    assert!(state.entries.rows().len() > 300);
}

#[test]
fn webhooks_are_planted_as_their_owners_would_make_them() {
    let state = grown(
        r#"{"webhooks": [
            {"who": "anna", "name": "Hook", "url": "http://127.0.0.1:9/a", "event": "TIME_ENTRY_UPDATED",
             "about": {"tasks": ["NWS-2"]}, "token": "known-to-tests"},
            {"who": "ben", "name": "All", "url": "https://hooks.example/b", "event": "NEW_TAG"}]}"#,
    )
    .unwrap();
    let hooks: Vec<_> = state.webhooks.iter().collect();
    assert_eq!(hooks.len(), 2);
    let (one, all) = (hooks[0], hooks[1]);
    assert_eq!((one.token.as_str(), one.event), ("known-to-tests", EventKind::TimeEntryUpdated));
    let task = state.tasks.iter().find(|task| task.key.as_deref() == Some("NWS-2")).unwrap();
    assert_eq!((one.source_type, &one.source[..]), (SourceType::TaskId, &[task.id.0][..]));
    assert_eq!(
        (all.source_type, all.source.len(), all.token.len()),
        (SourceType::WorkspaceId, 0, 32)
    );
    assert_ne!(one.user, all.user);
}

#[test]
fn the_studio_has_what_clients_are_tested_with() {
    let state = studio();
    let home = workspace(&state, "Studio Nord");
    assert_eq!(state.entries.all_running(home).count(), 2, "two people's timers run");
    let mut kinds: Vec<_> = state.fields.iter().map(|field| field.kind as u8).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), FieldType::Link as usize + 1, "custom fields of all types");
    assert!(state.projects.iter().any(|project| project.template));
    assert!(state.projects.iter().any(|project| project.archived));
    assert!(state.clients.iter().any(|client| client.archived));
    assert!(state.tags.iter().any(|tag| tag.archived));
    assert!(state.entries.rows().iter().any(|entry| entry.tags.len() == 2));
    assert!(state.entries.rows().iter().all(|entry| entry.workspace == home));
    assert_eq!(state.groups.len(), 3);
    assert!(state.entries.sums_are_right());
    assert!(state.projects.indices_are_right() && state.members.indices_are_right());
    let lines = ledger(&state);
    assert_eq!(lines.len(), state.entries.rows().len());
    assert!(lines.iter().any(|line| line.what.as_deref() == Some("NWS-2")));
    assert!(
        lines.iter().any(|line| line.what.as_deref() == Some("NWS") && line.seconds == Some(1800))
    );
    assert_eq!(lines.iter().filter(|line| line.seconds.is_none()).count(), 2);
}

fn survives<R: Row + Serialize + DeserializeOwned + PartialEq + Debug>(table: &Table<R>) {
    assert!(!table.is_empty());
    for row in table.iter() {
        let text = serde_json::to_string(&**row).unwrap();
        let back: R = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        assert_eq!(back, **row, "{text}");
    }
}

#[test]
fn every_row_survives_being_written_as_json() {
    let state = studio();
    survives(&state.users);
    survives(&state.workspaces);
    survives(&state.members);
    survives(&state.groups);
    survives(&state.clients);
    survives(&state.projects);
    survives(&state.tasks);
    survives(&state.tags);
    survives(&state.fields);
    survives(state.entries.rows());
    for (_, credential) in &state.credentials {
        let text = serde_json::to_string(credential).unwrap();
        assert_eq!(
            serde_json::from_str::<timetwin::vendors::clockify::model::keys::Credential>(&text)
                .unwrap(),
            *credential
        );
    }
}
