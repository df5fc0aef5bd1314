//! The lock on a state file, which is on the file itself and not on a path to it.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use super::StateError;

/// The file itself, locked, whatever path leads to it.
#[derive(Debug)]
pub(super) struct LockedFile {
    path: PathBuf,
    file: File,
    /// Whether this server made it.
    made: bool,
    /// Elsewhere than on Unix a lock keeps out every other handle, that of SQLite too: a file beside it has the lock.
    #[cfg(not(unix))]
    _beside: File,
}

impl LockedFile {
    /// Opens or makes a file that only its owner may read, and locks it.
    pub(super) fn open(path: &Path) -> Result<Self, StateError> {
        let mut options = File::options();
        options.read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let (file, made) = match options.clone().create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (options.open(path)?, false)
            }
            Err(error) => return Err(error.into()),
        };
        #[cfg(not(unix))]
        let beside = {
            let mut name = path.as_os_str().to_owned();
            name.push(".lock");
            File::options().write(true).create(true).truncate(false).open(name)?
        };
        #[cfg(not(unix))]
        let locked = beside.try_lock();
        #[cfg(unix)]
        let locked = file.try_lock();
        match locked {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                file,
                made,
                #[cfg(not(unix))]
                _beside: beside,
            }),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    pub(super) fn is_empty(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.len() == 0)
    }

    /// The first bytes, as far as there are any.
    pub(super) fn head(&self) -> io::Result<Vec<u8>> {
        let mut file = &self.file;
        let mut head = Vec::new();
        file.rewind()?;
        file.take(100).read_to_end(&mut head)?;
        Ok(head)
    }

    /// Removes a file that stayed empty.
    pub(super) fn remove_if_made(&self) {
        if self.made {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Whether another path leads to it that is no symbolic link.
    pub(super) fn has_other_names(&self) -> io::Result<bool> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Ok(self.file.metadata()?.nlink() > 1)
        }
        #[cfg(not(unix))]
        Ok(false)
    }

    /// Whether the path still leads to this file. It does not when the file was deleted or replaced.
    pub(super) fn is_in_place(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let identity = |file: std::fs::Metadata| (file.dev(), file.ino());
            let there = std::fs::metadata(&self.path).map(identity).ok();
            there.is_some() && there == self.file.metadata().map(identity).ok()
        }
        #[cfg(not(unix))]
        self.path.exists()
    }
}
