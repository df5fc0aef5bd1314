//! Clockwork's own rows: tokens, running timers and settings. Hours are the Jira site's.

use chrono::{DateTime, Utc};

use crate::id_kinds;
use crate::kernel::ids::Serial;
use crate::kernel::table::{Row, Table};
use crate::vendors::jira::model::{IssueId, UserId};

id_kinds! {
    /// Number of a running timer; clients never see it.
    pub TimerId(Serial);
}

/// What Clockwork keeps beside Jira.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Whom a token acts as.
    pub tokens: imbl::OrdMap<String, UserId>,
    /// Running timers.
    pub timers: Table<Timer>,
    /// Settings of the site.
    pub settings: Settings,
}

/// Settings of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whether one person may run several timers.
    pub multiple_timers: bool,
    /// Reported time is rounded up to a multiple of this many seconds.
    pub round_up_to: i64,
    /// Timers that ran shorter report nothing, in seconds.
    pub minimum: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { multiple_timers: false, round_up_to: 60, minimum: 0 }
    }
}

/// A running timer.
#[derive(Debug, Clone, PartialEq)]
pub struct Timer {
    /// Its number.
    pub id: TimerId,
    /// Whose.
    pub user: UserId,
    /// On which issue.
    pub issue: IssueId,
    /// Since when.
    pub started: DateTime<Utc>,
    /// What the worklog will say.
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
