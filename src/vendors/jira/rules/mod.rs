//! What holds on a Jira site: who sees what, and how worklogs come and go.

pub mod jql;
pub mod people;
pub mod worklogs;
