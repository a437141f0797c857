//! Writing NIfTI-1, by the nifti crate.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "what is written is our own image: axes and rows are below 3"
)]

use std::fs;
use std::io;
use std::path::Path;

use flate2::Compression;
use ndarray::ArrayView3;
use nifti::writer::WriterOptions;
use nifti::{Endianness, NiftiHeader};

use crate::volume::error::VolumeError;
use crate::volume::image::Volume;
use crate::volume::samples::Samples;

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
    let failed = |error: io::Error| VolumeError::write(path, error);
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
