//! User groups. Their managers are stored as roles of members.

use serde::{Deserialize, Serialize};

use super::names::Folded;
use super::{GroupId, UserId, WorkspaceId};
use crate::kernel::table::Row;

/// A user group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its members, without duplicates, in the order they were added.
    pub users: Vec<UserId>,
}

/// The index of groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupBy {
    /// By workspace and name.
    Name(WorkspaceId, Folded),
    /// By workspace and member.
    User(WorkspaceId, UserId),
}

impl Row for Group {
    type Key = GroupId;
    type Index = GroupBy;

    fn key(&self) -> GroupId {
        self.id
    }

    fn index(&self) -> Vec<GroupBy> {
        let users = self.users.iter().map(|user| GroupBy::User(self.workspace, *user));
        std::iter::once(GroupBy::Name(self.workspace, Folded::of(&self.name)))
            .chain(users)
            .collect()
    }
}
