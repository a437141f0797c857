//! Where an image lies: a file, or a folder with one.

use std::path::{Path, PathBuf};

use super::bytes;
use crate::volume::error::VolumeError;

/// How many bytes of a file are looked at to tell its format.
const HEAD: usize = 1024;

/// Where an image lies, and what tells its format.
#[derive(Debug, Clone)]
pub enum Place {
    /// A regular file
    File {
        /// Its path
        path: PathBuf,
        /// Its first bytes, decompressed; fewer than a format asks for where it is shorter
        head: Vec<u8>,
        /// Its length in bytes
        length: u64,
    },
    /// A folder
    Folder {
        /// Its path
        path: PathBuf,
    },
}

impl Place {
    /// Looks at a path. What is neither a file nor a folder is refused before it is opened.
    pub fn of(path: &Path) -> Result<Self, VolumeError> {
        if path.is_dir() {
            return Ok(Self::Folder {
                path: path.to_path_buf(),
            });
        }
        let file = bytes::File::open(path)?;
        let length = file.length;
        Ok(Self::File {
            path: path.to_path_buf(),
            head: file.first_bytes(HEAD).map_err(|error| VolumeError::open(path, error))?,
            length,
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        match self {
            Self::File { path, .. } | Self::Folder { path } => path,
        }
    }

    /// The first bytes of a file; none of a folder.
    pub fn head(&self) -> &[u8] {
        match self {
            Self::File { head, .. } => head,
            Self::Folder { .. } => &[],
        }
    }
}
