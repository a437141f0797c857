//! The cubic B-spline that ITK interpolates by: its coefficients and weights, every product and sum in ITK's order.
//!
//! In an image of whole numbers, values are cut off after interpolation, and a spline that passes through a voxel gives its
//! value but for the last bits; so those decide.
//!
//! Reference: Unser, Aldroubi and Eden 1993.

/// The four weights of the cubic B-spline at a share between its two middle voxels.
pub(super) fn spline_weights(share: f64) -> [f64; 4] {
    let last = (1.0 / 6.0) * share * share * share;
    let first = 1.0 / 6.0 + 0.5 * share * (share - 1.0) - last;
    let third = share + first - 2.0 * last;
    [first, 1.0 - first - third - last, third, last]
}

/// An index mirrored at the first and the last voxel.
pub(super) fn mirrored(index: i64, size: usize) -> usize {
    if size == 1 {
        return 0;
    }
    let last = size as i64 - 1;
    let period = 2 * last;
    let folded = index.rem_euclid(period);
    (if folded > last { period - folded } else { folded }) as usize
}

/// Turns the values of a line into cubic B-spline coefficients: one pole, forwards and back, mirrored ends (Unser 1993).
pub(super) fn spline_coefficients(line: &mut [f64]) {
    let count = line.len();
    if count < 2 {
        return;
    }
    let pole = 3f64.sqrt() - 2.0;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    for value in line.iter_mut() {
        *value *= gain;
    }
    let horizon = (1e-10f64.ln() / pole.abs().ln()).ceil() as usize;
    let mut power = pole;
    if horizon < count {
        let mut sum = line[0];
        for &value in &line[1..horizon] {
            sum += power * value;
            power *= pole;
        }
        line[0] = sum;
    } else {
        let inverse = 1.0 / pole;
        let mut back = pole.powf(count as f64 - 1.0);
        let mut sum = line[0] + back * line[count - 1];
        let first = back * inverse;
        back *= first;
        for &value in &line[1..count - 1] {
            sum += (power + back) * value;
            power *= pole;
            back *= inverse;
        }
        line[0] = sum / (1.0 - power * power);
    }
    for k in 1..count {
        line[k] += pole * line[k - 1];
    }
    line[count - 1] = (pole / (pole * pole - 1.0)) * (pole * line[count - 2] + line[count - 1]);
    for k in (0..count - 1).rev() {
        line[k] = pole * (line[k + 1] - line[k]);
    }
}
