//! Timers: each person runs at most one per workspace.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::content::{must_be_complete, must_be_of_possible_length, stored_end};
use super::{find, must_be_member, must_be_stoppable, whole_seconds};
use crate::quirk;
use crate::vendors::clockify::model::entries::{EntryBy, TimeEntry};
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::{EntryId, State, UserId};
use crate::vendors::clockify::rules::events::publish;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::Refusal;

/// Stops the running timer of a person. Source: 001:1607-1641.
///
/// # Errors
/// [`Refusal`].
pub fn stop(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<TimeEntry, Refusal> {
    must_be_member(state, actor, user, false)?;
    actor.must_edit_entries_of(state, user)?;
    let timer = state.entries.running(actor.workspace, user);
    let timer = Arc::clone(timer.ok_or(Refusal::NoTimer(actor.workspace, user))?);
    finish(state, now, actor, &timer, at)
}

/// Stops the timer with this id. Source: 001:1536.
///
/// # Errors
/// As [`stop`], and [`Refusal::Unknown`].
pub fn end(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: EntryId,
    at: DateTime<Utc>,
) -> Result<TimeEntry, Refusal> {
    let timer = find(state, actor, id)?;
    actor.must_edit_entries_of(state, timer.user)?;
    if !timer.is_running() {
        return Err(Refusal::NoTimer(timer.workspace, timer.user));
    }
    finish(state, now, actor, &timer, at)
}

fn finish(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    timer: &TimeEntry,
    at: DateTime<Utc>,
) -> Result<TimeEntry, Refusal> {
    must_be_stoppable(state, now, actor, timer)?;
    must_be_of_possible_length(timer.start, Some(at))?;
    let end = Some(stored_end(state, actor, at));
    let entry = TimeEntry { end, ..timer.clone() };
    must_be_complete(state, actor, &entry)?;
    state.entries.put(entry.clone());
    publish(state, now, actor, EventKind::TimerStopped, &entry);
    Ok(entry)
}

/// Stops the person's other timer at the start of the new one. Source: clockify.md:4.6.
///
/// # Errors
/// [`Refusal::Locked`].
pub(super) fn stop_running(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    timer: &TimeEntry,
) -> Result<(), Refusal> {
    let running = EntryBy::Running(timer.workspace, timer.user);
    let others = state.entries.rows().find(running).filter(|other| other.id != timer.id);
    let others: Vec<Arc<TimeEntry>> = others.cloned().collect();
    for other in others {
        quirk!("CFY-212");
        must_be_stoppable(state, now, actor, &other)?;
        let end = stored_end(state, actor, timer.start).max(other.start);
        let stopped = TimeEntry { end: Some(end), ..TimeEntry::clone(&other) };
        state.entries.put(stopped.clone());
        publish(state, now, actor, EventKind::TimerStopped, &stopped);
    }
    Ok(())
}

/// Stops the timer of a person who leaves, whatever the workspace asks of an entry. Source:
/// facts.md:N-53.
pub fn halt(state: &mut State, now: DateTime<Utc>, actor: &Actor, user: UserId) {
    let Some(timer) = state.entries.running(actor.workspace, user).cloned() else { return };
    quirk!("CFY-519");
    let end = stored_end(state, actor, whole_seconds(now).max(timer.start));
    let stopped = TimeEntry { end: Some(end), ..TimeEntry::clone(&timer) };
    state.entries.put(stopped.clone());
    publish(state, now, actor, EventKind::TimerStopped, &stopped);
}
