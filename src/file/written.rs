//! Paths as a table writes them.

use std::path::{Path, PathBuf};

/// How a table's path was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As it is written
    Kept,
    /// Its backslashes were taken for slashes
    Turned,
    /// It names a drive, as `C:\data\a.nii`, and nothing of that name is here
    OfDrive,
}

/// The path in a table's cell, from the table's folder on, and how it was taken: on a system without drives backslashes are part of a
/// name, but where there is no such file, and one with slashes, a table from Windows is meant.
pub fn path_in(folder: &Path, text: &str) -> (PathBuf, Spelling) {
    let path = folder.join(text);
    if path.exists() {
        return (path, Spelling::Kept);
    }
    if let [letter, b':', b'\\' | b'/', ..] = text.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        return (path, Spelling::OfDrive);
    }
    if !text.contains('\\') {
        return (path, Spelling::Kept);
    }
    let turned = folder.join(text.replace('\\', "/"));
    if turned.exists() {
        (turned, Spelling::Turned)
    } else {
        (path, Spelling::Kept)
    }
}

#[cfg(test)]
mod tests {
    use super::Spelling::{Kept, OfDrive, Turned};

    #[test]
    #[cfg(unix)]
    fn paths_of_windows_are_turned_where_that_finds_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("images")).unwrap();
        std::fs::write(folder.path().join("images/a.nii"), "").unwrap();
        let read = |text: &str| super::path_in(folder.path(), text);
        assert_eq!(read("images\\a.nii"), (folder.path().join("images/a.nii"), Turned));
        assert_eq!(read("images/a.nii").1, Kept);
        for text in ["C:\\data\\a.nii", "d:/a.nii"] {
            assert_eq!(read(text), (folder.path().join(text), OfDrive));
        }
        // A name that begins so may be a file's.
        std::fs::create_dir(folder.path().join("x:")).unwrap();
        std::fs::write(folder.path().join("x:/a.nii"), "").unwrap();
        assert_eq!(read("x:/a.nii").1, Kept);
        assert_eq!(
            read("images\\b.nii"),
            (folder.path().join("images\\b.nii"), Kept),
            "a file that is not there is named as the table names it"
        );
    }
}
