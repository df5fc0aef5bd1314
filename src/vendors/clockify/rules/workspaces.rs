//! Workspaces: creation and rates.

use chrono::{DateTime, Utc};

use super::events::publish;
use super::permissions::Actor;
use super::rates::NewRate;
use super::refusal::Refusal;
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::RatePlace;
use crate::vendors::clockify::model::members::Member;
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::workspaces::{Currency, Workspace};
use crate::vendors::clockify::model::{CurrencyId, State, UserId, WorkspaceId};

/// Minimum and maximum length of a name. Source: clockify.md:4.9, CFY-319.
pub const NAME: (usize, usize) = (1, 50);
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
    let (_, most) = NAME;
    if name.is_empty() {
        return Err(Refusal::Length(NAME.0, NAME.1));
    }
    texts::check_or(name, most, Refusal::Length(NAME.0, NAME.1))?;
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
    state.workspaces.change(actor.workspace, |home| rate.set(home.rates.of_mut(kind), now));
    publish(state, now, actor, kind.event(), rate.change(RatePlace::Workspace));
    Ok(())
}
