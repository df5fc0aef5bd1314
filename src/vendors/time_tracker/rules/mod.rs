//! The rules of Time Tracker: selecting worklogs for a report and arranging them.

pub mod fields;
pub mod grouping;
pub mod refusal;
pub mod report;
pub mod view;
