//! Paths as a table writes them.

use std::path::{Path, PathBuf};

/// The path in a table's cell, from the table's folder on, and whether its backslashes were taken for slashes: on a system
/// without drives they are part of a name, but where there is no such file, and one with slashes, a table from Windows is meant.
pub fn path_in(folder: &Path, text: &str) -> (PathBuf, bool) {
    let path = folder.join(text);
    if !text.contains('\\') || path.exists() {
        return (path, false);
    }
    let turned = folder.join(text.replace('\\', "/"));
    if turned.exists() { (turned, true) } else { (path, false) }
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(unix)]
    fn paths_of_windows_are_turned_where_that_finds_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("images")).unwrap();
        std::fs::write(folder.path().join("images/a.nii"), "").unwrap();
        let read = |text: &str| super::path_in(folder.path(), text);
        assert_eq!(read("images\\a.nii"), (folder.path().join("images/a.nii"), true));
        assert!(!read("images/a.nii").1);
        assert_eq!(
            read("images\\b.nii"),
            (folder.path().join("images\\b.nii"), false),
            "a file that is not there is named as the table names it"
        );
    }
}
