//! Changing and deleting one or several entries.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::content::{apply, must_be_complete, must_be_of_possible_length, stored_end};
use super::timers::stop_running;
use super::{
    EntryDraft, editable, find, must_be_member, must_be_open, must_be_stoppable, only_timers,
};
use crate::quirk;
use crate::vendors::clockify::model::entries::{DeletedEntry, TimeEntry};
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::{EntryId, State, UserId};
use crate::vendors::clockify::rules::events::publish;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};

/// Replaces an entry. Without an end it becomes, or stays, a running timer. Source: 001:1309,
/// clockify.md:4.6.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: EntryId,
    draft: EntryDraft,
) -> Result<TimeEntry, Refusal> {
    let start = draft.start.ok_or(Refusal::NotNull);
    let old = editable(state, now, actor, id)?;
    replace(state, now, actor, &old, start?, draft)
}

/// Replaces several entries of a person: all or none. An absent start stays. Returns the entries in
/// their final state, since a later one may have stopped a timer among them.
///
/// # Errors
/// As [`update`], and [`Refusal::Unknown`].
pub fn update_many(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    all: Vec<(EntryId, EntryDraft)>,
) -> Result<Vec<Arc<TimeEntry>>, Refusal> {
    must_be_member(state, actor, user, false)?;
    quirk!("CFY-240");
    quirk!("CFY-241");
    actor.must_have_plan(state)?;
    let mut changed = Vec::with_capacity(all.len());
    for (id, draft) in all {
        let old = of_person(state, now, actor, user, id)?;
        let start = draft.start.unwrap_or(old.start);
        replace(state, now, actor, &old, start, draft)?;
        changed.push(id);
    }
    Ok(changed.into_iter().filter_map(|id| state.entries.get(id).cloned()).collect())
}

/// An entry of this person that the actor may currently change.
fn of_person(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    id: EntryId,
) -> Result<Arc<TimeEntry>, Refusal> {
    let entry = editable(state, now, actor, id)?;
    if entry.user == user { Ok(entry) } else { Err(Refusal::Unknown(Entity::TIME_ENTRY)) }
}

fn replace(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    old: &TimeEntry,
    start: DateTime<Utc>,
    draft: EntryDraft,
) -> Result<TimeEntry, Refusal> {
    must_be_of_possible_length(start, draft.end)?;
    let end = draft.end.map(|end| stored_end(state, actor, end));
    if old.is_running() && end.is_some() {
        must_be_stoppable(state, now, actor, old)?;
    }
    let retimed = start != old.start || !old.is_running() && end != old.end;
    if retimed && !actor.is_admin() && only_timers(state, actor) {
        quirk!("CFY-218");
        return Err(Refusal::ManualDisabled);
    }
    let mut entry = TimeEntry { start, end, ..old.clone() };
    let kind = entry.kind;
    apply(state, actor, &mut entry, draft)?;
    // The type never changes.
    entry.kind = kind;
    if start != old.start {
        must_be_open(state, now, actor, start)?;
    }
    must_be_complete(state, actor, &entry)?;
    let priced = |entry: &TimeEntry| (entry.project, entry.task, entry.billable);
    if priced(&entry) != priced(old) {
        quirk!("CFY-320");
        entry.known_rates = state.rate_changes;
    }
    if entry.is_running() && !old.is_running() {
        quirk!("CFY-210");
        stop_running(state, now, actor, &entry)?;
    }
    state.entries.put(entry.clone());
    publish(state, now, actor, EventKind::TimeEntryUpdated, &entry);
    Ok(entry)
}

/// Deletes an entry.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::AccessDenied`] and [`Refusal::Locked`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: EntryId,
) -> Result<Arc<TimeEntry>, Refusal> {
    let entry = editable(state, now, actor, id)?;
    state.entries.remove(id);
    state.entry_bin.put(DeletedEntry { id, workspace: entry.workspace });
    publish(state, now, actor, EventKind::TimeEntryDeleted, &*entry);
    Ok(entry)
}

/// Deletes several entries of a person: all or none.
///
/// # Errors
/// As [`delete`], and [`Refusal::Unknown`].
pub fn delete_many(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    all: &[EntryId],
) -> Result<Vec<Arc<TimeEntry>>, Refusal> {
    must_be_member(state, actor, user, false)?;
    quirk!("CFY-241");
    for id in all {
        of_person(state, now, actor, user, *id)?;
    }
    let mut seen = std::collections::BTreeSet::new();
    let once = all.iter().filter(|id| seen.insert(**id));
    once.map(|id| delete(state, now, actor, *id)).collect()
}

/// Marks entries as invoiced or not: all or none. Team managers mark those of their people. Source:
/// facts.md:CFY-244.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn mark_invoiced(
    state: &mut State,
    actor: &Actor,
    all: &[EntryId],
    invoiced: bool,
) -> Result<(), Refusal> {
    quirk!("CFY-244");
    quirk!("CFY-241");
    let manages = |id: &EntryId| {
        find(state, actor, *id).is_ok_and(|entry| actor.manages_person(state, entry.user))
    };
    if !actor.is_admin() && !all.iter().all(manages) {
        return Err(Refusal::AccessDenied);
    }
    actor.must_have_plan(state)?;
    for id in all {
        find(state, actor, *id)?;
    }
    for id in all {
        state.entries.change(*id, |entry| entry.invoiced = invoiced);
    }
    Ok(())
}
