//! The likelihood of a linear predictor as it stands, against that of the prevalence alone.

/// -2 log-likelihoods of weighted rows.
pub(in crate::stats) struct LikelihoodRatio {
    /// Rows
    pub(in crate::stats) n: f64,
    /// Of the prevalence alone
    pub(in crate::stats) null: f64,
    /// Of the risks as they are
    pub(in crate::stats) as_stated: f64,
}

impl LikelihoodRatio {
    pub(in crate::stats) fn new(linear: &[f64], outcome: &[bool], weights: &[f64]) -> Self {
        let (mut n, mut events, mut as_stated) = (0.0, 0.0, 0.0);
        for ((&linear, &event), &weight) in linear.iter().zip(outcome).zip(weights) {
            if weight == 0.0 {
                continue;
            }
            n += weight;
            events += if event { weight } else { 0.0 };
            let against = if event { -linear } else { linear };
            as_stated += 2.0 * weight * (against.max(0.0) + (-against.abs()).exp().ln_1p());
        }
        let prevalence = events / n;
        Self {
            n,
            null: -2.0 * (events * prevalence.ln() + (n - events) * (1.0 - prevalence).ln()),
            as_stated,
        }
    }

    /// Nagelkerke's R² of a likelihood-ratio chi-squared.
    pub(in crate::stats) fn nagelkerke(&self, gain: f64) -> f64 {
        (1.0 - (-gain / self.n).exp()) / (1.0 - (-self.null / self.n).exp())
    }
}
