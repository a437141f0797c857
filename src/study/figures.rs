//! The results of a study as the plain numbers that charts are built from: what `radscore show`, the report and the
//! screens draw.

use super::Study;
use super::guard;
use super::input::cohort::Side;
use super::stages::LogisticRow;
use super::stages::evaluate::{CalibrationKind, EvaluateResult};
use super::stages::split::SplitResult;
use crate::figure::calibration::CalibrationInput;
use crate::figure::coefficients::{CoefficientsInput, ScoreTerm};
use crate::figure::cv::CvInput;
use crate::figure::decision::{DecisionCurve, DecisionInput};
use crate::figure::forest::{ForestInput, ForestTerm};
use crate::figure::frequency::{Frequency, FrequencyInput};
use crate::figure::nomogram::{NomogramInput, NomogramTerm};
use crate::figure::path::PathInput;
use crate::figure::resplits::ResplitsInput;
use crate::figure::roc::{RocCurve, RocInput, RocTest};
use crate::figure::ticks::significant;
use crate::figure::waterfall::WaterfallInput;
use crate::figure::{Results, Sheet};
use crate::message::english::figure as words;
use crate::message::{Message, Value};
use crate::stats::base::interval::Interval;

/// Everything that a study has found and a chart can show.
pub fn results(study: &Study) -> Results {
    let found = study.results();
    let mut results = Results::default();
    let event = event_name(study);
    results.table1 = found.split().map(table1);
    if let Some(select) = found.select() {
        results.put(PathInput {
            features: select.candidates.clone(),
            lambda: select.lambda.clone(),
            intercept: select.a0.clone(),
            coefficients: select.beta.clone(),
            lambda_min: Some(select.lambda_min),
            lambda_1se: Some(select.lambda_1se),
            chosen: Some(select.chosen_lambda),
        });
        results.put(CvInput {
            measure: select.measure_name.clone(),
            lambda: select.cv_lambda.clone(),
            mean: select.cvm.clone(),
            standard_error: select.cvsd.clone(),
            counts: select.nzero.clone(),
            lambda_min: Some(select.lambda_min),
            lambda_1se: Some(select.lambda_1se),
            chosen: Some(select.chosen_lambda),
        });
        results.put(CoefficientsInput {
            intercept: select.intercept,
            terms: select
                .coefficients
                .iter()
                .map(|term| ScoreTerm {
                    name: term.feature.clone(),
                    coefficient: term.coefficient,
                    mean: term.mean,
                    standard_deviation: term.sd,
                })
                .collect(),
        });
    }
    if let Some(robustness) = found.robustness() {
        results.put(FrequencyInput {
            features: robustness
                .frequency
                .iter()
                .map(|feature| Frequency {
                    name: feature.feature.clone(),
                    resplits: feature.resplits,
                    bootstrap: feature.bootstrap,
                    chosen: feature.chosen,
                })
                .collect(),
            repeats: (study.config().robustness.resplits, study.config().robustness.bootstrap),
        });
    }
    if let Some(score) = found.score() {
        for side in [Side::Training, Side::Test] {
            let cases: Vec<(String, f64, bool)> = score
                .cases
                .iter()
                .filter(|case| case.side == side)
                .map(|case| (case.id.clone(), case.radscore, case.event))
                .collect();
            if !cases.is_empty() {
                results.put(WaterfallInput {
                    name: side.name().to_owned(),
                    cases,
                    cut_off: None,
                    outcome: event.clone(),
                });
            }
        }
    }
    if let Some(clinical) = found.clinical() {
        let chosen = if clinical.chosen.is_empty() {
            Value::from(words::NO_PREDICTOR)
        } else {
            Value::from(clinical.chosen.clone())
        };
        let remark = match clinical.left_out.len() {
            0 => words::clinical_cases(clinical.used, clinical.events, chosen),
            left_out => words::clinical_cases_left_out(clinical.used, clinical.events, left_out, chosen),
        };
        for (name, rows) in [
            (words::ONE_AT_A_TIME, &clinical.univariable),
            (words::TOGETHER, &clinical.multivariable),
        ] {
            put_forest(&mut results, forest(name.into(), rows, &[], remark.clone()));
        }
    }
    if let Some(fit) = found.fit() {
        for model in &fit.models {
            let (cases, aic) = (model.cases.len(), significant(model.aic, 5));
            let remark = if model.penalised {
                words::model_cases_firth(cases, aic)
            } else {
                words::model_cases(cases, aic)
            };
            put_forest(
                &mut results,
                forest(
                    Message::verbatim(&model.model.name),
                    &model.rows,
                    &model.inflation,
                    remark,
                ),
            );
        }
    }
    if let Some(evaluate) = found.evaluate() {
        fill_evaluation(&mut results, evaluate, found.split());
        if let Some(input) = nomogram(study, evaluate) {
            results.put(input);
        }
    }
    if let Some(found) = found.robustness().filter(|found| !found.resplits.auc.is_empty()) {
        results.put(ResplitsInput {
            auc: found.resplits.auc.clone(),
            chosen: found.resplits.chosen,
            mean: found.resplits.mean,
            nested: found.nested.auc,
            corrected: found.bootstrap.corrected,
        });
    }
    results.labels = guard::labels(study);
    results
}

/// The event in words: the outcome's column, and its value where that says more.
pub fn event_name(study: &Study) -> String {
    let outcome = &study.config().outcome;
    if outcome.event_stated && outcome.event != "1" {
        outcome.event.clone()
    } else {
        outcome.column.clone()
    }
}

fn table1(split: &SplitResult) -> Sheet {
    Sheet {
        columns: ["variable", "training", "test", "method", "P", "SMD"]
            .map(str::to_owned)
            .to_vec(),
        rows: split
            .table1
            .iter()
            .map(|row| {
                vec![
                    row.variable.clone().into(),
                    row.training.clone().into(),
                    row.test.clone().into(),
                    row.method.clone().into(),
                    row.p.into(),
                    row.standardised_difference.into(),
                ]
            })
            .collect(),
    }
}

/// Odds ratios without a term are no chart.
fn put_forest(results: &mut Results, input: ForestInput) {
    if !input.terms.is_empty() {
        results.put(input);
    }
}

fn forest(name: Message, rows: &[LogisticRow], inflation: &[f64], remark: Message) -> ForestInput {
    ForestInput {
        name,
        terms: rows
            .iter()
            .filter(|row| row.term != "(Intercept)")
            .enumerate()
            .map(|(order, row)| ForestTerm {
                name: row.term.clone(),
                coefficient: row.coefficient,
                standard_error: row.standard_error,
                odds_ratio: row.odds_ratio,
                interval: row.interval,
                p: row.p,
                inflation: inflation.get(order).copied(),
            })
            .collect(),
        remark: Some(remark),
    }
}

fn curve_name(model: &str, side: Side) -> String {
    format!("{model}, {}", side.name())
}

fn fill_evaluation(results: &mut Results, evaluate: &EvaluateResult, split: Option<&SplitResult>) {
    results.put(RocInput {
        curves: evaluate
            .roc
            .iter()
            .map(|roc| RocCurve {
                name: curve_name(&roc.model, roc.side),
                auc: roc.auc,
                interval: roc.interval,
                thresholds: roc.thresholds.clone(),
                sensitivities: roc.sensitivities.clone(),
                specificities: roc.specificities.clone(),
                cut_off: Some(roc.at_cutoff.risk),
                events: (roc.events, roc.cases.saturating_sub(roc.events)),
                band: roc
                    .band
                    .iter()
                    .rev()
                    .map(|&[specificity, low, high]| (1.0 - specificity, Interval::new(low, high, roc.interval.level)))
                    .collect(),
            })
            .collect(),
        tests: evaluate
            .comparisons
            .iter()
            .map(|test| RocTest {
                first: curve_name(&test.a.0, test.a.1),
                second: curve_name(&test.b.0, test.b.1),
                difference: test.difference,
                interval: test.ci,
                z: test.z,
                p: test.p,
            })
            .collect(),
        band: Some(0),
    });
    for calibration in &evaluate.calibration {
        let model = evaluate.models.iter().position(|name| *name == calibration.model);
        let mut figures = vec![
            (words::MAE.into(), calibration.mae),
            (words::MSE.into(), calibration.mse),
        ];
        for (name, value) in [
            (words::SLOPE, calibration.slope),
            (words::INTERCEPT, calibration.intercept),
            (words::OBSERVED_EXPECTED, calibration.observed_expected),
            (words::BRIER, calibration.brier),
        ] {
            if value.is_finite() {
                figures.push((name.into(), value));
            }
        }
        results.put(CalibrationInput {
            name: curve_name(&calibration.model, calibration.side),
            predicted: calibration.predicted.clone(),
            apparent: calibration.apparent.clone(),
            corrected: calibration.corrected.clone(),
            risks: evaluate
                .risks
                .iter()
                .filter(|case| case.side == calibration.side)
                .filter_map(|case| case.risks.get(model?).copied())
                .collect(),
            figures,
            remark: Some(match calibration.kind {
                CalibrationKind::Corrected => words::resamples(calibration.resamples),
                CalibrationKind::Frozen => words::FROZEN.into(),
            }),
        });
    }
    for side in [Side::Training, Side::Test] {
        let mut input = DecisionInput {
            name: side.name().to_owned(),
            ..DecisionInput::default()
        };
        for curve in evaluate.decision.iter().filter(|curve| curve.side == side) {
            let drawn = DecisionCurve {
                name: curve.model.clone(),
                threshold: curve.thresholds.clone(),
                net_benefit: curve.net_benefit.clone(),
            };
            match curve.model.to_lowercase().as_str() {
                "all" => input.all = drawn,
                "none" => {}
                _ => input.models.push(drawn),
            }
        }
        if let Some(split) = split {
            let (cases, events) = split.counts(side);
            input.prevalence = events as f64 / cases.max(1) as f64;
        }
        if !input.models.is_empty() {
            results.put(input);
        }
    }
}

fn nomogram(study: &Study, evaluate: &EvaluateResult) -> Option<NomogramInput> {
    let drawn = evaluate.nomogram.as_ref()?;
    let fitted = study.results().fit()?;
    let model = &fitted
        .models
        .iter()
        .find(|model| model.model.name == drawn.model)?
        .model;
    let terms = model
        .terms
        .iter()
        .map(|term| {
            let axis = drawn.axes.iter().find(|axis| axis.name == term.name);
            let values = axis.map(|axis| axis.values.clone()).unwrap_or_default();
            let discrete = values == [0.0, 1.0] || values == [1.0, 0.0];
            NomogramTerm {
                name: term.name.clone(),
                coefficient: term.coefficient,
                ticks: values
                    .iter()
                    .map(|&value| {
                        let words = match (discrete, value == 1.0) {
                            (true, true) => words::YES.to_string(),
                            (true, false) => words::NO.to_string(),
                            (false, _) => significant(value, 3),
                        };
                        (value, words)
                    })
                    .collect(),
                discrete,
            }
        })
        .collect();
    Some(NomogramInput {
        name: drawn.model.clone(),
        outcome: event_name(study),
        intercept: model.intercept,
        terms,
    })
}
