//! Whatever is done to people, groups and roles, nothing points at what is gone, and rates keep the past.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use timetwin::kernel::ids::Ids;
use timetwin::vendors::clockify::model::fields::{FieldContent, FieldType};
use timetwin::vendors::clockify::model::members::{Grant, MemberBy, MembershipStatus, Team};
use timetwin::vendors::clockify::model::plans::Plan;
use timetwin::vendors::clockify::model::projects::Principal;
use timetwin::vendors::clockify::model::rates::RateHistory;
use timetwin::vendors::clockify::model::{GroupId, State, UserId, WorkspaceId};
use timetwin::vendors::clockify::rules::members::{self, RoleChange, Seats};
use timetwin::vendors::clockify::rules::permissions::{Actor, enter};
use timetwin::vendors::clockify::rules::rates::NewRate;
use timetwin::vendors::clockify::rules::{custom_fields, groups};

use super::{member, studio, user, workspace};
use crate::support::FRIDAY;

/// Something that an administrator does; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Deed {
    Invite(u8),
    SetActive(u8, bool),
    Remove(u8),
    Role(u8, u8, u8),
    TakeRole(u8, u8, u8),
    MakeGroup(u8),
    DropGroup(u8),
    Join(u8, u8),
    Leave(u8, u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    let n = || any::<u8>();
    prop_oneof![
        n().prop_map(Deed::Invite),
        (n(), any::<bool>()).prop_map(|(who, active)| Deed::SetActive(who, active)),
        n().prop_map(Deed::Remove),
        (n(), n(), n()).prop_map(|(who, role, over)| Deed::Role(who, role, over)),
        (n(), n(), n()).prop_map(|(who, role, over)| Deed::TakeRole(who, role, over)),
        n().prop_map(Deed::MakeGroup),
        n().prop_map(Deed::DropGroup),
        (n(), n()).prop_map(|(group, who)| Deed::Join(group, who)),
        (n(), n()).prop_map(|(group, who)| Deed::Leave(group, who)),
    ]
}

fn pick<T: Clone>(rows: &[T], n: u8) -> T {
    rows[usize::from(n) % rows.len()].clone()
}

fn role(state: &State, home: WorkspaceId, kind: u8, over: u8) -> RoleChange {
    let people = people(state, home);
    let groups = groups_of(state, home);
    match kind % 4 {
        0 => RoleChange::Admin(home.to_string()),
        1 => {
            let projects: Vec<_> = state.projects.iter().map(|project| project.id).collect();
            RoleChange::ProjectManager(pick(&projects, over).to_string())
        }
        2 if !groups.is_empty() => RoleChange::ManagerOfGroup(pick(&groups, over).to_string()),
        _ => RoleChange::ManagerOfUser(pick(&people, over).to_string()),
    }
}

/// Members, and somebody who is none.
fn people(state: &State, home: WorkspaceId) -> Vec<UserId> {
    let members = state.members.find(MemberBy::Workspace(home)).map(|member| member.user());
    members.chain([user(state, "hugo")]).collect()
}

fn groups_of(state: &State, home: WorkspaceId) -> Vec<GroupId> {
    state.groups.iter().filter(|group| group.workspace == home).map(|group| group.id).collect()
}

/// Does it; what is refused must change nothing.
fn act(state: &mut State, ids: &mut Ids, now: DateTime<Utc>, anna: &Actor, deed: &Deed) -> bool {
    let home = anna.workspace;
    let (people, groups) = (people(state, home), groups_of(state, home));
    let seats = Seats::OfAll;
    match deed {
        Deed::Invite(n) => {
            let email = format!("guest{}@studio.example", n % 8);
            members::invite(state, ids, now, anna, &email, seats).is_ok()
        }
        Deed::SetActive(who, active) => {
            members::set_active(state, now, anna, pick(&people, *who), *active, seats).is_ok()
        }
        Deed::Remove(who) => members::remove(state, now, anna, pick(&people, *who)).is_ok(),
        Deed::Role(who, kind, over) => {
            let role = role(state, home, *kind, *over);
            members::give_role(state, now, anna, pick(&people, *who), &role).is_ok()
        }
        Deed::TakeRole(who, kind, over) => {
            let role = role(state, home, *kind, *over);
            members::take_role(state, now, anna, pick(&people, *who), &role).is_ok()
        }
        Deed::MakeGroup(n) => {
            groups::create(state, ids, now, anna, &format!("Group {}", n % 5)).is_ok()
        }
        _ if groups.is_empty() => false,
        Deed::DropGroup(group) => groups::delete(state, now, anna, pick(&groups, *group)).is_ok(),
        Deed::Join(group, who) => {
            groups::add(state, now, anna, pick(&groups, *group), pick(&people, *who)).is_ok()
        }
        Deed::Leave(group, who) => {
            groups::remove(state, now, anna, pick(&groups, *group), pick(&people, *who)).is_ok()
        }
    }
}

fn nothing_dangles(state: &State, home: WorkspaceId) {
    let is_member = |user: UserId| state.members.get(member(home, user)).is_some();
    for group in state.groups.iter().filter(|group| group.workspace == home) {
        assert!(group.users.iter().all(|user| is_member(*user)), "{group:?}");
    }
    for row in state.members.find(MemberBy::Workspace(home)) {
        let points_somewhere = |grant: &Grant| match grant {
            Grant::Admin => true,
            Grant::ProjectManager(project) => state.projects.get(*project).is_some(),
            Grant::TeamManager(Team::User(user)) => is_member(*user),
            Grant::TeamManager(Team::Group(group)) => state.groups.get(*group).is_some(),
        };
        assert!(row.grants.iter().all(points_somewhere), "{row:?}");
    }
    for project in state.projects.iter().filter(|project| project.workspace == home) {
        for membership in &project.memberships {
            assert!(match membership.who {
                Principal::User(user) => is_member(user),
                Principal::Group(group) => state.groups.get(group).is_some(),
            });
        }
    }
    for task in state.tasks.iter().filter(|task| task.workspace == home) {
        assert!(task.assignees.iter().all(|user| is_member(*user)), "{task:?}");
        assert!(task.groups.iter().all(|group| state.groups.get(*group).is_some()), "{task:?}");
    }
    assert!(state.groups.indices_are_right() && state.members.indices_are_right());
    assert!(state.projects.indices_are_right() && state.tasks.indices_are_right());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_points_at_what_is_gone(deeds in proptest::collection::vec(deed(), 1..40)) {
        let mut state = studio();
        let mut ids = Ids::new(7);
        let now: DateTime<Utc> = FRIDAY.parse().unwrap();
        let home = workspace(&state, "Studio Nord");
        let owner = user(&state, "anna");
        state.workspaces.change(home, |row| {
            row.plan = Plan::named("ENTERPRISE_2021").unwrap();
            row.seats = Some(9);
        });
        for deed in deeds {
            let anna = enter(&state, home, owner).expect("the owner is never locked out");
            let before = state.clone();
            if !act(&mut state, &mut ids, now, &anna, &deed) {
                let same = before.members.iter().eq(state.members.iter())
                    && before.groups.iter().eq(state.groups.iter())
                    && before.users.iter().eq(state.users.iter());
                prop_assert!(same, "{deed:?} was refused and changed something");
            }
            nothing_dangles(&state, home);
            let seated = state.members.find(MemberBy::Workspace(home)).filter(|member| {
                matches!(member.status, MembershipStatus::Active | MembershipStatus::Pending)
            });
            prop_assert!(seated.count() <= 9);
        }
    }

    #[test]
    fn a_rate_never_changes_what_was_earned_before(
        sets in proptest::collection::vec((0..1_000_000_i64, 0..30_i64, any::<bool>()), 1..12),
    ) {
        let start: DateTime<Utc> = FRIDAY.parse().unwrap();
        let day = |n: i64| start + TimeDelta::days(n);
        let (mut history, mut changes, mut today) = (RateHistory::default(), 0, 0);
        for (amount, days, dated) in sets {
            today += days % 5;
            let since = dated.then(|| day(today + days));
            let last = if dated { today + days } else { today + 60 };
            let known = 0..=changes;
            let rates = |history: &RateHistory| -> Vec<_> {
                let of = |known| (0..last).map(move |n| history.of_work(day(n), known));
                known.clone().flat_map(of).collect()
            };
            let before = rates(&history);
            NewRate { amount, since }.set(&mut history, &mut changes);
            prop_assert_eq!(before, rates(&history));
            prop_assert_eq!(history.at(since.unwrap_or(day(0))), Some(amount));
        }
    }

    #[test]
    fn what_a_field_reads_it_may_hold(
        text in ".{0,12}", number in any::<f64>(), truth in any::<bool>(),
        choices in proptest::collection::vec("[a-c]{1,2}", 0..3),
    ) {
        use FieldType::{Checkbox, DropdownMultiple, DropdownSingle, Link, Number, Txt};
        let numeric = format!("{number}");
        for content in [
            FieldContent::Text(text.clone()), FieldContent::Text(numeric), FieldContent::Number(number),
            FieldContent::Truth(truth), FieldContent::Choices(choices),
        ] {
            for kind in [Txt, Number, DropdownSingle, DropdownMultiple, Checkbox, Link] {
                if let Some(read) = content.clone().read_as(kind) {
                    prop_assert!(read.fits(kind));
                    let again = read.clone().read_as(kind);
                    prop_assert!(number.is_nan() || again == Some(read));
                } else {
                    prop_assert!(!content.fits(kind) || matches!(content, FieldContent::Text(_)));
                }
            }
        }
    }
}

#[test]
fn fields_go_with_their_values_and_plans_decide() {
    let mut state = studio();
    let home = workspace(&state, "Studio Nord");
    let anna = enter(&state, home, user(&state, "anna")).unwrap();
    let number = state.fields.iter().find(|field| field.name == "Employee number").unwrap().id;
    let holders = |state: &State| {
        let members = state.members.find(MemberBy::Workspace(home));
        members.filter(|member| member.fields.iter().any(|held| held.field == number)).count()
    };
    assert_eq!(holders(&state), 2);
    custom_fields::delete(&mut state, &anna, number).unwrap();
    assert_eq!((holders(&state), state.fields.get(number).is_none()), (0, true));
}
