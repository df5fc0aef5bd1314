//! Changing entries.

use chrono::{DateTime, SubsecRound, Utc};

use super::access::may_track_for;
use super::entries::{find, free, guard, is_settled, offset, placed, scope, target_of};
use super::refusal::{Problem, Refusal};
use super::target::check;
use super::{rates, texts};
use crate::kernel::ids::Ids;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, Entry, EntryId, Kind, LONGEST, LumpsumServiceId, ProjectId, ServiceId,
    State, SubprojectId, User, UserId,
};

/// Changes of an entry. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct EntryPatch {
    /// The co-worker.
    pub user: Option<UserId>,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The project.
    pub project: Option<Option<ProjectId>>,
    /// The subproject. It is removed if the project changes and no subproject is sent.
    pub subproject: Option<Option<SubprojectId>>,
    /// The service.
    pub service: Option<ServiceId>,
    /// The lump-sum service.
    pub lumpsum_service: Option<LumpsumServiceId>,
    /// The billing state.
    pub billable: Option<Billable>,
    /// The description. An empty one removes it.
    pub text: Option<String>,
    /// The start.
    pub since: Option<DateTime<Utc>>,
    /// The end.
    pub until: Option<DateTime<Utc>>,
    /// Seconds worked.
    pub duration: Option<i64>,
    /// Value of a lump sum.
    pub value: Option<Minor>,
    /// Units of a lump-sum service, in hundredths.
    pub amount: Option<i64>,
    /// The hourly rate.
    pub rate: Option<Minor>,
}

/// Changes an entry.
///
/// # Errors
/// Any refusal.
pub fn edit(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
    patch: EntryPatch,
) -> Result<(), Refusal> {
    let mut entry = Entry::clone(find(state, viewer, id)?);
    let was = placed(&entry);
    let before = was.target;
    changeable(state, viewer, &entry, &patch, now)?;
    fits_type(&entry, &patch)?;
    if patch.rate.is_some() && !viewer.rights().revenues {
        return Err(Problem::Forbidden.at(&["hourly_rate"]));
    }
    let user = patch.user.unwrap_or(entry.user);
    if !may_track_for(viewer, user) {
        return Err(Problem::Forbidden.at(&["users_id"]));
    }
    let project = patch.project.unwrap_or(entry.project);
    let kept = entry.subproject.filter(|_| project == entry.project);
    entry.subproject = patch.subproject.unwrap_or(kept);
    (entry.user, entry.project) = (user, project);
    entry.customer = patch.customer.unwrap_or(entry.customer);
    entry.billable = patch.billable.unwrap_or(entry.billable);
    entry.since = patch.since.unwrap_or(entry.since);
    match &mut entry.kind {
        Kind::Time(details) => details.service = patch.service.unwrap_or(details.service),
        Kind::Lumpsum { service, value } => {
            *service = patch.service.unwrap_or(*service);
            *value = patch.value.unwrap_or(*value);
            entry.until = Some(entry.since);
        }
        Kind::LumpsumService { service, amount } => {
            *service = patch.lumpsum_service.unwrap_or(*service);
            *amount = patch.amount.unwrap_or(*amount);
            entry.until = Some(entry.since);
        }
    }
    let target = target_of(&entry);
    check(state, placed(&entry), Some(was), entry.since)?;
    guard(state, viewer, &target, entry.since, now)?;
    if let Some(words) = &patch.text {
        entry.text = texts::intern(state, ids, words);
    }
    let now = now.trunc_subsecs(0);
    times(state, &mut entry, &patch, now)?;
    if let Kind::Time(details) = &mut entry.kind {
        if let Some(rate) = patch.rate {
            (details.rate, details.own_rate) = (rate, true);
        } else if target != before && !details.own_rate {
            details.rate = rates::rate(state, scope(&target));
        }
        if user != before.user {
            details.work_time_changed = now;
            if let Some(end) = entry.until {
                free(state, user, entry.since, end, Some(id))?;
            }
        }
    }
    entry.changed = now;
    state.entries.put(entry);
    Ok(())
}

/// Sets the end and the duration of a time entry, after its start.
fn times(
    state: &State,
    entry: &mut Entry,
    patch: &EntryPatch,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let EntryPatch { since, until, duration, .. } = patch;
    let Some(details) = entry.time() else { return Ok(()) };
    if since.is_none() && until.is_none() && duration.is_none() {
        return Ok(());
    }
    let kept = details.offset;
    let until = until.or(entry.until);
    let offset = match until {
        None if duration.is_some() => return Err(Problem::InvalidCombination.at(&["duration"])),
        // The clock continues from another start.
        None if entry.since > now => return Err(Problem::EndBeforeStart.into()),
        None => 0,
        Some(end) => {
            let new = offset(state, entry.since, end, *duration)?;
            free(state, entry.user, entry.since, end, Some(entry.id))?;
            if duration.is_some() { new } else { kept }
        }
    };
    let length = until.map(|end| (end - entry.since).num_seconds() + offset);
    if length.is_some_and(|seconds| seconds < 0) {
        return Err(Problem::EndBeforeStart.into());
    }
    // A correction that stays counts too.
    if length.is_some_and(|seconds| seconds > LONGEST.num_seconds()) {
        quirk!("CDO-015");
        return Err(Problem::EntryTooLong.into());
    }
    entry.until = until;
    if let Kind::Time(details) = &mut entry.kind {
        details.offset = offset;
        details.work_time_changed = now;
    }
    Ok(())
}

/// Refuses changes of demo data and on locked days. Of entries in a final fixed price, only text
/// and billing state may change.
fn changeable(
    state: &State,
    viewer: &User,
    entry: &Entry,
    patch: &EntryPatch,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if entry.test_data {
        return Err(Problem::CannotModifyDemoData.into());
    }
    guard(state, viewer, &target_of(entry), entry.since, now)?;
    let EntryPatch { billable: _, text: _, .. } = patch;
    let words_only = EntryPatch { billable: None, text: None, ..patch.clone() }.is_empty();
    if !words_only && is_settled(state, entry) {
        return Err(Problem::ProjectIsCompleted.into());
    }
    Ok(())
}

impl EntryPatch {
    /// True if it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            user,
            customer,
            project,
            subproject,
            service,
            lumpsum_service,
            billable,
            text,
            since,
            until,
            duration,
            value,
            amount,
            rate,
        } = self;
        user.is_none()
            && customer.is_none()
            && project.is_none()
            && subproject.is_none()
            && service.is_none()
            && lumpsum_service.is_none()
            && billable.is_none()
            && text.is_none()
            && since.is_none()
            && until.is_none()
            && duration.is_none()
            && value.is_none()
            && amount.is_none()
            && rate.is_none()
    }
}

/// An entry keeps its type: parameters of another type are refused.
fn fits_type(entry: &Entry, patch: &EntryPatch) -> Result<(), Refusal> {
    let time = patch.duration.is_some() || patch.rate.is_some() || patch.until.is_some();
    let (value, units) = (patch.value.is_some(), patch.amount.is_some());
    let lumpsum_service = patch.lumpsum_service.is_some();
    let wrong = match &entry.kind {
        Kind::Time(_) => value || units || lumpsum_service,
        Kind::Lumpsum { .. } => time || units || lumpsum_service,
        Kind::LumpsumService { .. } => time || value || patch.service.is_some(),
    };
    if wrong {
        quirk!("CDO-015");
        return Err(Problem::InvalidCombination.into());
    }
    Ok(())
}
