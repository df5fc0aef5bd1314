//! A sandbox as a file: the format of a state file, with one world in it.

use std::sync::Arc;

use rusqlite::Connection;

use super::load::Loader;
use super::schema;
use super::writer::{Known, Write};
use super::{Parts, StateError};
use crate::kernel::sandbox::Origin;
use crate::world::World;

/// The bytes of a file that holds `world` as the sandbox `name`.
///
/// # Errors
/// When there is not enough memory for it.
pub fn write(name: &str, world: &World, parts: &Parts) -> Result<Vec<u8>, StateError> {
    let mut connection = Connection::open_in_memory()?;
    schema::prepare(&connection, parts)?;
    let origin = Origin::grown(world.clone());
    let change = connection.unchecked_transaction()?;
    let mut known = Known::default();
    let id = Write { change: &change, parts, known: &mut known }.origin(&origin)?;
    change.execute("INSERT INTO worlds (base, version) VALUES (?1, 0)", [id])?;
    let own = change.last_insert_rowid();
    change
        .execute("INSERT INTO sandboxes VALUES (?1, ?2, ?3)", rusqlite::params![name, own, id])?;
    change.commit()?;
    let bytes = connection.serialize("main")?.to_vec();
    Ok(bytes)
}

/// The world that a file holds; that of `name` when it holds several.
///
/// # Errors
/// When the bytes are no state file of ours, damaged, too new, or hold no such sandbox.
pub fn read(mut bytes: Vec<u8>, name: &str, parts: &Parts) -> Result<World, StateError> {
    if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
        return Err(StateError::NotSqlite);
    }
    // A file that was copied while it had a log beside it says so in two bytes; here it has none.
    for at in [18, 19] {
        if let Some(mode) = bytes.get_mut(at).filter(|mode| **mode == 2) {
            *mode = 1;
        }
    }
    let mut connection = Connection::open_in_memory()?;
    let length = bytes.len();
    connection.deserialize_read_exact("main", bytes.as_slice(), length, true)?;
    drop(bytes);
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
