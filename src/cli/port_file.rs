//! The file that tells a script at which port the server listens.

use std::io;
use std::path::{Path, PathBuf};

use super::Failure;

/// A port file, if one is wanted.
pub(super) struct PortFile(Option<PathBuf>);

impl PortFile {
    /// The file without the port of an earlier server, so that nobody takes it for this one's.
    pub(super) fn cleared(file: Option<PathBuf>) -> Self {
        if let Some(file) = &file
            && is_plain(file)
        {
            let _ = std::fs::remove_file(file);
        }
        Self(file)
    }

    /// Writes the port in one step, so that nobody reads half of it.
    pub(super) fn write(&self, port: u16) -> Result<(), Failure> {
        let Some(file) = &self.0 else { return Ok(()) };
        let written = || -> io::Result<()> {
            if file.exists() && !is_plain(file) {
                return std::fs::write(file, format!("{port}\n"));
            }
            let mut beside = file.as_os_str().to_owned();
            beside.push(format!(".{}", std::process::id()));
            std::fs::write(&beside, format!("{port}\n"))?;
            std::fs::rename(&beside, file)
        };
        written().map_err(|error| Failure::Runtime(format!("{}: {error}", file.display())))
    }

    /// Removes the file, unless another server has put its own port there.
    pub(super) fn remove(&self, port: u16) {
        if let Some(file) = &self.0
            && is_plain(file)
            && std::fs::read_to_string(file).is_ok_and(|text| text.trim() == port.to_string())
        {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// Whether it is a file and not, say, a pipe.
fn is_plain(file: &Path) -> bool {
    file.metadata().is_ok_and(|known| known.is_file())
}
