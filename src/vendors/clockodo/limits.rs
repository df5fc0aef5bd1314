//! Clockodo's limits: requests per period, rows per page, bytes per body.

use std::time::Duration;

use super::model::LONGEST;
use crate::kernel::limits::{Bound, Kind, Limit};

const fn limit(id: &'static str, requests: u32, seconds: u64, source: &'static str) -> Limit {
    Limit { id, requests, per: Duration::from_secs(seconds), kind: Kind::Window, source }
}

/// Limits on all requests of a co-worker together.
pub const ALL: [Limit; 4] = [
    limit("clockodo/minute", 900, 60, "clockodo.md:8"),
    limit("clockodo/quarter-hour", 2250, 15 * 60, "clockodo.md:8"),
    limit("clockodo/hour", 4500, 3600, "clockodo.md:8"),
    limit("clockodo/day", 20_000, 86_400, "clockodo.md:8"),
];
/// The limit on lists of entries with `enhanced_list`.
pub const ENHANCED: Limit = limit("clockodo/enhanced-list", 300, 15 * 60, "clockodo.md:8");
/// The limit on entry groups: reading, changing and deleting together.
pub const GROUPS: Limit = limit("clockodo/entrygroups", 10, 60, "clockodo.md:8");

/// All limits. Source: clockodo.md:8.
pub const EVERY: [Limit; 6] = [ALL[0], ALL[1], ALL[2], ALL[3], ENHANCED, GROUPS];

/// Default and maximum page size of entries. Source: clockodo.md:3.
pub const ENTRIES_A_PAGE: u64 = 1000;
/// Maximum size of a request body in bytes. Ours; the vendor documents none.
pub const BODY: usize = 1024 * 1024;
/// Maximum length of `X-Clockodo-External-Application` in characters. Source: clockodo.md:1.
pub const CLIENT: usize = 50;

/// The most that operations take or answer, beside the lengths of texts in the contract. Ours, but for those whose
/// constants name a source.
pub const BOUNDS: &[Bound] = &[
    Bound {
        operation: "*",
        what: "bytes of a body",
        most: BODY as u64,
        beyond: "413 `PayloadTooLarge`",
    },
    Bound {
        operation: "listEntries",
        what: "rows of a page",
        most: ENTRIES_A_PAGE,
        beyond: "a page of that length",
    },
    Bound {
        operation: "addEntry, editEntry, editClock",
        what: "hours of an entry",
        most: LONGEST.num_hours().unsigned_abs(),
        beyond: "`EntryTooLong`, 400 or 422",
    },
    Bound {
        operation: "stopClock",
        what: "hours of an entry",
        most: LONGEST.num_hours().unsigned_abs(),
        beyond: "cut off, which `stopped_has_been_truncated` says",
    },
    Bound {
        operation: "*",
        what: "characters of `X-Clockodo-External-Application`",
        most: CLIENT as u64,
        beyond: "400 `ClientIdentificationTooLong`",
    },
];
/// Maximum length of an entry's text in characters. Ours; the vendor's contract has none.
pub const ENTRY_TEXT: usize = 65_535;
/// Maximum number of rows of a list in a request. Source: clockodo-modern.md:0.
pub const ITEMS: usize = 500;
/// Maximum length, in characters, of a value that is no free text: a number, an instant, a day. Ours.
pub const PLAIN: usize = 100;

/// A limit in the vendor's wording: `10 requests per 1 minute`. Source: clockodo.md:2.2.
#[must_use]
pub fn description(limit: &Limit) -> String {
    let minutes = limit.per.as_secs() / 60;
    let (count, unit) = match minutes {
        0..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{} requests per {count} {unit}{plural}", limit.requests)
}
