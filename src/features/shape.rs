//! Shape of the region, from its mask alone (IBSI section 3.1).
//!
//! Surface and volume are those of a triangle mesh ([`super::mesh`](mod@super::mesh)), diameters are measured between the
//! mesh's vertices, axis lengths come from the principal components of the voxel centres (covariance of the population,
//! eigenvalues `l0 <= l1 <= l2`).

use ndarray::ArrayView3;

use super::diameter::{Diameters, diameters};
use super::feature::{FeatureInfo, Offer, Row, infos, mean_values};
use super::mesh::{Mesh, mesh};
use super::{FeatureClass, FeatureError, Region};

/// The class `shape`.
pub struct Shape;

impl FeatureClass for Shape {
    fn name(&self) -> &'static str {
        "shape"
    }

    fn about(&self) -> &'static str {
        "size and form of the region"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        super::ibsi::catalogue::extended("shape", infos(FEATURES))
    }

    fn of_mask(&self) -> bool {
        true
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let (mask, spacing) = (region.mask().view(), region.spacing());
        let asks = |names: &[&str]| {
            chosen
                .iter()
                .any(|info| names.iter().any(|name| info.name.contains(name)))
        };
        let form = Form {
            voxel_volume: mask.iter().filter(|&&inside| inside).count() as f64 * region.voxel_volume(),
            mesh: mesh(mask, spacing),
            diameters: if asks(&["Diameter"]) {
                diameters(mask, spacing)
            } else {
                Diameters::default()
            },
            eigenvalues: principal_components(mask, spacing),
        };
        mean_values(self.name(), FEATURES, chosen, &[form])
    }
}

/// What the shape features are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    /// Number of voxels times the volume of one, in cubic millimetres
    pub voxel_volume: f64,
    /// Surface
    pub mesh: Mesh,
    /// Largest distances on the surface
    pub diameters: Diameters,
    /// Of the covariance of the voxel centres, ascending, in square millimetres
    pub eigenvalues: [f64; 3],
}

impl Form {
    fn sphericity(&self) -> f64 {
        (36.0 * std::f64::consts::PI * self.mesh.volume * self.mesh.volume).cbrt() / self.mesh.area
    }
}

/// The length of an axis from its eigenvalue; NaN where that is negative beyond rounding.
fn axis_length(eigenvalue: f64) -> f64 {
    4.0 * eigenvalue.sqrt()
}

/// The eigenvalues of the population covariance of the voxel centres, ascending, in square millimetres.
///
/// The sums of indices and of their products are whole numbers and exact, so a region without extent along an axis has an
/// exact 0 there. Rounding below 0 is set to 0, as PyRadiomics does.
pub fn principal_components(mask: ArrayView3<'_, bool>, spacing: [f64; 3]) -> [f64; 3] {
    let mut count = 0i128;
    let mut sums = [0i128; 3];
    let mut products = [[0i128; 3]; 3];
    for (z, slice) in mask.outer_iter().enumerate() {
        for (y, row) in slice.outer_iter().enumerate() {
            let (mut n, mut sum, mut square) = (0i64, 0i64, 0i64);
            for (x, _) in row.iter().enumerate().filter(|&(_, &inside)| inside) {
                let x = x as i64;
                n += 1;
                sum += x;
                square += x * x;
            }
            let (z, y) = (z as i128, y as i128);
            let (n, sum, square) = (i128::from(n), i128::from(sum), i128::from(square));
            count += n;
            sums[0] += n * z;
            sums[1] += n * y;
            sums[2] += sum;
            products[0][0] += n * z * z;
            products[0][1] += n * z * y;
            products[0][2] += sum * z;
            products[1][1] += n * y * y;
            products[1][2] += sum * y;
            products[2][2] += square;
        }
    }
    let mut covariance = [[0.0; 3]; 3];
    for row in 0..3 {
        for column in row..3 {
            let exact = count * products[row][column] - sums[row] * sums[column];
            let value = exact as f64 / (count * count) as f64 * spacing[row] * spacing[column];
            covariance[row][column] = value;
            covariance[column][row] = value;
        }
    }
    eigenvalues(covariance).map(|value| if value < 0.0 && value > -1e-10 { 0.0 } else { value })
}

/// The eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations.
pub fn eigenvalues<const N: usize>(mut matrix: [[f64; N]; N]) -> [f64; N] {
    for _ in 0..60 {
        let mut rotated = false;
        for p in 0..N {
            for q in p + 1..N {
                let off = matrix[p][q];
                if off.abs() <= f64::EPSILON * 1e-3 * (matrix[p][p] * matrix[q][q]).abs().sqrt() || off == 0.0 {
                    continue;
                }
                rotated = true;
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                for k in 0..N {
                    let (a, b) = (matrix[k][p], matrix[k][q]);
                    matrix[k][p] = cosine * a - sine * b;
                    matrix[k][q] = sine * a + cosine * b;
                }
                for k in 0..N {
                    let (a, b) = (matrix[p][k], matrix[q][k]);
                    matrix[p][k] = cosine * a - sine * b;
                    matrix[q][k] = sine * a + cosine * b;
                }
                matrix[p][q] = 0.0;
                matrix[q][p] = 0.0;
            }
        }
        if !rotated {
            break;
        }
    }
    let mut values = [0.0; N];
    for (index, value) in values.iter_mut().enumerate() {
        *value = matrix[index][index];
    }
    values.sort_by(f64::total_cmp);
    values
}

static FEATURES: &[Row<Form>] = &[
    Row::new(
        "Elongation",
        "Q3CK",
        "sqrt(l1 / l2)",
        "1 for a round cross-section, 0 for a line",
        |s| (s.eigenvalues[1] / s.eigenvalues[2]).sqrt(),
    ),
    Row::new(
        "Flatness",
        "N17B",
        "sqrt(l0 / l2)",
        "1 for a ball, 0 for a plane",
        |s| (s.eigenvalues[0] / s.eigenvalues[2]).sqrt(),
    ),
    Row::new("LeastAxisLength", "7J51", "4 sqrt(l0)", "shortest axis in mm", |s| {
        axis_length(s.eigenvalues[0])
    }),
    Row::new("MajorAxisLength", "TDIC", "4 sqrt(l2)", "longest axis in mm", |s| {
        axis_length(s.eigenvalues[2])
    }),
    Row::new(
        "Maximum2DDiameterColumn",
        "",
        "max distance of vertices at one y",
        "largest diameter in a coronal plane, in mm",
        |s| s.diameters.in_planes[1],
    ),
    Row::new(
        "Maximum2DDiameterRow",
        "",
        "max distance of vertices at one x",
        "largest diameter in a sagittal plane, in mm",
        |s| s.diameters.in_planes[2],
    ),
    Row::new(
        "Maximum2DDiameterSlice",
        "",
        "max distance of vertices at one z",
        "largest diameter in an axial plane, in mm",
        |s| s.diameters.in_planes[0],
    ),
    Row::new(
        "Maximum3DDiameter",
        "L0JK",
        "max distance of vertices",
        "largest diameter in mm",
        |s| s.diameters.whole,
    ),
    Row::new(
        "MeshVolume",
        "RNU0",
        "V: volume inside the mesh",
        "volume in mm3",
        |s| s.mesh.volume,
    ),
    Row::new("MinorAxisLength", "P9VJ", "4 sqrt(l1)", "middle axis in mm", |s| {
        axis_length(s.eigenvalues[1])
    }),
    Row::new(
        "Sphericity",
        "QCFX",
        "(36 pi V^2)^(1/3) / A",
        "1 for a ball, less for anything else",
        Form::sphericity,
    ),
    Row::new("SurfaceArea", "C0JK", "A: area of the mesh", "surface in mm2", |s| {
        s.mesh.area
    }),
    Row::new(
        "SurfaceVolumeRatio",
        "2PR5",
        "A / V",
        "surface for the volume, per mm",
        |s| s.mesh.area / s.mesh.volume,
    ),
    Row::new(
        "VoxelVolume",
        "YEKZ",
        "n times the voxel's volume",
        "volume by counting voxels, in mm3",
        |s| s.voxel_volume,
    ),
    Row::new(
        "Compactness1",
        "SKGS",
        "V / (sqrt(pi) A^1.5)",
        "like a power of sphericity",
        |s: &Form| s.mesh.volume / (s.mesh.area.powf(1.5) * std::f64::consts::PI.sqrt()),
    )
    .offer(Offer::Deprecated),
    Row::new(
        "Compactness2",
        "BQWJ",
        "36 pi V^2 / A^3",
        "sphericity cubed",
        |s: &Form| 36.0 * std::f64::consts::PI * s.mesh.volume.powi(2) / s.mesh.area.powi(3),
    )
    .offer(Offer::Deprecated),
    Row::new(
        "SphericalDisproportion",
        "KRCK",
        "A / (36 pi V^2)^(1/3)",
        "one over sphericity",
        |s: &Form| 1.0 / s.sphericity(),
    )
    .offer(Offer::Deprecated),
];

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn eigenvalues_of_a_matrix_with_known_ones() {
        let found = eigenvalues([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 5.0]]);
        for (value, expected) in found.into_iter().zip([1.0, 3.0, 5.0]) {
            assert!((value - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn a_plane_has_no_least_axis() {
        let mask = Array3::from_elem((1, 4, 5), true);
        assert_eq!(principal_components(mask.view(), [2.0, 1.0, 1.0])[0], 0.0);
    }

    fn form(mask: &Array3<bool>, spacing: [f64; 3]) -> Form {
        Form {
            voxel_volume: 0.0,
            mesh: mesh(mask.view(), spacing),
            diameters: diameters(mask.view(), spacing),
            eigenvalues: principal_components(mask.view(), spacing),
        }
    }

    proptest! {
        #[test]
        fn turning_and_mirroring_change_no_shape(
            bits in prop::collection::vec(prop::bool::weighted(0.6), 3 * 4 * 5),
            spacing in (0.5..3.0f64, 0.5..3.0f64, 0.5..3.0f64),
        ) {
            let mask = Array3::from_shape_vec((3, 4, 5), bits).unwrap();
            prop_assume!(mask.iter().filter(|&&inside| inside).count() > 3);
            let spacing = [spacing.0, spacing.1, spacing.2];
            let reference = form(&mask, spacing);
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-9;
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let turned = mask.clone().permuted_axes(order).as_standard_layout().to_owned();
                let found = form(&turned, order.map(|axis| spacing[axis]));
                prop_assert!(close(found.diameters.whole, reference.diameters.whole));
                for k in 0..3 {
                    prop_assert!(close(found.eigenvalues[k], reference.eigenvalues[k]));
                    prop_assert!(close(found.diameters.in_planes[k], reference.diameters.in_planes[order[k]]));
                }
            }
            for axis in 0..3 {
                let mut mirrored = mask.clone();
                mirrored.invert_axis(ndarray::Axis(axis));
                let found = form(&mirrored.as_standard_layout().to_owned(), spacing);
                prop_assert!(close(found.diameters.whole, reference.diameters.whole));
                for k in 0..3 {
                    prop_assert!(close(found.eigenvalues[k], reference.eigenvalues[k]));
                    prop_assert!(close(found.diameters.in_planes[k], reference.diameters.in_planes[k]));
                }
            }
        }

        #[test]
        fn a_box_keeps_area_and_volume_when_turned(size in (1usize..6, 1usize..6, 1usize..6), spacing in (0.5..3.0f64, 0.5..3.0f64, 0.5..3.0f64)) {
            let mask = Array3::from_elem((size.0, size.1, size.2), true);
            let spacing = [spacing.0, spacing.1, spacing.2];
            let reference = mesh(mask.view(), spacing);
            prop_assert!(reference.volume > 0.0);
            for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let turned = mask.clone().permuted_axes(order).as_standard_layout().to_owned();
                let found = mesh(turned.view(), order.map(|axis| spacing[axis]));
                prop_assert!((found.area - reference.area).abs() < 1e-9 * reference.area);
                prop_assert!((found.volume - reference.volume).abs() < 1e-9 * reference.volume);
            }
        }
    }
}
