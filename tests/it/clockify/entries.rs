//! Time entries over whatever sequence of operations, page size and filter; what a workspace requires,
//! one thing at a time; and lists of many.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::Value;
use timetwin::kernel::civil::parse_iso_duration;
use timetwin::kernel::ids::Ids;
use timetwin::vendors::clockify::model::entries::{EntryType, TimeEntry};
use timetwin::vendors::clockify::model::fields::{FieldContent, FieldValue};
use timetwin::vendors::clockify::model::plans::Plan;
use timetwin::vendors::clockify::model::settings::WorkspaceSettings;
use timetwin::vendors::clockify::model::tasks::TaskStatus;
use timetwin::vendors::clockify::model::{EntryId, FieldId, State, TagId};
use timetwin::vendors::clockify::rules::entries::{
    CreateOptions, EntryDraft, create, delete, delete_many, duplicate, end, stop, update,
    update_many,
};
use timetwin::vendors::clockify::rules::permissions::{Actor, enter};
use timetwin::vendors::clockify::rules::refusal::{Entity, Refusal};

use super::{project, studio, task, user, workspace};
use crate::support::{FRIDAY, Stage, TestTwin, rounds};

const PEOPLE: [&str; 4] = ["anna", "daichi", "elena", "gita"];

fn now() -> DateTime<Utc> {
    FRIDAY.parse().unwrap()
}

fn at(minutes: i64) -> DateTime<Utc> {
    now() + TimeDelta::minutes(minutes)
}

fn actor(state: &State, who: &str) -> Actor {
    enter(state, workspace(state, "Studio Nord"), user(state, who)).unwrap()
}

fn way(state: &State, who: &str) -> CreateOptions {
    CreateOptions { user: user(state, who), by_admin: true, start_needed: true, source: None }
}

fn typed(from: i64, to: i64) -> EntryDraft {
    EntryDraft { start: Some(at(from)), end: Some(at(to)), ..EntryDraft::default() }
}

fn make(state: &mut State, who: &str, said: EntryDraft) -> Result<Arc<TimeEntry>, Refusal> {
    let (actor, way) = (actor(state, who), way(state, who));
    create(state, &mut Ids::new(7), now(), &actor, way, said)
}

#[derive(Debug, Clone)]
enum Step {
    Make { who: usize, start: i64, length: Option<i64>, copied: bool },
    Update { nth: usize, start: i64, length: Option<i64> },
    Many { who: usize, start: i64, length: Option<i64> },
    Stop { who: usize, at: i64 },
    End { nth: usize, at: i64 },
    Copy(usize),
    Delete(usize),
    DeleteMany(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, nth, start) = (0..PEOPLE.len(), 0..40_usize, -300..300_i64);
    let length = prop::option::of(-5..120_i64);
    let times = (start.clone(), length);
    prop_oneof![
        4 => (who.clone(), times.clone(), any::<bool>()).prop_map(
            |(who, (start, length), copied)| Step::Make { who, start, length, copied }
        ),
        2 => (nth.clone(), times.clone())
            .prop_map(|(nth, (start, length))| Step::Update { nth, start, length }),
        1 => (who.clone(), times).prop_map(|(who, (start, length))| Step::Many { who, start, length }),
        2 => (who.clone(), start.clone()).prop_map(|(who, at)| Step::Stop { who, at }),
        1 => (nth.clone(), start).prop_map(|(nth, at)| Step::End { nth, at }),
        1 => nth.clone().prop_map(Step::Copy),
        1 => nth.prop_map(Step::Delete),
        1 => who.prop_map(Step::DeleteMany),
    ]
}

/// Plays a step as the owner. What fails must be dropped by the caller, as the store drops it.
fn play(state: &mut State, ids: &mut Ids, step: &Step) -> Result<(), Refusal> {
    let anna = actor(state, "anna");
    let said = |start: i64, length: &Option<i64>| EntryDraft {
        start: Some(at(start)),
        end: length.map(|length| at(start + length)),
        ..EntryDraft::default()
    };
    let of = |state: &State, who: usize| -> Vec<EntryId> {
        let entries = &state.entries;
        entries
            .of_user(anna.workspace, user(state, PEOPLE[who]), None, None)
            .map(|e| e.id)
            .collect()
    };
    let nth = |state: &State, nth: usize| of(state, nth % PEOPLE.len())[nth / PEOPLE.len()];
    match step {
        Step::Make { who, start, length, copied } => {
            let source = copied.then(|| of(state, *who)[0]);
            let way = CreateOptions { source, ..way(state, PEOPLE[*who]) };
            create(state, ids, now(), &anna, way, said(*start, length)).map(|_| ())
        }
        Step::Update { nth: n, start, length } => {
            let id = nth(state, *n);
            update(state, now(), &anna, id, said(*start, length)).map(|_| ())
        }
        Step::Many { who, start, length } => {
            let all = of(state, *who).into_iter().take(3);
            let all = all.map(|id| (id, said(*start, length))).collect();
            update_many(state, now(), &anna, user(state, PEOPLE[*who]), all).map(|_| ())
        }
        Step::Stop { who, at: minute } => {
            let user = user(state, PEOPLE[*who]);
            stop(state, now(), &anna, user, at(*minute)).map(|_| ())
        }
        Step::End { nth: n, at: minute } => {
            let id = nth(state, *n);
            end(state, now(), &anna, id, at(*minute)).map(|_| ())
        }
        Step::Copy(n) => {
            let (id, user) = (nth(state, *n), user(state, PEOPLE[n % PEOPLE.len()]));
            duplicate(state, ids, now(), &anna, user, id).map(|_| ())
        }
        Step::Delete(n) => {
            let id = nth(state, *n);
            delete(state, now(), &anna, id).map(|_| ())
        }
        Step::DeleteMany(who) => {
            let all: Vec<_> = of(state, *who).into_iter().take(2).collect();
            let user = user(state, PEOPLE[*who]);
            delete_many(state, now(), &anna, user, &all).map(|_| ())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(16)))]

    #[test]
    fn a_person_runs_one_timer_at_most_whatever_happens(steps in prop::collection::vec(step(), 1..40)) {
        let mut state = studio();
        let mut ids = Ids::new(1);
        for step in &steps {
            let mut next = state.clone();
            if play(&mut next, &mut ids, step).is_ok() {
                state = next;
            }
            let mut running = BTreeMap::new();
            for entry in state.entries.rows().iter() {
                prop_assert!(entry.end.is_none_or(|end| entry.start <= end), "{entry:?}");
                if entry.is_running() {
                    *running.entry((entry.workspace, entry.user)).or_insert(0) += 1;
                }
            }
            prop_assert!(running.values().all(|timers| *timers == 1), "after {step:?}: {running:?}");
            for ((workspace, user), _) in running {
                prop_assert!(state.entries.running(workspace, user).is_some());
            }
        }
        prop_assert!(state.entries.sums_are_right());
    }
}

fn get(twin: &TestTwin, who: &str, path: &str) -> (Value, Option<String>) {
    let mut request = Request::builder().uri(format!("/api/v1{path}")).body(Body::empty()).unwrap();
    let headers = twin.headers("clockify", &format!("{who}@studio.example"), "main");
    *request.headers_mut() = headers;
    let answer = twin.send(request);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let last = answer.headers.get("last-page").map(|last| last.to_str().unwrap().to_owned());
    (answer.json(), last)
}

fn twin() -> TestTwin {
    TestTwin::on(&Stage { limits: false, ..Stage::default() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(24)))]

    #[test]
    fn pages_partition_every_list(
        who in 0..PEOPLE.len(),
        size in 1..60_usize,
        part in prop::option::of("[aeio ]"),
        from in prop::option::of(0..90_i64),
        on_project in any::<bool>(),
    ) {
        let state = studio();
        let twin = twin();
        let (home, user) = (workspace(&state, "Studio Nord"), user(&state, PEOPLE[who]));
        let mut query = format!("hydrated={}", size % 2);
        if let Some(part) = part {
            query += &format!("&description={}", part.replace(' ', "+"));
        }
        if let Some(days) = from {
            let start = (now() - TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ");
            query += &format!("&start={start}");
        }
        if on_project {
            query += &format!("&project={}", project(&state, "SSP"));
        }
        let path = format!("/workspaces/{home}/user/{user}/time-entries?{query}");
        let (all, last) = get(&twin, "anna", &format!("{path}&page-size=5000"));
        let all = all.as_array().unwrap();
        prop_assert_eq!(last.as_deref(), Some("true"));
        let starts: Vec<_> = all.iter().map(|row| row["timeInterval"]["start"].as_str()).collect();
        prop_assert!(starts.is_sorted_by(|a, b| a >= b), "newest first");
        let mut paged = Vec::new();
        for page in 1.. {
            let (rows, last) = get(&twin, "anna", &format!("{path}&page={page}&page-size={size}"));
            let rows = rows.as_array().unwrap().clone();
            let is_last = last.as_deref() == Some("true");
            prop_assert_eq!(rows.len() == size || is_last, true);
            paged.extend(rows);
            prop_assert_eq!(is_last, paged.len() == all.len(), "on page {}", page);
            if is_last {
                break;
            }
        }
        prop_assert_eq!(&paged, all);
    }
}

#[test]
fn durations_add_up_to_intervals_and_to_what_projects_and_tasks_show() {
    let state = studio();
    let twin = twin();
    let home = workspace(&state, "Studio Nord");
    let mut on_project: BTreeMap<String, i64> = BTreeMap::new();
    let mut on_task: BTreeMap<String, i64> = BTreeMap::new();
    let mut rows = 0;
    for person in state.users.iter() {
        let path = format!("/workspaces/{home}/user/{}/time-entries?page-size=5000", person.id);
        for row in get(&twin, "anna", &path).0.as_array().unwrap() {
            rows += 1;
            let interval = &row["timeInterval"];
            let text = |key: &str| interval[key].as_str();
            let Some(end) = text("end") else {
                assert!(interval["duration"].is_null());
                continue;
            };
            let read = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
            let seconds = parse_iso_duration(text("duration").unwrap()).unwrap();
            assert_eq!(seconds, (read(end) - read(text("start").unwrap())).num_seconds());
            let add = |to: &mut BTreeMap<String, i64>, key: &str| {
                if let Some(id) = row[key].as_str() {
                    *to.entry(id.to_owned()).or_default() += seconds;
                }
            };
            add(&mut on_project, "projectId");
            add(&mut on_task, "taskId");
        }
    }
    let planted = state.entries.rows().iter().filter(|entry| entry.workspace == home).count();
    assert_eq!(rows, planted, "every entry is somebody's");
    for (id, seconds) in on_project {
        assert_eq!(state.entries.seconds_on_project(id.parse().unwrap()), seconds, "project {id}");
    }
    for (id, seconds) in on_task {
        assert_eq!(state.entries.seconds_on_task(id.parse().unwrap()), seconds, "task {id}");
    }
}

fn set(state: &mut State, change: impl FnOnce(&mut WorkspaceSettings)) {
    let home = workspace(state, "Studio Nord");
    state.workspaces.change(home, |home| change(&mut home.settings)).unwrap();
}

fn field(state: &State, name: &str) -> FieldId {
    state.fields.iter().find(|field| field.name == name).unwrap().id
}

#[test]
fn each_required_thing_is_asked_for_and_may_not_be_archived() {
    let state = studio();
    let tag = |name: &str| -> TagId { state.tags.iter().find(|t| t.name == name).unwrap().id };
    let (ssp, help) = (project(&state, "SSP"), task(&state, "SSP-14"));
    let (old, done) = (project(&state, "OLD"), task(&state, "SSP-7"));

    let mut forced = state.clone();
    set(&mut forced, |settings| settings.force_projects = true);
    let on = |project| EntryDraft { project: Some(Some(project)), ..typed(-60, -30) };
    assert_eq!(make(&mut forced, "anna", typed(-60, -30)), Err(Refusal::ProjectRequired));
    assert_eq!(make(&mut forced, "anna", on(old)), Err(Refusal::ProjectRequired), "archived");
    assert!(make(&mut forced, "anna", on(ssp)).is_ok());
    let timer = EntryDraft { start: Some(at(-60)), ..EntryDraft::default() };
    assert!(make(&mut forced, "anna", timer).is_ok(), "a timer may wait");

    let mut forced = state.clone();
    set(&mut forced, |settings| settings.force_tasks = true);
    let on = |task| EntryDraft { task: Some(Some(task)), ..on(ssp) };
    assert_eq!(make(&mut forced, "anna", typed(-60, -30)), Err(Refusal::RequiredFields));
    assert_eq!(make(&mut forced, "anna", on(done)), Err(Refusal::RequiredFields), "done");
    assert!(make(&mut forced, "anna", on(help)).is_ok());

    let mut forced = state.clone();
    set(&mut forced, |settings| settings.force_tags = true);
    let with = |tag| EntryDraft { tags: Some(vec![tag]), ..typed(-60, -30) };
    assert_eq!(make(&mut forced, "anna", typed(-60, -30)), Err(Refusal::RequiredFields));
    let made = make(&mut forced, "anna", with(tag("Review"))).unwrap();
    forced.tags.change(tag("Review"), |tag| tag.archived = true);
    let anna = actor(&forced, "anna");
    let again = update(&mut forced.clone(), now(), &anna, made.id, with(tag("Review")));
    assert_eq!(again, Err(Refusal::RequiredFields), "its only tag was archived since");

    let mut forced = state.clone();
    set(&mut forced, |settings| settings.force_description = true);
    let said = |text: &str| EntryDraft { description: Some(text.into()), ..typed(-60, -30) };
    assert_eq!(make(&mut forced, "anna", said("  ")), Err(Refusal::RequiredFields));
    assert!(make(&mut forced, "anna", said("Call")).is_ok());

    let mut forced = state.clone();
    let order = field(&forced, "Purchase order");
    forced.fields.change(order, |field| field.required = true);
    let value = |text: &str| {
        let value = FieldValue { field: order, value: Some(FieldContent::Text(text.into())) };
        EntryDraft { fields: Some(vec![value]), ..typed(-60, -30) }
    };
    assert_eq!(
        make(&mut forced, "anna", typed(-60, -30)),
        Err(Refusal::RequiredCustomFields("Purchase order".to_owned()))
    );
    assert_eq!(
        make(&mut forced, "anna", value(" ")),
        Err(Refusal::RequiredCustomFields("Purchase order".to_owned()))
    );
    assert!(make(&mut forced, "anna", value("PO 1")).is_ok());
}

#[test]
fn fields_out_of_use_and_fields_of_administrators_are_passed_over() {
    let mut state = studio();
    let text = |text: &str| Some(FieldContent::Text(text.into()));
    let (location, ticket) = (field(&state, "Location"), field(&state, "Ticket"));
    let said = |state: &State, key: &str| EntryDraft {
        project: Some(Some(project(state, key))),
        fields: Some(vec![
            FieldValue { field: location, value: text("Praha") },
            FieldValue { field: ticket, value: text("https://tickets.studio.example/1") },
        ]),
        ..typed(-60, -30)
    };
    let held = |entry: &TimeEntry, id| {
        entry.fields.iter().find(|value| value.field == id).map(|value| value.value.clone())
    };
    let (haf, int) = (said(&state, "HAF"), said(&state, "INT"));
    let gita = make(&mut state, "gita", haf.clone()).unwrap();
    assert_eq!(held(&gita, location), Some(text("Praha")));
    assert_eq!(held(&gita, ticket), Some(None), "for administrators alone");
    let anna = make(&mut state, "anna", haf).unwrap();
    assert_eq!(held(&anna, ticket), Some(text("https://tickets.studio.example/1")));
    let inside = make(&mut state, "anna", int).unwrap();
    assert_eq!(held(&inside, location), None, "not in use on INT");
    let plain = EntryDraft { project: Some(Some(project(&state, "HAF"))), ..typed(-60, -30) };
    let plain = make(&mut state, "anna", plain).unwrap();
    assert_eq!(held(&plain, location), Some(text("Hamburg")), "the project's default");
    let employee = field(&state, "Employee number");
    let wrong = EntryDraft {
        fields: Some(vec![FieldValue { field: employee, value: text("1") }]),
        ..typed(-60, -30)
    };
    assert_eq!(
        make(&mut state, "anna", wrong),
        Err(Refusal::Unknown(Entity::CUSTOM_FIELD)),
        "a field of people"
    );
}

#[test]
fn tasks_of_others_and_projects_out_of_sight_are_not_there() {
    let mut state = studio();
    let on = |state: &State, key: &str, task_key: Option<&str>| EntryDraft {
        project: Some(Some(project(state, key))),
        task: Some(task_key.map(|key| task(state, key))),
        ..typed(-60, -30)
    };
    let (mine, bens, hidden) = (
        on(&state, "SSP", Some("SSP-9")),
        on(&state, "SSP", Some("SSP-1")),
        on(&state, "NWA", None),
    );
    assert!(make(&mut state, "elena", mine.clone()).is_ok());
    assert_eq!(make(&mut state, "elena", bens.clone()), Err(Refusal::Unknown(Entity::TASK)));
    assert!(
        make(&mut state, "ben", bens.clone()).is_ok() && make(&mut state, "anna", bens).is_ok()
    );
    assert_eq!(make(&mut state, "elena", hidden.clone()), Err(Refusal::Unknown(Entity::PROJECT)));
    let kept = make(&mut state, "daichi", hidden).unwrap();

    // Who has such an entry may still change the rest of it.
    let nwa = project(&state, "NWA");
    state.projects.change(nwa, |project| project.memberships.clear());
    let daichi = actor(&state, "daichi");
    let copied = duplicate(&mut state, &mut Ids::new(9), now(), &daichi, daichi.user, kept.id);
    assert_eq!(copied, Err(Refusal::Unknown(Entity::PROJECT)), "but not make another");
    let said = EntryDraft {
        project: Some(Some(nwa)),
        description: Some("Still mine".into()),
        ..typed(-60, -20)
    };
    let changed = update(&mut state, now(), &daichi, kept.id, said).unwrap();
    assert_eq!((changed.project, changed.description.as_str()), (Some(nwa), "Still mine"));
    let search = task(&state, "SSP-9");
    state.tasks.change(search, |task| task.status = TaskStatus::Done);
    assert!(make(&mut state, "elena", mine).is_ok(), "a task that is done takes time");
}

#[test]
fn what_comes_from_another_entry_is_not_held_to_what_clients_may_write() {
    let mut state = studio();
    let anna = actor(&state, "anna");
    let order = state.fields.iter().find(|field| field.name == "Purchase order").unwrap().id;
    let value = FieldValue { field: order, value: Some(FieldContent::Text("PO-7".into())) };
    let said = EntryDraft { fields: Some(vec![value.clone()]), ..typed(-60, -30) };
    let source = make(&mut state, "anna", said).unwrap();
    state.entries.change(source.id, |entry| entry.kind = EntryType::Holiday);
    state.workspaces.change(anna.workspace, |home| home.plan = Plan::free());
    let way = CreateOptions { source: Some(source.id), ..way(&state, "anna") };
    let mut ids = Ids::new(9);
    let after = create(&mut state, &mut ids, now(), &anna, way, typed(-20, -10)).unwrap();
    let copy = duplicate(&mut state, &mut ids, now(), &anna, anna.user, source.id).unwrap();
    for new in [after, copy] {
        assert!(new.fields.contains(&value), "{new:?}");
        assert_eq!(new.kind, EntryType::Regular, "nobody makes holidays");
    }
    let said = EntryDraft { fields: Some(vec![value]), ..typed(-20, -10) };
    assert!(matches!(make(&mut state, "anna", said), Err(Refusal::NotInPlan(_))), "on this plan");
}
