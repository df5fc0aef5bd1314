//! Parts of projects. Source: clockodo.md:5.3.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::budgets::{self, BudgetPatch};
use super::completion;
use super::master::{
    Deletion, Error, Listing, ProjectError, SortBy, delete_entries, entries_on, fresh,
    manages_projects, services,
};
use super::projects::any_day;
use crate::kernel::ids::Ids;
use crate::vendors::clockodo::model::{
    Project, ProjectId, ServiceId, State, Subproject, SubprojectBy, SubprojectId, User,
};

/// First id of a subproject that is added.
const FIRST: u64 = 170_001;

/// What is set of a subproject; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SubprojectPatch {
    /// What it is a part of; required for a new one, and fixed.
    pub project: Option<ProjectId>,
    /// Name; required for a new one.
    pub name: Option<String>,
    /// Number.
    pub number: Option<Option<String>>,
    /// Whether entries can be added.
    pub active: Option<bool>,
    /// Whether entries are billable unless said otherwise; the project's for a new one.
    pub billable_default: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Share of the project's budget.
    pub budget: Option<Option<BudgetPatch>>,
    /// First day of work.
    pub start_date: Option<Option<NaiveDate>>,
    /// Last day of work.
    pub deadline: Option<Option<NaiveDate>>,
    /// Whether it is completed when the deadline has passed.
    pub automatic_completion: Option<bool>,
    /// Id in a billing application.
    pub bill_service_id: Option<Option<String>>,
    /// The only services its entries may have.
    pub services: Option<Vec<ServiceId>>,
}

/// The subproject of this id.
///
/// # Errors
/// [`Error::NoSuch`].
pub fn find(state: &State, id: SubprojectId) -> Result<&Arc<Subproject>, Error> {
    state.subprojects.get(id).ok_or(Error::NoSuch)
}

/// The wanted subprojects.
#[must_use]
pub fn list<'a>(state: &'a State, viewer: &User, wanted: &Listing) -> Vec<&'a Arc<Subproject>> {
    let all = !wanted.managed || viewer.rights().manage_customers_and_projects;
    let admits = |row: &&Arc<Subproject>| {
        all && wanted.of.is_none_or(|project| row.project.0.0 == project)
            && wanted.completed.is_none_or(|completed| row.completed_at.is_some() == completed)
            && wanted.admits(row.active, &row.name, row.number.as_deref())
    };
    let mut rows: Vec<&Arc<Subproject>> = state.subprojects.iter().filter(admits).collect();
    wanted.order(&mut rows, |row, by| match by {
        SortBy::Id => (row.id.0.0, String::new()),
        SortBy::Active => (row.active.into(), String::new()),
        _ => (0, row.name.to_lowercase()),
    });
    rows
}

/// Adds a subproject.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Empty`], and what does not fit.
pub fn add(
    state: &mut State,
    ids: &mut Ids,
    viewer: &User,
    patch: SubprojectPatch,
) -> Result<SubprojectId, Error> {
    manages_projects(viewer)?;
    let project = patch.project.ok_or(Error::Empty("projects_id"))?;
    if patch.name.is_none() {
        return Err(Error::Empty("name"));
    }
    let project = state.projects.get(project).ok_or(Error::NotFound("projects_id"))?;
    if project.test_data {
        return Err(Error::DemoData);
    }
    if !project.active {
        return Err(ProjectError::ProjectArchived.into());
    }
    if project.completed_at.is_some() {
        return Err(ProjectError::ProjectCompleted.into());
    }
    let taken = |id| state.subprojects.get(SubprojectId(id)).is_some();
    let id = SubprojectId(fresh(ids, "clockodo/subprojects", FIRST, taken));
    let part = Subproject {
        id,
        project: project.id,
        name: String::new(),
        number: None,
        active: true,
        billable_default: project.billable_default,
        note: None,
        budget: None,
        completed_at: None,
        factor: None,
        start_date: None,
        deadline: None,
        automatic_completion: false,
        bill_service_id: None,
        service_assignments: Vec::new(),
    };
    let project = Arc::clone(project);
    let part = apply(state, &project, part, patch)?;
    state.subprojects.put(part);
    Ok(id)
}

/// Changes a subproject.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], and what does not fit.
pub fn edit(
    state: &mut State,
    viewer: &User,
    id: SubprojectId,
    patch: SubprojectPatch,
) -> Result<(), Error> {
    let before = Arc::clone(find(state, id)?);
    manages_projects(viewer)?;
    if before.completed_at.is_some() && patch.budget.is_some() {
        return Err(ProjectError::PartCompleted.into());
    }
    let project = Arc::clone(state.projects.get(before.project).ok_or(Error::NoSuch)?);
    let part = apply(state, &project, Subproject::clone(&before), patch)?;
    state.subprojects.put(part);
    Ok(())
}

fn apply(
    state: &State,
    project: &Project,
    mut part: Subproject,
    patch: SubprojectPatch,
) -> Result<Subproject, Error> {
    let SubprojectPatch {
        project: _,
        name,
        number,
        active,
        billable_default,
        note,
        budget,
        start_date,
        deadline,
        automatic_completion,
        bill_service_id,
        services: assigned,
    } = patch;
    if active == Some(false) {
        return Err(ProjectError::PartArchived.into());
    }
    part.name = name.unwrap_or(part.name);
    let same = SubprojectBy::Project(part.project, part.name.to_lowercase());
    if state.subprojects.find(same).any(|other| other.id != part.id) {
        return Err(Error::NameTaken("subprojects"));
    }
    part.number = number.unwrap_or(part.number);
    part.billable_default = billable_default.unwrap_or(part.billable_default);
    part.note = note.unwrap_or(part.note);
    part.automatic_completion = automatic_completion.unwrap_or(part.automatic_completion);
    part.bill_service_id = bill_service_id.unwrap_or(part.bill_service_id);
    if let Some(wanted) = assigned {
        part.service_assignments = services(state, &wanted)?;
    }
    if let Some(budget) = budget {
        part.budget = budgets::of_part(state, project, part.id, budget)?;
    }
    if start_date.is_some() || deadline.is_some() {
        part.start_date = start_date.unwrap_or(part.start_date);
        part.deadline = deadline.unwrap_or(part.deadline);
        period(state, project, &part)?;
    }
    Ok(part)
}

/// The period is in order, holds all entries and lies within the project's.
fn period(state: &State, project: &Project, part: &Subproject) -> Result<(), Error> {
    let (first, last) = (part.start_date, part.deadline);
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        return Err(ProjectError::DeadlineBeforeStart.into());
    }
    let beyond = |day: NaiveDate| {
        project.start_date.is_some_and(|first| day < first)
            || project.deadline.is_some_and(|last| day > last)
    };
    if first.is_some_and(beyond) || last.is_some_and(beyond) {
        return Err(ProjectError::OutsideProject.into());
    }
    let outside = |day: NaiveDate| {
        first.is_some_and(|first| day < first) || last.is_some_and(|last| day > last)
    };
    if any_day(state, |mark| mark.subproject == part.id.0.0, outside) {
        return Err(ProjectError::EntriesOutside.into());
    }
    Ok(())
}

/// Deletes a subproject; by force with its entries.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`Error::RunningPreventsDeletion`] and
/// [`Error::Relations`].
pub fn delete(
    state: &mut State,
    viewer: &User,
    id: SubprojectId,
    how: Deletion,
) -> Result<(), Error> {
    find(state, id)?;
    manages_projects(viewer)?;
    let (entries, running) = entries_on(state, |mark| mark.subproject == id.0.0);
    if running {
        return Err(Error::RunningPreventsDeletion);
    }
    how.admits(vec![("entries", entries)])?;
    if !how.dry_run {
        delete_entries(state, |mark| mark.subproject == id.0.0);
        state.subprojects.remove(id);
    }
    Ok(())
}

/// Completes a subproject, or lets it go on.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], [`ProjectError::ProjectCompleted`], and what completing
/// refuses.
pub fn complete(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: SubprojectId,
    completed: bool,
) -> Result<(), Error> {
    let part = find(state, id)?;
    manages_projects(viewer)?;
    let project = state.projects.get(part.project);
    if project.is_some_and(|project| project.completed_at.is_some()) {
        return Err(ProjectError::ProjectCompleted.into());
    }
    if !completed {
        state.subprojects.change(id, |part| (part.completed_at, part.factor) = (None, None));
        return Ok(());
    }
    let done = completion::complete_part(state, id, now);
    done.map_err(|error| ProjectError::Completion(error, true).into())
}
