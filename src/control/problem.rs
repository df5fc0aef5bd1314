//! Errors of the control API as RFC 9457 problems, and its strict reading of bodies and queries.

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::query::QueryMap;
use crate::http::{Rejection, body};
use crate::kernel::sandbox::Refused;
use crate::kernel::word::Lost;
use crate::twin::Error;

/// Media type of every error.
pub(super) const KIND: &str = "application/problem+json";

/// An error answer.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: StatusCode,
    /// What programs tell it by, where the status does not say enough.
    name: Option<&'static str>,
    detail: String,
    /// More members, where there is more to tell.
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

    pub(super) fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// With the members of an object.
    pub(super) fn about(mut self, more: Value) -> Self {
        if let Value::Object(more) = more {
            self.more = Some(Box::new(more));
        }
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Self {
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
        Self::new(status, format!("{refused}.")).named(refused.id())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, name) = match &error {
            Error::Refused(refused) => return refused.clone().into(),
            Error::Seed(_) => (422, "bad-scenario"),
            Error::OutOfRange(_) | Error::BadInstant(_) | Error::BadDuration(_) => {
                (400, "bad-time")
            }
            Error::BadHost(_) => (400, "bad-host"),
            Error::BadRule(_) => (422, "bad-fault-rule"),
            Error::Unknown { .. } => (404, "unknown-name"),
            Error::NoProvenance => (409, "no-scenario"),
            Error::State(_) => (422, "bad-snapshot"),
            Error::Lost(_) => (503, Lost::ID),
            Error::Io(_) => (500, "io"),
        };
        Self::new(status, format!("{error}.")).named(name)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::new(
            400,
            match rejection {
                Rejection::NoBody => "The call needs a JSON body.".to_owned(),
                Rejection::BadJson { message, .. } => format!("The body is not JSON: {message}."),
                Rejection::BadField { path, message } if path.is_empty() => {
                    format!("The body does not fit: {message}.")
                }
                Rejection::BadField { path, message } => {
                    format!("`{path}` does not fit: {message}.")
                }
                Rejection::BadParameter { name, value, .. } => {
                    format!("The parameter `{name}` cannot be '{value}'.")
                }
                other => format!("The call cannot be read: {other:?}."),
            },
        )
    }
}

/// The body, where nothing may be missing and nothing unknown.
pub(super) fn required<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A list would be read as the members of an object, one after the other.
    if bytes.trim_ascii().starts_with(b"[") {
        return Err(Problem::new(400, "The body is an object."));
    }
    Ok(body::json(bytes)?)
}

/// The body, or the default when there is none.
pub(super) fn optional<T: DeserializeOwned + Default>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii().is_empty() { Ok(T::default()) } else { required(bytes) }
}

/// Refuses parameters that nothing has read.
pub(super) fn no_others(query: &QueryMap) -> Result<(), Problem> {
    match query.unread().first() {
        None => Ok(()),
        Some(name) => Err(Problem::new(400, format!("There is no parameter `{name}`."))),
    }
}
