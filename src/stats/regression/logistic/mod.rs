//! Logistic regression by maximum likelihood, with everything that a clinical table prints of it.
//!
//! log(p / (1 - p)) = b0 + x'b, fitted by Newton's method (iteratively reweighted least squares) with step halving until a
//! step changes the likelihood by less than rounding. Matches R's `glm(family = binomial)` run to convergence, its Wald
//! intervals (`confint.default`), profile-likelihood intervals by root finding (R's `confint` interpolates and is 1e-4 off),
//! likelihood-ratio tests of terms (`drop1(test = "LRT")`), `car::vif` and the discrimination indices of `rms::lrm`, which
//! are exact here (rms before version 7 bins probabilities).
//!
//! Where a combination of predictors separates the outcomes, maximum likelihood does not exist. That is found (a direction
//! along which every case's fit improves or stays), named in [`LogisticFit::separation`], and the numbers are then those at
//! the last step: estimates only grow from there. [`crate::stats::regression::firth`] gives finite ones.

mod discrimination;
mod last_step;
mod model;
mod profile;
mod separation;
mod variance_inflation;

pub use discrimination::{Discrimination, discrimination, gini_mean_difference};
pub(in crate::stats) use model::Model;
pub use separation::Separation;
pub use variance_inflation::{VarianceInflation, linear_variance_inflation, variance_inflation};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::stats::StatsError;
use crate::stats::base::distributions::{chi_squared_upper, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::r_random::normal_quantile;
use crate::stats::base::require;
use crate::stats::design::{Design, INTERCEPT};

/// What to compute beyond the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticSettings {
    /// Level of confidence intervals
    pub level: f64,
    /// Profile-likelihood intervals too
    pub profile: bool,
    /// Where standard errors are taken
    pub standard_errors: StandardErrors,
}

/// Where the curvature of the likelihood is taken that standard errors come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StandardErrors {
    /// Where the last step of R's `glm(epsilon = 1e-14)` began: it prints the errors of that point beside the estimates that
    /// the step led to. They differ from those at the estimates in the eighth digit.
    #[default]
    LastStep,
    /// At the estimates, as `rms::lrm`
    Estimates,
}

impl Default for LogisticSettings {
    fn default() -> Self {
        Self {
            level: 0.95,
            profile: true,
            standard_errors: StandardErrors::default(),
        }
    }
}

/// A line of the table of coefficients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticTerm {
    /// The column's name; the first is `(Intercept)`
    pub term: String,
    /// The coefficient
    pub coef: f64,
    /// Its standard error
    pub se: f64,
    /// Wald's z
    pub z: f64,
    /// Wald's P, two-sided
    pub p: f64,
    /// Odds ratio
    pub or: f64,
    /// Wald interval of the odds ratio
    pub ci: Interval,
    /// Profile-likelihood interval of the odds ratio, if asked for; an end may be 0 or infinite under separation
    pub ci_profile: Option<Interval>,
}

/// The likelihood-ratio test of one term against the model without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TermTest {
    /// The term
    pub term: String,
    /// Likelihood-ratio chi-square
    pub chi_squared: f64,
    /// Degrees of freedom
    pub df: usize,
    /// P
    pub p: f64,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticFit {
    /// Coefficients with their tests, the intercept first
    pub terms: Vec<LogisticTerm>,
    /// Covariance matrix of the coefficients
    pub vcov: Array2<f64>,
    /// -2 log-likelihood
    pub deviance: f64,
    /// -2 log-likelihood of the intercept alone
    pub null_deviance: f64,
    /// Log-likelihood
    pub log_likelihood: f64,
    /// Akaike's criterion
    pub aic: f64,
    /// Schwarz's criterion
    pub bic: f64,
    /// Cox and Snell's R²
    pub cox_snell: f64,
    /// Nagelkerke's R²
    pub nagelkerke: f64,
    /// McFadden's R²
    pub mcfadden: f64,
    /// Likelihood-ratio test of the whole model
    pub model_test: TermTest,
    /// Likelihood-ratio tests of each term
    pub term_tests: Vec<TermTest>,
    /// Ranks of predicted risks
    pub discrimination: Discrimination,
    /// Mean squared distance of risk and outcome
    pub brier: f64,
    /// Gini's mean difference of the linear predictor
    pub g: f64,
    /// Gini's mean difference of the risk
    pub gp: f64,
    /// Linear predictor of each row
    pub linear_predictor: Vec<f64>,
    /// Risk of each row
    pub predicted: Vec<f64>,
    /// Newton steps
    pub iterations: usize,
    /// Set where the outcomes are separated
    pub separation: Option<Separation>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

impl LogisticFit {
    /// Coefficients, the intercept first.
    pub fn coefficients(&self) -> Vec<f64> {
        self.terms.iter().map(|term| term.coef).collect()
    }
}

/// Fits the outcome (true: event) on the columns of a design. Errors: fewer than two outcomes, no rows left over, a column
/// that is a combination of others (named).
///
/// # Errors
/// Where an outcome is missing, there are no more rows than coefficients, a column is constant or a combination of others
/// (named), or the level is not between 0 and 1.
pub fn fit(design: &Design, event: &[bool], settings: &LogisticSettings) -> Result<LogisticFit, StatsError> {
    require::level(settings.level)?;
    let model = Model::new(design, event)?;
    let maximum = model.maximise(&model.start());
    let separation = model.separation(design, &maximum);
    let (coefficients, mut vcov) = model.unscale(&maximum);
    if settings.standard_errors == StandardErrors::LastStep
        && separation.is_none()
        && let Some(weights) = model.weights_before_last_step()
    {
        vcov = model.covariance(&weights);
    }
    let z_level = normal_quantile(0.5 + 0.5 * settings.level);
    let count = event.len() as f64;
    let columns = coefficients.len();
    let null_deviance = null_deviance(event);

    let names = std::iter::once(INTERCEPT.to_owned()).chain(design.names().iter().cloned());
    let mut terms: Vec<LogisticTerm> = names
        .enumerate()
        .map(|(j, term)| {
            let (coef, se) = (coefficients[j], vcov[[j, j]].sqrt());
            LogisticTerm {
                term,
                coef,
                se,
                z: coef / se,
                p: normal_two_sided(coef / se),
                or: coef.exp(),
                ci: Interval::wald(coef, se, settings.level).map(f64::exp),
                ci_profile: None,
            }
        })
        .collect();
    if settings.profile {
        for (j, term) in terms.iter_mut().enumerate() {
            let growth = if separation.is_some() {
                model.growth(j, &maximum)
            } else {
                0.0
            };
            let [lower, upper] = model.profile(j, &maximum, z_level, growth);
            term.ci_profile = Some(Interval::new(lower, upper, settings.level).map(f64::exp));
        }
    }
    let mut term_tests = Vec::new();
    for (at, term) in design.terms().iter().enumerate() {
        let others: Vec<usize> = (0..design.terms().len()).filter(|other| *other != at).collect();
        let deviance = deviance_of(&design.select(&others), event)?;
        let chi_squared = (deviance - maximum.deviance).max(0.0);
        let df = term.columns.len();
        term_tests.push(TermTest {
            term: term.name.clone(),
            chi_squared,
            df,
            p: chi_squared_upper(chi_squared, df as f64),
        });
    }
    let linear_predictor = model.linear_predictor(&maximum.coefficients);
    let predicted: Vec<f64> = linear_predictor.iter().copied().map(logistic).collect();
    let brier = predicted
        .iter()
        .zip(event)
        .map(|(p, event)| (p - outcome(*event)) * (p - outcome(*event)))
        .sum::<f64>()
        / count;
    let model_chi_squared = null_deviance - maximum.deviance;
    let cox_snell = 1.0 - (-model_chi_squared / count).exp();
    let mut warnings: Vec<String> = separation.iter().map(Separation::words).collect();
    warnings.extend(too_few_events(event, columns - 1));
    Ok(LogisticFit {
        terms,
        vcov,
        deviance: maximum.deviance,
        null_deviance,
        log_likelihood: -0.5 * maximum.deviance,
        aic: maximum.deviance + 2.0 * columns as f64,
        bic: maximum.deviance + count.ln() * columns as f64,
        cox_snell,
        nagelkerke: cox_snell / (1.0 - (-null_deviance / count).exp()),
        mcfadden: 1.0 - maximum.deviance / null_deviance,
        model_test: TermTest {
            term: "model".into(),
            chi_squared: model_chi_squared,
            df: columns - 1,
            p: if columns > 1 {
                chi_squared_upper(model_chi_squared.max(0.0), (columns - 1) as f64)
            } else {
                1.0
            },
        },
        term_tests,
        discrimination: discrimination(&predicted, event),
        brier,
        g: gini_mean_difference(&linear_predictor),
        gp: gini_mean_difference(&predicted),
        linear_predictor,
        predicted,
        iterations: maximum.iterations,
        separation,
        warnings,
    })
}

/// What is said of a model with fewer than ten cases of the rarer outcome for each coefficient beside the intercept.
pub fn too_few_events(event: &[bool], coefficients: usize) -> Option<String> {
    let events = event.iter().filter(|event| **event).count();
    let fewer = events.min(event.len() - events);
    ((fewer as f64) < 10.0 * coefficients as f64).then(|| {
        format!(
            "{fewer} cases of the rarer outcome for {coefficients} coefficients are {:.1} each, fewer than 10: estimates and \
             intervals are optimistic; take fewer predictors or a penalised fit",
            fewer as f64 / coefficients as f64
        )
    })
}

/// -2 log-likelihood of the fit of a design.
pub(crate) fn deviance_of(design: &Design, event: &[bool]) -> Result<f64, StatsError> {
    let model = Model::new(design, event)?;
    Ok(model.maximise(&model.start()).deviance)
}

fn outcome(event: bool) -> f64 {
    f64::from(u8::from(event))
}

fn null_deviance(event: &[bool]) -> f64 {
    let (count, events) = (event.len() as f64, event.iter().filter(|event| **event).count() as f64);
    -2.0 * (events * (events / count).ln() + (count - events) * ((count - events) / count).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(y: &[u8]) -> Vec<bool> {
        y.iter().map(|y| *y == 1).collect()
    }

    #[test]
    fn a_two_by_two_table_gives_its_odds_ratio() {
        // 10 of 30 exposed and 5 of 40 others have the event.
        let exposed: Vec<f64> = (0..70).map(|row| f64::from(u8::from(row < 30))).collect();
        let event: Vec<bool> = (0..70).map(|row| row < 10 || (30..35).contains(&row)).collect();
        let design = Design::numbers(70, [("exposed", exposed.as_slice())]).unwrap();
        let settings = LogisticSettings {
            standard_errors: StandardErrors::Estimates,
            ..LogisticSettings::default()
        };
        let fit = fit(&design, &event, &settings).unwrap();
        assert!((fit.terms[1].or - (10.0 / 20.0) / (5.0 / 35.0)).abs() < 1e-12);
        let se = (1.0_f64 / 10.0 + 1.0 / 20.0 + 1.0 / 5.0 + 1.0 / 35.0).sqrt();
        assert!((fit.terms[1].se - se).abs() < 1e-12);
        assert!(fit.separation.is_none());
        let mean: f64 = fit.predicted.iter().sum::<f64>() / 70.0;
        assert!((mean - 15.0 / 70.0).abs() < 1e-14);
    }

    #[test]
    fn separation_is_said_and_its_columns_are_named() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let noise: Vec<f64> = (0..20).map(|i| f64::from(i * 7 % 5)).collect();
        let event: Vec<bool> = (0..20).map(|i| i >= 9).collect();
        let design = Design::numbers(20, [("x", x.as_slice()), ("noise", noise.as_slice())]).unwrap();
        let found = fit(&design, &event, &LogisticSettings::default()).unwrap();
        let separation = found.separation.unwrap();
        assert!(
            separation.complete && separation.columns.contains(&"x".to_owned()),
            "{separation:?}"
        );
        assert!(found.warnings[0].contains("Firth"));
        // An event at x = 1 only, on both sides at x = 0: quasi-complete.
        let flag: Vec<f64> = (0..20).map(|i| f64::from(u8::from(i < 6))).collect();
        let event: Vec<bool> = (0..20).map(|i| i < 6 || i % 3 == 0).collect();
        let design = Design::numbers(20, [("flag", flag.as_slice())]).unwrap();
        let found = fit(&design, &event, &LogisticSettings::default()).unwrap();
        assert!(!found.separation.unwrap().complete);
        assert_eq!(found.terms[1].ci_profile.unwrap().upper, f64::INFINITY);
    }

    #[test]
    fn a_dependent_column_a_constant_and_one_class_are_errors() {
        let a: Vec<f64> = (0..12).map(f64::from).collect();
        let b: Vec<f64> = a.iter().map(|a| 3.0 - 2.0 * a).collect();
        let event = events(&[0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1]);
        let run = |design: &Design, event: &[bool]| {
            fit(design, event, &LogisticSettings::default())
                .unwrap_err()
                .to_string()
        };
        let both = Design::numbers(12, [("a", a.as_slice()), ("b", b.as_slice())]).unwrap();
        assert!(run(&both, &event).contains("\"b\" is a combination"));
        assert!(
            run(&Design::numbers(12, [("c", [2.0; 12].as_slice())]).unwrap(), &event).contains("same in every row")
        );
        assert!(run(&Design::numbers(12, [("a", a.as_slice())]).unwrap(), &[true; 12]).contains("same one"));
    }
}
