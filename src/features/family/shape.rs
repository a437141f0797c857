//! Shape of the region, and how intensities lie in it (IBSI section 3.1).
//!
//! Surface `A` and volume `V` are those of a triangle mesh ([`crate::features::shape::mesh`]), diameters are measured between
//! the mesh's vertices, axis lengths come from the principal components of the voxel centres: `l0 <= l1 <= l2` are the
//! eigenvalues of their covariance, divided by `n` in PyRadiomics and by `n - 1` by the IBSI. Form is that of the mask,
//! intensities are those of what resegmentation left of it.

use std::f64::consts::PI;

use super::FeatureClass;
use super::row::{FeatureInfo, Offer, Row, infos, numbered, values};
use crate::features::FeatureError;
use crate::features::region::Region;
use crate::features::shape::form::Form;

/// The class `shape`.
pub struct Shape;

impl FeatureClass for Shape {
    fn name(&self) -> &'static str {
        "shape"
    }

    fn about(&self) -> &'static str {
        "size and form of the region"
    }

    fn section(&self) -> Option<u8> {
        Some(1)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn of_mask(&self) -> bool {
        true
    }

    fn refusal(&self, region: &Region<'_>) -> Option<String> {
        region
            .plane()
            .then(|| "shape: left out, the image is a plane; shape2D measures regions in a plane".to_owned())
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let form = Form::new(
            region.shape_mask(),
            region.shared_mask(),
            region.shared_values(),
            region.spacing(),
            region.rules().covariance,
        );
        Ok(values(FEATURES, chosen, &form))
    }
}

type Feature = Row<Form>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<Form>] = &numbered([
    Feature::new(
        "MeshVolume",
        ["RNU0", "morph_volume"],
        "V: volume inside the mesh",
        "volume in mm3",
        |s| s.mesh().volume,
    ),
    Feature::new(
        "VoxelVolume",
        ["YEKZ", "morph_vol_approx"],
        "n times the voxel's volume",
        "volume by counting voxels, in mm3",
        Form::voxel_volume,
    ),
    Feature::new(
        "SurfaceArea",
        ["C0JK", "morph_area_mesh"],
        "A: area of the mesh",
        "surface in mm2",
        |s| s.mesh().area,
    ),
    Feature::new(
        "SurfaceVolumeRatio",
        ["2PR5", "morph_av"],
        "A / V",
        "surface for the volume, per mm",
        |s| s.mesh().area / s.mesh().volume,
    ),
    Feature::new(
        "Compactness1",
        ["SKGS", "morph_comp_1"],
        "V / (sqrt(pi) A^1.5)",
        "like a power of sphericity",
        |s| s.mesh().volume / (s.mesh().area.powf(1.5) * PI.sqrt()),
    )
    .offer(Offer::Deprecated),
    Feature::new(
        "Compactness2",
        ["BQWJ", "morph_comp_2"],
        "36 pi V^2 / A^3",
        "sphericity cubed",
        |s| 36.0 * PI * s.mesh().volume.powi(2) / s.mesh().area.powi(3),
    )
    .offer(Offer::Deprecated),
    Feature::new(
        "SphericalDisproportion",
        ["KRCK", "morph_sph_dispr"],
        "A / (36 pi V^2)^(1/3)",
        "one over sphericity",
        |s| 1.0 / s.sphericity(),
    )
    .offer(Offer::Deprecated),
    Feature::new(
        "Sphericity",
        ["QCFX", "morph_sphericity"],
        "(36 pi V^2)^(1/3) / A",
        "1 for a ball, less for anything else",
        Form::sphericity,
    ),
    Feature::of_ibsi(
        "Asphericity",
        ["25C7", "morph_asphericity"],
        "(A^3 / (36 pi V^2))^(1/3) - 1",
        "Asphericity",
        |s| 1.0 / s.sphericity() - 1.0,
    ),
    Feature::of_ibsi(
        "CentreOfMassShift",
        ["KLMA", "morph_com"],
        "distance of the geometric centre from the centre weighted by intensity",
        "Centre of mass shift",
        Form::centre_shift,
    ),
    Feature::new(
        "Maximum3DDiameter",
        ["L0JK", "morph_diam"],
        "max distance of vertices",
        "largest diameter in mm",
        |s| s.diameters().whole,
    ),
    Feature::new(
        "MajorAxisLength",
        ["TDIC", "morph_pca_maj_axis"],
        "4 sqrt(l2)",
        "longest axis in mm",
        |s| s.axis_length(2),
    ),
    Feature::new(
        "MinorAxisLength",
        ["P9VJ", "morph_pca_min_axis"],
        "4 sqrt(l1)",
        "middle axis in mm",
        |s| s.axis_length(1),
    ),
    Feature::new(
        "LeastAxisLength",
        ["7J51", "morph_pca_least_axis"],
        "4 sqrt(l0)",
        "shortest axis in mm",
        |s| s.axis_length(0),
    ),
    Feature::new(
        "Elongation",
        ["Q3CK", "morph_pca_elongation"],
        "sqrt(l1 / l2)",
        "1 for a round cross-section, 0 for a line",
        |s| (s.eigenvalue(1) / s.eigenvalue(2)).sqrt(),
    ),
    Feature::new(
        "Flatness",
        ["N17B", "morph_pca_flatness"],
        "sqrt(l0 / l2)",
        "1 for a ball, 0 for a plane",
        |s| (s.eigenvalue(0) / s.eigenvalue(2)).sqrt(),
    ),
    Feature::of_ibsi(
        "VolumeDensityAxisAlignedBox",
        ["PBX1", "morph_vol_dens_aabb"],
        "V / volume of the box around the region",
        "Volume density (axis-aligned bounding box)",
        |s| s.volume_density(Some(s.aligned_box())),
    ),
    Feature::of_ibsi(
        "AreaDensityAxisAlignedBox",
        ["R59B", "morph_area_dens_aabb"],
        "A / surface of the box around the region",
        "Area density (axis-aligned bounding box)",
        |s| s.area_density(Some(s.aligned_box())),
    ),
    Feature::of_ibsi(
        "VolumeDensityOrientedBox",
        ["ZH1A", "morph_vol_dens_ombb"],
        "V / volume of the smallest box; no consensus value exists",
        "Volume density (oriented minimum bounding box)",
        |s| s.volume_density(s.oriented_box()),
    ),
    Feature::of_ibsi(
        "AreaDensityOrientedBox",
        ["IQYR", "morph_area_dens_ombb"],
        "A / surface of the smallest box; no consensus value exists",
        "Area density (oriented minimum bounding box)",
        |s| s.area_density(s.oriented_box()),
    ),
    Feature::of_ibsi(
        "VolumeDensityEllipsoid",
        ["6BDE", "morph_vol_dens_aee"],
        "V / volume of the principal ellipsoid",
        "Volume density (approximate enclosing ellipsoid)",
        |s| s.volume_density(Some(s.principal_ellipsoid())),
    ),
    Feature::of_ibsi(
        "AreaDensityEllipsoid",
        ["RDD2", "morph_area_dens_aee"],
        "A / surface of the principal ellipsoid",
        "Area density (approximate enclosing ellipsoid)",
        |s| s.area_density(Some(s.principal_ellipsoid())),
    ),
    Feature::of_ibsi(
        "VolumeDensityEnclosingEllipsoid",
        ["SWZ1", "morph_vol_dens_mvee"],
        "V / volume of the smallest ellipsoid around the region; no consensus value exists",
        "Volume density (minimum volume enclosing ellipsoid)",
        |s| s.volume_density(s.enclosing_ellipsoid()),
    ),
    Feature::of_ibsi(
        "AreaDensityEnclosingEllipsoid",
        ["BRI8", "morph_area_dens_mvee"],
        "A / surface of the smallest ellipsoid around the region; no consensus value exists",
        "Area density (minimum volume enclosing ellipsoid)",
        |s| s.area_density(s.enclosing_ellipsoid()),
    ),
    Feature::of_ibsi(
        "VolumeDensityConvexHull",
        ["R3ER", "morph_vol_dens_conv_hull"],
        "V / volume of the convex hull",
        "Volume density (convex hull)",
        |s| s.volume_density(s.hull_solid()),
    ),
    Feature::of_ibsi(
        "AreaDensityConvexHull",
        ["7T7F", "morph_area_dens_conv_hull"],
        "A / surface of the convex hull",
        "Area density (convex hull)",
        |s| s.area_density(s.hull_solid()),
    ),
    Feature::of_ibsi(
        "IntegratedIntensity",
        ["99N0", "morph_integ_int"],
        "V times mean intensity",
        "Integrated intensity",
        |s| s.mesh().volume * s.mean_intensity(),
    ),
    Feature::of_ibsi(
        "MoranI",
        ["N365", "morph_moran_i"],
        "n / sum w * sum w (x_k - mean)(x_l - mean) / sum (x_k - mean)^2, w = 1 / distance",
        "Moran’s I index",
        |s| s.autocorrelation().moran,
    ),
    Feature::of_ibsi(
        "GearyC",
        ["NPT7", "morph_geary_c"],
        "(n - 1) / (2 sum w) * sum w (x_k - x_l)^2 / sum (x_k - mean)^2, w = 1 / distance",
        "Geary’s C measure",
        |s| s.autocorrelation().geary,
    ),
    Feature::new(
        "Maximum2DDiameterColumn",
        ["", ""],
        "max distance of vertices at one y",
        "largest diameter in a coronal plane, in mm",
        |s| s.diameters().in_planes[1],
    ),
    Feature::new(
        "Maximum2DDiameterRow",
        ["", ""],
        "max distance of vertices at one x",
        "largest diameter in a sagittal plane, in mm",
        |s| s.diameters().in_planes[2],
    ),
    Feature::new(
        "Maximum2DDiameterSlice",
        ["", ""],
        "max distance of vertices at one z",
        "largest diameter in an axial plane, in mm",
        |s| s.diameters().in_planes[0],
    ),
]);
