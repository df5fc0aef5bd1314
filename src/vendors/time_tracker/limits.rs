//! Time Tracker's limits as data. The vendor documents none.

/// Longest request body that is read, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
/// Most columns of a view by day, week or month. Ours: the vendor's page shows a month, and nothing is
/// known of its bounds.
pub const COLUMNS: usize = 750;
