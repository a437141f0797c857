//! Whether hazards are proportional: the score test of coefficients that change with time.
//!
//! The model is widened by x g(t) and the score test of these further coefficients at 0 is taken, for each term and for all
//! (Grambsch and Therneau, Biometrika 1994;81:515, in the exact form of R's `cox.zph` from version 3 on). g is centred at its
//! mean over events.

use ndarray::Array2;

use super::{CoxFit, CoxTest};
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::rank::mid_ranks;
use crate::stats::survival::FollowUp;
use crate::stats::survival::kaplan_meier::{KaplanMeier, SurvivalScale};

/// The scale of time along which coefficients might change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeScale {
    /// 1 - the Kaplan-Meier curve just before the time: even over events; R's default
    #[default]
    KaplanMeier,
    /// The time's rank
    Rank,
    /// The time itself
    Identity,
    /// Its logarithm
    Log,
}

/// The tests.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardsTest {
    /// Of each term
    pub terms: Vec<CoxTest>,
    /// Of all together
    pub global: CoxTest,
}

impl CoxFit {
    /// Tests proportional hazards on the follow-up that was fitted.
    ///
    /// # Errors
    /// Where a time of 0 has no logarithm, or the times with events do not tell the coefficients' change apart.
    pub fn proportional_hazards(&self, follow_up: &FollowUp, scale: TimeScale) -> Result<HazardsTest, StatsError> {
        let transformed = transform(follow_up, scale)?;
        let events = || transformed.iter().zip(follow_up.event()).filter(|(_, event)| **event);
        let mean = events().map(|(value, _)| value).sum::<f64>() / events().count() as f64;
        let width = self.model.width;
        let mut slope = vec![0.0; width];
        // The lower triangles of the information and of its sums with g and g².
        let (mut plain, mut once, mut twice) = (
            vec![0.0; width * width],
            vec![0.0; width * width],
            vec![0.0; width * width],
        );
        let eta = self.model.eta(&self.scaled);
        let order = &self.model.sets.order;
        self.model
            .sets
            .each_event_time(&eta, &self.model.x, width, |instant, gradient, information| {
                let g = transformed[order[instant.from]] - mean;
                slope.iter_mut().zip(gradient).for_each(|(sum, part)| *sum += g * part);
                for (at, part) in information.iter().enumerate() {
                    plain[at] += part;
                    once[at] += g * part;
                    twice[at] += g * g * part;
                }
            });
        let entry = |sums: &[f64], i: usize, j: usize| sums[i.max(j) * width + i.min(j)];
        let test = |name: &str, columns: &[usize]| {
            let size = width + columns.len();
            let matrix = Array2::from_shape_fn((size, size), |(i, j)| match (i < width, j < width) {
                (true, true) => entry(&plain, i, j),
                (true, false) => entry(&once, i, columns[j - width]),
                (false, true) => entry(&once, columns[i - width], j),
                (false, false) => entry(&twice, columns[i - width], columns[j - width]),
            });
            let factor = Cholesky::new(matrix.view(), 1e-13).map_err(|_| {
                StatsError::Impossible(format!(
                    "Proportional hazards cannot be tested for \"{name}\": too few times with events tell its change apart"
                ))
            })?;
            let mut score = vec![0.0; width];
            score.extend(columns.iter().map(|column| slope[*column]));
            let mut solved = score.clone();
            factor.solve_in_place(&mut solved);
            let chi_squared = score.iter().zip(&solved).map(|(left, right)| left * right).sum();
            Ok(CoxTest::new(name, chi_squared, columns.len()))
        };
        let terms = self
            .term_columns
            .iter()
            .map(|(name, columns)| test(name, &columns.clone().collect::<Vec<_>>()));
        Ok(HazardsTest {
            terms: terms.collect::<Result<_, StatsError>>()?,
            global: test("global", &(0..width).collect::<Vec<_>>())?,
        })
    }
}

fn transform(follow_up: &FollowUp, scale: TimeScale) -> Result<Vec<f64>, StatsError> {
    let time = follow_up.time();
    match scale {
        TimeScale::Identity => Ok(time.to_vec()),
        TimeScale::Rank => Ok(mid_ranks(time)),
        TimeScale::KaplanMeier => {
            let curve = KaplanMeier::new(follow_up, SurvivalScale::Log, 0.95)?;
            Ok(time.iter().map(|time| 1.0 - curve.survival_before(*time)).collect())
        }
        TimeScale::Log => match time.iter().position(|time| *time <= 0.0) {
            Some(row) => Err(StatsError::Impossible(format!(
                "The time of follow-up in row {} is 0 and has no logarithm; test along another scale of time",
                row + 1
            ))),
            None => Ok(time.iter().map(|time| time.ln()).collect()),
        },
    }
}
