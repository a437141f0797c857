//! Restricted mean survival time: the mean time without the event within a horizon, the area below the Kaplan-Meier curve.
//!
//! Its variance is the sum over event times t of (area from t to the horizon)² d / (n (n - d)), as R's
//! `print(survfit, rmean)` and survRM2 have it.

use super::kaplan_meier::KaplanMeier;
use crate::stats::StatsError;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::interval::Interval;

/// A mean within a horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMean {
    /// The mean time without the event
    pub mean: f64,
    /// Its standard error
    pub se: f64,
    /// Its interval
    pub interval: Interval,
}

/// The difference of two means, and its test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMeanDifference {
    /// First minus second
    pub difference: f64,
    /// Its standard error
    pub se: f64,
    /// Its interval
    pub interval: Interval,
    /// P, two-sided
    pub p: f64,
}

/// The mean time without the event up to a horizon.
///
/// # Errors
/// Where the horizon is not positive, or lies beyond the last time of follow-up, where the curve is not known.
pub fn restricted_mean(curve: &KaplanMeier, horizon: f64, level: f64) -> Result<RestrictedMean, StatsError> {
    let last = curve.last_time();
    let known = horizon <= last || curve.survival(last) == 0.0;
    if !horizon.is_finite() || horizon <= 0.0 || !known {
        return Err(StatsError::Setting {
            setting: "the horizon of the restricted mean".to_owned(),
            value: horizon.to_string(),
            allowed: format!("positive and not beyond the last follow-up of every group, {last}"),
        });
    }
    // Backwards: the area from each event time to the horizon.
    let (mut area, mut variance, mut right) = (0.0, 0.0, horizon);
    for at in (0..curve.points.len()).rev() {
        let point = &curve.points[at];
        if point.time > horizon {
            continue;
        }
        area += point.survival * (right - point.time);
        right = point.time;
        let (at_risk, events) = (point.at_risk as f64, point.events as f64);
        if point.events > 0 && point.events < point.at_risk {
            variance += area * area * events / (at_risk * (at_risk - events));
        }
    }
    let (mean, se) = (area + right, f64::sqrt(variance));
    Ok(RestrictedMean {
        mean,
        se,
        interval: Interval::wald(mean, se, level),
    })
}

impl RestrictedMean {
    /// This mean minus another of other cases.
    pub fn minus(&self, other: &Self) -> RestrictedMeanDifference {
        let (difference, se) = (self.mean - other.mean, self.se.hypot(other.se));
        RestrictedMeanDifference {
            difference,
            se,
            interval: Interval::wald(difference, se, self.interval.level),
            p: normal_two_sided(difference / se),
        }
    }
}
