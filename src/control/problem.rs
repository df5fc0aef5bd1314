//! Errors of the control API as RFC 9457 problems, and its strict reading of bodies and queries.

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::query::QueryMap;
use crate::http::{Rejection, body};
use crate::kernel::sandbox::Refused;
use crate::kernel::sync::CommitLost;
use crate::twin::TwinError;

/// Media type of every error.
pub(super) const KIND: &str = "application/problem+json";

/// An error answer.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: StatusCode,
    /// Its type, where the status does not say enough.
    name: Option<&'static str>,
    detail: String,
    /// Additional members.
    more: Option<Box<Map<String, Value>>>,
    header: Option<(&'static str, &'static str)>,
}

impl Problem {
    pub(super) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            name: None,
            detail: detail.into(),
            more: None,
            header: None,
        }
    }

    pub(super) fn with_name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// With the members of an object.
    pub(super) fn with_members(mut self, more: Value) -> Self {
        if let Value::Object(more) = more {
            self.more = Some(Box::new(more));
        }
        self
    }

    pub(super) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = serde_json::json!({
            "type": self.name.map_or("about:blank".to_owned(), |name| format!("urn:timetwin:{name}")),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), self.more) {
            body.extend(*more);
        }
        let mut response = (self.status, body.to_string()).into_response();
        let kind = HeaderValue::from_static(KIND);
        response.headers_mut().insert(CONTENT_TYPE, kind);
        if let Some((name, value)) = self.header {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let status = match refused {
            Refused::BadName | Refused::BadCheckpoint => 400,
            Refused::Unknown | Refused::NoCheckpoint => 404,
            Refused::Main | Refused::Full(_) | Refused::Checkpoints(_) => 409,
        };
        Self::new(status, format!("{refused}.")).with_name(refused.id())
    }
}

impl From<TwinError> for Problem {
    fn from(error: TwinError) -> Self {
        let (status, name) = match &error {
            TwinError::Refused(refused) => return refused.clone().into(),
            TwinError::Seed(_) => (422, "bad-scenario"),
            TwinError::OutOfRange(_) | TwinError::BadInstant(_) | TwinError::BadDuration(_) => {
                (400, "bad-time")
            }
            TwinError::BadHost(_) => (400, "bad-host"),
            TwinError::BadSalt => (400, "bad-salt"),
            TwinError::BadRule(_) => (422, "bad-fault-rule"),
            TwinError::TooMany { .. } => (422, "too-many"),
            TwinError::Unknown { .. } => (404, "unknown-name"),
            TwinError::NoProvenance => (409, "no-scenario"),
            TwinError::State(_) => (422, "bad-snapshot"),
            TwinError::Lost(_) => (503, CommitLost::ID),
            TwinError::Io(_) => (500, "io"),
        };
        Self::new(status, format!("{error}.")).with_name(name)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::new(
            400,
            match rejection {
                Rejection::NoBody => "A JSON body is required.".to_owned(),
                Rejection::BadJson { message, .. } => format!("The body is not JSON: {message}."),
                Rejection::BadField { path, message } if path.is_empty() => {
                    format!("The body is invalid: {message}.")
                }
                Rejection::BadField { path, message } => {
                    format!("`{path}` is invalid: {message}.")
                }
                Rejection::BadParameter { name, value, .. } => {
                    format!("The parameter `{name}` has the invalid value '{value}'.")
                }
                other => format!("The request is invalid: {other:?}."),
            },
        )
    }
}

/// The body; a missing or unknown member is an error.
pub(super) fn required<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A list would be read as the members of an object, one after the other.
    if bytes.trim_ascii().starts_with(b"[") {
        return Err(Problem::new(400, "The body must be an object."));
    }
    Ok(body::json(bytes)?)
}

/// The body, or the default when there is none.
pub(super) fn optional<T: DeserializeOwned + Default>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii().is_empty() { Ok(T::default()) } else { required(bytes) }
}

/// Refuses unknown parameters.
pub(super) fn no_others(query: &QueryMap) -> Result<(), Problem> {
    match query.unread().first() {
        None => Ok(()),
        Some(name) => Err(Problem::new(400, format!("There is no parameter `{name}`."))),
    }
}
