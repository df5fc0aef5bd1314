//! Members of a workspace: invitation, activation, removal, rates and roles.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entries::halt;
use super::events::publish;
use super::permissions::{Actor, Rank, workspaces_of};
use super::rates::NewRate;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::{EventKind, RatePlace};
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::members::{
    Grant, Member, MemberBy, MemberKey, MembershipStatus, Team,
};
use crate::vendors::clockify::model::plans::{Feature, Tier};
use crate::vendors::clockify::model::projects::{Principal, ProjectBy};
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::users::{User, UserBy};
use crate::vendors::clockify::model::webhooks::WebhookBy;
use crate::vendors::clockify::model::{Setting, State, UserId};

/// The plans that have a limited number of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seats {
    /// Enterprise only. Source: 001:2204.
    OfEnterprise,
    /// All paid plans: the current behaviour.
    OfAll,
}

/// Invites a person. Creates an account if they have none.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::FreePlan`], [`Refusal::InvalidEmail`],
/// [`Refusal::AlreadyMember`] and [`Refusal::NoSeatsLeft`].
pub fn invite(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    email: &str,
    seats: Seats,
) -> Result<UserId, Refusal> {
    actor.must_be_admin()?;
    actor.must_pay(state)?;
    quirk!("CFY-520");
    let email = email.trim().to_lowercase();
    if !texts::is_email(&email) || email.contains(['<', '>']) {
        return Err(Refusal::InvalidEmail);
    }
    quirk!("CFY-310");
    let known = state.users.find(UserBy::Email(email.clone())).next().map(|user| user.id);
    let key = known.map(|user| MemberKey { workspace: actor.workspace, user });
    let member = key.and_then(|key| state.members.get(key));
    if member.is_some_and(|member| member.status != MembershipStatus::Declined) {
        return Err(Refusal::AlreadyMember);
    }
    must_have_seat(state, actor, seats)?;
    let user = known.unwrap_or_else(|| {
        let id = UserId(ids.hex24("clockify/users", now));
        state.users.put(User::invited(id, email, actor.workspace));
        id
    });
    let mut member = Member::new(actor.workspace, user);
    member.status = MembershipStatus::Pending;
    state.members.put(member);
    publish(state, now, actor, EventKind::UsersInvitedToWorkspace, user);
    Ok(user)
}

/// Refuses if all seats are taken by active or invited members.
fn must_have_seat(state: &State, actor: &Actor, seats: Seats) -> Result<(), Refusal> {
    quirk!("CFY-311");
    let Some(home) = actor.workspace(state) else { return Err(Refusal::Unknown(Entity::USER)) };
    let counts = seats == Seats::OfAll || home.plan.tier() >= Tier::Enterprise;
    let Some(paid) = home.seats.filter(|_| counts && home.plan.is_paid()) else { return Ok(()) };
    let seated = state.members.find(MemberBy::Workspace(home.id)).filter(|member| {
        matches!(member.status, MembershipStatus::Active | MembershipStatus::Pending)
    });
    if seated.count() < usize::try_from(paid).unwrap_or(usize::MAX) {
        Ok(())
    } else {
        quirk!("CFY-521");
        Err(Refusal::NoSeatsLeft)
    }
}

/// A member of the actor's workspace, of any status.
fn member(state: &State, actor: &Actor, user: UserId) -> Result<Arc<Member>, Refusal> {
    let key = MemberKey { workspace: actor.workspace, user };
    state.members.get(key).cloned().ok_or(Refusal::Unknown(Entity::USER))
}

/// Refuses if the user is the caller or the owner.
fn must_not_be_self_or_owner(state: &State, actor: &Actor, user: UserId) -> Result<(), Refusal> {
    let owner = actor.workspace(state).map(|home| home.owner);
    if user == actor.user || owner == Some(user) {
        quirk!("CFY-313");
        return Err(Refusal::CannotDeactivate);
    }
    Ok(())
}

/// Refuses to change an administrator's access, unless the actor owns the workspace. Source:
/// facts.md:N-61.
fn must_rank_above(actor: &Actor, member: &Member) -> Result<(), Refusal> {
    quirk!("CFY-512");
    if member.is_admin() && actor.rank < Rank::Owner {
        return Err(Refusal::AccessDenied);
    }
    Ok(())
}

/// Activates or deactivates a member. Their time entries, groups and projects stay; deactivation stops
/// their timer.
///
/// # Errors
/// [`Refusal`].
pub fn set_active(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    active: bool,
    seats: Seats,
) -> Result<(), Refusal> {
    use MembershipStatus::{Active, Declined, Inactive, Pending};
    actor.must_be_admin()?;
    let member = member(state, actor, user)?;
    let event = match (member.status, active) {
        (Active, true) | (Inactive, false) => return Ok(()),
        (Declined, _) => return Err(Refusal::Unknown(Entity::USER)),
        (Pending, true) => {
            quirk!("CFY-310");
            EventKind::UserJoinedWorkspace
        }
        (Inactive, true) => {
            must_have_seat(state, actor, seats)?;
            EventKind::UserActivatedOnWorkspace
        }
        (Active | Pending, false) => {
            must_not_be_self_or_owner(state, actor, user)?;
            must_rank_above(actor, &member)?;
            halt(state, now, actor, user);
            EventKind::UserDeactivatedOnWorkspace
        }
    };
    let status = if active { Active } else { Inactive };
    state.members.change(member.key, |member| member.status = status);
    publish(state, now, actor, event, user);
    Ok(())
}

/// Removes a member from the workspace and its groups, projects, tasks and teams. Their time stays.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::CannotDeactivate`].
pub fn remove(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
) -> Result<(), Refusal> {
    actor.must_be_admin()?;
    let member = member(state, actor, user)?;
    must_not_be_self_or_owner(state, actor, user)?;
    must_rank_above(actor, &member)?;
    halt(state, now, actor, user);
    quirk!("CFY-315");
    let home = actor.workspace;
    publish(state, now, actor, EventKind::UserDeletedFromWorkspace, user);
    let groups = state.groups.find(GroupBy::User(home, user)).map(|group| group.id);
    for group in groups.collect::<Vec<_>>() {
        state.groups.change(group, |group| group.users.retain(|known| *known != user));
    }
    let projects = state.projects.find(ProjectBy::User(home, user)).map(|project| project.id);
    for project in projects.collect::<Vec<_>>() {
        state.projects.change(project, |project| {
            project.memberships.retain(|membership| membership.who != Principal::User(user));
        });
    }
    let tasks = state.tasks.iter();
    let tasks = tasks.filter(|task| task.workspace == home && task.assignees.contains(&user));
    for task in tasks.map(|task| task.id).collect::<Vec<_>>() {
        state.tasks.change(task, |task| task.assignees.retain(|known| *known != user));
    }
    let over = Grant::TeamManager(Team::User(user));
    let managers = state.members.find(MemberBy::Workspace(home));
    let managers = managers.filter(|member| member.grants.contains(&over));
    for key in managers.map(|member| member.key).collect::<Vec<_>>() {
        state.members.change(key, |member| member.grants.retain(|grant| *grant != over));
    }
    let webhooks = state.webhooks.find(WebhookBy::Workspace(home));
    let webhooks = webhooks.filter(|webhook| webhook.user == user).map(|webhook| webhook.id);
    for webhook in webhooks.collect::<Vec<_>>() {
        state.webhooks.remove(webhook);
    }
    state.members.remove(member.key);
    let elsewhere = workspaces_of(state, user).next().map(|workspace| workspace.id);
    if let Some(elsewhere) = elsewhere {
        state.users.change(user, |user| {
            for looked_at in [&mut user.active_workspace, &mut user.default_workspace] {
                if *looked_at == home {
                    *looked_at = elsewhere;
                }
            }
        });
    }
    Ok(())
}

/// Sets a member's hourly or cost rate in the workspace.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn set_rate(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    kind: RateKind,
    rate: NewRate,
) -> Result<(), Refusal> {
    actor.must_be_admin()?;
    let member = member(state, actor, user)?;
    actor.must_have_plan(state)?;
    rate.must_be_allowed(state, actor, kind)?;
    let Setting { members, rate_changes, .. } = &mut *state.setting;
    members.change(member.key, |member| rate.set(member.rates.of_mut(kind), rate_changes));
    publish(state, now, actor, kind.event(), rate.event(RatePlace::Member(user)));
    Ok(())
}

/// A role to give or take, with the id of the entity that it applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleChange {
    /// Administrator of a workspace.
    Admin(String),
    /// Manager of a project.
    ProjectManager(String),
    /// Manager of a person.
    ManagerOfUser(String),
    /// Manager of the members of a group.
    ManagerOfGroup(String),
}

/// The stored form of a role.
fn grant(state: &State, actor: &Actor, role: &RoleChange) -> Result<Grant, Refusal> {
    let home = actor.workspace;
    Ok(match role {
        RoleChange::Admin(id) if *id == home.to_string() => Grant::Admin,
        RoleChange::Admin(_) => return Err(Refusal::NotTheWorkspace),
        RoleChange::ProjectManager(id) => {
            let project = id.parse().ok().and_then(|id| state.projects.get(id));
            let project = project.filter(|project| project.workspace == home);
            Grant::ProjectManager(project.ok_or_else(|| Refusal::NoProject(id.clone()))?.id)
        }
        RoleChange::ManagerOfUser(id) => {
            let user = id.parse().map_err(|_| Refusal::Unknown(Entity::USER))?;
            Grant::TeamManager(Team::User(member(state, actor, user)?.user()))
        }
        RoleChange::ManagerOfGroup(id) => {
            let group = id.parse().ok().and_then(|id| state.groups.get(id));
            let group = group.filter(|group| group.workspace == home);
            Grant::TeamManager(Team::Group(group.ok_or(Refusal::Unknown(Entity::USER_GROUP))?.id))
        }
    })
}

fn may_change_roles(state: &State, actor: &Actor, role: &RoleChange) -> Result<(), Refusal> {
    actor.must_be_admin()?;
    if !matches!(role, RoleChange::Admin(_)) {
        actor.must_have(state, Feature::ManagerRole)?;
    }
    Ok(())
}

/// Gives a member a role. Changes nothing if they have it or own the workspace.
///
/// # Errors
/// [`Refusal`].
pub fn give_role(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    role: &RoleChange,
) -> Result<Arc<Member>, Refusal> {
    may_change_roles(state, actor, role)?;
    let known = member(state, actor, user)?;
    let grant = grant(state, actor, role)?;
    let owns = actor.workspace(state).is_some_and(|home| home.owner == user);
    quirk!("CFY-316");
    if known.grants.contains(&grant) || owns && grant == Grant::Admin {
        return Ok(known);
    }
    state.members.change(known.key, |member| member.grants.push(grant));
    publish(state, now, actor, EventKind::UserUpdated, user);
    member(state, actor, user)
}

/// Takes a role from a member. Changes nothing if they do not have it.
///
/// # Errors
/// As [`give_role`].
pub fn take_role(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    role: &RoleChange,
) -> Result<(), Refusal> {
    may_change_roles(state, actor, role)?;
    let known = member(state, actor, user)?;
    let grant = grant(state, actor, role)?;
    quirk!("CFY-316");
    if known.grants.contains(&grant) {
        if grant == Grant::Admin {
            must_rank_above(actor, &known)?;
        }
        state.members.change(known.key, |member| member.grants.retain(|held| *held != grant));
        publish(state, now, actor, EventKind::UserUpdated, user);
    }
    Ok(())
}
