//! Projects.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use super::budgets::{self, BudgetPatch, subprojects_of};
use super::completion;
use super::master::{
    Act, Deletion, Listing, MasterData, SortBy, SortKey, adds_projects, delete_entries, entries_on,
    fresh, manages_projects, runs_on, services, usual_key,
};
use super::refusal::{Detail, Problem, Refusal, name_taken};
use crate::kernel::civil::local;
use crate::kernel::ids::Serial;
use crate::kernel::money::Minor;
use crate::kernel::table::Table;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, Entry, EntryId, Mark, Project, ProjectBy, ProjectId, ServiceId, State,
    User,
};

/// Id of the first project that is added.
const FIRST: u64 = 2_120_001;

/// Changes of a project. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct ProjectPatch {
    /// Name; required for new projects.
    pub name: Option<String>,
    /// Its customer; required for new projects.
    pub customer: Option<CustomerId>,
    /// Number.
    pub number: Option<Option<String>>,
    /// True if entries can be added.
    pub active: Option<bool>,
    /// True if entries are billable by default. Absent for a new project: as for the customer.
    pub billable_default: Option<bool>,
    /// Note.
    pub note: Option<Option<String>>,
    /// Budget.
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
}

impl MasterData for Project {
    type Patch = ProjectPatch;

    fn table(state: &State) -> &Table<Self> {
        &state.projects
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_customers_and_projects
    }

    fn matches(&self, listing: &Listing) -> bool {
        listing.of.is_none_or(|parent| self.customer.0.0 == parent)
            && listing.completed.is_none_or(|completed| self.completed_at.is_some() == completed)
            && listing.admits(self.active, &self.name, self.number.as_deref())
    }

    fn sort_key(&self, _: &State, by: SortBy) -> SortKey {
        usual_key(by, self.id.0.0, self.active, &self.name)
    }

    /// Adds a project.
    fn add(act: Act<'_>, patch: ProjectPatch) -> Result<ProjectId, Refusal> {
        let Act { state, ids, viewer, .. } = act;
        adds_projects(viewer)?;
        if patch.name.is_none() {
            return Err(Problem::Missing.at(&["name"]));
        }
        let customer = patch.customer.ok_or_else(|| Problem::Missing.at(&["customers_id"]))?;
        let customer =
            state.customers.get(customer).ok_or_else(|| Problem::NotFound.at(&["customers_id"]))?;
        if !customer.active {
            return Err(Problem::HasToBeActive.at(&["customers_id"]));
        }
        let taken = |id| state.projects.get(ProjectId(id)).is_some();
        let id = ProjectId(fresh(ids, "clockodo/projects", FIRST, taken));
        let project = Project {
            id,
            customer: customer.id,
            name: String::new(),
            number: None,
            active: true,
            billable_default: customer.billable_default,
            note: None,
            budget: None,
            billed_money: None,
            billed_completely: None,
            completed_at: None,
            factor: None,
            start_date: None,
            deadline: None,
            automatic_completion: false,
            bill_service_id: None,
            test_data: false,
            service_assignments: Vec::new(),
        };
        let project = apply(state, viewer, project, patch)?;
        state.projects.put(project);
        Ok(id)
    }

    /// Changes a project. If the customer changes, so does that of its entries.
    fn edit(act: Act<'_>, id: ProjectId, patch: ProjectPatch) -> Result<(), Refusal> {
        let Act { state, now, viewer, .. } = act;
        let before = Arc::clone(Self::find(state, id)?);
        manages_projects(viewer)?;
        if before.test_data {
            return Err(Problem::CannotModifyDemoData.into());
        }
        let fixed = patch.budget.is_some() || patch.deadline.is_some();
        if before.completed_at.is_some() && fixed {
            return Err(Problem::IllegalChangeForCompletedProject
                .with("fields", Detail::texts(["budget", "deadline"])));
        }
        let project = apply(state, viewer, Project::clone(&before), patch)?;
        if before.active && !project.active && runs_on(state, |entry| entry.project == Some(id)) {
            return Err(Problem::RunningEntriesPreventArchiving.into());
        }
        let customer = project.customer;
        state.projects.put(project);
        if customer != before.customer {
            let of = |mark: &Mark| mark.project == id.0.0;
            change_entries(state, now, of, |entry| entry.customer = customer);
        }
        Ok(())
    }

    /// Deletes an archived project. With force, deletes its subprojects and entries too.
    fn delete(act: Act<'_>, id: ProjectId, deletion: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let project = Self::find(state, id)?;
        manages_projects(viewer)?;
        if project.test_data {
            return Err(Problem::CannotModifyDemoData.into());
        }
        if project.active {
            return Err(Problem::HasToBeInactive.into());
        }
        let (entries, running) = entries_on(state, |mark| mark.project == id.0.0);
        if running {
            return Err(Problem::RunningEntriesPreventDeletion.into());
        }
        let parts = subprojects_of(state, id).count();
        deletion.admits(vec![("subprojects", parts), ("entries", entries)])?;
        if !deletion.dry_run {
            remove(state, id);
        }
        Ok(())
    }
}

fn change_entries(
    state: &mut State,
    now: DateTime<Utc>,
    of: impl Fn(&Mark) -> bool,
    edit: impl Fn(&mut Entry),
) {
    let found: Vec<u64> =
        state.entries.marks().iter().filter(|mark| of(mark)).map(|mark| mark.id).collect();
    for id in found {
        if let Some(entry) = state.entries.get(EntryId(Serial(id))) {
            let mut entry = Entry::clone(entry);
            edit(&mut entry);
            entry.changed = now.trunc_subsecs(0);
            state.entries.put(entry);
        }
    }
}

fn apply(
    state: &State,
    viewer: &User,
    mut project: Project,
    patch: ProjectPatch,
) -> Result<Project, Refusal> {
    let ProjectPatch {
        name,
        customer,
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
    if let Some(customer) = customer {
        state.customers.get(customer).ok_or_else(|| Problem::NotFound.at(&["customers_id"]))?;
        project.customer = customer;
    }
    project.name = name.unwrap_or(project.name);
    let same = ProjectBy::Customer(project.customer, project.name.to_lowercase());
    if state.projects.find(same).any(|other| other.id != project.id) {
        return Err(name_taken("projects"));
    }
    project.number = number.unwrap_or(project.number);
    project.active = active.unwrap_or(project.active);
    project.billable_default = billable_default.unwrap_or(project.billable_default);
    project.automatic_completion = automatic_completion.unwrap_or(project.automatic_completion);
    if note.is_some() || bill_service_id.is_some() || assigned.is_some() {
        manages_projects(viewer)?;
    }
    project.note = note.unwrap_or(project.note);
    project.bill_service_id = bill_service_id.unwrap_or(project.bill_service_id);
    if let Some(wanted) = assigned {
        project.service_assignments = services(state, &wanted)?;
    }
    if let Some(budget) = budget {
        project.budget = budgets::of_project(state, &project, budget)?;
        let hard = project.is_hard();
        project.billed_money = project.billed_money.or(Some(0)).filter(|_| hard);
        project.billed_completely = project.billed_completely.or(Some(false)).filter(|_| hard);
    }
    if start_date.is_some() || deadline.is_some() {
        project.start_date = start_date.unwrap_or(project.start_date);
        project.deadline = deadline.unwrap_or(project.deadline);
        period(state, &project)?;
    }
    Ok(project)
}

/// Checks that the period is in order and contains all entries and subprojects.
fn period(state: &State, project: &Project) -> Result<(), Refusal> {
    let (first, last) = (project.start_date, project.deadline);
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        return Err(Problem::DeadlineBeforeStart.into());
    }
    let outside = |day: NaiveDate| {
        first.is_some_and(|first| day < first) || last.is_some_and(|last| day > last)
    };
    if any_day(state, |mark| mark.project == project.id.0.0, outside) {
        return Err(Problem::OutsideProject.at(&["start_date"]));
    }
    let collides = subprojects_of(state, project.id)
        .any(|part| part.start_date.is_some_and(outside) || part.deadline.is_some_and(outside));
    if collides { Err(Problem::SubprojectPeriodsCollide.into()) } else { Ok(()) }
}

/// True if `is_such` is true for the day of any of these entries, in its co-worker's time zone.
pub(super) fn any_day(
    state: &State,
    of: impl Fn(&Mark) -> bool,
    is_such: impl Fn(NaiveDate) -> bool,
) -> bool {
    state.entries.marks().iter().filter(|mark| of(mark)).any(|mark| {
        let entry = state.entries.get(EntryId(Serial(mark.id)));
        entry.is_some_and(|entry| {
            let zone = state.users.get(entry.user).map_or(state.company.zone, |user| user.zone);
            is_such(local(entry.since, zone).date())
        })
    })
}

/// Removes a project with its subprojects and entries.
pub(super) fn remove(state: &mut State, id: ProjectId) {
    delete_entries(state, |mark| mark.project == id.0.0);
    let parts: Vec<_> = subprojects_of(state, id).map(|part| part.id).collect();
    for part in parts {
        state.subprojects.remove(part);
    }
    state.projects.remove(id);
}

/// Completes or reopens a project.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Forbidden`], [`Problem::CannotModifyDemoData`], and refusals
/// of the completion.
pub fn complete(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: ProjectId,
    completed: bool,
) -> Result<(), Refusal> {
    let project = Project::find(state, id)?;
    manages_projects(viewer)?;
    if project.test_data {
        return Err(Problem::CannotModifyDemoData.into());
    }
    if !completed {
        state.projects.change(id, |project| (project.completed_at, project.factor) = (None, None));
        return Ok(());
    }
    completion::complete(state, id, now)
}

/// Marks a project as billed or not. One with a budget of hours is marked as a whole: its billable entries
/// become billed, or billed ones billable. `money` is the amount billed of a fixed price. Source:
/// facts.md:CDO-040.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Forbidden`], [`Problem::CannotModifyDemoData`],
/// [`Problem::NoFixedPrice`] and [`Problem::NoHourBudget`].
pub fn set_billed(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    id: ProjectId,
    billed: Option<bool>,
    money: Option<Option<Minor>>,
) -> Result<(), Refusal> {
    let project = Arc::clone(Project::find(state, id)?);
    manages_projects(viewer)?;
    if project.test_data {
        return Err(Problem::CannotModifyDemoData.into());
    }
    let hard = project.is_hard();
    if money.is_some() && !hard {
        quirk!("CDO-040");
        return Err(Problem::NoFixedPrice.into());
    }
    if billed.is_some() && project.budget.as_ref().is_none_or(|budget| budget.monetary) {
        quirk!("CDO-040");
        return Err(Problem::NoHourBudget.into());
    }
    quirk!("CDO-066");
    if let Some(billed) = billed {
        let (from, to) = if billed {
            (Billable::Yes, Billable::Billed)
        } else {
            (Billable::Billed, Billable::Yes)
        };
        let of = |mark: &Mark| mark.project == id.0.0 && mark.billable == from;
        change_entries(state, now, of, |entry| entry.billable = to);
    }
    if hard {
        let amount = project.budget.as_ref().and_then(|budget| budget.amount).unwrap_or(0);
        let by_hours = project.budget.as_ref().is_some_and(|budget| !budget.monetary);
        let sum = money.map(|money| money.unwrap_or(0));
        state.projects.change(id, |project| {
            project.billed_money = sum.or(project.billed_money);
            project.billed_completely = if by_hours {
                billed.or(project.billed_completely)
            } else {
                Some(project.billed_money.is_some_and(|sum| sum >= amount))
            };
        });
    }
    Ok(())
}
