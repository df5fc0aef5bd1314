//! The section `clockwork` of `jira.json`. What is left out stays as it is.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockworkIn {
    /// Tokens by person, where they are not derived.
    pub tokens: BTreeMap<String, String>,
    /// Whether one person may run several timers.
    pub multiple_timers: Option<bool>,
    /// Time is rounded up to a multiple of this many minutes.
    pub round_up_to_minutes: Option<u16>,
    /// Timers that ran shorter than this many seconds report nothing.
    pub minimum_seconds: Option<u32>,
    /// Worklogs appear this many seconds after their timer was stopped.
    pub report_delay_seconds: Option<u16>,
    /// Whether `expand=worklogs` shows `started` as Jira spells it.
    pub jira_started: Option<bool>,
}
