//! Projects with their members, rates and estimates.

use serde::{Deserialize, Serialize};

use super::members::MembershipStatus;
use super::names::Folded;
use super::rates::Rates;
use super::users::Weekday;
use super::{ClientId, GroupId, ProjectId, UserId, WorkspaceId};
use crate::kernel::money::Minor;
use crate::kernel::table::Row;

/// The default colour of a project.
pub const DEFAULT_COLOR: &str = "#03A9F4";

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name, unique among the projects of one client.
    pub name: String,
    /// Its client.
    pub client: Option<ClientId>,
    /// `#` and six hexadecimal digits.
    pub color: String,
    /// A note; may be empty.
    pub note: String,
    /// True if time on it is billable by default.
    pub billable: bool,
    /// True if every member of the workspace may see it and track time on it.
    pub public: bool,
    /// True if it is archived. Its name stays taken.
    pub archived: bool,
    /// True if it is a template.
    pub template: bool,
    /// People and groups that belong to it.
    pub memberships: Vec<ProjectMembership>,
    /// Its own rates, which override those of workspace members.
    pub rates: Rates,
    /// Its estimate of time.
    pub time_estimate: TimeEstimate,
    /// Its budget.
    pub budget_estimate: Option<BudgetEstimate>,
    /// When the estimate is reset.
    pub estimate_reset: Option<EstimateReset>,
    /// Its key in the scenario, for ledgers. Clients never see it.
    pub key: Option<String>,
}

impl Project {
    /// A private project with default values.
    #[must_use]
    pub fn new(id: ProjectId, workspace: WorkspaceId, name: String) -> Self {
        Self {
            id,
            workspace,
            name,
            client: None,
            color: DEFAULT_COLOR.to_owned(),
            note: String::new(),
            billable: false,
            public: false,
            archived: false,
            template: false,
            memberships: Vec::new(),
            rates: Rates::default(),
            time_estimate: TimeEstimate::default(),
            budget_estimate: None,
            estimate_reset: None,
            key: None,
        }
    }

    /// The direct membership of a person, ignoring groups.
    #[must_use]
    pub fn membership(&self, user: UserId) -> Option<&ProjectMembership> {
        self.memberships.iter().find(|membership| membership.who == Principal::User(user))
    }
}

/// The index of projects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProjectBy {
    /// By workspace and name. Projects of different clients may have the same name.
    Name(WorkspaceId, Folded),
    /// By client.
    Client(ClientId),
    /// By workspace and direct member.
    User(WorkspaceId, UserId),
    /// By member group.
    Group(GroupId),
}

impl Row for Project {
    type Key = ProjectId;
    type Index = ProjectBy;

    fn key(&self) -> ProjectId {
        self.id
    }

    fn index(&self) -> Vec<ProjectBy> {
        let mut index = vec![ProjectBy::Name(self.workspace, Folded::of(&self.name))];
        index.extend(self.client.map(ProjectBy::Client));
        index.extend(self.memberships.iter().map(|membership| match membership.who {
            Principal::User(user) => ProjectBy::User(self.workspace, user),
            Principal::Group(group) => ProjectBy::Group(group),
        }));
        index
    }
}

/// A person or group that is a member of a project. Source: 001:639-649.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectMembership {
    /// The person.
    pub who: Principal,
    /// Its state.
    pub status: MembershipStatus,
    /// Rates on this project, which override the project's own.
    pub rates: Rates,
}

impl ProjectMembership {
    /// An active membership without rates.
    #[must_use]
    pub fn new(who: Principal) -> Self {
        Self { who, status: MembershipStatus::Active, rates: Rates::default() }
    }
}

/// A person or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A person.
    User(UserId),
    /// A group.
    Group(GroupId),
}

/// The origin of an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EstimateType {
    /// The sum of the tasks' estimates.
    #[default]
    Auto,
    /// Entered by a user.
    Manual,
}

/// The interval after which an estimate is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "spans of time")]
pub enum ResetOption {
    Weekly,
    Monthly,
    Yearly,
}

/// The estimated time of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeEstimate {
    /// Seconds.
    pub seconds: i64,
    /// Manual, or the sum of the tasks.
    pub kind: EstimateType,
    /// The interval after which it resets.
    pub reset: Option<ResetOption>,
    /// True if it is active.
    pub active: bool,
    /// True if non-billable time counts.
    pub include_non_billable: bool,
}

impl Default for TimeEstimate {
    fn default() -> Self {
        Self {
            seconds: 0,
            kind: EstimateType::Auto,
            reset: None,
            active: false,
            include_non_billable: true,
        }
    }
}

/// The budget of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetEstimate {
    /// Minor units.
    pub amount: Minor,
    /// Manual, or the sum of the tasks.
    pub kind: EstimateType,
    /// The interval after which it resets.
    pub reset: Option<ResetOption>,
    /// True if it is active.
    pub active: bool,
    /// True if expenses count.
    pub include_expenses: bool,
}

/// When estimates reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EstimateReset {
    /// The interval.
    pub interval: ResetOption,
    /// The day of the week.
    pub day_of_week: Option<Weekday>,
    /// The day of the month.
    pub day_of_month: Option<u32>,
    /// The month, e.g. `JANUARY`.
    pub month: Option<String>,
    /// The hour.
    pub hour: Option<u32>,
}
