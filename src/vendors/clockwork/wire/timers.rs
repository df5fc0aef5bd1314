//! Timer requests, and the UI messages in their answers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::http::body::Field;
use crate::http::fields::Fields;
use crate::quirk;
use crate::vendors::clockwork::rules::refusal::Refusal;
use crate::vendors::clockwork::rules::timers::Stopped;
use crate::vendors::jira::model::{Issue, State};

/// The issue of a timer. `issue_id` takes precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssueRef {
    /// A Jira issue id.
    Id(String),
    /// A Jira issue key.
    Key(String),
}

impl IssueRef {
    /// Reads it from JSON, form or query string.
    ///
    /// # Errors
    /// [`Refusal::NoIssueNamed`] when both are absent.
    pub fn of(fields: &Fields) -> Result<Self, Refusal> {
        let text = |name| match fields.get(name) {
            Field::Value(Value::String(text)) => Some(text.trim().to_owned()),
            Field::Value(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let text = |name| text(name).filter(|text| !text.is_empty());
        match (text("issue_id"), text("issue_key")) {
            (Some(id), _) => Ok(Self::Id(id)),
            (None, Some(key)) => Ok(Self::Key(key)),
            (None, None) => Err(Refusal::NoIssueNamed),
        }
    }

    /// The reference as sent.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Key(text) => text,
        }
    }
}

/// `{"messages":[…]}`. Source: 000:220-231, 000:258-269.
#[derive(Debug, Serialize)]
pub struct MessagesOut {
    messages: Vec<MessageOut>,
}

#[derive(Debug, Serialize)]
struct MessageOut {
    title: &'static str,
    body: String,
    r#type: &'static str,
    actions: BTreeMap<String, String>,
}

impl MessagesOut {
    /// The answer to a start: the stopped timers, then the one on `issue`.
    #[must_use]
    pub fn of_start(site: &State, stopped: &[Stopped], issue: &Issue, name: &str) -> Self {
        let mut messages = Self { messages: Vec::new() };
        for timer in stopped {
            quirk!("CWK-005");
            if let Some(issue) = site.issues.get(timer.issue) {
                messages.push_stopped(timer, issue, name);
            }
        }
        let body = format!("Counting working time on {} for {name}", issue.key);
        messages.push("Clockwork timer started", body, "info", issue);
        messages
    }

    /// The answer to a stop.
    #[must_use]
    pub fn of_stop(stopped: &Stopped, issue: &Issue, name: &str) -> Self {
        let mut messages = Self { messages: Vec::new() };
        messages.push_stopped(stopped, issue, name);
        messages
    }

    fn push_stopped(&mut self, stopped: &Stopped, issue: &Issue, name: &str) {
        let body = format!("Will report {} on behalf of {name}", spent(stopped.reported));
        self.push("Clockwork timer stopped", body, "success", issue);
    }

    fn push(&mut self, title: &'static str, body: String, kind: &'static str, issue: &Issue) {
        let action = format!("clockwork.action.navigate.issue-key.{}", issue.key);
        let actions = BTreeMap::from([(action, format!("View {}", issue.key))]);
        self.messages.push(MessageOut { title, body, r#type: kind, actions });
    }
}

/// A duration like `5m` or `1h 30m`: hours are the largest unit, seconds are cut off.
fn spent(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}
