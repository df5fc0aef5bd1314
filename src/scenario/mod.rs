//! Vendor-neutral scenarios and ledgers. Knows no vendor and no HTTP.
//!
//! A scenario describes people, projects and work without any vendor's terms; every system plants it. A
//! ledger is the way back: the work in a system, in the same neutral terms.

pub mod diff;
pub mod extend;
pub(crate) mod format;
pub mod generate;
pub mod ledger;
pub mod load;
pub mod provenance;
pub mod seed;
