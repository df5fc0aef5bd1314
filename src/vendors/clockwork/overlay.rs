//! The section `clockwork` of `jira.json`. Absent members keep their value.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockworkIn {
    /// Tokens by person; others are derived.
    pub tokens: BTreeMap<String, String>,
    /// Whether one person may run several timers.
    pub multiple_timers: Option<bool>,
    /// Time is rounded up to a multiple of this many minutes.
    pub round_up_to_minutes: Option<u16>,
    /// Shorter timers, in seconds, create no worklog.
    pub minimum_seconds: Option<u32>,
    /// Minutes of a working day, for timers over several days.
    pub working_day_minutes: Option<u16>,
    /// Time zone of the days of such timers.
    pub zone: Option<String>,
    /// Seconds from the stop of a timer until its worklog appears.
    pub report_delay_seconds: Option<u16>,
    /// Whether `expand=worklogs` shows `started` as Jira spells it.
    pub jira_started: Option<bool>,
}
