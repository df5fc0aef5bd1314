//! Worklogs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{IssueId, UserId, WorklogId};
use crate::kernel::table::Row;

/// A worklog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worklog {
    /// Jira id; the same on both surfaces.
    pub id: WorklogId,
    /// Its issue.
    pub issue: IssueId,
    /// The author.
    pub author: UserId,
    /// When the work began.
    pub started: DateTime<Utc>,
    /// Duration in seconds.
    pub seconds: i64,
    /// Comment; absent rather than empty.
    pub comment: Option<String>,
    /// When it was recorded.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
    /// The only group that may see it.
    pub visibility: Option<String>,
    /// Clockwork's property.
    pub tracking: Option<Tracking>,
}

/// Clockwork's property of a worklog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tracking {
    /// Whether it was entered by hand, not recorded by a timer.
    pub manual: bool,
    /// Attributes with their values, if set.
    pub attributes: Vec<(String, Option<AttributeValue>)>,
}

/// The value of a worklog attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// A checkbox.
    Truth(bool),
    /// A number.
    Number(i64),
    /// A text or a choice.
    Text(String),
}

/// Index of worklogs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorklogBy {
    /// By start.
    Started(DateTime<Utc>),
    /// By author, then by start.
    Author(UserId, DateTime<Utc>),
    /// By issue, then by start.
    Issue(IssueId, DateTime<Utc>),
}

impl Row for Worklog {
    type Key = WorklogId;
    type Index = WorklogBy;

    fn key(&self) -> WorklogId {
        self.id
    }

    fn index(&self) -> Vec<WorklogBy> {
        vec![
            WorklogBy::Started(self.started),
            WorklogBy::Author(self.author, self.started),
            WorklogBy::Issue(self.issue, self.started),
        ]
    }
}
