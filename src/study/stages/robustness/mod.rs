//! `robustness`: how far the result may be trusted. The whole procedure from features to Rad-score is made again on many splits,
//! folds and resamples, every choice inside each; nothing of the study's own split is used but its place among the others.

mod chapter;
pub mod comparison;
pub mod controls;
mod destroyed;
pub mod result;
#[cfg(test)]
mod tests;
mod told;

use ndarray::Axis;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use super::agreement::{FORM, THRESHOLD, gate_settings};
use super::candidates::{self, narrowings};
use super::evaluate::discrimination::{Discrimination, RocResult};
use super::evaluate::risks::{Risks, RisksResult};
use super::folds::{FOLD_SEED, FOLDS, fold_settings};
use super::harmonise::Harmonise;
use super::origins::Centres;
use super::parts::{Features, SecondReadings, rows_in};
use super::select::Select;
use super::split::{RATIO, Split, SplitResult};
use crate::figure::Results;
use crate::figure::controls::{Control, ControlsInput};
use crate::figure::estimates::{Estimate, EstimatesInput};
use crate::figure::frequency::{Frequency as DrawnFrequency, FrequencyInput};
use crate::figure::permutations::PermutationsInput;
use crate::figure::resplits::ResplitsInput;
use crate::message::Id;
use crate::message::english::figure as words;
use crate::message::language::in_english;
use crate::stats::base::interval::Interval;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::folds::FoldSettings;
use crate::stats::validation::roc::{Direction, Placements, clustered_variance};
use crate::stats::validation::split::{SplitSettings, group_numbers};
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::pieces::{Pieces, question};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::bootstrap::{bootstrap, resampled};
use crate::study::honest::gate::{AgreementSettings, judge};
use crate::study::honest::learner::{Learner, Narrowing};
use crate::study::honest::nested::{OuterFolds, fold, nested_with};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::piece::Piece;
use crate::study::honest::procedure::{Gate, Material, Procedure};
use crate::study::honest::resplits::{Resplits, resplit, resplits};
use crate::study::honest::selected::SelectResult;
use crate::study::input::StudyInput;
use crate::study::input::cohort::Side;
use crate::study::input::keys::{CONFIDENCE, Key, Row};
use crate::study::input::settings::Config;
use crate::study::learner;
use crate::study::page::Page;
use controls::{
    CONTROLS, ControlInput, Controls, FOLDS as PERMUTED_FOLDS, ForControls, PERMUTATIONS, controls, permutation,
};
use result::{ClusteredAuc, Frequency, RobustnessResult};

/// The stage.
#[derive(Debug)]
pub struct Robustness;

/// What is made again, and how often.
pub struct RobustnessSettings {
    resplits: usize,
    nested_folds: usize,
    bootstrap: usize,
    seed: u64,
    test_fraction: f64,
    level: f64,
    agreement: AgreementSettings,
    narrowings: Vec<Box<dyn Narrowing>>,
    learner: Box<dyn Learner>,
    folds: FoldSettings,
}

pub(crate) static RESPLITS: Key<usize> = Key::count(
    "robustness.resplits",
    "re-splits",
    "200",
    0,
    "repeated splits; 0 makes none",
);
pub(crate) static NESTED_FOLDS: Key<usize> = Key::count(
    "robustness.nested_folds",
    "outer folds",
    "10",
    2,
    "outer folds of the nested cross-validation",
);
pub(crate) static BOOTSTRAP: Key<usize> = Key::count(
    "robustness.bootstrap",
    "bootstrap resamples for optimism",
    "100",
    0,
    "bootstrap resamples for optimism; 0 makes none",
);
pub(crate) static SEED: Key<u64> = Key::whole("robustness.seed", "seed of the resampling", "1", "seed of the stage");

impl Stage for Robustness {
    const NAME: &'static str = "robustness";
    const ABOUT: &'static str = "makes the whole selection again on many splits, folds and resamples";
    const MAKES: &'static [&'static str] = &[
        "robustness/resplits.csv",
        "robustness/frequency.csv",
        "robustness/controls.csv",
    ];
    const RESULT: &'static str = "robustness/result.json";
    type Settings = RobustnessSettings;
    type Input<'s> = (
        (Of<'s, Split>, Of<'s, Select>, Features, SecondReadings<'s>),
        (Centres<'s>, Option<Of<'s, Harmonise>>),
        (Of<'s, Risks>, Of<'s, Discrimination>),
        ForControls<'s>,
        Elsewhere,
    );
    type Output = RobustnessResult;

    fn keys() -> Vec<&'static Row> {
        let own = [
            &RESPLITS.row,
            &NESTED_FOLDS.row,
            &BOOTSTRAP.row,
            &SEED.row,
            &CONTROLS.row,
            &CONFIDENCE.row,
            &FORM.row,
            &THRESHOLD.row,
            &RATIO.row,
            &FOLDS.row,
            &FOLD_SEED.row,
        ];
        own.into_iter()
            .chain(candidates::keys())
            .chain(learner::keys())
            .collect()
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        learner::idle(input.config())
    }

    fn settings(config: &Config) -> Result<RobustnessSettings, StudyError> {
        Ok(RobustnessSettings {
            resplits: config.get(&RESPLITS)?,
            nested_folds: config.get(&NESTED_FOLDS)?,
            bootstrap: config.get(&BOOTSTRAP)?,
            seed: config.get(&SEED)?,
            // Where every case trains, re-splits still need a test set.
            test_fraction: match config.get(&RATIO)?.test_fraction() {
                share if share > 0.0 => share,
                _ => SplitSettings::default().test_fraction,
            },
            level: config.get(&CONFIDENCE)?,
            agreement: gate_settings(config)?,
            narrowings: narrowings(config)?,
            learner: learner::learner(config)?,
            folds: FoldSettings {
                seed_kind: SeedKind::Own,
                ..fold_settings(config)?
            },
        })
    }

    fn run(
        input: Self::Input<'_>,
        settings: &RobustnessSettings,
        watch: &Watch,
    ) -> Result<RobustnessResult, StudyError> {
        with_procedure(&input, settings, |material, procedure| {
            found(&input, settings, (material, procedure), watch)
        })
    }

    fn present(found: &RobustnessResult, made: &mut Made) {
        told::notes(found, made);
        told::tables(found, made);
        made.leftovers.push(PIECES.to_owned());
    }

    fn chapter(found: &RobustnessResult, page: &mut Page) {
        chapter::write(page, found);
    }

    fn figures(found: &RobustnessResult, sources: &Sources, results: &mut Results) {
        let asked = |key| sources.input().config().get(key).unwrap_or_default();
        results.put(FrequencyInput {
            features: found
                .frequency
                .iter()
                .map(|feature| DrawnFrequency {
                    name: feature.feature.clone(),
                    resplits: feature.resplits,
                    bootstrap: feature.bootstrap,
                    chosen: feature.chosen,
                })
                .collect(),
            repeats: (asked(&RESPLITS), asked(&BOOTSTRAP)),
        });
        if !found.resplits.auc.is_empty() {
            results.put(ResplitsInput {
                auc: found.resplits.auc.clone(),
                chosen: found.resplits.chosen,
                mean: found.resplits.mean,
                nested: found.nested.auc,
                corrected: found.bootstrap.corrected,
            });
        }
        results.put(estimates(found));
        if let Some(controls) = &found.controls {
            results.put(drawn_controls(controls));
            results.put(PermutationsInput {
                auc: controls.permuted.auc.clone(),
                model: found.nested.auc,
                p: controls.permuted.p,
            });
        }
    }
}

/// The file of the work folder with the pieces that were done elsewhere.
const PIECES: &str = "robustness.pieces";

/// The pieces that were done elsewhere, if there are any of the study as it is.
pub struct Elsewhere(Pieces);

impl<'s> Part<'s> for Elsewhere {
    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let path = sources.work(PIECES);
        if !path.exists() {
            return Ok(Self(Pieces::default()));
        }
        Ok(Self(Pieces::read(&path, &question(&Robustness, sources)?)))
    }

    fn ingredients(_sources: &Sources) -> Result<Ingredients, StudyError> {
        // Whoever does a piece, it is the same.
        Ok(Ingredients::default())
    }
}

type Input<'s> = <Robustness as Stage>::Input<'s>;

/// Hands over the cases, and how everything is made from them.
fn with_procedure<R>(
    ((split, select, features, second), (centres, _), _, _, _): &Input<'_>,
    settings: &RobustnessSettings,
    work: impl FnOnce(&Material, &Procedure<'_>) -> Result<R, StudyError>,
) -> Result<R, StudyError> {
    let material = material(split, features, settings.level)?;
    let origins = centres.of(&material.ids)?;
    let material = material.from_centres(origins);
    let gate = |training: &TrainingRows| {
        let found = judge(features, &second.0, training, &settings.agreement);
        Ok(material.names.iter().map(|name| found.kept.contains(name)).collect())
    };
    let procedure = Procedure {
        gate: (!second.0.is_empty()).then_some(&gate as &Gate<'_>),
        harmonise: centres.asked(),
        narrowings: &settings.narrowings,
        learner: settings
            .learner
            .in_resamples(select.rows.len(), select.candidates.len()),
        folds: settings.folds,
    };
    work(&material, &procedure)
}

/// Does all of it but the pieces that were done elsewhere.
fn found(
    ((split, select, _, _), _, (scored, discrimination), for_controls, elsewhere): &Input<'_>,
    settings: &RobustnessSettings,
    (material, procedure): (&Material, &Procedure<'_>),
    watch: &Watch,
) -> Result<RobustnessResult, StudyError> {
    let pieces = &elsewhere.0;
    let outer = OuterFolds::new(settings.nested_folds, settings.seed);
    let mut found = RobustnessResult {
        resplits: resplits(
            material,
            procedure,
            (settings.resplits, settings.test_fraction, settings.seed),
            pieces,
            watch,
        )?,
        nested: nested_with(material, procedure, outer, pieces, watch)?,
        bootstrap: bootstrap(material, procedure, settings.bootstrap, settings.seed, (pieces, watch))?,
        clustered: clustered(split, scored, settings.level)?,
        ..RobustnessResult::default()
    };
    let own = discrimination
        .roc
        .iter()
        .find(|roc| roc.side == Side::Test && Some(&roc.model) == scored.models.first());
    place(own, &mut found.resplits);
    found.frequency = frequencies(select, material, &found);
    if let Some((clinical, images)) = for_controls.get() {
        let input = ControlInput {
            material,
            procedure,
            model: &found.nested,
            clinical: (clinical.terms(), clinical.of(&material.ids)?),
            images: images.input(),
            seed: settings.seed,
            pieces,
        };
        found.controls = Some(controls(&input, watch)?);
    }
    Ok(found)
}

/// What of the stage can be done elsewhere: the digest of all that it is made from, and its pieces with what each costs beside
/// the others. Baselines and what is computed of all pieces together are done where they are gathered.
///
/// # Errors
/// Where a setting is wrong, or an input cannot be read.
pub fn pieces(sources: &Sources) -> Result<(String, Vec<(Piece, u64)>), StudyError> {
    let config = sources.input().config();
    let settings = Robustness::settings(config)?;
    let permutations = if config.get(&CONTROLS)? { PERMUTATIONS } else { 0 };
    let folds = PERMUTED_FOLDS.min(settings.nested_folds) as u64;
    let all = (0..settings.resplits)
        .map(|number| (Piece::Resplit(number), 1))
        .chain((0..settings.nested_folds).map(|number| (Piece::Fold(number), 1)))
        .chain((0..settings.bootstrap).map(|number| (Piece::Resample(number), 1)))
        .chain((0..permutations).map(|number| (Piece::Permutation(number), folds)));
    Ok((question(&Robustness, sources)?, all.collect()))
}

/// Does pieces, in parallel, and gives each with its place among the wanted to `keep`.
///
/// # Errors
/// Where the study lacks a stage that this one needs, a piece cannot be done, the watch stops it, or `keep` fails.
pub fn perform(
    sources: &Sources,
    wanted: &[Piece],
    watch: &Watch,
    keep: impl Fn(usize, Value) -> Result<(), StudyError> + Sync,
) -> Result<(), StudyError> {
    let settings = Robustness::settings(sources.input().config())?;
    let input = <Input<'_> as Part<'_>>::take(sources)?;
    let outer = OuterFolds::new(settings.nested_folds, settings.seed);
    let permuted = OuterFolds::new(PERMUTED_FOLDS.min(settings.nested_folds), settings.seed);
    let (fraction, seed) = (settings.test_fraction, settings.seed);
    in_english(|| {
        with_procedure(&input, &settings, |material, procedure| {
            wanted.par_iter().enumerate().try_for_each(|(place, piece)| {
                watch.check()?;
                let found = match *piece {
                    Piece::Resplit(number) => value(&resplit(material, procedure, fraction, seed, number)?),
                    Piece::Fold(number) => value(&fold(material, procedure, outer, number)?),
                    Piece::Resample(number) => value(&resampled(material, procedure, seed, number)?),
                    Piece::Permutation(number) => value(&permutation(material, procedure, permuted, number, watch)?),
                };
                keep(place, found)
            })
        })
    })
}

/// Lays pieces beside the study, for its next run.
///
/// # Errors
/// Where they cannot be written.
pub fn gather(sources: &Sources, question: &str, pieces: Map<String, Value>) -> Result<(), StudyError> {
    Pieces::write(&sources.work(PIECES), question, pieces)
}

fn value(found: &impl Serialize) -> Value {
    // Serialising the crate's own plain types to memory cannot fail.
    serde_json::to_value(found).unwrap_or_default()
}

/// The Rad-score's AUC by each way of asking.
fn estimates(found: &RobustnessResult) -> EstimatesInput {
    let own = found.clustered.iter().find(|row| row.side == Side::Test.name());
    let middle = match found.resplits.quantiles.as_slice() {
        [low, _, _, _, high] => Some((*low, *high)),
        _ => None,
    };
    let row = |name: Id, auc, limits, resampled| Estimate {
        name: name.into(),
        auc,
        limits,
        resampled,
    };
    EstimatesInput {
        rows: vec![
            row(
                words::THIS_SPLIT_TEST,
                own.map_or(f64::NAN, |row| row.auc),
                own.map(|row| row.interval.into()),
                false,
            ),
            row(words::RE_SPLITS_MEAN, found.resplits.mean, middle, true),
            row(
                words::NESTED,
                found.nested.auc,
                Some(found.nested.interval.into()),
                true,
            ),
            row(words::BOOTSTRAP_CORRECTED, found.bootstrap.corrected, None, true),
            row(words::POINT_632, found.bootstrap.auc_632plus, None, true),
        ],
        remark: Some(words::estimate_limits(found.nested.interval.name())),
    }
}

/// The controls as they are drawn.
fn drawn_controls(controls: &Controls) -> ControlsInput {
    let rows = controls.baselines.iter().map(|row| Control {
        name: row.name.clone(),
        auc: row.auc,
        difference: row.difference,
        interval: row.difference_interval,
    });
    ControlsInput { rows: rows.collect() }
}

/// The cases of the split with their features; features without a value in some case are no candidates.
fn material(split: &SplitResult, features: &Features, level: f64) -> Result<Material, StudyError> {
    let ids = split.ids();
    let table = features.select_rows(&rows_in(&ids, &features.ids)?);
    let columns: Vec<usize> = (0..table.names.len())
        .filter(|&column| table.values.column(column).iter().all(|value| value.is_finite()))
        .collect();
    Ok(Material::new(
        ids,
        split.events(),
        split.patients(),
        columns.iter().map(|&column| table.names[column].clone()).collect(),
        table.values.select(Axis(1), &columns),
    )
    .at_level(level))
}

/// The AUCs of the study's own models, with intervals by patient.
fn clustered(split: &SplitResult, scored: &RisksResult, level: f64) -> Result<Vec<ClusteredAuc>, StudyError> {
    let mut found = Vec::new();
    for (position, model) in scored.models.iter().enumerate() {
        for side in scored.sides() {
            let rows: Vec<_> = scored
                .risks
                .iter()
                .filter(|row| row.side == side && row.risks.get(position).is_some_and(|risk| risk.is_finite()))
                .collect();
            let scores: Vec<f64> = rows.iter().map(|row| row.risks[position]).collect();
            let outcome: Vec<bool> = rows.iter().map(|row| row.event).collect();
            let patients: Vec<&str> = rows
                .iter()
                .filter_map(|row| split.cases.iter().find(|case| case.id == row.id))
                .map(|case| case.patient.as_str())
                .collect();
            let patients = group_numbers(&patients);
            let Ok(placements) = Placements::new(&outcome, &scores, Direction::Higher) else {
                continue;
            };
            let Ok(variance) = clustered_variance(&placements, &outcome, &patients) else {
                continue;
            };
            let area = crate::stats::validation::roc::auc(&outcome, &scores, Direction::Higher)?;
            let error = variance.max(0.0).sqrt();
            found.push(ClusteredAuc {
                model: model.clone(),
                side: side.name().to_owned(),
                patients: patients.iter().max().map_or(0, |last| last + 1),
                cases: rows.len(),
                auc: area,
                se_independent: placements.variance().sqrt(),
                se_clustered: error,
                interval: Interval::wald(area, error, level).clamp(0.0, 1.0),
            });
        }
    }
    Ok(found)
}

/// Where the study's own split lies among the others, and how many of them turn its headline round. The headline is
/// whether the Rad-score beats chance: whether the interval of its test AUC lies above 0.5.
fn place(own: Option<&RocResult>, resplits: &mut Resplits) {
    let Some(own) = own.filter(|_| !resplits.auc.is_empty()) else {
        return;
    };
    resplits.chosen = own.auc;
    let below = resplits.auc.iter().filter(|auc| **auc < own.auc).count() as f64;
    let equal = resplits.auc.iter().filter(|auc| **auc == own.auc).count() as f64;
    resplits.chosen_rank = (below + 0.5 * equal) / resplits.auc.len().max(1) as f64;
    let beats = own.interval.lower > 0.5;
    resplits.headline = if beats {
        "the interval of the test AUC lies above 0.5".to_owned()
    } else {
        "the interval of the test AUC does not lie above 0.5".to_owned()
    };
    // Until here `flipped` is the share of splits that beat chance.
    if beats {
        resplits.flipped = 1.0 - resplits.flipped;
    }
}

fn frequencies(select: &SelectResult, material: &Material, found: &RobustnessResult) -> Vec<Frequency> {
    let mut rows: Vec<Frequency> = material
        .names
        .iter()
        .enumerate()
        .map(|(column, feature)| Frequency {
            feature: feature.clone(),
            resplits: found.resplits.frequency[column],
            bootstrap: found.bootstrap.frequency[column],
            chosen: select.keeps(feature),
        })
        .collect();
    // What is known best comes first; a share of nothing says nothing.
    let kept = |row: &Frequency| {
        if row.resplits.is_nan() {
            row.bootstrap
        } else {
            row.resplits
        }
    };
    rows.sort_by(|left, right| kept(right).total_cmp(&kept(left)));
    rows
}
