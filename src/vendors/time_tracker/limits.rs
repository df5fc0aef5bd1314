//! Time Tracker's limits as data. The vendor documents none.

/// Maximum length of a request body, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
/// Maximum number of day, week or month columns in a view. Ours: the vendor's page shows a month, and its
/// limit is unknown.
pub const COLUMNS: usize = 750;
