//! Mechanism that the control API stands on: commits that are kept or lost, collections, the timeline,
//! receipts and bells.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use timetwin::kernel::civil::{iso_span, parse_iso_span};
use timetwin::kernel::collection::{Rows, value};
use timetwin::kernel::ids::{Decimal, Ids, Serial};
use timetwin::kernel::part::Part;
use timetwin::kernel::sandbox::Origin;
use timetwin::kernel::store::{Commit, Root, SandboxStorage, Store};
use timetwin::kernel::sync::{CommitLost, CommitReceipt, Signal, commit_receipt};
use timetwin::kernel::table::{Row, Table};
use timetwin::kernel::timeline::{TimedEvent, is_due, settle};

use crate::support::block_on;

/// Holds commits until it is told what becomes of them.
#[derive(Debug, Default)]
struct Held {
    commits: Mutex<Vec<Commit<u32>>>,
    closed: bool,
}

impl Held {
    fn take(&self) -> Vec<Commit<u32>> {
        std::mem::take(&mut *self.commits.lock().unwrap())
    }
}

impl SandboxStorage<u32> for Held {
    fn keep(&self, commit: Commit<u32>) -> Result<(), Box<Commit<u32>>> {
        if self.closed {
            return Err(Box::new(commit));
        }
        self.commits.lock().unwrap().push(commit);
        Ok(())
    }

    fn record(&self) -> CommitReceipt {
        CommitReceipt::saved()
    }

    fn forget(&self) -> CommitReceipt {
        CommitReceipt::saved()
    }
}

fn add(store: &Store<u32>, more: u32) -> (u32, CommitReceipt) {
    let add = |value: &mut u32| {
        *value += more;
        Ok::<_, ()>(*value)
    };
    let (result, written) = store.commit(add).unwrap();
    (result, written.receipt)
}

#[test]
fn readers_see_a_commit_once_it_is_kept_and_writers_at_once() {
    let keeper = Arc::new(Held::default());
    let store = Store::at(
        Root::pristine(0),
        Some(Arc::<Held>::clone(&keeper) as Arc<dyn SandboxStorage<u32>>),
    );
    let (one, first) = add(&store, 1);
    let (three, second) = add(&store, 2);
    assert_eq!((one, three), (1, 3), "the second builds on the first");
    assert_eq!((store.read().value, first.outcome()), (0, None));
    let mut commits = keeper.take().into_iter();
    commits.next().unwrap().kept();
    assert_eq!((store.read().value, first.outcome(), second.outcome()), (1, Some(Ok(())), None));
    commits.next().unwrap().kept();
    assert_eq!((store.read().value, store.read().version), (3, 2));
    assert_eq!(block_on(second.wait()), Ok(()));
}

#[test]
fn what_is_built_on_a_lost_commit_is_lost() {
    let keeper = Arc::new(Held::default());
    let store = Store::at(
        Root::pristine(0),
        Some(Arc::<Held>::clone(&keeper) as Arc<dyn SandboxStorage<u32>>),
    );
    let (_, kept) = add(&store, 1);
    let (_, lost) = add(&store, 10);
    let (_, built_on) = add(&store, 100);
    let mut commits = keeper.take().into_iter();
    commits.next().unwrap().kept();
    commits.next().unwrap().lost();
    let last = commits.next().unwrap();
    assert!(!last.is_sound());
    assert_eq!(add(&store, 1000).0, 1001, "work goes on from what is kept");
    last.lost();
    assert_eq!(
        (kept.outcome(), lost.outcome(), built_on.outcome()),
        (Some(Ok(())), Some(Err(CommitLost)), Some(Err(CommitLost)))
    );
    let next = keeper.take().remove(0);
    assert!(next.is_sound());
    next.kept();
    assert_eq!((store.read().value, store.read().version), (1001, 2));
    let refused: Result<((), _), &str> = store.commit(|value| {
        *value = 7;
        Err("no")
    });
    assert!(refused.is_err() && keeper.take().is_empty(), "a failed rule is not kept");
}

#[test]
fn a_keeper_that_is_closed_loses_at_once() {
    let keeper: Arc<dyn SandboxStorage<u32>> = Arc::new(Held { closed: true, ..Held::default() });
    let store = Store::at(Root::pristine(5), Some(keeper));
    for _ in 0..3 {
        let (six, receipt) = add(&store, 1);
        assert_eq!((six, receipt.outcome(), store.read().value), (6, Some(Err(CommitLost)), 5));
    }
}

#[test]
fn a_receipt_hears_the_first_word_and_a_dropped_promise_is_lost() {
    let (one, receipt) = commit_receipt();
    let other = receipt.clone();
    one.send(Ok(()));
    assert_eq!((block_on(receipt.wait()), other.outcome()), (Ok(()), Some(Ok(()))));
    let (dropped, receipt) = commit_receipt();
    drop(dropped);
    assert_eq!(block_on(receipt.wait()), Err(CommitLost));
    let (late, receipt) = commit_receipt();
    let word = block_on(async {
        let (word, ()) = tokio::join!(receipt.wait(), async {
            tokio::task::yield_now().await;
            late.send(Ok(()));
        });
        word
    });
    assert_eq!(word, Ok(()));
}

#[test]
fn a_bell_wakes_everybody_who_has_not_heard_it() {
    let signal = Signal::default();
    signal.notify();
    assert_eq!(block_on(signal.wait_past(0)), 1, "rung already");
    let other = signal.clone();
    let heard = block_on(async {
        let (one, two, ()) = tokio::join!(signal.wait_past(1), other.wait_past(1), async {
            tokio::task::yield_now().await;
            signal.notify();
        });
        (one, two)
    });
    assert_eq!((heard, signal.count()), ((2, 2), 2));
}

#[test]
fn a_fork_of_many_forks_lies_on_the_first() {
    let mut origin = Origin::grown(0);
    for n in 1..100 {
        origin = Origin::forked(n, &origin);
    }
    let mut below = Some(&origin);
    let mut depth = 0;
    while let Some(origin) = below {
        below = origin.base.as_ref();
        depth += 1;
    }
    assert!(depth <= 10, "{depth}");
}

#[derive(Debug, Clone, Default)]
struct Days {
    now: Option<DateTime<Utc>>,
    /// What is to happen, by instant.
    plans: BTreeMap<DateTime<Utc>, u32>,
    alarms: BTreeMap<DateTime<Utc>, u32>,
    /// What has happened: when, by the clock, and what.
    done: Vec<(DateTime<Utc>, u32)>,
}

fn due(of: &mut BTreeMap<DateTime<Utc>, u32>, at: DateTime<Utc>) -> Vec<u32> {
    let later = of.split_off(&(at + TimeDelta::nanoseconds(1)));
    std::mem::replace(of, later).into_values().collect()
}

static TIMELINE: [TimedEvent<Days>; 2] = [
    TimedEvent {
        name: "plans",
        next: |days| days.plans.keys().next().copied(),
        run: |days, at| {
            for what in due(&mut days.plans, at) {
                days.done.push((days.now.unwrap(), what));
                // A thing that happens can lead to another.
                if what == 7 {
                    days.alarms.insert(at + TimeDelta::minutes(5), 70);
                }
            }
        },
    },
    TimedEvent {
        name: "alarms",
        next: |days| days.alarms.keys().next().copied(),
        run: |days, at| {
            for what in due(&mut days.alarms, at) {
                days.done.push((days.now.unwrap(), what));
            }
        },
    },
];

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

#[test]
fn what_happens_in_between_happens_in_order_at_its_own_instant() {
    let mut days = Days {
        plans: BTreeMap::from([(at(10), 1), (at(30), 7), (at(90), 9)]),
        alarms: BTreeMap::from([(at(20), 2), (at(34), 3), (at(60), 6)]),
        ..Days::default()
    };
    assert!(is_due(&TIMELINE, &days, at(10)) && !is_due(&TIMELINE, &days, at(9)));
    settle(&TIMELINE, &mut days, at(60), |days, shown| days.now = shown);
    let wanted = [(10, 1), (20, 2), (30, 7), (34, 3), (35, 70), (60, 6)];
    assert_eq!(days.done, wanted.map(|(minute, what)| (at(minute), what)));
    assert_eq!(days.now, None, "the clock is given back");
    settle(&TIMELINE, &mut days, at(89), |_, _| panic!("nothing is due"));
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Line {
    id: Decimal,
    text: String,
    size: i64,
}

impl Row for Line {
    type Key = Decimal;
    type Index = i64;

    fn key(&self) -> Decimal {
        self.id
    }

    fn index(&self) -> Vec<i64> {
        vec![self.size]
    }
}

/// Sums of lines beside the lines, as a vendor keeps sums of entries.
#[derive(Debug, Clone, Default)]
struct Summed {
    lines: Table<Line>,
    sum: i64,
}

impl Rows for Summed {
    type Row = Line;

    fn table(&self) -> &Table<Line> {
        &self.lines
    }

    fn put_row(&mut self, line: Line) {
        self.remove_row(line.id);
        self.sum = self.sum.wrapping_add(line.size);
        self.lines.put(line);
    }

    fn remove_row(&mut self, id: Decimal) {
        let old = self.lines.remove(id);
        self.sum = self.sum.wrapping_sub(old.map_or(0, |line| line.size));
    }
}

timetwin::state! {
    #[derive(Debug, Clone, Default)]
    struct State {
        lines: Table<Line> => rows("lines"),
        words: imbl::OrdMap<String, u64> => map("words"),
        numbers: imbl::OrdMap<u64, String> => map("numbers"),
        pairs: imbl::OrdMap<(String, u64), bool> => map("pairs"),
        setting: (bool, String) => value("setting"),
        more: Part<More> => part,
        waiting: Vec<u8> => transient,
    }
}

timetwin::state! {
    #[derive(Debug, Clone, Default)]
    struct More {
        summed: Summed => rows("summed"),
        name: Arc<String> => shared("name"),
        answer: u8 => by(value("answer", |more: &More| more.answer, |more, answer| more.answer = answer)),
    }
}

#[test]
fn a_state_lists_all_that_it_keeps() {
    let names: Vec<&str> = State::collections().iter().map(|part| part.name()).collect();
    assert_eq!(
        names,
        ["lines", "words", "numbers", "pairs", "setting", "summed", "name", "answer"]
    );
}

fn told(state: &State) -> Vec<(String, String, String)> {
    let mut told = Vec::new();
    for part in State::collections() {
        part.all(state, &mut |key, row| {
            told.push((part.name().to_owned(), key.to_owned(), row.unwrap().to_owned()));
        })
        .unwrap();
    }
    told
}

#[derive(Debug, Clone)]
enum Step {
    Line(u64, String, i64),
    NoLine(u64),
    Word(String, u64),
    NoWord(String),
    Pair(String, u64),
    Set(bool, String),
}

/// Texts that look like something else.
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,3}",
        prop::sample::select(vec![
            "7", "007", "1.5", "true", "null", "\"x\"", "[1]", "{}", "-1", "1e3", ""
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..40_u64, odd(), any::<i64>()).prop_map(|(id, text, size)| Step::Line(id, text, size)),
        (0..40_u64).prop_map(Step::NoLine),
        (odd(), any::<u64>()).prop_map(|(word, n)| Step::Word(word, n)),
        odd().prop_map(Step::NoWord),
        (odd(), 0..5_u64).prop_map(|(word, n)| Step::Pair(word, n)),
        (any::<bool>(), odd()).prop_map(|(truth, text)| Step::Set(truth, text)),
    ];
    prop::collection::vec(step, 0..80)
}

fn play(state: &mut State, steps: Vec<Step>) {
    for step in steps {
        match step {
            Step::Line(id, text, size) => {
                state.more.summed.put_row(Line { id: Decimal(id), text: text.clone(), size });
                state.lines.put(Line { id: Decimal(id), text, size });
            }
            Step::NoLine(id) => {
                state.more.summed.remove_row(Decimal(id));
                state.lines.remove(Decimal(id));
            }
            Step::Word(word, n) => {
                state.numbers.insert(n, word.clone());
                state.words.insert(word, n);
            }
            Step::NoWord(word) => {
                state.words.remove(&word);
            }
            Step::Pair(word, n) => {
                state.pairs.insert((word, n), n > 2);
            }
            Step::Set(truth, text) => {
                state.more.name = Arc::new(text.clone());
                state.more.answer = u8::from(truth);
                state.setting = (truth, text);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_state_is_its_collections(steps in steps()) {
        let mut state = State::default();
        play(&mut state, steps);
        let mut again = State::default();
        for (name, key, row) in told(&state) {
            let part = State::collections().into_iter().find(|part| part.name() == name).unwrap();
            part.load(&mut again, &key, Some(&row)).unwrap();
        }
        prop_assert_eq!(told(&state), told(&again));
        prop_assert!(again.lines.indices_are_right());
        prop_assert_eq!(state.more.summed.sum, again.more.summed.sum);
    }

    #[test]
    fn changes_lead_from_one_state_to_the_other(before in steps(), after in steps()) {
        let mut state = State::default();
        play(&mut state, before);
        let mut later = state.clone();
        play(&mut later, after);
        let mut count = 0;
        for part in State::collections() {
            let mut changes = Vec::new();
            part.changed(&state, &later, &mut |key, row| {
                changes.push((key.to_owned(), row.map(str::to_owned)));
            })
            .unwrap();
            count += changes.len();
            for (key, row) in changes {
                part.load(&mut state, &key, row.as_deref()).unwrap();
            }
        }
        prop_assert_eq!(told(&state), told(&later));
        prop_assert!(count <= told(&later).len() + 200);
        for part in State::collections() {
            part.changed(&later, &later.clone(), &mut |key, _| panic!("{key} did not change")).unwrap();
        }
    }

    #[test]
    fn spans_to_the_millisecond_are_read_back(millis in -10_000_000_i64..10_000_000) {
        let span = TimeDelta::milliseconds(millis);
        prop_assert_eq!(parse_iso_span(&iso_span(span)), Some(span), "{}", iso_span(span));
    }

    #[test]
    fn counters_go_on_from_what_was_kept(before in 0..20_u64, after in 1..20_u64) {
        let mut ids = Ids::new(0);
        (0..before).for_each(|_| { ids.next("entries"); });
        let mut kept = Ids::new(0);
        for (label, count) in ids.streams() {
            let label = label.to_string();
            kept.streams_mut().insert(label.into(), *count);
        }
        for _ in 0..after {
            prop_assert_eq!(ids.serial("entries", 100), kept.serial("entries", 100));
        }
        prop_assert_eq!(ids.serial("others", 1), Serial(1));
    }
}

#[test]
fn a_row_of_another_shape_is_named() {
    let mut state = State::default();
    let parts = State::collections();
    let error = parts[0]
        .load(&mut state, "7", Some("{\"id\":\"8\",\"text\":\"\",\"size\":1}"))
        .unwrap_err();
    assert_eq!(error.to_string(), "lines, key 7: the row has another key");
    for (part, key, row) in [
        (0, "7", "{}"),
        (0, "x", "{}"),
        (1, "a", "\"b\""),
        (2, "a", "\"b\""),
        (4, "", "[1]"),
        (4, "k", "[true,\"\"]"),
    ] {
        let error = parts[part].load(&mut state, key, Some(row)).unwrap_err();
        assert_eq!((error.collection, error.key.as_str()), (parts[part].name(), key));
    }
    assert_eq!(told(&state).len(), 3, "nothing but the values that are always there");
}
