//! Figures for Prometheus.

use axum::http::Method;

use crate::support::TestTwin;

const ANNA: &str = "anna@studio.example";

fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series))?;
    Some(line.trim().parse().unwrap())
}

#[test]
fn requests_sandboxes_and_rows_are_counted() {
    let twin = TestTwin::studio();
    twin.timer("start", ANNA, "SSP-3", "main");
    twin.timer("start", ANNA, "SSP-3", "main");
    twin.clockwork(Method::GET, "/v1/worklogs", ANNA, "other");
    twin.raw(Method::GET, "clockwork", "/nowhere", ANNA);
    let answer = twin.get("/_twin/metrics");
    assert_eq!(answer.status, 200);
    let kind = answer.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = answer.text();
    let requests = |surface: &str, operation: &str, status: u16| {
        let labels =
            format!("{{surface=\"{surface}\",operation=\"{operation}\",status=\"{status}\"}}");
        value(&text, &format!("timetwin_requests_total{labels}"))
    };
    assert_eq!(requests("clockwork", "startTimer", 200), Some(1.0), "{text}");
    assert_eq!(requests("clockwork", "startTimer", 422), Some(1.0));
    assert_eq!(requests("clockwork", "listWorklogs", 200), Some(1.0));
    assert_eq!(requests("none", "none", 404), Some(1.0));
    assert_eq!(requests("clockify", "getUser", 200), None);
    assert_eq!(value(&text, "timetwin_writes_total"), Some(1.0));
    assert_eq!(value(&text, "timetwin_sandboxes"), Some(2.0));
    let count = "timetwin_request_duration_seconds_count{surface=\"clockwork\"}";
    assert_eq!(value(&text, count), Some(3.0));
    let below =
        value(&text, "timetwin_request_duration_seconds_bucket{le=\"+Inf\",surface=\"clockwork\"}");
    assert_eq!(below, Some(3.0));
    let world = &twin.twin.sandbox("main").unwrap().store.read().value;
    let rows = value(&text, "timetwin_rows{collection=\"jira_users\"}").unwrap();
    assert!((rows - 2.0 * f64::from(u32::try_from(world.jira.users.len()).unwrap())).abs() < 0.5);
    assert!(text.ends_with("# EOF\n"));
    assert!(!text.contains("state_commits"), "nothing is kept");
}

#[test]
fn each_twin_counts_for_itself() {
    let (one, two) = (TestTwin::studio(), TestTwin::studio());
    one.timer("start", ANNA, "SSP-3", "main");
    assert_eq!(value(&one.get("/_twin/metrics").text(), "timetwin_writes_total"), Some(1.0));
    assert_eq!(value(&two.get("/_twin/metrics").text(), "timetwin_writes_total"), Some(0.0));
}

#[test]
fn a_state_file_counts_its_commits() {
    let file = crate::socket::folder("metrics").join("state.db");
    let setup = TestTwin::studio().twin.setup().clone();
    let twin = timetwin::twin::Twin::durable(setup, &file, timetwin::persist::Options::default());
    let twin = TestTwin::of(twin.unwrap());
    twin.timer("start", ANNA, "SSP-3", "main");
    twin.advance("main", "PT1H");
    let text = twin.get("/_twin/metrics").text();
    assert_eq!(value(&text, "timetwin_state_commits_total"), Some(2.0));
    assert_eq!(value(&text, "timetwin_state_transactions_total"), Some(2.0));
}
