//! Rows and tables.

/// The state of this part of a world.
#[derive(Debug, Clone, Default)]
pub struct State {}
