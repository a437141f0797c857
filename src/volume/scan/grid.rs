//! Whether two grids are one: ITK's test with its tolerance, and the same grid in another storage order.

use crate::volume::Geometry;
use crate::volume::source::Header;

/// ITK's tolerance where none is set.
pub(super) const TOLERANCE: f64 = 1e-6;

/// How far voxel centres may lie from each other, in voxels, where the storage order differs: both grids' positions are
/// then rounded on their own.
const REORDERED: f64 = 1e-4;

/// How many voxels from the image's first one a mask may begin: as far as a double holds whole numbers.
const FURTHEST: f64 = (1u64 << 53) as f64;

/// What differs between two grids.
pub(super) struct Differences {
    /// Axis, header fields and both values of each, for people
    pub text: String,
    /// The `geometryTolerance` that would accept them; `None` where none does
    pub tolerance: Option<f64>,
}

/// Compares an image's grid with a mask's as ITK does: origin and spacing differ by no more than the tolerance times the
/// image's first spacing, direction cosines by no more than the tolerance. `None` where they are one.
pub(super) fn differences(image: &Header, mask: &Header, tolerance: f64) -> Option<Differences> {
    let (a, b) = (&image.geometry, &mask.geometry);
    let names = ["x", "y", "z"];
    let mut said = Vec::new();
    let mut needed: f64 = 0.0;
    let fields = |which: usize| {
        if image.fields[which] == mask.fields[which] {
            format!("`{}`", image.fields[which])
        } else {
            format!(
                "`{}` of the image, `{}` of the mask",
                image.fields[which], mask.fields[which]
            )
        }
    };
    let sizes_differ = a.size != b.size;
    for axis in 0..3 {
        if a.size[axis] != b.size[axis] {
            said.push(format!(
                "along {} the image has {} voxels, the mask {} ({})",
                names[axis],
                a.size[axis],
                b.size[axis],
                fields(0)
            ));
        }
    }
    for axis in 0..3 {
        let difference = (a.spacing[axis] - b.spacing[axis]).abs();
        if difference > tolerance * a.spacing[0] {
            needed = needed.max(difference / a.spacing[0]);
            said.push(format!(
                "the spacing along {} is {} mm in the image, {} mm in the mask, {difference:.3e} mm apart ({})",
                names[axis],
                a.spacing[axis],
                b.spacing[axis],
                fields(1)
            ));
        }
    }
    for axis in 0..3 {
        let difference = (a.origin[axis] - b.origin[axis]).abs();
        if difference > tolerance * a.spacing[0] {
            needed = needed.max(difference / a.spacing[0]);
            said.push(format!(
                "the origin's {} is {} mm in the image, {} mm in the mask, {difference:.3e} mm apart ({})",
                names[axis],
                a.origin[axis],
                b.origin[axis],
                fields(2)
            ));
        }
    }
    for axis in 0..3 {
        let column = |geometry: &Geometry| [0, 1, 2].map(|row| geometry.direction[row][axis]);
        let (first, second) = (column(a), column(b));
        let difference = (0..3).fold(0.0f64, |most, row| most.max((first[row] - second[row]).abs()));
        if difference > tolerance {
            needed = needed.max(difference);
            said.push(format!(
                "the {} axis points to ({}) in the image, to ({}) in the mask, {difference:.3e} apart ({})",
                names[axis],
                first.map(|part| format!("{part}")).join(", "),
                second.map(|part| format!("{part}")).join(", "),
                fields(3)
            ));
        }
    }
    (!said.is_empty()).then(|| Differences {
        text: said.join("; "),
        tolerance: (!sizes_differ && needed.is_finite()).then(|| round_up(needed)),
    })
}

/// The next number with two digits above a positive one, with room for rounding.
fn round_up(value: f64) -> f64 {
    let wanted = value * 1.001;
    let scale = 10f64.powi(1 - wanted.log10().floor() as i32);
    let rounded = (wanted * scale).ceil() / scale;
    format!("{rounded:.1e}").parse().unwrap_or(rounded)
}

/// Where the voxels of one grid lie in another that has the same voxels in another order, or more of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placement {
    /// For each axis of the mask, the image's axis that it runs along
    axis: [usize; 3],
    /// For each axis of the mask, whether it runs backwards there
    backwards: [bool; 3],
    /// For each axis of the mask, the index on the image's axis of its first voxel
    start: [i64; 3],
}

impl Placement {
    /// Finds how the mask's voxels lie on the image's grid; `None` where they do not fall on its voxels.
    pub fn find(image: &Geometry, mask: &Geometry) -> Option<Self> {
        let mut placement = Self {
            axis: [0; 3],
            backwards: [false; 3],
            start: [0; 3],
        };
        let last = |size: usize| (size - 1) as f64;
        let first = image.world_to_index(mask.origin)?;
        let mut used = [false; 3];
        for k in 0..3 {
            let cosine = |axis: usize| -> f64 {
                (0..3)
                    .map(|row| mask.direction[row][k] * image.direction[row][axis])
                    .sum()
            };
            let axis = (0..3).max_by(|&a, &b| cosine(a).abs().total_cmp(&cosine(b).abs()))?;
            if std::mem::replace(&mut used[axis], true) {
                return None;
            }
            placement.axis[k] = axis;
            placement.backwards[k] = cosine(axis) < 0.0;
            // Beyond that, whole voxels cannot be told apart, and the sums below would leave the numbers that there are.
            placement.start[k] = Some(first[axis].round()).filter(|start| start.abs() <= FURTHEST)? as i64;
            // The far end of the mask along this axis must fall on a voxel too, so that no step adds up to an error.
            let mut end = [0.0; 3];
            end[k] = last(mask.size[k]).max(1.0);
            let landed = image.world_to_index(mask.index_to_world(end))?;
            let sign = if placement.backwards[k] { -1.0 } else { 1.0 };
            for other in 0..3 {
                let expected = first[other].round() + if other == axis { sign * end[k] } else { 0.0 };
                if (landed[other] - expected).abs() > REORDERED {
                    return None;
                }
            }
        }
        (0..3)
            .all(|axis| (first[axis] - first[axis].round()).abs() <= REORDERED)
            .then_some(placement)
    }

    /// Whether the mask covers the image's grid exactly.
    pub fn covers(&self, image: &Geometry, mask: &Geometry) -> bool {
        (0..3).all(|k| {
            let size = image.size[self.axis[k]];
            let start = if self.backwards[k] { size as i64 - 1 } else { 0 };
            mask.size[k] == size && self.start[k] == start
        })
    }

    /// Whether the storage order is the same.
    pub fn same_order(&self) -> bool {
        self.axis == [0, 1, 2] && self.backwards == [false; 3]
    }

    /// The image's index of a voxel of the mask; it may lie outside of the image.
    pub fn apply(&self, index: [usize; 3]) -> [i64; 3] {
        let mut there = [0; 3];
        for k in 0..3 {
            let step = i64::try_from(index[k]).unwrap_or(i64::MAX);
            there[self.axis[k]] = self.start[k].saturating_add(if self.backwards[k] { -step } else { step });
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::geometry::IDENTITY;

    fn grid() -> Geometry {
        Geometry {
            size: [4, 5, 6],
            spacing: [0.7, 0.9, 2.5],
            origin: [-10.0, 3.0, 7.5],
            direction: IDENTITY,
        }
    }

    #[test]
    fn a_grid_stored_in_another_order_is_found() {
        let image = grid();
        // Axes y (backwards), z, x of the image.
        let mask = Geometry {
            size: [5, 6, 4],
            spacing: [0.9, 2.5, 0.7],
            origin: image.index_to_world([0.0, 4.0, 0.0]),
            direction: [[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        };
        let placement = Placement::find(&image, &mask).unwrap();
        assert!(placement.covers(&image, &mask));
        assert!(!placement.same_order());
        assert_eq!(placement.apply([1, 2, 3]), [3, 3, 2]);
    }

    #[test]
    fn a_crop_is_found_and_half_a_voxel_is_not() {
        let image = grid();
        let mut mask = image.crop(&crate::volume::IndexBox {
            start: [1, 2, 3],
            size: [2, 2, 2],
        });
        let placement = Placement::find(&image, &mask).unwrap();
        assert!(placement.same_order() && !placement.covers(&image, &mask));
        assert_eq!(placement.apply([0, 0, 0]), [1, 2, 3]);
        mask.origin[0] += 0.35;
        assert_eq!(Placement::find(&image, &mask), None);
    }

    #[test]
    fn a_grid_beyond_all_numbers_is_not_placed() {
        let image = grid();
        let mask = Geometry {
            origin: [1e300, 0.0, 0.0],
            ..image
        };
        assert_eq!(Placement::find(&image, &mask), None);
        let far = Placement {
            start: [i64::MAX, i64::MIN, 0],
            axis: [0, 1, 2],
            backwards: [false, true, false],
        };
        assert_eq!(far.apply([3, 3, 3]), [i64::MAX, i64::MIN, 3]);
    }

    #[test]
    fn a_tolerance_is_rounded_up() {
        assert_eq!(round_up(1.23e-4), 1.3e-4);
        assert!(round_up(0.05) > 0.05);
    }
}
