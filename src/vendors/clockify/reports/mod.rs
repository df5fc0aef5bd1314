//! Reports: which entries are wanted, how they are summed up, and the files they are exported as.
//! Knows no HTTP, no JSON and no wire type.
//!
//! A report goes once through [`super::model::timeline::Timeline`]: the scan (`scan.rs`) leaves out what the
//! [`filter::Filter`] does not want or the caller may not see, and says what each entry is worth.

pub mod ask;
mod batch;
mod count;
pub mod detailed;
pub mod export;
pub mod filter;
mod keys;
mod numbers;
pub mod range;
pub mod result;
pub mod scan;
pub mod shared;
pub mod style;
pub mod summary;
mod tree;
pub mod weekly;
mod worth;
