//! User groups.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::model::groups::Group;
use super::super::model::users::User;
use super::super::model::{GroupId, UserId, WorkspaceId};
use super::loose::Text;
use crate::http::body::Field;

/// A user group. Source: document 001, lines 1906 to 1915, and notes/clockify.md 4.8.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupOut<'a> {
    id: GroupId,
    name: &'a str,
    workspace_id: WorkspaceId,
    user_ids: &'a [UserId],
    team_managers: Option<Vec<ManagerOut<'a>>>,
}

/// Somebody who manages a group.
#[derive(Debug, Serialize)]
struct ManagerOut<'a> {
    id: UserId,
    name: &'a str,
}

impl<'a> GroupOut<'a> {
    /// Writes a group; without its managers unless they were asked for.
    #[must_use]
    pub fn new(group: &'a Group, managers: Option<&'a [Arc<User>]>) -> Self {
        let Group { id, workspace, name, users } = group;
        let written = |manager: &'a Arc<User>| ManagerOut { id: manager.id, name: &manager.name };
        Self {
            id: *id,
            name,
            workspace_id: *workspace,
            user_ids: users,
            team_managers: managers.map(|managers| managers.iter().map(written).collect()),
        }
    }
}

/// A group that is made or renamed. Source: document 001, lines 1924 and 1960.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GroupIn {
    name: Field<Text>,
}

impl GroupIn {
    /// The name; empty when none was sent.
    #[must_use]
    pub fn name(self) -> String {
        let Self { name } = self;
        name.value().map(|name| name.0).unwrap_or_default()
    }
}

/// Somebody who is put into a group. Source: document 001, line 2041.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupUserIn {
    /// Whom.
    pub user_id: Field<Text>,
}
