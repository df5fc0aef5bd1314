//! Rows and tables of a Jira site.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::id_kinds;
use crate::kernel::civil::Tz;
use crate::kernel::ids::Decimal;
use crate::kernel::table::{Row, Table};

id_kinds! {
    /// Our own number of a user; clients see the account id.
    pub UserId(Decimal);
    /// Jira project id.
    pub ProjectId(Decimal);
    /// Jira issue id.
    pub IssueId(Decimal);
    /// Jira worklog id.
    pub WorklogId(Decimal);
    /// Saved filter id.
    pub FilterId(Decimal);
}

/// A whole site.
#[derive(Debug, Clone)]
pub struct State {
    /// Host name of the site, without a scheme.
    pub host: Arc<str>,
    /// Everybody.
    pub users: Table<User>,
    /// Names of all groups.
    pub groups: Arc<Vec<String>>,
    /// All projects.
    pub projects: Table<Project>,
    /// All issues.
    pub issues: Table<Issue>,
    /// All worklogs.
    pub worklogs: Table<Worklog>,
    /// Saved filters.
    pub filters: Table<Filter>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            host: "demo.atlassian.example".into(),
            users: Table::default(),
            groups: Arc::default(),
            projects: Table::default(),
            issues: Table::default(),
            worklogs: Table::default(),
            filters: Table::default(),
        }
    }
}

/// A Jira account.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Our own number.
    pub id: UserId,
    /// What clients see.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Whether the profile shows the e-mail.
    pub email_visible: bool,
    /// Jira time zone.
    pub zone: Tz,
    /// Deactivated accounts stay on their worklogs.
    pub active: bool,
    /// Names of their groups.
    pub groups: Vec<String>,
}

/// How users are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserBy {
    /// By account id.
    Account(String),
    /// By lower-case e-mail.
    Email(String),
}

impl Row for User {
    type Key = UserId;
    type Index = UserBy;

    fn key(&self) -> UserId {
        self.id
    }

    fn index(&self) -> Vec<UserBy> {
        vec![UserBy::Account(self.account_id.clone()), UserBy::Email(self.email.to_lowercase())]
    }
}

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Jira id.
    pub id: ProjectId,
    /// E.g. `SSP`.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Number and name of its category.
    pub category: Option<(u64, String)>,
    /// Who may browse it; everybody when absent.
    pub members: Option<Vec<UserId>>,
}

impl Row for Project {
    type Key = ProjectId;
    /// By key.
    type Index = String;

    fn key(&self) -> ProjectId {
        self.id
    }

    fn index(&self) -> Vec<String> {
        vec![self.key.clone()]
    }
}

/// An issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Jira id.
    pub id: IssueId,
    /// E.g. `SSP-13`.
    pub key: String,
    /// Its project.
    pub project: ProjectId,
    /// Title.
    pub summary: String,
    /// What kind of issue.
    pub kind: &'static IssueType,
    /// Where in its workflow.
    pub status: &'static Status,
    /// How urgent.
    pub priority: &'static Priority,
    /// Who is to do it.
    pub assignee: Option<UserId>,
    /// The issue this is a sub-task of.
    pub parent: Option<IssueId>,
    /// The epic it belongs to.
    pub epic: Option<IssueId>,
    /// Labels.
    pub labels: Vec<String>,
}

impl Row for Issue {
    type Key = IssueId;
    /// By key.
    type Index = String;

    fn key(&self) -> IssueId {
        self.id
    }

    fn index(&self) -> Vec<String> {
        vec![self.key.clone()]
    }
}

/// Hours on an issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Worklog {
    /// Jira id; the same in every window.
    pub id: WorklogId,
    /// Its issue.
    pub issue: IssueId,
    /// Who worked.
    pub author: UserId,
    /// When the work began.
    pub started: DateTime<Utc>,
    /// How long it took.
    pub seconds: i64,
    /// What was done; absent rather than empty.
    pub comment: Option<String>,
    /// When it was recorded.
    pub created: DateTime<Utc>,
    /// When it was changed last.
    pub updated: DateTime<Utc>,
    /// The group that alone may see it.
    pub visibility: Option<String>,
    /// What Clockwork noted on it.
    pub tracking: Option<Arc<Tracking>>,
}

/// Clockwork's property of a worklog.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    /// Whether it was typed in rather than clocked.
    pub manual: bool,
    /// Attributes with their values; one without a value is set to nothing.
    pub attributes: Vec<(String, Option<AttributeValue>)>,
}

/// The value of a worklog attribute.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// A tick box.
    Truth(bool),
    /// A number.
    Number(i64),
    /// A text or a choice.
    Text(String),
}

/// How worklogs are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorklogBy {
    /// All, by the instant they started.
    Started(DateTime<Utc>),
    /// Of an author, by the instant they started.
    Author(UserId, DateTime<Utc>),
    /// Of an issue, newest recorded first.
    Issue(IssueId, Reverse<DateTime<Utc>>),
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
            WorklogBy::Issue(self.issue, Reverse(self.created)),
        ]
    }
}

/// A saved search.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Jira id.
    pub id: FilterId,
    /// Its name.
    pub name: String,
    /// The search as JQL text.
    pub jql: String,
}

impl Row for Filter {
    type Key = FilterId;
    type Index = ();

    fn key(&self) -> FilterId {
        self.id
    }

    fn index(&self) -> Vec<()> {
        Vec::new()
    }
}

/// A kind of issue.
#[derive(Debug, PartialEq, Eq)]
pub struct IssueType {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// File name of its icon.
    pub icon: &'static str,
    /// Whether it lives below another issue.
    pub subtask: bool,
}

/// A step of a workflow.
#[derive(Debug, PartialEq, Eq)]
pub struct Status {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// Number, key and colour of its category.
    pub category: (u64, &'static str, &'static str),
}

/// How urgent an issue is.
#[derive(Debug, PartialEq, Eq)]
pub struct Priority {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// File name of its icon.
    pub icon: &'static str,
}

const fn kind(
    id: u64,
    name: &'static str,
    description: &'static str,
    icon: &'static str,
    subtask: bool,
) -> IssueType {
    IssueType { id, name, description, icon, subtask }
}

/// The kinds of issue of a site; the first is the default.
pub static ISSUE_TYPES: [IssueType; 5] = [
    kind(10_001, "Task", "A small, distinct piece of work.", "task.svg", false),
    kind(10_000, "Story", "A user story.", "story.svg", false),
    kind(10_002, "Epic", "A big user story that needs to be broken down.", "epic.svg", false),
    kind(10_003, "Sub-task", "A piece of another issue.", "subtask.svg", true),
    kind(10_004, "Bug", "A problem or error.", "bug.svg", false),
];

/// The steps of the workflow; the first is where an issue begins and the last where it ends.
pub static STATUSES: [Status; 3] = [
    Status { id: 10_000, name: "To Do", category: (2, "new", "blue-gray") },
    Status { id: 3, name: "In Progress", category: (4, "indeterminate", "yellow") },
    Status { id: 10_001, name: "Done", category: (3, "done", "green") },
];

/// Priorities, most urgent first.
pub static PRIORITIES: [Priority; 5] = [
    Priority { id: 1, name: "Highest", icon: "highest.svg" },
    Priority { id: 2, name: "High", icon: "high.svg" },
    Priority { id: 3, name: "Medium", icon: "medium.svg" },
    Priority { id: 4, name: "Low", icon: "low.svg" },
    Priority { id: 5, name: "Lowest", icon: "lowest.svg" },
];

impl Status {
    /// Whether work on the issue is over.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.category.1 == "done"
    }
}
