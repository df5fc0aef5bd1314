//! Clockwork's limits as data. No rate limit is documented, and none was observed.

use crate::kernel::limits::Bound;

/// Maximum number of worklogs in an answer. Source: 000:59, 000:131.
pub const ROWS: usize = 10_000;
/// Maximum length of a request body, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;

/// The most that operations take or answer. Ours, but for those whose constants name a source.
pub const BOUNDS: &[Bound] = &[
    Bound { operation: "*", what: "bytes of a body", most: BODY as u64, beyond: "413" },
    Bound {
        operation: "listWorklogs",
        what: "worklogs of an answer",
        most: ROWS as u64,
        beyond: "left out",
    },
];
/// Maximum length of a comment in characters. Ours: that of a text in Jira.
pub const COMMENT: usize = 32_767;
