//! Renders Time Tracker's refusals: a short sentence as plain text.

use axum::http::StatusCode;

use super::rules::refusal::Refusal;
use crate::http::Rejection;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::surface::Fault;

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath => Self::NoRoute,
            Rejection::WrongMethod { allow } => {
                let allow: Vec<&str> = allow.iter().map(axum::http::Method::as_str).collect();
                Self::WrongMethod(allow.join(", "))
            }
            Rejection::BodyTooLarge(_) => Self::BodyTooLarge,
            Rejection::BodyTooSlow => Self::BodyTooSlow,
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

impl VendorError for Refusal {
    fn reply(&self, _: &Context) -> Reply {
        let status = StatusCode::from_u16(self.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reply = Reply::bytes(status, "text/plain; charset=utf-8", self.to_string());
        match self {
            Self::WrongMethod(allow) => reply.with("allow", allow),
            _ => reply,
        }
    }
}

/// The answer to an injected fault, or to a change that could not be saved.
#[must_use]
pub fn fault(cx: &Context, fault: Fault) -> Reply {
    let status = match fault {
        Fault::RateLimited => return Refusal::Busy.reply(cx),
        Fault::Status(StatusCode::UNAUTHORIZED) => return Refusal::Unauthenticated.reply(cx),
        Fault::Status(StatusCode::FORBIDDEN) => return Refusal::Inactive.reply(cx),
        Fault::Status(status) => status,
    };
    let reason = status.canonical_reason().unwrap_or("Error");
    Reply::bytes(status, "text/plain; charset=utf-8", reason)
}
