//! Splitting entries at midnight. Source: clockodo.md:4.6.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use super::access::may_track_for;
use super::entries::{guard, is_settled, next_id, target_of};
use super::refusal::{Problem, Refusal};
use crate::kernel::civil::{by_day, day_start};
use crate::kernel::ids::{Ids, Serial};
use crate::vendors::clockodo::model::{Entry, EntryId, Kind, LONGEST, Mark, State, User, UserId};

/// Splits a co-worker's finished time entries that begin on `day` and extend beyond midnight, into
/// one entry per day. Days are in the co-worker's time zone. Entries with a corrected duration stay
/// whole. Returns all entries of that day and the parts that were split off, by start.
///
/// # Errors
/// [`Problem::Forbidden`], [`Problem::NotFound`], and refusals by a lock, a fixed price or demo
/// data.
pub fn split(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    user: UserId,
    day: NaiveDate,
) -> Result<Vec<EntryId>, Refusal> {
    if !may_track_for(viewer, user) {
        return Err(Problem::Forbidden.at(&["users_id"]));
    }
    let zone = state.users.get(user).ok_or_else(|| Problem::NotFound.at(&["users_id"]))?.zone;
    let now = now.trunc_subsecs(0);
    let from = day_start(day, zone);
    let to = day.succ_opt().map_or(from + LONGEST, |next| day_start(next, zone));
    let rows = state.entries.marks().slices(Mark::at(from), Mark::at(to)).flatten();
    let rows = rows.filter_map(|mark| state.entries.get(EntryId(Serial(mark.id))));
    let rows: Vec<Entry> =
        rows.filter(|entry| entry.user == user).map(|entry| Entry::clone(entry)).collect();
    let mut all = Vec::new();
    for entry in rows {
        all.push((entry.since, entry.id));
        let Some(until) = entry.until.filter(|until| *until > to) else { continue };
        if entry.time().is_none_or(|details| details.offset != 0) {
            continue;
        }
        if is_settled(state, &entry) {
            return Err(Problem::ProjectIsCompleted.into());
        }
        guard(state, viewer, &target_of(&entry), entry.since, now)?;
        for (n, (_, since, until)) in by_day(entry.since, until, zone).into_iter().enumerate() {
            let mut piece = Entry { since, until: Some(until), changed: now, ..entry.clone() };
            if n > 0 {
                piece.id = next_id(ids);
                piece.inserted = now;
                all.push((since, piece.id));
            }
            if let Kind::Time(details) = &mut piece.kind {
                details.work_time_changed = now;
            }
            state.entries.put(piece);
        }
    }
    all.sort_unstable();
    Ok(all.into_iter().map(|(_, id)| id).collect())
}
