//! The bootstrap over patients: the optimism of the apparent AUC, and the .632+ estimate.
//!
//! Sources: Efron & Tibshirani 1997 (.632+); Harrell 2015 (optimism); Steyerberg et al. 2001.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::partition::Fitted;
use super::piece::Piece;
use super::procedure::{Material, Procedure, Score, score_unseen};
use super::resample::{frequency, passed_over};
use crate::stats::base::descriptive::mean;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::validation::roc::{Direction, auc};
use crate::study::engine::pieces::Pieces;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;

/// The bootstrap over patients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Resamples that were fitted
    pub resamples: usize,
    /// Resamples in which nothing could be fitted
    pub failed: usize,
    /// The AUC of the fit on all cases, in all cases
    pub apparent: f64,
    /// How much the AUC falls from the resample to all cases, on average
    pub optimism: f64,
    /// Apparent less optimism
    pub corrected: f64,
    /// The mean AUC in the cases outside the resample
    pub out_of_bag: f64,
    /// Relative overfitting, 0 to 1
    pub overfitting: f64,
    /// The weight of the cases outside, .632 to 1
    pub weight: f64,
    /// The .632+ estimate of the AUC
    pub auc_632plus: f64,
    /// How often each candidate was kept, as a share of the resamples
    pub frequency: Vec<f64>,
}

/// What came of a resample: the optimism, the AUC of the cases outside, and the features kept; `None` where nothing could be
/// fitted.
pub type Resample = Option<(f64, f64, Vec<usize>)>;

/// The bootstrap over patients: Harrell's optimism, and .632+ with 0.5 as the AUC of no information. `pieces` are those that were
/// done elsewhere.
pub fn bootstrap(
    material: &Material,
    procedure: &Procedure<'_>,
    count: usize,
    seed: u64,
    (pieces, watch): (&Pieces, &Watch),
) -> Result<Bootstrap, StudyError> {
    let everybody = vec![false; material.ids.len()];
    let whole = procedure.learn(material, &material.partition(&everybody).training(), None, 2_000_000)?;
    let apparent = apparent_in(material, &whole, None)?;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let runs: Vec<Resample> = (0..count)
        .into_par_iter()
        .map(|resample| {
            watch.check()?;
            let found = pieces.get_or(&Piece::Resample(resample), || {
                resampled(material, procedure, seed, resample)
            })?;
            let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            watch.step(number, count, "bootstrap")?;
            Ok(found)
        })
        .collect::<Result<_, StudyError>>()?;
    let good: Vec<&(f64, f64, Vec<usize>)> = runs.iter().flatten().collect();
    let optimism = mean(&good.iter().map(|run| run.0).collect::<Vec<_>>());
    let out_of_bag = mean(&good.iter().map(|run| run.1).collect::<Vec<_>>());
    let [overfitting, weight, auc_632plus] = point_632_plus(apparent, out_of_bag);
    Ok(Bootstrap {
        resamples: good.len(),
        failed: count - good.len(),
        apparent,
        optimism,
        corrected: apparent - optimism,
        out_of_bag,
        overfitting,
        weight,
        auc_632plus,
        frequency: frequency(material, good.iter().map(|run| run.2.as_slice()), good.len()),
    })
}

/// A single one of the resamples.
pub fn resampled(
    material: &Material,
    procedure: &Procedure<'_>,
    seed: u64,
    resample: usize,
) -> Result<Resample, StudyError> {
    let patients = material.patients.iter().max().map_or(0, |last| last + 1);
    let mut drawn = vec![0usize; patients];
    for patient in RandomStream::repeated(seed, Purpose::Bootstrap, resample).resample(patients) {
        drawn[patient] += 1;
    }
    let repeats: Vec<usize> = material.patients.iter().map(|&patient| drawn[patient]).collect();
    let outside: Vec<bool> = repeats.iter().map(|&times| times == 0).collect();
    let run = || -> Result<(f64, f64, Vec<usize>), StudyError> {
        let partition = material.partition(&outside);
        let score = procedure.learn(material, &partition.training(), Some(&repeats), 3_000_000 + resample)?;
        let optimism = apparent_in(material, &score, Some(&repeats))? - apparent_in(material, &score, None)?;
        let unseen = partition.test();
        let scores = score_unseen(&score, material, &unseen)?;
        let outside = auc(&material.events_of(unseen.rows()), &scores, Direction::Higher)?;
        Ok((optimism, outside, score.apparent().chosen()))
    };
    run().map_or_else(|error| passed_over(error).map(|()| None), |run| Ok(Some(run)))
}

/// The AUC of a fit in the cases, each taken as often as it is repeated.
fn apparent_in(material: &Material, score: &Fitted<Score>, repeats: Option<&[usize]>) -> Result<f64, StudyError> {
    let rows: Vec<usize> = (0..material.ids.len())
        .flat_map(|row| std::iter::repeat_n(row, repeats.map_or(1, |repeats| repeats[row])))
        .collect();
    let scores = score.apparent().of(material, &rows)?;
    Ok(auc(&material.events_of(&rows), &scores, Direction::Higher)?)
}

/// Relative overfitting R, weight w and the .632+ AUC (Efron & Tibshirani 1997): in errors e = 1 - AUC with 0.5 for no
/// information, R = (e_out - e_app) / (0.5 - e_app) clipped to 0…1, w = .632 / (1 - .368 R),
/// e = (1 - w) e_app + w min(e_out, 0.5).
pub fn point_632_plus(apparent: f64, out_of_bag: f64) -> [f64; 3] {
    const NO_INFORMATION: f64 = 0.5;
    let (inside, outside) = (1.0 - apparent, (1.0 - out_of_bag).min(NO_INFORMATION));
    let overfitting = if outside > inside && NO_INFORMATION > inside {
        ((outside - inside) / (NO_INFORMATION - inside)).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let weight = 0.632 / (1.0 - 0.368 * overfitting);
    [overfitting, weight, 1.0 - ((1.0 - weight) * inside + weight * outside)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_632_plus_weight_runs_from_632_to_1() {
        let [overfitting, weight, auc] = point_632_plus(0.8, 0.8);
        assert_eq!((overfitting, weight), (0.0, 0.632));
        assert!((auc - 0.8).abs() < 1e-12);
        let [overfitting, weight, auc] = point_632_plus(1.0, 0.5);
        assert_eq!(overfitting, 1.0);
        assert!((weight - 1.0).abs() < 1e-12 && (auc - 0.5).abs() < 1e-12);
        // Worse than chance outside counts as chance.
        assert!((point_632_plus(0.9, 0.3)[2] - 0.5).abs() < 1e-12);
    }
}
