//! Studies that are made up: a plain one, and odd ones that must break nothing.

use std::path::PathBuf;
use std::sync::Arc;

use radscore::audit::Severity;
use radscore::figure::Results;
use radscore::figure::calibration::CalibrationInput;
use radscore::figure::coefficients::{CoefficientsInput, ScoreTerm};
use radscore::figure::controls::{Control, ControlsInput};
use radscore::figure::cv::CvInput;
use radscore::figure::decision::{DecisionCurve, DecisionInput};
use radscore::figure::estimates::{Estimate, EstimatesInput};
use radscore::figure::forest::{ForestInput, ForestTerm};
use radscore::figure::frequency::{Frequency, FrequencyInput};
use radscore::figure::heatmap::HeatmapInput;
use radscore::figure::nomogram::{NomogramInput, NomogramTerm};
use radscore::figure::path::PathInput;
use radscore::figure::permutations::PermutationsInput;
use radscore::figure::resplits::ResplitsInput;
use radscore::figure::roc::{RocCurve, RocInput, RocTest};
use radscore::figure::waterfall::WaterfallInput;
use radscore::message::Message;
use radscore::stats::base::interval::Interval;
use radscore::study::feature_table::FeatureTable;
use radscore::tui::snapshot::{
    Audited, Case, CaseState, FeatureRow, Finding, Freshness, Setting, Snapshot, StageState,
};

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
    "discrimination",
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

pub fn study(cases: usize, features: usize, name: &dyn Fn(usize) -> String) -> Snapshot {
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
                vec![Message::verbatim(
                    "the mask lies on another grid: spacing along x is 0.7, but the image has 0.8",
                )]
            } else {
                Vec::new()
            },
            image: Some(PathBuf::from("images/a.nii.gz")),
            mask: Some(PathBuf::from("masks/a.nii.gz")),
            score: Some(next() * 2.0 - 1.0),
            predictors: vec![next() * 2.0 - 1.0, f64::from(u8::from(number % 2 == 0))],
            cells: vec![name(number), (number % 2).to_string(), (50 + number % 30).to_string()],
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
            interval: Interval::new(0.7, 0.9, 0.95),
            specificities: thresholds.clone(),
            sensitivities: thresholds.iter().map(|value| (1.0 - value).powf(1.0 / power)).collect(),
            thresholds,
            cut_off: Some(0.52),
            events: (40, 40),
            band: thresholds_band(power),
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
        band: thresholds
            .iter()
            .map(|threshold| 0.5 * (1.0 - threshold).powf(gain) - 0.02)
            .map(|benefit| Interval::new(benefit - 0.08, benefit + 0.08, 0.95))
            .collect(),
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
                agreement: Some((0.9, Interval::new(0.8 - next() * 0.2, 0.95, 0.95))),
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
            title: Message::verbatim("Correlation between features"),
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
            groups: (0..features.min(40)).map(|feature| feature / 4).collect(),
            limits: (-1.0, 1.0),
        }),
        columns: ["id", "outcome", "age"].map(str::to_owned).to_vec(),
        table: Some(Arc::new(FeatureTable {
            ids: (0..cases).map(name).collect(),
            names: feature_names.iter().take(200).cloned().collect(),
            values: ndarray::Array2::from_shape_fn((cases, features.min(200)), |(case, feature)| {
                ((case * 7 + feature * 3) % 11) as f64
            }),
        })),
        results: {
            let mut results = Results::default();
            results.put(PathInput {
                features: feature_names.clone(),
                intercept: vec![0.1; lambda.len()],
                coefficients,
                lambda_min: Some(lambda[30]),
                lambda_1se: Some(lambda[20]),
                chosen: Some(lambda[30]),
                lambda: lambda.clone(),
            });
            results.put(CvInput {
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
            });
            results.put(FrequencyInput {
                features: feature_names
                    .iter()
                    .take(20)
                    .enumerate()
                    .map(|(number, name)| Frequency {
                        name: name.clone(),
                        resplits: 1.0 / (number + 1) as f64,
                        bootstrap: 0.9 / (number + 1) as f64,
                        chosen: number < 4,
                    })
                    .collect(),
                repeats: (100, 200),
            });
            let estimate = |name: &str, auc, limits, resampled| Estimate {
                name: Message::verbatim(name),
                auc,
                limits,
                resampled,
            };
            results.put(EstimatesInput {
                rows: vec![
                    estimate("this split, test", 0.71, Some((0.55, 0.87)), false),
                    estimate("re-splits, mean", 0.78, Some((0.63, 0.9)), true),
                    estimate("nested cross-validation", 0.76, Some((0.67, 0.85)), true),
                    estimate("bootstrap-corrected", 0.8, None, true),
                ],
                remark: Some(Message::verbatim("limits: 95 % CI")),
            });
            results.put(ResplitsInput {
                auc: (0..200).map(|number| 0.6 + f64::from(number % 29) / 100.0).collect(),
                chosen: 0.71,
                mean: 0.74,
                nested: 0.76,
                corrected: 0.8,
            });
            results.put(ControlsInput {
                rows: [("volume", 0.39), ("clinical", -0.02), ("noise", 0.24)]
                    .into_iter()
                    .map(|(name, difference)| Control {
                        name: name.to_owned(),
                        auc: 0.76 - difference,
                        difference,
                        interval: Interval {
                            lower: difference - 0.12,
                            upper: difference + 0.12,
                            level: 0.95,
                        },
                    })
                    .collect(),
            });
            results.put(PermutationsInput {
                auc: (0..39).map(|number| 0.4 + f64::from(number % 13) / 60.0).collect(),
                model: 0.76,
                p: 0.025,
            });
            results.put(CoefficientsInput {
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
            });
            results.put(WaterfallInput {
                name: "training".to_owned(),
                cases: (0..80)
                    .map(|number| (name(number), next() - 0.5, number % 2 == 0))
                    .collect(),
                cut_off: Some(0.05),
                outcome: "metastasis".to_owned(),
            });
            results.put(ForestInput {
                name: Message::verbatim("clinical, together"),
                terms: ["age", "smoking", "bone pain"]
                    .iter()
                    .enumerate()
                    .map(|(number, name)| ForestTerm {
                        name: (*name).to_owned(),
                        coefficient: 0.4,
                        standard_error: 0.2,
                        odds_ratio: 1.0 + number as f64,
                        interval: Interval::new(0.6 + number as f64 * 0.4, 2.0 + number as f64 * 3.0, 0.95),
                        p: 0.2 / (number + 1) as f64 / (number + 1) as f64,
                        inflation: Some(1.1 + number as f64),
                    })
                    .collect(),
                remark: Some(Message::verbatim("80 training cases, 41 events")),
            });
            results.put(RocInput {
                curves: vec![
                    curve("model 1, training", 3.0),
                    curve("model 1, test", 2.2),
                    curve("model 2, training", 4.0),
                    curve("model 2, test", 3.4),
                ],
                tests: vec![RocTest {
                    first: 0,
                    second: 2,
                    difference: -0.05,
                    z: -1.2,
                    p: 0.23,
                    interval: Interval::new(-0.13, 0.03, 0.95),
                }],
                band: Some(0),
            });
            for (order, name) in ["model 1, training", "model 1, test"].iter().enumerate() {
                results.put(CalibrationInput {
                    name: (*name).to_owned(),
                    apparent: grid.iter().map(|value| value.powf(1.1)).collect(),
                    corrected: if order == 0 {
                        grid.iter().map(|value| value.powf(0.85)).collect()
                    } else {
                        Vec::new()
                    },
                    predicted: grid.clone(),
                    risks: risks.clone(),
                    figures: vec![(Message::verbatim("MAE"), 0.021), (Message::verbatim("MSE"), 0.000_97)],
                    remark: Some(Message::verbatim(if order == 0 {
                        "1000 resamples"
                    } else {
                        "frozen, no correction"
                    })),
                });
            }
            results.put(DecisionInput {
                models: vec![benefit(1.5), benefit(1.2)],
                all: DecisionCurve {
                    name: "all".to_owned(),
                    threshold: thresholds.clone(),
                    net_benefit: thresholds
                        .iter()
                        .map(|threshold| 0.5 - 0.5 * threshold / (1.0 - threshold))
                        .collect(),
                    band: Vec::new(),
                },
                prevalence: 0.5,
                name: "test".to_owned(),
            });
            results.put(NomogramInput {
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
            });
            results
        },
        audits: vec![Audited {
            title: "Lung vertebra 2021".to_owned(),
            findings: vec![
                Finding {
                    severity: Severity::Impossible,
                    title: "The printed Youden index is not sensitivity + specificity - 1".to_owned(),
                    detail: vec!["0.634 + 0.821 - 1 = 0.455, printed 0.620".to_owned()],
                },
                Finding {
                    severity: Severity::Missing,
                    title: "Vertebrae per patient are not stated".to_owned(),
                    detail: Vec::new(),
                },
            ],
        }],
        ..Snapshot::default()
    }
}

/// A band around a made-up curve.
fn thresholds_band(power: f64) -> Vec<(f64, Interval)> {
    (0..=20)
        .map(|step| f64::from(step) / 20.0)
        .map(|x| {
            let band = Interval::around(x.powf(1.0 / power), 0.1, 0.95).clamp(0.0, 1.0);
            (x, band)
        })
        .collect()
}

/// A study whose every number is missing.
pub fn nan_study() -> Snapshot {
    let mut snapshot = study(6, 6, &|number| format!("case-{number}"));
    for row in &mut snapshot.features {
        row.mean = f64::NAN;
        row.standard_deviation = f64::NAN;
        row.p = f64::NAN;
        row.auc = f64::NAN;
        row.volume_correlation = f64::NAN;
        row.agreement = Some((f64::NAN, Interval::default()));
        row.values = [vec![f64::NAN; 3], vec![]];
    }
    let blank = |values: &mut Vec<f64>| values.iter_mut().for_each(|value| *value = f64::NAN);
    let mut results = Results::default();
    let found = &snapshot.results;
    for mut cv in found.all::<CvInput>().cloned() {
        blank(&mut cv.mean);
        blank(&mut cv.standard_error);
        results.put(cv);
    }
    for mut path in found.all::<PathInput>().cloned() {
        for row in &mut path.coefficients {
            for term in row {
                term.1 = f64::NAN;
            }
        }
        results.put(path);
    }
    for mut roc in found.all::<RocInput>().cloned() {
        for curve in &mut roc.curves {
            curve.auc = f64::NAN;
            blank(&mut curve.sensitivities);
            blank(&mut curve.specificities);
            blank(&mut curve.thresholds);
        }
        results.put(roc);
    }
    for mut input in found.all::<CalibrationInput>().cloned() {
        blank(&mut input.apparent);
        blank(&mut input.risks);
        results.put(input);
    }
    for mut input in found.all::<DecisionInput>().cloned() {
        input.prevalence = f64::NAN;
        for model in &mut input.models {
            blank(&mut model.net_benefit);
        }
        results.put(input);
    }
    for mut input in found.all::<ForestInput>().cloned() {
        for term in &mut input.terms {
            term.odds_ratio = f64::NAN;
            term.interval = Interval::new(f64::NAN, f64::INFINITY, 0.95);
            term.p = f64::NAN;
        }
        results.put(input);
    }
    for mut nomogram in found.all::<NomogramInput>().cloned() {
        nomogram.intercept = f64::NAN;
        nomogram.terms[0].coefficient = f64::NAN;
        results.put(nomogram);
    }
    for mut score in found.all::<CoefficientsInput>().cloned() {
        for term in &mut score.terms {
            term.coefficient = f64::NAN;
        }
        results.put(score);
    }
    for mut input in found.all::<WaterfallInput>().cloned() {
        for case in &mut input.cases {
            case.1 = f64::NAN;
        }
        results.put(input);
    }
    for input in found.all::<FrequencyInput>().cloned() {
        results.put(input);
    }
    snapshot.results = results;
    snapshot
}

pub fn plain() -> Snapshot {
    study(24, 30, &|number| format!("case-{number:03}"))
}

pub fn odd_studies() -> Vec<(&'static str, Snapshot)> {
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
