//! Plants a scenario and its overlay in a Clockodo account.

mod master;
mod people;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{
    Company, CustomerId, LumpsumServiceId, NameBy, Project, ProjectId, Service, ServiceId, State,
    User, UserId,
};
use super::overlay::{ClockodoOverlay, CompanyIn};
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::table::{Row, Table};
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError};

/// The first id of each kind, as in a small account that is some years old.
mod first {
    pub(super) const USER: u64 = 234_001;
    pub(super) const TEAM: u64 = 7_001;
    pub(super) const CUSTOMER: u64 = 2_410_001;
    pub(super) const PROJECT: u64 = 2_020_001;
    pub(super) const SUBPROJECT: u64 = 160_001;
    pub(super) const SERVICE: u64 = 860_001;
    pub(super) const LUMPSUM_SERVICE: u64 = 4_901;
}

/// The state of planting. The maps lead from the scenario to ids.
struct Planter<'a> {
    scenario: &'a Scenario,
    file: &'a Overlay,
    overlay: &'a ClockodoOverlay,
    state: &'a mut State,
    ids: &'a mut Ids,
    /// By position of the person in the scenario.
    users: BTreeMap<usize, UserId>,
    /// By client id, or by the overlay's own id.
    customers: BTreeMap<&'a str, CustomerId>,
    /// By position of the project in the scenario.
    projects: BTreeMap<usize, ProjectId>,
    /// By the overlay's id.
    services: BTreeMap<&'a str, ServiceId>,
    /// By the overlay's id.
    lumpsum_services: BTreeMap<&'a str, LumpsumServiceId>,
}

/// Plants people, customers, projects, services, rates and entries.
///
/// # Errors
/// If the overlay has an unresolved reference or an invalid value.
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
    planter.recall();
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

/// The next id of a table: one after the last row's, or `first` if it is empty.
fn next_id<R: Row>(table: &Table<R>, first: u64, number: fn(R::Key) -> Serial) -> Serial {
    let last = table.iter().next_back().map(|row| number(row.key()).0 + 1);
    Serial(last.unwrap_or(first).max(first))
}

impl Planter<'_> {
    /// Finds the parts of the scenario that already exist in the account.
    fn recall(&mut self) {
        let (scenario, known) = (self.scenario, self.scenario.known);
        let people = scenario.people.iter().enumerate().take(known.people);
        for (n, person) in people.filter(|(_, person)| person.systems.clockodo) {
            let is_it = |user: &&Arc<User>| user.email.eq_ignore_ascii_case(&person.email);
            if let Some(user) = self.state.users.iter().find(is_it) {
                self.users.insert(n, user.id);
            }
        }
        for client in scenario.clients.iter().take(known.clients) {
            let name = NameBy::Name(client.name.to_lowercase());
            if let Some(customer) = self.state.customers.find(name).next() {
                self.customers.insert(&client.id, customer.id);
            }
        }
        for (n, project) in scenario.projects.iter().enumerate().take(known.projects) {
            let by_number = |row: &&Arc<Project>| row.number.as_ref() == Some(&project.key);
            let by_name = |row: &&Arc<Project>| row.name == project.name;
            let projects = &self.state.projects;
            let found = projects.iter().find(by_number).or_else(|| projects.iter().find(by_name));
            if let Some(found) = found {
                self.projects.insert(n, found.id);
            }
        }
    }

    fn misfit(&self, field: &str, message: impl Into<String>) -> SeedError {
        misfit(self.file, field, message)
    }

    fn is_living(&self) -> bool {
        self.scenario.known.is_living()
    }

    /// The service of work that no rule covers.
    fn usual_service(&self) -> ServiceId {
        let first = self.state.services.iter().next().map(|service| service.id);
        first.unwrap_or(ServiceId(Serial(first::SERVICE)))
    }

    /// The person with this id.
    fn person(&self, field: &str, id: &str) -> Result<usize, SeedError> {
        let found = self.scenario.people.iter().position(|person| person.id == id);
        let found = found.filter(|person| self.scenario.people[*person].systems.clockodo);
        found.ok_or_else(|| self.misfit(field, format!("there is no person '{id}'")))
    }

    /// The co-worker with this id.
    fn user(&self, field: &str, id: &str) -> Result<UserId, SeedError> {
        let person = self.person(field, id)?;
        let user = self.users.get(&person).copied();
        user.ok_or_else(|| self.misfit(field, format!("there is no person '{id}'")))
    }

    /// The position of the project with this key.
    fn project(&self, field: &str, key: &str) -> Result<usize, SeedError> {
        let found = self.scenario.projects.iter().position(|project| project.key == key);
        let found = found.filter(|project| self.scenario.projects[*project].systems.clockodo);
        found.ok_or_else(|| self.misfit(field, format!("there is no project '{key}'")))
    }

    /// The customer with this client id.
    fn customer(&self, field: &str, id: &str) -> Result<CustomerId, SeedError> {
        let found = self.customers.get(id).copied().or_else(|| {
            let name = NameBy::Name(id.to_lowercase());
            Some(self.state.customers.find(name).next().filter(|_| self.is_living())?.id)
        });
        found.ok_or_else(|| self.misfit(field, format!("there is no customer '{id}'")))
    }

    /// The service with this id.
    fn service(&self, field: &str, id: &str) -> Result<ServiceId, SeedError> {
        // The overlay's ids of an existing account's services are not known here.
        let found = self.services.get(id).copied().or_else(|| {
            let is_it = |service: &&Arc<Service>| {
                service.number.as_deref() == Some(id) || service.name.eq_ignore_ascii_case(id)
            };
            Some(self.state.services.iter().find(is_it).filter(|_| self.is_living())?.id)
        });
        found.ok_or_else(|| self.misfit(field, format!("there is no service '{id}'")))
    }

    fn services_of(&self, field: &str, ids: &[String]) -> Result<Vec<ServiceId>, SeedError> {
        let each = ids.iter().enumerate();
        each.map(|(n, id)| self.service(&format!("{field}[{n}]"), id)).collect()
    }

    /// Sets up the company, after its default customer and service are planted.
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
        let living = self.scenario.known.is_living();
        let usual = if living { Company::clone(&self.state.company) } else { Company::default() };
        let customer = default_customer.as_deref();
        let customer = customer.map(|id| self.customer("company.default_customer", id));
        let service = default_service.as_deref();
        let service = service.map(|id| self.service("company.default_service", id));
        let first = self.scenario.people.first();
        let company = Company {
            name: if living { usual.name } else { self.scenario.company.clone() },
            zone: first.filter(|_| !living).map_or(usual.zone, |person| person.zone),
            currency: if living { usual.currency } else { self.scenario.currency.clone() },
            allow_entries_for_customers: allow_entries_for_customers
                .unwrap_or(usual.allow_entries_for_customers),
            allow_entry_overlaps: allow_entry_overlaps.unwrap_or(usual.allow_entry_overlaps),
            allow_entries_text_multiline: allow_entries_text_multiline
                .unwrap_or(usual.allow_entries_text_multiline),
            force_linked_entry_times: force_linked_entry_times
                .unwrap_or(usual.force_linked_entry_times),
            default_customer: customer.transpose()?.or(usual.default_customer),
            default_service: service.transpose()?.or(usual.default_service),
            default_rate: default_rate.unwrap_or(usual.default_rate),
        };
        self.state.company = Arc::new(company);
        Ok(())
    }
}
