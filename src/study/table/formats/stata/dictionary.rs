//! What describes the observations: the variables with their types, names, formats and labels, and where the parts lie.

use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::super::binary::bytes::{Bytes, Damage, text};
use super::super::text::encoding_of;

/// What describes a file's observations.
pub struct Dictionary<'a> {
    /// The number of the file's form
    pub release: u16,
    /// How texts are encoded
    pub encoding: &'static Encoding,
    /// The variables, in order
    pub variables: Vec<Variable>,
    /// How many observations there are
    pub observations: u64,
    /// From the first observation on
    pub data: Bytes<'a>,
    /// Long texts, by the two numbers that stand for them
    pub long_texts: HashMap<(u64, u64), &'a [u8]>,
    /// Labels by the name of their list: values and texts
    pub labels: HashMap<Vec<u8>, Vec<(i32, String)>>,
}

/// A variable.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name
    pub name: String,
    /// How it is kept
    pub kind: Kind,
    /// Its display format, as `%td`
    pub format: String,
    /// The name of its list of labels; empty if it has none
    pub labels: Vec<u8>,
}

/// How a variable is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text of so many bytes
    Text(usize),
    /// Text that lies elsewhere
    LongText,
    /// A whole number of a byte
    Byte,
    /// Of two
    Int,
    /// Of four
    Long,
    /// A number of four bytes
    Float,
    /// Of eight
    Double,
}

/// How wide the parts of a form are, in bytes.
struct Widths {
    name: usize,
    format: usize,
    variable_label: usize,
}

impl<'a> Dictionary<'a> {
    /// Reads it.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damage> {
        if bytes.starts_with(b"<") {
            Self::tagged(bytes)
        } else {
            Self::plain(bytes)
        }
    }

    /// Forms 113 to 115.
    fn plain(all: &'a [u8]) -> Result<Self, Damage> {
        let mut bytes = Bytes::new(all, false);
        let release = u16::from(bytes.u8()?);
        if !(113..=115).contains(&release) {
            return Err(bytes.damage("the form is older than Stata 8 and not read"));
        }
        bytes.big_endian = bytes.u8()? == 1;
        bytes.take(2)?;
        let count = u64::from(bytes.u16()?);
        let observations = u64::from(bytes.u32()?);
        bytes.take(81 + 18)?;
        let widths = Widths {
            name: 33,
            format: if release == 113 { 12 } else { 49 },
            variable_label: 81,
        };
        let mut types = Bytes::new(bytes.take_many(count)?, bytes.big_endian);
        let names = bytes.take_many(33 * count)?;
        bytes.take_many(2 * (count + 1))?;
        let formats = bytes.take_many(widths.format as u64 * count)?;
        let lists = bytes.take_many(33 * count)?;
        bytes.take_many(widths.variable_label as u64 * count)?;
        loop {
            let (kind, length) = (bytes.u8()?, u64::from(bytes.u32()?));
            if kind == 0 && length == 0 {
                break;
            }
            bytes.take_many(length)?;
        }
        let kinds = (0..count)
            .map(|_| {
                Ok(match types.u8()? {
                    251 => Kind::Byte,
                    252 => Kind::Int,
                    253 => Kind::Long,
                    254 => Kind::Float,
                    255 => Kind::Double,
                    width => Kind::Text(usize::from(width)),
                })
            })
            .collect::<Result<Vec<_>, Damage>>()?;
        let data = bytes;
        let width = kinds.iter().map(|kind| kind.width() as u64).sum::<u64>();
        bytes.take_many(width.saturating_mul(observations))?;
        let mut raw_labels = Vec::new();
        while !bytes.is_at_end() {
            raw_labels.push(label_list(&mut bytes, 33)?);
        }
        Ok(Self::put_together(
            release,
            &kinds,
            [names, formats, lists],
            &widths,
            raw_labels,
            |dictionary| {
                dictionary.observations = observations;
                dictionary.data = data;
            },
        ))
    }

    /// Forms 117 to 119, whose parts have tags and a map.
    fn tagged(all: &'a [u8]) -> Result<Self, Damage> {
        let mut bytes = Bytes::new(all, false);
        bytes.expect("<stata_dta><header><release>")?;
        let release: u16 = text(bytes.take(3)?, UTF_8).parse().unwrap_or_default();
        if !(117..=119).contains(&release) {
            return Err(bytes.damage("the form is none that is known"));
        }
        bytes.expect("</release><byteorder>")?;
        bytes.big_endian = bytes.take(3)? == b"MSF";
        bytes.expect("</byteorder><K>")?;
        let count = if release == 119 {
            u64::from(bytes.u32()?)
        } else {
            u64::from(bytes.u16()?)
        };
        bytes.expect("</K><N>")?;
        let observations = if release == 117 {
            u64::from(bytes.u32()?)
        } else {
            bytes.u64()?
        };
        bytes.expect("</N><label>")?;
        let length = if release == 117 {
            usize::from(bytes.u8()?)
        } else {
            usize::from(bytes.u16()?)
        };
        bytes.take(length)?;
        bytes.expect("</label><timestamp>")?;
        let length = usize::from(bytes.u8()?);
        bytes.take(length)?;
        bytes.expect("</timestamp></header><map>")?;
        let map = (0..14).map(|_| bytes.u64()).collect::<Result<Vec<_>, _>>()?;
        let part = |number: usize, tag: &'static str| {
            let mut part = bytes.from(map.get(number).copied().unwrap_or(u64::MAX))?;
            part.expect(tag).map(|()| part)
        };
        let widths = if release == 117 {
            Widths {
                name: 33,
                format: 49,
                variable_label: 81,
            }
        } else {
            Widths {
                name: 129,
                format: 57,
                variable_label: 321,
            }
        };
        let mut types = part(2, "<variable_types>")?;
        let kinds = (0..count)
            .map(|_| {
                Ok(match types.u16()? {
                    65526 => Kind::Double,
                    65527 => Kind::Float,
                    65528 => Kind::Long,
                    65529 => Kind::Int,
                    65530 => Kind::Byte,
                    32768 => Kind::LongText,
                    width @ 1..=2045 => Kind::Text(usize::from(width)),
                    _ => return Err(types.damage("a variable's type is none that is known")),
                })
            })
            .collect::<Result<Vec<_>, Damage>>()?;
        let names = part(3, "<varnames>")?.take_many(widths.name as u64 * count)?;
        let formats = part(5, "<formats>")?.take_many(widths.format as u64 * count)?;
        let lists = part(6, "<value_label_names>")?.take_many(widths.name as u64 * count)?;
        let data = part(9, "<data>")?;
        let mut texts = part(10, "<strls>")?;
        let mut long_texts = HashMap::new();
        while texts.clone().expect("GSO").is_ok() {
            texts.take(3)?;
            let variable = u64::from(texts.u32()?);
            let observation = if release == 117 {
                u64::from(texts.u32()?)
            } else {
                texts.u64()?
            };
            texts.take(1)?;
            let length = u64::from(texts.u32()?);
            long_texts.insert((variable, observation), texts.take_many(length)?);
        }
        let mut labels = part(11, "<value_labels>")?;
        let mut raw_labels = Vec::new();
        while labels.clone().expect("<lbl>").is_ok() {
            labels.expect("<lbl>")?;
            raw_labels.push(label_list(&mut labels, widths.name)?);
            labels.expect("</lbl>")?;
        }
        Ok(Self::put_together(
            release,
            &kinds,
            [names, formats, lists],
            &widths,
            raw_labels,
            |dictionary| {
                dictionary.observations = observations;
                dictionary.data = data;
                dictionary.long_texts = long_texts;
            },
        ))
    }

    fn put_together(
        release: u16,
        kinds: &[Kind],
        [names, formats, lists]: [&[u8]; 3],
        widths: &Widths,
        labels: Vec<RawLabels>,
        more: impl FnOnce(&mut Self),
    ) -> Self {
        let mut texts: Vec<u8> = names.to_vec();
        texts.extend(labels.iter().flat_map(|list| &list.values).flat_map(|(_, label)| label));
        texts.retain(|&byte| byte != 0);
        let encoding = if release >= 118 {
            UTF_8
        } else {
            // Older forms do not say it.
            encoding_of(&texts).unwrap_or(WINDOWS_1252)
        };
        let variables = (kinds.iter())
            .zip(names.chunks(widths.name))
            .zip(formats.chunks(widths.format).zip(lists.chunks(widths.name)))
            .map(|((&kind, name), (format, list))| Variable {
                name: text(name, encoding),
                kind,
                format: text(format, UTF_8),
                labels: until_zero(list).to_vec(),
            })
            .collect();
        let mut dictionary = Self {
            release,
            encoding,
            variables,
            observations: 0,
            data: Bytes::new(&[], false),
            long_texts: HashMap::new(),
            labels: labels
                .into_iter()
                .map(|list| {
                    let values = list.values.into_iter();
                    (
                        list.name,
                        values.map(|(value, label)| (value, text(&label, encoding))).collect(),
                    )
                })
                .collect(),
        };
        more(&mut dictionary);
        dictionary
    }
}

impl Kind {
    /// How many bytes a value takes.
    pub fn width(self) -> usize {
        match self {
            Self::Text(width) => width,
            Self::LongText | Self::Double => 8,
            Self::Byte => 1,
            Self::Int => 2,
            Self::Long | Self::Float => 4,
        }
    }
}

/// A list of labels as it lies in the file.
struct RawLabels {
    name: Vec<u8>,
    values: Vec<(i32, Vec<u8>)>,
}

fn label_list(bytes: &mut Bytes, name: usize) -> Result<RawLabels, Damage> {
    bytes.take(4)?;
    let name = until_zero(bytes.take(name)?).to_vec();
    bytes.take(3)?;
    let count = bytes.u32()?;
    let length = u64::from(bytes.u32()?);
    let mut offsets = Bytes::new(bytes.take_many(4 * u64::from(count))?, bytes.big_endian);
    let mut values = Bytes::new(bytes.take_many(4 * u64::from(count))?, bytes.big_endian);
    let before = *bytes;
    let texts = bytes.take_many(length)?;
    let values = (0..count)
        .map(|_| {
            let text = texts
                .get(offsets.u32()? as usize..)
                .ok_or_else(|| before.damage("a label lies beyond its list"))?;
            Ok((values.i32()?, until_zero(text).to_vec()))
        })
        .collect::<Result<_, Damage>>()?;
    Ok(RawLabels { name, values })
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or(bytes)
}
