//! The grid of an image in the world: size, spacing, origin and direction, as ITK has them.

use super::inverse::inverse;

/// A regular grid in LPS millimetres. All arrays are in `x, y, z` order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometry {
    /// Number of voxels along each axis.
    pub size: [usize; 3],
    /// Distance between voxel centres along each axis in millimetres, positive.
    pub spacing: [f64; 3],
    /// World position of the centre of voxel (0, 0, 0).
    pub origin: [f64; 3],
    /// Direction cosines: `direction[row][column]`, where column `k` is the unit vector of grid axis `k` in the world.
    pub direction: [[f64; 3]; 3],
}

/// The direction matrix of a grid whose axes are those of the world.
pub const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl Geometry {
    /// The number of voxels.
    pub fn voxels(&self) -> usize {
        self.size.iter().product()
    }

    /// The volume of one voxel in cubic millimetres.
    pub fn voxel_volume(&self) -> f64 {
        self.spacing.iter().product()
    }

    /// The world position of a continuous index.
    pub fn index_to_world(&self, index: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|row| {
            let mut position = 0.0;
            for axis in 0..3 {
                position += self.direction[row][axis] * self.spacing[axis] * index[axis];
            }
            self.origin[row] + position
        })
    }

    /// The world position of a voxel's centre. ITK sums from the origin on, in another order than for a continuous index.
    pub fn voxel_to_world(&self, index: [usize; 3]) -> [f64; 3] {
        [0, 1, 2].map(|row| {
            (0..3).fold(self.origin[row], |position, axis| {
                position + self.direction[row][axis] * self.spacing[axis] * index[axis] as f64
            })
        })
    }

    /// The continuous index of a world position; `None` where the direction matrix is singular.
    pub fn world_to_index(&self, position: [f64; 3]) -> Option<[f64; 3]> {
        self.locator().map(|locator| locator.index(position))
    }

    /// Finds the continuous indices of many world positions; `None` where the direction matrix is singular.
    pub fn locator(&self) -> Option<Locator> {
        let matrix = [0, 1, 2].map(|row| [0, 1, 2].map(|axis| self.direction[row][axis] * self.spacing[axis]));
        Some(Locator {
            inverse: inverse(&matrix)?,
            origin: self.origin,
        })
    }

    /// The grid of an index box of this grid.
    pub fn crop(&self, part: &IndexBox) -> Geometry {
        Geometry {
            size: part.size,
            origin: self.voxel_to_world(part.start),
            ..*self
        }
    }
}

/// Finds continuous indices in one grid.
#[derive(Debug, Clone, Copy)]
pub struct Locator {
    inverse: [[f64; 3]; 3],
    origin: [f64; 3],
}

impl Locator {
    /// The continuous index of a world position.
    pub fn index(&self, position: [f64; 3]) -> [f64; 3] {
        let offset = [0, 1, 2].map(|axis| position[axis] - self.origin[axis]);
        self.inverse
            .map(|row| row.iter().zip(offset).map(|(entry, offset)| entry * offset).sum())
    }
}

/// A box of voxels in index space, `x, y, z` order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexBox {
    /// First index along each axis.
    pub start: [usize; 3],
    /// Number of voxels along each axis.
    pub size: [usize; 3],
}

impl IndexBox {
    /// One past the last index along each axis.
    pub fn end(&self) -> [usize; 3] {
        [0, 1, 2].map(|axis| self.start[axis] + self.size[axis])
    }

    /// The smallest box around two.
    pub fn union(&self, other: &IndexBox) -> IndexBox {
        let start = [0, 1, 2].map(|axis| self.start[axis].min(other.start[axis]));
        IndexBox {
            start,
            size: [0, 1, 2].map(|axis| self.end()[axis].max(other.end()[axis]) - start[axis]),
        }
    }

    /// The box and a margin of voxels around it, as far as a grid of this size goes.
    pub fn widened(&self, margin: usize, size: [usize; 3]) -> IndexBox {
        let start = self.start.map(|start| start.saturating_sub(margin));
        let end = self.end();
        IndexBox {
            start,
            size: [0, 1, 2].map(|axis| {
                end[axis]
                    .saturating_add(margin)
                    .min(size[axis])
                    .saturating_sub(start[axis])
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_position_comes_back_to_its_index() {
        let geometry = Geometry {
            size: [4, 5, 6],
            spacing: [0.7, 0.9, 2.5],
            origin: [-10.0, 3.0, 7.5],
            direction: [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        };
        let index = geometry
            .world_to_index(geometry.index_to_world([1.0, 2.5, 3.0]))
            .unwrap();
        for (got, expected) in index.into_iter().zip([1.0, 2.5, 3.0]) {
            assert!((got - expected).abs() < 1e-12);
        }
    }
}
