//! `docs/limits.md` lists every bound in the data, and nothing else; each refusal happens.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use timetwin::contract;
use timetwin::control::BOUNDS;
use timetwin::http::long_work::MOST;
use timetwin::kernel::limits::Bound;
use timetwin::vendors::SURFACES;

use crate::support::{TestTwin, files};

const MAIN: &str = "/_twin/sandboxes/main";

/// `1,048,576`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && n % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn row(bound: &Bound) -> String {
    let Bound { operation, what, most, beyond } = bound;
    let operation = match *operation {
        "*" => "*".to_owned(),
        several => several.split(", ").map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", "),
    };
    format!("| {operation} | {what} | {} | {beyond} |", grouped(*most))
}

#[test]
fn every_bound_is_on_the_page_and_nothing_else_is() {
    let page = &files("docs", "limits.md")["docs/limits.md"];
    let sections = [
        ("Clockify", "clockify"),
        ("Clockodo", "clockodo"),
        ("Clockwork", "clockwork"),
        ("Time Tracker", "time-tracker"),
        ("The control API", "control"),
    ];
    for (title, name) in sections {
        let section = page.split("\n## ").find(|section| section.starts_with(title)).unwrap();
        let listed = section.lines().filter(|line| line.starts_with("| "));
        let listed: Vec<&str> = listed.skip(1).collect();
        let surface = SURFACES.iter().find(|surface| surface.name == name);
        let bounds = surface.map_or(BOUNDS, |surface| surface.bounds);
        let known: Vec<String> = bounds.iter().map(row).collect();
        assert_eq!(listed, known, "{title}");
    }
    let long = format!(
        "At most {MOST} pieces of it run at a time on the surfaces, and {MOST} in the control API."
    );
    assert!(page.contains(&long), "{long}");
}

#[test]
fn bounds_name_operations_that_exist() {
    for surface in SURFACES {
        let known: BTreeSet<&str> = contract::operations(surface.name).map(|it| it.id).collect();
        for bound in surface.bounds {
            let named = bound.operation.split(", ").filter(|id| *id != "*");
            named.for_each(|id| assert!(known.contains(id), "{} {id}", surface.name));
        }
        let body = surface.bounds.iter().find(|bound| bound.what == "bytes of a body").unwrap();
        assert_eq!(body.most, surface.max_body as u64, "{}", surface.name);
    }
}

#[test]
fn the_bounds_of_a_surface_are_answered_with_its_limits() {
    let twin = TestTwin::studio();
    let limits = twin.control(Method::GET, "/_twin/contract/time-tracker/limits", None).json();
    assert_eq!(limits["bounds"][2]["most"], 750);
    assert_eq!(limits["bounds"][2]["operation"], "exportView, exportViewDocumented");
}

/// A refused control call: its type and detail.
fn refused(twin: &TestTwin, method: Method, path: &str, body: &Value, status: u16) -> String {
    let answer = twin.control(method, path, Some(body));
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.json()["detail"].as_str().unwrap().to_owned()
}

#[test]
fn what_the_control_api_does_not_take_is_refused_and_changes_nothing() {
    let twin = TestTwin::studio();
    let long = "x".repeat(1024 * 1024);
    let verify = format!("{MAIN}/requests/verify");
    refused(&twin, Method::POST, &verify, &json!({ "expectations": [], "x": long }), 413);
    let many = json!({ "expectations": vec![json!({ "at_least": 0 }); 1001] });
    let why = refused(&twin, Method::POST, &verify, &many, 422);
    assert_eq!(why, "a call takes at most 1000 expectations.");
    let bodies = json!({ "expectations": [{ "at_least": 0, "body": vec![1; 10_000] }] });
    let why = refused(&twin, Method::POST, &verify, &bodies, 422);
    assert_eq!(why, "a call takes at most 10000 values in the bodies of expectations.");
    let most = json!({ "expectations": vec![json!({ "at_least": 0 }); 1000] });
    assert_eq!(twin.control(Method::POST, &verify, Some(&most)).status, 200);

    let rules = json!({ "rules": vec![json!({ "effect": { "status": 503 } }); 1001] });
    let why = refused(&twin, Method::PUT, &format!("{MAIN}/faults"), &rules, 422);
    assert_eq!(why, "`rules` has at most 1000 rules.");

    let work = |seconds: i64| {
        json!({ "work": [{ "who": "anna", "on": "SSP-1", "start": "2026-05-01T09:00",
                           "seconds": seconds }] })
    };
    let plant = format!("{MAIN}/plant");
    let why = refused(&twin, Method::POST, &plant, &work(999 * 3600 + 1), 422);
    assert!(why.ends_with("work takes from 1 second to 999 hours."), "{why}");
    assert_eq!(twin.twin.sandbox("main").unwrap().store.read().version, 0);
    assert_eq!(twin.control(Method::POST, &plant, Some(&work(999 * 3600))).status, 200);
}

#[test]
fn a_report_has_no_more_fields_than_its_bound() {
    let twin = TestTwin::studio();
    let ask = |count: usize| {
        let more: Vec<String> = (0..count).map(|n| format!("f{n}")).collect();
        let path = format!("/api/1/worklog?start=2026-06-01&moreFields={}", more.join(","));
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        *request.headers_mut() = twin.headers("time-tracker", "anna@studio.example", "main");
        twin.send(request)
    };
    assert_eq!(ask(100).status, 200);
    assert_eq!(ask(101).text(), "The parameter moreFields has too many fields.");
}

#[test]
fn a_view_has_no_more_columns_and_cells_than_its_bounds() {
    use timetwin::vendors::time_tracker::rules::grouping::Grouper;
    use timetwin::vendors::time_tracker::rules::refusal::Refusal;
    use timetwin::vendors::time_tracker::rules::report::{ReportContext, ReportFilter, report};
    use timetwin::vendors::time_tracker::rules::view::{Kind, Most, Sum, ViewOptions, view};
    let twin = TestTwin::studio();
    let world = &twin.twin.sandbox("main").unwrap().store.read().value;
    let site = &world.jira;
    let viewer = site.users.iter().next().unwrap();
    let settings = &world.time_tracker.settings;
    let context = ReportContext { viewer, settings, now: world.clock.now() };
    let filter = ReportFilter { all_users: true, ..ReportFilter::default() };
    let report = report(site, context, &filter).unwrap();
    let (zone, reporting_day) = (viewer.zone, chrono::Weekday::Mon);
    let mut options = ViewOptions {
        kind: Kind::Timesheet(Sum::Day),
        show_weekends: true,
        reporting_day,
        compressed: false,
        group_by: None,
        categorize_by: None,
    };
    let table = |options: &ViewOptions, columns, cells| {
        let grouper = Grouper { site, zone, reporting_day };
        view(grouper, &report, options, Most { columns, cells }).map(|view| view.columns.len())
    };
    let lines = report.len() + report.rows.len();
    assert_eq!(table(&options, 7, lines * 7), Ok(7));
    assert_eq!(table(&options, 6, lines * 7), Err(Refusal::TooManyColumns));
    assert_eq!(table(&options, 7, lines * 7 - 1), Err(Refusal::TooManyCells));
    options.compressed = true;
    assert_eq!(table(&options, 7, report.rows.len() * 7), Ok(7), "without the worklogs");
}

#[test]
fn a_server_has_a_hundred_feeds() {
    let twin = TestTwin::studio();
    let open = || {
        let path = format!("{MAIN}/requests/stream");
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        crate::support::block_on(timetwin::http::server::App::answer(&twin.front, request))
    };
    let mut feeds: Vec<_> = (0..100).map(|_| open()).collect();
    assert!(feeds.iter().all(|feed| feed.status() == 200));
    assert_eq!(open().status(), 429);
    feeds.pop();
    assert_eq!(open().status(), 200, "a place is free once its client leaves");
}
