//! Webhooks and their logs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::loose::{LooseBool, Text};
use super::stamps::{self, Stamp};
use crate::http::body::Field;
use crate::kernel::ids::Hex24;
use crate::kernel::outbox::{Attempt, Delivery, Outbox};
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::webhooks::{SourceType, Webhook};
use crate::vendors::clockify::model::{State, UserId, WebhookId, WorkspaceId};
use crate::vendors::clockify::rules::webhooks::{
    WebhookDraft, WebhookLimits, is_delivered, is_enabled, is_in_plan,
};

/// A webhook. Source: clockify.md:7.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookOut<'a> {
    id: WebhookId,
    user_id: UserId,
    workspace_id: WorkspaceId,
    name: Option<&'a str>,
    url: &'a str,
    auth_token: &'a str,
    webhook_event: EventKind,
    trigger_source_type: SourceType,
    trigger_source: &'a [Hex24],
    enabled: bool,
    delivery_enabled: bool,
    plan_enabled: bool,
}

impl<'a> WebhookOut<'a> {
    /// Renders a webhook.
    #[must_use]
    pub fn new(state: &State, outbox: &Outbox, webhook: &'a Webhook, most: WebhookLimits) -> Self {
        let Webhook {
            id,
            workspace,
            user,
            addon: _,
            name,
            url,
            token,
            event,
            source_type,
            source,
            renewed: _,
        } = webhook;
        Self {
            id: *id,
            user_id: *user,
            workspace_id: *workspace,
            name: name.as_deref(),
            url,
            auth_token: token,
            webhook_event: *event,
            trigger_source_type: *source_type,
            trigger_source: source,
            enabled: is_enabled(state, webhook),
            delivery_enabled: is_delivered(outbox, webhook),
            plan_enabled: is_in_plan(state, webhook, most),
        }
    }
}

/// The caller's webhooks, and the number of webhooks in the workspace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhooksOut<'a> {
    /// Number of all webhooks in the workspace.
    pub workspace_webhook_count: usize,
    /// The caller's webhooks.
    pub webhooks: Vec<WebhookOut<'a>>,
}

/// The creator of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebhookOrigin {
    /// A person.
    UserCreated,
    /// The vendor.
    System,
    /// An add-on.
    Addon,
}

impl WebhookOrigin {
    /// `true` if such a creator made the webhook. The vendor makes none.
    #[must_use]
    pub fn fits(self, webhook: &Webhook) -> bool {
        match self {
            Self::UserCreated => webhook.addon.is_none(),
            Self::System => false,
            Self::Addon => webhook.addon.is_some(),
        }
    }
}

/// The body that creates or updates a webhook.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookIn {
    name: Field<Text>,
    url: Field<Text>,
    webhook_event: Field<EventKind>,
    trigger_source_type: Field<SourceType>,
    trigger_source: Field<Vec<Text>>,
}

impl From<WebhookIn> for WebhookDraft {
    fn from(webhook: WebhookIn) -> Self {
        let WebhookIn { name, url, webhook_event, trigger_source_type, trigger_source } = webhook;
        let text = |field: Field<Text>| field.value().map(|text| text.0);
        let texts = |texts: Vec<Text>| texts.into_iter().map(|text| text.0).collect();
        Self {
            name: text(name),
            url: text(url),
            event: webhook_event.value(),
            source_type: trigger_source_type.value(),
            source: trigger_source.value().map(texts),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum LogStatus {
    All,
    Succeeded,
    Failed,
}

/// The body that searches a log.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogsIn {
    from: Field<Text>,
    to: Field<Text>,
    sort_by_newest: Field<LooseBool>,
    status: Field<LogStatus>,
}

/// A filter of attempts, and their order.
#[derive(Debug)]
pub struct LogFilter {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    succeeded: Option<bool>,
    newest: bool,
}

impl LogsIn {
    /// The filter in this body.
    ///
    /// # Errors
    /// [`Refusal::BadDate`] for invalid instants.
    pub fn filter(self) -> Result<LogFilter, Refusal> {
        let Self { from, to, sort_by_newest, status } = self;
        let instant = |field: &'static str, sent: Field<Text>| {
            let sent = sent.value().filter(|text| !text.0.is_empty());
            sent.map(|text| stamps::instant(field, &text.0)).transpose()
        };
        Ok(LogFilter {
            from: instant("from", from)?,
            to: instant("to", to)?,
            succeeded: match status.value() {
                None | Some(LogStatus::All) => None,
                Some(LogStatus::Succeeded) => Some(true),
                Some(LogStatus::Failed) => Some(false),
            },
            newest: sort_by_newest.value().is_some_and(|newest| newest.0),
        })
    }
}

impl LogFilter {
    /// The attempts that fit, sorted by time, each with its delivery and its number within that.
    pub fn attempts<'a>(
        &self,
        deliveries: impl Iterator<Item = &'a Arc<Delivery>>,
    ) -> Vec<(&'a Delivery, usize, &'a Attempt)> {
        let attempts = deliveries.flat_map(|delivery| {
            let attempts = delivery.attempts.iter().enumerate();
            attempts.map(move |(number, attempt)| (&**delivery, number, attempt))
        });
        let mut rows: Vec<_> = attempts.filter(|(_, _, attempt)| self.fits(attempt)).collect();
        rows.sort_by_key(|(_, _, attempt)| attempt.at);
        if self.newest {
            rows.reverse();
        }
        rows
    }

    fn fits(&self, attempt: &Attempt) -> bool {
        self.from.is_none_or(|from| attempt.at >= from)
            && self.to.is_none_or(|to| attempt.at <= to)
            && self.succeeded.is_none_or(|succeeded| attempt.outcome.is_taken() == succeeded)
    }
}

/// One attempt of a delivery. Source: clockify.md:7.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogOut<'a> {
    id: Hex24,
    webhook_id: WebhookId,
    status_code: Option<u16>,
    request_body: &'a str,
    response_body: &'a str,
    responded_at: Stamp,
    webhook_event_status_id: Hex24,
}

impl<'a> LogOut<'a> {
    /// Renders the attempt of this number.
    #[must_use]
    pub fn new(
        webhook: WebhookId,
        delivery: &'a Delivery,
        number: usize,
        attempt: &'a Attempt,
    ) -> Self {
        let outcome = &attempt.outcome;
        Self {
            id: id_of(attempt.at, delivery, u16::try_from(number).unwrap_or(u16::MAX - 1)),
            webhook_id: webhook,
            status_code: outcome.status,
            request_body: &delivery.body,
            response_body: outcome.error.as_deref().unwrap_or(&outcome.answer),
            responded_at: Stamp(attempt.at),
            webhook_event_status_id: id_of(delivery.created, delivery, u16::MAX),
        }
    }
}

/// The id of a delivery or attempt, in the vendor's form.
fn id_of(at: DateTime<Utc>, delivery: &Delivery, attempt: u16) -> Hex24 {
    let seconds = u32::try_from(at.timestamp().max(0)).unwrap_or(u32::MAX);
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..10].copy_from_slice(&delivery.id.0.0.to_be_bytes()[2..]);
    bytes[10..].copy_from_slice(&attempt.to_be_bytes());
    Hex24::from_bytes(bytes)
}
