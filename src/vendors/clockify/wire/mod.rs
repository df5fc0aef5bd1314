//! Clockify's wire format: types for its odd encodings, and one file per resource.

pub mod body;
pub mod clients;
pub mod custom_fields;
pub mod entries;
pub mod events;
pub mod field_content;
pub mod groups;
pub mod holidays;
pub mod loose;
pub mod members;
pub mod memberships;
pub mod money;
pub mod paging;
pub mod projects;
pub mod query;
pub mod reports;
pub mod stamps;
pub mod tags;
pub mod tasks;
pub mod users;
pub mod webhooks;
pub mod workspaces;
