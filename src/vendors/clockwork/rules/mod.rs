//! What Clockwork does: timers that become worklogs.

pub mod refusal;
pub mod timers;
