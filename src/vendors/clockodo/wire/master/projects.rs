//! Projects and subprojects. Source: clockodo.md:5.3.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::customers::visible;
use super::{NOTE, NUMBER, name, optional_text, service_assignments};
use crate::http::body::Field;
use crate::kernel::ids::Serial;
use crate::kernel::money::Minor;
use crate::vendors::clockodo::model::{
    Budget, CustomerId, Project, ProjectId, Rights, ServiceId, State, Subproject, SubprojectId,
};
use crate::vendors::clockodo::rules::budgets::{self, BudgetPatch, subprojects_of};
use crate::vendors::clockodo::rules::projects::ProjectPatch;
use crate::vendors::clockodo::rules::refusal::{Detail, Problem, Refusal, unexpected};
use crate::vendors::clockodo::rules::revenue::{Share, project_share, subproject_share};
use crate::vendors::clockodo::rules::subprojects::SubprojectPatch;
use crate::vendors::clockodo::wire::number::{Hundredths, Millionths};
use crate::vendors::clockodo::wire::params::Params;
use crate::vendors::clockodo::wire::time::Stamp;

/// Percentages at which co-workers can be notified. Source: clockodo-modern.md:9.
const THRESHOLDS: [u16; 14] = [50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 200, 250, 300];

/// A project.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a property the vendor shows")]
pub struct ProjectOut<'a> {
    id: ProjectId,
    customers_id: CustomerId,
    name: &'a str,
    number: Option<&'a str>,
    active: bool,
    billable_default: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    billed_money: Field<Hundredths>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    billed_completely: Field<bool>,
    completed: bool,
    completed_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    revenue_factor: Field<Millionths>,
    deadline: Option<NaiveDate>,
    start_date: Option<NaiveDate>,
    automatic_completion: bool,
    test_data: bool,
    count_subprojects: usize,
    budget: Option<BudgetOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_service_id: Option<&'a str>,
    service_assignments: &'a [ServiceId],
}

/// A project's budget.
#[derive(Debug, Serialize)]
struct BudgetOut<'a> {
    monetary: bool,
    hard: bool,
    from_subprojects: bool,
    interval: Option<u8>,
    amount: Option<Hundredths>,
    subprojects_budget_total: Hundredths,
    notification_thresholds: &'a [u16],
}

/// The factor in the vendor's form: 1, `None` while a fixed price is open, or budget divided by
/// use.
pub(super) fn factor(share: Share) -> Option<Millionths> {
    match share {
        Share::Full => Some(Millionths(1_000_000)),
        Share::Open => None,
        Share::Part(factor) => {
            let used = i128::from(factor.used.max(1));
            let exact = i128::from(factor.budget) * 1_000_000;
            let millionths = (exact + used / 2) / used;
            Some(Millionths(i64::try_from(millionths).unwrap_or(i64::MAX)))
        }
    }
}

/// A property that requires a right. Absent without the right; `null` without a value.
fn visible_value<T>(may: bool, value: Option<T>) -> Field<T> {
    if may { value.into() } else { Field::Absent }
}

impl<'a> ProjectOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(state: &State, project: &'a Project, rights: Rights) -> Self {
        let Project {
            id,
            customer,
            name,
            number,
            active,
            billable_default,
            note,
            budget,
            billed_money,
            billed_completely,
            completed_at,
            factor: _,
            start_date,
            deadline,
            automatic_completion,
            bill_service_id,
            test_data,
            service_assignments,
        } = project;
        let may = rights.manage_customers_and_projects;
        Self {
            id: *id,
            customers_id: *customer,
            name,
            number: number.as_deref(),
            active: *active,
            billable_default: *billable_default,
            note: visible(may, note.as_deref()),
            billed_money: visible_value(rights.revenues, billed_money.map(Hundredths)),
            billed_completely: visible_value(rights.revenues, *billed_completely),
            completed: completed_at.is_some(),
            completed_at: completed_at.map(Stamp),
            revenue_factor: visible_value(rights.revenues, factor(project_share(project))),
            deadline: *deadline,
            start_date: *start_date,
            automatic_completion: *automatic_completion,
            test_data: *test_data,
            count_subprojects: subprojects_of(state, *id).count(),
            budget: budget.as_ref().map(|budget| budget_out(state, *id, budget)),
            bill_service_id: bill_service_id.as_deref().filter(|_| may),
            service_assignments,
        }
    }
}

fn budget_out<'a>(state: &State, project: ProjectId, budget: &'a Budget) -> BudgetOut<'a> {
    let Budget { monetary, hard, from_subprojects, amount, notification_thresholds } = budget;
    BudgetOut {
        monetary: *monetary,
        hard: *hard,
        from_subprojects: *from_subprojects,
        interval: None,
        amount: amount.map(Hundredths),
        subprojects_budget_total: Hundredths(budgets::total(state, project, None)),
        notification_thresholds,
    }
}

/// A subproject.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a property the vendor shows")]
pub struct SubprojectOut<'a> {
    id: SubprojectId,
    projects_id: ProjectId,
    name: &'a str,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
    number: Option<&'a str>,
    budget: Option<ShareOut<'a>>,
    billed: Option<u8>,
    billed_money: Option<Hundredths>,
    billed_completely: Option<bool>,
    billable_default: bool,
    completed: bool,
    completed_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    revenue_factor: Field<Millionths>,
    start_date: Option<NaiveDate>,
    deadline: Option<NaiveDate>,
    active: bool,
    automatic_completion: bool,
    service_assignments: &'a [ServiceId],
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_service_id: Option<&'a str>,
}

/// A subproject's share of the project's budget.
#[derive(Debug, Serialize)]
struct ShareOut<'a> {
    monetary: bool,
    hard: bool,
    amount: Option<Hundredths>,
    notification_thresholds: &'a [u16],
}

impl<'a> SubprojectOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(part: &'a Subproject, rights: Rights) -> Self {
        let Subproject {
            id,
            project,
            name,
            number,
            active,
            billable_default,
            note,
            budget,
            completed_at,
            factor: _,
            start_date,
            deadline,
            automatic_completion,
            bill_service_id,
            service_assignments,
        } = part;
        let may = rights.manage_customers_and_projects;
        let share = |budget: &'a Budget| ShareOut {
            monetary: budget.monetary,
            hard: budget.hard,
            amount: budget.amount.map(Hundredths),
            notification_thresholds: &budget.notification_thresholds,
        };
        Self {
            id: *id,
            projects_id: *project,
            name,
            note: visible(may, note.as_deref()),
            number: number.as_deref(),
            budget: budget.as_ref().map(share),
            // Subprojects are billed together with their project.
            billed: None,
            billed_money: None,
            billed_completely: None,
            billable_default: *billable_default,
            completed: completed_at.is_some(),
            completed_at: completed_at.map(Stamp),
            revenue_factor: visible_value(rights.revenues, factor(subproject_share(part))),
            start_date: *start_date,
            deadline: *deadline,
            active: *active,
            automatic_completion: *automatic_completion,
            service_assignments,
            bill_service_id: bill_service_id.as_deref().filter(|_| may),
        }
    }
}

/// Reads the changes of a project.
///
/// # Errors
/// For parameters of the wrong type.
pub fn project_patch(params: &Params<'_>) -> Result<ProjectPatch, Refusal> {
    let customer = params.id("customers_id")?;
    if matches!(customer, Field::Null) {
        return Err(Problem::Missing.at(&["customers_id"]));
    }
    Ok(ProjectPatch {
        name: name(params, "name")?,
        customer: customer.value().map(|id| CustomerId(Serial(id))),
        number: optional_text(params, "number", NUMBER)?,
        active: params.boolean("active")?.value(),
        billable_default: params.boolean("billable_default")?.value(),
        note: optional_text(params, "note", NOTE)?,
        budget: budget_patch(params)?.change(),
        start_date: params.day("start_date")?.change(),
        deadline: params.day("deadline")?.change(),
        automatic_completion: params.boolean("automatic_completion")?.value(),
        bill_service_id: optional_text(params, "bill_service_id", NUMBER)?,
        services: service_assignments(params)?,
    })
}

/// Reads the changes of a subproject.
///
/// # Errors
/// For parameters of the wrong type.
pub fn subproject_patch(params: &Params<'_>) -> Result<SubprojectPatch, Refusal> {
    let money = params.hundredths("billed_money")?.value();
    let billed = params.boolean("billed")?.value();
    Ok(SubprojectPatch {
        billed: billed == Some(true) || money.is_some_and(|money| money != 0),
        project: params.id("projects_id")?.value().map(|id| ProjectId(Serial(id))),
        name: name(params, "name")?,
        number: optional_text(params, "number", NUMBER)?,
        active: params.boolean("active")?.value(),
        billable_default: params.boolean("billable_default")?.value(),
        note: optional_text(params, "note", NOTE)?,
        budget: budget_patch(params)?.change(),
        start_date: params.day("start_date")?.change(),
        deadline: params.day("deadline")?.change(),
        automatic_completion: params.boolean("automatic_completion")?.value(),
        bill_service_id: optional_text(params, "bill_service_id", NUMBER)?,
        services: service_assignments(params)?,
    })
}

fn budget_patch(params: &Params<'_>) -> Result<Field<BudgetPatch>, Refusal> {
    match params.outline("budget") {
        None => return Ok(Field::Absent),
        Some(Value::Null) => return Ok(Field::Null),
        Some(Value::String(text)) if text.is_empty() => return Ok(Field::Null),
        Some(_) => {}
    }
    let budget = params.nested("budget")?;
    let thresholds = budget.ids("notification_thresholds")?.value();
    let thresholds = thresholds.map(|thresholds| {
        let known = |id: &u64| u16::try_from(*id).ok().filter(|id| THRESHOLDS.contains(id));
        let all: Option<Vec<u16>> = thresholds.iter().map(known).collect();
        all.ok_or_else(|| {
            let field = budget.full("notification_thresholds");
            unexpected(&field, Detail::numbers(THRESHOLDS))
        })
    });
    let amount: Field<Minor> = budget.hundredths("amount")?;
    Ok(Field::Value(BudgetPatch {
        monetary: budget.boolean("monetary")?.value(),
        hard: budget.boolean("hard")?.value(),
        from_subprojects: budget.boolean("from_subprojects")?.value(),
        interval: budget.integer("interval")?.value().is_some(),
        amount: amount.change(),
        notification_thresholds: thresholds.transpose()?,
    }))
}

/// Reads `{"completed":…}`.
///
/// # Errors
/// If it is missing or of the wrong type.
pub fn completed(params: &Params<'_>) -> Result<bool, Refusal> {
    let completed = params.boolean("completed")?.value();
    completed.ok_or_else(|| Problem::Missing.at(&["completed"]))
}

/// Reads `{"billed":…,"billed_money":…}`. At least one is required.
///
/// # Errors
/// If both are missing, or of the wrong type.
pub fn billed(params: &Params<'_>) -> Result<(Option<bool>, Option<Option<Minor>>), Refusal> {
    let billed = params.boolean("billed")?.value();
    let money = params.hundredths("billed_money")?.change();
    if billed.is_none() && money.is_none() {
        return Err(Problem::Missing.at(&["billed"]));
    }
    Ok((billed, money))
}
