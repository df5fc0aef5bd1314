//! Reports: what clients ask, and the JSON they get.

pub mod answer;
pub mod asked;
mod object;
mod overrides;
pub mod picks;
pub mod shared;
