//! Workspaces: creation and rates.

use chrono::{DateTime, Utc};

use super::events::publish;
use super::permissions::Actor;
use super::rates::NewRate;
use super::refusal::Refusal;
use super::texts;
use crate::kernel;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::RatePlace;
use crate::vendors::clockify::model::members::Member;
use crate::vendors::clockify::model::plans::{Plan, Tier};
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::workspaces::{Currency, Workspace};
use crate::vendors::clockify::model::{CurrencyId, Setting, State, UserId, WorkspaceId};

/// Minimum and maximum length of a name. Source: facts.md:N-03.
pub const NAME: (usize, usize) = (2, 250);
/// The currency of a new workspace.
const CURRENCY: &str = "USD";

/// Creates a workspace on the free plan with `owner` as its only member.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    owner: UserId,
    name: &str,
) -> Result<Workspace, Refusal> {
    quirk!("CFY-319");
    let name = name.trim();
    quirk!("CFY-522");
    let (least, most) = NAME;
    texts::check_or(name, most, Refusal::WorkspaceNameLength)?;
    if name.encode_utf16().count() < least {
        return Err(Refusal::WorkspaceNameLength);
    }
    let id = WorkspaceId(ids.hex24("clockify/workspaces", now));
    let currency = Currency {
        id: CurrencyId(ids.hex24("clockify/currencies", now)),
        code: CURRENCY.to_owned(),
        is_default: true,
    };
    let mut workspace = Workspace::new(id, name.to_owned(), owner, currency);
    workspace.cake_organization_id = ids.hex24("clockify/organizations", now).to_string();
    state.workspaces.put(workspace.clone());
    state.members.put(Member::new(id, owner));
    Ok(workspace)
}

/// Puts every workspace on a plan.
pub fn choose_plan(state: &mut State, plan: kernel::plan::Plan) {
    use kernel::plan::Plan as World;
    let tier = match plan {
        World::Free => Tier::Free,
        World::Basic => Tier::Basic,
        World::Standard => Tier::Standard,
        World::Pro => Tier::Pro,
        World::Enterprise => Tier::Enterprise,
    };
    let all: Vec<_> = state.workspaces.iter().map(|home| home.id).collect();
    for home in all {
        state.workspaces.change(home, |home| home.plan = Plan::of(tier));
    }
}

/// Sets the workspace's default hourly or cost rate.
///
/// # Errors
/// [`Refusal`].
pub fn set_rate(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    kind: RateKind,
    rate: NewRate,
) -> Result<(), Refusal> {
    actor.must_be_admin()?;
    actor.must_have_plan(state)?;
    rate.must_be_allowed(state, actor, kind)?;
    let Setting { workspaces, rate_changes, .. } = &mut *state.setting;
    workspaces.change(actor.workspace, |home| rate.set(home.rates.of_mut(kind), rate_changes));
    publish(state, now, actor, kind.event(), rate.event(RatePlace::Workspace));
    Ok(())
}
