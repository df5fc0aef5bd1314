//! Clockify's refusals as answers: `{"message":"…","code":501}`.
//!
//! The table of refusals is in `rules::refusal`. This module adds what depends on the request.
//! Source: clockify.md:1.

mod injected;
mod jackson;

use axum::http::{Method, StatusCode};
use serde::Serialize;

pub use self::injected::fault;
pub use super::rules::refusal::{Entity, Refusal};
use crate::http::Rejection;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::kernel::revision::Revision;
use crate::quirk;

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
    code: u32,
}

impl VendorError for Refusal {
    fn reply(&self, cx: &Context) -> Reply {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let reply = |message: &str| Reply::json(status, &Body { message, code: self.code() });
        match self {
            Self::Scope(..) => quirk!("CFY-004"),
            Self::UnknownWorkspace => {
                quirk!("CFY-002");
                return match cx.revision() {
                    Revision::Documented => Reply::empty(status),
                    Revision::Current => Self::AccessDenied.reply(cx),
                };
            }
            Self::NoSource => return Reply::empty(status),
            Self::MalformedWorkspace => quirk!("CFY-003"),
            Self::NotInPlan(_) | Self::FreePlan | Self::NotOnThisPlan => quirk!("CFY-011"),
            Self::Unknown(_) => quirk!("CFY-012"),
            Self::TooMany => {
                quirk!("CFY-005");
                if cx.revision() == Revision::Current {
                    return Reply::empty(status).with("x-cache", "Error from cloudfront");
                }
            }
            Self::NoResource => {
                let path = cx.path.strip_prefix("/report").unwrap_or(&cx.path);
                return reply(&format!("No static resource {}.", path.trim_start_matches('/')));
            }
            Self::WrongMethod(allowed) => {
                let message = format!("Request method '{}' is not supported", cx.method);
                return reply(&message).with("allow", allowed);
            }
            _ => {}
        }
        reply(&self.to_string())
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath => Self::NoResource,
            Rejection::WrongMethod { allow } => {
                let methods: Vec<&str> = allow.iter().map(Method::as_str).collect();
                Self::WrongMethod(methods.join(", "))
            }
            Rejection::BodyTooLarge(_) => Self::TooLarge,
            Rejection::BodyTooSlow => Self::TooSlow,
            Rejection::NoBody => Self::NoBody,
            Rejection::WrongContentType(kind) => Self::ContentType(kind),
            Rejection::BadJson { message, .. } => Self::Json(jackson::syntax(&message)),
            Rejection::BadField { message, .. } => Self::Json(jackson::mismatch(&message)),
            Rejection::BadParameter { name, value, expected } => {
                Self::Parameter(jackson::parameter(&name, &value, expected))
            }
            Rejection::NoParameter { name } => Self::NoParameter(name),
            Rejection::Sandbox(_) => Self::Busy,
            Rejection::Defect => Self::Defect,
        }
    }
}
