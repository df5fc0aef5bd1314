//! How clients reach a server: addresses, links that lead back, pages of other origins, and idle connections.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::{Raw, Served, folder, read, run, timetwin};

/// Asks at an address, with a `Host` of its own.
fn ask(address: &str, request: &str, headers: &str) -> Raw {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("{request} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    read(&mut stream)
}

fn header<'a>(answer: &'a Raw, name: &str) -> Option<&'a str> {
    answer.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn port(address: &str) -> &str {
    address.rsplit_once(':').unwrap().1
}

#[test]
fn both_loopback_addresses_answer() {
    for listen in ["127.0.0.1:0", "localhost:0", "0"] {
        let twin = Served::of(&mut timetwin(&["serve", "--scenario", "bare", "--listen", listen]));
        assert!(twin.address.starts_with("127.0.0.1:"), "{}", twin.ready);
        assert_eq!(twin.get("/_twin/health").status, 200);
        if std::net::TcpListener::bind("[::1]:0").is_ok() {
            let other = format!("[::1]:{}", port(&twin.address));
            assert_eq!(ask(&other, "GET /_twin/health", "Host: localhost\r\n").status, 200);
        }
    }
}

#[test]
fn a_loopback_address_that_another_server_has_is_a_port_in_use() {
    let Ok(other) = std::net::TcpListener::bind("[::1]:0") else { return };
    let port = other.local_addr().unwrap().port().to_string();
    let (code, out, err) = run(&mut timetwin(&["serve", "--scenario", "bare", "--listen", &port]));
    assert_eq!((code, out.as_str(), err), (3, "", format!("timetwin: [::1]:{port} is in use\n")));
}

#[test]
fn several_addresses_and_a_port_beside_them() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = timetwin(&["serve", "--scenario", "bare", "--listen", "127.0.0.1:1"]);
    let port = free.port().to_string();
    let twin = Served::of(command.args(["--listen", "127.0.0.2:2", "--port", &port]));
    assert_eq!(twin.address, free.to_string());
    for host in ["127.0.0.1", "127.0.0.2"] {
        let address = format!("{host}:{port}");
        assert_eq!(ask(&address, "GET /_twin/health", "Host: x\r\n").status, 200, "{host}");
    }
    let mut check = timetwin(&["healthcheck", "--listen", ":1"]);
    assert_eq!(run(check.env("TIMETWIN_PORT", &port)).0, 0);
    let everywhere = Served::of(&mut timetwin(&["serve", "--scenario", "bare", "--listen", ":0"]));
    let address = format!("127.0.0.1:{}", self::port(&everywhere.address));
    assert_eq!(ask(&address, "GET /_twin/health", "Host: x\r\n").status, 200);
}

#[test]
fn links_lead_back_to_where_the_client_asked() {
    let base = |answer: &Raw| answer.json()[0]["base_url"].as_str().unwrap().to_owned();
    let proxied = "Host: ci:32768\r\nX-Forwarded-Host: twin.test\r\nX-Forwarded-Proto: https\r\n";
    for (flags, wanted) in [
        (&[][..], "http://ci:32768/api/v1"),
        (&["--trust-forwarded"], "https://twin.test/api/v1"),
        (&["--public-url", "https://x.example", "--trust-forwarded"], "https://x.example/api/v1"),
    ] {
        let twin = Served::with(flags);
        let get = |path: &str| ask(&twin.address, &format!("GET {path}"), proxied);
        assert_eq!(base(&get("/_twin/credentials")), wanted, "{flags:?}");
        let nobody = get("/nothing").json();
        assert_eq!(nobody["surfaces"][0]["bases"]["base_url"], wanted, "{flags:?}");
        let origin = wanted.trim_end_matches("/api/v1");
        assert_eq!(nobody["control"], format!("{origin}/_twin"));
        assert_eq!(get("/").json()["surfaces"][0]["bases"]["base_url"], wanted, "{flags:?}");
        let contract = get("/_twin/contract/clockify.json").json();
        assert_eq!(contract["servers"][0]["url"], wanted, "{flags:?}");
    }
}

#[test]
fn probes_of_readiness_get_a_short_answer_and_leave_no_trace() {
    let twin = Served::studio();
    let page = ask(&twin.address, "GET /", "Host: x\r\nAccept: text/html,*/*\r\n");
    assert_eq!(page.status, 200);
    assert!(header(&page, "content-type").unwrap().starts_with("text/html"), "{}", page.head);
    assert!(page.body.contains("<code>http://x/api/v1</code>"), "{}", page.body);
    let json = ask(&twin.address, "GET /~a", "Host: x\r\n");
    assert_eq!((json.status, &json.json()["name"]), (200, &Value::from("timetwin")));
    let head = ask(&twin.address, "HEAD /", "Host: x\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(ask(&twin.address, "POST /", "Host: x\r\n").status, 404);
    assert_eq!(ask(&twin.address, "GET /", "Host: api.clockify.me\r\n").status, 404);
    let journal = twin.get("/_twin/sandboxes/main/requests").json();
    assert_eq!(journal["requests"].as_array().unwrap().len(), 2, "{journal}");
    assert_eq!(twin.get("/_twin/sandboxes").json().as_array().unwrap().len(), 1);
}

#[test]
fn pages_of_other_origins_are_let_in_as_the_flag_says() {
    let own = "http://localhost:5173";
    for (flag, origin, wanted) in [
        ("vendor", own, Some("*")),
        ("off", own, None),
        (own, own, Some(own)),
        (own, "http://evil.test", None),
    ] {
        let twin = Served::with(&["--cors", flag]);
        let asked = format!("Host: x\r\nOrigin: {origin}\r\n");
        let preflight = format!("{asked}Access-Control-Request-Method: POST\r\n");
        let answer = ask(&twin.address, "OPTIONS /api/v1/workspaces", &preflight);
        assert_eq!(answer.status, if wanted.is_some() { 200 } else { 405 }, "{flag} {origin}");
        let answer = ask(&twin.address, "GET /api/v1/user", &asked);
        assert_eq!(header(&answer, "access-control-allow-origin"), wanted, "{flag} {origin}");
        assert_eq!(header(&answer, "vary").is_some(), wanted == Some(own), "{flag} {origin}");
        for request in ["GET /_twin/sandboxes", "OPTIONS /_twin/sandboxes"] {
            let answer = ask(&twin.address, request, &preflight);
            assert_eq!(header(&answer, "access-control-allow-origin"), None, "{request}");
        }
    }
}

#[test]
fn a_preflight_uses_up_no_fault() {
    let twin = Served::studio();
    let plan = "{\"rules\":[{\"when\":{\"first\":1},\"effect\":{\"status\":503}}]}";
    twin.ask("PUT", "/_twin/sandboxes/main/faults", &[], plan);
    let asked = "Host: x\r\nOrigin: http://a.test\r\nAccess-Control-Request-Method: GET\r\n";
    assert_eq!(ask(&twin.address, "OPTIONS /v1/worklogs", asked).status, 200);
    let answer = ask(&twin.address, "GET /v1/worklogs", asked);
    assert_eq!(answer.status, 503);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
}

#[test]
fn an_answer_says_how_long_its_connection_may_be_idle() {
    let twin = Served::studio();
    let mut stream = twin.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut piece = [0; 4096];
    let length = stream.read(&mut piece).unwrap();
    let text = String::from_utf8_lossy(&piece[..length]).into_owned();
    assert!(text.contains("\r\nkeep-alive: timeout=30\r\n"), "{text}");
}

#[test]
fn the_port_file_never_names_a_server_that_is_not_there() {
    let file = folder("port-file").join("port");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "1\n").unwrap();
    let failing =
        ["serve", "--listen", "127.0.0.1:0", "--scenario", "unheard", "--port-file", path];
    assert_eq!(run(&mut timetwin(&failing)).0, 2);
    assert!(!file.exists(), "a start that fails removes it");
    let twin = Served::with(&["--port-file", path]);
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), port(&twin.address));
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    assert!(!file.exists(), "the end removes it");
    let twin = Served::with(&["--port-file", path]);
    std::fs::write(&file, "1\n").unwrap();
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    assert!(file.exists(), "another server's port stays");
}
