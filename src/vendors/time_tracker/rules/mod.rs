//! What Time Tracker shows of a Jira site.

pub mod report;
