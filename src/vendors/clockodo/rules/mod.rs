//! Clockodo's rules. No HTTP, no JSON.

pub mod access;
pub mod budgets;
pub mod clock;
pub mod completion;
pub mod customers;
mod days;
pub mod edits;
pub mod entries;
pub mod groups;
mod index;
pub mod master;
pub mod midnight;
pub mod projects;
pub mod rates;
pub mod refusal;
pub mod revenue;
mod running;
pub mod search;
pub mod services;
pub mod subprojects;
pub mod target;
pub mod teams;
pub mod texts;
pub mod users;
