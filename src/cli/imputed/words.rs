//! A pooled model as JSON and as text.

use serde_json::{Value, json};

use super::super::columns::{aligned, ends, exact};
use super::{Filled, ImputationArguments};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::interval::interval_name;
use crate::stats::base::logit::logistic;
use crate::stats::base::number::{limits, probability, share, share_limits, significant};
use crate::stats::imputation::pool::Pooled;

impl Filled {
    /// All that was found, with all digits.
    pub fn document(&self, level: f64) -> Value {
        let one = |pooled: &Pooled| {
            json!({
                "value": exact(pooled.estimate), "se": exact(pooled.se), "df": exact(pooled.df), "ci": ends(pooled.ci),
                "level": level, "fmi": exact(pooled.fmi),
            })
        };
        let back = |pooled: &Pooled, scale: fn(f64) -> f64| json!({"value": exact(scale(pooled.estimate)), "ci": ends(pooled.ci.map(scale)), "level": level, "fmi": exact(pooled.fmi)});
        let terms: Vec<Value> = self
            .names
            .iter()
            .zip(&self.terms)
            .map(|(name, pooled)| {
                json!({
                    "term": name, "coef": exact(pooled.estimate), "se": exact(pooled.se), "t": exact(pooled.statistic),
                    "df": exact(pooled.df), "p": exact(pooled.p), "coef_ci": ends(pooled.ci),
                    "or": exact(pooled.estimate.exp()), "ci": ends(pooled.ci.map(f64::exp)), "level": level,
                    "within": exact(pooled.within), "between": exact(pooled.between), "riv": exact(pooled.riv),
                    "lambda": exact(pooled.lambda), "fmi": exact(pooled.fmi),
                })
            })
            .collect();
        let mut document = json!({
            "method": "multiple imputation by chained equations, Rubin's rules",
            "imputations": self.imputations, "imputed": self.gaps, "rows": self.rows, "events": self.events,
            "left_out": self.left_out, "terms": terms, "c": back(&self.apparent, logistic), "coding": self.coding.1,
        });
        if let Some(judged) = &self.judged {
            document["cross_validated"] = json!({
                "folds": judged.folds, "auc": back(&judged.auc, logistic),
                "observed_expected": back(&judged.observed_expected, f64::exp),
                "intercept": one(&judged.intercept), "slope": one(&judged.slope),
            });
        }
        document
    }

    /// The same for people.
    pub fn text(&self, arguments: &ImputationArguments, level: f64) -> String {
        let interval = interval_name(level);
        let mut text = format!(
            "{}\n",
            words::pooled_regression(self.rows, self.events, self.imputations)
        );
        if !self.gaps.is_empty() {
            let gaps: Vec<String> = self
                .gaps
                .iter()
                .map(|(name, gaps)| heads::missing_in(name, gaps).to_string())
                .collect();
            text.push_str(&format!("{}\n", words::filled_by(arguments.seed(), gaps.join(", "))));
        }
        text.push_str(&format!("{}\n", self.coding.0));
        let rows: Vec<Vec<String>> = self
            .names
            .iter()
            .zip(&self.terms)
            .map(|(name, pooled)| {
                vec![
                    name.clone(),
                    significant(pooled.estimate, 5),
                    significant(pooled.se, 4),
                    significant(pooled.statistic, 4),
                    significant(pooled.df, 4),
                    probability(pooled.p),
                    significant(pooled.estimate.exp(), 5),
                    limits(pooled.ci.map(f64::exp), 5),
                    share(pooled.fmi, 3),
                ]
            })
            .collect();
        text.push_str(&aligned(
            &[
                heads::TERM.text(),
                "coef",
                "se",
                "t",
                "df",
                "P",
                "OR",
                &interval,
                heads::MISSING.text(),
            ],
            &rows,
        ));
        text.push_str(&format!("{}\n", words::MISSING_INFORMATION));
        let share_of = |pooled: &Pooled, scale: fn(f64) -> f64| {
            format!(
                "{} ({interval} {})",
                share(scale(pooled.estimate), 4),
                share_limits(pooled.ci.map(scale), 4)
            )
        };
        text.push_str(&format!(
            "\n{}\n",
            words::c_on_these(share_of(&self.apparent, logistic))
        ));
        match &self.judged {
            None => text.push_str(&format!("{}\n", words::JUDGED_ON_FIT)),
            Some(judged) => text.push_str(&format!(
                "{}\n  {}\n  {}\n  {}\n",
                words::judged_in_folds(judged.folds),
                words::auc_is(share_of(&judged.auc, logistic)),
                words::observed_expected_is(share_of(&judged.observed_expected, f64::exp)),
                words::intercept_slope(
                    share_of(&judged.intercept, |value| value),
                    share_of(&judged.slope, |value| value)
                )
            )),
        }
        text
    }
}
