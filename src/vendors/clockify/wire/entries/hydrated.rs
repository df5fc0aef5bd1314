//! Hydrated time entries: with their project, task and tags.

use serde::Serialize;

use super::row::EntryOut;
use crate::http::body::Field;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::users::{AccountStatus, User};
use crate::vendors::clockify::model::{State, UserId};
use crate::vendors::clockify::wire::memberships::RowContext;
use crate::vendors::clockify::wire::projects::{ProjectOut, UnsetRate};
use crate::vendors::clockify::wire::tags::TagOut;
use crate::vendors::clockify::wire::tasks::TaskOut;

/// A time entry with its project, task and tags. Source: 001:1256, clockify.md:4.6.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HydratedOut<'a> {
    #[serde(flatten)]
    entry: EntryOut<'a>,
    project: Option<ProjectOut<'a>>,
    task: Option<TaskOut<'a>>,
    tags: Vec<TagOut<'a>>,
    #[serde(flatten)]
    current: Option<CurrentFieldsOut<'a>>,
}

/// Fields that only the `current` revision has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CurrentFieldsOut<'a> {
    user: Option<PersonOut<'a>>,
    kiosk: (),
    approval_request_id: (),
}

/// The owner of an entry.
#[derive(Debug, Serialize)]
struct PersonOut<'a> {
    id: UserId,
    name: &'a str,
    status: AccountStatus,
}

impl<'a> HydratedOut<'a> {
    pub(super) fn new(
        mut out: EntryOut<'a>,
        entry: &TimeEntry,
        context: RowContext<'a>,
        revision: Revision,
    ) -> Self {
        let state = context.state;
        quirk!("CFY-221");
        if revision == Revision::Documented {
            out.project_id = Field::Absent;
            out.task_id = Field::Absent;
            out.tag_ids = None;
        }
        let unset = match revision {
            Revision::Documented => UnsetRate::Null,
            Revision::Current => UnsetRate::Zero,
        };
        let project = entry.project.and_then(|project| state.projects.get(project));
        let task = entry.task.and_then(|task| state.tasks.get(task));
        let tags = entry.tags.iter().filter_map(|tag| state.tags.get(*tag));
        Self {
            entry: out,
            project: project.map(|project| ProjectOut::new(project, &context, unset)),
            task: task.map(|task| TaskOut::new(task, &context)),
            tags: tags.map(|tag| TagOut::from(&**tag)).collect(),
            current: (revision == Revision::Current)
                .then(|| CurrentFieldsOut::new(state, entry.user)),
        }
    }
}

impl<'a> CurrentFieldsOut<'a> {
    fn new(state: &'a State, user: UserId) -> Self {
        let user = state.users.get(user).map(|user| PersonOut::from(&**user));
        Self { user, kiosk: (), approval_request_id: () }
    }
}

impl<'a> From<&'a User> for PersonOut<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: user.id, name: &user.name, status: user.status }
    }
}
