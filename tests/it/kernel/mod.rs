//! Properties of the kernel: what holds for all tables, pages, forks, failed writes and seeds.

mod sandboxes;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use timetwin::kernel::civil::{
    Rounding, by_day, day_start, instant, iso_duration, local, parse_iso_duration, round_seconds,
    zone,
};
use timetwin::kernel::clock::{Clock, machine_tick};
use timetwin::kernel::ids::{Decimal, Hex24, Ids, Serial};
use timetwin::kernel::journal::{Journal, Record};
use timetwin::kernel::limits::{Budgets, Instants, Kind, Limit};
use timetwin::kernel::money::{ExactAmount, earned};
use timetwin::kernel::page::Page;
use timetwin::kernel::sequence::Sequence;
use timetwin::kernel::store::Store;
use timetwin::kernel::table::{Row, Table};

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    id: Serial,
    user: u8,
    start: i16,
    tags: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    User(u8, i16),
    Tag(u8),
}

impl Row for Entry {
    type Key = Serial;
    type Index = By;

    fn key(&self) -> Serial {
        self.id
    }

    fn index(&self) -> Vec<By> {
        let tags = self.tags.iter().map(|tag| By::Tag(*tag));
        std::iter::once(By::User(self.user, self.start)).chain(tags).collect()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Put(u64, u8, i16, Vec<u8>),
    Change(u64, u8),
    Remove(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..20_u64, 0..4_u8, any::<i16>(), prop::collection::vec(0..5_u8, 0..3))
            .prop_map(|(id, user, start, tags)| Step::Put(id, user, start, tags)),
        (0..20_u64, 0..4_u8).prop_map(|(id, user)| Step::Change(id, user)),
        (0..20_u64).prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 0..60)
}

fn play(table: &mut Table<Entry>, step: Step) {
    match step {
        Step::Put(id, user, start, tags) => {
            table.put(Entry { id: Serial(id), user, start, tags });
        }
        Step::Change(id, user) => {
            table.change(Serial(id), |row| row.user = user);
        }
        Step::Remove(id) => {
            table.remove(Serial(id));
        }
    }
}

proptest! {
    #[test]
    fn indices_equal_a_rebuild(steps in steps()) {
        let mut table = Table::default();
        for step in steps {
            // As in a commit: what was before is still read.
            let before = table.clone();
            play(&mut table, step);
            prop_assert!(table.indices_are_right() && before.indices_are_right());
        }
        for user in 0..4 {
            let found: Vec<_> = table.scan(By::User(user, i16::MIN)..=By::User(user, i16::MAX)).collect();
            let wanted = table.iter().filter(|row| row.user == user).count();
            prop_assert_eq!(found.len(), wanted);
            prop_assert!(found.windows(2).all(|pair| pair[0].start <= pair[1].start));
        }
    }

    #[test]
    fn forks_are_independent(before in steps(), left in steps(), right in steps()) {
        let mut table = Table::default();
        for step in before {
            play(&mut table, step);
        }
        let kept: Vec<Entry> = table.iter().map(|row| Entry::clone(row)).collect();
        let (mut one, mut two) = (table.clone(), table.clone());
        for step in left {
            play(&mut one, step);
        }
        let one_now: Vec<Entry> = one.iter().map(|row| Entry::clone(row)).collect();
        for step in right {
            play(&mut two, step);
        }
        prop_assert_eq!(kept, table.iter().map(|row| Entry::clone(row)).collect::<Vec<_>>());
        prop_assert_eq!(one_now, one.iter().map(|row| Entry::clone(row)).collect::<Vec<_>>());
    }

    #[test]
    fn a_failed_write_changes_nothing(before in steps(), failed in steps()) {
        let store = Store::new((Table::<Entry>::default(), Ids::new(0)));
        let done: Result<(), ()> = store.write(|(table, _)| {
            for step in before {
                play(table, step);
            }
            Ok(())
        });
        prop_assert_eq!(done, Ok(()));
        let kept = store.read();
        let refused: Result<(), &str> = store.write(|(table, ids)| {
            for step in failed {
                play(table, step);
            }
            ids.next("entries");
            Err("no")
        });
        prop_assert_eq!(refused, Err("no"));
        let now = store.read();
        prop_assert_eq!(now.version, kept.version);
        prop_assert!(now.value.0.iter().eq(kept.value.0.iter()));
        prop_assert_eq!(now.value.1.clone().next("entries"), 0);
    }

    #[test]
    fn paging_partitions_a_list(rows in prop::collection::vec(any::<u16>(), 0..200), size in 1..60_u64) {
        let mut together = Vec::new();
        let mut number = 1;
        loop {
            let page = Page { number, size };
            let (part, last) = page.of(rows.iter().copied());
            prop_assert!(last || part.len() == page.take());
            together.extend(part);
            if last { break }
            number += 1;
        }
        prop_assert_eq!(number, Page { number, size }.pages(rows.len()).max(1));
        prop_assert_eq!(together, rows);
    }

    #[test]
    fn the_same_seed_gives_the_same_ids(seed in any::<u64>(), count in 1..50_usize, others in 0..20_usize) {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut plain = Ids::new(seed);
        let mut mixed = Ids::new(seed);
        for _ in 0..others { mixed.hex24("other", at); }
        let a: Vec<Hex24> = (0..count).map(|_| plain.hex24("entries", at)).collect();
        let b: Vec<Hex24> = (0..count).map(|_| mixed.hex24("entries", at)).collect();
        prop_assert_eq!(&a, &b);
        let mut distinct = a.clone();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), count);
        prop_assert!(a.iter().all(|id| id.created() == 1_700_000_000));
        prop_assert_eq!(a[0].to_string().parse(), Ok(a[0]));
    }

    #[test]
    fn durations_are_read_as_another_library_reads_them(seconds in 0..1_000_000_i64) {
        let text = iso_duration(seconds);
        prop_assert_eq!(parse_iso_duration(&text), Some(seconds));
        let span: jiff::SignedDuration = text.parse().unwrap();
        prop_assert_eq!(span.as_secs(), seconds);
    }

    #[test]
    fn local_times_are_read_as_another_library_reads_them(
        day in 0..20_000_i32, minute in 0..1440_i64,
        name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Apia"]),
    ) {
        let zone = zone(name).unwrap();
        let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(day.into());
        let wall = date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute);
        let ours = instant(wall, zone);
        let theirs: jiff::civil::DateTime = wall.format("%Y-%m-%dT%H:%M:%S").to_string().parse().unwrap();
        let tz = jiff::tz::TimeZone::get(name);
        // The machine may have no zone table for the other library; then only the round trip is checked.
        if let Ok(tz) = tz {
            let theirs = tz.to_ambiguous_zoned(theirs).compatible().unwrap();
            prop_assert_eq!(ours.timestamp(), theirs.timestamp().as_second());
        }
        let back = local(ours, zone);
        prop_assert!(back >= wall && back - wall <= TimeDelta::days(1));
    }

    #[test]
    fn days_cut_a_span_without_loss(start in 1_500_000_000..1_900_000_000_i64, seconds in 1..400_000_i64,
        name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "UTC"])) {
        let zone = zone(name).unwrap();
        let start = DateTime::from_timestamp(start, 0).unwrap();
        let end = start + TimeDelta::seconds(seconds);
        let pieces = by_day(start, end, zone);
        let total: i64 = pieces.iter().map(|(_, from, to)| (*to - *from).num_seconds()).sum();
        prop_assert_eq!(total, seconds);
        for (day, from, to) in &pieces {
            prop_assert_eq!(local(*from, zone).date(), *day);
            prop_assert_eq!(local(*to - TimeDelta::seconds(1), zone).date(), *day);
        }
        prop_assert!(pieces.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].2 == pair[1].1));
    }

    #[test]
    fn rounding_moves_less_than_a_step(seconds in 0..100_000_i64, step in 1..7200_i64) {
        let down = round_seconds(seconds, step, Rounding::Down);
        let up = round_seconds(seconds, step, Rounding::Up);
        let near = round_seconds(seconds, step, Rounding::Nearest);
        prop_assert!(down <= seconds && seconds - down < step && down % step == 0);
        prop_assert!(up >= seconds && up - seconds < step && up % step == 0);
        prop_assert!((near - seconds).abs() * 2 <= step && near % step == 0);
    }
}

#[test]
fn odd_durations_are_refused() {
    for text in [
        "",
        "P",
        "PT",
        "T1H",
        "PT1",
        "PT1X",
        "P1Y",
        "P1M",
        "PT1M1H",
        "PT1.5H",
        "PT.5S",
        "PT1.S",
        "1H",
        "PT99999999999999999999H",
    ] {
        assert_eq!(parse_iso_duration(text), None, "{text}");
    }
    for (text, seconds) in [
        ("PT1H30M15S", 5415),
        ("P1DT1S", 86_401),
        ("P2W", 1_209_600),
        ("PT0.999S", 0),
        ("-PT5M", -300),
        ("PT48H", 172_800),
    ] {
        assert_eq!(parse_iso_duration(text), Some(seconds), "{text}");
    }
}

#[test]
fn a_day_that_begins_twice_or_not_at_all_has_one_start() {
    // Samoa had no 30 December 2011; São Paulo skipped midnight when summer time began.
    let apia = zone("Pacific/Apia").unwrap();
    let skipped = NaiveDate::from_ymd_opt(2011, 12, 30).unwrap();
    assert_eq!(
        local(day_start(skipped, apia), apia).date(),
        NaiveDate::from_ymd_opt(2011, 12, 31).unwrap()
    );
    let paulo = zone("America/Sao_Paulo").unwrap();
    let day = NaiveDate::from_ymd_opt(2018, 11, 4).unwrap();
    assert_eq!(local(day_start(day, paulo), paulo).to_string(), "2018-11-04 01:00:00");
}

#[test]
fn ids_of_each_kind_refuse_what_is_not_theirs() {
    assert!("5B1E52FF0CB8792ED75992C1".parse::<Hex24>().is_err(), "upper case is not Mongo's");
    assert!("5b1e52ff0cb8792ed75992c".parse::<Hex24>().is_err());
    assert!("5b1e52ff0cb8792ed75992cé".parse::<Hex24>().is_err());
    let texts =
        ["5b1e52ff0cb8792ed75992c1", "5b1e52ff0cb8792ed75992c2", "5b1e52ff0cb8792fd75992c0"];
    assert!(texts.map(|text| text.parse::<Hex24>().unwrap()).is_sorted(), "they sort by digits");
    assert!("ff00000000000000000000ff".parse::<Hex24>().unwrap() > texts[0].parse().unwrap());
    for text in ["", "-1", "+1", "1.0", "99999999999999999999999"] {
        assert!(text.parse::<Serial>().is_err(), "{text}");
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
    assert_eq!(serde_json::to_string(&Serial(7)).unwrap(), "7");
    assert_eq!(serde_json::to_string(&Decimal(7)).unwrap(), "\"7\"");
}

const TEN: Limit = Limit {
    id: "ten",
    requests: 10,
    per: Duration::from_secs(1),
    kind: Kind::Bucket,
    source: "a test",
};

#[test]
fn a_bucket_refills_with_whichever_clock_moves() {
    let mut budgets = Budgets::default();
    let begun = Instants { sandbox: at(0), machine: machine_tick() };
    for _ in 0..10 {
        assert_eq!(budgets.take(&TEN, "anna", begun), Ok(()));
    }
    assert_eq!(budgets.take(&TEN, "anna", begun), Err(Duration::from_millis(100)));
    assert_eq!(budgets.take(&TEN, "ben", begun), Ok(()), "each caller has a budget");
    let advanced = Instants { sandbox: at(1), ..begun };
    for _ in 0..10 {
        assert_eq!(budgets.take(&TEN, "anna", advanced), Ok(()));
    }
    assert!(budgets.take(&TEN, "anna", advanced).is_err());
    let later = Instants { machine: begun.machine + Duration::from_millis(100), ..advanced };
    assert_eq!(budgets.take(&TEN, "anna", later), Ok(()), "a frozen clock starves nobody");
    let set_back = Instants { sandbox: at(-5000), machine: later.machine + Duration::from_secs(1) };
    assert_eq!(budgets.take(&TEN, "anna", set_back), Ok(()), "setting back costs nothing");
}

#[test]
fn a_window_opens_anew_when_its_period_has_passed() {
    let limit = Limit { requests: 3, per: Duration::from_mins(1), kind: Kind::Window, ..TEN };
    let mut budgets = Budgets::default();
    let machine = machine_tick();
    let take = |budgets: &mut Budgets, seconds| {
        budgets.take(&limit, "anna", Instants { sandbox: at(seconds), machine })
    };
    assert_eq!((0..3).filter(|n| take(&mut budgets, *n).is_ok()).count(), 3);
    assert_eq!(take(&mut budgets, 30), Err(Duration::from_secs(30)));
    assert_eq!(take(&mut budgets, 60), Ok(()));
    budgets.clear();
    assert_eq!(take(&mut budgets, 0), Ok(()));
}

#[test]
fn clocks_freeze_advance_and_stay_in_range() {
    let frozen = Clock::frozen(at(100));
    assert_eq!(frozen.advance(TimeDelta::hours(1)).unwrap().now(), at(3700));
    assert_eq!(frozen.set(at(5)).unwrap().now(), at(5));
    assert!(frozen.advance(TimeDelta::MAX).is_err());
    assert!(frozen.set(DateTime::<Utc>::MIN_UTC).is_err());
    let real = Clock::real().advance(TimeDelta::days(400)).unwrap();
    assert!(real.now() > Clock::real().now() + TimeDelta::days(399));
}

#[test]
fn a_panic_in_a_write_changes_nothing_and_blocks_nobody() {
    let store = Store::new(1);
    let write = std::panic::AssertUnwindSafe(|| {
        store.write(|value| -> Result<(), ()> {
            *value = 2;
            panic!("on purpose")
        })
    });
    assert!(std::panic::catch_unwind(write).is_err());
    assert_eq!((store.read().value, store.read().version), (1, 0));
    let done: Result<(), ()> = store.write(|value| {
        *value = 3;
        Ok(())
    });
    assert_eq!((done, store.read().value, store.read().version), (Ok(()), 3, 1));
}

#[test]
fn readers_keep_what_they_read_while_others_write() {
    let store = Store::new(0_u64);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    store
                        .write::<_, ()>(|value| {
                            *value += 1;
                            Ok(())
                        })
                        .unwrap();
                    let root = store.read();
                    assert_eq!(root.version, root.value, "a root is whole");
                }
            });
        }
    });
    assert_eq!((store.read().value, store.read().version), (2000, 2000));
}

#[test]
fn a_sandbox_remembers_a_bounded_number_of_callers() {
    let mut budgets = Budgets::default();
    let machine = machine_tick();
    let at_tick =
        |n: u32| Instants { sandbox: at(0), machine: machine + Duration::from_micros(n.into()) };
    for n in 0..20_000 {
        budgets.take(&TEN, &format!("caller {n}"), at_tick(n)).unwrap();
    }
    assert!(budgets.len() <= 4096, "{}", budgets.len());
    for _ in 0..9 {
        budgets.take(&TEN, "caller 19999", at_tick(20_000)).unwrap();
    }
    assert!(budgets.take(&TEN, "caller 19999", at_tick(20_000)).is_err(), "the newest are kept");
}

#[test]
fn the_same_seed_gives_the_same_scenario() {
    let written = |entries, people, seed| {
        let mut bytes = Vec::new();
        timetwin::scenario::generate::generate(entries, people, seed, &mut bytes).unwrap();
        bytes
    };
    assert_eq!(written(500, 7, 42), written(500, 7, 42));
    assert_ne!(written(500, 7, 42), written(500, 7, 43));
    let value: serde_json::Value = serde_json::from_slice(&written(500, 7, 42)).unwrap();
    assert_eq!(value["work"].as_array().unwrap().len(), 500);
    assert_eq!(value["people"].as_array().unwrap().len(), 7);
    // However much one person works, all of it lies in the years that a scenario may have.
    let value: serde_json::Value = serde_json::from_slice(&written(60_000, 1, 42)).unwrap();
    let starts = value["work"].as_array().unwrap().iter();
    let first = starts.map(|work| work["start"].as_str().unwrap()).min().unwrap();
    assert!(first > "1970", "{first}");
}

#[test]
fn days_and_instants_at_the_ends_of_time_do_no_harm() {
    let berlin = zone("Europe/Berlin").unwrap();
    for wall in [chrono::NaiveDateTime::MIN, chrono::NaiveDateTime::MAX] {
        let at = instant(wall, berlin);
        assert_eq!(local(at, berlin), wall);
        assert_eq!(day_start(wall.date(), berlin).date_naive(), wall.date());
    }
    let last = DateTime::<Utc>::MAX_UTC;
    assert_eq!(by_day(last - TimeDelta::seconds(1), last, berlin).len(), 1);
    assert_eq!(by_day(last, last - TimeDelta::seconds(1), berlin).len(), 0);
}

#[test]
fn a_journal_keeps_the_newest() {
    let record = Record { body: Some("x".into()), ..Record::default() };
    let mut journal = Journal::new("main", 3);
    let fallen: Vec<_> =
        (0..5).map(|_| journal.push(record.clone()).map(|old| old.number())).collect();
    assert_eq!(fallen, [None, None, None, Some(1), Some(2)]);
    assert_eq!(journal.iter().map(Record::number).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!((journal.dropped(), journal.bound()), (2, 3));
    let fourth = journal.nth(4).unwrap();
    assert_eq!((fourth.number(), journal.get(fourth.id)), (4, Some(fourth)));
    assert!(journal.nth(2).is_none() && journal.nth(6).is_none());
    journal.clear();
    assert!(journal.push(record.clone()).is_none());
    assert_eq!(journal.iter().map(Record::number).collect::<Vec<_>>(), [1]);
    assert!(Journal::new("main", 0).push(record).is_some());
}

#[test]
fn money_is_rounded_once() {
    assert_eq!(earned(10_000, 3600), 10_000);
    assert_eq!(earned(10_000, 1), 3);
    assert_eq!(earned(9_900, 5_400), 14_850);
    assert_eq!(earned(-10_000, 1), -3);
    assert_eq!(earned(i64::MAX, i64::MAX), i64::MAX);
    let hundred = ExactAmount::whole(100);
    let shares = [0, 1, 2, 3].map(|part| hundred.share(part, 3).rounded());
    assert_eq!(shares, [0, 33, 67, 100]);
    assert_eq!(ExactAmount(-100).share(1, 2), ExactAmount(-50));
    let most = ExactAmount(i64::MAX);
    assert_eq!((most.share(i64::MAX, 1), hundred.share(5, 0)), (most, ExactAmount(0)));
    assert_eq!((most.plus(hundred), ExactAmount::earned(i64::MAX, 2)), (most, most));
    let third = ExactAmount::earned(1_001, 1200);
    assert_eq!((third.plus(third).plus(third), third.rounded()), (ExactAmount::whole(1_001), 334));
    assert_eq!((third.minor(), ExactAmount(-1800).rounded()), (1_001.0 / 3.0, -1));
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

proptest! {
    #[test]
    fn a_sequence_is_a_sorted_set(
        steps in prop::collection::vec((any::<bool>(), 0..900_i32), 0..1500),
        from in 0..900_i32,
        to in 0..900_i32,
    ) {
        let mut sequence = Sequence::default();
        let mut set = std::collections::BTreeSet::new();
        for (put, value) in steps {
            if put {
                sequence.insert(value);
                set.insert(value);
            } else {
                prop_assert_eq!(sequence.remove(&value), set.remove(&value));
            }
        }
        prop_assert_eq!(sequence.len(), set.len());
        prop_assert_eq!(sequence.is_empty(), set.is_empty());
        prop_assert!(sequence.iter().eq(set.iter()));
        let wanted: Vec<i32> = set.iter().copied().filter(|v| (from..to).contains(v)).collect();
        let found: Vec<i32> = sequence.slices(from, to).flatten().copied().collect();
        prop_assert_eq!(sequence.count(from, to), wanted.len());
        prop_assert_eq!(found, wanted);
        let rebuilt: Sequence<i32> = set.iter().rev().copied().collect();
        prop_assert!(rebuilt.iter().eq(sequence.iter()));
    }
}

#[test]
fn a_long_sequence_grows_from_either_end_and_shrinks_to_nothing() {
    let mut sequence = Sequence::default();
    for value in (0..5000).rev().chain(5000..10_000) {
        sequence.insert(value);
    }
    let kept = sequence.clone();
    assert_eq!((sequence.len(), sequence.count(100, 9000)), (10_000, 8900));
    assert!((0..10_000).all(|value| sequence.remove(&value)));
    assert!(sequence.is_empty() && sequence.iter().next().is_none() && !sequence.remove(&1));
    assert!(kept.iter().copied().eq(0..10_000));
}
