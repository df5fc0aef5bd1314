//! The bodies of webhooks about time entries and tags.

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone, Utc};
use serde::Serialize;

use super::projects::{ProjectBody, TaskBody};
use super::{EventContext, UserBody, json};
use crate::kernel::civil::Tz;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::tags::Tag;
use crate::vendors::clockify::model::{EntryId, FieldId, ProjectId, TagId, UserId, WorkspaceId};
use crate::vendors::clockify::rules::locks::{is_locked, locked_before};
use crate::vendors::clockify::wire::field_content::ContentOut;
use crate::vendors::clockify::wire::stamps::{IsoDuration, Stamp};

/// A time entry with its project, task, user and tags.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryBody<'a> {
    id: EntryId,
    description: &'a str,
    user_id: UserId,
    billable: bool,
    project_id: Option<ProjectId>,
    time_interval: IntervalBody,
    workspace_id: WorkspaceId,
    is_locked: bool,
    hourly_rate: (),
    cost_rate: (),
    custom_field_values: Vec<ValueBody<'a>>,
    r#type: EntryType,
    kiosk_id: (),
    approval_status: (),
    detailed_approval_status: (),
    project_currency: (),
    currently_running: bool,
    project: Option<ProjectBody<'a>>,
    task: Option<TaskBody<'a>>,
    user: Option<UserBody<'a>>,
    tags: Vec<TagBody<'a>>,
}

/// The interval of an entry, in UTC and on its owner's wall clock.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IntervalBody {
    start: Stamp,
    end: Option<Stamp>,
    duration: Option<IsoDuration>,
    time_zone: &'static str,
    offset_start: i32,
    offset_end: Option<i32>,
    zoned_start: String,
    zoned_end: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ValueBody<'a> {
    custom_field_id: FieldId,
    time_entry_id: EntryId,
    value: Option<ContentOut<'a>>,
    name: &'a str,
}

/// A tag.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagBody<'a> {
    name: &'a str,
    workspace_id: WorkspaceId,
    archived: bool,
    id: TagId,
}

impl<'a> From<&'a Tag> for TagBody<'a> {
    fn from(tag: &'a Tag) -> Self {
        let Tag { id, workspace, name, archived } = tag;
        Self { name, workspace_id: *workspace, archived: *archived, id: *id }
    }
}

/// Renders the body of a time entry's event.
pub(super) fn body(context: EventContext<'_>, entry: &TimeEntry) -> String {
    let TimeEntry {
        id,
        workspace,
        user,
        description,
        project,
        task,
        tags,
        billable,
        start: _,
        end: _,
        kind,
        fields,
        invoiced: _,
        known_rates: _,
    } = entry;
    let state = context.state;
    let zone = state.users.get(*user).map_or(Tz::UTC, |user| user.zone());
    let project_row = project.and_then(|project| state.projects.get(project));
    let values = fields.iter().filter_map(|value| {
        let field = state.fields.get(value.field)?;
        Some(ValueBody {
            custom_field_id: field.id,
            time_entry_id: *id,
            value: value.value.as_ref().map(ContentOut),
            name: &field.name,
        })
    });
    json(&EntryBody {
        id: *id,
        description,
        user_id: *user,
        billable: *billable,
        project_id: *project,
        time_interval: IntervalBody::new(entry, zone),
        workspace_id: *workspace,
        is_locked: is_locked(entry, locked_before(state, context.home, context.now)),
        hourly_rate: (),
        cost_rate: (),
        custom_field_values: values.collect(),
        r#type: *kind,
        kiosk_id: (),
        approval_status: (),
        detailed_approval_status: (),
        project_currency: (),
        currently_running: entry.is_running(),
        project: project_row.map(|project| ProjectBody::new(context, project, None)),
        task: task.and_then(|task| state.tasks.get(task)).map(|task| TaskBody::new(context, task)),
        user: UserBody::new(context, *user),
        tags: tags
            .iter()
            .filter_map(|tag| state.tags.get(*tag))
            .map(|tag| (&**tag).into())
            .collect(),
    })
}

impl IntervalBody {
    fn new(entry: &TimeEntry, zone: Tz) -> Self {
        let offset = |at: DateTime<Utc>| {
            zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
        };
        let zoned = |at: DateTime<Utc>| {
            let local: NaiveDateTime = at.with_timezone(&zone).naive_local();
            local.format("%Y-%m-%dT%H:%M:%S").to_string()
        };
        Self {
            start: Stamp(entry.start),
            end: entry.end.map(Stamp),
            duration: entry.seconds().map(IsoDuration),
            time_zone: zone.name(),
            offset_start: offset(entry.start),
            offset_end: entry.end.map(offset),
            zoned_start: zoned(entry.start),
            zoned_end: entry.end.map(zoned),
        }
    }
}
