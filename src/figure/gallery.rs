//! The register of charts: what `radscore show NAME` can draw, from the results of a study.

use super::calibration::CalibrationInput;
use super::coefficients::CoefficientsInput;
use super::cv::CvInput;
use super::decision::DecisionInput;
use super::forest::ForestInput;
use super::frequency::FrequencyInput;
use super::nomogram::NomogramInput;
use super::path::PathInput;
use super::resplits::ResplitsInput;
use super::roc::RocInput;
use super::waterfall::WaterfallInput;
use super::{
    Figure, Sheet, calibration, coefficients, cv, decision, forest, frequency, nomogram, path, resplits, roc, waterfall,
};

/// What a study has found, as plain numbers; what is not there yet is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// Coefficient paths
    pub path: Option<PathInput>,
    /// Cross-validated error
    pub cv: Option<CvInput>,
    /// How often features are chosen again
    pub frequency: Option<FrequencyInput>,
    /// The Rad-score
    pub coefficients: Option<CoefficientsInput>,
    /// Scores by set
    pub waterfall: Vec<WaterfallInput>,
    /// Odds ratios: clinical predictors, model 1, model 2
    pub forest: Vec<ForestInput>,
    /// ROC curves
    pub roc: Option<RocInput>,
    /// Calibration, one a model and set
    pub calibration: Vec<CalibrationInput>,
    /// Decision curves, one a set
    pub decision: Vec<DecisionInput>,
    /// The nomogram
    pub nomogram: Option<NomogramInput>,
    /// Table 1: the cases by set
    pub table1: Option<Sheet>,
    /// The test AUC over repeated splits
    pub resplits: Option<ResplitsInput>,
    /// What every table and figure must say, such as rules that the study breaks knowingly
    pub labels: Vec<String>,
}

/// A chart of the register.
pub struct Chart {
    /// The name on the command line
    pub name: &'static str,
    /// One line about it
    pub about: &'static str,
    /// The stage that makes it possible
    pub needs: &'static str,
    /// Its figures; several where there are several models or sets
    pub build: fn(&Results) -> Vec<Figure>,
}

impl Chart {
    /// Its figures, with the study's labels.
    pub fn figures(&self, results: &Results) -> Vec<Figure> {
        let mut figures = (self.build)(results);
        for figure in &mut figures {
            figure.label(&results.labels);
        }
        figures
    }
}

/// All charts, in the order of the study.
pub static GALLERY: &[Chart] = &[
    Chart {
        name: "path",
        about: "LASSO coefficient paths",
        needs: "select",
        build: |results| results.path.as_ref().and_then(path::figure).into_iter().collect(),
    },
    Chart {
        name: "cv",
        about: "cross-validated error along the path",
        needs: "select",
        build: |results| results.cv.as_ref().and_then(cv::figure).into_iter().collect(),
    },
    Chart {
        name: "coefficients",
        about: "coefficients of the Rad-score",
        needs: "select",
        build: |results| {
            results
                .coefficients
                .as_ref()
                .and_then(coefficients::figure)
                .into_iter()
                .collect()
        },
    },
    Chart {
        name: "frequency",
        about: "how often each feature is chosen again",
        needs: "robustness",
        build: |results| {
            results
                .frequency
                .as_ref()
                .and_then(frequency::figure)
                .into_iter()
                .collect()
        },
    },
    Chart {
        name: "waterfall",
        about: "Rad-score of every case, sorted",
        needs: "score",
        build: |results| results.waterfall.iter().filter_map(waterfall::figure).collect(),
    },
    Chart {
        name: "forest",
        about: "odds ratios of clinical predictors and models",
        needs: "fit",
        build: |results| results.forest.iter().filter_map(forest::figure).collect(),
    },
    Chart {
        name: "roc",
        about: "ROC curves with AUC and interval",
        needs: "evaluate",
        build: |results| results.roc.as_ref().and_then(roc::figure).into_iter().collect(),
    },
    Chart {
        name: "calibration",
        about: "calibration of each model in training and test",
        needs: "evaluate",
        build: |results| results.calibration.iter().filter_map(calibration::figure).collect(),
    },
    Chart {
        name: "decision",
        about: "decision curves",
        needs: "evaluate",
        build: |results| {
            results
                .decision
                .iter()
                .filter_map(|input| decision::figure(input, false))
                .collect()
        },
    },
    Chart {
        name: "nomogram",
        about: "nomogram of model 2",
        needs: "fit",
        build: |results| {
            results
                .nomogram
                .as_ref()
                .and_then(|input| nomogram::figure(input, None))
                .into_iter()
                .collect()
        },
    },
    Chart {
        name: "resplits",
        about: "the test AUC over repeated splits",
        needs: "robustness",
        build: |results| {
            results
                .resplits
                .as_ref()
                .and_then(resplits::figure)
                .into_iter()
                .collect()
        },
    },
];

/// The chart of a name.
pub fn find(name: &str) -> Option<&'static Chart> {
    GALLERY.iter().find(|chart| chart.name == name)
}
