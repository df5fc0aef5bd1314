//! Webhooks: subscriptions of an address to an event.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::events::EventKind;
use super::{UserId, WebhookId, WorkspaceId};
use crate::kernel::ids::Hex24;
use crate::kernel::table::Row;

/// A webhook. Source: 001:74-84, clockify.md:7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its creator, the only person who sees it.
    pub user: UserId,
    /// The add-on that created it, if any.
    pub addon: Option<String>,
    /// Its name. Add-ons may leave it out.
    pub name: Option<String>,
    /// The address that events are sent to.
    pub url: String,
    /// The token sent with every delivery, which identifies the sender.
    pub token: String,
    /// The event that it listens to.
    pub event: EventKind,
    /// The type of the ids in `source`.
    pub source_type: SourceType,
    /// Ids of the entities that the event must concern. Empty: any.
    pub source: Vec<Hex24>,
    /// When it was created or last changed. Only later failures count.
    pub renewed: DateTime<Utc>,
}

/// The type of entity that a webhook is limited to. Source: clockify.md:7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "kinds of ids")]
pub enum SourceType {
    ProjectId,
    UserId,
    TagId,
    TaskId,
    WorkspaceId,
    AssignmentId,
    ExpenseId,
}

/// The index of webhooks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebhookBy {
    /// By workspace, oldest first.
    Workspace(WorkspaceId),
    /// By workspace and event.
    Event(WorkspaceId, EventKind),
}

impl Row for Webhook {
    type Key = WebhookId;
    type Index = WebhookBy;

    fn key(&self) -> WebhookId {
        self.id
    }

    fn index(&self) -> Vec<WebhookBy> {
        let event = WebhookBy::Event(self.workspace, self.event);
        vec![WebhookBy::Workspace(self.workspace), event]
    }
}
