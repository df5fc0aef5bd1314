//! Members of workspaces: status, rates and roles.

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

/// The membership of an account in a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The workspace and the account.
    pub key: MemberKey,
    /// Pending, active, declined or inactive.
    pub status: MembershipStatus,
    /// Their rates in this workspace.
    pub rates: Rates,
    /// Their roles, except ownership: the workspace names its owner.
    pub grants: Vec<Grant>,
    /// Values of the workspace's custom fields for users.
    pub fields: Vec<FieldValue>,
}

impl Member {
    /// An active member without roles and rates.
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

    /// True if they have the administrator role.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.grants.contains(&Grant::Admin)
    }
}

/// The index of members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberBy {
    /// By workspace, in order of account id.
    Workspace(WorkspaceId),
    /// By account, in order of workspace id.
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

/// The status of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MembershipStatus {
    /// Invited.
    Pending,
    /// Active.
    Active,
    /// Declined the invitation.
    Declined,
    /// Deactivated: no access, but their time entries remain.
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
    /// Manages one person or the members of a group.
    TeamManager(Team),
}

/// The people that a team manager manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Team {
    /// One person.
    User(UserId),
    /// The members of a group.
    Group(GroupId),
}
