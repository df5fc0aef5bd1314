//! Completing projects. Completion makes a fixed price final and fixes the factor of the revenues.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use super::budgets::{subprojects_of, total};
use super::refusal::{Problem, Refusal};
use super::revenue::Revenues;
use crate::kernel::civil::local;
use crate::kernel::ids::Serial;
use crate::kernel::money::{Minor, earned};
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, Budget, EntryId, Factor, Mark, MarkKind, Project, ProjectBy, ProjectId, State,
    SubprojectBy, SubprojectId,
};

/// The refusals for what prevents a completion.
struct Obstacles {
    /// A clock is running.
    running: Problem,
    /// There are no billable entries.
    nothing_billable: Problem,
    /// The lump sums exceed the fixed price.
    lumpsums: Problem,
}

const OF_PROJECT: Obstacles = Obstacles {
    running: Problem::ProjectClockRuns,
    nothing_billable: Problem::ProjectNothingBillable,
    lumpsums: Problem::ProjectLumpsums,
};
const OF_SUBPROJECT: Obstacles = Obstacles {
    running: Problem::SubprojectClockRuns,
    nothing_billable: Problem::SubprojectNothingBillable,
    lumpsums: Problem::SubprojectLumpsums,
};

/// Sums of the billable entries on a project or subproject.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    entries: usize,
    lumpsums: Minor,
    time: Minor,
    seconds: i64,
    running: bool,
}

fn spent(state: &State, of: impl Fn(&Mark) -> bool) -> Spent {
    let mut revenues = Revenues::of(state, true);
    let mut spent = Spent::default();
    for mark in state.entries.marks().iter().filter(|mark| of(mark)) {
        let entry = state.entries.get(EntryId(Serial(mark.id)));
        spent.running |= entry.is_some_and(|entry| entry.is_running());
        if mark.billable == Billable::No {
            continue;
        }
        spent.entries += 1;
        if mark.kind == MarkKind::Time {
            spent.time = spent.time.saturating_add(earned(mark.amount, mark.seconds));
            spent.seconds = spent.seconds.saturating_add(mark.seconds);
        } else {
            spent.lumpsums = spent.lumpsums.saturating_add(revenues.revenue(mark));
        }
    }
    spent
}

/// The factor that results from a budget. `None` without a fixed price. Lump sums count in full;
/// the rest of the price is divided among the time.
fn factor(
    budget: Option<&Budget>,
    spent: Spent,
    obstacles: &Obstacles,
) -> Result<Option<Factor>, Refusal> {
    if spent.running {
        return Err(obstacles.running.into());
    }
    let Some(budget) = budget.filter(|budget| budget.hard) else { return Ok(None) };
    if spent.entries == 0 {
        return Err(obstacles.nothing_billable.into());
    }
    let amount = budget.amount.unwrap_or(0);
    if !budget.monetary {
        // In hundredths of an hour.
        return Ok(Some(Factor { budget: amount.saturating_mul(36), used: spent.seconds.max(1) }));
    }
    if spent.lumpsums > amount {
        return Err(obstacles.lumpsums.into());
    }
    Ok(Some(Factor { budget: amount - spent.lumpsums, used: spent.time.max(1) }))
}

/// Completes a project at `now`. Changes nothing if it is already completed.
///
/// # Errors
/// [`Problem::NotFound`], and anything that prevents its completion.
pub fn complete(state: &mut State, id: ProjectId, now: DateTime<Utc>) -> Result<(), Refusal> {
    let project = state.projects.get(id).ok_or(Problem::NotFound)?;
    if project.completed_at.is_some() {
        return Ok(());
    }
    agrees_with_parts(state, project)?;
    let spent = spent(state, |mark| mark.project == id.0.0);
    let factor = factor(project.budget.as_ref(), spent, &OF_PROJECT)?;
    state.projects.change(id, |project| {
        project.completed_at = Some(now.trunc_subsecs(0));
        project.factor = factor;
    });
    Ok(())
}

/// Checks that all or none of the subprojects are completed, all if the budget is theirs, and that their
/// budgets make up the project's. Source: facts.md:N-81, facts.md:N-82.
fn agrees_with_parts(state: &State, project: &Project) -> Result<(), Refusal> {
    let parts = || subprojects_of(state, project.id);
    let open = parts().filter(|part| part.completed_at.is_none()).count();
    let budget = project.budget.as_ref();
    if open > 0 && budget.is_some_and(|budget| budget.from_subprojects) {
        return Err(Problem::SubprojectsGoOn.into());
    }
    if open > 0 && open < parts().count() {
        quirk!("CDO-073");
        return Err(Problem::PartlyCompleted.into());
    }
    let amount = budget.and_then(|budget| budget.amount);
    let shares = parts().any(|part| part.budget.is_some());
    if shares && amount.is_some_and(|amount| amount != total(state, project.id, None)) {
        return Err(Problem::SubprojectSum.into());
    }
    Ok(())
}

/// Completes a subproject at `now`. Changes nothing if it is already completed.
///
/// # Errors
/// [`Problem::NotFound`], and anything that prevents its completion.
pub fn complete_part(
    state: &mut State,
    id: SubprojectId,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let part = state.subprojects.get(id).ok_or(Problem::NotFound)?;
    if part.completed_at.is_some() {
        return Ok(());
    }
    let spent = spent(state, |mark| mark.subproject == id.0.0);
    let factor = factor(part.budget.as_ref(), spent, &OF_SUBPROJECT)?;
    state.subprojects.change(id, |part| {
        part.completed_at = Some(now.trunc_subsecs(0));
        part.factor = factor;
    });
    Ok(())
}

/// Projects and subprojects that complete automatically and whose deadline has passed.
fn due(state: &State, now: DateTime<Utc>) -> (Vec<ProjectId>, Vec<SubprojectId>) {
    let today = local(now, state.company.zone).date();
    let Some(yesterday) = today.pred_opt() else { return (Vec::new(), Vec::new()) };
    let (first, last) = (NaiveDate::MIN, yesterday);
    let projects = state.projects.scan(ProjectBy::Due(first)..=ProjectBy::Due(last));
    let parts = state.subprojects.scan(SubprojectBy::Due(first)..=SubprojectBy::Due(last));
    (projects.map(|project| project.id).collect(), parts.map(|part| part.id).collect())
}

/// True if a project or subproject must be completed because its deadline has passed.
#[must_use]
pub fn is_due(state: &State, now: DateTime<Utc>) -> bool {
    let (projects, parts) = due(state, now);
    !projects.is_empty() || !parts.is_empty()
}

/// Completes projects and subprojects whose deadline has passed. Those that cannot be completed
/// are not tried again.
pub fn complete_due(state: &mut State, now: DateTime<Utc>) {
    quirk!("CDO-041");
    quirk!("CDO-066");
    let (projects, parts) = due(state, now);
    for id in parts {
        if complete_part(state, id, now).is_err() {
            state.subprojects.change(id, |part| part.automatic_completion = false);
        }
    }
    for id in projects {
        if complete(state, id, now).is_err() {
            state.projects.change(id, |project| project.automatic_completion = false);
        }
    }
}
