//! The durable form of sandboxes: a SQLite file that follows every commit, and the same format as a
//! snapshot of one sandbox. SQL is written here and nowhere else; worlds are never queried by it.
//!
//! A file holds *worlds*. A world has a base, of which it keeps only what differs: so a thousand forks
//! of a large scenario cost the file what they changed. `docs/durability.md` shows how to read it with
//! any SQLite tool.

mod file;
mod load;
mod lock;
mod schema;
pub mod snapshot;
pub mod spool;
mod writer;

pub use file::{Options, Restored, StateFile};

use crate::kernel::collection::{BadRow, Collections};
use crate::world::World;

/// Every collection of a world, as the registry lists them.
pub type Parts = std::sync::Arc<Collections<World>>;

/// Why a file or snapshot cannot be used. Nothing was written to it.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It is not a SQLite database.
    #[error("not a state file: it is not a SQLite database")]
    NotSqlite,
    /// It is the database of another program.
    #[error("not a state file: it is the SQLite database of another program")]
    Foreign,
    /// It was written by a newer program.
    #[error("this state file has format {found}; this program reads formats up to {known}")]
    Newer {
        /// Its format.
        found: i64,
        /// The newest known.
        known: i64,
    },
    /// It is truncated or partly overwritten.
    #[error("this state file is damaged: {0}")]
    Torn(String),
    /// Another process uses it.
    #[error("this state file is in use by another process")]
    InUse,
    /// Its last server was killed, and the log with the newest writes is not beside this name of the file.
    #[error(
        "the newest writes of this state file are in a log beside its other name; start it by that one"
    )]
    OtherName,
    /// It was deleted or replaced while it was in use.
    #[error("the state file was deleted or replaced")]
    Gone,
    /// A row does not have the shape that this program reads.
    #[error("this state file holds a row that cannot be read: {0}")]
    Row(#[from] BadRow),
    /// SQLite fails.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// The file cannot be reached.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
