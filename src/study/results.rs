//! The results of the stages as types, read from their artefacts when they are first asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

use super::feature_table::FeatureTable;
use super::stages::agreement::AgreementResult;
use super::stages::check::CheckResult;
use super::stages::clinical::ClinicalResult;
use super::stages::evaluate::EvaluateResult;
use super::stages::extract::ExtractResult;
use super::stages::fit::FitResult;
use super::stages::robustness::RobustnessResult;
use super::stages::score::ScoreResult;
use super::stages::select::SelectResult;
use super::stages::split::SplitResult;
use super::stages::standardise::StandardiseResult;
use super::table::Table;

/// What the stages have found so far. A stage that has not run, or whose artefact cannot be read, has no result here;
/// whether a result is fresh is said by [`super::Study::standings`].
#[derive(Debug, Default)]
pub struct Results {
    out: PathBuf,
    hidden: Vec<&'static str>,
    check: Slot<CheckResult>,
    extract: Slot<ExtractResult>,
    features: Slot<FeatureTable>,
    split: Slot<SplitResult>,
    agreement: Slot<AgreementResult>,
    standardise: Slot<StandardiseResult>,
    select: Slot<SelectResult>,
    score: Slot<ScoreResult>,
    clinical: Slot<ClinicalResult>,
    fit: Slot<FitResult>,
    evaluate: Slot<EvaluateResult>,
    robustness: Slot<RobustnessResult>,
}

type Slot<T> = OnceLock<Option<Arc<T>>>;

impl Results {
    /// The results below a folder.
    pub fn new(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            ..Self::default()
        }
    }

    /// The same results without some stages, as if those had not run.
    pub(super) fn hiding(&self, stages: Vec<&'static str>) -> Self {
        Self {
            hidden: stages,
            ..Self::new(&self.out)
        }
    }

    /// The same results but for one stage, whose artefacts have changed.
    pub(super) fn without(&self, stage: &str) -> Self {
        let keep = |name: &str| name != stage;
        Self {
            out: self.out.clone(),
            hidden: self.hidden.clone(),
            check: kept(&self.check, keep("check")),
            extract: kept(&self.extract, keep("extract")),
            features: kept(&self.features, keep("extract")),
            split: kept(&self.split, keep("split")),
            agreement: kept(&self.agreement, keep("agreement")),
            standardise: kept(&self.standardise, keep("standardise")),
            select: kept(&self.select, keep("select")),
            score: kept(&self.score, keep("score")),
            clinical: kept(&self.clinical, keep("clinical")),
            fit: kept(&self.fit, keep("fit")),
            evaluate: kept(&self.evaluate, keep("evaluate")),
            robustness: kept(&self.robustness, keep("robustness")),
        }
    }

    /// Which cases are good, and what is wrong with the others.
    pub fn check(&self) -> Option<&CheckResult> {
        self.read("check", &self.check)
    }

    /// How the extraction went, case by case.
    pub fn extract(&self) -> Option<&ExtractResult> {
        self.read("extract", &self.extract)
    }

    /// The extracted features.
    pub fn features(&self) -> Option<&Arc<FeatureTable>> {
        self.features
            .get_or_init(|| {
                if self.hides("extract") {
                    return None;
                }
                let table = Table::read(&self.out.join("extract/features.csv")).ok()?;
                FeatureTable::from_artefact(&table).ok().map(Arc::new)
            })
            .as_ref()
    }

    /// A table of features beside the first: of another reader's masks (`reader2`) or of repeated ones (`repeat`).
    pub fn second_features(&self, kind: &str) -> Option<FeatureTable> {
        if self.hides("extract") {
            return None;
        }
        let table = Table::read(&self.out.join(format!("extract/features_{kind}.csv"))).ok()?;
        FeatureTable::from_artefact(&table).ok()
    }

    /// Training and test.
    pub fn split(&self) -> Option<&SplitResult> {
        self.read("split", &self.split)
    }

    /// The agreement of readers, feature by feature.
    pub fn agreement(&self) -> Option<&AgreementResult> {
        self.read("agreement", &self.agreement)
    }

    /// Means and standard deviations of the training rows.
    pub fn standardise(&self) -> Option<&StandardiseResult> {
        self.read("standardise", &self.standardise)
    }

    /// The path, its cross-validation, and what was chosen.
    pub fn select(&self) -> Option<&SelectResult> {
        self.read("select", &self.select)
    }

    /// The Rad-score of every case.
    pub fn score(&self) -> Option<&ScoreResult> {
        self.read("score", &self.score)
    }

    /// How far the result may be trusted.
    pub fn robustness(&self) -> Option<&RobustnessResult> {
        self.read("robustness", &self.robustness)
    }

    /// Clinical predictors.
    pub fn clinical(&self) -> Option<&ClinicalResult> {
        self.read("clinical", &self.clinical)
    }

    /// The fitted models.
    pub fn fit(&self) -> Option<&FitResult> {
        self.read("fit", &self.fit)
    }

    /// The judgement of the models.
    pub fn evaluate(&self) -> Option<&EvaluateResult> {
        self.read("evaluate", &self.evaluate)
    }

    /// A JSON artefact of any stage, as `robustness/result.json`.
    pub fn artefact<T: DeserializeOwned>(&self, file: &str) -> Option<T> {
        if self.hides(file.split('/').next().unwrap_or_default()) {
            return None;
        }
        serde_json::from_slice(&fs::read(self.out.join(file)).ok()?).ok()
    }

    fn hides(&self, stage: &str) -> bool {
        self.hidden.contains(&stage)
    }

    fn read<'a, T: DeserializeOwned>(&self, stage: &str, slot: &'a Slot<T>) -> Option<&'a T> {
        slot.get_or_init(|| self.artefact(&format!("{stage}/result.json")).map(Arc::new))
            .as_deref()
    }
}

fn kept<T>(slot: &Slot<T>, keep: bool) -> Slot<T> {
    match slot.get() {
        Some(Some(value)) if keep => OnceLock::from(Some(Arc::clone(value))),
        _ => OnceLock::new(),
    }
}
