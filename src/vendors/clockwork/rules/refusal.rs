//! Everything Clockwork refuses: status and message beside each variant. Source: jira-vendors.md:1.1,
//! jira-vendors.md:1.7.
//!
//! Statuses are numbers here; `error` turns a refusal into an answer.

use crate::quirk;

/// Everything Clockwork refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No token, or an unknown one.
    Unauthenticated,
    /// The token's owner was deactivated.
    Forbidden,
    /// The path or method does not exist.
    NoRoute,
    /// The issue does not exist or the caller may not browse it.
    NoIssue(String),
    /// Neither `issue_id` nor `issue_key` was sent.
    NoIssueNamed,
    /// An invalid parameter.
    Invalid {
        /// Its name.
        name: String,
        /// The problem.
        message: &'static str,
    },
    /// The caller already runs a timer on the issue of this key.
    AlreadyRunning(String),
    /// The caller runs no timer on the issue of this key.
    NotRunning(String),
    /// The body cannot be read.
    BadBody,
    /// The body is too long.
    BodyTooLarge,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// There is no room for another sandbox.
    Busy,
    /// An internal error.
    Defect,
}

/// The message of a refusal, in one of the forms of the vendor's web framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Plain text.
    Text(&'static str),
    /// An HTML page.
    Page {
        /// Its title.
        title: &'static str,
        /// Its heading.
        heading: &'static str,
    },
    /// `{"errors": [text]}`.
    Errors(String),
    /// `{"messages": [{"title": …, "body": …}]}`, as the app shows them.
    Messages {
        /// The title.
        title: &'static str,
        /// The body.
        body: String,
    },
    /// `{"status": …, "error": text}`.
    Status(&'static str),
}

impl Refusal {
    /// HTTP status and message.
    #[must_use]
    pub fn answer(&self) -> (u16, Message) {
        match self {
            Self::Unauthenticated => {
                quirk!("CWK-001");
                (401, Message::Text("HTTP Token: Access denied.\n"))
            }
            Self::Forbidden => {
                quirk!("CWK-002");
                (403, errors("You need Clockwork Timesheets access to use this token."))
            }
            Self::NoRoute => {
                let title = "The page you were looking for doesn't exist (404)";
                (404, page(title, "The page you were looking for doesn't exist."))
            }
            Self::NoIssue(name) => {
                quirk!("CWK-006");
                (404, messages("Issue not found", format!("Could not find {name}")))
            }
            Self::NoIssueNamed => (422, errors("issue_id or issue_key is required")),
            Self::Invalid { name, message } => {
                quirk!("CWK-003");
                (422, errors(format!("{name} {message}")))
            }
            Self::AlreadyRunning(key) => {
                let body = format!("You are already tracking time on {key}");
                (422, messages("Clockwork timer is already running", body))
            }
            Self::NotRunning(key) => {
                quirk!("CWK-007");
                let body = format!("There is no running timer on {key}");
                (422, messages("Clockwork timer is not running", body))
            }
            Self::BadBody => {
                quirk!("CWK-011");
                (400, Message::Status("Bad Request"))
            }
            Self::BodyTooLarge => (413, page("413", "Payload Too Large")),
            Self::BodyTooSlow => (408, page("408", "Request Timeout")),
            Self::Busy => (429, page("429", "Too Many Requests")),
            Self::Defect => {
                let title = "We're sorry, but something went wrong (500)";
                (500, page(title, "We're sorry, but something went wrong."))
            }
        }
    }
}

fn page(title: &'static str, heading: &'static str) -> Message {
    Message::Page { title, heading }
}

fn errors(text: impl Into<String>) -> Message {
    Message::Errors(text.into())
}

fn messages(title: &'static str, body: String) -> Message {
    Message::Messages { title, body }
}
