//! The bodies of webhooks: the changed entity itself. The event's name is in a header only.
//!
//! Time entries contain their project, task, user and tags. Rates have no currency. Source:
//! clockify.md:7.1.

mod entries;
mod projects;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::clients::ClientOut;
use super::groups::GroupOut;
use super::memberships;
use super::users::{UserOut, fields_of};
use super::workspaces::workspace;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::events::{Event, EventKind, Subject};
use crate::vendors::clockify::model::members::{Member, MemberKey};
use crate::vendors::clockify::model::users::AccountStatus;
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{State, UserId};
use crate::vendors::clockify::rules::people::{Kinds, memberships};
use crate::vendors::clockify::rules::permissions::RateVisibility;

/// The state that bodies are rendered from.
#[derive(Debug, Clone, Copy)]
struct EventContext<'a> {
    state: &'a State,
    home: &'a Workspace,
    now: DateTime<Utc>,
}

/// All rates are visible: only administrators have webhooks.
const SIGHT: RateVisibility = RateVisibility { hourly: true, cost: true };

/// A rate.
#[derive(Debug, Clone, Copy, Serialize)]
struct Amount {
    amount: Minor,
}

impl Amount {
    fn of(amount: Option<Minor>) -> Option<Self> {
        amount.map(|amount| Self { amount })
    }
}

/// Renders the body of an event. `None` if its subject no longer exists.
#[must_use]
pub fn body(state: &State, event: &Event) -> Option<String> {
    quirk!("CFY-343");
    let home = state.workspaces.get(event.workspace)?;
    let context = EventContext { state, home, now: event.at };
    let text = match &event.subject {
        Subject::Entry(entry) => entries::body(context, entry),
        Subject::Project(project) => json(&projects::ProjectBody::new(context, project)),
        Subject::Task(task) => json(&projects::TaskBody::new(context, task)),
        Subject::Tag(tag) => json(&entries::TagBody::from(&**tag)),
        Subject::Client(client) => json(&ClientOut::new(client, home)),
        Subject::Group(group) => json(&GroupOut::new(group, None)),
        Subject::User(user) if is_rate(event.kind) => json(&UserBody::new(context, *user)?),
        Subject::User(user) => user_body(context, *user)?,
        Subject::Workspace(_) => json(&workspace(state, home, SIGHT, context.now)),
    };
    Some(text)
}

fn is_rate(kind: EventKind) -> bool {
    matches!(kind, EventKind::BillableRateUpdated | EventKind::CostRateUpdated)
}

/// Serialises a body. Wire types have string keys and cannot fail.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// A short form of a member.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserBody<'a> {
    id: UserId,
    name: &'a str,
    status: AccountStatus,
    hourly_rate: Option<Amount>,
    cost_rate: Option<Amount>,
}

impl<'a> UserBody<'a> {
    fn new(context: EventContext<'a>, id: UserId) -> Option<Self> {
        let user = context.state.users.get(id)?;
        let member = context.state.members.get(MemberKey { workspace: context.home.id, user: id });
        let rates = member.map(|member| &member.rates);
        Some(Self {
            id,
            name: &user.name,
            status: user.status,
            hourly_rate: Amount::of(rates.and_then(|rates| rates.hourly.at(context.now))),
            cost_rate: Amount::of(rates.and_then(|rates| rates.cost.at(context.now))),
        })
    }
}

/// Renders an account with its membership of the workspace.
fn user_body(context: EventContext<'_>, id: UserId) -> Option<String> {
    let EventContext { state, home, now } = context;
    let user = state.users.get(id)?;
    // Removed people have no membership.
    let gone = Member::new(home.id, id);
    let member = state.members.get(MemberKey { workspace: home.id, user: id });
    let places = member.map(|member| memberships(state, member, Kinds::Workspace));
    let context = memberships::RowContext { state, workspace: home, sight: SIGHT, now };
    let places = places.unwrap_or_default();
    let places = places.iter().map(|place| context.out(place)).collect();
    let fields = fields_of(state, member.map_or(&gone, |member| member));
    Some(json(&UserOut::new(user, places, fields)))
}
