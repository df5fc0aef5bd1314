//! Clockwork's JSON.

pub mod timers;
pub mod worklogs;
pub mod zones;
