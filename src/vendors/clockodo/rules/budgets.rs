//! Budgets of projects and subprojects.

use std::sync::Arc;

use super::refusal::{Detail, Problem, Refusal};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Budget, Project, ProjectId, State, Subproject, SubprojectBy, SubprojectId,
};

/// The parameter of a budget's amount.
const AMOUNT: &str = "budget[amount]";
/// The maximum amount that refusals state. Source: facts.md:N-82.
const LARGEST: u64 = 99_999_999;
/// The same in hundredths.
const MOST: Minor = 9_999_999_900;

/// Changes of a budget. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct BudgetPatch {
    /// True for an amount of money, false for a number of hours.
    pub monetary: Option<bool>,
    /// True for a fixed price.
    pub hard: Option<bool>,
    /// True if it is the sum of the subprojects' budgets.
    pub from_subprojects: Option<bool>,
    /// True if it resets each week, month, quarter or year.
    pub interval: bool,
    /// The amount; required.
    pub amount: Option<Option<Minor>>,
    /// Percentages of use at which co-workers are notified.
    pub notification_thresholds: Option<Vec<u16>>,
}

/// The subprojects of a project, by name.
pub fn subprojects_of(state: &State, id: ProjectId) -> impl Iterator<Item = &Arc<Subproject>> {
    let from = SubprojectBy::Project(id, String::new());
    let to = SubprojectBy::Project(id, char::MAX.to_string().repeat(101));
    state.subprojects.scan(from..=to)
}

/// The sum of the budgets of a project's subprojects, except `but`.
#[must_use]
pub fn total(state: &State, id: ProjectId, but: Option<SubprojectId>) -> Minor {
    subprojects_of(state, id)
        .filter(|part| Some(part.id) != but)
        .filter_map(|part| part.budget.as_ref()?.amount)
        .fold(0, Minor::saturating_add)
}

/// The refusal of an amount that is not above 0.
fn too_small() -> Refusal {
    Problem::NotBetween.at(&[AMOUNT]).between(Detail::Number(0), LARGEST, false)
}

/// The new budget of a project.
///
/// # Errors
/// If the budget is not allowed.
pub(super) fn of_project(
    state: &State,
    project: &Project,
    patch: Option<BudgetPatch>,
) -> Result<Option<Budget>, Refusal> {
    let Some(BudgetPatch {
        monetary,
        hard,
        from_subprojects,
        interval,
        amount,
        notification_thresholds,
    }) = patch
    else {
        if subprojects_of(state, project.id).any(|part| part.budget.is_some()) {
            return Err(Problem::SubprojectsKeepBudget.into());
        }
        return Ok(None);
    };
    if interval {
        quirk!("CDO-048");
        return Err(Problem::NoRetainerPlan.into());
    }
    let amount =
        amount.ok_or_else(|| Problem::Missing.at(&[AMOUNT]))?.filter(|amount| *amount != 0);
    let before = project.budget.as_ref();
    let kept = |now: Option<bool>, of: fn(&Budget) -> bool| now.unwrap_or(before.is_some_and(of));
    let budget = Budget {
        monetary: kept(monetary, |budget| budget.monetary),
        hard: kept(hard, |budget| budget.hard),
        from_subprojects: kept(from_subprojects, |budget| budget.from_subprojects),
        amount,
        notification_thresholds: notification_thresholds.unwrap_or_else(|| {
            before.map(|budget| budget.notification_thresholds.clone()).unwrap_or_default()
        }),
    };
    keeps_kind(state, project, &budget)?;
    if budget.from_subprojects {
        return if amount.is_some() {
            Err(Problem::FieldsShouldBeEmpty.with("fields", Detail::texts([AMOUNT])))
        } else {
            Ok(Some(budget))
        };
    }
    let Some(amount) = amount.filter(|amount| *amount > 0) else {
        return Err(too_small());
    };
    let parts = total(state, project.id, None);
    if amount < parts {
        return Err(Problem::BelowSubprojects.at(&[AMOUNT]).between(
            Detail::Amount(parts),
            LARGEST,
            true,
        ));
    }
    Ok(Some(budget))
}

/// Checks that the kind of budget does not change while there are subprojects. Source: facts.md:N-82.
fn keeps_kind(state: &State, project: &Project, budget: &Budget) -> Result<(), Refusal> {
    let Some(before) = &project.budget else { return Ok(()) };
    let (monetary, hard) = (before.monetary != budget.monetary, before.hard != budget.hard);
    let mut parts = subprojects_of(state, project.id).peekable();
    if !monetary && !hard || parts.peek().is_none() {
        return Ok(());
    }
    if hard && parts.any(|part| part.completed_at.is_some()) {
        return Err(Problem::CompletedKeepCommitment.into());
    }
    Err(Problem::SubprojectsKeepType.into())
}

/// The new budget of a subproject: a share of the project's, of the same kind.
///
/// # Errors
/// If the budget is not allowed.
pub(super) fn of_part(
    state: &State,
    project: &Project,
    part: SubprojectId,
    patch: Option<BudgetPatch>,
) -> Result<Option<Budget>, Refusal> {
    let Some(BudgetPatch { monetary, hard, amount, notification_thresholds, .. }) = patch else {
        return Ok(None);
    };
    let whole = project.budget.as_ref().ok_or(Problem::ShouldNotHaveBudget)?;
    if monetary.is_some_and(|monetary| monetary != whole.monetary) {
        return Err(Problem::BudgetTypeFixed.into());
    }
    if hard.is_some_and(|hard| hard != whole.hard) {
        return Err(Problem::BudgetCommitmentFixed.into());
    }
    let amount = amount.ok_or_else(|| Problem::Missing.at(&[AMOUNT]))?;
    let amount = amount
        .filter(|amount| *amount > 0)
        .ok_or_else(|| if whole.hard { Problem::BudgetRequired.into() } else { too_small() })?;
    let parts = total(state, project.id, Some(part)).saturating_add(amount);
    if parts > MOST {
        let refusal = Problem::BudgetMaximum.at(&[AMOUNT]);
        return Err(refusal.between(Detail::Number(0), LARGEST, true));
    }
    if let Some(most) = whole.amount {
        let left = most.saturating_sub(total(state, project.id, Some(part))).max(0);
        if amount > left {
            return Err(Problem::BudgetTotal
                .with("max", Detail::Amount(left))
                .with("budget_is_hours", Detail::Flag(!whole.monetary)));
        }
    }
    Ok(Some(Budget {
        monetary: whole.monetary,
        hard: whole.hard,
        from_subprojects: false,
        amount: Some(amount),
        notification_thresholds: notification_thresholds.unwrap_or_default(),
    }))
}
