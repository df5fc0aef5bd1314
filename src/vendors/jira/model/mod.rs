//! Rows and tables of a Jira site.

mod issue;
mod terms;
mod worklog;

pub use issue::{CustomField, FieldKind, FieldValue, Issue, IssueBy};
pub use terms::{ISSUE_TYPES, IssueType, PRIORITIES, Priority, STATUSES, Status, Term};
pub use worklog::{AttributeValue, Tracking, Worklog, WorklogBy};

use serde::{Deserialize, Serialize};

use crate::id_kinds;
use crate::kernel::civil::Tz;
use crate::kernel::ids::Decimal;
use crate::kernel::table::{Row, Table};
use crate::state;

id_kinds! {
    /// Our own number of a user; clients see the account id.
    pub UserId(Decimal);
    /// Our own number of a group; clients see its name.
    pub GroupId(Decimal);
    /// Jira project id.
    pub ProjectId(Decimal);
    /// Jira issue id.
    pub IssueId(Decimal);
    /// Jira worklog id.
    pub WorklogId(Decimal);
    /// Saved filter id.
    pub FilterId(Decimal);
    /// Number in the id of a custom field: `customfield_10050`.
    pub FieldId(Decimal);
}

state! {
    /// A site.
    #[derive(Debug, Clone, Default)]
    pub struct State {
        /// Settings of the site.
        pub settings: Settings => value("jira_settings"),
        /// Users.
        pub users: Table<User> => rows("jira_users"),
        /// Groups.
        pub groups: Table<Group> => rows("jira_groups"),
        /// Projects.
        pub projects: Table<Project> => rows("jira_projects"),
        /// Custom fields of issues.
        pub fields: Table<CustomField> => rows("jira_fields"),
        /// Issues.
        pub issues: Table<Issue> => rows("jira_issues"),
        /// Worklogs.
        pub worklogs: Table<Worklog> => rows("jira_worklogs"),
        /// Saved filters.
        pub filters: Table<Filter> => rows("jira_filters"),
    }
}

/// Settings of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Host name of the site, without a scheme.
    pub host: String,
    /// Seconds in a working day.
    pub working_day: i64,
    /// Working days in a week.
    pub working_week: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { host: "demo.atlassian.example".into(), working_day: 8 * 3600, working_week: 5 }
    }
}

/// A Jira account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Our own number.
    pub id: UserId,
    /// The id that clients see.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Whether the profile shows the e-mail.
    pub email_visible: bool,
    /// Jira time zone.
    pub zone: Tz,
    /// Whether the account is active. Worklogs of inactive accounts stay.
    pub active: bool,
    /// Names of the user's groups.
    pub groups: Vec<String>,
}

/// Index of users.
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

/// A group of users. Its members are in [`User::groups`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Our own number.
    pub id: GroupId,
    /// The id that clients see.
    pub name: String,
}

impl Row for Group {
    type Key = GroupId;
    /// By name.
    type Index = String;

    fn key(&self) -> GroupId {
        self.id
    }

    fn index(&self) -> Vec<String> {
        vec![self.name.clone()]
    }
}

/// A project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Jira id.
    pub id: ProjectId,
    /// E.g. `SSP`.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Number and name of its category.
    pub category: Option<(u64, String)>,
    /// The users who may browse it; all when absent.
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

/// A saved search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
