//! What becomes of entries, roles and fields when a project, task or tag goes; what is told; and lists of
//! many.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use timetwin::kernel::ids::{Hex24, Ids};
use timetwin::kernel::page::Page;
use timetwin::vendors::clockify::model::events::{EventKind, Subject};
use timetwin::vendors::clockify::model::members::Grant;
use timetwin::vendors::clockify::model::names::NameFilter;
use timetwin::vendors::clockify::model::projects::{Principal, Project, ProjectMembership};
use timetwin::vendors::clockify::model::rates::RateKind;
use timetwin::vendors::clockify::model::tags::Tag;
use timetwin::vendors::clockify::model::webhooks::{SourceType, Webhook};
use timetwin::vendors::clockify::model::{ProjectId, State, TagId, WebhookId};
use timetwin::vendors::clockify::rules::permissions::{Actor, enter};
use timetwin::vendors::clockify::rules::projects::{
    self, IdFilter, NewProject, ProjectChange, ProjectFilter, Sort,
};
use timetwin::vendors::clockify::rules::rates::NewRate;
use timetwin::vendors::clockify::rules::refusal::Refusal;
use timetwin::vendors::clockify::rules::tasks::{self, TaskChange};
use timetwin::vendors::clockify::rules::{clients, tags};

use super::{member, project, studio, task, user, workspace};
use crate::support::{FRIDAY, rounds};

fn now() -> DateTime<Utc> {
    FRIDAY.parse().unwrap()
}

fn actor(state: &State, who: &str) -> Actor {
    enter(state, workspace(state, "Studio Nord"), user(state, who)).unwrap()
}

fn tag(state: &State, name: &str) -> TagId {
    state.tags.iter().find(|tag| tag.name == name).unwrap().id
}

#[test]
fn time_outlives_its_tag_its_task_and_its_project() {
    let mut state = studio();
    let anna = actor(&state, "anna");
    let all = state.entries.rows().len();

    let meeting = tag(&state, "Meeting");
    let tagged: Vec<_> = state.entries.of_tag(meeting).map(|entry| entry.id).collect();
    assert!(!tagged.is_empty());
    tags::delete(&mut state, now(), &anna, meeting).unwrap();
    assert!(state.tags.get(meeting).is_none());
    assert_eq!(state.entries.of_tag(meeting).count(), 0);
    for id in tagged {
        let entry = state.entries.get(id).unwrap();
        assert!(!entry.tags.contains(&meeting) && entry.project.is_some());
    }

    let (nws, tariff) = (project(&state, "NWS"), task(&state, "NWS-2"));
    let (on_project, on_task) =
        (state.entries.seconds_on_project(nws), state.entries.seconds_on_task(tariff));
    assert!(on_task > 0 && on_project > on_task);
    tasks::delete(&mut state, now(), &anna, nws, tariff, false).unwrap();
    assert_eq!(state.entries.seconds_on_task(tariff), 0);
    assert_eq!(state.entries.seconds_on_project(nws), on_project);

    let haf = project(&state, "HAF");
    let kept: Vec<_> = state.entries.of_project(haf).map(|entry| entry.id).collect();
    assert!(kept.iter().any(|id| state.entries.get(*id).unwrap().task.is_some()));
    let carla = member(anna.workspace, user(&state, "carla"));
    let manages = |state: &State| {
        let grants = &state.members.get(carla).unwrap().grants;
        (grants.contains(&Grant::ProjectManager(haf)), grants.len())
    };
    let roles = manages(&state);
    assert!(roles.0);
    let says = |state: &State| {
        let mut fields = state.fields.iter();
        fields.any(|field| field.projects.iter().any(|own| own.project == haf))
    };
    assert!(says(&state), "the overlay gives it a location");
    projects::delete(&mut state, now(), &anna, haf, false).unwrap();
    assert_eq!(manages(&state), (false, roles.1 - 1));
    assert!(!says(&state) && state.projects.get(haf).is_none());
    assert_eq!(tasks::of_project(&state, haf).count(), 0);
    for id in kept {
        let entry = state.entries.get(id).unwrap();
        assert_eq!((entry.project, entry.task), (None, None));
    }
    assert_eq!(state.entries.rows().len(), all, "nothing of it is lost");
    assert!(state.entries.sums_are_right() && state.tasks.indices_are_right());
}

#[test]
fn whatever_changes_is_told_to_who_listens() {
    use EventKind::{
        BillableRateUpdated, CostRateUpdated, NewProject as ProjectMade, NewTag, NewTask,
        ProjectDeleted, ProjectUpdated, TagDeleted, TagUpdated, TaskDeleted, TaskUpdated,
    };
    let listened = [
        ProjectMade,
        NewTask,
        TaskUpdated,
        BillableRateUpdated,
        TaskDeleted,
        ProjectUpdated,
        CostRateUpdated,
        ProjectDeleted,
        NewTag,
        TagUpdated,
        TagDeleted,
    ];
    let (mut state, mut ids) = (studio(), Ids::new(7));
    let anna = actor(&state, "anna");
    for event in listened {
        state.webhooks.put(Webhook {
            id: WebhookId(ids.hex24("test/webhooks", now())),
            workspace: anna.workspace,
            user: anna.user,
            addon: None,
            name: None,
            url: "http://listener.example/".to_owned(),
            token: "token".to_owned(),
            event,
            source_type: SourceType::WorkspaceId,
            source: Vec::new(),
            renewed: now(),
        });
    }
    let (state, ids, at) = (&mut state, &mut ids, now());
    let rate = NewRate { amount: 100, since: None };
    let named = |name: &str| TaskChange { name: name.to_owned(), ..TaskChange::default() };
    let change = ProjectChange { name: Some("Told".to_owned()), ..ProjectChange::default() };
    let new = NewProject { change: change.clone(), tasks: vec![named("A")], ..Default::default() };
    let made = projects::create(state, ids, at, &anna, new).unwrap();
    let first = tasks::of_project(state, made.id).next().unwrap().id;
    tasks::update(state, at, &anna, made.id, first, named("B"), true).unwrap();
    tasks::set_rate(state, at, &anna, (made.id, first), RateKind::Hourly, rate).unwrap();
    tasks::delete(state, at, &anna, made.id, first, false).unwrap();
    projects::update(state, at, &anna, made.id, change).unwrap();
    let whose = (made.id, anna.user);
    projects::set_member_rate(state, at, &anna, whose, RateKind::Cost, rate).unwrap();
    projects::delete(state, at, &anna, made.id, false).unwrap();
    let tag = tags::create(state, ids, at, &anna, "Told").unwrap();
    tags::update(state, at, &anna, tag.id, "Told again", Some(true)).unwrap();
    tags::delete(state, at, &anna, tag.id).unwrap();
    let told: Vec<_> = state.events.waiting().iter().map(|event| event.kind).collect();
    assert_eq!(told, listened);
    let last = state.events.waiting().back().unwrap();
    let archived = Tag { name: "Told again".to_owned(), archived: true, ..tag };
    assert_eq!(last.subject, Subject::Tag(Box::new(archived)), "as it was before it went");
    assert!(state.events.waiting().iter().all(|event| event.actor == anna.user));
}

#[test]
fn managers_set_the_rates_they_see() {
    let mut state = studio();
    let (carla, brd) = (actor(&state, "carla"), project(&state, "BRD"));
    let rate = NewRate { amount: 9000, since: None };
    let set = |state: &mut State, kind| {
        projects::set_member_rate(state, now(), &carla, (brd, carla.user), kind, rate)
    };
    let hidden = Err(Refusal::AccessDenied);
    assert_eq!(set(&mut state, RateKind::Hourly), hidden);
    state.workspaces.change(carla.workspace, |home| {
        home.settings.only_admins_see_billable_rates = false;
    });
    let project = set(&mut state, RateKind::Hourly).unwrap();
    let own = project.membership(carla.user).unwrap();
    assert_eq!(own.rates.hourly.at(now()), Some(9000));
    assert_eq!(set(&mut state, RateKind::Cost), hidden, "cost rates are for administrators");
}

/// The studio with 10,000 further projects, a quarter of them private, and 10,000 further tags.
fn crowded() -> State {
    let mut state = studio();
    let home = workspace(&state, "Studio Nord");
    let elena = user(&state, "elena");
    let mut ids = Ids::new(3);
    for n in 0..10_000_u32 {
        let id = ProjectId(ids.hex24("test/projects", now()));
        let mut project = Project::new(id, home, format!("Mass {}", n * 7919 % 10_000));
        project.public = n % 4 != 0;
        if n % 8 == 0 {
            project.memberships.push(ProjectMembership::new(Principal::User(elena)));
        }
        state.projects.put(project);
        let id = TagId(ids.hex24("test/tags", now()));
        let name = format!("Mass {n}");
        state.tags.put(Tag { id, workspace: home, name, archived: n % 2 == 0 });
    }
    state
}

#[test]
fn names_are_found_among_many() {
    let state = crowded();
    let (anna, elena) = (actor(&state, "anna"), actor(&state, "elena"));
    let count =
        |who: &Actor, wanted: &ProjectFilter| projects::list(&state, who, wanted).unwrap().count();
    let part = |name: &str| ProjectFilter {
        name: Some(NameFilter::part(name)),
        ..ProjectFilter::default()
    };
    let whole = |name: &str| ProjectFilter {
        name: Some(NameFilter::strict(name)),
        ..ProjectFilter::default()
    };
    assert_eq!(count(&anna, &ProjectFilter::default()), 10_012);
    assert_eq!(count(&elena, &part("mass")), 8_750, "public ones, and half of the private");
    assert_eq!((count(&anna, &part("ASS 77")), count(&anna, &whole("mass 77 "))), (111, 1));
    let only = ProjectFilter {
        users: Some(IdFilter { ids: Some(BTreeSet::from([elena.user])), without: true }),
        ..part("mass")
    };
    assert_eq!(count(&anna, &only), 1_250, "she has no access to half of the private ones");
    let mass = part("mass");
    let named = projects::list(&state, &anna, &mass).unwrap();
    assert!(named.is_sorted_by(|a, b| a.name.to_lowercase() <= b.name.to_lowercase()));
    let wanted = tags::TagFilter { name: Some(NameFilter::part("ss 123")), ..Default::default() };
    assert_eq!(tags::list(&state, &anna, &wanted).count(), 11);
    let wanted = tags::TagFilter {
        name: Some(NameFilter::strict("MASS 123")),
        archived: Some(true),
        ..Default::default()
    };
    assert_eq!(tags::list(&state, &anna, &wanted).count(), 0, "it is active");
    let wanted = clients::ClientFilter {
        name: Some(NameFilter::part("hafen")),
        ..clients::ClientFilter::default()
    };
    assert_eq!(clients::list(&state, &anna, &wanted).count(), 1);
}

fn sort() -> impl Strategy<Value = Sort> {
    use Sort::{Budget, ClientName, Duration, Id, Name, Progress};
    prop::sample::select(vec![Id, Name, ClientName, Duration, Budget, Progress])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(32)))]
    #[test]
    fn pages_of_projects_partition_the_list(
        sort in sort(),
        descending in any::<bool>(),
        size in 1..9_u64,
        who in prop::sample::select(vec!["anna", "elena", "daichi"]),
        archived in prop::option::of(any::<bool>()),
    ) {
        let state = studio();
        let actor = actor(&state, who);
        let wanted = ProjectFilter { sort, descending, archived, ..ProjectFilter::default() };
        let all: Vec<_> =
            projects::list(&state, &actor, &wanted).unwrap().map(|project| project.id).collect();
        let mut seen = Vec::new();
        for number in 1.. {
            let rows = projects::list(&state, &actor, &wanted).unwrap();
            let (rows, last) = Page { number, size }.of(rows);
            seen.extend(rows.iter().map(|project| project.id));
            if last {
                break;
            }
        }
        prop_assert_eq!(&seen, &all);
        let opposite = ProjectFilter { descending: !descending, ..wanted };
        let mut back: Vec<_> =
            projects::list(&state, &actor, &opposite).unwrap().map(|project| project.id).collect();
        back.reverse();
        prop_assert_eq!(back, all);
    }
}

#[test]
fn a_member_of_two_kinds_is_one() {
    let mut state = studio();
    let (anna, nwa) = (actor(&state, "anna"), project(&state, "NWA"));
    let group = state.groups.iter().find(|group| group.name == "Design").unwrap().id;
    let gita = user(&state, "gita");
    let on = |state: &State| state.projects.get(nwa).unwrap().memberships.len();
    let before = on(&state);
    let ids: [Hex24; 3] = [gita.0, group.0, gita.0];
    projects::change_members(&mut state, now(), &anna, nwa, &ids, false).unwrap();
    assert_eq!(on(&state), before + 1, "the group was there, and she comes once");
    projects::change_members(&mut state, now(), &anna, nwa, &ids, true).unwrap();
    assert_eq!(on(&state), before - 1);
    assert!(!actor(&state, "gita").may_see_project(&state, state.projects.get(nwa).unwrap()));
}
