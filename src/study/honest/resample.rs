//! Honest performance: repeated grouped splits, nested cross-validation, the bootstrap's optimism and .632+.
//!
//! Sources: Steyerberg et al. 2001; Efron & Tibshirani 1997 (.632+); Harrell 2015 (optimism). Resampling is by patient;
//! repeats run in parallel and are gathered in their order, so that threads change no bit.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::random::{Purpose, RandomStream, SeedKind};
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::roc::{Direction, Placements, auc, clustered_covariance, clustered_variance};
use crate::stats::validation::split::{SplitSettings, split};
use crate::study::artefact::{number_or_nan, numbers_or_nan};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::partition::Fitted;
use crate::study::honest::way::{Material, Recipe, Score, score_unseen};

/// The distribution of the test AUC over splits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resplits {
    /// The test AUC of each split, in order
    #[serde(deserialize_with = "numbers_or_nan")]
    pub auc: Vec<f64>,
    /// Features kept in each
    pub kept: Vec<usize>,
    /// Splits in which nothing could be fitted
    pub failed: usize,
    /// Mean AUC
    #[serde(deserialize_with = "number_or_nan")]
    pub mean: f64,
    /// Standard deviation of the AUC
    #[serde(deserialize_with = "number_or_nan")]
    pub sd: f64,
    /// 2.5 %, 25 %, 50 %, 75 %, 97.5 % of the AUCs
    #[serde(deserialize_with = "numbers_or_nan")]
    pub quantiles: Vec<f64>,
    /// The test AUC of the study's own split
    #[serde(deserialize_with = "number_or_nan")]
    pub chosen: f64,
    /// The share of splits with a lower AUC than the study's own
    #[serde(deserialize_with = "number_or_nan")]
    pub chosen_rank: f64,
    /// What the study's own split says
    pub headline: String,
    /// The share of splits that say the opposite
    #[serde(deserialize_with = "number_or_nan")]
    pub flipped: f64,
    /// How often each candidate was kept, as a share of the splits
    pub frequency: Vec<f64>,
}

/// Nested cross-validation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Nested {
    /// Outer folds
    pub folds: usize,
    /// The AUC of all cases' scores together, each scored by the fit that had not seen it
    #[serde(deserialize_with = "number_or_nan")]
    pub auc: f64,
    /// Its interval, with the patients as clusters
    #[serde(flatten, with = "crate::study::artefact::interval")]
    pub interval: Interval,
    /// The mean of the folds' own AUCs
    #[serde(deserialize_with = "number_or_nan")]
    pub mean_of_folds: f64,
    /// Folds in which both outcomes occur, so that they have an AUC
    pub folds_with_both: usize,
    /// The scores
    #[serde(deserialize_with = "numbers_or_nan")]
    pub scores: Vec<f64>,
}

/// The bootstrap over patients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Resamples that were fitted
    pub resamples: usize,
    /// Resamples in which nothing could be fitted
    pub failed: usize,
    /// The AUC of the fit on all cases, in all cases
    #[serde(deserialize_with = "number_or_nan")]
    pub apparent: f64,
    /// How much the AUC falls from the resample to all cases, on average
    #[serde(deserialize_with = "number_or_nan")]
    pub optimism: f64,
    /// Apparent less optimism
    #[serde(deserialize_with = "number_or_nan")]
    pub corrected: f64,
    /// The mean AUC in the cases outside the resample
    #[serde(deserialize_with = "number_or_nan")]
    pub out_of_bag: f64,
    /// Relative overfitting, 0 to 1
    #[serde(deserialize_with = "number_or_nan")]
    pub overfitting: f64,
    /// The weight of the cases outside, .632 to 1
    #[serde(deserialize_with = "number_or_nan")]
    pub weight: f64,
    /// The .632+ estimate of the AUC
    #[serde(deserialize_with = "number_or_nan")]
    pub auc_632plus: f64,
    /// How often each candidate was kept, as a share of the resamples
    pub frequency: Vec<f64>,
}

/// Repeated splits by patient, stratified by outcome.
pub fn resplits(
    material: &Material,
    recipe: &Recipe<'_>,
    settings: (usize, f64, u64),
    watch: &Watch,
) -> Result<Resplits, StudyError> {
    let (count, test_fraction, seed) = settings;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let runs: Vec<Option<(f64, f64, Vec<usize>)>> = (0..count)
        .into_par_iter()
        .map(|repeat| {
            watch.check()?;
            let found = one_split(material, recipe, test_fraction, seed, repeat);
            let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            watch.step(number, count, "re-split")?;
            found.map_or_else(|error| kind(error).map(|()| None), |run| Ok(Some(run)))
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
        flipped: good.iter().filter(|run| run.1 > 0.5).count() as f64 / good.len().max(1) as f64,
        frequency: frequency(material, good.iter().map(|run| run.2.as_slice()), good.len()),
        auc: aucs,
    })
}

/// An error that stands for a resample which cannot be fitted is passed over and counted; a leak or a cancelled run is not.
fn kind(error: StudyError) -> Result<(), StudyError> {
    match error {
        StudyError::Stage(_) | StudyError::Stats(_) => Ok(()),
        other => Err(other),
    }
}

/// Test AUC, the lower limit of its interval, and the features kept, of one split.
fn one_split(
    material: &Material,
    recipe: &Recipe<'_>,
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
    let (found, lower, kept) = by_partition(material, recipe, &test, repeat)?;
    Ok((found, lower, kept))
}

/// Learns on the rows that are not test and scores those that are: AUC, the lower limit of its DeLong interval, features.
pub fn by_partition(
    material: &Material,
    recipe: &Recipe<'_>,
    test: &[bool],
    repeat: usize,
) -> Result<(f64, f64, Vec<usize>), StudyError> {
    let partition = material.partition(test);
    let score = recipe.learn(material, &partition.training(), None, repeat)?;
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

fn frequency<'a>(material: &Material, kept: impl Iterator<Item = &'a [usize]>, count: usize) -> Vec<f64> {
    let mut times = vec![0usize; material.names.len()];
    for columns in kept {
        for &column in columns {
            times[column] += 1;
        }
    }
    times.iter().map(|&times| times as f64 / count.max(1) as f64).collect()
}

/// What is done with the training rows of an outer fold: scores of the unseen rows.
type Scorer<'a> = dyn Fn(&[bool], usize) -> Result<Vec<f64>, StudyError> + Sync + 'a;

/// Nested cross-validation of the recipe: every choice is made inside each outer fold's training part.
pub fn nested(
    material: &Material,
    recipe: &Recipe<'_>,
    count: usize,
    seed: u64,
    watch: &Watch,
) -> Result<Nested, StudyError> {
    outer(
        material,
        &|test, fold| {
            let partition = material.partition(test);
            // Numbers of their own for the inner folds, apart from those of the re-splits.
            let score = recipe.learn(material, &partition.training(), None, 1_000_000 + fold)?;
            score_unseen(&score, material, &partition.test())
        },
        count,
        seed,
        watch,
    )
}

/// Outer folds by patient for any way of scoring. A fold whose training part cannot be fitted scores everybody alike.
pub fn outer(
    material: &Material,
    scorer: &Scorer<'_>,
    count: usize,
    seed: u64,
    watch: &Watch,
) -> Result<Nested, StudyError> {
    let fold_of = folds(
        material.events.len(),
        Some(&material.events),
        Some(&material.patients),
        &FoldSettings {
            count,
            seed,
            seed_kind: SeedKind::Own,
            repeat: 0,
        },
    )?;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let parts: Vec<(Vec<usize>, Vec<f64>)> = (0..count)
        .into_par_iter()
        .map(|fold| {
            watch.check()?;
            let test: Vec<bool> = fold_of.iter().map(|&other| other == fold).collect();
            let rows: Vec<usize> = (0..test.len()).filter(|&row| test[row]).collect();
            let scores = match scorer(&test, fold) {
                Ok(scores) => scores,
                Err(error) => {
                    kind(error)?;
                    vec![0.0; rows.len()]
                }
            };
            let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            watch.step(number, count, "outer fold")?;
            Ok((rows, scores))
        })
        .collect::<Result<_, StudyError>>()?;
    let mut scores = vec![0.0; material.events.len()];
    let mut own = Vec::new();
    for (rows, values) in &parts {
        for (&row, &value) in rows.iter().zip(values) {
            scores[row] = value;
        }
        if let Ok(area) = auc(&material.events_of(rows), values, Direction::Higher) {
            own.push(area);
        }
    }
    let area = auc(&material.events, &scores, Direction::Higher)?;
    Ok(Nested {
        folds: count,
        auc: area,
        interval: clustered_interval(material, &scores, area)?,
        mean_of_folds: mean(&own),
        folds_with_both: own.len(),
        scores,
    })
}

/// The interval of an AUC with the patients as clusters (Obuchowski 1997), clipped to 0 and 1.
fn clustered_interval(material: &Material, scores: &[f64], area: f64) -> Result<Interval, StudyError> {
    let placements = Placements::new(&material.events, scores, Direction::Higher)?;
    let variance = clustered_variance(&placements, &material.events, &material.patients)?;
    Ok(Interval::wald(area, variance.max(0.0).sqrt(), material.level).clamp(0.0, 1.0))
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

/// The bootstrap over patients: Harrell's optimism, and .632+ with 0.5 as the AUC of no information.
pub fn bootstrap(
    material: &Material,
    recipe: &Recipe<'_>,
    count: usize,
    seed: u64,
    watch: &Watch,
) -> Result<Bootstrap, StudyError> {
    let everybody = vec![false; material.ids.len()];
    let all: Vec<usize> = (0..material.ids.len()).collect();
    let whole = recipe.learn(material, &material.partition(&everybody).training(), None, 2_000_000)?;
    let apparent_in = |score: &Fitted<Score>, repeats: Option<&[usize]>| {
        let rows: Vec<usize> = all
            .iter()
            .flat_map(|&row| std::iter::repeat_n(row, repeats.map_or(1, |repeats| repeats[row])))
            .collect();
        auc(
            &material.events_of(&rows),
            &score.apparent().of(material, &rows),
            Direction::Higher,
        )
    };
    let apparent = apparent_in(&whole, None)?;
    let patients = material.patients.iter().max().map_or(0, |last| last + 1);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let runs: Vec<Option<(f64, f64, Vec<usize>)>> = (0..count)
        .into_par_iter()
        .map(|resample| {
            watch.check()?;
            let mut drawn = vec![0usize; patients];
            for patient in RandomStream::repeated(seed, Purpose::Bootstrap, resample).resample(patients) {
                drawn[patient] += 1;
            }
            let repeats: Vec<usize> = material.patients.iter().map(|&patient| drawn[patient]).collect();
            let outside: Vec<bool> = repeats.iter().map(|&times| times == 0).collect();
            let run = || -> Result<(f64, f64, Vec<usize>), StudyError> {
                let partition = material.partition(&outside);
                let score = recipe.learn(material, &partition.training(), Some(&repeats), 3_000_000 + resample)?;
                let optimism = apparent_in(&score, Some(&repeats))? - apparent_in(&score, None)?;
                let unseen = partition.test();
                let scores = score_unseen(&score, material, &unseen)?;
                let outside = auc(&material.events_of(unseen.rows()), &scores, Direction::Higher)?;
                Ok((optimism, outside, score.apparent().chosen()))
            };
            let found = run();
            let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            watch.step(number, count, "bootstrap")?;
            found.map_or_else(|error| kind(error).map(|()| None), |run| Ok(Some(run)))
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
    use ndarray::Array2;

    use super::*;
    use crate::stats::regression::lasso::{Family, LassoSettings};
    use crate::stats::validation::cross_validation::{CrossValidationSettings, Measure};
    use crate::study::input::settings::LambdaRule;

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

    fn recipe() -> Recipe<'static> {
        Recipe {
            lasso: LassoSettings {
                family: Family::Binomial,
                lambda_count: 30,
                ..LassoSettings::default()
            },
            cross_validation: CrossValidationSettings {
                measure: Measure::Mse,
                ..CrossValidationSettings::default()
            },
            rule: LambdaRule::Minimum,
            folds: 5,
            seed: 1,
            gate: None,
        }
    }

    /// 40 patients with three cases each, whose features are the patient's noise and a little of the case's: no feature
    /// knows anything of the outcome. `of_patient`: the outcome is the patient's; else three patients in four have both.
    fn noise(of_patient: bool, cohort: u32) -> Material {
        const PATIENTS: usize = 40;
        const FEATURES: usize = 30;
        let mut stream = RandomStream::new(11, Purpose::Other(cohort));
        let own = Array2::from_shape_fn((PATIENTS, FEATURES), |_| stream.normal());
        let mut cases = Array2::zeros((3 * PATIENTS, FEATURES));
        for row in 0..3 * PATIENTS {
            for column in 0..FEATURES {
                cases[[row, column]] = own[[row / 3, column]] + 0.2 * stream.normal();
            }
        }
        Material {
            ids: (0..3 * PATIENTS).map(|row| format!("case {row}")).collect(),
            events: (0..3 * PATIENTS)
                .map(|row| {
                    if of_patient {
                        (row / 3) % 2 == 0
                    } else {
                        (row / 3) % 4 != 0 && (row + row / 3) % 2 == 0
                    }
                })
                .collect(),
            patients: (0..3 * PATIENTS).map(|row| row / 3).collect(),
            features: cases,
            names: (0..FEATURES).map(|column| format!("feature {column}")).collect(),
            level: 0.95,
        }
    }

    /// The mean test AUC of ten splits by case, as if each case were its own patient.
    fn by_case(material: &Material) -> f64 {
        let blind = Material {
            patients: (0..material.ids.len()).collect(),
            ..material.clone()
        };
        resplits(&blind, &recipe(), (10, 1.0 / 3.0, 5), &Watch::silent())
            .unwrap()
            .mean
    }

    #[test]
    fn noise_looks_like_signal_when_patients_are_torn_apart_and_not_when_they_are_kept_together() {
        const COHORTS: u32 = 6;
        let together = |material: &Material| {
            resplits(material, &recipe(), (6, 1.0 / 3.0, 5), &Watch::silent())
                .unwrap()
                .mean
        };
        let mut kept = [Vec::new(), Vec::new()];
        for cohort in 0..COHORTS {
            let of_patients = noise(true, cohort);
            let torn = by_case(&of_patients);
            assert!(torn > 0.7, "split by case, pure noise has an AUC of {torn}");
            kept[0].push(together(&of_patients));
            kept[1].push(together(&noise(false, cohort)));
        }
        // One cohort of 40 patients has its accidents, and every re-split of it has the same ones; over cohorts they cancel.
        for areas in kept {
            let (centre, error) = (mean(&areas), standard_deviation(&areas) / f64::from(COHORTS).sqrt());
            assert!(
                (centre - 0.5).abs() < 4.0 * error && (centre - 0.5).abs() < 0.1,
                "kept together, noise has an AUC of {centre} ± {error}: {areas:?}"
            );
        }
    }

    #[test]
    fn the_bootstrap_sees_through_overfitting() {
        let found = bootstrap(&noise(true, 0), &recipe(), 12, 2, &Watch::silent()).unwrap();
        assert_eq!(found.resamples + found.failed, 12);
        assert!(found.auc_632plus < found.apparent + 1e-12);
        assert!(found.auc_632plus < 0.68, "{found:?}");
        assert_eq!(found.frequency.len(), 30);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
        let run = |threads: usize| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
                .install(|| resplits(&noise(true, 0), &recipe(), (4, 1.0 / 3.0, 9), &Watch::silent()).unwrap())
        };
        let (one, three) = (run(1), run(3));
        assert_eq!(one.auc.len(), 4);
        assert_eq!((one.auc, one.frequency), (three.auc, three.frequency));
    }
}
