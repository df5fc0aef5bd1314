// A Clockwork timer becomes an hour of work in Jira. Nothing but the standard library, and a server of its own; docs/rust.md
// shows a twin inside the test's own process.
//
// Run: made="$(mktemp -d)" && rustc --edition 2024 --test -o "$made/timer" timer.rs && "$made/timer" && rm -r "$made"

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A twin on a free port, which ends when it is dropped.
struct Twin {
    server: Child,
    /// `127.0.0.1:PORT`
    address: String,
}

impl Twin {
    fn start() -> Self {
        let mut command = Command::new("timetwin");
        // Its input closes with this process, and the server ends then, even if nobody drops it.
        command.args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().expect("timetwin is not on the path");
        // The only line: "timetwin VERSION listening on URL Ready."
        let mut ready = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let url = ready.split(' ').nth(4).unwrap_or_else(|| panic!("it did not start: {ready}"));
        let address = url.trim_start_matches("http://").to_owned();
        Self { server, address }
    }

    /// Sends a request; the body of its answer.
    fn call(&self, method: &str, path: &str, token: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length) = (&self.address, body.len());
        let kind = if body.starts_with('{') { "json" } else { "x-www-form-urlencoded" };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nConnection: close\r\n\
             Content-Type: application/{kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        body.to_owned()
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_timer_becomes_an_hour() {
    let twin = Twin::start();
    // What follows ~ in the token names the world of this test.
    let (world, anna) = ("/_twin/sandboxes/hour", "Token demo-clockwork-anna~hour");

    twin.call("PUT", world, "", r#"{"at":"2030-01-07T10:00:00Z"}"#);
    twin.call("POST", "/v1/start_timer", anna, "issue_key=SSP-13");
    twin.call("POST", &format!("{world}/clock/advance"), "", r#"{"by":"PT1H"}"#);
    twin.call("POST", "/v1/stop_timer", anna, "issue_key=SSP-13");

    let ledger = twin.call("GET", &format!("{world}/ledger?system=jira"), "", "");
    assert!(ledger.contains(r#""start":"2030-01-07T10:00:00Z","seconds":3600"#), "{ledger}");
}
