//! NIfTI-1 and NIfTI-2: `.nii`, `.nii.gz`, and pairs of `.hdr` and `.img`.
//!
//! The nifti crate reads the version 1 header and writes images; everything that it takes on trust is checked here, and the
//! voxel stream is ours. Orientation: the sform where its code is above 0, else the qform, else the voxel sizes alone (with a
//! warning). Spacing is `pixdim`, as ITK and so PyRadiomics have it. World coordinates are turned from RAS to LPS.
//!
//! Reference: the NIfTI-1.1 and NIfTI-2 header definitions (nifti.nimh.nih.gov).

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::Compression;
use ndarray::ArrayView3;
use nifti::writer::WriterOptions;
use nifti::{Endianness, NiftiHeader};

use super::error::VolumeError;
use super::geometry::IDENTITY;
use super::reader::{Header, Opened, Reader};
use super::samples::{SampleType, Samples};
use super::source::{self, Source};
use super::stream::{Layout, Voxels};
use super::{Geometry, Volume};

/// Length of the version 1 header in bytes.
const HEADER_1: usize = 348;

/// Length of the version 2 header in bytes.
const HEADER_2: usize = 540;

/// Columns of the affine are taken for orthogonal up to this cosine, as ITK does.
const SHEAR: f64 = 1e-4;

/// The NIfTI format.
pub struct Nifti;

impl Reader for Nifti {
    fn name(&self) -> &'static str {
        "NIfTI"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        version_1(head) || version_2(head)
    }

    fn open(&self, path: &Path) -> Result<Opened, VolumeError> {
        let source = Source::open(path)?;
        let most = source.most();
        let checked = source.gzip;
        let mut content = source.content();
        let mut head = vec![0u8; HEADER_2];
        let mut filled = 0;
        let mut failure = None;
        while filled < HEADER_2 {
            match content.read(&mut head[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) if source.raw_os_error().is_some() => {
                    return Err(VolumeError::Open {
                        path: path.to_path_buf(),
                        source,
                    });
                }
                // More was asked for than a version 1 header: what is wrong behind it comes up where it matters.
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        head.truncate(filled);
        let fields = if version_2(&head) {
            Fields::version_2(&head)
        } else {
            Fields::version_1(path, &head)?
        };
        let mut warnings = Vec::new();
        let size = fields.size(path, &mut warnings)?;
        let layout = fields.layout(path)?;
        let geometry = fields.geometry(path, size, &mut warnings)?;
        let count = voxel_count(path, size, layout.stored.bytes())?;
        let bytes = count as u64 * layout.stored.bytes() as u64;
        let (stream, checked): (Box<dyn Read + Send>, bool) = if fields.single {
            let offset = fields.offset(path)?;
            if most < offset.saturating_add(bytes) {
                return Err(VolumeError::Truncated {
                    path: path.to_path_buf(),
                    expected: bytes,
                    found: most.saturating_sub(offset),
                });
            }
            // The header may have been read past the first voxel: a version 1 header is shorter than what was read.
            let begin = io::Cursor::new(head).chain(Failure(failure)).chain(content);
            (Box::new(Later::new(begin, offset)), checked)
        } else {
            let candidates = companions(path);
            let Some(data) = companion(&candidates)? else {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "magic".to_string(),
                    problem: format!(
                        "the voxels are in a second file, but neither {} nor {} lies beside the header",
                        name_of(&candidates[0]),
                        name_of(&candidates[1])
                    ),
                });
            };
            let source = Source::open(&data)?;
            let offset = fields.offset(path)?;
            if source.most() < offset.saturating_add(bytes) {
                return Err(VolumeError::Truncated {
                    path: data,
                    expected: bytes,
                    found: source.most().saturating_sub(offset),
                });
            }
            let checked = source.gzip;
            (Box::new(Later::new(source.content(), offset)), checked)
        };
        Ok(Opened {
            header: Header {
                path: path.to_path_buf(),
                format: fields.format,
                fields: [
                    "dim",
                    "pixdim",
                    "srow_x/y/z or qoffset_x/y/z",
                    "srow_x/y/z or quatern_b/c/d",
                ],
                geometry,
                sample_type: layout.sample_type(),
                components: 1,
                segments: Vec::new(),
                warnings,
            },
            voxels: Voxels {
                path: path.to_path_buf(),
                bytes: stream,
                layout,
                count,
                checked,
            },
        })
    }

    fn beside(&self, path: &Path) -> Result<Vec<PathBuf>, VolumeError> {
        let head = source::first_bytes(path, HEADER_2)?;
        let single = if version_2(&head) {
            Fields::version_2(&head).single
        } else {
            Fields::version_1(path, &head)?.single
        };
        if single {
            return Ok(Vec::new());
        }
        let [usual, other] = companions(path);
        let found = companion(&[usual.clone(), other])?;
        Ok(vec![found.unwrap_or(usual)])
    }
}

/// A reader of nothing that fails once, where there is something to fail with.
struct Failure(Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A reader that leaves out its first bytes, once it is read.
struct Later<R> {
    inner: R,
    skip: u64,
}

impl<R: Read> Later<R> {
    fn new(inner: R, skip: u64) -> Self {
        Self { inner, skip }
    }
}

impl<R: Read> Read for Later<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.skip > 0 {
            let bytes = std::mem::take(&mut self.skip);
            source::skip(&mut self.inner, bytes)?;
        }
        self.inner.read(buffer)
    }
}

/// The fields that matter, of either version.
struct Fields {
    format: &'static str,
    /// Header and voxels in one file
    single: bool,
    big_endian: bool,
    dim: [i64; 8],
    datatype: i16,
    bitpix: i16,
    pixdim: [f64; 8],
    vox_offset: f64,
    slope: f64,
    intercept: f64,
    units: i32,
    qform_code: i32,
    sform_code: i32,
    quaternion: [f64; 3],
    offset: [f64; 3],
    rows: [[f64; 4]; 3],
}

impl Fields {
    /// Reads a version 1 header by the nifti crate.
    fn version_1(path: &Path, head: &[u8]) -> Result<Self, VolumeError> {
        let header = NiftiHeader::from_reader(head).map_err(|_| VolumeError::Header {
            path: path.to_path_buf(),
            field: "header".to_string(),
            problem: "the NIfTI-1 header cannot be read".to_string(),
        })?;
        Ok(Self {
            format: "NIfTI-1",
            single: &header.magic == b"n+1\0",
            big_endian: header.endianness == Endianness::Big,
            // The crate holds them unsigned; a negative size has to be seen as one.
            dim: header.dim.map(|size| i64::from(size.cast_signed())),
            datatype: header.datatype,
            bitpix: header.bitpix,
            pixdim: header.pixdim.map(f64::from),
            vox_offset: f64::from(header.vox_offset),
            slope: f64::from(header.scl_slope),
            intercept: f64::from(header.scl_inter),
            units: i32::from(header.xyzt_units),
            qform_code: i32::from(header.qform_code),
            sform_code: i32::from(header.sform_code),
            quaternion: [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from),
            offset: [header.quatern_x, header.quatern_y, header.quatern_z].map(f64::from),
            rows: [header.srow_x, header.srow_y, header.srow_z].map(|row| row.map(f64::from)),
        })
    }

    /// Reads a version 2 header; the caller has seen that it is whole.
    fn version_2(head: &[u8]) -> Self {
        let big_endian = head[..4] == [0, 0, 2, 0x1c];
        let bytes = |at: usize, length: usize| {
            let mut value = [0u8; 8];
            for k in 0..length {
                value[k] = head[if big_endian { at + length - 1 - k } else { at + k }];
            }
            u64::from_le_bytes(value)
        };
        let double = |at: usize| f64::from_bits(bytes(at, 8));
        let long = |at: usize| bytes(at, 8).cast_signed();
        let int = |at: usize| (bytes(at, 4) as u32).cast_signed();
        let short = |at: usize| (bytes(at, 2) as u16).cast_signed();
        Self {
            format: "NIfTI-2",
            single: &head[4..8] == b"n+2\0",
            big_endian,
            dim: std::array::from_fn(|k| long(16 + 8 * k)),
            datatype: short(12),
            bitpix: short(14),
            pixdim: std::array::from_fn(|k| double(104 + 8 * k)),
            vox_offset: long(168) as f64,
            slope: double(176),
            intercept: double(184),
            units: int(500),
            qform_code: int(344),
            sform_code: int(348),
            quaternion: [double(352), double(360), double(368)],
            offset: [double(376), double(384), double(392)],
            rows: std::array::from_fn(|row| std::array::from_fn(|column| double(400 + 32 * row + 8 * column))),
        }
    }

    /// Number of voxels along x, y, z; more than one volume is refused.
    fn size(&self, path: &Path, warnings: &mut Vec<String>) -> Result<[usize; 3], VolumeError> {
        let header = |field: &str, problem: String| VolumeError::Header {
            path: path.to_path_buf(),
            field: field.to_string(),
            problem,
        };
        let dimensions = self.dim[0];
        if !(1..=7).contains(&dimensions) {
            return Err(header(
                "dim[0]",
                format!("{dimensions} dimensions, but there can be 1 to 7"),
            ));
        }
        if dimensions < 2 {
            return Err(header("dim[0]", "1 dimension, but an image has 3".to_string()));
        }
        let mut size = [1usize; 3];
        for k in 1..=dimensions as usize {
            let length = self.dim[k];
            if length < 1 {
                return Err(header(
                    &format!("dim[{k}]"),
                    format!("a size of {length} is impossible"),
                ));
            }
            if k <= 3 {
                size[k - 1] = usize::try_from(length)
                    .map_err(|_| header(&format!("dim[{k}]"), format!("a size of {length} is impossible")))?;
            } else if length > 1 {
                let (what, advice) = if k == 4 {
                    (
                        format!("a 4-D image with {length} volumes (dim[4] = {length}) is not supported"),
                        "save the volume that is meant as a 3-D file",
                    )
                } else {
                    (
                        format!("a {k}-D image (dim[{k}] = {length}: {length} values a voxel) is not supported"),
                        "save one scalar volume as a 3-D file",
                    )
                };
                return Err(VolumeError::Unsupported {
                    path: path.to_path_buf(),
                    what,
                    advice: advice.to_string(),
                });
            }
        }
        if dimensions == 2 {
            warnings.push("the image has 2 dimensions (dim[0] = 2); it is read as one slice".to_string());
        }
        Ok(size)
    }

    /// How the voxels are stored.
    fn layout(&self, path: &Path) -> Result<Layout, VolumeError> {
        let unsupported = |what: &str, advice: &str| VolumeError::Unsupported {
            path: path.to_path_buf(),
            what: format!("{what} (datatype {})", self.datatype),
            advice: advice.to_string(),
        };
        let scalar = "save it as a scalar image of integers or floats";
        let stored = match self.datatype {
            2 => SampleType::U8,
            4 => SampleType::I16,
            8 => SampleType::I32,
            16 => SampleType::F32,
            64 => SampleType::F64,
            256 => SampleType::I8,
            512 => SampleType::U16,
            768 => SampleType::U32,
            1024 => SampleType::I64,
            1280 => SampleType::U64,
            1 => {
                return Err(unsupported(
                    "single bits as data type are not supported",
                    "save it with 8 bits a voxel",
                ));
            }
            32 | 1792 | 2048 => return Err(unsupported("complex data are not supported", scalar)),
            128 | 2304 => return Err(unsupported("RGB data type is not supported", scalar)),
            1536 => {
                return Err(unsupported(
                    "128-bit floats are not supported",
                    "save it as 64-bit floats",
                ));
            }
            other => {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "datatype".to_string(),
                    problem: format!("{other} is no NIfTI data type"),
                });
            }
        };
        let bits = stored.bytes() * 8;
        if self.bitpix != 0 && usize::try_from(self.bitpix) != Ok(bits) {
            return Err(VolumeError::Header {
                path: path.to_path_buf(),
                field: "bitpix".to_string(),
                problem: format!(
                    "{} bits a voxel, but datatype {} has {bits}",
                    self.bitpix, self.datatype
                ),
            });
        }
        let intercept = if self.intercept.is_finite() {
            self.intercept
        } else {
            0.0
        };
        let scaled = self.slope.is_finite() && self.slope != 0.0 && (self.slope != 1.0 || intercept != 0.0);
        Ok(Layout {
            stored,
            big_endian: self.big_endian,
            scale: scaled.then_some((self.slope, intercept)),
            components: 1,
            interleaved: true,
        })
    }

    /// Where the voxels begin in the file that holds them.
    fn offset(&self, path: &Path) -> Result<u64, VolumeError> {
        let offset = self.vox_offset;
        let (header, usual) = match (self.single, self.format) {
            (false, _) => (0, 0),
            (true, "NIfTI-2") => (HEADER_2 as u64, 544),
            (true, _) => (HEADER_1 as u64, 352),
        };
        if !offset.is_finite() || !(0.0..=1e15).contains(&offset) || offset.fract() != 0.0 {
            return Err(VolumeError::Header {
                path: path.to_path_buf(),
                field: "vox_offset".to_string(),
                problem: format!("the voxels cannot begin at byte {offset}"),
            });
        }
        let offset = offset as u64;
        if offset == 0 {
            return Ok(usual);
        }
        if offset < header {
            return Err(VolumeError::Header {
                path: path.to_path_buf(),
                field: "vox_offset".to_string(),
                problem: format!("the voxels cannot begin at byte {offset}, inside the header"),
            });
        }
        Ok(offset)
    }

    /// The grid in LPS millimetres.
    fn geometry(&self, path: &Path, size: [usize; 3], warnings: &mut Vec<String>) -> Result<Geometry, VolumeError> {
        let bad = |field: &str, problem: String| VolumeError::Header {
            path: path.to_path_buf(),
            field: field.to_string(),
            problem,
        };
        let unit = match self.units & 7 {
            1 => 1000.0,
            3 => 0.001,
            _ => 1.0,
        };
        let sform = (self.sform_code > 0).then_some(self.rows);
        let qform = (self.qform_code > 0).then(|| self.qform());
        if let (Some(sform), Some(qform)) = (&sform, &qform) {
            let difference = greatest_difference(sform, qform, size) * unit;
            if difference > 1e-3 {
                warnings.push(format!(
                    "sform and qform place the image differently, by up to {difference:.3} mm; the sform is used"
                ));
            }
        }
        let (affine, name) = match (sform, qform) {
            (Some(rows), _) => (Some(rows), "srow_x/y/z"),
            (None, Some(rows)) => (Some(rows), "quatern_b/c/d"),
            (None, None) => (None, "pixdim"),
        };
        let mut spacing = [0.0; 3];
        for axis in 0..3 {
            let field = format!("pixdim[{}]", axis + 1);
            let given = self.pixdim[axis + 1];
            let norm = affine.map(|rows| column(&rows, axis).iter().map(|part| part * part).sum::<f64>().sqrt());
            spacing[axis] = if given.is_finite() && given != 0.0 {
                if given < 0.0 {
                    warnings.push(format!("{field} is {given}; its sign is ignored"));
                }
                given.abs()
            } else {
                match norm.filter(|norm| norm.is_finite() && *norm > 0.0) {
                    Some(norm) => {
                        warnings.push(format!("{field} is {given}; the spacing {norm} is taken from {name}"));
                        norm
                    }
                    None if size[axis] == 1 => {
                        warnings.push(format!("{field} is {given}; the thickness is taken as 1"));
                        1.0
                    }
                    None => return Err(bad(&field, format!("{given} is no voxel size in millimetres"))),
                }
            };
            if let Some(norm) = norm
                && (norm - spacing[axis]).abs() > 1e-6 * spacing[axis]
            {
                warnings.push(format!(
                    "{field} is {}, but {name} says {norm}; the spacing is that of pixdim, as in ITK",
                    spacing[axis]
                ));
            }
            spacing[axis] *= unit;
        }
        let Some(rows) = affine else {
            warnings.push(
                "the file says nothing of its orientation (qform_code and sform_code are 0); spacing comes from pixdim, \
                 the orientation is assumed to be the default and the origin 0"
                    .to_string(),
            );
            return Ok(Geometry {
                size,
                spacing,
                origin: [0.0; 3],
                direction: IDENTITY,
            });
        };
        if rows.iter().flatten().any(|value| !value.is_finite()) {
            return Err(bad(
                name,
                "the orientation holds a value that is not a finite number".to_string(),
            ));
        }
        let mut direction = [[0.0; 3]; 3];
        for axis in 0..3 {
            let along = column(&rows, axis);
            let norm = along.iter().map(|part| part * part).sum::<f64>().sqrt();
            if norm == 0.0 {
                return Err(bad(
                    name,
                    format!("the {} axis has no direction (its column is 0)", ["x", "y", "z"][axis]),
                ));
            }
            for row in 0..3 {
                let sign = if row < 2 { -1.0 } else { 1.0 };
                direction[row][axis] = sign * along[row] / norm;
            }
        }
        check_orthogonal(path, name, &direction)?;
        let origin = [-rows[0][3] * unit, -rows[1][3] * unit, rows[2][3] * unit];
        Ok(Geometry {
            size,
            spacing,
            origin,
            direction,
        })
    }

    /// The affine of the quaternion, RAS.
    fn qform(&self) -> [[f64; 4]; 3] {
        let [b, c, d] = self.quaternion;
        let rest = 1.0 - (b * b + c * c + d * d);
        // A sum of squares slightly above 1 is rounding: the rotation is then one by 180 degrees.
        let (a, b, c, d) = if rest < 1e-7 {
            let norm = 1.0 / (b * b + c * c + d * d).sqrt();
            (0.0, b * norm, c * norm, d * norm)
        } else {
            (rest.sqrt(), b, c, d)
        };
        let rotation = [
            [
                a * a + b * b - c * c - d * d,
                2.0 * (b * c - a * d),
                2.0 * (b * d + a * c),
            ],
            [
                2.0 * (b * c + a * d),
                a * a + c * c - b * b - d * d,
                2.0 * (c * d - a * b),
            ],
            [
                2.0 * (b * d - a * c),
                2.0 * (c * d + a * b),
                a * a + d * d - c * c - b * b,
            ],
        ];
        let handedness = if self.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
        let scale: [f64; 3] = std::array::from_fn(|axis| {
            let size = self.pixdim[axis + 1].abs();
            let size = if size > 0.0 && size.is_finite() { size } else { 1.0 };
            if axis == 2 { size * handedness } else { size }
        });
        std::array::from_fn(|row| {
            let turned = rotation[row];
            [
                turned[0] * scale[0],
                turned[1] * scale[1],
                turned[2] * scale[2],
                self.offset[row],
            ]
        })
    }
}

/// The product of the sizes, where it and the bytes are countable.
pub(super) fn voxel_count(path: &Path, size: [usize; 3], bytes: usize) -> Result<usize, VolumeError> {
    size.iter()
        .try_fold(1usize, |product, &length| product.checked_mul(length))
        .filter(|count| count.checked_mul(bytes).is_some_and(|total| total < 1 << 62))
        .ok_or_else(|| VolumeError::Header {
            path: path.to_path_buf(),
            field: "size".to_string(),
            problem: format!(
                "{} x {} x {} voxels are more than any file can hold",
                size[0], size[1], size[2]
            ),
        })
}

/// Directions must be at right angles, or a voxel is no box.
pub(super) fn check_orthogonal(path: &Path, field: &str, direction: &[[f64; 3]; 3]) -> Result<(), VolumeError> {
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
        let cosine: f64 = (0..3).map(|row| direction[row][first] * direction[row][second]).sum();
        if cosine.abs() > SHEAR {
            let names = ["x", "y", "z"];
            return Err(VolumeError::Header {
                path: path.to_path_buf(),
                field: field.to_string(),
                problem: format!(
                    "the {} and {} axes are not at right angles (cosine {cosine:.6}), so the voxels are sheared (a tilted \
                     gantry?); resample the image to a regular grid first",
                    names[first], names[second]
                ),
            });
        }
    }
    Ok(())
}

/// A column of the affine.
fn column(rows: &[[f64; 4]; 3], axis: usize) -> [f64; 3] {
    [rows[0][axis], rows[1][axis], rows[2][axis]]
}

/// The greatest distance between where two affines put a corner of the grid.
fn greatest_difference(first: &[[f64; 4]; 3], second: &[[f64; 4]; 3], size: [usize; 3]) -> f64 {
    let mut greatest: f64 = 0.0;
    for corner in 0..8 {
        let index: [f64; 3] = std::array::from_fn(|axis| ((corner >> axis) & 1) as f64 * (size[axis] - 1) as f64);
        let distance: f64 = (0..3)
            .map(|row| {
                let at =
                    |rows: &[[f64; 4]; 3]| rows[row][3] + (0..3).map(|axis| rows[row][axis] * index[axis]).sum::<f64>();
                (at(first) - at(second)).powi(2)
            })
            .sum::<f64>()
            .sqrt();
        greatest = greatest.max(distance);
    }
    greatest
}

fn version_1(head: &[u8]) -> bool {
    head.len() >= HEADER_1
        && matches!(head[..4], [0x5c, 1, 0, 0] | [0, 0, 1, 0x5c])
        && matches!(&head[344..348], b"n+1\0" | b"ni1\0")
}

fn version_2(head: &[u8]) -> bool {
    head.len() >= HEADER_2
        && matches!(head[..4], [0x1c, 2, 0, 0] | [0, 0, 2, 0x1c])
        && matches!(&head[4..8], b"n+2\0" | b"ni2\0")
}

/// The files of which one goes with a `.hdr`: `.img`, compressed or not.
fn companions(path: &Path) -> [PathBuf; 2] {
    let name = name_of(path);
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    let stem = stem.strip_suffix(".hdr").unwrap_or(stem);
    [format!("{stem}.img"), format!("{stem}.img.gz")].map(|name| path.with_file_name(name))
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The first of them that is there.
fn companion(candidates: &[PathBuf]) -> Result<Option<PathBuf>, VolumeError> {
    for candidate in candidates {
        match candidate.try_exists() {
            Ok(true) => return Ok(Some(candidate.clone())),
            Ok(false) => {}
            Err(source) => {
                return Err(VolumeError::Open {
                    path: candidate.clone(),
                    source,
                });
            }
        }
    }
    Ok(None)
}

/// Writes a NIfTI-1 image, compressed where the name ends with `.gz`; whole or not at all.
///
/// Orientation goes into sform and qform both (code 1, scanner). NIfTI-1 holds geometry in single precision.
pub fn write_nifti(path: &Path, volume: &Volume) -> Result<(), VolumeError> {
    let geometry = &volume.geometry;
    if let Some(axis) = (0..3).find(|&axis| geometry.size[axis] > 32767) {
        return Err(VolumeError::Header {
            path: path.to_path_buf(),
            field: format!("dim[{}]", axis + 1),
            problem: format!(
                "NIfTI-1 holds 32767 voxels along an axis, this image has {}",
                geometry.size[axis]
            ),
        });
    }
    let rows: [[f32; 4]; 3] = std::array::from_fn(|row| {
        let sign = if row < 2 { -1.0 } else { 1.0 };
        std::array::from_fn(|column| {
            let value = match column {
                3 => geometry.origin[row],
                axis => geometry.direction[row][axis] * geometry.spacing[axis],
            };
            (sign * value) as f32
        })
    });
    let (handedness, [b, c, d]) = quaternion(&geometry.direction);
    let mut pixdim = [1.0f32; 8];
    pixdim[0] = handedness;
    for axis in 0..3 {
        pixdim[axis + 1] = geometry.spacing[axis] as f32;
    }
    let header = NiftiHeader {
        pixdim,
        xyzt_units: 2,
        qform_code: 1,
        sform_code: 1,
        quatern_b: b as f32,
        quatern_c: c as f32,
        quatern_d: d as f32,
        quatern_x: rows[0][3],
        quatern_y: rows[1][3],
        quatern_z: rows[2][3],
        srow_x: rows[0],
        srow_y: rows[1],
        srow_z: rows[2],
        endianness: Endianness::Little,
        ..NiftiHeader::default()
    };
    let failed = |source: io::Error| VolumeError::Write {
        path: path.to_path_buf(),
        source,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(failed)?;
    // The crate writes to a path, so the temporary place is a folder beside the target.
    let temporary = tempfile::Builder::new()
        .prefix(".radscore-")
        .tempdir_in(folder)
        .map_err(failed)?;
    let compressed = path.extension().is_some_and(|extension| extension == "gz");
    let file = temporary
        .path()
        .join(if compressed { "image.nii.gz" } else { "image.nii" });
    let mut options = WriterOptions::new(&file).reference_header(&header);
    if compressed {
        options = options.compression_level(Compression::default());
    }
    let [x, y, z] = geometry.size;
    macro_rules! write {
        ($($variant:ident)*) => {
            match &volume.samples {
                $(Samples::$variant(values) => ArrayView3::from_shape((z, y, x), values)
                    .map_err(|error| io::Error::other(error.to_string()))
                    .and_then(|view| {
                        options
                            .write_nifti(&view.reversed_axes())
                            .map_err(|error| io::Error::other(error.to_string()))
                    }),)*
            }
        };
    }
    write!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64).map_err(failed)?;
    fs::File::open(&file).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&file, path).map_err(failed)
}

/// `qfac` and the quaternion of LPS direction cosines, for a RAS header.
fn quaternion(direction: &[[f64; 3]; 3]) -> (f32, [f64; 3]) {
    let mut m = *direction;
    for row in m.iter_mut().take(2) {
        for value in row.iter_mut() {
            *value = -*value;
        }
    }
    let determinant = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    let handedness = if determinant < 0.0 { -1.0 } else { 1.0 };
    for row in &mut m {
        row[2] *= f64::from(handedness);
    }
    // The largest of the four parts is found first, so that no division is by a small one.
    let squares = [
        1.0 + m[0][0] + m[1][1] + m[2][2],
        1.0 + m[0][0] - m[1][1] - m[2][2],
        1.0 + m[1][1] - m[0][0] - m[2][2],
        1.0 + m[2][2] - m[0][0] - m[1][1],
    ];
    let largest = (0..4).fold(0, |best, k| if squares[k] > squares[best] { k } else { best });
    let root = squares[largest].sqrt() / 2.0;
    let over = 0.25 / root;
    let [a, b, c, d] = match largest {
        0 => [
            root,
            (m[2][1] - m[1][2]) * over,
            (m[0][2] - m[2][0]) * over,
            (m[1][0] - m[0][1]) * over,
        ],
        1 => [
            (m[2][1] - m[1][2]) * over,
            root,
            (m[0][1] + m[1][0]) * over,
            (m[0][2] + m[2][0]) * over,
        ],
        2 => [
            (m[0][2] - m[2][0]) * over,
            (m[0][1] + m[1][0]) * over,
            root,
            (m[1][2] + m[2][1]) * over,
        ],
        _ => [
            (m[1][0] - m[0][1]) * over,
            (m[0][2] + m[2][0]) * over,
            (m[1][2] + m[2][1]) * over,
            root,
        ],
    };
    let sign = if a < 0.0 { -1.0 } else { 1.0 };
    (handedness, [sign * b, sign * c, sign * d])
}
