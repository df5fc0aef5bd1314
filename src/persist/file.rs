//! `--state FILE`: opening it, restoring its sandboxes, and handing out their storage.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::load::{Loader, SandboxRow};
use super::lock::LockedFile;
use super::schema;
use super::writer::{Known, Queue, Slot, Write, Writer, address};
use super::{Parts, StateError};
use crate::kernel::sandbox::{Origin, SavedSandbox, Storage};
use crate::kernel::store::SandboxStorage;
use crate::world::World;

/// Options of a state file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Maximum number of pages of 4096 bytes; stands for a full disk in tests.
    pub most_pages: Option<u32>,
}

/// The contents of a file.
#[derive(Debug)]
pub struct Restored {
    /// The origin of sandboxes made at their first use.
    pub origin: Arc<Origin<World>>,
    /// Every sandbox.
    pub sandboxes: Vec<SavedSandbox<World>>,
}

/// An open state file. Dropped, it is written to the end and closed.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    queue: Arc<Queue>,
    slots: AtomicU64,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Held while the file is open, to keep a second server out. It is closed last: closing any handle of
    /// a file drops SQLite's own locks on it.
    _lock: Arc<LockedFile>,
}

impl StateFile {
    /// Opens or makes a file. `grow` makes the first world of a new one.
    ///
    /// # Errors
    /// A file that is not ours, damaged, too new or in use; it is left as it was.
    pub fn open<E>(
        path: &Path,
        parts: Parts,
        options: Options,
        grow: impl FnOnce() -> Result<World, E>,
    ) -> Result<Result<(Arc<Self>, Restored), E>, StateError> {
        let lock = Arc::new(LockedFile::open(path)?);
        let queue = Arc::new(Queue::default());
        // Everything that can be wrong with a file is found before anything is written to it.
        let found = if lock.is_empty()? {
            match grow() {
                Ok(world) => Found::Nothing(Box::new(world)),
                Err(error) => {
                    lock.remove_if_made();
                    return Ok(Err(error));
                }
            }
        } else {
            read(path, &lock, &parts, &queue)?
        };
        let connection = connect(path, options)?;
        let (restored, known) = match found {
            Found::Nothing(world) => {
                schema::prepare(&connection, &parts)?;
                begin(&connection, &parts, *world)?
            }
            Found::Worlds(restored, known) => {
                let prepared = schema::prepare(&connection, &parts)
                    .and_then(|()| remember(&connection, known.first));
                match prepared {
                    Err(error)
                        if !schema::is_complete(&connection, &parts)? || !has_no_room(&error) =>
                    {
                        return Err(error.into());
                    }
                    Err(error) => {
                        tracing::error!(%error, "the state file cannot be written; reads are served");
                    }
                    Ok(()) => {}
                }
                (restored, known)
            }
        };
        let slots = AtomicU64::new(restored.sandboxes.len() as u64);
        let writer = Writer { connection, parts, known, file: Arc::clone(&lock) };
        let jobs = Arc::clone(&queue);
        let writer = std::thread::Builder::new()
            .name("state file".to_owned())
            .spawn(move || writer.run(&jobs))?;
        let path = path.to_owned();
        let file = Self { path, queue, slots, writer: Mutex::new(Some(writer)), _lock: lock };
        Ok(Ok((Arc::new(file), restored)))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Transactions written, and commits in them.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let Queue { transactions, commits, .. } = &*self.queue;
        (transactions.load(Ordering::Relaxed), commits.load(Ordering::Relaxed))
    }

    /// Writes what is queued and closes the file. Later commits are lost.
    pub fn close(&self) {
        self.queue.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        self.close();
    }
}

impl Storage<World> for StateFile {
    fn open(&self, name: &str, origin: &Arc<Origin<World>>) -> Arc<dyn SandboxStorage<World>> {
        let number = self.slots.fetch_add(1, Ordering::Relaxed);
        slot(&self.queue, number, name, origin)
    }
}

fn slot(queue: &Arc<Queue>, number: u64, name: &str, origin: &Arc<Origin<World>>) -> Arc<Slot> {
    Arc::new_cyclic(|this| Slot {
        number,
        name: name.to_owned(),
        origin: Arc::clone(origin),
        queue: Arc::clone(queue),
        this: this.clone(),
    })
}

/// Whether SQLite fails because the disk is full or the file may not grow.
fn has_no_room(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DiskFull, SystemIoFailure};
    matches!(error.sqlite_error_code(), Some(DiskFull | SystemIoFailure))
}

/// What a file holds when it is opened.
enum Found {
    /// Nothing; this world is to be its first.
    Nothing(Box<World>),
    /// Sandboxes, and which worlds they are.
    Worlds(Restored, Known),
}

fn connect(path: &Path, options: Options) -> Result<Connection, StateError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    match connection.pragma_update(None, "journal_mode", "WAL") {
        // Without room for the log beside it, each write is tried on the file itself.
        Err(error) if has_no_room(&error) => {
            tracing::error!(%error, "the state file has no room for its log");
        }
        other => other?,
    }
    // A killed process loses nothing; a machine that loses power may lose the last moments.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(512);
    if let Some(pages) = options.most_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

/// Fills a new file with its first world.
fn begin(
    connection: &Connection,
    parts: &Parts,
    world: World,
) -> Result<(Restored, Known), StateError> {
    let origin = Origin::grown(world);
    let mut known = Known::default();
    let change = connection.unchecked_transaction()?;
    known.first = Write { change: &change, parts, known: &mut known }.origin(&origin)?;
    remember(&change, known.first)?;
    change.commit()?;
    Ok((Restored { origin, sandboxes: Vec::new() }, known))
}

/// Notes which world implicit forks start from.
fn remember(connection: &Connection, first: i64) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO meta VALUES ('origin', ?1)";
    connection.execute(sql, [first.to_string()]).map(|_| ())
}

/// Reads an existing file without changing it.
fn read(
    path: &Path,
    file: &LockedFile,
    parts: &Parts,
    queue: &Arc<Queue>,
) -> Result<Found, StateError> {
    let head = file.head()?;
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(StateError::NotSqlite);
    }
    // A server that ends gives up its log, and with it the mark in the head.
    let has_mark = head.get(18..20) != Some(&[1, 1]);
    // SQLite looks for the log beside the file that a symbolic link leads to, but not beside other names of it.
    let own = path.canonicalize()?;
    if has_mark && !beside(&own, "-wal").exists() {
        if file.has_other_names()? {
            return Err(StateError::OtherName);
        }
        tracing::warn!(
            "the state file was not closed, and its log is not there: writes may be missing"
        );
    }
    let closed_cleanly = !has_mark && !has_log(&own);
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(schema::torn)?;
    connection.pragma_update(None, "trusted_schema", false).map_err(schema::torn)?;
    let connection = schema::current(connection)?;
    schema::inspect(&connection, parts)?;
    schema::check(&connection, closed_cleanly)?;
    let first: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'origin'", [], |row| row.get(0))
        .optional()
        .map_err(schema::torn)?;
    let first: Option<i64> = first.and_then(|first| first.parse().ok());
    let mut loader = Loader::new(&connection, Arc::clone(parts))?;
    let rows = loader.sandboxes()?;
    // A snapshot names no origin; its one sandbox has it.
    let origin = match (first, rows.first()) {
        (Some(first), _) => loader.origin(first)?,
        (None, Some(row)) => Arc::clone(&row.origin),
        (None, None) => return Err(StateError::Torn("it holds no world".to_owned())),
    };
    let mut known = Known::default();
    let mut sandboxes = Vec::new();
    for (number, SandboxRow { name, world, root, origin }) in rows.into_iter().enumerate() {
        let number = number as u64;
        known.slots.insert(number, world);
        let storage = slot(queue, number, &name, &origin);
        sandboxes.push(SavedSandbox { name, origin, root, storage });
    }
    for (world, origin) in loader.origins {
        known.origins.insert(address(&origin), (world, origin));
    }
    let own = known.origins.get(&address(&origin)).map(|(world, _)| *world);
    known.first = own.unwrap_or_default();
    Ok(Found::Worlds(Restored { origin, sandboxes }, known))
}

/// Whether there is a log or a journal beside the file.
fn has_log(path: &Path) -> bool {
    ["-wal", "-journal"]
        .iter()
        .any(|ending| beside(path, ending).metadata().is_ok_and(|log| log.len() > 0))
}

/// The path with something behind its end.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(ending);
    beside.into()
}
