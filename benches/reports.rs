//! Reports over a million entries of one year, each beside a straight scan of columns for the same answer
//! in the same run: `cargo bench --bench reports`.
//!
//! The columns hold nothing but what the answer needs, with small numbers for ids, and know no filter, no
//! right to see, no zone and no rate that changes. That is the floor; ratios to it are what to read.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program that prints figures"
)]

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use timetwin::kernel::civil::{Tz, local};
use timetwin::kernel::clock::{Clock, machine_tick};
use timetwin::kernel::ids::Hex24;
use timetwin::kernel::page::Page;
use timetwin::scenario::load::Bundle;
use timetwin::twin::grow;
use timetwin::vendors::clockify::model::entries::{EntryType, TimeEntry};
use timetwin::vendors::clockify::model::members::Member;
use timetwin::vendors::clockify::model::projects::Project;
use timetwin::vendors::clockify::model::{EntryId, ProjectId, State, UserId, WorkspaceId};
use timetwin::vendors::clockify::reports::ask::Query;
use timetwin::vendors::clockify::reports::filter::Filter;
use timetwin::vendors::clockify::reports::range::Span;
use timetwin::vendors::clockify::reports::result::{AmountKind, GroupKind, Money, Sum};
use timetwin::vendors::clockify::reports::summary::SortBy;
use timetwin::vendors::clockify::reports::{detailed, summary, weekly};
use timetwin::vendors::clockify::rules::permissions::{Actor, enter};
use timetwin::world::Settings;

const ENTRIES: usize = 1_000_000;
const PEOPLE: usize = 500;
const PROJECTS: usize = 200;
const DAYS: usize = 365;
const FIRST: &str = "2025-06-12";
const ZONE: Tz = Tz::Europe__Berlin;
/// Minor units an hour.
const RATE: i64 = 9000;

fn id(kind: u8, n: usize) -> Hex24 {
    let mut bytes = [kind; 12];
    bytes[8..].copy_from_slice(&(n as u32).to_be_bytes());
    Hex24::from_bytes(bytes)
}

/// The columns of the baseline.
#[derive(Default)]
struct Columns {
    start: Vec<i64>,
    day: Vec<u16>,
    user: Vec<u16>,
    project: Vec<u16>,
    seconds: Vec<u32>,
    entry: Vec<u32>,
}

/// A workspace of 500 people, who work on one to three of eight projects a day.
fn world() -> (State, WorkspaceId, UserId, Columns) {
    let at: DateTime<Utc> = "2026-06-12T18:00:00Z".parse().expect("an instant");
    let bundle = Arc::new(Bundle::builtin("bare").expect("a scenario"));
    let world = grow(&bundle, Clock::frozen(at), Settings::default()).expect("a world");
    let mut state = world.clockify;
    let home = state.workspaces.iter().next().expect("a workspace").clone();
    let (workspace, owner) = (home.id, home.owner);
    for n in 0..PEOPLE {
        state.members.put(Member::new(workspace, UserId(id(1, n))));
    }
    for n in 0..PROJECTS {
        let project = Project::new(ProjectId(id(2, n)), workspace, format!("Project {n}"));
        state.projects.put(project);
        state.projects.change(ProjectId(id(2, n)), |row| {
            let hourly = timetwin::vendors::clockify::model::rates::RateKind::Hourly;
            row.rates.of_mut(hourly).set(RATE, None);
        });
    }
    let first: NaiveDate = FIRST.parse().expect("a day");
    let mut dice = 7_u64;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % sides
    };
    let mut rows: Vec<(i64, usize, usize, i64)> = Vec::with_capacity(ENTRIES);
    while rows.len() < ENTRIES {
        let (day, user) = (roll(DAYS), roll(PEOPLE));
        let date = first + TimeDelta::days(day as i64);
        if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        let turn = (day * 3 + roll(1 + (user + day) % 3)) % 8;
        let project = (user * 7 + turn * 25) % PROJECTS;
        let start = date.and_hms_opt(6, 0, 0).expect("a time").and_utc().timestamp();
        rows.push((start + roll(50_000) as i64, user, project, 300 + roll(10_000) as i64));
    }
    rows.sort_unstable();
    let mut columns = Columns::default();
    for (n, (start, user, project, seconds)) in rows.into_iter().enumerate() {
        let begin = DateTime::from_timestamp(start, 0).expect("an instant");
        state.entries.put(TimeEntry {
            id: EntryId(id(3, n)),
            workspace,
            user: UserId(id(1, user)),
            description: "Work".to_owned(),
            project: Some(ProjectId(id(2, project))),
            task: None,
            tags: Vec::new(),
            billable: true,
            start: begin,
            end: Some(begin + TimeDelta::seconds(seconds)),
            kind: EntryType::Regular,
            fields: Vec::new(),
            invoiced: false,
        });
        columns.start.push(start);
        columns.day.push((local(begin, ZONE).date() - first).num_days() as u16);
        columns.user.push(user as u16);
        columns.project.push(project as u16);
        columns.seconds.push(seconds as u32);
        columns.entry.push(n as u32);
    }
    (state, workspace, owner, columns)
}

/// Median of `turns` runs, and the last answer.
fn timed<T>(turns: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut answer = work();
    let mut times: Vec<Duration> = (0..turns)
        .map(|_| {
            let begun = machine_tick();
            answer = work();
            machine_tick() - begun
        })
        .collect();
    times.sort_unstable();
    (times[turns / 2], answer)
}

fn add(sum: &mut Sum, seconds: u32) {
    let seconds = i64::from(seconds);
    let earned = (RATE * seconds + 1800) / 3600;
    *sum += Sum { seconds, money: Money { earned, cost: 0 } };
}

/// Sums by a key of project, user and day, in an open table with one multiplication as its hash; then
/// sorted.
fn leaves(columns: &Columns, rows: std::ops::Range<usize>) -> Vec<(u64, Sum)> {
    let mask = (rows.len() * 2).next_power_of_two().min(1 << 20) - 1;
    let mut slots: Vec<(u64, Sum)> = vec![(u64::MAX, Sum::default()); mask + 1];
    for n in rows {
        let (project, user) = (u64::from(columns.project[n]), u64::from(columns.user[n]));
        let key = project << 32 | user << 16 | u64::from(columns.day[n]);
        let mut at = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & mask;
        while slots[at].0 != u64::MAX && slots[at].0 != key {
            at = (at + 1) & mask;
        }
        slots[at].0 = key;
        add(&mut slots[at].1, columns.seconds[n]);
    }
    slots.retain(|(key, _)| *key != u64::MAX);
    slots.sort_unstable_by_key(|(key, _)| *key);
    slots
}

fn total(columns: &Columns, rows: std::ops::Range<usize>) -> Sum {
    let mut sum = Sum::default();
    columns.seconds[rows].iter().for_each(|seconds| add(&mut sum, *seconds));
    sum
}

fn query(first: NaiveDate, days: i64) -> Query {
    Query {
        span: Span::days(first, first + TimeDelta::days(days - 1), ZONE),
        filter: Filter::default(),
        rounding: false,
        shown: vec![AmountKind::Earned],
        week_start: timetwin::vendors::clockify::model::users::Weekday::Monday,
        now: DateTime::UNIX_EPOCH,
    }
}

fn print(name: &str, (ours, floor): (Duration, Duration), bound: u32) {
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{name:44} {:8.1} ms   columns {:8.1} ms   ratio {ratio:5.2}   asked for {bound} ms",
        ours.as_secs_f64() * 1e3,
        floor.as_secs_f64() * 1e3,
    );
}

fn main() {
    let (state, workspace, owner, columns) = world();
    let actor: Actor = enter(&state, workspace, owner).expect("the owner may enter");
    let first: NaiveDate = FIRST.parse().expect("a day");
    let year = query(first, DAYS as i64);
    let all = 0..ENTRIES;

    let kinds = [GroupKind::Project, GroupKind::User, GroupKind::Date];
    let (ours, report) =
        timed(7, || summary::summary(&state, &actor, &year, &kinds, SortBy::Group, false));
    let (floor, groups) = timed(7, || leaves(&columns, all.clone()));
    let leaf_count: usize = report
        .groups
        .iter()
        .flat_map(|group| &group.children)
        .map(|user| user.children.len())
        .sum();
    assert_eq!((report.totals.sum, leaf_count), (total(&columns, all.clone()), groups.len()));
    print(&format!("summary PROJECT, USER, DATE ({leaf_count} leaves)"), (ours, floor), 150);

    let page = Some(Page { number: 1, size: 50 });
    let (ours, (details, _)) = timed(7, || {
        let (details, ids) =
            detailed::detailed(&state, &actor, &year, detailed::SortBy::Date, true, page);
        (details, detailed::rows(&state, &actor, &year, &ids))
    });
    let (floor, sum) = timed(7, || {
        let last: Vec<u32> = columns.entry[ENTRIES - 50..].iter().rev().copied().collect();
        std::hint::black_box(last);
        total(&columns, all.clone())
    });
    assert_eq!(details.totals.sum, sum);
    print("detailed, page of 50 with totals", (ours, floor), 120);

    let monday: NaiveDate = "2026-03-02".parse().expect("a day");
    let week = query(monday, 7);
    let kinds = [GroupKind::User, GroupKind::Project];
    let (ours, report) = timed(7, || weekly::weekly(&state, &actor, &week, kinds, false, false));
    let (floor, groups) = timed(7, || {
        let from = columns.start.partition_point(|start| *start < week.span.from.timestamp());
        let to = columns.start.partition_point(|start| *start < week.span.to.timestamp());
        leaves(&columns, from..to)
    });
    let sum = groups.iter().fold(Sum::default(), |all, (_, sum)| all + *sum);
    assert_eq!(report.totals.sum, sum);
    print("weekly USER, PROJECT", (ours, floor), 30);
}
