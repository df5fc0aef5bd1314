//! Clockify: the system and its API surface, main API and reports.

pub mod auth;
pub mod error;
pub mod ledger;
pub mod limits;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod reports;
pub mod routes;
pub mod rules;
pub mod wire;
