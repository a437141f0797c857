//! What a file of no known format may be, for the person who brought it.

use std::path::{Path, PathBuf};

use super::place::Place;

/// What a file of no known format may be.
pub(super) fn guess(place: &Place) -> String {
    let Place::File { path, head, length } = place else {
        return "this is a folder".to_string();
    };
    let said = if *length == 0 {
        "the file is empty"
    } else if head.get(128..132) == Some(b"DICM") {
        "this is a DICOM file, and this program was built without the feature `dicom`"
    } else if head.starts_with(b"PK\x03\x04") {
        "this is a zip archive; unpack it first"
    } else if head.starts_with(b"\x89HDF") {
        "this is an HDF5 file"
    } else if head.starts_with(b"version https://git-lfs") {
        "this is a Git LFS pointer, not the image itself; fetch it with `git lfs pull`"
    } else if head.starts_with(b"\xff\xd8\xff") {
        "this is a JPEG picture, whose greys are not those that were measured; write it as PNG or TIFF from where it comes"
    } else if head.starts_with(b"\x89PNG") || head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        "this is a picture, and this program was built without the feature `pictures`"
    } else if matches!(
        head.get(..4),
        Some([0x5c, 1, 0, 0] | [0, 0, 1, 0x5c] | [0x1c, 2, 0, 0] | [0, 0, 2, 0x1c])
    ) && head.len() < 348
    {
        "it begins as NIfTI and ends within the header, so it is truncated"
    } else if matches!(head.get(..4), Some([0x5c, 1, 0, 0] | [0, 0, 1, 0x5c])) {
        "this is an Analyze 7.5 header, which knows no orientation; convert it to NIfTI first"
    } else if companion(path).is_some_and(|header| header.exists()) {
        "there is no header in it, and the .hdr file beside it is none that radscore knows"
    } else {
        "its first bytes are those of no format that radscore knows"
    };
    said.to_string()
}

/// The header that goes with the `.img` of a pair.
pub(super) fn companion(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let header = match name.strip_suffix(".gz") {
        Some(name) => format!("{}.hdr.gz", name.strip_suffix(".img")?),
        None => format!("{}.hdr", name.strip_suffix(".img")?),
    };
    Some(path.with_file_name(header))
}
