//! Tags: labels of time entries.

use serde::{Deserialize, Serialize};

use super::names::Folded;
use super::{TagId, WorkspaceId};
use crate::kernel::table::Row;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name, unique in the workspace.
    pub name: String,
    /// True if it is archived. Its name stays taken.
    pub archived: bool,
}

/// The index of tags.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TagBy {
    /// By workspace and name.
    Name(WorkspaceId, Folded),
}

impl Row for Tag {
    type Key = TagId;
    type Index = TagBy;

    fn key(&self) -> TagId {
        self.id
    }

    fn index(&self) -> Vec<TagBy> {
        vec![TagBy::Name(self.workspace, Folded::of(&self.name))]
    }
}
