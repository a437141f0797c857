//! The grid of an image in the world: size, spacing, origin and direction, as ITK has them.

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

    /// The continuous index of a world position; `None` where the direction matrix is singular.
    pub fn world_to_index(&self, position: [f64; 3]) -> Option<[f64; 3]> {
        let matrix = [0, 1, 2].map(|row| [0, 1, 2].map(|axis| self.direction[row][axis] * self.spacing[axis]));
        let inverse = invert(&matrix)?;
        let offset = [0, 1, 2].map(|axis| position[axis] - self.origin[axis]);
        Some([0, 1, 2].map(|row| (0..3).map(|axis| inverse[row][axis] * offset[axis]).sum()))
    }

    /// The grid of an index box of this grid.
    pub fn crop(&self, part: &IndexBox) -> Geometry {
        Geometry {
            size: part.size,
            origin: self.index_to_world(part.start.map(|start| start as f64)),
            ..*self
        }
    }
}

/// The inverse of a 3 x 3 matrix by cofactors; `None` where it is singular.
///
/// A matrix with one entry in each row and column is inverted entry by entry, which is exact where ITK's inverse is.
pub fn invert(matrix: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let m = matrix;
    if let Some(inverse) = invert_axes(m) {
        return Some(inverse);
    }
    let cofactor = |row: usize, column: usize| {
        let (r1, r2) = ((row + 1) % 3, (row + 2) % 3);
        let (c1, c2) = ((column + 1) % 3, (column + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|column| m[0][column] * cofactor(0, column)).sum();
    if determinant == 0.0 || !determinant.is_finite() {
        return None;
    }
    Some([0, 1, 2].map(|row| [0, 1, 2].map(|column| cofactor(column, row) / determinant)))
}

/// The inverse of a matrix with exactly one entry in each row and column.
fn invert_axes(matrix: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut inverse = [[0.0; 3]; 3];
    let mut used = [false; 3];
    for (row, entries) in matrix.iter().enumerate() {
        let mut filled = (0..3).filter(|&column| entries[column] != 0.0);
        let column = filled.next()?;
        if filled.next().is_some() || std::mem::replace(&mut used[column], true) {
            return None;
        }
        inverse[column][row] = 1.0 / entries[column];
    }
    inverse
        .iter()
        .flatten()
        .all(|value| value.is_finite())
        .then_some(inverse)
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
