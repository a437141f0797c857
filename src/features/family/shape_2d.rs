//! Shape of a region in one slice (`force2D` with a region one voxel thick).
//!
//! Perimeter and surface come from marching squares with the outline at half the way between voxel centres; the axis
//! lengths from the principal components of the voxel centres in the slice, `l0 <= l1`.

use ndarray::{Array2, ArrayView2, Axis};

use super::FeatureClass;
use super::row::{FeatureInfo, Offer, Row, infos, numbered, values};
use crate::features::region::Region;
use crate::features::shape::principal_axes::eigenvalues;
use crate::features::{FeatureError, Settings};

/// The class `shape2D`.
pub struct Shape2d;

impl FeatureClass for Shape2d {
    fn name(&self) -> &'static str {
        "shape2D"
    }

    fn about(&self) -> &'static str {
        "size and form of a region in one slice; needs force2D"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn of_mask(&self) -> bool {
        true
    }

    fn has_columns_by_default(&self) -> bool {
        false
    }

    fn has_columns(&self, settings: &Settings) -> bool {
        settings.slice_axis.is_some()
    }

    fn refusal(&self, region: &Region<'_>) -> Option<String> {
        let settings = region.settings();
        if region.plane() {
            None
        } else if settings.slice_axis.is_none() {
            Some("shape2D: left out, it needs force2D: true".to_owned())
        } else {
            // PyRadiomics asks for the size along another axis than the one it means, and so do we.
            let axis = settings.force_2d_dimension;
            let sizes = [region.mask().dim().2, region.mask().dim().1, region.mask().dim().0];
            (sizes[axis] <= 1).then(|| {
                format!(
                    "shape2D: left out, the region is one voxel thick along {}",
                    ["x", "y", "z"][axis]
                )
            })
        }
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let axis = region.settings().force_2d_dimension;
        let thickness = region.mask().len_of(Axis(axis));
        if thickness > 1 {
            return Err(FeatureError::region(format!(
                "shape2D needs a region one voxel thick along {} (force2Ddimension: {axis}), but this one has {thickness} \
                 voxels there; take shape2D out of featureClass, or set force2Ddimension to the thin axis",
                ["z", "y", "x"][axis],
            )));
        }
        let mask = region.mask().index_axis(Axis(axis), 0);
        let spacing = region.spacing();
        let spacing = match axis {
            0 => [spacing[1], spacing[2]],
            1 => [spacing[0], spacing[2]],
            _ => [spacing[0], spacing[1]],
        };
        Ok(values(FEATURES, chosen, &Outline::new(mask, spacing)))
    }
}

/// What the features of a region in a slice are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outline {
    /// Length of the outline in mm
    pub perimeter: f64,
    /// Area inside the outline in mm2
    pub surface: f64,
    /// Number of pixels times the area of one, in mm2
    pub pixel_surface: f64,
    /// Largest distance between points of the outline in mm
    pub diameter: f64,
    /// Of the covariance of the pixel centres, ascending, in mm2
    pub eigenvalues: [f64; 2],
}

/// The lines of each pattern of corners (bits 0 to 3: here, next along the second axis, both, next along the first), from
/// edge to edge; the inside is on the same side of every line. Edge `k` joins corners `k` and `k + 1`.
const LINES: [&[[usize; 2]]; 16] = [
    &[],
    &[[0, 3]],
    &[[1, 0]],
    &[[1, 3]],
    &[[2, 1]],
    &[[0, 3], [2, 1]],
    &[[2, 0]],
    &[[2, 3]],
    &[[3, 2]],
    &[[0, 2]],
    &[[1, 0], [3, 2]],
    &[[1, 2]],
    &[[3, 1]],
    &[[0, 1]],
    &[[3, 0]],
    &[],
];

/// The middle of each edge of a square in pixels.
const MIDDLES: [[f64; 2]; 4] = [[0.0, 0.5], [0.5, 1.0], [1.0, 0.5], [0.5, 0.0]];

impl Outline {
    /// From a mask and its spacing in the order of its axes.
    pub fn new(mask: ArrayView2<'_, bool>, spacing: [f64; 2]) -> Self {
        let (rows, columns) = mask.dim();
        let mut padded = Array2::from_elem((rows + 2, columns + 2), false);
        padded.slice_mut(ndarray::s![1..=rows, 1..=columns]).assign(&mask);
        let (mut perimeter, mut doubled) = (0.0, 0.0);
        let mut points = Vec::new();
        for row in 0..=rows {
            for column in 0..=columns {
                let corners = [[0, 0], [0, 1], [1, 1], [1, 0]];
                let pattern: usize = (0..4)
                    .map(|k| usize::from(padded[[row + corners[k][0], column + corners[k][1]]]) << k)
                    .sum();
                for line in LINES[pattern] {
                    let [a, b] = line.map(|edge| {
                        [
                            (row as f64 + MIDDLES[edge][0]) * spacing[0],
                            (column as f64 + MIDDLES[edge][1]) * spacing[1],
                        ]
                    });
                    perimeter += ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt();
                    doubled += a[0] * b[1] - a[1] * b[0];
                    points.push(a);
                }
            }
        }
        let count = mask.iter().filter(|&&inside| inside).count() as f64;
        Self {
            perimeter,
            surface: 0.5 * doubled.abs(),
            pixel_surface: count * spacing[0] * spacing[1],
            diameter: largest_distance(&points),
            eigenvalues: principal_components(mask, spacing),
        }
    }
}

/// Few enough points in one slice to compare all.
fn largest_distance(points: &[[f64; 2]]) -> f64 {
    let mut best = 0.0;
    for (index, a) in points.iter().enumerate() {
        for b in &points[index + 1..] {
            best = f64::max(best, (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2));
        }
    }
    best.sqrt()
}

fn principal_components(mask: ArrayView2<'_, bool>, spacing: [f64; 2]) -> [f64; 2] {
    let mut count = 0i64;
    let mut sums = [0i64; 2];
    let mut products = [0i64; 3];
    for ((row, column), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
        let (a, b) = (row as i64, column as i64);
        count += 1;
        sums[0] += a;
        sums[1] += b;
        products[0] += a * a;
        products[1] += a * b;
        products[2] += b * b;
    }
    let moment = |product: i64, a: usize, b: usize| {
        let exact = i128::from(count) * i128::from(product) - i128::from(sums[a]) * i128::from(sums[b]);
        exact as f64 / (count as f64 * count as f64) * spacing[a] * spacing[b]
    };
    let off = moment(products[1], 0, 1);
    eigenvalues([[moment(products[0], 0, 0), off], [off, moment(products[2], 1, 1)]])
        .map(|value| if value < 0.0 && value > -1e-10 { 0.0 } else { value })
}

fn sphericity(outline: &Outline) -> f64 {
    2.0 * (std::f64::consts::PI * outline.surface).sqrt() / outline.perimeter
}

type Feature = Row<Outline>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<Outline>] = &numbered([
    Feature::new(
        "Elongation",
        ["", ""],
        "sqrt(l0 / l1)",
        "1 for a disc, 0 for a line",
        |s| (s.eigenvalues[0] / s.eigenvalues[1]).sqrt(),
    ),
    Feature::new("MajorAxisLength", ["", ""], "4 sqrt(l1)", "longest axis in mm", |s| {
        4.0 * s.eigenvalues[1].sqrt()
    }),
    Feature::new(
        "MaximumDiameter",
        ["", ""],
        "max distance of points of the outline",
        "largest diameter in mm",
        |s| s.diameter,
    ),
    Feature::new(
        "MeshSurface",
        ["", ""],
        "A: area inside the outline",
        "area in mm2",
        |s| s.surface,
    ),
    Feature::new("MinorAxisLength", ["", ""], "4 sqrt(l0)", "shortest axis in mm", |s| {
        4.0 * s.eigenvalues[0].sqrt()
    }),
    Feature::new(
        "Perimeter",
        ["", ""],
        "P: length of the outline",
        "circumference in mm",
        |s| s.perimeter,
    ),
    Feature::new(
        "PerimeterSurfaceRatio",
        ["", ""],
        "P / A",
        "circumference for the area, per mm",
        |s| s.perimeter / s.surface,
    ),
    Feature::new(
        "PixelSurface",
        ["", ""],
        "n times the pixel's area",
        "area by counting pixels, in mm2",
        |s| s.pixel_surface,
    ),
    Feature::new(
        "Sphericity",
        ["", ""],
        "2 sqrt(pi A) / P",
        "1 for a disc, less for anything else",
        sphericity,
    ),
    Feature::new(
        "SphericalDisproportion",
        ["", ""],
        "P / (2 sqrt(pi A))",
        "one over sphericity",
        |s| 1.0 / sphericity(s),
    )
    .offer(Offer::Deprecated),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_with_cut_corners() {
        let mask = Array2::from_elem((3, 3), true);
        let outline = Outline::new(mask.view(), [1.0, 1.0]);
        assert!((outline.surface - 8.5).abs() < 1e-12);
        assert!((outline.perimeter - (8.0 + 4.0 * 0.5f64.sqrt())).abs() < 1e-12);
    }
}
