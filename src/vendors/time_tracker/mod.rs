//! Time Tracker for Jira: a window on the Jira site.

pub mod model;
