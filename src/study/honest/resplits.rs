//! Repeated grouped splits: how the test AUC is distributed when the cases are divided again and again. Resampling is by
//! patient; repeats run in parallel and are gathered in their order, so that threads change no bit.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::piece::Piece;
use super::procedure::{Material, Procedure, score_unseen};
use super::resample::{frequency, passed_over};
use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::random::SeedKind;
use crate::stats::validation::roc::{Direction, Placements, auc};
use crate::stats::validation::split::{SplitSettings, split};
use crate::study::engine::pieces::Pieces;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;

/// The distribution of the test AUC over splits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resplits {
    /// The test AUC of each split, in order
    pub auc: Vec<f64>,
    /// Features kept in each
    pub kept: Vec<usize>,
    /// Splits in which nothing could be fitted
    pub failed: usize,
    /// Mean AUC
    pub mean: f64,
    /// Standard deviation of the AUC
    pub sd: f64,
    /// 2.5 %, 25 %, 50 %, 75 %, 97.5 % of the AUCs
    pub quantiles: Vec<f64>,
    /// The test AUC of the study's own split
    pub chosen: f64,
    /// The share of splits with a lower AUC than the study's own
    pub chosen_rank: f64,
    /// What the study's own split says
    pub headline: String,
    /// The share of splits that say the opposite
    pub flipped: f64,
    /// How often each candidate was kept, as a share of the splits
    pub frequency: Vec<f64>,
}

/// What came of a split: the test AUC, the lower limit of its interval, and the features kept; `None` where nothing could be
/// fitted.
pub type Resplit = Option<(f64, f64, Vec<usize>)>;

/// Repeated splits by patient, stratified by outcome. `pieces` are those that were done elsewhere.
pub fn resplits(
    material: &Material,
    procedure: &Procedure<'_>,
    settings: (usize, f64, u64),
    pieces: &Pieces,
    watch: &Watch,
) -> Result<Resplits, StudyError> {
    let (count, test_fraction, seed) = settings;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let runs: Vec<Resplit> = (0..count)
        .into_par_iter()
        .map(|repeat| {
            watch.check()?;
            let found = pieces.get_or(&Piece::Resplit(repeat), || {
                resplit(material, procedure, test_fraction, seed, repeat)
            })?;
            let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            watch.step(number, count, "re-split")?;
            Ok(found)
        })
        .collect::<Result<_, StudyError>>()?;
    let good: Vec<&(f64, f64, Vec<usize>)> = runs.iter().flatten().collect();
    let aucs: Vec<f64> = good.iter().map(|run| run.0).collect();
    let share = |probability: f64| quantile(&aucs, probability, QuantileRule::Linear);
    Ok(Resplits {
        kept: good.iter().map(|run| run.2.len()).collect(),
        failed: count - good.len(),
        mean: mean(&aucs),
        sd: standard_deviation(&aucs),
        quantiles: if aucs.is_empty() {
            vec![f64::NAN; 5]
        } else {
            [0.025, 0.25, 0.5, 0.75, 0.975].map(share).to_vec()
        },
        chosen: f64::NAN,
        chosen_rank: f64::NAN,
        headline: String::new(),
        flipped: good.iter().filter(|run| run.1 > 0.5).count() as f64 / good.len() as f64,
        frequency: frequency(material, good.iter().map(|run| run.2.as_slice()), good.len()),
        auc: aucs,
    })
}

/// A single one of the repeated splits.
pub fn resplit(
    material: &Material,
    procedure: &Procedure<'_>,
    test_fraction: f64,
    seed: u64,
    repeat: usize,
) -> Result<Resplit, StudyError> {
    one_split(material, procedure, test_fraction, seed, repeat)
        .map_or_else(|error| passed_over(error).map(|()| None), |run| Ok(Some(run)))
}

/// Test AUC, the lower limit of its interval, and the features kept, of one split.
fn one_split(
    material: &Material,
    procedure: &Procedure<'_>,
    test_fraction: f64,
    seed: u64,
    repeat: usize,
) -> Result<(f64, f64, Vec<usize>), StudyError> {
    let test = split(
        &material.events,
        Some(&material.patients),
        &SplitSettings {
            test_fraction,
            // The stream of a seed has 2^64 neighbours; a large step keeps these seeds away from the user's own.
            seed: seed.wrapping_add((repeat as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            seed_kind: SeedKind::Own,
        },
    )?;
    let partition = material.partition(&test);
    let score = procedure.learn(material, &partition.training(), None, repeat)?;
    let unseen = partition.test();
    let scores = score_unseen(&score, material, &unseen)?;
    let outcome = material.events_of(unseen.rows());
    let placements = Placements::new(&outcome, &scores, Direction::Higher)?;
    let area = auc(&outcome, &scores, Direction::Higher)?;
    let variance = placements.variance();
    // A constant score has no variance and says nothing.
    let lower = if variance > 0.0 || area == 1.0 {
        Interval::wald(area, variance.sqrt(), material.level).lower
    } else {
        area
    };
    Ok((area, lower, score.apparent().chosen()))
}
