//! Tasks: listing, making, changing and deleting them, and their rates.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::events::tell;
use super::permissions::Actor;
use super::projects;
use super::rates::NewRate;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::tasks::{Task, TaskBy, TaskStatus};
use crate::vendors::clockify::model::{GroupId, ProjectId, State, TaskId, UserId};

/// Most letters of a name. Source: clockify.md:4.5.
const NAME: usize = 1000;

/// The order of a list of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By id.
    Id,
    /// By name.
    #[default]
    Name,
}

/// Which tasks are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this state; in both when absent.
    pub status: Option<TaskStatus>,
    /// By name.
    pub name: Option<NameFilter>,
    /// In which order.
    pub sort: Sort,
    /// The other way round.
    pub descending: bool,
}

/// The wanted tasks of a project that the actor sees.
///
/// # Errors
/// [`Refusal::Foreign`].
pub fn list<'a>(
    state: &'a State,
    actor: &Actor,
    project: ProjectId,
    wanted: &Wanted,
) -> Result<Vec<&'a Arc<Task>>, Refusal> {
    let project = project_of(state, actor, project)?.id;
    let by_name = |name| TaskBy::Name(project, name);
    let range = wanted.name.as_ref().map_or_else(|| Folded::all(by_name), |n| n.range(by_name));
    let mut tasks: Vec<_> = state
        .tasks
        .scan(range)
        .filter(|task| wanted.status.is_none_or(|status| task.status == status))
        .filter(|task| wanted.name.as_ref().is_none_or(|name| name.fits(&task.name)))
        .collect();
    if wanted.sort == Sort::Id {
        tasks.sort_by_key(|task| task.id);
    }
    if wanted.descending {
        tasks.reverse();
    }
    Ok(tasks)
}

/// All tasks of a project, by name.
pub fn of_project(
    state: &State,
    project: ProjectId,
) -> impl DoubleEndedIterator<Item = &Arc<Task>> {
    state.tasks.scan(Folded::all(|name| TaskBy::Name(project, name)))
}

/// A task of a project that the actor sees.
///
/// # Errors
/// [`Refusal::Foreign`].
pub fn get(
    state: &State,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
) -> Result<Arc<Task>, Refusal> {
    let project = project_of(state, actor, project)?.id;
    let task = state.tasks.get(id).filter(|task| task.project == project);
    task.cloned().ok_or(Refusal::Foreign(Entity::Task))
}

fn project_of(state: &State, actor: &Actor, id: ProjectId) -> Result<Arc<Project>, Refusal> {
    projects::get(state, actor, id)
}

/// A task to make, or what one becomes. What is absent stays as it is or begins empty.
#[derive(Debug, Clone, Default)]
pub struct TaskChange {
    /// Its name.
    pub name: String,
    /// Who is to do it.
    pub assignees: Option<Vec<UserId>>,
    /// Groups that are to do it.
    pub groups: Option<Vec<GroupId>>,
    /// How long it is meant to take, in seconds.
    pub estimate: Option<i64>,
    /// How much it is meant to cost.
    pub budget: Option<Minor>,
    /// Whether it is done.
    pub status: Option<TaskStatus>,
    /// Whether time on it is billed; without effect when a task is made.
    pub billable: Option<bool>,
    /// What an hour is billed at, when a task is made.
    pub hourly: Option<NewRate>,
    /// What an hour costs, when a task is made.
    pub cost: Option<NewRate>,
}

/// Makes a task. It is billable when its project is.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    project: ProjectId,
    new: TaskChange,
) -> Result<Task, Refusal> {
    let project = project_of(state, actor, project)?;
    actor.must_create_tasks(state, project.id)?;
    add(state, ids, now, actor, &project, new)
}

/// Makes a task of a project, whoever asks.
pub(super) fn add(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    project: &Project,
    new: TaskChange,
) -> Result<Task, Refusal> {
    let id = TaskId(ids.hex24("clockify/tasks", now));
    let mut task = Task::new(id, project.workspace, project.id, String::new());
    for (kind, rate) in [(RateKind::Hourly, new.hourly), (RateKind::Cost, new.cost)] {
        let Some(rate) = rate else { continue };
        projects::must_see_rates(state, actor, kind)?;
        rate.must_be_allowed(state, actor, kind)?;
        actor.must_have(state, Feature::TaskRates)?;
        quirk!("CFY-124");
        task.rates.of_mut(kind).set(rate.amount, rate.since);
    }
    apply(&mut task, new);
    quirk!("CFY-111");
    task.billable = project.billable;
    check(state, &task)?;
    state.tasks.put(task.clone());
    tell(state, now, actor, EventKind::NewTask, &task);
    Ok(task)
}

/// Changes a task.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
    change: TaskChange,
) -> Result<Task, Refusal> {
    let mut task = Task::clone(&*get(state, actor, project, id)?);
    actor.must_create_tasks(state, project)?;
    quirk!("CFY-112");
    apply(&mut task, change);
    check(state, &task)?;
    state.tasks.put(task.clone());
    tell(state, now, actor, EventKind::TaskUpdated, &task);
    Ok(task)
}

fn apply(task: &mut Task, change: TaskChange) {
    let TaskChange { name, assignees, groups, estimate, budget, status, billable, .. } = change;
    name.trim().clone_into(&mut task.name);
    task.assignees = assignees.unwrap_or(std::mem::take(&mut task.assignees));
    task.groups = groups.unwrap_or(std::mem::take(&mut task.groups));
    task.estimate = estimate.unwrap_or(task.estimate);
    task.budget = budget.or(task.budget);
    task.status = status.unwrap_or(task.status);
    task.billable = billable.unwrap_or(task.billable);
    once(&mut task.assignees);
    once(&mut task.groups);
}

/// Leaves the first of each.
fn once<T: Copy + Ord>(rows: &mut Vec<T>) {
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| seen.insert(*row));
}

/// Whether a task may be as it is.
fn check(state: &State, task: &Task) -> Result<(), Refusal> {
    if task.name.is_empty() {
        return Err(Refusal::TaskNameLength);
    }
    texts::check_or(&task.name, NAME, Refusal::TaskNameLength)?;
    let workspace = task.workspace;
    let is_member = |user| state.members.get(MemberKey { workspace, user }).is_some();
    if !task.assignees.iter().all(|user| is_member(*user)) {
        return Err(Refusal::Foreign(Entity::User));
    }
    let group = |id: &GroupId| state.groups.get(*id).filter(|group| group.workspace == workspace);
    if !task.groups.iter().all(|id| group(id).is_some()) {
        return Err(Refusal::Foreign(Entity::UserGroup));
    }
    quirk!("CFY-008");
    let mut same = state.tasks.find(TaskBy::Name(task.project, Folded::of(&task.name)));
    if same.any(|other| other.id != task.id) {
        return Err(Refusal::NameTaken(Entity::Task, task.name.clone()));
    }
    Ok(())
}

/// Deletes a task; time on it stays on its project. `must_be_done` is how it is today.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Foreign`] and [`Refusal::StillActive`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
    must_be_done: bool,
) -> Result<(), Refusal> {
    let task = get(state, actor, project, id)?;
    actor.must_create_tasks(state, project)?;
    if must_be_done && task.status != TaskStatus::Done {
        return Err(Refusal::StillActive(Entity::Task));
    }
    quirk!("CFY-113");
    let tracked: Vec<_> = state.entries.of_task(id).map(|entry| entry.id).collect();
    for entry in tracked {
        state.entries.change(entry, |entry| entry.task = None);
    }
    state.tasks.remove(id);
    tell(state, now, actor, EventKind::TaskDeleted, &*task);
    Ok(())
}

/// Sets a rate of a task.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Foreign`].
pub fn set_rate(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    (project, id): (ProjectId, TaskId),
    kind: RateKind,
    rate: NewRate,
) -> Result<Task, Refusal> {
    let mut task = Task::clone(&*get(state, actor, project, id)?);
    projects::must_set_rate(state, actor, project, kind, rate)?;
    actor.must_have(state, Feature::TaskRates)?;
    rate.set(task.rates.of_mut(kind), now);
    state.tasks.put(task.clone());
    tell(state, now, actor, projects::rate_event(kind), &task);
    Ok(task)
}
