//! Hydrated time entries: with their project, task and tags.

use serde::Serialize;

use super::row::{EntryOut, FieldValuesOut, IntervalOut};
use crate::http::body::Field;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::{EntryId, ProjectId, TagId, TaskId, UserId, WorkspaceId};
use crate::vendors::clockify::wire::memberships::RowContext;
use crate::vendors::clockify::wire::money::RateOut;
use crate::vendors::clockify::wire::projects::{ProjectOut, UnsetRate};
use crate::vendors::clockify::wire::tags::TagOut;
use crate::vendors::clockify::wire::tasks::TaskOut;
use crate::vendors::clockify::wire::users::{UserOut, fields_of};

/// A row of the `documented` revision: objects instead of the three ids. Source: 001:1256.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DocumentedRowOut<'a> {
    #[serde(flatten)]
    entry: EntryOut<'a>,
    project: Option<ProjectOut<'a>>,
    task: Option<TaskOut<'a>>,
    tags: Vec<TagOut<'a>>,
}

/// A row of the `current` revision: objects beside the ids. Source: facts.md:N-31.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CurrentRowOut<'a> {
    id: EntryId,
    description: &'a str,
    tags: Vec<TagOut<'a>>,
    user: Option<UserOut<'a>>,
    user_id: UserId,
    billable: bool,
    task: Option<TaskOut<'a>>,
    project: Option<ProjectOut<'a>>,
    time_interval: IntervalOut,
    workspace_id: WorkspaceId,
    hourly_rate: Option<RateOut<'a>>,
    custom_field_values: FieldValuesOut<'a>,
    r#type: EntryType,
    kiosk: (),
    cost_rate: Option<RateOut<'a>>,
    task_id: Field<TaskId>,
    tag_ids: Field<&'a [TagId]>,
    project_id: Field<ProjectId>,
    kiosk_id: (),
    is_locked: bool,
}

/// What the ids of an entry refer to.
struct Things<'a> {
    project: Option<ProjectOut<'a>>,
    task: Option<TaskOut<'a>>,
    tags: Vec<TagOut<'a>>,
}

impl<'a> Things<'a> {
    fn of(entry: &TimeEntry, context: &RowContext<'a>, unset: UnsetRate) -> Self {
        let state = context.state;
        let project = entry.project.and_then(|project| state.projects.get(project));
        let task = entry.task.and_then(|task| state.tasks.get(task));
        let tags = entry.tags.iter().filter_map(|tag| state.tags.get(*tag));
        Self {
            project: project.map(|project| ProjectOut::new(project, context, unset)),
            task: task.map(|task| TaskOut::new(task, context)),
            tags: tags.map(|tag| TagOut::from(&**tag)).collect(),
        }
    }
}

impl<'a> DocumentedRowOut<'a> {
    pub(super) fn new(out: EntryOut<'a>, entry: &TimeEntry, context: RowContext<'a>) -> Self {
        let Things { project, task, tags } = Things::of(entry, &context, UnsetRate::Null);
        let entry = EntryOut {
            project_id: Field::Absent,
            task_id: Field::Absent,
            tag_ids: Field::Absent,
            ..out
        };
        Self { entry, project, task, tags }
    }
}

impl<'a> CurrentRowOut<'a> {
    /// `person` is the owner, if the row shows them.
    pub(super) fn new(
        out: EntryOut<'a>,
        entry: &TimeEntry,
        context: RowContext<'a>,
        person: Option<UserId>,
    ) -> Self {
        let EntryOut {
            id,
            description,
            tag_ids,
            user_id,
            billable,
            task_id,
            project_id,
            workspace_id,
            time_interval,
            custom_field_values,
            custom_fields: _,
            r#type,
            kiosk_id,
            hourly_rate,
            cost_rate,
            is_locked,
        } = out;
        let Things { project, task, tags } = Things::of(entry, &context, UnsetRate::Zero);
        Self {
            id,
            description,
            tags,
            user: person.and_then(|person| user_of(context, person)),
            user_id,
            billable,
            task,
            project: project.map(ProjectOut::without_duration),
            time_interval,
            workspace_id,
            hourly_rate,
            custom_field_values,
            r#type,
            kiosk: (),
            cost_rate,
            task_id,
            tag_ids,
            project_id,
            kiosk_id,
            is_locked,
        }
    }
}

/// The account of a person, without memberships.
fn user_of(context: RowContext<'_>, id: UserId) -> Option<UserOut<'_>> {
    let (state, workspace) = (context.state, context.workspace.id);
    let user = state.users.get(id)?;
    let member = state.members.get(MemberKey { workspace, user: id });
    let fields = member.map(|member| fields_of(state, member)).unwrap_or_default();
    Some(UserOut::new(user, Vec::new(), fields))
}
