//! Members of workspaces: state, rates and roles.

use serde::{Deserialize, Serialize};

use super::fields::FieldValue;
use super::rates::Rates;
use super::{GroupId, ProjectId, UserId, WorkspaceId};
use crate::kernel::table::{Key, Row};

/// A workspace and an account in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MemberKey {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The account.
    pub user: UserId,
}

impl Key for MemberKey {
    const MIN: Self = Self { workspace: WorkspaceId::MIN, user: UserId::MIN };
    const MAX: Self = Self { workspace: WorkspaceId::MAX, user: UserId::MAX };
}

/// An account's place in a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The workspace and the account.
    pub key: MemberKey,
    /// Whether they have access.
    pub status: MembershipStatus,
    /// Their rates in this workspace.
    pub rates: Rates,
    /// Their roles. The owner is named by the workspace.
    pub grants: Vec<Grant>,
    /// Values of the workspace's custom fields for users.
    pub fields: Vec<FieldValue>,
}

impl Member {
    /// An active member without grants and rates.
    #[must_use]
    pub fn new(workspace: WorkspaceId, user: UserId) -> Self {
        Self {
            key: MemberKey { workspace, user },
            status: MembershipStatus::Active,
            rates: Rates::default(),
            grants: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// The account.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.key.user
    }

    /// True if they are an administrator by grant.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.grants.contains(&Grant::Admin)
    }
}

/// The index of members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberBy {
    /// Everybody in a workspace, in order of their ids.
    Workspace(WorkspaceId),
    /// Every workspace of an account, in order of their ids.
    User(UserId),
}

impl Row for Member {
    type Key = MemberKey;
    type Index = MemberBy;

    fn key(&self) -> MemberKey {
        self.key
    }

    fn index(&self) -> Vec<MemberBy> {
        vec![MemberBy::Workspace(self.key.workspace), MemberBy::User(self.key.user)]
    }
}

/// The state of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MembershipStatus {
    /// Invited.
    Pending,
    /// Active.
    Active,
    /// Declined the invitation.
    Declined,
    /// Deactivated: no access, but their time stays.
    Inactive,
}

/// A role of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Administers the workspace.
    Admin,
    /// Manages a project.
    ProjectManager(ProjectId),
    /// Manages one person, or the people of a group.
    TeamManager(Team),
}

/// The people a team manager manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Team {
    /// One person.
    User(UserId),
    /// The people of a group.
    Group(GroupId),
}
