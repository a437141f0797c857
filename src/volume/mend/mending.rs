//! A mask in the hands of whoever mends it: the region, the seeds, and the steps, which can be taken back and again.

use super::boxed::BoxedRegion;
use super::brush::{stroked, touched};
use super::cut::kept;
use super::fill::fill_holes;
use super::grow::{around, grown, shrunk};
use super::growcut::{MOST_VOXELS, Seeds, grow_from_seeds};
use super::island::largest_island;
use super::operation::{Operation, Stroke};
use super::smooth::smoothed;
use crate::volume::error::VolumeError;
use crate::volume::geometry::Geometry;
use crate::volume::image::Volume;

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mended {
    /// Voxels of the region before
    pub before: usize,
    /// Voxels of it after
    pub after: usize,
    /// How many parts were as large as the largest one that was kept
    pub tied: usize,
}

/// What there is at one moment.
#[derive(Debug, Clone, PartialEq)]
struct Moment {
    region: BoxedRegion,
    inside: BoxedRegion,
    outside: BoxedRegion,
}

/// A region that is mended step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Mending {
    now: Moment,
    /// Every step, with what there was before it
    done: Vec<(Operation, Moment)>,
    /// Every step that was taken back, with what there was after it; the last one first
    undone: Vec<(Operation, Moment)>,
}

impl Mending {
    /// Begins with a region; with an empty one, a contour is made from nothing.
    pub fn new(region: BoxedRegion) -> Self {
        let empty = BoxedRegion::empty(*region.grid());
        Self {
            now: Moment {
                region,
                inside: empty.clone(),
                outside: empty,
            },
            done: Vec::new(),
            undone: Vec::new(),
        }
    }

    /// The region as it is now.
    pub fn region(&self) -> &BoxedRegion {
        &self.now.region
    }

    /// The region as it was at first.
    pub fn original(&self) -> &BoxedRegion {
        self.done.first().map_or(&self.now.region, |(_, before)| &before.region)
    }

    /// The seeds as they are now: inside, outside.
    pub fn seeds(&self) -> [&BoxedRegion; 2] {
        [&self.now.inside, &self.now.outside]
    }

    /// Adds seeds that lie in a file.
    pub fn sow(&mut self, inside: BoxedRegion, outside: BoxedRegion) {
        self.now.inside = inside;
        self.now.outside = outside;
    }

    /// The steps so far; strokes of one brush after each other are one.
    pub fn steps(&self) -> Vec<Operation> {
        let mut steps: Vec<Operation> = Vec::new();
        for (step, _) in &self.done {
            match steps.last_mut().and_then(|last| Some((last.joined(step)?, last))) {
                Some((joined, last)) => *last = joined,
                None => steps.push(step.clone()),
            }
        }
        steps
    }

    /// How many steps can be taken back, and how many again.
    pub fn depth(&self) -> (usize, usize) {
        (self.done.len(), self.undone.len())
    }

    /// Takes a step; nothing is changed where it cannot be taken.
    ///
    /// # Errors
    /// If a stroke lies beyond the image, a cut beyond its slices, or the seeds are too few or too far apart.
    pub fn take(&mut self, operation: Operation, image: &Volume) -> Result<Mended, VolumeError> {
        let (next, tied) = after(&self.now, &operation, image)?;
        let mended = Mended {
            before: self.now.region.count(),
            after: next.region.count(),
            tied,
        };
        let before = std::mem::replace(&mut self.now, next);
        self.done.push((operation, before));
        self.undone.clear();
        Ok(mended)
    }

    /// Takes the last step back, and gives it.
    pub fn undo(&mut self) -> Option<Operation> {
        let (step, before) = self.done.pop()?;
        let after = std::mem::replace(&mut self.now, before);
        self.undone.push((step.clone(), after));
        Some(step)
    }

    /// Takes the step again that was taken back last, and gives it.
    pub fn redo(&mut self) -> Option<Operation> {
        let (step, after) = self.undone.pop()?;
        let before = std::mem::replace(&mut self.now, after);
        self.done.push((step.clone(), before));
        Some(step)
    }
}

/// What there is after a step, and how many parts were as large as the one that it kept.
fn after(now: &Moment, operation: &Operation, image: &Volume) -> Result<(Moment, usize), VolumeError> {
    let grid = *now.region.grid();
    let mut next = now.clone();
    let mut tied = 0;
    match operation {
        Operation::Largest => (next.region, tied) = largest_island(&now.region),
        Operation::Fill(axis) => next.region = fill_holes(&now.region, *axis),
        Operation::Smooth(millimetres) => next.region = smoothed(&now.region, *millimetres),
        Operation::Grow(millimetres) => next.region = grown(&now.region, *millimetres),
        Operation::Shrink(millimetres) => next.region = shrunk(&now.region, *millimetres),
        Operation::Cut(cut) => {
            let slices = grid.size[cut.axis.number()];
            if let Some(beyond) = cut.first.into_iter().chain(cut.last).find(|&slice| slice >= slices) {
                return Err(refused(
                    operation,
                    format!(
                        "slice {} does not exist: the image has {slices} along {}",
                        beyond + 1,
                        cut.axis.letter()
                    ),
                ));
            }
            next.region = kept(&now.region, cut);
        }
        Operation::Paint(stroke) => next.region = stroked(&now.region, &drawn(operation, stroke, &grid)?, true),
        Operation::Erase(stroke) => next.region = stroked(&now.region, &drawn(operation, stroke, &grid)?, false),
        // The later of two seeds in one place is the one that is meant.
        Operation::Inside(stroke) => {
            let touched = drawn(operation, stroke, &grid)?;
            next.inside = stroked(&now.inside, &touched, true);
            next.outside = stroked(&now.outside, &touched, false);
        }
        Operation::Outside(stroke) => {
            let touched = drawn(operation, stroke, &grid)?;
            next.outside = stroked(&now.outside, &touched, true);
            next.inside = stroked(&now.inside, &touched, false);
        }
        Operation::Contour(margin) => next.region = contoured(now, operation, *margin, image)?,
    }
    Ok((next, tied))
}

/// The region with what the seeds grow to in the box around them; beyond the box it stays as it is.
fn contoured(now: &Moment, operation: &Operation, margin: f64, image: &Volume) -> Result<BoxedRegion, VolumeError> {
    let grid = *now.region.grid();
    let (inside, outside) = (now.inside.bounding_box(), now.outside.bounding_box());
    let seeds = match (inside, outside) {
        (Some(inside), Some(outside)) => inside.union(&outside),
        (None, None) => return Err(refused(operation, "there are no seeds, inside or outside".to_owned())),
        (None, Some(_)) => return Err(refused(operation, "there are no seeds inside".to_owned())),
        (Some(_), None) => return Err(refused(operation, "there are no seeds outside".to_owned())),
    };
    let part = around(&seeds, &grid, margin);
    let voxels: usize = part.size.iter().product();
    if voxels > MOST_VOXELS {
        let [x, y, z] = part.size;
        return Err(refused(
            operation,
            format!(
                "the box around the seeds has {x} x {y} x {z} = {voxels} voxels, and at most {MOST_VOXELS} are contoured at \
                 once; set the seeds closer together, or give a smaller margin"
            ),
        ));
    }
    let grown = grow_from_seeds(
        &image.values(&part),
        grid.spacing,
        Seeds {
            inside: &now.inside.within(&part),
            outside: &now.outside.within(&part),
        },
    );
    Ok(now.region.with(&part, &grown))
}

/// What a stroke touches; refused where one of its voxels lies beyond the image.
fn drawn(operation: &Operation, stroke: &Stroke, grid: &Geometry) -> Result<BoxedRegion, VolumeError> {
    let beyond = |index: &&[usize; 3]| (0..3).any(|axis| index[axis] >= grid.size[axis]);
    if let Some(index) = stroke.at.iter().find(beyond) {
        let text = |places: [usize; 3]| places.map(|place| place.to_string()).join(", ");
        return Err(refused(
            operation,
            format!(
                "voxel {} lies beyond the image of {} voxels",
                text(index.map(|place| place + 1)),
                text(grid.size)
            ),
        ));
    }
    Ok(touched(stroke, grid))
}

fn refused(operation: &Operation, problem: String) -> VolumeError {
    VolumeError::Mend {
        operation: operation.to_string(),
        problem,
    }
}
