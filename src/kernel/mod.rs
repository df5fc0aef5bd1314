//! Mechanism without policy: clocks, ids, tables, transactions, sandboxes, paging and limits.
//!
//! Knows no vendor, no HTTP and no SQL. Everything here is deterministic: the only module that reads
//! the machine's clock is [`clock`], and nothing makes random ids.

pub mod abandon;
pub mod civil;
pub mod clock;
pub mod collection;
pub mod faults;
pub mod ids;
pub mod journal;
pub mod limits;
pub mod money;
pub mod ordered;
pub mod outbox;
pub mod page;
pub mod part;
pub mod plan;
pub mod position;
pub mod quirks;
pub mod revision;
pub mod sandbox;
pub mod sequence;
pub mod state;
pub mod store;
pub mod sync;
pub mod table;
pub mod timeline;
pub mod uuids;
