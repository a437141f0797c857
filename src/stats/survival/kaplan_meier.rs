//! The Kaplan-Meier curve: the share of cases without the event over time.
//!
//! S(t) = prod (1 - d/n) over event times up to t. The variance of log S is Greenwood's sum of d / (n (n - d)). Intervals
//! are those of R's `survfit` by the scale on which they are symmetric (`conf.type`); quantiles and their intervals are
//! read off the curve and its limits, as `quantile.survfit` does.

use super::FollowUp;
use crate::stats::StatsError;
use crate::stats::base::distributions::normal_quantile;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// The scale on which an interval of the survival is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SurvivalScale {
    /// log S, R's default
    #[default]
    Log,
    /// log(-log S), whose limits stay between 0 and 1
    LogLog,
    /// S itself
    Plain,
}

/// The curve at a distinct time of follow-up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// The time
    pub time: f64,
    /// Cases with this time or a later one
    pub at_risk: usize,
    /// Events at this time
    pub events: usize,
    /// Cases censored at this time
    pub censored: usize,
    /// Survival from this time on
    pub survival: f64,
    /// Standard error of log S; infinite where the survival is 0
    pub se_log: f64,
    /// The survival's interval; NaN limits where the survival is 0
    pub interval: Interval,
}

impl CurvePoint {
    /// Standard error of the survival (Greenwood); NaN where it is 0.
    pub fn se(&self) -> f64 {
        self.survival * self.se_log
    }
}

/// A curve.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// The curve at each distinct time, rising
    pub points: Vec<CurvePoint>,
    /// Cases
    pub cases: usize,
    /// Events
    pub events: usize,
    level: f64,
}

/// Halves within this of each other are one half, as R reads quantiles.
const SAME: f64 = 1.490_116_119_384_765_6e-8;

impl KaplanMeier {
    /// The curve of all cases.
    ///
    /// # Errors
    /// Where the level is not between 0 and 1.
    pub fn new(follow_up: &FollowUp, scale: SurvivalScale, level: f64) -> Result<Self, StatsError> {
        require::level(level)?;
        let z = normal_quantile(0.5 + 0.5 * level);
        let (mut survival, mut variance) = (1.0, 0.0);
        let points = follow_up
            .instants()
            .into_iter()
            .map(|instant| {
                let (at_risk, events) = (instant.at_risk as f64, instant.events as f64);
                if instant.events > 0 {
                    survival *= (at_risk - events) / at_risk;
                    variance += events / (at_risk * (at_risk - events));
                }
                let se_log = f64::sqrt(variance);
                CurvePoint {
                    time: instant.time,
                    at_risk: instant.at_risk,
                    events: instant.events,
                    censored: instant.censored,
                    survival,
                    se_log,
                    interval: interval_of(survival, se_log, scale, z, level),
                }
            })
            .collect();
        Ok(Self {
            points,
            cases: follow_up.len(),
            events: follow_up.events(),
            level,
        })
    }

    /// The curve at a time: the last point not after it; `None` before the first, where the survival is 1.
    pub fn at(&self, time: f64) -> Option<&CurvePoint> {
        let after = self.points.partition_point(|point| point.time <= time);
        self.points[..after].last()
    }

    /// The survival at a time.
    pub fn survival(&self, time: f64) -> f64 {
        self.at(time).map_or(1.0, |point| point.survival)
    }

    /// The survival just before a time.
    pub fn survival_before(&self, time: f64) -> f64 {
        let before = self.points.partition_point(|point| point.time < time);
        self.points[..before].last().map_or(1.0, |point| point.survival)
    }

    /// How many are at risk at a time: those with this time or a later one.
    pub fn at_risk(&self, time: f64) -> usize {
        let at = self.points.partition_point(|point| point.time < time);
        self.points.get(at).map_or(0, |point| point.at_risk)
    }

    /// The last time of follow-up.
    pub fn last_time(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.time)
    }

    /// The time by which a share of the cases has had the event, with its interval; a limit is NaN where the curve does not
    /// go down so far. Where the curve lies level at the share, the middle of that stretch.
    pub fn quantile(&self, share: f64) -> (f64, Interval) {
        let read = |value: &dyn Fn(&CurvePoint) -> f64| self.first_below(1.0 - share, value);
        let interval = Interval::new(
            read(&|point| point.interval.lower),
            read(&|point| point.interval.upper),
            self.level,
        );
        (read(&|point| point.survival), interval)
    }

    /// The median survival time with its interval.
    pub fn median(&self) -> (f64, Interval) {
        self.quantile(0.5)
    }

    fn first_below(&self, height: f64, value: &dyn Fn(&CurvePoint) -> f64) -> f64 {
        let known = || self.points.iter().filter(|point| !value(point).is_nan());
        let Some(first) = known().find(|point| value(point) < height + SAME) else {
            return f64::NAN;
        };
        let level = value(first);
        if (level - height).abs() < SAME
            && let Some(next) = known().find(|point| value(point) < level)
        {
            return f64::midpoint(first.time, next.time);
        }
        first.time
    }
}

fn interval_of(survival: f64, se_log: f64, scale: SurvivalScale, z: f64, level: f64) -> Interval {
    if survival == 0.0 {
        return Interval::none(level);
    }
    if se_log == 0.0 {
        return Interval::new(survival, survival, level);
    }
    match scale {
        SurvivalScale::Plain => Interval::around(survival, z * se_log * survival, level).clamp(0.0, 1.0),
        SurvivalScale::Log => {
            let log = survival.ln();
            Interval::new((log - z * se_log).exp(), (log + z * se_log).exp().min(1.0), level)
        }
        SurvivalScale::LogLog => {
            let log = survival.ln();
            let (centre, half) = ((-log).ln(), z * se_log / log);
            Interval::new((-(centre - half).exp()).exp(), (-(centre + half).exp()).exp(), level)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(time: &[f64], event: &[u8], scale: SurvivalScale) -> KaplanMeier {
        let event = event.iter().map(|event| *event == 1).collect();
        KaplanMeier::new(&FollowUp::new(time.to_vec(), event).unwrap(), scale, 0.95).unwrap()
    }

    #[test]
    fn a_small_curve_is_as_by_hand() {
        let found = curve(&[1.0, 2.0, 2.0, 3.0, 4.0], &[1, 1, 0, 0, 1], SurvivalScale::Log);
        let survival: Vec<f64> = found.points.iter().map(|point| point.survival).collect();
        assert_eq!(survival, [0.8, 0.8 * 0.75, 0.8 * 0.75, 0.0]);
        assert_eq!([0.0, 1.0, 2.5, 9.0].map(|time| found.at_risk(time)), [5, 5, 2, 0]);
        assert!((found.points[1].se_log - (1.0_f64 / 20.0 + 1.0 / 12.0).sqrt()).abs() < 1e-15);
        assert_eq!(found.median().0, 4.0);
        assert!(found.median().1.upper.is_nan());
        assert!(found.points[3].interval.lower.is_nan());
    }

    #[test]
    fn a_median_on_a_level_stretch_is_its_middle() {
        let found = curve(&[1.0, 2.0, 5.0, 6.0], &[1, 1, 1, 1], SurvivalScale::LogLog);
        assert_eq!(found.median().0, 3.5);
        let never = curve(&[1.0, 2.0, 5.0, 6.0], &[1, 0, 0, 0], SurvivalScale::LogLog);
        assert!(never.median().0.is_nan());
        assert_eq!(
            curve(&[1.0, 2.0], &[0, 0], SurvivalScale::LogLog).points[1]
                .interval
                .limits(),
            [1.0, 1.0]
        );
    }
}
