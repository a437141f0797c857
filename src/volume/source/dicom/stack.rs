//! Slices made a volume: ordered by where they lie, the same distance apart, none missing and none twice.
//!
//! Names, instance numbers and slice locations decide nothing. The distance is that of the positions, not the thickness.
//!
//! Reference: DICOM PS3.3, section C.7.6.2.1.1.

use std::path::Path;

use dicom_dictionary_std::tags;

use super::fields::bad;
use super::slice::{Plane, Slice, dot, minus};
use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IDENTITY};
use crate::volume::source::checks::{check_orthogonal, voxel_count};

/// How far directions of one stack may differ.
const PARALLEL: f64 = 1e-4;

/// How far steps may differ from the usual one: a share of it, or millimetres.
const STEP: (f64, f64) = (0.01, 0.01);

/// Slices of one size, spacing and orientation, ordered along their normal, and the grid that they make.
pub(super) struct Stack {
    /// The slices, along the grid's third axis
    pub slices: Vec<Slice>,
    /// The grid, LPS millimetres
    pub geometry: Geometry,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

impl Stack {
    /// Orders the slices of one series. `path` is what the person gave, for messages.
    pub fn of(path: &Path, slices: Vec<Slice>) -> Result<Self, VolumeError> {
        let mut warnings = Vec::new();
        let slices = only_stack(path, slices, &mut warnings)?;
        let Some(first) = slices.first() else {
            return Err(no_slices(path));
        };
        let form = first.store.form;
        let spacing = match first.spacing {
            Some(spacing) => spacing,
            None if first.plane.is_none() => {
                warnings.push("no pixel spacing is given: pixels of 1 x 1 mm are assumed".to_string());
                [1.0, 1.0]
            }
            None => {
                return Err(bad(
                    first.path(),
                    tags::PIXEL_SPACING,
                    "is missing or empty".to_string(),
                ));
            }
        };
        let [down, along] = spacing;
        let Some(plane) = first.plane else {
            return Self::flat(path, slices, [along, down], warnings);
        };
        let normal = plane.normal();
        let (slices, step) = in_order(path, slices, normal)?;
        let (plane, thickness) = slices
            .first()
            .and_then(|slice| Some((slice.plane?, slice.thickness)))
            .unwrap_or((plane, None));
        let step = match (step, thickness) {
            (Some(step), _) => step,
            (None, Some(thickness)) => thickness,
            (None, None) => {
                warnings.push("a single slice without thickness: 1 mm is assumed".to_string());
                1.0
            }
        };
        let columns = [plane.row, plane.column, normal];
        let [[a, b, c], [d, e, f], [g, h, i]] = columns;
        let geometry = Geometry {
            size: [form.columns, form.rows, slices.len()],
            spacing: [along, down, step],
            origin: plane.position,
            direction: [[a, d, g], [b, e, h], [c, f, i]],
        };
        check_orthogonal(
            slices.first().map_or(path, |slice| slice.path()),
            "(0020,0037) ImageOrientationPatient",
            &geometry.direction,
        )?;
        voxel_count(path, geometry.size, 8)?;
        Ok(Self {
            slices,
            geometry,
            warnings,
        })
    }

    /// A picture without a place: a radiograph, an ultrasound image.
    fn flat(path: &Path, slices: Vec<Slice>, spacing: [f64; 2], warnings: Vec<String>) -> Result<Self, VolumeError> {
        let [along, down] = spacing;
        let [slice] = &slices[..] else {
            return Err(VolumeError::Unsupported {
                path: path.to_path_buf(),
                what: format!(
                    "{} images without ImagePositionPatient, so that nobody knows where each lies",
                    slices.len()
                ),
                advice: "give one of them".to_string(),
            });
        };
        let geometry = Geometry {
            size: [slice.store.form.columns, slice.store.form.rows, 1],
            spacing: [along, down, 1.0],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        Ok(Self {
            slices,
            geometry,
            warnings,
        })
    }
}

fn no_slices(path: &Path) -> VolumeError {
    VolumeError::Unsupported {
        path: path.to_path_buf(),
        what: "there is no DICOM image in it".to_string(),
        advice: "give the folder that holds the slices of a series".to_string(),
    }
}

/// Whether two slices can lie in one stack.
fn alike(a: &Slice, b: &Slice) -> bool {
    let planes = match (a.plane, b.plane) {
        (Some(a), Some(b)) => parallel(&a, &b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let spacings = match (a.spacing, b.spacing) {
        (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-4 * a),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    planes && spacings && (a.store.form.rows, a.store.form.columns) == (b.store.form.rows, b.store.form.columns)
}

fn parallel(a: &Plane, b: &Plane) -> bool {
    let near = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= PARALLEL);
    near(a.row, b.row) && near(a.column, b.column)
}

/// The slices that make one stack. A few of another size or orientation beside many are localisers and are left out; two
/// stacks are refused.
fn only_stack(path: &Path, slices: Vec<Slice>, warnings: &mut Vec<String>) -> Result<Vec<Slice>, VolumeError> {
    let mut stacks: Vec<Vec<Slice>> = Vec::new();
    for slice in slices {
        match stacks
            .iter_mut()
            .find(|stack| stack.first().is_some_and(|first| alike(first, &slice)))
        {
            Some(stack) => stack.push(slice),
            None => stacks.push(vec![slice]),
        }
    }
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.len()));
    let mut stacks = stacks.into_iter();
    let Some(largest) = stacks.next() else {
        return Err(no_slices(path));
    };
    let others: Vec<Vec<Slice>> = stacks.collect();
    if others.is_empty() {
        return Ok(largest);
    }
    // A localiser is a view or two from other directions.
    let few = others
        .iter()
        .all(|other| other.len() <= 2 && largest.len() >= other.len().saturating_mul(3));
    if few {
        warnings.push(format!(
            "left out, for they are of another size or orientation than the {} slices of the series (localisers?): {}",
            largest.len(),
            others.iter().flatten().map(describe).collect::<Vec<_>>().join(", ")
        ));
        return Ok(largest);
    }
    let said: Vec<String> = std::iter::once(&largest)
        .chain(&others)
        .filter_map(|stack| Some(format!("{} slices as {}", stack.len(), describe(stack.first()?))))
        .collect();
    Err(VolumeError::Unsupported {
        path: path.to_path_buf(),
        what: format!(
            "the series holds {} stacks of different size, spacing or orientation: {}",
            said.len(),
            said.join("; ")
        ),
        advice: "put the stack that is meant into a folder of its own".to_string(),
    })
}

/// A slice in words.
fn describe(slice: &Slice) -> String {
    let form = slice.store.form;
    let spacing = slice.spacing.map_or_else(
        || "no spacing".to_string(),
        |[down, along]| format!("{along} x {down} mm"),
    );
    let orientation = slice.plane.map_or_else(
        || "no place".to_string(),
        |plane| {
            let [x, y, z] = plane.normal().map(|part| format!("{part:.2}"));
            format!("normal {x} {y} {z}")
        },
    );
    format!(
        "{} ({} x {}, {spacing}, {orientation})",
        slice.name(),
        form.columns,
        form.rows
    )
}

/// The slices along the normal, and the step between them; `None` of a single one.
fn in_order(path: &Path, slices: Vec<Slice>, normal: [f64; 3]) -> Result<(Vec<Slice>, Option<f64>), VolumeError> {
    let mut placed: Vec<(f64, [f64; 3], Slice)> = slices
        .into_iter()
        .filter_map(|slice| {
            let position = slice.plane?.position;
            Some((dot(position, normal), position, slice))
        })
        .collect();
    placed.sort_by(|(a, _, first), (b, _, second)| {
        a.total_cmp(b)
            .then_with(|| first.path().cmp(second.path()))
            .then(first.frame.cmp(&second.frame))
    });
    let steps: Vec<f64> = placed
        .iter()
        .zip(placed.iter().skip(1))
        .map(|(a, b)| b.0 - a.0)
        .collect();
    let mut ascending: Vec<f64> = steps.iter().copied().filter(|&step| step > STEP.1).collect();
    ascending.sort_by(f64::total_cmp);
    let usual = ascending.get(ascending.len() / 2).copied();
    check_twice(path, &placed, &steps)?;
    let Some(usual) = usual else {
        return Ok((placed.into_iter().map(|(_, _, slice)| slice).collect(), None));
    };
    check_tilt(path, &placed, normal)?;
    check_steps(path, &placed, &steps, usual)?;
    // The mean step is the one that puts both ends where they are.
    let (first, last) = (
        placed.first().map_or(0.0, |slice| slice.0),
        placed.last().map_or(0.0, |slice| slice.0),
    );
    #[allow(clippy::cast_precision_loss, reason = "a number of slices")]
    let mean = (last - first) / steps.len() as f64;
    let step = if steps.iter().all(|step| (step - usual).abs() < 1e-6) {
        usual
    } else {
        mean
    };
    Ok((placed.into_iter().map(|(_, _, slice)| slice).collect(), Some(step)))
}

type Placed = (f64, [f64; 3], Slice);

/// Two slices in one place are refused.
fn check_twice(path: &Path, placed: &[Placed], steps: &[f64]) -> Result<(), VolumeError> {
    let twice: Vec<(&Placed, &Placed)> = placed
        .iter()
        .zip(placed.iter().skip(1))
        .zip(steps)
        .filter(|(_, step)| **step <= STEP.1)
        .map(|(pair, _)| pair)
        .collect();
    let Some((a, b)) = twice.first() else {
        return Ok(());
    };
    let [x, y, z] = a.1;
    let mut problem = format!("{} and {} both lie at {x}\\{y}\\{z} mm", a.2.name(), b.2.name());
    if twice.len() > 1 {
        problem.push_str(&format!(
            ", and {} more pairs lie in one place",
            twice.len().saturating_sub(1)
        ));
    }
    if let (Some(first), Some(second)) = (&a.2.volume, &b.2.volume)
        && first != second
    {
        problem.push_str(&format!(
            "; the series holds several volumes ({first} beside {second}): put the one that is meant into a folder of its own"
        ));
    } else {
        problem.push_str("; take one of each pair away");
    }
    Err(bad(path, tags::IMAGE_POSITION_PATIENT, problem))
}

/// Steps that differ are gaps.
fn check_steps(path: &Path, placed: &[Placed], steps: &[f64], usual: f64) -> Result<(), VolumeError> {
    let tolerance = (STEP.0 * usual).max(STEP.1);
    let gaps: Vec<String> = placed
        .iter()
        .zip(placed.iter().skip(1))
        .zip(steps)
        .filter(|(_, step)| (**step - usual).abs() > tolerance)
        .map(|((a, b), step)| format!("{} mm between {} and {}", short(*step), a.2.name(), b.2.name()))
        .collect();
    if gaps.is_empty() {
        return Ok(());
    }
    let more = gaps.len().saturating_sub(5);
    let mut said = gaps.into_iter().take(5).collect::<Vec<_>>().join(", ");
    if more > 0 {
        said.push_str(&format!(", and {more} more"));
    }
    Err(bad(
        path,
        tags::IMAGE_POSITION_PATIENT,
        format!(
            "the slices are not the same distance apart: {said}, where {} mm is usual; is a slice missing?",
            short(usual)
        ),
    ))
}

/// A shift between the slices that is not along their normal is a tilted gantry.
fn check_tilt(path: &Path, placed: &[Placed], normal: [f64; 3]) -> Result<(), VolumeError> {
    let (Some(first), Some(last)) = (placed.first(), placed.last()) else {
        return Ok(());
    };
    let way = minus(last.1, first.1);
    let along = dot(way, normal);
    let across = (dot(way, way) - along * along).max(0.0).sqrt();
    if across <= STEP.1.max(1e-4 * along) {
        return Ok(());
    }
    let degrees = across.atan2(along).to_degrees();
    Err(bad(
        path,
        tags::IMAGE_POSITION_PATIENT,
        format!(
            "the slices are shifted against each other by {} mm over {} mm, {degrees:.1} degrees (a tilted gantry): the voxels \
             are sheared; resample the image to a regular grid first",
            short(across),
            short(along)
        ),
    ))
}

/// A length with as many digits as it needs, three behind the point at most.
fn short(length: f64) -> String {
    let text = format!("{length:.3}");
    let text = text.trim_end_matches('0');
    if text.ends_with('.') {
        format!("{text}0")
    } else {
        text.to_string()
    }
}
