//! The one door for files: what is opened is a regular file of a known size, what is written appears whole or not at all.
//!
//! A pipe, a socket or a device is refused before it is opened, for opening or reading one may wait for ever. Every file that
//! a person names is opened here, whatever it holds.

mod open;
mod whole;
mod written;

pub use self::open::{LARGEST, irregular, open, read, read_stream, read_text};
pub use self::whole::{sweep, write_whole, write_whole_by};
pub use self::written::path_in;
