//! Files that are written whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::open::irregular;

/// What the names of temporary files begin with.
const TEMPORARY: &str = ".radscore-";

/// So many links are followed to a file; the system follows no more either.
const LINKS: usize = 40;

/// Writes a file whole or not at all: to a temporary file in the same folder, synced, then renamed over `path`.
///
/// Missing folders are made. Whoever looks sees the old file or the new one, never a part. A new file has the permissions that
/// the user's umask leaves, a replaced one keeps its own. Links are followed: it is their target that is replaced. A device, a
/// pipe or one of the program's own descriptors is written through, for it is a way and no file.
///
/// # Errors
/// What the system says; [`io::ErrorKind::IsADirectory`] for a folder, [`io::ErrorKind::PermissionDenied`] for a file that is
/// read-only, whoever asks.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_by(path, |file| file.write_all(bytes))
}

/// The same by a function that is handed the file, for what is too large to be held as a whole. Where it fails nothing is left.
pub fn write_whole_by<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> Result<(), E>,
) -> Result<(), E> {
    let (path, existing) = match Target::of(path)? {
        Target::Stream => {
            let file = OpenOptions::new().append(true).open(path)?;
            let mut writer = BufWriter::with_capacity(1 << 18, &file);
            write(&mut writer)?;
            return Ok(writer.flush()?);
        }
        Target::New(path) => (path, None),
        Target::Old(path, permissions) => (path, Some(permissions)),
    };
    let folder = folder_of(&path);
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system takes the umask's bits away as it makes the file.
        temporary.permissions(fs::Permissions::from_mode(0o666));
    }
    let temporary = temporary.tempfile_in(folder).map_err(without_path)?;
    let mut writer = BufWriter::with_capacity(1 << 18, temporary.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if let Some(permissions) = existing {
        // A file system that knows no permissions is no reason to fail.
        let _ = temporary.as_file().set_permissions(permissions);
    }
    temporary.as_file().sync_all()?;
    temporary.persist(&path).map_err(|error| error.error)?;
    // The rename itself is durable only once the folder is synced; a file system that cannot is no reason to fail.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Whether writing to a path replaces a file that is there.
pub fn replaces(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file()) && !is_descriptor(path)
}

/// Whether two paths lead to one file.
pub fn same(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (fs::metadata(one), fs::metadata(other)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (first.dev(), first.ino()) == (second.dev(), second.ino())
    }
    #[cfg(not(unix))]
    {
        first.len() == second.len() && fs::canonicalize(one).ok() == fs::canonicalize(other).ok()
    }
}

/// What a path leads to.
enum Target {
    /// A device, a pipe, a descriptor
    Stream,
    /// No file yet
    New(PathBuf),
    /// A file, with its permissions
    Old(PathBuf, Permissions),
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        let found = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::New(steps(path).pop().unwrap_or_else(|| path.to_owned())));
            }
            found => found?,
        };
        if found.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a folder, not a file",
            ));
        }
        if irregular(&found).is_some() || is_descriptor(path) {
            return Ok(Self::Stream);
        }
        // The superuser may write to everything; that a file is not to be changed holds for them too.
        if found.permissions().readonly() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        OpenOptions::new().write(true).open(path)?;
        let path = steps(path).pop().unwrap_or_else(|| path.to_owned());
        Ok(Self::Old(path, found.permissions()))
    }
}

/// A path, and where its links lead from one to the next; the last is none.
fn steps(path: &Path) -> Vec<PathBuf> {
    let mut steps = vec![path.to_owned()];
    while let Some(last) = steps.last().filter(|_| steps.len() <= LINKS) {
        let Ok(next) = fs::read_link(last) else { break };
        let next = folder_of(last).join(next);
        steps.push(next);
    }
    steps
}

/// Whether a path stands for an open file of this process, as /dev/stdout does: where that is a file, it is not to be replaced
/// by another, for who has opened it would not see it.
fn is_descriptor(path: &Path) -> bool {
    cfg!(target_os = "linux")
        && steps(path)
            .iter()
            .any(|step| fs::canonicalize(folder_of(step)).is_ok_and(|folder| folder.starts_with("/proc")))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What the system says of a temporary file, without its name: nobody knows it, and it is not there. The error keeps it beside
/// its words alone.
fn without_path(error: io::Error) -> io::Error {
    match error.to_string().rsplit_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said.to_owned()),
        None => error,
    }
}

/// Removes the temporary files that a killed run left in a folder and in the folders right below it.
///
/// Only for a folder that nobody else is writing to. A file that cannot be removed harms nobody and stays.
pub fn sweep(folder: &Path) {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let below = entries(folder).filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    for folder in below.map(|entry| entry.path()).chain([folder.to_owned()]) {
        for entry in entries(&folder) {
            let temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
            if temporary && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        let failed: io::Result<()> = write_whole_by(&path, |file| {
            file.write_all(b"thr")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    fn mode_of(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_regular_file_is_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = super::super::pipe_in(folder.path());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("pipe", &link).unwrap();
        for path in [&pipe, &link] {
            let reader = {
                let pipe = pipe.clone();
                std::thread::spawn(move || fs::read(pipe).unwrap())
            };
            write_whole(path, b"through").unwrap();
            assert_eq!(reader.join().unwrap(), b"through");
            assert!(!replaces(path));
        }
        assert!(
            irregular(&fs::metadata(&pipe).unwrap()).is_some(),
            "the pipe is still one"
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_device_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let full = folder.path().join("full");
        let made = std::process::Command::new("mknod")
            .arg(&full)
            .args(["c", "1", "7"])
            .output();
        // Only the superuser makes devices, and not in every container.
        if !made.is_ok_and(|made| made.status.success()) || OpenOptions::new().append(true).open(&full).is_err() {
            return;
        }
        let error = write_whole(&full, b"one").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(irregular(&fs::metadata(&full).unwrap()).is_some());
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::write(at("deep/file"), b"one").unwrap();
        fs::set_permissions(at("deep/file"), Permissions::from_mode(0o600)).unwrap();
        symlink("deep/file", at("near")).unwrap();
        symlink(at("near"), at("far")).unwrap();
        symlink("deep/none", at("dangling")).unwrap();
        write_whole(&at("far"), b"two").unwrap();
        assert_eq!(fs::read(at("deep/file")).unwrap(), b"two");
        assert_eq!(mode_of(&at("deep/file")), 0o600);
        assert!(fs::symlink_metadata(at("far")).unwrap().is_symlink());
        assert!(same(&at("far"), &at("deep/file")));
        write_whole(&at("dangling"), b"new").unwrap();
        assert_eq!(fs::read(at("deep/none")).unwrap(), b"new");
        assert!(!same(&at("far"), &at("dangling")));
    }

    #[test]
    #[cfg(unix)]
    fn a_read_only_file_and_a_folder_are_left_as_they_are() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        fs::write(&path, b"one").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
        let error = write_whole(&path, b"two").unwrap_err();
        assert_eq!(error.to_string(), "it is read-only");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let error = write_whole(folder.path(), b"two").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }
}
