//! Every screen as text: what a person sees at four sizes, that odd studies break nothing, and that keys do what the help
//! says. Screens are functions of a snapshot, view state and size, so no study is run here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use radscore::figure::calibration::CalibrationInput;
use radscore::figure::coefficients::{CoefficientsInput, ScoreTerm};
use radscore::figure::cv::CvInput;
use radscore::figure::decision::{DecisionCurve, DecisionInput};
use radscore::figure::forest::{ForestInput, ForestTerm};
use radscore::figure::heatmap::HeatmapInput;
use radscore::figure::nomogram::{NomogramInput, NomogramTerm};
use radscore::figure::path::PathInput;
use radscore::figure::roc::{RocCurve, RocInput, RocTest};
use radscore::figure::waterfall::WaterfallInput;
use radscore::figure::{Results, Tone};
use radscore::tui::app::{App, Look};
use radscore::tui::command::{self, COMMANDS, Command, Scope};
use radscore::tui::glyphs::{ASCII, UNICODE};
use radscore::tui::message::Message;
use radscore::tui::screen::SCREENS;
use radscore::tui::snapshot::{
    Audited, Case, CaseState, FeatureRow, Finding, Freshness, Picture, Setting, Snapshot, StageState,
};
use radscore::tui::source::{Decision, Opener, Report, Run, Source, Wire};
use radscore::tui::theme::{Depth, ThemeName};
use radscore::volume::geometry::IDENTITY;
use radscore::volume::{Geometry, Mask, Samples, Volume};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

// ---- a study that is made up

const STAGES: [&str; 10] = [
    "check",
    "extract",
    "split",
    "agreement",
    "standardise",
    "select",
    "score",
    "clinical",
    "fit",
    "evaluate",
];

/// Numbers without a pattern, the same every time.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f64) / f64::from(1u32 << 31)
    }
}

fn study(cases: usize, features: usize, name: &dyn Fn(usize) -> String) -> Snapshot {
    let mut next = noise(7);
    let rows: Vec<Case> = (0..cases)
        .map(|number| Case {
            id: name(number),
            patient: format!("P{:02}", number / 2),
            event: Some(number % 2 == 0),
            split: if number % 3 == 0 { "test" } else { "training" }.to_owned(),
            voxels: Some(1000 + number * 7),
            spacing: Some([0.7, 0.7, 1.25]),
            size: Some([48, 48, 20]),
            state: if number % 17 == 5 {
                CaseState::Failed
            } else {
                CaseState::Good
            },
            remarks: if number % 17 == 5 {
                vec!["the mask lies on another grid: spacing along x is 0.7, but the image has 0.8".to_owned()]
            } else {
                Vec::new()
            },
            image: Some(PathBuf::from("images/a.nii.gz")),
            mask: Some(PathBuf::from("masks/a.nii.gz")),
            score: Some(next() * 2.0 - 1.0),
            predictors: vec![next() * 2.0 - 1.0, f64::from(u8::from(number % 2 == 0))],
            ..Case::default()
        })
        .collect();
    let feature_names: Vec<String> = (0..features)
        .map(|number| format!("original_glcm_{}", name(number)))
        .collect();
    let lambda: Vec<f64> = (0..60).map(|step| 0.3 * 0.93f64.powi(step)).collect();
    let coefficients: Vec<Vec<(usize, f64)>> = lambda
        .iter()
        .map(|lambda| {
            (0..features.min(12))
                .filter(|&feature| *lambda < 0.3 / (feature + 1) as f64)
                .map(|feature| {
                    let size = 0.3 / (feature + 1) as f64 - lambda;
                    (feature, if feature % 3 == 0 { -size } else { size })
                })
                .collect()
        })
        .collect();
    let counts: Vec<usize> = coefficients.iter().map(Vec::len).collect();
    let curve = |name: &str, power: f64| {
        let steps = 30;
        let thresholds: Vec<f64> = (0..=steps).map(|step| f64::from(step) / f64::from(steps)).collect();
        RocCurve {
            name: name.to_owned(),
            auc: power / (power + 1.0),
            interval: (0.7, 0.9),
            specificities: thresholds.clone(),
            sensitivities: thresholds.iter().map(|value| (1.0 - value).powf(1.0 / power)).collect(),
            thresholds,
            cut_off: Some(0.52),
            events: (40, 40),
            band: Vec::new(),
        }
    };
    let risks: Vec<f64> = (0..80).map(|_| next()).collect();
    let grid: Vec<f64> = (0..50).map(|step| 0.1 + 0.016 * f64::from(step)).collect();
    let thresholds: Vec<f64> = (0..99).map(|step| f64::from(step) / 100.0).collect();
    let benefit = |gain: f64| DecisionCurve {
        name: format!("model {gain}"),
        net_benefit: thresholds
            .iter()
            .map(|threshold| 0.5 * (1.0 - threshold).powf(gain) - 0.02)
            .collect(),
        threshold: thresholds.clone(),
    };
    Snapshot {
        name: "Early vertebral metastasis".to_owned(),
        results_folder: PathBuf::from("results"),
        outcome: "metastasis".to_owned(),
        cases: rows,
        stages: STAGES
            .iter()
            .enumerate()
            .map(|(order, name)| StageState {
                name: (*name).to_owned(),
                about: "does what its name says".to_owned(),
                state: match order {
                    9 => Freshness::Stale,
                    _ => Freshness::Fresh,
                },
                reason: if order == 9 {
                    "select.lambda was min and is 1se".to_owned()
                } else {
                    String::new()
                },
                summary: "as it should be".to_owned(),
            })
            .collect(),
        settings: vec![Setting {
            key: "select.lambda".to_owned(),
            value: "min".to_owned(),
            about: "the penalty: min, 1se, or a number".to_owned(),
            stage: "select".to_owned(),
        }],
        features: feature_names
            .iter()
            .enumerate()
            .map(|(number, name)| FeatureRow {
                name: name.clone(),
                mean: next() * 100.0,
                standard_deviation: next() * 10.0,
                agreement: Some((0.9, 0.8 - next() * 0.2, 0.95)),
                p: next() * 0.2,
                auc: 0.5 + next() * 0.3,
                volume_correlation: next() - 0.5,
                coefficient: Some(if number < 4 { next() - 0.5 } else { 0.0 }),
                dropped: if number % 7 == 6 {
                    "agreement: ICC 0.61".to_owned()
                } else {
                    String::new()
                },
                values: [
                    (0..30).map(|_| next()).collect(),
                    (0..30).map(|_| next() + 0.3).collect(),
                ],
            })
            .collect(),
        correlation: Some(HeatmapInput {
            title: "Correlation between features".to_owned(),
            label: "r".to_owned(),
            names: feature_names.iter().take(40).cloned().collect(),
            values: {
                let side = features.min(40);
                (0..side * side)
                    .map(|place| {
                        let (row, column) = (place / side, place % side);
                        1.0 - row.abs_diff(column) as f64 / 20.0
                    })
                    .collect()
            },
            limits: (-1.0, 1.0),
        }),
        results: Results {
            path: Some(PathInput {
                features: feature_names.clone(),
                intercept: vec![0.1; lambda.len()],
                coefficients,
                lambda_min: Some(lambda[30]),
                lambda_1se: Some(lambda[20]),
                chosen: Some(lambda[30]),
                lambda: lambda.clone(),
            }),
            cv: Some(CvInput {
                measure: "mean squared error".to_owned(),
                mean: (0..60)
                    .map(|step| 0.2 + 0.0001 * f64::from((step - 30) * (step - 30)))
                    .collect(),
                standard_error: vec![0.02; 60],
                counts,
                lambda_min: Some(lambda[30]),
                lambda_1se: Some(lambda[20]),
                chosen: Some(lambda[30]),
                lambda,
            }),
            coefficients: Some(CoefficientsInput {
                intercept: 0.094_720_86,
                terms: feature_names
                    .iter()
                    .take(7)
                    .enumerate()
                    .map(|(number, name)| ScoreTerm {
                        name: name.clone(),
                        coefficient: 0.5 - 0.13 * number as f64,
                        mean: 3.25,
                        standard_deviation: 0.75,
                    })
                    .collect(),
            }),
            waterfall: vec![WaterfallInput {
                name: "training".to_owned(),
                cases: (0..80)
                    .map(|number| (name(number), next() - 0.5, number % 2 == 0))
                    .collect(),
                cut_off: Some(0.05),
                outcome: "metastasis".to_owned(),
            }],
            forest: vec![ForestInput {
                name: "clinical, together".to_owned(),
                terms: ["age", "smoking", "bone pain"]
                    .iter()
                    .enumerate()
                    .map(|(number, name)| ForestTerm {
                        name: (*name).to_owned(),
                        coefficient: 0.4,
                        standard_error: 0.2,
                        odds_ratio: 1.0 + number as f64,
                        interval: (0.6 + number as f64 * 0.4, 2.0 + number as f64 * 3.0),
                        p: 0.2 / (number + 1) as f64 / (number + 1) as f64,
                    })
                    .collect(),
                remark: "80 training cases, 41 events".to_owned(),
            }],
            roc: Some(RocInput {
                curves: vec![
                    curve("model 1, training", 3.0),
                    curve("model 1, test", 2.2),
                    curve("model 2, training", 4.0),
                    curve("model 2, test", 3.4),
                ],
                tests: vec![RocTest {
                    first: "model 1, training".to_owned(),
                    second: "model 2, training".to_owned(),
                    difference: -0.05,
                    z: -1.2,
                    p: 0.23,
                }],
            }),
            calibration: ["model 1, training", "model 1, test"]
                .iter()
                .enumerate()
                .map(|(order, name)| CalibrationInput {
                    name: (*name).to_owned(),
                    apparent: grid.iter().map(|value| value.powf(1.1)).collect(),
                    corrected: if order == 0 {
                        grid.iter().map(|value| value.powf(0.85)).collect()
                    } else {
                        Vec::new()
                    },
                    predicted: grid.clone(),
                    risks: risks.clone(),
                    figures: vec![("MAE".to_owned(), 0.021), ("MSE".to_owned(), 0.000_97)],
                    remark: if order == 0 {
                        "1000 resamples"
                    } else {
                        "frozen, no correction"
                    }
                    .to_owned(),
                })
                .collect(),
            decision: vec![DecisionInput {
                models: vec![benefit(1.5), benefit(1.2)],
                all: DecisionCurve {
                    name: "all".to_owned(),
                    threshold: thresholds.clone(),
                    net_benefit: thresholds
                        .iter()
                        .map(|threshold| 0.5 - 0.5 * threshold / (1.0 - threshold))
                        .collect(),
                },
                prevalence: 0.5,
                name: "test".to_owned(),
            }],
            nomogram: Some(NomogramInput {
                name: "model 2".to_owned(),
                outcome: "metastasis".to_owned(),
                intercept: -0.4,
                terms: vec![
                    NomogramTerm {
                        name: "Rad-score".to_owned(),
                        coefficient: 1.4,
                        ticks: (-2..=2).map(|tick| (f64::from(tick), tick.to_string())).collect(),
                        discrete: false,
                    },
                    NomogramTerm {
                        name: "smoking".to_owned(),
                        coefficient: 1.1,
                        ticks: vec![(0.0, "no".to_owned()), (1.0, "yes".to_owned())],
                        discrete: true,
                    },
                ],
            }),
            table1: None,
            ..Results::default()
        },
        audits: vec![Audited {
            title: "Lung vertebra 2021".to_owned(),
            findings: vec![
                Finding {
                    tone: Tone::Bad,
                    word: "impossible".to_owned(),
                    title: "The printed Youden index is not sensitivity + specificity - 1".to_owned(),
                    detail: vec!["0.634 + 0.821 - 1 = 0.455, printed 0.620".to_owned()],
                },
                Finding {
                    tone: Tone::Accent,
                    word: "missing".to_owned(),
                    title: "Vertebrae per patient are not stated".to_owned(),
                    detail: Vec::new(),
                },
            ],
        }],
        ..Snapshot::default()
    }
}

/// A study whose every number is missing.
fn nan_study() -> Snapshot {
    let mut snapshot = study(6, 6, &|number| format!("case-{number}"));
    for row in &mut snapshot.features {
        row.mean = f64::NAN;
        row.standard_deviation = f64::NAN;
        row.p = f64::NAN;
        row.auc = f64::NAN;
        row.volume_correlation = f64::NAN;
        row.agreement = Some((f64::NAN, f64::NAN, f64::NAN));
        row.values = [vec![f64::NAN; 3], vec![]];
    }
    let blank = |values: &mut Vec<f64>| values.iter_mut().for_each(|value| *value = f64::NAN);
    let results = &mut snapshot.results;
    if let Some(cv) = &mut results.cv {
        blank(&mut cv.mean);
        blank(&mut cv.standard_error);
    }
    if let Some(path) = &mut results.path {
        for row in &mut path.coefficients {
            for term in row {
                term.1 = f64::NAN;
            }
        }
    }
    if let Some(roc) = &mut results.roc {
        for curve in &mut roc.curves {
            curve.auc = f64::NAN;
            blank(&mut curve.sensitivities);
            blank(&mut curve.specificities);
            blank(&mut curve.thresholds);
        }
    }
    for input in &mut results.calibration {
        blank(&mut input.apparent);
        blank(&mut input.risks);
    }
    for input in &mut results.decision {
        input.prevalence = f64::NAN;
        for model in &mut input.models {
            blank(&mut model.net_benefit);
        }
    }
    for input in &mut results.forest {
        for term in &mut input.terms {
            term.odds_ratio = f64::NAN;
            term.interval = (f64::NAN, f64::INFINITY);
            term.p = f64::NAN;
        }
    }
    if let Some(nomogram) = &mut results.nomogram {
        nomogram.intercept = f64::NAN;
        nomogram.terms[0].coefficient = f64::NAN;
    }
    if let Some(score) = &mut results.coefficients {
        for term in &mut score.terms {
            term.coefficient = f64::NAN;
        }
    }
    for input in &mut results.waterfall {
        for case in &mut input.cases {
            case.1 = f64::NAN;
        }
    }
    snapshot
}

/// A source that keeps what it was asked.
struct Fake {
    snapshot: Snapshot,
    asked: Mutex<Vec<String>>,
}

impl Source for Fake {
    fn snapshot(&self) -> Result<Snapshot, String> {
        Ok(self.snapshot.clone())
    }

    fn run(&self, run: &Run, wire: &Wire) -> Result<String, String> {
        self.asked.lock().unwrap().push(format!("run {:?}", run.until));
        (wire.tell)(Report::Step(1, 2, "extract case-1".to_owned()));
        (wire.tell)(Report::Note("extract: a note".to_owned()));
        assert_ne!(run.until.as_deref(), Some("split"), "the split breaks off");
        Ok("done: everything".to_owned())
    }

    fn picture(&self, _case: &Case) -> Result<Picture, String> {
        let geometry = Geometry {
            size: [40, 40, 12],
            spacing: [0.7, 0.7, 1.25],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        let voxels = ndarray::Array3::from_shape_fn((12, 40, 40), |(z, y, x)| {
            let square = |value: usize, middle: f64| (value as f64 - middle).powi(2);
            square(x, 20.0) / 100.0 + square(y, 18.0) / 64.0 + square(z, 6.0) / 16.0 < 1.0
        });
        let samples = voxels
            .indexed_iter()
            .map(|((z, y, x), inside)| (if *inside { 300 } else { -50 }) + ((x * 7 + y * 13 + z * 29) % 60) as i16)
            .collect();
        Ok(Picture {
            volume: Volume {
                geometry,
                samples: Samples::I16(samples),
            },
            mask: Some(Mask { geometry, voxels }),
            second: None,
            warnings: Vec::new(),
        })
    }

    fn decide(&self, cases: &[String], decision: &Decision) -> Result<String, String> {
        self.asked
            .lock()
            .unwrap()
            .push(format!("{decision:?} {}", cases.join(",")));
        Ok("kept".to_owned())
    }

    fn set(&self, key: &str, value: &str) -> Result<String, String> {
        self.asked.lock().unwrap().push(format!("{key}={value}"));
        Ok("set".to_owned())
    }
}

struct NoOpener;

impl Opener for NoOpener {
    fn open(&self, path: &Path) -> Result<Arc<dyn Source>, String> {
        Err(format!("{}: cannot be read: there is no such file", path.display()))
    }

    fn make(&self, _from: &Path) -> Result<PathBuf, String> {
        Err("nothing to make a study from".to_owned())
    }

    fn sample(&self, _folder: &Path) -> Result<PathBuf, String> {
        Err("the folder cannot be written".to_owned())
    }
}

// ---- a person at the keyboard

struct Driver {
    app: App,
    messages: Receiver<Message>,
    source: Option<Arc<Fake>>,
    size: (u16, u16),
}

#[derive(Clone, Copy)]
enum Kind {
    Terminal,
    Mono,
    Ascii,
}

impl Driver {
    fn new(size: (u16, u16), kind: Kind, snapshot: Option<Snapshot>) -> Self {
        let (sender, messages) = channel();
        let look = Look {
            theme: ThemeName::Terminal,
            depth: if matches!(kind, Kind::Terminal) {
                Depth::Indexed
            } else {
                Depth::None
            },
            glyphs: if matches!(kind, Kind::Ascii) { ASCII } else { UNICODE },
        };
        let mut app = App::new(&look, Arc::new(NoOpener), sender, true);
        let source = snapshot.map(|snapshot| {
            Arc::new(Fake {
                snapshot,
                asked: Mutex::default(),
            })
        });
        if let Some(source) = &source {
            app.adopt(Arc::clone(source) as Arc<dyn Source>, source.snapshot.clone());
        }
        Self {
            app,
            messages,
            source,
            size,
        }
    }

    /// Presses keys: letters as they are, others as <Name>.
    fn keys(mut self, keys: &str) -> Self {
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let (name, after) = if first == '<' && rest.contains('>') {
                let end = rest.find('>').unwrap();
                (&rest[1..end], &rest[end + 1..])
            } else {
                rest.split_at(first.len_utf8())
            };
            rest = after;
            let key = match name {
                "Enter" => KeyEvent::from(KeyCode::Enter),
                "Esc" => KeyEvent::from(KeyCode::Esc),
                "Tab" => KeyEvent::from(KeyCode::Tab),
                "S-Tab" => KeyEvent::from(KeyCode::BackTab),
                "Up" => KeyEvent::from(KeyCode::Up),
                "Down" => KeyEvent::from(KeyCode::Down),
                "Left" => KeyEvent::from(KeyCode::Left),
                "Right" => KeyEvent::from(KeyCode::Right),
                "PgUp" => KeyEvent::from(KeyCode::PageUp),
                "PgDn" => KeyEvent::from(KeyCode::PageDown),
                "Home" => KeyEvent::from(KeyCode::Home),
                "End" => KeyEvent::from(KeyCode::End),
                "Space" => KeyEvent::from(KeyCode::Char(' ')),
                _ if name.starts_with("C-") => {
                    KeyEvent::new(KeyCode::Char(name.chars().nth(2).unwrap()), KeyModifiers::CONTROL)
                }
                _ => KeyEvent::from(KeyCode::Char(name.chars().next().unwrap())),
            };
            self.app.take(Message::Input(Event::Key(key)));
            while let Ok(message) = self.messages.try_recv() {
                self.app.take(message);
            }
        }
        self
    }

    /// Draws into the middle of a larger buffer and sees that nothing around it was touched.
    fn buffer(&mut self) -> Buffer {
        let (wide, high) = self.size;
        let whole = Rect::new(0, 0, wide + 4, high + 4);
        let area = Rect::new(2, 2, wide, high);
        let mut buffer = Buffer::filled(whole, ratatui::buffer::Cell::new("@"));
        for y in area.y..area.y + high {
            for x in area.x..area.x + wide {
                buffer[(x, y)].set_symbol(" ");
            }
        }
        self.app.draw(&mut buffer, area);
        for y in 0..whole.height {
            for x in 0..whole.width {
                if !area.contains((x, y).into()) {
                    assert_eq!(buffer[(x, y)].symbol(), "@", "drawn outside at {x} {y}");
                    assert_eq!(buffer[(x, y)].modifier, Modifier::empty(), "styled outside at {x} {y}");
                }
            }
        }
        let mut inner = Buffer::empty(Rect::new(0, 0, wide, high));
        for y in 0..high {
            for x in 0..wide {
                inner[(x, y)] = buffer[(x + 2, y + 2)].clone();
            }
        }
        inner
    }

    fn text(&mut self) -> String {
        let buffer = self.buffer();
        let mut text = String::new();
        for y in 0..self.size.1 {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..self.size.0 {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
                line.push_str(symbol);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn asked(&self) -> Vec<String> {
        self.source.as_ref().unwrap().asked.lock().unwrap().clone()
    }
}

const DIGITS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

fn plain() -> Snapshot {
    study(24, 30, &|number| format!("case-{number:03}"))
}

// ---- what a person sees

#[test]
fn every_screen_as_it_looks() {
    for (wide, high, kind, name) in [
        (80, 24, Kind::Terminal, "80x24"),
        (120, 40, Kind::Terminal, "120x40"),
        (60, 16, Kind::Ascii, "60x16-ascii"),
        (200, 60, Kind::Mono, "200x60-mono"),
    ] {
        let mut all = String::new();
        for digit in DIGITS {
            let _ = writeln!(all, "{}", "=".repeat(usize::from(wide)));
            all.push_str(&Driver::new((wide, high), kind, Some(plain())).keys(digit).text());
        }
        insta::assert_snapshot!(name, all);
    }
}

#[test]
fn overlays_and_viewers_as_they_look() {
    let mut all = String::new();
    for keys in [
        "?",
        ":roc",
        "v",
        "vTc",
        "<Enter>",
        "/case-01",
        "6t",
        "4<Tab>",
        "4<Tab><Tab>",
        "5<Tab>",
        "5<Tab><Tab>",
        "3<Tab>",
    ] {
        let _ = writeln!(all, "==== {keys}");
        all.push_str(&Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(keys).text());
    }
    let _ = writeln!(all, "==== no study");
    all.push_str(&Driver::new((80, 24), Kind::Terminal, None).text());
    let _ = writeln!(all, "==== no results");
    let mut empty = plain();
    empty.results = Results::default();
    empty.stages[9].state = Freshness::Missing;
    all.push_str(&Driver::new((80, 24), Kind::Terminal, Some(empty)).keys("6").text());
    insta::assert_snapshot!("overlays-80x24", all);
}

// ---- nothing breaks

fn odd_studies() -> Vec<(&'static str, Snapshot)> {
    let long = |number: usize| format!("{}-{number}", "a_very_long_name".repeat(13));
    vec![
        ("plain", plain()),
        ("empty", Snapshot::default()),
        ("one case", study(1, 1, &|number| format!("c{number}"))),
        ("many features", study(10, 10_000, &|number| format!("f{number}"))),
        ("many cases", study(5_000, 20, &|number| format!("c{number}"))),
        ("long names", study(30, 30, &long)),
        (
            "chinese names",
            study(30, 30, &|number| format!("椎体转移病例编号{number}号很长的名字")),
        ),
        ("not numbers", nan_study()),
    ]
}

#[test]
fn odd_studies_at_every_size_and_in_every_look() {
    for (name, snapshot) in odd_studies() {
        for size in [(60, 16), (80, 24), (120, 40), (200, 60), (59, 16), (20, 5), (1, 1)] {
            for kind in [Kind::Terminal, Kind::Mono, Kind::Ascii] {
                // The large studies are drawn at two sizes: it is the same code, and debug builds are slow.
                if snapshot.features.len() + snapshot.cases.len() > 1000 && size != (80, 24) && size != (200, 60) {
                    continue;
                }
                let mut driver = Driver::new(size, kind, Some(snapshot.clone()));
                for digit in DIGITS {
                    driver = driver.keys(digit);
                    let text = driver.text();
                    if matches!(kind, Kind::Ascii) && name != "chinese names" {
                        assert!(text.is_ascii(), "{name} {size:?} screen {digit}:\n{text}");
                    }
                    for keys in [
                        "<Tab>",
                        "t",
                        "<Down><Right>",
                        "t",
                        "<Right><Left>",
                        "<End>",
                        "<Home>",
                        "?",
                        "<Esc><Esc><Esc>",
                    ] {
                        driver = driver.keys(keys);
                        driver.buffer();
                    }
                }
            }
        }
    }
}

#[test]
fn mono_sends_no_colour_and_keeps_the_selection() {
    let mut driver = Driver::new((80, 24), Kind::Mono, Some(plain()));
    for digit in DIGITS {
        driver = driver.keys(digit);
        let buffer = driver.buffer();
        for cell in buffer.content() {
            assert!(
                matches!(cell.fg, Color::Reset) && matches!(cell.bg, Color::Reset),
                "{cell:?}"
            );
        }
        let reversed = buffer
            .content()
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .count();
        assert!(reversed > 2, "screen {digit} has a selected tab");
    }
    let mut driver = driver.keys("1j");
    let buffer = driver.buffer();
    let row = (0..24).find(|&y| {
        (0..80)
            .filter(|&x| buffer[(x, y)].modifier.contains(Modifier::REVERSED))
            .count()
            > 60
    });
    assert_eq!(row, Some(4), "the second case is reversed from edge to edge");
}

// ---- keys

#[test]
fn keys_are_unique_within_a_screen_and_global_keys_are_nobodys_else() {
    let mut scopes: Vec<Vec<Scope>> = SCREENS.iter().map(|entry| (entry.make)().scopes().to_vec()).collect();
    scopes.push(vec![Scope::Slices]);
    for scopes in scopes {
        let mut seen = std::collections::HashMap::new();
        for entry in command::valid(&scopes) {
            for key in entry.keys {
                if let Some(other) = seen.insert(*key, entry.command) {
                    panic!("{key} is {other:?} and {:?} under {scopes:?}", entry.command);
                }
            }
        }
    }
    let global: Vec<&str> = COMMANDS
        .iter()
        .filter(|entry| entry.scope == Scope::Global)
        .flat_map(|entry| entry.keys)
        .copied()
        .collect();
    for entry in COMMANDS.iter().filter(|entry| entry.scope != Scope::Global) {
        for key in entry.keys {
            assert!(!global.contains(key), "{key} of {} is a global key", entry.name);
        }
    }
}

#[test]
fn the_help_lists_every_key_of_the_screen_and_fits() {
    let scopes = (SCREENS[0].make)().scopes();
    let mut driver = Driver::new((80, 60), Kind::Terminal, Some(plain())).keys("?");
    let text = driver.text();
    for entry in command::valid(scopes).filter(|entry| !matches!(entry.command, Command::Go(_))) {
        assert!(text.contains(entry.doc), "{} is missing:\n{text}", entry.doc);
    }
}

#[test]
fn a_command_that_cannot_be_obeyed_says_why() {
    let mut snapshot = plain();
    snapshot.results = Results::default();
    snapshot.stages[9].state = Freshness::Missing;
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot.clone())).keys("6e");
    assert!(driver.text().contains("run evaluate first"));
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("1x");
    assert!(driver.text().contains("nothing runs"));
}

#[test]
fn r_runs_what_the_screen_needs_and_a_panic_is_a_failed_job() {
    let mut snapshot = plain();
    snapshot.results = Results::default();
    snapshot.stages[9].state = Freshness::Missing;
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot.clone())).keys("6r");
    assert_eq!(driver.asked(), ["run Some(\"evaluate\")"]);
    assert!(driver.text().contains("done: everything"));
    let mut driver = driver.keys("L");
    assert!(driver.text().contains("extract: a note"), "the log keeps notes");
    // On the pipeline the third stage is the split, whose job panics.
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("2jjr");
    assert!(driver.text().contains("broke off"), "{}", driver.text());
    let mut driver = driver.keys("R");
    assert!(driver.text().contains("done: everything"), "the program goes on");
}

#[test]
fn escape_always_goes_one_step_back_and_never_leaves() {
    for keys in [
        "?",
        ":",
        "/abc",
        "v",
        "vc",
        "<Enter>",
        "L",
        "6t",
        "6<Left>",
        "4<Tab><Tab>",
        "2<Tab>",
        "c",
    ] {
        let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(keys);
        let before = driver.text();
        let mut driver = driver.keys("<Esc>");
        assert_ne!(before, driver.text(), "Esc after {keys}");
        let driver = driver.keys("<Esc><Esc><Esc><Esc>");
        assert!(!driver.app.finished, "Esc after {keys} left the program");
    }
    assert!(
        Driver::new((80, 24), Kind::Terminal, Some(plain()))
            .keys("q")
            .app
            .finished
    );
    assert!(
        Driver::new((80, 24), Kind::Terminal, Some(plain()))
            .keys("/ab<C-c>")
            .app
            .finished
    );
}

#[test]
fn letters_in_a_text_field_are_no_commands() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("/q1x");
    assert!(!driver.app.finished);
    assert!(driver.text().contains("/q1x"));
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("/003<Enter>");
    let text = driver.text();
    assert!(text.contains("case-003") && !text.contains("case-004"), "{text}");
}

#[test]
fn a_review_takes_one_key_a_case() {
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("ad");
    assert_eq!(driver.asked(), ["Accept case-000", "Drop case-001"]);
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("<Space><Space>d");
    assert_eq!(driver.asked(), ["Drop case-000,case-001"]);
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("vad");
    assert_eq!(driver.asked(), ["Accept case-000", "Drop case-001"]);
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("cunclear edge<Enter>");
    assert_eq!(driver.asked(), ["Comment(\"unclear edge\") case-000"]);
}

#[test]
fn the_palette_finds_a_screen_by_name() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(":calibr<Enter>");
    assert!(
        driver.text().contains("Calibration: model 1, training"),
        "{}",
        driver.text()
    );
}

#[test]
fn the_lambda_cursor_moves_in_path_and_error() {
    let mut driver = Driver::new((120, 48), Kind::Terminal, Some(plain())).keys("4<Right>");
    let text = driver.text();
    let columns: Vec<usize> = text
        .lines()
        .filter_map(|line| line.chars().position(|letter| letter == '│').map(|_| line))
        .filter_map(|line| {
            let bars: Vec<usize> = line
                .char_indices()
                .filter(|(_, letter)| *letter == '│')
                .map(|(at, _)| line[..at].chars().count())
                .collect();
            (bars.len() >= 2).then(|| bars[1])
        })
        .collect();
    assert!(columns.len() > 10, "the cursor is drawn in both charts:\n{text}");
    let driver = driver.keys("s");
    assert!(
        driver.asked()[0].starts_with("select.lambda=0.0"),
        "{:?}",
        driver.asked()
    );
}

#[test]
fn the_nomogram_follows_the_keys() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("9");
    let before = driver.text();
    assert!(before.contains("risk"));
    let mut driver = driver.keys("<Down><Right>");
    let after = driver.text();
    assert!(
        after.contains("smoking yes") && !before.contains("smoking yes"),
        "{after}"
    );
}

#[test]
fn a_text_for_the_clipboard_is_asked_for_once() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("6y");
    let wishes = driver.app.take_wishes();
    assert!(wishes.copy.unwrap().starts_with("curve,threshold,"));
    assert_eq!(driver.app.take_wishes().copy, None);
}

#[test]
fn an_export_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot = plain();
    snapshot.results_folder = folder.path().to_owned();
    let _driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("6ee");
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("figures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["roc-2.csv", "roc-2.svg", "roc.csv", "roc.svg"]);
}

#[test]
fn without_a_study_the_program_offers_ways_to_one() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, None);
    let text = driver.text();
    for words in ["write the sample study", "open a study", "make a study"] {
        assert!(text.contains(words));
    }
    let mut driver = driver.keys("j<Enter>nowhere.yaml<Enter>");
    assert!(
        driver.text().contains("nowhere.yaml: cannot be read"),
        "{}",
        driver.text()
    );
}

#[test]
fn an_unchanged_program_is_not_drawn_again() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain()));
    driver.text();
    assert!(!driver.app.dirty);
    let driver = driver.keys("j");
    assert!(driver.app.dirty);
}
