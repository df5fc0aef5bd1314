//! Clockify's rules. No HTTP, no JSON, no wire types.

pub mod clients;
pub mod custom_fields;
pub mod entries;
pub mod events;
pub mod fields;
pub mod groups;
pub mod holidays;
pub mod locks;
pub mod members;
pub mod people;
pub mod permissions;
pub mod projects;
pub mod rates;
pub mod refusal;
pub mod tags;
pub mod tasks;
pub mod texts;
pub mod webhooks;
pub mod workspaces;
