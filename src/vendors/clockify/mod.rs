//! Clockify: the system, and its surface with the main API and the reports API.

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
