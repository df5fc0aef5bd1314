//! What Clockify allows and does. No HTTP, no JSON, no wire types.

pub mod clients;
pub mod events;
pub mod fields;
pub mod people;
pub mod permissions;
pub mod projects;
pub mod rates;
pub mod tags;
pub mod tasks;
pub mod texts;
