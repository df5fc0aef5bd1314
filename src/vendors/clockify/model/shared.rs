//! Reports that were saved to be shared.

use chrono::{DateTime, Utc};
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
    /// Who saved it; it shows what they see.
    pub author: UserId,
    /// Its name.
    pub name: String,
    /// What kind of report it is.
    pub kind: SharedKind,
    /// Whether everybody who knows its id may see it, without a key.
    pub public: bool,
    /// Whether its dates stay as they were saved.
    pub fixed_date: bool,
    /// Who else may see it.
    pub users: Vec<UserId>,
    /// Whose people may see it.
    pub groups: Vec<GroupId>,
    /// What it asks for: the JSON object that was sent.
    pub filter: String,
    /// When the filter was saved; dates that are not fixed move on from here.
    pub saved: DateTime<Utc>,
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

/// How shared reports are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedBy {
    /// Of a workspace, in the order they were made.
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
