//! The content of an entry: description, project, task, tags, type, billable, and the fields that
//! the workspace requires.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::{DESCRIPTION, EntryDraft, LONGEST, settings, values};
use crate::quirk;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::fields::{FieldBy, FieldContent, FieldEntity, FieldStatus};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::tasks::TaskStatus;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};
use crate::vendors::clockify::rules::texts;

/// Applies a draft to `entry`, except its times. Absent values are cleared, except custom fields.
/// Unchanged values are not checked again.
pub(super) fn apply(
    state: &State,
    actor: &Actor,
    entry: &mut TimeEntry,
    draft: EntryDraft,
) -> Result<(), Refusal> {
    let EntryDraft { start: _, end: _, description, project, task, tags, billable, fields, kind } =
        draft;
    entry.description = description.unwrap_or_default();
    texts::check(&entry.description, DESCRIPTION)?;
    let moved = entry.project != project.flatten();
    entry.project = project.flatten();
    let handed_over = moved || entry.task != task.flatten();
    entry.task = task.flatten();
    if moved {
        must_see_project(state, actor, entry)?;
    }
    if handed_over {
        must_see_task(state, actor, entry)?;
    }
    let carried = std::mem::take(&mut entry.tags);
    for tag in tags.unwrap_or_default() {
        let row = state.tags.get(tag).filter(|row| row.workspace == actor.workspace);
        if row.ok_or(Refusal::Unknown(Entity::TAG))?.archived && !carried.contains(&tag) {
            quirk!("CFY-217");
            return Err(Refusal::ArchivedTag);
        }
        entry.tags.push(tag);
    }
    if let Some(kind) = kind.filter(|kind| *kind != entry.kind) {
        must_be_possible(state, actor, kind)?;
        entry.kind = kind;
    }
    entry.fields = values::merge(state, actor, entry.project, &entry.fields, fields)?;
    entry.billable = billable.unwrap_or(false);
    if !actor.may_set_billable(state) {
        quirk!("CFY-216");
        entry.billable = billed_by_default(state, entry);
    }
    Ok(())
}

/// Refuses a type of time that the workspace does not have. Time off is not imitated.
fn must_be_possible(state: &State, actor: &Actor, kind: EntryType) -> Result<(), Refusal> {
    let breaks = || actor.workspace(state).is_some_and(|home| home.breaks);
    quirk!("CFY-531");
    match kind {
        EntryType::Break if !breaks() => Err(Refusal::BreaksDisabled),
        EntryType::Holiday | EntryType::TimeOff => Err(Refusal::TimeOffDisabled),
        EntryType::Regular | EntryType::Break => Ok(()),
    }
}

/// True if time on this task or project is billable by default. Tasks have a say where the plan has
/// rates of tasks. Source: facts.md:CFY-215.
pub(super) fn billed_by_default(state: &State, entry: &TimeEntry) -> bool {
    let home = state.workspaces.get(entry.workspace);
    let by_task = home.is_some_and(|home| home.plan.allows(Feature::TaskRates));
    let task = entry.task.filter(|_| by_task).and_then(|task| state.tasks.get(task));
    let of_task = task.map(|task| task.billable);
    let of_project = || Some(state.projects.get(entry.project?)?.billable);
    of_task.or_else(of_project).unwrap_or(false)
}

fn must_see_project(state: &State, actor: &Actor, entry: &TimeEntry) -> Result<(), Refusal> {
    let Some(id) = entry.project else { return Ok(()) };
    let project = state.projects.get(id).filter(|project| project.workspace == actor.workspace);
    let project = project.filter(|project| actor.may_see_project(state, project));
    project.map(|_| ()).ok_or(Refusal::Unknown(Entity::PROJECT))
}

fn must_see_task(state: &State, actor: &Actor, entry: &TimeEntry) -> Result<(), Refusal> {
    let Some(id) = entry.task else { return Ok(()) };
    let task = state.tasks.get(id).filter(|task| Some(task.project) == entry.project);
    quirk!("CFY-214");
    let task = task.ok_or(Refusal::Unknown(Entity::TASK))?;
    if actor.may_track_task(state, task) {
        return Ok(());
    }
    quirk!("CFY-538");
    Err(Refusal::Unknown(Entity::TASK))
}

/// Refuses an ended entry without a value in a field that the workspace requires.
/// Source: 001:2175-2178, clockify.md:5.
pub(super) fn must_be_complete(
    state: &State,
    actor: &Actor,
    entry: &TimeEntry,
) -> Result<(), Refusal> {
    let Some(settings) = settings(state, actor).filter(|_| !entry.is_running()) else {
        return Ok(());
    };
    let project = entry.project.and_then(|project| state.projects.get(project));
    if settings.force_projects && project.is_none_or(|project| project.archived) {
        return Err(Refusal::ProjectRequired);
    }
    let task = entry.task.and_then(|task| state.tasks.get(task));
    let no_task = || task.is_none_or(|task| task.status == TaskStatus::Done);
    let no_tag = || {
        let mut tags = entry.tags.iter().filter_map(|tag| state.tags.get(*tag));
        !tags.any(|tag| !tag.archived)
    };
    if settings.force_tasks && no_task()
        || settings.force_tags && no_tag()
        || settings.force_description && entry.description.trim().is_empty()
    {
        return Err(Refusal::RequiredFields);
    }
    let missing = missing_fields(state, entry);
    if missing.is_empty() {
        return Ok(());
    }
    quirk!("CFY-532");
    Err(Refusal::RequiredCustomFields(missing.join(", ")))
}

/// The names of the required custom fields that are active on the entry's project and empty.
fn missing_fields<'a>(state: &'a State, entry: &TimeEntry) -> Vec<&'a str> {
    let empty = |content: &FieldContent| match content {
        FieldContent::Text(text) => text.trim().is_empty(),
        FieldContent::Choices(choices) => choices.is_empty(),
        FieldContent::Number(_) | FieldContent::Truth(_) => false,
    };
    state
        .fields
        .scan(Folded::all(|name| FieldBy::Name(entry.workspace, name)))
        .filter(|field| field.required && field.entity == FieldEntity::Timeentry)
        .filter(|field| field.on(entry.project).1 != FieldStatus::Inactive)
        .filter(|field| {
            let value = entry.fields.iter().find(|value| value.field == field.id);
            value.and_then(|value| value.value.as_ref()).is_none_or(empty)
        })
        .map(|field| field.name.as_str())
        .collect()
}

/// Refuses an end before the start, and more than [`LONGEST`] hours.
pub(super) fn must_be_of_possible_length(
    start: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
) -> Result<(), Refusal> {
    match end {
        Some(end) if end < start => Err(Refusal::EndBeforeStart(start, end)),
        Some(end) if end - start > TimeDelta::hours(LONGEST) => {
            quirk!("CFY-530");
            Err(Refusal::TooLong)
        }
        _ => Ok(()),
    }
}

/// The end that the workspace stores: on a whole minute if it does not track seconds. Source:
/// clockify.md:3.
pub(super) fn stored_end(state: &State, actor: &Actor, end: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = settings(state, actor).is_none_or(|settings| settings.track_time_down_to_second);
    let rest = end.timestamp().rem_euclid(60);
    if seconds || rest == 0 {
        return end;
    }
    quirk!("CFY-213");
    let minute = end.checked_add_signed(TimeDelta::seconds(60 - rest));
    minute.filter(|minute| minute.year() <= 9999).unwrap_or(end)
}
