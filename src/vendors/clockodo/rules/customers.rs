//! Customers. Source: clockodo.md:5.3.

use std::sync::Arc;

use super::master::{
    Act, Deletion, Listing, MasterData, SortBy, SortKey, adds_projects, delete_entries, entries_on,
    fresh, manages_projects, runs_on, services, usual_key,
};
use super::projects;
use super::refusal::{Problem, Refusal, name_taken};
use crate::kernel::table::Table;
use crate::vendors::clockodo::model::{
    Customer, CustomerId, NameBy, Project, ProjectBy, ServiceId, State, User,
};

/// Id of the first customer that is added.
const FIRST: u64 = 2_510_001;

/// Changes of a customer. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct CustomerPatch {
    /// Name; required for new customers.
    pub name: Option<String>,
    /// Number.
    pub number: Option<Option<String>>,
    /// Colour.
    pub color: Option<u8>,
    /// True if entries can be added.
    pub active: Option<bool>,
    /// True if its projects are billable by default.
    pub billable_default: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Id in a billing application.
    pub bill_service_id: Option<Option<String>>,
    /// The services that its entries may have.
    pub services: Option<Vec<ServiceId>>,
}

impl MasterData for Customer {
    type Patch = CustomerPatch;

    fn table(state: &State) -> &Table<Self> {
        &state.customers
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_customers_and_projects
    }

    fn matches(&self, listing: &Listing) -> bool {
        listing.admits(self.active, &self.name, self.number.as_deref())
    }

    fn sort_key(&self, _: &State, by: SortBy) -> SortKey {
        usual_key(by, self.id.0.0, self.active, &self.name)
    }

    /// Adds a customer.
    fn add(act: Act<'_>, patch: CustomerPatch) -> Result<CustomerId, Refusal> {
        let Act { state, ids, viewer, .. } = act;
        adds_projects(viewer)?;
        if patch.name.is_none() {
            return Err(Problem::Missing.at(&["name"]));
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
    fn edit(act: Act<'_>, id: CustomerId, patch: CustomerPatch) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let before = Arc::clone(Self::find(state, id)?);
        manages_projects(viewer)?;
        if before.test_data {
            return Err(Problem::CannotModifyDemoData.into());
        }
        let customer = apply(state, viewer, Customer::clone(&before), patch)?;
        if before.active && !customer.active {
            if state.company.default_customer == Some(id) {
                return Err(Problem::ArchiveCompanyDefault.into());
            }
            if runs_on(state, |entry| entry.customer == id) {
                return Err(Problem::RunningEntriesPreventArchiving.into());
            }
        }
        state.customers.put(customer);
        Ok(())
    }

    /// Deletes an archived customer. With force, deletes its projects and entries too.
    fn delete(act: Act<'_>, id: CustomerId, deletion: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let customer = Arc::clone(Self::find(state, id)?);
        manages_projects(viewer)?;
        if customer.test_data {
            return Err(Problem::CannotModifyDemoData.into());
        }
        if state.company.default_customer == Some(id) {
            return Err(Problem::DeleteCompanyDefault.into());
        }
        if customer.active {
            return Err(Problem::HasToBeInactive.into());
        }
        let (entries, running) = entries_on(state, |mark| mark.customer == id.0.0);
        if running {
            return Err(Problem::RunningEntriesPreventDeletion.into());
        }
        let projects: Vec<Arc<Project>> = projects_of(state, id).cloned().collect();
        deletion.admits(vec![("projects", projects.len()), ("entries", entries)])?;
        if deletion.dry_run {
            return Ok(());
        }
        for project in projects {
            projects::remove(state, project.id);
        }
        delete_entries(state, |mark| mark.customer == id.0.0);
        state.customers.remove(id);
        Ok(())
    }
}

fn apply(
    state: &State,
    viewer: &User,
    mut customer: Customer,
    patch: CustomerPatch,
) -> Result<Customer, Refusal> {
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
            return Err(name_taken("customers"));
        }
        customer.name = name;
    }
    customer.number = number.unwrap_or(customer.number);
    customer.color = color.unwrap_or(customer.color);
    customer.active = active.unwrap_or(customer.active);
    customer.billable_default = billable_default.unwrap_or(customer.billable_default);
    // Only those who manage customers may set notes and the like.
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

/// The projects of a customer, by name.
pub fn projects_of(state: &State, id: CustomerId) -> impl Iterator<Item = &Arc<Project>> {
    let from = ProjectBy::Customer(id, String::new());
    let to = ProjectBy::Customer(id, char::MAX.to_string().repeat(101));
    state.projects.scan(from..=to)
}
