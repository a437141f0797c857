//! Support vector machines, linear and radial, as R's e1071: cost and width by the folds, log-odds by Platt's curve.
//!
//! The Rad-score is the log-odds of Platt's curve through the decision values that the folds leave out. That of the linear
//! machine is a sum of features, and files hold its coefficients; the radial one keeps its support vectors, which are the scaled
//! features of training cases. Where left-out decision values do not rise with the outcome, the score is a constant.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::entry::Entry as LearnerEntry;
use super::tuning::{Numbers, Part, Tuned, tune};
use crate::stats::base::number::{share, significant};
use crate::stats::design::standardise::Standardiser;
use crate::stats::learning::platt::Platt;
use crate::stats::learning::svm::{IN_FOLDS, Kernel, Svm};
use crate::stats::regression::lasso::Coefficients;
use crate::study::artefact::{Exact, csv_of, from_value};
use crate::study::engine::stage::Made;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Account, Learner, Learnt, Scorer, TrainingData};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::selected::SelectResult;
use crate::study::input::keys::{Key, Row};
use crate::study::input::settings::Config;

/// What cost the machine may take.
static COST: Key<Numbers> = Key::form(
    "select.svm_cost",
    "cost",
    "1",
    "cost of a case on the wrong side, as e1071's; of several the folds choose, as [0.01, 0.1, 1, 10]",
);
/// How fast likeness falls with distance.
static GAMMA: Key<Numbers> = Key::form(
    "select.svm_gamma",
    "gamma",
    "",
    "how fast the radial kernel falls with distance; of several the folds choose; 1 / candidates where it is not stated",
);

/// The lines of the registry.
pub(super) enum Entry {
    /// A weight a feature
    Linear,
    /// Likeness to support vectors
    Radial,
}

/// A machine and the choice of its settings.
#[derive(Debug, Clone)]
struct SvmLearner {
    /// Whether the kernel is radial
    radial: bool,
    /// The costs that are tried
    costs: Vec<f64>,
    /// The widths that are tried; `None` is one over the number of candidates
    gammas: Option<Vec<f64>>,
}

/// What was tried and chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct SvmAccount {
    /// Each pair of settings, with its area on the folds
    tried: Vec<Tried>,
    /// The cost taken
    cost: f64,
    /// The width taken; none of a linear machine
    gamma: Option<f64>,
    /// Cases that carry the decision
    support_vectors: usize,
    /// Log-odds at decision value 0
    platt_intercept: f64,
    /// Log-odds for a step of 1 of the decision value
    platt_slope: f64,
}

/// Settings and how they did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Tried {
    cost: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gamma: Option<f64>,
    auc: f64,
}

/// A row of `select/tuning.csv`.
#[derive(Default, Serialize)]
struct TriedRow {
    cost: Exact,
    gamma: Option<Exact>,
    auc: Exact,
}

/// A radial machine as files keep it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Machine {
    gamma: f64,
    /// Scaled features of the support vectors, a row each
    vectors: Vec<Vec<f64>>,
    weights: Vec<f64>,
    intercept: f64,
    platt_intercept: f64,
    platt_slope: f64,
}

impl LearnerEntry for Entry {
    fn name(&self) -> &'static str {
        match self {
            Self::Linear => "svm-linear",
            Self::Radial => "svm-radial",
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Self::Linear => "a linear support vector machine, its decision values as log-odds by Platt's curve",
            Self::Radial => {
                "a support vector machine with a radial kernel, its decision values as log-odds by Platt's curve"
            }
        }
    }

    fn keys(&self) -> Vec<&'static Row> {
        match self {
            Self::Linear => vec![&COST.row],
            Self::Radial => vec![&COST.row, &GAMMA.row],
        }
    }

    fn read(&self, config: &Config) -> Result<Box<dyn Learner>, StudyError> {
        let costs = above_0(config, &COST, config.get(&COST)?)?;
        let (radial, gammas) = match self {
            Self::Linear => (false, None),
            Self::Radial => {
                let stated = config.stated(&GAMMA)?;
                (true, stated.map(|gammas| above_0(config, &GAMMA, gammas)).transpose()?)
            }
        };
        Ok(Box::new(SvmLearner { radial, costs, gammas }))
    }

    fn recall(&self, kept: &Value) -> Result<Box<dyn Scorer>, String> {
        match self {
            Self::Linear => Err(format!("scores of {} are sums of features", self.name())),
            Self::Radial => {
                let machine: Machine = from_value(kept).ok_or("what it keeps is no radial machine")?;
                let features = machine.vectors.first().map_or(0, Vec::len);
                if machine.vectors.iter().any(|vector| vector.len() != features)
                    || machine.weights.len() != machine.vectors.len()
                {
                    return Err("its support vectors and weights differ in length".to_owned());
                }
                Ok(Box::new(machine))
            }
        }
    }

    fn phrases(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("cost {}", "/cost"),
            ("gamma {}", "/gamma"),
            ("settings tried: {}", "/tried"),
        ]
    }

    fn choice(&self, found: &SelectResult) -> String {
        let Some(account) = found.own::<SvmAccount>() else {
            return String::new();
        };
        let gamma = account
            .gamma
            .map_or_else(String::new, |gamma| format!(", gamma {}", significant(gamma, 6)));
        let area = account
            .tried
            .iter()
            .find(|tried| tried.cost == account.cost && tried.gamma == account.gamma);
        format!(
            "cost {}{gamma} ({} tried; AUC {} on the folds; {} support vectors)",
            significant(account.cost, 6),
            account.tried.len(),
            share(area.map_or(f64::NAN, |tried| tried.auc), 3),
            account.support_vectors
        )
    }

    fn makes(&self) -> &'static [&'static str] {
        &["select/tuning.csv"]
    }

    fn present(&self, found: &SelectResult, made: &mut Made) {
        if let Some(account) = found.own::<SvmAccount>() {
            let rows = account.tried.iter().map(|tried| TriedRow {
                cost: Exact(tried.cost),
                gamma: tried.gamma.map(Exact),
                auc: Exact(tried.auc),
            });
            made.file("select/tuning.csv", csv_of(rows));
        }
    }
}

/// The numbers of a key, each above 0.
fn above_0(config: &Config, key: &Key<Numbers>, numbers: Numbers) -> Result<Vec<f64>, StudyError> {
    if numbers.0.contains(&0.0) {
        return Err(config.fault(&key.row, "0 is not above 0"));
    }
    Ok(numbers.0)
}

impl SvmLearner {
    /// Every pair of settings, in the order of the lists.
    fn settings(&self, candidates: usize) -> Vec<(Kernel, f64)> {
        let kernels: Vec<Kernel> = if self.radial {
            let widths = self
                .gammas
                .clone()
                .unwrap_or_else(|| vec![1.0 / candidates.max(1) as f64]);
            widths.into_iter().map(|gamma| Kernel::Radial { gamma }).collect()
        } else {
            vec![Kernel::Linear]
        };
        (kernels.iter())
            .flat_map(|&kernel| self.costs.iter().map(move |&cost| (kernel, cost)))
            .collect()
    }
}

fn gamma_of(kernel: Kernel) -> Option<f64> {
    match kernel {
        Kernel::Linear => None,
        Kernel::Radial { gamma } => Some(gamma),
    }
}

impl Learner for SvmLearner {
    fn fit(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError> {
        let settings = self.settings(data.values.ncols());
        let Tuned { best, areas, left_out } = tune(&settings, data, |&(kernel, cost), part: &Part<'_>, rows| {
            let svm = Svm::fit_to(IN_FOLDS, part.values, part.events, kernel, cost)?;
            Ok(rows.rows().into_iter().map(|row| svm.decision(row)).collect())
        })?;
        let (kernel, cost) = settings[best];
        let svm = Svm::fit(data.values, data.events, kernel, cost)?;
        let curve = Platt::fit(&left_out, data.events)?;
        let account = SvmAccount {
            tried: (settings.iter().zip(areas))
                .map(|(&(kernel, cost), auc)| Tried {
                    cost,
                    gamma: gamma_of(kernel),
                    auc,
                })
                .collect(),
            cost,
            gamma: gamma_of(kernel),
            support_vectors: svm.weights.len(),
            platt_intercept: curve.intercept,
            platt_slope: curve.slope,
        };
        let level = curve.slope == 0.0;
        let advice = if level {
            vec!["no feature was kept: the decision values of left-out cases do not rise with the outcome. The study goes on with a constant Rad-score (AUC 0.5), which is the honest result.".to_owned()]
        } else {
            Vec::new()
        };
        Ok(Learnt {
            left_out: Some(left_out.iter().map(|&decision| curve.log_odds(decision)).collect()),
            scorer: match svm.slopes() {
                _ if level => Box::new(Coefficients {
                    intercept: curve.intercept,
                    ..Coefficients::default()
                }),
                Some(slopes) => Box::new(Coefficients {
                    intercept: curve.log_odds(svm.intercept),
                    index: (0..slopes.len()).collect(),
                    value: slopes.iter().map(|slope| curve.slope * slope).collect(),
                }),
                None => Box::new(Machine::of(&svm, curve)),
            },
            account: Account {
                own: account.keys(),
                warnings: Vec::new(),
                advice,
            },
        })
    }

    fn in_resamples(&self, _: usize, _: usize) -> Box<dyn Learner> {
        Box::new(self.clone())
    }
}

impl SvmAccount {
    fn keys(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }
}

impl Machine {
    fn of(svm: &Svm, curve: Platt) -> Self {
        Self {
            gamma: gamma_of(svm.kernel).unwrap_or(f64::NAN),
            vectors: svm.vectors.rows().into_iter().map(|row| row.to_vec()).collect(),
            weights: svm.weights.clone(),
            intercept: svm.intercept,
            platt_intercept: curve.intercept,
            platt_slope: curve.slope,
        }
    }
}

impl Scorer for Machine {
    fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
        let features = self.vectors.first().map_or(0, Vec::len);
        let case: Vec<f64> = (0..features).map(value).collect();
        let case = scaler.apply_row(&case);
        let kernel = Kernel::Radial { gamma: self.gamma };
        let terms = self.vectors.iter().zip(&self.weights);
        let sum: f64 = terms
            .map(|(vector, weight)| weight * kernel.of(ndarray::ArrayView1::from(vector), case.view()))
            .sum();
        let curve = Platt {
            intercept: self.platt_intercept,
            slope: self.platt_slope,
        };
        curve.log_odds(sum + self.intercept)
    }

    fn used(&self) -> Vec<usize> {
        (0..self.vectors.first().map_or(0, Vec::len)).collect()
    }

    fn kept(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::learner::made::{everybody, rings};

    #[test]
    fn the_radial_machine_sees_a_ring_that_no_sum_sees_and_is_recalled_to_the_last_bit() {
        let (values, events, patients, folds) = rings(90);
        let data = TrainingData {
            values: values.view(),
            events: &events,
            patients: &patients,
            folds: &|| Ok(folds.clone()),
        };
        let learner = |radial| SvmLearner {
            radial,
            costs: vec![0.1, 1.0, 10.0],
            gammas: None,
        };
        let rows = everybody(90);
        let radial = learner(true).fit(&rows, &data).unwrap();
        let account: SvmAccount = from_value(&Value::Object(radial.account.own.clone())).unwrap();
        assert_eq!(account.tried.len(), 3);
        assert!(account.tried.iter().any(|tried| tried.auc > 0.9), "{account:?}");
        assert!(radial.scorer.linear().is_none());
        let scaler = Standardiser {
            mean: vec![0.5, -0.5],
            sd: vec![2.0, 3.0],
        };
        let again = Entry::Radial.recall(&radial.scorer.kept()).unwrap();
        for row in values.rows() {
            let value = |column: usize| row[column];
            let score = radial.scorer.score(&value, &scaler);
            assert!(score.is_finite());
            assert_eq!(again.score(&value, &scaler), score);
        }
        let linear = learner(false).fit(&rows, &data).unwrap();
        assert!(linear.scorer.linear().is_some());
        assert!(Entry::Radial.recall(&Value::Null).is_err());
        let uneven = serde_json::json!({"gamma": 1.0, "vectors": [[1.0], [1.0, 2.0]], "weights": [1.0, -1.0],
            "intercept": 0.0, "platt_intercept": 0.0, "platt_slope": 1.0});
        assert!(Entry::Radial.recall(&uneven).is_err());
    }
}
