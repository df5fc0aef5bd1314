//! Requests and answers of the clock. Source: clockodo.md:5.1.

use serde::Serialize;

use super::entries::{EntryOut, EntryRendering};
use super::entry_in::{billable, id, optional, seconds};
use super::params::Params;
use super::time::{MilliStamp, Stamp};
use crate::http::body::Field;
use crate::kernel::ids::Serial;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::model::{
    CustomerId, EntryId, ProjectId, ServiceId, State, SubprojectId, TextId, UserId,
};
use crate::vendors::clockodo::rules::clock::{
    ClockCorrection, ClockDraft, ClockStop, ClockText, Overlap, StartedClock, StoppedClock,
};
use crate::vendors::clockodo::rules::refusal::{Problem, Refusal};

/// Maximum length of the text of a new clock entry in characters. Source: clockodo.md:4.6.
const TEXT: usize = 1000;

/// `{"running":…,"stopped":…,"current_time":…}` and the properties that an operation adds.
#[derive(Debug, Serialize)]
pub struct ClockOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<EntryOut<'a>>,
    running: Option<EntryOut<'a>>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    stopped: Field<EntryOut<'a>>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    overlapping_correction: Field<OverlapOut>,
    current_time: MilliStamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_has_been_truncated: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deleted_entries_ids: Vec<EntryId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    truncated_entries: Vec<EntryOut<'a>>,
}

/// An entry that overlaps a correction.
#[derive(Debug, Serialize)]
struct OverlapOut {
    overlapping: bool,
    overlapping_free_time_since: Option<Stamp>,
    truncate_previous_entry: Option<EntryId>,
}

/// Renders the answers of the clock.
#[derive(Debug)]
pub struct ClockRendering<'a> {
    /// The account.
    pub state: &'a State,
    /// Renders entries.
    pub rendering: EntryRendering<'a>,
    /// The current time, with milliseconds.
    pub now: MilliStamp,
}

impl<'a> ClockRendering<'a> {
    fn entry(&mut self, id: EntryId) -> Option<EntryOut<'a>> {
        let state = self.state;
        state.entries.get(id).map(|entry| self.rendering.entry(entry))
    }

    fn running(&mut self, user: UserId) -> Option<EntryOut<'a>> {
        let state = self.state;
        state.entries.running(user).map(|entry| self.rendering.entry(entry))
    }

    fn plain(&self, running: Option<EntryOut<'a>>) -> ClockOut<'a> {
        ClockOut {
            updated: None,
            running,
            stopped: Field::Absent,
            overlapping_correction: Field::Absent,
            current_time: self.now,
            stopped_has_been_truncated: None,
            deleted_entries_ids: Vec::new(),
            truncated_entries: Vec::new(),
        }
    }

    /// The answer with a co-worker's clock.
    pub fn get(mut self, user: UserId) -> ClockOut<'a> {
        let running = self.running(user);
        ClockOut { stopped: Field::Null, ..self.plain(running) }
    }

    /// The answer to the start of a clock.
    pub fn started(mut self, started: StartedClock) -> ClockOut<'a> {
        let StartedClock { running, stopped, deleted, truncated } = started;
        let running = self.entry(running);
        let before = stopped.and_then(|(id, _)| self.entry(id));
        let cut = truncated.into_iter().filter_map(|id| self.entry(id)).collect();
        ClockOut {
            stopped: before.into(),
            stopped_has_been_truncated: Some(stopped.is_some_and(|(_, cut)| cut)),
            deleted_entries_ids: deleted,
            truncated_entries: cut,
            ..self.plain(running)
        }
    }

    /// The answer to the stop of a clock.
    pub fn stopped(mut self, stopped: StoppedClock) -> ClockOut<'a> {
        let StoppedClock { stopped, truncated, running } = stopped;
        let running = running.and_then(|id| self.entry(id));
        let before = self.entry(stopped);
        ClockOut {
            stopped: before.into(),
            stopped_has_been_truncated: Some(truncated),
            ..self.plain(running)
        }
    }

    /// The answer to the correction of a clocked entry.
    pub fn corrected(mut self, id: EntryId, overlap: Option<Overlap>) -> ClockOut<'a> {
        let user = self.state.entries.get(id).map(|entry| entry.user);
        let running = user.and_then(|user| self.running(user));
        let overlap = overlap.map(|Overlap { free_since, entry }| OverlapOut {
            overlapping: true,
            overlapping_free_time_since: Some(Stamp(free_since)),
            truncate_previous_entry: Some(entry),
        });
        ClockOut {
            updated: self.entry(id),
            overlapping_correction: overlap.into(),
            ..self.plain(running)
        }
    }
}

/// Reads the co-worker of a clock.
///
/// # Errors
/// For an id of the wrong type.
pub fn clock_user(params: &Params<'_>) -> Result<Option<UserId>, Refusal> {
    id(params, "users_id", UserId)
}

/// Reads a request to start a clock.
///
/// # Errors
/// For parameters that are missing or of the wrong type.
pub fn clock_draft(params: &Params<'_>, caller: UserId) -> Result<ClockDraft, Refusal> {
    params.require(&["customers_id", "services_id"])?;
    let missing = || Problem::Missing.at(&["customers_id", "services_id"]);
    let words = params.text("text", TEXT)?.value().filter(|words| !words.is_empty());
    let known = id(params, "texts_id", TextId)?.filter(|id| *id != TextId(Serial(0)));
    Ok(ClockDraft {
        user: clock_user(params)?.unwrap_or(caller),
        customer: id(params, "customers_id", CustomerId)?.ok_or_else(missing)?,
        service: id(params, "services_id", ServiceId)?.ok_or_else(missing)?,
        project: optional(params, "projects_id", ProjectId)?.value(),
        subproject: optional(params, "subprojects_id", SubprojectId)?.value(),
        billable: billable(params)?,
        text: words.map(ClockText::Words).or(known.map(ClockText::Known)),
        since: params.instant("time_since")?.value(),
        transfer: seconds(params, "duration_transfer")?,
        clear_overlaps: params.boolean("clear_overlaps")?.value() == Some(true),
    })
}

/// Reads a request to stop a clock.
///
/// # Errors
/// For parameters of the wrong type.
pub fn stop(params: &Params<'_>) -> Result<ClockStop, Refusal> {
    Ok(ClockStop {
        user: clock_user(params)?,
        until: params.instant("time_until")?.value(),
        away: seconds(params, "away")?,
        start_new: params.boolean("start_new")?.value(),
    })
}

/// Reads a request to correct a clocked entry.
///
/// # Errors
/// Without a duration or a start (in the `documented` revision without the durations before and after), and for
/// parameters of the wrong type. Source: facts.md:N-85.
pub fn correction(params: &Params<'_>) -> Result<ClockCorrection, Refusal> {
    quirk!("CDO-035");
    if params.revision() == Revision::Documented {
        params.require(&["duration_before", "duration"])?;
    }
    let correction = ClockCorrection {
        duration: seconds(params, "duration")?,
        duration_before: seconds(params, "duration_before")?,
        since: params.instant("time_since")?.value(),
        since_before: params.instant("time_since_before")?.value(),
        until_before: params.instant("time_until_before")?.value(),
    };
    if correction.duration.is_none() && correction.since.is_none() {
        return Err(Problem::Missing.at(&["duration"]));
    }
    Ok(correction)
}
