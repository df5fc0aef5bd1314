//! What Clockwork does: timers that become worklogs.

pub mod timers;
