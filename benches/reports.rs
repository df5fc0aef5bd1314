//! Reports over a million entries of one year, each beside a straight scan of columns for the same answer
//! in the same run: `cargo bench --bench reports`.
//!
//! The columns lie whole in memory with small numbers for ids, and are gone through row by row: local day,
//! rate by precedence, amount rounded an entry and cut at midnight, figures of the whole, of the days and of
//! the groups, which are then named, sorted and nested. What comes out is compared with the report, value by
//! value. What the scan is spared is what it could not be asked for: filters, rights to see, rates that
//! change, changes.

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
use timetwin::kernel::civil::{Tz, day_start};
use timetwin::kernel::clock::{Clock, machine_tick};
use timetwin::kernel::ids::Hex24;
use timetwin::kernel::money::ExactAmount;
use timetwin::kernel::page::Page;
use timetwin::scenario::load::Bundle;
use timetwin::twin::grow;
use timetwin::vendors::clockify::model::entries::{EntryType, TimeEntry};
use timetwin::vendors::clockify::model::members::Member;
use timetwin::vendors::clockify::model::names::folded;
use timetwin::vendors::clockify::model::projects::Project;
use timetwin::vendors::clockify::model::rates::RateKind;
use timetwin::vendors::clockify::model::users::User;
use timetwin::vendors::clockify::model::{EntryId, ProjectId, State, UserId, WorkspaceId};
use timetwin::vendors::clockify::reports::filter::Filter;
use timetwin::vendors::clockify::reports::query::Query;
use timetwin::vendors::clockify::reports::range::Span;
use timetwin::vendors::clockify::reports::result::{
    AmountKind, ByCurrency, Day, Details, Group, GroupId, GroupKind, Label, Money, Sum, Summary,
    Totals, Weekly,
};
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
const HOURLY: RateKind = RateKind::Hourly;
const CODE: &str = "EUR";

fn id(kind: u8, n: usize) -> Hex24 {
    let mut bytes = [kind; 12];
    bytes[8..].copy_from_slice(&(n as u32).to_be_bytes());
    Hex24::from_bytes(bytes)
}

/// The columns of the baseline, and what their numbers stand for.
#[derive(Default)]
struct Columns {
    start: Vec<i64>,
    user: Vec<u16>,
    project: Vec<u16>,
    seconds: Vec<i64>,
    billable: Vec<bool>,
    entry: Vec<EntryId>,
    users: Vec<(UserId, String)>,
    /// With the rate of those that have one.
    projects: Vec<(ProjectId, String, Option<i64>)>,
    /// By user.
    rates: Vec<Option<i64>>,
    color: String,
}

/// A workspace of 500 people, who work on one to three of eight projects a day. Half of the projects have a
/// rate; on the others that of the person holds, and that of the workspace where they have none.
fn world() -> (State, WorkspaceId, UserId, Columns) {
    let at: DateTime<Utc> = "2026-06-12T18:00:00Z".parse().expect("an instant");
    let bundle = Arc::new(Bundle::builtin("bare").expect("a scenario"));
    let world = grow(&bundle, Clock::frozen(at), Settings::default()).expect("a world");
    let mut state = State::clone(&world.clockify);
    let home = state.workspaces.iter().next().expect("a workspace").clone();
    let (workspace, owner) = (home.id, home.owner);
    state.workspaces.change(workspace, |row| row.rates.of_mut(HOURLY).set(RATE, None));
    let mut columns = Columns::default();
    for n in 0..PEOPLE {
        let mut user = User::invited(UserId(id(1, n)), format!("p{n}@example.com"), workspace);
        user.name = format!("Person {n}");
        columns.users.push((user.id, user.name.clone()));
        state.users.put(user);
        let mut member = Member::new(workspace, UserId(id(1, n)));
        let rate = (n % 3 == 0).then_some(RATE + n as i64);
        if let Some(rate) = rate {
            member.rates.of_mut(HOURLY).set(rate, None);
        }
        columns.rates.push(rate);
        state.members.put(member);
    }
    for n in 0..PROJECTS {
        let mut project = Project::new(ProjectId(id(2, n)), workspace, format!("Project {n}"));
        let rate = (n % 2 == 0).then_some(RATE - n as i64);
        if let Some(rate) = rate {
            project.rates.of_mut(HOURLY).set(rate, None);
        }
        columns.color.clone_from(&project.color);
        columns.projects.push((project.id, project.name.clone(), rate));
        state.projects.put(project);
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
    for (n, (start, user, project, seconds)) in rows.into_iter().enumerate() {
        let begin = DateTime::from_timestamp(start, 0).expect("an instant");
        let billable = roll(8) != 0;
        state.entries.put(TimeEntry {
            id: EntryId(id(3, n)),
            workspace,
            user: UserId(id(1, user)),
            description: "Work".to_owned(),
            project: Some(ProjectId(id(2, project))),
            task: None,
            tags: Vec::new(),
            billable,
            start: begin,
            end: Some(begin + TimeDelta::seconds(seconds)),
            kind: EntryType::Regular,
            fields: Vec::new(),
            invoiced: false,
            known_rates: 0,
        });
        columns.start.push(start);
        columns.user.push(user as u16);
        columns.project.push(project as u16);
        columns.seconds.push(seconds);
        columns.billable.push(billable);
        columns.entry.push(EntryId(id(3, n)));
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

/// The scan: tells each row in `span` with its day, counted from the first, and what it is worth; then the
/// figures of the whole and of the days.
fn scan(
    columns: &Columns,
    span: &Span,
    mut tell: impl FnMut(usize, usize, Sum),
) -> (Totals, Vec<Day>) {
    let from = columns.start.partition_point(|start| *start < span.from.timestamp());
    let to = columns.start.partition_point(|start| *start < span.to.timestamp());
    let dates: Vec<NaiveDate> = span.first.iter_days().take(span.count() as usize).collect();
    let ends: Vec<i64> = dates
        .iter()
        .map(|day| day_start(*day + TimeDelta::days(1), span.zone).timestamp())
        .collect();
    let nothing = |date| Day { date, sum: Sum::default(), billable_seconds: 0 };
    let mut days: Vec<Day> = dates.into_iter().map(nothing).collect();
    let mut day = 0;
    for row in from..to {
        while columns.start[row] >= ends[day] {
            day += 1;
        }
        let (user, project) = (usize::from(columns.user[row]), usize::from(columns.project[row]));
        let rate = columns.projects[project].2.or(columns.rates[user]).unwrap_or(RATE);
        let (seconds, billable) = (columns.seconds[row], columns.billable[row]);
        let earned = ExactAmount::earned(if billable { rate } else { 0 }, seconds);
        let mut count = |day: usize, seconds: i64, earned: ExactAmount| {
            let money = Money { earned, ..Money::default() };
            let sum = Sum { seconds, money };
            days[day].sum += sum;
            days[day].billable_seconds += if billable { seconds } else { 0 };
            tell(row, day, sum);
        };
        // Nobody works for longer than three hours: over one midnight at most.
        let today = ends[day] - columns.start[row];
        if seconds > today && day + 1 < ends.len() {
            let before = earned.share(today, seconds);
            count(day, today, before);
            count(day + 1, seconds - today, earned.minus(before));
        } else {
            count(day, seconds, earned);
        }
    }
    days.retain(|day| day.sum.seconds > 0);
    let sum = days.iter().fold(Sum::default(), |all, day| all + day.sum);
    let totals = Totals {
        sum,
        billable_seconds: days.iter().map(|day| day.billable_seconds).sum(),
        entries: (to - from) as u64,
        by_currency: vec![(CODE.into(), sum.money)],
    };
    (totals, days)
}

/// Sums by key, in an open table with one multiplication as its hash; then sorted by key.
struct Leaves<T> {
    slots: Vec<(u64, T)>,
    mask: usize,
}

impl<T: Clone + Default> Leaves<T> {
    fn new(slots: usize) -> Self {
        Self { slots: vec![(u64::MAX, T::default()); slots], mask: slots - 1 }
    }

    fn of(&mut self, key: u64) -> &mut T {
        let mut at = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & self.mask;
        while self.slots[at].0 != u64::MAX && self.slots[at].0 != key {
            at = (at + 1) & self.mask;
        }
        self.slots[at].0 = key;
        &mut self.slots[at].1
    }

    fn sorted(mut self) -> Vec<(u64, T)> {
        self.slots.retain(|(key, _)| *key != u64::MAX);
        self.slots.sort_unstable_by_key(|(key, _)| *key);
        self.slots
    }
}

/// Labels in order of their names, and the place in that order of each.
struct Names {
    labels: Vec<Arc<Label>>,
    rank: Vec<u64>,
}

impl Names {
    fn new(labels: impl Iterator<Item = Label>) -> Self {
        let mut labels: Vec<(String, usize, Label)> =
            labels.enumerate().map(|(n, label)| (folded(&label.name), n, label)).collect();
        labels.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut rank = vec![0; labels.len()];
        (0..).zip(&labels).for_each(|(place, (_, n, _))| rank[*n] = place);
        Self { labels: labels.into_iter().map(|(_, _, label)| Arc::new(label)).collect(), rank }
    }

    fn users(columns: &Columns) -> Self {
        Self::new(columns.users.iter().map(|(id, name)| label(GroupId::One(id.0), name)))
    }

    fn projects(columns: &Columns) -> Self {
        Self::new(columns.projects.iter().map(|(id, name, _)| Label {
            color: Some(columns.color.as_str().into()),
            client: Some("".into()),
            ..label(GroupId::One(id.0), name)
        }))
    }

    fn days(span: &Span) -> Vec<Arc<Label>> {
        let days = span.first.iter_days().take(span.count() as usize);
        let day = |day: NaiveDate| {
            let name = day.to_string();
            Label { day: Some(day), ..label(GroupId::Text(name.as_str().into()), &name) }
        };
        days.map(day).map(Arc::new).collect()
    }
}

fn label(id: GroupId, name: &str) -> Label {
    Label { id, name: name.into(), day: None, color: None, client: None }
}

fn group(
    label: &Arc<Label>,
    sum: Sum,
    days: Vec<Sum>,
    code: &Arc<str>,
    children: Vec<Group>,
) -> Group {
    let by_currency = ByCurrency::One(Arc::clone(code));
    Group { label: Arc::clone(label), sum, by_currency, days, children }
}

fn total(groups: &[Group]) -> Sum {
    groups.iter().fold(Sum::default(), |all, group| all + group.sum)
}

fn summary_of(columns: &Columns, span: &Span) -> Summary {
    let (projects, users) = (Names::projects(columns), Names::users(columns));
    let dates = Names::days(span);
    let mut leaves: Leaves<Sum> = Leaves::new(1 << 19);
    let (totals, days) = scan(columns, span, |row, day, sum| {
        let project = projects.rank[usize::from(columns.project[row])];
        let user = users.rank[usize::from(columns.user[row])];
        *leaves.of(project << 32 | user << 16 | day as u64) += sum;
    });
    let code: Arc<str> = CODE.into();
    let leaves = leaves.sorted();
    let groups = leaves.chunk_by(|a, b| a.0 >> 32 == b.0 >> 32).map(|part| {
        let by_user = part.chunk_by(|a, b| a.0 >> 16 == b.0 >> 16).map(|part| {
            let by_day = part.iter().map(|(key, sum)| {
                group(&dates[(key & 0xffff) as usize], *sum, Vec::new(), &code, Vec::new())
            });
            let by_day: Vec<Group> = by_day.collect();
            let user = &users.labels[(part[0].0 >> 16 & 0xffff) as usize];
            group(user, total(&by_day), Vec::new(), &code, by_day)
        });
        let by_user: Vec<Group> = by_user.collect();
        let project = &projects.labels[(part[0].0 >> 32) as usize];
        group(project, total(&by_user), Vec::new(), &code, by_user)
    });
    let kinds = vec![GroupKind::Project, GroupKind::User, GroupKind::Date];
    Summary { totals, kinds, groups: groups.collect(), days }
}

fn detailed_of(columns: &Columns, span: &Span) -> (Details, Vec<EntryId>) {
    let (totals, days) = scan(columns, span, |_, _, _| ());
    let last = columns.start.partition_point(|start| *start < span.to.timestamp());
    let page = columns.entry[last - 50..last].iter().rev().copied().collect();
    (Details { totals, days, fields: Vec::new() }, page)
}

fn weekly_of(columns: &Columns, span: &Span) -> Weekly {
    let (projects, users) = (Names::projects(columns), Names::users(columns));
    let mut leaves: Leaves<[Sum; 7]> = Leaves::new(1 << 13);
    let (totals, found) = scan(columns, span, |row, day, sum| {
        let project = projects.rank[usize::from(columns.project[row])];
        let user = users.rank[usize::from(columns.user[row])];
        leaves.of(user << 16 | project)[day] += sum;
    });
    let code: Arc<str> = CODE.into();
    let over = |days: &[Sum]| days.iter().fold(Sum::default(), |all, day| all + *day);
    let leaves = leaves.sorted();
    let groups = leaves.chunk_by(|a, b| a.0 >> 16 == b.0 >> 16).map(|part| {
        let mut week = vec![Sum::default(); 7];
        let by_project = part.iter().map(|(key, days)| {
            week.iter_mut().zip(days).for_each(|(day, more)| *day += *more);
            let project = &projects.labels[(key & 0xffff) as usize];
            group(project, over(days), days.to_vec(), &code, Vec::new())
        });
        let by_project = by_project.collect();
        group(&users.labels[(part[0].0 >> 16) as usize], over(&week), week, &code, by_project)
    });
    let days = span.first.iter_days().take(7).map(|date| {
        let of = found.iter().find(|day| day.date == date).copied();
        of.unwrap_or(Day { date, sum: Sum::default(), billable_seconds: 0 })
    });
    let kinds = [GroupKind::User, GroupKind::Project];
    Weekly { totals, kinds, money: false, days: days.collect(), groups: groups.collect() }
}

fn query(first: NaiveDate, days: i64) -> Query {
    Query {
        span: Span::days(first, first + TimeDelta::days(days - 1), ZONE),
        filter: Filter::default(),
        rounding: false,
        amounts: vec![AmountKind::Earned],
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

    let kinds = [GroupKind::Project, GroupKind::User, GroupKind::Date];
    let (ours, report) =
        timed(9, || summary::summary(&state, &actor, &year, &kinds, SortBy::Group, false));
    let (floor, plain) = timed(9, || summary_of(&columns, &year.span));
    assert!(report == plain, "the summary is another than that of the columns");
    let users = report.groups.iter().flat_map(|group| &group.children);
    let leaves: usize = users.map(|user| user.children.len()).sum();
    print(&format!("summary PROJECT, USER, DATE ({leaves} leaves)"), (ours, floor), 150);

    let page = Some(Page { number: 1, size: 50 });
    let by_date = detailed::SortBy::Date;
    let (ours, (details, ids, rows)) = timed(9, || {
        let (details, ids) = detailed::detailed(&state, &actor, &year, by_date, true, page);
        let rows = detailed::rows(&state, &actor, &year, &ids);
        (details, ids, rows.len())
    });
    let (floor, plain) = timed(9, || detailed_of(&columns, &year.span));
    assert_eq!((details, ids, rows), (plain.0, plain.1, 50));
    print("detailed, page of 50 with totals", (ours, floor), 120);

    let week = query("2026-03-02".parse().expect("a day"), 7);
    let kinds = [GroupKind::User, GroupKind::Project];
    let (ours, report) = timed(9, || weekly::weekly(&state, &actor, &week, kinds, false, false));
    let (floor, plain) = timed(9, || weekly_of(&columns, &week.span));
    assert!(report == plain, "the week is another than that of the columns");
    print("weekly USER, PROJECT", (ours, floor), 30);
}
