//! Everything Clockwork refuses: one table with status, form, text and quirk beside each variant.
//!
//! A status is a number here; `error` turns a refusal into an answer. Source: jira-vendors.md:1.1,
//! jira-vendors.md:1.7.

use std::fmt;

use crate::quirk;

/// The forms of refusals, from the vendor's proxy, its web framework and its app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Plain text.
    Plain,
    /// An HTML page with this title; the text is its heading.
    Page(&'static str),
    /// `{"errors": [text]}`.
    Errors,
    /// `{"messages": [{"title": …, "body": text}]}` with this title.
    Messages(&'static str),
    /// `{"status": …, "error": text}`.
    Status,
}

/// Declares [`Refusal`] from lines of the form `Name(field: Type): status, form, "text with {field}";`, with
/// a `quirk!` after the text where the vendor's documents contradict it or are silent.
macro_rules! refusals {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($($field:ident: $type:ty),+))?:
            $status:literal, $form:ident $(($title:literal))?, $text:literal $(, $quirk:expr)?;
    )*) => {
        /// Everything Clockwork refuses. Its text is the vendor's message.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name $(($($type),+))?,)*
        }

        impl Refusal {
            /// HTTP status and form; marks the refusal's quirk.
            #[must_use]
            pub fn answer(&self) -> (u16, Form) {
                match self {
                    $(Self::$name { .. } => {
                        $($quirk;)?
                        ($status, Form::$form $(($title))?)
                    })*
                }
            }
        }

        impl fmt::Display for Refusal {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name $(($($field),+))? => write!(f, $text),)*
                }
            }
        }
    };
}

refusals! {
    // The caller.
    /// No token, or an unknown one.
    Unauthenticated: 401, Plain, "HTTP Token: Access denied.\n", quirk!("CWK-001");
    /// The token's owner was deactivated.
    Forbidden: 403, Errors, "You need Clockwork Timesheets access to use this token.", quirk!("CWK-002");

    // Parameters: their names.
    /// Not a day of the calendar.
    InvalidDate(name: String): 422, Errors, "{name} is not a valid date", quirk!("CWK-002");
    /// The period ends before it starts.
    EndBeforeStart: 422, Errors, "ending_at must not be before starting_at", quirk!("CWK-002");
    /// The time zone is unknown.
    UnknownZone(name: String): 422, Errors, "{name} is not a time zone", quirk!("CWK-002");
    /// Not a number.
    NotANumber(name: String): 422, Errors, "{name} is not a number", quirk!("CWK-002");
    /// Invalid in another way.
    Invalid(name: String): 422, Errors, "{name} is invalid", quirk!("CWK-002");
    /// Missing.
    Blank(name: String): 422, Errors, "{name} can't be blank", quirk!("CWK-002");
    /// Neither `issue_id` nor `issue_key` was sent.
    NoIssueNamed: 422, Errors, "issue_id or issue_key is required";

    // Issues and timers.
    /// The issue does not exist or the caller may not browse it: its id or key.
    NoIssue(name: String): 404, Messages("Issue not found"), "Could not find {name}", quirk!("CWK-002");
    /// The caller already runs a timer on the issue of this key.
    AlreadyRunning(key: String): 422, Messages("Clockwork timer is already running"), "You are already tracking time on {key}";
    /// The caller runs no timer on the issue of this key.
    NotRunning(key: String): 422, Messages("Clockwork timer is not running"), "There is no running timer on {key}", quirk!("CWK-007");

    // The service.
    /// No such path, or not with this method.
    NoRoute: 404, Page("The page you were looking for doesn't exist (404)"), "The page you were looking for doesn't exist.";
    /// The body cannot be read.
    BadBody: 400, Status, "Bad Request", quirk!("CWK-001");
    /// The body is too long.
    BodyTooLarge: 413, Page("413"), "Payload Too Large";
    /// The body did not arrive in time.
    BodyTooSlow: 408, Page("408"), "Request Timeout";
    /// There is no room for another sandbox.
    Busy: 429, Page("429"), "Too Many Requests";
    /// A defect of ours.
    Defect: 500, Page("We're sorry, but something went wrong (500)"), "We're sorry, but something went wrong.";
}
