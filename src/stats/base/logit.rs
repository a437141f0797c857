//! Log-odds and risks.

/// The logistic function 1 / (1 + exp(-x)): the risk at these log-odds. NaN stays NaN.
pub fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The log-odds of a risk, ln(p / (1 - p)); infinite at 0 and 1.
pub fn logit(risk: f64) -> f64 {
    (risk / (1.0 - risk)).ln()
}

/// A row of a logistic likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogisticRow {
    /// The risk
    pub risk: f64,
    /// 1 - risk
    pub complement: f64,
    /// exp(-|log-odds|)
    pub tail: f64,
}

impl LogisticRow {
    /// At these log-odds, without cancellation where the risk is near 0 or 1.
    #[inline]
    pub fn at(log_odds: f64) -> Self {
        let tail = (-log_odds.abs()).exp();
        let major = 1.0 / (1.0 + tail);
        let minor = tail * major;
        let (risk, complement) = if log_odds >= 0.0 {
            (major, minor)
        } else {
            (minor, major)
        };
        Self { risk, complement, tail }
    }

    /// outcome - risk.
    #[inline]
    pub fn residual(self, outcome: f64) -> f64 {
        outcome * self.complement - (1.0 - outcome) * self.risk
    }

    /// risk (1 - risk).
    #[inline]
    pub fn curvature(self) -> f64 {
        self.risk * self.complement
    }

    /// -log-likelihood of the outcome (0, 1 or a share) at the same log-odds.
    #[inline]
    pub fn loss(self, log_odds: f64, outcome: f64) -> f64 {
        log_odds.max(0.0) - outcome * log_odds + self.tail.ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_near_0_and_1_keep_their_digits() {
        for log_odds in [-60.0_f64, -3.0, 0.0, 2.0, 60.0] {
            let row = LogisticRow::at(log_odds);
            assert!((row.risk / logistic(log_odds) - 1.0).abs() < 1e-14);
            assert!((row.complement / logistic(-log_odds) - 1.0).abs() < 1e-14);
            assert!((row.loss(log_odds, 1.0) / -row.risk.ln() - 1.0).abs() < 1e-12 || log_odds == 60.0);
            assert_eq!(row.residual(0.0), -row.risk);
            assert_eq!(row.residual(1.0), row.complement);
        }
        assert!(logistic(f64::NAN).is_nan());
    }
}
