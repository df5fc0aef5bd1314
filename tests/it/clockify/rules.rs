//! Rates, permissions, and the sums beside time entries.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use timetwin::kernel::ids::Hex24;
use timetwin::vendors::clockify::model::entries::{Entries, EntryType, TimeEntry};
use timetwin::vendors::clockify::model::members::MembershipStatus;
use timetwin::vendors::clockify::model::plans::{Feature, Plan};
use timetwin::vendors::clockify::model::rates::RateKind;
use timetwin::vendors::clockify::model::settings::Creators;
use timetwin::vendors::clockify::model::{
    EntryId, ProjectId, State, TagId, TaskId, UserId, WorkspaceId,
};
use timetwin::vendors::clockify::rules::permissions::{Actor, Rank, enter};
use timetwin::vendors::clockify::rules::rates::{Work, currency, resolve};
use timetwin::vendors::clockify::rules::refusal::Refusal;

use super::{member, project, studio, task, user, workspace};
use crate::support::FRIDAY;

fn work(state: &State, who: &str, on: Option<&str>, at: DateTime<Utc>) -> Work {
    let home = workspace(state, "Studio Nord");
    let key = on.filter(|on| on.contains('-'));
    let project_key = on.map(|on| on.split('-').next().unwrap());
    Work {
        workspace: home,
        user: user(state, who),
        project: project_key.map(|key| project(state, key)),
        task: key.map(|key| task(state, key)),
        start: at,
        known_rates: state.rate_changes,
    }
}

#[test]
fn the_closest_rate_that_was_in_force_counts() {
    let state = studio();
    let now: DateTime<Utc> = FRIDAY.parse().unwrap();
    let before = now - TimeDelta::days(50);
    let hourly = |who, on, at| resolve(&state, RateKind::Hourly, work(&state, who, on, at));
    let cost = |who, on, at| resolve(&state, RateKind::Cost, work(&state, who, on, at));
    assert_eq!(hourly("elena", Some("NWS-2"), now), Some(13_000), "the project member's");
    assert_eq!(hourly("ben", Some("NWS-2"), now), Some(14_000), "the task's");
    assert_eq!(hourly("ben", Some("NWS-1"), now), Some(12_000), "the project's");
    assert_eq!(hourly("ben", Some("SSP-1"), now), Some(11_000), "the member's");
    assert_eq!(hourly("gita", Some("SSP-1"), now), Some(8_000), "the workspace's");
    assert_eq!(hourly("gita", None, now), Some(8_000));
    assert_eq!(hourly("elena", None, now), Some(7_500));
    assert_eq!(hourly("elena", None, before), Some(7_000), "as it was then");
    assert_eq!(hourly("finn", Some("NWS"), before), Some(11_500));
    assert_eq!(hourly("finn", Some("NWS"), now), Some(12_500));
    assert_eq!(cost("elena", Some("NWS-2"), now), Some(3_900));
    assert_eq!(cost("ben", Some("NWS-2"), now), Some(4_400));
    assert_eq!(cost("elena", Some("NWS"), now), Some(3_900));
    assert_eq!(cost("ben", Some("NWS"), now), Some(4_300));
    assert_eq!(cost("daichi", Some("SSP"), now - TimeDelta::days(61)), Some(4_200));
    assert_eq!(cost("gita", Some("SSP"), now), Some(4_000));
    let home = state.workspaces.get(workspace(&state, "Studio Nord")).unwrap();
    let code = |key| currency(&state, home, state.projects.get(project(&state, key)).map(|p| &**p));
    assert_eq!((code("NWS"), code("WEB")), ("EUR", "USD"), "the client's currency");
}

fn actor(state: &State, place: &str, who: &str) -> Result<Actor, Refusal> {
    enter(state, workspace(state, place), user(state, who))
}

#[test]
fn ranks_and_roles_decide_who_may_what() {
    let state = studio();
    let home = |who| actor(&state, "Studio Nord", who).unwrap();
    assert_eq!(
        ["anna", "ben", "carla", "gita"].map(|who| home(who).rank),
        [Rank::Owner, Rank::Admin, Rank::Regular, Rank::Regular]
    );
    assert_eq!(actor(&state, "Studio Nord", "hugo"), Err(Refusal::AccessDenied), "deactivated");
    assert_eq!(
        actor(&state, "Studio Nord Academy (strict)", "finn"),
        Err(Refusal::AccessDenied),
        "invited"
    );
    assert_eq!(
        actor(&state, "Ben's Side Projects (free plan)", "anna"),
        Err(Refusal::AccessDenied)
    );
    let nobody = WorkspaceId(Hex24::from_bytes([7; 12]));
    assert_eq!(enter(&state, nobody, user(&state, "anna")), Err(Refusal::UnknownWorkspace));

    let private = state.projects.get(project(&state, "NWA")).unwrap();
    let sees = |who| home(who).may_see_project(&state, private);
    assert_eq!(["anna", "daichi", "gita", "elena"].map(sees), [true, true, true, false]);

    let (haf, nws) = (project(&state, "HAF"), project(&state, "NWS"));
    let carla = home("carla");
    assert!(carla.manages_project(&state, haf) && !carla.manages_project(&state, nws));
    assert_eq!(carla.must_edit_project(&state, haf), Ok(()));
    assert_eq!(carla.must_edit_project(&state, nws), Err(Refusal::AccessDenied));
    assert_eq!(carla.must_create_projects_and_clients(&state), Ok(()));
    assert_eq!(carla.must_create_tasks(&state, nws), Err(Refusal::AccessDenied));
    assert_eq!(home("gita").must_create_projects_and_clients(&state), Err(Refusal::AccessDenied));
    assert_eq!(home("gita").must_create_tags(&state), Ok(()));

    let may_list = |who, of| home(who).may_list_entries_of(&state, user(&state, of));
    assert!(may_list("gita", "gita") && may_list("ben", "gita"));
    assert!(may_list("elena", "gita"), "she manages the group Design");
    assert!(!may_list("elena", "ben") && !may_list("gita", "elena"));
    let edits = |who, of| home(who).must_edit_entries_of(&state, user(&state, of));
    assert_eq!(
        (edits("ben", "gita"), edits("elena", "gita")),
        (Ok(()), Err(Refusal::AccessDenied))
    );
    let ben = actor(&state, "Ben's Side Projects (free plan)", "ben").unwrap();
    let others = ben.must_edit_entries_of(&state, user(&state, "daichi"));
    assert_eq!(others, Err(Refusal::NotInPlan(Feature::AddTimeForOthers)), "a free workspace");
    assert_eq!(
        (ben.must_pay(&state), home("anna").must_pay(&state)),
        (Err(Refusal::FreePlan), Ok(()))
    );
    let gita = actor(&state, "Studio Nord Academy (strict)", "gita").unwrap();
    assert!(!gita.may_set_billable(&state) && home("gita").may_set_billable(&state));
    assert!(
        !home("carla").rate_visibility(&state).hourly && home("ben").rate_visibility(&state).cost
    );

    let assigned = state.tasks.get(task(&state, "NWS-1")).unwrap();
    assert!(!home("elena").may_track_task(&state, assigned), "it is ben's");
    let grouped = state.tasks.get(task(&state, "NWA-3")).unwrap();
    assert!(home("finn").may_track_task(&state, grouped), "through the group Developers");

    let entry = |key: &str| {
        let project = project(&state, key);
        let gita = user(&state, "gita");
        let mut entries = state.entries.of_project(project);
        TimeEntry::clone(entries.find(|entry| entry.user != gita).unwrap())
    };
    assert!(home("gita").may_see_entry(&state, &entry("SSP")), "on a public project");
    assert!(!home("gita").may_see_entry(&state, &entry("NWA")), "on a private one");
}

#[test]
fn settings_change_what_is_allowed() {
    let mut state = studio();
    let home = workspace(&state, "Studio Nord");
    let gita = enter(&state, home, user(&state, "gita")).unwrap();
    let entry = state.entries.of_project(project(&state, "SSP")).next().unwrap().clone();
    state.workspaces.change(home, |home| {
        home.settings.only_admins_see_public_projects_entries = true;
        home.settings.entity_creation_permissions.who_can_create_tags = Creators::Admins;
        home.settings.only_admins_see_billable_rates = false;
    });
    assert!(!gita.may_see_entry(&state, &entry));
    assert_eq!(gita.must_create_tags(&state), Err(Refusal::AccessDenied));
    assert!(gita.rate_visibility(&state).hourly && !gita.rate_visibility(&state).cost);
    state.members.change(member(home, gita.user), |member| {
        member.status = MembershipStatus::Inactive;
    });
    assert_eq!(enter(&state, home, gita.user), Err(Refusal::AccessDenied));
}

#[test]
fn plans_bring_features_by_tier() {
    let allows = |name, feature| Plan::named(name).unwrap().allows(feature);
    assert!(!Plan::free().allows(Feature::AddTimeForOthers) && !Plan::free().is_paid());
    assert!(allows("BASIC_2021", Feature::AddTimeForOthers));
    assert!(!allows("PLUS_YEAR", Feature::AddTimeForOthers), "premium in 2020");
    assert!(allows("PREMIUM", Feature::AddTimeForOthers));
    assert!(!allows("STANDARD_2021", Feature::CustomFields));
    assert!(
        allows("PRO_2021", Feature::CustomFields) && allows("ENTERPRISE_YEAR", Feature::TimeOff)
    );
    assert_eq!(Plan::named("PROFESSIONAL"), None);
}

#[derive(Debug, Clone)]
enum Step {
    Put { id: u8, project: Option<u8>, task: Option<u8>, tag: u8, start: i64, seconds: Option<i64> },
    Stop(u8),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let put = (
        0..12_u8,
        prop::option::of(0..3_u8),
        prop::option::of(0..3_u8),
        0..3_u8,
        0..1000_i64,
        prop::option::of(0..500_i64),
    );
    prop_oneof![
        put.prop_map(|(id, project, task, tag, start, seconds)| Step::Put {
            id,
            project,
            task,
            tag,
            start,
            seconds
        }),
        (0..12_u8).prop_map(Step::Stop),
        (0..12_u8).prop_map(Step::Remove),
    ]
}

fn hex(n: u8) -> Hex24 {
    Hex24::from_bytes([n; 12])
}

proptest! {
    #[test]
    fn sums_and_indices_follow_every_change(steps in prop::collection::vec(step(), 1..60)) {
        let mut entries = Entries::default();
        let mut model: BTreeMap<u8, TimeEntry> = BTreeMap::new();
        let (home, me) = (WorkspaceId(hex(1)), UserId(hex(2)));
        for step in steps {
            match step {
                Step::Put { id, project, task, tag, start, seconds } => {
                    let start = DateTime::from_timestamp(start, 0).unwrap();
                    let entry = TimeEntry {
                        id: EntryId(hex(id)),
                        workspace: home,
                        user: me,
                        description: String::new(),
                        project: project.map(|n| ProjectId(hex(n))),
                        task: task.map(|n| TaskId(hex(n))),
                        tags: vec![TagId(hex(tag))],
                        billable: true,
                        start,
                        end: seconds.map(|seconds| start + TimeDelta::seconds(seconds)),
                        kind: EntryType::Regular,
                        fields: Vec::new(),
                        invoiced: false,
                        known_rates: 0,
                    };
                    model.insert(id, entry.clone());
                    entries.put(entry);
                }
                Step::Stop(id) => {
                    let stop = |entry: &mut TimeEntry| entry.end = Some(entry.start + TimeDelta::seconds(60));
                    entries.change(EntryId(hex(id)), stop);
                    model.get_mut(&id).map(stop);
                }
                Step::Remove(id) => {
                    entries.remove(EntryId(hex(id)));
                    model.remove(&id);
                }
            }
        }
        prop_assert!(entries.sums_are_right());
        for n in 0..3 {
            let id = ProjectId(hex(n));
            let on = || model.values().filter(|entry| entry.project == Some(id));
            let seconds: i64 = on().filter_map(TimeEntry::seconds).sum();
            prop_assert_eq!(entries.seconds_on_project(id), seconds);
            prop_assert_eq!(entries.of_project(id).count(), on().count());
        }
        let listed: Vec<_> = entries.of_user(home, me, None, None).map(|entry| entry.start).collect();
        prop_assert!(listed.is_sorted_by(|a, b| a >= b));
        prop_assert_eq!(listed.len(), model.len());
        let (from, to) = (DateTime::from_timestamp(200, 0).unwrap(), DateTime::from_timestamp(600, 0).unwrap());
        let within = entries.of_user(home, me, Some(from), Some(to)).count();
        let wanted = model.values().filter(|entry| from <= entry.start && entry.start < to).count();
        prop_assert_eq!(within, wanted);
        prop_assert_eq!(entries.all_running(home).count(), model.values().filter(|entry| entry.is_running()).count());
    }
}
