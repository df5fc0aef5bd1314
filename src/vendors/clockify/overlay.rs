//! `clockify.json` beside a scenario: the data that only Clockify has. Settings and plans use the
//! vendor's names; people, projects and tasks are referred to by the scenario's ids and keys.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;

use super::model::events::EventKind;
use super::model::fields::{FieldContent, FieldEntity, FieldStatus, FieldType};
use super::model::members::MembershipStatus;
use super::model::plans::Plan;
use super::model::projects::EstimateType;
use super::model::rates::RateHistory;
use super::model::settings::WorkspaceSettings;
use super::model::users::{AccountStatus, UserSettings};
use crate::kernel::money::Minor;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockifyOverlay {
    /// The company's workspace.
    pub workspace: WorkspaceIn,
    /// API keys by person, for people whose key is not derived.
    pub keys: BTreeMap<String, String>,
    /// Add-ons with tokens.
    pub addons: Vec<AddonIn>,
    /// Accounts.
    pub users: Vec<UserIn>,
    /// Members of the company's workspace.
    pub members: Vec<MemberIn>,
    /// Managers.
    pub managers: Vec<ManagerIn>,
    /// User groups.
    pub groups: Vec<GroupIn>,
    /// Clients.
    pub clients: Vec<ClientIn>,
    /// Projects.
    pub projects: Vec<ProjectIn>,
    /// Tasks.
    pub tasks: Vec<TaskIn>,
    /// Tags.
    pub tags: Vec<TagIn>,
    /// Custom fields.
    pub custom_fields: Vec<FieldIn>,
    /// Clockify's own details of time entries.
    pub entries: Vec<EntryIn>,
    /// Webhooks of the company's workspace.
    pub webhooks: Vec<WebhookIn>,
    /// Other workspaces.
    pub workspaces: Vec<OtherWorkspaceIn>,
}

/// The details of a workspace besides its name and people.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceIn {
    /// The vendor's name of its plan. `null`: free.
    pub plan: PlanIn,
    /// Paid seats. Absent: unlimited.
    pub seats: Option<u32>,
    /// Its currency codes, the default first.
    pub currencies: Vec<String>,
    /// Hourly rate.
    pub hourly_rate: RateSeed,
    /// Cost rate.
    pub cost_rate: RateSeed,
    /// Settings that differ from the vendor's defaults.
    pub settings: WorkspaceSettings,
    /// True if breaks are enabled.
    pub breaks: bool,
    /// True if team managers may edit their people's time.
    pub managers_edit_time: bool,
    /// Address of its logo.
    pub image_url: String,
    /// The name of its own host.
    pub subdomain: Option<String>,
}

/// A plan; `PRO_2021` by default.
#[derive(Debug, Clone)]
pub struct PlanIn(pub Plan);

impl Default for PlanIn {
    fn default() -> Self {
        Self(Plan::named("PRO_2021").unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for PlanIn {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = Option::<String>::deserialize(from)?;
        let plan = match name {
            None => Some(Plan::free()),
            Some(name) => Plan::named(&name),
        };
        let message = "a plan is null or like BASIC_2021, PRO_2021 or ENTERPRISE_YEAR";
        plan.map(Self).ok_or_else(|| serde::de::Error::custom(message))
    }
}

/// A rate: one amount, or periods with their start times.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(
    untagged,
    expecting = "a rate is an amount, or a list of periods like {\"since\": \"d-30\", \"amount\": 9500}"
)]
pub enum RateSeed {
    /// No rate.
    #[default]
    None,
    /// A rate for all time, in minor units per hour.
    Always(Minor),
    /// Periods, oldest first.
    Periods(Vec<PeriodIn>),
}

/// A rate with the time from which it applies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodIn {
    /// `2026-05-01T00:00:00Z`, or `d-30` for midnight UTC 30 days before the anchor.
    pub since: Option<String>,
    /// Minor units per hour.
    pub amount: Minor,
}

impl RateSeed {
    /// Converts it to a history. `None` if a `since` cannot be parsed.
    #[must_use]
    pub fn history(&self, anchor: DateTime<Utc>) -> Option<RateHistory> {
        let mut history = RateHistory::default();
        match self {
            Self::None => {}
            Self::Always(amount) => history.set(*amount, None),
            Self::Periods(periods) => {
                for PeriodIn { since, amount } in periods {
                    let since = since.as_deref().map(|text| moment(text, anchor));
                    history.set(*amount, since.map_or(Some(None), |since| since.map(Some))?);
                }
            }
        }
        Some(history)
    }
}

fn moment(text: &str, anchor: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match text.strip_prefix("d-") {
        Some(days) => {
            let days = days.parse().ok().filter(|days| (0..100_000).contains(days))?;
            let midnight = anchor.with_time(NaiveTime::MIN).single()?;
            midnight.checked_sub_signed(TimeDelta::days(days))
        }
        None => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
    }
}

/// An add-on with a token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddonIn {
    /// Its name.
    pub name: String,
    /// Its token.
    pub token: String,
    /// The person it acts as.
    pub who: String,
    /// Its scopes, e.g. `PROJECT_WRITE`.
    pub scopes: Vec<String>,
}

/// An account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserIn {
    /// Its owner.
    pub who: String,
    /// Profile settings that differ from the vendor's defaults. The time zone is the scenario's.
    #[serde(default)]
    pub settings: UserSettings,
    /// The status of the account.
    pub status: Option<AccountStatus>,
}

/// A member of the company's workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// The person.
    pub who: String,
    /// The status of the membership.
    pub status: Option<MembershipStatus>,
    /// Hourly rate. Absent: the scenario's.
    #[serde(default)]
    pub hourly_rate: RateSeed,
    /// Cost rate.
    #[serde(default)]
    pub cost_rate: RateSeed,
    /// Values of custom fields for users, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldContent>,
}

/// A manager.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagerIn {
    /// The person.
    pub who: String,
    /// Keys of projects.
    #[serde(default)]
    pub projects: Vec<String>,
    /// Ids of people.
    #[serde(default)]
    pub people: Vec<String>,
    /// Names of groups.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// A user group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupIn {
    /// Its name.
    pub name: String,
    /// Ids of its members.
    pub people: Vec<String>,
}

/// Clockify's own details of a client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// The scenario's id.
    pub id: String,
    /// Its e-mail.
    pub email: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Currency code.
    pub currency: Option<String>,
}

/// Clockify's own details of a project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectIn {
    /// The scenario's key.
    pub key: String,
    /// `#` and six hexadecimal digits.
    pub color: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// True if it is a template.
    #[serde(default)]
    pub template: bool,
    /// Estimate in seconds.
    pub estimate: Option<i64>,
    /// Manual, or the sum of the tasks.
    pub estimate_type: Option<EstimateType>,
    /// Budget in minor units.
    pub budget: Option<Minor>,
    /// Hourly rate. Absent: the scenario's.
    #[serde(default)]
    pub hourly_rate: RateSeed,
    /// Cost rate.
    #[serde(default)]
    pub cost_rate: RateSeed,
    /// Names of the groups that are members.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Rates of its members.
    #[serde(default)]
    pub members: Vec<ProjectMemberIn>,
}

/// The rates of a person on a project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectMemberIn {
    /// The person, who must be a member of the project.
    pub who: String,
    /// Hourly rate.
    #[serde(default)]
    pub hourly_rate: RateSeed,
    /// Cost rate.
    #[serde(default)]
    pub cost_rate: RateSeed,
}

/// Clockify's own details of a task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskIn {
    /// The scenario's key.
    pub key: String,
    /// Estimate in seconds.
    #[serde(default)]
    pub estimate: i64,
    /// True if time on it is billable. Absent: as on the project.
    pub billable: Option<bool>,
    /// Ids of the assignees, in place of the scenario's.
    pub assignees: Option<Vec<String>>,
    /// Names of the assigned groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Hourly rate.
    #[serde(default)]
    pub hourly_rate: RateSeed,
    /// Cost rate.
    #[serde(default)]
    pub cost_rate: RateSeed,
}

/// A tag.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagIn {
    /// Its name.
    pub name: String,
    /// True if it is archived.
    #[serde(default)]
    pub archived: bool,
}

/// A custom field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldIn {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The type of entity that it belongs to.
    #[serde(default)]
    pub entity: FieldEntity,
    /// Its status.
    pub status: FieldStatus,
    /// The choices of a drop-down field.
    #[serde(default)]
    pub allowed_values: Vec<String>,
    /// True if a value is required.
    #[serde(default)]
    pub required: bool,
    /// True if only administrators may set it.
    #[serde(default)]
    pub only_admin_can_edit: bool,
    /// Text that is shown while it is empty.
    pub placeholder: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its default value.
    pub default: Option<FieldContent>,
    /// Its defaults on single projects.
    #[serde(default)]
    pub projects: Vec<ProjectDefaultIn>,
}

/// A custom field's default and status on a project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectDefaultIn {
    /// The scenario's key.
    pub key: String,
    /// The default on this project.
    pub value: Option<FieldContent>,
    /// The status on this project.
    pub status: FieldStatus,
}

/// Clockify's own details of a person's time entries on a project or task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryIn {
    /// The person.
    pub who: String,
    /// Key of the project or task.
    pub on: String,
    /// The entry, counted from 0 in the order of the scenario. Absent: all of them.
    pub nth: Option<usize>,
    /// Names of tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Values of custom fields, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldContent>,
    /// True if the entries are invoiced.
    #[serde(default)]
    pub invoiced: bool,
}

/// A webhook.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookIn {
    /// The administrator who owns it.
    pub who: String,
    /// Its name.
    pub name: String,
    /// The address that events are sent to.
    pub url: String,
    /// The event that it listens to.
    pub event: EventKind,
    /// The entities that the event must concern. Absent: any.
    pub about: Option<AboutIn>,
    /// The token of its deliveries. Absent: derived.
    pub token: Option<String>,
}

/// Limits a webhook to certain entities.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboutIn {
    /// Keys of projects.
    Projects(Vec<String>),
    /// Keys of tasks.
    Tasks(Vec<String>),
    /// Ids of people.
    People(Vec<String>),
    /// Names of tags.
    Tags(Vec<String>),
}

/// Another workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherWorkspaceIn {
    /// Its name.
    pub name: String,
    /// The owner.
    pub owner: String,
    /// Other members.
    #[serde(default)]
    pub members: Vec<OtherMemberIn>,
    /// Its other values.
    #[serde(default)]
    pub workspace: WorkspaceIn,
    /// Names of its clients.
    #[serde(default)]
    pub clients: Vec<String>,
    /// Names of its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Its projects.
    #[serde(default)]
    pub projects: Vec<OtherProjectIn>,
}

/// A member of another workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherMemberIn {
    /// The person.
    pub who: String,
    /// True if they are an administrator.
    #[serde(default)]
    pub admin: bool,
    /// The status of the membership.
    pub status: Option<MembershipStatus>,
}

/// A project of another workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherProjectIn {
    /// Its name.
    pub name: String,
    /// Name of its client.
    pub client: Option<String>,
    /// True if only its members may see it.
    #[serde(default)]
    pub private: bool,
    /// True if time on it is billable by default.
    #[serde(default)]
    pub billable: bool,
    /// Names of its tasks.
    #[serde(default)]
    pub tasks: Vec<String>,
}
