//! Creating and updating projects.

use chrono::{DateTime, Utc};

use super::{NewMember, check, editable, estimates, members, must_see_rates, store};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::members::{Grant, MemberKey};
use crate::vendors::clockify::model::projects::{
    EstimateType, Principal, Project, ProjectMembership,
};
use crate::vendors::clockify::model::rates::{RateHistory, RateKind};
use crate::vendors::clockify::model::{ClientId, ProjectId, State};
use crate::vendors::clockify::rules::events::publish;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::rates::NewRate;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};
use crate::vendors::clockify::rules::tasks::{self, TaskChange};

/// A change of the estimate that is sent with a project. Absent values stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EstimateChange {
    /// Seconds.
    pub seconds: Option<i64>,
    /// Manual, or the sum of the tasks.
    pub kind: Option<EstimateType>,
}

/// A change of a project. Absent values stay unless a field says otherwise.
#[derive(Debug, Clone, Default)]
pub struct ProjectChange {
    /// Its name.
    pub name: Option<String>,
    /// Its client. `Some(None)`: none.
    pub client: Option<Option<ClientId>>,
    /// Its colour.
    pub color: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// True if it is billable.
    pub billable: Option<bool>,
    /// True if it is public.
    pub public: Option<bool>,
    /// True if it is archived.
    pub archived: Option<bool>,
    /// Its estimated time.
    pub estimate: Option<EstimateChange>,
    /// Hourly rate.
    pub hourly: Option<NewRate>,
    /// Cost rate.
    pub cost: Option<NewRate>,
}

/// A project to create.
#[derive(Debug, Clone, Default)]
pub struct NewProject {
    /// Its values; `archived` is ignored. Absent `billable` and `public` follow the workspace's
    /// settings.
    pub change: ProjectChange,
    /// Its members besides the creator.
    pub members: Vec<NewMember>,
    /// Its tasks.
    pub tasks: Vec<TaskChange>,
}

/// Creates a project. The creator becomes a member and its manager.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    new: NewProject,
) -> Result<Project, Refusal> {
    actor.must_create_projects_and_clients(state)?;
    let NewProject { change, members, tasks } = new;
    if change.name.is_none() {
        return Err(Refusal::NameRequired(Entity::PROJECT));
    }
    let id = ProjectId(ids.hex24("clockify/projects", now));
    let mut project = Project::new(id, actor.workspace, String::new());
    if let Some(workspace) = actor.workspace(state) {
        quirk!("CFY-134");
        project.billable = workspace.settings.default_billable_projects;
        project.public = workspace.settings.is_project_public_by_default;
    }
    let rates = [(RateKind::Hourly, change.hourly), (RateKind::Cost, change.cost)];
    let change = ProjectChange { archived: None, hourly: None, cost: None, ..change };
    apply(state, now, actor, &mut project, change)?;
    for (kind, rate) in rates {
        set_first_rate(state, actor, &mut project, kind, rate)?;
    }
    members::add(state, actor, &mut project, members)?;
    insert(state, now, actor, project, ids, tasks)
}

/// Stores a new project with its tasks, and adds the creator as a member.
pub(super) fn insert(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    mut project: Project,
    ids: &mut Ids,
    tasks: Vec<TaskChange>,
) -> Result<Project, Refusal> {
    quirk!("CFY-135");
    if project.membership(actor.user).is_none() {
        project.memberships.insert(0, ProjectMembership::new(Principal::User(actor.user)));
    }
    check(state, &project, None)?;
    let key = MemberKey { workspace: actor.workspace, user: actor.user };
    let grant = Grant::ProjectManager(project.id);
    state.members.change(key, |member| member.grants.push(grant));
    state.projects.put(project.clone());
    publish(state, now, actor, EventKind::NewProject, &project);
    for task in tasks {
        tasks::add(state, ids, now, actor, &project, task)?;
    }
    Ok(project)
}

/// Updates a project. Absent `billable` and `public` become `false`; other absent values stay.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ProjectId,
    change: ProjectChange,
) -> Result<Project, Refusal> {
    let mut project = editable(state, actor, id)?;
    let before = project.clone();
    quirk!("CFY-132");
    let change = ProjectChange {
        billable: Some(change.billable.unwrap_or(false)),
        public: Some(change.public.unwrap_or(false)),
        ..change
    };
    apply(state, now, actor, &mut project, change)?;
    check(state, &project, Some(&before))?;
    Ok(store(state, now, actor, project))
}

fn apply(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    project: &mut Project,
    change: ProjectChange,
) -> Result<(), Refusal> {
    let ProjectChange {
        name,
        client,
        color,
        note,
        billable,
        public,
        archived,
        estimate,
        hourly,
        cost,
    } = change;
    if let Some(name) = name {
        name.trim().clone_into(&mut project.name);
    }
    project.client = client.unwrap_or(project.client);
    project.color = color.unwrap_or(std::mem::take(&mut project.color));
    project.note = note.unwrap_or(std::mem::take(&mut project.note));
    project.billable = billable.unwrap_or(project.billable);
    project.public = public.unwrap_or(project.public);
    project.archived = archived.unwrap_or(project.archived);
    if let Some(estimate) = estimate {
        estimates::apply(project, estimate);
    }
    for (kind, rate) in [(RateKind::Hourly, hourly), (RateKind::Cost, cost)] {
        let Some(rate) = rate else { continue };
        let history = project.rates.of_mut(kind);
        if is_none_again(rate, history, now) {
            continue;
        }
        must_see_rates(state, actor, kind)?;
        rate.must_be_allowed(state, actor, kind)?;
        rate.set(history, &mut state.rate_changes);
    }
    Ok(())
}

/// True if a project without a rate is sent a 0. It is shown with 0, so it stays without a rate.
fn is_none_again(rate: NewRate, history: &RateHistory, now: DateTime<Utc>) -> bool {
    quirk!("CFY-123");
    rate.amount == 0 && rate.since.is_none() && history.at(now).is_none()
}

/// Sets a new project's first rate. It applies to earlier time too.
fn set_first_rate(
    state: &State,
    actor: &Actor,
    project: &mut Project,
    kind: RateKind,
    rate: Option<NewRate>,
) -> Result<(), Refusal> {
    let Some(rate) = rate.filter(|rate| rate.amount != 0 || rate.since.is_some()) else {
        return Ok(());
    };
    must_see_rates(state, actor, kind)?;
    rate.must_be_allowed(state, actor, kind)?;
    project.rates.of_mut(kind).set(rate.amount, rate.since);
    Ok(())
}
