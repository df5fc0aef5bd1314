//! API keys and add-on tokens.

use serde::{Deserialize, Serialize};

use super::{UserId, WorkspaceId};

/// The account that an API key or add-on token acts as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The account.
    pub user: UserId,
    /// The add-on that the token belongs to. Absent for an API key.
    pub addon: Option<Addon>,
}

/// An add-on that is installed in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addon {
    /// Its name.
    pub name: String,
    /// The only workspace that it can access.
    pub workspace: WorkspaceId,
    /// Its scopes, e.g. `PROJECT_WRITE`.
    pub scopes: Vec<String>,
}
