//! Nice ticks: steps of 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990),
//! and numbers written as short as they can be told apart.

pub use crate::stats::base::number::{short as significant, short_probability as p_value};

/// About `wanted` ticks between two limits, with labels of equal decimals.
pub fn linear(low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
    let range = high - low;
    if !range.is_finite() || range <= 0.0 || wanted == 0 {
        return Vec::new();
    }
    let rough = range / wanted as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    let decimals = (0..=12)
        .find(|&decimals| {
            let scaled = step * 10f64.powi(decimals);
            (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .unwrap_or(12) as usize;
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    if !(last - first).is_finite() || last - first > 1000.0 {
        return Vec::new();
    }
    let mut ticks = Vec::new();
    if last < first {
        return Vec::new();
    }
    let last_count = (last - first) as i64;
    // Counted from the first: far from zero adding one to an index may leave it where it is.
    for count in 0..=last_count {
        let index = first + count as f64;
        let value = if index == 0.0 { 0.0 } else { index * step };
        let label = if step >= 1e6 || (step < 1e-5 && value != 0.0) {
            significant(value, 2)
        } else {
            format!("{value:.decimals$}")
        };
        ticks.push((value, label));
    }
    ticks
}

/// Values of short ticks between ticks that stand evenly: quarters of steps of 2, else fifths; none where the ticks do not stand
/// evenly.
pub fn between(ticks: &[(f64, String)]) -> Vec<f64> {
    let steps: Vec<f64> = ticks.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let Some(&step) = steps.first() else {
        return Vec::new();
    };
    let even = steps.iter().all(|other| (other - step).abs() <= 1e-9 * step.abs());
    if !even || !step.is_finite() || step == 0.0 {
        return Vec::new();
    }
    let leading = step.abs() / 10f64.powf((step.abs().log10() + 1e-9).floor());
    let parts = if (leading - 2.0).abs() < 1e-6 { 4 } else { 5 };
    let part = step / f64::from(parts);
    ticks[..ticks.len() - 1]
        .iter()
        .flat_map(|(value, _)| (1..parts).map(move |count| value + f64::from(count) * part))
        .collect()
}

/// Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them, or 1-2-3-5-7 where the range is short.
pub fn logarithmic(low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
    if !(low > 0.0 && high > low && high.is_finite()) || wanted == 0 {
        return Vec::new();
    }
    let decades = high.log10() - low.log10();
    let factors: &[f64] = if decades > wanted as f64 * 0.7 {
        &[1.0]
    } else if decades > wanted as f64 * 0.35 {
        &[1.0, 3.0]
    } else if decades > 0.8 {
        &[1.0, 2.0, 5.0]
    } else {
        return linear(low, high, wanted);
    };
    let every = (decades / wanted as f64).ceil().max(1.0) as i32;
    let mut ticks = Vec::new();
    let mut exponent = low.log10().floor() as i32;
    while f64::from(exponent) <= high.log10() {
        if exponent.rem_euclid(every) == 0 {
            for factor in factors {
                let value = factor * 10f64.powi(exponent);
                if value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9) {
                    ticks.push((value, significant(value, 1)));
                }
            }
        }
        exponent += 1;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ticks_part_even_steps_alone() {
        let found = between(&linear(0.0, 10.0, 2));
        assert_eq!(found, [1.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!(between(&linear(0.0, 4.0, 2)), [0.5, 1.0, 1.5, 2.5, 3.0, 3.5]);
        let uneven = [(0.0, String::new()), (1.0, String::new()), (3.0, String::new())];
        assert!(between(&uneven).is_empty() && between(&uneven[..1]).is_empty());
    }

    #[test]
    fn ticks_are_nice_and_inside() {
        let labels: Vec<String> = linear(0.0, 1.0, 5).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        let labels: Vec<String> = linear(-0.05, 0.42, 5).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["0.0", "0.1", "0.2", "0.3", "0.4"]);
        let labels: Vec<String> = logarithmic(0.1, 10.0, 5).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["0.1", "0.3", "1", "3", "10"]);
    }

    #[test]
    fn odd_limits_give_no_endless_loop() {
        assert!(linear(1.0, 1.0, 5).is_empty());
        assert!(linear(f64::NAN, 1.0, 5).is_empty());
        assert!(logarithmic(0.0, 1.0, 5).is_empty());
        assert!(linear(1e308, -1e308, 5).is_empty());
        assert!(linear(1e15, 1e15 + 0.25, 5).len() < 100);
    }
}
