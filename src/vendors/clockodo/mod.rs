//! Clockodo: the system and its API surface.

pub mod model;
