//! Subprojects. Source: clockodo.md:5.3.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::budgets::{self, BudgetPatch};
use super::completion;
use super::master::{
    Act, Deletion, Listing, MasterData, SortBy, SortKey, delete_entries, entries_on, fresh,
    manages_projects, services, usual_key,
};
use super::projects::any_day;
use super::refusal::{Problem, Refusal, name_taken};
use crate::kernel::table::Table;
use crate::vendors::clockodo::model::{
    Project, ProjectId, ServiceId, State, Subproject, SubprojectBy, SubprojectId, User,
};

/// Id of the first subproject that is added.
const FIRST: u64 = 170_001;

/// Changes of a subproject. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct SubprojectPatch {
    /// Its project; required for new subprojects, and never changes.
    pub project: Option<ProjectId>,
    /// Name; required for new subprojects.
    pub name: Option<String>,
    /// Number.
    pub number: Option<Option<String>>,
    /// True if entries can be added.
    pub active: Option<bool>,
    /// True if entries are billable by default. Absent for a new subproject: as for the project.
    pub billable_default: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Share of the project's budget.
    pub budget: Option<Option<BudgetPatch>>,
    /// First day of work.
    pub start_date: Option<Option<NaiveDate>>,
    /// Last day of work.
    pub deadline: Option<Option<NaiveDate>>,
    /// True if it completes automatically after the deadline.
    pub automatic_completion: Option<bool>,
    /// Id in a billing application.
    pub bill_service_id: Option<Option<String>>,
    /// The services that its entries may have.
    pub services: Option<Vec<ServiceId>>,
    /// True to mark it as billed, which only its project can be.
    pub billed: bool,
}

impl MasterData for Subproject {
    type Patch = SubprojectPatch;

    fn table(state: &State) -> &Table<Self> {
        &state.subprojects
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_customers_and_projects
    }

    fn matches(&self, listing: &Listing) -> bool {
        listing.of.is_none_or(|parent| self.project.0.0 == parent)
            && listing.completed.is_none_or(|completed| self.completed_at.is_some() == completed)
            && listing.admits(self.active, &self.name, self.number.as_deref())
    }

    fn sort_key(&self, _: &State, by: SortBy) -> SortKey {
        usual_key(by, self.id.0.0, self.active, &self.name)
    }

    /// Adds a subproject.
    fn add(act: Act<'_>, patch: SubprojectPatch) -> Result<SubprojectId, Refusal> {
        let Act { state, ids, viewer, .. } = act;
        manages_projects(viewer)?;
        let project = patch.project.ok_or_else(|| Problem::Missing.at(&["projects_id"]))?;
        if patch.name.is_none() {
            return Err(Problem::Missing.at(&["name"]));
        }
        let project =
            state.projects.get(project).ok_or_else(|| Problem::NotFound.at(&["projects_id"]))?;
        if project.test_data {
            return Err(Problem::CannotModifyDemoData.into());
        }
        if !project.active {
            return Err(Problem::ProjectIsInactive.into());
        }
        if project.completed_at.is_some() {
            return Err(Problem::ProjectIsCompleted.into());
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
    fn edit(act: Act<'_>, id: SubprojectId, patch: SubprojectPatch) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let before = Arc::clone(Self::find(state, id)?);
        manages_projects(viewer)?;
        if before.completed_at.is_some() && patch.budget.is_some() {
            return Err(Problem::SubprojectBudgetFixed.into());
        }
        let project = Arc::clone(state.projects.get(before.project).ok_or(Problem::NotFound)?);
        let part = apply(state, &project, Subproject::clone(&before), patch)?;
        state.subprojects.put(part);
        Ok(())
    }

    /// Deletes a subproject. With force, deletes its entries too.
    fn delete(act: Act<'_>, id: SubprojectId, deletion: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        Self::find(state, id)?;
        manages_projects(viewer)?;
        let (entries, running) = entries_on(state, |mark| mark.subproject == id.0.0);
        if running {
            return Err(Problem::RunningEntriesPreventDeletion.into());
        }
        deletion.admits(vec![("entries", entries)])?;
        if !deletion.dry_run {
            delete_entries(state, |mark| mark.subproject == id.0.0);
            state.subprojects.remove(id);
        }
        Ok(())
    }
}

fn apply(
    state: &State,
    project: &Project,
    mut part: Subproject,
    patch: SubprojectPatch,
) -> Result<Subproject, Refusal> {
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
        billed,
    } = patch;
    if billed {
        return Err(Problem::SubprojectIsNotBilled.into());
    }
    if active == Some(false) {
        return Err(Problem::SubprojectsAreNotArchived.into());
    }
    part.name = name.unwrap_or(part.name);
    let same = SubprojectBy::Project(part.project, part.name.to_lowercase());
    if state.subprojects.find(same).any(|other| other.id != part.id) {
        return Err(name_taken("subprojects"));
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

/// Checks that the period is in order, contains all entries and is within the project's.
fn period(state: &State, project: &Project, part: &Subproject) -> Result<(), Refusal> {
    let (first, last) = (part.start_date, part.deadline);
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        return Err(Problem::SubprojectDeadlineBeforeStart.into());
    }
    let beyond = |day: NaiveDate| {
        project.start_date.is_some_and(|first| day < first)
            || project.deadline.is_some_and(|last| day > last)
    };
    if first.is_some_and(beyond) || last.is_some_and(beyond) {
        return Err(Problem::OutsideProjectPeriod.into());
    }
    let outside = |day: NaiveDate| {
        first.is_some_and(|first| day < first) || last.is_some_and(|last| day > last)
    };
    if any_day(state, |mark| mark.subproject == part.id.0.0, outside) {
        return Err(Problem::OutsideSubproject.into());
    }
    Ok(())
}

/// Completes or reopens a subproject.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Forbidden`], [`Problem::ProjectIsCompleted`], and refusals of
/// the completion.
pub fn complete(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: SubprojectId,
    completed: bool,
) -> Result<(), Refusal> {
    let part = Subproject::find(state, id)?;
    manages_projects(viewer)?;
    let project = state.projects.get(part.project);
    if project.is_some_and(|project| project.completed_at.is_some()) {
        let is_hard = part.budget.as_ref().is_some_and(|budget| budget.hard);
        let is_fixed = completed && is_hard && part.completed_at.is_none();
        return Err(if is_fixed {
            Problem::HardPartOfCompleted
        } else {
            Problem::ProjectIsCompleted
        }
        .into());
    }
    if !completed {
        state.subprojects.change(id, |part| (part.completed_at, part.factor) = (None, None));
        return Ok(());
    }
    completion::complete_part(state, id, now)
}
