//! Clockwork's JSON.

mod issues;
pub mod timers;
pub mod worklogs;
pub mod zones;
