//! Timer requests and the UI messages they are answered with.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::http::body::Field;
use crate::http::fields::Fields;
use crate::vendors::clockwork::error::Error;
use crate::vendors::jira::model::Issue;

/// Which issue a timer is meant for. `issue_id` wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssueRef {
    /// A Jira issue id.
    Id(String),
    /// A Jira issue key.
    Key(String),
}

impl IssueRef {
    /// From JSON, form or query string.
    ///
    /// # Errors
    /// [`Error::WhichIssue`] when neither is there.
    pub fn of(fields: &Fields) -> Result<Self, Error> {
        let text = |name| match fields.get(name) {
            Field::Value(Value::String(text)) => Some(text.trim().to_owned()),
            Field::Value(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let text = |name| text(name).filter(|text| !text.is_empty());
        match (text("issue_id"), text("issue_key")) {
            (Some(id), _) => Ok(Self::Id(id)),
            (None, Some(key)) => Ok(Self::Key(key)),
            (None, None) => Err(Error::WhichIssue),
        }
    }

    /// The reference as the client wrote it.
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
    /// No messages yet.
    #[must_use]
    pub fn new() -> Self {
        Self { messages: Vec::new() }
    }

    /// Adds that a timer was started.
    #[must_use]
    pub fn started(mut self, issue: &Issue, name: &str) -> Self {
        let body = format!("Counting working time on {} for {name}", issue.key);
        self.push("Clockwork timer started", body, "info", issue);
        self
    }

    /// Adds that a timer was stopped.
    #[must_use]
    pub fn stopped(mut self, issue: &Issue, name: &str, seconds: i64) -> Self {
        let body = format!("Will report {} on behalf of {name}", spent(seconds));
        self.push("Clockwork timer stopped", body, "success", issue);
        self
    }

    fn push(&mut self, title: &'static str, body: String, kind: &'static str, issue: &Issue) {
        let action = format!("clockwork.action.navigate.issue-key.{}", issue.key);
        let actions = BTreeMap::from([(action, format!("View {}", issue.key))]);
        self.messages.push(MessageOut { title, body, r#type: kind, actions });
    }
}

impl Default for MessagesOut {
    fn default() -> Self {
        Self::new()
    }
}

/// `5m`, `1h 30m`: hours are the largest unit, seconds are not shown.
fn spent(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}
