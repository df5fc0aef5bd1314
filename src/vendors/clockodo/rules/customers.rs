//! Customers. Source: clockodo.md:5.3.

use std::sync::Arc;

use super::master::{
    Deletion, Error, Listing, SortBy, adds_projects, delete_entries, entries_on, fresh,
    manages_projects, runs_on, services,
};
use super::projects;
use crate::kernel::ids::Ids;
use crate::vendors::clockodo::model::{
    Customer, CustomerId, NameBy, Project, ProjectBy, ServiceId, State, User,
};

/// First id of a customer that is added.
const FIRST: u64 = 2_510_001;

/// What is set of a customer; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct CustomerPatch {
    /// Name; required for a new one.
    pub name: Option<String>,
    /// Number.
    pub number: Option<Option<String>>,
    /// Colour.
    pub color: Option<u8>,
    /// Whether entries can be added.
    pub active: Option<bool>,
    /// Whether its projects are billable unless said otherwise.
    pub billable_default: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Id in a billing application.
    pub bill_service_id: Option<Option<String>>,
    /// The only services its entries may have.
    pub services: Option<Vec<ServiceId>>,
}

/// The customer of this id.
///
/// # Errors
/// [`Error::NoSuch`].
pub fn find(state: &State, id: CustomerId) -> Result<&Arc<Customer>, Error> {
    state.customers.get(id).ok_or(Error::NoSuch)
}

/// The wanted customers.
#[must_use]
pub fn list<'a>(state: &'a State, viewer: &User, wanted: &Listing) -> Vec<&'a Arc<Customer>> {
    let all = !wanted.managed || viewer.rights().manage_customers_and_projects;
    let admits =
        |row: &&Arc<Customer>| all && wanted.admits(row.active, &row.name, row.number.as_deref());
    let mut rows: Vec<&Arc<Customer>> = state.customers.iter().filter(admits).collect();
    wanted.order(&mut rows, |row, by| match by {
        SortBy::Id => (row.id.0.0, String::new()),
        SortBy::Active => (row.active.into(), String::new()),
        _ => (0, row.name.to_lowercase()),
    });
    rows
}

/// Adds a customer.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Empty`], and what does not fit.
pub fn add(
    state: &mut State,
    ids: &mut Ids,
    viewer: &User,
    patch: CustomerPatch,
) -> Result<CustomerId, Error> {
    adds_projects(viewer)?;
    if patch.name.is_none() {
        return Err(Error::Empty("name"));
    }
    let taken = |id| state.customers.get(CustomerId(id)).is_some();
    let id = CustomerId(fresh(ids, "clockodo/customers", FIRST, taken));
    let customer = Customer {
        id,
        name: String::new(),
        number: None,
        color: u8::try_from(id.0.0 % 9 + 1).unwrap_or(1),
        active: true,
        billable_default: true,
        note: None,
        bill_service_id: None,
        test_data: false,
        service_assignments: Vec::new(),
    };
    let customer = apply(state, viewer, customer, patch)?;
    state.customers.put(customer);
    Ok(id)
}

/// Changes a customer.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`Error::DemoData`], and what does not fit.
pub fn edit(
    state: &mut State,
    viewer: &User,
    id: CustomerId,
    patch: CustomerPatch,
) -> Result<(), Error> {
    let before = Arc::clone(find(state, id)?);
    manages_projects(viewer)?;
    if before.test_data {
        return Err(Error::DemoData);
    }
    let customer = apply(state, viewer, Customer::clone(&before), patch)?;
    if before.active && !customer.active {
        if state.company.default_customer == Some(id) {
            return Err(Error::DefaultArchived);
        }
        if runs_on(state, |entry| entry.customer == id) {
            return Err(Error::RunningPreventsArchiving);
        }
    }
    state.customers.put(customer);
    Ok(())
}

fn apply(
    state: &State,
    viewer: &User,
    mut customer: Customer,
    patch: CustomerPatch,
) -> Result<Customer, Error> {
    let CustomerPatch {
        name,
        number,
        color,
        active,
        billable_default,
        note,
        bill_service_id,
        services: assigned,
    } = patch;
    if let Some(name) = name {
        let mut same = state.customers.find(NameBy::Name(name.to_lowercase()));
        if same.any(|other| other.id != customer.id) {
            return Err(Error::NameTaken("customers"));
        }
        customer.name = name;
    }
    customer.number = number.unwrap_or(customer.number);
    customer.color = color.unwrap_or(customer.color);
    customer.active = active.unwrap_or(customer.active);
    customer.billable_default = billable_default.unwrap_or(customer.billable_default);
    // Notes and the like are for those who manage customers.
    if note.is_some() || bill_service_id.is_some() || assigned.is_some() {
        manages_projects(viewer)?;
    }
    customer.note = note.unwrap_or(customer.note);
    customer.bill_service_id = bill_service_id.unwrap_or(customer.bill_service_id);
    if let Some(wanted) = assigned {
        customer.service_assignments = services(state, &wanted)?;
    }
    Ok(customer)
}

/// Deletes a customer that is archived; by force with its projects and entries.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`Error::DemoData`], [`Error::DefaultDeleted`],
/// [`Error::HasToBeInactive`], [`Error::RunningPreventsDeletion`] and [`Error::Relations`].
pub fn delete(
    state: &mut State,
    viewer: &User,
    id: CustomerId,
    how: Deletion,
) -> Result<(), Error> {
    let customer = Arc::clone(find(state, id)?);
    manages_projects(viewer)?;
    if customer.test_data {
        return Err(Error::DemoData);
    }
    if state.company.default_customer == Some(id) {
        return Err(Error::DefaultDeleted);
    }
    if customer.active {
        return Err(Error::HasToBeInactive);
    }
    let (entries, running) = entries_on(state, |mark| mark.customer == id.0.0);
    if running {
        return Err(Error::RunningPreventsDeletion);
    }
    let projects: Vec<Arc<Project>> = projects_of(state, id).cloned().collect();
    how.admits(vec![("projects", projects.len()), ("entries", entries)])?;
    if how.dry_run {
        return Ok(());
    }
    for project in projects {
        projects::remove(state, project.id);
    }
    delete_entries(state, |mark| mark.customer == id.0.0);
    state.customers.remove(id);
    Ok(())
}

/// The projects of a customer, by name.
pub fn projects_of(state: &State, id: CustomerId) -> impl Iterator<Item = &Arc<Project>> {
    let from = ProjectBy::Customer(id, String::new());
    let to = ProjectBy::Customer(id, char::MAX.to_string().repeat(101));
    state.projects.scan(from..=to)
}
