//! The register of charts: what `radscore show NAME` can draw, from the results of a study. A chart is its file and one
//! line here.

use super::calibration::CalibrationInput;
use super::coefficients::CoefficientsInput;
use super::controls::ControlsInput;
use super::cv::CvInput;
use super::decision::DecisionInput;
use super::estimates::EstimatesInput;
use super::forest::ForestInput;
use super::frequency::FrequencyInput;
use super::nomogram::NomogramInput;
use super::path::PathInput;
use super::permutations::PermutationsInput;
use super::resplits::ResplitsInput;
use super::roc::RocInput;
use super::waterfall::WaterfallInput;
use super::{Chart, Figure, Label, Results};
use crate::message::Id;

/// A row of the register.
pub struct Entry {
    /// The name on the command line
    pub name: &'static str,
    /// One line about it
    pub about: Id,
    /// The stage that makes it possible
    pub needs: &'static str,
    /// Its figures; several where there are several models or sets
    pub build: fn(&Results) -> Vec<Figure>,
}

impl Entry {
    const fn of<C: Chart>() -> Self {
        Self {
            name: C::NAME,
            about: C::ABOUT,
            needs: C::NEEDS,
            build: |results| results.all::<C>().filter_map(Chart::figure).collect(),
        }
    }

    /// Its figures, with the labels of the study and of the stage that they come from.
    pub fn figures(&self, results: &Results) -> Vec<Figure> {
        let mut figures = (self.build)(results);
        let labels = results.labels_of(self.needs);
        for figure in &mut figures {
            figure.label(&labels);
        }
        figures
    }
}

/// All charts, in the order of the study.
pub static GALLERY: &[Entry] = &[
    Entry::of::<PathInput>(),
    Entry::of::<CvInput>(),
    Entry::of::<CoefficientsInput>(),
    Entry::of::<FrequencyInput>(),
    Entry::of::<WaterfallInput>(),
    Entry::of::<ForestInput>(),
    Entry::of::<RocInput>(),
    Entry::of::<CalibrationInput>(),
    Entry::of::<DecisionInput>(),
    Entry::of::<NomogramInput>(),
    Entry::of::<EstimatesInput>(),
    Entry::of::<ResplitsInput>(),
    Entry::of::<ControlsInput>(),
    Entry::of::<PermutationsInput>(),
];

/// The chart of a name.
pub fn find(name: &str) -> Option<&'static Entry> {
    GALLERY.iter().find(|chart| chart.name == name)
}

/// What a figure must say of the study and of the stage that it comes from; of one that is no chart of the register, the study's
/// labels.
pub fn labels_of(figure: &Figure, results: &Results) -> Vec<Label> {
    let chart = figure.name.split('-').next().unwrap_or_default();
    results.labels_of(find(chart).map_or("", |chart| chart.needs))
}
