//! The register of charts: what `radscore show NAME` can draw, from the results of a study. A chart is its file and one
//! line here.

use super::calibration::CalibrationInput;
use super::centres::CentresInput;
use super::coefficients::CoefficientsInput;
use super::confusion::ConfusionInput;
use super::controls::ControlsInput;
use super::cv::CvInput;
use super::decision::DecisionInput;
use super::estimates::EstimatesInput;
use super::flow::FlowInput;
use super::forest::ForestInput;
use super::frequency::FrequencyInput;
use super::multiverse::MultiverseInput;
use super::nomogram::NomogramInput;
use super::path::PathInput;
use super::permutations::PermutationsInput;
use super::resplits::ResplitsInput;
use super::roc::RocInput;
use super::subgroups::SubgroupsInput;
use super::waterfall::WaterfallInput;
use super::{Chart, Figure, Results};
use crate::message::Id;

/// A row of the register.
pub struct Entry {
    /// The name on the command line
    pub name: &'static str,
    /// One line about it
    pub about: Id,
    /// The stage, or the command, that makes it possible
    pub needs: &'static str,
    /// Whether that is a stage
    pub is_stage: bool,
    /// Its figures; several where there are several models or sets
    pub build: fn(&Results) -> Vec<Figure>,
}

impl Entry {
    const fn of<C: Chart>() -> Self {
        Self {
            name: C::NAME,
            about: C::ABOUT,
            needs: C::NEEDS,
            is_stage: C::IS_STAGE,
            build: |results| results.all::<C>().filter_map(Chart::figure).collect(),
        }
    }

    /// Its figures, with the labels of the study and of the stage that they come from.
    pub fn figures(&self, results: &Results) -> Vec<Figure> {
        let mut figures = (self.build)(results);
        for figure in &mut figures {
            figure.label(&results.labels_of(figure.stage));
        }
        figures
    }
}

/// All charts, in the order of the study.
pub static GALLERY: &[Entry] = &[
    Entry::of::<FlowInput>(),
    Entry::of::<CentresInput>(),
    Entry::of::<PathInput>(),
    Entry::of::<CvInput>(),
    Entry::of::<CoefficientsInput>(),
    Entry::of::<FrequencyInput>(),
    Entry::of::<WaterfallInput>(),
    Entry::of::<ForestInput>(),
    Entry::of::<RocInput>(),
    Entry::of::<ConfusionInput>(),
    Entry::of::<SubgroupsInput>(),
    Entry::of::<CalibrationInput>(),
    Entry::of::<DecisionInput>(),
    Entry::of::<NomogramInput>(),
    Entry::of::<EstimatesInput>(),
    Entry::of::<ResplitsInput>(),
    Entry::of::<ControlsInput>(),
    Entry::of::<PermutationsInput>(),
    Entry::of::<MultiverseInput>(),
];

/// The chart of a name.
pub fn find(name: &str) -> Option<&'static Entry> {
    GALLERY.iter().find(|chart| chart.name == name)
}
