//! What webhooks send: the thing that an event is about, flat, with the event's name in a header alone.
//!
//! Time entries carry the whole of their project, task, person and tags. Rates have no currency. Source:
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

/// What bodies are written with.
#[derive(Debug, Clone, Copy)]
struct Frame<'a> {
    state: &'a State,
    home: &'a Workspace,
    now: DateTime<Utc>,
}

/// All rates: webhooks are administrators'.
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

/// The body of an event. Nothing when what it is about is gone altogether.
#[must_use]
pub fn body(state: &State, event: &Event) -> Option<String> {
    quirk!("CFY-343");
    let home = state.workspaces.get(event.workspace)?;
    let frame = Frame { state, home, now: event.at };
    let text = match &event.subject {
        Subject::Entry(entry) => entries::body(frame, entry),
        Subject::Project(project) => json(&projects::ProjectBody::new(frame, project)),
        Subject::Task(task) => json(&projects::TaskBody::new(frame, task)),
        Subject::Tag(tag) => json(&entries::TagBody::from(&**tag)),
        Subject::Client(client) => json(&ClientOut::new(client, home)),
        Subject::Group(group) => json(&GroupOut::new(group, None)),
        Subject::User(user) if is_rate(event.kind) => json(&UserBody::new(frame, *user)?),
        Subject::User(user) => user_body(frame, *user)?,
        Subject::Workspace(_) => json(&workspace(state, home, SIGHT, frame.now)),
    };
    Some(text)
}

fn is_rate(kind: EventKind) -> bool {
    matches!(kind, EventKind::BillableRateUpdated | EventKind::CostRateUpdated)
}

/// Our wire types have string keys and no failing serialisers.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// A person in a workspace, in short.
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
    fn new(frame: Frame<'a>, id: UserId) -> Option<Self> {
        let user = frame.state.users.get(id)?;
        let member = frame.state.members.get(MemberKey { workspace: frame.home.id, user: id });
        let rates = member.map(|member| &member.rates);
        Some(Self {
            id,
            name: &user.name,
            status: user.status,
            hourly_rate: Amount::of(rates.and_then(|rates| rates.hourly.at(frame.now))),
            cost_rate: Amount::of(rates.and_then(|rates| rates.cost.at(frame.now))),
        })
    }
}

/// A person with their place in the workspace.
fn user_body(frame: Frame<'_>, id: UserId) -> Option<String> {
    let Frame { state, home, now } = frame;
    let user = state.users.get(id)?;
    // Whoever was removed has no place any more.
    let gone = Member::new(home.id, id);
    let member = state.members.get(MemberKey { workspace: home.id, user: id });
    let places = member.map(|member| memberships(state, member, Kinds::Workspace));
    let frame = memberships::Frame { state, workspace: home, sight: SIGHT, now };
    let places = places.unwrap_or_default();
    let places = places.iter().map(|place| frame.out(place)).collect();
    let fields = fields_of(state, member.map_or(&gone, |member| member));
    Some(json(&UserOut::new(user, places, fields)))
}
