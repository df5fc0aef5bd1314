//! Tasks of projects.

use serde::{Deserialize, Serialize};

use super::names::Folded;
use super::rates::Rates;
use super::{GroupId, ProjectId, TaskId, UserId, WorkspaceId};
use crate::kernel::money::Minor;
use crate::kernel::table::Row;

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The workspace that its project belongs to.
    pub workspace: WorkspaceId,
    /// Its project.
    pub project: ProjectId,
    /// Its name, unique in the project.
    pub name: String,
    /// Assigned people. Empty: everyone on the project.
    pub assignees: Vec<UserId>,
    /// Assigned groups.
    pub groups: Vec<GroupId>,
    /// Estimated time in seconds.
    pub estimate: i64,
    /// Its budget in minor units.
    pub budget: Option<Minor>,
    /// Active or done.
    pub status: TaskStatus,
    /// True if time on it is billable by default.
    pub billable: bool,
    /// Its rates, which override all others.
    pub rates: Rates,
    /// Its key in the scenario, for ledgers. Clients never see it.
    pub key: Option<String>,
}

impl Task {
    /// An active task with default values.
    #[must_use]
    pub fn new(id: TaskId, workspace: WorkspaceId, project: ProjectId, name: String) -> Self {
        Self {
            id,
            workspace,
            project,
            name,
            assignees: Vec::new(),
            groups: Vec::new(),
            estimate: 0,
            budget: None,
            status: TaskStatus::Active,
            billable: false,
            rates: Rates::default(),
            key: None,
        }
    }
}

/// The status of a task. Source: 001:1013.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskStatus {
    /// Time can be tracked on it.
    Active,
    /// Finished.
    Done,
}

/// The index of tasks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskBy {
    /// By project and name.
    Name(ProjectId, Folded),
}

impl Row for Task {
    type Key = TaskId;
    type Index = TaskBy;

    fn key(&self) -> TaskId {
        self.id
    }

    fn index(&self) -> Vec<TaskBy> {
        vec![TaskBy::Name(self.project, Folded::of(&self.name))]
    }
}
