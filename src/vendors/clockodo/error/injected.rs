//! Injected faults as Clockodo would answer them.

use axum::http::StatusCode;
use serde_json::json;

use super::Error;
use super::render::{NewerOut, OlderOut, is_older};
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::surface::Fault;
use crate::vendors::clockodo::limits;
use crate::vendors::clockodo::rules::refusal::Problem;

/// The answer of an injected fault.
#[must_use]
pub fn fault(cx: &Context, fault: Fault) -> Reply {
    let refuse = |problem: Problem| Error::from(problem).reply(cx);
    let status = match fault {
        Fault::RateLimited => {
            let limit = &limits::ALL[0];
            return Error::Limited { limit, after: limit.per }.reply(cx);
        }
        Fault::Status(StatusCode::INTERNAL_SERVER_ERROR) => return refuse(Problem::Defect),
        Fault::Status(StatusCode::UNAUTHORIZED) => return refuse(Problem::Unauthenticated),
        Fault::Status(StatusCode::NOT_FOUND) => return refuse(Problem::NotFound),
        Fault::Status(status) => status,
    };
    let reason = status.canonical_reason().unwrap_or("Error");
    let message = format!("{reason}.");
    if is_older(&cx.path) {
        return Reply::json(
            status,
            &json!({ "error": OlderOut { message: &message, fields: &[] } }),
        );
    }
    let kind = reason.replace([' ', '-', '\''], "");
    let error = NewerOut { r#type: &kind, message: &message, details: None, path: None };
    Reply::json(status, &json!({ "errors": [error] }))
}
