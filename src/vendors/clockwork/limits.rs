//! Clockwork's limits as data. No rate limit was ever documented or seen.

/// Most worklogs an answer holds. Source: document 000, lines 59 and 131.
pub const ROWS: usize = 10_000;
/// Longest request body that is read, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
