//! Memberships of workspaces, projects and user groups. All have the same form.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::money::RateOut;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::members::MembershipStatus;
use crate::vendors::clockify::model::rates::Rates;
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{State, UserId};
use crate::vendors::clockify::rules::people::{Membership, Target};
use crate::vendors::clockify::rules::permissions::{Actor, RateVisibility};
use crate::vendors::clockify::rules::rates::currency;

/// A membership. Source: 001:1703-1712.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipOut<'a> {
    user_id: UserId,
    hourly_rate: Option<RateOut<'a>>,
    cost_rate: Option<RateOut<'a>>,
    target_id: String,
    membership_type: &'static str,
    membership_status: MembershipStatus,
}

/// The state and permissions that rows with rates are rendered with.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// Clockify's state.
    pub state: &'a State,
    /// The workspace of the rows.
    pub workspace: &'a Workspace,
    /// The rates that the actor may see.
    pub sight: RateVisibility,
    /// The instant whose rates are shown.
    pub now: DateTime<Utc>,
}

impl<'a> RowContext<'a> {
    /// The context of an actor. `None` if their workspace no longer exists.
    #[must_use]
    pub fn of(state: &'a State, actor: &Actor, now: DateTime<Utc>) -> Option<Self> {
        let workspace = actor.workspace(state)?;
        Some(Self { state, workspace, sight: actor.rate_visibility(state), now })
    }

    /// The hourly rate and the cost rate in force, if the actor may see them.
    #[must_use]
    pub fn visible_rates(&self, rates: &Rates) -> (Option<Minor>, Option<Minor>) {
        let (hourly, cost) = (rates.hourly.at(self.now), rates.cost.at(self.now));
        if (hourly.is_some() && !self.sight.hourly) || (cost.is_some() && !self.sight.cost) {
            quirk!("CFY-020");
        }
        (hourly.filter(|_| self.sight.hourly), cost.filter(|_| self.sight.cost))
    }

    /// Renders a membership. If a group is the member of a project, `userId` is the group's id
    /// (001:641).
    #[must_use]
    pub fn out(&self, membership: &Membership) -> MembershipOut<'a> {
        let Membership { user, target, status, rates } = membership;
        let (target_id, membership_type, project) = match target {
            Target::Workspace(id) => (id.to_string(), "WORKSPACE", None),
            Target::Project(id) => (id.to_string(), "PROJECT", self.state.projects.get(*id)),
            Target::Group(id) => (id.to_string(), "USERGROUP", None),
        };
        let code = currency(self.state, self.workspace, project.map(|project| &**project));
        let (hourly, cost) = self.visible_rates(rates);
        MembershipOut {
            user_id: *user,
            hourly_rate: RateOut::visible(hourly, code, true),
            cost_rate: RateOut::visible(cost, code, true),
            target_id,
            membership_type,
            membership_status: *status,
        }
    }
}
