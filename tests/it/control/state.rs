//! `--state`: what was answered is in the file, and a restart goes on from there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};
use timetwin::kernel::clock::Clock;
use timetwin::kernel::sandbox::Bounds;
use timetwin::persist::{Options, StateError};
use timetwin::scenario::load::Bundle;
use timetwin::twin::{SandboxSpec, Setup, Twin, TwinError};
use timetwin::world::{Settings, World};

use super::worlds::rows;
use super::{MAIN, name, problem};
use crate::cases;
use crate::socket::folder;
use crate::support::{FRIDAY, TestTwin, block_on};

const ANNA: &str = "anna@studio.example";

fn setup(scenario: &str) -> Setup {
    let bundle = Bundle::builtin(scenario).unwrap();
    Setup::new(bundle.into(), Clock::frozen(FRIDAY.parse().unwrap()), "http://twin.example")
}

fn open(file: &Path) -> TestTwin {
    TestTwin::of(Twin::durable(setup("studio"), file, Options::default()).unwrap())
}

/// Ends a twin as a clean stop does.
fn close(twin: TestTwin) {
    twin.twin.state().unwrap().close();
}

fn file(test: &str) -> PathBuf {
    folder(&format!("state-{test}")).join("state.db")
}

fn work(twin: &TestTwin, sandbox: &str) {
    assert_eq!(twin.timer("start", ANNA, "SSP-3", sandbox).status, 200);
    twin.advance(sandbox, "PT1H");
    assert_eq!(twin.timer("stop", ANNA, "SSP-3", sandbox).status, 200);
}

fn sql(file: &Path, query: &str) -> Vec<Vec<String>> {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut query = connection.prepare(query).unwrap();
    let columns = query.column_count();
    let rows = query.query_map([], |row| {
        let cell = |column| {
            Ok(match row.get::<_, rusqlite::types::Value>(column)? {
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            })
        };
        (0..columns).map(cell).collect::<rusqlite::Result<Vec<String>>>()
    });
    rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

/// A webhook, a message to it, and a shared report: what the studio does not begin with.
fn fill_clockify(twin: &TestTwin) {
    let send = |path: &str, body: &Value| {
        let body = body.to_string();
        let mut request = axum::http::Request::post(path).body(body.into()).unwrap();
        *request.headers_mut() = twin.headers("clockify", ANNA, "main");
        let answer = twin.send(request);
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
    };
    let world = &twin.twin.sandbox("main").unwrap().store.read().value;
    let workspace = world.clockify.workspaces.iter().next().unwrap().id;
    let hook = json!({ "name": "Hook", "url": "http://127.0.0.1:9/hook", "webhookEvent": "NEW_TAG",
        "triggerSourceType": "WORKSPACE_ID", "triggerSource": [] });
    send(&format!("/api/v1/workspaces/{workspace}/webhooks"), &hook);
    send(&format!("/api/v1/workspaces/{workspace}/tags"), &json!({ "name": "Fresh" }));
    let filter = json!({ "dateRangeStart": "2026-06-06T00:00:00Z", "exportType": "JSON",
        "dateRangeEnd": "2026-06-12T23:59:59.999Z", "weeklyFilter": { "group": "USER" } });
    let report = json!({ "name": "Report", "type": "WEEKLY", "filter": filter });
    send(&format!("/v1/workspaces/{workspace}/shared-reports"), &report);
}

#[test]
fn every_table_is_kept_and_read_back() {
    let twin = TestTwin::studio();
    fill_clockify(&twin);
    let main = |twin: &TestTwin| twin.twin.sandbox("main").unwrap().store.read();
    let studio = main(&twin);
    let mut again = World::empty(Clock::frozen(FRIDAY.parse().unwrap()), Settings::default());
    for table in World::collections() {
        let name = table.name();
        let (surface, rows) = name.split_once('_').unwrap_or((name, name));
        let file = format!("{surface}/cases/{}.yaml", rows.replace('_', "-"));
        let has_rows = |twin: &TestTwin| table.count(&main(twin).value) > 0;
        let root = if has_rows(&twin) {
            Arc::clone(&studio)
        } else {
            let played = cases::played_until(&file, has_rows);
            let missing = || panic!("{name} has no row in the studio and none in contract/{file}");
            main(&played.unwrap_or_else(missing))
        };
        let world = &root.value;
        let mut kept = Vec::new();
        let keep = &mut |key: &str, row: Option<&str>| {
            kept.push((key.to_owned(), row.map(str::to_owned)));
        };
        table.all(world, keep).unwrap();
        for (key, row) in &kept {
            table.load(&mut again, key, row.as_deref()).unwrap();
        }
        let mut back = Vec::new();
        let read = &mut |key: &str, row: Option<&str>| {
            back.push((key.to_owned(), row.map(str::to_owned)));
        };
        table.all(&again, read).unwrap();
        assert!(kept == back && kept.len() == table.count(world), "{name}");
    }
    assert!(again.clockify.entries.sums_are_right());
}

#[test]
fn a_restart_brings_back_every_sandbox_with_clock_and_counters() {
    let file = file("restart");
    let twin = open(&file);
    let pristine = rows(&twin, "main");
    work(&twin, "main");
    work(&twin, "other");
    twin.put("/_twin/sandboxes/fork", &json!({ "from": "main", "limits": "off" }));
    work(&twin, "fork");
    twin.put(
        "/_twin/sandboxes/small",
        &json!({ "scenario": "bare", "at": "2030-01-01T00:00:00Z" }),
    );
    twin.put("/_twin/sandboxes/real/clock", &json!({ "mode": "real" }));
    twin.put("/_twin/sandboxes/real", &json!({}));
    twin.put(
        "/_twin/sandboxes/real/clock",
        &json!({ "mode": "real", "now": "2031-01-01T00:00:00Z" }),
    );
    twin.post(
        "/_twin/sandboxes/other/plant",
        &json!({ "tasks": [{ "key": "SSP-88", "name": "x" }] }),
    );
    let names = ["fork", "main", "other", "small"];
    let before = names.map(|name| rows(&twin, name));
    let list = twin.get("/_twin/sandboxes").json();
    close(twin);
    let twin = open(&file);
    assert_eq!(twin.twin.sandboxes().names(), ["fork", "main", "other", "real", "small"]);
    for (name, before) in names.iter().zip(&before) {
        assert!(rows(&twin, name) == *before, "{name}");
    }
    let again = twin.get("/_twin/sandboxes").json();
    for (old, new) in list.as_array().unwrap().iter().zip(again.as_array().unwrap()) {
        assert_eq!((&old["version"], &old["limits"]), (&new["version"], &new["limits"]), "{new}");
    }
    let now = twin.get("/_twin/sandboxes/real/clock").json();
    assert_eq!(now["mode"], "real");
    assert!(now["now"].as_str().unwrap().starts_with("2031-01-01T00:"), "{now}");
    work(&twin, "fork");
    let ledger = twin.get("/_twin/sandboxes/fork/ledger?system=jira").json();
    let ids: std::collections::BTreeSet<String> =
        ledger.as_array().unwrap().iter().map(|row| row["native_id"].to_string()).collect();
    assert_eq!(ids.len(), ledger.as_array().unwrap().len(), "counters go on");
    for (name, wanted) in [("main", &pristine), ("fork", &before[1])] {
        twin.post(&format!("/_twin/sandboxes/{name}/reset"), &json!({}));
        let differs = |row: &&String| !row.contains("world_settings");
        let now = rows(&twin, name);
        let (now, wanted) = (now.iter().filter(differs), wanted.iter().filter(differs));
        assert!(now.eq(wanted), "{name} goes back to what it began with");
    }
    let more =
        json!({ "work": [{ "who": "ben", "on": "SSP-88", "start": "now-PT1H", "seconds": 60 }] });
    let planted = twin.post("/_twin/sandboxes/other/plant", &more);
    assert_eq!(planted.status, 200, "fragments are remembered: {}", planted.text());
}

#[test]
fn a_file_keeps_what_differs_and_forgets_what_is_dropped() {
    let file = file("differs");
    let twin = open(&file);
    let count =
        || sql(&file, "SELECT count(*) FROM jira_worklogs_rows")[0][0].parse::<i64>().unwrap();
    let whole = count();
    assert!(whole > 300, "the scenario: {whole}");
    for n in 0..5 {
        work(&twin, &format!("s{n}"));
    }
    assert_eq!(count(), whole + 5, "each fork costs its one worklog");
    twin.put("/_twin/sandboxes/f", &json!({ "from": "s0" }));
    work(&twin, "f");
    assert_eq!(count(), whole + 7, "a fork of a fork: what its source had, and its own");
    let worlds = || sql(&file, "SELECT id FROM worlds").len();
    let before = worlds();
    for name in ["s0", "s1", "f"] {
        assert_eq!(twin.delete(&format!("/_twin/sandboxes/{name}")).status, 204);
    }
    assert_eq!(count(), whole + 3);
    assert_eq!(before - worlds(), 4, "three worlds, and the origin of the fork");
    twin.post("/_twin/sandboxes/s2/reset", &json!({}));
    assert_eq!(count(), whole + 2);
    twin.put("/_twin/sandboxes/s3", &json!({ "scenario": "bare" }));
    twin.put("/_twin/sandboxes/s3", &json!({}));
    assert_eq!(count(), whole + 1, "what is made of the file's own scenario shares it");
    twin.put("/_twin/sandboxes/later", &json!({ "at": "2026-07-01T00:00:00Z" }));
    let both = count();
    assert!(both > whole + 300, "dates count from another instant: {both}");
    twin.put("/_twin/sandboxes/late", &json!({ "at": "2026-07-01T00:00:00Z", "limits": "off" }));
    twin.delete("/_twin/sandboxes/later");
    assert_eq!(count(), both, "sandboxes of that instant share it among each other");
    twin.delete("/_twin/sandboxes/late");
    assert_eq!(count(), whole + 1);
    close(twin);
    let twin = open(&file);
    assert_eq!(twin.twin.sandboxes().names(), ["main", "s2", "s3", "s4"]);
}

#[test]
fn rows_that_come_and_go_leave_nothing() {
    let file = file("come-and-go");
    let twin = open(&file);
    let entry = json!({ "customers_id": 2_410_001, "projects_id": 2_020_001, "services_id": 860_001,
        "billable": 1, "time_since": "2026-06-12T08:00:00Z", "time_until": "2026-06-12T09:00:00Z" });
    let send = |method: Method, path: &str, body: Option<&Value>| {
        let answer = crate::clockodo::call(&twin, ANNA, method, path, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let made = send(Method::POST, "/api/v2/entries", Some(&entry));
    let id = made["entry"]["id"].as_u64().unwrap();
    let own =
        "SELECT key, row FROM clockodo_entries_rows WHERE world = (SELECT world FROM sandboxes)";
    assert_eq!(sql(&file, own).len(), 1);
    send(Method::DELETE, &format!("/api/v2/entries/{id}"), None);
    assert_eq!(sql(&file, own).len(), 0, "of a row that no world below has nothing is said");
    let planted = sql(
        &file,
        "SELECT min(CAST(key AS INTEGER)) FROM clockodo_entries WHERE row ->> '$.user' = 234001",
    );
    send(Method::DELETE, &format!("/api/v2/entries/{}", planted[0][0]), None);
    let gone = sql(&file, own);
    assert_eq!((gone.len(), gone[0][1].as_str()), (1, "Null"), "of a planted one, that it is gone");
    let before = rows(&twin, "main");
    close(twin);
    assert!(rows(&open(&file), "main") == before);
}

#[test]
fn any_sqlite_tool_reads_the_file_while_it_is_in_use() {
    let file = file("views");
    let twin = open(&file);
    work(&twin, "main");
    work(&twin, "other");
    let hours = sql(
        &file,
        "SELECT sandbox, count(*), sum(row ->> '$.seconds') FROM jira_worklogs GROUP BY sandbox ORDER BY 1",
    );
    let ledger = twin.get(&format!("{MAIN}/ledger?system=jira")).json();
    let seconds: i64 =
        ledger.as_array().unwrap().iter().filter_map(|row| row["seconds"].as_i64()).sum();
    let count = ledger.as_array().unwrap().len();
    let expected = |name: &str| vec![name.to_owned(), count.to_string(), seconds.to_string()];
    assert_eq!(hours, [expected("main"), expected("other")]);
    let meta = sql(&file, "SELECT key, value FROM meta ORDER BY key");
    assert_eq!(meta[0], ["format", "1"]);
    assert_eq!(
        sql(&file, "SELECT DISTINCT strict FROM pragma_table_list WHERE name LIKE '%_rows'"),
        [["1"]]
    );
}

#[test]
fn a_snapshot_is_a_state_file_and_the_other_way_round() {
    let file = file("snapshot");
    let twin = TestTwin::studio();
    work(&twin, "main");
    let before = rows(&twin, "main");
    std::fs::write(&file, &twin.get(&format!("{MAIN}/snapshot")).body).unwrap();
    let durable = open(&file);
    assert!(rows(&durable, "main") == before);
    work(&durable, "main");
    let after = rows(&durable, "main");
    close(durable);
    let bytes = std::fs::read(&file).unwrap();
    let request =
        axum::http::Request::put("/_twin/sandboxes/copy/snapshot").body(bytes.into()).unwrap();
    assert_eq!(twin.send(request).status, 201);
    assert!(rows(&twin, "copy") == after);
}

fn refused(file: &Path) -> StateError {
    let before = std::fs::read(file).unwrap();
    let error = match Twin::durable(setup("studio"), file, Options::default()) {
        Ok(_) => panic!("{} was taken", file.display()),
        Err(TwinError::State(error)) => error,
        Err(error) => panic!("{error}"),
    };
    assert!(std::fs::read(file).unwrap() == before, "it is left as it was");
    error
}

#[test]
fn a_foreign_torn_newer_or_busy_file_is_refused_and_left_alone() {
    let file = file("refused");
    std::fs::write(&file, "people and projects").unwrap();
    assert!(matches!(refused(&file), StateError::NotSqlite));
    std::fs::write(&file, "short").unwrap();
    assert!(matches!(refused(&file), StateError::NotSqlite));
    std::fs::remove_file(&file).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE mine (id)").unwrap();
    assert!(matches!(refused(&file), StateError::Foreign));
    std::fs::remove_file(&file).unwrap();
    let twin = open(&file);
    work(&twin, "main");
    let busy = Twin::durable(setup("studio"), &file, Options::default());
    assert!(matches!(busy, Err(TwinError::State(StateError::InUse))));
    close(twin);
    let good = std::fs::read(&file).unwrap();
    for length in [good.len() / 2, good.len() - 4096, 8192, 100] {
        std::fs::write(&file, &good[..length]).unwrap();
        let error = refused(&file);
        assert!(matches!(error, StateError::Torn(_) | StateError::Foreign), "{length}: {error:?}");
    }
    let mut scrambled = good.clone();
    scrambled[4096..20_480].fill(0x5a);
    std::fs::write(&file, &scrambled).unwrap();
    assert!(matches!(refused(&file), StateError::Torn(_)));
    std::fs::write(&file, &good).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
    assert!(matches!(refused(&file), StateError::Newer { found: 2, known: 1 }));
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch(
            "PRAGMA user_version = 1; UPDATE jira_issues_rows SET row = 'x' WHERE key = '10100'",
        )
        .unwrap();
    let error = refused(&file);
    assert!(matches!(&error, StateError::Row(_)), "{error:?}");
    assert!(error.to_string().contains("jira_issues, key 10100: "), "{error}");
    std::fs::write(&file, &good).unwrap();
    assert_eq!(rows(&open(&file), "main").len(), rows(&TestTwin::studio(), "main").len() + 1);
    assert!(matches!(
        Twin::durable(setup("studio"), Path::new("/no/such/folder/x.db"), Options::default()),
        Err(TwinError::State(StateError::Io(_)))
    ));
}

#[cfg(unix)]
#[test]
fn a_file_has_one_server_whatever_path_leads_to_it() {
    use std::os::unix::fs::PermissionsExt;
    let file = file("identity");
    let twin = open(&file);
    work(&twin, "main");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
    let (soft, hard) = (file.with_file_name("soft.db"), file.with_file_name("hard.db"));
    std::os::unix::fs::symlink(&file, &soft).unwrap();
    std::fs::hard_link(&file, &hard).unwrap();
    for path in [&file, &soft, &hard] {
        let second = Twin::durable(setup("studio"), path, Options::default());
        assert!(matches!(second, Err(TwinError::State(StateError::InUse))), "{path:?}");
    }
    work(&twin, "main");
    close(twin);
    std::fs::remove_file(&hard).unwrap();
    let there = rows(&open(&soft), "main").len();
    assert_eq!(there, rows(&TestTwin::studio(), "main").len() + 2, "the first lost nothing");
}

#[test]
fn a_file_that_is_deleted_or_replaced_takes_no_more_writes() {
    let file = file("replaced");
    let twin = open(&file);
    work(&twin, "main");
    let aside = file.with_file_name("aside.db");
    std::fs::rename(&file, &aside).unwrap();
    let start = || twin.raw(Method::POST, "clockwork", "/v1/start_timer?issue_key=SSP-3", ANNA);
    for replaced in [false, true] {
        if replaced {
            std::fs::write(&file, "another file").unwrap();
        }
        let lost = start();
        assert_eq!(
            (lost.status.as_u16(), &lost.headers["x-timetwin-trouble"]),
            (503, &"not-kept".parse().unwrap())
        );
        assert_eq!(
            twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "main").status,
            200,
            "reads go on"
        );
    }
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(start().status, 200, "back in its place it is written to");
    close(twin);
    // The worklog and the timer.
    assert_eq!(rows(&open(&file), "main").len(), rows(&TestTwin::studio(), "main").len() + 2);
}

#[test]
fn pages_that_changed_places_are_noticed_when_nobody_closed_the_file() {
    let file = file("swapped");
    let twin = open(&file);
    let people: Vec<Value> = (0..400)
        .map(|n| json!({"who": "anna", "on": "DEMO-1", "start": "d-1 09:00", "seconds": 60 + n, "note": format!("row {n}")}))
        .collect();
    block_on(twin.twin.plant("main", &json!({ "work": people }).to_string())).unwrap();
    close(twin);
    let good = std::fs::read(&file).unwrap();
    let pages = good.len() / 4096;
    let (mut noticed, mut tried) = (0, 0);
    for first in (5..pages - 9).step_by(pages / 24) {
        let second = first + 7;
        let (mut swapped, one, two) = (good.clone(), first * 4096, second * 4096);
        swapped[one..one + 4096].copy_from_slice(&good[two..two + 4096]);
        swapped[two..two + 4096].copy_from_slice(&good[one..one + 4096]);
        // As a server leaves it that was killed.
        swapped[18..20].fill(2);
        std::fs::write(&file, &swapped).unwrap();
        tried += 1;
        let opened = Twin::durable(setup("studio"), &file, Options::default());
        noticed += usize::from(opened.is_err() || good[one..one + 4096] == good[two..two + 4096]);
    }
    assert!(tried > 15 && noticed == tried, "{noticed} of {tried}");
}

#[test]
fn an_empty_file_is_filled_and_a_bad_scenario_makes_none() {
    let file = file("empty");
    std::fs::write(&file, "").unwrap();
    close(open(&file));
    assert!(std::fs::metadata(&file).unwrap().len() > 10_000);
    assert!(!file.with_file_name("state.db-wal").exists(), "closed, it stands alone");
    let other = file.with_file_name("other.db");
    let mut bad = Bundle::builtin("bare").unwrap();
    let overlay =
        timetwin::scenario::seed::Overlay { file: "jira.json".into(), text: "{\"x\":1}".into() };
    bad.overlays.insert("jira", overlay);
    let setup = Setup { scenario: bad.into(), ..setup("bare") };
    let refused = Twin::durable(setup, &other, Options::default());
    assert!(matches!(refused, Err(TwinError::Seed(_))));
    assert!(!other.exists());
}

/// Adds entries until the vendor says it cannot; how many were answered, and how the last was.
fn fill(twin: &TestTwin) -> (usize, super::Raw) {
    for n in 0.. {
        let path =
            format!("/v1/start_timer?issue_key={}", if n % 2 == 0 { "SSP-3" } else { "SSP-14" });
        let answer = twin.raw(Method::POST, "clockwork", &path, ANNA);
        if answer.status != 200 {
            return (n, answer);
        }
        let advanced = twin.post(&format!("{MAIN}/clock/advance"), &json!({ "by": "PT1M" }));
        if advanced.status != 200 {
            return (n + 1, twin.raw(Method::POST, "clockwork", &path, ANNA));
        }
        assert!(n < 10_000, "the disk never fills up");
    }
    unreachable!()
}

#[test]
fn a_full_disk_refuses_writes_answers_reads_and_loses_nothing() {
    let file = file("full");
    close(open(&file));
    let pages: u32 = sql(&file, "PRAGMA page_count")[0][0].parse().unwrap();
    let full = Options { most_pages: Some(pages + 3) };
    let twin = TestTwin::of(Twin::durable(setup("studio"), &file, full).unwrap());
    let list = || twin.clockwork(Method::GET, "/v1/worklogs?starting_at=2026-06-12", ANNA, "main");
    let (answered, last) = fill(&twin);
    assert!(answered > 3, "{answered}");
    assert_eq!(last.status, 503);
    assert_eq!(last.headers["content-type"], "text/html; charset=utf-8", "in the vendor's form");
    assert_eq!(last.headers["x-timetwin-trouble"], "not-kept", "told from the vendor's own 503");
    let before = rows(&twin, "main");
    let seen = list().text();
    for _ in 0..3 {
        let (none, refused) = fill(&twin);
        assert_eq!((none, refused.status.as_u16()), (0, 503));
        let row = json!({ "who": "ben", "on": "SSP-3", "start": "now-PT1H", "seconds": 60 });
        let many = json!({ "work": vec![row; 500] }).to_string();
        let planted = block_on(twin.twin.plant("main", &many));
        assert!(matches!(planted, Err(TwinError::Lost(_))), "the control API says so, too");
    }
    assert!(
        rows(&twin, "main") == before && list().text() == seen,
        "nothing of a lost write is seen"
    );
    let bare = SandboxSpec { scenario: Some("bare".to_owned()), ..SandboxSpec::default() };
    assert!(matches!(block_on(twin.twin.make("late", bare)), Err(TwinError::Lost(_))));
    assert!(twin.twin.sandboxes().get("late").is_none(), "what could not be kept was not made");
    let lost = twin.get(&format!("{MAIN}/requests?status=503")).json();
    let lost = lost["requests"].as_array().unwrap();
    assert!(lost.len() >= 4 && lost.iter().all(|row| row["trouble"] == "not-kept"));
    close(twin);
    let twin = open(&file);
    assert!(rows(&twin, "main") == before, "what was answered is there");
    assert_eq!(fill_some(&twin), 200, "with room, work goes on");
}

fn fill_some(twin: &TestTwin) -> u16 {
    let stop = twin.raw(Method::POST, "clockwork", "/v1/start_timer?issue_key=SSP-2", ANNA);
    stop.status.as_u16()
}

#[test]
fn commits_that_wait_together_share_a_transaction() {
    let file = file("group");
    let twin = open(&file);
    let commits = 400;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let twin = &twin;
            scope.spawn(move || {
                let name = format!("s{}", thread % 4);
                for _ in 0..commits / 8 {
                    twin.advance(&name_made(twin, &name), "PT1S");
                }
            });
        }
    });
    let (transactions, written) = twin.twin.state().unwrap().counts();
    assert_eq!(written, commits);
    assert!(transactions <= written, "{transactions}");
    for n in 0..4 {
        let clock = twin.get(&format!("/_twin/sandboxes/s{n}/clock")).json();
        assert_eq!(clock["now"], "2026-06-12T10:01:40Z", "a hundred seconds each");
    }
    close(twin);
    let twin = open(&file);
    assert_eq!(twin.get("/_twin/sandboxes/s3/clock").json()["now"], "2026-06-12T10:01:40Z");
}

fn name_made(twin: &TestTwin, name: &str) -> String {
    twin.twin.sandboxes().enter(name, |_| true).unwrap();
    name.to_owned()
}

#[test]
fn sandboxes_that_hold_something_do_not_make_room_for_others() {
    let file = file("room");
    let bounds = Bounds { sandboxes: 3, idle: std::time::Duration::ZERO, ..Bounds::default() };
    let setup = Setup { bounds, ..setup("studio") };
    let twin = TestTwin::of(Twin::durable(setup, &file, Options::default()).unwrap());
    work(&twin, "held");
    assert_eq!(twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "looked-at").status, 200);
    work(&twin, "two");
    assert_eq!(twin.twin.sandboxes().names(), ["held", "main", "two"], "one that is as new went");
    let full = twin.put("/_twin/sandboxes/three", &json!({}));
    problem(&full, 409);
    assert_eq!(name(&full), "sandboxes-full");
    twin.post("/_twin/sandboxes/two/reset", &json!({}));
    assert_eq!(twin.put("/_twin/sandboxes/three", &json!({})).status, 201);
    close(twin);
    assert_eq!(open(&file).twin.sandboxes().names(), ["held", "main", "three"]);
}

#[test]
fn a_twin_that_was_closed_refuses_writes_and_does_not_hang() {
    let file = file("closed");
    let twin = open(&file);
    twin.twin.state().unwrap().close();
    let late = twin.raw(Method::POST, "clockwork", "/v1/start_timer?issue_key=SSP-3", ANNA);
    assert_eq!(late.status, 503);
    assert_eq!(twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "main").status, 200);
    let weak = Arc::downgrade(&twin.twin);
    drop(twin);
    assert!(weak.upgrade().is_none(), "nothing keeps it");
}
