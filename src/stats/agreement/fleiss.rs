//! Fleiss' kappa of several readers' categories.

use crate::stats::StatsError;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// Fleiss' kappa with its test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FleissKappa {
    /// The estimate
    pub kappa: f64,
    /// Its standard error where readers agree by chance alone (Fleiss, Nee & Landis 1979)
    pub se: f64,
    /// Wald limits with that standard error
    pub ci: Interval,
    /// kappa / se
    pub z: f64,
    /// Its two-sided P value
    pub p: f64,
    /// Mean share of pairs of readers that agree on a case
    pub observed: f64,
    /// The share that chance gives
    pub expected: f64,
    /// Cases
    pub n: usize,
    /// Readers
    pub readers: usize,
}

/// Fleiss' kappa: `readers` gives each reader's categories, a number a case. Where all give one category throughout, chance
/// agreement is 1 and kappa NaN.
///
/// # Errors
/// Where there are fewer than 2 readers or no case, readers have different numbers of cases, or the level is not between 0 and 1.
pub fn fleiss_kappa(readers: &[Vec<usize>], level: f64) -> Result<FleissKappa, StatsError> {
    let what = "Fleiss' kappa";
    require::level(level)?;
    require::at_least(what, "readers", 2, readers.len())?;
    let n = readers[0].len();
    require::at_least(what, "cases", 1, n)?;
    for reader in readers {
        require::same_length(what, ("the first reader", n), ("another", reader.len()))?;
    }
    let count = readers.iter().flatten().max().map_or(0, |last| last + 1);
    let (cases, each) = (n as f64, readers.len() as f64);
    let mut totals = vec![0.0; count];
    let mut agreeing = 0.0;
    for case in 0..n {
        let mut counts = vec![0.0; count];
        for reader in readers {
            counts[reader[case]] += 1.0;
        }
        for (total, count) in totals.iter_mut().zip(&counts) {
            *total += count;
        }
        agreeing += counts.iter().map(|count| count * (count - 1.0)).sum::<f64>();
    }
    let observed = agreeing / (cases * each * (each - 1.0));
    let shares: Vec<f64> = totals.iter().map(|total| total / (cases * each)).collect();
    let expected: f64 = shares.iter().map(|share| share * share).sum();
    let kappa = (observed - expected) / (1.0 - expected);
    let spread: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
    let skew: f64 = shares
        .iter()
        .map(|share| share * (1.0 - share) * (1.0 - 2.0 * share))
        .sum();
    let variance = 2.0 * (spread * spread - skew) / (spread * spread * cases * each * (each - 1.0));
    let se = variance.max(0.0).sqrt();
    let z = kappa / se;
    Ok(FleissKappa {
        kappa,
        se,
        ci: Interval::wald(kappa, se, level).clamp(-1.0, 1.0),
        z,
        p: if z.is_nan() { f64::NAN } else { normal_two_sided(z) },
        observed,
        expected,
        n,
        readers: readers.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_who_agree_have_one_and_a_single_category_none() {
        let same = vec![vec![0, 1, 2, 1, 0]; 3];
        let found = fleiss_kappa(&same, 0.95).unwrap();
        assert!((found.kappa - 1.0).abs() < 1e-12 && found.observed == 1.0);
        assert!(fleiss_kappa(&vec![vec![0, 0]; 3], 0.95).unwrap().kappa.is_nan());
        assert!(fleiss_kappa(&[vec![0, 1], vec![0]], 0.95).is_err());
    }
}
