//! Projects: their plain rows. Hydrated rows are in `hydrated`, request bodies in `body` and `members`.

mod body;
mod hydrated;
mod members;

use serde::Serialize;

pub use body::{EstimatesIn, FromTemplateIn, ProjectIn, TemplateIn};
pub use hydrated::HydratedProjectOut;
pub use members::{MembersIn, MembershipsIn};

use super::memberships::{MembershipOut, RowContext};
use super::money::RateOut;
use super::stamps::IsoDuration;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::projects::{
    BudgetEstimate, EstimateReset, EstimateType, Principal, Project, ProjectMembership,
    ResetOption, TimeEstimate,
};
use crate::vendors::clockify::model::{ProjectId, UserId, WorkspaceId};
use crate::vendors::clockify::rules::people::{Membership, Target};
use crate::vendors::clockify::rules::projects::{budget_of, seconds_of};
use crate::vendors::clockify::rules::rates::currency;

/// A project. Source: 001:355-382, clockify.md:4.3.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
pub struct ProjectOut<'a> {
    id: ProjectId,
    name: &'a str,
    hourly_rate: Option<RateOut<'a>>,
    client_id: String,
    workspace_id: WorkspaceId,
    billable: bool,
    memberships: Vec<MembershipOut<'a>>,
    color: &'a str,
    estimate: EstimateOut,
    archived: bool,
    duration: IsoDuration,
    client_name: &'a str,
    note: &'a str,
    cost_rate: Option<RateOut<'a>>,
    time_estimate: TimeEstimateOut,
    budget_estimate: Option<BudgetOut>,
    estimate_reset: Option<&'a EstimateReset>,
    template: bool,
    public: bool,
}

/// The rendering of an hourly rate that was never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsetRate {
    /// As `null`.
    Null,
    /// As an amount of 0.
    Zero,
}

impl<'a> ProjectOut<'a> {
    /// Renders a project.
    #[must_use]
    pub fn new(project: &'a Project, context: &RowContext<'a>, unset: UnsetRate) -> Self {
        let Project {
            id,
            workspace,
            name,
            client,
            color,
            note,
            billable,
            public,
            archived,
            template,
            memberships,
            rates,
            time_estimate,
            budget_estimate,
            estimate_reset,
            key: _,
        } = project;
        let client = client.and_then(|client| context.state.clients.get(client));
        let code = currency(context.state, context.workspace, Some(project));
        let (mut hourly, cost) = context.visible_rates(rates);
        if hourly.is_none() {
            quirk!("CFY-125");
            hourly = (context.sight.hourly && unset == UnsetRate::Zero).then_some(0);
        }
        let time = TimeEstimateOut::new(time_estimate, seconds_of(context.state, project));
        let budget = budget_of(context.state, project);
        Self {
            id: *id,
            name,
            hourly_rate: RateOut::visible(hourly, code, true),
            client_id: client.map(|client| client.id.to_string()).unwrap_or_default(),
            workspace_id: *workspace,
            billable: *billable,
            memberships: memberships.iter().map(|one| membership(*id, one, context)).collect(),
            color,
            estimate: EstimateOut { estimate: time.estimate, r#type: time.r#type },
            archived: *archived,
            duration: IsoDuration(context.state.entries.seconds_on_project(*id)),
            client_name: client.map_or("", |client| &client.name),
            note,
            cost_rate: RateOut::visible(cost, code, true),
            time_estimate: time,
            budget_estimate: budget_estimate.as_ref().map(|own| BudgetOut::new(own, budget)),
            estimate_reset: estimate_reset.as_ref(),
            template: *template,
            public: *public,
        }
    }

    /// The project within a hydrated time entry, where its duration is not counted. Source:
    /// facts.md:N-31.
    #[must_use]
    pub fn without_duration(self) -> Self {
        Self { duration: IsoDuration(0), ..self }
    }
}

fn membership<'a>(
    project: ProjectId,
    membership: &ProjectMembership,
    context: &RowContext<'a>,
) -> MembershipOut<'a> {
    let ProjectMembership { who, status, rates } = membership;
    let user = match who {
        Principal::User(user) => *user,
        Principal::Group(group) => UserId(group.0),
    };
    let (target, status, rates) = (Target::Project(project), *status, rates.clone());
    context.out(&Membership { user, target, status, rates })
}

#[derive(Debug, Serialize)]
struct EstimateOut {
    estimate: IsoDuration,
    r#type: EstimateType,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeEstimateOut {
    estimate: IsoDuration,
    r#type: EstimateType,
    reset_option: Option<ResetOption>,
    active: bool,
    include_non_billable: bool,
}

impl TimeEstimateOut {
    fn new(estimate: &TimeEstimate, total: i64) -> Self {
        let TimeEstimate { seconds: _, kind, reset, active, include_non_billable } = estimate;
        Self {
            estimate: IsoDuration(total),
            r#type: *kind,
            reset_option: *reset,
            active: *active,
            include_non_billable: *include_non_billable,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BudgetOut {
    estimate: Minor,
    r#type: EstimateType,
    reset_option: Option<ResetOption>,
    active: bool,
    include_expenses: bool,
}

impl BudgetOut {
    fn new(estimate: &BudgetEstimate, total: Option<Minor>) -> Self {
        let BudgetEstimate { amount, kind, reset, active, include_expenses } = estimate;
        Self {
            estimate: total.unwrap_or(*amount),
            r#type: *kind,
            reset_option: *reset,
            active: *active,
            include_expenses: *include_expenses,
        }
    }
}
