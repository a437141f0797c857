//! Which rows a model is fitted to, and which it is judged on, when it is fitted again and again.

use crate::stats::StatsError;
use crate::stats::base::require;
pub use crate::stats::regression::refit::Separated;

/// How the optimism is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling<'a> {
    /// Each entry is a resample of the rows (indices from 0, with repeats); the model is tried on all original rows
    Bootstrap(&'a [Vec<usize>]),
    /// Each entry is the rows left out of a fit and tried then
    CrossValidation(&'a [Vec<usize>]),
}

/// rms's groups of a cross-validation: a permutation of the rows cut into `groups` parts at round((i - 1) n / groups).
///
/// # Errors
/// Where the groups are fewer than 2 or more than half the rows.
pub fn cross_validation_groups(permutation: &[usize], groups: usize) -> Result<Vec<Vec<usize>>, StatsError> {
    let n = permutation.len();
    if groups < 2 || groups > n / 2 {
        return Err(StatsError::Setting {
            setting: "the number of groups".to_owned(),
            value: groups.to_string(),
            allowed: format!("between 2 and half the rows, {}", n / 2),
        });
    }
    let share = n as f64 / groups as f64;
    Ok((0..groups)
        .map(|group| {
            let first = (group as f64 * share).round_ties_even();
            let last = ((first + share).round_ties_even() as usize).min(n);
            permutation[first as usize..last].to_vec()
        })
        .collect())
}

/// One fit of a resampling: how often each row is fitted, and how often it is tried (once each, where not given).
pub(in crate::stats) struct Resample {
    pub(in crate::stats) training: Vec<f64>,
    pub(in crate::stats) test: Option<Vec<f64>>,
}

pub(in crate::stats) fn resamples(resampling: Resampling<'_>, n: usize) -> Result<Vec<Resample>, StatsError> {
    let sets = match resampling {
        Resampling::Bootstrap(sets) | Resampling::CrossValidation(sets) => sets,
    };
    require::at_least("a resampling", "resamples", 1, sets.len())?;
    sets.iter()
        .enumerate()
        .map(|(number, set)| {
            let mut counts = vec![0.0; n];
            for &row in set {
                *counts.get_mut(row).ok_or_else(|| {
                    StatsError::Impossible(format!(
                        "resample {} names row {row} (counted from 0), but there are only {n} rows",
                        number + 1
                    ))
                })? += 1.0;
            }
            Ok(match resampling {
                Resampling::Bootstrap(_) => Resample {
                    training: counts,
                    test: None,
                },
                Resampling::CrossValidation(_) => Resample {
                    training: counts
                        .iter()
                        .map(|&count| if count > 0.0 { 0.0 } else { 1.0 })
                        .collect(),
                    test: Some(counts),
                },
            })
        })
        .collect()
}
