//! Webhooks: who is told of which events, and where.

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
    /// Who made it. Nobody else sees it.
    pub user: UserId,
    /// The add-on that made it, if one did.
    pub addon: Option<String>,
    /// Its name; add-ons may do without.
    pub name: Option<String>,
    /// Where events go to.
    pub url: String,
    /// What every delivery carries, so that the receiver knows who sends it.
    pub token: String,
    /// The one event it listens to.
    pub event: EventKind,
    /// What `source` holds.
    pub source_type: SourceType,
    /// Ids of what the event has to be about; of anything when empty.
    pub source: Vec<Hex24>,
    /// Since when failed deliveries count against it: when it was made or changed.
    pub renewed: DateTime<Utc>,
}

/// What narrows a webhook. Source: clockify.md:7.
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

/// How webhooks are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebhookBy {
    /// Of a workspace, in order of making.
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
