//! Time entries: find, create, update and delete. Each person has at most one running timer.

mod change;
mod content;
mod create;
mod list;
mod timers;
mod values;

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::locks::{is_locked, locked_before};
use super::permissions::Actor;
use super::refusal::{Entity, Refusal};
use crate::quirk;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::fields::FieldValue;
use crate::vendors::clockify::model::members::{MemberKey, MembershipStatus};
use crate::vendors::clockify::model::settings::{TimeTrackingMode, WorkspaceSettings};
use crate::vendors::clockify::model::{EntryId, ProjectId, State, TagId, TaskId, UserId};

pub use change::{delete, delete_many, mark_invoiced, update, update_many};
pub use create::{CreateOptions, create, duplicate};
pub use list::{Filter, in_progress, list, running};
pub use timers::{end, halt, stop};

/// Maximum length of a description. Source: clockify.md:1.7.
pub const DESCRIPTION: usize = 3000;

/// The most hours of an entry. Source: facts.md:N-04.
pub const LONGEST: i64 = 999;

/// An entry to create, or a change of one. A value that was not sent is absent; an explicit
/// null is `Some(None)`.
#[derive(Debug, Clone, Default)]
pub struct EntryDraft {
    /// Its start.
    pub start: Option<DateTime<Utc>>,
    /// Its end.
    pub end: Option<DateTime<Utc>>,
    /// The description.
    pub description: Option<String>,
    /// The project.
    pub project: Option<Option<ProjectId>>,
    /// The task.
    pub task: Option<Option<TaskId>>,
    /// Tags.
    pub tags: Option<Vec<TagId>>,
    /// True if it is billable.
    pub billable: Option<bool>,
    /// Values of custom fields.
    pub fields: Option<Vec<FieldValue>>,
    /// Its type. An update keeps that of the entry.
    pub kind: Option<EntryType>,
}

/// An entry that the actor may see.
///
/// # Errors
/// [`Refusal::Unknown`] and [`Refusal::AccessDenied`].
pub fn get(state: &State, actor: &Actor, id: EntryId) -> Result<Arc<TimeEntry>, Refusal> {
    let entry = find(state, actor, id)?;
    if actor.may_see_entry(state, &entry) { Ok(entry) } else { Err(Refusal::AccessDenied) }
}

/// An entry of the actor's workspace.
fn find(state: &State, actor: &Actor, id: EntryId) -> Result<Arc<TimeEntry>, Refusal> {
    let entry = state.entries.get(id).filter(|entry| entry.workspace == actor.workspace);
    entry.cloned().ok_or(Refusal::Unknown(Entity::TIME_ENTRY))
}

/// An entry that the actor may currently change.
fn editable(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: EntryId,
) -> Result<Arc<TimeEntry>, Refusal> {
    let entry = find(state, actor, id)?;
    actor.must_edit_entries_of(state, entry.user)?;
    if !actor.is_admin() && is_locked(&entry, lock(state, actor, now)) {
        quirk!("CFY-230");
        return Err(Refusal::Locked);
    }
    Ok(entry)
}

/// Refuses if the person is not a member of the workspace, or not active with `active`.
fn must_be_member(state: &State, actor: &Actor, user: UserId, active: bool) -> Result<(), Refusal> {
    let member = state.members.get(MemberKey { workspace: actor.workspace, user });
    let fits = |status| !active || status == MembershipStatus::Active;
    if member.is_some_and(|member| fits(member.status)) {
        Ok(())
    } else {
        Err(Refusal::Unknown(Entity::USER))
    }
}

fn settings<'a>(state: &'a State, actor: &Actor) -> Option<&'a WorkspaceSettings> {
    actor.workspace(state).map(|home| &home.settings)
}

fn lock(state: &State, actor: &Actor, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    actor.workspace(state).and_then(|home| locked_before(state, home, now))
}

/// Refuses a start in locked time.
fn must_be_open(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    start: DateTime<Utc>,
) -> Result<(), Refusal> {
    let before = lock(state, actor, now);
    if !actor.is_admin() && before.is_some_and(|before| start < before) {
        quirk!("CFY-230");
        return Err(Refusal::Locked);
    }
    Ok(())
}

/// Refuses to stop a timer that began in locked time. Source: facts.md:N-54.
fn must_be_stoppable(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    timer: &TimeEntry,
) -> Result<(), Refusal> {
    let before = lock(state, actor, now);
    quirk!("CFY-518");
    if !actor.is_admin() && before.is_some_and(|before| timer.start < before) {
        return Err(Refusal::Locked);
    }
    Ok(())
}

/// True if the workspace allows timers only.
fn only_timers(state: &State, actor: &Actor) -> bool {
    settings(state, actor)
        .is_some_and(|settings| settings.time_tracking_mode == TimeTrackingMode::StopwatchOnly)
}

/// Truncates to whole seconds.
fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}
