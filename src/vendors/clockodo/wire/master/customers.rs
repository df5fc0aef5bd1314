//! Customers. Source: clockodo.md:5.3.

use serde::Serialize;

use super::{NOTE, NUMBER, name, one_of, optional_text, service_assignments};
use crate::http::body::Field;
use crate::vendors::clockodo::model::{Customer, CustomerId, Rights, ServiceId};
use crate::vendors::clockodo::rules::customers::CustomerPatch;
use crate::vendors::clockodo::rules::refusal::Refusal;
use crate::vendors::clockodo::wire::params::Params;

/// A customer.
#[derive(Debug, Serialize)]
pub struct CustomerOut<'a> {
    id: CustomerId,
    name: &'a str,
    number: Option<&'a str>,
    color: u8,
    active: bool,
    billable_default: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_service_id: Option<&'a str>,
    test_data: bool,
    service_assignments: &'a [ServiceId],
}

/// A text that requires a right. Absent without the right; `null` without a text.
pub(super) fn visible(may: bool, words: Option<&str>) -> Field<&str> {
    if may { words.into() } else { Field::Absent }
}

impl<'a> CustomerOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(customer: &'a Customer, rights: Rights) -> Self {
        let Customer {
            id,
            name,
            number,
            color,
            active,
            billable_default,
            note,
            bill_service_id,
            test_data,
            service_assignments,
        } = customer;
        let may = rights.manage_customers_and_projects;
        Self {
            id: *id,
            name,
            number: number.as_deref(),
            color: *color,
            active: *active,
            billable_default: *billable_default,
            note: visible(may, note.as_deref()),
            bill_service_id: bill_service_id.as_deref().filter(|_| may),
            test_data: *test_data,
            service_assignments,
        }
    }
}

/// Reads the changes of a customer.
///
/// # Errors
/// For parameters of the wrong type.
pub fn customer_patch(params: &Params<'_>) -> Result<CustomerPatch, Refusal> {
    Ok(CustomerPatch {
        name: name(params, "name")?,
        number: optional_text(params, "number", NUMBER)?,
        color: one_of(params, "color", &[1, 2, 3, 4, 5, 6, 7, 8, 9])?.value(),
        active: params.boolean("active")?.value(),
        billable_default: params.boolean("billable_default")?.value(),
        note: optional_text(params, "note", NOTE)?,
        bill_service_id: optional_text(params, "bill_service_id", NUMBER)?,
        services: service_assignments(params)?,
    })
}

/// The number of projects of a customer.
#[derive(Debug, Serialize)]
pub struct CountOut {
    /// The customer.
    pub customers_id: CustomerId,
    /// Active projects.
    pub active: usize,
    /// Archived projects.
    pub inactive: usize,
}
