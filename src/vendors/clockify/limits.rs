//! Clockify's limits.

use std::time::Duration;

use super::model::plans::Tier;
use super::reports::export::pdf;
use super::reports::query::FREE_DAYS;
use super::reports::weekly;
use super::rules::entries::LONGEST;
use super::rules::webhooks::WebhookLimits;
use crate::kernel::limits::{Bound, Kind, Limit};
use crate::kernel::revision::Revision;

/// The documented limit on requests per key.
const DOCUMENTED: Limit = Limit {
    id: "requests",
    requests: 10,
    per: Duration::from_secs(1),
    kind: Kind::Window,
    source: "001:13",
};

/// The current limit on requests per key.
const CURRENT: Limit = Limit {
    id: "requests-today",
    requests: 50,
    per: Duration::from_secs(1),
    kind: Kind::Window,
    source: "clockify.md:9",
};

/// The limit on the requests to a free workspace.
const FREE: Limit = Limit {
    id: "requests-free",
    requests: 30,
    per: Duration::from_hours(1),
    kind: Kind::Window,
    source: "clockify.md:9, field-cases.md:FC-04",
};

/// All limits; the contract says which applies in which revision. Source: clockify.md:9.
pub const ALL: &[Limit] = &[DOCUMENTED, CURRENT, FREE];

/// The most webhooks of one person and of a workspace. Source: 001:76,
/// clockify.md:7.1.
#[must_use]
pub fn webhooks(revision: Revision, tier: Tier) -> WebhookLimits {
    match (revision, tier) {
        (Revision::Current, Tier::Free) => WebhookLimits { of_user: 3, of_workspace: 3 },
        (Revision::Current, Tier::Enterprise) => WebhookLimits { of_user: 100, of_workspace: 300 },
        _ => WebhookLimits { of_user: 10, of_workspace: 100 },
    }
}

/// Seconds between attempts to deliver a webhook. Source: CFY-346.
pub const WEBHOOK_RETRIES: [u32; 5] = [15, 60, 300, 1800, 7200];
/// Seconds for which the log keeps a delivery. Source: 001:78.
pub const WEBHOOK_LOG: u32 = 7 * 24 * 3600;
/// Default page size. Source: 001:108.
pub const PAGE: u64 = 50;
/// Maximum page size. Source: clockify.md:1.6.
pub const PAGE_MOST: u64 = 5000;
/// Maximum page size of a detailed report. Source: facts.md:CFY-440.
pub const REPORT_PAGE_MOST: u64 = 1000;
/// Default page size of running timers. Source: CFY-207.
pub const RUNNING_PAGE: u64 = 10;
/// Maximum page size of running timers. Source: CFY-207.
pub const RUNNING_PAGE_MOST: u64 = 1000;
/// Maximum size of a request body in bytes. Ours; the vendor documents none.
pub const BODY: usize = 4 * 1024 * 1024;
/// Maximum levels of groups in a summary report. Source: CFY-424.
pub const LEVELS: usize = 3;

/// The most that operations take or answer, beside the lengths of texts in the contract and the quotas of plans.
/// Ours, but for those whose constants name a source.
pub const BOUNDS: &[Bound] = &[
    Bound {
        operation: "*",
        what: "bytes of a body",
        most: BODY as u64,
        beyond: "413 `Maximum upload size exceeded`",
    },
    Bound {
        operation: "*",
        what: "rows of a page",
        most: PAGE_MOST,
        beyond: "400 `page-size must be less than or equal to 5000`",
    },
    Bound {
        operation: "getInProgressTimeEntries",
        what: "rows of a page",
        most: RUNNING_PAGE_MOST,
        beyond: "400 `must be less than or equal to 1000`",
    },
    Bound {
        operation: "generateDetailedReport, generateSharedReport",
        what: "rows of a page",
        most: REPORT_PAGE_MOST,
        beyond: "400",
    },
    Bound {
        operation: "createTimeEntry, createForOthers, updateTimeEntry, replaceMany, endTimeEntry, \
                    stopRunningTimeEntry",
        what: "hours of an entry",
        most: LONGEST.unsigned_abs(),
        beyond: "400 `Time entry cannot have duration more than 999 hours.`",
    },
    Bound {
        operation: "generateSummaryReport, generateDetailedReport",
        what: "days of a range on a free plan",
        most: FREE_DAYS.unsigned_abs(),
        beyond: "403",
    },
    Bound {
        operation: "generateWeeklyReport",
        what: "days of a range",
        most: weekly::DAYS.unsigned_abs(),
        beyond: "400 `Please select date range of exactly 7 days for weekly report`",
    },
    Bound {
        operation: "generateSummaryReport",
        what: "levels of groups",
        most: LEVELS as u64,
        beyond: "400 `size must be between 1 and 3`",
    },
    Bound {
        operation: "generateSummaryReport, generateWeeklyReport, generateDetailedReport, \
                    generateSharedReport",
        what: "rows of a PDF",
        most: pdf::ROWS as u64,
        beyond: "left out; the totals are those of all rows",
    },
];
