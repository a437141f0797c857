//! The cost:benefit ratio that a threshold stands for, t : (1 - t), as a fraction of small whole numbers.

/// The ratios among which an axis picks its labels: as a rule one treats 1 to 100 patients in vain for one who needs it.
pub const COST_BENEFIT_RATIOS: [(u32, u32); 47] = [
    (1, 100),
    (1, 75),
    (1, 50),
    (1, 40),
    (1, 30),
    (1, 25),
    (1, 20),
    (1, 15),
    (1, 12),
    (1, 10),
    (1, 9),
    (1, 8),
    (1, 7),
    (1, 6),
    (1, 5),
    (1, 4),
    (1, 3),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (3, 4),
    (4, 5),
    (1, 1),
    (5, 4),
    (4, 3),
    (3, 2),
    (5, 3),
    (2, 1),
    (5, 2),
    (3, 1),
    (4, 1),
    (5, 1),
    (6, 1),
    (7, 1),
    (8, 1),
    (9, 1),
    (10, 1),
    (12, 1),
    (15, 1),
    (20, 1),
    (25, 1),
    (30, 1),
    (40, 1),
    (50, 1),
    (75, 1),
    (100, 1),
];

/// The ratio of a threshold, "1:4" at 0.2: t/(1 - t) as a continued fraction, broken off where the rest is at most
/// 1/2000 (MASS's `fractions`). "0:1" at 0, "Inf:1" at 1.
pub fn cost_benefit_ratio(threshold: f64) -> String {
    let odds = threshold / (1.0 - threshold);
    if !odds.is_finite() {
        return if odds.is_nan() {
            "NaN".to_owned()
        } else {
            "Inf:1".to_owned()
        };
    }
    let mut whole = odds.floor();
    let mut rest = odds - whole;
    let (mut last, mut now) = ((1.0, 0.0), (whole, 1.0));
    for _ in 0..10 {
        if rest <= 1.0 / 2000.0 {
            break;
        }
        rest = 1.0 / rest;
        whole = rest.floor();
        rest -= whole;
        (last, now) = (now, (whole * now.0 + last.0, whole * now.1 + last.1));
    }
    format!("{}:{}", now.0, now.1)
}

/// Labels for an axis: the thresholds of round ratios nearest to `count` equally spaced ones, each once, rising.
pub fn cost_benefit_ticks(low: f64, high: f64, count: usize) -> Vec<(f64, String)> {
    let mut ticks: Vec<(f64, String)> = Vec::new();
    if count < 2 || low.is_nan() || high.is_nan() || low >= high {
        return ticks;
    }
    for place in 0..count {
        let wanted = low + (high - low) * place as f64 / (count - 1) as f64;
        let nearest = COST_BENEFIT_RATIOS
            .iter()
            .map(|&(cost, benefit)| (f64::from(cost) / f64::from(cost + benefit), cost, benefit))
            .filter(|(threshold, _, _)| (low..=high).contains(threshold))
            .min_by(|left, right| (left.0 - wanted).abs().total_cmp(&(right.0 - wanted).abs()));
        if let Some((threshold, cost, benefit)) = nearest
            && ticks.last().is_none_or(|last| last.0 < threshold)
        {
            ticks.push((threshold, format!("{cost}:{benefit}")));
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_labels() {
        let labels: Vec<String> = cost_benefit_ticks(0.0, 1.0, 6).into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["1:100", "1:4", "2:3", "3:2", "4:1", "100:1"]);
        assert!(cost_benefit_ticks(0.5, 0.5, 6).is_empty());
    }

    #[test]
    fn the_ends_have_a_ratio() {
        assert_eq!(cost_benefit_ratio(0.0), "0:1");
        assert_eq!(cost_benefit_ratio(1.0), "Inf:1");
        assert_eq!(cost_benefit_ratio(0.2), "1:4");
    }
}
