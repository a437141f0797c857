//! The form of a region, and how intensities lie in it.

use std::cell::OnceCell;
use std::f64::consts::PI;
use std::sync::Arc;

use ndarray::Array3;

use super::autocorrelation::{Autocorrelation, autocorrelation};
use super::convex_hull::{ConvexHull, hull_of_surface};
use super::diameter::{Diameters, diameters};
use super::enclosure::{Solid, cuboid, ellipsoid, smallest_box, smallest_ellipsoid};
use super::mesh::{Mesh, mesh};
use super::principal_axes::principal_components;
use crate::features::convention::Covariance;

/// What the shape features are made of; each part is measured when a feature first asks for it.
#[derive(Debug)]
pub struct Form {
    mask: Arc<Array3<bool>>,
    /// The voxels whose intensities count
    intensity_mask: Arc<Array3<bool>>,
    intensities: Arc<Array3<f64>>,
    /// In millimetres along `z, y, x`
    spacing: [f64; 3],
    covariance: Covariance,
    voxels: f64,
    mesh: OnceCell<Mesh>,
    diameters: OnceCell<Diameters>,
    /// Of the covariance of the voxel centres, ascending, in square millimetres
    eigenvalues: OnceCell<[f64; 3]>,
    hull: OnceCell<Option<ConvexHull>>,
    oriented_box: OnceCell<Option<Solid>>,
    enclosing_ellipsoid: OnceCell<Option<Solid>>,
    autocorrelation: OnceCell<Autocorrelation>,
}

impl Form {
    /// From the mask of the form, that of the intensities and the intensities, all of one box and indexed `[z, y, x]`;
    /// `spacing` is in millimetres along `z, y, x`.
    pub fn new(
        mask: Arc<Array3<bool>>,
        intensity_mask: Arc<Array3<bool>>,
        intensities: Arc<Array3<f64>>,
        spacing: [f64; 3],
        covariance: Covariance,
    ) -> Self {
        Self {
            voxels: mask.iter().filter(|&&inside| inside).count() as f64,
            mask,
            intensity_mask,
            intensities,
            spacing,
            covariance,
            mesh: OnceCell::new(),
            diameters: OnceCell::new(),
            eigenvalues: OnceCell::new(),
            hull: OnceCell::new(),
            oriented_box: OnceCell::new(),
            enclosing_ellipsoid: OnceCell::new(),
            autocorrelation: OnceCell::new(),
        }
    }

    /// The surface.
    pub fn mesh(&self) -> &Mesh {
        self.mesh.get_or_init(|| mesh(self.mask.view(), self.spacing))
    }

    /// The largest distances on the surface.
    pub fn diameters(&self) -> &Diameters {
        self.diameters.get_or_init(|| diameters(self.mask.view(), self.spacing))
    }

    /// An eigenvalue of the covariance of the voxel centres, from the smallest (0) on, in square millimetres.
    pub fn eigenvalue(&self, order: usize) -> f64 {
        self.eigenvalues.get_or_init(|| {
            let found = principal_components(self.mask.view(), self.spacing);
            match self.covariance {
                Covariance::Population => found,
                Covariance::Sample => found.map(|value| value * self.voxels / (self.voxels - 1.0)),
            }
        })[order]
    }

    /// The length of an axis, from the shortest (0) on; NaN where its eigenvalue is negative beyond rounding.
    pub fn axis_length(&self, order: usize) -> f64 {
        4.0 * self.eigenvalue(order).sqrt()
    }

    fn hull(&self) -> Option<&ConvexHull> {
        self.hull
            .get_or_init(|| hull_of_surface(&self.mask, self.spacing_from_x()))
            .as_ref()
    }

    /// Moran's I and Geary's C of the intensities.
    pub fn autocorrelation(&self) -> &Autocorrelation {
        self.autocorrelation
            .get_or_init(|| autocorrelation(&self.intensities, &self.intensity_mask, self.spacing_from_x()))
    }

    /// In millimetres along `x, y, z`
    fn spacing_from_x(&self) -> [f64; 3] {
        let [z, y, x] = self.spacing;
        [x, y, z]
    }

    /// Number of voxels times the volume of one, in cubic millimetres.
    pub fn voxel_volume(&self) -> f64 {
        self.voxels * self.spacing.iter().product::<f64>()
    }

    /// `(36 pi V^2)^(1/3) / A`
    pub fn sphericity(&self) -> f64 {
        let Mesh { area, volume } = *self.mesh();
        (36.0 * PI * volume * volume).cbrt() / area
    }

    /// The ellipsoid with the axis lengths of the principal components.
    pub fn principal_ellipsoid(&self) -> Solid {
        ellipsoid([2, 1, 0].map(|order| self.axis_length(order) / 2.0))
    }

    /// The box around the region along the axes of the grid.
    pub fn aligned_box(&self) -> Solid {
        let mut ends = [(usize::MAX, 0); 3];
        for ((z, y, x), _) in self.mask.indexed_iter().filter(|&(_, &inside)| inside) {
            for ((low, high), index) in ends.iter_mut().zip([z, y, x]) {
                *low = index.min(*low);
                *high = (index + 1).max(*high);
            }
        }
        cuboid([0, 1, 2].map(|axis| ends[axis].1.saturating_sub(ends[axis].0) as f64 * self.spacing[axis]))
    }

    /// The smallest box around the surface; `None` without a hull.
    pub fn oriented_box(&self) -> Option<Solid> {
        *self.oriented_box.get_or_init(|| self.hull().and_then(smallest_box))
    }

    /// The smallest ellipsoid around the surface; `None` without a hull.
    pub fn enclosing_ellipsoid(&self) -> Option<Solid> {
        *self
            .enclosing_ellipsoid
            .get_or_init(|| self.hull().and_then(smallest_ellipsoid))
    }

    /// The convex hull; `None` where it has no volume.
    pub fn hull_solid(&self) -> Option<Solid> {
        self.hull().map(|hull| Solid {
            volume: hull.volume(),
            area: hull.area(),
        })
    }

    /// The volume as a share of that of a body around it; NaN without one.
    pub fn volume_density(&self, body: Option<Solid>) -> f64 {
        body.map_or(f64::NAN, |body| self.mesh().volume / body.volume)
    }

    /// The area as a share of that of a body around it; NaN without one.
    pub fn area_density(&self, body: Option<Solid>) -> f64 {
        body.map_or(f64::NAN, |body| self.mesh().area / body.area)
    }

    /// Mean of the intensities.
    pub fn mean_intensity(&self) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (value, _) in self
            .intensities
            .iter()
            .zip(self.intensity_mask.iter())
            .filter(|&(_, &inside)| inside)
        {
            sum += value;
            count += 1.0;
        }
        sum / count
    }

    /// The distance of the geometric centre from the centre weighted by intensity, in millimetres; NaN where the
    /// intensities add up to 0.
    pub fn centre_shift(&self) -> f64 {
        let mut geometric = [0.0; 3];
        let mut weighted = [0.0; 3];
        let mut total = 0.0;
        for ((z, y, x), &inside) in self.mask.indexed_iter() {
            let place = [z, y, x];
            if inside {
                for (sum, index) in geometric.iter_mut().zip(place) {
                    *sum += index as f64;
                }
            }
            if self.intensity_mask[place] {
                let value = self.intensities[place];
                total += value;
                for (sum, index) in weighted.iter_mut().zip(place) {
                    *sum += index as f64 * value;
                }
            }
        }
        if total == 0.0 {
            return f64::NAN;
        }
        (0..3)
            .map(|axis| ((geometric[axis] / self.voxels - weighted[axis] / total) * self.spacing[axis]).powi(2))
            .sum::<f64>()
            .sqrt()
    }
}
