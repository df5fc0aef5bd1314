//! Reports: what clients ask, and the JSON they get.

pub mod answer;
pub mod asked;
mod dates;
pub mod entries;
mod object;
mod overrides;
pub mod picks;
pub mod shared;
pub mod words;
