//! Convolution along the axes of a volume, its rules at the border, and the right-angle rotations of a kernel.
//!
//! Reference: IBSI 2 manual (arXiv:2006.05470), sections 2.1 (boundary conditions) and 2.3 (rotation invariance).

use ndarray::{Array3, Axis, Zip};

/// What lies beyond the border of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Boundary {
    /// Zeros
    Zero,
    /// The voxel at the border, repeated
    Nearest,
    /// The other end of the image
    Periodic,
    /// The image's mirror image, the voxel at the border included
    #[default]
    Mirror,
}

/// How the responses of several orientations become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooling {
    /// Their mean
    #[default]
    Mean,
    /// Their largest
    Maximum,
}

impl Pooling {
    /// The words of a parameter file.
    pub const WORDS: &[(&str, Self)] = &[("mean", Self::Mean), ("max", Self::Maximum)];
}

/// Whether a filter sees slices or the volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Along x and y, slice by slice
    Two,
    /// Along all axes
    Three,
}

impl Boundary {
    /// The words of a parameter file.
    pub const WORDS: &[(&str, Self)] = &[
        ("mirror", Self::Mirror),
        ("nearest", Self::Nearest),
        ("periodic", Self::Periodic),
        ("zero", Self::Zero),
    ];

    /// The index inside a line of `len` that stands for `index`; `None` for a zero.
    pub fn index(self, index: i64, len: usize) -> Option<usize> {
        let n = len as i64;
        if (0..n).contains(&index) {
            return Some(index as usize);
        }
        match self {
            Self::Zero => None,
            Self::Nearest => Some(index.clamp(0, n - 1) as usize),
            Self::Periodic => Some(index.rem_euclid(n) as usize),
            Self::Mirror => {
                let place = index.rem_euclid(2 * n);
                Some(if place < n { place } else { 2 * n - 1 - place } as usize)
            }
        }
    }
}

/// Convolves along one axis of `[z, y, x]`: with `n` coefficients, `out[i] = sum_m kernel[m] a[i + n/2 - m]`.
///
/// `turned` gives what turning the image end for end, filtering, and turning it back gives: `sum_m kernel[m] a[i - n/2 + m]`.
pub fn convolve(values: &Array3<f64>, axis: usize, kernel: &[f64], turned: bool, boundary: Boundary) -> Array3<f64> {
    let n = kernel.len();
    let half = n / 2;
    // Read from the first voxel that is needed on, the kernel stands as it is applied: ascending in the image.
    let (applied, before): (Vec<f64>, usize) = if turned {
        (kernel.to_vec(), half)
    } else {
        (kernel.iter().rev().copied().collect(), n - 1 - half)
    };
    let mut result = Array3::zeros(values.raw_dim());
    Zip::from(result.lanes_mut(Axis(axis)))
        .and(values.lanes(Axis(axis)))
        .par_for_each(|mut out, line| {
            let padded: Vec<f64> = (0..line.len() + n - 1)
                .map(|place| {
                    boundary
                        .index(place as i64 - before as i64, line.len())
                        .map_or(0.0, |index| line[index])
                })
                .collect();
            for (value, window) in out.iter_mut().zip(padded.windows(n)) {
                *value = window.iter().zip(&applied).map(|(a, k)| a * k).sum();
            }
        });
    result
}

/// A right-angle rotation: which letter of a kernel falls on each axis `x, y, z`, and which axes are turned end for end.
pub type Rotation = ([usize; 3], [bool; 3]);

/// The rotations by right angles: 4 in a slice, 24 in the volume. The first is none.
pub fn rotations(dimension: Dimension) -> Vec<Rotation> {
    const ORDERS: [([usize; 3], bool); 6] = [
        ([0, 1, 2], true),
        ([1, 2, 0], true),
        ([2, 0, 1], true),
        ([1, 0, 2], false),
        ([0, 2, 1], false),
        ([2, 1, 0], false),
    ];
    let mut all = Vec::new();
    for (order, even) in ORDERS {
        for bits in 0..8_u8 {
            let turned = [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0];
            let flat = dimension == Dimension::Three || (order[2] == 2 && !turned[2]);
            // A turn has determinant +1: an even order with an even number of flips, or both odd.
            if flat && (bits.count_ones() % 2 == 0) == even {
                all.push((order, turned));
            }
        }
    }
    all
}

/// One separable filter: a kernel for each letter, applied along `x, y, z`; `None` leaves an axis alone.
pub type Letters<'a> = [Option<&'a [f64]>; 3];

/// Applies the steps (one after the other) in each rotation and pools the responses.
pub fn pooled(
    values: &Array3<f64>,
    steps: &[Letters<'_>],
    rotations: &[Rotation],
    boundary: Boundary,
    pooling: Pooling,
) -> Array3<f64> {
    let mut result: Option<Array3<f64>> = None;
    for (rotation, weight) in distinct(steps, rotations) {
        let mut response = values.clone();
        for letters in steps {
            for axis in 0..3 {
                if let Some(kernel) = letters[rotation.0[axis]] {
                    response = convolve(&response, 2 - axis, kernel, rotation.1[axis], boundary);
                }
            }
        }
        if pooling == Pooling::Mean {
            response.mapv_inplace(|value| value * weight);
        }
        match &mut result {
            None => result = Some(response),
            Some(result) => result.zip_mut_with(&response, |so_far, value| {
                *so_far = match pooling {
                    Pooling::Mean => *so_far + value,
                    Pooling::Maximum => so_far.max(*value),
                };
            }),
        }
    }
    result.unwrap_or_else(|| values.clone())
}

/// The rotations that differ for these letters, each with its share.
fn distinct(steps: &[Letters<'_>], rotations: &[Rotation]) -> Vec<(Rotation, f64)> {
    let share = 1.0 / rotations.len() as f64;
    let mut found: Vec<(Rotation, f64)> = Vec::new();
    for rotation in rotations {
        let same = found.iter_mut().find(|(known, _)| {
            (0..3).all(|axis| {
                steps
                    .iter()
                    .all(|letters| letters[known.0[axis]] == letters[rotation.0[axis]])
                    && (known.1[axis] == rotation.1[axis]
                        || steps
                            .iter()
                            .all(|letters| letters[rotation.0[axis]].is_none_or(is_symmetric)))
            })
        });
        match same {
            Some((_, weight)) => *weight += share,
            None => found.push((*rotation, share)),
        }
    }
    found
}

/// Whether turning the kernel end for end changes nothing.
fn is_symmetric(kernel: &[f64]) -> bool {
    kernel.len() % 2 == 1 && kernel.iter().eq(kernel.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn borders() {
        let of = |boundary: Boundary| (-4..7).map(|index| boundary.index(index, 3)).collect::<Vec<_>>();
        let some = |all: [usize; 11]| all.map(Some).to_vec();
        assert_eq!(of(Boundary::Nearest), some([0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]));
        assert_eq!(of(Boundary::Periodic), some([2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]));
        assert_eq!(of(Boundary::Mirror), some([2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]));
        assert_eq!(of(Boundary::Zero)[3..7], [None, Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn convolution_follows_its_formula_and_turning_turns_it() {
        let values = array![[[1.0, 2.0, 4.0, 8.0]]];
        let got = convolve(&values, 2, &[1.0, 10.0, 100.0, 1000.0], false, Boundary::Zero);
        // out[i] = k0 a[i+2] + k1 a[i+1] + k2 a[i] + k3 a[i-1]
        assert_eq!(got, array![[[124.0, 1248.0, 2480.0, 4800.0]]]);
        let turned = convolve(&values, 2, &[1.0, 10.0, 100.0, 1000.0], true, Boundary::Zero);
        // out[i] = k0 a[i-2] + k1 a[i-1] + k2 a[i] + k3 a[i+1]
        assert_eq!(turned, array![[[2100.0, 4210.0, 8421.0, 842.0]]]);
    }

    #[test]
    fn there_are_4_and_24_rotations() {
        assert_eq!(rotations(Dimension::Two).len(), 4);
        let all = rotations(Dimension::Three);
        assert_eq!(all.len(), 24);
        assert_eq!(all[0], ([0, 1, 2], [false; 3]));
        let (low, high) = ([1.0, 1.0], [1.0, -1.0]);
        let shares = distinct(&[[Some(&low), Some(&low), Some(&high)]], &all);
        assert_eq!(shares.len(), 24);
        assert_eq!(distinct(&[[Some(&high), Some(&high), Some(&high)]], &all).len(), 8);
    }
}
