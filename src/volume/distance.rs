//! How far every voxel is from the nearest of a set, exactly.
//!
//! Axis by axis, by the lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012).

use ndarray::{Array3, Axis};

/// The squared distance of every voxel to the nearest of a set, between centres, in the unit of the spacing squared; infinite
/// where the set is empty. Indexed `[z, y, x]`, the spacing in `x, y, z`.
pub(super) fn squared_distances(set: &Array3<bool>, spacing: [f64; 3]) -> Array3<f64> {
    let mut squares = set.mapv(|inside| if inside { 0.0 } else { f64::INFINITY });
    for (axis, step) in [(2, spacing[0]), (1, spacing[1]), (0, spacing[2])] {
        let mut line = Vec::new();
        let mut hull: Vec<(usize, f64)> = Vec::new();
        for mut lane in squares.lanes_mut(Axis(axis)) {
            line.clear();
            line.extend(lane.iter().copied());
            envelope(&line, step, &mut hull);
            if hull.is_empty() {
                continue;
            }
            let mut at = 0;
            for (place, value) in lane.iter_mut().enumerate() {
                while at + 1 < hull.len() && hull[at + 1].1 <= place as f64 {
                    at += 1;
                }
                let (centre, _) = hull[at];
                let away = (place as f64 - centre as f64) * step;
                *value = line[centre] + away * away;
            }
        }
    }
    squares
}

/// The parabolas that are lowest somewhere, each with the place from which on it is.
fn envelope(line: &[f64], step: f64, hull: &mut Vec<(usize, f64)>) {
    hull.clear();
    let square = step * step;
    for (place, &height) in line.iter().enumerate() {
        if height.is_infinite() {
            continue;
        }
        let mut from = f64::NEG_INFINITY;
        while let Some(&(last, begin)) = hull.last() {
            let (p, q) = (last as f64, place as f64);
            from = ((height - line[last]) / square + q * q - p * p) / (2.0 * (q - p));
            if from > begin {
                break;
            }
            hull.pop();
            from = f64::NEG_INFINITY;
        }
        hull.push((place, from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_all_pairs() {
        let set = Array3::from_shape_fn((8, 10, 12), |(z, y, x)| (x * 7 + y * 5 + z * 3) % 41 == 0);
        let spacing = [0.5, 1.0, 2.5];
        let squares = squared_distances(&set, spacing);
        for ((z, y, x), &square) in squares.indexed_iter() {
            let mut least = f64::INFINITY;
            for ((c, b, a), &inside) in set.indexed_iter() {
                if inside {
                    let away = [(x, a), (y, b), (z, c)];
                    let sum: f64 = (0..3)
                        .map(|axis| ((away[axis].0 as f64 - away[axis].1 as f64) * spacing[axis]).powi(2))
                        .sum();
                    least = least.min(sum);
                }
            }
            assert!((square - least).abs() < 1e-12, "{x} {y} {z}: {square} {least}");
        }
    }

    #[test]
    fn of_no_set_everything_is_endlessly_far() {
        let none = Array3::from_elem((2, 3, 4), false);
        assert!(
            squared_distances(&none, [1.0; 3])
                .iter()
                .all(|square| square.is_infinite())
        );
    }
}
