//! User groups.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::loose::Text;
use crate::http::body::Field;
use crate::vendors::clockify::model::groups::Group;
use crate::vendors::clockify::model::users::User;
use crate::vendors::clockify::model::{GroupId, UserId, WorkspaceId};

/// A user group. Source: 001:1906-1915, clockify.md:4.8.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupOut<'a> {
    id: GroupId,
    name: &'a str,
    workspace_id: WorkspaceId,
    user_ids: &'a [UserId],
    team_managers: Option<Vec<ManagerOut<'a>>>,
}

/// A manager of a group.
#[derive(Debug, Serialize)]
struct ManagerOut<'a> {
    id: UserId,
    name: &'a str,
}

impl<'a> GroupOut<'a> {
    /// Renders a group. `managers` is `None` unless the request includes them.
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

/// The body that creates or renames a group. Source: 001:1924, 001:1960.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GroupIn {
    name: Field<Text>,
}

impl GroupIn {
    /// The name; empty if it is absent.
    #[must_use]
    pub fn name(self) -> String {
        let Self { name } = self;
        name.value().map(|name| name.0).unwrap_or_default()
    }
}

/// The body that adds a user to a group. Source: 001:2041.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupUserIn {
    /// The user.
    pub user_id: Field<Text>,
}
