//! The target of an entry: customer, project, subproject and service, and checks that they belong
//! together. Source: clockodo.md:4.6.

use chrono::{DateTime, Utc};

use super::refusal::{Problem, Refusal};
use crate::kernel::civil::local;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, Customer, CustomerId, LumpsumServiceId, Project, ProjectId, ServiceId, State,
    Subproject, SubprojectId, UserId,
};

/// A service of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyService {
    /// A service, for time and lump sums.
    Service(ServiceId),
    /// A lump-sum service, with a price per unit.
    Lumpsum(LumpsumServiceId),
}

/// The target of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The co-worker.
    pub user: UserId,
    /// The customer.
    pub customer: CustomerId,
    /// The project.
    pub project: Option<ProjectId>,
    /// The subproject.
    pub subproject: Option<SubprojectId>,
    /// The service.
    pub service: AnyService,
}

/// A target and whether its work is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The target.
    pub target: Target,
    /// The billing state.
    pub billable: Billable,
}

impl Placed {
    /// True if the entry is billable where it was not before, or on a target of which `differs` is
    /// true. Completed projects and subprojects take no more billable entries, but others. Source:
    /// facts.md:N-80.
    fn is_newly_billable(
        &self,
        before: Option<&Self>,
        differs: fn(&Target, &Target) -> bool,
    ) -> bool {
        let was_there = |before: &Self| {
            before.billable != Billable::No && !differs(&before.target, &self.target)
        };
        self.billable != Billable::No && !before.is_some_and(was_there)
    }
}

/// Checks where an entry that starts at `since` is placed. Parts that are the same in `before` may be
/// archived.
///
/// # Errors
/// For parts that are missing, inactive, completed or do not belong together.
pub fn check(
    state: &State,
    placed: Placed,
    before: Option<Placed>,
    since: DateTime<Utc>,
) -> Result<(), Refusal> {
    let target = &placed.target;
    let is_new = |differs: fn(&Target, &Target) -> bool| {
        before.as_ref().is_none_or(|before| differs(&before.target, target))
    };
    let bills_new =
        |differs: fn(&Target, &Target) -> bool| placed.is_newly_billable(before.as_ref(), differs);
    let user = state.users.get(target.user).ok_or_else(|| Problem::NotFound.at(&["users_id"]))?;
    if !user.active && is_new(|a, b| a.user != b.user) {
        return Err(Problem::HasToBeActive.at(&["users_id"]));
    }
    let customer = state
        .customers
        .get(target.customer)
        .ok_or_else(|| Problem::NotFound.at(&["customers_id"]))?;
    if !customer.active && is_new(|a, b| a.customer != b.customer) {
        return Err(Problem::HasToBeActive.at(&["customers_id"]));
    }
    let differs = |a: &Target, b: &Target| a.project != b.project;
    let project = project(state, target, is_new(differs))?;
    if project.is_some_and(|project| project.completed_at.is_some()) {
        quirk!("CDO-072");
        if bills_new(differs) {
            return Err(Problem::ProjectIsCompleted.into());
        }
    }
    let differs = |a: &Target, b: &Target| a.subproject != b.subproject;
    let part = part(state, target, is_new(differs))?;
    if part.is_some_and(|part| part.completed_at.is_some()) {
        quirk!("CDO-072");
        if bills_new(differs) {
            return Err(Problem::SubprojectIsCompleted.into());
        }
    }
    if let Some(project) = project {
        let day = local(since, user.zone).date();
        let early = project.start_date.is_some_and(|first| day < first)
            || part.and_then(|part| part.start_date).is_some_and(|first| day < first);
        let late = project.deadline.is_some_and(|last| day > last)
            || part.and_then(|part| part.deadline).is_some_and(|last| day > last);
        if early || late {
            return Err(Problem::OutsideProject.into());
        }
    }
    service(state, target, is_new(|a, b| a.service != b.service))?;
    assigned(target, customer, project, part)
}

fn project<'a>(
    state: &'a State,
    target: &Target,
    is_new: bool,
) -> Result<Option<&'a Project>, Refusal> {
    let Some(id) = target.project else {
        if is_new && !state.company.allow_entries_for_customers {
            return Err(Problem::ProjectRequired.into());
        }
        return Ok(None);
    };
    let project = state.projects.get(id).ok_or_else(|| Problem::NotFound.at(&["projects_id"]))?;
    if project.customer != target.customer {
        return Err(Problem::InvalidCombination.at(&["customers_id", "projects_id"]));
    }
    if is_new && !project.active {
        return Err(Problem::HasToBeActive.at(&["projects_id"]));
    }
    Ok(Some(project))
}

fn part<'a>(
    state: &'a State,
    target: &Target,
    is_new: bool,
) -> Result<Option<&'a Subproject>, Refusal> {
    let Some(id) = target.subproject else { return Ok(None) };
    let part =
        state.subprojects.get(id).ok_or_else(|| Problem::NotFound.at(&["subprojects_id"]))?;
    if Some(part.project) != target.project {
        return Err(Problem::InvalidCombination.at(&["projects_id", "subprojects_id"]));
    }
    if is_new && !part.active {
        return Err(Problem::HasToBeActive.at(&["subprojects_id"]));
    }
    Ok(Some(part))
}

fn service(state: &State, target: &Target, is_new: bool) -> Result<(), Refusal> {
    let (active, field) = match target.service {
        AnyService::Service(id) => {
            (state.services.get(id).map(|service| service.active), "services_id")
        }
        AnyService::Lumpsum(id) => {
            (state.lumpsum_services.get(id).map(|service| service.active), "lumpsum_services_id")
        }
    };
    match active {
        None => Err(Problem::NotFound.at(&[field])),
        Some(false) if is_new => Err(Problem::HasToBeActive.at(&[field])),
        Some(_) => Ok(()),
    }
}

/// Checks the service against the narrowest list of assigned services that is not empty.
fn assigned(
    target: &Target,
    customer: &Customer,
    project: Option<&Project>,
    part: Option<&Subproject>,
) -> Result<(), Refusal> {
    let AnyService::Service(service) = target.service else { return Ok(()) };
    let lists = [
        part.map(|part| &part.service_assignments),
        project.map(|project| &project.service_assignments),
        Some(&customer.service_assignments),
    ];
    let list = lists.into_iter().flatten().find(|list| !list.is_empty());
    if list.is_some_and(|list| !list.contains(&service)) {
        return Err(Problem::InvalidCombination.at(&["customers_id", "services_id"]));
    }
    Ok(())
}
