//! The Jira site under Clockwork and Time Tracker: what the cases cannot reach.

mod plant;
mod studio;
