//! Refusals of Clockodo's surface. Their table is in [`crate::vendors::clockodo::rules::refusal`]; how it
//! looks, in `render`.

mod injected;
mod language;
mod render;
mod retired;

use std::time::Duration;

pub use self::injected::fault;
pub use self::language::is_german;
use super::rules::refusal::{Problem, Refusal};
use crate::http::Rejection;
use crate::kernel::limits::Limit;

/// The refusal of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// A rule refuses it, or what reads the request.
    Refused(Refusal),
    /// A rate limit is used up.
    Limited {
        /// Which.
        limit: &'static Limit,
        /// After which time another request is possible.
        after: Duration,
    },
    /// The path has no such method; the methods it has.
    WrongMethod(String),
    /// The path is retired; its successor.
    Gone(&'static str),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath => Problem::NoRoute.into(),
            Rejection::WrongMethod { allow } => {
                let allow: Vec<&str> = allow.iter().map(axum::http::Method::as_str).collect();
                Self::WrongMethod(allow.join(", "))
            }
            Rejection::BodyTooLarge(_) => Problem::TooLarge.into(),
            Rejection::BodyTooSlow => Problem::TooSlow.into(),
            Rejection::NoBody | Rejection::WrongContentType(_) | Rejection::BadJson { .. } => {
                Problem::BadBody.into()
            }
            Rejection::BadField { path, .. } if path.is_empty() => Problem::BadBody.into(),
            Rejection::BadField { path: field, .. }
            | Rejection::BadParameter { name: field, .. } => {
                Problem::WrongFormat.at(&[field]).into()
            }
            Rejection::NoParameter { name } => Problem::Missing.at(&[name]).into(),
            Rejection::Sandbox(_) => Problem::Busy.into(),
            Rejection::Defect => Problem::Defect.into(),
        }
    }
}
