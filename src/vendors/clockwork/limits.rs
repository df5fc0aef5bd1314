//! Clockwork's limits as data. No rate limit is documented, and none was observed.

/// Maximum number of worklogs in an answer. Source: 000:59, 000:131.
pub const ROWS: usize = 10_000;
/// Maximum length of a request body, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
/// Maximum length of a comment in characters. Ours: that of a text in Jira.
pub const COMMENT: usize = 32_767;
