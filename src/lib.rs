//! timetwin answers like four time-tracking vendors: Clockify, Clockodo, Clockwork for Jira and Time
//! Tracker for Jira.
//!
//! Start at `ARCHITECTURE.md`, then [`vendors`].

pub mod cli;
pub mod contract;
pub mod control;
pub mod deliver;
pub mod embed;
pub mod http;
pub mod kernel;
pub mod persist;
pub mod run;
pub mod scenario;
pub mod twin;
pub mod vendors;
pub mod world;

pub use embed::Timetwin;

/// Compiles the Rust example of the page on Rust as a doc test.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
pub struct RustPage;
