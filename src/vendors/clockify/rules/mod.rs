//! What Clockify allows and does. No HTTP, no JSON, no wire types.

pub mod clients;
pub mod entries;
pub mod events;
pub mod fields;
pub mod locks;
pub mod people;
pub mod permissions;
pub mod rates;
pub mod texts;
