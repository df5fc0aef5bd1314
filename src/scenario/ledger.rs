//! The neutral read-out of a system: who worked on what, when and for how long.

use chrono::{DateTime, Utc};

/// One stretch of work as a system holds it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LedgerLine {
    /// `clockify`, `clockodo` or `jira`.
    pub system: &'static str,
    /// E-mail of the person.
    pub who: String,
    /// Project or issue key, else the project's name; nothing for work without a project.
    pub what: Option<String>,
    /// When it began.
    pub start: DateTime<Utc>,
    /// Duration; none while it runs, or where the system holds an amount instead of time.
    pub seconds: Option<i64>,
    /// Description; may be empty.
    pub note: String,
    /// Whether it is billed.
    pub billable: bool,
    /// The system's own id of the row, as text.
    pub native_id: String,
}
