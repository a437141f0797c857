//! `robustness`: how far the result may be trusted. The whole way from features to Rad-score is made again on many splits,
//! folds and resamples, every choice inside each; nothing of the study's own split is used but its place among the others.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::agreement::judge;
use super::split::rows_in;
use super::{features_ingredient, needed};
use crate::stats::base::interval::Interval;
use crate::stats::validation::roc::{Direction, Placements, clustered_variance};
use crate::stats::validation::split::group_numbers;
use crate::study::artefact::{json_bytes, number_or_nan, number_text};
use crate::study::engine::watch::Watch;
use crate::study::feature_table::FeatureTable;
use crate::study::honest::controls::{Controls, controls};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::resample::{Bootstrap, Nested, Resplits, bootstrap, nested, resplits};
use crate::study::honest::way::{Gate, Material, Recipe};
use crate::study::input::cohort::Side;
use crate::study::input::settings::AgreementSettings;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Robustness;

/// An AUC whose interval takes the patients as clusters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusteredAuc {
    /// The model
    pub model: String,
    /// Training or test
    pub side: String,
    /// Patients
    pub patients: usize,
    /// Cases
    pub cases: usize,
    /// The area
    #[serde(deserialize_with = "number_or_nan")]
    pub auc: f64,
    /// DeLong's standard error, as if all cases were independent
    #[serde(deserialize_with = "number_or_nan")]
    pub se_independent: f64,
    /// Obuchowski's standard error, by patient
    #[serde(deserialize_with = "number_or_nan")]
    pub se_clustered: f64,
    /// The interval by the latter
    #[serde(flatten)]
    pub interval: Interval,
}

/// How often a feature was kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frequency {
    /// The feature
    pub feature: String,
    /// Share of the re-splits
    pub resplits: f64,
    /// Share of the bootstrap resamples
    pub bootstrap: f64,
    /// Whether the study's own selection keeps it
    pub chosen: bool,
}

/// What the stage has found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RobustnessResult {
    /// Repeated splits
    pub resplits: Resplits,
    /// Nested cross-validation
    pub nested: Nested,
    /// The bootstrap
    pub bootstrap: Bootstrap,
    /// The models' AUCs with the patients as clusters
    pub clustered: Vec<ClusteredAuc>,
    /// Every candidate, the most frequent first
    pub frequency: Vec<Frequency>,
    /// Controls and baselines, if asked for
    pub controls: Option<Controls>,
}

impl Stage for Robustness {
    fn name(&self) -> &'static str {
        "robustness"
    }

    fn about(&self) -> &'static str {
        "makes the whole selection again on many splits, folds and resamples"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract", "split", "select", "evaluate"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &[
            "robustness/resplits.csv",
            "robustness/frequency.csv",
            "robustness/controls.csv",
            "robustness/result.json",
        ]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let settings = &study.config().robustness;
        let ingredients = Ingredients::new()
            .with("re-splits", settings.resplits)
            .with("outer folds", settings.nested_folds)
            .with("bootstrap resamples", settings.bootstrap)
            .with("seed of the resampling", settings.seed)
            .with("controls", study.config().controls)
            .with("confidence", study.config().evaluate.confidence)
            .with("agreement form", study.config().agreement.form.name())
            .with("agreement threshold", study.config().agreement.threshold)
            .with("test parts", study.config().split.test_parts)
            .with("training parts", study.config().split.training_parts);
        features_ingredient(study, ingredients)
    }

    fn run(&self, study: &Study, watch: &Watch) -> Result<Made, StudyError> {
        let material = material(study)?;
        let readings = Readings::of(study)?;
        let gate = |training: &TrainingRows| Ok(readings.kept(&material, training));
        let mut recipe = Recipe {
            gate: readings.judge_readings().then_some(&gate as &Gate<'_>),
            ..Recipe::of(study.config())
        };
        // glmnet ends a path earlier where there are fewer rows than columns. A resample has other rows than the study's
        // split, but follows the path as far as the study did.
        let select = needed(study.results().select(), "select")?;
        recipe.lasso.lambda_min_ratio =
            recipe
                .lasso
                .lambda_min_ratio
                .or(Some(if select.rows.len() < select.candidates.len() {
                    0.01
                } else {
                    1e-4
                }));
        let settings = &study.config().robustness;
        let split = &study.config().split;
        let test_fraction = split.test_parts / (split.training_parts + split.test_parts);
        let mut found = RobustnessResult {
            resplits: resplits(
                &material,
                &recipe,
                (settings.resplits, test_fraction, settings.seed),
                watch,
            )?,
            nested: nested(&material, &recipe, settings.nested_folds, settings.seed, watch)?,
            bootstrap: bootstrap(&material, &recipe, settings.bootstrap, settings.seed, watch)?,
            clustered: clustered(study)?,
            ..RobustnessResult::default()
        };
        place(study, &mut found.resplits)?;
        found.frequency = frequencies(study, &material, &found)?;
        if study.config().controls {
            found.controls = Some(controls(study, &material, &recipe, &found.nested, watch)?);
        }
        let mut made = Made::default();
        notes(&found, &mut made);
        made.file("robustness/resplits.csv", resplit_table(&found).to_csv());
        made.file("robustness/frequency.csv", frequency_table(&found).to_csv());
        if let Some(controls) = &found.controls {
            made.file("robustness/controls.csv", control_table(controls).to_csv());
        }
        made.file("robustness/result.json", json_bytes(&found));
        Ok(made)
    }
}

/// The cases of the split with their features; features without a value in some case are no candidates.
pub fn material(study: &Study) -> Result<Material, StudyError> {
    let split = needed(study.results().split(), "split")?;
    let table = study.features()?;
    let ids: Vec<String> = split.cases.iter().map(|case| case.id.clone()).collect();
    let table = table.select_rows(&rows_in(&ids, &table.ids)?);
    let columns: Vec<usize> = (0..table.names.len())
        .filter(|&column| table.values.column(column).iter().all(|value| value.is_finite()))
        .collect();
    let table = table.select_columns(&columns);
    Ok(Material {
        ids,
        events: split.events(),
        patients: group_numbers(&split.cases.iter().map(|case| case.patient.as_str()).collect::<Vec<_>>()),
        features: table.values,
        names: table.names,
        level: study.config().evaluate.confidence,
    })
}

/// The features of first and second masks, from which each resample judges the readers' agreement anew.
struct Readings {
    first: Arc<FeatureTable>,
    second: Vec<(&'static str, FeatureTable)>,
    settings: AgreementSettings,
}

impl Readings {
    fn of(study: &Study) -> Result<Self, StudyError> {
        let second = if study.config().features.is_some() {
            Vec::new()
        } else {
            ["reader2", "repeat"]
                .into_iter()
                .filter_map(|kind| Some((kind, study.results().second_features(kind)?)))
                .collect()
        };
        Ok(Self {
            first: study.features()?,
            second,
            settings: study.config().agreement.clone(),
        })
    }

    /// Whether there is anything to judge.
    fn judge_readings(&self) -> bool {
        !self.second.is_empty()
    }

    /// Which columns of the material readers agree on in these training cases.
    fn kept(&self, material: &Material, training: &TrainingRows) -> Vec<bool> {
        let found = judge(&self.first, &self.second, training, &self.settings);
        material.names.iter().map(|name| found.kept.contains(name)).collect()
    }
}

/// The AUCs of the study's own models, with intervals by patient.
fn clustered(study: &Study) -> Result<Vec<ClusteredAuc>, StudyError> {
    let split = needed(study.results().split(), "split")?;
    let evaluate = needed(study.results().evaluate(), "evaluate")?;
    let level = study.config().evaluate.confidence;
    let mut found = Vec::new();
    for (position, model) in evaluate.models.iter().enumerate() {
        for side in [Side::Training, Side::Test] {
            let rows: Vec<_> = evaluate
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
fn place(study: &Study, resplits: &mut Resplits) -> Result<(), StudyError> {
    let evaluate = needed(study.results().evaluate(), "evaluate")?;
    let Some(own) = evaluate
        .roc
        .iter()
        .find(|roc| roc.side == Side::Test && Some(&roc.model) == evaluate.models.first())
    else {
        return Ok(());
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
    Ok(())
}

fn frequencies(study: &Study, material: &Material, found: &RobustnessResult) -> Result<Vec<Frequency>, StudyError> {
    let select = needed(study.results().select(), "select")?;
    let mut rows: Vec<Frequency> = material
        .names
        .iter()
        .enumerate()
        .map(|(column, feature)| Frequency {
            feature: feature.clone(),
            resplits: found.resplits.frequency[column],
            bootstrap: found.bootstrap.frequency[column],
            chosen: select.coefficients.iter().any(|kept| kept.feature == *feature),
        })
        .collect();
    rows.sort_by(|left, right| right.resplits.total_cmp(&left.resplits));
    Ok(rows)
}

fn notes(found: &RobustnessResult, made: &mut Made) {
    let resplits = &found.resplits;
    if !resplits.auc.is_empty() {
        made.note(format!(
            "{} re-splits: test AUC {:.3} on average, 95 % of them {:.3} to {:.3}; this split's {:.3} is above {:.0} % of them",
            resplits.auc.len(),
            resplits.mean,
            resplits.quantiles[0],
            resplits.quantiles[4],
            resplits.chosen,
            100.0 * resplits.chosen_rank
        ));
    }
    let nested = &found.nested;
    made.note(format!(
        "nested {}-fold cross-validation: AUC {:.3} ({} {:.3} to {:.3})",
        nested.folds,
        nested.auc,
        nested.interval.name(),
        nested.interval.lower,
        nested.interval.upper
    ));
    let bootstrap = &found.bootstrap;
    if bootstrap.resamples > 0 {
        made.note(format!(
            "bootstrap: apparent AUC {:.3}, optimism {:.3}, corrected {:.3}, .632+ {:.3}",
            bootstrap.apparent, bootstrap.optimism, bootstrap.corrected, bootstrap.auc_632plus
        ));
    }
    let failed = resplits.failed + bootstrap.failed;
    if failed > 0 {
        made.note(format!("{failed} resamples could not be fitted and are left out"));
    }
    if let Some(controls) = &found.controls {
        for row in &controls.baselines {
            made.note(format!(
                "{}: AUC {:.3}; the model adds {:+.3} ({} {:+.3} to {:+.3})",
                row.name,
                row.auc,
                row.difference,
                row.difference_interval.name(),
                row.difference_interval.lower,
                row.difference_interval.upper
            ));
        }
        made.note(format!(
            "outcomes dealt at random: P = {:.3} ({} permutations)",
            controls.permuted.p, controls.permuted.count
        ));
        for note in &controls.notes {
            made.note(note.clone());
        }
    }
}

fn resplit_table(found: &RobustnessResult) -> Table {
    Table {
        header: ["split", "auc", "features"].map(str::to_owned).to_vec(),
        rows: found
            .resplits
            .auc
            .iter()
            .zip(&found.resplits.kept)
            .enumerate()
            .map(|(number, (&auc, kept))| vec![(number + 1).to_string(), number_text(auc), kept.to_string()])
            .collect(),
        ..Table::default()
    }
}

fn frequency_table(found: &RobustnessResult) -> Table {
    Table {
        header: ["feature", "resplits", "bootstrap", "chosen"]
            .map(str::to_owned)
            .to_vec(),
        rows: found
            .frequency
            .iter()
            .map(|row| {
                vec![
                    row.feature.clone(),
                    number_text(row.resplits),
                    number_text(row.bootstrap),
                    u8::from(row.chosen).to_string(),
                ]
            })
            .collect(),
        ..Table::default()
    }
}

fn control_table(controls: &Controls) -> Table {
    let limits = |interval: Interval| interval.limits().map(number_text);
    Table {
        header: [
            "name",
            "auc",
            "lower",
            "upper",
            "difference",
            "difference_lower",
            "difference_upper",
            "level",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: controls
            .baselines
            .iter()
            .map(|row| {
                let mut cells = vec![row.name.clone(), number_text(row.auc)];
                cells.extend(limits(row.interval));
                cells.push(number_text(row.difference));
                cells.extend(limits(row.difference_interval));
                cells.push(number_text(row.interval.level));
                cells
            })
            .collect(),
        ..Table::default()
    }
}
