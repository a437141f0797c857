//! Negative controls and baselines: what a model would score that knows only the volume, only the clinical table, or images
//! whose texture was destroyed; and how often labels dealt at random do as well.
//!
//! Everything is judged by the same nested cross-validation as the model. What the model loses on destroyed images is what
//! texture adds.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::destroyed::{Destroy, destroyed};
use crate::stats::base::interval::Interval;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::validation::folds::FoldSettings;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::Part;
use crate::study::engine::pieces::Pieces;
use crate::study::engine::sources::Sources;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::nested::{Nested, OuterFolds, clustered_difference, nested};
use crate::study::honest::piece::Piece;
use crate::study::honest::procedure::{Material, Procedure};
use crate::study::honest::resample::passed_over;
use crate::study::input::StudyInput;
use crate::study::input::cohort::ClinicalTerm;
use crate::study::input::keys::Key;
use crate::study::learner::Lasso;
use crate::study::stages::parts::{ClinicalValues, Images};

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
    pub auc: f64,
    /// Its interval
    #[serde(flatten, with = "crate::study::artefact::interval")]
    pub interval: Interval,
    /// The model's AUC less this one
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
    pub auc: Vec<f64>,
    /// (permutations at least as good as the model + 1) / (permutations + 1)
    pub p: f64,
}

pub(crate) static CONTROLS: Key<bool> = Key::flag(
    "controls",
    "controls",
    "false",
    "also run the controls: volume only, clinical only, permuted outcome, shuffled and random voxels",
);

/// How many permutations.
pub(super) const PERMUTATIONS: usize = 39;

/// Outer folds of a permutation, at most: it needs no precision, there are many of them. The model is judged in the same way.
pub(super) const FOLDS: usize = 5;

/// A penalty that keeps a regression on a few columns finite where the outcome is separated; it moves coefficients in the
/// fourth digit.
const HARDLY_ANY: f64 = 1e-4;

/// What only the controls read; in a study without controls it can make nothing stale.
pub struct ForControls<'s>(Option<(ClinicalValues<'s>, Images<'s>)>);

impl<'s> ForControls<'s> {
    fn asked(sources: &Sources) -> Result<bool, StudyError> {
        sources.input().config().get(&CONTROLS)
    }

    /// It, where there are controls.
    pub(super) fn get(&self) -> Option<&(ClinicalValues<'s>, Images<'s>)> {
        self.0.as_ref()
    }
}

impl<'s> Part<'s> for ForControls<'s> {
    fn needs() -> Vec<&'static str> {
        <(ClinicalValues<'s>, Images<'s>) as Part<'s>>::needs()
    }

    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        if Self::asked(sources)? {
            <(ClinicalValues<'_>, Images<'_>) as Part<'_>>::ingredients(sources)
        } else {
            Ok(Ingredients::default())
        }
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let asked = Self::asked(sources)?;
        Ok(Self(asked.then(|| Part::take(sources)).transpose()?))
    }
}

/// What the controls are made of.
pub(super) struct ControlInput<'a> {
    /// The cases with their features
    pub(super) material: &'a Material,
    /// How the model is learnt
    pub(super) procedure: &'a Procedure<'a>,
    /// The model's own nested cross-validation
    pub(super) model: &'a Nested,
    /// The clinical terms, and each case's values
    pub(super) clinical: (&'a [ClinicalTerm], Vec<&'a [f64]>),
    /// Images and masks; `None` in a study on a table of features
    pub(super) images: Option<&'a StudyInput>,
    /// The seed
    pub(super) seed: u64,
    /// Permutations that were done elsewhere
    pub(super) pieces: &'a Pieces,
}

/// Runs all controls that the study allows.
pub(super) fn controls(input: &ControlInput<'_>, watch: &Watch) -> Result<Controls, StudyError> {
    let (material, model) = (input.material, input.model);
    let outer = OuterFolds::new(model.folds, input.seed);
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
    let few_columns = Procedure {
        gate: None,
        // A column or a few: ComBat borrows strength across many.
        harmonise: None,
        narrowings: &[],
        learner: Box::new(Lasso::at(HARDLY_ANY)),
        folds: FoldSettings::default(),
    };
    let regression = |names: Vec<String>, values: Array2<f64>| {
        nested(&material.with_features(names, values), &few_columns, outer, watch)
    };
    let volume = ["original_shape_MeshVolume", "original_shape_VoxelVolume"]
        .iter()
        .find_map(|name| material.names.iter().position(|other| other == name));
    match volume {
        None => found.notes.push("volume alone: the features hold no volume".to_owned()),
        Some(column) => {
            let values = material.features().select(Axis(1), &[column]);
            let nested = regression(vec![material.names[column].clone()], values)?;
            found
                .baselines
                .push(compare("volume", "the volume of the region", &nested)?);
        }
    }
    match clinical_values(&input.clinical) {
        None => found
            .notes
            .push("clinical values alone: there are none without gaps".to_owned()),
        Some((names, values)) => {
            let about = names.join(", ");
            let nested = regression(names, values)?;
            found.baselines.push(compare("clinical", &about, &nested)?);
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
        let Some(images) = input.images else {
            found.notes.push(format!("{name}: the study has no images"));
            continue;
        };
        let features = destroyed(images, material, destroy, input.seed, watch)?;
        let other = material.with_features(material.names.clone(), features);
        let nested = nested(&other, input.procedure, outer, watch)?;
        found.baselines.push(compare(name, about, &nested)?);
    }
    found.permuted = permuted(input, watch)?;
    Ok(found)
}

/// The clinical terms that have a value in every case and are not the same in all, and their values.
fn clinical_values((terms, values): &(&[ClinicalTerm], Vec<&[f64]>)) -> Option<(Vec<String>, Array2<f64>)> {
    let columns: Vec<usize> = (0..terms.len())
        .filter(|&column| {
            let of = || values.iter().map(|values| values[column]);
            of().all(f64::is_finite) && of().any(|value| value != values[0][column])
        })
        .collect();
    if columns.is_empty() {
        return None;
    }
    let names = columns.iter().map(|&column| terms[column].name.clone()).collect();
    let values = Array2::from_shape_fn((values.len(), columns.len()), |(row, column)| {
        values[row][columns[column]]
    });
    Some((names, values))
}

/// The AUC of a single permutation; `None` where the labels are dealt so that a fold cannot be made, which says nothing.
pub(super) fn permutation(
    material: &Material,
    procedure: &Procedure<'_>,
    outer: OuterFolds,
    number: usize,
    watch: &Watch,
) -> Result<Option<f64>, StudyError> {
    let mut shuffled = material.clone();
    RandomStream::repeated(outer.seed, Purpose::Other(32), number).shuffle(&mut shuffled.events);
    let own = OuterFolds {
        first_resample: 4_000_000 + number * FOLDS,
        ..outer
    };
    match nested(&shuffled, procedure, own, watch) {
        Ok(scored) => Ok(Some(scored.auc)),
        Err(error) => passed_over(error).map(|()| None),
    }
}

/// The model learnt from outcomes dealt to the cases at random; patients keep their cases, not their outcomes.
fn permuted(input: &ControlInput<'_>, watch: &Watch) -> Result<Permuted, StudyError> {
    let outer = OuterFolds::new(FOLDS.min(input.model.folds), input.seed);
    let observed = nested(input.material, input.procedure, outer, watch)?.auc;
    let mut areas = Vec::with_capacity(PERMUTATIONS);
    for number in 0..PERMUTATIONS {
        let found: Option<f64> = input.pieces.get_or(&Piece::Permutation(number), || {
            permutation(input.material, input.procedure, outer, number, watch)
        })?;
        areas.extend(found);
        watch.step(number + 1, PERMUTATIONS, "permutation")?;
    }
    let as_good = areas.iter().filter(|area| **area >= observed).count();
    Ok(Permuted {
        count: areas.len(),
        p: (as_good + 1) as f64 / (areas.len() + 1) as f64,
        auc: areas,
    })
}
