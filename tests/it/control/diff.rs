//! Ledgers compared: two systems, or a system and what was planted.

use chrono::{TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use timetwin::scenario::diff::{LedgerDiff, Measure};
use timetwin::scenario::ledger::LedgerLine;

use super::{MAIN, problem};
use crate::support::{Stage, TestTwin};

fn ask(twin: &TestTwin, query: &str) -> Value {
    let answer = twin.get(&format!("{MAIN}/ledger/diff?{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn counts(diff: &Value) -> [usize; 4] {
    ["missing", "extra", "doubled", "different"].map(|kind| diff[kind].as_array().unwrap().len())
}

fn diff(left: &[&LedgerLine], right: &[&LedgerLine], measure: &Measure) -> LedgerDiff {
    let owned = |lines: &[&LedgerLine]| lines.iter().copied().cloned().collect::<Vec<_>>();
    timetwin::scenario::diff::diff(&owned(left), &owned(right), measure)
}

fn line(who: &str, what: &str, start: &str, seconds: i64) -> LedgerLine {
    LedgerLine {
        system: "jira",
        who: who.into(),
        what: Some(what.into()),
        start: start.parse().unwrap(),
        seconds: Some(seconds),
        note: "n".into(),
        billable: true,
        native_id: "1".into(),
    }
}

fn fields(left: &LedgerLine, right: &LedgerLine, measure: &Measure) -> Vec<&'static str> {
    let told = diff(&[left], &[right], measure);
    assert_eq!((told.missing.len(), told.extra.len(), told.different.len()), (0, 0, 1), "{told:?}");
    told.different.into_iter().flat_map(|different| different.fields).collect()
}

const NOON: &str = "2026-06-12T12:00:00Z";

#[test]
fn each_kind_of_difference_has_its_place() {
    let exact = Measure::exact();
    let one = line("a@x", "SSP-1", NOON, 3600);
    assert!(diff(&[&one], &[&one], &exact).is_empty());
    assert_eq!(diff(&[&one], &[], &exact).missing, vec![one.clone()]);
    assert_eq!(diff(&[], &[&one], &exact).extra, vec![one.clone()]);
    let twice = diff(&[&one], &[&one, &one], &exact);
    assert_eq!((twice.doubled, twice.extra), (vec![one.clone()], vec![]));
    let both = [&one, &one];
    assert!(diff(&both, &both, &exact).is_empty(), "work done twice is there twice");
    assert_eq!(fields(&one, &line("a@x", "SSP-1", NOON, 3000), &exact), ["seconds"]);
    assert_eq!(fields(&one, &line("a@x", "SSP-2", NOON, 3600), &exact), ["what"]);
    assert_eq!(fields(&one, &line("b@x", "SSP-1", NOON, 3600), &exact), ["who"]);
    let moved = line("a@x", "SSP-1", "2026-06-12T14:00:00Z", 3600);
    assert_eq!(fields(&one, &moved, &exact), ["start"]);
    let other_day = line("a@x", "SSP-1", "2026-06-13T12:00:00Z", 3600);
    assert_eq!(fields(&one, &other_day, &exact), ["start", "day"]);
    let far = diff(&[&one], &[&line("a@x", "SSP-1", "2026-06-20T12:00:00Z", 3600)], &exact);
    assert_eq!((far.missing.len(), far.extra.len()), (1, 1), "a week away it is other work");
}

#[test]
fn the_day_is_that_of_the_zone() {
    let left = line("a@x", "SSP-1", "2026-06-12T22:30:00Z", 600);
    let right = line("a@x", "SSP-1", "2026-06-12T23:30:00Z", 600);
    assert_eq!(fields(&left, &right, &Measure::exact()), ["start"]);
    let athens = Measure { zone: "Europe/London".parse().unwrap(), ..Measure::exact() };
    let right = line("a@x", "SSP-1", "2026-06-12T23:00:00Z", 600);
    assert_eq!(fields(&left, &right, &athens), ["start", "day"], "midnight in London, in summer");
}

#[test]
fn tolerance_overlooks_small_differences_in_start_and_duration() {
    let left = line("a@x", "SSP-1", NOON, 3600);
    let right = line("A@X", "ssp-1", "2026-06-12T12:00:59Z", 3650);
    let measure = Measure { tolerance: TimeDelta::minutes(1), ..Measure::exact() };
    assert!(diff(&[&left], &[&right], &measure).is_empty(), "and letter case");
    let measure = Measure { tolerance: TimeDelta::seconds(55), ..Measure::exact() };
    assert_eq!(fields(&left, &right, &measure), ["start"]);
    let running = LedgerLine { seconds: None, ..left.clone() };
    assert!(diff(&[&running], &[&running], &measure).is_empty());
    assert_eq!(fields(&running, &left, &measure), ["seconds"]);
}

#[test]
fn notes_and_billing_are_compared_when_asked() {
    let left = line("a@x", "SSP-1", NOON, 3600);
    let right = LedgerLine { note: "other".into(), billable: false, ..left.clone() };
    assert!(diff(&[&left], &[&right], &Measure::exact()).is_empty());
    let measure = Measure { notes: true, billable: true, ..Measure::exact() };
    assert_eq!(fields(&left, &right, &measure), ["note", "billable"]);
}

#[test]
fn a_system_without_issues_matches_by_project_key_or_name() {
    let mut measure = Measure::exact();
    measure.keys.insert("self-service portal".into(), "SSP".into());
    let issue = line("a@x", "SSP-1", NOON, 3600);
    for what in ["SSP", "Self-Service Portal", "ssp-1"] {
        assert!(diff(&[&issue], &[&line("a@x", what, NOON, 3600)], &measure).is_empty(), "{what}");
    }
    assert_eq!(fields(&issue, &line("a@x", "SSPA", NOON, 3600), &measure), ["what"]);
}

#[test]
fn the_studio_holds_in_each_system_what_was_planted() {
    let twin = TestTwin::studio();
    for system in ["clockify", "jira"] {
        let told = ask(&twin, &format!("left=scenario&right={system}"));
        let [missing, _, _, different] = counts(&told);
        assert_eq!((missing, different), (0, 0), "{system}: {told:#}");
    }
    let [missing, extra, ..] = counts(&ask(&twin, "left=jira&right=jira"));
    assert_eq!((missing, extra), (0, 0));
}

#[test]
fn a_migration_is_missing_until_it_is_done_and_each_classic_mistake_shows() {
    let twin = TestTwin::on(&Stage { scenario: "migration".into(), ..Stage::default() });
    let hours = twin.get(&format!("{MAIN}/ledger?system=jira")).json();
    let hours = hours.as_array().unwrap();
    let whole = ask(&twin, "left=jira&right=clockify");
    assert_eq!(counts(&whole), [hours.len(), 0, 0, 0], "nothing has been carried over");
    assert_eq!(whole["missing"][0], hours[0]);
    // Carry all of it over, with a mistake of each kind.
    let work: Vec<Value> = hours
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != 0)
        .flat_map(|(n, line)| {
            let start: chrono::DateTime<Utc> = line["start"].as_str().unwrap().parse().unwrap();
            let start = if n == 1 { start + TimeDelta::hours(2) } else { start };
            let seconds = line["seconds"].as_i64().unwrap() - if n == 2 { 60 } else { 0 };
            let who = line["who"].as_str().unwrap().split('@').next().unwrap().to_owned();
            let row = json!({ "who": who, "on": line["what"], "start": start.to_rfc3339(),
                              "seconds": seconds, "in": ["clockify"] });
            std::iter::repeat_n(row, if n == 3 { 2 } else { 1 })
        })
        .collect();
    let planted = twin.post(&format!("{MAIN}/plant"), &json!({ "work": work }));
    assert_eq!(planted.status, 200, "{}", planted.text());
    let told = ask(&twin, "left=jira&right=clockify");
    assert_eq!(told["missing"], json!([hours[0]]));
    assert_eq!(told["extra"], json!([]));
    assert_eq!(counts(&told)[2..], [1, 2], "{told:#}");
    assert_eq!(told["doubled"][0]["system"], "clockify");
    let fields: Vec<&Value> =
        told["different"].as_array().unwrap().iter().map(|d| &d["fields"]).collect();
    assert_eq!(fields, [&json!(["start"]), &json!(["seconds"])]);
    assert_eq!(counts(&ask(&twin, "left=jira&right=clockify&tolerance=PT1M")), [1, 0, 1, 1]);
    let planted = ask(&twin, "left=scenario&right=clockify");
    assert_eq!(counts(&planted), [0, 0, 0, 0], "the fragment is part of the scenario");
}

#[test]
fn a_question_that_makes_no_sense_is_refused() {
    let twin = TestTwin::studio();
    let refused =
        |query: &str, status| problem(&twin.get(&format!("{MAIN}/ledger/diff?{query}")), status);
    refused("left=jira", 400);
    refused("right=jira", 400);
    refused("left=jira&right=excel", 404);
    refused("left=jira&right=scenario:unheard", 422);
    refused("left=jira&right=clockify&tolerance=1h", 400);
    refused("left=jira&right=clockify&zone=Mars", 400);
    refused("left=jira&right=clockify&compare=colour", 400);
    refused("left=jira&right=clockify&colour=red", 400);
    problem(&twin.get("/_twin/sandboxes/nobody/ledger/diff?left=jira&right=jira"), 404);
    assert!(ask(&twin, "left=scenario:migration&right=scenario:migration")["missing"] == json!([]));
}

fn lines() -> impl Strategy<Value = Vec<LedgerLine>> {
    let one = (0..3_u8, 0..3_u8, 0..20_i64, 1..4_i64).prop_map(|(who, what, hour, halves)| {
        let start: chrono::DateTime<Utc> = NOON.parse().unwrap();
        LedgerLine {
            start: start + TimeDelta::hours(hour),
            ..line(&format!("p{who}@x"), &format!("SSP-{what}"), NOON, halves * 1800)
        }
    });
    prop::collection::vec(one, 0..25)
}

proptest! {
    #[test]
    fn every_line_is_accounted_for_once(left in lines(), right in lines()) {
        let told = timetwin::scenario::diff::diff(&left, &right, &Measure::exact());
        let equal = left.len() - told.missing.len() - told.different.len();
        prop_assert!(left.len() >= told.missing.len() + told.different.len());
        let right_told = told.extra.len() + told.doubled.len() + told.different.len() + equal;
        prop_assert_eq!(right_told, right.len());
        prop_assert!(timetwin::scenario::diff::diff(&left, &left, &Measure::exact()).is_empty());
        if told.is_empty() {
            let mut sorted = [left, right].map(|lines| {
                let mut lines: Vec<_> = lines
                    .into_iter()
                    .map(|line| (line.start, line.who, line.what, line.seconds))
                    .collect();
                lines.sort();
                lines
            });
            let right = sorted[1].split_off(0);
            prop_assert_eq!(&sorted[0], &right);
        }
    }
}

/// The same comparison, each line with each.
fn slow(left: &[LedgerLine], right: &[LedgerLine], measure: &Measure) -> LedgerDiff {
    type Same = fn(&LedgerLine, &LedgerLine, TimeDelta) -> bool;
    let key = |line: &LedgerLine| line.what.clone().unwrap_or_default().to_lowercase();
    let mut sides = [left, right].map(|lines| lines.iter().collect::<Vec<_>>());
    sides.iter_mut().for_each(|lines| lines.sort_by_key(|line| line.start));
    let [left, right] = sides;
    let on = |one: &LedgerLine, two: &LedgerLine| {
        let [one, two] = [key(one), key(two)];
        let project = |key: &str| key.split('-').next().unwrap().to_owned();
        one == two || project(&one) == project(&two) && !(one.contains('-') && two.contains('-'))
    };
    let who: Same = |one, two, _| one.who == two.who;
    let starts: Same = |one, two, most| (one.start - two.start).abs() <= most;
    let moved: Same = |one, two, most| starts_within(one, two, most.max(TimeDelta::hours(36)));
    let lasts: Same = |one, two, most| match (one.seconds, two.seconds) {
        (Some(one), Some(two)) => (one - two).abs() <= most.num_seconds(),
        (one, two) => one == two,
    };
    let rounds: [(&[Same], bool); 5] = [
        (&[who, starts, lasts], true),
        (&[who, starts], true),
        (&[who, moved, lasts], true),
        (&[who, starts, lasts], false),
        (&[starts, lasts], true),
    ];
    let mut pairs = vec![None; left.len()];
    let mut taken = vec![false; right.len()];
    for (n, (all, same_work)) in rounds.into_iter().enumerate() {
        let fits = |one: &LedgerLine, two: &LedgerLine| {
            all.iter().all(|same| same(one, two, measure.tolerance)) && (!same_work || on(one, two))
        };
        for (at, line) in
            left.iter().enumerate().filter(|(at, _)| pairs[*at].is_none()).collect::<Vec<_>>()
        {
            let free = (0..right.len()).filter(|other| !taken[*other] && fits(line, right[*other]));
            let nearest = free.min_by_key(|other| (right[*other].start - line.start).abs());
            pairs[at] = nearest;
            nearest.into_iter().for_each(|other| taken[other] = true);
        }
        for (at, line) in right.iter().enumerate().filter(|_| n == 0) {
            let again =
                |(one, pair): (&&LedgerLine, &Option<usize>)| pair.is_some() && fits(one, line);
            taken[at] |= left.iter().zip(&pairs).any(again);
        }
    }
    let mut slow = LedgerDiff::default();
    for (line, pair) in left.iter().zip(&pairs) {
        let Some(other) = *pair else {
            slow.missing.push((*line).clone());
            continue;
        };
        let pair = diff(&[line], &[right[other]], measure);
        slow.different.extend(pair.different);
    }
    for (at, line) in right.iter().enumerate().filter(|(at, _)| !pairs.contains(&Some(*at))) {
        let list = if taken[at] { &mut slow.doubled } else { &mut slow.extra };
        list.push((*line).clone());
    }
    slow
}

fn starts_within(one: &LedgerLine, two: &LedgerLine, most: TimeDelta) -> bool {
    (one.start - two.start).abs() <= most
}

/// Lines of few people, some on a project alone, some without an end.
fn mixed() -> impl Strategy<Value = Vec<LedgerLine>> {
    let one = (0..2_u8, 0..4_usize, 0..60_i64, 0..6_i64).prop_map(|(who, what, hour, seconds)| {
        let start: chrono::DateTime<Utc> = NOON.parse().unwrap();
        let what = ["SSP-1", "SSP-2", "SSP", "MOB-1"][what];
        LedgerLine {
            start: start + TimeDelta::minutes(hour * 50),
            seconds: (seconds > 0).then_some(seconds * 20),
            ..line(&format!("p{who}@x"), what, NOON, 0)
        }
    });
    prop::collection::vec(one, 0..30)
}

proptest! {
    #[test]
    fn the_lines_are_matched_as_if_each_was_compared_with_each(
        left in mixed(), right in mixed(), tolerance in 0..5_usize
    ) {
        let tolerance = TimeDelta::seconds([0, 25, 3000, 6100, 34_560_000][tolerance]);
        let measure = Measure { tolerance, ..Measure::exact() };
        let fast = timetwin::scenario::diff::diff(&left, &right, &measure);
        prop_assert_eq!(fast, slow(&left, &right, &measure));
    }
}

#[test]
fn a_tolerance_of_years_takes_no_longer_than_none() {
    let work = |n: i64| {
        let start: chrono::DateTime<Utc> = NOON.parse().unwrap();
        let start = start + TimeDelta::minutes(n);
        LedgerLine { start, ..line("a@x", &format!("SSP-{}", n % 5), NOON, 60 + n % 977) }
    };
    let left: Vec<LedgerLine> = (0..5000).map(work).collect();
    let right: Vec<LedgerLine> = (5000..10_000).map(work).collect();
    let measure = Measure { tolerance: TimeDelta::days(400), ..Measure::exact() };
    let begin = timetwin::kernel::clock::machine_tick();
    let told = timetwin::scenario::diff::diff(&left, &right, &measure);
    assert!(told.is_empty());
    let taken = begin.elapsed();
    // Each line with each took half a minute in this build.
    assert!(taken.as_secs() < 5, "{taken:?}");
}
