//! A nomogram of a logistic model: points for each predictor, total points, linear predictor, risk; rms's `nomogram`.
//!
//! An axis spans its ticks, not the data: `pretty` ticks over the data's range for a continuous predictor (they may exceed
//! it), the values themselves where there are at most ten. The predictor whose effect spans most gets 100 points; all
//! others share its scale, and each axis begins at its least effect. So
//!
//! points_j(x) = (b_j x - min over the ticks of b_j x) · scale, total = Σ points_j, and
//! linear predictor = intercept + Σ minima + total / scale.
//!
//! The risk axis uses the exact logit where rms interpolates it on 1,000 points (off by up to 1e-4 points).

use crate::stats::StatsError;
use crate::stats::base::logit::{logistic, logit};
use crate::stats::base::number::short;
use crate::stats::base::pretty::pretty;
use crate::stats::base::rank::compare;
use crate::stats::base::require;
use crate::stats::design::spline::RestrictedCubicSpline;
use crate::stats::design::{Design, DesignTerm, TermKind};

/// How many ticks an axis aims at, as rms's `nint`.
const TICKS: usize = 10;

/// The risks that the lowest axis marks where no others are asked for.
pub const RISK_TICKS: [f64; 11] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// A predictor of the model and the values its axis marks.
#[derive(Debug, Clone, PartialEq)]
pub struct NomogramVariable {
    /// The predictor's name
    pub name: String,
    /// What it adds to the linear predictor
    pub effect: AxisEffect,
    /// The values marked, rising; a factor's are its levels by number, from 0
    pub values: Vec<f64>,
}

/// What a predictor adds to the linear predictor.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisEffect {
    /// A coefficient times the value
    Slope(f64),
    /// So much at each level of a factor, 0 at its reference
    Levels {
        /// The levels, the reference first
        labels: Vec<String>,
        /// Their effects
        effects: Vec<f64>,
    },
    /// Coefficients times the columns of a spline
    Spline {
        /// The spline
        spline: RestrictedCubicSpline,
        /// A coefficient a column
        coefficients: Vec<f64>,
    },
}

impl AxisEffect {
    /// The effect of a value; NaN of a level that is none.
    pub fn at(&self, value: f64) -> f64 {
        match self {
            Self::Slope(coefficient) => coefficient * value,
            Self::Levels { effects, .. } => {
                let level = (0..effects.len()).find(|&level| level as f64 == value);
                level.map_or(f64::NAN, |level| effects[level])
            }
            Self::Spline { spline, coefficients } => {
                let basis = spline.basis(&[value]);
                basis
                    .iter()
                    .zip(coefficients)
                    .map(|(x, coefficient)| x * coefficient)
                    .sum()
            }
        }
    }

    /// The coefficient of a straight line; NaN of anything else.
    pub fn slope(&self) -> f64 {
        match self {
            Self::Slope(coefficient) => *coefficient,
            Self::Levels { .. } | Self::Spline { .. } => f64::NAN,
        }
    }
}

impl NomogramVariable {
    /// The axis that rms gives a predictor with these observed values: the values themselves if there are at most ten,
    /// else round ticks over their range.
    ///
    /// # Errors
    /// Where there is no value, or one is not finite.
    pub fn from_data(name: &str, coefficient: f64, observed: &[f64]) -> Result<Self, StatsError> {
        Ok(Self {
            name: name.to_owned(),
            effect: AxisEffect::Slope(coefficient),
            values: marks(name, observed)?,
        })
    }

    /// The axes of a design's terms with their coefficients, the intercept's not among them: one for each term, a factor's with its
    /// levels.
    ///
    /// # Errors
    /// Where a value is not finite, or a term is an interaction: the effect of its predictors has no axis of its own.
    pub fn of_design(design: &Design, coefficients: &[f64]) -> Result<Vec<Self>, StatsError> {
        let axis = |term: &DesignTerm| {
            let own = &coefficients[term.columns.clone()];
            let observed = &design.columns()[term.columns.start];
            let (effect, values) = match &term.kind {
                TermKind::Number => (AxisEffect::Slope(own[0]), marks(&term.name, observed)?),
                TermKind::Factor { levels } => {
                    let effects = std::iter::once(0.0).chain(own.iter().copied()).collect();
                    let labels = levels.clone();
                    let values = (0..levels.len()).map(|level| level as f64).collect();
                    (AxisEffect::Levels { labels, effects }, values)
                }
                TermKind::Spline(spline) => {
                    let (spline, coefficients) = (spline.clone(), own.to_vec());
                    // The first column of a spline is the number itself.
                    (
                        AxisEffect::Spline { spline, coefficients },
                        marks(&term.name, observed)?,
                    )
                }
                TermKind::Interaction => {
                    return Err(StatsError::Impossible(format!(
                        "a nomogram has an axis for each predictor, but what {} adds depends on two of them; leave the \
                         interaction out, or make a nomogram of each level's cases",
                        term.name
                    )));
                }
            };
            Ok(Self {
                name: term.name.clone(),
                effect,
                values,
            })
        };
        design.terms().iter().map(axis).collect()
    }
}

/// The values that an axis marks.
fn marks(name: &str, observed: &[f64]) -> Result<Vec<f64>, StatsError> {
    require::at_least(&format!("the axis of {name}"), "values", 1, observed.len())?;
    require::finite(name, observed)?;
    let mut distinct = observed.to_vec();
    distinct.sort_by(|left, right| compare(*left, *right));
    distinct.dedup();
    Ok(if distinct.len() <= 10 {
        distinct
    } else {
        pretty(distinct[0], distinct[distinct.len() - 1], TICKS)
    })
}

/// One predictor's axis.
#[derive(Debug, Clone, PartialEq)]
pub struct NomogramAxis {
    /// The predictor's name
    pub name: String,
    /// What it adds to the linear predictor
    pub effect: AxisEffect,
    /// The values marked
    pub values: Vec<f64>,
    /// Their effects
    pub xbeta: Vec<f64>,
    /// Their points
    pub points: Vec<f64>,
    least: f64,
}

/// A nomogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Nomogram {
    /// One axis a predictor, in the model's order
    pub axes: Vec<NomogramAxis>,
    /// Points for one unit of the linear predictor
    pub scale: f64,
    /// The linear predictor at a total of 0 points
    pub intercept_at_zero_points: f64,
    /// Ticks of the total
    pub total_points_ticks: Vec<f64>,
    /// Ticks of the linear predictor
    pub lp_ticks: Vec<f64>,
    /// Their place on the total's scale
    pub lp_points: Vec<f64>,
    /// Ticks of the risk, those within the linear predictor's ticks
    pub risk_ticks: Vec<f64>,
    /// Their place on the total's scale
    pub risk_points: Vec<f64>,
}

/// Lays out a nomogram. `linear_range` is the least and greatest linear predictor of the data, which sets the ticks of
/// the linear predictor and the length of the total; `risks` are the risks to mark (see [`RISK_TICKS`]).
///
/// # Errors
/// Where there is no predictor, a number is not finite, no predictor has an effect, or a risk to mark is not between 0 and
/// 1.
pub fn nomogram(
    intercept: f64,
    variables: &[NomogramVariable],
    linear_range: [f64; 2],
    risks: &[f64],
) -> Result<Nomogram, StatsError> {
    let what = "a nomogram";
    require::at_least(what, "predictors", 1, variables.len())?;
    require::finite("the intercept", &[intercept])?;
    require::finite("the range of the linear predictor", &linear_range)?;
    if let Some(risk) = risks.iter().find(|risk| !(**risk > 0.0 && **risk < 1.0)) {
        return Err(StatsError::Setting {
            setting: "a risk on the nomogram's axis".to_owned(),
            value: short(*risk, 6),
            allowed: "above 0 and below 1: a nomogram reaches neither end".to_owned(),
        });
    }
    let mut axes = Vec::with_capacity(variables.len());
    for variable in variables {
        require::at_least(
            &format!("the axis of {}", variable.name),
            "values",
            1,
            variable.values.len(),
        )?;
        require::finite(&variable.name, &variable.values)?;
        let xbeta: Vec<f64> = variable.values.iter().map(|&value| variable.effect.at(value)).collect();
        require::finite(&format!("the effects of {}", variable.name), &xbeta)?;
        axes.push(NomogramAxis {
            name: variable.name.clone(),
            effect: variable.effect.clone(),
            values: variable.values.clone(),
            least: xbeta.iter().copied().fold(f64::INFINITY, f64::min),
            points: Vec::new(),
            xbeta,
        });
    }
    let span = |axis: &NomogramAxis| axis.xbeta.iter().copied().fold(f64::NEG_INFINITY, f64::max) - axis.least;
    let widest = axes.iter().map(span).fold(0.0, f64::max);
    if widest <= 0.0 {
        return Err(StatsError::Impossible(
            "a nomogram needs a predictor with an effect: every coefficient is 0, or every axis has one value"
                .to_owned(),
        ));
    }
    let scale = 100.0 / widest;
    let mut zero = intercept;
    for axis in &mut axes {
        axis.points = axis.xbeta.iter().map(|xbeta| (xbeta - axis.least) * scale).collect();
        zero += axis.least;
    }
    let lp_ticks = pretty(linear_range[0], linear_range[1], TICKS);
    let place = |linear: f64| (linear - zero) * scale;
    let (lowest, highest) = (lp_ticks[0], lp_ticks[lp_ticks.len() - 1]);
    let longest = if axes.len() == 1 {
        100.0
    } else {
        place(highest).max(100.0)
    };
    let risk_ticks: Vec<f64> = risks
        .iter()
        .copied()
        .filter(|risk| (lowest..=highest).contains(&logit(*risk)))
        .collect();
    Ok(Nomogram {
        total_points_ticks: pretty(0.0, longest, TICKS),
        lp_points: lp_ticks.iter().map(|&linear| place(linear)).collect(),
        risk_points: risk_ticks.iter().map(|&risk| place(logit(risk))).collect(),
        lp_ticks,
        risk_ticks,
        axes,
        scale,
        intercept_at_zero_points: zero,
    })
}

impl NomogramAxis {
    /// Whether a value lies on the axis.
    pub fn reaches(&self, value: f64) -> bool {
        self.values.first().is_some_and(|first| value >= *first)
            && self.values.last().is_some_and(|last| value <= *last)
    }
}

impl Nomogram {
    /// The points of a value of the predictor `axis`; below 0 or above the axis where the value lies outside its ticks.
    pub fn points(&self, axis: usize, value: f64) -> f64 {
        self.axes
            .get(axis)
            .map_or(f64::NAN, |axis| (axis.effect.at(value) - axis.least) * self.scale)
    }

    /// The total points of one value for each predictor, in order.
    pub fn total(&self, values: &[f64]) -> f64 {
        values
            .iter()
            .enumerate()
            .map(|(axis, &value)| self.points(axis, value))
            .sum()
    }

    /// The linear predictor at a total.
    pub fn linear_predictor(&self, total: f64) -> f64 {
        self.intercept_at_zero_points + total / self.scale
    }

    /// The risk at a total: reading the nomogram forwards.
    pub fn risk(&self, total: f64) -> f64 {
        logistic(self.linear_predictor(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_model_without_effects_has_no_nomogram() {
        let flat = NomogramVariable {
            name: "age".to_owned(),
            effect: AxisEffect::Slope(0.0),
            values: vec![20.0, 80.0],
        };
        let error = nomogram(0.0, &[flat], [0.0, 0.0], &RISK_TICKS).unwrap_err();
        assert!(error.to_string().contains("effect"), "{error}");
        assert!(nomogram(0.0, &[], [0.0, 1.0], &RISK_TICKS).is_err());
    }

    proptest! {
        #[test]
        fn reading_forwards_gives_the_models_risk(
            intercept in -3.0..3.0_f64,
            coefficients in prop::collection::vec(-2.0..2.0_f64, 1..5),
            values in prop::collection::vec(-3.0..3.0_f64, 5),
        ) {
            prop_assume!(coefficients.iter().any(|coefficient| coefficient.abs() > 0.01));
            let variables: Vec<NomogramVariable> = coefficients
                .iter()
                .enumerate()
                .map(|(at, &coefficient)| NomogramVariable {
                    name: format!("x{at}"),
                    effect: AxisEffect::Slope(coefficient),
                    values: pretty(-3.0, 3.0, 10),
                })
                .collect();
            let found = nomogram(intercept, &variables, [-4.0, 4.0], &RISK_TICKS).unwrap();
            let linear: f64 = intercept + coefficients.iter().zip(&values).map(|(b, x)| b * x).sum::<f64>();
            let total = found.total(&values[..coefficients.len()]);
            prop_assert!((found.linear_predictor(total) - linear).abs() < 1e-10);
            prop_assert!((found.risk(total) - logistic(linear)).abs() < 1e-10);
            let most = found.axes.iter().flat_map(|axis| axis.points.iter().copied()).fold(0.0, f64::max);
            prop_assert!((most - 100.0).abs() < 1e-9);
        }
    }
}
