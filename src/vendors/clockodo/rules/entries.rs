//! Recording and deleting entries.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::access::{is_locked, may_track_for};
use super::target::{AnyService, Target, check};
use super::{clock, rates, texts};
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, Entry, EntryId, Kind, LONGEST, LumpsumServiceId, Mark, Project,
    ProjectId, Scope, ServiceId, State, SubprojectId, TimeDetails, User, UserId,
};

/// First id that is handed out.
const FIRST: u64 = 85_700_001;

/// Why an entry is refused. Names are those of the request's parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// There is no such entry.
    NoEntry,
    /// What the parameter refers to does not exist.
    NotFound(&'static str),
    /// What the parameter refers to is archived.
    Inactive(&'static str),
    /// Parameters that do not belong together.
    Mismatch(&'static [&'static str]),
    /// The caller lacks the right; with the parameters that would need it.
    Forbidden(&'static [&'static str]),
    /// The company wants a project on each entry.
    ProjectRequired,
    /// The project is completed.
    ProjectCompleted,
    /// The subproject is completed.
    SubprojectCompleted,
    /// The day is outside the project's period.
    OutsideProject,
    /// The end is before the start.
    Backwards,
    /// Longer than an entry may be.
    TooLong,
    /// It lies in the future.
    Future,
    /// No clock runs, or it was not clocked.
    NotRunning,
    /// The entry is not as the caller saw it.
    Changed,
    /// The company wants time entries not to overlap.
    Overlaps,
    /// The company wants the duration to be the span.
    NotLinked,
    /// The caller's edit lock covers the day.
    Locked,
    /// Demo data cannot be changed.
    DemoData,
}

/// What is recorded.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Whose.
    pub user: UserId,
    /// For whom.
    pub customer: CustomerId,
    /// On what.
    pub project: Option<ProjectId>,
    /// On which part of it.
    pub subproject: Option<SubprojectId>,
    /// Whether it is billed.
    pub billable: Billable,
    /// What was done.
    pub text: Option<String>,
    /// When it began.
    pub since: DateTime<Utc>,
    /// The type.
    pub what: New,
}

/// The type of a new entry with what only that type has.
#[derive(Debug, Clone)]
pub enum New {
    /// A stretch of time.
    Time {
        /// The kind of work.
        service: ServiceId,
        /// When it ended.
        until: DateTime<Utc>,
        /// Seconds worked, where they are not the span.
        duration: Option<i64>,
        /// What an hour is worth, where it is not the rate found.
        rate: Option<Minor>,
        /// Whether it was clocked without a connection, and since when.
        offline: Option<Option<DateTime<Utc>>>,
    },
    /// An amount of money.
    Lumpsum {
        /// For which service.
        service: ServiceId,
        /// How much.
        value: Minor,
    },
    /// Units of a lump-sum service.
    LumpsumService {
        /// Of which.
        service: LumpsumServiceId,
        /// How many, in hundredths.
        amount: i64,
    },
}

impl New {
    fn service(&self) -> AnyService {
        match self {
            Self::Time { service, .. } | Self::Lumpsum { service, .. } => {
                AnyService::Service(*service)
            }
            Self::LumpsumService { service, .. } => AnyService::Lumpsum(*service),
        }
    }
}

/// What came of recording.
#[derive(Debug, Clone, Copy)]
pub struct Added {
    /// The new entry.
    pub id: EntryId,
    /// The clock that an entry clocked offline has stopped.
    pub stopped: Option<EntryId>,
}

/// The next id of an entry.
pub fn next_id(ids: &mut Ids) -> EntryId {
    EntryId(Serial(ids.serial("clockodo/entries", FIRST).0))
}

/// The entry of this id, if `viewer` may see it.
///
/// # Errors
/// [`Error::NoEntry`] and [`Error::Forbidden`].
pub fn find<'a>(state: &'a State, viewer: &User, id: EntryId) -> Result<&'a Arc<Entry>, Error> {
    let entry = state.entries.get(id).ok_or(Error::NoEntry)?;
    if may_track_for(viewer, entry.user) { Ok(entry) } else { Err(Error::Forbidden(&[])) }
}

/// Records an entry. One that was clocked offline stops the clock that was running when it began.
///
/// # Errors
/// All but [`Error::NoEntry`].
pub fn add(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    new: NewEntry,
) -> Result<Added, Error> {
    let NewEntry { user, customer, project, subproject, billable, text, since, what } = new;
    let target = Target { user, customer, project, subproject, service: what.service() };
    if !may_track_for(viewer, user) {
        return Err(Error::Forbidden(&["users_id"]));
    }
    check(state, &target, None, since)?;
    guard(state, viewer, &target, since, now)?;
    let now = now.trunc_subsecs(0);
    let mut until = Some(since);
    let mut stopped = None;
    let kind = match what {
        New::Lumpsum { service, value } => Kind::Lumpsum { service, value },
        New::LumpsumService { service, amount } => Kind::LumpsumService { service, amount },
        New::Time { service, until: end, duration, rate, offline } => {
            if rate.is_some() && !viewer.rights().revenues {
                return Err(Error::Forbidden(&["hourly_rate"]));
            }
            let offset = offset(state, since, end, duration)?;
            if offline.is_some() {
                stopped = clock::stop_at(state, user, since, now);
            }
            free(state, user, since, end, None)?;
            until = Some(end);
            Kind::Time(TimeDetails {
                service,
                offset,
                clocked: offline.is_some(),
                clocked_offline: offline.is_some(),
                clocked_since: offline.map(|clocked| clocked.unwrap_or(since)),
                work_time_changed: now,
                rate: rate.unwrap_or_else(|| rates::rate(state, scope(&target))),
                own_rate: rate.is_some(),
            })
        }
    };
    let text = text.and_then(|words| texts::intern(state, ids, &words));
    let id = next_id(ids);
    state.entries.put(Entry {
        id,
        user,
        customer,
        project,
        subproject,
        billable,
        text,
        since,
        until,
        inserted: now,
        changed: now,
        test_data: false,
        kind,
    });
    Ok(Added { id, stopped })
}

/// What a rate is looked up by.
#[must_use]
pub fn scope(target: &Target) -> Scope {
    let service = match target.service {
        AnyService::Service(service) => Some(service),
        AnyService::Lumpsum(_) => None,
    };
    Scope {
        project: target.project,
        customer: Some(target.customer),
        user: Some(target.user),
        service,
    }
}

/// Demo data and locked days are not touched.
pub(super) fn guard(
    state: &State,
    viewer: &User,
    target: &Target,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let demo = state.customers.get(target.customer).is_some_and(|customer| customer.test_data)
        || target.project.and_then(|id| state.projects.get(id)).is_some_and(|p| p.test_data);
    if demo {
        return Err(Error::DemoData);
    }
    if is_locked(viewer, since, now) { Err(Error::Locked) } else { Ok(()) }
}

/// The correction that makes the span from `since` to `until` last `duration`.
pub(super) fn offset(
    state: &State,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    duration: Option<i64>,
) -> Result<i64, Error> {
    if until < since {
        return Err(Error::Backwards);
    }
    if until - since > LONGEST || duration.is_some_and(|seconds| seconds > LONGEST.num_seconds()) {
        quirk!("CDO-016");
        return Err(Error::TooLong);
    }
    let offset = duration.map_or(0, |seconds| seconds - (until - since).num_seconds());
    if offset != 0 {
        if state.company.force_linked_entry_times {
            return Err(Error::NotLinked);
        }
        quirk!("CDO-004");
    }
    Ok(offset)
}

/// Refuses a stretch that overlaps another of the same co-worker, where the company wants that.
pub(super) fn free(
    state: &State,
    user: UserId,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    but: Option<EntryId>,
) -> Result<(), Error> {
    if state.company.allow_entry_overlaps {
        return Ok(());
    }
    let from = Mark::at(since.checked_sub_signed(LONGEST).unwrap_or(since));
    let mut near = state.entries.marks().slices(from, Mark::at(until)).flatten();
    let overlaps = near.any(|mark| {
        let id = EntryId(Serial(mark.id));
        let entry = state.entries.get(id).filter(|e| e.user == user && Some(e.id) != but);
        entry.is_some_and(|entry| {
            entry.time().is_some() && entry.until.is_none_or(|end| end > since)
        })
    });
    if overlaps { Err(Error::Overlaps) } else { Ok(()) }
}

/// What an entry is for.
#[must_use]
pub fn target_of(entry: &Entry) -> Target {
    let service = match &entry.kind {
        Kind::Time(TimeDetails { service, .. }) | Kind::Lumpsum { service, .. } => {
            AnyService::Service(*service)
        }
        Kind::LumpsumService { service, .. } => AnyService::Lumpsum(*service),
    };
    Target {
        user: entry.user,
        customer: entry.customer,
        project: entry.project,
        subproject: entry.subproject,
        service,
    }
}

/// Whether the entry went into the fixed price of a completed project.
pub(super) fn is_settled(state: &State, entry: &Entry) -> bool {
    let project: Option<&Arc<Project>> = entry.project.and_then(|id| state.projects.get(id));
    project.is_some_and(|project| project.is_hard() && project.completed_at.is_some())
}

/// Deletes an entry, running or not.
///
/// # Errors
/// [`Error::NoEntry`], [`Error::Forbidden`], [`Error::Locked`], [`Error::DemoData`] and
/// [`Error::ProjectCompleted`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
) -> Result<(), Error> {
    let entry = Arc::clone(find(state, viewer, id)?);
    if entry.test_data {
        return Err(Error::DemoData);
    }
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    if is_settled(state, &entry) {
        return Err(Error::ProjectCompleted);
    }
    state.entries.remove(id);
    Ok(())
}
