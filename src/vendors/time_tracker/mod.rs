//! Time Tracker for Jira: a window on the Jira site, with keys of its own.

pub mod auth;
pub mod error;
pub mod limits;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod routes;
pub mod rules;
pub mod wire;
