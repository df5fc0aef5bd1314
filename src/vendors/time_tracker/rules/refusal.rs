//! Everything Time Tracker refuses: one table with status, text and quirk beside each variant.
//!
//! A status is a number here; `error` turns a refusal into an answer. Source: jira-vendors.md:2.8.

use std::fmt;

use crate::quirk;

/// Declares [`Refusal`] from lines of the form `Name(field: Type): status, "text with {field}";`, with
/// a `quirk!` after the text where the vendor's documents contradict it or are silent.
macro_rules! refusals {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($($field:ident: $type:ty),+))?:
            $status:literal, $text:literal $(, $quirk:expr)?;
    )*) => {
        /// Everything Time Tracker refuses. Its text is the vendor's message.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name $(($($type),+))?,)*
        }

        impl Refusal {
            /// The HTTP status; marks the refusal's quirk.
            #[must_use]
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$name { .. } => {
                        $($quirk;)?
                        $status
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
    /// No key, or an unknown one.
    Unauthenticated: 401, "Apikey is missing or invalid.", quirk!("TTR-001");
    /// The key's user was deactivated.
    Inactive: 403, "User is not active.";
    /// The key's user is no auditor and asks for worklogs of others.
    NotAuditor: 403, "You are not in any Auditors Groups configured. Please select yourself in User field to see own worklogs.";

    // Parameters.
    /// No start.
    NoStart: 400, "The parameter start is required.";
    /// An unparsable date: the parameter's name.
    BadDate(name: &'static str): 400, "The parameter {name} must be a date in YYYY-MM-DD format.";
    /// The start is after the end.
    StartAfterEnd: 400, "The Start Date is later than the End Date.", quirk!("TTR-001");
    /// An unknown user, group, project or filter.
    Unknown(kind: &'static str, name: String): 400, "The {kind} '{name}' does not exist.", quirk!("TTR-001");
    /// A search that cannot be evaluated.
    BadSearch(why: String): 400, "{why}.", quirk!("TTR-014");
    /// A report type that is not served.
    UnknownReportType(name: String): 400, "The report type '{name}' is not available.";
    /// A period with more columns than a sheet has.
    TooManyColumns: 400, "The period is too long for a view by day.", quirk!("TTR-014");
    /// A view with more cells than are served.
    TooManyCells: 400, "The view has too many cells.", quirk!("TTR-014");
    /// More additional fields than are served.
    TooManyFields: 400, "The parameter moreFields has too many fields.", quirk!("TTR-014");

    // The service.
    /// No such path.
    NoRoute: 404, "Not Found";
    /// Not with this method: the methods of the path.
    WrongMethod(_allowed: String): 405, "Method Not Allowed";
    /// The body is too long.
    BodyTooLarge: 413, "Payload Too Large";
    /// The request cannot be read.
    BadRequest: 400, "Bad Request";
    /// The body did not arrive in time.
    BodyTooSlow: 408, "Request Timeout";
    /// There is no room for another sandbox.
    Busy: 429, "Too Many Requests";
    /// A defect of ours.
    Defect: 500, "Internal Server Error";
}
