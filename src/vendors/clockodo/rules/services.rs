//! Services, and lump-sum services with a price a unit. Source: clockodo.md:5.3.

use std::sync::Arc;

use super::master::{Deletion, Error, Listing, SortBy, delete_entries, entries_on, fresh, runs_on};
use crate::kernel::ids::Ids;
use crate::kernel::money::Minor;
use crate::vendors::clockodo::model::{
    LumpsumService, LumpsumServiceId, Mark, MarkKind, NameBy, Service, ServiceId, State, User,
};

/// First ids of what is added.
const FIRST: u64 = 870_001;
const FIRST_LUMPSUM: u64 = 5_901;

/// What is set of a service; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct ServicePatch {
    /// Name; required for a new one.
    pub name: Option<String>,
    /// Number.
    pub number: Option<Option<String>>,
    /// Whether entries can be added.
    pub active: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Id in a billing application.
    pub bill_service_id: Option<Option<String>>,
    /// Price a unit; only of a lump-sum service, and required for a new one.
    pub price: Option<Minor>,
    /// Name of the unit; only of a lump-sum service.
    pub unit: Option<Option<String>>,
}

fn manages(viewer: &User) -> Result<(), Error> {
    if viewer.rights().manage_services { Ok(()) } else { Err(Error::Forbidden) }
}

/// The service of this id.
///
/// # Errors
/// [`Error::NoSuch`].
pub fn find(state: &State, id: ServiceId) -> Result<&Arc<Service>, Error> {
    state.services.get(id).ok_or(Error::NoSuch)
}

/// The lump-sum service of this id.
///
/// # Errors
/// [`Error::NoSuch`].
pub fn find_lumpsum(state: &State, id: LumpsumServiceId) -> Result<&Arc<LumpsumService>, Error> {
    state.lumpsum_services.get(id).ok_or(Error::NoSuch)
}

/// The wanted services.
#[must_use]
pub fn list<'a>(state: &'a State, viewer: &User, wanted: &Listing) -> Vec<&'a Arc<Service>> {
    let all = !wanted.managed || viewer.rights().manage_services;
    let admits =
        |row: &&Arc<Service>| all && wanted.admits(row.active, &row.name, row.number.as_deref());
    let mut rows: Vec<&Arc<Service>> = state.services.iter().filter(admits).collect();
    wanted.order(&mut rows, |row, by| match by {
        SortBy::Id => (row.id.0.0, String::new()),
        SortBy::Active => (row.active.into(), String::new()),
        _ => (0, row.name.to_lowercase()),
    });
    rows
}

/// The wanted lump-sum services.
#[must_use]
pub fn list_lumpsum<'a>(
    state: &'a State,
    viewer: &User,
    wanted: &Listing,
) -> Vec<&'a Arc<LumpsumService>> {
    let all = !wanted.managed || viewer.rights().manage_services;
    let admits = |row: &&Arc<LumpsumService>| {
        all && wanted.admits(row.active, &row.name, row.number.as_deref())
    };
    let mut rows: Vec<&Arc<LumpsumService>> =
        state.lumpsum_services.iter().filter(admits).collect();
    wanted.order(&mut rows, |row, by| match by {
        SortBy::Id => (row.id.0.0, String::new()),
        SortBy::Active => (row.active.into(), String::new()),
        _ => (0, row.name.to_lowercase()),
    });
    rows
}

/// Adds a service.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Empty`] and [`Error::NameTaken`].
pub fn add(
    state: &mut State,
    ids: &mut Ids,
    viewer: &User,
    patch: ServicePatch,
) -> Result<ServiceId, Error> {
    manages(viewer)?;
    if patch.name.is_none() {
        return Err(Error::Empty("name"));
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
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`Error::NameTaken`], [`Error::DefaultArchived`] and
/// [`Error::RunningPreventsArchiving`].
pub fn edit(
    state: &mut State,
    viewer: &User,
    id: ServiceId,
    patch: ServicePatch,
) -> Result<(), Error> {
    let before = Arc::clone(find(state, id)?);
    manages(viewer)?;
    let service = apply(state, Service::clone(&before), patch)?;
    if before.active && !service.active {
        if state.company.default_service == Some(id) {
            return Err(Error::DefaultArchived);
        }
        if runs_on(state, |entry| entry.service() == Some(id)) {
            return Err(Error::RunningPreventsArchiving);
        }
    }
    state.services.put(service);
    Ok(())
}

fn apply(state: &State, mut service: Service, patch: ServicePatch) -> Result<Service, Error> {
    let ServicePatch { name, number, active, note, bill_service_id, price: _, unit: _ } = patch;
    if let Some(name) = name {
        let mut same = state.services.find(NameBy::Name(name.to_lowercase()));
        if same.any(|other| other.id != service.id) {
            return Err(Error::NameTaken("services"));
        }
        service.name = name;
    }
    service.number = number.unwrap_or(service.number);
    service.active = active.unwrap_or(service.active);
    service.note = note.unwrap_or(service.note);
    service.bill_service_id = bill_service_id.unwrap_or(service.bill_service_id);
    Ok(service)
}

/// Deletes a service that is archived; by force with its entries.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`Error::DefaultDeleted`], [`Error::HasToBeInactive`],
/// [`Error::RunningPreventsDeletion`] and [`Error::Relations`].
pub fn delete(state: &mut State, viewer: &User, id: ServiceId, how: Deletion) -> Result<(), Error> {
    let service = find(state, id)?;
    manages(viewer)?;
    if state.company.default_service == Some(id) {
        return Err(Error::DefaultDeleted);
    }
    if service.active {
        return Err(Error::HasToBeInactive);
    }
    let of = move |mark: &Mark| mark.kind != MarkKind::LumpsumService && mark.service == id.0.0;
    let (entries, running) = entries_on(state, of);
    if running {
        return Err(Error::RunningPreventsDeletion);
    }
    how.admits(vec![("entries", entries)])?;
    if how.dry_run {
        return Ok(());
    }
    delete_entries(state, of);
    state.services.remove(id);
    unassign(state, id);
    Ok(())
}

/// Takes a service out of every list of assigned ones.
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

/// Adds a lump-sum service.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Empty`] and [`Error::NameTaken`].
pub fn add_lumpsum(
    state: &mut State,
    ids: &mut Ids,
    viewer: &User,
    patch: ServicePatch,
) -> Result<LumpsumServiceId, Error> {
    manages(viewer)?;
    if patch.name.is_none() {
        return Err(Error::Empty("name"));
    }
    if patch.price.is_none() {
        return Err(Error::Empty("price"));
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
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`] and [`Error::NameTaken`].
pub fn edit_lumpsum(
    state: &mut State,
    viewer: &User,
    id: LumpsumServiceId,
    patch: ServicePatch,
) -> Result<(), Error> {
    let before = LumpsumService::clone(find_lumpsum(state, id)?);
    manages(viewer)?;
    let service = apply_lumpsum(state, before, patch)?;
    state.lumpsum_services.put(service);
    Ok(())
}

fn apply_lumpsum(
    state: &State,
    mut service: LumpsumService,
    patch: ServicePatch,
) -> Result<LumpsumService, Error> {
    let ServicePatch { name, number, active, note, bill_service_id: _, price, unit } = patch;
    if let Some(name) = name {
        let mut same = state.lumpsum_services.find(NameBy::Name(name.to_lowercase()));
        if same.any(|other| other.id != service.id) {
            return Err(Error::NameTaken("lumpsum_services"));
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

/// Deletes a lump-sum service that is archived; by force with its entries.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`Error::HasToBeInactive`] and [`Error::Relations`].
pub fn delete_lumpsum(
    state: &mut State,
    viewer: &User,
    id: LumpsumServiceId,
    how: Deletion,
) -> Result<(), Error> {
    let service = find_lumpsum(state, id)?;
    manages(viewer)?;
    if service.active {
        return Err(Error::HasToBeInactive);
    }
    let of = move |mark: &Mark| mark.kind == MarkKind::LumpsumService && mark.service == id.0.0;
    let (entries, _) = entries_on(state, of);
    how.admits(vec![("entries", entries)])?;
    if how.dry_run {
        return Ok(());
    }
    delete_entries(state, of);
    state.lumpsum_services.remove(id);
    Ok(())
}
