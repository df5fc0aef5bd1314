//! Tables, views and the format version of a state file, and how a foreign or torn file is told.

use rusqlite::{Connection, OptionalExtension};

use super::StateError;
use crate::kernel::collection::Collections;
use crate::world::World;

/// `TWN1`, in the file's header; what `file` and this program know it by.
const APPLICATION: i64 = 0x5457_4e31;
/// The format this program writes. What is new in a row has a default, and a collection that is new has a
/// table made for it, in the same format; whatever else changes makes a format of its own.
pub(super) const FORMAT: u8 = 1;
/// What leads from each format to the next, from format 1 on: SQL that is run before anything else is
/// looked at.
const STEPS: [&str; FORMAT as usize - 1] = [];

const META: &str = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT";
const WORLDS: &str = "CREATE TABLE worlds (id INTEGER PRIMARY KEY, \
    base INTEGER REFERENCES worlds (id), version INTEGER NOT NULL) STRICT";
const SANDBOXES: &str = "CREATE TABLE sandboxes (name TEXT PRIMARY KEY, \
    world INTEGER NOT NULL REFERENCES worlds (id), \
    origin INTEGER NOT NULL REFERENCES worlds (id)) STRICT";
const LINEAGE: &str = "CREATE VIEW lineage AS WITH RECURSIVE up (sandbox, world, depth) AS (\
    SELECT name, world, 0 FROM sandboxes UNION ALL \
    SELECT up.sandbox, worlds.base, up.depth + 1 FROM up JOIN worlds ON worlds.id = up.world \
    WHERE worlds.base IS NOT NULL) SELECT sandbox, world, depth FROM up";

/// The table of a collection.
fn table(collection: &str) -> String {
    format!(
        "CREATE TABLE {collection}_rows (world INTEGER NOT NULL REFERENCES worlds (id), \
         key TEXT NOT NULL, row TEXT, PRIMARY KEY (world, key)) STRICT, WITHOUT ROWID"
    )
}

/// The rows of a collection as each sandbox has them: the nearest world that says something of a key
/// decides; a row that is NULL there is gone.
fn view(collection: &str) -> String {
    format!(
        "CREATE VIEW {collection} AS SELECT sandbox, key, row FROM (\
         SELECT lineage.sandbox, {collection}_rows.key, {collection}_rows.row, row_number() OVER (\
         PARTITION BY lineage.sandbox, {collection}_rows.key ORDER BY lineage.depth) AS nth \
         FROM lineage JOIN {collection}_rows ON {collection}_rows.world = lineage.world) \
         WHERE nth = 1 AND row IS NOT NULL"
    )
}

/// Every table and view by name, with the text that makes it.
fn objects(parts: &Collections<World>) -> Vec<(String, String)> {
    let mut objects: Vec<(String, String)> =
        [("meta", META), ("worlds", WORLDS), ("sandboxes", SANDBOXES), ("lineage", LINEAGE)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
    for part in parts {
        let name = part.name();
        objects.push((format!("{name}_rows"), table(name)));
        objects.push((name.to_owned(), view(name)));
    }
    objects
}

/// Brings a file of an older format to this one and makes what is missing, in one transaction.
pub(super) fn prepare(connection: &Connection, parts: &Collections<World>) -> rusqlite::Result<()> {
    let change = connection.unchecked_transaction()?;
    let found = change.pragma_query_value(None, "user_version", |row| row.get(0))?;
    step(&change, found, &STEPS)?;
    for (name, text) in objects(parts) {
        let known = change
            .query_row("SELECT 1 FROM sqlite_schema WHERE name = ?1", [&name], |_| Ok(()))
            .optional()?;
        if known.is_none() {
            change.execute_batch(&text)?;
        }
    }
    change.pragma_update(None, "application_id", APPLICATION)?;
    change.pragma_update(None, "user_version", FORMAT)?;
    let mut meta = change.prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
    meta.execute(["format", &FORMAT.to_string()])?;
    meta.execute(["written_by", concat!("timetwin ", env!("CARGO_PKG_VERSION"))])?;
    drop(meta);
    change.commit()
}

/// Takes the steps from a format on; none from 0, in which nothing is yet.
fn step(connection: &Connection, found: i64, steps: &[&str]) -> rusqlite::Result<()> {
    let taken = usize::try_from(found - 1).unwrap_or(steps.len());
    steps.iter().skip(taken).try_for_each(|step| connection.execute_batch(step))
}

/// A database of ours in the format of this program: itself, or what an older one leads to, in memory.
/// The file stays as it is.
pub(super) fn current(mut connection: Connection) -> Result<Connection, StateError> {
    let found = format(&connection)?;
    if found == i64::from(FORMAT) {
        Ok(connection)
    } else {
        upgraded(&mut connection, found, &STEPS)
    }
}

fn upgraded(
    connection: &mut Connection,
    found: i64,
    steps: &[&str],
) -> Result<Connection, StateError> {
    let bytes = connection.serialize("main").map_err(torn)?;
    let mut copy = Connection::open_in_memory()?;
    copy.deserialize_read_exact("main", &*bytes, bytes.len(), false).map_err(torn)?;
    copy.pragma_update(None, "trusted_schema", false).map_err(torn)?;
    step(&copy, found, steps).map_err(torn)?;
    Ok(copy)
}

/// The format of a database of ours that this program reads.
fn format(connection: &Connection) -> Result<i64, StateError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    let application: i64 = number("application_id").map_err(torn)?;
    let found: i64 = number("user_version").map_err(torn)?;
    if application != APPLICATION || found < 1 {
        return Err(StateError::Foreign);
    }
    let known = FORMAT.into();
    if found > known { Err(StateError::Newer { found, known }) } else { Ok(found) }
}

/// Tells whether a database in the format of this program is whole and nobody else's. Reads only.
pub(super) fn inspect(
    connection: &Connection,
    parts: &Collections<World>,
) -> Result<(), StateError> {
    // Nothing of the file runs that this program has not written: a view or trigger could.
    let known = objects(parts);
    let mut schema = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        .map_err(torn)?;
    let rows = schema.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(torn)?;
    for row in rows {
        let (name, text): (String, String) = row.map_err(torn)?;
        let expected = known.iter().find(|(known, _)| *known == name).map(|(_, text)| text);
        // A collection of a program that knows more is left alone, as long as it is plain.
        let is_plain = text == table(name.trim_end_matches("_rows")) || text == view(&name);
        if expected.map_or(!is_plain, |expected| *expected != text) {
            return Err(StateError::Foreign);
        }
    }
    for (name, _) in [("meta", META), ("worlds", WORLDS), ("sandboxes", SANDBOXES)] {
        if !has(connection, name)? {
            return Err(StateError::Foreign);
        }
    }
    Ok(())
}

/// Tells whether every page of a database is where it should be. A file that was closed cleanly is not
/// compared row by row with its indexes, which takes longer.
pub(super) fn check(connection: &Connection, closed_cleanly: bool) -> Result<(), StateError> {
    let check = if closed_cleanly { "PRAGMA quick_check(1)" } else { "PRAGMA integrity_check(1)" };
    let whole: String = connection.query_row(check, [], |row| row.get(0)).map_err(torn)?;
    if whole == "ok" { Ok(()) } else { Err(StateError::Torn(whole)) }
}

/// Whether nothing is missing that this program writes to.
pub(super) fn is_complete(
    connection: &Connection,
    parts: &Collections<World>,
) -> Result<bool, StateError> {
    for (name, _) in objects(parts) {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)";
        if !connection.query_row(sql, [name], |row| row.get(0)).map_err(torn)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether there is a table of this name.
pub(super) fn has(connection: &Connection, table: &str) -> Result<bool, StateError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1 AND type = 'table')";
    connection.query_row(sql, [table], |row| row.get(0)).map_err(torn)
}

/// An error while reading what should be one of our files.
pub(super) fn torn(error: rusqlite::Error) -> StateError {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
    match error.sqlite_error_code() {
        Some(NotADatabase) => StateError::NotSqlite,
        Some(DatabaseBusy | DatabaseLocked) => StateError::InUse,
        Some(DatabaseCorrupt) => StateError::Torn(error.to_string()),
        _ => StateError::Sql(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{APPLICATION, current, format, step, upgraded};
    use rusqlite::Connection;

    /// A file as a program wrote it that had one table with one row.
    fn old() -> Connection {
        let old = Connection::open_in_memory().unwrap();
        old.execute_batch("CREATE TABLE tags (name TEXT) STRICT; INSERT INTO tags VALUES ('a')")
            .unwrap();
        old.pragma_update(None, "application_id", APPLICATION).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old
    }

    fn told(connection: &Connection) -> String {
        let sql = "SELECT group_concat(sql, ' ') FROM sqlite_schema";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_format_is_led_to_this_one_step_by_step_and_stays_as_it_is() {
        let steps = [
            "ALTER TABLE tags RENAME TO labels",
            "ALTER TABLE labels ADD COLUMN colour TEXT; UPDATE labels SET colour = 'red'",
        ];
        let mut file = old();
        let colour = "SELECT name || ' ' || colour FROM labels";
        let colour_in = |of: &Connection| of.query_row(colour, [], |row| row.get::<_, String>(0));
        let copy = upgraded(&mut file, 1, &steps).unwrap();
        assert_eq!(colour_in(&copy).unwrap(), "a red");
        assert_eq!(told(&file), "CREATE TABLE tags (name TEXT) STRICT");
        step(&file, 1, &steps[..1]).unwrap();
        step(&file, 2, &steps).unwrap();
        assert_eq!(colour_in(&file).unwrap(), "a red", "one step at a time comes to the same");
        step(&file, 3, &steps).unwrap();
        let mut new = Connection::open_in_memory().unwrap();
        step(&new, 0, &steps).unwrap();
        assert!(upgraded(&mut new, 1, &steps).is_err(), "nothing there to be led");
    }

    #[test]
    fn a_format_is_read_from_the_header() {
        let file = old();
        assert_eq!(format(&file).unwrap(), 1);
        assert!(told(&current(file).unwrap()).contains("tags"), "it is taken as it is");
        for (pragma, value) in [("user_version", 0), ("user_version", 2), ("application_id", 7)] {
            let file = old();
            file.pragma_update(None, pragma, value).unwrap();
            assert!(format(&file).is_err(), "{pragma} {value}");
        }
    }
}
