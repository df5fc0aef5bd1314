//! Stopping a running entry, for the clock and for new entries that stop it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::quirk;
use crate::vendors::clockodo::model::{Entry, EntryId, Kind, State, UserId};

/// The maximum span of a clocked entry: one second less than that of other time entries.
const LONGEST_CLOCKED: TimeDelta = TimeDelta::seconds(86_399);

/// Stops the co-worker's clock at `at` if it was running then. Returns its entry.
pub(super) fn stop_at(
    state: &mut State,
    user: UserId,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<EntryId> {
    let running = state.entries.running(user).filter(|entry| entry.since <= at)?;
    let entry = Entry::clone(running);
    let id = entry.id;
    finish(state, entry, at, now);
    Some(id)
}

/// Ends an entry at `at`. Returns true if it was cut to the maximum span. An entry of length 0
/// becomes a manual one.
pub(super) fn finish(
    state: &mut State,
    mut entry: Entry,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let most = entry.since + LONGEST_CLOCKED;
    let until = at.max(entry.since).min(most);
    if at > most {
        quirk!("CDO-016");
    }
    entry.until = Some(until);
    entry.changed = now;
    if let Kind::Time(details) = &mut entry.kind {
        details.work_time_changed = now;
        details.offset = 0;
        if until == entry.since {
            quirk!("CDO-024");
            (details.clocked, details.clocked_offline) = (false, false);
            details.clocked_since = None;
        }
    }
    state.entries.put(entry);
    at > most
}
