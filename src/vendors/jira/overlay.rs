//! `jira.json` beside a scenario: what only a Jira site and its two add-ons have.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::AttributeValue;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JiraOverlay {
    /// Host name of the site.
    pub host: Option<String>,
    /// Groups with the ids of their people.
    pub groups: Vec<GroupIn>,
    /// Project categories with the keys of their projects.
    pub categories: Vec<CategoryIn>,
    /// What tasks are in Jira terms.
    pub issues: Vec<IssueIn>,
    /// Saved filters.
    pub filters: Vec<FilterIn>,
    /// People whose e-mail is hidden.
    pub hidden_emails: Vec<String>,
    /// What only Jira knows of some worklogs.
    pub worklogs: Vec<WorklogIn>,
    /// Settings of Clockwork.
    pub clockwork: ClockworkIn,
    /// Settings of Time Tracker.
    pub time_tracker: TimeTrackerIn,
}

/// A group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupIn {
    /// Its name.
    pub name: String,
    /// Ids of its people.
    pub people: Vec<String>,
}

/// A project category.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryIn {
    /// Its name.
    pub name: String,
    /// Keys of its projects.
    pub projects: Vec<String>,
}

/// An issue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueIn {
    /// Key of the task it is.
    pub key: String,
    /// Name of its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Name of its status.
    pub status: Option<String>,
    /// Name of its priority.
    pub priority: Option<String>,
    /// Key of the issue above a sub-task.
    pub parent: Option<String>,
    /// Key of its epic.
    pub epic: Option<String>,
    /// Labels.
    #[serde(default)]
    pub labels: Vec<String>,
}

/// A saved filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterIn {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The search.
    pub jql: String,
}

/// What only Jira knows of the worklogs of a person on an issue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklogIn {
    /// The author's id.
    pub who: String,
    /// The issue's key.
    pub on: String,
    /// Which of them, counted from 0 in the order of the scenario; all when left out.
    pub nth: Option<usize>,
    /// The group that alone may see them.
    pub visibility: Option<String>,
    /// Whether they were typed in rather than clocked.
    pub manual: Option<bool>,
    /// Worklog attributes.
    #[serde(default)]
    pub attributes: Vec<AttributeIn>,
}

/// A worklog attribute.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeIn {
    /// Its key.
    pub key: String,
    /// Its value, if it has one.
    pub value: Option<AttributeValue>,
}

/// Settings of Clockwork.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockworkIn {
    /// Whether one person may run several timers.
    pub multiple_timers: bool,
    /// Time is rounded up to a multiple of this many minutes.
    pub round_up_to_minutes: u32,
    /// Timers that ran shorter than this many seconds report nothing.
    pub minimum_seconds: u32,
    /// Tokens by person, where they are not derived.
    pub tokens: BTreeMap<String, String>,
}

impl Default for ClockworkIn {
    fn default() -> Self {
        Self {
            multiple_timers: false,
            round_up_to_minutes: 1,
            minimum_seconds: 0,
            tokens: BTreeMap::new(),
        }
    }
}

/// Settings of Time Tracker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeTrackerIn {
    /// Keys by person, where they are not derived.
    pub keys: BTreeMap<String, String>,
    /// Thousands and decimal signs of exported numbers.
    pub locale: Locale,
    /// Most digits after the decimal sign.
    pub fraction_digits: u8,
}

impl Default for TimeTrackerIn {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), locale: Locale::EnUs, fraction_digits: 2 }
    }
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Locale {
    /// `1,250.5`
    #[serde(rename = "en_US")]
    EnUs,
    /// `1.250,5`
    #[serde(rename = "de_DE")]
    DeDe,
}
