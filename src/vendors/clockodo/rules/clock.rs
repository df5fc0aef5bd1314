//! The clock: an entry that runs. Source: clockodo.md:5.1.

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};

use super::access::may_track_for;
use super::entries::{Error, find, free, guard, next_id, scope, target_of};
use super::target::{AnyService, Target, check};
use super::{rates, texts};
use crate::kernel::ids::{Ids, Serial};
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, Entry, EntryId, Kind, LONGEST, Mark, ProjectId, ServiceId, State,
    SubprojectId, TextId, TimeDetails, User, UserId,
};

/// The longest span of a clocked entry: a second below [`LONGEST`].
pub const LONGEST_CLOCKED: TimeDelta = TimeDelta::seconds(86_399);

/// What a clock is started with.
#[derive(Debug, Clone)]
pub struct NewClock {
    /// Whose.
    pub user: UserId,
    /// For whom.
    pub customer: CustomerId,
    /// The kind of work.
    pub service: ServiceId,
    /// On what.
    pub project: Option<ProjectId>,
    /// On which part of it.
    pub subproject: Option<SubprojectId>,
    /// Whether it is billed; as the part, project or customer says when absent.
    pub billable: Option<Billable>,
    /// What is done, in words or by the id of a text.
    pub text: Option<ClockText>,
    /// Since when; now when absent.
    pub since: Option<DateTime<Utc>>,
    /// Seconds taken from the end of the clock that ran before.
    pub transfer: Option<i64>,
    /// Whether entries in the way are cut or deleted.
    pub clear_overlaps: bool,
}

/// What is done, in words or by the id of a text.
#[derive(Debug, Clone)]
pub enum ClockText {
    /// In words.
    Words(String),
    /// A text that is known.
    Known(TextId),
}

/// What starting did.
#[derive(Debug, Clone)]
pub struct Started {
    /// The clock that runs now.
    pub running: EntryId,
    /// The clock that ran before, and whether it was cut.
    pub stopped: Option<(EntryId, bool)>,
    /// Entries that were in the way and are gone.
    pub deleted: Vec<EntryId>,
    /// Entries that were in the way and end earlier now.
    pub truncated: Vec<EntryId>,
}

/// Starts a clock and stops the one that ran before, as it starts.
///
/// # Errors
/// As for [`super::entries::add`], and [`Error::Future`].
pub fn start(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    new: NewClock,
) -> Result<Started, Error> {
    let now = now.trunc_subsecs(0);
    let NewClock { user, customer, service, project, subproject, .. } = new;
    let target =
        Target { user, customer, project, subproject, service: AnyService::Service(service) };
    if !may_track_for(viewer, user) {
        return Err(Error::Forbidden(&["users_id"]));
    }
    let ran = state.entries.running(user).map(|entry| (entry.id, entry.since));
    if ran.is_some() {
        quirk!("CDO-033");
    }
    let transferred = new.transfer.and_then(|seconds| {
        let back = TimeDelta::try_seconds(seconds).and_then(|back| now.checked_sub_signed(back));
        // No more can be taken from the clock before than it has run.
        ran.map(|(_, since)| back.map_or(since, |back| back.max(since)))
    });
    let since = transferred.or(new.since).unwrap_or(now);
    if since > now {
        return Err(Error::Future);
    }
    check(state, &target, None, since)?;
    guard(state, viewer, &target, since, now)?;
    let text = match new.text {
        Some(ClockText::Known(id)) if state.texts.get(id).is_none() => {
            return Err(Error::NotFound("texts_id"));
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
        billable: new.billable.unwrap_or_else(|| usual(state, &target)),
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
    Ok(Started { running, stopped, deleted, truncated })
}

/// Whether work on the target is billed unless said otherwise.
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

/// Deletes the co-worker's time entries that begin in a stretch, and cuts those that reach into it.
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

/// The co-worker's finished time entries that overlap a stretch.
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

/// How a clock is stopped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stop {
    /// Whose clock it is, if the client says so.
    pub user: Option<UserId>,
    /// When it ends; now when absent.
    pub until: Option<DateTime<Utc>>,
    /// Seconds that the co-worker was away at the end.
    pub away: Option<i64>,
    /// Whether another clock is started for the same work.
    pub start_new: Option<bool>,
}

/// What stopping did.
#[derive(Debug, Clone, Copy)]
pub struct Stopped {
    /// The clock that was stopped.
    pub stopped: EntryId,
    /// Whether it was cut to the longest span.
    pub truncated: bool,
    /// The clock that goes on with the same work.
    pub running: Option<EntryId>,
}

/// Stops a clock. Time away at its end is left out, and the work goes on with another clock unless the
/// client says that it does not.
///
/// # Errors
/// [`Error::NoEntry`], [`Error::Forbidden`], [`Error::NotRunning`], [`Error::Backwards`],
/// [`Error::Future`], and what [`start`] refuses.
pub fn stop(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
    stop: Stop,
) -> Result<Stopped, Error> {
    let now = now.trunc_subsecs(0);
    let Stop { user, until, away, start_new } = stop;
    let entry = Entry::clone(find(state, viewer, id)?);
    if user.is_some_and(|user| user != entry.user) {
        return Err(Error::NoEntry);
    }
    let Kind::Time(details) = &entry.kind else { return Err(Error::NotRunning) };
    if !entry.is_running() {
        return Err(Error::NotRunning);
    }
    let mut end = until.unwrap_or(now);
    if end > now {
        return Err(Error::Future);
    }
    if end < entry.since {
        return Err(Error::Backwards);
    }
    if let Some(seconds) = away {
        quirk!("CDO-034");
        let back = TimeDelta::try_seconds(seconds).and_then(|back| end.checked_sub_signed(back));
        end = back.map_or(entry.since, |back| back.max(entry.since));
    }
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    let (service, again) = (details.service, start_new.unwrap_or(away.is_some()));
    let truncated = finish(state, entry.clone(), end, now);
    let running = if again {
        let next = NewClock {
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
    Ok(Stopped { stopped: id, truncated, running })
}

/// A correction of a clocked entry, with what the client saw before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Correction {
    /// Seconds that it is to have.
    pub duration: Option<i64>,
    /// Seconds that it had.
    pub duration_before: Option<i64>,
    /// When it is to have begun.
    pub since: Option<DateTime<Utc>>,
    /// When it had begun.
    pub since_before: Option<DateTime<Utc>>,
    /// When it had ended.
    pub until_before: Option<DateTime<Utc>>,
}

/// What a correction ran into.
#[derive(Debug, Clone, Copy)]
pub struct Overlapped {
    /// The first instant that is free behind the entry in the way.
    pub free_since: DateTime<Utc>,
    /// The entry in the way.
    pub entry: EntryId,
}

/// Corrects a clocked entry: a running one begins earlier or later, a stopped one ends so. Tells about
/// an entry that it now overlaps.
///
/// # Errors
/// [`Error::NoEntry`], [`Error::Forbidden`], [`Error::NotRunning`] for one that was not clocked,
/// [`Error::Changed`] when it is not as the client saw it, [`Error::TooLong`], [`Error::Future`],
/// [`Error::Backwards`], and what the company or a lock forbids.
pub fn correct(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: EntryId,
    correction: Correction,
) -> Result<Option<Overlapped>, Error> {
    let now = now.trunc_subsecs(0);
    let mut entry = Entry::clone(find(state, viewer, id)?);
    let clocked = entry.time().is_some_and(|details| details.clocked);
    if !clocked {
        return Err(Error::NotRunning);
    }
    let Correction { duration, duration_before, since, since_before, until_before } = correction;
    let is_other = since_before.is_some_and(|before| before != entry.since)
        || until_before.is_some_and(|before| Some(before) != entry.until)
        || duration_before
            .is_some_and(|before| entry.seconds().is_some_and(|seconds| seconds != before));
    if is_other {
        quirk!("CDO-035");
        return Err(Error::Changed);
    }
    guard(state, viewer, &target_of(&entry), entry.since, now)?;
    if let Some(since) = since {
        entry.since = since;
    }
    if let Some(seconds) = duration {
        let span = TimeDelta::try_seconds(seconds).filter(|span| *span <= LONGEST);
        let span = span.ok_or(Error::TooLong)?;
        if entry.until.is_none() {
            entry.since = now.checked_sub_signed(span).ok_or(Error::TooLong)?;
        } else {
            let end = entry.since + span;
            entry.until = Some(Some(end).filter(|at| at.year() <= 9999).ok_or(Error::TooLong)?);
        }
    }
    let end = entry.until.unwrap_or(now);
    if entry.since > end {
        return Err(if entry.is_running() { Error::Future } else { Error::Backwards });
    }
    if entry.until.is_some() && end - entry.since > LONGEST {
        return Err(Error::TooLong);
    }
    check(state, &target_of(&entry), Some(&target_of(&entry)), entry.since)?;
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
    Ok(latest.and_then(|other| Some(Overlapped { free_since: other.until?, entry: other.id })))
}

/// Stops the co-worker's clock if it was running at `at`, there. Returns the entry it was.
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

/// Ends an entry at `at` and tells whether it had to be cut to the longest span. One without any length
/// becomes a manual entry.
fn finish(state: &mut State, mut entry: Entry, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let most = entry.since + LONGEST_CLOCKED;
    let until = at.max(entry.since).min(most);
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
