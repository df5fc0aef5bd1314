//! Everything Clockodo refuses, and how it looks: `{"error":{…}}` on entries, clock and entry groups,
//! `{"errors":[…]}` everywhere else.

mod injected;
mod master;
mod problem;
mod retired;

use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

pub use self::injected::fault;
pub use self::problem::{Problem, is_german};
use super::limits;
use super::rules::entries;
use crate::http::Rejection;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::kernel::limits::Limit;
use crate::kernel::revision::Revision;
use crate::quirk;

/// Everything Clockodo refuses.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// No credential, or one that nobody has.
    Unauthenticated,
    /// The client does not name itself.
    NoClient,
    /// The client's name is too long.
    LongClient,
    /// A limit is used up.
    Limited {
        /// Which.
        limit: &'static Limit,
        /// After which time another request is possible.
        after: Duration,
    },
    /// No such path.
    NoRoute,
    /// Not with this method; the methods there are.
    WrongMethod(String),
    /// The path is retired; what took its place.
    Gone(&'static str),
    /// Something is wrong with what was sent, or with what it asks for.
    Fault(Fault),
    /// The body is too long.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// No room for another sandbox.
    Busy,
    /// A defect of ours.
    Defect,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What.
    pub problem: Problem,
    /// The parameters concerned.
    pub fields: Vec<String>,
    /// More about it, in the form that the newer errors have.
    pub details: Option<Value>,
}

impl Error {
    /// A problem with some parameters.
    #[must_use]
    pub fn fault<T: AsRef<str>>(problem: Problem, fields: &[T]) -> Self {
        let fields = fields.iter().map(|field| field.as_ref().to_owned()).collect();
        Self::Fault(Fault { problem, fields, details: None })
    }

    /// A problem with a parameter, and more about it.
    #[must_use]
    pub fn detailed(problem: Problem, field: &str, details: Value) -> Self {
        let fields = vec![field.to_owned()];
        Self::Fault(Fault { problem, fields, details: Some(details) })
    }
}

impl From<entries::Error> for Error {
    fn from(error: entries::Error) -> Self {
        use entries::Error as Entry;
        let none: &[&str] = &[];
        match error {
            Entry::NoEntry => Self::fault(Problem::NotFound, none),
            Entry::NotFound(field) => Self::fault(Problem::NotFound, &[field]),
            Entry::Inactive(field) => Self::fault(Problem::HasToBeActive, &[field]),
            Entry::Mismatch(fields) => Self::fault(Problem::InvalidCombination, fields),
            Entry::Forbidden(fields) => Self::fault(Problem::Forbidden, fields),
            Entry::ProjectRequired => {
                Self::fault(Problem::ProjectRequired, &["customers_id", "projects_id"])
            }
            Entry::ProjectCompleted => Self::fault(Problem::ProjectIsCompleted, &["projects_id"]),
            Entry::SubprojectCompleted => {
                Self::fault(Problem::SubprojectIsCompleted, &["subprojects_id"])
            }
            Entry::OutsideProject => {
                Self::fault(Problem::OutsideProject, &["time_since", "projects_id"])
            }
            Entry::Backwards => Self::fault(Problem::EndBeforeStart, &["time_since", "time_until"]),
            Entry::TooLong => Self::fault(Problem::EntryTooLong, &["time_since", "time_until"]),
            Entry::Future => Self::fault(Problem::InFuture, &["time_since"]),
            Entry::NotRunning => Self::fault(Problem::NotRunning, none),
            Entry::Changed => Self::fault(Problem::Changed, none),
            Entry::Overlaps => Self::fault(Problem::Overlaps, &["time_since", "time_until"]),
            Entry::NotLinked => Self::fault(Problem::NotLinked, &["duration"]),
            Entry::Locked => Self::fault(Problem::Locked, none),
            Entry::DemoData => Self::fault(Problem::CannotModifyDemoData, none),
        }
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        let none: &[&str] = &[];
        match rejection {
            Rejection::UnknownPath => Self::NoRoute,
            Rejection::WrongMethod { allow } => {
                let allow: Vec<&str> = allow.iter().map(axum::http::Method::as_str).collect();
                Self::WrongMethod(allow.join(", "))
            }
            Rejection::BodyTooLarge(_) => Self::TooLarge,
            Rejection::BodyTooSlow => Self::TooSlow,
            Rejection::NoBody | Rejection::WrongContentType(_) | Rejection::BadJson { .. } => {
                Self::fault(Problem::BadBody, none)
            }
            Rejection::BadField { path, .. } if path.is_empty() => {
                Self::fault(Problem::BadBody, none)
            }
            Rejection::BadField { path: field, .. }
            | Rejection::BadParameter { name: field, .. } => {
                Self::fault(Problem::WrongFormat, &[field])
            }
            Rejection::NoParameter { name } => Self::fault(Problem::Missing, &[name]),
            Rejection::Sandbox(_) => Self::Busy,
            Rejection::Defect => Self::Defect,
        }
    }
}

/// The older error. The vendor's schema also has `code`, which no recorded answer shows.
#[derive(Debug, Serialize)]
struct OlderOut<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    fields: &'a [String],
}

/// The newer error.
#[derive(Debug, Serialize)]
struct NewerOut<'a> {
    r#type: &'a str,
    message: &'a str,
    details: Option<&'a Value>,
    path: Option<&'a str>,
}

/// A refusal in words.
struct Told {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

/// What has the older form of errors: entries, clock, entry groups and the retired resources beside
/// them.
const OLDER: [&str; 9] = [
    "entries",
    "clock",
    "entrygroups",
    "customers",
    "projects",
    "services",
    "lumpsumservices",
    "users",
    "teams",
];

/// Whether the path belongs to what has the older form of errors.
fn is_older(path: &str) -> bool {
    let name = path.strip_prefix("/api/").unwrap_or_default();
    let name = name.strip_prefix("v2/").unwrap_or(name).split('/').next().unwrap_or_default();
    OLDER.contains(&name)
}

impl VendorError for Error {
    fn reply(&self, cx: &Cx) -> Reply {
        if let (Self::NoRoute, Some(successor)) = (self, retired::successor(&cx.path)) {
            return Self::Gone(successor).reply(cx);
        }
        let german = problem::is_german(cx.header("accept-language"));
        let none = Vec::new();
        let (fields, details) = match self {
            Self::Fault(fault) => (&fault.fields, fault.details.as_ref()),
            _ => (&none, None),
        };
        let mut older = is_older(&cx.path);
        let Told { status, kind, message } = self.told(german, older);
        if older {
            quirk!("CDO-014");
            let generic = matches!(status.as_u16(), 401 | 403 | 404 | 409 | 410);
            older = !(generic && cx.revision() == Revision::Current);
        }
        let status = match status {
            // The vendor's contract has no 422 for reading.
            StatusCode::UNPROCESSABLE_ENTITY if cx.method == axum::http::Method::GET => {
                StatusCode::BAD_REQUEST
            }
            status => status,
        };
        let reply = if older {
            Reply::json(status, &json!({ "error": OlderOut { message: &message, fields } }))
        } else {
            let error = |path| NewerOut { r#type: kind, message: &message, details, path };
            // Each missing parameter is an error of its own.
            let each = match self {
                Self::Fault(Fault { problem: Problem::Missing, .. }) => fields.len(),
                _ => 1,
            };
            let paths = fields.iter().take(each).map(|field| Some(field.as_str()));
            let mut errors: Vec<NewerOut<'_>> = paths.map(error).collect();
            if errors.is_empty() {
                errors.push(error(None));
            }
            Reply::json(status, &json!({ "errors": errors }))
        };
        match self {
            Self::WrongMethod(allow) => reply.with("allow", allow),
            Self::Limited { after, .. } => {
                quirk!("CDO-021");
                reply.with("retry-after", &after.as_millis().div_ceil(1000).to_string())
            }
            _ => reply,
        }
    }
}

impl Error {
    /// The table: status, identifier and message of each refusal.
    fn told(&self, german: bool, older: bool) -> Told {
        let told = |status, kind, english: &str, deutsch: &str| Told {
            status,
            kind,
            message: if german { deutsch } else { english }.to_owned(),
        };
        match self {
            Self::Unauthenticated => {
                quirk!("CDO-023");
                told(
                    StatusCode::UNAUTHORIZED,
                    "Unauthorized",
                    "Authentication failed.",
                    "Die Anmeldung ist fehlgeschlagen.",
                )
            }
            Self::NoClient => told(
                StatusCode::BAD_REQUEST,
                "ClientIdentificationMissing",
                "The header X-Clockodo-External-Application is required.",
                "Der Header X-Clockodo-External-Application ist erforderlich.",
            ),
            Self::LongClient => told(
                StatusCode::BAD_REQUEST,
                "ClientIdentificationTooLong",
                "X-Clockodo-External-Application must not exceed 50 characters.",
                "X-Clockodo-External-Application darf höchstens 50 Zeichen lang sein.",
            ),
            Self::Limited { limit, .. } => {
                let words = format!("limit exceeded ({})", limits::words(limit));
                told(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", &words, &words)
            }
            Self::NoRoute => told(
                StatusCode::NOT_FOUND,
                "RouteNotFound",
                "The requested route could not be found.",
                "Die angeforderte Route wurde nicht gefunden.",
            ),
            Self::WrongMethod(_) => told(
                StatusCode::METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                "The requested endpoint cannot be used with this method.",
                "Der Endpunkt kann mit dieser Methode nicht verwendet werden.",
            ),
            Self::Gone(successor) => {
                quirk!("CDO-030");
                told(
                    StatusCode::GONE,
                    "Gone",
                    &format!("This endpoint is deprecated. Please use {successor}."),
                    &format!("Dieser Endpunkt ist veraltet. Bitte {successor} verwenden."),
                )
            }
            Self::Fault(fault) => {
                let row = fault.problem.row();
                let status = if older { row.older } else { row.newer };
                let message = match fault.problem {
                    Problem::Missing if !older => problem::EMPTY[usize::from(german)].to_owned(),
                    _ => fault.message(&row, german),
                };
                Told { status, kind: row.kind, message }
            }
            Self::TooLarge => told(
                StatusCode::PAYLOAD_TOO_LARGE,
                "PayloadTooLarge",
                "The request is too large.",
                "Die Anfrage ist zu groß.",
            ),
            Self::TooSlow => told(
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeout",
                "The request took too long.",
                "Die Anfrage hat zu lange gedauert.",
            ),
            Self::Busy => told(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequests",
                "No other sandbox can be made.",
                "Es kann keine weitere Sandbox angelegt werden.",
            ),
            Self::Defect => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerError",
                "An unknown error occurred.",
                "Ein unbekannter Fehler ist aufgetreten.",
            ),
        }
    }
}

impl Fault {
    /// The message, with what the problem says about fields and expected values filled in.
    fn message(&self, row: &problem::Row, german: bool) -> String {
        let words = if german { row.german } else { row.english };
        let expected = || {
            let values = self.details.as_ref().and_then(|d| d["expected_values"].as_array());
            let values = values.into_iter().flatten().map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            values.collect::<Vec<_>>().join(", ")
        };
        let mut words = words.replace("{fields}", &self.fields.join(", "));
        if words.contains("{expected}") {
            words = words.replace("{expected}", &expected());
        }
        if let (Problem::NameTaken, Some(details)) = (self.problem, &self.details) {
            let (thing, ein) = master::thing(details["resources"][0].as_str().unwrap_or_default());
            words = words.replace("{thing}", thing).replace("{ein}", ein);
        }
        words
    }
}
