//! Services and lump-sum services.

use serde::Serialize;

use super::customers::visible;
use super::{NOTE, NUMBER, name, optional_text};
use crate::http::body::Field;
use crate::vendors::clockodo::model::{
    LumpsumService, LumpsumServiceId, Rights, Service, ServiceId,
};
use crate::vendors::clockodo::rules::refusal::Refusal;
use crate::vendors::clockodo::rules::services::ServicePatch;
use crate::vendors::clockodo::wire::number::Hundredths;
use crate::vendors::clockodo::wire::params::Params;

/// Maximum length of a unit's name in characters. Source: clockodo.md:5.3.
const UNIT: usize = 6;

/// A service.
#[derive(Debug, Serialize)]
pub struct ServiceOut<'a> {
    id: ServiceId,
    name: &'a str,
    number: Option<&'a str>,
    active: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_service_id: Option<&'a str>,
}

impl<'a> ServiceOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(service: &'a Service, rights: Rights) -> Self {
        let Service { id, name, number, active, note, bill_service_id } = service;
        let may = rights.manage_services;
        Self {
            id: *id,
            name,
            number: number.as_deref(),
            active: *active,
            note: visible(may, note.as_deref()),
            bill_service_id: bill_service_id.as_deref().filter(|_| may),
        }
    }
}

/// A lump-sum service.
#[derive(Debug, Serialize)]
pub struct LumpsumServiceOut<'a> {
    id: LumpsumServiceId,
    name: &'a str,
    price: Hundredths,
    unit: Option<&'a str>,
    active: bool,
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    note: Field<&'a str>,
}

impl<'a> LumpsumServiceOut<'a> {
    /// Renders it for a caller with these rights.
    #[must_use]
    pub fn of(service: &'a LumpsumService, rights: Rights) -> Self {
        let LumpsumService { id, name, price, unit, number, active, note } = service;
        Self {
            id: *id,
            name,
            price: Hundredths(*price),
            unit: unit.as_deref(),
            active: *active,
            number: number.as_deref(),
            note: visible(rights.manage_services, note.as_deref()),
        }
    }
}

/// Reads the changes of a service of either kind.
///
/// # Errors
/// For parameters of the wrong type.
pub fn service_patch(params: &Params<'_>) -> Result<ServicePatch, Refusal> {
    Ok(ServicePatch {
        name: name(params, "name")?,
        number: optional_text(params, "number", NUMBER)?,
        active: params.boolean("active")?.value(),
        note: optional_text(params, "note", NOTE)?,
        bill_service_id: optional_text(params, "bill_service_id", NUMBER)?,
        price: params.signed_hundredths("price")?.value(),
        unit: optional_text(params, "unit", UNIT)?,
    })
}
