//! What stands before the cases: the variables with their names, widths, labels and missing values.

use std::collections::HashMap;

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::super::binary::bytes::{Bytes, Damage, text};
use super::super::text::encoding_of;

/// The dictionary of a file.
pub struct Dictionary {
    /// The variables, in order; parts of one long text are one
    pub variables: Vec<Variable>,
    /// How texts are encoded
    pub encoding: &'static Encoding,
    /// How cases are packed
    pub packing: Packing,
    /// What is taken from a code of a packed case to give its number
    pub bias: f64,
    /// The number that means nothing
    pub system_missing: f64,
    /// The variable of the cases' weights
    pub weight: Option<String>,
}

/// How cases are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Eight bytes a value
    None,
    /// Small numbers as a byte
    Bytes,
    /// That, in blocks of zlib
    Blocks,
}

/// A variable.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name
    pub name: String,
    /// The widths of the texts that make it, one after the other; none for a number
    pub segments: Vec<usize>,
    /// The number of its print format
    pub format: u8,
    /// Values that mean that it is missing
    pub missing: Missing,
    /// Labels of values, eight bytes each or a whole text
    pub labels: Vec<(Vec<u8>, String)>,
    short: Vec<u8>,
}

/// Values that mean that a variable is missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Missing {
    /// From, to
    pub range: Option<(f64, f64)>,
    /// Eight bytes each, or a whole text
    pub values: Vec<Vec<u8>>,
}

/// A record of a variable, or a later part of the text before it.
enum Slot {
    Variable(usize),
    Continued,
}

/// Longer texts are kept as several variables, of at most so many bytes.
const SEGMENT: usize = 252;

/// What the records give before they are put together.
struct Records {
    variables: Vec<Variable>,
    slots: Vec<Slot>,
    labels: Vec<(ValueLabels, Vec<usize>)>,
    code_page: Option<i32>,
    system_missing: f64,
    encoding_name: Option<String>,
    long_names: Vec<u8>,
    long_widths: Vec<u8>,
}

type ValueLabels = Vec<(Vec<u8>, Vec<u8>)>;

impl Dictionary {
    /// Reads it; and the bytes of the cases.
    pub fn read(bytes: &[u8]) -> Result<(Self, Bytes<'_>), Damage> {
        let mut bytes = Bytes::new(bytes, false);
        bytes.take(64)?;
        let layout = bytes;
        if !matches!(bytes.u32()?, 2 | 3) {
            bytes = layout;
            bytes.big_endian = true;
            if !matches!(bytes.u32()?, 2 | 3) {
                return Err(layout.damage("the layout is none that is known"));
            }
        }
        bytes.take(4)?;
        let packing = match bytes.u32()? {
            0 => Packing::None,
            1 => Packing::Bytes,
            2 => Packing::Blocks,
            _ => return Err(bytes.damage("the packing is none that is known")),
        };
        let weight = bytes.u32()?;
        bytes.take(4)?;
        let bias = bytes.f64()?;
        bytes.take(84)?;
        let records = Records::read(&mut bytes)?;
        let weight = match (weight as usize).checked_sub(1).and_then(|at| records.slots.get(at)) {
            Some(Slot::Variable(at)) => Some(*at),
            _ => None,
        };
        let system_missing = records.system_missing;
        let encoding = records.encoding();
        let (variables, places) = records.joined(encoding);
        let weight = weight
            .and_then(|at| places.get(at).copied()?)
            .map(|at: usize| variables[at].name.clone());
        Ok((
            Self {
                variables,
                encoding,
                packing,
                bias,
                system_missing,
                weight,
            },
            bytes,
        ))
    }
}

impl Records {
    fn read(bytes: &mut Bytes) -> Result<Self, Damage> {
        let mut records = Self {
            variables: Vec::new(),
            slots: Vec::new(),
            labels: Vec::new(),
            code_page: None,
            system_missing: -f64::MAX,
            encoding_name: None,
            long_names: Vec::new(),
            long_widths: Vec::new(),
        };
        loop {
            let before = *bytes;
            match bytes.u32()? {
                2 => records.variable(bytes)?,
                3 => records.value_labels(bytes)?,
                6 => {
                    let lines = u64::from(bytes.u32()?);
                    bytes.take_many(80 * lines)?;
                }
                7 => records.extension(bytes)?,
                999 => {
                    bytes.take(4)?;
                    return Ok(records);
                }
                _ => return Err(before.damage("a record is none that is known")),
            }
        }
    }

    fn variable(&mut self, bytes: &mut Bytes) -> Result<(), Damage> {
        let before = *bytes;
        let width = bytes.i32()?;
        let labelled = bytes.u32()? != 0;
        let missing = bytes.i32()?;
        let format = bytes.u32()?;
        bytes.take(4)?;
        let short = bytes.take(8)?;
        if labelled {
            let length = u64::from(bytes.u32()?);
            bytes.take_many(length.next_multiple_of(4))?;
        }
        let mut values = Vec::new();
        for _ in 0..missing.unsigned_abs().min(4) {
            values.push(*bytes);
            bytes.take(8)?;
        }
        if width < 0 {
            self.slots.push(Slot::Continued);
            return Ok(());
        }
        if width > 255 || missing.unsigned_abs() > 3 {
            return Err(before.damage("a variable is none that can be"));
        }
        let range = match values.as_slice() {
            [from, to, ..] if missing < 0 => Some((from.clone().f64()?, to.clone().f64()?)),
            _ => None,
        };
        let single = values.iter().skip(if range.is_some() { 2 } else { 0 });
        self.slots.push(Slot::Variable(self.variables.len()));
        self.variables.push(Variable {
            name: String::new(),
            segments: if width == 0 { Vec::new() } else { vec![width as usize] },
            format: (format >> 16) as u8,
            missing: Missing {
                range,
                values: single
                    .map(|value| value.clone().take(8).map(<[u8]>::to_vec))
                    .collect::<Result<_, _>>()?,
            },
            labels: Vec::new(),
            short: short.trim_ascii_end().to_vec(),
        });
        Ok(())
    }

    fn value_labels(&mut self, bytes: &mut Bytes) -> Result<(), Damage> {
        let mut labels = Vec::new();
        for _ in 0..bytes.u32()? {
            let value = bytes.take(8)?.to_vec();
            let length = usize::from(bytes.u8()?);
            let label = bytes.take((length + 1).next_multiple_of(8) - 1)?;
            labels.push((value, label.get(..length).unwrap_or(label).to_vec()));
        }
        if bytes.u32()? != 4 {
            return Err(bytes.damage("labels are of no variable"));
        }
        let mut variables = Vec::new();
        for _ in 0..bytes.u32()? {
            let number = bytes.u32()? as usize;
            if let Some(Slot::Variable(at)) = number.checked_sub(1).and_then(|at| self.slots.get(at)) {
                variables.push(*at);
            }
        }
        self.labels.push((labels, variables));
        Ok(())
    }

    fn extension(&mut self, bytes: &mut Bytes) -> Result<(), Damage> {
        let kind = bytes.u32()?;
        let (size, count) = (u64::from(bytes.u32()?), u64::from(bytes.u32()?));
        let mut inside = Bytes::new(bytes.take_many(size * count)?, bytes.big_endian);
        let all = inside;
        let whole = |bytes: &Bytes| bytes.clone().take(bytes.left()).map(<[u8]>::to_vec);
        match kind {
            3 if size == 4 && count >= 8 => {
                inside.take(28)?;
                self.code_page = Some(inside.i32()?);
            }
            4 if size == 8 && count >= 3 => self.system_missing = inside.f64()?,
            13 => self.long_names = whole(&all)?,
            14 => self.long_widths = whole(&all)?,
            20 => self.encoding_name = Some(text(&whole(&all)?, UTF_8)),
            21 => self.long_labels(&mut inside)?,
            22 => self.long_missing(&mut inside)?,
            _ => {}
        }
        Ok(())
    }

    /// The labels of texts of more than eight bytes.
    fn long_labels(&mut self, bytes: &mut Bytes) -> Result<(), Damage> {
        while !bytes.is_at_end() {
            let name = pascal(bytes)?.to_vec();
            bytes.take(4)?;
            let mut labels = Vec::new();
            for _ in 0..bytes.u32()? {
                labels.push((pascal(bytes)?.to_vec(), pascal(bytes)?.to_vec()));
            }
            // They are named as texts are; which variable that is, is known once all names are.
            let variable = self.by_name(&name);
            self.labels.push((labels, variable.into_iter().collect()));
        }
        Ok(())
    }

    fn long_missing(&mut self, bytes: &mut Bytes) -> Result<(), Damage> {
        while !bytes.is_at_end() {
            let name = pascal(bytes)?.to_vec();
            let count = bytes.u8()?;
            let length = bytes.u32()? as usize;
            let variable = self.by_name(&name);
            for _ in 0..count {
                let value = bytes.take(length)?.to_vec();
                if let Some(variable) = variable.and_then(|at| self.variables.get_mut(at)) {
                    variable.missing.values.push(value);
                }
            }
        }
        Ok(())
    }

    fn by_name(&self, name: &[u8]) -> Option<usize> {
        let pairs = pairs(&self.long_names);
        let short = pairs
            .iter()
            .find(|(_, long)| *long == name)
            .map_or(name, |(short, _)| short);
        self.variables
            .iter()
            .position(|variable| variable.short.eq_ignore_ascii_case(short))
    }

    /// The encoding that the file names; else what its texts can be.
    fn encoding(&self) -> &'static Encoding {
        let named = self.encoding_name.as_deref().and_then(|name| {
            let bare = name.trim().to_ascii_lowercase();
            let number = bare.trim_start_matches(|character: char| !character.is_ascii_digit());
            Encoding::for_label(bare.as_bytes()).or_else(|| of_code_page(number.parse().ok()?))
        });
        named.or_else(|| of_code_page(self.code_page?)).unwrap_or_else(|| {
            let mut texts = self.long_names.clone();
            for variable in &self.variables {
                texts.extend(&variable.short);
            }
            for (_, label) in self.labels.iter().flat_map(|(labels, _)| labels) {
                texts.extend(label);
            }
            encoding_of(&texts.into_iter().filter(|&byte| byte != 0).collect::<Vec<_>>()).unwrap_or(WINDOWS_1252)
        })
    }

    /// The variables with their names and labels, parts of long texts joined; and where each record went.
    fn joined(self, encoding: &'static Encoding) -> (Vec<Variable>, Vec<Option<usize>>) {
        let widths: HashMap<Vec<u8>, usize> = pairs(&self.long_widths)
            .into_iter()
            .filter_map(|(name, width)| Some((name.to_ascii_uppercase(), text(width, UTF_8).parse().ok()?)))
            .collect();
        let names: HashMap<Vec<u8>, String> = pairs(&self.long_names)
            .into_iter()
            .map(|(short, long)| (short.to_ascii_uppercase(), text(long, encoding)))
            .collect();
        let labels = self.labels;
        let mut variables: Vec<Variable> = self.variables;
        for (labels, of) in labels {
            for at in of {
                if let Some(variable) = variables.get_mut(at) {
                    variable.labels.extend(
                        labels
                            .iter()
                            .map(|(value, label)| (value.clone(), text(label, encoding))),
                    );
                }
            }
        }
        let mut joined: Vec<Variable> = Vec::with_capacity(variables.len());
        let mut places = Vec::with_capacity(variables.len());
        let mut parts = 0;
        for mut variable in variables {
            if parts > 0 && !variable.segments.is_empty() {
                parts -= 1;
                places.push(None);
                if let Some(whole) = joined.last_mut() {
                    whole.segments.extend(variable.segments);
                }
                continue;
            }
            let short = variable.short.to_ascii_uppercase();
            parts = widths
                .get(&short)
                .map_or(0, |width| width.div_ceil(SEGMENT).saturating_sub(1));
            variable.name = match names.get(&short) {
                Some(name) if !name.is_empty() => name.clone(),
                _ => text(&variable.short, encoding),
            };
            places.push(Some(joined.len()));
            joined.push(variable);
        }
        (joined, places)
    }
}

/// A text with its length before it.
fn pascal<'a>(bytes: &mut Bytes<'a>) -> Result<&'a [u8], Damage> {
    let length = u64::from(bytes.u32()?);
    bytes.take_many(length)
}

/// Pairs written as `A=x`, with tabs between them.
fn pairs(bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    bytes
        .split(|&byte| byte == b'\t')
        .filter_map(|pair| {
            let at = pair.iter().position(|&byte| byte == b'=')?;
            Some((pair.get(..at)?.trim_ascii_start(), pair.get(at + 1..)?))
        })
        .map(|(name, value)| (name.strip_prefix(b"\0").unwrap_or(name), value))
        .collect()
}

/// The encoding of a code page of Windows; none where the number says nothing.
fn of_code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        65001 => return Some(UTF_8),
        936 | 54936 => return Some(GB18030),
        950 => "big5",
        932 => "shift_jis",
        949 => "euc-kr",
        1250..=1258 => return Encoding::for_label(format!("windows-{number}").as_bytes()),
        28591..=28606 => return Encoding::for_label(format!("iso-8859-{}", number - 28590).as_bytes()),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}
