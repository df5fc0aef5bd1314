//! The bodies of webhooks: the changed entity itself. The event's name is in a header only.
//!
//! Time entries contain their project, task, user and tags. Rates have no currency. Source:
//! clockify.md:7.1.

mod entries;
mod people;
mod projects;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::clients::ClientOut;
use super::groups::GroupOut;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::events::{Event, EventKind, Subject};
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::users::AccountStatus;
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{State, UserId};

/// The state that bodies are rendered from.
#[derive(Debug, Clone, Copy)]
struct EventContext<'a> {
    state: &'a State,
    home: &'a Workspace,
    now: DateTime<Utc>,
}

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
        Subject::Project(project) => {
            let changed = (event.kind == EventKind::ProjectUpdated).then_some(event.at);
            json(&projects::ProjectBody::new(context, project, changed))
        }
        Subject::Task(task) => json(&projects::TaskBody::new(context, task)),
        Subject::Tag(tag) => json(&entries::TagBody::from(&**tag)),
        Subject::Client(client) => {
            quirk!("CFY-550");
            json(&ClientOut::new(client, home))
        }
        Subject::Group(group) => json(&GroupOut::new(group, Some(&[]))),
        Subject::User(user) => people::body(context, event, *user)?,
        Subject::Rate(change) => people::rate_body(context, *change),
    };
    Some(text)
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
