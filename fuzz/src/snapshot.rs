//! Snapshots: bytes that may be a file of ours, one that was damaged, and one whose rows are wrong.

use rusqlite::Connection;
use timetwin::kernel::revision::Revision;
use timetwin::kernel::sandbox::MAIN;
use timetwin::persist::{Parts, snapshot};
use timetwin::world::World;

use super::stage::Stage;

struct Base {
    stage: Stage,
    file: Vec<u8>,
}

thread_local! {
    static BASE: Base = {
        let stage = Stage::of("bare", Revision::Documented);
        let file = stage.twin.snapshot(MAIN).expect("a snapshot");
        let file = file.into_bytes().expect("it is read back");
        Base { stage, file }
    };
}

/// A file is read or refused. What was read can be written, is then read as the same, and everything in it can be
/// looked at.
pub fn holds(data: &[u8]) {
    BASE.with(|base| {
        let Some(file) = base.file_of(data) else { return };
        let parts = base.stage.twin.parts();
        let Ok(world) = snapshot::read(file.into(), MAIN, parts) else { return };
        let written = written(&world, parts);
        let again = snapshot::read(written.clone().into(), MAIN, parts).expect("it is then read");
        let twice = self::written(&again, parts);
        assert!(written == twice, "a world is read as it was written");
        base.look_at(world);
    });
}

fn written(world: &World, parts: &Parts) -> Vec<u8> {
    let spool = snapshot::write(MAIN, world, parts).expect("a world can be written");
    spool.into_bytes().expect("it is read back")
}

impl Base {
    /// The file that an input describes. Its first line is `raw` and the bytes follow; `patch` and parts of four
    /// bytes for the place, one for the length and so many bytes follow; or `row` and lines with the name of a
    /// table, a key and the row follow.
    fn file_of(&self, data: &[u8]) -> Option<Vec<u8>> {
        let end = data.iter().position(|byte| *byte == b'\n')?;
        let (how, rest) = (&data[..end], &data[end + 1..]);
        match how {
            b"raw" => Some(rest.to_vec()),
            b"patch" => Some(self.patched(rest)),
            b"row" => self.with_row(std::str::from_utf8(rest).ok()?),
            _ => None,
        }
    }

    fn patched(&self, mut patches: &[u8]) -> Vec<u8> {
        let mut file = self.file.clone();
        while let Some((place, rest)) = patches.split_first_chunk::<4>() {
            let Some((length, rest)) = rest.split_first() else { break };
            let (bytes, rest) = rest.split_at(rest.len().min(usize::from(*length)));
            let place = u32::from_le_bytes(*place) as usize % file.len();
            let room = file.len() - place;
            let bytes = &bytes[..bytes.len().min(room)];
            file[place..place + bytes.len()].copy_from_slice(bytes);
            patches = rest;
        }
        file
    }

    fn with_row(&self, text: &str) -> Option<Vec<u8>> {
        let mut lines = text.splitn(3, '\n');
        let (table, key, row) = (lines.next()?, lines.next()?, lines.next()?);
        let parts = self.stage.twin.parts();
        parts.iter().find(|part| part.name() == table)?;
        let mut connection = Connection::open_in_memory().ok()?;
        connection.deserialize_read_exact("main", &*self.file, self.file.len(), false).ok()?;
        let change =
            format!("INSERT OR REPLACE INTO {table}_rows SELECT world, ?1, ?2 FROM sandboxes");
        connection.execute(&change, [key, row]).ok()?;
        Some(connection.serialize("main").ok()?.to_vec())
    }

    /// Lists everything of a world.
    fn look_at(&self, world: World) {
        let main = self.stage.twin.sandbox(MAIN).expect("main is always there");
        main.go_to(world);
        for call in self.stage.reads() {
            self.stage.send(call, None, Vec::new());
        }
        let _ = self.stage.twin.ledger(MAIN, None);
        main.reset();
    }
}
