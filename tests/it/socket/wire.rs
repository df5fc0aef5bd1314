//! Faults as a client sees them on the wire.

use std::io::{ErrorKind, Read, Write};

use super::{Served, read};

const ANNA: &str = "Authorization: Token demo-clockwork-anna";

fn ask(twin: &Served, effect: &str) -> (Vec<u8>, Option<ErrorKind>) {
    let plan = format!("{{\"rules\":[{{\"effect\":{effect}}}]}}");
    let set = twin.ask("PUT", "/_twin/sandboxes/main/faults", &[], &plan);
    assert_eq!(set.status, 200, "{}", set.body);
    let mut stream = twin.connect();
    let request =
        format!("GET /v1/worklogs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{ANNA}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return (bytes, None),
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
            Err(error) => return (bytes, Some(error.kind())),
        }
    }
}

fn length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    line.unwrap_or_else(|| panic!("no length in {head}")).parse().unwrap()
}

#[test]
fn a_reset_is_a_reset() {
    let twin = Served::studio();
    let (bytes, error) = ask(&twin, "{\"reset\":true}");
    assert_eq!((bytes.len(), error), (0, Some(ErrorKind::ConnectionReset)));
    assert_eq!(twin.get("/_twin/health").status, 200, "others are not harmed");
}

#[test]
fn a_truncated_body_ends_before_its_announced_length() {
    let twin = Served::studio();
    let (bytes, _) = ask(&twin, "{\"truncate\":100}");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert_eq!(body.len(), 100);
    assert!(length(head) > 1000, "{head}");
}

#[test]
fn a_slow_body_comes_whole() {
    let twin = Served::studio();
    let (bytes, error) = ask(&twin, "{\"slow\":{\"bytes_per_second\":2000000}}");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert_eq!((body.len(), error), (length(head), None));
}

#[test]
fn an_error_of_the_vendor_leaves_the_connection_open() {
    let twin = Served::studio();
    let plan = "{\"rules\":[{\"when\":{\"first\":1},\"effect\":{\"status\":503}}]}";
    twin.ask("PUT", "/_twin/sandboxes/main/faults", &[], plan);
    let mut stream = twin.connect();
    let request =
        |close: &str| format!("GET /v1/worklogs HTTP/1.1\r\nHost: x\r\n{close}{ANNA}\r\n\r\n");
    stream.write_all(request("").as_bytes()).unwrap();
    stream.write_all(request("Connection: close\r\n").as_bytes()).unwrap();
    let both = read(&mut stream);
    assert_eq!(both.status, 503);
    assert!(both.body.contains("HTTP/1.1 200 OK"), "the second one is answered");
}

#[test]
fn a_live_feed_comes_over_the_wire() {
    let twin = Served::studio();
    let mut feed = twin.connect();
    feed.write_all(b"GET /_twin/sandboxes/main/requests/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    let mut piece = [0; 4096];
    while !text.contains(": connected") {
        let length = feed.read(&mut piece).unwrap();
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    twin.get("/v1/worklogs");
    while !text.contains("\"operation\":\"listWorklogs\"") {
        let length = feed.read(&mut piece).unwrap();
        assert!(length > 0, "the feed ended: {text}");
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    assert!(text.to_lowercase().contains("content-type: text/event-stream"), "{text}");
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0), "an open feed does not hold the end up for ever");
}
