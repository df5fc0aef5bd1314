//! Renders Clockwork's refusals: plain text, HTML or JSON.

use axum::http::StatusCode;
use serde_json::json;

use super::rules::refusal::{Form, Refusal};
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::surface::Fault;
use crate::http::{Expected, Rejection};

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath | Rejection::WrongMethod { .. } => Self::NoRoute,
            Rejection::BodyTooLarge(_) => Self::BodyTooLarge,
            Rejection::BodyTooSlow => Self::BodyTooSlow,
            Rejection::NoBody
            | Rejection::WrongContentType(_)
            | Rejection::BadJson { .. }
            | Rejection::BadField { .. } => Self::BadBody,
            Rejection::BadParameter { name, expected, .. } => match expected {
                Expected::Date => Self::InvalidDate(name),
                Expected::Integer => Self::NotANumber(name),
                Expected::Boolean | Expected::Id | Expected::Word => Self::Invalid(name),
            },
            Rejection::NoParameter { name } => Self::Blank(name),
            Rejection::Sandbox(_) => Self::Busy,
            Rejection::Defect => Self::Defect,
        }
    }
}

impl VendorError for Refusal {
    fn reply(&self, _: &Context) -> Reply {
        let (status, form) = self.answer();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = self.to_string();
        let reply = match form {
            Form::Plain => Reply::bytes(status, "text/plain; charset=utf-8", text),
            Form::Page(title) => page(status, title, &text),
            Form::Errors => Reply::json(status, &json!({ "errors": [text] })),
            Form::Messages(title) => {
                let message =
                    json!({ "title": title, "body": text, "type": "error", "actions": {} });
                Reply::json(status, &json!({ "messages": [message] }))
            }
            Form::Status => {
                Reply::json(status, &json!({ "status": status.as_u16(), "error": text }))
            }
        };
        match self {
            Self::Unauthenticated => reply.with("www-authenticate", "Token realm=\"Application\""),
            _ => reply,
        }
    }
}

fn page(status: StatusCode, title: &str, heading: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n  <title>{title}</title>\n</head>\n\
         <body>\n  <h1>{heading}</h1>\n</body>\n</html>\n"
    );
    Reply::bytes(status, "text/html; charset=utf-8", page)
}

/// The answer to an injected fault, or to a change that could not be saved. The proxy in front of the application
/// answers with a page.
#[must_use]
pub fn fault(cx: &Context, fault: Fault) -> Reply {
    let status = match fault {
        Fault::RateLimited => return Refusal::Busy.reply(cx),
        Fault::Status(StatusCode::INTERNAL_SERVER_ERROR) => return Refusal::Defect.reply(cx),
        Fault::Status(StatusCode::UNAUTHORIZED) => return Refusal::Unauthenticated.reply(cx),
        Fault::Status(StatusCode::FORBIDDEN) => return Refusal::Forbidden.reply(cx),
        Fault::Status(StatusCode::NOT_FOUND) => return Refusal::NoRoute.reply(cx),
        Fault::Status(status) => status,
    };
    let reason = status.canonical_reason().unwrap_or("Error");
    page(status, &format!("{} {reason}", status.as_str()), reason)
}
