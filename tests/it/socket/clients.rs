//! Clients that take too much.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use timetwin::http::server::{self, Patience};
use timetwin::kernel::clock::machine_tick;

use super::{Served, read};

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

/// An app with one path that is urgent and one whose answer is long.
#[derive(Clone)]
struct Paths;

impl server::App for Paths {
    fn is_urgent(&self, path: &str) -> bool {
        path == "/urgent"
    }

    async fn answer(&self, request: axum::extract::Request) -> axum::response::Response {
        let long = request.uri().path() == "/long";
        axum::response::IntoResponse::into_response("here".repeat(if long { 16 << 20 } else { 1 }))
    }
}

/// Serves in this process, with little patience, until the test ends.
fn impatient(patience: Patience) -> (std::net::SocketAddr, tokio::runtime::Runtime) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(server::serve(vec![listener.into()], Paths, patience, std::future::pending()));
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
    let (address, _runtime) =
        impatient(Patience { connections: 1, reserved: 0, ..Patience::default() });
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

#[test]
fn there_is_room_for_what_is_urgent_when_all_connections_are_taken() {
    let (address, _runtime) = impatient(Patience { connections: 1, ..Patience::default() });
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        stream
    };
    let mut first = ask("/");
    let mut head = [0; 15];
    first.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    let mut urgent = ask("/urgent");
    let answer = read(&mut urgent);
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "here"),
        "and its connection is closed"
    );
    assert_eq!(read(&mut ask("/other")).status, 503);
}

#[test]
fn a_client_that_does_not_read_is_dropped() {
    let patience = Patience { write: Duration::from_millis(50), ..Patience::default() };
    let (address, _runtime) = impatient(patience);
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    // Peeking takes nothing out of the buffers: the server stalls, and then the connection breaks.
    let mut some = vec![0; 1 << 20];
    while client.peek(&mut some).is_ok_and(|length| length > 0)
        && client.take_error().unwrap().is_none()
    {
        std::thread::yield_now();
    }
    let mut whole = 0;
    while let Ok(length) = client.read(&mut some) {
        if length == 0 {
            break;
        }
        whole += length;
    }
    assert!(whole < 64 << 20, "{whole} bytes came");
}

#[test]
fn an_idle_connection_is_closed_no_sooner_than_its_time() {
    let head = Duration::from_millis(400);
    let (address, _runtime) = impatient(Patience { head, ..Patience::default() });
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = [0; 15];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let idle = machine_tick();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"here"), "and it ends without an error");
    assert!(idle.elapsed() > head / 2, "{:?}", idle.elapsed());
}

#[test]
fn a_server_stops_while_all_connections_are_taken() {
    let patience =
        Patience { connections: 1, drain: Duration::from_millis(100), ..Patience::default() };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = tokio::sync::oneshot::channel();
    let stop = async {
        let _: Result<(), _> = told.await;
    };
    let server = runtime.spawn(server::serve(vec![listener.into()], Paths, patience, stop));
    let mut taken = TcpStream::connect(address).unwrap();
    taken.write_all(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    taken.read_exact(&mut [0; 15]).unwrap();
    tell.send(()).unwrap();
    runtime.block_on(server).unwrap();
}
