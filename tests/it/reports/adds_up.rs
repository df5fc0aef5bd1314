//! Totals are the sum of what is listed, and both are what a plain look at every entry finds: over random
//! entries, rates, filters, groupings, zones and callers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use timetwin::kernel::civil::{Rounding, Tz, day_start, round_seconds};
use timetwin::kernel::ids::Hex24;
use timetwin::kernel::money::ExactAmount;
use timetwin::kernel::page::Page;
use timetwin::vendors::clockify::model::entries::{EntryType, TimeEntry};
use timetwin::vendors::clockify::model::members::MemberBy;
use timetwin::vendors::clockify::model::rates::RateKind;
use timetwin::vendors::clockify::model::users::Weekday;
use timetwin::vendors::clockify::model::{EntryId, State, WorkspaceId};
use timetwin::vendors::clockify::reports::filter::{Audit, Contains, EntityFilter, Filter};
use timetwin::vendors::clockify::reports::query::Query;
use timetwin::vendors::clockify::reports::range::Span;
use timetwin::vendors::clockify::reports::result::{
    AmountKind, Day, Group, GroupKind, Money, Sum, Totals,
};
use timetwin::vendors::clockify::reports::summary::SortBy;
use timetwin::vendors::clockify::reports::{detailed, summary, weekly};
use timetwin::vendors::clockify::rules::permissions::{Actor, enter};
use timetwin::vendors::clockify::rules::rates::{Work, currency, resolve};

use crate::support::TestTwin;

/// A stream of small numbers that a seed decides.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    fn some<T: Copy>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let mut chosen: Vec<T> = Vec::new();
        for _ in 0..self.roll(most + 1) {
            chosen.push(self.one(of));
        }
        chosen
    }
}

const ZONES: [Tz; 6] = [
    Tz::UTC,
    Tz::Europe__Prague,
    Tz::America__New_York,
    Tz::Pacific__Auckland,
    Tz::Asia__Kathmandu,
    Tz::Africa__Cairo,
];

const KINDS: [GroupKind; 10] = [
    GroupKind::Project,
    GroupKind::Client,
    GroupKind::Task,
    GroupKind::Tag,
    GroupKind::Date,
    GroupKind::Week,
    GroupKind::Month,
    GroupKind::User,
    GroupKind::UserGroup,
    GroupKind::Timeentry,
];

/// The studio with other entries and other rates: about two weeks around a change of clocks.
fn world(dice: &mut Dice) -> (State, WorkspaceId) {
    let twin = TestTwin::studio();
    let mut state = State::clone(&twin.twin.sandbox("main").unwrap().store.read().value.clockify);
    let workspace = state.workspaces.iter().find(|row| row.name == "Studio Nord").unwrap().id;
    let old: Vec<EntryId> = state.entries.rows().iter().map(|entry| entry.id).collect();
    for id in old {
        state.entries.remove(id);
    }
    let users: Vec<_> =
        state.members.find(MemberBy::Workspace(workspace)).map(|member| member.user()).collect();
    let projects: Vec<_> = state
        .projects
        .iter()
        .filter(|project| project.workspace == workspace)
        .map(|project| project.id)
        .collect();
    let tasks: Vec<_> = state
        .tasks
        .iter()
        .filter(|task| task.workspace == workspace)
        .map(|task| (task.project, task.id))
        .collect();
    let tags: Vec<_> =
        state.tags.iter().filter(|tag| tag.workspace == workspace).map(|tag| tag.id).collect();
    let base: DateTime<Utc> = "2026-03-20T00:00:00Z".parse().unwrap();
    for project in dice.some(&projects, 4) {
        let since = base + TimeDelta::seconds(dice.roll(1_400_000) as i64);
        let rate = dice.roll(20_000) as i64;
        let kind = dice.one(&[RateKind::Hourly, RateKind::Cost]);
        state.projects.change(project, |row| row.rates.of_mut(kind).set(rate, Some(since)));
    }
    for (_, task) in dice.some(&tasks, 3) {
        let (change, rate) = (dice.roll(4) as u64, dice.roll(20_000) as i64);
        state.tasks.change(task, |row| row.rates.hourly.set_from(change, rate));
    }
    for n in 0..dice.roll(120) {
        let start = base + TimeDelta::seconds(dice.roll(1_400_000) as i64);
        let seconds = dice.roll(100_000) as i64;
        let (project, task) = match dice.roll(4) {
            0 => (None, None),
            1 => (Some(dice.one(&projects)), None),
            _ => {
                let (project, task) = dice.one(&tasks);
                (Some(project), Some(task))
            }
        };
        let mut own = dice.some(&tags, 2);
        own.sort_unstable();
        own.dedup();
        let mut id = [0; 12];
        id[..4].copy_from_slice(&(start.timestamp() as u32).to_be_bytes());
        id[11] = n as u8;
        state.entries.put(TimeEntry {
            id: EntryId(Hex24::from_bytes(id)),
            workspace,
            user: dice.one(&users),
            description: dice.one(&["", "Plan", "plan B", "Check"]).to_owned(),
            project,
            task,
            tags: own,
            billable: dice.roll(3) > 0,
            start,
            end: (dice.roll(20) > 0).then(|| start + TimeDelta::seconds(seconds)),
            kind: EntryType::Regular,
            fields: Vec::new(),
            invoiced: dice.roll(4) == 0,
            known_rates: dice.roll(4) as u64,
        });
    }
    (state, workspace)
}

fn pick(dice: &mut Dice, of: &[Hex24], tags: bool) -> Option<EntityFilter> {
    let modes: &[Contains] = if tags {
        &[Contains::Contains, Contains::DoesNotContain, Contains::ContainsOnly]
    } else {
        &[Contains::Contains, Contains::DoesNotContain]
    };
    (dice.roll(3) == 0 && !of.is_empty()).then(|| EntityFilter {
        ids: [dice.one(of), dice.one(of), dice.one(of)].into(),
        unassigned: dice.roll(3) == 0,
        contains: dice.one(modes),
        ..EntityFilter::default()
    })
}

fn query(dice: &mut Dice, state: &State, workspace: WorkspaceId) -> Query {
    let zone = dice.one(&ZONES);
    let first: NaiveDate = "2026-03-22".parse().unwrap();
    let first = first + TimeDelta::days(dice.roll(10) as i64);
    let last = first + TimeDelta::days(dice.roll(12) as i64);
    let ids = |rows: &mut dyn Iterator<Item = (WorkspaceId, Hex24)>| -> Vec<Hex24> {
        rows.filter(|(of, _)| *of == workspace).map(|(_, id)| id).collect()
    };
    let users = ids(&mut state.members.iter().map(|row| (row.key.workspace, row.key.user.0)));
    let projects = ids(&mut state.projects.iter().map(|row| (row.workspace, row.id.0)));
    let clients = ids(&mut state.clients.iter().map(|row| (row.workspace, row.id.0)));
    let tasks = ids(&mut state.tasks.iter().map(|row| (row.workspace, row.id.0)));
    let tags = ids(&mut state.tags.iter().map(|row| (row.workspace, row.id.0)));
    let maybe = |dice: &mut Dice| dice.one(&[None, None, None, Some(true), Some(false)]);
    let filter = Filter {
        users: pick(dice, &users, false),
        clients: pick(dice, &clients, false),
        projects: pick(dice, &projects, false),
        tasks: pick(dice, &tasks, false),
        tags: pick(dice, &tags, true),
        billable: maybe(dice),
        invoiced: maybe(dice),
        description: (dice.roll(5) == 0).then(|| "plan".to_owned()),
        audit: Audit {
            duration: (dice.roll(5) == 0).then(|| dice.roll(100_000) as i64),
            shorter: dice.roll(2) == 0,
            ..Audit::default()
        },
        ..Filter::default()
    };
    let shown = dice.one(&[
        &[][..],
        &[AmountKind::Earned],
        &[AmountKind::Profit, AmountKind::Cost, AmountKind::Earned],
    ]);
    Query {
        span: Span::days(first, last, zone),
        filter,
        rounding: dice.roll(2) == 0,
        amounts: shown.to_vec(),
        week_start: dice.one(&[Weekday::Monday, Weekday::Sunday]),
        now: DateTime::UNIX_EPOCH,
    }
}

/// What an entry counts for, found without any of the engine's short cuts.
struct Plain {
    entry: TimeEntry,
    seconds: i64,
    money: Money,
    /// What of it lies on which day of the range.
    days: BTreeMap<NaiveDate, Sum>,
}

/// Cuts an entry at every midnight of the range. What lies behind the last day, and what rounding adds or
/// takes away, is at its end.
fn by_day(entry: &TimeEntry, whole: Sum, span: &Span) -> BTreeMap<NaiveDate, Sum> {
    let begins = entry.start.with_timezone(&span.zone).date_naive();
    let mut days = BTreeMap::new();
    let mut told = Sum::default();
    for day in begins.iter_days().take_while(|day| *day <= span.last) {
        let midnight = day_start(day + TimeDelta::days(1), span.zone);
        let over = entry.end.is_some_and(|end| end <= midnight) || day == span.last;
        let passed = (midnight - entry.start).num_seconds();
        let seconds = if over { whole.seconds } else { passed.min(whole.seconds) };
        let of = |amount: ExactAmount| {
            let exact =
                i128::from(amount.0) * i128::from(seconds) / i128::from(whole.seconds.max(1));
            ExactAmount(i64::try_from(exact).unwrap())
        };
        let money = Money { earned: of(whole.money.earned), cost: of(whole.money.cost) };
        let so_far = if over { whole } else { Sum { seconds, money } };
        if so_far.seconds > told.seconds {
            days.insert(day, so_far - told);
        }
        told = so_far;
        if over {
            break;
        }
    }
    days
}

fn chosen(pick: Option<&EntityFilter>, found: &[Hex24]) -> bool {
    let Some(pick) = pick else { return true };
    if found.is_empty() {
        return pick.unassigned == (pick.contains != Contains::DoesNotContain);
    }
    match pick.contains {
        Contains::Contains => found.iter().any(|id| pick.ids.contains(id)),
        Contains::DoesNotContain => !found.iter().any(|id| pick.ids.contains(id)),
        Contains::ContainsOnly => {
            found.iter().all(|id| pick.ids.contains(id))
                && pick.ids.iter().all(|id| found.contains(id))
        }
    }
}

fn plainly(state: &State, actor: &Actor, query: &Query) -> Vec<Plain> {
    let filter = &query.filter;
    let round = actor.workspace(state).unwrap().settings.round;
    let step = if query.rounding { i64::from(round.minutes) * 60 } else { 0 };
    let mut found = Vec::new();
    for entry in state.entries.rows().iter() {
        let Some(seconds) = entry.seconds() else { continue };
        let day = entry.start.with_timezone(&query.span.zone).date_naive();
        let client = entry.project.and_then(|id| state.projects.get(id)?.client);
        let one = |id: Option<Hex24>| id.into_iter().collect::<Vec<_>>();
        let tags: Vec<Hex24> = entry.tags.iter().map(|tag| tag.0).collect();
        let length = filter.audit.duration.is_none_or(|bound| {
            if filter.audit.shorter { seconds <= bound } else { seconds >= bound }
        });
        let fits = entry.workspace == actor.workspace
            && (query.span.first..=query.span.last).contains(&day)
            && actor.may_see_entry(state, entry)
            && chosen(filter.users.as_ref(), &[entry.user.0])
            && chosen(filter.clients.as_ref(), &one(client.map(|id| id.0)))
            && chosen(filter.projects.as_ref(), &one(entry.project.map(|id| id.0)))
            && chosen(filter.tasks.as_ref(), &one(entry.task.map(|id| id.0)))
            && chosen(filter.tags.as_ref(), &tags)
            && filter.billable.is_none_or(|wanted| wanted == entry.billable)
            && filter.invoiced.is_none_or(|wanted| wanted == entry.invoiced)
            && filter
                .description
                .as_ref()
                .is_none_or(|text| entry.description.to_lowercase().contains(text))
            && length;
        if !fits {
            continue;
        }
        // The studio rounds up.
        let seconds = round_seconds(seconds, step, Rounding::Up);
        let work = Work::of(entry);
        let wants =
            |kind| query.amounts.contains(&kind) || query.amounts.contains(&AmountKind::Profit);
        let amount = |kind, wanted: bool| {
            ExactAmount::earned(resolve(state, kind, work).filter(|_| wanted).unwrap_or(0), seconds)
        };
        let money = Money {
            earned: amount(RateKind::Hourly, wants(AmountKind::Earned) && entry.billable),
            cost: amount(RateKind::Cost, wants(AmountKind::Cost)),
        };
        let days = by_day(entry, Sum { seconds, money }, &query.span);
        found.push(Plain { entry: TimeEntry::clone(entry), seconds, money, days });
    }
    found
}

fn total(plain: &[Plain]) -> Sum {
    let mut sum = Sum::default();
    for row in plain {
        sum += Sum { seconds: row.seconds, money: row.money };
    }
    sum
}

/// Checks totals against a plain look at the entries.
fn check_totals(state: &State, actor: &Actor, totals: &Totals, plain: &[Plain]) {
    assert_eq!(totals.sum, total(plain));
    assert_eq!(totals.entries, plain.len() as u64);
    let billable = plain.iter().filter(|row| row.entry.billable);
    assert_eq!(totals.billable_seconds, billable.map(|row| row.seconds).sum::<i64>());
    let mut by_currency: BTreeMap<String, Money> = BTreeMap::new();
    let home = actor.workspace(state).unwrap();
    for row in plain {
        let project = row.entry.project.and_then(|id| state.projects.get(id));
        let code = currency(state, home, project.map(|project| &**project));
        *by_currency.entry(code.to_owned()).or_default() += row.money;
    }
    let told: BTreeMap<String, Money> =
        totals.by_currency.iter().map(|(code, money)| (code.to_string(), *money)).collect();
    assert_eq!(told, by_currency);
}

fn check_days(days: &[Day], plain: &[Plain]) {
    let all = days.iter().fold(Sum::default(), |all, day| all + day.sum);
    assert_eq!(all, total(plain), "days add up");
    for day in days {
        assert_eq!(day.sum, on(plain, day.date), "{}", day.date);
    }
}

fn on(plain: &[Plain], day: NaiveDate) -> Sum {
    plain.iter().filter_map(|row| row.days.get(&day)).fold(Sum::default(), |all, part| all + *part)
}

/// Checks groups of days.
fn check_dates(groups: &[Group], plain: &[Plain]) {
    for group in groups {
        let day = group.label.day.unwrap();
        assert_eq!(group.sum, on(plain, day), "{day}");
    }
}

/// Checks that groups add up to `sum` on every level, and their days and currencies to themselves.
fn check_groups(groups: &[Group], levels: usize, sum: Sum) {
    let all = groups.iter().fold(Sum::default(), |all, group| all + group.sum);
    assert_eq!(all, sum, "groups add up");
    for group in groups {
        if levels > 1 {
            check_groups(&group.children, levels - 1, group.sum);
        } else {
            assert!(group.children.is_empty());
        }
        if !group.days.is_empty() {
            let days = group.days.iter().fold(Sum::default(), |all, day| all + *day);
            assert_eq!(days, group.sum, "days of {} add up", group.label.name);
        }
        let mut money = Money::default();
        group.money().iter().for_each(|(_, each)| money += *each);
        assert_eq!(money, group.sum.money, "currencies of {} add up", group.label.name);
    }
}

fn tell(seed: u64) {
    let mut dice = Dice(seed);
    let (state, workspace) = world(&mut dice);
    assert!(state.entries.sums_are_right());
    for _ in 0..6 {
        let members: Vec<_> =
            state.members.find(MemberBy::Workspace(workspace)).map(|row| row.user()).collect();
        let Ok(actor) = enter(&state, workspace, dice.one(&members)) else { continue };
        let query = query(&mut dice, &state, workspace);
        let plain = plainly(&state, &actor, &query);
        let sum = total(&plain);

        let kinds: Vec<GroupKind> = (0..=dice.roll(3)).map(|_| dice.one(&KINDS)).collect();
        let sort = dice.one(&[SortBy::Group, SortBy::Duration, SortBy::Amount(AmountKind::Earned)]);
        let report = summary::summary(&state, &actor, &query, &kinds, sort, dice.roll(2) == 0);
        check_totals(&state, &actor, &report.totals, &plain);
        check_groups(&report.groups, kinds.len(), sum);
        check_days(&report.days, &plain);
        if kinds[0] == GroupKind::Date {
            check_dates(&report.groups, &plain);
        }

        let sorts = [
            detailed::SortBy::Id,
            detailed::SortBy::Date,
            detailed::SortBy::User,
            detailed::SortBy::Duration,
            detailed::SortBy::Description,
        ];
        let (sort, descending) = (dice.one(&sorts), dice.roll(2) == 0);
        let size = 1 + dice.roll(9) as u64;
        let mut seen = Vec::new();
        for number in 1.. {
            let page = Some(Page { number, size });
            let (details, ids) = detailed::detailed(&state, &actor, &query, sort, descending, page);
            check_totals(&state, &actor, &details.totals, &plain);
            check_days(&details.days, &plain);
            let rows = detailed::rows(&state, &actor, &query, &ids);
            assert_eq!(rows.len(), ids.len());
            if rows.is_empty() {
                break;
            }
            seen.extend(rows);
        }
        let (_, all) = detailed::detailed(&state, &actor, &query, sort, descending, None);
        let ids: Vec<EntryId> = seen.iter().map(|row| row.id).collect();
        assert_eq!(ids, all, "pages partition the list");
        let mut wanted: Vec<EntryId> = plain.iter().map(|row| row.entry.id).collect();
        let mut told = ids;
        wanted.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, wanted);
        let listed = seen
            .iter()
            .fold(Sum::default(), |all, row| all + Sum { seconds: row.seconds, money: row.money });
        assert_eq!(listed, sum, "rows add up");

        let week =
            Span::days(query.span.first, query.span.first + TimeDelta::days(6), query.span.zone);
        let query = Query { span: week, ..query };
        let plain = plainly(&state, &actor, &query);
        let kinds = dice
            .one(&[[GroupKind::User, GroupKind::Project], [GroupKind::Project, GroupKind::User]]);
        let report = weekly::weekly(&state, &actor, &query, kinds, false, dice.roll(2) == 0);
        check_totals(&state, &actor, &report.totals, &plain);
        check_groups(&report.groups, 2, total(&plain));
        check_days(&report.days, &plain);
        assert_eq!(report.days.len(), 7);
    }
}

/// In 2010 Newfoundland put its clocks back at one minute past midnight: the new day came twice.
#[test]
fn a_day_that_comes_twice_is_one_group() {
    let mut dice = Dice(5);
    let (mut state, workspace) = world(&mut dice);
    let user = state.workspaces.get(workspace).unwrap().owner;
    let template = TimeEntry::clone(state.entries.rows().iter().next().unwrap());
    let begin: DateTime<Utc> = "2010-11-07T02:00:00Z".parse().unwrap();
    for n in 0..400_u16 {
        let start = begin + TimeDelta::seconds(i64::from(n) * 20);
        let mut id = [9; 12];
        id[..2].copy_from_slice(&n.to_be_bytes());
        let (id, end) = (EntryId(Hex24::from_bytes(id)), Some(start + TimeDelta::seconds(20)));
        let entry =
            TimeEntry { id, user, start, end, project: None, task: None, ..template.clone() };
        state.entries.put(entry);
    }
    let actor = enter(&state, workspace, user).unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let query = Query {
        span: Span::days(day("2010-11-05"), day("2010-11-08"), Tz::America__St_Johns),
        filter: Filter::default(),
        rounding: false,
        amounts: Vec::new(),
        week_start: Weekday::Monday,
        now: DateTime::UNIX_EPOCH,
    };
    for kinds in [&[GroupKind::Date][..], &[GroupKind::User, GroupKind::Date]] {
        let report = summary::summary(&state, &actor, &query, kinds, SortBy::Group, false);
        let plain = plainly(&state, &actor, &query);
        assert_eq!(plain.len(), 400);
        check_totals(&state, &actor, &report.totals, &plain);
        check_groups(&report.groups, kinds.len(), total(&plain));
        let groups = if kinds.len() == 1 { &report.groups } else { &report.groups[0].children };
        let names: Vec<&str> = groups.iter().map(|group| &*group.label.name).collect();
        assert_eq!(names, ["2010-11-06", "2010-11-07"]);
        for (group, day) in groups.iter().zip(&report.days) {
            // No entry is on two days.
            let of_day = plain.iter().filter(|row| {
                row.entry.start.with_timezone(&query.span.zone).date_naive() == day.date
            });
            let on: i64 = of_day.map(|row| row.seconds).sum();
            assert_eq!((group.sum.seconds, day.sum.seconds), (on, on));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_are_the_sum_of_what_is_listed(seed in any::<u64>()) {
        tell(seed);
    }
}
