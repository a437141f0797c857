//! The IBSI's digital phantom, built in.
//!
//! 5 x 4 x 4 voxels of 2 mm, 74 of them in the region; one of the six outside holds a 9, which must not leak into any feature.
//! Image biomarker standardisation initiative, CC BY 4.0.

use ndarray::Array3;

use crate::volume::Geometry;
use crate::volume::geometry::IDENTITY;

/// Grey levels, `[z][y][x]`.
const IMAGE: [[[u8; 5]; 4]; 4] = [
    [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
    [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [1, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
    [[1, 4, 4, 1, 1], [1, 1, 1, 1, 1], [1, 1, 9, 1, 1], [1, 1, 6, 1, 1]],
    [[1, 4, 4, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
];

/// The voxels `[z, y, x]` outside the region.
const OUTSIDE: [[usize; 3]; 6] = [[1, 2, 0], [2, 0, 3], [2, 0, 4], [2, 2, 2], [3, 0, 3], [3, 0, 4]];

/// The grid of the phantom.
pub fn geometry() -> Geometry {
    Geometry {
        size: [5, 4, 4],
        spacing: [2.0; 3],
        origin: [0.0; 3],
        direction: IDENTITY,
    }
}

/// The intensities, indexed `[z, y, x]`.
pub fn image() -> Array3<f64> {
    Array3::from_shape_fn((4, 4, 5), |(z, y, x)| f64::from(IMAGE[z][y][x]))
}

/// The region, indexed `[z, y, x]`.
pub fn mask() -> Array3<bool> {
    Array3::from_shape_fn((4, 4, 5), |(z, y, x)| !OUTSIDE.contains(&[z, y, x]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_has_74_voxels_and_not_the_nine() {
        let values = crate::features::region::resegment::inside(&image(), &mask());
        assert_eq!(values.len(), 74);
        assert!(!values.contains(&9.0));
    }
}
