//! Tests of normality: Shapiro-Wilk, Lilliefors, Anderson-Darling.

use super::Test;
use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::distributions::{normal_lower, normal_quantile, normal_upper};
use crate::stats::base::require;

/// Shapiro and Wilk's W with Royston's approximation (AS R94, 1995), 3 to 5,000 values: R's `shapiro.test`.
///
/// # Errors
/// Where there are fewer than 3 values or more than 5,000, one is not finite, or all are equal.
pub fn shapiro_wilk(values: &[f64]) -> Result<Test, StatsError> {
    let what = "the Shapiro-Wilk test";
    let sorted = sorted(what, values, 3)?;
    let n = sorted.len();
    if n > 5000 {
        return Err(StatsError::Impossible(format!(
            "{what} is made for at most 5000 values, but there are {n}; look at the histogram, or use Lilliefors' test"
        )));
    }
    let weights = shapiro_weights(n);
    let range = sorted[n - 1] - sorted[0];
    let scaled: Vec<f64> = sorted.iter().map(|value| value / range).collect();
    let centre = scaled.iter().sum::<f64>() / n as f64;
    let weight_centre = weights.iter().sum::<f64>() / n as f64;
    let (mut weight_squares, mut squares, mut products) = (0.0, 0.0, 0.0);
    for (weight, value) in weights.iter().zip(&scaled) {
        let (weight, value) = (weight - weight_centre, value - centre);
        weight_squares += weight * weight;
        squares += value * value;
        products += weight * value;
    }
    let root = (weight_squares * squares).sqrt();
    // 1 - W, computed by itself since W lies near 1.
    let rest = (root - products) * (root + products) / (weight_squares * squares);
    let w = 1.0 - rest;
    Ok(Test {
        method: "Shapiro-Wilk test",
        statistic: w,
        df: Vec::new(),
        p: shapiro_p(w, rest, n),
        estimate: Vec::new(),
        ci: None,
    })
}

fn shapiro_weights(n: usize) -> Vec<f64> {
    let mut weights = vec![0.0; n];
    let half = n / 2;
    if n == 3 {
        weights[0] = -std::f64::consts::FRAC_1_SQRT_2;
        weights[2] = std::f64::consts::FRAC_1_SQRT_2;
        return weights;
    }
    let scores: Vec<f64> = (1..=half)
        .map(|i| normal_quantile((i as f64 - 0.375) / (n as f64 + 0.25)))
        .collect();
    let sum = 2.0 * scores.iter().map(|score| score * score).sum::<f64>();
    let root = sum.sqrt();
    let step = 1.0 / (n as f64).sqrt();
    let first = polynomial(&[0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], step) - scores[0] / root;
    let mut upper = vec![first];
    let rest = if n > 5 {
        let second = polynomial(&[0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], step) - scores[1] / root;
        upper.push(second);
        (sum - 2.0 * scores[0] * scores[0] - 2.0 * scores[1] * scores[1])
            / (1.0 - 2.0 * first * first - 2.0 * second * second)
    } else {
        (sum - 2.0 * scores[0] * scores[0]) / (1.0 - 2.0 * first * first)
    };
    let scale = rest.sqrt();
    for score in &scores[upper.len()..] {
        upper.push(-score / scale);
    }
    for (place, weight) in upper.into_iter().enumerate() {
        weights[place] = -weight;
        weights[n - 1 - place] = weight;
    }
    weights
}

fn shapiro_p(w: f64, rest: f64, n: usize) -> f64 {
    if n == 3 {
        let p = 6.0 / std::f64::consts::PI * (w.sqrt().asin() - 0.75_f64.sqrt().asin());
        return p.max(0.0);
    }
    let size = n as f64;
    let mut y = rest.ln();
    let (centre, spread) = if n <= 11 {
        let gamma = polynomial(&[-2.273, 0.459], size);
        if y >= gamma {
            return 1e-99;
        }
        y = -(gamma - y).ln();
        (
            polynomial(&[0.544, -0.39978, 0.025054, -6.714e-4], size),
            polynomial(&[1.3822, -0.77857, 0.062767, -0.0020322], size).exp(),
        )
    } else {
        let log = size.ln();
        (
            polynomial(&[-1.5861, -0.31082, -0.083751, 0.0038915], log),
            polynomial(&[-0.4803, -0.082676, 0.0030302], log).exp(),
        )
    };
    normal_upper((y - centre) / spread)
}

/// Lilliefors' test (Kolmogorov-Smirnov against a normal distribution with the sample's mean and SD), P by Dallal &
/// Wilkinson (1986), above 0.1 by Stephens: nortest's `lillie.test`. SPSS's "Kolmogorov-Smirnov" of a single variable.
///
/// # Errors
/// Where there are fewer than 5 values, one is not finite, or all are equal.
pub fn lilliefors(values: &[f64]) -> Result<Test, StatsError> {
    let what = "Lilliefors' test";
    let sorted = sorted(what, values, 5)?;
    let (centre, spread) = (mean(&sorted), standard_deviation(&sorted));
    let n = sorted.len() as f64;
    let distance = sorted.iter().enumerate().fold(0.0_f64, |widest, (place, value)| {
        let share = normal_lower((value - centre) / spread);
        let place = place as f64;
        widest.max((place + 1.0) / n - share).max(share - place / n)
    });
    let (scaled, size) = if n <= 100.0 {
        (distance, n)
    } else {
        (distance * (n / 100.0).powf(0.49), 100.0)
    };
    let mut p = (-7.01256 * scaled * scaled * (size + 2.78019) + 2.99587 * scaled * (size + 2.78019).sqrt() - 0.122119
        + 0.974598 / size.sqrt()
        + 1.67997 / size)
        .exp();
    if p > 0.1 {
        let k = (n.sqrt() - 0.01 + 0.85 / n.sqrt()) * distance;
        p = if k <= 0.302 {
            1.0
        } else if k <= 0.5 {
            polynomial(&[2.76773, -19.828315, 80.709644, -138.55152, 81.218052], k)
        } else if k <= 0.9 {
            polynomial(&[-4.901232, 40.662806, -97.490286, 94.029866, -32.355711], k)
        } else if k <= 1.31 {
            polynomial(&[6.198765, -19.558097, 23.186922, -12.234627, 2.423045], k)
        } else {
            0.0
        };
    }
    Ok(Test {
        method: "Lilliefors test",
        statistic: distance,
        df: Vec::new(),
        p: p.min(1.0),
        estimate: Vec::new(),
        ci: None,
    })
}

/// Anderson and Darling's test of normality with Stephens' P (1986): nortest's `ad.test`. Needs 8 values.
///
/// # Errors
/// Where there are fewer than 8 values, one is not finite, or all are equal.
pub fn anderson_darling(values: &[f64]) -> Result<Test, StatsError> {
    let sorted = sorted("the Anderson-Darling test", values, 8)?;
    let (centre, spread) = (mean(&sorted), standard_deviation(&sorted));
    let n = sorted.len() as f64;
    let scores: Vec<f64> = sorted.iter().map(|value| (value - centre) / spread).collect();
    let sum: f64 = scores
        .iter()
        .zip(scores.iter().rev())
        .enumerate()
        .map(|(place, (low, high))| (2.0 * place as f64 + 1.0) * (normal_lower(*low).ln() + normal_upper(*high).ln()))
        .sum();
    let statistic = -n - sum / n;
    let corrected = (1.0 + 0.75 / n + 2.25 / (n * n)) * statistic;
    let p = if corrected < 0.2 {
        1.0 - polynomial(&[-13.436, 101.14, -223.73], corrected).exp()
    } else if corrected < 0.34 {
        1.0 - polynomial(&[-8.318, 42.796, -59.938], corrected).exp()
    } else if corrected < 0.6 {
        polynomial(&[0.9177, -4.279, -1.38], corrected).exp()
    } else if corrected < 10.0 {
        polynomial(&[1.2937, -5.709, 0.0186], corrected).exp()
    } else {
        3.7e-24
    };
    Ok(Test {
        method: "Anderson-Darling test",
        statistic,
        df: Vec::new(),
        p,
        estimate: Vec::new(),
        ci: None,
    })
}

fn sorted(what: &str, values: &[f64], needed: usize) -> Result<Vec<f64>, StatsError> {
    require::at_least(what, "values", needed, values.len())?;
    require::finite(what, values)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted[0] == sorted[sorted.len() - 1] {
        return Err(StatsError::Impossible(format!(
            "{what} has nothing to test: all values are {}",
            sorted[0]
        )));
    }
    Ok(sorted)
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}
