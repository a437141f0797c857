//! The figures of a paper: charts of the study composed as papers print them, in order, with captions from the charts' own words.

use crate::figure::calibration::CalibrationInput;
use crate::figure::centres::CentresInput;
use crate::figure::coefficients::CoefficientsInput;
use crate::figure::confusion::ConfusionInput;
use crate::figure::controls::ControlsInput;
use crate::figure::cv::CvInput;
use crate::figure::decision::DecisionInput;
use crate::figure::estimates::EstimatesInput;
use crate::figure::flow::FlowInput;
use crate::figure::forest::ForestInput;
use crate::figure::frequency::FrequencyInput;
use crate::figure::gallery::find;
use crate::figure::nomogram::NomogramInput;
use crate::figure::paper::{Composed, compose};
use crate::figure::path::PathInput;
use crate::figure::permutations::PermutationsInput;
use crate::figure::resplits::ResplitsInput;
use crate::figure::roc::RocInput;
use crate::figure::subgroups::SubgroupsInput;
use crate::figure::waterfall::WaterfallInput;
use crate::figure::{Chart, Content, Figure};
use crate::message::english::figure as words;
use crate::study::engine::Study;
use crate::study::figures;

/// A figure of the paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Plate {
    /// A short name for its file, with its number: `figure-1-selection`
    pub name: String,
    /// Its number, what it shows, and each panel by its letter
    pub caption: String,
    title: &'static str,
    columns: usize,
    panels: Vec<Figure>,
}

/// A row of the register: a name, a title, the charts whose figures are its panels, how many stand in a row.
type Row = (&'static str, &'static str, &'static [&'static str], usize);

/// The figures of a paper, in order.
const PLATES: &[Row] = &[
    ("flow", "Flow of cases", &[FlowInput::NAME], 1),
    ("centres", "Harmonisation of the centres", &[CentresInput::NAME], 1),
    (
        "selection",
        "Selection of features",
        &[PathInput::NAME, CvInput::NAME],
        2,
    ),
    (
        "signature",
        "The score's features",
        &[CoefficientsInput::NAME, FrequencyInput::NAME],
        1,
    ),
    ("scores", "The cases' scores", &[WaterfallInput::NAME], 2),
    ("models", "Coefficients of the models", &[ForestInput::NAME], 1),
    (
        "discrimination",
        "Receiver operating characteristic of the models",
        &[RocInput::NAME],
        2,
    ),
    ("confusion", "Cases at the cut-off", &[ConfusionInput::NAME], 2),
    ("subgroups", "The models in subgroups", &[SubgroupsInput::NAME], 2),
    ("calibration", "Calibration of the models", &[CalibrationInput::NAME], 2),
    ("decision", "Decision curves of the models", &[DecisionInput::NAME], 2),
    ("nomogram", "Nomogram", &[NomogramInput::NAME], 1),
    (
        "robustness",
        "Robustness",
        &[
            EstimatesInput::NAME,
            ResplitsInput::NAME,
            ControlsInput::NAME,
            PermutationsInput::NAME,
        ],
        2,
    ),
];

/// The figures that the study's results can fill.
pub fn plates(study: &Study) -> Vec<Plate> {
    let results = figures::results(study);
    let mut found = Vec::new();
    for &(name, title, charts, columns) in PLATES {
        let panels: Vec<Figure> = charts
            .iter()
            .filter_map(|chart| find(chart))
            .flat_map(|chart| chart.figures(&results))
            .map(on_a_page)
            .collect();
        if panels.is_empty() {
            continue;
        }
        let number = found.len() + 1;
        found.push(Plate {
            name: format!("figure-{number}-{name}"),
            caption: caption(number, title, &panels),
            title,
            columns,
            panels,
        });
    }
    found
}

/// So many rows of a panel are printed.
const ROWS: usize = 20;

/// A panel as high as a page can hold: the first rows alone, with a word of the others.
fn on_a_page(mut panel: Figure) -> Figure {
    if let Content::Rows(rows) = &mut panel.content
        && rows.rows.len() > ROWS
    {
        panel.notes.push(words::first_rows(ROWS, rows.rows.len()));
        rows.rows.truncate(ROWS);
    }
    panel
}

/// The captions as a page.
pub fn captions(plates: &[Plate]) -> String {
    plates.iter().map(|plate| plate.caption.clone() + "\n\n").collect()
}

fn caption(number: usize, title: &str, panels: &[Figure]) -> String {
    if let [panel] = panels
        && panel.notes.is_empty()
        && panel.title.to_string() == title
    {
        return format!("Figure {number}. {title}.");
    }
    let several = panels.len() > 1;
    let told: Vec<String> = panels
        .iter()
        .enumerate()
        .map(|(order, panel)| {
            let notes: Vec<String> = panel.notes.iter().map(ToString::to_string).collect();
            let words = match notes.as_slice() {
                [] => panel.title.to_string(),
                notes => format!("{}: {}", panel.title, notes.join("; ")),
            };
            // A note may be a sentence of its own.
            let words = words.trim_end_matches(['.', '。']);
            let letter = char::from(b'A' + (order % 26) as u8);
            if several {
                format!("({letter}) {words}.")
            } else {
                format!("{words}.")
            }
        })
        .collect();
    format!("Figure {number}. {title}. {}", told.join(" "))
}

impl Plate {
    /// The panels on one sheet, as wide as asked for in points.
    pub fn sheet(&self, width: f64) -> Composed {
        compose(self.title, &self.panels, self.columns, width)
    }

    /// The panels on one sheet that a width and a height in points hold.
    pub fn sheet_within(&self, (width, height): (f64, f64)) -> Composed {
        let mut sheet = self.sheet(width);
        sheet.scale = sheet.scale.min(height / sheet.paper.height.max(1.0));
        sheet
    }
}
