//! Clockify's refusals as answers: `{"message":"…","code":501}`.
//!
//! The table of refusals is in `rules::refusal`. This module adds what depends on the request.
//! Source: clockify.md:1.

mod injected;
mod jackson;
mod spanish;

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
        let reply = self.answer(cx);
        match cx.revision() {
            Revision::Documented => reply,
            Revision::Current => {
                quirk!("CFY-540");
                reply.with("x-cache", "Error from cloudfront")
            }
        }
    }
}

impl Refusal {
    /// The answer without the headers that all refusals have.
    fn answer(&self, cx: &Context) -> Reply {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let reply = |message: &str| Reply::json(status, &Body { message, code: self.code() });
        match self {
            Self::Scope(..) => {
                quirk!("CFY-004");
                quirk!("CFY-537");
            }
            Self::UnknownWorkspace => {
                quirk!("CFY-002");
                let is_zero = cx.param("workspaceId").bytes().all(|digit| digit == b'0');
                if is_zero {
                    quirk!("CFY-535");
                }
                return match cx.revision() {
                    Revision::Current if !is_zero => Self::AccessDenied.answer(cx),
                    _ => Reply::empty(status),
                };
            }
            Self::NoSource => {
                quirk!("CFY-243");
                return Reply::empty(status);
            }
            Self::NoBody => {
                quirk!("CFY-536");
                return reply(&format!("{self}: {}", jackson::signature(cx.operation())));
            }
            Self::MalformedWorkspace => {
                quirk!("CFY-003");
                if cx.revision() == Revision::Current {
                    return Self::AccessDenied.answer(cx);
                }
            }
            Self::NotInPlan(_) | Self::FreePlan | Self::NotOnThisPlan => quirk!("CFY-011"),
            Self::Unknown(_) => quirk!("CFY-012"),
            Self::TooMany => {
                quirk!("CFY-005");
                if cx.revision() == Revision::Current {
                    return Reply::empty(status);
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
        match spanish::text(self).filter(|_| speaks_spanish(cx)) {
            Some(text) => {
                quirk!("CFY-539");
                reply(&text)
            }
            None => reply(&self.to_string()),
        }
    }
}

/// True if the caller's profile is in Spanish. The texts of the `documented` revision are English.
fn speaks_spanish(cx: &Context) -> bool {
    let root = cx.read();
    let state = &root.value.clockify;
    let caller = cx.secret().and_then(|secret| state.credentials.get(secret));
    let user = caller.and_then(|caller| state.users.get(caller.user));
    let settings = user.and_then(|user| user.settings.as_ref());
    let lang = settings.and_then(|settings| settings.lang.as_deref());
    cx.revision() == Revision::Current && lang.is_some_and(|lang| lang.eq_ignore_ascii_case("es"))
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
