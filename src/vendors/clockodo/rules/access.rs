//! Access to entries: who may see and change them, and until when.

use chrono::{DateTime, Days, Utc};

use crate::kernel::civil::local;
use crate::quirk;
use crate::vendors::clockodo::model::{User, UserId};

/// True if `viewer` may see and change entries of `whose`.
#[must_use]
pub fn may_track_for(viewer: &User, whose: UserId) -> bool {
    let may = viewer.id == whose || viewer.rights().others_entries;
    if !may {
        quirk!("CDO-018");
    }
    may
}

/// True if the viewer's edit lock covers an entry that starts at `since`. The fixed lock covers its
/// own day and all earlier days. The lock in days leaves that many days open, including today. Days
/// are in the viewer's time zone. Co-workers who may edit the entries of all are not locked out.
/// Source: facts.md:CDO-020.
#[must_use]
pub fn is_locked(viewer: &User, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let day = local(since, viewer.zone).date();
    let today = local(now, viewer.zone).date();
    let fixed = viewer.edit_lock.is_some_and(|last| day <= last);
    let moving = viewer.edit_lock_days.is_some_and(|days| {
        let open = u64::from(days.max(1)) - 1;
        today.checked_sub_days(Days::new(open)).is_some_and(|first| day < first)
    });
    if !fixed && !moving {
        return false;
    }
    quirk!("CDO-020");
    if viewer.rights().others_entries {
        return false;
    }
    quirk!("CDO-015");
    true
}
