//! Clockwork's rows: tokens, running timers and settings. Worklogs belong to the Jira site.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id_kinds;
use crate::kernel::civil::Tz;
use crate::kernel::ids::Serial;
use crate::kernel::table::{Row, Table};
use crate::state;
use crate::vendors::jira::model::{IssueId, UserId};

id_kinds! {
    /// Number of a token; clients never see it.
    pub TokenId(Serial);
    /// Number of a running timer; clients never see it.
    pub TimerId(Serial);
}

state! {
    /// Clockwork's state, beside Jira's.
    #[derive(Debug, Clone, Default)]
    pub struct State {
        /// Tokens.
        pub tokens: Table<Token> => rows("clockwork_tokens"),
        /// Running timers.
        pub timers: Table<Timer> => rows("clockwork_timers"),
        /// Settings of the site.
        pub settings: Settings => value("clockwork_settings"),
    }
}

/// Settings of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether one person may run several timers.
    pub multiple_timers: bool,
    /// Time is rounded up to a multiple of this many seconds.
    pub round_up_to: i64,
    /// Shorter timers, in seconds, create no worklog.
    pub minimum: i64,
    /// Seconds of a working day: what a day of a timer over several days is worth.
    pub working_day: i64,
    /// Time zone of the days of such a timer.
    pub zone: Tz,
    /// Seconds from the stop of a timer until its worklog appears.
    pub report_delay: i64,
    /// Whether `expand=worklogs` shows `started` as Jira spells it.
    pub jira_started: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            multiple_timers: false,
            round_up_to: 60,
            minimum: 0,
            working_day: 8 * 3600,
            zone: Tz::UTC,
            report_delay: 0,
            jira_started: false,
        }
    }
}

/// An API token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Its number.
    pub id: TokenId,
    /// The token itself.
    pub secret: String,
    /// Its owner. Requests act as this user.
    pub user: UserId,
}

impl Row for Token {
    type Key = TokenId;
    /// By the token itself.
    type Index = String;

    fn key(&self) -> TokenId {
        self.id
    }

    fn index(&self) -> Vec<String> {
        vec![self.secret.clone()]
    }
}

/// A running timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// Its number.
    pub id: TimerId,
    /// Its user.
    pub user: UserId,
    /// Its issue.
    pub issue: IssueId,
    /// When it was started.
    pub started: DateTime<Utc>,
    /// Comment of the worklog.
    pub comment: Option<String>,
}

impl Row for Timer {
    type Key = TimerId;
    /// By user.
    type Index = UserId;

    fn key(&self) -> TimerId {
        self.id
    }

    fn index(&self) -> Vec<UserId> {
        vec![self.user]
    }
}
