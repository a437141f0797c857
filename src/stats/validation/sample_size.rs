//! How many cases a prediction model needs, and how precise its figures will be: Riley's criteria for a binary outcome,
//! the width of an AUC's interval, the uncertainty of a calibration slope, and what repeated cases of a patient are worth.
//!
//! Sources: Riley et al. 2019 (Statistics in Medicine 38:1276, part II), Riley et al. 2020 (BMJ 368:m441), Riley et al.
//! 2021 (Statistics in Medicine 40:859, R² from a C statistic), Hanley & McNeil 1982. The figures are those of
//! pmsampsize; where that program simulates a million cases, the integral is computed here, so nothing depends on a seed.

use serde::Serialize;

use crate::stats::StatsError;
use crate::stats::base::distributions::{normal_quantile, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::number::short;
use crate::stats::base::root::root;
use crate::stats::validation::roc::hanley_mcneil_standard_error;

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Plan {
    /// The C statistic (AUC) that is expected after correction for optimism, above 0.5 and below 1
    pub auc: f64,
    /// The share of cases with the event
    pub prevalence: f64,
    /// How many candidate predictor parameters there are, before any selection
    pub candidates: usize,
    /// The shrinkage that is wanted; Riley's advice is 0.9
    pub shrinkage: f64,
}

/// Riley's three criteria for a binary outcome, each the smallest whole number of cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MinimumSize {
    /// Cox and Snell's R² that goes with the C statistic
    pub r2_cox_snell: f64,
    /// The largest R² that this prevalence allows
    pub r2_maximum: f64,
    /// Nagelkerke's R², the share of the two
    pub r2_nagelkerke: f64,
    /// Criterion 1: shrinkage of at least the wanted one
    pub for_shrinkage: usize,
    /// Criterion 2: apparent and adjusted Nagelkerke R² at most 0.05 apart
    pub for_optimism: usize,
    /// The shrinkage that goes with criterion 2
    pub optimism_shrinkage: f64,
    /// Criterion 3: the overall risk known to within 0.05
    pub for_overall_risk: usize,
    /// The largest of the three
    pub cases: usize,
    /// Events among them
    pub events: f64,
    /// Events per candidate parameter
    pub events_per_candidate: f64,
}

/// The smallest number of cases for a plan, by Riley's criteria.
///
/// # Errors
/// Where a number of the plan is out of its range (which, and what would do, is said).
pub fn minimum_size(plan: &Plan) -> Result<MinimumSize, StatsError> {
    check(plan)?;
    minimum_size_from_r2(
        cox_snell_from_auc(plan.auc, plan.prevalence)?,
        plan.prevalence,
        plan.candidates,
        plan.shrinkage,
    )
}

/// As [`minimum_size`], from Cox and Snell's R² itself.
///
/// # Errors
/// Where a number is out of its range: R² must lie between 0 and what the prevalence allows.
pub fn minimum_size_from_r2(
    r2: f64,
    prevalence: f64,
    candidates: usize,
    shrinkage: f64,
) -> Result<MinimumSize, StatsError> {
    let maximum = largest_cox_snell(prevalence);
    if !(r2 > 0.0 && r2 < maximum && r2 < shrinkage) {
        return Err(StatsError::Setting {
            setting: "R²".to_owned(),
            value: short(r2, 5),
            allowed: format!("above 0 and below {maximum:.3}, the largest that this prevalence allows"),
        });
    }
    let parameters = candidates as f64;
    let cases_for = |shrinkage: f64| parameters / ((shrinkage - 1.0) * (-r2 / shrinkage).ln_1p());
    let optimism_shrinkage = r2 / (r2 + 0.05 * maximum);
    let for_shrinkage = whole(cases_for(shrinkage));
    let for_optimism = whole(cases_for(optimism_shrinkage));
    let for_overall_risk = whole((1.96_f64 / 0.05).powi(2) * prevalence * (1.0 - prevalence));
    let cases = for_shrinkage.max(for_optimism).max(for_overall_risk);
    let events = cases as f64 * prevalence;
    Ok(MinimumSize {
        r2_cox_snell: r2,
        r2_maximum: maximum,
        r2_nagelkerke: r2 / maximum,
        for_shrinkage,
        for_optimism,
        optimism_shrinkage,
        for_overall_risk,
        cases,
        events,
        events_per_candidate: events / parameters,
    })
}

/// The largest number of candidate parameters that so many cases allow by all criteria; 0 where not even one is.
///
/// # Errors
/// Those of [`minimum_size`].
pub fn affordable_candidates(cases: usize, auc: f64, prevalence: f64, shrinkage: f64) -> Result<usize, StatsError> {
    let one = minimum_size(&Plan {
        auc,
        prevalence,
        candidates: 1,
        shrinkage,
    })?;
    if cases < one.for_overall_risk {
        return Ok(0);
    }
    let limit = |shrinkage: f64| (cases as f64 * (shrinkage - 1.0) * (-one.r2_cox_snell / shrinkage).ln_1p()).floor();
    Ok(limit(shrinkage).min(limit(one.optimism_shrinkage)) as usize)
}

/// The shrinkage (calibration slope on new cases) that is to be expected of so many cases and candidates:
/// S = 1 + p / (n ln(1 - R²)) of van Houwelingen and Le Cessie, with the apparent R² that makes the adjusted one `r2`.
///
/// Solved for S in Riley's first criterion; at most 1, and 0 or less where the model is mostly noise.
pub fn expected_shrinkage(cases: usize, candidates: usize, r2: f64) -> f64 {
    // n (S - 1) ln(1 - R²/S) = p has one solution for S in (R², 1); its left side falls as S grows.
    let demand = candidates as f64 / cases as f64;
    let supply = |shrinkage: f64| (shrinkage - 1.0) * (-r2 / shrinkage).ln_1p();
    let (mut low, mut high) = (r2 * (1.0 + 1e-12), 1.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if supply(middle) > demand {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Cox and Snell's R² of a model with this C statistic, for a linear predictor that is normal in both groups with one
/// variance (Riley et al. 2021). The groups lie √2 Φ⁻¹(C) apart, and R² = 1 - exp(-LR / n).
///
/// # Errors
/// Where the area is not between 0.5 and 1, or the prevalence not between 0 and 1.
pub fn cox_snell_from_auc(auc: f64, prevalence: f64) -> Result<f64, StatsError> {
    if !(0.5..1.0).contains(&auc) {
        return Err(StatsError::Setting {
            setting: "the AUC".to_owned(),
            value: short(auc, 6),
            allowed: "at least 0.5 and below 1".to_owned(),
        });
    }
    within_prevalence(prevalence)?;
    let distance = std::f64::consts::SQRT_2 * normal_quantile(auc);
    // Twice the mean gain in log likelihood of the true risks over the prevalence.
    let gain = mean_over_predictor(distance, prevalence, |risk| {
        xlogy(risk, risk / prevalence) + xlogy(1.0 - risk, (1.0 - risk) / (1.0 - prevalence))
    });
    Ok(-(-2.0 * gain).exp_m1())
}

/// The largest Cox and Snell R² at a prevalence: 1 - (φ^φ (1 - φ)^(1 - φ))².
pub fn largest_cox_snell(prevalence: f64) -> f64 {
    -(2.0 * (xlogy(prevalence, prevalence) + xlogy(1.0 - prevalence, 1.0 - prevalence))).exp_m1()
}

/// The expected 95 % interval of an AUC (Hanley and McNeil's variance, on the AUC scale, not clipped).
pub fn expected_auc_interval(auc: f64, events: usize, others: usize) -> Interval {
    Interval::wald(auc, hanley_mcneil_standard_error(auc, events, others), 0.95)
}

/// The standard error of the calibration slope of a well calibrated model in `cases` new cases (Riley et al. 2021, minimum
/// sample size for external validation): from the information of a logistic regression on the linear predictor.
///
/// # Errors
/// Where the prevalence is not between 0 and 1.
pub fn calibration_slope_error(auc: f64, prevalence: f64, cases: usize) -> Result<f64, StatsError> {
    within_prevalence(prevalence)?;
    let distance = std::f64::consts::SQRT_2 * normal_quantile(auc);
    let logit = |risk: f64| (risk / (1.0 - risk)).ln();
    let weight = |risk: f64| risk * (1.0 - risk);
    let a = mean_over_predictor(distance, prevalence, weight);
    let ab = mean_over_predictor(distance, prevalence, |risk| weight(risk) * logit(risk));
    let b = mean_over_predictor(distance, prevalence, |risk| weight(risk) * logit(risk).powi(2));
    Ok((a / (cases as f64 * (a * b - ab * ab))).sqrt())
}

/// The Brier score to expect of a model with the area `auc` whose log-odds are normal with one variance in both groups, are on
/// the right level and are divided by the calibration slope `slope` (1 is calibrated); and the standard deviation of a case's
/// squared error, so that the score of n cases has that over √n as its standard error.
///
/// The level is the one at which the mean risk is the prevalence.
///
/// # Errors
/// Where the prevalence is not between 0 and 1.
pub fn expected_brier(auc: f64, prevalence: f64, slope: f64) -> Result<(f64, f64), StatsError> {
    within_prevalence(prevalence)?;
    let distance = std::f64::consts::SQRT_2 * normal_quantile(auc);
    let logit = |risk: f64| (risk / (1.0 - risk)).ln();
    let printed = |level: f64| move |risk: f64| logistic(level + logit(risk) / slope);
    let level = root(
        |level| mean_over_predictor(distance, prevalence, printed(level)) - prevalence,
        -60.0,
        60.0,
        1e-9,
    );
    let risk_of = printed(level);
    let moment = |power: i32| {
        mean_over_predictor(distance, prevalence, |risk| {
            let printed = risk_of(risk);
            risk * (1.0 - printed).powi(power) + (1.0 - risk) * printed.powi(power)
        })
    };
    let mean = moment(2);
    Ok((mean, (moment(4) - mean * mean).max(0.0).sqrt()))
}

/// What `cases` cases are worth when each patient has `cases_per_patient` of them with intraclass correlation `icc`: n
/// divided by the design effect 1 + (m - 1) ICC (Kish).
pub fn design_effect(cases_per_patient: f64, icc: f64) -> f64 {
    1.0 + (cases_per_patient - 1.0) * icc
}

/// A two-sided P value for the difference of two AUCs from independent sets.
pub fn independent_difference(first: (f64, f64), second: (f64, f64)) -> (f64, f64) {
    let z = (first.0 - second.0) / first.1.hypot(second.1);
    (z, normal_two_sided(z))
}

fn check(plan: &Plan) -> Result<(), StatsError> {
    let setting = |setting: &str, value: String, allowed: &str| {
        Err(StatsError::Setting {
            setting: setting.to_owned(),
            value,
            allowed: allowed.to_owned(),
        })
    };
    if !(plan.auc > 0.5 && plan.auc < 1.0) {
        return setting("the AUC", short(plan.auc, 6), "above 0.5 and below 1");
    }
    if plan.candidates == 0 {
        return setting("the number of candidates", "0".to_owned(), "at least 1");
    }
    if !(plan.shrinkage > 0.0 && plan.shrinkage < 1.0) {
        return setting("the shrinkage", short(plan.shrinkage, 6), "above 0 and below 1");
    }
    within_prevalence(plan.prevalence)
}

fn within_prevalence(prevalence: f64) -> Result<(), StatsError> {
    if prevalence > 0.0 && prevalence < 1.0 {
        return Ok(());
    }
    Err(StatsError::Setting {
        setting: "the prevalence".to_owned(),
        value: short(prevalence, 6),
        allowed: "above 0 and below 1".to_owned(),
    })
}

/// The mean of a function of the risk when the linear predictor is N(0, 1) without and N(distance, 1) with the event: by
/// Bayes the risk at x has the logit logit(φ) + d x - d²/2. Trapezia over ±9 standard deviations, where the tails are
/// below 1e-18; the rule converges geometrically for such a smooth integrand.
fn mean_over_predictor(distance: f64, prevalence: f64, of_risk: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 4000;
    let (low, high) = (-9.0, 9.0 + distance);
    let width = (high - low) / STEPS as f64;
    let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let offset = (prevalence / (1.0 - prevalence)).ln() - 0.5 * distance * distance;
    let mut sum = 0.0;
    for step in 0..=STEPS {
        let x = low + width * step as f64;
        let here = (1.0 - prevalence) * density(x) + prevalence * density(x - distance);
        let risk = logistic(offset + distance * x);
        let ends = if step == 0 || step == STEPS { 0.5 } else { 1.0 };
        sum += ends * here * of_risk(risk);
    }
    sum * width
}

/// x ln y, which is 0 at x = 0.
fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x * y.ln() }
}

/// The next whole number; what lies above one by rounding error only is that one.
fn whole(cases: f64) -> usize {
    (cases - 1e-9).ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brier_score_is_the_prevalence_s_less_the_spread_of_calibrated_risks() {
        // Calibrated: π(1 - π) - Var(p), between 2 (1 - A) π (1 - π) and π (1 - π) (1 - 3 (2 A - 1)² π (1 - π)).
        let (calibrated, _) = expected_brier(0.8, 0.4, 1.0).unwrap();
        let distance = std::f64::consts::SQRT_2 * normal_quantile(0.8);
        let square = mean_over_predictor(distance, 0.4, |risk| risk * risk);
        assert!((calibrated - (0.4 - square)).abs() < 1e-8, "{calibrated}");
        assert!(calibrated > 2.0 * 0.2 * 0.24 && calibrated < 0.24 * (1.0 - 3.0 * 0.36 * 0.24));
        // Risks that are hardly spread are the prevalence; any other slope costs something.
        assert!((expected_brier(0.8, 0.4, 1e6).unwrap().0 - 0.24).abs() < 1e-5);
        for slope in [0.3, 0.7, 1.4, 3.0] {
            assert!(expected_brier(0.8, 0.4, slope).unwrap().0 > calibrated);
        }
        assert!(expected_brier(0.8, 1.0, 1.0).is_err());
    }

    #[test]
    fn the_published_example_of_chagas_disease_comes_out() {
        // Riley et al. 2019, part II, and the help page of pmsampsize: R² 0.288, prevalence 0.174, 24 parameters give
        // 662 cases and 4.8 events per parameter.
        let size = minimum_size_from_r2(0.288, 0.174, 24, 0.9).unwrap();
        assert_eq!(size.for_shrinkage, 623);
        assert_eq!(size.for_optimism, 662);
        assert_eq!(size.for_overall_risk, 221);
        assert_eq!(size.cases, 662);
        assert!((size.events_per_candidate - 4.8).abs() < 0.005);
        assert!((size.optimism_shrinkage - 0.905).abs() < 0.0005);
    }

    #[test]
    fn the_r2_of_a_c_statistic_is_that_of_a_million_simulated_cases() {
        // pmsampsize (seed 123456, a million cases) reports 0.1845 for C = 0.75 at a prevalence of 0.47; a simulation of
        // that size is good to about 0.001.
        let r2 = cox_snell_from_auc(0.75, 0.47).unwrap();
        assert!((r2 - 0.1845).abs() < 0.001, "{r2}");
        // At C = 0.5 the predictor says nothing; near 1 it says all that the prevalence allows.
        assert!(cox_snell_from_auc(0.5, 0.3).unwrap().abs() < 1e-12);
        let nearly = cox_snell_from_auc(0.999_999, 0.3).unwrap();
        assert!(nearly < largest_cox_snell(0.3) && nearly > 0.95 * largest_cox_snell(0.3));
    }

    #[test]
    fn the_size_for_a_hundred_and_seven_features_is_about_three_thousand() {
        // R² 0.27 at a prevalence of one half: 84.1 cases for 3 parameters, 3000.0 for 107.
        assert_eq!(minimum_size_from_r2(0.27, 0.5, 3, 0.9).unwrap().for_shrinkage, 85);
        let many = minimum_size_from_r2(0.27, 0.5, 107, 0.9).unwrap();
        assert!((2999..=3001).contains(&many.for_shrinkage), "{}", many.for_shrinkage);
        let plan = Plan {
            auc: 0.82,
            prevalence: 0.5,
            candidates: 107,
            shrinkage: 0.9,
        };
        let needed = minimum_size(&plan).unwrap().cases;
        assert_eq!(affordable_candidates(needed, 0.82, 0.5, 0.9).unwrap(), 107);
        assert_eq!(affordable_candidates(needed - 1, 0.82, 0.5, 0.9).unwrap(), 106);
    }

    #[test]
    fn the_expected_shrinkage_solves_the_first_criterion() {
        let shrinkage = expected_shrinkage(623, 24, 0.288);
        assert!((shrinkage - 0.9).abs() < 0.001, "{shrinkage}");
        assert!(expected_shrinkage(80, 107, 0.27) < 0.5);
    }

    #[test]
    fn repeated_cases_are_worth_less() {
        assert_eq!(design_effect(1.0, 0.6), 1.0);
        assert!((design_effect(2.0, 0.6) - 1.6).abs() < 1e-12);
    }

    #[test]
    fn a_calibration_slope_is_vague_in_forty_cases() {
        let error = calibration_slope_error(0.8, 0.4, 40).unwrap();
        assert!(error > 0.25 && error < 0.6, "{error}");
        let quarter = calibration_slope_error(0.8, 0.4, 160).unwrap();
        assert!((error / quarter - 2.0).abs() < 1e-9);
    }
}
