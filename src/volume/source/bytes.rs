//! Bytes of a file, plain or compressed, with the checks that keep a bad file from costing more than an error.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::file::{self, irregular};
use crate::volume::VolumeError;

/// How many bytes one read asks of the system.
const BUFFER: usize = 256 * 1024;

/// What deflate can make of one byte at most: 1032 to 1 by its format.
const DEFLATE_RATIO: u64 = 1032;

/// The first two bytes of a gzip member.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How many bytes behind the last gzip member are counted.
const MOST_BEHIND: u64 = 1 << 20;

/// An opened regular file, its length and whether it is compressed.
pub(super) struct File {
    pub reader: BufReader<fs::File>,
    pub length: u64,
    pub gzip: bool,
}

impl File {
    /// Opens a regular file. Pipes, devices and folders are refused before they are opened, for opening one may wait for ever.
    pub fn open(path: &Path) -> Result<Self, VolumeError> {
        let failed = |error| VolumeError::open(path, error);
        if let Some(what) = irregular(&fs::metadata(path).map_err(failed)?) {
            return Err(VolumeError::NotAFile {
                path: path.to_path_buf(),
                what,
            });
        }
        let (file, length) = file::open(path).map_err(failed)?;
        let mut reader = BufReader::with_capacity(BUFFER, file);
        let gzip = reader.fill_buf().map_err(failed)?.starts_with(&GZIP);
        Ok(Self { reader, length, gzip })
    }

    /// The content, decompressed where it is compressed; what lies behind the compressed data is counted.
    pub fn content(self, behind: &Behind) -> Box<dyn BufRead + Send> {
        if self.gzip {
            Box::new(BufReader::with_capacity(
                BUFFER,
                Members::new(self.reader, behind.clone()),
            ))
        } else {
            Box::new(self.reader)
        }
    }

    /// The first bytes of the content, fewer where it is shorter; a damaged beginning gives what came before the damage. An
    /// error only where the system does not read.
    pub fn first_bytes(self, count: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::with_capacity(count);
        match self
            .content(&Behind::default())
            .take(count as u64)
            .read_to_end(&mut head)
        {
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

/// How many bytes lie behind the last gzip member of a file, once it has been read to its end.
#[derive(Debug, Clone, Default)]
pub(in crate::volume) struct Behind(Arc<AtomicU64>);

impl Behind {
    /// So many bytes from the start.
    pub fn of(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    /// How many were met.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The gzip members of a file, one after the other, to the first byte that is of none: editors leave a line end behind them,
/// and tapes are padded.
pub(super) struct Members<R> {
    /// `None` behind the last member
    current: Option<GzDecoder<PutBack<R>>>,
    behind: Behind,
}

impl<R: BufRead> Members<R> {
    pub fn new(compressed: R, behind: Behind) -> Self {
        Self {
            current: Some(GzDecoder::new(PutBack {
                byte: None,
                inner: compressed,
            })),
            behind,
        }
    }
}

/// A reader before which one byte can be put back: the two that begin a member may lie in two buffers.
struct PutBack<R> {
    byte: Option<[u8; 1]>,
    inner: R,
}

impl<R: BufRead> Read for PutBack<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for PutBack<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &self.byte {
            Some(byte) => Ok(byte),
            None => self.inner.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        if count > 0 && self.byte.take().is_none() {
            self.inner.consume(count);
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.current {
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(decoder) = self.current.take() else { break };
            let mut rest = decoder.into_inner();
            let mut first = [0];
            if rest.read(&mut first)? == 0 {
                break;
            }
            let begins = [first.first(), rest.fill_buf()?.first()] == GZIP.each_ref().map(Some);
            rest.byte = Some(first);
            if begins {
                self.current = Some(GzDecoder::new(rest));
            } else {
                let behind = io::copy(&mut rest.take(MOST_BEHIND), &mut io::sink())?;
                self.behind.0.store(behind, Ordering::Relaxed);
            }
        }
        Ok(0)
    }
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
