//! Clockify's limits as data.

use std::time::Duration;

use super::model::plans::Tier;
use super::rules::webhooks::WebhookLimits;
use crate::kernel::limits::{Kind, Limit};
use crate::kernel::revision::Revision;

/// Requests of one key, of the document.
const DOCUMENTED: Limit = Limit {
    id: "requests",
    requests: 10,
    per: Duration::from_secs(1),
    kind: Kind::Window,
    source: "001:13",
};

/// Requests of one key, today.
const CURRENT: Limit = Limit {
    id: "requests-today",
    requests: 50,
    per: Duration::from_secs(1),
    kind: Kind::Window,
    source: "clockify.md:9",
};

/// Both generations of the limit; the contract says which holds in which revision. Source: clockify.md:9.
pub const ALL: &[Limit] = &[DOCUMENTED, CURRENT];

/// Webhooks of one person and of all in a workspace. Source: 001:76,
/// clockify.md:7.1.
#[must_use]
pub fn webhooks(revision: Revision, tier: Tier) -> WebhookLimits {
    match (revision, tier) {
        (Revision::Current, Tier::Free) => WebhookLimits { of_user: 3, of_workspace: 3 },
        (Revision::Current, Tier::Enterprise) => WebhookLimits { of_user: 100, of_workspace: 300 },
        _ => WebhookLimits { of_user: 10, of_workspace: 100 },
    }
}

/// Seconds after each failed attempt to deliver. Source: CFY-346.
pub const WEBHOOK_RETRIES: [u32; 5] = [15, 60, 300, 1800, 7200];
/// Seconds for which a delivery stays in the log. Source: 001:78.
pub const WEBHOOK_LOG: u32 = 7 * 24 * 3600;
/// Default number of rows on a page. Source: 001:108.
pub const PAGE: u64 = 50;
/// Most rows on a page. Source: clockify.md:1.6.
pub const PAGE_MOST: u64 = 5000;
/// Default number of timers on a page of running timers. Source: CFY-207.
pub const RUNNING_PAGE: u64 = 10;
/// Most timers on such a page. Source: CFY-207.
pub const RUNNING_PAGE_MOST: u64 = 1000;
/// Longest request body that is read, in bytes. Ours; the vendor states none.
pub const BODY: usize = 4 * 1024 * 1024;
