//! Shared reports: saved reports that others can open.

use serde::{Deserialize, Serialize};

use super::{GroupId, SharedReportId, UserId, WorkspaceId};
use crate::kernel::table::Row;

/// A saved report. Source: 001:2894-2914, 001:3039-3048.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedReport {
    /// Its id.
    pub id: SharedReportId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its author, whose permissions apply.
    pub author: UserId,
    /// Its name.
    pub name: String,
    /// The kind of report.
    pub kind: SharedKind,
    /// True if everyone who knows its id may see it, without a key.
    pub public: bool,
    /// True if readers may not choose other dates.
    pub fixed_date: bool,
    /// Other people who may see it.
    pub users: Vec<UserId>,
    /// Groups whose members may see it.
    pub groups: Vec<GroupId>,
    /// Its filter: the JSON object from the request.
    pub filter: String,
}

/// A kind of report that can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the vendor's own names")]
pub enum SharedKind {
    Detailed,
    Summary,
    Weekly,
}

/// The index of shared reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedBy {
    /// By workspace, oldest first.
    Workspace(WorkspaceId),
}

impl Row for SharedReport {
    type Key = SharedReportId;
    type Index = SharedBy;

    fn key(&self) -> SharedReportId {
        self.id
    }

    fn index(&self) -> Vec<SharedBy> {
        vec![SharedBy::Workspace(self.workspace)]
    }
}
