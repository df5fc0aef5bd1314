//! API keys and add-on tokens.

use serde::{Deserialize, Serialize};

use super::{UserId, WorkspaceId};

/// The account a secret acts as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The account.
    pub user: UserId,
    /// The add-on whose token it is; absent for an API key.
    pub addon: Option<Addon>,
}

/// An add-on installed in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addon {
    /// Its name.
    pub name: String,
    /// The only workspace it sees.
    pub workspace: WorkspaceId,
    /// Its scopes, e.g. `PROJECT_WRITE`.
    pub scopes: Vec<String>,
}
