//! Services and lump-sum services. Source: clockodo.md:5.3.

use std::sync::Arc;

use super::master::{
    Act, Deletion, Listing, MasterData, SortBy, SortKey, delete_entries, entries_on, fresh,
    runs_on, usual_key,
};
use super::refusal::{Problem, Refusal, name_taken};
use crate::kernel::money::Minor;
use crate::kernel::table::Table;
use crate::vendors::clockodo::model::{
    LumpsumService, LumpsumServiceId, Mark, MarkKind, NameBy, Service, ServiceId, State, User,
};

/// Ids of the first rows that are added.
const FIRST: u64 = 870_001;
const FIRST_LUMPSUM: u64 = 5_901;

/// Changes of a service of either kind. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct ServicePatch {
    /// Name; required for new services.
    pub name: Option<String>,
    /// Number.
    pub number: Option<Option<String>>,
    /// True if entries can be added.
    pub active: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Id in a billing application.
    pub bill_service_id: Option<Option<String>>,
    /// Price per unit. Only for lump-sum services, and required for new ones.
    pub price: Option<Minor>,
    /// Name of the unit. Only for lump-sum services.
    pub unit: Option<Option<String>>,
}

impl MasterData for Service {
    type Patch = ServicePatch;

    fn table(state: &State) -> &Table<Self> {
        &state.services
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_services
    }

    fn matches(&self, listing: &Listing) -> bool {
        listing.admits(self.active, &self.name, self.number.as_deref())
    }

    fn sort_key(&self, _: &State, by: SortBy) -> SortKey {
        usual_key(by, self.id.0.0, self.active, &self.name)
    }

    /// Adds a service.
    fn add(act: Act<'_>, patch: ServicePatch) -> Result<ServiceId, Refusal> {
        let Act { state, ids, viewer, .. } = act;
        manages(viewer)?;
        if patch.name.is_none() {
            return Err(Problem::Missing.at(&["name"]));
        }
        let taken = |id| state.services.get(ServiceId(id)).is_some();
        let id = ServiceId(fresh(ids, "clockodo/services", FIRST, taken));
        let service = Service {
            id,
            name: String::new(),
            number: None,
            active: true,
            note: None,
            bill_service_id: None,
        };
        let service = apply(state, service, patch)?;
        state.services.put(service);
        Ok(id)
    }

    /// Changes a service.
    fn edit(act: Act<'_>, id: ServiceId, patch: ServicePatch) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let before = Arc::clone(Self::find(state, id)?);
        manages(viewer)?;
        let service = apply(state, Service::clone(&before), patch)?;
        if before.active && !service.active {
            if state.company.default_service == Some(id) {
                return Err(Problem::ArchiveCompanyDefault.into());
            }
            if runs_on(state, |entry| entry.service() == Some(id)) {
                return Err(Problem::RunningEntriesPreventArchiving.into());
            }
        }
        state.services.put(service);
        Ok(())
    }

    /// Deletes an archived service. With force, deletes its entries too.
    fn delete(act: Act<'_>, id: ServiceId, deletion: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let service = Self::find(state, id)?;
        manages(viewer)?;
        if state.company.default_service == Some(id) {
            return Err(Problem::DeleteCompanyDefault.into());
        }
        if service.active {
            return Err(Problem::HasToBeInactive.into());
        }
        let of = move |mark: &Mark| mark.kind != MarkKind::LumpsumService && mark.service == id.0.0;
        let (entries, running) = entries_on(state, of);
        if running {
            return Err(Problem::RunningEntriesPreventDeletion.into());
        }
        deletion.admits(vec![("entries", entries)])?;
        if deletion.dry_run {
            return Ok(());
        }
        delete_entries(state, of);
        state.services.remove(id);
        unassign(state, id);
        Ok(())
    }
}

fn manages(viewer: &User) -> Result<(), Refusal> {
    if viewer.rights().manage_services { Ok(()) } else { Err(Problem::Forbidden.into()) }
}

fn apply(state: &State, mut service: Service, patch: ServicePatch) -> Result<Service, Refusal> {
    let ServicePatch { name, number, active, note, bill_service_id, price: _, unit: _ } = patch;
    if let Some(name) = name {
        let mut same = state.services.find(NameBy::Name(name.to_lowercase()));
        if same.any(|other| other.id != service.id) {
            return Err(name_taken("services"));
        }
        service.name = name;
    }
    service.number = number.unwrap_or(service.number);
    service.active = active.unwrap_or(service.active);
    service.note = note.unwrap_or(service.note);
    service.bill_service_id = bill_service_id.unwrap_or(service.bill_service_id);
    Ok(service)
}

/// Removes a service from all lists of assigned services.
fn unassign(state: &mut State, id: ServiceId) {
    let customers = state.customers.iter().filter(|row| row.service_assignments.contains(&id));
    let customers: Vec<_> = customers.map(|row| row.id).collect();
    let projects = state.projects.iter().filter(|row| row.service_assignments.contains(&id));
    let projects: Vec<_> = projects.map(|row| row.id).collect();
    let parts = state.subprojects.iter().filter(|row| row.service_assignments.contains(&id));
    let parts: Vec<_> = parts.map(|row| row.id).collect();
    for key in customers {
        state.customers.change(key, |row| row.service_assignments.retain(|other| *other != id));
    }
    for key in projects {
        state.projects.change(key, |row| row.service_assignments.retain(|other| *other != id));
    }
    for key in parts {
        state.subprojects.change(key, |row| row.service_assignments.retain(|other| *other != id));
    }
}

fn apply_lumpsum(
    state: &State,
    mut service: LumpsumService,
    patch: ServicePatch,
) -> Result<LumpsumService, Refusal> {
    let ServicePatch { name, number, active, note, bill_service_id: _, price, unit } = patch;
    if let Some(name) = name {
        let mut same = state.lumpsum_services.find(NameBy::Name(name.to_lowercase()));
        if same.any(|other| other.id != service.id) {
            return Err(name_taken("lumpsum_services"));
        }
        service.name = name;
    }
    service.number = number.unwrap_or(service.number);
    service.active = active.unwrap_or(service.active);
    service.note = note.unwrap_or(service.note);
    service.price = price.unwrap_or(service.price);
    service.unit = unit.unwrap_or(service.unit);
    Ok(service)
}

impl MasterData for LumpsumService {
    type Patch = ServicePatch;

    fn table(state: &State) -> &Table<Self> {
        &state.lumpsum_services
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_services
    }

    fn matches(&self, listing: &Listing) -> bool {
        listing.admits(self.active, &self.name, self.number.as_deref())
    }

    fn sort_key(&self, _: &State, by: SortBy) -> SortKey {
        usual_key(by, self.id.0.0, self.active, &self.name)
    }

    /// Adds a lump-sum service.
    fn add(act: Act<'_>, patch: ServicePatch) -> Result<LumpsumServiceId, Refusal> {
        let Act { state, ids, viewer, .. } = act;
        manages(viewer)?;
        if patch.name.is_none() {
            return Err(Problem::Missing.at(&["name"]));
        }
        if patch.price.is_none() {
            return Err(Problem::Missing.at(&["price"]));
        }
        let taken = |id| state.lumpsum_services.get(LumpsumServiceId(id)).is_some();
        let id = LumpsumServiceId(fresh(ids, "clockodo/lumpsum-services", FIRST_LUMPSUM, taken));
        let service = LumpsumService {
            id,
            name: String::new(),
            price: 0,
            unit: None,
            number: None,
            active: true,
            note: None,
        };
        let service = apply_lumpsum(state, service, patch)?;
        state.lumpsum_services.put(service);
        Ok(id)
    }

    /// Changes a lump-sum service.
    fn edit(act: Act<'_>, id: LumpsumServiceId, patch: ServicePatch) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let before = LumpsumService::clone(Self::find(state, id)?);
        manages(viewer)?;
        let service = apply_lumpsum(state, before, patch)?;
        state.lumpsum_services.put(service);
        Ok(())
    }

    /// Deletes an archived lump-sum service. With force, deletes its entries too.
    fn delete(act: Act<'_>, id: LumpsumServiceId, deletion: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let service = Self::find(state, id)?;
        manages(viewer)?;
        if service.active {
            return Err(Problem::HasToBeInactive.into());
        }
        let of = move |mark: &Mark| mark.kind == MarkKind::LumpsumService && mark.service == id.0.0;
        let (entries, _) = entries_on(state, of);
        deletion.admits(vec![("entries", entries)])?;
        if deletion.dry_run {
            return Ok(());
        }
        delete_entries(state, of);
        state.lumpsum_services.remove(id);
        Ok(())
    }
}
