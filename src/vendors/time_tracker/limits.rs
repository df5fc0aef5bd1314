//! Time Tracker's limits as data. The vendor documents none.

/// Longest request body that is read, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
