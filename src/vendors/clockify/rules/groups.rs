//! User groups: list, create, rename and delete, and their members.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::events::publish;
use super::permissions::Actor;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::groups::{Group, GroupBy};
use crate::vendors::clockify::model::members::{Grant, MemberBy, MemberKey, Team};
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::projects::{Principal, ProjectBy};
use crate::vendors::clockify::model::settings::AdminOnlyPage;
use crate::vendors::clockify::model::users::User;
use crate::vendors::clockify::model::{GroupId, ProjectId, State, UserId};

/// Maximum length of a name. Source: clockify.md:4.8.
const NAME: usize = 100;

/// Filters of a list of groups.
#[derive(Debug, Clone, Default)]
pub struct GroupFilter {
    /// By part of the name.
    pub name: Option<NameFilter>,
    /// By project that the group belongs to.
    pub project: Option<ProjectId>,
    /// True to sort by id instead of by name.
    pub by_id: bool,
    /// True for descending order.
    pub descending: bool,
}

/// The groups of the actor's workspace that match the filter.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn list(
    state: &State,
    actor: &Actor,
    filter: &GroupFilter,
) -> Result<Vec<Arc<Group>>, Refusal> {
    quirk!("CFY-405");
    actor.must_see_page(state, AdminOnlyPage::Team)?;
    let project = match filter.project {
        None => None,
        Some(id) => {
            let project = state.projects.get(id);
            let seen = project.filter(|project| {
                project.workspace == actor.workspace && actor.may_see_project(state, project)
            });
            Some(seen.ok_or(Refusal::Unknown(Entity::PROJECT))?)
        }
    };
    let belongs = |group: &Group| {
        project.is_none_or(|project| {
            project
                .memberships
                .iter()
                .any(|membership| membership.who == Principal::Group(group.id))
        })
    };
    let rows = state.groups.scan(Folded::all(|name| GroupBy::Name(actor.workspace, name)));
    let mut rows: Vec<_> = rows
        .filter(|group| filter.name.as_ref().is_none_or(|name| name.fits(&group.name)))
        .filter(|group| belongs(group))
        .cloned()
        .collect();
    if filter.by_id {
        rows.sort_by_key(|group| group.id);
    }
    if filter.descending {
        rows.reverse();
    }
    Ok(rows)
}

/// The managers of each group in the actor's workspace.
#[must_use]
pub fn managers(state: &State, actor: &Actor) -> BTreeMap<GroupId, Vec<Arc<User>>> {
    let mut managers: BTreeMap<GroupId, Vec<Arc<User>>> = BTreeMap::new();
    for member in state.members.find(MemberBy::Workspace(actor.workspace)) {
        for grant in &member.grants {
            let Grant::TeamManager(Team::Group(group)) = grant else { continue };
            let user = state.users.get(member.user());
            managers.entry(*group).or_default().extend(user.cloned());
        }
    }
    managers
}

/// A group of the actor's workspace.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn get(state: &State, actor: &Actor, id: GroupId) -> Result<Arc<Group>, Refusal> {
    let group = state.groups.get(id).filter(|group| group.workspace == actor.workspace);
    group.cloned().ok_or(Refusal::Unknown(Entity::USER_GROUP))
}

/// A group that the actor may change.
fn change(state: &State, actor: &Actor, id: GroupId) -> Result<Group, Refusal> {
    quirk!("CFY-300");
    actor.must_be_admin()?;
    get(state, actor, id).map(|group| Group::clone(&group))
}

/// Creates an empty group.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    name: &str,
) -> Result<Group, Refusal> {
    quirk!("CFY-300");
    actor.must_be_admin()?;
    let group = Group {
        id: GroupId(ids.hex24("clockify/groups", now)),
        workspace: actor.workspace,
        name: name.trim().to_owned(),
        users: Vec::new(),
    };
    check(state, &group)?;
    state.groups.put(group.clone());
    publish(state, now, actor, EventKind::UserGroupCreated, &group);
    Ok(group)
}

/// Renames a group.
///
/// # Errors
/// As [`create`], and [`Refusal::Unknown`].
pub fn rename(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: GroupId,
    name: &str,
) -> Result<Group, Refusal> {
    let mut group = change(state, actor, id)?;
    name.trim().clone_into(&mut group.name);
    check(state, &group)?;
    state.groups.put(group.clone());
    publish(state, now, actor, EventKind::UserGroupUpdated, &group);
    Ok(group)
}

/// Deletes a group with its memberships, assignments and managers.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: GroupId,
) -> Result<Group, Refusal> {
    let group = change(state, actor, id)?;
    quirk!("CFY-315");
    let projects = state.projects.find(ProjectBy::Group(id)).map(|project| project.id);
    for project in projects.collect::<Vec<_>>() {
        state.projects.change(project, |project| {
            project.memberships.retain(|membership| membership.who != Principal::Group(id));
        });
    }
    let tasks = state.tasks.iter().filter(|task| task.groups.contains(&id)).map(|task| task.id);
    for task in tasks.collect::<Vec<_>>() {
        state.tasks.change(task, |task| task.groups.retain(|group| *group != id));
    }
    let over = Grant::TeamManager(Team::Group(id));
    let managers = state.members.find(MemberBy::Workspace(actor.workspace));
    let managers = managers.filter(|member| member.grants.contains(&over));
    for key in managers.map(|member| member.key).collect::<Vec<_>>() {
        state.members.change(key, |member| member.grants.retain(|grant| *grant != over));
    }
    state.groups.remove(id);
    publish(state, now, actor, EventKind::UserGroupDeleted, &group);
    Ok(group)
}

/// Adds a member to a group. Changes nothing if they are already in it.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn add(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: GroupId,
    user: UserId,
) -> Result<Group, Refusal> {
    let mut group = change(state, actor, id)?;
    must_be_member(state, actor, user)?;
    if group.users.contains(&user) {
        quirk!("CFY-302");
    } else {
        group.users.push(user);
        state.groups.put(group.clone());
        publish(state, now, actor, EventKind::UserGroupUpdated, &group);
    }
    Ok(group)
}

/// Removes a member from a group. Changes nothing if they are not in it.
///
/// # Errors
/// As [`add`].
pub fn remove(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: GroupId,
    user: UserId,
) -> Result<Group, Refusal> {
    let mut group = change(state, actor, id)?;
    if group.users.contains(&user) {
        group.users.retain(|known| *known != user);
        state.groups.put(group.clone());
        publish(state, now, actor, EventKind::UserGroupUpdated, &group);
    } else {
        quirk!("CFY-316");
        must_be_member(state, actor, user)?;
    }
    Ok(group)
}

fn must_be_member(state: &State, actor: &Actor, user: UserId) -> Result<(), Refusal> {
    let member = state.members.get(MemberKey { workspace: actor.workspace, user });
    member.map(|_| ()).ok_or(Refusal::Unknown(Entity::USER))
}

/// Validates a group's name.
fn check(state: &State, group: &Group) -> Result<(), Refusal> {
    if group.name.is_empty() {
        quirk!("CFY-301");
        return Err(Refusal::InvalidGroupName);
    }
    quirk!("CFY-153");
    texts::check(&group.name, NAME)?;
    quirk!("CFY-008");
    let mut same = state.groups.find(GroupBy::Name(group.workspace, Folded::of(&group.name)));
    if same.any(|other| other.id != group.id) {
        return Err(Refusal::NameTaken(Entity::USER_GROUP, group.name.clone()));
    }
    Ok(())
}
