//! Project templates. Source: 001:656-718, clockify.md:4.3.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{editable, edits, get, store};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::fields::{FieldBy, ProjectDefault};
use crate::vendors::clockify::model::members::{Grant, MemberBy};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::tasks::{Task, TaskStatus};
use crate::vendors::clockify::model::{ClientId, ProjectId, State, TaskId};
use crate::vendors::clockify::rules::events::publish;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::Refusal;
use crate::vendors::clockify::rules::tasks;

/// Sets whether the project is a template.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn set_template(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ProjectId,
    template: bool,
) -> Result<Project, Refusal> {
    let mut project = editable(state, actor, id)?;
    actor.must_have_plan(state)?;
    project.template = template;
    Ok(store(state, now, actor, project))
}

/// A project to create from a template. Absent values are taken from the template.
#[derive(Debug, Clone)]
pub struct FromTemplate {
    /// The template.
    pub template: ProjectId,
    /// The name.
    pub name: String,
    /// The client. `Some(None)`: none.
    pub client: Option<Option<ClientId>>,
    /// The colour.
    pub color: Option<String>,
    /// True if it is public.
    pub public: Option<bool>,
}

/// Creates a project from a template: copies members with their roles, rates, estimates, note, tasks and
/// the template's own custom field values, but no time entries.
///
/// # Errors
/// [`Refusal`].
pub fn create_from_template(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    new: FromTemplate,
) -> Result<Project, Refusal> {
    actor.must_create_projects_and_clients(state)?;
    actor.must_have_plan(state)?;
    let source = get(state, actor, new.template)?;
    quirk!("CFY-154");
    quirk!("CFY-153");
    if !source.template {
        return Err(Refusal::Invalid(source.id.to_string()));
    }
    let id = ProjectId(ids.hex24("clockify/projects", now));
    let project = Project {
        id,
        name: new.name.trim().to_owned(),
        client: new.client.unwrap_or(source.client),
        color: new.color.unwrap_or_else(|| source.color.clone()),
        public: new.public.unwrap_or(source.public),
        archived: false,
        template: false,
        key: None,
        ..Project::clone(&source)
    };
    let project = edits::insert(state, now, actor, project, ids, Vec::new())?;
    copy_managers(state, actor, &source, &project);
    copy_tasks(state, ids, now, actor, &source, &project);
    copy_defaults(state, &source, &project);
    Ok(project)
}

/// Makes the template's managers those of the project.
fn copy_managers(state: &mut State, actor: &Actor, source: &Project, project: &Project) {
    let [old, new] = [source, project].map(|of| Grant::ProjectManager(of.id));
    let members = state.members.find(MemberBy::Workspace(actor.workspace));
    let managers =
        members.filter(|member| member.grants.contains(&old) && !member.grants.contains(&new));
    for key in managers.map(|member| member.key).collect::<Vec<_>>() {
        state.members.change(key, |member| member.grants.push(new));
    }
}

fn copy_tasks(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    source: &Project,
    project: &Project,
) {
    let tasks: Vec<Arc<Task>> = tasks::of_project(state, source.id).cloned().collect();
    for task in tasks {
        let copy = Task {
            id: TaskId(ids.hex24("clockify/tasks", now)),
            project: project.id,
            status: TaskStatus::Active,
            key: None,
            ..Task::clone(&task)
        };
        state.tasks.put(copy.clone());
        publish(state, now, actor, EventKind::NewTask, &copy);
    }
}

fn copy_defaults(state: &mut State, source: &Project, project: &Project) {
    let by_name = |name| FieldBy::Name(project.workspace, name);
    let copies: Vec<_> = state
        .fields
        .scan(Folded::all(by_name))
        .filter_map(|field| {
            let own = field.projects.iter().find(|own| own.project == source.id)?;
            Some((field.id, ProjectDefault { project: project.id, ..own.clone() }))
        })
        .collect();
    for (field, default) in copies {
        state.fields.change(field, |field| field.projects.push(default));
    }
}
