//! Long lists are cut and continued without loss, and both windows show the same hours.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::http::Request;
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use timetwin::kernel::clock::Clock;
use timetwin::scenario::generate::generate;
use timetwin::scenario::load::Bundle;
use timetwin::twin::{Setup, Twin};
use timetwin::vendors::jira::model::State;

use super::{clockwork, get, time_tracker};
use crate::support::{FRIDAY, TestTwin, rounds};

/// Most rows of an answer.
const CAP: usize = 10_000;

/// A twin over a generated scenario of this many worklogs.
fn generated(entries: u64) -> TestTwin {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("generated-{entries}.json"));
    let mut text = Vec::new();
    generate(entries, 30, 7, &mut text).unwrap();
    std::fs::write(&file, text).unwrap();
    let scenario = Arc::new(Bundle::read(&file).unwrap());
    let clock = Clock::frozen(FRIDAY.parse().unwrap());
    let setup = Setup::new(scenario, clock, "http://twin.example");
    TestTwin::of(Twin::new(setup).unwrap())
}

pub(super) fn large() -> &'static TestTwin {
    static LARGE: OnceLock<TestTwin> = OnceLock::new();
    LARGE.get_or_init(|| generated(20_003))
}

pub(super) const OWNER: &str = "p0@generated.example";

fn ids(twin: &TestTwin, query: &[(&str, &str)]) -> Vec<String> {
    let rows = clockwork(twin, OWNER, query);
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Asks page after page until one is not full.
fn loop_over(twin: &TestTwin, query: &[(&str, &str)]) -> (Vec<String>, usize) {
    let (mut all, mut asked) = (Vec::new(), 0);
    loop {
        let offset = all.len().to_string();
        let mut query = query.to_vec();
        query.push(("offset", &offset));
        let page = ids(twin, &query);
        asked += 1;
        let full = page.len() == CAP;
        all.extend(page);
        if !full {
            return (all, asked);
        }
    }
}

/// All worklogs in the order that answers have.
fn in_order(site: &State) -> Vec<String> {
    let mut rows: Vec<_> = site.worklogs.iter().map(|row| (row.started, row.id)).collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, id)| id.to_string()).collect()
}

#[test]
fn the_documents_loop_finds_every_worklog_once() {
    let twin = large();
    let world = twin.twin.sandbox("main").unwrap().store.read();
    let (all, asked) = loop_over(twin, &[]);
    assert_eq!((all.len(), asked), (20_003, 3));
    assert_eq!(all, in_order(&world.value.jira));
}

#[test]
fn a_list_of_exactly_one_page_is_followed_by_an_empty_one() {
    let twin = generated(10_000);
    let (all, asked) = loop_over(&twin, &[]);
    assert_eq!((all.len(), asked), (CAP, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if rounds(1) == 1 { 2 } else { rounds(4) }))]

    #[test]
    fn any_offset_is_a_cut_of_the_whole(offset in 0_usize..25_000, author in 0_u8..30, all in any::<bool>()) {
        static ALL: OnceLock<Vec<String>> = OnceLock::new();
        let twin = large();
        let email = format!("p{author}@generated.example");
        let filter: &[(&str, &str)] = if all { &[] } else { &[("user_query", &email)] };
        let narrow;
        let whole = if all {
            ALL.get_or_init(|| loop_over(twin, &[]).0)
        } else {
            narrow = loop_over(twin, filter).0;
            &narrow
        };
        let text = offset.to_string();
        let mut query = filter.to_vec();
        query.push(("offset", &text));
        let from = offset.min(whole.len());
        let to = (offset + CAP).min(whole.len()).max(from);
        prop_assert_eq!(&ids(twin, &query)[..], &whole[from..to]);
    }

    #[test]
    fn projects_and_authors_narrow_what_a_plain_list_holds(
        projects in prop::collection::btree_set(0_u8..6, 1..4),
        authors in prop::collection::btree_set(0_u8..30, 0..4),
        from in 0_u64..60,
        days in 0_u64..40,
    ) {
        let twin = large();
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(from);
        let (first, last) = (first.to_string(), (first + Days::new(days)).to_string());
        let keys: Vec<String> = projects.iter().map(|n| format!("P{n}")).collect();
        let emails: Vec<String> =
            authors.iter().map(|n| format!("p{n}@generated.example")).collect();
        let span = [("starting_at", first.as_str()), ("ending_at", last.as_str())];
        let mut query = span.to_vec();
        query.extend(keys.iter().map(|key| ("project_keys[]", key.as_str())));
        query.extend(emails.iter().map(|email| ("user_query[]", email.as_str())));
        query.push(("expand", "issues,emails"));
        let mut plain = span.to_vec();
        plain.push(("expand", "issues,emails"));
        let expected: Vec<_> = clockwork(twin, OWNER, &plain)
            .into_iter()
            .filter(|row| {
                let key = row["issue"]["fields"]["project"]["key"].as_str().unwrap();
                let email = row["author"]["emailAddress"].as_str().unwrap();
                keys.iter().any(|known| known == key)
                    && (emails.is_empty() || emails.iter().any(|known| known == email))
            })
            .collect();
        prop_assert_eq!(clockwork(twin, OWNER, &query), expected);
    }

    /// The same worklogs with the same seconds, in the days of each author's own zone.
    #[test]
    fn both_windows_show_the_same_hours(from in 0_u64..95, days in 0_u64..31, sums in any::<bool>()) {
        let twin = TestTwin::studio();
        let first = NaiveDate::from_ymd_opt(2026, 3, 8).unwrap() + Days::new(from);
        let (first, last) = (first.to_string(), (first + Days::new(days)).to_string());
        let keys = [("SSP", "project_SSP"), ("DEMO", "project_DEMO")];
        let world = twin.twin.sandbox("main").unwrap().store.read();
        let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
        let mut query = vec![("start", first.as_str()), ("end", last.as_str())];
        query.extend(keys.map(|(_, item)| ("filterOrProjectId", item)));
        let everybody = [&query[..], &[("allUsers", "true")]].concat();
        for row in time_tracker(&twin, "anna@studio.example", &everybody) {
            let id = row["id"].as_str().unwrap().to_owned();
            left.insert(id, row["timeSpentSeconds"].as_i64().unwrap());
        }
        for user in world.value.jira.users.iter() {
            let mut query = vec![
                ("starting_at", first.as_str()),
                ("ending_at", last.as_str()),
                ("account_id", user.account_id.as_str()),
                ("tz", user.zone.name()),
            ];
            query.extend(keys.map(|(key, _)| ("project_keys[]", key)));
            for row in clockwork(&twin, "anna@studio.example", &query) {
                let id = row["id"].as_str().unwrap().to_owned();
                right.insert(id, row["timeSpentSeconds"].as_i64().unwrap());
            }
        }
        prop_assert_eq!(&left, &right);
        if sums {
            let file = get(&twin, "time-tracker", "anna@studio.example", "/api/1/exportData.csv", &everybody);
            let text = file.text();
            let total = text.lines().last().unwrap();
            let seconds: i64 = left.values().sum();
            let digits: String = total.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            let hours: f64 = digits.parse().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "a few hundred hours")]
            let exact = seconds as f64 / 3600.0;
            prop_assert!((hours - exact).abs() <= 0.005 + 1e-9, "{} {}", total, exact);
            prop_assert_eq!(text.lines().count(), left.len() + 2);
        }
    }
}

#[test]
fn a_parameter_that_nothing_reads_is_noted() {
    let twin = TestTwin::studio();
    clockwork(&twin, "anna@studio.example", &[("offset", "1"), ("limit", "5"), ("page", "2")]);
    time_tracker(
        &twin,
        "anna@studio.example",
        &[("start", "2026-06-01"), ("groupByField", "workeduser"), ("viewId", "1")],
    );
    // A refused request has read its parameters all the same.
    let refused = [("start", "soon"), ("end", "2026-06-01"), ("moreFields", "labels"), ("x", "1")];
    get(&twin, "time-tracker", "anna@studio.example", "/api/1/worklog", &refused);
    let refused = [("tz", "Mars"), ("starting_at", "x"), ("user_query", "a"), ("y", "1")];
    get(&twin, "clockwork", "anna@studio.example", "/v1/worklogs", &refused);
    let mut timer =
        Request::post("/v1/start_timer?issue_key=SSP-13&why=1").body(Body::empty()).unwrap();
    timer.headers_mut().extend(twin.headers("clockwork", "anna@studio.example", "main"));
    assert_eq!(twin.send(timer).status, 200);
    let sandbox = twin.twin.sandbox("main").unwrap();
    let journal = sandbox.journal();
    let unknown: Vec<_> = journal.iter().map(|record| record.unknown_parameters.clone()).collect();
    let expected = [vec!["limit", "page"], vec!["viewId"], vec!["x"], vec!["y"], vec!["why"]];
    assert_eq!(unknown, expected);
    let quirks: Vec<_> = journal.iter().map(|record| record.quirks.clone()).collect();
    assert!(quirks[0].contains(&"CWK-004") && quirks[1].contains(&"TTR-006"), "{quirks:?}");
    let keys: Vec<_> = journal.iter().filter_map(|record| record.person.clone()).collect();
    assert_eq!(keys, ["anna@studio.example"; 5]);
}
