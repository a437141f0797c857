//! Opening files to read.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// The most bytes that are read into memory at once, 4 GiB: no table and no file of settings has as many.
pub const LARGEST: u64 = 1 << 32;

/// Opens a regular file; its length beside it.
///
/// # Errors
/// What the system says, or [`io::ErrorKind::InvalidInput`] with words where the path leads to a folder, a pipe, a socket or
/// a device.
pub fn open(path: &Path) -> io::Result<(File, u64)> {
    let metadata = fs::metadata(path)?;
    if let Some(what) = irregular(&metadata) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("it is {what}, not a file"),
        ));
    }
    Ok((File::open(path)?, metadata.len()))
}

/// What a path leads to that is no regular file, with its article; `None` for a regular file.
pub fn irregular(metadata: &Metadata) -> Option<&'static str> {
    if metadata.is_file() {
        return None;
    }
    if metadata.is_dir() {
        return Some("a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return Some("a named pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_block_device() || kind.is_char_device() {
            return Some("a device");
        }
    }
    Some("no regular file")
}

/// A whole file.
///
/// # Errors
/// As [`open`]; [`io::ErrorKind::FileTooLarge`] above [`LARGEST`] bytes.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (file, length) = open(path)?;
    if length > LARGEST {
        return Err(too_large(format!("it has {length} bytes")));
    }
    let mut bytes = Vec::new();
    let room = usize::try_from(length).unwrap_or(usize::MAX);
    bytes
        .try_reserve_exact(room)
        .map_err(|_| io::Error::new(io::ErrorKind::OutOfMemory, format!("its {length} bytes find no memory")))?;
    fill(file, &mut bytes)
}

/// All that a stream has to give, such as standard input.
///
/// # Errors
/// What the system says; [`io::ErrorKind::FileTooLarge`] above [`LARGEST`] bytes.
pub fn read_stream(stream: impl Read) -> io::Result<Vec<u8>> {
    fill(stream, &mut Vec::new())
}

/// A whole file as text.
///
/// # Errors
/// As [`read`]; [`io::ErrorKind::InvalidData`] where the bytes are no UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "its text is not UTF-8"))
}

/// Reads to the end; a file that grows is read no further than [`LARGEST`].
fn fill(stream: impl Read, bytes: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    stream.take(LARGEST + 1).read_to_end(bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large("it does not end".to_owned()));
    }
    Ok(std::mem::take(bytes))
}

fn too_large(what: String) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("{what}; at most {LARGEST} are read into memory"),
    )
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_regular_file_is_refused_before_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = super::super::pipe_in(folder.path());
        for (path, what) in [
            (pipe.as_path(), "a named pipe"),
            (Path::new("/dev/zero"), "a device"),
            (folder.path(), "a folder"),
        ] {
            let error = read(path).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }
        assert_eq!(
            read(&folder.path().join("none")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[test]
    fn a_file_without_end_is_refused_by_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sparse");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
