//! Clockwork's errors and how they look: plain text, HTML or JSON, as its web framework sends them.

use axum::http::StatusCode;
use serde_json::json;

use super::rules::timers;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::surface::Fault;
use crate::http::{Expected, Rejection};
use crate::quirk;

/// Everything Clockwork refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// No token, or one that nobody has.
    Unauthenticated,
    /// The token's owner was deactivated.
    Forbidden,
    /// No such path, or not with this method.
    NoRoute,
    /// The issue does not exist or the caller may not browse it.
    NoIssue(String),
    /// Neither `issue_id` nor `issue_key` was sent.
    WhichIssue,
    /// A parameter cannot be used.
    Invalid {
        /// Its name.
        name: String,
        /// What is wrong with it.
        message: &'static str,
    },
    /// A timer runs on the issue already: its key.
    RunsAlready(String),
    /// No timer runs on the issue: its key.
    NotRunning(String),
    /// The body cannot be read.
    BadBody,
    /// The body is too long.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// No room for another sandbox.
    Busy,
    /// A defect of ours.
    Defect,
}

impl Error {
    /// A timer rule's error, with the issue's key.
    #[must_use]
    pub fn timer(error: &timers::Error, key: &str) -> Self {
        match error {
            timers::Error::RunsAlready(_) => Self::RunsAlready(key.to_owned()),
            timers::Error::NotRunning(_) => Self::NotRunning(key.to_owned()),
        }
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath | Rejection::WrongMethod { .. } => Self::NoRoute,
            Rejection::BodyTooLarge(_) => Self::TooLarge,
            Rejection::BodyTooSlow => Self::TooSlow,
            Rejection::NoBody
            | Rejection::WrongContentType(_)
            | Rejection::BadJson { .. }
            | Rejection::BadField { .. } => Self::BadBody,
            Rejection::BadParameter { name, expected, .. } => Self::Invalid {
                name,
                message: match expected {
                    Expected::Date => "is not a valid date",
                    Expected::Integer => "is not a number",
                    Expected::Boolean | Expected::Id | Expected::Word => "is invalid",
                },
            },
            Rejection::NoParameter { name } => Self::Invalid { name, message: "can't be blank" },
            Rejection::Sandbox(_) => Self::Busy,
            Rejection::Defect => Self::Defect,
        }
    }
}

const HTML: &str = "text/html; charset=utf-8";

fn page(status: StatusCode, title: &str, text: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n  <title>{title}</title>\n</head>\n\
         <body>\n  <h1>{text}</h1>\n</body>\n</html>\n"
    );
    Reply::bytes(status, HTML, page)
}

fn errors(text: String) -> Reply {
    Reply::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "errors": [text] }))
}

fn messages(status: StatusCode, title: &str, body: String) -> Reply {
    let message = json!({ "title": title, "body": body, "type": "error", "actions": {} });
    Reply::json(status, &json!({ "messages": [message] }))
}

/// The answer to a request that is not to be answered; what stands in front of the application answers
/// with a page.
#[must_use]
pub fn fault(cx: &Cx, fault: Fault) -> Reply {
    let status = match fault {
        Fault::RateLimited => return Error::Busy.reply(cx),
        Fault::Status(StatusCode::INTERNAL_SERVER_ERROR) => return Error::Defect.reply(cx),
        Fault::Status(StatusCode::UNAUTHORIZED) => return Error::Unauthenticated.reply(cx),
        Fault::Status(StatusCode::FORBIDDEN) => return Error::Forbidden.reply(cx),
        Fault::Status(StatusCode::NOT_FOUND) => return Error::NoRoute.reply(cx),
        Fault::Status(status) => status,
    };
    let reason = status.canonical_reason().unwrap_or("Error");
    page(status, &format!("{} {reason}", status.as_str()), reason)
}

impl VendorError for Error {
    fn reply(&self, _: &Cx) -> Reply {
        match self {
            Self::Unauthenticated => {
                quirk!("CWK-001");
                let text = "HTTP Token: Access denied.\n";
                Reply::bytes(StatusCode::UNAUTHORIZED, "text/plain; charset=utf-8", text)
                    .with("www-authenticate", "Token realm=\"Application\"")
            }
            Self::Forbidden => {
                quirk!("CWK-002");
                let text = "You need Clockwork Timesheets access to use this token.";
                Reply::json(StatusCode::FORBIDDEN, &json!({ "errors": [text] }))
            }
            Self::NoRoute => page(
                StatusCode::NOT_FOUND,
                "The page you were looking for doesn't exist (404)",
                "The page you were looking for doesn't exist.",
            ),
            Self::NoIssue(name) => {
                quirk!("CWK-006");
                messages(StatusCode::NOT_FOUND, "Issue not found", format!("Could not find {name}"))
            }
            Self::WhichIssue => errors("issue_id or issue_key is required".to_owned()),
            Self::Invalid { name, message } => {
                quirk!("CWK-003");
                errors(format!("{name} {message}"))
            }
            Self::RunsAlready(key) => messages(
                StatusCode::UNPROCESSABLE_ENTITY,
                "Clockwork timer is already running",
                format!("You are already tracking time on {key}"),
            ),
            Self::NotRunning(key) => {
                quirk!("CWK-007");
                messages(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "Clockwork timer is not running",
                    format!("There is no running timer on {key}"),
                )
            }
            Self::BadBody => {
                quirk!("CWK-011");
                let body = json!({ "status": 400, "error": "Bad Request" });
                Reply::json(StatusCode::BAD_REQUEST, &body)
            }
            Self::TooLarge => page(StatusCode::PAYLOAD_TOO_LARGE, "413", "Payload Too Large"),
            Self::TooSlow => page(StatusCode::REQUEST_TIMEOUT, "408", "Request Timeout"),
            Self::Busy => page(StatusCode::TOO_MANY_REQUESTS, "429", "Too Many Requests"),
            Self::Defect => page(
                StatusCode::INTERNAL_SERVER_ERROR,
                "We're sorry, but something went wrong (500)",
                "We're sorry, but something went wrong.",
            ),
        }
    }
}
