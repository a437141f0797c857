//! One DICOM file: its data set as far as the pixels, and where the pixels lie.
//!
//! dicom-object reads the elements, once the walk over them has shown that it may.
//!
//! Reference: DICOM PS3.10, section 7 (file meta information).

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;
use flate2::read::DeflateDecoder;

use super::fields::{Fields, bad};
use super::syntax::{EXPLICIT, IMPLICIT, Syntax, of_uid};
use super::walk::{Pixels, Stop, Walked, walk};
use crate::volume::error::VolumeError;

/// How many bytes of a file are read at first; most headers are shorter.
const FIRST: usize = 16 * 1024;

/// How many bytes come before the word DICM.
const PREAMBLE: usize = 128;

/// How many bytes a deflated data set may have, 2 GiB.
const MOST_INFLATED: u64 = 1 << 31;

/// A DICOM file.
pub(super) struct Object {
    /// The file
    pub path: PathBuf,
    /// How it is written
    pub syntax: Syntax,
    /// The elements before the pixels
    pub dataset: InMemDicomObject,
    /// Where the pixels lie in the data set
    pub pixels: Option<Pixels>,
    /// Where the data set lies
    pub bytes: Bytes,
}

/// Where the bytes of a data set lie.
#[derive(Clone)]
pub(super) enum Bytes {
    /// In the file, from here on, to its end
    File {
        /// The first byte of the data set
        start: u64,
        /// How many bytes there are from there on
        length: u64,
    },
    /// In memory, inflated
    Memory(Arc<Vec<u8>>),
}

impl Object {
    /// Reads a file; `None` where it is no DICOM.
    pub fn read(path: &Path) -> Result<Option<Self>, VolumeError> {
        let failed = |error| VolumeError::open(path, error);
        let mut file = fs::File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut head = vec![0; FIRST];
        let read = read_most(&mut file, &mut head).map_err(failed)?;
        head.truncate(read);
        let Some(begin) = begin(path, &head)? else {
            return Ok(None);
        };
        let Begin { start, syntax } = begin;
        let (dataset, pixels, bytes) = if syntax.deflated {
            file.seek(SeekFrom::Start(start as u64)).map_err(failed)?;
            let inflated = inflate(path, file)?;
            let (walked, dataset) = parse(path, syntax, &mut |_| Ok(None), &inflated, inflated.len() as u64)?;
            (dataset, walked.pixels, Bytes::Memory(Arc::new(inflated)))
        } else {
            head.drain(..start);
            let total = length.saturating_sub(start as u64);
            // What is read on asks for more only as far as the file goes.
            let mut more = |needed: u64| -> Result<Option<Vec<u8>>, VolumeError> {
                let wanted = usize::try_from(needed.saturating_mul(2).min(total)).unwrap_or(usize::MAX);
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(wanted).map_err(|_| VolumeError::Memory {
                    path: path.to_path_buf(),
                    voxels: 0,
                    bytes: wanted as u64,
                })?;
                file.seek(SeekFrom::Start(start as u64)).map_err(failed)?;
                (&mut file)
                    .take(wanted as u64)
                    .read_to_end(&mut bytes)
                    .map_err(failed)?;
                Ok(Some(bytes))
            };
            let (walked, dataset) = parse(path, syntax, &mut more, &head, total)?;
            (
                dataset,
                walked.pixels,
                Bytes::File {
                    start: start as u64,
                    length: total,
                },
            )
        };
        Ok(Some(Self {
            path: path.to_path_buf(),
            syntax,
            dataset,
            pixels,
            bytes,
        }))
    }

    /// Its values.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(&self.path, &self.dataset)
    }
}

impl Bytes {
    /// How many there are.
    pub fn length(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// A part of them, counted from the start of the data set.
    pub fn part(&self, path: &Path, from: u64, count: u64) -> Result<Vec<u8>, VolumeError> {
        let short = || VolumeError::Truncated {
            path: path.to_path_buf(),
            expected: from.saturating_add(count),
            found: self.length(),
        };
        let failed = |error| VolumeError::open(path, error);
        if from.saturating_add(count) > self.length() {
            return Err(short());
        }
        match self {
            Self::Memory(bytes) => {
                let start = usize::try_from(from).unwrap_or(usize::MAX);
                let end = start.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
                bytes.get(start..end).map(<[u8]>::to_vec).ok_or_else(short)
            }
            Self::File { start, .. } => {
                let mut file = fs::File::open(path).map_err(failed)?;
                file.seek(SeekFrom::Start(start.saturating_add(from))).map_err(failed)?;
                let mut bytes = Vec::new();
                bytes
                    .try_reserve_exact(usize::try_from(count).unwrap_or(usize::MAX))
                    .map_err(|_| VolumeError::Memory {
                        path: path.to_path_buf(),
                        voxels: 0,
                        bytes: count,
                    })?;
                file.take(count).read_to_end(&mut bytes).map_err(failed)?;
                if bytes.len() as u64 == count {
                    Ok(bytes)
                } else {
                    Err(short())
                }
            }
        }
    }
}

/// Whether a file may be DICOM, by its first bytes.
pub(super) fn looks_like(head: &[u8]) -> bool {
    head.get(PREAMBLE..).is_some_and(|rest| rest.starts_with(b"DICM")) || naked_in(head).is_some()
}

/// Where a data set begins, and how it is written.
struct Begin {
    start: usize,
    syntax: Syntax,
}

/// Looks for the meta group; `None` where the file is no DICOM.
fn begin(path: &Path, head: &[u8]) -> Result<Option<Begin>, VolumeError> {
    let meta = if head.get(PREAMBLE..).is_some_and(|rest| rest.starts_with(b"DICM")) {
        PREAMBLE.saturating_add(4)
    } else {
        match naked_in(head) {
            None => return Ok(None),
            Some((start, Naked::Meta)) => start,
            Some((start, Naked::DataSet(syntax))) => return Ok(Some(Begin { start, syntax })),
        }
    };
    let mut at = meta;
    let mut uid = None;
    while let Some(rest) = head.get(at..)
        && let Some(&[g0, g1, e0, e1, v0, v1, l0, l1]) = rest.first_chunk()
        && [g0, g1] == [2, 0]
    {
        let tag = Tag(2, u16::from_le_bytes([e0, e1]));
        let (head_bytes, length) = match &[v0, v1] {
            b"OB" | b"UN" | b"UT" | b"OW" | b"SQ" => (
                12,
                rest.get(8..)
                    .and_then(|rest| rest.first_chunk())
                    .map_or(u32::MAX, |&bytes| u32::from_le_bytes(bytes)),
            ),
            _ => (8, u32::from(u16::from_le_bytes([l0, l1]))),
        };
        let value = at.saturating_add(head_bytes);
        at = value.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        let Some(bytes) = head.get(value..at) else {
            return Err(bad(
                path,
                tag,
                format!("it claims {length} bytes of the file's meta group; the file is truncated or damaged"),
            ));
        };
        if tag == tags::TRANSFER_SYNTAX_UID {
            uid = Some(String::from_utf8_lossy(bytes).trim_matches(['\0', ' ']).to_string());
        }
    }
    let syntax = match uid {
        Some(uid) => of_uid(&uid).ok_or_else(|| VolumeError::Unsupported {
            path: path.to_path_buf(),
            what: format!("the transfer syntax {uid} is not supported"),
            advice: "write it uncompressed first (dcmconv, gdcmconv --raw)".to_string(),
        })?,
        None => match head.get(at..).and_then(naked) {
            Some(Naked::DataSet(syntax)) => syntax,
            Some(Naked::Meta) | None => IMPLICIT,
        },
    };
    Ok(Some(Begin { start: at, syntax }))
}

/// What a file without preamble begins with.
enum Naked {
    Meta,
    DataSet(Syntax),
}

/// Where a file without preamble begins, and with what. Values have an even length, padded by a space or a zero: who cuts off the
/// meta group by the length of its last value leaves that byte, and a data set stands behind it.
fn naked_in(head: &[u8]) -> Option<(usize, Naked)> {
    if let Some(found) = naked(head) {
        return Some((0, found));
    }
    match head {
        [b' ' | 0, rest @ ..] => match naked(rest)? {
            Naked::Meta => None,
            found @ Naked::DataSet(_) => Some((1, found)),
        },
        _ => None,
    }
}

/// Whether bytes begin as a data set does: with an element of the meta group or of the group that identifies an object.
fn naked(head: &[u8]) -> Option<Naked> {
    let &[g0, g1, e0, e1, v0, v1, l0, l1] = head.first_chunk()?;
    let element = u16::from_le_bytes([e0, e1]);
    let explicit = v0.is_ascii_uppercase() && v1.is_ascii_uppercase();
    match [g0, g1] {
        [2, 0] if explicit && element <= 0x0102 => Some(Naked::Meta),
        // The first elements of the group: its length, the character set, the image type, creation, the class.
        [8, 0] if matches!(element, 0 | 1 | 5 | 8 | 0x12..=0x18) => {
            let length = u32::from_le_bytes([v0, v1, l0, l1]);
            if explicit {
                Some(Naked::DataSet(EXPLICIT))
            } else {
                (length < 0x1_0000).then_some(Naked::DataSet(IMPLICIT))
            }
        }
        _ => None,
    }
}

/// Walks over the head, reading on as far as it needs, and reads the elements.
fn parse(
    path: &Path,
    syntax: Syntax,
    more: &mut dyn FnMut(u64) -> Result<Option<Vec<u8>>, VolumeError>,
    head: &[u8],
    total: u64,
) -> Result<(Walked, InMemDicomObject), VolumeError> {
    let mut read: Option<Vec<u8>> = None;
    let walked = loop {
        let data = read.as_deref().unwrap_or(head);
        let before = data.len() as u64;
        match walk(data, total, syntax.encoding) {
            Ok(walked) if walked.header <= data.len() => break walked,
            Ok(walked) => read = more(walked.header as u64)?,
            Err(Stop::More(needed)) => read = more(needed)?,
            Err(Stop::Bad { tag, problem }) => return Err(bad(path, tag, problem)),
        }
        // The file has become shorter while it was read.
        if read.as_ref().is_none_or(|read| read.len() as u64 <= before) {
            return Err(VolumeError::Truncated {
                path: path.to_path_buf(),
                expected: total,
                found: before,
            });
        }
    };
    let header = read.as_deref().unwrap_or(head).get(..walked.header).unwrap_or_default();
    let dataset = match (syntax.encoding.explicit, syntax.encoding.big_endian) {
        (true, true) => InMemDicomObject::read_dataset_with_ts(header, &entries::EXPLICIT_VR_BIG_ENDIAN.erased()),
        (true, false) => InMemDicomObject::read_dataset_with_ts(header, &entries::EXPLICIT_VR_LITTLE_ENDIAN.erased()),
        (false, _) => InMemDicomObject::read_dataset_with_ts(header, &entries::IMPLICIT_VR_LITTLE_ENDIAN.erased()),
    }
    .map_err(|error| VolumeError::Header {
        path: path.to_path_buf(),
        field: "data set".to_string(),
        problem: format!("the elements cannot be read: {}", innermost(&error)),
    })?;
    Ok((walked, dataset))
}

/// The last cause of an error, which says what happened rather than what was being done.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Inflates all that is left of a file.
fn inflate(path: &Path, file: fs::File) -> Result<Vec<u8>, VolumeError> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(io::BufReader::new(file))
        .take(MOST_INFLATED)
        .read_to_end(&mut bytes)
        .map_err(|error| VolumeError::Corrupt {
            path: path.to_path_buf(),
            detail: format!("the deflated data set makes no sense: {error}"),
        })?;
    if bytes.len() as u64 == MOST_INFLATED {
        return Err(VolumeError::Corrupt {
            path: path.to_path_buf(),
            detail: format!("the deflated data set has more than {MOST_INFLATED} bytes"),
        });
    }
    Ok(bytes)
}

/// Fills a buffer as far as the file goes.
fn read_most(file: &mut fs::File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => filled = filled.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
