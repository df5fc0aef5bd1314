//! One Jira site: people, projects, issues and worklogs. A system without a surface of its own;
//! Clockwork and Time Tracker are windows on it.

pub mod ledger;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod rules;
