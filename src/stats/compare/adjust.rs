//! P values adjusted for their number: R's `p.adjust`.

use crate::stats::base::rank::compare;

/// The rule of adjustment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Times the number of tests
    Bonferroni,
    /// Holm 1979, stepping down
    Holm,
    /// Hochberg 1988, stepping up
    Hochberg,
    /// Benjamini & Hochberg 1995, false discovery rate
    BenjaminiHochberg,
    /// Benjamini & Yekutieli 2001, under any dependence
    BenjaminiYekutieli,
}

/// The adjusted P values in the order given. NaN stays NaN and does not count as a test.
pub fn adjust(p: &[f64], rule: Adjustment) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&at| !p[at].is_nan()).collect();
    order.sort_by(|&left, &right| compare(p[left], p[right]));
    let n = order.len() as f64;
    let mut adjusted = vec![f64::NAN; p.len()];
    let harmonic: f64 = (1..=order.len()).map(|rank| 1.0 / rank as f64).sum();
    let factor = |rank: f64| match rule {
        Adjustment::Bonferroni => n,
        Adjustment::Holm | Adjustment::Hochberg => n - rank + 1.0,
        Adjustment::BenjaminiHochberg => n / rank,
        Adjustment::BenjaminiYekutieli => harmonic * n / rank,
    };
    let scaled = |place: usize| factor(place as f64 + 1.0) * p[order[place]];
    match rule {
        Adjustment::Bonferroni => {
            for place in 0..order.len() {
                adjusted[order[place]] = scaled(place).min(1.0);
            }
        }
        Adjustment::Holm => {
            let mut most = 0.0_f64;
            for place in 0..order.len() {
                most = most.max(scaled(place));
                adjusted[order[place]] = most.min(1.0);
            }
        }
        _ => {
            let mut least = 1.0_f64;
            for place in (0..order.len()).rev() {
                least = least.min(scaled(place));
                adjusted[order[place]] = least;
            }
        }
    }
    adjusted
}
