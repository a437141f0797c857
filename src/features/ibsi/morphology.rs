//! Morphology (HCUG): size and shape of the region, and how intensities lie in it.
//!
//! The surface is the mesh of the morphological mask; intensities are those of the intensity mask. Symbols: `V`, `A` volume and
//! surface of the mesh; `a >= b >= c` semi-axes of the principal ellipsoid, from the sample covariance (n - 1) of the voxel
//! centres (PyRadiomics divides by n). Reference: IBSI 1 manual, section 3.1.

use std::f64::consts::PI;

use ndarray::{Array2, Array3};

use super::Row;
use super::chain::inside;
use super::convex_hull::{ConvexHull, hull_of_surface};
use super::enclosure::{Extent, cuboid, ellipsoid, smallest_box, smallest_ellipsoid};
use super::spatial::{Autocorrelation, autocorrelation};
use crate::features::mesh::mesh;

/// What the features of morphology are computed from.
#[derive(Debug, Clone)]
pub struct Morphology {
    surface: Extent,
    voxel_volume: f64,
    hull: Option<ConvexHull>,
    /// Full lengths of the principal axes, longest first
    axes: [f64; 3],
    box_edges: [f64; 3],
    centre_shift: f64,
    mean_intensity: f64,
    oriented_box: Option<Extent>,
    enclosing_ellipsoid: Option<Extent>,
    autocorrelation: Autocorrelation,
}

type Feature = Row<Morphology>;

/// The features of morphology in the order of the manual.
pub static MORPHOLOGY: &[Feature] = &[
    Feature::new("MeshVolume", "morph_volume", "RNU0", "V", |m| m.surface.volume).twin("shape_MeshVolume"),
    Feature::new(
        "VoxelVolume",
        "morph_vol_approx",
        "YEKZ",
        "voxels times voxel volume",
        |m| m.voxel_volume,
    )
    .twin("shape_VoxelVolume"),
    Feature::new("SurfaceArea", "morph_area_mesh", "C0JK", "A", |m| m.surface.area).twin("shape_SurfaceArea"),
    Feature::new("SurfaceVolumeRatio", "morph_av", "2PR5", "A / V", |m| {
        m.surface.area / m.surface.volume
    })
    .twin("shape_SurfaceVolumeRatio"),
    Feature::new("Compactness1", "morph_comp_1", "SKGS", "V / (sqrt(pi) A^1.5)", |m| {
        m.surface.volume / (PI.sqrt() * m.surface.area.powf(1.5))
    })
    .twin("shape_Compactness1"),
    Feature::new("Compactness2", "morph_comp_2", "BQWJ", "36 pi V^2 / A^3", |m| {
        36.0 * PI * m.surface.volume.powi(2) / m.surface.area.powi(3)
    })
    .twin("shape_Compactness2"),
    Feature::new(
        "SphericalDisproportion",
        "morph_sph_dispr",
        "KRCK",
        "A / (36 pi V^2)^(1/3)",
        |m| 1.0 / m.sphericity(),
    )
    .twin("shape_SphericalDisproportion"),
    Feature::new(
        "Sphericity",
        "morph_sphericity",
        "QCFX",
        "(36 pi V^2)^(1/3) / A",
        Morphology::sphericity,
    )
    .twin("shape_Sphericity"),
    Feature::new(
        "Asphericity",
        "morph_asphericity",
        "25C7",
        "(A^3 / (36 pi V^2))^(1/3) - 1",
        |m| 1.0 / m.sphericity() - 1.0,
    ),
    Feature::new(
        "CentreOfMassShift",
        "morph_com",
        "KLMA",
        "distance of the geometric centre from the centre weighted by intensity",
        |m| m.centre_shift,
    ),
    Feature::new(
        "Maximum3DDiameter",
        "morph_diam",
        "L0JK",
        "largest distance of two vertices of the mesh",
        |m| m.of_hull(ConvexHull::diameter),
    )
    .twin("shape_Maximum3DDiameter"),
    Feature::new("MajorAxisLength", "morph_pca_maj_axis", "TDIC", "2 a", |m| m.axes[0]).twin("shape_MajorAxisLength"),
    Feature::new("MinorAxisLength", "morph_pca_min_axis", "P9VJ", "2 b", |m| m.axes[1]).twin("shape_MinorAxisLength"),
    Feature::new("LeastAxisLength", "morph_pca_least_axis", "7J51", "2 c", |m| m.axes[2]).twin("shape_LeastAxisLength"),
    Feature::new("Elongation", "morph_pca_elongation", "Q3CK", "b / a", |m| {
        m.axes[1] / m.axes[0]
    })
    .twin("shape_Elongation"),
    Feature::new("Flatness", "morph_pca_flatness", "N17B", "c / a", |m| {
        m.axes[2] / m.axes[0]
    })
    .twin("shape_Flatness"),
    Feature::new(
        "VolumeDensityAxisAlignedBox",
        "morph_vol_dens_aabb",
        "PBX1",
        "V / volume of the box around the region",
        |m| m.volume_density(Some(cuboid(m.box_edges))),
    ),
    Feature::new(
        "AreaDensityAxisAlignedBox",
        "morph_area_dens_aabb",
        "R59B",
        "A / surface of the box around the region",
        |m| m.area_density(Some(cuboid(m.box_edges))),
    ),
    Feature::new(
        "VolumeDensityOrientedBox",
        "morph_vol_dens_ombb",
        "ZH1A",
        "V / volume of the smallest box; no consensus value exists",
        |m| m.volume_density(m.oriented_box),
    ),
    Feature::new(
        "AreaDensityOrientedBox",
        "morph_area_dens_ombb",
        "IQYR",
        "A / surface of the smallest box; no consensus value exists",
        |m| m.area_density(m.oriented_box),
    ),
    Feature::new(
        "VolumeDensityEllipsoid",
        "morph_vol_dens_aee",
        "6BDE",
        "V / volume of the principal ellipsoid",
        |m| m.volume_density(Some(m.principal_ellipsoid())),
    ),
    Feature::new(
        "AreaDensityEllipsoid",
        "morph_area_dens_aee",
        "RDD2",
        "A / surface of the principal ellipsoid",
        |m| m.area_density(Some(m.principal_ellipsoid())),
    ),
    Feature::new(
        "VolumeDensityEnclosingEllipsoid",
        "morph_vol_dens_mvee",
        "SWZ1",
        "V / volume of the smallest ellipsoid around the region; no consensus value exists",
        |m| m.volume_density(m.enclosing_ellipsoid),
    ),
    Feature::new(
        "AreaDensityEnclosingEllipsoid",
        "morph_area_dens_mvee",
        "BRI8",
        "A / surface of the smallest ellipsoid around the region; no consensus value exists",
        |m| m.area_density(m.enclosing_ellipsoid),
    ),
    Feature::new(
        "VolumeDensityConvexHull",
        "morph_vol_dens_conv_hull",
        "R3ER",
        "V / volume of the convex hull",
        |m| m.surface.volume / m.of_hull(ConvexHull::volume),
    ),
    Feature::new(
        "AreaDensityConvexHull",
        "morph_area_dens_conv_hull",
        "7T7F",
        "A / surface of the convex hull",
        |m| m.surface.area / m.of_hull(ConvexHull::area),
    ),
    Feature::new(
        "IntegratedIntensity",
        "morph_integ_int",
        "99N0",
        "V times mean intensity",
        |m| m.surface.volume * m.mean_intensity,
    ),
    Feature::new(
        "MoranI",
        "morph_moran_i",
        "N365",
        "n / sum w * sum w (x_k - mean)(x_l - mean) / sum (x_k - mean)^2, w = 1 / distance",
        |m| m.autocorrelation.moran,
    ),
    Feature::new(
        "GearyC",
        "morph_geary_c",
        "NPT7",
        "(n - 1) / (2 sum w) * sum w (x_k - x_l)^2 / sum (x_k - mean)^2, w = 1 / distance",
        |m| m.autocorrelation.geary,
    ),
];

impl Morphology {
    /// Measures a region: image, morphological and intensity mask of its box (`[z, y, x]`); spacing in millimetres `x, y, z`.
    pub fn new(image: &Array3<f64>, morphological: &Array3<bool>, intensity: &Array3<bool>, spacing: [f64; 3]) -> Self {
        let mesh = mesh(morphological.view(), [spacing[2], spacing[1], spacing[0]]);
        let places = centres(morphological, spacing);
        let hull = hull_of_surface(morphological, spacing);
        let values = inside(image, intensity);
        Self {
            surface: Extent {
                volume: mesh.volume,
                area: mesh.area,
            },
            voxel_volume: places.len() as f64 * spacing.iter().product::<f64>(),
            axes: principal_axes(&places),
            box_edges: box_edges(morphological, spacing),
            centre_shift: centre_shift(&places, &centres(intensity, spacing), &values),
            mean_intensity: values.iter().sum::<f64>() / values.len() as f64,
            oriented_box: hull.as_ref().and_then(smallest_box),
            enclosing_ellipsoid: hull.as_ref().and_then(smallest_ellipsoid),
            hull,
            autocorrelation: autocorrelation(image, intensity, spacing),
        }
    }

    fn sphericity(&self) -> f64 {
        (36.0 * PI * self.surface.volume.powi(2)).cbrt() / self.surface.area
    }

    fn principal_ellipsoid(&self) -> Extent {
        ellipsoid(self.axes.map(|axis| axis / 2.0))
    }

    fn of_hull(&self, measure: impl Fn(&ConvexHull) -> f64) -> f64 {
        self.hull.as_ref().map_or(f64::NAN, measure)
    }

    fn volume_density(&self, body: Option<Extent>) -> f64 {
        body.map_or(f64::NAN, |body| self.surface.volume / body.volume)
    }

    fn area_density(&self, body: Option<Extent>) -> f64 {
        body.map_or(f64::NAN, |body| self.surface.area / body.area)
    }
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

/// `4 sqrt(eigenvalue)` of the sample covariance, longest first; NaN for fewer than two voxels.
fn principal_axes(places: &[[f64; 3]]) -> [f64; 3] {
    if places.len() < 2 {
        return [f64::NAN; 3];
    }
    let mean = mean_place(places);
    let mut covariance = Array2::<f64>::zeros((3, 3));
    for place in places {
        for row in 0..3 {
            for column in 0..3 {
                covariance[[row, column]] += (place[row] - mean[row]) * (place[column] - mean[column]);
            }
        }
    }
    covariance /= places.len() as f64 - 1.0;
    let (values, _) = crate::stats::base::linalg::symmetric_eigen(covariance.view());
    let mut lengths = [0, 1, 2].map(|axis| 4.0 * values[axis].max(0.0).sqrt());
    lengths.sort_by(|a, b| b.total_cmp(a));
    lengths
}

fn box_edges(mask: &Array3<bool>, spacing: [f64; 3]) -> [f64; 3] {
    let mut low = [usize::MAX; 3];
    let mut high = [0; 3];
    for ((z, y, x), &inside) in mask.indexed_iter() {
        if inside {
            for (axis, index) in [x, y, z].into_iter().enumerate() {
                low[axis] = low[axis].min(index);
                high[axis] = high[axis].max(index + 1);
            }
        }
    }
    [0, 1, 2].map(|axis| high[axis].saturating_sub(low[axis]) as f64 * spacing[axis])
}

fn centre_shift(region: &[[f64; 3]], places: &[[f64; 3]], values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    let geometric = mean_place(region);
    let weighted = [0, 1, 2].map(|axis| {
        places
            .iter()
            .zip(values)
            .map(|(place, value)| place[axis] * value)
            .sum::<f64>()
            / total
    });
    (0..3)
        .map(|axis| (geometric[axis] - weighted[axis]).powi(2))
        .sum::<f64>()
        .sqrt()
}
