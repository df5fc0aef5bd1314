//! The target of an entry: customer, project, subproject and service, and checks that they belong
//! together. Source: clockodo.md:4.6.

use chrono::{DateTime, Utc};

use super::refusal::{Problem, Refusal};
use crate::kernel::civil::local;
use crate::vendors::clockodo::model::{
    Customer, CustomerId, LumpsumServiceId, Project, ProjectId, ServiceId, State, Subproject,
    SubprojectId, UserId,
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

/// Checks the target of an entry that starts at `since`. Parts that are the same in `before` may be
/// archived.
///
/// # Errors
/// For parts that are missing, inactive, completed or do not belong together.
pub fn check(
    state: &State,
    target: &Target,
    before: Option<&Target>,
    since: DateTime<Utc>,
) -> Result<(), Refusal> {
    let is_new = |differs: fn(&Target, &Target) -> bool| before.is_none_or(|b| differs(b, target));
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
    let project = project(state, target, is_new(|a, b| a.project != b.project))?;
    let part = part(state, target, is_new(|a, b| a.subproject != b.subproject))?;
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
    if is_new && project.completed_at.is_some() {
        return Err(Problem::ProjectIsCompleted.into());
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
    if is_new && part.completed_at.is_some() {
        return Err(Problem::SubprojectIsCompleted.into());
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
