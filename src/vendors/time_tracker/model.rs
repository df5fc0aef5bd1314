//! Time Tracker's rows: keys and tenant options. Worklogs belong to the Jira site.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id_kinds;
use crate::kernel::ids::Serial;
use crate::kernel::table::{Row, Table};
use crate::state;
use crate::vendors::jira::model::UserId;

id_kinds! {
    /// Number of a key; clients never see it.
    pub KeyId(Serial);
}

state! {
    /// Time Tracker's state, beside Jira's.
    #[derive(Debug, Clone, Default)]
    pub struct State {
        /// API keys.
        pub keys: Table<ApiKey> => rows("time_tracker_keys"),
        /// Options of the tenant.
        pub settings: Settings => value("time_tracker_settings"),
    }
}

/// An API key. It identifies tenant and user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its number.
    pub id: KeyId,
    /// The key itself.
    pub secret: String,
    /// Its user. Answers show what this user may see.
    pub user: UserId,
}

impl Row for ApiKey {
    type Key = KeyId;
    /// By the key itself.
    type Index = String;

    fn key(&self) -> KeyId {
        self.id
    }

    fn index(&self) -> Vec<String> {
        vec![self.secret.clone()]
    }
}

/// Options of the tenant, as on its configuration page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Language of headings and numbers.
    pub locale: Locale,
    /// Columns of `exportData.csv`.
    pub export_columns: Vec<Column>,
    /// Unit of durations in `exportData.csv`.
    pub export_unit: Unit,
    /// Form of durations in `exportView.xls`.
    pub view_duration: ViewDuration,
    /// Maximum number of decimal places.
    pub fraction_digits: u8,
    /// Whether days are those of the key's user's zone, not of the author's.
    pub preserve_started_time: bool,
    /// Groups whose members may see worklogs of others; all users may when absent.
    pub auditors_groups: Option<Vec<String>>,
    /// Groups whose members see only each other's worklogs; no limit when absent.
    pub restricted_groups: Option<Vec<String>>,
    /// The auditors of each project; no limit when absent.
    pub auditors_roles: Option<Vec<ProjectAuditors>>,
    /// When answers are sent by long polling.
    pub long_polling: LongPolling,
}

impl Default for Settings {
    fn default() -> Self {
        use Column::{
            DateStarted, DescriptionStatus, DisplayName, IssueType, Key, Priority, Project, Summary,
        };
        Self {
            locale: Locale::EnUs,
            export_columns: vec![
                Project,
                IssueType,
                Key,
                Summary,
                Priority,
                DateStarted,
                DisplayName,
                DescriptionStatus,
            ],
            export_unit: Unit::Hours,
            view_duration: ViewDuration::Hours,
            fraction_digits: 2,
            preserve_started_time: false,
            auditors_groups: None,
            restricted_groups: None,
            auditors_roles: None,
            long_polling: LongPolling::default(),
        }
    }
}

/// The auditors of a project: users with a role that sees worklogs of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectAuditors {
    /// Key of the project.
    pub project: String,
    /// The users.
    pub users: Vec<UserId>,
}

/// When an answer is sent by long polling instead of at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LongPolling {
    /// Above this number of worklogs.
    pub over_worklogs: Option<u32>,
    /// Above this number of days in the period.
    pub over_days: Option<u32>,
    /// Number of blank lines that keep the connection alive.
    pub blank_lines: u16,
    /// Milliseconds before each blank line and before the answer itself.
    pub pause_ms: u32,
}

impl Default for LongPolling {
    fn default() -> Self {
        Self { over_worklogs: None, over_days: None, blank_lines: 3, pause_ms: 0 }
    }
}

impl LongPolling {
    /// The pause between two blank lines.
    #[must_use]
    pub fn pause(self) -> Duration {
        Duration::from_millis(u64::from(self.pause_ms))
    }
}

/// A language with its number format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locale {
    /// `1,250.5`
    #[serde(rename = "en_US")]
    EnUs,
    /// `1.250,5`
    #[serde(rename = "de_DE")]
    DeDe,
    /// `1250,5`, `12.500,5`
    #[serde(rename = "es_ES")]
    EsEs,
    /// `1 250,5` with a narrow space
    #[serde(rename = "fr_FR")]
    FrFr,
    /// `1.250,5`
    #[serde(rename = "pt_BR")]
    PtBr,
    /// `1 250,5`
    #[serde(rename = "ru_RU")]
    RuRu,
}

/// A column of `exportData.csv`, by the vendor's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// Name of the project.
    Project,
    /// Name of the issue type.
    IssueType,
    /// Issue key.
    Key,
    /// Issue summary.
    Summary,
    /// Name of the priority.
    Priority,
    /// When the worklog was recorded.
    WorkCreated,
    /// Jira's id of the worklog.
    WorklogId,
    /// When the work began.
    DateStarted,
    /// The author.
    DisplayName,
    /// The author's e-mail, if visible.
    EmailAddress,
    /// The author's account id.
    AccountId,
    /// The comment.
    DescriptionStatus,
    /// The comment; in other report types, with the assignee.
    DescriptionStatusAssignee,
}

/// Unit of exported durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Hours.
    #[serde(rename = "h")]
    Hours,
    /// Working days of the site.
    #[serde(rename = "d")]
    Days,
    /// Minutes.
    #[serde(rename = "m")]
    Minutes,
}

/// Form of durations in the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewDuration {
    /// Decimal hours.
    #[serde(rename = "h")]
    Hours,
    /// Decimal working days of the site.
    #[serde(rename = "d")]
    Days,
    /// Decimal minutes.
    #[serde(rename = "m")]
    Minutes,
    /// `1w 2d 3h 20m`
    #[serde(rename = "pretty")]
    Pretty,
}
