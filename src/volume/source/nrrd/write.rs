//! Writing an attached NRRD.

#![allow(clippy::indexing_slicing, reason = "axes and rows of a 3 x 3 matrix")]

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::file::write_whole_by;
use crate::volume::error::VolumeError;
use crate::volume::image::Volume;
use crate::volume::samples::{Sample, SampleType, each_type};

/// Writes an attached NRRD, gzip-encoded, LPS; whole or not at all.
pub fn write_nrrd(path: &Path, volume: &Volume) -> Result<(), VolumeError> {
    write_whole_by(path, |file| {
        file.write_all(header_text(volume).as_bytes())?;
        let mut encoder = GzEncoder::new(file, Compression::default());
        each_type!(&volume.samples, values => {
            let mut bytes = Vec::new();
            for chunk in values.chunks(1 << 16) {
                bytes.clear();
                Sample::encode(chunk, &mut bytes);
                encoder.write_all(&bytes)?;
            }
        });
        encoder.finish().map(|_| ())
    })
    .map_err(|error| VolumeError::write(path, error))
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
