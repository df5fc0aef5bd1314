//! The errors of a twin. An operation that fails changes nothing.

use crate::kernel::clock::OutOfRange;
use crate::kernel::collection::BadRow;
use crate::kernel::faults::BadRule;
use crate::kernel::sandbox::Refused;
use crate::kernel::sync::CommitLost;
use crate::persist::StateError;
use crate::scenario::seed::SeedError;

/// An operation of a twin that failed.
#[derive(Debug, thiserror::Error)]
pub enum TwinError {
    /// A sandbox or checkpoint is unavailable.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// A scenario or fragment does not fit.
    #[error("{0}")]
    Seed(#[from] SeedError),
    /// The clock would leave the range of instants.
    #[error("{0}")]
    OutOfRange(#[from] OutOfRange),
    /// Text that is not an instant.
    #[error("'{0}' is not an instant. Use RFC 3339, such as 2024-06-03T09:00:00Z")]
    BadInstant(String),
    /// Text that is not a duration.
    #[error("'{0}' is not a duration. Use ISO 8601, such as PT1H30M")]
    BadDuration(String),
    /// A salt that is empty or too long.
    #[error("a salt has 1 to 64 bytes")]
    BadSalt,
    /// A rule of a fault plan contradicts itself or names what does not exist.
    #[error("{0}")]
    BadRule(#[from] BadRule),
    /// More of something than a call takes.
    #[error("a call takes at most {most} {what}")]
    TooMany {
        /// Their maximum number.
        most: usize,
        /// What there is too much of.
        what: &'static str,
    },
    /// A name of something that does not exist.
    #[error("there is no {kind} '{name}'")]
    Unknown {
        /// Its kind.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The sandbox's scenario is unknown, so nothing can be added to it.
    #[error("the scenario of this sandbox is unknown, so nothing can be added to it")]
    NoProvenance,
    /// A snapshot or state file cannot be used.
    #[error("{0}")]
    State(#[from] StateError),
    /// The change could not be written to the state file.
    #[error("the change could not be written to the state file and was undone")]
    Lost(#[from] CommitLost),
    /// Text that is not a host.
    #[error("{0}")]
    BadHost(String),
    /// The address is unavailable.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<BadRow> for TwinError {
    fn from(error: BadRow) -> Self {
        Self::State(StateError::Row(error))
    }
}

impl TwinError {
    /// The error for a name that does not exist.
    pub(crate) fn unknown(kind: &'static str, name: &str) -> Self {
        Self::Unknown { kind, name: name.to_owned() }
    }
}
