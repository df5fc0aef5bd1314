//! Who may use the control API, and that every error of it is a problem.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use super::{MAIN, name, problem};
use crate::support::{Answer, Stage, TestTwin};

fn ask(twin: &TestTwin, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    twin.send(request.body(Body::empty()).unwrap())
}

#[test]
fn a_token_is_asked_for_everywhere_but_on_health() {
    let twin = TestTwin::on(&Stage { token: Some("s3cret".into()), ..Stage::default() });
    let list = |headers: &[(&str, &str)]| ask(&twin, Method::GET, "/_twin/sandboxes", headers);
    for headers in [
        &[][..],
        &[("authorization", "Bearer wrong!")],
        &[("authorization", "Bearer s3cre")],
        &[("authorization", "Bearer s3cret ")],
        &[("authorization", "s3cret")],
        &[("authorization", "Basic czNjcmV0")],
    ] {
        let answer = list(headers);
        problem(&answer, 401);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        assert_eq!(list(&[("authorization", &format!("{scheme} s3cret"))]).status, 200);
    }
    assert_eq!(ask(&twin, Method::GET, "/_twin/health", &[]).status, 200);
    problem(&ask(&twin, Method::POST, &format!("{MAIN}/reset"), &[]), 401);
    problem(&ask(&twin, Method::GET, "/_twin/unheard", &[]), 401);
    assert_eq!(twin.timer("start", "anna@studio.example", "SSP-3", "main").status, 200);
}

#[test]
fn a_foreign_page_changes_nothing() {
    let twin = TestTwin::studio();
    let reset =
        |headers: &[(&str, &str)]| ask(&twin, Method::POST, &format!("{MAIN}/reset"), headers);
    for origin in ["http://evil.test", "http://127.0.0.1:3000", "null", "https://127.0.0.1:84"] {
        let answer = reset(&[("origin", origin), ("host", "127.0.0.1:8463")]);
        problem(&answer, 403);
        assert_eq!(name(&answer), "foreign-origin", "{origin}");
    }
    assert_eq!(
        reset(&[("origin", "http://127.0.0.1:8463"), ("host", "127.0.0.1:8463")]).status,
        204
    );
    assert_eq!(reset(&[("origin", "http://twin.example"), ("host", "127.0.0.1")]).status, 204);
    assert_eq!(reset(&[("host", "127.0.0.1:8463")]).status, 204, "no page is behind it");
    let read = ask(&twin, Method::GET, "/_twin/sandboxes", &[("origin", "http://evil.test")]);
    assert_eq!(read.status, 200, "a browser keeps the answer from the page");
    assert!(read.headers.get("access-control-allow-origin").is_none());
}

#[test]
fn a_foreign_name_for_this_host_is_refused() {
    let twin = TestTwin::studio();
    let health = |host: &str| ask(&twin, Method::GET, "/_twin/health", &[("host", host)]);
    for host in ["evil.com", "evil.com:8463", "127.0.0.1.nip.io", "LOCALHOST.evil.com"] {
        let answer = health(host);
        problem(&answer, 403);
        assert_eq!(name(&answer), "foreign-host", "{host}");
    }
    for host in [
        "127.0.0.1:8463",
        "10.1.2.3",
        "[::1]:8463",
        "localhost:8463",
        "LocalHost",
        "timetwin:8463",
        "host.docker.internal:8463",
        "twin.example:80",
        "api.localhost",
        "timetwin.default.svc.cluster.local",
    ] {
        assert_eq!(health(host).status, 200, "{host}");
    }
    let known =
        TestTwin::on(&Stage { origin: "https://twin.agency.com".into(), ..Stage::default() });
    assert_eq!(
        ask(&known, Method::GET, "/_twin/health", &[("host", "twin.agency.com")]).status,
        200
    );
    let token = TestTwin::on(&Stage { token: Some("t".into()), ..Stage::default() });
    let headers = [("host", "evil.com"), ("authorization", "Bearer t")];
    assert_eq!(ask(&token, Method::GET, "/_twin/sandboxes", &headers).status, 200);
}

#[test]
fn every_error_is_a_problem() {
    let twin = TestTwin::studio();
    for path in ["/_twin", "/_twin/", "/_twin/unheard", "/_twin/sandboxes/main/unheard"] {
        problem(&twin.get(path), 404);
    }
    problem(&twin.delete("/_twin/health"), 405);
    problem(&twin.post("/_twin/sandboxes", &json!({})), 405);
    problem(&twin.get("/_twin/sandboxes/%FF/clock"), 400);
    let long = Body::from(vec![b' '; 65 * 1024 * 1024]);
    let long = Request::put(format!("{MAIN}/clock")).body(long).unwrap();
    problem(&twin.send(long), 413);
    let binary = Request::put(format!("{MAIN}/clock")).body(Body::from(vec![0xff, 0xfe])).unwrap();
    problem(&twin.send(binary), 400);
    let deep = "[".repeat(100_000);
    let deep = Request::put(format!("{MAIN}/clock")).body(Body::from(deep)).unwrap();
    problem(&twin.send(deep), 400);
}
