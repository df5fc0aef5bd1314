//! From the ready line to the end of the process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::{Value, json};
use timetwin::kernel::uuids;

use super::{Served, folder, read, run, timetwin};

#[test]
fn the_first_day_with_a_key_from_the_credentials() {
    let twin = Served::studio();
    let all = twin.get("/_twin/credentials").json();
    let row = all.as_array().unwrap().iter().find(|row| row["surface"] == "clockwork").unwrap();
    let token = row["headers"]["Authorization"].as_str().unwrap().to_owned();
    let base = row["base_url"].as_str().unwrap();
    assert_eq!(base, format!("http://{}/v1", twin.address));
    let ask = |method: &str, path: &str, token: &str| {
        twin.ask(method, path, &[("Authorization", token)], "")
    };
    assert_eq!(ask("POST", "/v1/start_timer?issue_key=SSP-3", &token).status, 200);
    let advanced =
        twin.ask("POST", "/_twin/sandboxes/main/clock/advance", &[], "{\"by\":\"PT1H\"}");
    assert_eq!(advanced.json(), json!({ "mode": "frozen", "now": "2026-06-12T11:00:00Z" }));
    assert_eq!(ask("POST", "/v1/stop_timer?issue_key=SSP-3", &token).status, 200);
    let day = "/v1/worklogs?starting_at=2026-06-12&ending_at=2026-06-12&project_keys[]=SSP";
    let clocked = |worklogs: Value| {
        let clocked = worklogs.as_array().unwrap().iter().filter(|row| {
            row["timeSpentSeconds"] == 3600 && row["started"] == "2026-06-12T10:00:00Z"
        });
        clocked.count()
    };
    assert_eq!(clocked(ask("GET", day, &token).json()), 1);
    let report = twin.get(
        "/api/1/worklog?start=2026-06-12&end=2026-06-12&allUsers=true\
         &Apikey=demo%2Ftime%2Btracker%2Fanna%3D%3D",
    );
    assert_eq!(report.status, 200, "{}", report.body);
    assert!(report.body.contains("\"SSP-3\""), "{}", report.body);
    assert_eq!(clocked(ask("GET", day, &format!("{token}~other")).json()), 0);
    assert_eq!(twin.ask("POST", "/_twin/sandboxes/main/reset", &[], "").status, 204);
    assert_eq!(clocked(ask("GET", day, &token).json()), 0);
}

#[test]
fn the_ready_line_and_the_port_file_name_the_port() {
    let file = folder("ready").join("port");
    std::fs::write(&file, "stale").unwrap();
    let twin = Served::with(&["--port-file", file.to_str().unwrap()]);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        twin.ready,
        format!("timetwin {version} listening on http://{} Ready.\n", twin.address)
    );
    let port = std::fs::read_to_string(&file).unwrap();
    assert_eq!(format!("127.0.0.1:{}\n", port.trim()), format!("{}\n", twin.address));
    assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing beside it");
    assert_eq!(twin.get("/_twin/health").json(), json!({ "status": "ok", "version": version }));
}

#[test]
fn sigterm_and_sigint_drain_and_exit_with_0() {
    for signal in ["TERM", "INT"] {
        let twin = Served::studio();
        let mut busy = twin.connect();
        // A request whose body is still on its way when the signal comes.
        let head = "POST /v1/start_timer HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\
                    Authorization: Token demo-clockwork-anna\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\n\
                    Expect: 100-continue\r\n\r\n";
        busy.write_all(head.as_bytes()).unwrap();
        let mut go = [0; 25];
        busy.read_exact(&mut go).unwrap();
        assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
        twin.signal(signal);
        while TcpStream::connect(&twin.address).is_ok() {}
        busy.write_all(b"issue_key=SSP-3").unwrap();
        let answer = read(&mut busy);
        assert_eq!(answer.status, 200, "an open request is finished: {}", answer.body);
        assert_eq!(twin.end(), (Some(0), String::new()));
    }
}

#[test]
fn a_server_ends_with_whoever_holds_its_standard_input() {
    let mut twin = timetwin(&["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    let mut out = BufReader::new(twin.stdout.take().unwrap());
    out.read_line(&mut ready).unwrap();
    let address = ready.split("http://").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let mut stdin = twin.stdin.take().unwrap();
    stdin.write_all(b"what is said does not matter\n").unwrap();
    assert!(TcpStream::connect(&address).is_ok());
    drop(stdin);
    assert_eq!(twin.wait().unwrap().code(), Some(0));
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn a_port_in_use_ends_with_3() {
    let twin = Served::studio();
    let (code, out, err) = run(&mut timetwin(&["serve", "--listen", &twin.address]));
    assert_eq!((code, out.as_str()), (3, ""));
    assert_eq!(err, format!("timetwin: {} is in use\n", twin.address));
}

#[test]
fn an_address_that_cannot_be_had_ends_with_1() {
    // Documentation addresses belong to nobody.
    let (code, out, err) = run(&mut timetwin(&["serve", "--listen", "192.0.2.1:0"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("timetwin: cannot listen on 192.0.2.1:0: "), "{err}");
    let missing = folder("missing").join("no/such/folder/port");
    let missing = missing.to_str().unwrap();
    let (code, out, err) =
        run(&mut timetwin(&["serve", "--listen", "127.0.0.1:0", "--port-file", missing]));
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
}

#[test]
fn healthcheck_and_wait_ask_the_server() {
    let twin = Served::studio();
    for verb in ["healthcheck", "wait"] {
        assert_eq!(run(&mut timetwin(&[verb, "--listen", &twin.address])).0, 0, "{verb}");
        let by_env = run(timetwin(&[verb]).env("TIMETWIN_LISTEN", &twin.address));
        assert_eq!(by_env, (0, String::new(), String::new()), "{verb}");
    }
    let everywhere = twin.address.replace("127.0.0.1", "0.0.0.0");
    assert_eq!(run(&mut timetwin(&["healthcheck", "--listen", &everywhere])).0, 0);
    let address = twin.address.clone();
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    let (code, _, err) = run(&mut timetwin(&["healthcheck", "--listen", &address]));
    assert!(code == 1 && err.starts_with(&format!("timetwin: {address}: ")), "{code} {err}");
    let (code, ..) = run(&mut timetwin(&["wait", "--listen", &address, "--timeout", "0"]));
    assert_eq!(code, 1);
}

#[test]
fn wait_holds_on_until_a_server_answers() {
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let waiting = timetwin(&["wait", "--listen", &free]).spawn().unwrap();
    let mut waiting = waiting;
    assert!(waiting.try_wait().unwrap().is_none(), "nobody answers yet");
    let mut serve = timetwin(&["serve", "--scenario", "bare", "--listen", &free]);
    let _twin = Served::of(&mut serve);
    assert!(waiting.wait().unwrap().success());
}

#[test]
fn the_same_instant_gives_the_same_bytes_on_every_run() {
    let told = || {
        let twin = Served::studio();
        let key = [("Authorization", "Token demo-clockwork-anna")];
        let mut told = String::new();
        for (method, path) in [
            ("POST", "/v1/start_timer?issue_key=SSP-3"),
            ("POST", "/v1/stop_timer?issue_key=SSP-14"),
            ("GET", "/v1/worklogs?starting_at=2026-06-01&expand=authors,emails,issues"),
        ] {
            let answer = twin.ask(method, path, &key, "");
            told.push_str(&format!("{}\n{}\n", answer.head, answer.body));
        }
        told + &twin.get("/_twin/sandboxes/main/ledger").body
    };
    let (one, two) = (told(), told());
    assert!(one == two && one.len() > 10_000, "{} and {} bytes", one.len(), two.len());
}

/// What a server logs while somebody calls it, with a key that is not ours among the calls.
fn logged(form: &str) -> String {
    let file = folder(&format!("log-{form}")).join("log");
    let log = std::fs::File::create(&file).unwrap();
    let mut command = timetwin(&["serve", "--listen", "127.0.0.1:0", "--log", form]);
    let twin = Served::logging(&mut command, log.into());
    twin.ask("GET", "/v1/worklogs", &[("Authorization", "Token demo-clockwork-anna")], "");
    twin.ask("GET", "/v1/worklogs", &[("Authorization", "Token r3al-c10ckwork-t0ken")], "");
    twin.get("/api/1/worklog?start=2026-06-01&Apikey=r3al%2Bkey");
    twin.ask(
        "GET",
        "/~other/v1/worklogs?x=r3al",
        &[("Authorization", "Token demo-clockwork-anna")],
        "",
    );
    let journal = twin.get("/_twin/sandboxes/main/requests").json();
    assert_eq!(journal["requests"].as_array().unwrap().len(), 3);
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    std::fs::read_to_string(&file).unwrap()
}

#[test]
fn the_json_log_has_a_line_a_request_with_the_journals_id() {
    let log = logged("json");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<(&str, u64)> = lines
        .iter()
        .map(|line| {
            let id = line["request_id"].as_str().unwrap().parse().unwrap();
            (line["sandbox"].as_str().unwrap(), uuids::count(id))
        })
        .collect();
    assert_eq!(ids, [("main", 1), ("main", 2), ("main", 3), ("other", 1)]);
    let first = &lines[0];
    assert_eq!((&first["level"], &first["target"]), (&json!("INFO"), &json!("timetwin::request")));
    assert_eq!(
        (&first["surface"], &first["operation"]),
        (&json!("clockwork"), &json!("listWorklogs"))
    );
    assert_eq!((&first["status"], &first["person"]), (&json!(200), &json!("anna@studio.example")));
    assert_eq!((&first["method"], &first["path"]), (&json!("GET"), &json!("/v1/worklogs")));
    assert!(first["duration_us"].is_u64() && first["timestamp"].is_string());
    assert!(!log.contains("r3al") && !log.contains("demo-"), "no secrets: {log}");
}

#[test]
fn the_text_log_is_silent_when_all_is_well() {
    assert_eq!(logged("text"), "");
}
