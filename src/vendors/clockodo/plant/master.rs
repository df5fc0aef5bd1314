//! Services, customers, projects and hourly rates.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::{Planter, first, next_id};
use crate::kernel::ids::Serial;
use crate::kernel::money::Minor;
use crate::kernel::table::Table;
use crate::scenario::seed::SeedError;
use crate::vendors::clockodo::model::{
    Budget, Customer, CustomerId, LumpsumService, LumpsumServiceId, NameBy, Project, ProjectId,
    Rate, RateId, Scope, Service, ServiceId, Subproject, SubprojectId,
};
use crate::vendors::clockodo::overlay::{BudgetIn, CustomerIn, ProjectIn, RateIn};
use crate::vendors::clockodo::rules::completion;

impl<'a> Planter<'a> {
    /// Plants services of both kinds. An account without an overlay gets one service.
    pub(super) fn services(&mut self) -> Result<(), SeedError> {
        let overlay = self.overlay;
        for (n, row) in overlay.services.iter().enumerate() {
            let id = ServiceId(next_id(&self.state.services, first::SERVICE, |id| id.0));
            if self.services.insert(row.id.as_str(), id).is_some() {
                return Err(self.misfit(&format!("services[{n}].id"), "this id comes twice"));
            }
            self.state.services.put(Service {
                id,
                name: row.name.clone(),
                number: row.number.clone(),
                active: !row.archived,
                note: row.note.clone(),
                bill_service_id: None,
            });
        }
        if self.state.services.is_empty() {
            self.state.services.put(Service {
                id: ServiceId(Serial(first::SERVICE)),
                name: "Project work".to_owned(),
                number: None,
                active: true,
                note: None,
                bill_service_id: None,
            });
        }
        for (n, row) in overlay.lumpsum_services.iter().enumerate() {
            let services = &self.state.lumpsum_services;
            let id = LumpsumServiceId(next_id(services, first::LUMPSUM_SERVICE, |id| id.0));
            let field = |name: &str| format!("lumpsum_services[{n}].{name}");
            if self.lumpsum_services.insert(row.id.as_str(), id).is_some() {
                return Err(self.misfit(&field("id"), "this id comes twice"));
            }
            self.amount(&field("price"), row.price)?;
            if row.unit.as_deref().is_some_and(|unit| unit.chars().count() > 6) {
                return Err(self.misfit(&field("unit"), "a unit has at most 6 characters"));
            }
            self.state.lumpsum_services.put(LumpsumService {
                id,
                name: row.name.clone(),
                price: row.price,
                unit: row.unit.clone(),
                number: row.number.clone(),
                active: true,
                note: row.note.clone(),
            });
        }
        Ok(())
    }

    fn amount(&self, field: &str, amount: Minor) -> Result<(), SeedError> {
        if (0..=9_999_999_999).contains(&amount) {
            return Ok(());
        }
        Err(self.misfit(field, "an amount is from 0 to 99999999.99, in hundredths"))
    }

    /// Plants the scenario's clients, and the customers that the overlay adds.
    pub(super) fn customers(&mut self) -> Result<(), SeedError> {
        let (scenario, overlay) = (self.scenario, self.overlay);
        let mut next = next_id(&self.state.customers, first::CUSTOMER, |id| id.0).0;
        let clients = scenario.clients.iter().enumerate();
        for (n, client) in clients.filter(|(_, client)| client.systems.clockodo) {
            let position = overlay
                .customers
                .iter()
                .position(|row| row.client.as_deref() == Some(client.id.as_str()));
            if n < scenario.known.clients {
                let known = self.customers.get(client.id.as_str()).copied();
                if let (Some(id), Some(position)) = (known, position) {
                    self.update_customer(id, position)?;
                }
                continue;
            }
            self.put_customer(&client.id, &client.name, !client.archived, position, &mut next)?;
        }
        for (n, row) in overlay.customers.iter().enumerate() {
            match (&row.client, &row.id, &row.name) {
                (Some(client), None, None) => {
                    self.customer(&format!("customers[{n}].client"), client)?;
                }
                (None, Some(id), Some(name)) => {
                    self.put_customer(id, name, true, Some(n), &mut next)?;
                }
                _ => {
                    let message = "a customer is a `client`, or has an `id` and a `name`";
                    return Err(self.misfit(&format!("customers[{n}]"), message));
                }
            }
        }
        Ok(())
    }

    fn put_customer(
        &mut self,
        key: &'a str,
        name: &str,
        active: bool,
        position: Option<usize>,
        next: &mut u64,
    ) -> Result<CustomerId, SeedError> {
        let id = CustomerId(Serial(*next));
        let color = u8::try_from((*next - first::CUSTOMER) % 9 + 1).unwrap_or(1);
        *next += 1;
        if self.customers.insert(key, id).is_some() {
            let field = format!("customers[{}].id", position.unwrap_or(0));
            return Err(self.misfit(&field, "this id comes twice"));
        }
        let mut customer = Customer {
            id,
            name: name.to_owned(),
            number: None,
            color,
            active,
            billable_default: true,
            note: None,
            bill_service_id: None,
            test_data: false,
            service_assignments: Vec::new(),
        };
        if let Some(n) = position {
            self.apply_customer(n, &mut customer)?;
        }
        self.state.customers.put(customer);
        Ok(id)
    }

    /// Applies the overlay to an existing customer.
    fn update_customer(&mut self, id: CustomerId, position: usize) -> Result<(), SeedError> {
        let Some(customer) = self.state.customers.get(id) else { return Ok(()) };
        let mut customer = Customer::clone(customer);
        self.apply_customer(position, &mut customer)?;
        self.state.customers.put(customer);
        Ok(())
    }

    fn apply_customer(&self, n: usize, customer: &mut Customer) -> Result<(), SeedError> {
        let row: &CustomerIn = &self.overlay.customers[n];
        if row.color.is_some_and(|color| !(1..=9).contains(&color)) {
            let field = format!("customers[{n}].color");
            return Err(self.misfit(&field, "a colour is from 1 to 9"));
        }
        customer.number = row.number.clone().or(customer.number.take());
        customer.color = row.color.unwrap_or(customer.color);
        customer.note = row.note.clone().or(customer.note.take());
        customer.billable_default = row.billable.unwrap_or(customer.billable_default);
        customer.test_data |= row.test_data;
        if !row.services.is_empty() {
            let field = format!("customers[{n}].services");
            customer.service_assignments = self.services_of(&field, &row.services)?;
        }
        Ok(())
    }

    /// Plants the scenario's projects. A project without a client belongs to a customer that
    /// stands for the company itself.
    pub(super) fn projects(&mut self) -> Result<(), SeedError> {
        let (scenario, overlay) = (self.scenario, self.overlay);
        for (n, row) in overlay.projects.iter().enumerate() {
            self.project(&format!("projects[{n}].key"), &row.key)?;
        }
        for (n, project) in scenario.projects.iter().enumerate() {
            if !project.systems.clockodo {
                continue;
            }
            let position = overlay.projects.iter().position(|row| row.key == project.key);
            let row = position.map(|m| &overlay.projects[m]);
            let field = |name: &str| format!("projects[{}].{name}", position.unwrap_or(0));
            let client = project.client.map(|client| scenario.clients[client].id.as_str());
            let client = client.filter(|id| self.customers.contains_key(id));
            let customer = match (row.and_then(|row| row.customer.as_deref()), client) {
                (Some(id), _) => self.customer(&field("customer"), id)?,
                (None, Some(id)) => self.customer("projects", id)?,
                (None, None) => self.house(),
            };
            if n < scenario.known.projects {
                if let (Some(id), Some(row)) = (self.projects.get(&n).copied(), row) {
                    self.update_project(id, row, field)?;
                }
                continue;
            }
            let next = next_id(&self.state.projects, first::PROJECT, |id| id.0).0;
            let id = ProjectId(Serial(next.max(first::PROJECT + n as u64)));
            self.projects.insert(n, id);
            let budget = row.and_then(|row| row.budget.as_ref());
            let budget = budget.map(|budget| self.budget(&field("budget.amount"), budget));
            let services = row.map_or(&[][..], |row| &row.services);
            let of_row =
                |text: fn(&ProjectIn) -> &Option<String>| row.and_then(|r| text(r).clone());
            let number = of_row(|row| &row.number).unwrap_or_else(|| project.key.clone());
            let budget = budget.transpose()?;
            let hard = budget.as_ref().is_some_and(|budget| budget.hard);
            let row = Project {
                id,
                customer,
                name: project.name.clone(),
                number: Some(number),
                active: !project.archived,
                billable_default: project.billable,
                note: of_row(|row| &row.note),
                budget,
                billed_money: hard.then_some(0),
                billed_completely: hard.then_some(false),
                completed_at: None,
                factor: None,
                start_date: row.and_then(|row| row.start_date),
                deadline: row.and_then(|row| row.deadline),
                automatic_completion: false,
                bill_service_id: None,
                test_data: self.state.customers.get(customer).is_some_and(|c| c.test_data),
                service_assignments: self.services_of(&field("services"), services)?,
            };
            self.state.projects.put(row);
        }
        self.subprojects()
    }

    /// Applies the overlay to an existing project.
    fn update_project(
        &mut self,
        id: ProjectId,
        row: &ProjectIn,
        field: impl Fn(&str) -> String,
    ) -> Result<(), SeedError> {
        let Some(project) = self.state.projects.get(id) else { return Ok(()) };
        let mut project = Project::clone(project);
        if let Some(budget) = &row.budget {
            project.budget = Some(self.budget(&field("budget.amount"), budget)?);
            if budget.hard {
                project.billed_money = project.billed_money.or(Some(0));
                project.billed_completely = project.billed_completely.or(Some(false));
            }
        }
        if let Some(customer) = &row.customer {
            project.customer = self.customer(&field("customer"), customer)?;
        }
        if !row.services.is_empty() {
            project.service_assignments = self.services_of(&field("services"), &row.services)?;
        }
        project.number = row.number.clone().or(project.number.take());
        project.note = row.note.clone().or(project.note.take());
        project.start_date = row.start_date.or(project.start_date);
        project.deadline = row.deadline.or(project.deadline);
        self.state.projects.put(project);
        Ok(())
    }

    /// The customer that stands for the company itself.
    fn house(&mut self) -> CustomerId {
        const KEY: &str = "*";
        if let Some(id) = self.customers.get(KEY) {
            return *id;
        }
        let name = NameBy::Name(self.scenario.company.to_lowercase());
        let known = self.state.customers.find(name).next().map(|customer| customer.id);
        if let Some(id) = known.filter(|_| self.scenario.known.is_living()) {
            self.customers.insert(KEY, id);
            return id;
        }
        let id = CustomerId(next_id(&self.state.customers, first::CUSTOMER, |id| id.0));
        self.customers.insert(KEY, id);
        self.state.customers.put(Customer {
            id,
            name: self.scenario.company.clone(),
            number: None,
            color: 6,
            active: true,
            billable_default: false,
            note: None,
            bill_service_id: None,
            test_data: false,
            service_assignments: Vec::new(),
        });
        id
    }

    fn budget(&self, field: &str, row: &BudgetIn) -> Result<Budget, SeedError> {
        self.amount(field, row.amount)?;
        Ok(Budget {
            monetary: row.monetary,
            hard: row.hard,
            from_subprojects: false,
            amount: Some(row.amount),
            notification_thresholds: Vec::new(),
        })
    }

    fn subprojects(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.subprojects.iter().enumerate() {
            let next = next_id(&self.state.subprojects, first::SUBPROJECT, |id| id.0);
            let position = self.project(&format!("subprojects[{n}].project"), &row.project)?;
            let field = format!("subprojects[{n}].budget.amount");
            let budget = row.budget.as_ref().map(|budget| self.budget(&field, budget));
            let Some(project) = self.projects.get(&position).copied() else { continue };
            let budget = budget.transpose()?;
            self.state.subprojects.put(Subproject {
                id: SubprojectId(next),
                project,
                name: row.name.clone(),
                number: row.number.clone(),
                active: true,
                billable_default: self.scenario.projects[position].billable,
                note: None,
                budget,
                completed_at: None,
                factor: None,
                start_date: None,
                deadline: None,
                automatic_completion: false,
                bill_service_id: None,
                service_assignments: Vec::new(),
            });
        }
        Ok(())
    }

    /// Plants the list of hourly rates: the overlay's with a position, then the others, narrower ones
    /// first. In an existing account, these are put before the first that is broader.
    pub(super) fn rates(&mut self) -> Result<(), SeedError> {
        let (scenario, known) = (self.scenario, self.scenario.known);
        let (first, mut others) = self.rate_rules()?;
        for (n, project) in scenario.projects.iter().enumerate().skip(known.projects) {
            if let (Some(id), Some(rate)) = (self.projects.get(&n).copied(), project.rate) {
                others.push((Scope { project: Some(id), ..Scope::default() }, rate));
            }
        }
        for (n, person) in scenario.people.iter().enumerate().skip(known.people) {
            if let (Some(user), Some(rate)) = (self.users.get(&n).copied(), person.rate) {
                others.push((Scope { user: Some(user), ..Scope::default() }, rate));
            }
        }
        others.sort_by_key(|(scope, _)| Reverse(narrowness(scope)));
        let is_new = |scope: &Scope| first.iter().chain(&others).any(|(new, _)| new == scope);
        let before =
            self.state.rates.iter().filter(|rate| known.is_living() && !is_new(&rate.scope));
        let mut list: Vec<RateRule> = before.map(|rate| (rate.scope, rate.amount)).collect();
        if list.is_empty() {
            list = others;
        } else {
            for rule in others {
                let broader = |(known, _): &RateRule| narrowness(known) < narrowness(&rule.0);
                let place = list.iter().position(broader).unwrap_or(list.len());
                list.insert(place, rule);
            }
        }
        self.state.rates = Table::default();
        for (position, (scope, amount)) in (1..).zip(first.into_iter().chain(list)) {
            self.state.rates.put(Rate { id: RateId(Serial(position)), scope, amount });
        }
        Ok(())
    }

    /// The overlay's rates: those with a position in order, and the others.
    fn rate_rules(&self) -> Result<(Vec<RateRule>, Vec<RateRule>), SeedError> {
        let (mut first, mut others) = (Vec::new(), Vec::new());
        for (n, row) in self.overlay.rates.iter().enumerate() {
            let RateIn { project, customer, who, service, rate, position } = row;
            let field = |name: &str| format!("rates[{n}].{name}");
            self.amount(&field("rate"), *rate)?;
            let project = project.as_deref().map(|key| self.project(&field("project"), key));
            let project = project.transpose()?.and_then(|n| self.projects.get(&n).copied());
            let customer = customer.as_deref().map(|id| self.customer(&field("customer"), id));
            let user = who.as_deref().map(|id| self.user(&field("who"), id));
            let service = service.as_deref().map(|id| self.service(&field("service"), id));
            let scope = Scope {
                project,
                customer: customer.transpose()?,
                user: user.transpose()?,
                service: service.transpose()?,
            };
            match position {
                Some(position) => first.push((*position, (scope, *rate))),
                None => others.push((scope, *rate)),
            }
        }
        first.sort_by_key(|(position, _)| *position);
        Ok((first.into_iter().map(|(_, rule)| rule).collect(), others))
    }

    /// Completes the projects that the overlay marks as completed, after all entries are planted.
    pub(super) fn complete(&mut self) -> Result<(), SeedError> {
        let at: DateTime<Utc> = self.scenario.anchor;
        for (n, row) in self.overlay.projects.iter().enumerate().filter(|(_, row)| row.completed) {
            let field = format!("projects[{n}].completed");
            let position = self.project(&field, &row.key)?;
            let Some(id) = self.projects.get(&position).copied() else { continue };
            completion::complete(self.state, id, at).map_err(|refusal| {
                let why = refusal.problem.row().english;
                self.misfit(&field, format!("it cannot be completed: {why}"))
            })?;
        }
        Ok(())
    }
}

/// A rule for the hourly rate: its scope and the amount.
type RateRule = (Scope, Minor);

/// How narrow a scope is: one with a project is narrower than one with a customer, then come co-worker
/// and service.
fn narrowness(scope: &Scope) -> u8 {
    let Scope { project, customer, user, service } = scope;
    let parts = [project.is_some(), customer.is_some(), user.is_some(), service.is_some()];
    parts.into_iter().fold(0, |sum, part| sum * 2 + u8::from(part))
}
