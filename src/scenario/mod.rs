//! Neutral seeds in, neutral read-outs out. Knows no vendor and no HTTP.
//!
//! A scenario says who worked on what, when and for how long, in no vendor's terms; every system plants
//! it. A ledger is the way back: what a system holds, in the same neutral terms.

pub mod diff;
pub mod extend;
pub(crate) mod format;
pub mod generate;
pub mod ledger;
pub mod load;
pub mod position;
pub mod provenance;
pub mod seed;
