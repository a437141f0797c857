//! What the screens draw: the study's cases, stages, features and results as plain owned data, taken in one go, so that
//! drawing never waits for the study.

use std::path::PathBuf;
use std::sync::Arc;

use crate::audit::Severity;
use crate::figure::heatmap::HeatmapInput;
use crate::figure::section::Footprint;
use crate::figure::{Results, Tone};
use crate::message::english::cases as words;
use crate::message::{Id, Message};
use crate::stats::base::interval::Interval;
use crate::study::checklist::Judged;
use crate::study::feature_table::FeatureTable;
use crate::study::input::reporting::Answers;
use crate::volume::overlap::MaskAgreement;
use crate::volume::{Mask, Volume};

/// A study at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Its name
    pub name: String,
    /// Its file, if there is one
    pub path: Option<PathBuf>,
    /// Where its results lie and exports go
    pub results_folder: PathBuf,
    /// What the event is called
    pub outcome: String,
    /// The cohort's columns, whose cells are in each case
    pub columns: Vec<String>,
    /// What is changed of the study file and its tables
    pub changes: Changed,
    /// The cases in the order of the cohort
    pub cases: Vec<Case>,
    /// The stages in their order
    pub stages: Vec<StageState>,
    /// Settings that can be changed here
    pub settings: Vec<Setting>,
    /// The rule of the guard that stops the study, and what breaks it
    pub stopped_by: Option<(String, String)>,
    /// Features with what is known about them
    pub features: Vec<FeatureRow>,
    /// The values of every case and feature
    pub table: Option<Arc<FeatureTable>>,
    /// Correlations between features
    pub correlation: Option<HeatmapInput>,
    /// What the study is, in a line
    pub about: Option<Message>,
    /// What the opened test set says; nothing before it was looked at
    pub meaning: Vec<Message>,
    /// Everything that can be drawn
    pub results: Results,
    /// Models that were judged: fitted and published ones
    pub audits: Vec<Audited>,
    /// Every checklist of reporting as it stands
    pub checklists: Vec<Judged>,
    /// What the authors have answered
    pub answers: Answers,
    /// Remarks that belong on every screen, such as "no patient column"
    pub remarks: Vec<Message>,
}

/// How much is changed of a study file and its tables, and where that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Settings
    pub settings: usize,
    /// Cells of the cohort
    pub cells: usize,
    /// Cases that were accepted, left out or remarked on
    pub picks: usize,
    /// How many steps can be taken back
    pub back: usize,
    /// How many that were taken back can be taken again
    pub again: usize,
    /// The file that keeps them
    pub file: PathBuf,
}

/// A case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    /// Its id
    pub id: String,
    /// Its patient
    pub patient: String,
    /// Whether it has the event
    pub event: Option<bool>,
    /// training, test, or empty
    pub split: String,
    /// Voxels of the mask
    pub voxels: Option<usize>,
    /// Spacing of the image in millimetres
    pub spacing: Option<[f64; 3]>,
    /// Size of the image
    pub size: Option<[usize; 3]>,
    /// How it stands
    pub state: CaseState,
    /// What is wrong with it, or worth a look
    pub remarks: Vec<Message>,
    /// What the reviewer wrote
    pub comment: String,
    /// The image
    pub image: Option<PathBuf>,
    /// The mask
    pub mask: Option<PathBuf>,
    /// Its Rad-score
    pub score: Option<f64>,
    /// Values of the nomogram's predictors, NaN where one is missing
    pub predictors: Vec<f64>,
    /// Its cells in the cohort, by the snapshot's columns
    pub cells: Vec<String>,
}

/// How a case stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseState {
    /// Not looked at yet
    #[default]
    Unchecked,
    /// Read and found good
    Good,
    /// Accepted by a person
    Accepted,
    /// Worth a look
    Doubtful,
    /// Left out by a person
    Dropped,
    /// It cannot be used
    Failed,
}

impl CaseState {
    /// Its word.
    pub fn word(self) -> Id {
        match self {
            Self::Unchecked => words::UNCHECKED,
            Self::Good => words::GOOD,
            Self::Accepted => words::ACCEPTED,
            Self::Doubtful => words::DOUBTFUL,
            Self::Dropped => words::DROPPED,
            Self::Failed => words::FAILED,
        }
    }

    /// How it is coloured.
    pub fn tone(self) -> Tone {
        match self {
            Self::Unchecked | Self::Dropped => Tone::Muted,
            Self::Good | Self::Accepted => Tone::Good,
            Self::Doubtful => Tone::Warn,
            Self::Failed => Tone::Bad,
        }
    }
}

/// A stage of the study and how it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StageState {
    /// Its name
    pub name: String,
    /// One line about it
    pub about: String,
    /// Whether its results are there
    pub state: Freshness,
    /// Why it is stale, or how it failed
    pub reason: String,
    /// What it found, in one line
    pub summary: String,
}

/// Whether a stage's results are there and belong to the inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Freshness {
    /// Not there
    #[default]
    Missing,
    /// There, and made from what is there now
    Fresh,
    /// There, but made from something else
    Stale,
    /// It was tried and failed
    Failed,
}

/// A setting of the study.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setting {
    /// Its key in the study file
    pub key: String,
    /// Its value
    pub value: String,
    /// What it does
    pub about: String,
    /// The first stage that depends on it
    pub stage: String,
}

/// A feature and what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRow {
    /// Its column name
    pub name: String,
    /// Mean over training cases
    pub mean: f64,
    /// Standard deviation over training cases
    pub standard_deviation: f64,
    /// ICC with its interval
    pub agreement: Option<(f64, Interval)>,
    /// Probability of the test between outcomes
    pub p: f64,
    /// Area under the ROC curve of the feature alone
    pub auc: f64,
    /// Correlation with the volume
    pub volume_correlation: f64,
    /// Coefficient in the Rad-score
    pub coefficient: Option<f64>,
    /// Why it was dropped; empty for one that was kept
    pub dropped: String,
    /// Values without and with the event
    pub values: [Vec<f64>; 2],
}

/// A model that was judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Audited {
    /// The model
    pub title: String,
    /// What was found, worst first
    pub findings: Vec<Finding>,
}

/// Something the audit found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad it is
    pub severity: Severity,
    /// In one line
    pub title: String,
    /// With the arithmetic
    pub detail: Vec<String>,
}

impl Finding {
    /// How it is coloured.
    pub fn tone(&self) -> Tone {
        match self.severity {
            Severity::Impossible => Tone::Bad,
            Severity::Doubtful => Tone::Warn,
            Severity::Missing => Tone::Accent,
            Severity::Note => Tone::Plain,
            Severity::Passed => Tone::Good,
        }
    }
}

/// How many of a region's values are kept for its histogram.
pub const INTENSITIES: usize = 20_000;

/// A mask to be seen over the first, on the image's grid.
#[derive(Debug, Clone)]
pub struct SecondMask {
    /// The mask
    pub mask: Mask,
    /// How far it agrees with the first
    pub agreement: Option<MaskAgreement>,
    /// Of a virtual reader's, which it is, and of how many
    pub virtual_reading: Option<(usize, usize)>,
}

/// A scan to look at.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The image
    pub volume: Volume,
    /// The mask, on the image's grid
    pub mask: Option<Mask>,
    /// The second reader's mask, or those of a virtual reader
    pub second: Vec<SecondMask>,
    /// The image's values inside the mask; at most [`INTENSITIES`] of them, evenly taken
    pub intensities: Vec<f64>,
    /// Voxels of the mask
    pub voxels: usize,
    /// Where the mask lies
    pub footprint: Option<Footprint>,
    /// What is odd about it
    pub warnings: Vec<Message>,
}

impl Snapshot {
    /// How a stage stands; a stage that is not known is missing.
    pub fn stage(&self, name: &str) -> Freshness {
        self.stages
            .iter()
            .find(|stage| stage.name == name)
            .map_or(Freshness::Missing, |stage| stage.state)
    }
}
