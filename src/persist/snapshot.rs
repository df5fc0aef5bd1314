//! A sandbox as a file: the format of a state file, with one world in it.

use std::sync::Arc;

use rusqlite::Connection;

use super::load::Loader;
use super::schema;
use super::spool::Spool;
use super::writer::{Known, Write};
use super::{Parts, StateError};
use crate::kernel::sandbox::Origin;
use crate::world::World;

/// A file that holds `world` as the sandbox `name`.
///
/// # Errors
/// When there is no room for it, neither on disk nor in memory.
pub fn write(name: &str, world: &World, parts: &Parts) -> Result<Spool, StateError> {
    let spool = Spool::new();
    if let Some(path) = spool.path() {
        let connection = Connection::open(path)?;
        // Nobody else sees the file, and nobody needs half of it.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "OFF")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        let written = fill(&connection, name, world, parts);
        let closed = written.and_then(|()| Ok(connection.close().map_err(|(_, error)| error)?));
        match closed {
            Ok(()) => return Ok(spool),
            Err(error) => tracing::debug!(%error, "a snapshot is made in memory"),
        }
    }
    drop(spool);
    let mut connection = Connection::open_in_memory()?;
    fill(&connection, name, world, parts)?;
    let bytes = connection.serialize("main")?.to_vec();
    Ok(bytes.into())
}

fn fill(
    connection: &Connection,
    name: &str,
    world: &World,
    parts: &Parts,
) -> Result<(), StateError> {
    schema::prepare(connection, parts)?;
    let origin = Origin::grown(world.clone());
    let change = connection.unchecked_transaction()?;
    let mut known = Known::default();
    let id = Write { change: &change, parts, known: &mut known }.origin(&origin)?;
    change.execute("INSERT INTO worlds (base, version) VALUES (?1, 0)", [id])?;
    let own = change.last_insert_rowid();
    change
        .execute("INSERT INTO sandboxes VALUES (?1, ?2, ?3)", rusqlite::params![name, own, id])?;
    Ok(change.commit()?)
}

/// The world that a file holds; that of `name` when it holds several.
///
/// # Errors
/// When the bytes are no state file of ours, damaged, too new, or hold no such sandbox.
pub fn read(mut spool: Spool, name: &str, parts: &Parts) -> Result<World, StateError> {
    let head = spool.head(100)?;
    if head.len() < 100 || !head.starts_with(b"SQLite format 3\0") {
        return Err(StateError::NotSqlite);
    }
    // A file that was copied while it had a log beside it says so in two bytes; here it has none.
    for at in [18, 19] {
        if head[at] == 2 {
            spool.replace(at as u64, 1)?;
        }
    }
    let mut connection;
    // It lives as long as the connection.
    let _file;
    if let Some(path) = spool.path() {
        connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "MEMORY").map_err(schema::torn)?;
        _file = spool;
    } else {
        let bytes = spool.into_bytes()?;
        connection = Connection::open_in_memory()?;
        connection.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), true)?;
    }
    connection.pragma_update(None, "trusted_schema", false).map_err(schema::torn)?;
    let connection = schema::current(connection)?;
    schema::inspect(&connection, parts)?;
    // Anybody may have made it.
    schema::check(&connection, false)?;
    let mut loader = Loader::new(&connection, Arc::clone(parts))?;
    let mut rows = loader.sandboxes()?;
    let at = rows.iter().position(|row| row.name == name).unwrap_or(0);
    if rows.is_empty() {
        return Err(StateError::Torn("it holds no sandbox".to_owned()));
    }
    let row = rows.swap_remove(at);
    Ok(row.root.value.clone())
}
