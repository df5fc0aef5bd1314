//! Creating entries: manually, as a timer, or as a copy.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::content::{
    apply, billed_by_default, must_be_complete, must_be_of_possible_length, stored_end,
};
use super::timers::stop_running;
use super::{EntryDraft, find, must_be_member, must_be_open, only_timers, whole_seconds};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::{EntryId, State, UserId};
use crate::vendors::clockify::rules::events::publish;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};

/// Options for creating an entry.
#[derive(Debug, Clone, Copy)]
pub struct CreateOptions {
    /// The person.
    pub user: UserId,
    /// True if administrators may enter time even where only timers are allowed.
    pub by_admin: bool,
    /// True if a start is required. Otherwise it defaults to now.
    pub start_needed: bool,
    /// The entry to copy absent values from.
    pub source: Option<EntryId>,
}

/// Creates an entry. Without an end it is a timer, which stops the previous one. Source:
/// 001:1172-1174, 001:1532-1536.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    options: CreateOptions,
    mut draft: EntryDraft,
) -> Result<Arc<TimeEntry>, Refusal> {
    must_be_member(state, actor, options.user, true)?;
    actor.must_edit_entries_of(state, options.user)?;
    let mut fields = Vec::new();
    if let Some(source) = options.source {
        quirk!("CFY-242");
        let source = find(state, actor, source).map_err(|_| Refusal::NoSource)?;
        if !actor.may_see_entry(state, &source) {
            return Err(Refusal::NoSource);
        }
        draft = draft.with_defaults_from(&source);
        fields.clone_from(&source.fields);
    }
    let start = match (draft.start, draft.end) {
        (Some(start), _) => start,
        (None, Some(_)) => return Err(Refusal::EndWithoutStart),
        (None, None) if options.start_needed => return Err(Refusal::NotNull),
        (None, None) => whole_seconds(now),
    };
    must_be_of_possible_length(start, draft.end)?;
    let may_type = options.by_admin && actor.is_admin();
    if draft.end.is_some() && !may_type && only_timers(state, actor) {
        quirk!("CFY-218");
        return Err(Refusal::ManualDisabled);
    }
    let billable = draft.billable;
    let mut entry = TimeEntry {
        id: EntryId(ids.hex24("clockify/time-entries", now)),
        workspace: actor.workspace,
        user: options.user,
        description: String::new(),
        project: None,
        task: None,
        tags: Vec::new(),
        billable: false,
        start,
        end: draft.end.map(|end| stored_end(state, actor, end)),
        kind: EntryType::Regular,
        fields,
        invoiced: false,
        known_rates: state.rate_changes,
    };
    apply(state, actor, &mut entry, draft)?;
    if billable.is_none() {
        quirk!("CFY-215");
        entry.billable = billed_by_default(state, &entry);
    }
    insert(state, now, actor, entry)
}

/// Copies an entry. The copy of a timer ends now.
///
/// # Errors
/// [`Refusal`].
pub fn duplicate(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    user: UserId,
    id: EntryId,
) -> Result<Arc<TimeEntry>, Refusal> {
    must_be_member(state, actor, user, true)?;
    actor.must_edit_entries_of(state, user)?;
    let source = find(state, actor, id)?;
    if source.user != user {
        return Err(Refusal::Unknown(Entity::TIME_ENTRY));
    }
    quirk!("CFY-242");
    let end = source.end.unwrap_or_else(|| whole_seconds(now).max(source.start));
    let draft = EntryDraft { start: Some(source.start), end: Some(end), ..EntryDraft::default() };
    create(
        state,
        ids,
        now,
        actor,
        CreateOptions { user, by_admin: true, start_needed: true, source: Some(id) },
        draft,
    )
}

/// Validates and stores a new entry.
fn insert(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    entry: TimeEntry,
) -> Result<Arc<TimeEntry>, Refusal> {
    must_be_open(state, now, actor, entry.start)?;
    must_be_complete(state, actor, &entry)?;
    let kind = if entry.is_running() {
        stop_running(state, now, actor, &entry)?;
        EventKind::NewTimerStarted
    } else {
        EventKind::NewTimeEntry
    };
    let entry = Arc::new(entry);
    state.entries.put(Arc::clone(&entry));
    publish(state, now, actor, kind, &*entry);
    Ok(entry)
}

impl EntryDraft {
    /// Fills absent values from `source`, except times and custom fields. A task is copied only
    /// together with its project. A copy of a holiday or of time off, which clients cannot create,
    /// is regular time.
    fn with_defaults_from(self, source: &TimeEntry) -> Self {
        let stays = self.project.is_none_or(|project| project == source.project);
        let kind = match source.kind {
            kind @ (EntryType::Regular | EntryType::Break) => kind,
            EntryType::Holiday | EntryType::TimeOff => EntryType::Regular,
        };
        Self {
            start: self.start,
            end: self.end,
            description: self.description.or_else(|| Some(source.description.clone())),
            project: self.project.or(Some(source.project)),
            task: self.task.or(Some(source.task.filter(|_| stays))),
            tags: self.tags.or_else(|| Some(source.tags.clone())),
            billable: self.billable.or(Some(source.billable)),
            fields: self.fields,
            kind: self.kind.or(Some(kind)),
        }
    }
}
