//! Time entries with what they are on in full.

use serde::Serialize;

use super::shown::EntryOut;
use crate::http::body::Field;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::users::{AccountStatus, User};
use crate::vendors::clockify::model::{State, UserId};
use crate::vendors::clockify::wire::memberships::Frame;
use crate::vendors::clockify::wire::projects::{ProjectOut, Unset};
use crate::vendors::clockify::wire::tags::TagOut;
use crate::vendors::clockify::wire::tasks::TaskOut;

/// A time entry with its project, task and tags. Source: 001:1256,
/// clockify.md:4.6.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HydratedOut<'a> {
    #[serde(flatten)]
    entry: EntryOut<'a>,
    project: Option<ProjectOut<'a>>,
    task: Option<TaskOut<'a>>,
    tags: Vec<TagOut<'a>>,
    #[serde(flatten)]
    more: Option<MoreOut<'a>>,
}

/// What today's rows hold besides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MoreOut<'a> {
    user: Option<PersonOut<'a>>,
    kiosk: (),
    approval_request_id: (),
}

/// Whose time it is.
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
        frame: Frame<'a>,
        revision: Revision,
    ) -> Self {
        let state = frame.state;
        quirk!("CFY-221");
        if revision == Revision::Documented {
            out.project_id = Field::Absent;
            out.task_id = Field::Absent;
            out.tag_ids = None;
        }
        let unset = match revision {
            Revision::Documented => Unset::Null,
            Revision::Current => Unset::Zero,
        };
        let project = entry.project.and_then(|project| state.projects.get(project));
        let task = entry.task.and_then(|task| state.tasks.get(task));
        let tags = entry.tags.iter().filter_map(|tag| state.tags.get(*tag));
        Self {
            entry: out,
            project: project.map(|project| ProjectOut::new(project, &frame, unset)),
            task: task.map(|task| TaskOut::new(task, &frame)),
            tags: tags.map(|tag| TagOut::from(&**tag)).collect(),
            more: (revision == Revision::Current).then(|| MoreOut::new(state, entry.user)),
        }
    }
}

impl<'a> MoreOut<'a> {
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
