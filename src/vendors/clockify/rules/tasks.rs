//! Tasks: list, create, update and delete, and their rates.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::events::publish;
use super::permissions::Actor;
use super::projects;
use super::rates::NewRate;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::events::{EventKind, RatePlace};
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::tasks::{Task, TaskBy, TaskStatus};
use crate::vendors::clockify::model::{GroupId, ProjectId, State, TaskId, UserId};

/// Maximum length of a name. Source: clockify.md:4.5.
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

/// Filters of a list of tasks.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// By status. Absent: both.
    pub status: Option<TaskStatus>,
    /// By name.
    pub name: Option<NameFilter>,
    /// The order.
    pub sort: Sort,
    /// True for descending order.
    pub descending: bool,
}

/// The tasks of a visible project that match the filter.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn list<'a>(
    state: &'a State,
    actor: &Actor,
    project: ProjectId,
    filter: &TaskFilter,
) -> Result<Vec<&'a Arc<Task>>, Refusal> {
    let project = project_of(state, actor, project)?.id;
    let by_name = |name| TaskBy::Name(project, name);
    let range = filter.name.as_ref().map_or_else(|| Folded::all(by_name), |n| n.range(by_name));
    let mut tasks: Vec<_> = state
        .tasks
        .scan(range)
        .filter(|task| filter.status.is_none_or(|status| task.status == status))
        .filter(|task| filter.name.as_ref().is_none_or(|name| name.fits(&task.name)))
        .collect();
    quirk!("CFY-141");
    if filter.sort == Sort::Id {
        tasks.sort_by_key(|task| task.id);
    }
    if filter.descending {
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

/// A task of a project that the actor may see.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn get(
    state: &State,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
) -> Result<Arc<Task>, Refusal> {
    let project = project_of(state, actor, project)?.id;
    let task = state.tasks.get(id).filter(|task| task.project == project);
    task.cloned().ok_or(Refusal::Unknown(Entity::TASK))
}

fn project_of(state: &State, actor: &Actor, id: ProjectId) -> Result<Arc<Project>, Refusal> {
    projects::get(state, actor, id)
}

/// A task to create, or a change of one. Absent values stay; in new tasks they are empty.
#[derive(Debug, Clone, Default)]
pub struct TaskChange {
    /// Its name.
    pub name: String,
    /// Assigned people.
    pub assignees: Option<Vec<UserId>>,
    /// Assigned groups.
    pub groups: Option<Vec<GroupId>>,
    /// Estimated time in seconds.
    pub estimate: Option<i64>,
    /// Its budget.
    pub budget: Option<Minor>,
    /// Active or done.
    pub status: Option<TaskStatus>,
    /// True if time on it is billable; ignored when a task is created.
    pub billable: Option<bool>,
    /// Hourly rate of a new task.
    pub hourly: Option<NewRate>,
    /// Cost rate of a new task.
    pub cost: Option<NewRate>,
}

/// Creates a task. It is billable if its project is.
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

/// Creates a task without checking the actor's permissions.
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
        task.rates.of_mut(kind).set(rate.amount, rate.since);
    }
    apply(&mut task, new);
    quirk!("CFY-111");
    task.billable = project.billable;
    check(state, &task)?;
    state.tasks.put(task.clone());
    publish(state, now, actor, EventKind::NewTask, &task);
    Ok(task)
}

/// Refuses unless the actor may assign and delete tasks: in the current revision only administrators and
/// the project's managers may, and before it whoever may create tasks.
fn must_manage(
    state: &State,
    actor: &Actor,
    project: ProjectId,
    managers_only: bool,
) -> Result<(), Refusal> {
    quirk!("CFY-504");
    if managers_only {
        actor.must_edit_project(state, project)
    } else {
        actor.must_edit_tasks(state, project)
    }
}

/// Updates a task. `managers_only` is the current behaviour: others do not change who it is assigned to.
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
    managers_only: bool,
) -> Result<Task, Refusal> {
    let old = get(state, actor, project, id)?;
    actor.must_edit_tasks(state, project)?;
    quirk!("CFY-112");
    let mut task = Task::clone(&old);
    apply(&mut task, change);
    if (&task.assignees, &task.groups) != (&old.assignees, &old.groups) {
        must_manage(state, actor, project, managers_only)?;
    }
    check(state, &task)?;
    state.tasks.put(task.clone());
    publish(state, now, actor, EventKind::TaskUpdated, &task);
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
    dedup(&mut task.assignees);
    dedup(&mut task.groups);
}

/// Removes duplicates. The first of each stays.
fn dedup<T: Copy + Ord>(rows: &mut Vec<T>) {
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| seen.insert(*row));
}

/// Validates a task.
fn check(state: &State, task: &Task) -> Result<(), Refusal> {
    if task.name.is_empty() {
        return Err(Refusal::TaskNameLength);
    }
    texts::check_or(&task.name, NAME, Refusal::TaskNameLength)?;
    let workspace = task.workspace;
    let is_member = |user| state.members.get(MemberKey { workspace, user }).is_some();
    if !task.assignees.iter().all(|user| is_member(*user)) {
        return Err(Refusal::Unknown(Entity::USER));
    }
    let group = |id: &GroupId| state.groups.get(*id).filter(|group| group.workspace == workspace);
    if !task.groups.iter().all(|id| group(id).is_some()) {
        return Err(Refusal::Unknown(Entity::USER_GROUP));
    }
    quirk!("CFY-008");
    let mut same = state.tasks.find(TaskBy::Name(task.project, Folded::of(&task.name)));
    if same.any(|other| other.id != task.id) {
        return Err(Refusal::NameTaken(Entity::TASK, task.name.clone()));
    }
    Ok(())
}

/// Deletes a task. Its entries stay on the project. In the `current` revision it must be done, and only
/// administrators and the project's managers delete it.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::StillActive`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
    current: bool,
) -> Result<(), Refusal> {
    let task = get(state, actor, project, id)?;
    must_manage(state, actor, project, current)?;
    if current && task.status != TaskStatus::Done {
        return Err(Refusal::StillActive(Entity::TASK));
    }
    quirk!("CFY-113");
    let tracked: Vec<_> = state.entries.of_task(id).map(|entry| entry.id).collect();
    for entry in tracked {
        state.entries.change(entry, |entry| entry.task = None);
    }
    state.tasks.remove(id);
    publish(state, now, actor, EventKind::TaskDeleted, &*task);
    Ok(())
}

/// Sets a rate of a task.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
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
    rate.set(task.rates.of_mut(kind), &mut state.rate_changes);
    state.tasks.put(task.clone());
    let change = rate.event(RatePlace::Task(project, id));
    publish(state, now, actor, projects::rate_event(kind), change);
    Ok(task)
}
