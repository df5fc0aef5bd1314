//! The clock: a running entry. Source: clockodo.md:5.1.

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};

use super::access::may_track_for;
use super::entries::{find, free, guard, next_id, placed, scope, target_of};
use super::refusal::{Problem, Refusal};
use super::running::finish;
use super::target::{AnyService, Placed, Target, check};
use super::{rates, texts};
use crate::kernel::ids::{Ids, Serial};
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, Entry, EntryId, Kind, LONGEST, Mark, ProjectId, ServiceId, State,
    SubprojectId, TextId, TimeDetails, User, UserId,
};

/// A clock entry to start.
#[derive(Debug, Clone)]
pub struct ClockDraft {
    /// The co-worker.
    pub user: UserId,
    /// The customer.
    pub customer: CustomerId,
    /// The service.
    pub service: ServiceId,
    /// The project.
    pub project: Option<ProjectId>,
    /// The subproject.
    pub subproject: Option<SubprojectId>,
    /// The billing state. Absent: that of the subproject, project or customer.
    pub billable: Option<Billable>,
    /// The description, as a text or by id.
    pub text: Option<ClockText>,
    /// The start. Absent: now.
    pub since: Option<DateTime<Utc>>,
    /// Seconds to take from the end of the previous clock.
    pub transfer: Option<i64>,
    /// True to cut or delete overlapping entries.
    pub clear_overlaps: bool,
}

/// A description, as a text or by id.
#[derive(Debug, Clone)]
pub enum ClockText {
    /// A text.
    Words(String),
    /// The id of an existing text.
    Known(TextId),
}

/// A started clock.
#[derive(Debug, Clone)]
pub struct StartedClock {
    /// The entry that is now running.
    pub running: EntryId,
    /// The entry whose clock was stopped, and true if it was cut.
    pub stopped: Option<(EntryId, bool)>,
    /// Overlapping entries that were deleted.
    pub deleted: Vec<EntryId>,
    /// Overlapping entries that were cut.
    pub truncated: Vec<EntryId>,
}

/// Starts a clock. Stops the previous one at the same time.
///
/// # Errors
/// As [`super::entries::add`], and [`Problem::InFuture`].
pub fn start(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    new: ClockDraft,
) -> Result<StartedClock, Refusal> {
    let now = now.trunc_subsecs(0);
    let ClockDraft { user, customer, service, project, subproject, .. } = new;
    let target =
        Target { user, customer, project, subproject, service: AnyService::Service(service) };
    if !may_track_for(viewer, user) {
        return Err(Problem::Forbidden.at(&["users_id"]));
    }
    let ran = state.entries.running(user).map(|entry| (entry.id, entry.since));
    if ran.is_some() && new.transfer.is_some() {
        quirk!("CDO-033");
    }
    let transferred = new.transfer.and_then(|seconds| {
        let back = TimeDelta::try_seconds(seconds).and_then(|back| now.checked_sub_signed(back));
        // No more can be taken from the previous clock than it has run.
        ran.map(|(_, since)| back.map_or(since, |back| back.max(since)))
    });
    let since = transferred.or(new.since).unwrap_or(now);
    if since > now {
        return Err(Problem::InFuture.into());
    }
    let billable = new.billable.unwrap_or_else(|| usual(state, &target));
    check(state, Placed { target, billable }, None, since)?;
    guard(state, viewer, &target, since, now)?;
    let text = match new.text {
        Some(ClockText::Known(id)) if state.texts.get(id).is_none() => {
            return Err(Problem::NotFound.at(&["texts_id"]));
        }
        Some(ClockText::Known(id)) => Some(id),
        Some(ClockText::Words(words)) => texts::intern(state, ids, &words),
        None => None,
    };
    let stopped = ran.and_then(|(id, _)| {
        let entry = Entry::clone(state.entries.get(id)?);
        Some((id, finish(state, entry, since, now)))
    });
    let (mut deleted, mut truncated) = (Vec::new(), Vec::new());
    if new.clear_overlaps {
        clear(state, user, since, now, &mut deleted, &mut truncated);
    }
    free(state, user, since, now, None)?;
    let running = next_id(ids);
    state.entries.put(Entry {
        id: running,
        user,
        customer,
        project,
        subproject,
        billable,
        text,
        since,
        until: None,
        inserted: now,
        changed: now,
        test_data: false,
        kind: Kind::Time(TimeDetails {
            service,
            offset: 0,
            clocked: true,
            clocked_offline: false,
            clocked_since: Some(since),
            work_time_changed: now,
            rate: rates::rate(state, scope(&target)),
            own_rate: false,
        }),
    });
    Ok(StartedClock { running, stopped, deleted, truncated })
}

/// The default billing state of work on a target.
fn usual(state: &State, target: &Target) -> Billable {
    let part = target.subproject.and_then(|id| state.subprojects.get(id));
    let project = target.project.and_then(|id| state.projects.get(id));
    let customer = state.customers.get(target.customer);
    let billable = part
        .map(|part| part.billable_default)
        .or(project.map(|project| project.billable_default))
        .or(customer.map(|customer| customer.billable_default));
    if billable == Some(false) { Billable::No } else { Billable::Yes }
}

/// Deletes the co-worker's time entries that begin in a period, and cuts those that extend into it.
fn clear(
    state: &mut State,
    user: UserId,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    deleted: &mut Vec<EntryId>,
    truncated: &mut Vec<EntryId>,
) {
    for entry in near(state, user, since, until) {
        if entry.since >= since {
            state.entries.remove(entry.id);
            deleted.push(entry.id);
        } else {
            truncated.push(entry.id);
            finish(state, entry, since, until);
        }
    }
}

/// The co-worker's finished time entries that overlap a period.
fn near(state: &State, user: UserId, since: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Entry> {
    let from = Mark::at(since.checked_sub_signed(LONGEST).unwrap_or(since));
    let marks = state.entries.marks().slices(from, Mark::at(until)).flatten();
    let rows = marks.filter_map(|mark| state.entries.get(EntryId(Serial(mark.id))));
    let overlaps = rows.filter(|entry| {
        let ends_inside = entry.until.is_some_and(|end| end > since);
        entry.user == user && entry.time().is_some() && !entry.test_data && ends_inside
    });
    overlaps.map(|entry| Entry::clone(entry)).collect()
}

/// A request to stop a clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClockStop {
    /// The co-worker, if the client sends one.
    pub user: Option<UserId>,
    /// The end. Absent: now.
    pub until: Option<DateTime<Utc>>,
    /// Seconds that the co-worker was away before the end.
    pub away: Option<i64>,
    /// True to start another clock for the same work.
    pub start_new: Option<bool>,
}

/// A stopped clock.
#[derive(Debug, Clone, Copy)]
pub struct StoppedClock {
    /// The entry whose clock was stopped.
    pub stopped: EntryId,
    /// True if it was cut to the maximum span.
    pub truncated: bool,
    /// The new entry that continues the same work.
    pub running: Option<EntryId>,
}

/// Stops a clock. Time away before the end is left out, and another clock continues the same work
/// unless the client declines.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Forbidden`], [`Problem::NotRunning`],
/// [`Problem::EndBeforeStart`], [`Problem::InFuture`], and what [`start`] refuses.
pub fn stop(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
    stop: ClockStop,
) -> Result<StoppedClock, Refusal> {
    let now = now.trunc_subsecs(0);
    let ClockStop { user, until, away, start_new } = stop;
    let entry = Entry::clone(find(state, viewer, id)?);
    if user.is_some_and(|user| user != entry.user) {
        return Err(Problem::NotFound.into());
    }
    let Kind::Time(details) = &entry.kind else { return Err(Problem::NotRunning.into()) };
    if !entry.is_running() {
        return Err(Problem::NotRunning.into());
    }
    let mut end = until.unwrap_or(now);
    if end > now {
        return Err(Problem::InFuture.into());
    }
    if end < entry.since {
        return Err(Problem::EndBeforeStart.into());
    }
    if let Some(seconds) = away {
        quirk!("CDO-034");
        let back = TimeDelta::try_seconds(seconds).and_then(|back| end.checked_sub_signed(back));
        end = back.map_or(entry.since, |back| back.max(entry.since));
    }
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    if start_new.is_some() {
        quirk!("CDO-033");
    }
    let (service, again) = (details.service, start_new.unwrap_or(away.is_some()));
    let truncated = finish(state, entry.clone(), end, now);
    let running = if again {
        let next = ClockDraft {
            user: entry.user,
            customer: entry.customer,
            service,
            project: entry.project,
            subproject: entry.subproject,
            billable: Some(entry.billable),
            text: entry.text.map(ClockText::Known),
            since: None,
            transfer: None,
            clear_overlaps: false,
        };
        Some(start(state, ids, now, viewer, next)?.running)
    } else {
        None
    };
    Ok(StoppedClock { stopped: id, truncated, running })
}

/// A correction of a clocked entry, with the values that the client saw before.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClockCorrection {
    /// The corrected duration in seconds.
    pub duration: Option<i64>,
    /// The duration that the client saw, in seconds.
    pub duration_before: Option<i64>,
    /// The corrected start.
    pub since: Option<DateTime<Utc>>,
    /// The start that the client saw.
    pub since_before: Option<DateTime<Utc>>,
    /// The end that the client saw.
    pub until_before: Option<DateTime<Utc>>,
}

/// An entry that overlaps a correction.
#[derive(Debug, Clone, Copy)]
pub struct Overlap {
    /// The end of that entry, from which time is free.
    pub free_since: DateTime<Utc>,
    /// The overlapping entry.
    pub entry: EntryId,
}

/// Corrects a clocked entry. A running entry gets another start, a stopped one another end. Returns
/// an entry that it now overlaps.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Forbidden`], [`Problem::NotRunning`] for an entry not clocked,
/// [`Problem::Changed`] if it differs from what the client saw, [`Problem::EntryTooLong`],
/// [`Problem::InFuture`], [`Problem::EndBeforeStart`], and refusals of the company or a lock.
pub fn correct(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
    correction: ClockCorrection,
) -> Result<Option<Overlap>, Refusal> {
    let now = now.trunc_subsecs(0);
    let mut entry = Entry::clone(find(state, viewer, id)?);
    let clocked = entry.time().is_some_and(|details| details.clocked);
    if !clocked {
        return Err(Problem::NotRunning.into());
    }
    let ClockCorrection { duration, duration_before, since, since_before, until_before } =
        correction;
    let is_other = since_before.is_some_and(|before| before != entry.since)
        || until_before.is_some_and(|before| Some(before) != entry.until)
        || duration_before
            .is_some_and(|before| entry.seconds().is_some_and(|seconds| seconds != before));
    if is_other {
        quirk!("CDO-033");
        return Err(Problem::Changed.into());
    }
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    if let Some(since) = since {
        entry.since = since;
    }
    if let Some(seconds) = duration {
        let span = TimeDelta::try_seconds(seconds).filter(|span| *span <= LONGEST);
        let span = span.ok_or(Problem::EntryTooLong)?;
        if entry.until.is_none() {
            entry.since = now.checked_sub_signed(span).ok_or(Problem::EntryTooLong)?;
        } else {
            let end = entry.since + span;
            entry.until =
                Some(Some(end).filter(|at| at.year() <= 9999).ok_or(Problem::EntryTooLong)?);
        }
    }
    let end = entry.until.unwrap_or(now);
    if entry.since > end {
        return Err(
            if entry.is_running() { Problem::InFuture } else { Problem::EndBeforeStart }.into()
        );
    }
    if entry.until.is_some() && end - entry.since > LONGEST {
        return Err(Problem::EntryTooLong.into());
    }
    check(state, placed(&entry), Some(placed(&entry)), entry.since)?;
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    free(state, entry.user, entry.since, end, Some(id))?;
    if let Kind::Time(details) = &mut entry.kind {
        details.work_time_changed = now;
        details.offset = 0;
    }
    entry.changed = now;
    let (user, since) = (entry.user, entry.since);
    state.entries.put(entry);
    let others = near(state, user, since, end);
    let latest = others.iter().filter(|other| other.id != id).max_by_key(|other| other.until);
    Ok(latest.and_then(|other| Some(Overlap { free_since: other.until?, entry: other.id })))
}
