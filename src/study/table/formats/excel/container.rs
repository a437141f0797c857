//! What lies around a workbook: a ZIP file or a compound file, which may be something else, be locked, or unpack to more than
//! any table needs.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::super::super::error::TableError;
use super::super::super::sheet::Place;
use super::compound::fault;

/// How a workbook is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Excel since 2007
    Xlsx,
    /// Excel until 2003
    Xls,
    /// OpenDocument
    Ods,
    /// A ZIP file or compound file with something else in it
    Other,
}

/// What a workbook may unpack to, in bytes.
const MOST_BYTES: u64 = 1 << 30;

/// More than any deflated byte can unpack to.
const MOST_GAIN: u64 = 1032;

/// The beginning of a compound file, in which old Office programs keep everything and newer ones what is locked.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

impl Kind {
    /// What a content is; none if it is neither a ZIP file nor a compound file.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(COMPOUND) {
            return Some(if has_name(bytes, "Workbook") || has_name(bytes, "Book") {
                Self::Xls
            } else {
                Self::Other
            });
        }
        if !bytes.starts_with(b"PK\x03\x04") {
            return None;
        }
        let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else {
            return Some(Self::Other);
        };
        let has = |name| archive.index_for_name(name).is_some();
        Some(if has("xl/workbook.xml") {
            Self::Xlsx
        } else if has("content.xml") && contains(bytes, b"application/vnd.oasis.opendocument.spreadsheet") {
            Self::Ods
        } else {
            Self::Other
        })
    }
}

/// Refuses what is locked, is no workbook, or would fill the memory.
pub fn check(kind: Kind, place: &Place) -> Result<(), TableError> {
    let bytes = &place.bytes;
    match kind {
        Kind::Other if has_name(bytes, "EncryptedPackage") => Err(place.malformed(LOCKED)),
        Kind::Other => Err(place.malformed(other(bytes))),
        Kind::Xls => match fault(bytes) {
            None => Ok(()),
            Some(fault) => Err(place.malformed(format!(
                "the workbook is damaged: {fault}; copy it anew, or open and save it in Excel"
            ))),
        },
        Kind::Xlsx | Kind::Ods if bytes.len() as u64 <= MOST_BYTES / MOST_GAIN => Ok(()),
        Kind::Xlsx | Kind::Ods => match unpacked(bytes) {
            Ok(size) if size <= MOST_BYTES => Ok(()),
            Ok(_) => Err(place.malformed(format!(
                "the workbook unpacks to more than {} MB; save the sheet as CSV",
                MOST_BYTES >> 20
            ))),
            Err(error) => Err(place.malformed(format!("the workbook is damaged: {error}"))),
        },
    }
}

/// What is said of a workbook that wants a password.
pub const LOCKED: &str = "the workbook is protected by a password; open it, take the password away (in Excel: File, Info, \
                          Protect Workbook, Encrypt with Password), and save it";

/// What a file is that only looks like a workbook from outside.
fn other(bytes: &[u8]) -> String {
    /// A name inside, and what has it
    const INSIDE: &[(&str, &str)] = &[
        ("word/document.xml", "this is a Word document (.docx)"),
        ("ppt/presentation.xml", "this is a PowerPoint presentation (.pptx)"),
        (
            "xl/workbook.bin",
            "this is a binary workbook (.xlsb); save it as a workbook (.xlsx)",
        ),
    ];
    if bytes.starts_with(COMPOUND) {
        let what = if has_name(bytes, "WordDocument") {
            "this is a Word document (.doc)"
        } else {
            "this is an old Office file without a workbook in it"
        };
        return format!("{what}; a table is needed");
    }
    match ZipArchive::new(Cursor::new(bytes)) {
        Err(error) => {
            format!("this is a damaged ZIP file or workbook: {error}; copy it anew, or open and save it in Excel")
        }
        Ok(archive) => INSIDE
            .iter()
            .find(|(name, _)| archive.index_for_name(name).is_some())
            .map_or("this is a ZIP file without a workbook in it", |(_, words)| words)
            .to_owned(),
    }
}

/// How many bytes a ZIP file unpacks to, counted until there are too many: what its entries say may be wrong.
fn unpacked(bytes: &[u8]) -> io::Result<u64> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut size = 0;
    for at in 0..archive.len() {
        let entry = archive.by_index(at)?;
        size += io::copy(&mut entry.take(MOST_BYTES + 1 - size), &mut io::sink())?;
        if size > MOST_BYTES {
            break;
        }
    }
    Ok(size)
}

/// Whether a compound file has an entry of a name: its directory holds names in UTF-16.
fn has_name(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    contains(bytes, &name)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
