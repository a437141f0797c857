//! The header of NIfTI-1 and NIfTI-2: the fields that matter, what they say of sizes and of how voxels are stored.

use std::path::Path;

use nifti::{Endianness, NiftiHeader};

use crate::volume::error::VolumeError;
use crate::volume::samples::SampleType;
use crate::volume::source::stream::Layout;

/// Length of the version 1 header in bytes.
const HEADER_1: usize = 348;

/// Length of the version 2 header in bytes, the longer.
pub(super) const HEADER_2: usize = 540;

/// The fields that matter, of either version.
pub(super) struct Fields {
    pub format: &'static str,
    /// Header and voxels in one file
    pub single: bool,
    pub big_endian: bool,
    pub dim: [i64; 8],
    pub datatype: i16,
    pub bitpix: i16,
    pub pixdim: [f64; 8],
    pub vox_offset: f64,
    pub slope: f64,
    pub intercept: f64,
    pub units: i32,
    pub qform_code: i32,
    pub sform_code: i32,
    pub quaternion: [f64; 3],
    pub offset: [f64; 3],
    pub rows: [[f64; 4]; 3],
}

impl Fields {
    /// Reads a version 1 header by the nifti crate.
    pub fn version_1(path: &Path, head: &[u8]) -> Result<Self, VolumeError> {
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
    pub fn version_2(head: &[u8]) -> Self {
        let head = Bytes {
            bytes: head,
            big_endian: !head.starts_with(&[0x1c, 2, 0, 0]),
        };
        Self {
            format: "NIfTI-2",
            single: head.bytes.get(4..8) == Some(b"n+2\0"),
            big_endian: head.big_endian,
            dim: [16, 24, 32, 40, 48, 56, 64, 72].map(|at| head.long(at)),
            datatype: i16::from_le_bytes(head.number(12)),
            bitpix: i16::from_le_bytes(head.number(14)),
            pixdim: [104, 112, 120, 128, 136, 144, 152, 160].map(|at| head.double(at)),
            vox_offset: head.long(168) as f64,
            slope: head.double(176),
            intercept: head.double(184),
            units: head.int(500),
            qform_code: head.int(344),
            sform_code: head.int(348),
            quaternion: [352, 360, 368].map(|at| head.double(at)),
            offset: [376, 384, 392].map(|at| head.double(at)),
            rows: [
                [400, 408, 416, 424].map(|at| head.double(at)),
                [432, 440, 448, 456].map(|at| head.double(at)),
                [464, 472, 480, 488].map(|at| head.double(at)),
            ],
        }
    }

    /// How many volumes follow each other.
    pub fn volumes(&self) -> usize {
        let [dimensions, _, _, _, length, ..] = self.dim;
        if dimensions < 4 {
            return 1;
        }
        usize::try_from(length).unwrap_or(1).max(1)
    }

    /// Number of voxels of a volume along x, y, z; more than one value a voxel is refused.
    pub fn size(&self, path: &Path, warnings: &mut Vec<String>) -> Result<[usize; 3], VolumeError> {
        let header = |field: &str, problem: String| VolumeError::Header {
            path: path.to_path_buf(),
            field: field.to_string(),
            problem,
        };
        let [dimensions, lengths @ ..] = self.dim;
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
        for (k, &length) in (1..=dimensions).zip(&lengths) {
            if length < 1 {
                return Err(header(
                    &format!("dim[{k}]"),
                    format!("a size of {length} is impossible"),
                ));
            }
            if k > 4 && length > 1 {
                return Err(VolumeError::Unsupported {
                    path: path.to_path_buf(),
                    what: format!("a {k}-D image (dim[{k}] = {length}: {length} values a voxel) is not supported"),
                    advice: "save one scalar volume as a 3-D file".to_string(),
                });
            }
        }
        for ((k, size), &length) in (1..=dimensions).zip(&mut size).zip(&lengths) {
            *size = usize::try_from(length)
                .map_err(|_| header(&format!("dim[{k}]"), format!("a size of {length} is impossible")))?;
        }
        if dimensions == 2 {
            warnings.push("the image has 2 dimensions (dim[0] = 2); it is read as one slice".to_string());
        }
        Ok(size)
    }

    /// Where the header's extensions begin in its file; `None` where the header says that there are none.
    pub fn extensions(&self, head: &[u8]) -> Option<usize> {
        // The header of version 2 is as long as what has been read: the sign behind it is an extension's own.
        let sign = match self.format {
            "NIfTI-2" => return Some(HEADER_2.saturating_add(4)),
            _ => head.get(HEADER_1)?,
        };
        (*sign != 0).then_some(HEADER_1.saturating_add(4))
    }

    /// Whether the image has two axes only.
    pub fn plane(&self) -> bool {
        self.dim.first() == Some(&2)
    }

    /// How the voxels are stored.
    pub fn layout(&self, path: &Path) -> Result<Layout, VolumeError> {
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
        let bits = stored.bytes().saturating_mul(8);
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
            components: self.volumes(),
            interleaved: false,
        })
    }

    /// Where the voxels begin in the file that holds them.
    pub fn offset(&self, path: &Path) -> Result<u64, VolumeError> {
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
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to 1e15"
        )]
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
}

/// A version 2 header in its byte order.
struct Bytes<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl Bytes<'_> {
    /// The bytes of a number, the least significant first; zeros where there are none.
    fn number<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut value = self
            .bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk::<N>())
            .copied()
            .unwrap_or([0; N]);
        if self.big_endian {
            value.reverse();
        }
        value
    }

    fn double(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.number(at))
    }

    fn long(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.number(at))
    }

    fn int(&self, at: usize) -> i32 {
        i32::from_le_bytes(self.number(at))
    }
}

/// Whether the bytes are a whole version 1 header.
pub(super) fn version_1(head: &[u8]) -> bool {
    head.len() >= HEADER_1
        && (head.starts_with(&[0x5c, 1, 0, 0]) || head.starts_with(&[0, 0, 1, 0x5c]))
        && matches!(head.get(344..348), Some(b"n+1\0" | b"ni1\0"))
}

/// Whether the bytes are a whole version 2 header.
pub(super) fn version_2(head: &[u8]) -> bool {
    head.len() >= HEADER_2
        && (head.starts_with(&[0x1c, 2, 0, 0]) || head.starts_with(&[0, 0, 2, 0x1c]))
        && matches!(head.get(4..8), Some(b"n+2\0" | b"ni2\0"))
}
