//! The rules of Clockwork: timers that become worklogs.

pub mod refusal;
pub mod timers;
