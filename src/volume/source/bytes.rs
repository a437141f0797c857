//! Bytes of a file, plain or compressed, with the checks that keep a bad file from costing more than an error.

use std::fs::{self, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::volume::VolumeError;

/// How many bytes one read asks of the system.
const BUFFER: usize = 256 * 1024;

/// What deflate can make of one byte at most: 1032 to 1 by its format.
const DEFLATE_RATIO: u64 = 1032;

/// The first two bytes of a gzip member.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// An opened regular file, its length and whether it is compressed.
pub(super) struct File {
    pub reader: BufReader<fs::File>,
    pub length: u64,
    pub gzip: bool,
}

impl File {
    /// Opens a regular file. Pipes, devices and folders are refused before they are opened, for opening one may wait for ever.
    pub fn open(path: &Path) -> Result<Self, VolumeError> {
        let failed = |source| VolumeError::Open {
            path: path.to_path_buf(),
            source,
        };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() {
            return Err(VolumeError::NotAFile {
                path: path.to_path_buf(),
                what: kind(&metadata),
            });
        }
        let mut reader = BufReader::with_capacity(BUFFER, fs::File::open(path).map_err(failed)?);
        let gzip = reader.fill_buf().map_err(failed)?.starts_with(&GZIP);
        Ok(Self {
            reader,
            length: metadata.len(),
            gzip,
        })
    }

    /// The content, decompressed where it is compressed.
    pub fn content(self) -> Box<dyn BufRead + Send> {
        if self.gzip {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(self.reader)))
        } else {
            Box::new(self.reader)
        }
    }

    /// The first bytes of the content, fewer where it is shorter; a damaged beginning gives what came before the damage. An
    /// error only where the system does not read.
    pub fn first_bytes(self, count: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::with_capacity(count);
        match self.content().take(count as u64).read_to_end(&mut head) {
            Err(error) if error.raw_os_error().is_some() => Err(error),
            // What was read before the damage is in `head`.
            Ok(_) | Err(_) => Ok(head),
        }
    }

    /// The greatest number of bytes that the content can have.
    pub fn most(&self) -> u64 {
        if self.gzip {
            self.length.saturating_mul(DEFLATE_RATIO)
        } else {
            self.length
        }
    }
}

/// A gzip stream from inside a file.
pub(super) fn gunzip(compressed: impl BufRead + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(MultiGzDecoder::new(compressed))
}

/// The greatest number of bytes that so many gzip bytes can hold.
pub(super) fn most_gunzipped(bytes: u64) -> u64 {
    bytes.saturating_mul(DEFLATE_RATIO)
}

/// The greatest number of bytes that so many bzip2 bytes can hold: a block of 900,000 bytes at most, each fifth of which may
/// stand for 255 more, takes no less than 16 bytes.
pub(super) fn most_bunzipped(bytes: u64) -> u64 {
    (bytes / 16).saturating_add(1).saturating_mul(900_000 / 5 * 259)
}

/// Skips bytes; an error where there are fewer.
pub(super) fn skip(reader: &mut dyn Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reader.take(bytes), &mut io::sink())?;
    if skipped < bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// What a path that is no regular file is.
fn kind(metadata: &Metadata) -> &'static str {
    if metadata.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    "no regular file"
}
