//! Reports: which entries are wanted, how they are summed up, and the files they are exported as.
//! Knows no HTTP, no JSON and no wire type.

pub mod export;
pub mod result;
pub mod style;
