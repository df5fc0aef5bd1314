//! Time Tracker's errors: a short sentence as plain text.

use axum::http::StatusCode;

use crate::http::Rejection;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::surface::Fault;
use crate::quirk;

/// Everything Time Tracker refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// No key, or one that nobody has.
    Unauthenticated,
    /// The key's user was deactivated.
    Inactive,
    /// No start.
    NoStart,
    /// A date that is none: the parameter's name.
    BadDate(&'static str),
    /// The start is after the end.
    Backwards,
    /// A user, group, project or filter that does not exist.
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// As the client wrote it.
        name: String,
    },
    /// A search that cannot be evaluated: why.
    Search(String),
    /// A report type that is not served.
    ReportType(String),
    /// A period of more columns than a sheet has.
    TooWide,
    /// The key's user is no auditor and asks for worklogs of others.
    NotAuditor,
    /// No such path.
    NoRoute,
    /// Not with this method.
    WrongMethod(String),
    /// The body is too long.
    TooLarge,
    /// The request cannot be read.
    BadRequest,
    /// The body did not arrive in time.
    TooSlow,
    /// No room for another sandbox.
    Busy,
    /// A defect of ours.
    Defect,
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath => Self::NoRoute,
            Rejection::WrongMethod { allow } => {
                let allow: Vec<&str> = allow.iter().map(axum::http::Method::as_str).collect();
                Self::WrongMethod(allow.join(", "))
            }
            Rejection::BodyTooLarge(_) => Self::TooLarge,
            Rejection::BodyTooSlow => Self::TooSlow,
            Rejection::Sandbox(_) => Self::Busy,
            Rejection::Defect => Self::Defect,
            Rejection::NoBody
            | Rejection::WrongContentType(_)
            | Rejection::BadJson { .. }
            | Rejection::BadField { .. }
            | Rejection::BadParameter { .. }
            | Rejection::NoParameter { .. } => Self::BadRequest,
        }
    }
}

impl Error {
    fn table(&self) -> (StatusCode, String) {
        let (status, text) = match self {
            Self::Unauthenticated => {
                quirk!("TTR-001");
                (StatusCode::UNAUTHORIZED, "Apikey is missing or invalid.")
            }
            Self::Inactive => (StatusCode::FORBIDDEN, "User is not active."),
            Self::NoStart => {
                quirk!("TTR-002");
                (StatusCode::BAD_REQUEST, "The parameter start is required.")
            }
            Self::BadDate(name) => {
                let text = format!("The parameter {name} must be a date in YYYY-MM-DD format.");
                return (StatusCode::BAD_REQUEST, text);
            }
            Self::Backwards => {
                quirk!("TTR-003");
                (StatusCode::BAD_REQUEST, "The Start Date is later than the End Date.")
            }
            Self::Unknown { kind, name } => {
                quirk!("TTR-004");
                return (StatusCode::BAD_REQUEST, format!("The {kind} '{name}' does not exist."));
            }
            Self::Search(why) => {
                quirk!("TTR-015");
                return (StatusCode::BAD_REQUEST, format!("{why}."));
            }
            Self::ReportType(name) => {
                let text = format!("The report type '{name}' is not available.");
                return (StatusCode::BAD_REQUEST, text);
            }
            Self::TooWide => {
                quirk!("TTR-016");
                (StatusCode::BAD_REQUEST, "The period is too long for a view by day.")
            }
            Self::NotAuditor => (
                StatusCode::FORBIDDEN,
                "You are not in any Auditors Groups configured. Please select yourself in User \
                 field to see own worklogs.",
            ),
            Self::NoRoute => (StatusCode::NOT_FOUND, "Not Found"),
            Self::WrongMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "Bad Request"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
            Self::Defect => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        };
        (status, text.to_owned())
    }
}

/// The answer to a request that is not to be answered.
#[must_use]
pub fn fault(cx: &Cx, fault: Fault) -> Reply {
    let status = match fault {
        Fault::RateLimited => return Error::Busy.reply(cx),
        Fault::Status(StatusCode::UNAUTHORIZED) => return Error::Unauthenticated.reply(cx),
        Fault::Status(StatusCode::FORBIDDEN) => return Error::Inactive.reply(cx),
        Fault::Status(status) => status,
    };
    let reason = status.canonical_reason().unwrap_or("Error");
    Reply::bytes(status, "text/plain; charset=utf-8", reason)
}

impl VendorError for Error {
    fn reply(&self, _: &Cx) -> Reply {
        let (status, text) = self.table();
        let reply = Reply::bytes(status, "text/plain; charset=utf-8", text);
        match self {
            Self::WrongMethod(allow) => reply.with("allow", allow),
            _ => reply,
        }
    }
}
