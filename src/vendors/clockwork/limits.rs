//! Clockwork's limits as data. No rate limit was ever documented or seen.

/// Most worklogs an answer holds. Source: 000:59, 000:131.
pub const ROWS: usize = 10_000;
/// Longest request body that is read, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
