//! The one door for files: what is opened is a regular file of a known size, what is written appears whole or not at all.
//!
//! A pipe, a socket or a device is refused before it is opened, for opening or reading one may wait for ever. Every file that
//! a person names is opened here, whatever it holds. To write, a person may name one on purpose, as /dev/stdout or a pipe that
//! something reads: that is written through and stays what it is.

mod open;
mod whole;
mod written;

pub use self::open::{LARGEST, irregular, open, read, read_stream, read_text};
pub use self::whole::{replaces, same, sweep, write_whole, write_whole_by};
pub use self::written::{Spelling, path_in};

/// A named pipe in a folder, for tests.
#[cfg(all(test, unix))]
fn pipe_in(folder: &std::path::Path) -> std::path::PathBuf {
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    pipe
}
