//! `radscore validate --leave-out`: internal-external validation. The model is fitted without one centre and judged on it, as
//! often as there are centres; the centres are pooled by random effects (Royston, Parmar & Sylvester, Stat Med 2004;23:907).

use ndarray::Axis;
use serde_json::{Value, json};

use super::choice::Pooling;
use super::columns::{ends, exact};
use super::external::forest::{Line, forest};
use super::terms::ModelRows;
use crate::message::english::statistics as words;
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::number::{percentage, share, share_limits, share_with_limits, significant};
use crate::stats::regression::refit::fit_logistic;
use crate::stats::validation::external::{ExternalValidation, PooledQuantity, pooled_auc, pooled_observed_expected};

/// A centre judged by the model of the others.
struct Centre {
    name: String,
    n: usize,
    events: usize,
    found: Result<ExternalValidation, String>,
}

/// All centres, and what they say together.
pub struct LeftOut {
    centres: Vec<Centre>,
    auc: Result<PooledQuantity, String>,
    observed_expected: Result<PooledQuantity, String>,
    pooling: Pooling,
}

impl LeftOut {
    /// Leaves out each value of a column in turn.
    ///
    /// # Errors
    /// If the column is not there, or holds fewer than 2 or more than 50 centres. A centre that cannot be judged says why.
    pub(super) fn new(rows: &ModelRows, column: &str, level: f64, pooling: Pooling) -> anyhow::Result<Self> {
        let of = rows.table.texts(column)?;
        let mut names: Vec<&str> = Vec::new();
        for name in &of {
            if !names.contains(name) {
                names.push(name);
            }
        }
        anyhow::ensure!(
            (2..=50).contains(&names.len()),
            "--leave-out {column}: there should be 2 to 50 centres, but there are {}",
            names.len()
        );
        let design = rows.design.matrix();
        let centres: Vec<Centre> = names
            .into_iter()
            .map(|name| {
                let (own, others): (Vec<usize>, Vec<usize>) = (0..of.len()).partition(|&row| of[row] == name);
                let outcome =
                    |rows_of: &[usize]| -> Vec<bool> { rows_of.iter().map(|&row| rows.outcome[row]).collect() };
                let own_outcome = outcome(&own);
                let what = format!("the model without {name}");
                let found = fit_logistic(&what, design.select(Axis(0), &others).view(), &outcome(&others))
                    .and_then(|(coefficients, _)| {
                        let risks: Vec<f64> = own
                            .iter()
                            .map(|&row| {
                                let sum: f64 = (design.row(row).iter().zip(&coefficients[1..]))
                                    .map(|(x, b)| x * b)
                                    .sum();
                                logistic(coefficients[0] + sum)
                            })
                            .collect();
                        ExternalValidation::new(&own_outcome, &risks, None, level)
                    })
                    .map_err(|error| error.to_string());
                Centre {
                    name: name.to_owned(),
                    n: own.len(),
                    events: own_outcome.iter().filter(|event| **event).count(),
                    found,
                }
            })
            .collect();
        let judged: Vec<&ExternalValidation> = centres.iter().filter_map(|centre| centre.found.as_ref().ok()).collect();
        let how = pooling.value();
        Ok(Self {
            auc: pooled_auc(&judged, level, how).map_err(|error| error.to_string()),
            observed_expected: pooled_observed_expected(&judged, level, how).map_err(|error| error.to_string()),
            pooling,
            centres,
        })
    }

    /// Everything, with all digits.
    pub fn document(&self) -> Value {
        let centres: Vec<Value> = self
            .centres
            .iter()
            .map(|centre| {
                let mut document = json!({"centre": centre.name, "n": centre.n, "events": centre.events});
                match &centre.found {
                    Err(problem) => document["problem"] = json!(problem),
                    Ok(found) => {
                        let calibration = &found.calibration;
                        document["auc"] = exact(found.auc());
                        document["auc_se"] = exact(found.auc_se());
                        document["auc_ci"] = ends(found.auc_ci);
                        document["observed_expected"] = exact(calibration.oe.value);
                        document["observed_expected_ci"] = ends(calibration.oe.ci);
                        document["intercept"] = exact(calibration.intercept.value);
                        document["slope"] = exact(calibration.slope.value);
                        document["slope_ci"] = ends(calibration.slope.ci);
                        document["brier"] = exact(calibration.brier);
                        document["level"] = json!(found.auc_ci.level);
                    }
                }
                document
            })
            .collect();
        let pooled = |over: &Result<PooledQuantity, String>| match over {
            Err(problem) => json!({"problem": problem}),
            Ok(over) => json!({
                "value": exact(over.value), "ci": ends(over.ci), "prediction": ends(over.prediction), "level": over.ci.level,
                "tau_squared": exact(over.transformed.tau_squared), "i_squared": exact(over.transformed.i_squared),
                "q": exact(over.transformed.q), "q_p": exact(over.transformed.q_p),
            }),
        };
        json!({"centres": centres, "pooled": {"auc": pooled(&self.auc), "observed_expected": pooled(&self.observed_expected),
            "estimator": self.pooling.name()}})
    }

    /// The same for people: two forest plots, and a line for each centre's calibration.
    pub fn text(&self) -> String {
        let mut text = String::new();
        type Of = fn(&ExternalValidation) -> (f64, Interval);
        let quantities: [(&str, &str, f64, Of, _); 2] = [
            (
                words::AUC_OF_OTHERS.text(),
                "AUC",
                0.5,
                |found| (found.auc(), found.auc_ci),
                &self.auc,
            ),
            (
                words::OE_OF_OTHERS.text(),
                "O:E",
                1.0,
                |found| (found.calibration.oe.value, found.calibration.oe.ci),
                &self.observed_expected,
            ),
        ];
        for (title, quantity, rule, of, over) in quantities {
            let mut lines: Vec<Line> = self
                .centres
                .iter()
                .map(|centre| {
                    let found = centre.found.as_ref().map(of);
                    let (value, interval) = found.unwrap_or((f64::NAN, Interval::none(f64::NAN)));
                    Line {
                        name: centre.name.clone(),
                        counts: format!("{} ({})", centre.n, centre.events),
                        value,
                        interval,
                        is_pooled: false,
                    }
                })
                .collect();
            if let Ok(over) = over {
                for (name, value, interval) in [
                    (words::POOLED.text(), over.value, over.ci),
                    (words::ANOTHER_CENTRE.text(), over.value, over.prediction),
                ] {
                    lines.push(Line {
                        name: name.to_owned(),
                        counts: String::new(),
                        value,
                        interval,
                        is_pooled: true,
                    });
                }
            }
            text.push_str(&format!("{}\n", forest(title, quantity, rule, &lines)));
            text.push_str(&match over {
                Err(problem) => format!("{}\n\n", words::not_pooled(problem)),
                Ok(over) => format!(
                    "{}\n\n",
                    words::random_effects(
                        self.pooling.name(),
                        share_with_limits(over.value, over.ci, 3),
                        share_limits(over.prediction, 3),
                        significant(over.transformed.tau_squared, 3),
                        percentage(over.transformed.i_squared)
                    )
                ),
            });
        }
        for centre in &self.centres {
            match &centre.found {
                Err(problem) => text.push_str(&format!("{}\n", words::not_judged(&centre.name, problem))),
                Ok(found) => text.push_str(&format!(
                    "{}\n",
                    words::centre_calibration(
                        &centre.name,
                        share_with_limits(found.calibration.intercept.value, found.calibration.intercept.ci, 3),
                        share_with_limits(found.calibration.slope.value, found.calibration.slope.ci, 3),
                        share(found.calibration.brier, 4)
                    )
                )),
            }
        }
        text
    }
}
