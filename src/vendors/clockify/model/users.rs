//! Accounts and their profile settings. An account can belong to several workspaces.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{UserId, WorkspaceId};
use crate::kernel::table::Row;

/// The default profile picture.
pub const NO_PICTURE: &str = "https://img.clockify.me/no-user-image.png";

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// E-mail, unique regardless of letter case.
    pub email: String,
    /// Full name. Empty until an invited user signs up.
    pub name: String,
    /// Address of the profile picture.
    pub profile_picture: String,
    /// The workspace that the user last opened.
    pub active_workspace: WorkspaceId,
    /// The workspace that opens after login.
    pub default_workspace: WorkspaceId,
    /// Profile settings. Absent until an invited user signs up.
    pub settings: Option<UserSettings>,
    /// The status of the account.
    pub status: AccountStatus,
}

impl User {
    /// An account that was invited and has not signed up.
    #[must_use]
    pub fn invited(id: UserId, email: String, workspace: WorkspaceId) -> Self {
        Self {
            id,
            email,
            name: String::new(),
            profile_picture: NO_PICTURE.to_owned(),
            active_workspace: workspace,
            default_workspace: workspace,
            settings: None,
            status: AccountStatus::NotRegistered,
        }
    }

    /// The time zone of the profile, or UTC without a profile.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.settings.as_ref().map_or(Tz::UTC, |settings| settings.time_zone)
    }
}

/// The index of accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserBy {
    /// By e-mail in lower case.
    Email(String),
}

impl Row for User {
    type Key = UserId;
    type Index = UserBy;

    fn key(&self) -> UserId {
        self.id
    }

    fn index(&self) -> Vec<UserBy> {
        vec![UserBy::Email(self.email.to_lowercase())]
    }
}

/// The status of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountStatus {
    /// Active.
    Active,
    /// The e-mail is not yet confirmed.
    PendingEmailVerification,
    /// Deleted.
    Deleted,
    /// Invited, but not signed up.
    NotRegistered,
    /// Without its own login.
    Limited,
    /// A limited account that was deleted.
    LimitedDeleted,
}

impl AccountStatus {
    /// The statuses that lists of people include by default.
    pub const USUAL: [Self; 3] =
        [Self::Active, Self::PendingEmailVerification, Self::NotRegistered];
}

/// Profile settings, by the vendor's names. Source: 001:1716-1735,
/// clockify.md:4.7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub struct UserSettings {
    pub week_start: Weekday,
    pub time_zone: Tz,
    pub time_format: TimeFormat,
    pub date_format: String,
    pub send_newsletter: bool,
    pub weekly_updates: bool,
    pub long_running: bool,
    pub scheduled_reports: bool,
    pub approval: bool,
    pub pto: bool,
    pub alerts: bool,
    pub reminders: bool,
    pub onboarding: bool,
    pub scheduling: bool,
    pub invoice_reminders: bool,
    pub time_tracking_manual: bool,
    pub summary_report_settings: SummaryReportSettings,
    pub is_compact_view_on: bool,
    pub dashboard_selection: DashboardSelection,
    pub dashboard_view_type: DashboardViewType,
    pub dashboard_pin_to_top: bool,
    pub project_list_collapse: Option<i64>,
    pub collapse_all_project_lists: bool,
    pub group_similar_entries_disabled: bool,
    pub my_start_of_day: String,
    pub project_picker_task_filter: bool,
    pub lang: Option<String>,
    pub multi_factor_enabled: bool,
    pub theme: Theme,
    pub show_only_working_days: bool,
}

impl Default for UserSettings {
    fn default() -> Self {
        Self {
            week_start: Weekday::Monday,
            time_zone: Tz::UTC,
            time_format: TimeFormat::Hour24,
            date_format: "MM/DD/YYYY".to_owned(),
            send_newsletter: false,
            weekly_updates: false,
            long_running: false,
            scheduled_reports: true,
            approval: true,
            pto: true,
            alerts: true,
            reminders: true,
            onboarding: true,
            scheduling: true,
            invoice_reminders: false,
            time_tracking_manual: false,
            summary_report_settings: SummaryReportSettings::default(),
            is_compact_view_on: false,
            dashboard_selection: DashboardSelection::Me,
            dashboard_view_type: DashboardViewType::Project,
            dashboard_pin_to_top: false,
            project_list_collapse: Some(50),
            collapse_all_project_lists: false,
            group_similar_entries_disabled: false,
            my_start_of_day: "09:00".to_owned(),
            project_picker_task_filter: false,
            lang: Some("EN".to_owned()),
            multi_factor_enabled: false,
            theme: Theme::Default,
            show_only_working_days: false,
        }
    }
}

/// The default groups of a summary report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryReportSettings {
    /// Outer group.
    pub group: String,
    /// Inner group.
    pub subgroup: String,
}

impl Default for SummaryReportSettings {
    fn default() -> Self {
        Self { group: "Project".to_owned(), subgroup: "Time Entry".to_owned() }
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// The format of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeFormat {
    /// `02:44 PM`
    #[serde(rename = "HOUR12")]
    Hour12,
    /// `14:44`
    #[serde(rename = "HOUR24")]
    Hour24,
}

/// The people whose time the dashboard shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DashboardSelection {
    /// The user alone.
    Me,
    /// The whole team.
    Team,
}

/// The grouping of the dashboard's bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DashboardViewType {
    /// By project.
    Project,
    /// By billability.
    Billability,
}

/// The colour theme of the vendor's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Theme {
    /// Dark.
    Dark,
    /// Light.
    Default,
}
