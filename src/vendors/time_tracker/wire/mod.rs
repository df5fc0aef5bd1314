//! Time Tracker's JSON and CSV.

pub mod csv;
pub mod issues;
