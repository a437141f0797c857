//! Segmentation objects (SEG): one bit a voxel, a fraction, or the segment's number.
//!
//! Each frame says which segment it shows and where it lies; frames without a voxel may be left out, and segments may overlap.
//! Bits run on over the borders of frames. Segments that share no voxel lie in one layer, as 3D Slicer has them.
//!
//! Reference: DICOM PS3.3, sections A.51 and C.8.20.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dicom_dictionary_std::tags;

use super::fields::{Fields, bad};
use super::image::{FIELDS, FORMAT};
use super::object::Object;
use super::pixels::Store;
use super::slabs::{SlabStream, Slabs};
use super::slice::{Groups, Plane, dot, frame_groups, minus, plane_of, spacing_of};
use crate::volume::error::VolumeError;
use crate::volume::geometry::Geometry;
use crate::volume::samples::SampleType;
use crate::volume::source::checks::{check_orthogonal, voxel_count};
use crate::volume::source::header::Segment;
use crate::volume::source::hints::Hints;
use crate::volume::source::stream::Voxels;
use crate::volume::source::{Contours, Drawn, Grid, Header, Labels};

/// How near frames must lie to a slice, in millimetres, and how far a grid may lie off the image's to be taken for a part of
/// it, in voxels.
const NEAR: f64 = 0.01;
const SNAP: f64 = 0.01;

/// What a frame's pixels mean.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meaning {
    /// A bit a voxel
    Binary,
    /// Inside from this stored value on
    Fraction(i64),
    /// The number of the segment; this stored value is none
    Number(i64),
}

/// A segmentation object.
pub(super) struct Segmentation {
    path: PathBuf,
    store: Store,
    bits: Option<Vec<u8>>,
    meaning: Meaning,
    named: Vec<(i64, String)>,
    frames: Vec<Frame>,
    spacing: [f64; 2],
    steps: Vec<f64>,
    frame_of_reference: Option<String>,
    warnings: Vec<String>,
}

/// A frame: whose it is and where it lies.
struct Frame {
    number: usize,
    /// `None` where the pixels say it
    segment: Option<i64>,
    plane: Plane,
}

impl Segmentation {
    /// Reads a segmentation object.
    pub fn of(object: &Object) -> Result<Self, VolumeError> {
        let fields = object.fields();
        let store = Store::of(object)?;
        let mut warnings = Vec::new();
        let meaning = meaning_of(&fields, &store, &mut warnings)?;
        let mut named = Vec::new();
        for segment in fields.items(tags::SEGMENT_SEQUENCE) {
            let number = segment.needed_count(tags::SEGMENT_NUMBER)?;
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            // A label map may describe its background.
            if number > 0 {
                let name = segment.text(tags::SEGMENT_LABEL).unwrap_or_else(|| number.to_string());
                named.push((number, name));
            }
        }
        if named.is_empty() {
            return Err(fields.missing(tags::SEGMENT_SEQUENCE));
        }
        let own = frame_groups(fields);
        let shared = fields.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
        let mut frames = Vec::with_capacity(store.form.frames);
        let (mut spacing, mut thickness, mut between) = (None, None, None);
        for number in 0..store.form.frames {
            let groups = Groups {
                own: own.get(number).copied(),
                shared,
                root: fields,
            };
            let segment = groups
                .of(tags::SEGMENT_IDENTIFICATION_SEQUENCE, tags::REFERENCED_SEGMENT_NUMBER)
                .map(|item| item.needed_count(tags::REFERENCED_SEGMENT_NUMBER))
                .transpose()?
                .map(|number| i64::try_from(number).unwrap_or(i64::MAX));
            let segment = match (meaning, segment) {
                (Meaning::Number(_), _) => None,
                (Meaning::Binary | Meaning::Fraction(_), Some(segment)) => {
                    if !named.iter().any(|(number, _)| *number == segment) {
                        return Err(fields.bad(
                            tags::REFERENCED_SEGMENT_NUMBER,
                            format!(
                                "frame {} is of segment {segment}, which is not in SegmentSequence",
                                number.saturating_add(1)
                            ),
                        ));
                    }
                    Some(segment)
                }
                (Meaning::Binary | Meaning::Fraction(_), None) => {
                    return Err(fields.missing(tags::REFERENCED_SEGMENT_NUMBER));
                }
            };
            let plane = plane_of(&groups)?.ok_or_else(|| {
                fields.bad(
                    tags::IMAGE_POSITION_PATIENT,
                    format!("frame {} does not say where it lies", number.saturating_add(1)),
                )
            })?;
            frames.push(Frame { number, segment, plane });
            if let Some(measures) = groups.of(tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING) {
                spacing = spacing.or(spacing_of(&measures)?);
                thickness = thickness.or(measures.number(tags::SLICE_THICKNESS)?);
                between = between.or(measures.number(tags::SPACING_BETWEEN_SLICES)?);
            }
        }
        let positive = |step: &f64| *step > 0.0;
        Ok(Self {
            path: object.path.clone(),
            bits: (meaning == Meaning::Binary && store.form.allocated == 1)
                .then(|| store.all_bits())
                .transpose()?,
            store,
            meaning,
            named,
            frames,
            spacing: spacing.ok_or_else(|| fields.missing(tags::PIXEL_SPACING))?,
            steps: [between, thickness].into_iter().flatten().filter(positive).collect(),
            frame_of_reference: fields.text(tags::FRAME_OF_REFERENCE_UID),
            warnings,
        })
    }

    /// Which voxels of a frame are inside, or the numbers of a label map.
    fn values(&self, frame: &Frame) -> Result<Vec<i64>, VolumeError> {
        let area = self.store.form.area();
        if let Some(bits) = &self.bits {
            let first = area.saturating_mul(frame.number);
            return Ok((first..first.saturating_add(area))
                .map(|bit| {
                    let byte = bits.get(bit.div_euclid(8)).copied().unwrap_or(0);
                    i64::from((byte >> bit.rem_euclid(8)) & 1)
                })
                .collect());
        }
        let raw = self.store.frame(frame.number)?;
        let mut values = Vec::new();
        self.store.form.values(&raw, &mut values);
        match self.meaning {
            Meaning::Binary => {}
            Meaning::Fraction(least) => values.iter_mut().for_each(|value| *value = i64::from(*value >= least)),
            Meaning::Number(none) => values
                .iter_mut()
                .filter(|value| **value == none)
                .for_each(|value| *value = 0),
        }
        Ok(values)
    }

    /// The grid of the frames, and the slice of each; `hint` is a step to be tried first.
    fn grid(&self, hint: Option<f64>) -> Result<(Geometry, Vec<usize>), VolumeError> {
        let wrong = |problem: String| bad(&self.path, tags::IMAGE_POSITION_PATIENT, problem);
        let Some(first) = self.frames.iter().map(|frame| frame.plane).reduce(|a, b| {
            if dot(b.position, a.normal()) < dot(a.position, a.normal()) {
                b
            } else {
                a
            }
        }) else {
            return Err(bad(&self.path, tags::NUMBER_OF_FRAMES, "there is no frame".to_string()));
        };
        let normal = first.normal();
        let mut heights = Vec::with_capacity(self.frames.len());
        for frame in &self.frames {
            let way = minus(frame.plane.position, first.position);
            let (height, across) = (dot(way, normal), [dot(way, first.row), dot(way, first.column)]);
            let turned = dot(frame.plane.row, first.row).min(dot(frame.plane.column, first.column)) < 1.0 - 1e-6;
            if turned || across.iter().any(|shift| shift.abs() > NEAR) {
                return Err(wrong(format!(
                    "frame {} is turned or shifted against the first by {:.3} and {:.3} mm within its plane, so that the frames \
                     make no grid",
                    frame.number.saturating_add(1),
                    across.first().unwrap_or(&0.0),
                    across.last().unwrap_or(&0.0)
                )));
            }
            heights.push(height);
        }
        let mut sorted = heights.clone();
        sorted.sort_by(f64::total_cmp);
        let least = sorted
            .iter()
            .zip(sorted.iter().skip(1))
            .map(|(a, b)| b - a)
            .filter(|step| *step > NEAR)
            .fold(f64::INFINITY, f64::min);
        let falls = |step: f64| {
            heights
                .iter()
                .all(|height| (height / step - (height / step).round()).abs() * step <= NEAR)
        };
        let mut candidates: Vec<f64> = hint.into_iter().collect();
        if least.is_finite() {
            candidates.extend(self.steps.iter().copied().filter(|step| *step <= least + NEAR));
            candidates.push(least);
        } else {
            candidates.extend(&self.steps);
            candidates.push(1.0);
        }
        let Some(step) = candidates.into_iter().find(|&step| falls(step)) else {
            return Err(wrong(format!(
                "the frames are not whole steps apart (the least step is {least:.3} mm), so that they make no grid"
            )));
        };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "heights count from the lowest; a number beyond all grids is refused below"
        )]
        let slices: Vec<usize> = heights.iter().map(|height| (height / step).round() as usize).collect();
        let depth = slices.iter().max().map_or(1, |most| most.saturating_add(1));
        if depth > 1 << 20 {
            return Err(wrong(format!("the frames span {depth} slices of {step} mm")));
        }
        let [down, along] = self.spacing;
        let [[a, b, c], [d, e, f], [g, h, i]] = [first.row, first.column, normal];
        let geometry = Geometry {
            size: [self.store.form.columns, self.store.form.rows, depth],
            spacing: [along, down, step],
            origin: first.position,
            direction: [[a, d, g], [b, e, h], [c, f, i]],
        };
        check_orthogonal(&self.path, "(0020,0037) ImageOrientationPatient", &geometry.direction)?;
        voxel_count(&self.path, geometry.size, 4)?;
        Ok((geometry, slices))
    }

    /// The layer of each segment: those that share a voxel lie in different ones.
    fn layers(&self, by_slice: &BTreeMap<usize, Vec<usize>>) -> Result<Vec<usize>, VolumeError> {
        let mut layers: Vec<usize> = vec![0; self.named.len()];
        if matches!(self.meaning, Meaning::Number(_)) {
            return Ok(layers);
        }
        let mut overlap: Vec<Vec<bool>> = vec![vec![false; self.named.len()]; self.named.len()];
        for frames in by_slice.values().filter(|frames| frames.len() > 1) {
            let mut seen: Vec<(usize, Vec<i64>)> = Vec::new();
            for frame in frames.iter().filter_map(|&frame| self.frames.get(frame)) {
                let Some(segment) = self.place_of(frame.segment) else {
                    continue;
                };
                let values = self.values(frame)?;
                for (other, before) in &seen {
                    if *other != segment && before.iter().zip(&values).any(|(a, b)| *a != 0 && *b != 0) {
                        for (a, b) in [(segment, *other), (*other, segment)] {
                            if let Some(cell) = overlap.get_mut(a).and_then(|row| row.get_mut(b)) {
                                *cell = true;
                            }
                        }
                    }
                }
                seen.push((segment, values));
            }
        }
        for segment in 0..self.named.len() {
            let taken: Vec<usize> = (0..segment)
                .filter(|&other| {
                    overlap
                        .get(segment)
                        .and_then(|row| row.get(other))
                        .is_some_and(|&over| over)
                })
                .filter_map(|other| layers.get(other).copied())
                .collect();
            let free = (0..=taken.len()).find(|layer| !taken.contains(layer)).unwrap_or(0);
            if let Some(layer) = layers.get_mut(segment) {
                *layer = free;
            }
        }
        Ok(layers)
    }

    fn place_of(&self, segment: Option<i64>) -> Option<usize> {
        self.named.iter().position(|(number, _)| Some(*number) == segment)
    }

    fn labels(self, geometry: Geometry, slices: &[usize]) -> Result<Labels, VolumeError> {
        let mut by_slice: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (frame, &slice) in slices.iter().enumerate() {
            by_slice.entry(slice).or_default().push(frame);
        }
        let layers = self.layers(&by_slice)?;
        let components = layers.iter().max().map_or(1, |most| most.saturating_add(1));
        let segments = self
            .named
            .iter()
            .zip(&layers)
            .enumerate()
            .map(|(number, ((label, name), &layer))| Segment {
                number,
                id: label.to_string(),
                name: name.clone(),
                label: *label,
                layer,
            })
            .collect();
        let greatest = self.named.iter().map(|(number, _)| *number).max().unwrap_or(0);
        let sample_type = match self.meaning {
            Meaning::Binary | Meaning::Fraction(_) if greatest <= i64::from(u8::MAX) => SampleType::U8,
            Meaning::Number(_) | Meaning::Binary | Meaning::Fraction(_) => SampleType::I32,
        };
        let area = self.store.form.area();
        let [_, _, depth] = geometry.size;
        let hints = Hints {
            frame_of_reference: self.frame_of_reference.clone(),
            ..Hints::default()
        };
        let header = Header {
            path: self.path.clone(),
            format: FORMAT,
            fields: FIELDS,
            geometry,
            sample_type,
            components,
            plane: false,
            warnings: self.warnings.clone(),
        };
        let path = self.path.clone();
        let stream = SlabStream::new(
            Layers {
                segmentation: self,
                by_slice,
                of_segment: layers,
                sample_type,
            },
            area.saturating_mul(sample_type.bytes()),
            depth,
            components,
            hints.needed.clone(),
        );
        Ok(Labels {
            grid: Grid {
                header,
                voxels: Voxels::decoded(path, stream, sample_type, components, area.saturating_mul(depth)),
                hints,
            },
            segments,
        })
    }
}

/// What the pixels mean.
fn meaning_of(fields: &Fields<'_>, store: &Store, warnings: &mut Vec<String>) -> Result<Meaning, VolumeError> {
    match fields.text(tags::SEGMENTATION_TYPE).as_deref() {
        Some("BINARY") => Ok(Meaning::Binary),
        Some("FRACTIONAL") => {
            let most = fields.needed_count(tags::MAXIMUM_FRACTIONAL_VALUE)?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            warnings.push(format!(
                "the segmentation holds fractions of {most}; voxels of one half and more are inside"
            ));
            Ok(Meaning::Fraction(most.saturating_add(1).div_euclid(2).max(1)))
        }
        Some("LABELMAP") => {
            let none = fields.number(tags::PIXEL_PADDING_VALUE)?.unwrap_or(0.0);
            #[allow(clippy::cast_possible_truncation, reason = "a whole number of 16 bits")]
            Ok(Meaning::Number(none as i64))
        }
        Some(other) => Err(fields.bad(
            tags::SEGMENTATION_TYPE,
            format!(
                "\"{}\" is none of BINARY, FRACTIONAL and LABELMAP",
                other.escape_debug()
            ),
        )),
        None if store.form.allocated == 1 => Ok(Meaning::Binary),
        None => Err(fields.missing(tags::SEGMENTATION_TYPE)),
    }
}

impl Drawn for Segmentation {
    fn segments(&self) -> Vec<Segment> {
        self.named
            .iter()
            .enumerate()
            .map(|(number, (label, name))| Segment {
                number,
                id: label.to_string(),
                name: name.clone(),
                label: *label,
                layer: 0,
            })
            .collect()
    }

    fn alone(self: Box<Self>) -> Result<Labels, VolumeError> {
        let (geometry, slices) = self.grid(None)?;
        self.labels(geometry, &slices)
    }

    fn on(mut self: Box<Self>, image: &Grid, _: Contours) -> Result<Labels, VolumeError> {
        if let (Some(drawn), Some(seen)) = (&self.frame_of_reference, &image.hints.frame_of_reference)
            && drawn != seen
        {
            self.warnings.push(format!(
                "its frame of reference {drawn} is not that of the image, {seen}; positions were taken as they are"
            ));
        }
        let grid = image.header.geometry;
        let step = self
            .frames
            .first()
            .and_then(|frame| step_along(&grid, frame.plane.normal()));
        let (geometry, slices) = self.grid(step)?;
        // Positions that were rounded as they were written are put where the image has them.
        let geometry = snapped(&grid, &geometry).unwrap_or(geometry);
        self.labels(geometry, &slices)
    }
}

/// The image's step along a direction, where one of its axes runs that way.
fn step_along(image: &Geometry, direction: [f64; 3]) -> Option<f64> {
    image.spacing.iter().enumerate().find_map(|(axis, &step)| {
        let along = image.direction.map(|row| row.get(axis).copied().unwrap_or(0.0));
        (dot(along, direction).abs() > 1.0 - 1e-4).then_some(step)
    })
}

/// A grid put onto the voxels of another where it lies on them but for rounding; `None` where it does not.
fn snapped(image: &Geometry, grid: &Geometry) -> Option<Geometry> {
    let mut placed = *grid;
    let first = image.world_to_index(grid.origin)?;
    let corner = first.map(f64::round);
    if !near(first, corner) {
        return None;
    }
    for axis in 0..3 {
        let mut end = [0.0; 3];
        #[allow(clippy::cast_precision_loss, reason = "a number of voxels")]
        let last = grid.size.get(axis).copied()?.saturating_sub(1).max(1) as f64;
        *end.get_mut(axis)? = last;
        let there = image.world_to_index(grid.index_to_world(end))?;
        let way = minus(there.map(f64::round), corner);
        // Along one of the image's axes, voxel by voxel.
        let along = way.iter().position(|part| part.abs() == last)?;
        let straight = way.iter().filter(|part| part.abs() > 0.0).count() == 1;
        if !near(there, there.map(f64::round)) || !straight {
            return None;
        }
        *placed.spacing.get_mut(axis)? = image.spacing.get(along).copied()?;
        let sign = way.get(along).copied()?.signum();
        for (row, from) in placed.direction.iter_mut().zip(image.direction) {
            *row.get_mut(axis)? = sign * from.get(along).copied()?;
        }
    }
    placed.origin = image.index_to_world(corner);
    Some(placed)
}

fn near(a: [f64; 3], b: [f64; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SNAP)
}

/// The layers of a segmentation, made slice by slice.
struct Layers {
    segmentation: Segmentation,
    by_slice: BTreeMap<usize, Vec<usize>>,
    /// The layer of each segment
    of_segment: Vec<usize>,
    sample_type: SampleType,
}

impl Slabs for Layers {
    fn make(&self, component: usize, slice: usize) -> Result<Vec<u8>, VolumeError> {
        let segmentation = &self.segmentation;
        let width = self.sample_type.bytes();
        let mut bytes = vec![0; segmentation.store.form.area().saturating_mul(width)];
        for frame in self
            .by_slice
            .get(&slice)
            .into_iter()
            .flatten()
            .filter_map(|&frame| segmentation.frames.get(frame))
        {
            let place = segmentation.place_of(frame.segment);
            if let Some(place) = place
                && self.of_segment.get(place) != Some(&component)
            {
                continue;
            }
            let values = segmentation.values(frame)?;
            for (voxel, value) in bytes
                .chunks_exact_mut(width)
                .zip(values)
                .filter(|(_, value)| *value != 0)
            {
                let label = frame.segment.unwrap_or(value).to_le_bytes();
                voxel.iter_mut().zip(label).for_each(|(byte, part)| *byte = part);
            }
        }
        Ok(bytes)
    }
}
