//! From intensities to grey levels, and the padded array of levels that every texture matrix is counted from.
//!
//! PyRadiomics' rules (IBSI's differ in the origin of the bins, [`Origin`]): with a bin width `w` the edges are
//! `low + k w`, where `low` is the largest multiple of `w` that is not above the region's minimum; with a bin count `n`
//! they divide `[min, max]` evenly and the maximum falls into the last bin. A value on an edge belongs to the bin above.
//! Levels start at 1.

use super::settings::Binning;

/// Where the first bin begins when bins have a fixed width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin {
    /// At the largest multiple of the width that is not above the minimum (PyRadiomics)
    Multiple,
    /// At a given intensity, such as the lower bound of the resegmentation range or the minimum (IBSI)
    At(f64),
}

/// The edges of the bins.
#[derive(Debug, Clone, PartialEq)]
pub enum Edges {
    /// `low + k * step` for `k = 0, 1, …`
    Regular {
        /// the first edge
        low: f64,
        /// the second edge, from which the spacing of the others follows as it does in numpy's `arange`
        next: f64,
        /// the width asked for
        width: f64,
    },
    /// Every edge, ascending; the last bin holds everything from its lower edge on
    Listed(Vec<f64>),
}

impl Edges {
    /// The edges for values between `minimum` and `maximum`.
    ///
    /// `single` says that the image is stored in single precision: numpy then keeps the edges of a bin count in it.
    pub fn new(binning: Binning, origin: Origin, minimum: f64, maximum: f64, single: bool) -> Self {
        match binning {
            Binning::Width(width) => {
                let low = match origin {
                    Origin::Multiple => minimum - floored_remainder(minimum, width),
                    Origin::At(low) => low,
                };
                Self::Regular {
                    low,
                    next: low + width,
                    width,
                }
            }
            Binning::Count(count) => {
                let (mut low, mut high) = (minimum, maximum);
                if low == high {
                    low -= 0.5;
                    high += 0.5;
                }
                let step = (high - low) / count as f64;
                let mut edges: Vec<f64> = (0..=count)
                    .map(|index| {
                        let edge = if index == count {
                            high
                        } else {
                            index as f64 * step + low
                        };
                        if single { f64::from(edge as f32) } else { edge }
                    })
                    .collect();
                // The last edge is moved up so that the maximum lies inside the last bin.
                edges[count] += 1.0;
                Self::Listed(edges)
            }
        }
    }

    /// The level of a value: the number of edges that are not above it. 0 below the first edge.
    pub fn level(&self, value: f64) -> u64 {
        match self {
            Self::Regular { low, next, width } => {
                let step = next - low;
                let edge = |index: f64| if index == 1.0 { *next } else { low + index * step };
                let mut index = ((value - low) / width).floor();
                if index < 0.0 || index.is_nan() {
                    return 0;
                }
                while edge(index) > value {
                    index -= 1.0;
                }
                while edge(index + 1.0) <= value {
                    index += 1.0;
                }
                (index + 1.0).max(0.0) as u64
            }
            Self::Listed(edges) => edges.partition_point(|&edge| edge <= value) as u64,
        }
    }
}

/// `a mod b` with the sign of `b`, exact as Python's `%` is.
fn floored_remainder(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if remainder != 0.0 && (remainder < 0.0) != (b < 0.0) {
        remainder + b
    } else {
        remainder
    }
}

/// The grey levels of a region in a box with a border of nothing around it.
///
/// A voxel holds the *rank* of its level among the levels that occur, from 1; 0 is outside the region. The border is as
/// wide as the largest neighbour distance, so that no neighbour needs a check of bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Size of the box without border, `z, y, x`
    shape: [usize; 3],
    /// Width of the border along each axis
    border: [usize; 3],
    /// Ranks, with border, `x` fastest
    ranks: Vec<u16>,
    /// The grey level of each rank; `values[0]` is 0
    values: Vec<u32>,
    /// The highest grey level of the whole region
    highest: u32,
    /// Number of voxels in the region
    count: usize,
}
