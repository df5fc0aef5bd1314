//! Whatever a client sends, the answer is the vendor's: never a 5xx, and nothing changes.

use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use proptest::prelude::*;

use crate::support::{TestTwin, rounds};

const OPERATIONS: [(&str, &str, &str); 6] = [
    ("clockwork", "GET", "/v1/worklogs"),
    ("clockwork", "POST", "/v1/start_timer"),
    ("clockwork", "POST", "/v1/stop_timer"),
    ("time-tracker", "GET", "/api/1/worklog"),
    ("time-tracker", "GET", "/api/1/exportData.csv"),
    ("time-tracker", "GET", "/atlassian-connect.json/exportView.xls"),
];

const NAMES: [&str; 30] = [
    "starting_at",
    "ending_at",
    "project_ids[]",
    "project_keys[]",
    "account_id",
    "user_query",
    "user_query[]",
    "expand",
    "offset",
    "tz",
    "issue_id",
    "issue_key",
    "comment",
    "start",
    "end",
    "startDate",
    "endDate",
    "user",
    "groups",
    "excludeGroup",
    "filterOrProjectId",
    "moreFields",
    "allUsers",
    "jql",
    "pivotTableType",
    "sum",
    "view",
    "groupByField",
    "categorizeByField",
    "reportingDay",
];

const VALUES: [&str; 40] = [
    "",
    "0",
    "-1",
    "1",
    "true",
    "99999999999999999999",
    "1e308",
    "NaN",
    "null",
    "[]",
    "{}",
    "2026-05-04",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "-262144-01-01",
    "99999-12-31",
    "UTC",
    "Europe/Berlin",
    "Mars/Base",
    "SSP",
    "SSP-2",
    "SSP-",
    "-1-1",
    "project_SSP",
    "project_",
    "filter_10010",
    "filter_-1",
    "jql_1",
    "project = SSP",
    "((((((",
    "\"",
    "\u{0}",
    "\u{fffd}\u{202e}",
    "ü’☃",
    "issues,authors,emails,worklogs",
    "workeduser",
    "IssueWorkedTimeByLabel",
    "month",
    "labels,customfield_10050,customfield_x,,,",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&VALUES[..]).prop_map(str::to_owned),
        ".{0,20}",
        "[-+0-9eE.:TZ/ ]{0,30}",
    ]
}

/// The twin of one test as it was at first: a new one would build its routes again.
fn pristine(twin: &'static OnceLock<TestTwin>) -> &'static TestTwin {
    let twin = twin.get_or_init(TestTwin::studio);
    twin.twin.sandbox("main").unwrap().reset();
    twin
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(150)))]

    #[test]
    fn odd_parameters_get_an_answer(
        (surface, method, path) in prop::sample::select(&OPERATIONS[..]),
        pairs in prop::collection::vec((prop::sample::select(&NAMES[..]), value()), 0..6),
        dated in any::<bool>(),
    ) {
        static TWIN: OnceLock<TestTwin> = OnceLock::new();
        let twin = pristine(&TWIN);
        let mut query = form_urlencoded::Serializer::new(String::new());
        if dated {
            query.append_pair("start", "2026-05-04");
        }
        query.extend_pairs(pairs);
        let uri = format!("{path}?{}", query.finish());
        let mut request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
        request.headers_mut().extend(twin.headers(surface, "anna@studio.example", "main"));
        let version = || twin.twin.sandbox("main").unwrap().store.read().version;
        let before = version();
        let status = twin.send(request).status.as_u16();
        prop_assert!(status < 500);
        if status >= 400 {
            prop_assert_eq!(version(), before);
        }
    }

    #[test]
    fn odd_bodies_get_an_answer(
        stop in any::<bool>(),
        kind in prop::sample::select(vec!["application/json", "application/x-www-form-urlencoded", "text/plain", "x"]),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(issue_key|issue_id|comment|%|=|&|\\{|\"|:|,|\\}|\\[|SSP-2|[0-9]){0,20}".prop_map(String::into_bytes),
            (0_usize..3000).prop_map(|depth| "[".repeat(depth).into_bytes()),
            (0_usize..3000).prop_map(|depth| format!("{{\"issue_key\":{}", "{\"a\":".repeat(depth)).into_bytes()),
        ],
    ) {
        static TWIN: OnceLock<TestTwin> = OnceLock::new();
        let twin = pristine(&TWIN);
        let path = if stop { "/v1/stop_timer" } else { "/v1/start_timer" };
        let mut request = Request::builder().method("POST").uri(path).body(Body::from(body)).unwrap();
        let headers = request.headers_mut();
        headers.extend(twin.headers("clockwork", "anna@studio.example", "main"));
        headers.insert("content-type", HeaderValue::from_str(kind).unwrap());
        prop_assert!(twin.send(request).status.as_u16() < 500);
    }

    #[test]
    fn odd_credentials_are_refused(
        (surface, method, path) in prop::sample::select(&OPERATIONS[..]),
        value in prop_oneof!["(Token|Bearer|Apikey|Basic|x)? ?[ -~]{0,40}", "Basic [A-Za-z0-9+/=]{0,40}"],
    ) {
        static TWIN: OnceLock<TestTwin> = OnceLock::new();
        let _ = surface;
        let twin = pristine(&TWIN);
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        if let Ok(value) = HeaderValue::from_str(&value) {
            request.headers_mut().insert("authorization", value);
        }
        let status = twin.send(request).status.as_u16();
        // A secret that ends in `~name` is refused as that sandbox would refuse it.
        prop_assert!(status == 401 || status == 429, "{}", status);
    }
}

#[test]
fn a_timer_that_ran_for_thousands_of_years_is_one_worklog() {
    let twin = TestTwin::studio();
    let call = |path: &str| {
        let mut request = Request::builder()
            .method("POST")
            .uri(format!("{path}?issue_key=SSP-13"))
            .body(Body::empty())
            .unwrap();
        let headers = twin.headers("clockwork", "anna@studio.example", "main");
        request.headers_mut().extend(headers);
        twin.send(request)
    };
    assert_eq!(call("/v1/start_timer").status, 200);
    twin.advance("main", "P2900000D");
    let worklogs = || twin.twin.sandbox("main").unwrap().store.read().value.jira.worklogs.len();
    let before = worklogs();
    let answer = call("/v1/stop_timer");
    let body = &answer.json()["messages"][0]["body"];
    assert_eq!(body, "Will report 16571424h on behalf of Anna Berger");
    assert_eq!(worklogs(), before + 1);
}

#[test]
fn a_hundred_thousand_fields_cost_what_their_bytes_cost() {
    let twin = TestTwin::studio();
    let mut headers = twin.headers("clockwork", "anna@studio.example", "main");
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    headers.insert("content-type", kind);
    let many = (0..100_000).map(|n| format!("{n:x}=&")).collect::<Vec<_>>().concat();
    let rows = (0..100_000).map(|n| format!("a[]={n:x}&")).collect::<Vec<_>>().concat();
    let deep = format!("{{\"{}\":", "x".repeat(9000)).repeat(90);
    let deep = format!("{deep}[{}]{}", vec!["1"; 50_000].join(","), "}".repeat(90));
    // Quadratic work on any of these takes minutes.
    for body in [many, rows, deep] {
        let mut request = Request::post("/v1/stop_timer").body(Body::from(body)).unwrap();
        *request.headers_mut() = headers.clone();
        assert!(matches!(twin.send(request).status.as_u16(), 413 | 422));
        let unread = twin.twin.sandbox("main").unwrap();
        let unread = unread.journal().iter().next_back().map(|record| record.unknown_fields.len());
        assert!(unread <= Some(100), "{unread:?}");
    }
}
