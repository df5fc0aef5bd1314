//! Rates: how to set them, and which one applies to an entry: that of the task, project member,
//! project, workspace member or workspace, in this order. Source: clockify.md:4.4.

use chrono::{DateTime, Utc};

use super::permissions::{Actor, is_in_group};
use super::refusal::Refusal;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::events::{RateChange, RatePlace};
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::{Principal, Project};
use crate::vendors::clockify::model::rates::{RateHistory, RateKind};
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{ProjectId, State, TaskId, UserId, WorkspaceId};

/// A rate to set, of a workspace, member, project or task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRate {
    /// Minor units per hour, not negative.
    pub amount: Minor,
    /// When it starts to apply. Absent: now.
    pub since: Option<DateTime<Utc>>,
}

impl NewRate {
    /// Refuses rates that the plan does not include: cost rates, and rates that change on a date.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn must_be_allowed(
        self,
        state: &State,
        actor: &Actor,
        kind: RateKind,
    ) -> Result<(), Refusal> {
        if kind == RateKind::Cost {
            actor.must_have(state, Feature::LaborCost)?;
        }
        if self.since.is_some() {
            actor.must_have(state, Feature::HistoricRates)?;
        }
        Ok(())
    }

    /// The rate as the subject of an event.
    #[must_use]
    pub fn change(self, place: RatePlace) -> RateChange {
        RateChange { place, amount: self.amount, since: self.since }
    }

    /// Sets the rate. Earlier work keeps its rate.
    pub fn set(self, history: &mut RateHistory, now: DateTime<Utc>) {
        quirk!("CFY-320");
        // Entries start at whole seconds. One that starts in this second gets the new rate.
        let now = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
        history.set(self.amount, Some(self.since.unwrap_or(now)));
    }
}

/// Work that a rate applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub user: UserId,
    /// The project.
    pub project: Option<ProjectId>,
    /// The task, which belongs to the project.
    pub task: Option<TaskId>,
    /// When it began. The rate at that time applies.
    pub start: DateTime<Utc>,
}

/// The hourly rate of `work` in minor units of [`currency`]. `None` if none was ever set.
#[must_use]
pub fn resolve(state: &State, kind: RateKind, work: Work) -> Option<Minor> {
    let Work { workspace, user, project, task, start } = work;
    let of_task = || state.tasks.get(task?)?.rates.of(kind).at(start);
    let of_project = || {
        let project = state.projects.get(project?)?;
        of_project_member(state, project, kind, user, start)
            .or_else(|| project.rates.of(kind).at(start))
    };
    let of_member = || state.members.get(MemberKey { workspace, user })?.rates.of(kind).at(start);
    let of_workspace = || state.workspaces.get(workspace)?.rates.of(kind).at(start);
    of_task().or_else(of_project).or_else(of_member).or_else(of_workspace)
}

/// A person's own rate on a project, else the rate of the first of their groups that has one.
fn of_project_member(
    state: &State,
    project: &Project,
    kind: RateKind,
    user: UserId,
    at: DateTime<Utc>,
) -> Option<Minor> {
    let own = project.membership(user).and_then(|own| own.rates.of(kind).at(at));
    own.or_else(|| {
        project.memberships.iter().find_map(|membership| match membership.who {
            Principal::Group(group) if is_in_group(state, group, user) => {
                membership.rates.of(kind).at(at)
            }
            _ => None,
        })
    })
}

/// The currency code of amounts on a project: the client's, else the workspace's.
#[must_use]
pub fn currency<'a>(state: &State, workspace: &'a Workspace, project: Option<&Project>) -> &'a str {
    let client = project.and_then(|project| state.clients.get(project.client?));
    let own = client.and_then(|client| workspace.currency(client.currency?));
    own.map_or(workspace.default_code(), |currency| &currency.code)
}
