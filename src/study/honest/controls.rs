//! Negative controls and baselines: what a model would score that knows only the volume, only the clinical table, or images
//! whose texture was destroyed; and how often labels dealt at random do as well.
//!
//! The destroyed images follow the idea of READII's negative controls (Haibe-Kains lab): the intensities inside the mask
//! are shuffled, or replaced by noise of the same mean and spread; shape and size stay. What the model loses is what
//! texture adds. Everything is judged by the same nested cross-validation as the model.

use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::{extract, load_options};
use crate::stats::base::interval::Interval;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::design::standardise::Standardiser;
use crate::stats::regression::lasso::{self, Family, LassoSettings};
use crate::stats::validation::roc::{Direction, auc};
use crate::study::Study;
use crate::study::artefact::{number_or_nan, numbers_or_nan};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::resample::{Nested, clustered_difference, nested, outer};
use crate::study::honest::way::{Material, Recipe, score_unseen};
use crate::study::stages::check::label_of;
use crate::volume::{self, Samples, Scan};

/// What the controls have shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Controls {
    /// One row a baseline or control
    pub baselines: Vec<Baseline>,
    /// Labels dealt at random
    pub permuted: Permuted,
    /// What could not be done, and why
    pub notes: Vec<String>,
}

/// A way of scoring that should be worse than the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// `volume`, `clinical`, `no information`, `shuffled intensities`, `noise`
    pub name: String,
    /// What it knows
    pub about: String,
    /// Its AUC in the nested cross-validation
    #[serde(deserialize_with = "number_or_nan")]
    pub auc: f64,
    /// Its interval
    #[serde(flatten, with = "crate::study::artefact::interval")]
    pub interval: Interval,
    /// The model's AUC less this one
    #[serde(deserialize_with = "number_or_nan")]
    pub difference: f64,
    /// The difference's interval, with the patients as clusters
    #[serde(flatten, with = "crate::study::artefact::difference_interval")]
    pub difference_interval: Interval,
}

/// The model learnt from outcomes that were dealt to the cases at random.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Permuted {
    /// Permutations
    pub count: usize,
    /// The AUCs, in order
    #[serde(deserialize_with = "numbers_or_nan")]
    pub auc: Vec<f64>,
    /// (permutations at least as good as the model + 1) / (permutations + 1)
    #[serde(deserialize_with = "number_or_nan")]
    pub p: f64,
}

/// How destroyed images are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destroy {
    /// The intensities inside the mask change places
    Shuffle,
    /// Normal noise of the mask's mean and standard deviation takes their place
    Noise,
}

/// How many permutations.
const PERMUTATIONS: usize = 39;

/// Runs all controls that the study allows; `model` is the model's own nested cross-validation.
pub fn controls(
    study: &Study,
    material: &Material,
    recipe: &Recipe<'_>,
    model: &Nested,
    watch: &Watch,
) -> Result<Controls, StudyError> {
    let settings = &study.config().robustness;
    let (count, seed) = (model.folds, settings.seed);
    let mut found = Controls::default();
    let compare = |name: &str, about: &str, nested: &Nested| -> Result<Baseline, StudyError> {
        let (difference, difference_interval) = clustered_difference(material, &model.scores, &nested.scores)?;
        Ok(Baseline {
            name: name.to_owned(),
            about: about.to_owned(),
            auc: nested.auc,
            interval: nested.interval,
            difference,
            difference_interval,
        })
    };
    found.baselines.push(Baseline {
        name: "no information".to_owned(),
        about: "the same score for everybody".to_owned(),
        auc: 0.5,
        interval: Interval::new(0.5, 0.5, material.level),
        difference: model.auc - 0.5,
        difference_interval: model.interval.map(|limit| limit - 0.5),
    });
    let volume = ["original_shape_MeshVolume", "original_shape_VoxelVolume"]
        .iter()
        .find_map(|name| material.names.iter().position(|other| other == name));
    match volume {
        None => found.notes.push("volume alone: the features hold no volume".to_owned()),
        Some(column) => {
            let values = material.features.select(Axis(1), &[column]);
            let nested = outer(
                material,
                &|test, _| regression(material, &values, test),
                count,
                seed,
                watch,
            )?;
            found
                .baselines
                .push(compare("volume", "the volume of the region", &nested)?);
        }
    }
    match clinical_values(study, material) {
        None => found
            .notes
            .push("clinical values alone: there are none without gaps".to_owned()),
        Some((values, names)) => {
            let nested = outer(
                material,
                &|test, _| regression(material, &values, test),
                count,
                seed,
                watch,
            )?;
            found.baselines.push(compare("clinical", &names, &nested)?);
        }
    }
    for (destroy, name, about) in [
        (
            Destroy::Shuffle,
            "shuffled intensities",
            "the intensities inside the mask in random places: shape and histogram, but no texture",
        ),
        (
            Destroy::Noise,
            "noise",
            "noise of the same mean and spread inside the mask: shape, mean and spread",
        ),
    ] {
        if study.config().features.is_some() {
            found.notes.push(format!("{name}: the study has no images"));
            continue;
        }
        let features = destroyed(study, material, destroy, watch)?;
        let other = Material {
            features,
            ..material.clone()
        };
        let nested = nested(&other, recipe, count, seed, watch)?;
        found.baselines.push(compare(name, about, &nested)?);
    }
    found.permuted = permuted(material, recipe, model, seed, watch)?;
    Ok(found)
}

/// Logistic regression on a few columns, learnt on the rows that are not test, in the scores of those that are. A penalty
/// of 1e-4 keeps it finite where the outcome is separated; it moves coefficients in the fourth digit.
fn regression(material: &Material, values: &Array2<f64>, test: &[bool]) -> Result<Vec<f64>, StudyError> {
    let partition = material.partition(test);
    let fitted = crate::study::honest::partition::Fitted::on("the baseline", &partition.training(), |training| {
        let rows = values.select(Axis(0), training.rows());
        let scaler = Standardiser::fit(rows.view())?;
        let outcome: Array1<f64> = material
            .events_of(training.rows())
            .iter()
            .map(|&event| f64::from(u8::from(event)))
            .collect();
        let settings = LassoSettings {
            family: Family::Binomial,
            ..LassoSettings::default()
        };
        let scaled = scaler.apply(rows.view());
        let coefficients = lasso::coefficients_exact(scaled.view(), outcome.view(), None, &settings, 1e-4)?;
        Ok::<_, StudyError>((scaler, coefficients))
    })?;
    let unseen = partition.test();
    let (scaler, coefficients) = fitted.for_unseen(&unseen)?;
    let rows = values.select(Axis(0), unseen.rows());
    Ok(coefficients.linear_predictor(scaler.apply(rows.view()).view()))
}

/// The clinical columns that have a value in every case, and their names.
fn clinical_values(study: &Study, material: &Material) -> Option<(Array2<f64>, String)> {
    let cohort = study.cohort();
    let cases: Vec<usize> = material
        .ids
        .iter()
        .map(|id| cohort.position(id))
        .collect::<Option<_>>()?;
    let columns: Vec<usize> = (0..cohort.clinical.len())
        .filter(|&column| {
            let values = || cases.iter().map(|&case| cohort.cases[case].clinical[column]);
            values().all(f64::is_finite) && values().any(|value| value != cohort.cases[cases[0]].clinical[column])
        })
        .collect();
    if columns.is_empty() {
        return None;
    }
    let names: Vec<&str> = columns
        .iter()
        .map(|&column| cohort.clinical[column].name.as_str())
        .collect();
    let values = Array2::from_shape_fn((cases.len(), columns.len()), |(row, column)| {
        cohort.cases[cases[row]].clinical[columns[column]]
    });
    Some((values, names.join(", ")))
}

/// The features of images whose texture was destroyed, in the material's columns; a feature without a value is 0.
fn destroyed(study: &Study, material: &Material, destroy: Destroy, watch: &Watch) -> Result<Array2<f64>, StudyError> {
    let cohort = study.cohort();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let rows: Vec<Vec<f64>> = material
        .ids
        .par_iter()
        .enumerate()
        .map(|(number, id)| {
            watch.check()?;
            let wrong = |problem: String| StudyError::Stage(format!("control, case {id}: {problem}"));
            let case = cohort
                .position(id)
                .map(|at| &cohort.cases[at])
                .ok_or_else(|| wrong("it is not in the cohort".to_owned()))?;
            let (Some(image), Some(mask)) = (&case.image, &case.mask) else {
                return Err(wrong("it has no image or no mask".to_owned()));
            };
            let options = load_options(label_of(case, study.parameters()), study.parameters());
            let mut scan = volume::load(image, mask, &options).map_err(|error| wrong(error.to_string()))?;
            let stream = RandomStream::repeated(study.config().robustness.seed, Purpose::Other(31), number);
            destroy_texture(&mut scan, destroy, stream)
                .ok_or_else(|| wrong("image and mask have grids of their own".to_owned()))?;
            let found = extract(&scan, study.parameters()).map_err(|error| wrong(error.to_string()))?;
            watch.step(
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                material.ids.len(),
                id,
            )?;
            let value_of: std::collections::HashMap<&str, f64> = found
                .features
                .iter()
                .map(|(name, value)| (name.as_str(), *value))
                .collect();
            Ok(material
                .names
                .iter()
                .map(|name| {
                    value_of
                        .get(name.as_str())
                        .copied()
                        .filter(|value| value.is_finite())
                        .unwrap_or(0.0)
                })
                .collect())
        })
        .collect::<Result<_, StudyError>>()?;
    Ok(Array2::from_shape_fn(
        (material.ids.len(), material.names.len()),
        |(row, column)| rows[row][column],
    ))
}

/// Destroys the texture inside the mask; `None` where image and mask are not on one grid.
fn destroy_texture(scan: &mut Scan, destroy: Destroy, mut stream: RandomStream) -> Option<()> {
    if scan.image.geometry.size != scan.mask.geometry.size {
        return None;
    }
    let mut values: Vec<f64> = (0..scan.image.samples.len())
        .map(|at| scan.image.samples.get(at))
        .collect();
    let inside: Vec<usize> = scan
        .mask
        .voxels
        .iter()
        .enumerate()
        .filter(|(_, inside)| **inside)
        .map(|(at, _)| at)
        .collect();
    let mut own: Vec<f64> = inside.iter().map(|&at| values[at]).collect();
    match destroy {
        Destroy::Shuffle => stream.shuffle(&mut own),
        Destroy::Noise => {
            let mean = crate::stats::base::descriptive::mean(&own);
            let deviation = crate::stats::base::descriptive::standard_deviation(&own);
            let whole = scan.image.samples.sample_type().is_integer();
            for value in &mut own {
                let drawn = mean + deviation * stream.normal();
                *value = if whole { drawn.round() } else { drawn };
            }
        }
    }
    for (&at, value) in inside.iter().zip(own) {
        values[at] = value;
    }
    scan.image.samples = Samples::F64(values);
    Some(())
}

/// The model learnt from outcomes dealt to the cases at random; patients keep their cases, not their outcomes.
fn permuted(
    material: &Material,
    recipe: &Recipe<'_>,
    model: &Nested,
    seed: u64,
    watch: &Watch,
) -> Result<Permuted, StudyError> {
    // Five outer folds: a permutation needs no precision, there are many of them. The model is judged in the same way.
    const FOLDS: usize = 5;
    let folds = FOLDS.min(model.folds);
    let observed = nested(material, recipe, folds, seed, watch)?.auc;
    let mut areas = Vec::with_capacity(PERMUTATIONS);
    for number in 0..PERMUTATIONS {
        let mut shuffled = material.clone();
        RandomStream::repeated(seed, Purpose::Other(32), number).shuffle(&mut shuffled.events);
        let scored = outer(
            &shuffled,
            &|test, fold| {
                let partition = shuffled.partition(test);
                let score = recipe.learn(
                    &shuffled,
                    &partition.training(),
                    None,
                    4_000_000 + number * FOLDS + fold,
                )?;
                score_unseen(&score, &shuffled, &partition.test())
            },
            folds,
            seed,
            watch,
        );
        // Labels dealt so that a fold cannot be made say nothing.
        if let Ok(scored) = scored {
            areas.push(auc(&shuffled.events, &scored.scores, Direction::Higher)?);
        }
        watch.step(number + 1, PERMUTATIONS, "permutation")?;
    }
    let as_good = areas.iter().filter(|area| **area >= observed).count();
    Ok(Permuted {
        count: areas.len(),
        p: (as_good + 1) as f64 / (areas.len() + 1) as f64,
        auc: areas,
    })
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::volume::geometry::IDENTITY;
    use crate::volume::{Geometry, Mask, Volume};

    fn scan() -> Scan {
        let geometry = Geometry {
            size: [4, 3, 2],
            spacing: [1.0; 3],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        Scan {
            image: Volume {
                geometry,
                samples: Samples::I16((0..24).collect()),
            },
            mask: Mask {
                geometry,
                voxels: Array3::from_shape_fn((2, 3, 4), |(z, _, x)| z == 1 || x < 2),
            },
            start: [0; 3],
            full: geometry,
            mask_start: [0; 3],
            mask_full: geometry,
            image_facts: None,
            mask_facts: None,
            corrected_mask_facts: None,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn shuffling_keeps_the_histogram_and_what_lies_outside() {
        let before = scan();
        let mut after = scan();
        destroy_texture(&mut after, Destroy::Shuffle, RandomStream::new(3, Purpose::Other(31))).unwrap();
        let mut inside: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        for (at, &mask) in before.mask.voxels.iter().enumerate() {
            let (old, new) = (before.image.samples.get(at), after.image.samples.get(at));
            if mask {
                inside[0].push(old);
                inside[1].push(new);
            } else {
                assert_eq!(old, new);
            }
        }
        assert_ne!(inside[0], inside[1]);
        for values in &mut inside {
            values.sort_by(f64::total_cmp);
        }
        assert_eq!(inside[0], inside[1]);
    }

    #[test]
    fn noise_has_the_mask_s_mean_and_whole_values() {
        let mut after = scan();
        destroy_texture(&mut after, Destroy::Noise, RandomStream::new(3, Purpose::Other(31))).unwrap();
        let values: Vec<f64> = (0..24).map(|at| after.image.samples.get(at)).collect();
        assert!(values.iter().all(|value| value.fract() == 0.0));
        assert_eq!(values[2], 2.0);
    }
}
