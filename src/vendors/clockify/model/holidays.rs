//! Holidays: days off of some or all people.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{GroupId, HolidayId, ProjectId, TaskId, UserId, WorkspaceId};
use crate::kernel::table::Row;

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Its id.
    pub id: HolidayId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name. Several holidays may have the same.
    pub name: String,
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// `#` and six hexadecimal digits.
    pub color: Option<String>,
    /// True if it recurs every year.
    pub annual: bool,
    /// True if it applies to everybody, including people who join later.
    pub everyone: bool,
    /// The people it applies to.
    pub users: Vec<UserId>,
    /// The groups it applies to.
    pub groups: Vec<GroupId>,
    /// The time entries to create on it.
    pub automatic: Option<AutomaticEntries>,
}

/// The time entries of a holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticEntries {
    /// True if they are created.
    pub enabled: bool,
    /// Their project.
    pub project: Option<ProjectId>,
    /// Their task.
    pub task: Option<TaskId>,
}

/// The index of holidays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolidayBy {
    /// Of a workspace.
    Workspace(WorkspaceId),
}

impl Row for Holiday {
    type Key = HolidayId;
    type Index = HolidayBy;

    fn key(&self) -> HolidayId {
        self.id
    }

    fn index(&self) -> Vec<HolidayBy> {
        vec![HolidayBy::Workspace(self.workspace)]
    }
}
