//! What can be said of a region's form and of its intensities in it from the definitions alone, without a surface mesh.
//!
//! Reference: IBSI 1 manual, section 3.1.

use std::f64::consts::PI;

use ndarray::Array3;

use super::chain::inside;
use super::measure::{Prepared, Tagged};

/// The values; `volume` and `area` are those of the mesh.
pub fn morphology(region: &Prepared, volume: f64, area: f64) -> Tagged {
    let spacing = region.spacing;
    let places = centres(&region.morphological, spacing);
    let weighted_places = centres(&region.intensity, spacing);
    let values = inside(&region.image, &region.intensity);
    let axes = principal_axes(&places);
    let edges = [0, 1, 2].map(|axis| {
        let along = || places.iter().map(|place| place[axis]);
        along().fold(f64::MIN, f64::max) - along().fold(f64::MAX, f64::min) + spacing[axis]
    });
    let box_volume = edges.iter().product::<f64>();
    let box_area = 2.0 * (edges[0] * edges[1] + edges[0] * edges[2] + edges[1] * edges[2]);
    let ellipsoid_volume = 4.0 / 3.0 * PI * axes.iter().map(|axis| axis / 2.0).product::<f64>();
    let sphericity = (36.0 * PI * volume * volume).cbrt() / area;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let (moran, geary) = autocorrelation(&weighted_places, &values);
    [
        (
            "morph_vol_approx",
            places.len() as f64 * spacing.iter().product::<f64>(),
        ),
        ("morph_av", area / volume),
        ("morph_comp_1", volume / (PI.sqrt() * area.powf(1.5))),
        ("morph_comp_2", 36.0 * PI * volume.powi(2) / area.powi(3)),
        ("morph_sph_dispr", 1.0 / sphericity),
        ("morph_sphericity", sphericity),
        ("morph_asphericity", 1.0 / sphericity - 1.0),
        ("morph_com", centre_shift(&places, &weighted_places, &values)),
        ("morph_diam", diameter(&region.morphological, spacing)),
        ("morph_pca_maj_axis", axes[0]),
        ("morph_pca_min_axis", axes[1]),
        ("morph_pca_least_axis", axes[2]),
        ("morph_pca_elongation", axes[1] / axes[0]),
        ("morph_pca_flatness", axes[2] / axes[0]),
        ("morph_vol_dens_aabb", volume / box_volume),
        ("morph_area_dens_aabb", area / box_area),
        ("morph_vol_dens_aee", volume / ellipsoid_volume),
        ("morph_integ_int", volume * mean),
        ("morph_moran_i", moran),
        ("morph_geary_c", geary),
    ]
    .map(|(tag, value)| (tag.to_owned(), value))
    .to_vec()
}

/// The centres of the voxels of a mask in millimetres, `x, y, z`, in memory order.
fn centres(mask: &Array3<bool>, spacing: [f64; 3]) -> Vec<[f64; 3]> {
    mask.indexed_iter()
        .filter(|(_, inside)| **inside)
        .map(|((z, y, x), _)| [x as f64 * spacing[0], y as f64 * spacing[1], z as f64 * spacing[2]])
        .collect()
}

fn mean_place(places: &[[f64; 3]]) -> [f64; 3] {
    [0, 1, 2].map(|axis| places.iter().map(|place| place[axis]).sum::<f64>() / places.len() as f64)
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt()
}

/// `4 sqrt(eigenvalue)` of the sample covariance, longest first, by Jacobi's rotations.
fn principal_axes(places: &[[f64; 3]]) -> [f64; 3] {
    let mean = mean_place(places);
    let mut covariance = [[0.0; 3]; 3];
    for place in places {
        for row in 0..3 {
            for column in 0..3 {
                covariance[row][column] +=
                    (place[row] - mean[row]) * (place[column] - mean[column]) / (places.len() as f64 - 1.0);
            }
        }
    }
    for _ in 0..30 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            if covariance[p][q] == 0.0 {
                continue;
            }
            let angle = 0.5 * (2.0 * covariance[p][q]).atan2(covariance[q][q] - covariance[p][p]);
            let (sine, cosine) = angle.sin_cos();
            for row in &mut covariance {
                let (a, b) = (row[p], row[q]);
                row[p] = cosine * a - sine * b;
                row[q] = sine * a + cosine * b;
            }
            let (a, b) = (covariance[p], covariance[q]);
            for column in 0..3 {
                covariance[p][column] = cosine * a[column] - sine * b[column];
                covariance[q][column] = sine * a[column] + cosine * b[column];
            }
        }
    }
    let mut lengths = [0, 1, 2].map(|axis| 4.0 * covariance[axis][axis].max(0.0).sqrt());
    lengths.sort_by(|a, b| b.total_cmp(a));
    lengths
}

fn centre_shift(region: &[[f64; 3]], places: &[[f64; 3]], values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    if total == 0.0 {
        return f64::NAN;
    }
    let weighted = [0, 1, 2].map(|axis| {
        let terms = places.iter().zip(values).map(|(place, value)| place[axis] * value);
        terms.sum::<f64>() / total
    });
    distance(mean_place(region), weighted)
}

/// The largest distance between the middles of edges from a voxel inside to a neighbour outside.
fn diameter(mask: &Array3<bool>, spacing: [f64; 3]) -> f64 {
    let mut points = Vec::new();
    for ((z, y, x), _) in mask.indexed_iter().filter(|(_, inside)| **inside) {
        for axis in 0..3 {
            for step in [-1isize, 1] {
                let mut beside = [x as isize, y as isize, z as isize];
                beside[axis] += step;
                let [bx, by, bz] = beside.map(|index| usize::try_from(index).unwrap_or(usize::MAX));
                if mask.get([bz, by, bx]) != Some(&true) {
                    let mut point = [x as f64, y as f64, z as f64];
                    point[axis] += 0.5 * step as f64;
                    points.push([0, 1, 2].map(|axis| point[axis] * spacing[axis]));
                }
            }
        }
    }
    let mut largest = 0.0f64;
    for (index, &a) in points.iter().enumerate() {
        for &b in &points[index + 1..] {
            largest = largest.max(distance(a, b));
        }
    }
    largest
}

/// Moran's I and Geary's C by their double sums.
fn autocorrelation(places: &[[f64; 3]], values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    if squares == 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let (mut weights, mut products, mut differences) = (0.0, 0.0, 0.0);
    for (a, &place) in places.iter().enumerate() {
        for (b, &other) in places.iter().enumerate() {
            if a != b {
                let weight = 1.0 / distance(place, other);
                weights += weight;
                products += weight * (values[a] - mean) * (values[b] - mean);
                differences += weight * (values[a] - values[b]).powi(2);
            }
        }
    }
    (
        n / weights * products / squares,
        (n - 1.0) / (2.0 * weights) * differences / squares,
    )
}
