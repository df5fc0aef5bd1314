//! How Clockify reads and writes: named types for its odd encodings, and a file a resource.

pub mod body;
pub mod clients;
pub mod loose;
pub mod memberships;
pub mod money;
pub mod paging;
pub mod query;
pub mod reports;
pub mod stamps;
pub mod users;
pub mod workspaces;
