//! Checkpoints and snapshots of worlds.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{MAIN, name, problem};
use crate::support::{Answer, TestTwin};

const ANNA: &str = "anna@studio.example";

fn ledger(twin: &TestTwin, sandbox: &str) -> Value {
    twin.get(&format!("/_twin/sandboxes/{sandbox}/ledger")).json()
}

fn work(twin: &TestTwin, sandbox: &str) {
    assert_eq!(twin.timer("start", ANNA, "SSP-3", sandbox).status, 200);
    twin.advance(sandbox, "PT1H");
    assert_eq!(twin.timer("stop", ANNA, "SSP-3", sandbox).status, 200);
}

fn call(twin: &TestTwin, method: Method, path: &str) -> Answer {
    twin.control(method, &format!("{MAIN}/checkpoints{path}"), None)
}

#[test]
fn a_checkpoint_leads_back_to_its_moment() {
    let twin = TestTwin::studio();
    work(&twin, "main");
    assert_eq!(call(&twin, Method::PUT, "/one").status, 201);
    let one = ledger(&twin, "main");
    work(&twin, "main");
    assert_eq!(call(&twin, Method::PUT, "/two").status, 201);
    let two = ledger(&twin, "main");
    assert_eq!(
        call(&twin, Method::GET, "").json(),
        json!([{ "name": "one", "version": 3 }, { "name": "two", "version": 6 }])
    );
    let restored = call(&twin, Method::POST, "/one/restore");
    assert_eq!((restored.status.as_u16(), restored.body.len()), (204, 0));
    assert_eq!(ledger(&twin, "main"), one);
    assert_eq!(twin.get(&format!("{MAIN}/clock")).json()["now"], "2026-06-12T11:00:00Z");
    assert_eq!(twin.get(MAIN).json()["version"], 7, "going back is a change, too");
    assert_eq!(twin.get(MAIN).json()["requests"], 4, "the journal goes on");
    assert_eq!(call(&twin, Method::POST, "/two/restore").status, 204, "and forward again");
    assert_eq!(ledger(&twin, "main"), two);
    assert_eq!(call(&twin, Method::PUT, "/one").status, 204, "taken again under the same name");
    call(&twin, Method::POST, "/one/restore");
    assert_eq!(ledger(&twin, "main"), two);
    twin.post(&format!("{MAIN}/reset"), &json!({}));
    assert_ne!(ledger(&twin, "main"), two);
    assert_eq!(
        call(&twin, Method::POST, "/two/restore").status,
        204,
        "checkpoints outlive a reset"
    );
    assert_eq!(ledger(&twin, "main"), two);
    assert_eq!(call(&twin, Method::DELETE, "/two").status, 204);
    let gone = call(&twin, Method::POST, "/two/restore");
    problem(&gone, 404);
    assert_eq!(name(&gone), "unknown-checkpoint");
}

#[test]
fn checkpoints_belong_to_their_sandbox_and_are_bounded() {
    let twin = TestTwin::studio();
    call(&twin, Method::PUT, "/one");
    twin.put("/_twin/sandboxes/other", &json!({}));
    let path = "/_twin/sandboxes/other/checkpoints/one/restore";
    problem(&twin.control(Method::POST, path, None), 404);
    problem(&call(&twin, Method::PUT, "/a%20b"), 400);
    problem(&call(&twin, Method::DELETE, "/none"), 404);
    problem(&twin.control(Method::PUT, "/_twin/sandboxes/nobody/checkpoints/x", None), 404);
    problem(&twin.get("/_twin/sandboxes/nobody/checkpoints"), 404);
    for n in 1..100 {
        assert_eq!(call(&twin, Method::PUT, &format!("/n{n}")).status, 201);
    }
    let full = call(&twin, Method::PUT, "/more");
    problem(&full, 409);
    assert_eq!(name(&full), "checkpoints-full");
    assert_eq!(call(&twin, Method::PUT, "/n7").status, 204, "one that is there may be taken again");
}

fn snapshot(twin: &TestTwin, sandbox: &str) -> Vec<u8> {
    let answer = twin.get(&format!("/_twin/sandboxes/{sandbox}/snapshot"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/vnd.sqlite3");
    assert!(answer.body.starts_with(b"SQLite format 3\0"));
    answer.body.to_vec()
}

fn upload(twin: &TestTwin, sandbox: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("/_twin/sandboxes/{sandbox}/snapshot");
    twin.send(Request::put(path).body(Body::from(bytes)).unwrap())
}

/// Every row of a sandbox's world.
pub(super) fn rows(twin: &TestTwin, sandbox: &str) -> Vec<String> {
    let root = twin.twin.sandbox(sandbox).unwrap().store.read();
    let mut rows = Vec::new();
    for part in twin.twin.parts().iter() {
        part.all(&root.value, &mut |key, row| {
            rows.push(format!("{} {key} {}", part.name(), row.unwrap()));
        })
        .unwrap();
    }
    rows
}

#[test]
fn a_snapshot_carries_a_world_to_another_sandbox_or_server() {
    let twin = TestTwin::studio();
    work(&twin, "main");
    twin.post(&format!("{MAIN}/plant"), &json!({ "tasks": [{ "key": "SSP-88", "name": "More" }] }));
    let bytes = snapshot(&twin, "main");
    let elsewhere =
        TestTwin::on(&crate::support::Stage { scenario: "bare".into(), ..Default::default() });
    for (twin, sandbox) in [(&twin, "copy"), (&elsewhere, "copy")] {
        let made = upload(twin, sandbox, bytes.clone());
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(made.json()["clock"]["now"], "2026-06-12T11:00:00Z");
    }
    let whole = rows(&twin, "main");
    assert!(whole.len() > 1000, "{} rows", whole.len());
    assert!(whole == rows(&twin, "copy") && whole == rows(&elsewhere, "copy"), "row for row");
    for twin in [&twin, &elsewhere] {
        let root = twin.twin.sandbox("copy").unwrap().store.read();
        assert!(root.value.jira.worklogs.indices_are_right());
        assert!(root.value.clockodo.entries.table().indices_are_right());
        assert!(root.value.clockify.entries.rows().indices_are_right());
    }
    assert_eq!(ledger(&elsewhere, "copy"), ledger(&twin, "main"));
    // Work goes on with the same ids in both.
    work(&twin, "copy");
    let request = twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "copy");
    assert_eq!(request.status, 200);
    assert_eq!(upload(&twin, "copy", bytes.clone()).status, 200, "in place of what was there");
    assert_eq!(rows(&twin, "copy"), whole);
    work(&twin, "copy");
    twin.post("/_twin/sandboxes/copy/reset", &json!({}));
    assert_eq!(rows(&twin, "copy"), whole, "a reset leads back to the snapshot");
    let more =
        json!({ "work": [{ "who": "anna", "on": "SSP-88", "start": "now-PT1H", "seconds": 60 }] });
    let planted = elsewhere.post("/_twin/sandboxes/copy/plant", &more);
    assert_eq!(planted.status, 200, "its scenario came with it: {}", planted.text());
}

#[test]
fn the_same_world_gives_the_same_file() {
    let told = || {
        let twin = TestTwin::studio();
        work(&twin, "main");
        snapshot(&twin, "main")
    };
    assert!(told() == told());
}

#[test]
fn what_is_no_snapshot_is_refused_and_changes_nothing() {
    let twin = TestTwin::studio();
    let good = snapshot(&twin, "main");
    let foreign = {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE customers (id); INSERT INTO customers VALUES (1)")
            .unwrap();
        connection
    };
    let refused = |bytes: Vec<u8>| {
        let answer = upload(&twin, "x", bytes);
        assert_eq!(name(&answer), "bad-snapshot", "{}", answer.text());
        problem(&answer, 422)
    };
    assert!(refused(Vec::new()).contains("not a SQLite database"));
    assert!(refused(b"{\"people\":[]}".to_vec()).contains("not a SQLite database"));
    assert!(refused(serialized(foreign)).contains("another program"));
    let torn = refused(good[..good.len() / 2].to_vec());
    assert!(torn.contains("damaged"), "{torn}");
    let mut scrambled = good.clone();
    for byte in scrambled.iter_mut().skip(4096).step_by(7) {
        *byte ^= 0x5a;
    }
    refused(scrambled);
    let newer = changed(&good, "PRAGMA user_version = 99");
    assert!(refused(newer).contains("format 99"));
    let row = refused(changed(
        &good,
        "UPDATE jira_users_rows SET row = '{\"id\":\"7\"}' WHERE key = '1'",
    ));
    assert!(row.contains("jira_users, key 1: "), "the row is named: {row}");
    let view =
        changed(&good, "DROP VIEW jira_users; CREATE VIEW jira_users AS SELECT 1 AS sandbox");
    assert!(refused(view).contains("another program"), "nothing of a file runs that is not ours");
    let trigger = "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM worlds; END";
    assert!(refused(changed(&good, trigger)).contains("another program"));
    assert!(refused(changed(&good, "DELETE FROM sandboxes")).contains("holds no sandbox"));
    assert!(
        refused(changed(&good, "UPDATE worlds SET base = 2 WHERE id = 1"))
            .contains("world 1 is based on world 2")
    );
    assert!(
        refused(changed(&good, "DELETE FROM worlds WHERE id = 1")).contains("there is no world")
    );
    assert_eq!(twin.twin.sandboxes().names(), ["main"]);
    problem(&upload(&twin, "a%20b", good.clone()), 400);
    problem(&twin.get("/_twin/sandboxes/nobody/snapshot"), 404);
    assert_eq!(
        upload(&twin, "x", changed(&good, "DROP VIEW jira_users; DROP TABLE jira_users_rows"))
            .status,
        201,
        "a program that did not know the collection yet wrote none"
    );
}

fn serialized(mut connection: rusqlite::Connection) -> Vec<u8> {
    connection.serialize("main").unwrap().to_vec()
}

/// A snapshot after somebody has been at it.
fn changed(bytes: &[u8], sql: &str) -> Vec<u8> {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.deserialize_read_exact("main", bytes, bytes.len(), false).unwrap();
    connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
    serialized(connection)
}
