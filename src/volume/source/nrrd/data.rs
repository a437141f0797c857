//! The voxels of an NRRD: every encoding of the format, in one file or several.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

#[cfg(feature = "bzip2")]
use bzip2::bufread::MultiBzDecoder;

use crate::volume::error::VolumeError;
use crate::volume::samples::SampleType;
use crate::volume::source::bytes::{self, Behind, Members};

/// How the voxels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Raw,
    Gzip,
    Bzip2,
    Text,
    Hex,
}

/// What stands before the voxels of a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Skips {
    pub lines: u64,
    /// -1: the voxels are the last bytes of the file
    pub bytes: i64,
}

/// How numbers are written in a data file, and what stands before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub encoding: Encoding,
    pub skips: Skips,
    pub stored: SampleType,
}

impl Written {
    /// Opens the voxels of one file: `content` stands behind the header, `left` bytes are to come, `bytes` are wanted.
    pub fn stream(
        self,
        path: &Path,
        mut content: Box<dyn BufRead + Send>,
        left: u64,
        bytes: u64,
        behind: &Behind,
    ) -> Result<Box<dyn Read + Send>, VolumeError> {
        let Self {
            encoding,
            skips,
            stored,
        } = self;
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => VolumeError::Truncated {
                path: path.to_path_buf(),
                expected: bytes,
                found: 0,
            },
            _ => VolumeError::open(path, error),
        };
        let mut left = left;
        for _ in 0..skips.lines {
            left = left.saturating_sub(skip_line(&mut content).map_err(failed)?);
        }
        let most = match encoding {
            Encoding::Raw => left,
            Encoding::Gzip => bytes::most_gunzipped(left),
            Encoding::Bzip2 => bytes::most_bunzipped(left),
            // A number takes at least one character and one blank, a byte two hexadecimal digits.
            Encoding::Text => (left / 2).saturating_add(1).saturating_mul(stored.bytes() as u64),
            Encoding::Hex => left / 2,
        };
        let before = match (skips.bytes, encoding) {
            (-1, Encoding::Raw) if left != u64::MAX => left.saturating_sub(bytes),
            // The length is known once all has been decompressed; as ITK does, whatever the format's definition says.
            (-1, Encoding::Gzip) if left != u64::MAX => gunzipped(path, left).map_err(failed)?.saturating_sub(bytes),
            (-1, _) => {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "byte skip".to_string(),
                    problem: "-1 (the voxels are the last bytes) goes with raw or gzip encoding only".to_string(),
                });
            }
            (count, _) => count.unsigned_abs(),
        };
        if most < before.saturating_add(bytes) {
            return Err(VolumeError::Truncated {
                path: path.to_path_buf(),
                expected: bytes,
                found: most.saturating_sub(before),
            });
        }
        let mut stream: Box<dyn Read + Send> = match encoding {
            Encoding::Raw => Box::new(content),
            Encoding::Gzip => Box::new(Members::new(content, behind.clone())),
            #[cfg(feature = "bzip2")]
            Encoding::Bzip2 => Box::new(MultiBzDecoder::new(content)),
            #[cfg(not(feature = "bzip2"))]
            Encoding::Bzip2 => {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "encoding".to_string(),
                    problem: "bzip2 is not read by this radscore, which was built without the Cargo feature bzip2; write the \
                              file with gzip"
                        .to_string(),
                });
            }
            Encoding::Text => Box::new(TextNumbers {
                text: content,
                stored,
                ready: VecDeque::new(),
            }),
            Encoding::Hex => Box::new(HexBytes { text: content }),
        };
        bytes::skip(&mut *stream, before).map_err(failed)?;
        Ok(stream)
    }
}

/// How many bytes the last `left` bytes of a file hold once they are decompressed.
fn gunzipped(path: &Path, left: u64) -> io::Result<u64> {
    let (mut file, length) = crate::file::open(path)?;
    file.seek(SeekFrom::Start(length.saturating_sub(left)))?;
    let mut members = Members::new(BufReader::new(file), Behind::default());
    io::copy(&mut members, &mut io::sink())
}

/// Skips a line; its length.
fn skip_line(reader: &mut dyn BufRead) -> io::Result<u64> {
    let mut skipped = 0u64;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(buffer.len(), |at| at.saturating_add(1));
        reader.consume(length);
        skipped = skipped.saturating_add(length as u64);
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

/// The voxels of several data files, one after the other.
pub(super) struct Parts {
    files: VecDeque<PathBuf>,
    /// Bytes of voxels in each
    each: u64,
    written: Written,
    current: Option<Box<dyn Read + Send>>,
    left: u64,
    /// Whether the only file is to be read past its voxels, to its checksum
    checked: bool,
    behind: Behind,
}

impl Parts {
    /// Files that hold `each` bytes of voxels each.
    pub fn new(files: &[PathBuf], each: u64, written: Written, behind: Behind) -> Self {
        Self {
            files: files.iter().cloned().collect(),
            each,
            written,
            current: None,
            left: 0,
            checked: files.len() == 1,
            behind,
        }
    }
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(current) = &mut self.current {
                if self.left == 0 {
                    if self.checked {
                        return current.read(buffer);
                    }
                    self.current = None;
                    continue;
                }
                let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
                let read = current.read(buffer.get_mut(..most).unwrap_or_default())?;
                self.left = self.left.saturating_sub(read as u64);
                return Ok(read);
            }
            let Some(path) = self.files.pop_front() else {
                return Ok(0);
            };
            let open = || {
                let file = bytes::File::open(&path)?;
                let length = file.length;
                let content: Box<dyn BufRead + Send> = Box::new(file.reader);
                self.written.stream(&path, content, length, self.each, &self.behind)
            };
            self.current = Some(open().map_err(io::Error::other)?);
            self.left = self.each;
        }
    }
}

/// Numbers in writing, turned into bytes of their type.
struct TextNumbers {
    text: Box<dyn BufRead + Send>,
    stored: SampleType,
    ready: VecDeque<u8>,
}

impl TextNumbers {
    /// The next number in writing; `None` at the end.
    fn token(&mut self) -> io::Result<Option<String>> {
        let mut token = String::new();
        loop {
            let buffer = self.text.fill_buf()?;
            let Some(&byte) = buffer.first() else {
                return Ok((!token.is_empty()).then_some(token));
            };
            self.text.consume(1);
            if byte.is_ascii_whitespace() || byte == b',' {
                if !token.is_empty() {
                    return Ok(Some(token));
                }
            } else if token.len() >= 64 {
                return Err(wrong(format!("\"{token}...\" is not a number")));
            } else {
                token.push(char::from(byte));
            }
        }
    }

    /// Turns a number in writing into bytes.
    fn push(&mut self, token: &str) -> io::Result<()> {
        macro_rules! parse {
            ($($variant:ident $type:ty),*) => {
                match self.stored {
                    $(SampleType::$variant => token.parse::<$type>().map(|value| {
                        self.ready.extend(value.to_le_bytes());
                    }).map_err(|_| wrong(format!("\"{}\" is not a value of the header's type", token.escape_debug()))),)*
                }
            };
        }
        parse!(U8 u8, I8 i8, U16 u16, I16 i16, U32 u32, I32 i32, U64 u64, I64 i64, F32 f32, F64 f64)
    }
}

impl Read for TextNumbers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready.len() < buffer.len() {
            match self.token()? {
                Some(token) => self.push(&token)?,
                None => break,
            }
        }
        self.ready.read(buffer)
    }
}

/// Bytes in hexadecimal writing.
struct HexBytes {
    text: Box<dyn BufRead + Send>,
}

impl HexBytes {
    fn digit(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(&byte) = self.text.fill_buf()?.first() else {
                return Ok(None);
            };
            self.text.consume(1);
            if byte.is_ascii_whitespace() {
                continue;
            }
            return match char::from(byte).to_digit(16) {
                Some(digit) => Ok(u8::try_from(digit).ok()),
                None => Err(wrong(format!("\"{}\" is not a hexadecimal digit", byte.escape_ascii()))),
            };
        }
    }
}

impl Read for HexBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for (filled, byte) in buffer.iter_mut().enumerate() {
            let (Some(high), Some(low)) = (self.digit()?, self.digit()?) else {
                return Ok(filled);
            };
            *byte = high << 4 | low;
        }
        Ok(buffer.len())
    }
}

fn wrong(detail: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, detail)
}
