//! What Clockify allows and does. No HTTP, no JSON, no wire types.

pub mod clients;
pub mod fields;
pub mod people;
pub mod permissions;
pub mod rates;
pub mod texts;
