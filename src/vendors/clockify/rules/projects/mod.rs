//! Projects: permissions and deletion. Lists, creation, updates, members, estimates and
//! templates each have a file.

mod edits;
mod estimates;
mod lists;
mod members;
mod templates;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use edits::{EstimateChange, NewProject, ProjectChange, create, update};
pub use estimates::{BudgetChange, EstimatesChange, TimeChange, set_estimates};
pub use estimates::{budget_of, seconds_of};
pub use lists::{IdFilter, ProjectFilter, Sort, list};
pub use members::{NewMember, change_members, replace_members, set_member_rate};
pub use templates::{FromTemplate, create_from_template, set_template};

use super::events::publish;
use super::permissions::Actor;
use super::rates::NewRate;
use super::refusal::{Entity, Refusal};
use super::{tasks, texts};
use crate::quirk;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::fields::FieldBy;
use crate::vendors::clockify::model::members::{Grant, MemberBy};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::projects::{Project, ProjectBy};
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::{ProjectId, State};

/// Minimum and maximum length of a name. Source: clockify.md:4.3.
pub const NAME: (usize, usize) = (2, 250);
/// Maximum length of a note. Source: clockify.md:4.3.
const NOTE: usize = 16_384;

/// A project of the actor's workspace that the actor may see.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn get(state: &State, actor: &Actor, id: ProjectId) -> Result<Arc<Project>, Refusal> {
    let project = state.projects.get(id).filter(|project| project.workspace == actor.workspace);
    let project = project.ok_or(Refusal::Unknown(Entity::PROJECT))?;
    if !actor.may_see_project(state, project) {
        quirk!("CFY-120");
        quirk!("CFY-153");
        return Err(Refusal::Unknown(Entity::PROJECT));
    }
    Ok(Arc::clone(project))
}

/// A copy of a project that the actor may change.
fn editable(state: &State, actor: &Actor, id: ProjectId) -> Result<Project, Refusal> {
    let project = get(state, actor, id)?;
    quirk!("CFY-121");
    actor.must_edit_project(state, id)?;
    Ok(Project::clone(&project))
}

/// Stores a changed project and publishes the event.
fn store(state: &mut State, now: DateTime<Utc>, actor: &Actor, project: Project) -> Project {
    state.projects.put(project.clone());
    publish(state, now, actor, EventKind::ProjectUpdated, &project);
    project
}

/// Refuses unless the actor may set rates of this kind on a project: administrators may, and its
/// managers if they may see those rates. The plan must include the rate.
///
/// # Errors
/// [`Refusal`].
pub fn must_set_rate(
    state: &State,
    actor: &Actor,
    project: ProjectId,
    kind: RateKind,
    rate: NewRate,
) -> Result<(), Refusal> {
    actor.must_edit_project(state, project)?;
    must_see_rates(state, actor, kind)?;
    actor.must_have_plan(state)?;
    rate.must_be_allowed(state, actor, kind)
}

/// Refuses unless the actor may see rates of this kind.
pub(super) fn must_see_rates(state: &State, actor: &Actor, kind: RateKind) -> Result<(), Refusal> {
    let sight = actor.rate_visibility(state);
    let seen = match kind {
        RateKind::Hourly => sight.hourly,
        RateKind::Cost => sight.cost,
    };
    quirk!("CFY-122");
    if seen { Ok(()) } else { Err(Refusal::AccessDenied) }
}

/// The event of a change to a rate of this kind.
#[must_use]
pub fn rate_event(kind: RateKind) -> EventKind {
    match kind {
        RateKind::Hourly => EventKind::BillableRateUpdated,
        RateKind::Cost => EventKind::CostRateUpdated,
    }
}

/// Validates a project. Unchanged values are not checked again.
fn check(state: &State, project: &Project, before: Option<&Project>) -> Result<(), Refusal> {
    let fresh = |part: fn(&Project) -> &str| before.is_none_or(|old| part(old) != part(project));
    let moved = before.is_none_or(|before| before.client != project.client);
    let renamed = fresh(|project| &project.name);
    if renamed {
        check_name(&project.name)?;
    }
    if fresh(|project| &project.note) {
        texts::check(&project.note, NOTE)?;
    }
    if fresh(|project| &project.color) {
        quirk!("CFY-130");
        let digits = project.color.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Refusal::Invalid(project.color.clone()));
        }
    }
    if let Some(id) = project.client.filter(|_| moved) {
        let client = state.clients.get(id);
        client
            .filter(|client| client.workspace == project.workspace)
            .ok_or(Refusal::Unknown(Entity::CLIENT))?;
    }
    if renamed || moved {
        quirk!("CFY-008");
        quirk!("CFY-131");
        let entry = ProjectBy::Name(project.workspace, Folded::of(&project.name));
        let mut same = state.projects.find(entry);
        if same.any(|other| other.id != project.id && other.client == project.client) {
            return Err(Refusal::ProjectNameTaken);
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let (least, most) = NAME;
    quirk!("CFY-130");
    texts::check_or(name, most, Refusal::ProjectNameLength)?;
    if name.encode_utf16().count() < least { Err(Refusal::ProjectNameLength) } else { Ok(()) }
}

/// Deletes a project with its tasks. Its entries stay, without a project. `must_be_archived` is the
/// current behaviour.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::StillActive`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ProjectId,
    must_be_archived: bool,
) -> Result<(), Refusal> {
    let project = editable(state, actor, id)?;
    if must_be_archived && !project.archived {
        return Err(Refusal::StillActive(Entity::PROJECT));
    }
    quirk!("CFY-133");
    let tracked: Vec<_> = state.entries.of_project(id).map(|entry| entry.id).collect();
    for entry in tracked {
        state.entries.change(entry, |entry| (entry.project, entry.task) = (None, None));
    }
    let tasks: Vec<_> = tasks::of_project(state, id).map(|task| task.id).collect();
    for task in tasks {
        state.tasks.remove(task);
    }
    forget_managers(state, actor, id);
    forget_defaults(state, actor, id);
    state.projects.remove(id);
    publish(state, now, actor, EventKind::ProjectDeleted, &project);
    Ok(())
}

/// Revokes everyone's manager role on a project.
fn forget_managers(state: &mut State, actor: &Actor, id: ProjectId) {
    let grant = Grant::ProjectManager(id);
    let members = state.members.find(MemberBy::Workspace(actor.workspace));
    let managers: Vec<_> =
        members.filter(|member| member.grants.contains(&grant)).map(|member| member.key).collect();
    for manager in managers {
        state.members.change(manager, |member| member.grants.retain(|held| *held != grant));
    }
}

/// Removes a project's values from custom fields.
fn forget_defaults(state: &mut State, actor: &Actor, id: ProjectId) {
    let by_name = |name| FieldBy::Name(actor.workspace, name);
    let fields = state.fields.scan(Folded::all(by_name));
    let fields: Vec<_> = fields
        .filter(|field| field.projects.iter().any(|own| own.project == id))
        .map(|field| field.id)
        .collect();
    for field in fields {
        state.fields.change(field, |field| field.projects.retain(|own| own.project != id));
    }
}
