//! Clockwork for Jira: a window on the Jira site, with timers of its own.

pub mod model;
