//! Time Tracker's limits as data. The vendor documents none.

use super::rules::view::Most;

/// Maximum length of a request body, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
/// Maximum size of a view. Ours: the vendor's page shows a month, and its limits are unknown.
pub const VIEW: Most = Most { columns: 750, cells: 50_000_000 };
