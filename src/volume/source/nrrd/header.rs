//! What the fields of an NRRD header come to: sizes, axes, the type of the numbers, how they are written.

use std::path::PathBuf;

use super::data::{Encoding, Skips, Written};
use super::text::Text;
use crate::volume::error::VolumeError;
use crate::volume::geometry::Geometry;
use crate::volume::samples::SampleType;
use crate::volume::source::checks::voxel_count;
use crate::volume::source::header::Segment;
use crate::volume::source::stream::Layout;

/// What the values of a voxel are, where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Several {
    /// Whole volumes, one after the other: a fourth axis that is as the other three
    Volumes,
    /// A list, as times or the layers of a mask
    List,
    /// The numbers of one thing, as a colour or a vector
    Numbers,
}

/// What a header comes to.
pub(super) struct Parsed {
    pub geometry: Geometry,
    /// Whether there are two axes in space only
    pub plane: bool,
    pub layout: Layout,
    pub several: Several,
    pub count: usize,
    pub written: Written,
    pub files: Option<Vec<PathBuf>>,
    pub segments: Vec<Segment>,
    pub warnings: Vec<String>,
}

impl Text<'_> {
    /// What all fields and keys come to.
    pub fn parse(&self) -> Result<Parsed, VolumeError> {
        let mut warnings = Vec::new();
        let stored = self.sample_type()?;
        let big_endian = self.big_endian(stored)?;
        let encoding = self.encoding()?;
        if stored.bytes() > 1
            && self.field("endian").is_none()
            && matches!(
                encoding,
                Encoding::Raw | Encoding::Gzip | Encoding::Bzip2 | Encoding::Hex
            )
        {
            warnings.push("the header does not say its byte order (endian); little is assumed".to_string());
        }
        let sizes = self.sizes()?;
        let axes = self.spatial_axes(&sizes)?;
        let (components, interleaved, several) = self.list_axis(&sizes, axes)?;
        let size = axes.map(|axis| sizes.get(axis).copied().unwrap_or(1));
        let geometry = self.geometry(size, sizes.len(), axes, &mut warnings)?;
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
            plane: axes.contains(&sizes.len()),
            layout: Layout {
                stored,
                // Text has no byte order; the decoder writes little-endian.
                big_endian: big_endian && encoding != Encoding::Text,
                scale: None,
                components,
                interleaved,
            },
            several,
            count,
            written: Written {
                encoding,
                skips: self.skips()?,
                stored,
            },
            files: self.files(sizes.len(), sizes.last().copied().unwrap_or(1))?,
            segments,
            warnings,
        })
    }

    fn sample_type(&self) -> Result<SampleType, VolumeError> {
        let value = self.needed("type")?;
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
        match self.field("endian").map(str::to_ascii_lowercase).as_deref() {
            Some("big") => Ok(stored.bytes() > 1),
            Some("little") | None => Ok(false),
            Some(other) => Err(self.bad(
                "endian",
                format!("\"{}\" is neither little nor big", other.escape_debug()),
            )),
        }
    }

    fn encoding(&self) -> Result<Encoding, VolumeError> {
        let value = self.needed("encoding")?;
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
        let dimension = self.needed("dimension")?;
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
        let value = self.needed("sizes")?;
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

    /// The three axes that lie in space, in storage order; in a plane the third is one beyond the last.
    fn spatial_axes(&self, sizes: &[usize]) -> Result<[usize; 3], VolumeError> {
        let count = sizes.len();
        let kinds = self.kinds();
        let directions = self.directions()?;
        let without_directions = directions.is_none();
        let mut axes: Vec<usize> = match directions {
            Some(directions) => {
                if directions.len() != count {
                    return Err(self.bad(
                        "space directions",
                        format!("{} are given for {count} axes", directions.len()),
                    ));
                }
                (0..)
                    .zip(&directions)
                    .filter_map(|(axis, direction)| direction.map(|_| axis))
                    .collect()
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
            match axes.iter().rposition(|&axis| sizes.get(axis) == Some(&1)) {
                Some(at) => {
                    axes.remove(at);
                }
                None => break,
            }
        }
        // A fourth of more is that of volumes where nothing says that it lies in space.
        if axes.len() == 4 && without_directions {
            axes.pop();
        }
        if axes.len() == 2 {
            // A plane: its third axis is none of the file's.
            axes.push(count);
        }
        <[usize; 3]>::try_from(axes).map_err(|axes| VolumeError::Unsupported {
            path: self.path.to_path_buf(),
            what: format!(
                "an image with {} spatial axes is not supported (sizes: {sizes:?})",
                axes.len()
            ),
            advice: "give a 3-D image".to_string(),
        })
    }

    /// What each axis is, in lower case.
    fn kinds(&self) -> Vec<String> {
        self.field("kinds")
            .map(|kinds| kinds.split_whitespace().map(str::to_ascii_lowercase).collect())
            .unwrap_or_default()
    }

    /// What the values along an axis outside space are. Without directions one that is no list by its kind is a fourth of space.
    fn several(&self, axis: usize) -> Result<Several, VolumeError> {
        let kinds = self.kinds();
        Ok(match kinds.get(axis).map(String::as_str) {
            Some("list" | "time") => Several::List,
            None | Some("domain" | "space" | "???" | "none") if self.directions()?.is_some() => Several::List,
            None | Some("domain" | "space" | "???" | "none") => Several::Volumes,
            Some(_) => Several::Numbers,
        })
    }

    /// Values a voxel, whether they lie side by side, and what they are.
    fn list_axis(&self, sizes: &[usize], axes: [usize; 3]) -> Result<(usize, bool, Several), VolumeError> {
        let [first, _, last] = axes;
        let others: Vec<(usize, usize)> = (0..)
            .zip(sizes.iter().copied())
            .filter(|(axis, size)| !axes.contains(axis) && *size > 1)
            .collect();
        match others[..] {
            [] => Ok((1, true, Several::Numbers)),
            [(axis, size)] if axis < first => Ok((size, true, self.several(axis)?)),
            [(axis, size)] if axis > last => Ok((size, false, self.several(axis)?)),
            _ => Err(VolumeError::Unsupported {
                path: self.path.to_path_buf(),
                what: format!("the axes of several values a voxel lie between the spatial ones (sizes: {sizes:?})"),
                advice: "give a scalar 3-D image".to_string(),
            }),
        }
    }

    fn skips(&self) -> Result<Skips, VolumeError> {
        let number = |name: &str, least: i64| match self.field(name) {
            None => Ok(0),
            Some(value) => value
                .parse::<i64>()
                .ok()
                .filter(|&count| count >= least)
                .ok_or_else(|| {
                    self.bad(
                        name,
                        format!("\"{}\" is not a whole number from {least} on", value.escape_debug()),
                    )
                }),
        };
        Ok(Skips {
            lines: number("line skip", 0)?.unsigned_abs(),
            bytes: number("byte skip", -1)?,
        })
    }
}
