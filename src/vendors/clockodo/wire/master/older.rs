//! Customers, projects, services and co-workers in the second version of the API. Answers have a
//! key named after the resource. Source: clockodo.md:3, clockodo.md:5.3.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::customers::visible;
use super::projects::{factor, project_patch};
use super::{ListIn, PagingOut};
use crate::http::body::Field;
use crate::vendors::clockodo::model::{
    Customer, CustomerId, Project, ProjectId, Rights, Service, ServiceId,
};
use crate::vendors::clockodo::rules::budgets::BudgetPatch;
use crate::vendors::clockodo::rules::projects::ProjectPatch;
use crate::vendors::clockodo::rules::refusal::Refusal;
use crate::vendors::clockodo::rules::revenue::project_share;
use crate::vendors::clockodo::wire::number::{Hundredths, Millionths};
use crate::vendors::clockodo::wire::params::Params;

/// `{"customer":…}`: one row under its name.
#[must_use]
pub fn one(name: &str, thing: &impl Serialize) -> Value {
    json!({ name: thing })
}

/// `{"paging":…,"filter":null,"customers":[…]}`: a page under its name.
#[must_use]
pub fn page<R, T: Serialize>(
    list: &ListIn,
    name: &str,
    rows: Vec<R>,
    out: impl FnMut(R) -> T,
) -> Value {
    let page = list.answer(rows, out);
    let paging: PagingOut = page.paging;
    let mut answer = Map::new();
    answer.insert("paging".to_owned(), json!(paging));
    answer.insert("filter".to_owned(), Value::Null);
    answer.insert(name.to_owned(), json!(page.data));
    Value::Object(answer)
}

/// `{"services":[…]}`: all rows under their name.
#[must_use]
pub fn all<R, T: Serialize>(name: &str, rows: Vec<R>, out: impl FnMut(R) -> T) -> Value {
    json!({ name: rows.into_iter().map(out).collect::<Vec<T>>() })
}

/// A customer.
#[derive(Debug, Serialize)]
pub struct OlderCustomerOut<'a> {
    id: CustomerId,
    name: &'a str,
    number: Option<&'a str>,
    active: bool,
    billable_default: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
    color: u8,
}

impl<'a> OlderCustomerOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(customer: &'a Customer, rights: Rights) -> Self {
        let Customer { id, name, number, color, active, billable_default, note, .. } = customer;
        Self {
            id: *id,
            name,
            number: number.as_deref(),
            active: *active,
            billable_default: *billable_default,
            note: visible(rights.manage_customers_and_projects, note.as_deref()),
            color: *color,
        }
    }
}

/// A project.
#[derive(Debug, Serialize)]
pub struct OlderProjectOut<'a> {
    id: ProjectId,
    customers_id: CustomerId,
    name: &'a str,
    number: Option<&'a str>,
    active: bool,
    billable_default: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    money: Option<MoneyOut>,
    completed: bool,
}

/// The properties that require the right to see revenues.
#[derive(Debug, Serialize)]
struct MoneyOut {
    budget_money: Option<Hundredths>,
    budget_is_hours: bool,
    budget_is_not_strict: bool,
    billed_money: Option<Hundredths>,
    billed_completely: Option<bool>,
    revenue_factor: Option<Millionths>,
}

impl<'a> OlderProjectOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(project: &'a Project, rights: Rights) -> Self {
        let Project { id, customer, name, number, active, billable_default, note, .. } = project;
        let budget = project.budget.as_ref();
        let money = MoneyOut {
            budget_money: budget.and_then(|budget| budget.amount).map(Hundredths),
            budget_is_hours: budget.is_some_and(|budget| !budget.monetary),
            budget_is_not_strict: budget.is_some_and(|budget| !budget.hard),
            billed_money: project.billed_money.map(Hundredths),
            billed_completely: project.billed_completely,
            revenue_factor: factor(project_share(project)),
        };
        Self {
            id: *id,
            customers_id: *customer,
            name,
            number: number.as_deref(),
            active: *active,
            billable_default: *billable_default,
            note: visible(rights.manage_customers_and_projects, note.as_deref()),
            money: rights.revenues.then_some(money),
            completed: project.completed_at.is_some(),
        }
    }
}

/// A service.
#[derive(Debug, Serialize)]
pub struct OlderServiceOut<'a> {
    id: ServiceId,
    name: &'a str,
    number: Option<&'a str>,
    active: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
}

impl<'a> OlderServiceOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(service: &'a Service, rights: Rights) -> Self {
        let Service { id, name, number, active, note, bill_service_id: _ } = service;
        Self {
            id: *id,
            name,
            number: number.as_deref(),
            active: *active,
            note: visible(rights.manage_services, note.as_deref()),
        }
    }
}

/// Reads the changes of a project. The budget is in three parameters.
///
/// # Errors
/// For parameters of the wrong type.
pub fn older_project_patch(params: &Params<'_>) -> Result<ProjectPatch, Refusal> {
    let money = params.hundredths("budget_money")?;
    let hours = params.boolean("budget_is_hours")?.value();
    let soft = params.boolean("budget_is_not_strict")?.value();
    let budget = match money {
        Field::Absent => None,
        Field::Null | Field::Value(0) => Some(None),
        Field::Value(amount) => Some(Some(BudgetPatch {
            monetary: hours.map(|hours| !hours).or(Some(true)),
            hard: soft.map(|soft| !soft).or(Some(true)),
            amount: Some(Some(amount)),
            ..BudgetPatch::default()
        })),
    };
    Ok(ProjectPatch { budget, ..project_patch(params)? })
}
