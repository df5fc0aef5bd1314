//! Members of projects and their rates. Source: 001:587-654,
//! clockify.md:4.3.

use chrono::{DateTime, Utc};

use super::{editable, must_see_rates, must_set_rate, rate_event, store};
use crate::kernel::ids::Hex24;
use crate::quirk;
use crate::vendors::clockify::model::events::RatePlace;
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::projects::{Principal, Project, ProjectMembership};
use crate::vendors::clockify::model::rates::{RateKind, Rates};
use crate::vendors::clockify::model::{GroupId, ProjectId, State, UserId};
use crate::vendors::clockify::rules::events::publish;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::rates::NewRate;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};

/// A member to add to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMember {
    /// The id of a person or a group.
    pub id: Hex24,
    /// Their hourly rate.
    pub hourly: Option<NewRate>,
    /// Their cost rate.
    pub cost: Option<NewRate>,
}

impl NewMember {
    /// A member without rates of their own.
    #[must_use]
    pub fn new(id: Hex24) -> Self {
        Self { id, hourly: None, cost: None }
    }

    fn rates(&self) -> [(RateKind, Option<NewRate>); 2] {
        [(RateKind::Hourly, self.hourly), (RateKind::Cost, self.cost)]
    }
}

/// The person or group with this id in the actor's workspace.
fn who(state: &State, actor: &Actor, id: Hex24) -> Result<Principal, Refusal> {
    let (workspace, user) = (actor.workspace, UserId(id));
    if state.members.get(MemberKey { workspace, user }).is_some() {
        return Ok(Principal::User(user));
    }
    quirk!("CFY-150");
    let group = state.groups.get(GroupId(id)).filter(|group| group.workspace == workspace);
    group.map(|group| Principal::Group(group.id)).ok_or(Refusal::NotMember)
}

/// Adds people and groups to a new project. If one occurs twice, the last wins. Their rates apply
/// from the beginning.
pub(super) fn add(
    state: &State,
    actor: &Actor,
    project: &mut Project,
    members: Vec<NewMember>,
) -> Result<(), Refusal> {
    for new in members {
        let mut membership = ProjectMembership::new(who(state, actor, new.id)?);
        for (kind, rate) in new.rates() {
            let Some(rate) = rate else { continue };
            must_see_rates(state, actor, kind)?;
            rate.must_be_allowed(state, actor, kind)?;
            membership.rates.of_mut(kind).set(rate.amount, rate.since);
        }
        put(project, membership);
    }
    Ok(())
}

/// Stores a membership. Replaces an existing one of the same person or group.
fn put(project: &mut Project, membership: ProjectMembership) {
    let known = project.memberships.iter_mut().find(|known| known.who == membership.who);
    match known {
        Some(known) => *known = membership,
        None => project.memberships.push(membership),
    }
}

/// Replaces the members of a project. Members who stay keep a rate that is not sent only if the
/// actor may not see it.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::NotMember`].
pub fn replace_members(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ProjectId,
    members: &[NewMember],
) -> Result<Project, Refusal> {
    let mut project = editable(state, actor, id)?;
    quirk!("CFY-151");
    let sight = actor.rate_visibility(state);
    let before = std::mem::take(&mut project.memberships);
    for new in members {
        let who = who(state, actor, new.id)?;
        let mut membership = ProjectMembership::new(who);
        let old = before.iter().find(|old| old.who == who);
        let old = old.map(|old| old.rates.clone()).unwrap_or_default();
        for (kind, rate) in new.rates() {
            let seen = match kind {
                RateKind::Hourly => sight.hourly,
                RateKind::Cost => sight.cost,
            };
            if rate.is_some() || !seen {
                membership.rates.of_mut(kind).clone_from(old.of(kind));
            }
            if let Some(rate) = rate {
                must_see_rates(state, actor, kind)?;
                rate.must_be_allowed(state, actor, kind)?;
                rate.set(membership.rates.of_mut(kind), &mut state.rate_changes);
            }
        }
        put(&mut project, membership);
    }
    Ok(store(state, now, actor, project))
}

/// Adds people and groups to a project, or removes them. Existing members keep their rates;
/// removing someone who is not a member changes nothing.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::NotMember`].
pub fn change_members(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ProjectId,
    who_else: &[Hex24],
    remove: bool,
) -> Result<Project, Refusal> {
    let mut project = editable(state, actor, id)?;
    quirk!("CFY-152");
    for id in who_else {
        let who = who(state, actor, *id)?;
        if remove {
            project.memberships.retain(|membership| membership.who != who);
        } else if project.memberships.iter().all(|membership| membership.who != who) {
            project.memberships.push(ProjectMembership::new(who));
        }
    }
    Ok(store(state, now, actor, project))
}

/// Sets a rate of a person on a project.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::NotOnProject`].
pub fn set_member_rate(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    (id, user): (ProjectId, UserId),
    kind: RateKind,
    rate: NewRate,
) -> Result<Project, Refusal> {
    let mut project = Project::clone(&*super::get(state, actor, id)?);
    must_set_rate(state, actor, id, kind, rate)?;
    let workspace = actor.workspace;
    state.members.get(MemberKey { workspace, user }).ok_or(Refusal::Unknown(Entity::USER))?;
    quirk!("CFY-153");
    let mut memberships = project.memberships.iter_mut();
    let own = memberships.find(|membership| membership.who == Principal::User(user));
    let rates: &mut Rates = &mut own.ok_or(Refusal::NotOnProject)?.rates;
    rate.set(rates.of_mut(kind), &mut state.rate_changes);
    state.projects.put(project.clone());
    let change = rate.event(RatePlace::ProjectMember(id, user));
    publish(state, now, actor, rate_event(kind), change);
    Ok(project)
}
