//! The text of a MetaImage's header: `key = value` a line, the last of which says where the voxels are.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IDENTITY};
use crate::volume::samples::SampleType;
use crate::volume::source::checks::check_orthogonal;

/// The longest header that is read.
const LONGEST: u64 = 64 * 1024;

/// The key that ends the header.
const DATA_FILE: &str = "ElementDataFile";

/// The lines of a header.
pub(super) struct Text {
    path: PathBuf,
    lines: Vec<(String, String)>,
    /// How many bytes the header has
    pub length: u64,
}

impl Text {
    /// Reads the header; the content then stands at the first byte behind it.
    pub fn read(path: &Path, content: &mut dyn BufRead) -> Result<Self, VolumeError> {
        let mut text = Self {
            path: path.to_path_buf(),
            lines: Vec::new(),
            length: 0,
        };
        let mut limited = content.take(LONGEST);
        loop {
            let mut line = Vec::new();
            let read = limited
                .read_until(b'\n', &mut line)
                .map_err(|error| VolumeError::open(path, error))?;
            text.length = text.length.saturating_add(read as u64);
            if read == 0 {
                return Err(text.bad(DATA_FILE, "the header ends without it".to_string()));
            }
            let line = String::from_utf8_lossy(&line);
            let Some((key, value)) = line.split_once('=') else {
                if line.trim().is_empty() {
                    continue;
                }
                return Err(text.bad("header", format!("\"{}\" is no line of it", line.trim().escape_debug())));
            };
            let (key, value) = (key.trim().to_string(), value.trim().to_string());
            let last = key == DATA_FILE;
            text.lines.push((key, value));
            if last {
                return Ok(text);
            }
        }
    }

    /// The value of the first key that is there.
    pub fn value(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|wanted| {
            let (_, value) = self.lines.iter().find(|(key, _)| key == wanted)?;
            Some(value.as_str())
        })
    }

    /// The value of a key that says yes or no.
    pub fn flag(&self, keys: &[&str]) -> bool {
        self.value(keys)
            .is_some_and(|value| matches!(value.bytes().next(), Some(b'T' | b't' | b'1')))
    }

    /// The numbers of a key; `None` where it is missing.
    pub fn numbers(&self, keys: &[&str], count: usize) -> Result<Option<Vec<f64>>, VolumeError> {
        let Some(value) = self.value(keys) else {
            return Ok(None);
        };
        let numbers: Option<Vec<f64>> = value
            .split_whitespace()
            .map(|part| part.parse().ok().filter(|number: &f64| number.is_finite()))
            .collect();
        numbers
            .filter(|numbers| numbers.len() == count)
            .map(Some)
            .ok_or_else(|| {
                self.bad(
                    keys.first().copied().unwrap_or_default(),
                    format!("\"{}\" are not {count} numbers", value.escape_debug()),
                )
            })
    }

    /// An error about a key.
    pub fn bad(&self, field: &str, problem: String) -> VolumeError {
        VolumeError::Header {
            path: self.path.clone(),
            field: field.to_string(),
            problem,
        }
    }

    /// An error about what is sound and not read.
    pub fn unsupported(&self, what: String) -> VolumeError {
        VolumeError::Unsupported {
            path: self.path.clone(),
            what,
            advice: "save it as one scalar volume first (3D Slicer, SimpleITK)".to_string(),
        }
    }

    /// The number of axes, the sizes, and how many volumes follow each other along a fourth axis; axes of one element beyond that
    /// count for nothing.
    pub fn size(&self) -> Result<(usize, [usize; 3], usize), VolumeError> {
        let axes = self
            .value(&["NDims"])
            .and_then(|value| value.parse::<usize>().ok())
            .filter(|axes| (2..=10).contains(axes))
            .ok_or_else(|| self.bad("NDims", "it is missing or no number of axes".to_string()))?;
        let given = self
            .numbers(&["DimSize"], axes)?
            .ok_or_else(|| self.bad("DimSize", "is missing".to_string()))?;
        let mut size = [1; 3];
        let mut volumes = 1;
        for (axis, &length) in given.iter().enumerate() {
            if length.fract() != 0.0 || !(1.0..=f64::from(u32::MAX)).contains(&length) {
                return Err(self.bad("DimSize", format!("{length} is no number of voxels")));
            }
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of 32 bits"
            )]
            let length = length as usize;
            match size.get_mut(axis) {
                Some(place) => *place = length,
                None if axis == 3 => volumes = length,
                None if length == 1 => {}
                None => return Err(self.unsupported(format!("{axes} axes, of which axis {axis} has {length} volumes"))),
            }
        }
        Ok((axes, size, volumes))
    }

    /// The type of the voxels.
    pub fn sample_type(&self) -> Result<SampleType, VolumeError> {
        let value = self
            .value(&["ElementType"])
            .ok_or_else(|| self.bad("ElementType", "is missing".to_string()))?;
        Ok(match value {
            "MET_UCHAR" => SampleType::U8,
            "MET_CHAR" | "MET_ASCII_CHAR" => SampleType::I8,
            "MET_USHORT" => SampleType::U16,
            "MET_SHORT" => SampleType::I16,
            "MET_UINT" | "MET_ULONG" => SampleType::U32,
            "MET_INT" | "MET_LONG" => SampleType::I32,
            "MET_ULONG_LONG" => SampleType::U64,
            "MET_LONG_LONG" => SampleType::I64,
            "MET_FLOAT" => SampleType::F32,
            "MET_DOUBLE" => SampleType::F64,
            other => return Err(self.unsupported(format!("voxels of the type {}", other.escape_debug()))),
        })
    }

    /// The grid: the rows of the matrix are the directions of the axes, in LPS as ITK has them.
    pub fn geometry(&self, axes: usize, size: [usize; 3]) -> Result<Geometry, VolumeError> {
        let mut geometry = Geometry {
            size,
            spacing: [1.0; 3],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        if let Some(spacing) = self.numbers(&["ElementSpacing", "ElementSize"], axes)? {
            for (place, &step) in geometry.spacing.iter_mut().zip(&spacing) {
                if step <= 0.0 {
                    return Err(self.bad("ElementSpacing", format!("{step} is no voxel size in millimetres")));
                }
                *place = step;
            }
        }
        if let Some(origin) = self.numbers(&["Offset", "Position", "Origin"], axes)? {
            geometry
                .origin
                .iter_mut()
                .zip(&origin)
                .for_each(|(place, &at)| *place = at);
        }
        let keys = ["TransformMatrix", "Rotation", "Orientation"];
        if let Some(matrix) = self.numbers(&keys, axes.saturating_mul(axes))? {
            for (axis, direction) in matrix.chunks(axes).take(3).enumerate() {
                for (row, &part) in geometry.direction.iter_mut().zip(direction) {
                    if let Some(place) = row.get_mut(axis) {
                        *place = part;
                    }
                }
            }
            let lengths_are_one = (0..3).all(|axis| {
                let square: f64 = geometry
                    .direction
                    .iter()
                    .filter_map(|row| row.get(axis))
                    .map(|part| part * part)
                    .sum();
                (square - 1.0).abs() < 1e-4
            });
            if !lengths_are_one {
                return Err(self.bad("TransformMatrix", "its rows are no directions of length 1".to_string()));
            }
            check_orthogonal(&self.path, "TransformMatrix", &geometry.direction)?;
        }
        Ok(geometry)
    }

    /// The file that holds the voxels; `None` where they follow the header.
    pub fn data_file(&self) -> Result<Option<PathBuf>, VolumeError> {
        let name = self.value(&[DATA_FILE]).unwrap_or_default();
        if name.eq_ignore_ascii_case("LOCAL") {
            return Ok(None);
        }
        if name.starts_with("LIST") || name.contains('%') {
            return Err(self.unsupported("voxels in a file for each slice".to_string()));
        }
        let plain = Path::new(name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
        if name.is_empty() || !plain {
            return Err(self.bad(
                DATA_FILE,
                format!("\"{}\" is no file beside the header", name.escape_debug()),
            ));
        }
        Ok(Some(self.path.with_file_name(name)))
    }
}
