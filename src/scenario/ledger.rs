//! The ledger: the work in a system in neutral terms.

use chrono::{DateTime, Utc};

/// A work entry of a system.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LedgerLine {
    /// `clockify`, `clockodo` or `jira`.
    pub system: &'static str,
    /// E-mail of the person.
    pub who: String,
    /// Project or issue key, else the project's name; `None` for work without a project.
    pub what: Option<String>,
    /// When it began.
    pub start: DateTime<Utc>,
    /// Duration; `None` for a running timer, and where the system has an amount instead of time.
    pub seconds: Option<i64>,
    /// Description; may be empty.
    pub note: String,
    /// Whether it is billed.
    pub billable: bool,
    /// The system's own id of the row, as text.
    pub native_id: String,
}
