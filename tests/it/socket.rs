//! The real binary on a real port: ready line, flags and their environment twins, exit codes, signals,
//! and clients that take too much.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use timetwin::http::server::{self, Patience};

/// A `timetwin serve` that ends with the test.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The line it said when it could answer.
    pub(crate) ready: String,
    /// `127.0.0.1:PORT`
    pub(crate) address: String,
}

/// An answer as it came over the wire.
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// The binary with no setting of this process's environment.
pub(crate) fn timetwin(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_timetwin"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TIMETWIN_") {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs a command that ends by itself: exit code, stdout, stderr.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().expect("it was not killed"), text(stdout), text(stderr))
}

/// A folder of this test's own, emptied.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

impl Served {
    /// Serves the studio on the Friday at a free port.
    pub(crate) fn studio() -> Self {
        Self::with(&["--at", "2026-06-12T10:00:00Z"])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        let mut command = timetwin(&["serve", "--listen", "127.0.0.1:0"]);
        Self::of(command.args(arguments))
    }

    /// Starts it and reads the ready line.
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        let address = ready
            .strip_prefix(concat!("timetwin ", env!("CARGO_PKG_VERSION"), " listening on http://"))
            .and_then(|rest| rest.strip_suffix(" Ready.\n"))
            .unwrap_or_else(|| panic!("no ready line: {ready:?}"))
            .to_owned();
        Self { child, stdout, ready, address }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// Sends a request and reads until the server closes.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Raw {
        let mut stream = self.connect();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        read(&mut stream)
    }

    pub(crate) fn get(&self, path: &str) -> Raw {
        self.ask("GET", path, &[], "")
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end: exit code, and what it said after the ready line.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an answer until the server closes.
pub(crate) fn read(stream: &mut TcpStream) -> Raw {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Raw { status, head: head.to_owned(), body: body.to_owned() }
}

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
fn invalid_values_end_with_2_as_flag_and_as_environment_twin() {
    for (flag, value) in [
        ("--listen", "localhost"),
        ("--scenario", "unheard"),
        ("--scenario", "/no/such/file.json"),
        ("--at", "noon"),
        ("--at", "1969-12-31T00:00:00Z"),
        ("--revision", "v2"),
        ("--limits", "none"),
        ("--public-url", "example.com"),
        ("--public-url", "ftp://example.com"),
        ("--public-url", "http://example.com/path"),
        ("--sandboxes", "0"),
        ("--sandbox-idle", "PT0S"),
        ("--sandbox-idle", "1d"),
        ("--journal", "-1"),
        ("--log", "xml"),
    ] {
        let port = ["--listen", "127.0.0.1:0"];
        let base: &[&str] = if flag == "--listen" { &[] } else { &port };
        let by_flag = run(timetwin(&["serve"]).args(base).args([flag, value]));
        let name = format!("TIMETWIN_{}", flag[2..].replace('-', "_").to_uppercase());
        let by_env = run(timetwin(&["serve"]).args(base).env(name, value));
        for (code, out, err) in [by_flag, by_env] {
            assert_eq!((code, out.as_str()), (2, ""), "{flag} {value}: {err}");
            assert!(!err.is_empty());
        }
    }
    for usage in [&["serve", "--colour"][..], &["sing"], &[], &["check"], &["generate"]] {
        assert_eq!(run(&mut timetwin(usage)).0, 2, "{usage:?}");
    }
    assert_eq!(run(&mut timetwin(&["--help"])).0, 0);
    assert_eq!(run(&mut timetwin(&["serve", "--help"])).0, 0);
}

#[test]
fn every_flag_of_serve_has_a_working_environment_twin() {
    let (_, help, _) = run(&mut timetwin(&["serve", "--help"]));
    let flags: Vec<&str> = help
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--"))
        .filter(|flag| *flag != "help" && flag.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .collect();
    for flag in &flags {
        let twin = format!("TIMETWIN_{}", flag.replace('-', "_").to_uppercase());
        assert!(help.contains(&twin), "--{flag} has no {twin}");
    }
    let file = folder("environment").join("port");
    let mut command = timetwin(&["serve"]);
    command
        .env("TIMETWIN_LISTEN", "127.0.0.1:0")
        .env("TIMETWIN_SCENARIO", "bare")
        .env("TIMETWIN_AT", "2024-02-29T12:00:00Z")
        .env("TIMETWIN_REVISION", "current")
        .env("TIMETWIN_LIMITS", "off")
        .env("TIMETWIN_PORT_FILE", &file)
        .env("TIMETWIN_PUBLIC_URL", "https://twin.example:444/")
        .env("TIMETWIN_CONTROL_TOKEN", "s3cret")
        .env("TIMETWIN_SANDBOXES", "7")
        .env("TIMETWIN_SANDBOX_IDLE", "PT1H")
        .env("TIMETWIN_JOURNAL", "11")
        .env("TIMETWIN_LOG", "json");
    let twin = Served::of(&mut command);
    assert!(twin.address.ends_with(std::fs::read_to_string(&file).unwrap().trim()));
    assert_eq!(twin.get("/_twin/sandboxes").status, 401);
    let get = |path: &str| twin.ask("GET", path, &[("Authorization", "Bearer s3cret")], "").json();
    let main = &get("/_twin/sandboxes")[0];
    assert_eq!(main["clock"], json!({ "mode": "frozen", "now": "2024-02-29T12:00:00Z" }));
    assert_eq!((&main["revision"], &main["limits"]), (&json!("current"), &json!("off")));
    let credentials = get("/_twin/credentials");
    let clockwork =
        credentials.as_array().unwrap().iter().filter(|row| row["surface"] == "clockwork");
    let people: Vec<&Value> = clockwork.clone().map(|row| &row["person"]).collect();
    assert_eq!(people, ["anna@studio.example"], "the bare scenario has one person");
    assert!(clockwork.clone().all(|row| row["base_url"] == "https://twin.example:444/v1"));
    assert_eq!(get("/_twin/sandboxes/main/requests")["bound"], 11);
    let (code, _, help) =
        run(timetwin(&["serve", "--help"]).env("TIMETWIN_CONTROL_TOKEN", "s3cret"));
    assert!(code == 0 && !help.contains("s3cret"), "the token is not shown");
}

#[test]
fn a_flag_wins_over_its_environment_twin() {
    let mut command = timetwin(&["serve", "--listen", "127.0.0.1:0", "--scenario", "bare"]);
    let twin = Served::of(command.env("TIMETWIN_SCENARIO", "unheard"));
    assert_eq!(twin.get("/_twin/health").status, 200);
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
fn check_names_file_line_and_field() {
    let folder = folder("check");
    let file = folder.join("scenario.json");
    let path = file.to_str().unwrap();
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        run(&mut timetwin(&["check", path, "--at", "2026-06-12T10:00:00Z"]))
    };
    let good = include_str!("../../seed-data/bare/scenario.json");
    let (code, out, err) = check(good);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "bare: 1 people, 1 clients, 1 projects, 1 tasks, 0 stretches of work\n");
    let (code, out, err) = check(&good.replace("Europe/Berlin", "Europe/Bonn"));
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        format!("timetwin: {path}:7:83: people[0].zone: there is no time zone 'Europe/Bonn'\n")
    );
    let (code, _, err) = check(&good.replace("\"owner\"", "\"king\""));
    assert_eq!(code, 2);
    assert!(err.starts_with(&format!("timetwin: {path}:7:")), "{err}");
    assert!(err.contains(": people[0].role: "), "{err}");
    let (code, _, err) = check(&good.replace("\"clients\"", "\"customers\""));
    assert_eq!(code, 2);
    assert!(err.contains("customers"), "an unknown member is named: {err}");
    let (code, _, err) = check("{\"name\": \"x\",\n \"company\": ");
    assert!(code == 2 && err.contains(&format!("{path}:2:")), "{err}");
    std::fs::write(folder.join("jira.json"), "{\"hidden_emails\": [\"zoe\"]}").unwrap();
    let (code, _, err) = check(good);
    assert_eq!(code, 2);
    assert!(err.contains("jira.json:1:20: hidden_emails[0]: there is no person 'zoe'"), "{err}");
    let by_folder = run(&mut timetwin(&["check", folder.to_str().unwrap()]));
    assert_eq!(by_folder.0, 2);
    assert_eq!(run(&mut timetwin(&["check", "/no/such/file.json"])).0, 2);
}

#[test]
fn a_bad_scenario_ends_serve_with_2_before_the_ready_line() {
    let file = folder("bad").join("scenario.json");
    std::fs::write(&file, "{\"name\": \"x\",\n \"company\": 7}").unwrap();
    let path = file.to_str().unwrap();
    let (code, out, err) =
        run(&mut timetwin(&["serve", "--listen", "127.0.0.1:0", "--scenario", path]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with(&format!("timetwin: {path}:2:13: company: ")), "{err}");
}

#[test]
fn generate_writes_a_scenario_that_holds_and_the_same_seed_gives_the_same_bytes() {
    let folder = folder("generate");
    let write = |name: &str, seed: &str| {
        let file = folder.join(name);
        let (code, out, err) = run(&mut timetwin(&[
            "generate",
            "--entries",
            "300",
            "--people",
            "6",
            "--seed",
            seed,
            "-o",
            file.to_str().unwrap(),
        ]));
        assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
        file
    };
    let (one, two, other) = (write("a.json", "7"), write("b.json", "7"), write("c.json", "8"));
    let bytes = |file: &PathBuf| std::fs::read(file).unwrap();
    assert!(bytes(&one) == bytes(&two) && bytes(&one) != bytes(&other));
    let (code, out, err) = run(&mut timetwin(&["check", one.to_str().unwrap()]));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("6 people") && out.contains("300 stretches of work"), "{out}");
    let twin = Served::with(&["--at", "2026-06-12T20:00:00Z", "--scenario", one.to_str().unwrap()]);
    let ledger = twin.get("/_twin/sandboxes/main/ledger?system=jira").json();
    assert_eq!(ledger.as_array().unwrap().len(), 300);
    let nowhere = run(&mut timetwin(&["generate", "-o", "/no/such/folder/x.json"]));
    assert_eq!(nowhere.0, 1, "{}", nowhere.2);
    let nobody = run(&mut timetwin(&["generate", "--people", "0", "-o", "x.json"]));
    assert_eq!(nobody.0, 2);
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

#[test]
fn a_head_that_is_too_long_is_refused_and_the_server_goes_on() {
    let twin = Served::studio();
    let mut stream = twin.connect();
    let long =
        format!("GET /v1/worklogs HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n", "x".repeat(200_000));
    // The server may close before all of it is written.
    let _ = stream.write_all(long.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(twin.get("/_twin/health").status, 200);
    let path = format!("/v1/worklogs?x={}", "y".repeat(60_000));
    assert_eq!(twin.get(&path).status, 401, "a long one that fits is answered");
}

#[test]
fn a_body_that_is_too_long_is_answered_in_the_vendors_form() {
    let twin = Served::studio();
    let body = "x".repeat(3 * 1024 * 1024);
    let key = [("Authorization", "Token demo-clockwork-anna")];
    let answer = twin.ask("POST", "/v1/start_timer", &key, &body);
    assert_eq!(answer.status, 413);
    assert!(answer.head.to_lowercase().contains("content-type: text/html"), "{}", answer.head);
    let chunked = {
        let mut stream = twin.connect();
        stream
            .write_all(b"POST /v1/start_timer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
            .unwrap();
        for _ in 0..48 {
            stream.write_all(format!("10000\r\n{}\r\n", "x".repeat(0x10000)).as_bytes()).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        read(&mut stream)
    };
    assert_eq!(chunked.status, 413);
    assert_eq!(twin.get("/_twin/health").status, 200);
}

#[test]
fn bytes_that_are_no_http_are_refused() {
    let twin = Served::studio();
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"HELLO\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
    {
        let mut stream = twin.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    assert_eq!(twin.get("/_twin/health").status, 200);
}

#[test]
fn a_connection_serves_many_requests() {
    let twin = Served::studio();
    let mut stream = twin.connect();
    let once = "GET /_twin/health HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET /_twin/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(format!("{once}{once}{last}").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(
        text.matches("HTTP/1.1 200 OK").count(),
        3,
        "pipelined requests are answered in order"
    );
}

/// Serves an empty router in this process, with little patience, until the test ends.
fn impatient(patience: Patience) -> (std::net::SocketAddr, tokio::runtime::Runtime) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().fallback(async || "here");
    runtime.spawn(server::serve(listener, app, patience, std::future::pending()));
    (address, runtime)
}

#[test]
fn a_head_that_does_not_arrive_ends_its_connection() {
    let patience = Patience { head: Duration::from_millis(100), ..Patience::default() };
    let (address, _runtime) = impatient(patience);
    let mut slow = TcpStream::connect(address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn more_connections_than_allowed_wait_for_their_turn() {
    let (address, _runtime) = impatient(Patience { connections: 1, ..Patience::default() });
    let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut first = TcpStream::connect(address).unwrap();
    first.write_all(request).unwrap();
    let mut head = [0; 15];
    first.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    let mut second = TcpStream::connect(address).unwrap();
    second.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    second.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(second.read(&mut head).is_err(), "the first one still has the only place");
    drop(first);
    second.set_read_timeout(None).unwrap();
    assert_eq!(read(&mut second).body, "here");
}
