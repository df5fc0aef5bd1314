//! Clockwork for Jira: a surface of the Jira site, with its own timers and tokens.

pub mod auth;
pub mod error;
pub mod limits;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod routes;
pub mod rules;
pub mod wire;
