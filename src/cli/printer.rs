//! Standard output and standard error: the only place that writes to them, so that nothing foreign reaches a terminal as
//! it is.

use std::fmt::Arguments;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write, stderr, stdout};

use anyhow::Context;
use serde::Serialize;

use crate::message::foreign::{shown_lines, shown_text};

/// Prints text; a reader who has gone away (`| head`) is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    write(shown_text(text).as_bytes())
}

/// Prints what programs read, such as CSV: as it is, but to a terminal as text.
pub fn print_data(data: &str) -> anyhow::Result<()> {
    if stdout().is_terminal() {
        print(data)
    } else {
        write(data.as_bytes())
    }
}

/// Standard output for what is too long to be held: data go to a program as they are, all else is shown.
pub fn data_output(data: bool) -> Box<dyn Write + Send> {
    if data && !stdout().is_terminal() {
        Box::new(stdout())
    } else {
        Box::new(Shown {
            inner: stdout(),
            rest: Vec::new(),
        })
    }
}

/// Shows what is written to it.
struct Shown<W> {
    inner: W,
    /// The beginning of a letter whose other bytes are still to come
    rest: Vec<u8>,
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Ok(_) | Err(_) => self.rest.len(),
        };
        let letters: Vec<u8> = self.rest.drain(..whole).collect();
        self.inner
            .write_all(shown_lines(&String::from_utf8_lossy(&letters)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Prints one JSON document.
pub fn print_json(document: &serde_json::Value) -> anyhow::Result<()> {
    write(format!("{}\n", shown_lines(&serde_json::to_string_pretty(document)?)).as_bytes())
}

/// Prints a value as [`print_json`] does, as it is written out: it may be too long to be held as text.
pub fn print_json_of(value: &impl Serialize) -> anyhow::Result<()> {
    let mut output = BufWriter::new(data_output(false));
    let written = serde_json::to_writer_pretty(&mut output, value)
        .map_err(io::Error::from)
        .and_then(|()| output.write_all(b"\n"))
        .and_then(|()| output.flush());
    judged(written)
}

fn write(bytes: &[u8]) -> anyhow::Result<()> {
    judged(stdout().lock().write_all(bytes))
}

/// What has become of standard output; that nobody reads on is no error.
fn judged(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("standard output cannot be written"),
        _ => Ok(()),
    }
}

/// Says a line on standard error. Where nobody is there to hear it, as in a window that was closed, that is no error.
pub fn complain(text: Arguments) {
    let _ = writeln!(stderr().lock(), "{}", shown_text(&text.to_string()));
}

/// [`complain`] with the words of `format!`.
macro_rules! tell {
    ($($words:tt)*) => {
        $crate::cli::printer::complain(format_args!($($words)*))
    };
}

pub(super) use tell;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_come_in_pieces_are_shown_whole() {
        let mut output = Shown {
            inner: Vec::new(),
            rest: Vec::new(),
        };
        for byte in "ä\u{202e}\u{1b}[2J, 脊\n".bytes() {
            output.write_all(&[byte]).unwrap();
        }
        assert_eq!(String::from_utf8(output.inner).unwrap(), "ä\\u202e\\u001b[2J, 脊\n");
    }
}
