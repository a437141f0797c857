//! Every two scores compared: DeLong's paired test and the bootstrap's, on the rows that both have.

use serde_json::{Value, json};

use super::super::columns::{ends, exact};
use super::super::missing::Together;
use super::arguments::RocArguments;
use super::judged::Judged;
use crate::stats::base::interval::Interval;
use crate::stats::validation::roc::{
    AucBootstrap, AucTest, Direction, Placements, auc_test_paired, bootstrap_difference, clustered_covariance,
    clustered_variance, draw_stratified,
};

/// Two scores compared.
pub struct Pair {
    pub a: String,
    pub b: String,
    pub test: AucTest,
    /// Rows that both have
    pub rows: usize,
    /// Whether one speaks for the event by its higher values, the other by its lower ones
    pub are_opposite: bool,
    together: Together,
    directions: [Direction; 2],
    /// The bootstrap's difference, z and P
    pub bootstrap: Option<(AucBootstrap, f64, f64)>,
}

impl Pair {
    pub fn document(&self) -> Value {
        let test = &self.test;
        let mut document = json!({
            "a": self.a, "b": self.b, "z": exact(test.statistic), "p": exact(test.p_value),
            "difference": exact(test.difference), "se": exact(test.se), "ci": ends(test.ci_diff),
            "level": test.ci_diff.level, "method": "DeLong, paired", "n": self.rows,
            "opposite_directions": self.are_opposite,
        });
        if let Some((found, z, p)) = &self.bootstrap {
            document["bootstrap"] = json!({"n": found.values.len(), "z": exact(*z), "p": exact(*p), "ci": ends(found.ci), "level": found.ci.level});
        }
        document
    }
}

/// DeLong's test of every pair of scores; with patients that repeat, its variance over patients. `of_all` is the patient of
/// every row of the table.
pub fn compare(judged: &[Judged], of_all: Option<&[usize]>, level: f64) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for (at, a) in judged.iter().enumerate() {
        for b in &judged[at + 1..] {
            let together = a.of.together(&b.of);
            let first = Placements::new(&together.outcome, &together.first, a.curve.direction)?;
            let second = Placements::new(&together.outcome, &together.second, b.curve.direction)?;
            let mut test = auc_test_paired(&first, &second, level)?;
            if let Some(of_all) = of_all {
                let patients: Vec<usize> = together.rows.iter().map(|&row| of_all[row]).collect();
                let shared = clustered_covariance(&first, &second, &together.outcome, &patients)?;
                let own = |placements| clustered_variance(placements, &together.outcome, &patients);
                let se = (own(&first)? + own(&second)? - 2.0 * shared).max(0.0).sqrt();
                let z = if test.difference == 0.0 {
                    0.0
                } else {
                    test.difference / se
                };
                test.se = se;
                test.statistic = z;
                test.p_value = crate::stats::base::distributions::normal_two_sided(z);
                test.ci_diff = Interval::wald(test.difference, se, level);
            }
            pairs.push(Pair {
                a: a.name.clone(),
                b: b.name.clone(),
                test,
                rows: together.outcome.len(),
                are_opposite: a.curve.direction != b.curve.direction,
                together,
                directions: [a.curve.direction, b.curve.direction],
                bootstrap: None,
            });
        }
    }
    Ok(pairs)
}

/// The bootstrap's test of every pair, each from the same seed.
pub fn bootstrap(arguments: &RocArguments, count: usize, pairs: &mut [Pair]) -> anyhow::Result<()> {
    for pair in pairs {
        let Together {
            outcome, first, second, ..
        } = &pair.together;
        let with = outcome.iter().filter(|event| **event).count();
        let resamples = draw_stratified(outcome.len() - with, with, count, &mut arguments.resample.indices());
        let scores = [first.as_slice(), second.as_slice()];
        pair.bootstrap = Some(bootstrap_difference(
            outcome,
            scores,
            pair.directions,
            &resamples,
            arguments.level,
        )?);
    }
    Ok(())
}
