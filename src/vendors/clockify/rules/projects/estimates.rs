//! Estimates and budgets of projects. Source: clockify.md:4.3.

use chrono::{DateTime, Utc};

use super::{EstimateChange, editable, store};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::{
    BudgetEstimate, EstimateReset, EstimateType, Project, ResetOption,
};
use crate::vendors::clockify::model::{ProjectId, State};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::Refusal;
use crate::vendors::clockify::rules::tasks;

/// Estimated seconds of a project: the sum of its tasks, or the manual estimate. `AUTO` uses the
/// manual estimate too while no task has one.
#[must_use]
pub fn seconds_of(state: &State, project: &Project) -> i64 {
    let given = project.time_estimate.seconds;
    if project.time_estimate.kind == EstimateType::Manual {
        return given;
    }
    quirk!("CFY-136");
    let tasks = tasks::of_project(state, project.id);
    match tasks.fold(0_i64, |sum, task| sum.saturating_add(task.estimate)) {
        0 => given,
        sum => sum,
    }
}

/// Budget of a project in minor units, if one was ever set. Calculated as in [`seconds_of`].
#[must_use]
pub fn budget_of(state: &State, project: &Project) -> Option<Minor> {
    let BudgetEstimate { amount, kind, .. } = project.budget_estimate?;
    if kind == EstimateType::Manual {
        return Some(amount);
    }
    let budgets = tasks::of_project(state, project.id).filter_map(|task| task.budget);
    match budgets.fold(0, Minor::saturating_add) {
        0 => Some(amount),
        sum => Some(sum),
    }
}

/// A change of a time estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeChange {
    /// Seconds. Absent: unchanged.
    pub seconds: Option<i64>,
    /// Manual, or the sum of the tasks. Absent: unchanged.
    pub kind: Option<EstimateType>,
    /// The interval after which it resets.
    pub reset: Option<ResetOption>,
    /// True if it is active.
    pub active: bool,
    /// True if non-billable time counts. Absent: unchanged.
    pub include_non_billable: Option<bool>,
}

/// A change of a budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BudgetChange {
    /// Minor units. Absent: unchanged.
    pub amount: Option<Minor>,
    /// Manual, or the sum of the tasks. Absent: unchanged.
    pub kind: Option<EstimateType>,
    /// The interval after which it resets.
    pub reset: Option<ResetOption>,
    /// True if it is active.
    pub active: bool,
    /// True if expenses count. Absent: unchanged.
    pub include_expenses: Option<bool>,
}

/// A change of a project's estimates. Absent values stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EstimatesChange {
    /// The time estimate.
    pub time: Option<TimeChange>,
    /// The budget.
    pub budget: Option<BudgetChange>,
    /// When they reset. `Some(None)`: never.
    pub reset: Option<Option<EstimateReset>>,
}

/// Sets the estimates of a project. Time estimate and budget are never active together: activating
/// one deactivates the other.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::BothEstimates`].
pub fn set_estimates(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ProjectId,
    change: EstimatesChange,
) -> Result<Project, Refusal> {
    let mut project = editable(state, actor, id)?;
    let EstimatesChange { time, budget, reset } = change;
    quirk!("CFY-137");
    let used = (time.is_some_and(|time| time.active), budget.is_some_and(|budget| budget.active));
    if used == (true, true) {
        return Err(Refusal::BothEstimates);
    }
    if budget.is_some() {
        actor.must_have(state, Feature::ProjectBudget)?;
    }
    if let Some(change) = time {
        let time = &mut project.time_estimate;
        time.seconds = change.seconds.unwrap_or(time.seconds);
        time.kind = change.kind.unwrap_or(time.kind);
        time.reset = change.reset;
        time.active = change.active;
        time.include_non_billable =
            change.include_non_billable.unwrap_or(time.include_non_billable);
    }
    if let Some(change) = budget {
        let old = project.budget_estimate;
        project.budget_estimate = Some(BudgetEstimate {
            amount: change.amount.or(old.map(|old| old.amount)).unwrap_or(0),
            kind: change.kind.or(old.map(|old| old.kind)).unwrap_or_default(),
            reset: change.reset,
            active: change.active,
            include_expenses: change
                .include_expenses
                .unwrap_or(old.is_some_and(|old| old.include_expenses)),
        });
    }
    if used.0
        && let Some(budget) = &mut project.budget_estimate
    {
        budget.active = false;
    }
    if used.1 {
        project.time_estimate.active = false;
    }
    if let Some(reset) = reset {
        project.estimate_reset = reset;
    }
    Ok(store(state, now, actor, project))
}

/// Sets the estimate that is sent with a project. It becomes active if it is more than
/// 0, unless a budget is active.
pub(super) fn apply(project: &mut Project, change: EstimateChange) {
    quirk!("CFY-137");
    let EstimateChange { seconds, kind } = change;
    let time = &mut project.time_estimate;
    time.seconds = seconds.unwrap_or(time.seconds);
    time.kind = kind.unwrap_or(time.kind);
    let money = project.budget_estimate.is_some_and(|budget| budget.active);
    time.active = time.seconds > 0 && !money;
}
