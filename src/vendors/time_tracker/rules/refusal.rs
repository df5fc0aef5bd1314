//! Everything Time Tracker refuses: status and text beside each variant. Source: jira-vendors.md:2.8.
//!
//! Statuses are numbers here; `error` turns a refusal into an answer.

use crate::quirk;

/// Everything Time Tracker refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No key, or an unknown one.
    Unauthenticated,
    /// The key's user was deactivated.
    Inactive,
    /// No start.
    NoStart,
    /// An unparsable date: the parameter's name.
    BadDate(&'static str),
    /// The start is after the end.
    StartAfterEnd,
    /// An unknown user, group, project or filter: its kind and name.
    Unknown(&'static str, String),
    /// A search that cannot be evaluated: why.
    BadSearch(String),
    /// A report type that is not served: its name.
    UnknownReportType(String),
    /// A period with more columns than a sheet has.
    TooManyColumns,
    /// The key's user is no auditor and asks for worklogs of others.
    NotAuditor,
    /// No such path.
    NoRoute,
    /// Not with this method: the methods of the path.
    WrongMethod(String),
    /// The body is too long.
    BodyTooLarge,
    /// The request cannot be read.
    BadRequest,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// There is no room for another sandbox.
    Busy,
    /// A defect of ours.
    Defect,
}

impl Refusal {
    /// HTTP status and text.
    #[must_use]
    pub fn answer(&self) -> (u16, String) {
        let (status, text) = match self {
            Self::Unauthenticated => {
                quirk!("TTR-001");
                (401, "Apikey is missing or invalid.")
            }
            Self::Inactive => (403, "User is not active."),
            Self::NoStart => (400, "The parameter start is required."),
            Self::BadDate(name) => {
                return (400, format!("The parameter {name} must be a date in YYYY-MM-DD format."));
            }
            Self::StartAfterEnd => {
                quirk!("TTR-003");
                (400, "The Start Date is later than the End Date.")
            }
            Self::Unknown(kind, name) => {
                quirk!("TTR-004");
                return (400, format!("The {kind} '{name}' does not exist."));
            }
            Self::BadSearch(why) => {
                quirk!("TTR-015");
                return (400, format!("{why}."));
            }
            Self::UnknownReportType(name) => {
                return (400, format!("The report type '{name}' is not available."));
            }
            Self::TooManyColumns => {
                quirk!("TTR-016");
                (400, "The period is too long for a view by day.")
            }
            Self::NotAuditor => (
                403,
                "You are not in any Auditors Groups configured. Please select yourself in User \
                 field to see own worklogs.",
            ),
            Self::NoRoute => (404, "Not Found"),
            Self::WrongMethod(_) => (405, "Method Not Allowed"),
            Self::BodyTooLarge => (413, "Payload Too Large"),
            Self::BadRequest => (400, "Bad Request"),
            Self::BodyTooSlow => (408, "Request Timeout"),
            Self::Busy => (429, "Too Many Requests"),
            Self::Defect => (500, "Internal Server Error"),
        };
        (status, text.to_owned())
    }
}
