//! Numbers out of bytes: whatever a length says, nothing beyond the end is read.

use encoding_rs::Encoding;

use super::super::super::error::TableError;
use super::super::super::sheet::Place;

/// Bytes that are read from one end to the other.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a> {
    content: &'a [u8],
    at: usize,
    /// Whether numbers begin with their largest part
    pub big_endian: bool,
}

/// Where a file is wrong, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The byte, counted from 0
    pub at: usize,
    /// What is wrong there
    pub problem: &'static str,
}

impl Damage {
    /// The error of the file.
    pub fn of(self, place: &Place, kind: &str) -> TableError {
        place.malformed(format!(
            "the {kind} file is damaged or cut off: {} at byte {}; copy it anew, or save it as CSV",
            self.problem, self.at
        ))
    }
}

macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {
        $(
            /// The next number of this type.
            pub fn $name(&mut self) -> Result<$type, Damage> {
                let big_endian = self.big_endian;
                let bytes = self.array()?;
                Ok(if big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) })
            }
        )*
    };
}

impl<'a> Bytes<'a> {
    /// Bytes from their beginning.
    pub fn new(bytes: &'a [u8], big_endian: bool) -> Self {
        Self {
            content: bytes,
            at: 0,
            big_endian,
        }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.content.len()
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.content.len().saturating_sub(self.at)
    }

    /// The same bytes from another place.
    pub fn from(&self, at: u64) -> Result<Self, Damage> {
        match usize::try_from(at) {
            Ok(at) if at <= self.content.len() => Ok(Self { at, ..*self }),
            _ => Err(self.damage("a part lies beyond the end")),
        }
    }

    /// What is wrong here.
    pub fn damage(&self, problem: &'static str) -> Damage {
        Damage { at: self.at, problem }
    }

    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let end = self.at.checked_add(count);
        match end.and_then(|end| Some((end, self.content.get(self.at..end)?))) {
            Some((end, bytes)) => {
                self.at = end;
                Ok(bytes)
            }
            None => Err(self.damage("the end comes too early")),
        }
    }

    /// The next bytes, as many as a number of the file says.
    pub fn take_many(&mut self, count: u64) -> Result<&'a [u8], Damage> {
        match usize::try_from(count) {
            Ok(count) => self.take(count),
            Err(_) => Err(self.damage("a length is beyond any file")),
        }
    }

    /// The next bytes, which have to be these.
    pub fn expect(&mut self, expected: &'static str) -> Result<(), Damage> {
        let before = *self;
        match self.take(expected.len()) {
            Ok(found) if found == expected.as_bytes() => Ok(()),
            _ => Err(before.damage(expected)),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let before = *self;
        self.take(N)?
            .try_into()
            .map_err(|_| before.damage("the end comes too early"))
    }

    numbers!(u8: u8, i8: i8, u16: u16, i16: i16, u32: u32, i32: i32, u64: u64, f32: f32, f64: f64);
}

/// Text up to its first zero, without blanks behind it.
pub fn text(bytes: &[u8], encoding: &'static Encoding) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (text, _) = encoding.decode_without_bom_handling(bytes.get(..end).unwrap_or_default());
    text.trim().to_owned()
}
