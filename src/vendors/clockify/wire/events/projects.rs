//! The bodies of webhooks about projects and tasks.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Amount, EventContext};
use crate::kernel::money::Minor;
use crate::vendors::clockify::model::projects::{
    EstimateReset, EstimateType, Principal, Project, ProjectMembership, ResetOption,
};
use crate::vendors::clockify::model::tasks::{Task, TaskStatus};
use crate::vendors::clockify::model::{GroupId, ProjectId, TaskId, UserId, WorkspaceId};
use crate::vendors::clockify::rules::projects::{budget_of, seconds_of};
use crate::vendors::clockify::wire::stamps::IsoDuration;

/// A project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
pub(super) struct ProjectBody<'a> {
    name: &'a str,
    hourly_rate: Amount,
    cost_rate: Option<Amount>,
    client_id: String,
    workspace_id: WorkspaceId,
    billable: bool,
    memberships: Vec<MembershipBody>,
    estimate: EstimateBody,
    color: &'a str,
    archived: bool,
    client_name: &'a str,
    duration: IsoDuration,
    note: &'a str,
    active_estimate: &'static str,
    time_estimate: TimeEstimateBody,
    budget_estimate: Option<BudgetBody>,
    estimate_reset: Option<&'a EstimateReset>,
    source_type: (),
    audit_metadata: Option<AuditBody>,
    access_on_paid_plan: (),
    id: ProjectId,
    public: bool,
    template: bool,
}

/// When a project was changed. Source: facts.md:N-71.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditBody {
    /// Milliseconds since 1970.
    updated_at: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MembershipBody {
    user_id: UserId,
    hourly_rate: Option<Amount>,
    cost_rate: Option<Amount>,
}

#[derive(Debug, Serialize)]
struct EstimateBody {
    estimate: IsoDuration,
    r#type: EstimateType,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeEstimateBody {
    include_non_billable: bool,
    /// Seconds.
    estimate: i64,
    r#type: EstimateType,
    reset_option: Option<ResetOption>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BudgetBody {
    include_expenses: bool,
    estimate: Minor,
    r#type: EstimateType,
    reset_option: Option<ResetOption>,
}

impl<'a> ProjectBody<'a> {
    /// `changed` is the instant of the change that the event is about.
    pub(super) fn new(
        context: EventContext<'a>,
        project: &'a Project,
        changed: Option<DateTime<Utc>>,
    ) -> Self {
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
            time_estimate: time,
            budget_estimate: budget,
            estimate_reset,
            key: _,
        } = project;
        let EventContext { state, now, .. } = context;
        let client = client.and_then(|client| state.clients.get(client));
        let member = |membership: &ProjectMembership| MembershipBody {
            user_id: match membership.who {
                Principal::User(user) => user,
                Principal::Group(group) => UserId(group.0),
            },
            hourly_rate: Amount::of(membership.rates.hourly.at(now)),
            cost_rate: Amount::of(membership.rates.cost.at(now)),
        };
        let total = seconds_of(state, project);
        let in_budget = budget.as_ref().is_some_and(|budget| budget.active);
        Self {
            name,
            hourly_rate: Amount { amount: rates.hourly.at(now).unwrap_or(0) },
            cost_rate: Amount::of(rates.cost.at(now)),
            client_id: client.map(|client| client.id.to_string()).unwrap_or_default(),
            workspace_id: *workspace,
            billable: *billable,
            memberships: memberships.iter().map(member).collect(),
            estimate: EstimateBody { estimate: IsoDuration(total), r#type: time.kind },
            color,
            archived: *archived,
            client_name: client.map_or("", |client| &client.name),
            duration: IsoDuration(state.entries.seconds_on_project(*id)),
            note,
            active_estimate: match (time.active, in_budget) {
                (true, _) => "TIME",
                (false, true) => "BUDGET",
                (false, false) => "NONE",
            },
            time_estimate: TimeEstimateBody {
                include_non_billable: time.include_non_billable,
                estimate: total,
                r#type: time.kind,
                reset_option: time.reset,
            },
            budget_estimate: budget.as_ref().map(|budget| BudgetBody {
                include_expenses: budget.include_expenses,
                estimate: budget_of(state, project).unwrap_or(budget.amount),
                r#type: budget.kind,
                reset_option: budget.reset,
            }),
            estimate_reset: estimate_reset.as_ref(),
            source_type: (),
            audit_metadata: changed.map(|at| AuditBody { updated_at: at.timestamp_millis() }),
            access_on_paid_plan: (),
            id: *id,
            public: *public,
            template: *template,
        }
    }
}

/// A task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskBody<'a> {
    name: &'a str,
    project_id: ProjectId,
    /// The first assignee; empty if there is none.
    assignee_id: String,
    assignee_ids: &'a [UserId],
    user_group_ids: &'a [GroupId],
    estimate: IsoDuration,
    status: TaskStatus,
    workspace_id: WorkspaceId,
    budget_estimate: Minor,
    billable: bool,
    hourly_rate: Option<Amount>,
    cost_rate: Option<Amount>,
    source_type: &'static str,
    id: TaskId,
    duration: IsoDuration,
}

impl<'a> TaskBody<'a> {
    pub(super) fn new(context: EventContext<'a>, task: &'a Task) -> Self {
        let Task {
            id,
            workspace,
            project,
            name,
            assignees,
            groups,
            estimate,
            budget,
            status,
            billable,
            rates,
            key: _,
        } = task;
        Self {
            name,
            project_id: *project,
            assignee_id: assignees.first().map(UserId::to_string).unwrap_or_default(),
            assignee_ids: assignees,
            user_group_ids: groups,
            estimate: IsoDuration(*estimate),
            status: *status,
            workspace_id: *workspace,
            budget_estimate: budget.unwrap_or(0),
            billable: *billable,
            hourly_rate: Amount::of(rates.hourly.at(context.now)),
            cost_rate: Amount::of(rates.cost.at(context.now)),
            source_type: "PRODUCTION",
            id: *id,
            duration: IsoDuration(context.state.entries.seconds_on_task(*id)),
        }
    }
}
