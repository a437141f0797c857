//! What shows that a row of a checklist is met: an artefact, a key of it, and the value that stands there.

use std::collections::BTreeMap;

use crate::features::ibsi::compliance::compliance;
use crate::stats::base::number::{share, short};
use crate::study::engine::Study;
use crate::study::guard::{judge, looks};
use crate::study::input::cohort::Side;
use crate::study::input::reporting::{Answer, Question};
use crate::study::stages::evaluate::discrimination::RocResult;

/// What shows something: where it stands, and how it is read.
#[derive(Debug)]
pub struct Evidence {
    /// The artefact, below the results
    pub file: &'static str,
    /// The column or key in it
    pub key: &'static str,
    /// The value, if the results have it
    found: fn(&Seen) -> Option<String>,
    /// Rules of the guard of which any that is broken says the opposite of what the evidence is to show
    against: &'static [&'static str],
}

/// A study, and what is looked at more than once.
pub struct Seen<'a> {
    study: &'a Study,
    /// Rules of the guard that it breaks, knowingly or not
    broken: Vec<&'static str>,
}

impl<'a> Seen<'a> {
    /// Looks at a study without its stale results.
    pub(super) fn new(study: &'a Study) -> Self {
        let mut broken: Vec<&'static str> = judge(study).into_iter().map(|breach| breach.rule).collect();
        broken.dedup();
        Self { study, broken }
    }

    /// The value of a piece of evidence, if its artefact is there.
    pub(super) fn find(&self, evidence: &Evidence) -> Option<String> {
        let there = self.study.out().join(evidence.file).is_file();
        if there { (evidence.found)(self) } else { None }
    }

    /// Whether a piece of evidence says the opposite of what it is to show.
    pub(super) fn refutes(&self, evidence: &Evidence) -> bool {
        evidence.against.iter().any(|rule| self.broken.contains(rule))
    }

    /// The authors' answer.
    pub(super) fn answer(&self, question: &Question) -> Option<&Answer> {
        self.study.config().answers.get(question.key)
    }

    /// Whether rules of the guard hold, in words.
    fn of_guard(&self, rules: &[&str]) -> String {
        let broken: Vec<&str> = rules
            .iter()
            .copied()
            .filter(|rule| self.broken.contains(rule))
            .collect();
        if broken.is_empty() {
            format!("{} of the guard hold", rules.join(", "))
        } else {
            format!("the guard finds {} broken", broken.join(", "))
        }
    }

    fn dictionary(&self, keys: &[&str]) -> Option<String> {
        self.study.results().extract()?;
        let settings = self.study.parameters().dictionary();
        let all: Vec<String> = keys
            .iter()
            .map(|key| {
                let value = settings.get(*key).filter(|value| !value.is_null());
                value.map_or_else(|| format!("{key} by default"), |value| format!("{key} {value}"))
            })
            .collect();
        Some(all.join(", "))
    }

    /// Cases of the rarer outcome against candidates.
    fn size(&self) -> Option<String> {
        let (cases, events) = self.counts(Side::Training)?;
        let candidates = self.study.results().standardise()?.features.len() + self.study.cohort().clinical.len();
        let rarer = events.min(cases - events);
        Some(format!(
            "{rarer} cases of the rarer outcome for {candidates} candidates{}",
            if self.broken.contains(&"L05") {
                "; L05 of the guard says too few"
            } else {
                ""
            }
        ))
    }

    fn counts(&self, side: Side) -> Option<(usize, usize)> {
        Some(self.study.results().split()?.counts(side))
    }

    /// What is said of each model's curve in the test set.
    fn of_test(&self, says: impl Fn(&RocResult) -> String) -> Option<String> {
        let found = self.study.results().discrimination()?;
        let all: Vec<String> = found
            .roc
            .iter()
            .filter(|roc| roc.side == Side::Test)
            .map(|roc| format!("{}: {}", roc.model, says(roc)))
            .collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

macro_rules! evidence {
    ($($(#[$about:meta])* $name:ident $([against $($rule:literal)+])? $file:literal $key:literal $found:expr;)*) => {
        $(
            $(#[$about])*
            pub(super) static $name: Evidence =
                Evidence { file: $file, key: $key, found: $found, against: &[$($($rule),+)?] };
        )*
    };
}

evidence! {
    /// The record of every stage
    STATE "state.json" "stages" |seen| {
        let done = seen.study.stages().iter().filter(|stage| seen.study.record(stage.name()).is_some()).count();
        (done > 0).then(|| format!("{done} stages with digests and versions"))
    };
    /// Every case read
    CASES "check/check.csv" "verdict" |seen| {
        Some(format!("{} cases read and judged", seen.study.results().check()?.cases.len()))
    };
    /// The grid of each image
    GRIDS "check/check.csv" "spacing" |seen| {
        let found = seen.study.results().check()?;
        let spacings: Vec<[f64; 3]> = found.cases.iter().filter_map(|case| Some(case.facts.as_ref()?.spacing)).collect();
        let range = |axis: usize| {
            let values = spacings.iter().map(|spacing| spacing[axis]);
            let least = values.clone().fold(f64::INFINITY, f64::min);
            let greatest = values.fold(f64::NEG_INFINITY, f64::max);
            if least == greatest { short(least, 4) } else { format!("{} to {}", short(least, 4), short(greatest, 4)) }
        };
        (!spacings.is_empty()).then(|| format!("{} x {} x {} mm", range(0), range(1), range(2)))
    };
    /// The settings of the extraction
    SETTINGS "extract/diagnostics.csv" "diagnostics_Configuration_Settings" |seen| {
        seen.dictionary(&["normalize", "resampledPixelSpacing", "resegmentRange", "binWidth"])
    };
    /// Resampling
    RESAMPLING "extract/diagnostics.csv" "diagnostics_Configuration_Settings" |seen| {
        seen.dictionary(&["resampledPixelSpacing", "interpolator", "padDistance"])
    };
    /// Discretisation
    BINS "extract/diagnostics.csv" "diagnostics_Configuration_Settings" |seen| seen.dictionary(&["binWidth", "binCount"]);
    /// Normalisation
    NORMALISATION "extract/diagnostics.csv" "diagnostics_Configuration_Settings" |seen| {
        seen.dictionary(&["normalize", "normalizeScale", "removeOutliers"])
    };
    /// Re-segmentation
    RESEGMENTATION "extract/diagnostics.csv" "diagnostics_Configuration_Settings" |seen| {
        seen.dictionary(&["resegmentRange", "resegmentMode", "resegmentShape"])
    };
    /// Texture matrices
    TEXTURE "extract/diagnostics.csv" "diagnostics_Configuration_Settings" |seen| {
        seen.dictionary(&["distances", "force2D", "symmetricalGLCM", "weightingNorm", "gldm_a"])
    };
    /// Image types and their filters
    IMAGE_TYPES "extract/diagnostics.csv" "diagnostics_Configuration_EnabledImageTypes" |seen| {
        seen.study.results().extract()?;
        let types: Vec<String> = seen.study.parameters().image_type_dictionary().keys().cloned().collect();
        Some(types.join(", "))
    };
    /// The program
    SOFTWARE "extract/diagnostics.csv" "diagnostics_Versions_radscore" |seen| {
        seen.study.results().extract()?;
        Some(format!("radscore {}", env!("CARGO_PKG_VERSION")))
    };
    /// What the program's values were held to
    COMPLIANCE "extract/diagnostics.csv" "diagnostics_Versions_radscore" |seen| {
        seen.study.results().extract()?;
        Some(format!("{} families of features of the IBSI's list; radscore selftest ibsi repeats it", compliance().len()))
    };
    /// The features
    FEATURES "extract/features.csv" "header" |seen| {
        Some(format!("{} features", seen.study.results().extract()?.features.len()))
    };
    /// Extractions that failed
    FAILURES "extract/errors.csv" "message" |seen| {
        let found = seen.study.results().extract()?;
        let failed = found.cases.iter().filter(|case| case.error.is_some()).count();
        Some(format!("{failed} of {} extractions failed", found.cases.len()))
    };
    /// The division of the cases
    SPLIT "split/split.csv" "split" |seen| {
        let ((training, its), (test, theirs)) = (seen.counts(Side::Training)?, seen.counts(Side::Test)?);
        Some(format!("{training} training cases ({its} with the event), {test} test cases ({theirs})"))
    };
    /// No patient, copy or fitted row on both sides
    APART [against "L01" "L02" "L03" "L04" "L08"] "split/split.csv" "patient" |seen| {
        seen.study.results().split()?;
        Some(seen.of_guard(APART.against))
    };
    /// Patients as units
    PATIENTS "split/split.csv" "patient" |seen| {
        let split = seen.study.results().split()?;
        let patients = split.patients().into_iter().max().map_or(0, |last| last + 1);
        split.patients_stated.then(|| format!("{patients} patients, all cases of one on one side"))
    };
    /// How often the test set was looked at
    LOOKS [against "L09" "L18"] ".looks.json" "models" |seen| {
        // Each stage that looks keeps its own.
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for look in looks(seen.study) {
            *counts.entry(look.stage).or_default() += 1;
        }
        let times = counts.into_values().max()?;
        Some(format!("the test set was scored {times} {}", if times == 1 { "time" } else { "times" }))
    };
    /// Cases and events against candidates
    SIZE "split/result.json" "cases" |seen| seen.size();
    /// Whether there are enough of them, where a row asks for that
    ENOUGH [against "L05"] "split/result.json" "cases" |seen| seen.size();
    /// The share of events
    PREVALENCE "split/result.json" "event" |seen| {
        let (cases, events) = seen.counts(Side::Training)?;
        Some(format!("{} % events in training; nothing was resampled or weighted", share(100.0 * events as f64 / cases as f64, 1)))
    };
    /// Training beside test
    TABLE1 "split/table1.csv" "standardised_difference" |seen| {
        Some(format!("{} variables by partition, with tests and standardised differences", seen.study.results().table1()?.rows.len()))
    };
    /// Features that hold where masks are drawn again, by persons or by a virtual reader
    ROBUST "agreement/agreement.csv" "kept" |seen| {
        let found = seen.study.results().agreement()?;
        let by = match found.virtual_readings {
            0 => String::new(),
            readings => format!(" with {readings} masks each by a virtual reader, no person"),
        };
        found.assessed.then(|| format!(
            "{}, lower limit at least {}: {} features kept, on {} training cases{by}",
            found.form, found.threshold, found.kept.len(), found.rows.len()
        ))
    };
    /// Agreement of persons; a virtual reader proves none
    AGREEMENT "agreement/agreement.csv" "kept" |seen| {
        seen.study.results().agreement().filter(|found| found.virtual_readings == 0)?;
        (ROBUST.found)(seen)
    };
    /// How many readings by persons there are
    READINGS "agreement/agreement.csv" "against" |seen| {
        let found = seen.study.results().agreement().filter(|found| found.virtual_readings == 0)?;
        let mut against: Vec<&str> = found.features.iter().map(|row| row.against.as_str()).collect();
        against.sort_unstable();
        against.dedup();
        found.assessed.then(|| format!("first masks against {}", against.join(", ")))
    };
    /// Scaling
    SCALER "standardise/scaler.csv" "mean" |seen| {
        let found = seen.study.results().standardise()?;
        Some(format!("{} features standardised by {} training rows", found.features.len(), found.rows.len()))
    };
    /// What was chosen
    SELECTED "select/coefficients.csv" "coefficient" |seen| {
        let found = seen.study.results().select()?;
        Some(format!("{}: {} of {} candidates", found.learner, found.kept().len(), found.candidates.len()))
    };
    /// Folds
    FOLDS "select/folds.csv" "fold" |seen| {
        let found = seen.study.results().select()?;
        let folds = found.folds.iter().map(|case| case.fold).max().map_or(0, |last| last + 1);
        (folds > 0).then(|| format!("{folds} folds of the training rows"))
    };
    /// Tuning
    TUNING "select/cv.csv" "cvm" |seen| {
        let found = seen.study.results().select()?;
        Some(found.own.get("rule").and_then(serde_json::Value::as_str).map_or_else(
            || "cross-validated".to_owned(),
            |rule| format!("lambda by {rule}, cross-validated"),
        ))
    };
    /// The Rad-score
    SCORES "score/radscore.csv" "radscore" |seen| Some(format!("{} cases scored", seen.study.results().score()?.cases.len()));
    /// Clinical predictors
    CLINICAL "clinical/multivariable.csv" "odds_ratio" |seen| {
        let found = seen.study.results().clinical()?;
        (!found.multivariable.is_empty()).then(|| format!("chosen by {}: {}", found.rule, found.chosen.join(", ")))
    };
    /// Rows without a clinical value
    LEFT_OUT "clinical/result.json" "left_out" |seen| {
        let found = seen.study.results().clinical()?;
        Some(format!("{} cases left out for a missing value; nothing imputed", found.left_out.len()))
    };
    /// The models' coefficients
    COEFFICIENTS "fit/coefficients.csv" "coefficient" |seen| {
        Some(format!("{} models", seen.study.results().fit()?.models.len()))
    };
    /// Variance inflation
    INFLATION "fit/result.json" "inflation" |seen| {
        let fit = seen.study.results().fit()?;
        let greatest = fit.models.iter().flat_map(|model| &model.inflation).copied().fold(f64::NAN, f64::max);
        greatest.is_finite().then(|| format!("largest variance inflation {}", short(greatest, 3)))
    };
    /// A model as a file
    MODEL "fit/model-1.json" "terms" |seen| {
        let model = &seen.study.results().fit()?.models.first()?.model;
        Some(format!("formula, scaling and settings of {}", model.name))
    };
    /// The cut-off
    CUTOFF "fit/model-1.json" "cutoff" |seen| {
        let model = &seen.study.results().fit()?.models.first()?.model;
        let cutoff = model.cutoff.as_ref()?;
        Some(format!("{} ({})", short(cutoff.risk, 4), cutoff.rule))
    };
    /// What a model knows of its training rows
    RANGES "fit/model-1.json" "development" |seen| {
        let model = &seen.study.results().fit()?.models.first()?.model;
        let kept = model.development.as_ref()?;
        Some(format!("ranges of {} predictors; radscore predict warns beyond them", kept.predictors.len()))
    };
    /// Both kinds of predictors together
    COMBINED "fit/model-2.json" "terms" |seen| {
        let model = &seen.study.results().fit()?.models.get(1)?.model;
        let terms: Vec<&str> = model.terms.iter().map(|term| term.name.as_str()).collect();
        Some(terms.join(" + "))
    };
    /// Areas with intervals
    AUC "evaluate/auc.csv" "auc" |seen| {
        seen.of_test(|roc| format!("{} ({} to {})", share(roc.auc, 3), share(roc.interval.lower, 3), share(roc.interval.upper, 3)))
    };
    /// Counts at the cut-off
    CONFUSION "evaluate/auc.csv" "tp" |seen| {
        seen.of_test(|roc| {
            roc.at_cutoff.as_ref().map_or_else(
                || "no cut-off tells cases apart".to_owned(),
                |at| format!("{} true and {} false positives, {} true and {} false negatives", at.tp, at.fp, at.tn, at.fn_),
            )
        })
    };
    /// Models judged apart in groups
    SUBGROUPED "evaluate/subgroups.csv" "auc" |seen| {
        let found = seen.study.results().subgroups()?;
        let mut columns: Vec<&str> = found.groups.iter().map(|group| group.column.as_str()).collect();
        columns.dedup();
        (!columns.is_empty()).then(|| format!("the models in the groups of {}", columns.join(", ")))
    };
    /// Centres made comparable
    HARMONISED "harmonise/variance.csv" "after" |seen| {
        let found = seen.study.results().harmonise()?;
        Some(format!("{} features of {} centres by ComBat, learnt on training cases", found.learnt.features.len(), found.centres.len()))
    };
    /// ROC curves
    ROC "evaluate/roc.csv" "sensitivity" |seen| {
        Some(format!("{} curves", seen.study.results().discrimination()?.roc.len()))
    };
    /// Curves compared
    DELONG "evaluate/delong.csv" "p" |seen| {
        let found = seen.study.results().discrimination()?;
        (!found.comparisons.is_empty()).then(|| format!("{} pairs of curves by DeLong", found.comparisons.len()))
    };
    /// Calibration
    CALIBRATION "evaluate/calibration.csv" "corrected" |seen| {
        Some(format!("{} curves", seen.study.results().calibration()?.calibration.len()))
    };
    /// Net benefit
    DECISION "evaluate/decision.csv" "net_benefit" |seen| {
        let found = seen.study.results().decision()?;
        let thresholds = found.decision.first()?.thresholds.len();
        Some(format!("{} curves at {thresholds} thresholds", found.decision.len()))
    };
    /// The nomogram
    NOMOGRAM "evaluate/nomogram.csv" "points" |seen| {
        let found = seen.study.results().nomogram()?.nomogram.as_ref()?;
        Some(format!("{} axes of {}", found.axes.len(), found.model))
    };
    /// The risk of each case
    RISKS "evaluate/risks.csv" "event" |seen| {
        Some(format!("{} cases with their risks", seen.study.results().risks()?.risks.len()))
    };
    /// Cases on the wrong side of the cut-off
    WRONG "evaluate/risks.csv" "event" |seen| {
        seen.of_test(|roc| {
            roc.at_cutoff.as_ref().map_or_else(
                || "no cut-off tells cases apart".to_owned(),
                |at| format!("{} of {} on the wrong side of the cut-off", at.fp + at.fn_, roc.cases),
            )
        })
    };
    /// Other splits
    RESPLITS "robustness/resplits.csv" "auc" |seen| {
        let found = &seen.study.results().robustness()?.resplits;
        Some(format!("{} splits: mean AUC {}, SD {}", found.auc.len(), share(found.mean, 3), share(found.sd, 3)))
    };
    /// Everything chosen again
    NESTED "robustness/result.json" "nested" |seen| {
        let found = &seen.study.results().robustness()?.nested;
        Some(format!("{} outer folds: AUC {}", found.folds, share(found.auc, 3)))
    };
    /// Optimism
    OPTIMISM "robustness/result.json" "bootstrap" |seen| {
        let found = &seen.study.results().robustness()?.bootstrap;
        Some(format!("{} resamples: optimism {}", found.resamples, share(found.optimism, 3)))
    };
    /// How often each feature is chosen
    FREQUENCY "robustness/frequency.csv" "resplits" |seen| {
        let found = &seen.study.results().robustness()?.frequency;
        let chosen: Vec<f64> = found.iter().filter(|row| row.chosen).map(|row| row.resplits).collect();
        let least = chosen.iter().copied().fold(f64::NAN, f64::min);
        least.is_finite().then(|| format!("the chosen features return in at least {} % of the splits", share(100.0 * least, 0)))
    };
    /// Patients as clusters
    CLUSTERED "robustness/result.json" "clustered" |seen| {
        let found = &seen.study.results().robustness()?.clustered;
        (!found.is_empty()).then(|| format!("{} intervals with patients as clusters", found.len()))
    };
    /// Simple baselines
    CONTROLS "robustness/controls.csv" "auc" |seen| {
        let found = seen.study.results().robustness()?.controls.as_ref()?;
        let all: Vec<String> = found.baselines.iter().map(|one| format!("{} {}", one.name, share(one.auc, 3))).collect();
        Some(all.join(", "))
    };
}
