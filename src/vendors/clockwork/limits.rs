//! Clockwork's limits as data. No rate limit is documented, and none was observed.

/// Maximum number of worklogs in an answer. Source: 000:59, 000:131.
pub const ROWS: usize = 10_000;
/// Maximum length of a request body, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
