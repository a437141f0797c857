//! The voxels of a file as a stream of typed chunks: one pass, little memory, every byte accounted for.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::bytes::Behind;
use crate::volume::error::VolumeError;
use crate::volume::samples::{Sample, SampleType, Samples, each_type};

/// How many bytes of stored voxels are decoded at a time.
const CHUNK: usize = 128 * 1024;

/// How far a compressed stream is read on after the voxels, to meet its checksum.
const TAIL: u64 = 1 << 20;

/// How the bytes of a voxel stream are to be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::volume) struct Layout {
    /// The type of the stored numbers
    pub stored: SampleType,
    /// Whether the most significant byte comes first
    pub big_endian: bool,
    /// `value = stored * slope + intercept`, where the format asks for it
    pub scale: Option<(f64, f64)>,
    /// Numbers a voxel
    pub components: usize,
    /// Whether the numbers of a voxel lie side by side (else one whole volume follows the other)
    pub interleaved: bool,
}

impl Layout {
    /// The type of the values after rescaling: single precision where ITK makes it so.
    pub fn sample_type(&self) -> SampleType {
        match (self.scale, self.stored) {
            (Some(_), SampleType::F64) => SampleType::F64,
            (Some(_), _) => SampleType::F32,
            (None, stored) => stored,
        }
    }
}

/// A stream that stands at the first voxel.
pub(in crate::volume) struct Voxels {
    /// The file, for messages
    pub path: PathBuf,
    /// The stored bytes
    pub bytes: Box<dyn Read + Send>,
    /// How to read them
    pub layout: Layout,
    /// Number of voxels
    pub count: usize,
    /// Whether a checksum may follow the last voxel
    pub checked: bool,
    /// How many bytes lie behind the voxels that are no voxels, as far as it is known
    pub behind: Behind,
}

/// Some voxels in file order.
pub(in crate::volume) struct Chunk<'a> {
    /// The linear index of the first
    pub start: usize,
    /// Their values
    pub samples: &'a Samples,
    /// Their bytes, where these are the values as they are, little-endian
    pub bytes: Option<&'a [u8]>,
}

impl Voxels {
    /// Voxels that a decoder gives in the machine's order, one volume after the other, as they are meant: nothing follows them.
    #[cfg(any(feature = "dicom", feature = "pictures"))]
    pub fn decoded(
        path: PathBuf,
        bytes: impl Read + Send + 'static,
        stored: SampleType,
        components: usize,
        count: usize,
    ) -> Self {
        Self {
            path,
            bytes: Box::new(bytes),
            layout: Layout {
                stored,
                big_endian: false,
                scale: None,
                components,
                interleaved: false,
            },
            count,
            checked: false,
            behind: Behind::default(),
        }
    }

    /// Leaves one of several volumes that follow each other, by its number from 0. Those behind it are still read on to a checksum.
    pub fn only(&mut self, volume: usize) {
        let one = self.bytes_of(1);
        let behind = self.layout.components.saturating_sub(volume).saturating_sub(1);
        let whole = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        self.bytes = Box::new(Window {
            before: one.saturating_mul(volume as u64),
            left: one,
            behind: one.saturating_mul(behind as u64),
            inner: whole,
        });
        self.layout.components = 1;
    }

    /// Ends the stream after so many voxels; whether a checksum behind them stays unread.
    pub fn end_after(&mut self, voxels: usize) -> bool {
        let sooner = voxels < self.count;
        self.count = self.count.min(voxels);
        sooner && std::mem::take(&mut self.checked)
    }

    /// Decodes some of the numbers of every voxel, given ascending, in file order and a chunk at a time, to the end of the file. Where the
    /// numbers of a voxel do not lie side by side, all of one come before all of the next.
    ///
    /// What is remarkable about the stream, in words.
    pub fn each_chunk(
        mut self,
        wanted: &[usize],
        visit: &mut dyn FnMut(usize, &Chunk<'_>),
    ) -> Result<Option<String>, VolumeError> {
        let Layout {
            components,
            interleaved,
            ..
        } = self.layout;
        let mut done = 0u64;
        if interleaved {
            self.pass(wanted, components, &mut done, visit)?;
        } else {
            for component in 0..=wanted.last().copied().unwrap_or(0) {
                if wanted.contains(&component) {
                    self.pass(&[component], 1, &mut done, visit)?;
                } else {
                    let bytes = self.bytes_of(1);
                    let whole = self.bytes_of(components);
                    super::bytes::skip(&mut *self.bytes, bytes)
                        .map_err(|error| broken(&self.path, error, whole, done))?;
                    done = done.saturating_add(bytes);
                }
            }
        }
        let mut more = 0;
        if self.checked {
            more = self.read_tail()?;
        }
        more = more.saturating_add(self.behind.bytes());
        Ok((more > 0).then(|| {
            let at_least = if more >= TAIL { "at least " } else { "" };
            let (bytes, are) = if more == 1 {
                ("byte follows", "it is")
            } else {
                ("bytes follow", "they are")
            };
            format!("{at_least}{more} {bytes} the voxels; {are} passed over")
        }))
    }

    /// The bytes of so many numbers of every voxel. Whoever makes the stream has seen that they can be counted.
    fn bytes_of(&self, numbers: usize) -> u64 {
        (self.count as u64)
            .saturating_mul(self.layout.stored.bytes() as u64)
            .saturating_mul(numbers as u64)
    }

    /// Decodes every voxel once, of which `together` numbers lie side by side.
    fn pass(
        &mut self,
        wanted: &[usize],
        together: usize,
        done: &mut u64,
        visit: &mut dyn FnMut(usize, &Chunk<'_>),
    ) -> Result<(), VolumeError> {
        let Layout {
            stored,
            big_endian,
            scale,
            components,
            ..
        } = self.layout;
        let whole = self.bytes_of(components);
        let group = stored.bytes().saturating_mul(together);
        let per_chunk = CHUNK.checked_div(group).unwrap_or_default().max(1);
        let mut buffer = self.room(per_chunk.min(self.count.max(1)).saturating_mul(group))?;
        let mut raw = Samples::empty(stored);
        let mut scaled = Samples::empty(self.layout.sample_type());
        let mut start = 0;
        while start < self.count {
            let voxels = per_chunk.min(self.count.saturating_sub(start));
            buffer.truncate(voxels.saturating_mul(group));
            let bytes = buffer.as_mut_slice();
            fill(&mut *self.bytes, bytes, done).map_err(|error| broken(&self.path, error, whole, *done))?;
            for &component in wanted {
                each_type!(&mut raw, values => {
                    values.clear();
                    Sample::decode(bytes, big_endian, values);
                    if together > 1 {
                        pick(values, together, component);
                    }
                });
                let (samples, bytes) = match scale {
                    Some((slope, intercept)) => {
                        each_type!(&raw, values => rescale(values, slope, intercept, &mut scaled));
                        (&scaled, None)
                    }
                    None => (
                        &raw,
                        (together == 1 && (!big_endian || stored.bytes() == 1)).then_some(&*bytes),
                    ),
                };
                visit(component, &Chunk { start, samples, bytes });
            }
            start = start.saturating_add(voxels);
        }
        Ok(())
    }

    /// Bytes for a chunk; one voxel can have more numbers than there is memory.
    fn room(&self, bytes: usize) -> Result<Vec<u8>, VolumeError> {
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(bytes).map_err(|_| VolumeError::Memory {
            path: self.path.clone(),
            voxels: self.count as u64,
            bytes: bytes as u64,
        })?;
        buffer.resize(bytes, 0);
        Ok(buffer)
    }

    /// Reads on to the checksum behind the last voxel; how many bytes lie before it.
    fn read_tail(&mut self) -> Result<u64, VolumeError> {
        let mut rest = (&mut *self.bytes).take(TAIL);
        match io::copy(&mut rest, &mut io::sink()) {
            Ok(read) => Ok(read),
            Err(error) if error.raw_os_error().is_some() => Err(VolumeError::open(&self.path, error)),
            Err(error) => Err(VolumeError::Corrupt {
                path: self.path.clone(),
                detail: format!("after the last voxel: {}", words(&error)),
            }),
        }
    }
}

/// Some bytes of a stream and what follows those behind them: what stands before and behind is passed over as it is met.
struct Window {
    before: u64,
    left: u64,
    behind: u64,
    inner: Box<dyn Read + Send>,
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        super::bytes::skip(&mut *self.inner, std::mem::take(&mut self.before))?;
        if self.left > 0 {
            let read = (&mut self.inner).take(self.left).read(buffer)?;
            self.left = self.left.saturating_sub(read as u64);
            return Ok(read);
        }
        super::bytes::skip(&mut *self.inner, std::mem::take(&mut self.behind))?;
        self.inner.read(buffer)
    }
}

/// Fills a buffer, counting what came.
fn fill(reader: &mut dyn Read, buffer: &mut [u8], done: &mut u64) -> io::Result<()> {
    let mut rest = buffer;
    while !rest.is_empty() {
        match reader.read(rest) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                *done = done.saturating_add(read as u64);
                rest = rest.get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What a failed read means. What one of several data files has already said in words is said as it is.
fn broken(path: &Path, error: io::Error, expected: u64, found: u64) -> VolumeError {
    let error = match error.downcast::<VolumeError>() {
        Ok(said) => return said,
        Err(error) => error,
    };
    match error.kind() {
        io::ErrorKind::UnexpectedEof => VolumeError::Truncated {
            path: path.to_path_buf(),
            expected,
            found,
        },
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => VolumeError::Corrupt {
            path: path.to_path_buf(),
            detail: format!("after {found} of {expected} bytes: {}", words(&error)),
        },
        _ => VolumeError::open(path, error),
    }
}

/// An input-output error without the jargon of a decoder.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    if text.contains("checksum") {
        "the checksum does not fit, so some byte was changed".to_string()
    } else if text.contains("deflate") {
        "the compressed data make no sense".to_string()
    } else {
        text
    }
}

/// Keeps every `together`-th value, from `component` on.
fn pick<T: Copy>(values: &mut Vec<T>, together: usize, component: usize) {
    let mut within = (0..together).cycle();
    values.retain(|_| within.next() == Some(component));
}

/// As ITK rescales: integers become single precision first, the arithmetic is double, the result single.
#[allow(clippy::cast_possible_truncation, reason = "single precision is ITK's")]
fn rescale<T: Sample>(values: &[T], slope: f64, intercept: f64, into: &mut Samples) {
    match into {
        Samples::F32(scaled) => {
            scaled.clear();
            scaled.extend(
                values
                    .iter()
                    .map(|value| (f64::from(value.to_single()) * slope + intercept) as f32),
            );
        }
        Samples::F64(scaled) => {
            scaled.clear();
            scaled.extend(values.iter().map(|value| value.to_double() * slope + intercept));
        }
        _ => {}
    }
}
