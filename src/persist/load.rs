//! Worlds out of a database.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::schema::{has, torn};
use super::{Parts, StateError};
use crate::kernel::clock::Clock;
use crate::kernel::collection::Collection;
use crate::kernel::sandbox::Origin;
use crate::kernel::store::Root;
use crate::world::{Settings, World};

/// A sandbox as the file has it.
pub(super) struct SandboxRow {
    pub(super) name: String,
    /// Number of its world.
    pub(super) world: i64,
    pub(super) root: Arc<Root<World>>,
    pub(super) origin: Arc<Origin<World>>,
}

/// Reads worlds, each once.
pub(super) struct Loader<'a> {
    connection: &'a Connection,
    parts: Parts,
    /// The parts that the database has tables of; a program that wrote it before they were thought of
    /// made none.
    present: Vec<bool>,
    /// Origins by the number of their world.
    pub(super) origins: BTreeMap<i64, Arc<Origin<World>>>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(connection: &'a Connection, parts: Parts) -> Result<Self, StateError> {
        let present = parts.iter().map(|part| has(connection, &format!("{}_rows", part.name())));
        let present = present.collect::<Result<_, _>>()?;
        Ok(Self { connection, parts, present, origins: BTreeMap::new() })
    }

    fn parts(&self) -> impl Iterator<Item = &dyn Collection<World>> {
        let parts = self.parts.iter().zip(&self.present);
        parts.filter(|(_, present)| **present).map(|(part, _)| &**part)
    }

    /// All sandboxes, by name.
    pub(super) fn sandboxes(&mut self) -> Result<Vec<SandboxRow>, StateError> {
        let mut names = self
            .connection
            .prepare("SELECT name, world, origin FROM sandboxes ORDER BY name")
            .map_err(torn)?;
        let rows = names
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(torn)?
            .collect::<rusqlite::Result<Vec<(String, i64, i64)>>>()
            .map_err(torn)?;
        rows.into_iter()
            .map(|(name, world, origin)| {
                let origin = self.origin(origin)?;
                let (_, version) = self.line(world)?;
                // A sandbox that stands at its origin shares its root.
                let root = if version == 0 && !self.has_rows(world)? {
                    Arc::clone(&origin.root)
                } else {
                    let mut value = origin.root.value.clone();
                    self.read_rows(world, &mut value)?;
                    Arc::new(Root { version, value })
                };
                Ok(SandboxRow { name, world, root, origin })
            })
            .collect()
    }

    /// The origin whose world has this number.
    pub(super) fn origin(&mut self, id: i64) -> Result<Arc<Origin<World>>, StateError> {
        // A world is written after its base, so numbers only fall on the way down.
        let mut way = vec![id];
        let mut below = loop {
            let Some(last) = way.last().copied() else { break None };
            if let Some(known) = self.origins.get(&last) {
                way.pop();
                break Some(Arc::clone(known));
            }
            match self.line(last)?.0 {
                None => break None,
                Some(base) if base < last => way.push(base),
                Some(base) => {
                    return Err(StateError::Torn(format!("world {last} is based on world {base}")));
                }
            }
        };
        while let Some(world) = way.pop() {
            let mut value = match &below {
                Some(base) => base.root.value.clone(),
                None => World::empty(Clock::real(), Settings::default()),
            };
            self.read_rows(world, &mut value)?;
            let origin = match &below {
                Some(base) => Origin::forked(value, base),
                None => Origin::grown(value),
            };
            self.origins.insert(world, Arc::clone(&origin));
            below = Some(origin);
        }
        below.ok_or_else(|| StateError::Torn(format!("there is no world {id}")))
    }

    /// Base and version of a world.
    fn line(&self, id: i64) -> Result<(Option<i64>, u64), StateError> {
        let line = self.connection.query_row(
            "SELECT base, version FROM worlds WHERE id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)),
        );
        match line {
            Ok((base, version)) => Ok((base, u64::try_from(version).unwrap_or(0))),
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                Err(StateError::Torn(format!("there is no world {id}")))
            }
            Err(error) => Err(torn(error)),
        }
    }

    fn has_rows(&self, world: i64) -> Result<bool, StateError> {
        for part in self.parts() {
            let sql =
                format!("SELECT EXISTS (SELECT 1 FROM {}_rows WHERE world = ?1)", part.name());
            let any: bool =
                self.connection.query_row(&sql, [world], |row| row.get(0)).map_err(torn)?;
            if any {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read_rows(&self, world: i64, value: &mut World) -> Result<(), StateError> {
        for part in self.parts() {
            let sql = format!("SELECT key, row FROM {}_rows WHERE world = ?1", part.name());
            let mut rows = self.connection.prepare(&sql).map_err(torn)?;
            let mut rows = rows.query([world]).map_err(torn)?;
            while let Some(row) = rows.next().map_err(torn)? {
                let text = |column| {
                    let text = row.get_ref(column).map_err(torn)?.as_str_or_null();
                    text.map_err(|error| StateError::Torn(error.to_string()))
                };
                part.load(value, text(0)?.unwrap_or_default(), text(1)?)?;
            }
        }
        Ok(())
    }
}
