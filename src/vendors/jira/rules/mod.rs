//! The rules of a Jira site: permissions, worklogs and searches.

pub mod jql;
pub mod people;
pub mod worklogs;
