//! Nested cross-validation: every case is scored by what was learnt without its fold, every choice made inside the fold's
//! training part.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::piece::Piece;
use super::procedure::{Material, Procedure, score_unseen};
use super::resample::passed_over;
use crate::stats::base::descriptive::mean;
use crate::stats::base::interval::Interval;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::out_of_fold::out_of_fold;
use crate::stats::validation::roc::{Direction, Placements, auc, clustered_covariance, clustered_variance};
use crate::study::engine::pieces::Pieces;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;

/// Nested cross-validation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Nested {
    /// Outer folds
    pub folds: usize,
    /// The AUC of all cases' scores together, each scored by the fit that had not seen it
    pub auc: f64,
    /// Its interval, with the patients as clusters
    #[serde(flatten, with = "crate::study::artefact::interval")]
    pub interval: Interval,
    /// The mean of the folds' own AUCs
    pub mean_of_folds: f64,
    /// Folds in which both outcomes occur, so that they have an AUC
    pub folds_with_both: usize,
    /// The scores
    pub scores: Vec<f64>,
}

/// The outer folds of a nested cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OuterFolds {
    /// How many
    pub count: usize,
    /// Their seed
    pub seed: u64,
    /// The number of the first fold's resample: inner folds have numbers of their own, apart from those of other resamples
    pub first_resample: usize,
}

impl OuterFolds {
    /// The outer folds by which a study's model and its controls are judged.
    pub fn new(count: usize, seed: u64) -> Self {
        Self {
            count,
            seed,
            first_resample: 1_000_000,
        }
    }

    /// The fold of each case.
    fn of(self, material: &Material) -> Result<Vec<usize>, StudyError> {
        let settings = FoldSettings {
            count: self.count,
            seed: self.seed,
            seed_kind: SeedKind::Own,
            repeat: 0,
        };
        let (events, patients) = (&material.events, &material.patients);
        Ok(folds(events.len(), Some(events), Some(patients), &settings)?)
    }
}

/// Nested cross-validation with what each fold has said by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldByFold {
    /// All folds together
    pub nested: Nested,
    /// The AUC of each fold's own cases; NaN where they lack an outcome
    pub areas: Vec<f64>,
    /// What each fold's training part has given
    pub learnt: Vec<FoldLearnt>,
}

/// What a fold's training part has given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FoldLearnt {
    /// A score of so many features
    Features(usize),
    /// Nothing, and why: its cases were scored alike
    Nothing(String),
}

/// Nested cross-validation of the way, outer folds by patient. A fold whose training part cannot be fitted scores everybody
/// alike.
pub fn nested(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    watch: &Watch,
) -> Result<Nested, StudyError> {
    Ok(fold_by_fold(material, procedure, outer, watch)?.nested)
}

/// The same with folds that were done elsewhere.
pub fn nested_with(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    pieces: &Pieces,
    watch: &Watch,
) -> Result<Nested, StudyError> {
    Ok(by_folds(material, procedure, outer, pieces, watch)?.nested)
}

/// The same, with each fold's area.
pub fn fold_by_fold(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    watch: &Watch,
) -> Result<FoldByFold, StudyError> {
    by_folds(material, procedure, outer, &Pieces::default(), watch)
}

/// The scores of a fold's own cases, and what its training part has given.
pub type Fold = (Vec<f64>, FoldLearnt);

/// A single one of the outer folds.
pub fn fold(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    number: usize,
) -> Result<Fold, StudyError> {
    one_fold(material, procedure, outer, &outer.of(material)?, number)
}

fn one_fold(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    fold_of: &[usize],
    fold: usize,
) -> Result<Fold, StudyError> {
    let test: Vec<bool> = fold_of.iter().map(|&other| other == fold).collect();
    let partition = material.partition(&test);
    procedure
        .learn(material, &partition.training(), None, outer.first_resample + fold)
        .and_then(|score| {
            let scores = score_unseen(&score, material, &partition.test())?;
            Ok((scores, FoldLearnt::Features(score.apparent().chosen().len())))
        })
        .or_else(|error| {
            let why = error.to_string();
            let outside = test.iter().filter(|&&outside| outside).count();
            passed_over(error).map(|()| (vec![0.0; outside], FoldLearnt::Nothing(why)))
        })
}

fn by_folds(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    pieces: &Pieces,
    watch: &Watch,
) -> Result<FoldByFold, StudyError> {
    let count = outer.count;
    let fold_of = outer.of(material)?;
    let done = AtomicUsize::new(0);
    let found = out_of_fold(&fold_of, count, |fold, _, _| {
        watch.check()?;
        let found = pieces.get_or(&Piece::Fold(fold), || {
            one_fold(material, procedure, outer, &fold_of, fold)
        })?;
        watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, count, "outer fold")?;
        Ok::<_, StudyError>(found)
    })?;
    let areas = found.areas(&fold_of, &material.events)?;
    let own: Vec<f64> = areas.iter().copied().filter(|area| !area.is_nan()).collect();
    let (scores, learnt) = (found.scores, found.parts);
    let (area, interval) = clustered_area(&material.events, &material.patients, &scores, material.level)?;
    let nested = Nested {
        folds: count,
        auc: area,
        interval,
        mean_of_folds: mean(&own),
        folds_with_both: own.len(),
        scores,
    };
    Ok(FoldByFold { nested, areas, learnt })
}

/// An AUC and its interval with the patients as clusters (Obuchowski 1997), clipped to 0 and 1.
pub fn clustered_area(
    events: &[bool],
    patients: &[usize],
    scores: &[f64],
    level: f64,
) -> Result<(f64, Interval), StudyError> {
    let area = auc(events, scores, Direction::Higher)?;
    let placements = Placements::new(events, scores, Direction::Higher)?;
    let variance = clustered_variance(&placements, events, patients)?;
    let interval = Interval::wald(area, variance.max(0.0).sqrt(), level).clamp(0.0, 1.0);
    Ok((area, interval))
}

/// The difference of two AUCs of the same cases and its interval, with the patients as clusters.
pub fn clustered_difference(material: &Material, first: &[f64], second: &[f64]) -> Result<(f64, Interval), StudyError> {
    let of = |scores: &[f64]| Placements::new(&material.events, scores, Direction::Higher);
    let (a, b) = (of(first)?, of(second)?);
    let difference =
        auc(&material.events, first, Direction::Higher)? - auc(&material.events, second, Direction::Higher)?;
    let (events, patients) = (&material.events, &material.patients);
    let variance = clustered_variance(&a, events, patients)? + clustered_variance(&b, events, patients)?
        - 2.0 * clustered_covariance(&a, &b, events, patients)?;
    Ok((
        difference,
        Interval::wald(difference, variance.max(0.0).sqrt(), material.level),
    ))
}
