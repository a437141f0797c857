//! NRRD: attached and detached headers, every encoding of the format, Slicer's segmentations (`.seg.nrrd`) included.
//!
//! `space directions` are the columns of the affine, spacing is their length (as ITK computes both), `space origin` is the
//! centre of the first voxel; RAS and LAS spaces are turned to LPS. `old min` and `old max` do not rescale. A data file is
//! looked for beside its header and nowhere else.
//!
//! Reference: the NRRD format definition (teem.sourceforge.net/nrrd/format.html); 3D Slicer's segmentation storage.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read, Write};
use std::path::{Component, Path, PathBuf};

#[cfg(feature = "bzip2")]
use bzip2::bufread::MultiBzDecoder;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::error::VolumeError;
use super::geometry::IDENTITY;
use super::nifti::{check_orthogonal, voxel_count};
use super::reader::{Header, Opened, Reader, Segment};
use super::samples::{Sample, SampleType, each_type};
use super::source::{self, Source};
use super::stream::{Layout, Voxels};
use super::{Geometry, Volume};

/// A header longer than this is no header.
const LONGEST_HEADER: usize = 16 << 20;

/// The most data files that a header may name.
const MOST_FILES: usize = 100_000;

/// The field of a detached header that names the files with the voxels.
const DATA_FILE: &[&str] = &["data file", "datafile"];

/// The NRRD format.
pub struct Nrrd;

impl Reader for Nrrd {
    fn name(&self) -> &'static str {
        "NRRD"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        head.starts_with(b"NRRD00")
    }

    fn open(&self, path: &Path) -> Result<Opened, VolumeError> {
        let source = Source::open(path)?;
        let wrapped = source.gzip;
        let length = source.length;
        let mut content = source.content();
        let text = Text::read(path, &mut content)?;
        let parsed = text.parse()?;
        let bytes = parsed.count as u64 * (parsed.layout.stored.bytes() * parsed.layout.components) as u64;
        let stream: Box<dyn Read + Send> = match &parsed.files {
            None => {
                let left = if wrapped {
                    u64::MAX
                } else {
                    length.saturating_sub(text.length as u64)
                };
                parsed
                    .encoding
                    .stream(path, content, left, bytes, &parsed.skips, parsed.layout.stored)?
            }
            Some(files) => {
                if !bytes.is_multiple_of(files.len() as u64) {
                    return Err(text.bad(
                        "data file",
                        format!("{} files cannot share {bytes} bytes evenly", files.len()),
                    ));
                }
                Box::new(Parts {
                    files: files.clone().into(),
                    each: bytes / files.len() as u64,
                    encoding: parsed.encoding,
                    skips: parsed.skips,
                    stored: parsed.layout.stored,
                    current: None,
                    left: 0,
                    checked: files.len() == 1,
                })
            }
        };
        let checked = matches!(parsed.encoding, Encoding::Gzip | Encoding::Bzip2)
            && parsed.files.as_ref().is_none_or(|files| files.len() == 1);
        Ok(Opened {
            header: Header {
                path: path.to_path_buf(),
                format: "NRRD",
                fields: ["sizes", "space directions", "space origin", "space directions"],
                geometry: parsed.geometry,
                sample_type: parsed.layout.stored,
                components: parsed.layout.components,
                segments: parsed.segments,
                warnings: parsed.warnings,
            },
            voxels: Voxels {
                path: path.to_path_buf(),
                bytes: stream,
                layout: parsed.layout,
                count: parsed.count,
                checked,
            },
        })
    }

    fn beside(&self, path: &Path) -> Result<Vec<PathBuf>, VolumeError> {
        let text = Text::read(path, &mut Source::open(path)?.content())?;
        if text.field(DATA_FILE).is_none() {
            return Ok(Vec::new());
        }
        Ok(text.parse()?.files.unwrap_or_default())
    }
}

/// How the voxels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Raw,
    Gzip,
    Bzip2,
    Text,
    Hex,
}

/// What stands before the voxels of a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Skips {
    lines: u64,
    /// -1: the voxels are the last bytes of the file
    bytes: i64,
}

impl Encoding {
    /// Opens the voxels of one file: `content` stands behind the header, `left` bytes are to come, `bytes` are wanted.
    fn stream(
        self,
        path: &Path,
        mut content: Box<dyn BufRead + Send>,
        left: u64,
        bytes: u64,
        skips: &Skips,
        stored: SampleType,
    ) -> Result<Box<dyn Read + Send>, VolumeError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => VolumeError::Truncated {
                path: path.to_path_buf(),
                expected: bytes,
                found: 0,
            },
            _ => VolumeError::Open {
                path: path.to_path_buf(),
                source: error,
            },
        };
        let mut left = left;
        for _ in 0..skips.lines {
            left = left.saturating_sub(skip_line(&mut content).map_err(failed)?);
        }
        let most = match self {
            Self::Raw => left,
            Self::Gzip => source::most_gunzipped(left),
            // A number takes at least one character and one blank, a byte two hexadecimal digits.
            Self::Text => (left / 2 + 1).saturating_mul(stored.bytes() as u64),
            Self::Hex => left / 2,
            Self::Bzip2 => u64::MAX,
        };
        let before = match (skips.bytes, self) {
            (-1, Self::Raw) if left != u64::MAX => left.saturating_sub(bytes),
            (-1, _) => {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "byte skip".to_string(),
                    problem: "-1 (the voxels are the last bytes) goes with raw encoding only".to_string(),
                });
            }
            (count, _) => count as u64,
        };
        if most < before.saturating_add(bytes) {
            return Err(VolumeError::Truncated {
                path: path.to_path_buf(),
                expected: bytes,
                found: most.saturating_sub(before),
            });
        }
        let mut stream: Box<dyn Read + Send> = match self {
            Self::Raw => Box::new(content),
            Self::Gzip => source::gunzip(content),
            #[cfg(feature = "bzip2")]
            Self::Bzip2 => Box::new(MultiBzDecoder::new(content)),
            #[cfg(not(feature = "bzip2"))]
            Self::Bzip2 => {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "encoding".to_string(),
                    problem: "bzip2 is not read by this radscore, which was built without the Cargo feature bzip2; write the file with gzip".to_string(),
                });
            }
            Self::Text => Box::new(TextNumbers {
                text: content,
                stored,
                ready: VecDeque::new(),
            }),
            Self::Hex => Box::new(HexBytes { text: content }),
        };
        source::skip(&mut *stream, before).map_err(failed)?;
        Ok(stream)
    }
}

/// Skips a line; its length.
fn skip_line(reader: &mut dyn BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

/// The voxels of several data files, one after the other.
struct Parts {
    files: VecDeque<PathBuf>,
    /// Bytes of voxels in each
    each: u64,
    encoding: Encoding,
    skips: Skips,
    stored: SampleType,
    current: Option<Box<dyn Read + Send>>,
    left: u64,
    /// Whether the only file is to be read past its voxels, to its checksum
    checked: bool,
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
                let read = current.read(&mut buffer[..most])?;
                self.left -= read as u64;
                return Ok(read);
            }
            let Some(path) = self.files.pop_front() else {
                return Ok(0);
            };
            let open = || {
                let source = Source::open(&path)?;
                let length = source.length;
                let content: Box<dyn BufRead + Send> = Box::new(source.file);
                self.encoding
                    .stream(&path, content, length, self.each, &self.skips, self.stored)
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
                Some(digit) => Ok(Some(digit as u8)),
                None => Err(wrong(format!("\"{}\" is not a hexadecimal digit", byte.escape_ascii()))),
            };
        }
    }
}

impl Read for HexBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let (Some(high), Some(low)) = (self.digit()?, self.digit()?) else {
                break;
            };
            buffer[filled] = high * 16 + low;
            filled += 1;
        }
        Ok(filled)
    }
}

fn wrong(detail: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, detail)
}

/// The header as text: fields, and keys with their values.
struct Text<'a> {
    path: &'a Path,
    /// Bytes up to the first voxel
    length: usize,
    fields: Vec<(String, String)>,
    keys: Vec<(String, String)>,
    /// The lines after `data file: LIST`
    list: Vec<String>,
}

/// What a header comes to.
struct Parsed {
    geometry: Geometry,
    layout: Layout,
    count: usize,
    encoding: Encoding,
    skips: Skips,
    files: Option<Vec<PathBuf>>,
    segments: Vec<Segment>,
    warnings: Vec<String>,
}

impl<'a> Text<'a> {
    /// Reads lines up to the blank one (or to the end, or to a LIST and its end).
    fn read(path: &'a Path, content: &mut dyn BufRead) -> Result<Self, VolumeError> {
        let mut text = Self {
            path,
            length: 0,
            fields: Vec::new(),
            keys: Vec::new(),
            list: Vec::new(),
        };
        let mut listing = false;
        let mut first = true;
        loop {
            let mut line = Vec::new();
            let most = (LONGEST_HEADER - text.length) as u64;
            let read = (&mut *content)
                .take(most)
                .read_until(b'\n', &mut line)
                .map_err(|source| VolumeError::Open {
                    path: path.to_path_buf(),
                    source,
                })?;
            text.length += read;
            if text.length >= LONGEST_HEADER {
                return Err(text.bad("header", "it does not end within 16 MB".to_string()));
            }
            while matches!(line.last(), Some(b'\n' | b'\r')) {
                line.pop();
            }
            if read == 0 || (line.is_empty() && !listing) {
                return Ok(text);
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            if std::mem::take(&mut first) || line.starts_with('#') {
                continue;
            }
            if listing {
                if !line.trim().is_empty() {
                    text.list.push(line.trim().to_string());
                }
                if text.list.len() > MOST_FILES {
                    return Err(text.bad("data file", format!("more than {MOST_FILES} files are listed")));
                }
                continue;
            }
            // `key:=value` is a key, `field: value` a field; a key may hold ": " in its value, a field ":=" in its.
            match (line.find(":="), line.find(": ")) {
                (Some(key), field) if field.is_none_or(|field| key < field) => {
                    text.keys.push((line[..key].to_string(), line[key + 2..].to_string()));
                }
                (_, Some(field)) => {
                    let name = line[..field].trim().to_ascii_lowercase();
                    let value = line[field + 2..].trim().to_string();
                    listing = matches!(name.as_str(), "data file" | "datafile")
                        && value.split_whitespace().next() == Some("LIST");
                    text.fields.push((name, value));
                }
                _ => {
                    if let Some(name) = line.trim_end().strip_suffix(':') {
                        text.fields.push((name.trim().to_ascii_lowercase(), String::new()));
                    } else {
                        let shown: String = line.chars().take(60).collect();
                        return Err(text.bad(
                            "header",
                            format!("the line \"{}\" is neither a field nor a key", shown.escape_debug()),
                        ));
                    }
                }
            }
        }
    }

    fn bad(&self, field: &str, problem: String) -> VolumeError {
        VolumeError::Header {
            path: self.path.to_path_buf(),
            field: field.to_string(),
            problem,
        }
    }

    /// A field by one of its names.
    fn field(&self, names: &[&str]) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()))
            .map(|(_, value)| value.as_str())
    }

    fn key(&self, name: &str) -> Option<&str> {
        self.keys
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn needed(&self, names: &[&str]) -> Result<&str, VolumeError> {
        self.field(names)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| self.bad(names[0], "the field is missing".to_string()))
    }

    fn parse(&self) -> Result<Parsed, VolumeError> {
        let mut warnings = Vec::new();
        let stored = self.sample_type()?;
        let big_endian = self.big_endian(stored)?;
        let encoding = self.encoding()?;
        if stored.bytes() > 1
            && self.field(&["endian"]).is_none()
            && matches!(
                encoding,
                Encoding::Raw | Encoding::Gzip | Encoding::Bzip2 | Encoding::Hex
            )
        {
            warnings.push("the header does not say its byte order (endian); little is assumed".to_string());
        }
        let sizes = self.sizes()?;
        let axes = self.spatial_axes(&sizes)?;
        let (components, interleaved) = self.list_axis(&sizes, &axes)?;
        let size = [0, 1, 2].map(|axis| sizes[axes[axis]]);
        let geometry = self.geometry(size, &sizes, &axes, &mut warnings)?;
        let count = voxel_count(self.path, size, stored.bytes().saturating_mul(components))?;
        let segments = self.segments(components)?;
        if !segments.is_empty() && count == 1 {
            return Err(VolumeError::Unsupported {
                path: self.path.to_path_buf(),
                what: "the segmentation is one voxel, which is how 3D Slicer writes one without data".to_string(),
                advice: "segment something and save it again".to_string(),
            });
        }
        Ok(Parsed {
            geometry,
            layout: Layout {
                stored,
                // Text has no byte order; the decoder writes little-endian.
                big_endian: big_endian && encoding != Encoding::Text,
                scale: None,
                components,
                interleaved,
            },
            count,
            encoding,
            skips: self.skips()?,
            files: self.files(sizes.len(), sizes[sizes.len() - 1])?,
            segments,
            warnings,
        })
    }

    fn sample_type(&self) -> Result<SampleType, VolumeError> {
        let value = self.needed(&["type"])?;
        Ok(match value.to_ascii_lowercase().as_str() {
            "signed char" | "int8" | "int8_t" => SampleType::I8,
            "uchar" | "unsigned char" | "uint8" | "uint8_t" => SampleType::U8,
            "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => SampleType::I16,
            "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => SampleType::U16,
            "int" | "signed int" | "int32" | "int32_t" => SampleType::I32,
            "uint" | "unsigned int" | "uint32" | "uint32_t" => SampleType::U32,
            "longlong"
            | "long long"
            | "long long int"
            | "signed long long"
            | "signed long long int"
            | "int64"
            | "int64_t" => SampleType::I64,
            "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => SampleType::U64,
            "float" => SampleType::F32,
            "double" => SampleType::F64,
            "block" => {
                return Err(VolumeError::Unsupported {
                    path: self.path.to_path_buf(),
                    what: "voxels of type block are not supported".to_string(),
                    advice: "save the image with numbers as voxels".to_string(),
                });
            }
            _ => {
                return Err(self.bad("type", format!("\"{}\" is no NRRD type", value.escape_debug())));
            }
        })
    }

    fn big_endian(&self, stored: SampleType) -> Result<bool, VolumeError> {
        match self.field(&["endian"]).map(str::to_ascii_lowercase).as_deref() {
            Some("big") => Ok(stored.bytes() > 1),
            Some("little") | None => Ok(false),
            Some(other) => Err(self.bad(
                "endian",
                format!("\"{}\" is neither little nor big", other.escape_debug()),
            )),
        }
    }

    fn encoding(&self) -> Result<Encoding, VolumeError> {
        let value = self.needed(&["encoding"])?;
        match value.to_ascii_lowercase().as_str() {
            "raw" => Ok(Encoding::Raw),
            "gzip" | "gz" => Ok(Encoding::Gzip),
            "bzip2" | "bz2" => Ok(Encoding::Bzip2),
            "ascii" | "text" | "txt" => Ok(Encoding::Text),
            "hex" => Ok(Encoding::Hex),
            _ => Err(self.bad(
                "encoding",
                format!(
                    "\"{}\" is unknown; raw, gzip, bzip2, ascii and hex are read",
                    value.escape_debug()
                ),
            )),
        }
    }

    fn sizes(&self) -> Result<Vec<usize>, VolumeError> {
        let dimension = self.needed(&["dimension"])?;
        let count: usize = dimension
            .parse()
            .ok()
            .filter(|count| (1..=16).contains(count))
            .ok_or_else(|| {
                self.bad(
                    "dimension",
                    format!("\"{}\" is not a number from 1 to 16", dimension.escape_debug()),
                )
            })?;
        let value = self.needed(&["sizes"])?;
        let sizes: Option<Vec<usize>> = value
            .split_whitespace()
            .map(|size| size.parse().ok().filter(|&size: &usize| size > 0))
            .collect();
        match sizes {
            Some(sizes) if sizes.len() == count => Ok(sizes),
            _ => Err(self.bad(
                "sizes",
                format!("\"{}\" is not {count} positive whole numbers", value.escape_debug()),
            )),
        }
    }

    /// The three axes that lie in space, in storage order.
    fn spatial_axes(&self, sizes: &[usize]) -> Result<Vec<usize>, VolumeError> {
        let count = sizes.len();
        let kinds: Vec<String> = self
            .field(&["kinds"])
            .map(|kinds| kinds.split_whitespace().map(str::to_ascii_lowercase).collect())
            .unwrap_or_default();
        let mut axes: Vec<usize> = match self.directions()? {
            Some(directions) => {
                if directions.len() != count {
                    return Err(self.bad(
                        "space directions",
                        format!("{} are given for {count} axes", directions.len()),
                    ));
                }
                (0..count).filter(|&axis| directions[axis].is_some()).collect()
            }
            None => (0..count)
                .filter(|&axis| {
                    kinds
                        .get(axis)
                        .is_none_or(|kind| matches!(kind.as_str(), "domain" | "space" | "???" | "none"))
                })
                .collect(),
        };
        // A fourth axis of one entry says nothing.
        while axes.len() > 3 {
            match axes.iter().rposition(|&axis| sizes[axis] == 1) {
                Some(at) => {
                    axes.remove(at);
                }
                None => break,
            }
        }
        if axes.len() == 3 {
            return Ok(axes);
        }
        Err(VolumeError::Unsupported {
            path: self.path.to_path_buf(),
            what: format!(
                "an image with {} spatial axes is not supported (sizes: {sizes:?})",
                axes.len()
            ),
            advice: "give a 3-D image".to_string(),
        })
    }

    /// Values a voxel, and whether they lie side by side.
    fn list_axis(&self, sizes: &[usize], axes: &[usize]) -> Result<(usize, bool), VolumeError> {
        let others: Vec<usize> = (0..sizes.len())
            .filter(|axis| !axes.contains(axis) && sizes[*axis] > 1)
            .collect();
        match others[..] {
            [] => Ok((1, true)),
            [axis] if axis < axes[0] => Ok((sizes[axis], true)),
            [axis] if axis > axes[2] => Ok((sizes[axis], false)),
            _ => Err(VolumeError::Unsupported {
                path: self.path.to_path_buf(),
                what: format!("the axes of several values a voxel lie between the spatial ones (sizes: {sizes:?})"),
                advice: "give a scalar 3-D image".to_string(),
            }),
        }
    }

    /// The direction vector of each axis; `None` inside for an axis that is not spatial, outside where the field is missing.
    fn directions(&self) -> Result<Option<Vec<Option<[f64; 3]>>>, VolumeError> {
        let Some(value) = self.field(&["space directions"]) else {
            return Ok(None);
        };
        vectors(value).map(Some).ok_or_else(|| {
            self.bad(
                "space directions",
                format!("\"{}\" are not vectors of 3 numbers", value.escape_debug()),
            )
        })
    }

    fn geometry(
        &self,
        size: [usize; 3],
        sizes: &[usize],
        axes: &[usize],
        warnings: &mut Vec<String>,
    ) -> Result<Geometry, VolumeError> {
        if let Some(units) = self.field(&["space units"])
            && units
                .split('"')
                .any(|unit| !unit.trim().is_empty() && !matches!(unit.trim(), "mm" | "millimeter" | "millimetre"))
        {
            warnings.push(format!(
                "space units are {}; lengths are taken as millimetres, as ITK does",
                units.escape_debug()
            ));
        }
        let Some(directions) = self.directions()? else {
            return self.geometry_of_spacings(size, sizes.len(), axes, warnings);
        };
        let signs = self.signs();
        let mut spacing = [0.0; 3];
        let mut direction = [[0.0; 3]; 3];
        for axis in 0..3 {
            let Some(vector) = directions[axes[axis]] else {
                continue;
            };
            let [a, b, c] = vector;
            let norm = (a * a + b * b + c * c).sqrt();
            if !norm.is_finite() || norm == 0.0 {
                return Err(self.bad("space directions", format!("the vector ({a},{b},{c}) has no direction")));
            }
            spacing[axis] = norm;
            // Teem multiplies by the reciprocal; a division would differ in the last bit.
            let scale = 1.0 / norm;
            for row in 0..3 {
                direction[row][axis] = signs[row] * (vector[row] * scale);
            }
        }
        check_orthogonal(self.path, "space directions", &direction)?;
        let origin = if let Some(value) = self.field(&["space origin"]) {
            match vectors(value).as_deref() {
                Some([Some(origin)]) if origin.iter().all(|part| part.is_finite()) => *origin,
                _ => {
                    return Err(self.bad(
                        "space origin",
                        format!("\"{}\" is not a vector of 3 numbers", value.escape_debug()),
                    ));
                }
            }
        } else {
            warnings.push("the header has no space origin; 0 is assumed".to_string());
            [0.0; 3]
        };
        Ok(Geometry {
            size,
            spacing,
            origin: [0, 1, 2].map(|row| signs[row] * origin[row]),
            direction,
        })
    }

    /// A grid without orientation.
    fn geometry_of_spacings(
        &self,
        size: [usize; 3],
        count: usize,
        axes: &[usize],
        warnings: &mut Vec<String>,
    ) -> Result<Geometry, VolumeError> {
        let mut spacing = [1.0; 3];
        if let Some(value) = self.field(&["spacings"]) {
            let spacings: Vec<f64> = value.split_whitespace().filter_map(|part| part.parse().ok()).collect();
            if spacings.len() != count {
                return Err(self.bad(
                    "spacings",
                    format!("\"{}\" is not {count} numbers", value.escape_debug()),
                ));
            }
            for axis in 0..3 {
                let given: f64 = spacings[axes[axis]];
                if given.is_nan() || given == 0.0 || given.is_infinite() {
                    return Err(self.bad("spacings", format!("{given} is no voxel size in millimetres")));
                }
                spacing[axis] = given.abs();
            }
            warnings.push("the header has spacings but no space directions: its orientation is unknown".to_string());
        } else {
            warnings.push(
                "the header has neither space directions nor spacings: voxels of 1 x 1 x 1 mm are assumed".to_string(),
            );
        }
        let signs = self.signs();
        let origin = match self.field(&["space origin"]).map(vectors) {
            Some(Some(origin)) if matches!(origin[..], [Some(_)]) => origin[0].unwrap_or_default(),
            _ => [0.0; 3],
        };
        Ok(Geometry {
            size,
            spacing,
            origin: [0, 1, 2].map(|row| signs[row] * origin[row]),
            direction: IDENTITY,
        })
    }

    /// What turns the header's space into LPS.
    fn signs(&self) -> [f64; 3] {
        match self.field(&["space"]).map(str::to_ascii_lowercase).as_deref() {
            Some("right-anterior-superior" | "ras" | "right-anterior-superior-time" | "rast") => [-1.0, -1.0, 1.0],
            Some("left-anterior-superior" | "las" | "left-anterior-superior-time" | "last") => [1.0, -1.0, 1.0],
            _ => [1.0, 1.0, 1.0],
        }
    }

    fn skips(&self) -> Result<Skips, VolumeError> {
        let number = |names: &[&str], least: i64| match self.field(names) {
            None => Ok(0),
            Some(value) => value
                .parse::<i64>()
                .ok()
                .filter(|&count| count >= least)
                .ok_or_else(|| {
                    self.bad(
                        names[0],
                        format!("\"{}\" is not a whole number from {least} on", value.escape_debug()),
                    )
                }),
        };
        Ok(Skips {
            lines: number(&["line skip", "lineskip"], 0)? as u64,
            bytes: number(&["byte skip", "byteskip"], -1)?,
        })
    }

    /// The data files of a detached header.
    fn files(&self, dimension: usize, slowest: usize) -> Result<Option<Vec<PathBuf>>, VolumeError> {
        let Some(value) = self.field(DATA_FILE) else {
            return Ok(None);
        };
        let parts: Vec<&str> = value.split_whitespace().collect();
        let whole_slabs = |given: Option<&&str>| match given {
            None => Ok(()),
            Some(text) => match text.parse::<usize>() {
                Ok(count) if count == dimension || count + 1 == dimension => Ok(()),
                _ => Err(self.bad(
                    "data file",
                    format!("files of {text} dimensions are not read, only whole slices or volumes"),
                )),
            },
        };
        let names: Vec<String> = if parts.first() == Some(&"LIST") {
            whole_slabs(parts.get(1))?;
            self.list.clone()
        } else if parts.len() >= 4 && parts[0].contains('%') {
            whole_slabs(parts.get(4))?;
            let numbers: Vec<i64> = parts[1..4].iter().filter_map(|part| part.parse().ok()).collect();
            let [low, high, step] = numbers[..] else {
                return Err(self.bad(
                    "data file",
                    format!(
                        "\"{}\" is no pattern with minimum, maximum and step",
                        value.escape_debug()
                    ),
                ));
            };
            self.numbered(parts[0], low, high, step)?
        } else {
            vec![value.to_string()]
        };
        if names.is_empty() {
            return Err(self.bad("data file", "no file is named".to_string()));
        }
        if names.len() > 1 && !slowest.is_multiple_of(names.len()) {
            return Err(self.bad(
                "data file",
                format!("{} files cannot share {slowest} slices evenly", names.len()),
            ));
        }
        names
            .iter()
            .map(|name| self.beside(name))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// The names that a pattern as `slice%03d.raw` stands for.
    fn numbered(&self, pattern: &str, low: i64, high: i64, step: i64) -> Result<Vec<String>, VolumeError> {
        let unreadable = || {
            self.bad(
                "data file",
                format!("\"{}\" is not a pattern with one %d in it", pattern.escape_debug()),
            )
        };
        let (before, rest) = pattern.split_once('%').ok_or_else(unreadable)?;
        let (width, after) = rest.split_once('d').ok_or_else(unreadable)?;
        if after.contains('%') || !width.bytes().all(|byte| byte.is_ascii_digit()) || width.len() > 3 {
            return Err(unreadable());
        }
        let zeros = width.starts_with('0');
        let width: usize = width.parse().unwrap_or(0);
        if step == 0 || (high - low) / step < 0 || ((high - low) / step) as u64 >= MOST_FILES as u64 {
            return Err(self.bad("data file", format!("{low} to {high} by {step} is no range of files")));
        }
        Ok((0..=(high - low) / step)
            .map(|k| {
                let number = low + k * step;
                if zeros {
                    format!("{before}{number:0width$}{after}")
                } else {
                    format!("{before}{number:width$}{after}")
                }
            })
            .collect())
    }

    /// A data file's path; it must lie in the header's folder or below.
    fn beside(&self, name: &str) -> Result<PathBuf, VolumeError> {
        let relative = Path::new(name);
        let leaves = || {
            self.bad(
                "data file",
                format!(
                    "\"{}\" lies outside the header's folder; put it beside the header",
                    name.escape_debug()
                ),
            )
        };
        if !relative
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        {
            return Err(leaves());
        }
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let path = folder.join(relative);
        if let (Ok(path), Ok(folder)) = (path.canonicalize(), folder.canonicalize())
            && !path.starts_with(folder)
        {
            return Err(leaves());
        }
        Ok(path)
    }

    /// The segments that Slicer's keys describe.
    fn segments(&self, components: usize) -> Result<Vec<Segment>, VolumeError> {
        let mut segments = Vec::new();
        let mut numbers: Vec<usize> = self
            .keys
            .iter()
            .filter_map(|(key, _)| {
                let (number, _) = key.strip_prefix("Segment")?.split_once('_')?;
                number.parse().ok()
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let labelled = numbers
            .iter()
            .any(|number| self.key(&format!("Segment{number}_LabelValue")).is_some());
        for number in numbers {
            let key = |name: &str| self.key(&format!("Segment{number}_{name}"));
            let Some(id) = key("ID").or_else(|| key("Name")) else {
                continue;
            };
            let whole = |name: &str, otherwise: i64| match key(name) {
                None => Ok(otherwise),
                Some(value) => value
                    .trim()
                    .parse::<i64>()
                    .ok()
                    .filter(|&value| value >= 0)
                    .ok_or_else(|| {
                        self.bad(
                            &format!("Segment{number}_{name}"),
                            format!("\"{}\" is not a whole number from 0 on", value.escape_debug()),
                        )
                    }),
            };
            // Files before 2020 have neither key: component N is segment N, its value 1.
            let legacy_layer = if components > 1 && !labelled { number } else { 0 };
            let layer = whole("Layer", legacy_layer as i64)? as usize;
            if layer >= components {
                return Err(self.bad(
                    &format!("Segment{number}_Layer"),
                    format!("layer {layer}, but the file has {components} (counted from 0)"),
                ));
            }
            segments.push(Segment {
                number,
                id: id.to_string(),
                name: key("Name").unwrap_or(id).to_string(),
                label: whole("LabelValue", 1)?,
                layer,
            });
        }
        let representation = self
            .key("Segmentation_SourceRepresentation")
            .or_else(|| self.key("Segmentation_MasterRepresentation"));
        if let Some(representation) = representation
            && !segments.is_empty()
            && !representation.trim().eq_ignore_ascii_case("binary labelmap")
        {
            return Err(VolumeError::Unsupported {
                path: self.path.to_path_buf(),
                what: format!(
                    "the segmentation's source is \"{}\", not a binary label map",
                    representation.escape_debug()
                ),
                advice: "make the binary label map the source representation in 3D Slicer and save again".to_string(),
            });
        }
        Ok(segments)
    }
}

/// Vectors as `(1,0,0) (0,1,0) none`; missing third components are no vectors.
fn vectors(text: &str) -> Option<Vec<Option<[f64; 3]>>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("none") {
            found.push(None);
            rest = after.trim_start();
            continue;
        }
        let (inside, after) = rest.strip_prefix('(')?.split_once(')')?;
        let numbers: Option<Vec<f64>> = inside.split(',').map(|part| part.trim().parse().ok()).collect();
        match numbers?[..] {
            // ITK writes a vector of NaN for an axis that is not spatial.
            [a, b, c] if a.is_nan() && b.is_nan() && c.is_nan() => found.push(None),
            [a, b, c] => found.push(Some([a, b, c])),
            _ => return None,
        }
        rest = after.trim_start();
    }
    Some(found)
}

/// Writes an attached NRRD, gzip-encoded, LPS; whole or not at all.
pub fn write_nrrd(path: &Path, volume: &Volume) -> Result<(), VolumeError> {
    let failed = |source: io::Error| VolumeError::Write {
        path: path.to_path_buf(),
        source,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = tempfile::Builder::new()
        .prefix(".radscore-")
        .tempfile_in(folder)
        .map_err(failed)?;
    temporary.write_all(header_text(volume).as_bytes()).map_err(failed)?;
    let mut encoder = GzEncoder::new(&mut temporary, Compression::default());
    each_type!(&volume.samples, values => {
        let mut bytes = Vec::new();
        for chunk in values.chunks(1 << 16) {
            bytes.clear();
            Sample::encode(chunk, &mut bytes);
            encoder.write_all(&bytes).map_err(failed)?;
        }
    });
    encoder.finish().map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        temporary
            .as_file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))
            .map_err(failed)?;
    }
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The header of an attached file, blank line included.
fn header_text(volume: &Volume) -> String {
    let geometry = &volume.geometry;
    let kind = match volume.samples.sample_type() {
        SampleType::U8 => "uint8",
        SampleType::I8 => "int8",
        SampleType::U16 => "uint16",
        SampleType::I16 => "int16",
        SampleType::U32 => "uint32",
        SampleType::I32 => "int32",
        SampleType::U64 => "uint64",
        SampleType::I64 => "int64",
        SampleType::F32 => "float",
        SampleType::F64 => "double",
    };
    let [x, y, z] = geometry.size;
    let directions: Vec<String> = (0..3)
        .map(|axis| {
            let [a, b, c] = [0, 1, 2].map(|row| geometry.direction[row][axis] * geometry.spacing[axis]);
            format!("({a},{b},{c})")
        })
        .collect();
    let [a, b, c] = geometry.origin;
    format!(
        "NRRD0004\n# Complete NRRD file format specification at:\n# http://teem.sourceforge.net/nrrd/format.html\n\
         type: {kind}\ndimension: 3\nspace: left-posterior-superior\nsizes: {x} {y} {z}\nspace directions: {}\n\
         kinds: domain domain domain\nendian: little\nencoding: gzip\nspace origin: ({a},{b},{c})\n\n",
        directions.join(" ")
    )
}
