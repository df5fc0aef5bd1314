//! Saying what happened. Whoever changes something says so here, within the same write, and leaves to
//! this module whether anybody wants to know. Source: clockify.md:7.

use chrono::{DateTime, Utc};

use super::permissions::Actor;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::events::{Event, EventKind, Subject};
use crate::vendors::clockify::model::webhooks::WebhookBy;

/// Says that `actor` did something of this kind to `subject`: a row as it is after the change, or was
/// before it was deleted, or the id of a person or workspace. Costs a look-up when nobody listens.
///
/// `tell(state, now, actor, EventKind::NewClient, &client)`
pub fn tell(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    kind: EventKind,
    subject: impl Into<Subject>,
) {
    let Actor { workspace, user, .. } = *actor;
    if state.webhooks.find(WebhookBy::Event(workspace, kind)).next().is_some() {
        let subject = subject.into();
        state.events.tell(Event { at: now, workspace, actor: user, kind, subject });
    }
}
