//! The image formats: what a file says of itself, told by its content and never by its name.
//!
//! A format is a [`Reader`]; [`READERS`] lists them. A reader turns a file into a header and a stream of stored voxels;
//! everything after that (decoding, statistics, cropping) is the same for all.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::VolumeError;
use super::samples::{Sample, SampleType, Samples, each_type};
use super::source;
use super::stream::Voxels;
use super::{Geometry, IndexBox, Volume};

/// An image format.
pub trait Reader: Sync {
    /// Its name, as "NIfTI"
    fn name(&self) -> &'static str;

    /// Whether the first bytes of a file, decompressed, are those of this format
    fn recognises(&self, head: &[u8]) -> bool;

    /// Opens a file of this format
    fn open(&self, path: &Path) -> Result<Opened, VolumeError>;

    /// The files that hold the voxels where this file does not hold them itself, in the order in which they are read; they
    /// need not be there
    fn beside(&self, path: &Path) -> Result<Vec<PathBuf>, VolumeError>;
}

/// Every format that is read. A new one is a file and a line here.
pub static READERS: &[&dyn Reader] = &[&super::nifti::Nifti, &super::nrrd::Nrrd];

/// A file whose header is read and whose voxels wait.
pub struct Opened {
    pub(super) header: Header,
    pub(super) voxels: Voxels,
}

impl Opened {
    /// What the header says.
    pub fn header(&self) -> &Header {
        &self.header
    }
}

/// What the header of an image says.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The file
    pub path: PathBuf,
    /// The name of the format, as "NIfTI-1" or "NRRD"
    pub format: &'static str,
    /// The header fields that hold size, spacing, origin and direction, for messages
    pub fields: [&'static str; 4],
    /// The grid, LPS millimetres
    pub geometry: Geometry,
    /// The type of the values after the format's own rescaling
    pub sample_type: SampleType,
    /// Values a voxel: 1, or the layers of a segmentation
    pub components: usize,
    /// The segments of a `.seg.nrrd` file, in their order; empty for any other
    pub segments: Vec<Segment>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

/// A segment of a `.seg.nrrd` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number in the file, from 0
    pub number: usize,
    /// Its id, as "Segment_1"
    pub id: String,
    /// Its name, as "T12 vertebra"
    pub name: String,
    /// The value of its voxels within its layer
    pub label: i64,
    /// The layer that holds it
    pub layer: usize,
}

/// A label of a mask and how many voxels have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCount {
    /// The layer, 0 in all but segmentations with several
    pub layer: usize,
    /// The value
    pub label: i64,
    /// How many voxels have it
    pub voxels: u64,
    /// The segment's name, where the file names it
    pub name: Option<String>,
}

/// Opens a file with the reader that recognises it.
pub(super) fn open(path: &Path) -> Result<Opened, VolumeError> {
    recognise(path)?.open(path)
}

/// Every file that reading an image or a mask reads: itself first, then those to which its header refers, whether they are
/// there or not. What is computed from the image is a function of the content of these files, in this order.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, VolumeError> {
    let mut files = vec![path.to_path_buf()];
    files.extend(recognise(path)?.beside(path)?);
    Ok(files)
}

/// The reader of a file.
fn recognise(path: &Path) -> Result<&'static dyn Reader, VolumeError> {
    let head = source::first_bytes(path, 1024)?;
    READERS
        .iter()
        .copied()
        .find(|reader| reader.recognises(&head))
        .ok_or_else(|| VolumeError::UnknownFormat {
            path: path.to_path_buf(),
            problem: guess(path, &head),
        })
}

/// Reads a whole image.
pub fn read_volume(path: &Path) -> Result<Volume, VolumeError> {
    let opened = open(path)?;
    refuse_components(&opened.header)?;
    let geometry = opened.header.geometry;
    let part = IndexBox {
        start: [0; 3],
        size: geometry.size,
    };
    let mut kept = Kept::new(path, &geometry, part, opened.header.sample_type)?;
    opened
        .voxels
        .each_chunk(0, &mut |chunk| kept.add(chunk.start, chunk.samples))?;
    Ok(Volume {
        geometry,
        samples: kept.samples,
    })
}

/// Reads what an image says of itself, without its voxels.
pub fn read_header(path: &Path) -> Result<Header, VolumeError> {
    Ok(open(path)?.header)
}

/// Lists the labels of a mask, by layer, then ascending; 0 is left out.
pub fn labels(path: &Path) -> Result<Vec<LabelCount>, VolumeError> {
    let mut opened = open(path)?;
    let header = opened.header.clone();
    let mut found = Vec::new();
    for layer in 0..header.components {
        if layer > 0 {
            opened = open(path)?;
        }
        let mut census = super::labels::Census::default();
        let voxels = std::mem::replace(&mut opened.voxels, nothing(path));
        voxels.each_chunk(layer, &mut |chunk| {
            each_type!(chunk.samples, values => census.add(values));
        })?;
        found.extend(census.counts().into_iter().map(|(label, voxels)| {
            LabelCount {
                layer,
                label,
                voxels,
                name: header
                    .segments
                    .iter()
                    .find(|segment| segment.layer == layer && segment.label == label)
                    .map(|segment| segment.name.clone()),
            }
        }));
    }
    Ok(found)
}

/// An image has one value a voxel.
pub(super) fn refuse_components(header: &Header) -> Result<(), VolumeError> {
    if header.components == 1 {
        return Ok(());
    }
    Err(VolumeError::Unsupported {
        path: header.path.clone(),
        what: format!(
            "an image with {} components a voxel is not supported (4-D NRRD with a list axis)",
            header.components
        ),
        advice: "such a file can only be a mask, its layers being segments; give one scalar image".to_string(),
    })
}

/// The voxels of a box, kept while the file streams by.
pub(super) struct Kept {
    pub samples: Samples,
    size: [usize; 3],
    part: IndexBox,
}

impl Kept {
    /// Room for the voxels of a box.
    pub fn new(path: &Path, geometry: &Geometry, part: IndexBox, sample_type: SampleType) -> Result<Self, VolumeError> {
        let count: usize = part.size.iter().product();
        let mut samples = Samples::empty(sample_type);
        each_type!(&mut samples, values => values.try_reserve_exact(count)).map_err(|_| VolumeError::Memory {
            path: path.to_path_buf(),
            voxels: count as u64,
            bytes: (count as u64).saturating_mul(sample_type.bytes() as u64),
        })?;
        Ok(Self {
            samples,
            size: geometry.size,
            part,
        })
    }

    /// Keeps what a chunk holds of the box; chunks come in file order.
    pub fn add(&mut self, start: usize, chunk: &Samples) {
        macro_rules! same_type {
            ($($variant:ident)*) => {
                match (&mut self.samples, chunk) {
                    $((Samples::$variant(kept), Samples::$variant(values)) => {
                        copy_rows(start, values, self.size, &self.part, kept);
                    })*
                    _ => {}
                }
            };
        }
        same_type!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64);
    }
}

/// Appends the part of `values` (linear from `start`) that lies in a box.
fn copy_rows<T: Sample>(start: usize, values: &[T], size: [usize; 3], part: &IndexBox, kept: &mut Vec<T>) {
    let end = start + values.len();
    let [size_x, size_y, _] = size;
    let [end_x, end_y, end_z] = part.end();
    if part.start[0] == 0 && end_x == size_x && part.start[1] == 0 && end_y == size_y {
        let low = (part.start[2] * size_x * size_y).max(start);
        let high = (end_z * size_x * size_y).min(end);
        if low < high {
            kept.extend_from_slice(&values[low - start..high - start]);
        }
        return;
    }
    for row in start / size_x..end.div_ceil(size_x) {
        let (y, z) = (row % size_y, row / size_y);
        if y < part.start[1] || y >= end_y || z < part.start[2] || z >= end_z {
            continue;
        }
        let low = (row * size_x + part.start[0]).max(start);
        let high = (row * size_x + end_x).min(end);
        if low < high {
            kept.extend_from_slice(&values[low - start..high - start]);
        }
    }
}

/// A stream of no voxels.
fn nothing(path: &Path) -> Voxels {
    Voxels {
        path: path.to_path_buf(),
        bytes: Box::new(std::io::empty().take(0)),
        layout: super::stream::Layout {
            stored: SampleType::U8,
            big_endian: false,
            scale: None,
            components: 1,
            interleaved: true,
        },
        count: 0,
        checked: false,
    }
}

/// What a file of no known format may be.
fn guess(path: &Path, head: &[u8]) -> String {
    let said = if head.get(128..132) == Some(b"DICM") {
        "this is a DICOM file; convert the series to NIfTI or NRRD first (dcm2niix, 3D Slicer)"
    } else if head.starts_with(b"ObjectType") || head.starts_with(b"NDims") {
        "this is a MetaImage (.mha, .mhd); convert it to NRRD first (3D Slicer)"
    } else if head.starts_with(b"PK\x03\x04") {
        "this is a zip archive; unpack it first"
    } else if head.starts_with(b"\x89HDF") {
        "this is an HDF5 file"
    } else if head.starts_with(b"version https://git-lfs") {
        "this is a Git LFS pointer, not the image itself; fetch it with `git lfs pull`"
    } else if head.starts_with(b"\x89PNG") || head.starts_with(b"\xff\xd8\xff") {
        "this is a picture, not a volume"
    } else if matches!(
        head.get(..4),
        Some([0x5c, 1, 0, 0] | [0, 0, 1, 0x5c] | [0x1c, 2, 0, 0] | [0, 0, 2, 0x1c])
    ) && head.len() < 348
    {
        "it begins as NIfTI and ends within the header, so it is truncated"
    } else if matches!(head.get(..4), Some([0x5c, 1, 0, 0] | [0, 0, 1, 0x5c])) {
        "this is an Analyze 7.5 header, which knows no orientation; convert it to NIfTI first"
    } else if companion(path).is_some_and(|header| header.exists()) {
        "there is no header in it, but a .hdr file lies beside it; give that one"
    } else {
        "its first bytes are those of no format that radscore knows"
    };
    said.to_string()
}

/// The header that goes with the `.img` of a pair.
fn companion(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let header = match name.strip_suffix(".gz") {
        Some(name) => format!("{}.hdr.gz", name.strip_suffix(".img")?),
        None => format!("{}.hdr", name.strip_suffix(".img")?),
    };
    Some(path.with_file_name(header))
}
