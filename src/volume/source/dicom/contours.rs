//! Structure sets (RTSTRUCT): closed contours filled on the slices of the image that they were drawn on.
//!
//! Contours lie in the patient, not on a grid. Each is filled even-odd at the voxel centres of the slice on which it lies, and
//! the contours of one slice are taken together by exclusive or, so that a contour within another is a hole; or each is added,
//! where that is asked for.
//!
//! Reference: DICOM PS3.3, sections C.8.8.5 and C.8.8.6.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use dicom_dictionary_std::tags;

use super::fields::{Fields, bad};
use super::image::FORMAT;
use super::object::Object;
use super::polygon::{Filled, Side, fill};
use super::slabs::{SlabStream, Slabs};
use crate::volume::error::VolumeError;
use crate::volume::geometry::Geometry;
use crate::volume::samples::SampleType;
use crate::volume::source::header::Segment;
use crate::volume::source::hints::{Hints, Remarks};
use crate::volume::source::stream::Voxels;
use crate::volume::source::{Contours, Drawn, Grid, Header, Labels};

/// How far the points of a contour may lie from its slice's plane, and contours of one slice from each other, in slices.
const FLAT: f64 = 0.01;

/// How far a contour may lie from the slice that it is filled on, in slices.
const NEAR: f64 = 0.5;

/// A structure set.
pub(super) struct Structures {
    path: PathBuf,
    regions: Vec<Region>,
}

/// A region of a structure set.
struct Region {
    number: i64,
    name: String,
    frame_of_reference: Option<String>,
    contours: Vec<Contour>,
}

/// A contour as it was drawn.
struct Contour {
    kind: ContourKind,
    /// LPS millimetres
    points: Vec<[f64; 3]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ContourKind {
    Closed,
    Interpolated,
    /// What has no inside, by its name
    Open(String),
}

impl Structures {
    /// Reads a structure set.
    pub fn of(object: &Object) -> Result<Self, VolumeError> {
        let fields = object.fields();
        let mut regions: Vec<Region> = Vec::new();
        for roi in fields.items(tags::STRUCTURE_SET_ROI_SEQUENCE) {
            let number = number_of(&roi, tags::ROI_NUMBER)?;
            regions.push(Region {
                number,
                name: roi.text(tags::ROI_NAME).unwrap_or_else(|| number.to_string()),
                frame_of_reference: roi.text(tags::REFERENCED_FRAME_OF_REFERENCE_UID),
                contours: Vec::new(),
            });
        }
        for drawn in fields.items(tags::ROI_CONTOUR_SEQUENCE) {
            let number = number_of(&drawn, tags::REFERENCED_ROI_NUMBER)?;
            let region = regions
                .iter_mut()
                .find(|region| region.number == number)
                .ok_or_else(|| {
                    drawn.bad(
                        tags::REFERENCED_ROI_NUMBER,
                        format!("contours of a region {number} that is not in StructureSetROISequence"),
                    )
                })?;
            for contour in drawn.items(tags::CONTOUR_SEQUENCE) {
                region.contours.push(contour_of(&contour)?);
            }
        }
        if regions.is_empty() {
            return Err(fields.missing(tags::STRUCTURE_SET_ROI_SEQUENCE));
        }
        Ok(Self {
            path: object.path.clone(),
            regions,
        })
    }
}

fn number_of(fields: &Fields<'_>, tag: dicom_core::Tag) -> Result<i64, VolumeError> {
    let number = fields.number(tag)?.ok_or_else(|| fields.missing(tag))?;
    #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
    if number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX) {
        Ok(number as i64)
    } else {
        Err(fields.bad(tag, format!("{number} is not a whole number")))
    }
}

fn contour_of(fields: &Fields<'_>) -> Result<Contour, VolumeError> {
    let kind = match fields.text(tags::CONTOUR_GEOMETRIC_TYPE).as_deref() {
        Some("CLOSED_PLANAR" | "CLOSEDPLANAR_XOR" | "CLOSED_PLANAR_XOR") => ContourKind::Closed,
        Some("INTERPOLATED_PLANAR") => ContourKind::Interpolated,
        Some(other) => ContourKind::Open(other.to_string()),
        None => return Err(fields.missing(tags::CONTOUR_GEOMETRIC_TYPE)),
    };
    let numbers = fields
        .numbers(tags::CONTOUR_DATA)?
        .ok_or_else(|| fields.missing(tags::CONTOUR_DATA))?;
    if !numbers.len().is_multiple_of(3) {
        return Err(fields.bad(
            tags::CONTOUR_DATA,
            format!("{} numbers are no points of three", numbers.len()),
        ));
    }
    Ok(Contour {
        kind,
        points: numbers.as_chunks::<3>().0.to_vec(),
    })
}

impl Drawn for Structures {
    fn segments(&self) -> Vec<Segment> {
        self.regions
            .iter()
            .enumerate()
            .map(|(layer, region)| Segment {
                number: layer,
                id: region.number.to_string(),
                name: region.name.clone(),
                label: region.number,
                layer,
            })
            .collect()
    }

    fn alone(self: Box<Self>) -> Result<Labels, VolumeError> {
        Err(VolumeError::Unsupported {
            path: self.path,
            what: "contours (RTSTRUCT) have no grid of their own".to_string(),
            advice: "give them together with the image that they were drawn on".to_string(),
        })
    }

    fn is_of_contours(&self) -> bool {
        true
    }

    fn on(self: Box<Self>, image: &Grid, contours: Contours) -> Result<Labels, VolumeError> {
        let geometry = image.header.geometry;
        let segments = self.segments();
        let sample_type = if self.regions.iter().all(|region| (1..=255).contains(&region.number)) {
            SampleType::U8
        } else {
            SampleType::I32
        };
        let hints = Hints::default();
        let area = geometry.size.iter().take(2).product::<usize>();
        let components = self.regions.len();
        let drawing = Drawing {
            frame_of_reference: image.hints.frame_of_reference.clone(),
            image: image.header.path.clone(),
            geometry,
            sample_type,
            contours,
            filled: self.regions.iter().map(|_| OnceLock::new()).collect(),
            remarks: hints.remarks.clone(),
            path: self.path.clone(),
            regions: self.regions,
        };
        let [_, _, depth] = geometry.size;
        let stream = SlabStream::new(
            drawing,
            area.saturating_mul(sample_type.bytes()),
            depth,
            components,
            hints.needed.clone(),
        );
        Ok(Labels {
            grid: Grid {
                header: Header {
                    path: self.path.clone(),
                    format: FORMAT,
                    fields: image.header.fields,
                    geometry,
                    sample_type,
                    components,
                    plane: image.header.plane,
                    warnings: Vec::new(),
                },
                voxels: Voxels::decoded(self.path, stream, sample_type, components, area.saturating_mul(depth)),
                hints,
            },
            segments,
        })
    }
}

/// Contours on the slices of an image, filled as they are asked for.
struct Drawing {
    path: PathBuf,
    image: PathBuf,
    frame_of_reference: Option<String>,
    geometry: Geometry,
    sample_type: SampleType,
    contours: Contours,
    regions: Vec<Region>,
    /// The pixels inside of each region by slice, once it was asked for
    filled: Vec<OnceLock<Result<BySlice, String>>>,
    remarks: Remarks,
}

impl Slabs for Drawing {
    fn make(&self, component: usize, slice: usize) -> Result<Vec<u8>, VolumeError> {
        let [columns, rows, _] = self.geometry.size;
        let mut bytes = vec![0; columns.saturating_mul(rows).saturating_mul(self.sample_type.bytes())];
        let (Some(region), Some(cell)) = (self.regions.get(component), self.filled.get(component)) else {
            return Ok(bytes);
        };
        let filled = cell
            .get_or_init(|| self.fill(component, region))
            .as_ref()
            .map_err(|problem| bad(&self.path, tags::ROI_CONTOUR_SEQUENCE, problem.clone()))?;
        let Some(inside) = filled.get(&slice) else {
            return Ok(bytes);
        };
        let label = region.number.to_le_bytes();
        for (voxel, _) in bytes
            .chunks_exact_mut(self.sample_type.bytes())
            .zip(inside)
            .filter(|(_, inside)| **inside)
        {
            voxel.iter_mut().zip(label).for_each(|(byte, part)| *byte = part);
        }
        Ok(bytes)
    }
}

/// The pixels inside of a region, by slice.
type BySlice = BTreeMap<usize, Vec<bool>>;

/// A contour on a slice.
struct OnSlice {
    slice: usize,
    height: f64,
    filled: Filled,
}

impl Drawing {
    /// The pixels inside a region, by slice; what is remarkable about them is said once.
    fn fill(&self, component: usize, region: &Region) -> Result<BySlice, String> {
        let name = region.name.escape_debug().to_string();
        if let (Some(drawn), Some(image)) = (&region.frame_of_reference, &self.frame_of_reference)
            && drawn != image
        {
            return Err(format!(
                "the region \"{name}\" was drawn in the frame of reference {drawn}, but the image {} lies in {image}: it \
                 belongs to another scan",
                self.image.display()
            ));
        }
        if region.contours.is_empty() {
            return Err(format!("the region \"{name}\" has no contours"));
        }
        if let Some(open) = region.contours.iter().find_map(|contour| match &contour.kind {
            ContourKind::Open(kind) => Some(kind),
            ContourKind::Closed | ContourKind::Interpolated => None,
        }) {
            return Err(format!(
                "the region \"{name}\" has contours of the kind {}, which have no inside; only closed planar contours make a \
                 region",
                open.escape_debug()
            ));
        }
        let mut placed = Vec::with_capacity(region.contours.len());
        for (number, contour) in region.contours.iter().enumerate() {
            placed.push(self.place(contour).map_err(|problem| {
                format!(
                    "contour {} of the region \"{name}\": {problem}",
                    number.saturating_add(1)
                )
            })?);
        }
        let by_slice = self.join(component, &name, &placed)?;
        self.remark(component, &name, region, &by_slice);
        Ok(by_slice)
    }

    /// A contour filled on the slice that is nearest.
    fn place(&self, contour: &Contour) -> Result<OnSlice, String> {
        let mut points = Vec::with_capacity(contour.points.len());
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for &point in &contour.points {
            let [x, y, z] = self
                .geometry
                .world_to_index(point)
                .ok_or("the image's direction matrix is singular")?;
            points.push([x, y]);
            low = low.min(z);
            high = high.max(z);
        }
        let [_, _, depth] = self.geometry.size;
        let [_, _, thick] = self.geometry.spacing;
        if !(high - low).is_finite() || high - low > 2.0 * FLAT {
            return Err(format!(
                "it does not lie in a plane of the image's slices, but leaves it by {:.3} mm (was it drawn on another plane?)",
                (high - low) * thick
            ));
        }
        let height = f64::midpoint(low, high);
        let nearest = height.round();
        #[allow(clippy::cast_precision_loss, reason = "a number of slices")]
        if nearest < 0.0 || nearest >= depth as f64 || (height - nearest).abs() > NEAR {
            return Err(format!(
                "it lies {:.3} mm from the image's first slice, and the image has {depth} slices of {thick} mm: was it drawn on \
                 another scan?",
                height * thick
            ));
        }
        let filled = fill(&points).ok_or("its points lie beyond all images")?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the number of slices"
        )]
        Ok(OnSlice {
            slice: nearest as usize,
            height,
            filled,
        })
    }

    /// The contours of each slice, taken together by exclusive or.
    fn join(&self, component: usize, name: &str, placed: &[OnSlice]) -> Result<BySlice, String> {
        let [columns, rows, _] = self.geometry.size;
        let [_, _, thick] = self.geometry.spacing;
        let mut heights: BTreeMap<usize, f64> = BTreeMap::new();
        let mut by_slice = BySlice::new();
        let mut either = BySlice::new();
        let mut line = BySlice::new();
        for contour in placed {
            let height = *heights.entry(contour.slice).or_insert(contour.height);
            if (height - contour.height).abs() > FLAT {
                return Err(format!(
                    "contours of the region \"{name}\" at two heights, {:.3} mm apart, fall on slice {}: they were drawn on \
                     thinner slices than the image has",
                    (height - contour.height).abs() * thick,
                    contour.slice.saturating_add(1)
                ));
            }
            let area = columns.saturating_mul(rows);
            let odd = by_slice.entry(contour.slice).or_insert_with(|| vec![false; area]);
            let any = either.entry(contour.slice).or_insert_with(|| vec![false; area]);
            let on = line.entry(contour.slice).or_insert_with(|| vec![false; area]);
            let [width, _] = contour.filled.size;
            let [left, top] = contour.filled.start;
            for (at, &side) in contour
                .filled
                .pixels
                .iter()
                .enumerate()
                .filter(|(_, side)| **side != Side::Outside)
            {
                let x = i64::try_from(at.checked_rem(width).unwrap_or(0))
                    .unwrap_or(i64::MAX)
                    .saturating_add(left);
                let y = i64::try_from(at.checked_div(width).unwrap_or(0))
                    .unwrap_or(i64::MAX)
                    .saturating_add(top);
                let place = usize::try_from(x)
                    .ok()
                    .filter(|&x| x < columns)
                    .zip(usize::try_from(y).ok().filter(|&y| y < rows))
                    .map(|(x, y)| y.saturating_mul(columns).saturating_add(x))
                    .ok_or_else(|| {
                        format!(
                            "the region \"{name}\" reaches to pixel {x}, {y}, beyond the image of {columns} x {rows} pixels \
                             (counted from 0): was it drawn on another scan?"
                        )
                    })?;
                if let (Some(odd), Some(any), Some(on)) = (odd.get_mut(place), any.get_mut(place), on.get_mut(place)) {
                    *odd ^= side == Side::Inside;
                    *on |= side == Side::On;
                    *any = true;
                }
            }
        }
        // A centre on the line of any contour, a hole's too, is inside.
        for (slice, on) in &line {
            for (odd, on) in by_slice.get_mut(slice).into_iter().flatten().zip(on) {
                *odd |= on;
            }
        }
        self.compare(component, name, &by_slice, &either);
        Ok(match self.contours {
            Contours::Xor => by_slice,
            Contours::Or => either,
        })
    }

    /// Says where it matters that contours are taken together by exclusive or.
    fn compare(&self, component: usize, name: &str, odd: &BySlice, any: &BySlice) {
        let differing: Vec<usize> = odd
            .values()
            .zip(any.values())
            .map(|(odd, any)| odd.iter().zip(any).filter(|(odd, any)| odd != any).count())
            .filter(|&count| count > 0)
            .collect();
        if !differing.is_empty() {
            let (voxels, slices) = (differing.iter().sum::<usize>(), differing.len());
            let said = match self.contours {
                Contours::Xor => format!(
                    "contours within or over others were taken as holes (exclusive or); {voxels} voxels on {slices} slices \
                     would be inside if every contour added to the region (contours: or)"
                ),
                Contours::Or => format!(
                    "every contour was added to the region (contours: or); {voxels} voxels on {slices} slices would be \
                     outside if contours within or over others were holes"
                ),
            };
            self.remarks.add(component, format!("region \"{name}\": {said}"));
        }
    }

    /// Says what else is remarkable: contours that nobody drew, slices without.
    fn remark(&self, component: usize, name: &str, region: &Region, by_slice: &BySlice) {
        let interpolated = region
            .contours
            .iter()
            .filter(|contour| contour.kind == ContourKind::Interpolated)
            .count();
        if interpolated > 0 {
            self.remarks.add(component, format!(
                "region \"{name}\": {interpolated} of {} contours were interpolated by the program that wrote them, not drawn",
                region.contours.len()
            ));
        }
        let (Some(first), Some(last)) = (by_slice.keys().next(), by_slice.keys().next_back()) else {
            return;
        };
        let span = last.saturating_sub(*first).saturating_add(1);
        let without = span.saturating_sub(by_slice.len());
        if without > 0 {
            self.remarks.add(component, format!(
                "region \"{name}\": {without} of the {span} slices from {} to {} have no contour and so no voxel of it",
                first.saturating_add(1),
                last.saturating_add(1)
            ));
        }
    }
}
