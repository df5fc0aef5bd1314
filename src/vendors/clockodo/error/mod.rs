//! Errors of Clockodo's surface. The table of refusals is in
//! [`crate::vendors::clockodo::rules::refusal`]; `render` turns them into answers.

mod injected;
mod language;
mod render;
mod retired;

use std::time::Duration;

pub use self::injected::fault;
pub use self::language::is_german;
pub use self::retired::is_retired;
use super::rules::refusal::{Problem, Refusal};
use crate::http::Rejection;
use crate::kernel::limits::Limit;

/// An error answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// A refusal by a rule or by the code that reads the request.
    Refused(Refusal),
    /// A rate limit is exceeded.
    Limited {
        /// The limit.
        limit: &'static Limit,
        /// The time until another request is possible.
        after: Duration,
    },
    /// The path does not have this method. Contains the methods that it has.
    WrongMethod(String),
    /// The path is retired. Contains its successor.
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
