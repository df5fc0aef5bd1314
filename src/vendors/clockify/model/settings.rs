//! Settings of a workspace, by the vendor's names. The vendor has no operation that changes them;
//! they come from scenarios and from our own control API.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::users::Weekday;

/// Settings of a workspace. Source: 001:2162-2199, clockify.md:4.9.
///
/// The three older `onlyAdminsCreate…` switches are not stored; they are derived from
/// [`EntityCreation`]. The keys are the API's, so `wire/workspaces.rs` writes them unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub struct WorkspaceSettings {
    pub time_rounding_in_reports: bool,
    pub only_admins_see_billable_rates: bool,
    pub only_admins_see_dashboard: bool,
    pub default_billable_projects: bool,
    /// Entries that start before this are locked. A whole second.
    pub lock_time_entries: Option<DateTime<Utc>>,
    pub lock_time_zone: Option<Tz>,
    pub round: Round,
    pub project_favorites: bool,
    pub can_see_time_sheet: bool,
    pub can_see_tracker: bool,
    pub project_picker_special_filter: bool,
    pub force_projects: bool,
    pub force_tasks: bool,
    pub force_tags: bool,
    pub force_description: bool,
    pub only_admins_see_all_time_entries: bool,
    pub only_admins_see_public_projects_entries: bool,
    pub track_time_down_to_second: bool,
    pub project_grouping_label: String,
    pub project_label: String,
    pub task_label: String,
    pub admin_only_pages: Vec<AdminOnlyPage>,
    pub automatic_lock: Option<AutomaticLock>,
    pub only_admins_can_change_billable_status: bool,
    pub is_project_public_by_default: bool,
    pub entity_creation_permissions: EntityCreation,
    pub currency_format: CurrencyFormat,
    pub number_format: NumberFormat,
    pub duration_format: DurationFormat,
    pub time_tracking_mode: TimeTrackingMode,
    pub multi_factor_enabled: bool,
    pub active_billable_hours: bool,
    pub working_days: Vec<Weekday>,
}

impl Default for WorkspaceSettings {
    fn default() -> Self {
        Self {
            time_rounding_in_reports: false,
            only_admins_see_billable_rates: true,
            only_admins_see_dashboard: false,
            default_billable_projects: true,
            lock_time_entries: None,
            lock_time_zone: None,
            round: Round { round: Rounding::Nearest, minutes: 15 },
            project_favorites: true,
            can_see_time_sheet: true,
            can_see_tracker: true,
            project_picker_special_filter: false,
            force_projects: false,
            force_tasks: false,
            force_tags: false,
            force_description: false,
            only_admins_see_all_time_entries: true,
            only_admins_see_public_projects_entries: false,
            track_time_down_to_second: true,
            project_grouping_label: "client".to_owned(),
            project_label: "project".to_owned(),
            task_label: "task".to_owned(),
            admin_only_pages: Vec::new(),
            automatic_lock: None,
            only_admins_can_change_billable_status: false,
            is_project_public_by_default: true,
            entity_creation_permissions: EntityCreation::default(),
            currency_format: CurrencyFormat::CurrencySpaceValue,
            number_format: NumberFormat::CommaPeriod,
            duration_format: DurationFormat::Full,
            time_tracking_mode: TimeTrackingMode::Default,
            multi_factor_enabled: false,
            active_billable_hours: true,
            working_days: vec![
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
            ],
        }
    }
}

/// Permissions to create entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct EntityCreation {
    /// Projects and clients.
    pub who_can_create_projects_and_clients: Creators,
    /// Tags.
    pub who_can_create_tags: Creators,
    /// Tasks.
    pub who_can_create_tasks: Creators,
}

impl Default for EntityCreation {
    fn default() -> Self {
        Self {
            who_can_create_projects_and_clients: Creators::AdminsAndProjectManagers,
            who_can_create_tags: Creators::Everyone,
            who_can_create_tasks: Creators::AdminsAndProjectManagers,
        }
    }
}

/// The members who may create an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Creators {
    /// The owner and administrators.
    Admins,
    /// The owner, administrators and project managers.
    AdminsAndProjectManagers,
    /// Every member.
    Everyone,
}

/// Rounding of durations in reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The direction.
    pub round: Rounding,
    /// The step in minutes; a text in JSON.
    #[serde(with = "minutes_as_text")]
    pub minutes: u32,
}

/// A direction of rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// To the nearest step.
    #[serde(rename = "Round to nearest")]
    Nearest,
    /// Up to the next step.
    #[serde(rename = "Round up to")]
    Up,
    /// Down to the previous step.
    #[serde(rename = "Round down to")]
    Down,
}

mod minutes_as_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(minutes: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(minutes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Minutes {
            Number(u32),
            Text(String),
        }
        let minutes = match Minutes::deserialize(from)? {
            Minutes::Number(minutes) => minutes,
            Minutes::Text(text) => text.trim().parse().map_err(D::Error::custom)?,
        };
        if (1..=24 * 60).contains(&minutes) {
            Ok(minutes)
        } else {
            Err(D::Error::custom("rounding is to 1 to 1440 minutes"))
        }
    }
}

/// An automatic lock. Source: 001:2164-2171.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AutomaticLock {
    /// The day on which a weekly lock advances.
    pub change_day: Weekday,
    /// The day on which a monthly lock advances: 1 to 31.
    pub day_of_month: u32,
    /// The first day of the weeks that are locked.
    pub first_day: Weekday,
    /// The unit of `older_than_value`.
    pub older_than_period: LockPeriod,
    /// The age at which an entry locks.
    pub older_than_value: u32,
    /// The type of lock.
    pub r#type: LockType,
}

/// A unit of age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "units of time")]
pub enum LockPeriod {
    Days,
    Weeks,
    Months,
}

/// The type of an automatic lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LockType {
    /// The week before locks on `change_day`.
    Weekly,
    /// The month before locks on `day_of_month`.
    Monthly,
    /// Everything older than the given age locks.
    OlderThan,
}

/// A page that only administrators see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the vendor's pages")]
pub enum AdminOnlyPage {
    Project,
    Team,
    Reports,
}

/// The position of the currency in amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CurrencyFormat {
    CurrencySpaceValue,
    ValueSpaceCurrency,
    CurrencyValue,
    ValueCurrency,
}

/// Thousands and decimal separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names say it")]
pub enum NumberFormat {
    CommaPeriod,
    PeriodComma,
    QuotationMarkPeriod,
    SpaceComma,
}

/// Format of durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DurationFormat {
    /// `hh:mm:ss`
    Full,
    /// `h:mm`
    Compact,
    /// `h.hh`
    Decimal,
}

/// The permitted ways to track time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeTrackingMode {
    /// By timer or manual entry.
    Default,
    /// By timer only.
    StopwatchOnly,
}
