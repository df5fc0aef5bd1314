//! Clockodo: the system and its surface.

pub mod auth;
pub mod error;
pub mod ledger;
pub mod limits;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod routes;
pub mod rules;
pub mod wire;
