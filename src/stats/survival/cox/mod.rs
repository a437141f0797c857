//! Cox regression: hazards that are proportional, by the partial likelihood.
//!
//! hazard(t | x) = h0(t) exp(x'b), h0 free within each stratum. Fitted by Newton's method with step halving to rounding. Matches
//! R's `coxph` (Efron's and Breslow's ties, weights, strata) run to convergence, its Wald, score and likelihood-ratio tests,
//! `survfit(coxph)`'s baseline, `cox.zph` of version 3 and later, and `concordance(fit)`.
//!
//! Where the likelihood rises without end along a column (all events on one side of it), the coefficient has no maximum: the
//! column is named in [`CoxFit::warnings`] and its numbers are those at the last step.

mod baseline;
mod model;
mod proportional_hazards;
mod risk_sets;

pub use baseline::{Baseline, BaselinePoint};
pub use proportional_hazards::{HazardsTest, TimeScale};
pub(super) use risk_sets::RiskSets;
pub use risk_sets::Ties;

use ndarray::Array2;

use self::model::{CoxModel, Maximum};
use super::FollowUp;
use super::concordance::{Concordance, ConcordanceSettings, concordance};
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::distributions::{chi_squared_upper, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;
use crate::stats::design::Design;

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoxSettings<'a> {
    /// What tied events see of each other
    pub ties: Ties,
    /// Level of confidence intervals
    pub level: f64,
    /// Strata with a baseline hazard each, as numbers from 0
    pub strata: Option<&'a [usize]>,
    /// How often each row counts
    pub weights: Option<&'a [f64]>,
}

impl Default for CoxSettings<'_> {
    fn default() -> Self {
        Self {
            ties: Ties::Efron,
            level: 0.95,
            strata: None,
            weights: None,
        }
    }
}

/// A line of the table of coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxTerm {
    /// The column's name
    pub term: String,
    /// The coefficient, a log hazard ratio
    pub coef: f64,
    /// Its standard error
    pub se: f64,
    /// Wald's z
    pub z: f64,
    /// Wald's P, two-sided
    pub p: f64,
    /// Hazard ratio
    pub hr: f64,
    /// Wald's interval of the hazard ratio
    pub ci: Interval,
}

/// A chi-square test.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxTest {
    /// What is tested
    pub name: String,
    /// Chi-square
    pub chi_squared: f64,
    /// Degrees of freedom
    pub degrees: usize,
    /// P
    pub p: f64,
}

impl CoxTest {
    fn new(name: &str, chi_squared: f64, degrees: usize) -> Self {
        Self {
            name: name.to_owned(),
            chi_squared,
            degrees,
            p: if degrees > 0 {
                chi_squared_upper(chi_squared.max(0.0), degrees as f64)
            } else {
                f64::NAN
            },
        }
    }
}

/// A fitted model.
#[derive(Debug, Clone)]
pub struct CoxFit {
    /// Coefficients with their tests
    pub terms: Vec<CoxTerm>,
    /// Covariance matrix of the coefficients
    pub vcov: Array2<f64>,
    /// Log partial likelihood of the model without predictors
    pub null_log_likelihood: f64,
    /// Log partial likelihood
    pub log_likelihood: f64,
    /// Likelihood-ratio test of the whole model
    pub likelihood_ratio: CoxTest,
    /// Wald's test of the whole model
    pub wald: CoxTest,
    /// Score (log-rank) test of the whole model
    pub score: CoxTest,
    /// Likelihood-ratio test of each term against the model without it
    pub term_tests: Vec<CoxTest>,
    /// Cases
    pub cases: usize,
    /// Events
    pub events: usize,
    /// Linear predictor of each row, 0 where each column has its mean
    pub linear_predictor: Vec<f64>,
    /// The columns' means
    pub means: Vec<f64>,
    /// Harrell's C of the linear predictor, within strata
    pub concordance: Concordance,
    /// Newton steps
    pub iterations: usize,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
    model: CoxModel,
    scaled: Vec<f64>,
    term_columns: Vec<(String, std::ops::Range<usize>)>,
}

impl CoxFit {
    /// Coefficients in the order of the design's columns.
    pub fn coefficients(&self) -> Vec<f64> {
        self.terms.iter().map(|term| term.coef).collect()
    }

    /// Akaike's criterion.
    pub fn aic(&self) -> f64 {
        2.0 * self.terms.len() as f64 - 2.0 * self.log_likelihood
    }

    /// The linear predictor of the rows of another design of the same columns, on the scale of
    /// [`CoxFit::linear_predictor`].
    pub fn predict(&self, design: &Design) -> Vec<f64> {
        (0..design.rows())
            .map(|row| {
                let columns = design.columns().iter().zip(&self.terms).zip(&self.means);
                columns
                    .map(|((column, term), mean)| term.coef * (column[row] - mean))
                    .sum()
            })
            .collect()
    }
}

/// Fits follow-up on the columns of a design.
///
/// # Errors
/// Where there is no event, lengths differ, a weight is not positive, a column is constant or a combination of others
/// (named), the level is not between 0 and 1, or the fit does not come to rest.
pub fn fit(design: &Design, follow_up: &FollowUp, settings: &CoxSettings<'_>) -> Result<CoxFit, StatsError> {
    require::level(settings.level)?;
    require::at_least("Cox regression", "predictors", 1, design.columns().len())?;
    let model = CoxModel::new(design, follow_up, settings.strata, settings.weights, settings.ties)?;
    let maximum = model.maximise(design.names())?;
    let width = model.width;
    let coefficients: Vec<f64> = maximum
        .coefficients
        .iter()
        .zip(&model.scale)
        .map(|(b, scale)| b / scale)
        .collect();
    let vcov = Array2::from_shape_fn((width, width), |(i, j)| {
        maximum.covariance[[i, j]] / (model.scale[i] * model.scale[j])
    });
    let terms = design
        .names()
        .iter()
        .enumerate()
        .map(|(j, term)| {
            let (coef, se) = (coefficients[j], vcov[[j, j]].sqrt());
            CoxTerm {
                term: term.clone(),
                coef,
                se,
                z: coef / se,
                p: normal_two_sided(coef / se),
                hr: coef.exp(),
                ci: Interval::wald(coef, se, settings.level).map(f64::exp),
            }
        })
        .collect();
    let eta = model.eta(&maximum.coefficients);
    let mut linear_predictor = vec![0.0; eta.len()];
    for (row, eta) in model.sets.order.iter().zip(&eta) {
        linear_predictor[*row] = *eta;
    }
    let ranks = ConcordanceSettings {
        strata: settings.strata,
        case_weights: settings.weights,
        ..ConcordanceSettings::default()
    };
    let concordance = concordance(follow_up, &linear_predictor, &ranks)?;
    Ok(CoxFit {
        terms,
        vcov,
        null_log_likelihood: -0.5 * maximum.null_deviance,
        log_likelihood: -0.5 * maximum.deviance,
        likelihood_ratio: CoxTest::new("likelihood ratio", maximum.null_deviance - maximum.deviance, width),
        wald: CoxTest::new("Wald", wald(&maximum), width),
        score: CoxTest::new("score (log-rank)", maximum.score, width),
        term_tests: term_tests(design, follow_up, settings, &maximum)?,
        cases: follow_up.len(),
        events: follow_up.events(),
        linear_predictor,
        means: model.centre.clone(),
        concordance,
        iterations: maximum.iterations,
        warnings: warnings(design, follow_up, &maximum),
        scaled: maximum.coefficients,
        term_columns: design
            .terms()
            .iter()
            .map(|term| (term.name.clone(), term.columns.clone()))
            .collect(),
        model,
    })
}

fn wald(maximum: &Maximum) -> f64 {
    let mut solved = maximum.coefficients.clone();
    match Cholesky::new(maximum.covariance.view(), 0.0) {
        Ok(factor) => {
            factor.solve_in_place(&mut solved);
            maximum
                .coefficients
                .iter()
                .zip(&solved)
                .map(|(left, right)| left * right)
                .sum()
        }
        Err(_) => 0.0,
    }
}

fn term_tests(
    design: &Design,
    follow_up: &FollowUp,
    settings: &CoxSettings<'_>,
    maximum: &Maximum,
) -> Result<Vec<CoxTest>, StatsError> {
    let terms = design.terms();
    let test = |at: usize| {
        let others: Vec<usize> = (0..terms.len()).filter(|other| *other != at).collect();
        let deviance = if others.is_empty() {
            maximum.null_deviance
        } else {
            let design = design.select(&others);
            let model = CoxModel::new(&design, follow_up, settings.strata, settings.weights, settings.ties)?;
            model.maximise(design.names())?.deviance
        };
        Ok(CoxTest::new(
            &terms[at].name,
            deviance - maximum.deviance,
            terms[at].columns.len(),
        ))
    };
    (0..terms.len()).map(test).collect()
}

fn warnings(design: &Design, follow_up: &FollowUp, maximum: &Maximum) -> Vec<String> {
    let mut warnings = Vec::new();
    if !maximum.infinite.is_empty() {
        let names: Vec<String> = maximum
            .infinite
            .iter()
            .map(|j| format!("\"{}\"", design.names()[*j]))
            .collect();
        warnings.push(format!(
            "the likelihood rises without end along {}: all events lie on one side, and the hazard ratio has no finite \
             estimate; leave the column out, join levels, or take a penalised fit",
            names.join(", ")
        ));
    }
    let (events, width) = (follow_up.events(), design.columns().len());
    if (events as f64) < 10.0 * width as f64 {
        warnings.push(format!(
            "{events} events for {width} coefficients are {:.1} each, fewer than 10: estimates and intervals are \
             optimistic; take fewer predictors or a penalised fit",
            events as f64 / width as f64
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_without_ties_are_as_by_hand() {
        // One event in each of two risk sets: l(b) = b - ln(1 + e^b) - 0, whose score test is (1 - 1/2)^2 / (1/4) = 1.
        let follow_up = FollowUp::new(vec![1.0, 2.0], vec![true, true]).unwrap();
        let design = Design::numbers(2, [("x", [1.0, 0.0].as_slice())]).unwrap();
        let found = fit(&design, &follow_up, &CoxSettings::default()).unwrap();
        assert!((found.score.chi_squared - 1.0).abs() < 1e-12);
        assert!((found.null_log_likelihood + 2.0_f64.ln()).abs() < 1e-14);
        assert!(found.warnings[0].contains("\"x\""), "{:?}", found.warnings);
    }

    #[test]
    fn a_coefficient_without_a_finite_estimate_is_named_also_where_digits_end() {
        let time: Vec<f64> = (1..=8).map(f64::from).collect();
        let event: Vec<bool> = (0..8).map(|i| i < 3).collect();
        let x: Vec<f64> = (0..8).map(|i| f64::from(u8::from(i < 3))).collect();
        let noise: Vec<f64> = (0..8).map(|i| f64::from(i * 5 % 7)).collect();
        let follow_up = FollowUp::new(time, event).unwrap();
        for design in [
            Design::numbers(8, [("x", x.as_slice())]).unwrap(),
            Design::numbers(8, [("noise", noise.as_slice()), ("x", x.as_slice())]).unwrap(),
        ] {
            let found = fit(&design, &follow_up, &CoxSettings::default()).unwrap();
            assert!(
                found.warnings[0].contains("rises without end") && found.warnings[0].contains("\"x\""),
                "{:?}",
                found.warnings
            );
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_named() {
        let time: Vec<f64> = (1..=12).map(f64::from).collect();
        let a: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 12)).collect();
        let b: Vec<f64> = a.iter().map(|a| 3.0 - 2.0 * a).collect();
        let follow_up = FollowUp::new(time.clone(), vec![true; 12]).unwrap();
        let run = |design: &Design, follow_up: &FollowUp| {
            fit(design, follow_up, &CoxSettings::default()).unwrap_err().to_string()
        };
        let both = Design::numbers(12, [("a", a.as_slice()), ("b", b.as_slice())]).unwrap();
        assert!(run(&both, &follow_up).contains("\"b\" is a combination"));
        let constant = Design::numbers(12, [("c", [2.0; 12].as_slice())]).unwrap();
        assert!(run(&constant, &follow_up).contains("same in every row"));
        let none = FollowUp::new(time, vec![false; 12]).unwrap();
        assert!(run(&Design::numbers(12, [("a", a.as_slice())]).unwrap(), &none).contains("at least 1 events"));
    }

    #[test]
    fn a_weight_of_two_is_the_row_twice_by_breslow() {
        let time = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0, 5.0, 3.5];
        let event = [true, true, false, true, true, true, false, true, true, true];
        let x = [0.3, 1.2, 0.1, 0.9, 0.4, 0.2, 1.0, 0.8, 0.7, 0.05];
        let twice = |values: &[f64]| [values, &values[..1]].concat();
        let short = FollowUp::new(time.to_vec(), event.to_vec()).unwrap();
        let long = FollowUp::new(twice(&time), [event.as_slice(), &event[..1]].concat()).unwrap();
        let mut weights = vec![1.0; 10];
        weights[0] = 2.0;
        let breslow = CoxSettings {
            ties: Ties::Breslow,
            ..CoxSettings::default()
        };
        let weighted = CoxSettings {
            weights: Some(&weights),
            ..breslow
        };
        let first = fit(&Design::numbers(10, [("x", x.as_slice())]).unwrap(), &short, &weighted).unwrap();
        let second = fit(
            &Design::numbers(11, [("x", twice(&x).as_slice())]).unwrap(),
            &long,
            &breslow,
        )
        .unwrap();
        assert!((first.terms[0].coef - second.terms[0].coef).abs() < 1e-12);
        assert!((first.terms[0].se - second.terms[0].se).abs() < 1e-12);
    }
}
