//! Reports: the engine that filters and sums entries, and the files. Knows no HTTP, no JSON and no
//! wire type.
//!
//! A report makes one pass over [`super::model::timeline::Timeline`]. The scan (`scan.rs`) skips
//! entries that do not match the [`filter::Filter`] or that the caller may not see, and calculates
//! the amounts of the others.

mod batch;
mod count;
pub mod detailed;
pub mod export;
pub mod filter;
mod keys;
mod pair_index;
pub mod query;
pub mod range;
mod rates;
pub mod result;
pub mod scan;
pub mod shared;
pub mod style;
pub mod summary;
mod tree;
pub mod weekly;
