//! Making entries: typed in, started, or copied.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::content::{
    billed_by_default, fill, must_be_complete, must_not_run_backwards, stored_end,
};
use super::timers::make_room;
use super::{Said, find, must_be_member, must_be_open, only_timers, whole};
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::{EntryId, State, UserId};
use crate::vendors::clockify::rules::events::tell;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};

/// How an entry is made.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Whose time it is.
    pub user: UserId,
    /// Whether administrators may type time in where only timers are allowed.
    pub by_admin: bool,
    /// Whether a start must be said; the present counts otherwise.
    pub start_needed: bool,
    /// The entry from which what was not said is taken.
    pub source: Option<EntryId>,
}

/// Makes an entry: typed in when it has an end, else a timer, which stops the one before. Source:
/// 001:1172-1174, 001:1532-1536.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    way: Way,
    mut said: Said,
) -> Result<Arc<TimeEntry>, Refusal> {
    must_be_member(state, actor, way.user, true)?;
    actor.must_edit_entries_of(state, way.user)?;
    let mut fields = Vec::new();
    if let Some(source) = way.source {
        let source = find(state, actor, source).map_err(|_| Refusal::NoSource)?;
        if !actor.may_see_entry(state, &source) {
            return Err(Refusal::NoSource);
        }
        said = said.over(&source);
        fields.clone_from(&source.fields);
    }
    let start = match (said.start, said.end) {
        (Some(start), _) => start,
        (None, Some(_)) => return Err(Refusal::EndWithoutStart),
        (None, None) if way.start_needed => return Err(Refusal::NotNull),
        (None, None) => whole(now),
    };
    must_not_run_backwards(start, said.end)?;
    let may_type = way.by_admin && actor.is_admin();
    if said.end.is_some() && !may_type && only_timers(state, actor) {
        quirk!("CFY-218");
        return Err(Refusal::ManualDisabled);
    }
    let billable = said.billable;
    let mut entry = TimeEntry {
        id: EntryId(ids.hex24("clockify/time-entries", now)),
        workspace: actor.workspace,
        user: way.user,
        description: String::new(),
        project: None,
        task: None,
        tags: Vec::new(),
        billable: false,
        start,
        end: said.end.map(|end| stored_end(state, actor, end)),
        kind: EntryType::Regular,
        fields,
        invoiced: false,
    };
    fill(state, actor, &mut entry, said)?;
    if billable.is_none() {
        quirk!("CFY-215");
        entry.billable = billed_by_default(state, &entry);
    }
    admit(state, now, actor, entry)
}

/// Makes an entry anew with all that another holds; what runs ends now.
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
        return Err(Refusal::Foreign(Entity::TimeEntry));
    }
    quirk!("CFY-242");
    let end = source.end.unwrap_or_else(|| whole(now).max(source.start));
    let said = Said { start: Some(source.start), end: Some(end), ..Said::default() };
    create(
        state,
        ids,
        now,
        actor,
        Way { user, by_admin: true, start_needed: true, source: Some(id) },
        said,
    )
}

/// Lets a new entry in.
fn admit(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    entry: TimeEntry,
) -> Result<Arc<TimeEntry>, Refusal> {
    must_be_open(state, now, actor, entry.start)?;
    must_be_complete(state, actor, &entry)?;
    let kind = if entry.is_running() {
        make_room(state, now, actor, &entry);
        EventKind::NewTimerStarted
    } else {
        EventKind::NewTimeEntry
    };
    let entry = Arc::new(entry);
    state.entries.put(Arc::clone(&entry));
    tell(state, now, actor, kind, &*entry);
    Ok(entry)
}

impl Said {
    /// What was not said is as in `source`, but for its times and custom fields. Another project has
    /// other tasks; days off and holidays are not for clients to make.
    fn over(self, source: &TimeEntry) -> Self {
        quirk!("CFY-243");
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
