//! Adding and deleting entries.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::access::{is_locked, may_track_for};
use super::refusal::{Problem, Refusal};
use super::running::stop_at;
use super::target::{AnyService, Placed, Target, check};
use super::{rates, texts};
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, Entry, EntryId, Kind, LONGEST, LumpsumServiceId, Mark, Project,
    ProjectId, Scope, ServiceId, State, SubprojectId, TimeDetails, User, UserId,
};

/// Id of the first entry that is added.
const FIRST: u64 = 85_700_001;

/// An entry to add.
#[derive(Debug, Clone)]
pub struct EntryDraft {
    /// The co-worker.
    pub user: UserId,
    /// The customer.
    pub customer: CustomerId,
    /// The project.
    pub project: Option<ProjectId>,
    /// The subproject.
    pub subproject: Option<SubprojectId>,
    /// The billing state.
    pub billable: Billable,
    /// The description.
    pub text: Option<String>,
    /// The start.
    pub since: DateTime<Utc>,
    /// The type.
    pub kind: DraftKind,
}

/// The type of a new entry, with the values that only this type has.
#[derive(Debug, Clone)]
pub enum DraftKind {
    /// Time.
    Time {
        /// The service.
        service: ServiceId,
        /// The end.
        until: DateTime<Utc>,
        /// Seconds worked, if different from the span.
        duration: Option<i64>,
        /// The hourly rate, if different from the one that applies.
        rate: Option<Minor>,
        /// Present if it was clocked offline. Contains the start of the clock, if sent.
        offline: Option<Option<DateTime<Utc>>>,
    },
    /// A lump sum.
    Lumpsum {
        /// The service.
        service: ServiceId,
        /// The amount.
        value: Minor,
    },
    /// Units of a lump-sum service.
    LumpsumService {
        /// The lump-sum service.
        service: LumpsumServiceId,
        /// The number of units, in hundredths.
        amount: i64,
    },
}

impl DraftKind {
    fn service(&self) -> AnyService {
        match self {
            Self::Time { service, .. } | Self::Lumpsum { service, .. } => {
                AnyService::Service(*service)
            }
            Self::LumpsumService { service, .. } => AnyService::Lumpsum(*service),
        }
    }
}

/// A recorded entry.
#[derive(Debug, Clone, Copy)]
pub struct AddedEntry {
    /// The new entry.
    pub id: EntryId,
    /// The entry whose clock an offline entry has stopped.
    pub stopped: Option<EntryId>,
}

/// The next id of an entry.
pub fn next_id(ids: &mut Ids) -> EntryId {
    EntryId(Serial(ids.serial("clockodo/entries", FIRST).0))
}

/// The entry with this id, if `viewer` may see it.
///
/// # Errors
/// [`Problem::NotFound`] and [`Problem::Forbidden`].
pub fn find<'a>(state: &'a State, viewer: &User, id: EntryId) -> Result<&'a Arc<Entry>, Refusal> {
    let entry = state.entries.get(id).ok_or(Problem::NotFound)?;
    if may_track_for(viewer, entry.user) { Ok(entry) } else { Err(Problem::Forbidden.into()) }
}

/// Adds an entry. One that was clocked offline stops a clock that was running at its start.
///
/// # Errors
/// Any refusal except [`Problem::NotFound`].
pub fn add(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    new: EntryDraft,
) -> Result<AddedEntry, Refusal> {
    let EntryDraft { user, customer, project, subproject, billable, text, since, kind } = new;
    let target = Target { user, customer, project, subproject, service: kind.service() };
    if !may_track_for(viewer, user) {
        return Err(Problem::Forbidden.at(&["users_id"]));
    }
    check(state, Placed { target, billable }, None, since)?;
    guard(state, viewer, &target, since, now)?;
    let now = now.trunc_subsecs(0);
    let mut until = Some(since);
    let mut stopped = None;
    let kind = match kind {
        DraftKind::Lumpsum { service, value } => Kind::Lumpsum { service, value },
        DraftKind::LumpsumService { service, amount } => Kind::LumpsumService { service, amount },
        DraftKind::Time { service, until: end, duration, rate, offline } => {
            if rate.is_some() && !viewer.rights().revenues {
                return Err(Problem::Forbidden.at(&["hourly_rate"]));
            }
            let offset = offset(state, since, end, duration)?;
            if offline.is_some() {
                stopped = stop_at(state, user, since, now);
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
    Ok(AddedEntry { id, stopped })
}

/// The scope for looking up the rate of a target.
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

/// Refuses changes of demo data and on locked days.
pub(super) fn guard(
    state: &State,
    viewer: &User,
    target: &Target,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let demo = state.customers.get(target.customer).is_some_and(|customer| customer.test_data)
        || target.project.and_then(|id| state.projects.get(id)).is_some_and(|p| p.test_data);
    if demo {
        return Err(Problem::CannotModifyDemoData.into());
    }
    if is_locked(viewer, since, now) { Err(Problem::Locked.into()) } else { Ok(()) }
}

/// The correction that gives the span from `since` to `until` the duration `duration`.
pub(super) fn offset(
    state: &State,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    duration: Option<i64>,
) -> Result<i64, Refusal> {
    if until < since {
        return Err(Problem::EndBeforeStart.into());
    }
    if until - since > LONGEST || duration.is_some_and(|seconds| seconds > LONGEST.num_seconds()) {
        quirk!("CDO-015");
        return Err(Problem::EntryTooLong.into());
    }
    let offset = duration.map_or(0, |seconds| seconds - (until - since).num_seconds());
    if offset != 0 {
        if state.company.force_linked_entry_times {
            return Err(Problem::NotLinked.into());
        }
        quirk!("CDO-004");
    }
    Ok(offset)
}

/// Refuses a period that overlaps another entry of the co-worker, if the company forbids overlaps.
pub(super) fn free(
    state: &State,
    user: UserId,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    but: Option<EntryId>,
) -> Result<(), Refusal> {
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
    if overlaps { Err(Problem::Overlaps.into()) } else { Ok(()) }
}

/// Where an entry is placed.
#[must_use]
pub fn placed(entry: &Entry) -> Placed {
    Placed { target: target_of(entry), billable: entry.billable }
}

/// The target of an entry.
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

/// True if the entry is part of the fixed price of a completed project.
pub(super) fn is_settled(state: &State, entry: &Entry) -> bool {
    let project: Option<&Arc<Project>> = entry.project.and_then(|id| state.projects.get(id));
    project.is_some_and(|project| project.is_hard() && project.completed_at.is_some())
}

/// Deletes an entry, whether or not it is running.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Forbidden`], [`Problem::Locked`],
/// [`Problem::CannotModifyDemoData`] and [`Problem::ProjectIsCompleted`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
) -> Result<(), Refusal> {
    let entry = Arc::clone(find(state, viewer, id)?);
    if entry.test_data {
        return Err(Problem::CannotModifyDemoData.into());
    }
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    if is_settled(state, &entry) {
        return Err(Problem::ProjectIsCompleted.into());
    }
    state.entries.remove(id);
    Ok(())
}
