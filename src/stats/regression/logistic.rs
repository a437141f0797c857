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

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::stats::StatsError;
use crate::stats::base::distributions::{chi_squared_upper, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::linalg::{Cholesky, add_scaled, dot};
use crate::stats::base::r_random::normal_quantile;
use crate::stats::base::require;
use crate::stats::design::Design;

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

/// A combination of predictors that separates the outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Separation {
    /// Every case is on its side (complete), or some cases lie on the boundary (quasi-complete)
    pub complete: bool,
    /// Columns whose coefficients grow without end
    pub columns: Vec<String>,
}

impl Separation {
    /// What happened, for the reader of a report.
    pub fn words(&self) -> String {
        format!(
            "{} separation: {} predict{} the outcome {}, so the maximum-likelihood estimates are infinite and their \
             intervals and P values mean nothing; use Firth's penalised fit",
            if self.complete { "Complete" } else { "Quasi-complete" },
            self.columns.join(", "),
            if self.columns.len() == 1 { "s" } else { "" },
            if self.complete {
                "perfectly"
            } else {
                "perfectly for some of the cases"
            },
        )
    }
}

/// Ranks of predicted risks against outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Discrimination {
    /// Concordance: the area under the ROC curve
    pub c: f64,
    /// Somers' D: 2 (c - 1/2)
    pub dxy: f64,
    /// Goodman and Kruskal's gamma
    pub gamma: f64,
    /// Kendall's tau-a
    pub tau_a: f64,
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
pub fn fit(design: &Design, event: &[bool], settings: &LogisticSettings) -> Result<LogisticFit, StatsError> {
    require::level(settings.level)?;
    let model = Model::new(design, event)?;
    let newton = model.maximise(&model.start());
    let separation = model.separation(design, &newton);
    let (coefficients, mut vcov) = model.unscale(&newton);
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

    let names = std::iter::once("(Intercept)".to_owned()).chain(design.names().iter().cloned());
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
                model.growth(j, &newton)
            } else {
                0.0
            };
            let [lower, upper] = model.profile(j, &newton, z_level, growth);
            term.ci_profile = Some(Interval::new(lower, upper, settings.level).map(f64::exp));
        }
    }
    let mut term_tests = Vec::new();
    for (at, term) in design.terms().iter().enumerate() {
        let others: Vec<usize> = (0..design.terms().len()).filter(|other| *other != at).collect();
        let deviance = deviance_of(&design.select(&others), event)?;
        let chi_squared = (deviance - newton.deviance).max(0.0);
        let df = term.columns.len();
        term_tests.push(TermTest {
            term: term.name.clone(),
            chi_squared,
            df,
            p: chi_squared_upper(chi_squared, df as f64),
        });
    }
    let linear_predictor = model.linear_predictor(&newton.coefficients);
    let predicted: Vec<f64> = linear_predictor
        .iter()
        .map(|link| crate::stats::regression::lasso::probability(*link))
        .collect();
    let brier = predicted
        .iter()
        .zip(event)
        .map(|(p, event)| (p - outcome(*event)) * (p - outcome(*event)))
        .sum::<f64>()
        / count;
    let model_chi_squared = null_deviance - newton.deviance;
    let cox_snell = 1.0 - (-model_chi_squared / count).exp();
    let mut warnings: Vec<String> = separation.iter().map(Separation::words).collect();
    let events = event.iter().filter(|event| **event).count();
    let fewer = events.min(event.len() - events);
    if columns > 1 && (fewer as f64) < 10.0 * (columns - 1) as f64 {
        warnings.push(format!(
            "{fewer} cases of the rarer outcome for {} coefficients are {:.1} each, fewer than 10: estimates and intervals \
             are optimistic; take fewer predictors or a penalised fit",
            columns - 1,
            fewer as f64 / (columns - 1) as f64
        ));
    }
    Ok(LogisticFit {
        terms,
        vcov,
        deviance: newton.deviance,
        null_deviance,
        log_likelihood: -0.5 * newton.deviance,
        aic: newton.deviance + 2.0 * columns as f64,
        bic: newton.deviance + count.ln() * columns as f64,
        cox_snell,
        nagelkerke: cox_snell / (1.0 - (-null_deviance / count).exp()),
        mcfadden: 1.0 - newton.deviance / null_deviance,
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
        iterations: newton.iterations,
        separation,
        warnings,
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

/// C, Dxy, gamma and tau-a over all pairs of an event and a non-event; a tie in the score counts half in C.
pub fn discrimination(score: &[f64], event: &[bool]) -> Discrimination {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|a, b| score[*a].total_cmp(&score[*b]));
    let (mut concordant, mut tied, mut below, mut events) = (0.0, 0.0, 0.0, 0.0);
    let mut start = 0;
    while start < order.len() {
        let mut end = start;
        let (mut here, mut others) = (0.0, 0.0);
        while end < order.len() && score[order[end]] == score[order[start]] {
            if event[order[end]] {
                here += 1.0;
            } else {
                others += 1.0;
            }
            end += 1;
        }
        concordant += here * below;
        tied += here * others;
        below += others;
        events += here;
        start = end;
    }
    let pairs = events * below;
    let discordant = pairs - concordant - tied;
    let count = score.len() as f64;
    let c = (concordant + 0.5 * tied) / pairs;
    Discrimination {
        c,
        dxy: 2.0 * (c - 0.5),
        gamma: (concordant - discordant) / (concordant + discordant),
        tau_a: (concordant - discordant) / (count * (count - 1.0) / 2.0),
    }
}

/// The mean absolute difference of all pairs.
pub fn gini_mean_difference(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let sum: f64 = sorted
        .iter()
        .enumerate()
        .map(|(i, value)| (2.0 * i as f64 + 1.0 - count) * value)
        .sum();
    2.0 * sum / (count * (count - 1.0))
}

/// The likelihood of a design, its columns centred and scaled.
pub(in crate::stats) struct Model {
    pub rows: usize,
    /// Columns, the first all ones
    pub columns: Vec<Vec<f64>>,
    centre: Vec<f64>,
    scale: Vec<f64>,
    pub outcome: Vec<f64>,
}

/// The maximum, on the scaled columns.
#[derive(Debug, Clone)]
pub(in crate::stats) struct Newton {
    pub coefficients: Vec<f64>,
    pub deviance: f64,
    pub iterations: usize,
    /// The last step
    step: Vec<f64>,
    converged: bool,
}

const MAXIMUM_ITERATIONS: usize = 100;
/// Below this part of its square, a column is a combination of those before it.
const DEPENDENT: f64 = 1e-10;
/// A step that promises less than this lowers the deviance by no more than rounding.
const AT_REST: f64 = 1e-22;

impl Model {
    pub fn new(design: &Design, event: &[bool]) -> Result<Self, StatsError> {
        let rows = event.len();
        require::same_length("Logistic regression", ("rows", design.rows()), ("outcomes", rows))?;
        require::both_outcomes("Logistic regression", event)?;
        let width = design.columns().len() + 1;
        require::at_least("Logistic regression with these terms", "rows", width + 1, rows)?;
        let mut columns = vec![vec![1.0; rows]];
        let (mut centre, mut scale) = (vec![0.0], vec![1.0]);
        for (values, name) in design.columns().iter().zip(design.names()) {
            let mean = values.iter().sum::<f64>() / rows as f64;
            let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
            let sd = (dot(&centred, &centred) / rows as f64).sqrt();
            if values.iter().all(|value| *value == values[0]) || sd == 0.0 {
                return Err(StatsError::Impossible(format!(
                    "Logistic regression: the column \"{name}\" is the same in every row; leave it out"
                )));
            }
            columns.push(centred.into_iter().map(|value| value / sd).collect());
            centre.push(mean);
            scale.push(sd);
        }
        let model = Self {
            rows,
            columns,
            centre,
            scale,
            outcome: event.iter().map(|event| outcome(*event)).collect(),
        };
        let even = vec![1.0; rows];
        Cholesky::new(model.information(&even).view(), DEPENDENT).map_err(|dependent| StatsError::Singular {
            what: "Logistic regression".into(),
            column: design
                .names()
                .get(dependent.column.saturating_sub(1))
                .cloned()
                .unwrap_or_default(),
        })?;
        Ok(model)
    }

    /// The intercept's estimate with all other coefficients 0.
    pub fn start(&self) -> Vec<f64> {
        let prevalence = self.outcome.iter().sum::<f64>() / self.rows as f64;
        let mut start = vec![0.0; self.columns.len()];
        start[0] = (prevalence / (1.0 - prevalence)).ln();
        start
    }

    /// X' diag(weights) X.
    pub fn information(&self, weights: &[f64]) -> Array2<f64> {
        let width = self.columns.len();
        let mut information = Array2::zeros((width, width));
        for i in 0..width {
            let weighted: Vec<f64> = self.columns[i]
                .iter()
                .zip(weights)
                .map(|(x, weight)| x * weight)
                .collect();
            for j in 0..=i {
                let value = dot(&weighted, &self.columns[j]);
                information[[i, j]] = value;
                information[[j, i]] = value;
            }
        }
        information
    }

    pub fn linear_predictor(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut link = vec![0.0; self.rows];
        for (column, coefficient) in self.columns.iter().zip(coefficients) {
            add_scaled(&mut link, *coefficient, column);
        }
        link
    }

    /// Residuals y - p, weights p (1 - p), and the deviance, without cancellation at extreme risks.
    pub fn evaluate(&self, link: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
        let mut residuals = Vec::with_capacity(self.rows);
        let mut weights = Vec::with_capacity(self.rows);
        let mut deviance = 0.0;
        for (link, y) in link.iter().zip(&self.outcome) {
            let small = (-link.abs()).exp();
            let (minor, major) = (small / (1.0 + small), 1.0 / (1.0 + small));
            let (p, q) = if *link >= 0.0 { (major, minor) } else { (minor, major) };
            residuals.push(y * q - (1.0 - y) * p);
            weights.push(p * q);
            deviance += 2.0 * (link.max(0.0) - y * link + small.ln_1p());
        }
        (residuals, weights, deviance)
    }

    /// Maximises the likelihood.
    pub fn maximise(&self, start: &[f64]) -> Newton {
        let every: Vec<usize> = (0..self.columns.len()).collect();
        self.maximise_free(start, &every)
    }

    /// Maximises over some of the coefficients, the others held.
    fn maximise_free(&self, start: &[f64], free: &[usize]) -> Newton {
        let mut coefficients = start.to_vec();
        let mut link = self.linear_predictor(&coefficients);
        let (mut residuals, mut weights, mut deviance) = self.evaluate(&link);
        let mut step = vec![0.0; coefficients.len()];
        for iteration in 0..MAXIMUM_ITERATIONS {
            let information = self.information(&weights);
            let part = information
                .select(ndarray::Axis(0), free)
                .select(ndarray::Axis(1), free);
            // Separation drives the weights to 0 and with them the information.
            let Ok(factor) = Cholesky::new(part.view(), 1e-14) else {
                return Newton {
                    coefficients,
                    deviance,
                    iterations: iteration,
                    step,
                    converged: false,
                };
            };
            let gradient: Vec<f64> = free.iter().map(|j| dot(&self.columns[*j], &residuals)).collect();
            let move_by = factor.solve(ArrayView1::from(&gradient));
            let promise: f64 = move_by.iter().zip(&gradient).map(|(step, slope)| step * slope).sum();
            step.fill(0.0);
            for (j, value) in free.iter().zip(&move_by) {
                step[*j] = *value;
            }
            let mut share = 1.0;
            let better = loop {
                let trial: Vec<f64> = coefficients
                    .iter()
                    .zip(&step)
                    .map(|(b, step)| b + share * step)
                    .collect();
                let trial_link = self.linear_predictor(&trial);
                let evaluated = self.evaluate(&trial_link);
                if evaluated.2 <= deviance + 1e-13 * deviance.abs() {
                    coefficients = trial;
                    link = trial_link;
                    (residuals, weights, deviance) = evaluated;
                    break true;
                }
                share *= 0.5;
                if share < 1e-8 {
                    break false;
                }
            };
            if promise < AT_REST || (!better && promise < 1e-12) {
                return Newton {
                    coefficients,
                    deviance,
                    iterations: iteration + 1,
                    step,
                    converged: true,
                };
            }
            if !better {
                break;
            }
            // Risks of 0 and 1 everywhere: nothing more can be gained.
            if link.iter().all(|link| link.abs() > 40.0) || deviance < 1e-10 {
                break;
            }
        }
        Newton {
            coefficients,
            deviance,
            iterations: MAXIMUM_ITERATIONS,
            step,
            converged: false,
        }
    }

    /// Whether the last step of a fit that did not come to rest separates the outcomes.
    fn separation(&self, design: &Design, newton: &Newton) -> Option<Separation> {
        let link = self.linear_predictor(&newton.coefficients);
        let extreme = link.iter().fold(0.0_f64, |extreme, link| extreme.max(link.abs()));
        if newton.converged && extreme < 25.0 {
            return None;
        }
        let growth = self.linear_predictor(&newton.step);
        let sided: Vec<f64> = growth
            .iter()
            .zip(&self.outcome)
            .map(|(growth, y)| if *y == 1.0 { *growth } else { -growth })
            .collect();
        let largest = sided.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if sided.iter().any(|value| *value < -1e-3 * largest) {
            return None;
        }
        let complete = newton.deviance < 1e-4;
        let size = newton
            .step
            .iter()
            .skip(1)
            .fold(0.0_f64, |size, step| size.max(step.abs()));
        let columns = (1..newton.step.len())
            .filter(|j| newton.step[*j].abs() > 1e-3 * size)
            .map(|j| design.names()[j - 1].clone())
            .collect();
        Some(Separation { complete, columns })
    }

    /// Coefficients and their covariance on the columns' own scale.
    pub fn unscale(&self, newton: &Newton) -> (Vec<f64>, Array2<f64>) {
        let (_, weights, _) = self.evaluate(&self.linear_predictor(&newton.coefficients));
        (
            self.unscale_coefficients(&newton.coefficients),
            self.covariance(&weights),
        )
    }

    /// The covariance of the coefficients on the columns' own scale, given the weights of the rows.
    fn covariance(&self, weights: &[f64]) -> Array2<f64> {
        let width = self.columns.len();
        let information = self.information(weights);
        let scaled = Cholesky::new(information.view(), 0.0).map_or_else(
            |_| Array2::from_elem((width, width), f64::INFINITY),
            |factor| factor.inverse(),
        );
        self.unscale_covariance(&scaled)
    }

    /// The weights with which the last step of R's `glm(epsilon = 1e-14)` begins, from its start (risks of 1/4 and 3/4) on;
    /// `None` where it does not come to rest.
    fn weights_before_last_step(&self) -> Option<Vec<f64>> {
        let start = 3.0_f64.ln();
        let mut link: Vec<f64> = self
            .outcome
            .iter()
            .map(|y| if *y == 1.0 { start } else { -start })
            .collect();
        let (mut residuals, mut weights, _) = self.evaluate(&link);
        let mut deviance = self.deviance_as_r(&link);
        for _ in 0..MAXIMUM_ITERATIONS {
            let factor = Cholesky::new(self.information(&weights).view(), 1e-14).ok()?;
            let working: Vec<f64> = residuals
                .iter()
                .zip(&weights)
                .zip(&link)
                .map(|((residual, weight), link)| weight * link + residual)
                .collect();
            let right: Vec<f64> = self.columns.iter().map(|column| dot(column, &working)).collect();
            link = self.linear_predictor(&factor.solve(ArrayView1::from(&right)).to_vec());
            let now = self.deviance_as_r(&link);
            if (now - deviance).abs() / (now.abs() + 0.1) < 1e-14 {
                return Some(weights);
            }
            (residuals, weights, _) = self.evaluate(&link);
            deviance = now;
        }
        None
    }

    /// The deviance as R sums it, from the risks and with more digits than a double has: whether the last change is below
    /// 1e-14 hangs on its last bits.
    fn deviance_as_r(&self, link: &[f64]) -> f64 {
        let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
        for (link, y) in link.iter().zip(&self.outcome) {
            let odds = link.exp();
            let p = odds / (1.0 + odds);
            let term = 2.0 * (1.0 / if *y == 1.0 { p } else { 1.0 - p }).ln();
            let next = sum + term;
            // Neumaier's compensation
            lost += if sum.abs() >= term.abs() {
                (sum - next) + term
            } else {
                (term - next) + sum
            };
            sum = next;
        }
        sum + lost
    }

    pub fn unscale_coefficients(&self, scaled: &[f64]) -> Vec<f64> {
        let mut coefficients: Vec<f64> = scaled.iter().zip(&self.scale).map(|(b, scale)| b / scale).collect();
        let shift: f64 = coefficients
            .iter()
            .zip(&self.centre)
            .skip(1)
            .map(|(b, mean)| b * mean)
            .sum();
        coefficients[0] -= shift;
        coefficients
    }

    pub fn unscale_covariance(&self, scaled: &Array2<f64>) -> Array2<f64> {
        let width = self.columns.len();
        // b = T s: the intercept takes the shift of every column
        let mut transform = Array2::eye(width);
        for j in 1..width {
            transform[[j, j]] = 1.0 / self.scale[j];
            transform[[0, j]] = -self.centre[j] / self.scale[j];
        }
        transform.dot(scaled).dot(&transform.t())
    }

    /// Which way coefficient `j` goes on growing under separation: its sign, or 0 where it rests.
    fn growth(&self, j: usize, newton: &Newton) -> f64 {
        let step = self.unscale_coefficients(&newton.step);
        let moving = step[j].abs() > 1e-3 * self.unscale_coefficients(&newton.coefficients)[j].abs().min(1.0);
        if moving { step[j].signum() } else { 0.0 }
    }

    /// The profile-likelihood interval of coefficient `j` on the columns' own scale. `growth`: on that side it has no end.
    fn profile(&self, j: usize, best: &Newton, z_level: f64, growth: f64) -> [f64; 2] {
        let (coefficients, vcov) = self.unscale(best);
        let estimate = coefficients[j];
        // Under separation the standard error is without meaning, and far too long a first step.
        let se = if growth == 0.0 {
            vcov[[j, j]].sqrt()
        } else {
            vcov[[j, j]].sqrt().min(estimate.abs())
        };
        let mut interval = [f64::NEG_INFINITY, f64::INFINITY];
        for (end, sign) in interval.iter_mut().zip([-1.0, 1.0]) {
            if sign != growth {
                *end = self.profile_end(j, best, estimate, se, sign, z_level);
            }
        }
        interval
    }

    /// The maximum with coefficient `j` (on its own scale) held at a value, starting from `start`.
    fn hold(&self, j: usize, value: f64, start: &[f64]) -> Newton {
        if j > 0 {
            let mut start = start.to_vec();
            start[j] = value * self.scale[j];
            let free: Vec<usize> = (0..self.columns.len()).filter(|other| *other != j).collect();
            return self.maximise_free(&start, &free);
        }
        // The intercept on the table's scale: uncentre the columns instead.
        let mut raw = Self {
            rows: self.rows,
            columns: self.columns.clone(),
            centre: vec![0.0; self.centre.len()],
            scale: self.scale.clone(),
            outcome: self.outcome.clone(),
        };
        for k in 1..raw.columns.len() {
            let shift = self.centre[k] / self.scale[k];
            for x in &mut raw.columns[k] {
                *x += shift;
            }
        }
        let mut start = start.to_vec();
        start[0] = value;
        let free: Vec<usize> = (1..self.columns.len()).collect();
        if free.is_empty() {
            let (_, _, deviance) = raw.evaluate(&raw.linear_predictor(&start));
            return Newton {
                step: start.clone(),
                coefficients: start,
                deviance,
                iterations: 0,
                converged: true,
            };
        }
        raw.maximise_free(&start, &free)
    }

    /// Solves sign * sqrt(profile deviance - deviance) = sign * z by the secant method inside a bracket.
    fn profile_end(&self, j: usize, best: &Newton, estimate: f64, se: f64, sign: f64, z_level: f64) -> f64 {
        if !se.is_finite() || !estimate.is_finite() {
            return sign * f64::INFINITY;
        }
        let root = |distance: f64, start: &[f64]| -> (f64, Vec<f64>) {
            let held = self.hold(j, estimate + sign * distance, start);
            (
                (held.deviance - best.deviance).max(0.0).sqrt() - z_level,
                held.coefficients,
            )
        };
        let (mut low, mut low_value) = (0.0, -z_level);
        let mut high = z_level * se;
        let (mut high_value, mut start) = root(high, &best.coefficients);
        let mut widened = 0;
        while high_value < 0.0 {
            (low, low_value) = (high, high_value);
            high *= 1.5;
            (high_value, start) = root(high, &start);
            widened += 1;
            if widened > 40 {
                return sign * f64::INFINITY;
            }
        }
        for _ in 0..200 {
            // Illinois' variant of regula falsi keeps both the bracket and the speed of the secant.
            let middle = (low * high_value - high * low_value) / (high_value - low_value);
            let middle = if middle > low && middle < high {
                middle
            } else {
                0.5 * (low + high)
            };
            let (value, next) = root(middle, &start);
            start = next;
            if value.abs() < 1e-13 || (high - low) <= 1e-14 * (1.0 + high) {
                return estimate + sign * middle;
            }
            if value < 0.0 {
                if low_value < 0.0 && high_value > 0.0 {
                    high_value *= 0.5;
                }
                (low, low_value) = (middle, value);
                let (fresh, _) = root(high, &start);
                high_value = if (high_value - fresh).abs() > fresh.abs() {
                    fresh
                } else {
                    high_value
                };
            } else {
                low_value *= 0.5;
                (high, high_value) = (middle, value);
            }
        }
        estimate + sign * 0.5 * (low + high)
    }
}

/// How much each term's variance is inflated by the others: generalised VIFs as `car::vif`, from the covariance matrix of
/// a fit. A term of one column has the ordinary VIF; of several, `GVIF^(1/(2 df))` compares with the root of a VIF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VarianceInflation {
    /// The term
    pub term: String,
    /// (Generalised) variance inflation factor
    pub gvif: f64,
    /// Columns of the term
    pub df: usize,
    /// GVIF^(1/(2 df))
    pub adjusted: f64,
}

/// Generalised variance inflation factors of a fit's terms; needs at least two terms.
pub fn variance_inflation(design: &Design, fit: &LogisticFit) -> Result<Vec<VarianceInflation>, StatsError> {
    require::at_least("Variance inflation", "terms", 2, design.terms().len())?;
    let width = design.names().len();
    let correlation = Array2::from_shape_fn((width, width), |(i, j)| {
        fit.vcov[[i + 1, j + 1]] / (fit.vcov[[i + 1, i + 1]] * fit.vcov[[j + 1, j + 1]]).sqrt()
    });
    let log_determinant = |columns: &[usize]| -> Result<f64, StatsError> {
        let part = correlation
            .select(ndarray::Axis(0), columns)
            .select(ndarray::Axis(1), columns);
        Cholesky::new(part.view(), 1e-14)
            .map(|factor| factor.log_determinant())
            .map_err(|dependent| StatsError::Singular {
                what: "Variance inflation".into(),
                column: design.names()[dependent.column].clone(),
            })
    };
    let whole = log_determinant(&(0..width).collect::<Vec<_>>())?;
    design
        .terms()
        .iter()
        .map(|term| {
            let own: Vec<usize> = term.columns.clone().collect();
            let others: Vec<usize> = (0..width).filter(|column| !term.columns.contains(column)).collect();
            let gvif = (log_determinant(&own)? + log_determinant(&others)? - whole).exp();
            let df = own.len();
            Ok(VarianceInflation {
                term: term.name.clone(),
                gvif,
                df,
                adjusted: gvif.powf(0.5 / df as f64),
            })
        })
        .collect()
}

/// Variance inflation factors of the columns as in linear regression (SPSS): 1 / (1 - R²) of each on the others, which
/// does not depend on the outcome.
pub fn linear_variance_inflation(design: &Design) -> Result<Vec<f64>, StatsError> {
    require::at_least("Variance inflation", "columns", 2, design.names().len())?;
    let width = design.names().len();
    let centred: Vec<Vec<f64>> = design
        .columns()
        .iter()
        .map(|column| {
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            column.iter().map(|value| value - mean).collect()
        })
        .collect();
    let correlation = Array2::from_shape_fn((width, width), |(i, j)| {
        dot(&centred[i], &centred[j]) / (dot(&centred[i], &centred[i]) * dot(&centred[j], &centred[j])).sqrt()
    });
    let factor = Cholesky::new(correlation.view(), 1e-14).map_err(|dependent| StatsError::Singular {
        what: "Variance inflation".into(),
        column: design.names()[dependent.column].clone(),
    })?;
    Ok(factor.inverse().diag().to_vec())
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

    #[test]
    fn the_mean_difference_is_over_all_pairs() {
        assert!((gini_mean_difference(&[1.0, 4.0, 2.0]) - 2.0).abs() < 1e-15);
    }
}
