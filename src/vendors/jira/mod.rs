//! A Jira site: people, projects, issues and worklogs. It has no surface of its own; Clockwork and Time Tracker
//! are two surfaces of it.

pub mod ledger;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod rules;
