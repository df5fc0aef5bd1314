//! `clockify.json` beside a scenario: what only Clockify has. Settings and plans are in the vendor's own
//! words; people, projects and tasks are named by the scenario's ids and keys.

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
    /// API keys by person, where they are not derived.
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
    /// Clockify's own details of work.
    pub entries: Vec<EntryIn>,
    /// Webhooks of the company's workspace.
    pub webhooks: Vec<WebhookIn>,
    /// Further workspaces.
    pub workspaces: Vec<FurtherIn>,
}

/// A workspace beyond its name and people.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceIn {
    /// The vendor's name of its plan; `null` for a free one.
    pub plan: PlanIn,
    /// Paid seats; unlimited when left out.
    pub seats: Option<u32>,
    /// Codes of its currencies, the default first.
    pub currencies: Vec<String>,
    /// Hourly rate.
    pub hourly_rate: RateSeed,
    /// Cost rate.
    pub cost_rate: RateSeed,
    /// Settings that differ from the vendor's defaults.
    pub settings: WorkspaceSettings,
    /// True if entries may be breaks.
    pub breaks: bool,
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

/// A rate: one amount, or periods with the instants they begin at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(
    untagged,
    expecting = "a rate is an amount, or a list of periods like {\"since\": \"d-30\", \"amount\": 9500}"
)]
pub enum RateSeed {
    /// Never set.
    #[default]
    None,
    /// Since always, in minor units an hour.
    Always(Minor),
    /// Oldest first.
    Periods(Vec<PeriodIn>),
}

/// A rate and since when it holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodIn {
    /// `2026-05-01T00:00:00Z`, or `d-30` for the UTC midnight 30 days before the anchor.
    pub since: Option<String>,
    /// Minor units an hour.
    pub amount: Minor,
}

impl RateSeed {
    /// As a history. `None` when a `since` cannot be read.
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
    /// Profile settings that differ from the vendor's defaults; the zone is the scenario's.
    #[serde(default)]
    pub settings: UserSettings,
    /// State of the account.
    pub status: Option<AccountStatus>,
}

/// A member of the company's workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// The person.
    pub who: String,
    /// State of the membership.
    pub status: Option<MembershipStatus>,
    /// Hourly rate; the scenario's when left out.
    #[serde(default)]
    pub hourly_rate: RateSeed,
    /// Cost rate.
    #[serde(default)]
    pub cost_rate: RateSeed,
    /// Custom fields for users, by name.
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
    /// Ids of its people.
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
    /// Code of its currency.
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
    /// Estimate as a number of seconds.
    pub estimate: Option<i64>,
    /// Whether the estimate is given or summed up.
    pub estimate_type: Option<EstimateType>,
    /// Budget in minor units.
    pub budget: Option<Minor>,
    /// Hourly rate; the scenario's when left out.
    #[serde(default)]
    pub hourly_rate: RateSeed,
    /// Cost rate.
    #[serde(default)]
    pub cost_rate: RateSeed,
    /// Names of groups that belong to it.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Rates of its people.
    #[serde(default)]
    pub members: Vec<ProjectMemberIn>,
}

/// Rates of a person on a project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectMemberIn {
    /// The person, a member of the project already.
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
    /// Estimate as a number of seconds.
    #[serde(default)]
    pub estimate: i64,
    /// True if time on it is billed; as on the project when left out.
    pub billable: Option<bool>,
    /// Ids of people who are to do it, instead of the scenario's.
    pub assignees: Option<Vec<String>>,
    /// Names of groups that are to do it.
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
    /// The kind of thing it belongs to.
    #[serde(default)]
    pub entity: FieldEntity,
    /// Whether it is shown.
    pub status: FieldStatus,
    /// Choices of a drop-down.
    #[serde(default)]
    pub allowed_values: Vec<String>,
    /// True if it must be filled in.
    #[serde(default)]
    pub required: bool,
    /// True if administrators alone may set it.
    #[serde(default)]
    pub only_admin_can_edit: bool,
    /// Shown while it is empty.
    pub placeholder: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its default value.
    pub default: Option<FieldContent>,
    /// Its values on single projects.
    #[serde(default)]
    pub projects: Vec<ProjectDefaultIn>,
}

/// A custom field's value and status on a project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectDefaultIn {
    /// The scenario's key.
    pub key: String,
    /// The value on it.
    pub value: Option<FieldContent>,
    /// The status on it.
    pub status: FieldStatus,
}

/// Clockify's own details of a person's work on a project or task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryIn {
    /// The person.
    pub who: String,
    /// Key of the project or task.
    pub on: String,
    /// The entry, counted from 0 in the order of the scenario; all when left out.
    pub nth: Option<usize>,
    /// Names of tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Custom fields, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldContent>,
    /// True if they are on an invoice.
    #[serde(default)]
    pub invoiced: bool,
}

/// A webhook.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookIn {
    /// The administrator whose it is.
    pub who: String,
    /// Its name.
    pub name: String,
    /// The address events are sent to.
    pub url: String,
    /// The event it listens to.
    pub event: EventKind,
    /// The things the event has to be about; any when left out.
    pub about: Option<AboutIn>,
    /// The token of its deliveries; derived when left out.
    pub token: Option<String>,
}

/// Limits a webhook to certain things.
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

/// A further workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FurtherIn {
    /// Its name.
    pub name: String,
    /// The owner.
    pub owner: String,
    /// Other members.
    #[serde(default)]
    pub members: Vec<FurtherMemberIn>,
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
    pub projects: Vec<FurtherProjectIn>,
}

/// A member of a further workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FurtherMemberIn {
    /// The person.
    pub who: String,
    /// True if they administer it.
    #[serde(default)]
    pub admin: bool,
    /// State of the membership.
    pub status: Option<MembershipStatus>,
}

/// A project of a further workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FurtherProjectIn {
    /// Its name.
    pub name: String,
    /// Name of its client.
    pub client: Option<String>,
    /// True if only its members see it.
    #[serde(default)]
    pub private: bool,
    /// True if time on it is billable by default.
    #[serde(default)]
    pub billable: bool,
    /// Names of its tasks.
    #[serde(default)]
    pub tasks: Vec<String>,
}
