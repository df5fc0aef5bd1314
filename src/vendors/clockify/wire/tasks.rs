//! Tasks.

use serde::{Deserialize, Serialize};

use super::body::Object;
use super::loose::{LooseBool, LooseInt, Text};
use super::memberships::RowContext;
use super::money::{RateIn, RateOut};
use super::stamps::{self, IsoDuration};
use crate::http::body::Field;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::tasks::{Task, TaskStatus};
use crate::vendors::clockify::model::{GroupId, ProjectId, TaskId, UserId, WorkspaceId};
use crate::vendors::clockify::rules::rates::{NewRate, currency};
use crate::vendors::clockify::rules::tasks::TaskChange;

/// A task. Source: 001:1007-1014, clockify.md:4.5.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskOut<'a> {
    id: TaskId,
    name: &'a str,
    project_id: ProjectId,
    workspace_id: WorkspaceId,
    assignee_ids: &'a [UserId],
    assignee_id: Option<UserId>,
    user_group_ids: &'a [GroupId],
    estimate: IsoDuration,
    status: TaskStatus,
    budget_estimate: Option<Minor>,
    billable: bool,
    hourly_rate: Option<RateOut<'a>>,
    cost_rate: Option<RateOut<'a>>,
    duration: IsoDuration,
}

impl<'a> TaskOut<'a> {
    /// Renders a task.
    #[must_use]
    pub fn new(task: &'a Task, context: &RowContext<'a>) -> Self {
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
        quirk!("CFY-110");
        let home = context.state.projects.get(*project);
        let code = currency(context.state, context.workspace, home.map(|home| &**home));
        let (hourly, cost) = context.visible_rates(rates);
        Self {
            id: *id,
            name,
            project_id: *project,
            workspace_id: *workspace,
            assignee_ids: assignees,
            assignee_id: assignees.first().copied(),
            user_group_ids: groups,
            estimate: IsoDuration(*estimate),
            status: *status,
            budget_estimate: *budget,
            billable: *billable,
            hourly_rate: RateOut::visible(hourly, code, true),
            cost_rate: RateOut::visible(cost, code, true),
            duration: IsoDuration(context.state.entries.seconds_on_task(*id)),
        }
    }
}

/// The body that creates or updates a task. The path decides its project; `projectId` is ignored.
/// Source: 001:1052-1058, 001:1095-1100.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskIn {
    name: Field<Text>,
    assignee_ids: Field<Vec<Text>>,
    assignee_id: Field<Text>,
    user_group_ids: Field<Vec<Text>>,
    estimate: Field<Text>,
    status: Field<TaskStatus>,
    billable: Field<LooseBool>,
    budget_estimate: Field<LooseInt>,
    hourly_rate: Field<Object<RateIn>>,
    cost_rate: Field<Object<RateIn>>,
}

impl TaskIn {
    /// The change in this body.
    ///
    /// # Errors
    /// For a missing name, invalid ids and estimates, and negative amounts.
    pub fn change(self) -> Result<TaskChange, Refusal> {
        let Self {
            name,
            assignee_ids,
            assignee_id,
            user_group_ids,
            estimate,
            status,
            billable,
            budget_estimate,
            hourly_rate,
            cost_rate,
        } = self;
        let single = assignee_id.value().filter(|id| !id.0.is_empty()).map(|id| vec![id]);
        Ok(TaskChange {
            name: name.value().ok_or(Refusal::NameRequired(Entity::TASK))?.0,
            assignees: ids(assignee_ids.value().or(single), Refusal::Unknown(Entity::USER))?,
            groups: ids(user_group_ids.value(), Refusal::Unknown(Entity::USER_GROUP))?,
            estimate: estimate.value().map(|text| stamps::duration(&text.0)).transpose()?,
            budget: amount(budget_estimate)?,
            status: status.value(),
            billable: billable.value().map(|billable| billable.0),
            hourly: rate(hourly_rate)?,
            cost: rate(cost_rate)?,
        })
    }
}

/// The rate in a field, if it has a value.
pub(super) fn rate(field: Field<Object<RateIn>>) -> Result<Option<NewRate>, Refusal> {
    field.value().map(|rate| rate.0.rate()).transpose()
}

/// The amount in a field, if it has a value.
pub(super) fn amount(field: Field<LooseInt>) -> Result<Option<Minor>, Refusal> {
    match field.value() {
        Some(LooseInt(amount)) if amount < 0 => Err(Refusal::NegativeAmount),
        amount => Ok(amount.map(|amount| amount.0)),
    }
}

fn ids<T: std::str::FromStr>(
    sent: Option<Vec<Text>>,
    error: Refusal,
) -> Result<Option<Vec<T>>, Refusal> {
    let Some(sent) = sent else { return Ok(None) };
    let ids = sent.iter().map(|id| id.0.parse().map_err(|_| error.clone()));
    Ok(Some(ids.collect::<Result<_, _>>()?))
}
