//! Why something that was asked of a twin is not done. Nothing has changed then.

use crate::kernel::clock::OutOfRange;
use crate::kernel::collection::BadRow;
use crate::kernel::faults::BadRule;
use crate::kernel::sandbox::Refused;
use crate::kernel::word::Lost;
use crate::persist::StateError;
use crate::scenario::seed::SeedError;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A sandbox or checkpoint cannot be had.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// A scenario or fragment does not fit.
    #[error("{0}")]
    Seed(#[from] SeedError),
    /// The clock would leave the range of instants.
    #[error("{0}")]
    OutOfRange(#[from] OutOfRange),
    /// Text that is no instant.
    #[error("'{0}' is no instant like 2024-06-03T09:00:00Z")]
    BadInstant(String),
    /// Text that is no duration of 0 or more.
    #[error("'{0}' is no duration of 0 or more like PT1H30M")]
    BadDuration(String),
    /// A rule of a fault plan contradicts itself or names what does not exist.
    #[error("{0}")]
    BadRule(#[from] BadRule),
    /// Something was named that does not exist.
    #[error("there is no {kind} '{name}'")]
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The sandbox's scenario is not known, so nothing can be added to it.
    #[error(
        "this world was not grown from a scenario that is known here, so nothing can be planted in it"
    )]
    NoProvenance,
    /// A snapshot or state file cannot be used.
    #[error("{0}")]
    State(#[from] StateError),
    /// The change could not be written to the state file.
    #[error("the change could not be kept in the state file; nothing has changed")]
    Lost(#[from] Lost),
    /// Text that names no host.
    #[error("{0}")]
    BadHost(String),
    /// The address cannot be had.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<BadRow> for Error {
    fn from(error: BadRow) -> Self {
        Self::State(StateError::Row(error))
    }
}

impl Error {
    /// Something that does not exist.
    pub(crate) fn unknown(kind: &'static str, name: &str) -> Self {
        Self::Unknown { kind, name: name.to_owned() }
    }
}
