//! timetwin answers like four time-tracking vendors: Clockify, Clockodo, Clockwork for Jira and Time
//! Tracker for Jira.
//!
//! Start at `ARCHITECTURE.md`, then [`vendors`].

pub mod http;
pub mod kernel;
pub mod scenario;
pub mod vendors;
pub mod world;
