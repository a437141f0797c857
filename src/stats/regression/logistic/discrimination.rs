//! How a score ranks the outcomes: concordance and its relatives, and Gini's mean difference.

use serde::{Deserialize, Serialize};

use crate::stats::base::rank::Pairs;

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

/// C, Dxy, gamma and tau-a over all pairs of an event and a non-event; a tie in the score counts half in C.
pub fn discrimination(score: &[f64], event: &[bool]) -> Discrimination {
    let pairs = Pairs::count(score.iter().zip(event).map(|(score, event)| (*score, *event, 1.0)));
    let discordant = pairs.events * pairs.others - pairs.concordant - pairs.tied;
    let count = score.len() as f64;
    let c = pairs.concordance();
    Discrimination {
        c,
        dxy: 2.0 * (c - 0.5),
        gamma: (pairs.concordant - discordant) / (pairs.concordant + discordant),
        tau_a: (pairs.concordant - discordant) / (count * (count - 1.0) / 2.0),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_difference_is_over_all_pairs() {
        assert!((gini_mean_difference(&[1.0, 4.0, 2.0]) - 2.0).abs() < 1e-15);
    }
}
