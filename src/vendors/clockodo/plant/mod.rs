//! Grows a Clockodo account from a scenario and its overlay.

mod master;
mod people;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Company, CustomerId, LumpsumServiceId, ProjectId, ServiceId, State, UserId};
use super::overlay::{ClockodoOverlay, CompanyIn};
use crate::kernel::ids::Ids;
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError};

/// First ids by kind, like those of a small account that is some years old.
mod first {
    pub(super) const USER: u64 = 234_001;
    pub(super) const TEAM: u64 = 7_001;
    pub(super) const CUSTOMER: u64 = 2_410_001;
    pub(super) const PROJECT: u64 = 2_020_001;
    pub(super) const SUBPROJECT: u64 = 160_001;
    pub(super) const SERVICE: u64 = 860_001;
    pub(super) const LUMPSUM_SERVICE: u64 = 4_901;
}

/// A seed on its way into an account, with where its parts ended up.
struct Planter<'a> {
    scenario: &'a Scenario,
    file: &'a Overlay,
    overlay: &'a ClockodoOverlay,
    state: &'a mut State,
    ids: &'a mut Ids,
    /// By position of the person.
    users: BTreeMap<usize, UserId>,
    /// By client id, and by the overlay's own ids.
    customers: BTreeMap<&'a str, CustomerId>,
    /// By position of the project.
    projects: BTreeMap<usize, ProjectId>,
    /// By the overlay's id.
    services: BTreeMap<&'a str, ServiceId>,
    /// By the overlay's id.
    lumpsum_services: BTreeMap<&'a str, LumpsumServiceId>,
}

/// Plants people, customers, projects, services, rates and entries.
///
/// # Errors
/// A reference of the overlay that leads nowhere, or a value that the vendor does not have.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &ClockodoOverlay,
    state: &mut State,
    ids: &mut Ids,
) -> Result<(), SeedError> {
    let mut planter = Planter {
        scenario,
        file,
        overlay,
        state,
        ids,
        users: BTreeMap::new(),
        customers: BTreeMap::new(),
        projects: BTreeMap::new(),
        services: BTreeMap::new(),
        lumpsum_services: BTreeMap::new(),
    };
    planter.people()?;
    planter.services()?;
    planter.customers()?;
    planter.projects()?;
    planter.rates()?;
    planter.company()?;
    planter.work()?;
    planter.lumpsums()?;
    planter.complete()
}

impl Planter<'_> {
    fn misfit(&self, field: &str, message: impl Into<String>) -> SeedError {
        misfit(self.file, field, message)
    }

    /// The person of this id.
    fn person(&self, field: &str, id: &str) -> Result<usize, SeedError> {
        let found = self.scenario.people.iter().position(|person| person.id == id);
        let found = found.filter(|person| self.scenario.people[*person].systems.clockodo);
        found.ok_or_else(|| self.misfit(field, format!("there is no person '{id}'")))
    }

    /// The co-worker of this id.
    fn user(&self, field: &str, id: &str) -> Result<UserId, SeedError> {
        let person = self.person(field, id)?;
        let user = self.users.get(&person).copied();
        user.ok_or_else(|| self.misfit(field, format!("there is no person '{id}'")))
    }

    /// The position of the project of this key.
    fn project(&self, field: &str, key: &str) -> Result<usize, SeedError> {
        let found = self.scenario.projects.iter().position(|project| project.key == key);
        let found = found.filter(|project| self.scenario.projects[*project].systems.clockodo);
        found.ok_or_else(|| self.misfit(field, format!("there is no project '{key}'")))
    }

    /// The customer of this client id.
    fn customer(&self, field: &str, id: &str) -> Result<CustomerId, SeedError> {
        let found = self.customers.get(id).copied();
        found.ok_or_else(|| self.misfit(field, format!("there is no customer '{id}'")))
    }

    /// The service of this id.
    fn service(&self, field: &str, id: &str) -> Result<ServiceId, SeedError> {
        let found = self.services.get(id).copied();
        found.ok_or_else(|| self.misfit(field, format!("there is no service '{id}'")))
    }

    fn services_of(&self, field: &str, ids: &[String]) -> Result<Vec<ServiceId>, SeedError> {
        let each = ids.iter().enumerate();
        each.map(|(n, id)| self.service(&format!("{field}[{n}]"), id)).collect()
    }

    /// The company, once its default customer and service are there.
    fn company(&mut self) -> Result<(), SeedError> {
        let CompanyIn {
            allow_entries_for_customers,
            allow_entry_overlaps,
            allow_entries_text_multiline,
            force_linked_entry_times,
            default_customer,
            default_service,
            default_rate,
        } = &self.overlay.company;
        let usual = Company::default();
        let customer = default_customer.as_deref();
        let customer = customer.map(|id| self.customer("company.default_customer", id));
        let service = default_service.as_deref();
        let service = service.map(|id| self.service("company.default_service", id));
        let company = Company {
            name: self.scenario.company.clone(),
            zone: self.scenario.people.first().map_or(usual.zone, |person| person.zone),
            currency: self.scenario.currency.clone(),
            allow_entries_for_customers: allow_entries_for_customers
                .unwrap_or(usual.allow_entries_for_customers),
            allow_entry_overlaps: allow_entry_overlaps.unwrap_or(usual.allow_entry_overlaps),
            allow_entries_text_multiline: allow_entries_text_multiline
                .unwrap_or(usual.allow_entries_text_multiline),
            force_linked_entry_times: force_linked_entry_times
                .unwrap_or(usual.force_linked_entry_times),
            default_customer: customer.transpose()?,
            default_service: service.transpose()?,
            default_rate: default_rate.unwrap_or(usual.default_rate),
        };
        self.state.company = Arc::new(company);
        Ok(())
    }
}
