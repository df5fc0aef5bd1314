//! Clockify's limits as data.

use std::time::Duration;

use crate::kernel::limits::{Kind, Limit};
use crate::kernel::revision::Revision;

/// Requests of one key, of the document.
const DOCUMENTED: Limit = Limit {
    id: "requests",
    requests: 10,
    per: Duration::from_secs(1),
    kind: Kind::Window,
    source: "001:13",
};

/// Requests of one key, today.
const CURRENT: Limit = Limit {
    id: "requests-today",
    requests: 50,
    per: Duration::from_secs(1),
    kind: Kind::Window,
    source: "clockify.md:9",
};

/// Both generations of the limit.
pub const ALL: &[Limit] = &[DOCUMENTED, CURRENT];

/// Requests of one key.
#[must_use]
pub fn requests(revision: Revision) -> &'static Limit {
    match revision {
        Revision::Documented => &DOCUMENTED,
        Revision::Current => &CURRENT,
    }
}

/// Rows on a page unless the client says otherwise. Source: document 001, line 108.
pub const PAGE: u64 = 50;
/// Most rows on a page. Source: notes/clockify.md 1.6.
pub const PAGE_MOST: u64 = 5000;
/// Longest request body that is read, in bytes. Ours; the vendor states none.
pub const BODY: usize = 4 * 1024 * 1024;
