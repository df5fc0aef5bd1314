//! Publishing events. A rule publishes within the write that makes the change. This module checks
//! whether a webhook listens. Source: clockify.md:7.

use chrono::{DateTime, Utc};

use super::permissions::Actor;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::events::{Event, EventKind, Subject};
use crate::vendors::clockify::model::webhooks::WebhookBy;

/// Publishes an event of this kind, caused by `actor`. `subject` is a row after the change or
/// before its deletion, or the id of a person or workspace. Costs one lookup if no webhook listens.
///
/// `publish(state, now, actor, EventKind::NewClient, &client)`
pub fn publish(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    kind: EventKind,
    subject: impl Into<Subject>,
) {
    let Actor { workspace, user, .. } = *actor;
    if state.webhooks.find(WebhookBy::Event(workspace, kind)).next().is_some() {
        let subject = subject.into();
        state.events.push(Event { at: now, workspace, actor: user, kind, subject });
    }
}
