//! Injected faults as Clockify would answer them.

use axum::http::StatusCode;
use serde_json::json;

use super::Refusal;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::surface::Fault;

/// The answer of an injected fault. Answers of the proxy in front of the service
/// have no body.
#[must_use]
pub fn fault(cx: &Context, fault: Fault) -> Reply {
    match fault {
        Fault::RateLimited | Fault::Status(StatusCode::TOO_MANY_REQUESTS) => {
            Refusal::TooMany.reply(cx)
        }
        Fault::Status(StatusCode::INTERNAL_SERVER_ERROR) => Refusal::Defect.reply(cx),
        Fault::Status(StatusCode::UNAUTHORIZED) => Refusal::UnknownKey.reply(cx),
        Fault::Status(StatusCode::FORBIDDEN) => Refusal::AccessDenied.reply(cx),
        Fault::Status(StatusCode::NOT_FOUND) => Refusal::NoResource.reply(cx),
        Fault::Status(status) if status.is_server_error() => Reply::empty(status),
        Fault::Status(status) => {
            let message = status.canonical_reason().unwrap_or("Error");
            Reply::json(status, &json!({ "message": message, "code": status.as_u16() }))
        }
    }
}
