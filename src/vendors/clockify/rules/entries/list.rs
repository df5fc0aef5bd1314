//! Lists of entries, newest first, through the indices.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::must_be_member;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::{ProjectId, State, TagId, TaskId, UserId};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::Refusal;

/// Filters of a list of a person's entries. Absent ones match all. Source: 001:1413-1452.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// By part of the description.
    pub description: Option<NameFilter>,
    /// Start at or after this.
    pub from: Option<DateTime<Utc>>,
    /// Start before this.
    pub to: Option<DateTime<Utc>>,
    /// By project.
    pub project: Option<ProjectId>,
    /// By task.
    pub task: Option<TaskId>,
    /// By tags: at least one of these.
    pub tags: Option<Vec<TagId>>,
    /// Only entries with a project.
    pub with_project: bool,
    /// Only entries with a task.
    pub with_task: bool,
    /// Only entries with a project or a task.
    pub placed: bool,
}

impl Filter {
    fn fits(&self, entry: &TimeEntry) -> bool {
        let Self { description, from: _, to: _, project, task, tags, .. } = self;
        project.is_none_or(|project| entry.project == Some(project))
            && task.is_none_or(|task| entry.task == Some(task))
            && tags.as_ref().is_none_or(|tags| entry.tags.iter().any(|tag| tags.contains(tag)))
            && (!self.with_project || entry.project.is_some())
            && (!self.with_task || entry.task.is_some())
            && (!self.placed || entry.project.is_some() || entry.task.is_some())
            && description.as_ref().is_none_or(|part| part.fits(&entry.description))
    }
}

/// Refuses unless the person is a member and the actor may list their entries.
fn must_list(state: &State, actor: &Actor, user: UserId) -> Result<(), Refusal> {
    must_be_member(state, actor, user, false)?;
    if actor.may_list_entries_of(state, user) { Ok(()) } else { Err(Refusal::AccessDenied) }
}

/// The entries of a person that match the filter, newest first.
///
/// # Errors
/// [`Refusal::Unknown`] and [`Refusal::AccessDenied`].
pub fn list<'a>(
    state: &'a State,
    actor: &Actor,
    user: UserId,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = &'a Arc<TimeEntry>>, Refusal> {
    must_list(state, actor, user)?;
    let rows = state.entries.of_user(actor.workspace, user, filter.from, filter.to);
    Ok(rows.filter(|entry| filter.fits(entry)))
}

/// The running timer of a person, if any.
///
/// # Errors
/// As [`list`].
pub fn running<'a>(
    state: &'a State,
    actor: &Actor,
    user: UserId,
) -> Result<Option<&'a Arc<TimeEntry>>, Refusal> {
    must_list(state, actor, user)?;
    Ok(state.entries.running(actor.workspace, user))
}

/// All running timers in the workspace that the actor may see, in order of user id.
pub fn in_progress<'a>(
    state: &'a State,
    actor: &Actor,
) -> impl Iterator<Item = &'a Arc<TimeEntry>> {
    let actor = *actor;
    let timers = state.entries.all_running(actor.workspace);
    timers.filter(move |timer| actor.may_see_entry(state, timer))
}
