//! What holds in a Clockodo account. Knows no HTTP and no JSON.

pub mod access;
pub mod clock;
pub mod completion;
pub mod edits;
pub mod entries;
pub mod rates;
pub mod revenue;
pub mod search;
pub mod target;
pub mod texts;
