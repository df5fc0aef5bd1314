//! Webhooks: events and the addresses they are sent to.

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
    /// Its creator. Nobody else sees it.
    pub user: UserId,
    /// The add-on that created it, if one did.
    pub addon: Option<String>,
    /// Its name; add-ons may do without.
    pub name: Option<String>,
    /// The address events are sent to.
    pub url: String,
    /// The token of every delivery, by which the receiver knows the sender.
    pub token: String,
    /// The one event it listens to.
    pub event: EventKind,
    /// The kind of ids in `source`.
    pub source_type: SourceType,
    /// Ids of the things the event has to be about; any when empty.
    pub source: Vec<Hex24>,
    /// When it was created or last changed; failures count from here.
    pub renewed: DateTime<Utc>,
}

/// The kind of thing a webhook is limited to. Source: clockify.md:7.
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
    /// Of a workspace, oldest first.
    Workspace(WorkspaceId),
    /// Of a workspace, by the event it listens to.
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
