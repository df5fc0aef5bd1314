//! Rates: how to set them, and which one applies to an entry: that of the project member, task,
//! project, workspace member or workspace, in this order. Source: clockify.md:4.4, facts.md:N-50.

use chrono::{DateTime, Utc};

use super::permissions::{Actor, is_in_group};
use super::refusal::Refusal;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::events::{RateEvent, RatePlace};
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::{Principal, Project};
use crate::vendors::clockify::model::rates::{RateChange, RateHistory, RateKind, Rates};
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{ProjectId, State, TaskId, UserId, WorkspaceId};

/// A rate to set, of a workspace, member, project or task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRate {
    /// Minor units per hour, not negative.
    pub amount: Minor,
    /// The first start of work that it applies to. Absent: it applies to entries that are made from now on.
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
    pub fn event(self, place: RatePlace) -> RateEvent {
        RateEvent { place, amount: self.amount, since: self.since }
    }

    /// Sets the rate. `changes` counts the changes of rates without a date.
    pub fn set(self, history: &mut RateHistory, changes: &mut RateChange) {
        if let Some(since) = self.since {
            quirk!("CFY-501");
            return history.set(self.amount, Some(since));
        }
        quirk!("CFY-320");
        *changes += 1;
        history.set_from(*changes, self.amount);
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
    /// When it began.
    pub start: DateTime<Utc>,
    /// The number of changes of rates when its entry was priced.
    pub known_rates: RateChange,
}

impl Work {
    /// The work of an entry.
    #[must_use]
    pub fn of(entry: &TimeEntry) -> Self {
        let TimeEntry { workspace, user, project, task, start, known_rates, .. } = entry;
        let (workspace, user, project, task) = (*workspace, *user, *project, *task);
        Self { workspace, user, project, task, start: *start, known_rates: *known_rates }
    }
}

/// The hourly rate of `work` in minor units of [`currency`]. `None` if none was ever set.
#[must_use]
pub fn resolve(state: &State, kind: RateKind, work: Work) -> Option<Minor> {
    let Work { workspace, user, project, task, .. } = work;
    let rate = |rates: &Rates| rates.of(kind).of_work(work.start, work.known_rates);
    let project = project.and_then(|project| state.projects.get(project));
    let of_project_member = || of_project_member(state, project?, user, rate);
    let of_task = || rate(&state.tasks.get(task?)?.rates);
    let of_project = || rate(&project?.rates);
    let of_member = || rate(&state.members.get(MemberKey { workspace, user })?.rates);
    let of_workspace = || rate(&state.workspaces.get(workspace)?.rates);
    quirk!("CFY-500");
    of_project_member()
        .or_else(of_task)
        .or_else(of_project)
        .or_else(of_member)
        .or_else(of_workspace)
}

/// A person's own rate on a project, else the rate of the first of their groups that has one.
fn of_project_member(
    state: &State,
    project: &Project,
    user: UserId,
    rate: impl Fn(&Rates) -> Option<Minor>,
) -> Option<Minor> {
    let own = project.membership(user).and_then(|own| rate(&own.rates));
    own.or_else(|| {
        project.memberships.iter().find_map(|membership| match membership.who {
            Principal::Group(group) if is_in_group(state, group, user) => rate(&membership.rates),
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
