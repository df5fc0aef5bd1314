//! The bytes of a snapshot on their way: in a private file while there is room for one, else in memory. It is
//! the only module that makes temporary files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::iter;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Most bytes that are added in memory.
const MEMORY: usize = 1024 * 1024 * 1024;
/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

/// Bytes that are gone when it is dropped.
#[derive(Debug)]
pub struct Spool(Kept);

#[derive(Debug)]
enum Kept {
    /// The folder is the user's own, and is removed after the file is closed.
    File {
        file: File,
        folder: TempDir,
    },
    Memory(Vec<u8>),
}

impl Spool {
    /// An empty one, in a file when the folder for temporary files can be written to.
    #[must_use]
    pub fn new() -> Self {
        Self(Self::in_file().unwrap_or_else(|error| {
            tracing::debug!(%error, "a snapshot is kept in memory");
            Kept::Memory(Vec::new())
        }))
    }

    fn in_file() -> io::Result<Kept> {
        let folder = tempfile::Builder::new().prefix("timetwin-").tempdir()?;
        let path = path(folder.path());
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        Ok(Kept::File { file, folder })
    }

    /// Its file, if it has one.
    pub(super) fn path(&self) -> Option<PathBuf> {
        match &self.0 {
            Kept::File { folder, .. } => Some(path(folder.path())),
            Kept::Memory(_) => None,
        }
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.0 {
            Kept::File { file, .. } => file.write_all(bytes),
            Kept::Memory(all) if all.len() + bytes.len() > MEMORY => {
                let why = "in memory it may have 1 GiB, and there is no folder for temporary files";
                Err(io::Error::new(io::ErrorKind::StorageFull, why))
            }
            Kept::Memory(all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Number of bytes.
    ///
    /// # Errors
    /// The file cannot be reached.
    pub fn length(&self) -> io::Result<u64> {
        match &self.0 {
            Kept::File { file, .. } => Ok(file.metadata()?.len()),
            Kept::Memory(all) => Ok(all.len() as u64),
        }
    }

    /// The first bytes, at most `most`.
    pub(super) fn head(&mut self, most: usize) -> io::Result<Vec<u8>> {
        match &mut self.0 {
            Kept::File { file, .. } => {
                file.rewind()?;
                let mut head = Vec::new();
                file.take(most as u64).read_to_end(&mut head)?;
                Ok(head)
            }
            Kept::Memory(all) => Ok(all.iter().take(most).copied().collect()),
        }
    }

    /// Replaces the byte at `place`, which has to be there.
    pub(super) fn replace(&mut self, place: u64, byte: u8) -> io::Result<()> {
        match &mut self.0 {
            Kept::File { file, .. } => {
                file.seek(SeekFrom::Start(place))?;
                file.write_all(&[byte])
            }
            Kept::Memory(all) => {
                let at = usize::try_from(place).ok().and_then(|place| all.get_mut(place));
                at.map(|at| *at = byte).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
        }
    }

    /// All bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Kept::File { mut file, folder: _folder } => {
                let mut all = Vec::new();
                file.rewind()?;
                file.read_to_end(&mut all)?;
                Ok(all)
            }
            Kept::Memory(all) => Ok(all),
        }
    }

    /// All bytes in pieces; they end early when the file cannot be read.
    pub fn into_pieces(self) -> impl Iterator<Item = Vec<u8>> + Send {
        let mut rest = self;
        let mut begun = false;
        let mut next = move || -> io::Result<Vec<u8>> {
            match &mut rest.0 {
                Kept::File { file, .. } => {
                    if !std::mem::replace(&mut begun, true) {
                        file.rewind()?;
                    }
                    let mut piece = Vec::with_capacity(PIECE);
                    file.take(PIECE as u64).read_to_end(&mut piece)?;
                    Ok(piece)
                }
                Kept::Memory(all) => Ok(std::mem::take(all)),
            }
        };
        iter::from_fn(move || {
            let piece = next().unwrap_or_else(|error| {
                tracing::error!(%error, "a snapshot cannot be read back");
                Vec::new()
            });
            Some(piece).filter(|piece| !piece.is_empty())
        })
    }
}

impl Default for Spool {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Vec<u8>> for Spool {
    /// Kept in memory, where they are.
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kept::Memory(bytes))
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("snapshot.sqlite")
}

#[cfg(test)]
mod tests {
    use super::Spool;

    #[test]
    fn bytes_come_back_from_file_and_memory_and_nothing_stays() {
        for mut spool in [Spool::new(), Spool::from(Vec::new())] {
            let path = spool.path();
            let bytes: Vec<u8> = (0..200_000).map(|n: u32| n.to_le_bytes()[0]).collect();
            spool.add(&bytes[..150_000]).unwrap();
            spool.add(&bytes[150_000..]).unwrap();
            assert_eq!(spool.length().unwrap(), 200_000);
            assert_eq!(spool.head(3).unwrap(), [0, 1, 2]);
            spool.replace(1, 9).unwrap();
            assert!(spool.replace(200_000, 9).is_err() || path.is_some());
            let all: Vec<u8> = spool.into_pieces().flatten().take(200_000).collect();
            assert_eq!((all[1], &all[2..]), (9, &bytes[2..]));
            assert!(!path.is_some_and(|path| path.parent().unwrap().exists()));
        }
    }
}
