//! ROC curves at a time: who has the event by then against who is still without it.
//!
//! Cases with the event by t count 1 / G(T-) and those seen after t 1 / G(t); who was censored before t counts nothing but
//! through these weights (Uno et al., JASA 2007;102:527; Hung and Chiang 2010; the marginal weights of R's timeROC). Equal
//! markers count half. The standard error takes the censoring distribution as known, which is a little too wide (as
//! `riskRegression::Score(conservative = TRUE)`).

use super::FollowUp;
use super::censoring::Censoring;
use crate::stats::StatsError;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// A ROC curve at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeRoc {
    /// The time
    pub time: f64,
    /// Cases with the event by then
    pub events: usize,
    /// Cases still without it
    pub free: usize,
    /// Cases censored before
    pub censored: usize,
    /// Area under the curve
    pub auc: f64,
    /// Its standard error
    pub se: f64,
    /// Its interval, cut off at 0 and 1
    pub interval: Interval,
    /// Cut-offs (risk at or above), falling; the first is infinite
    pub thresholds: Vec<f64>,
    /// Sensitivity at each cut-off
    pub sensitivities: Vec<f64>,
    /// Specificity at each cut-off
    pub specificities: Vec<f64>,
}

/// The curve of a marker (higher: sooner) at a time.
///
/// # Errors
/// Where lengths differ, a marker is not finite, or at that time nobody has had the event or nobody is without it.
pub fn time_roc(follow_up: &FollowUp, marker: &[f64], time: f64, level: f64) -> Result<TimeRoc, StatsError> {
    let what = "The ROC curve at a time";
    require::level(level)?;
    require::same_length(what, ("cases", follow_up.len()), ("markers", marker.len()))?;
    require::finite("The marker", marker)?;
    let censoring = Censoring::new(follow_up);
    let by_then = |row: &usize| follow_up.event()[*row] && follow_up.time()[*row] <= time;
    let mut order: Vec<usize> = (0..marker.len()).collect();
    order.sort_by(|a, b| marker[*b].total_cmp(&marker[*a]));
    // The weight of each case as one with the event by then, and as one without.
    let with: Vec<f64> = (0..marker.len())
        .map(|row| {
            if by_then(&row) {
                1.0 / censoring.before(follow_up.time()[row])
            } else {
                0.0
            }
        })
        .collect();
    let without: Vec<f64> = follow_up
        .time()
        .iter()
        .map(|seen| f64::from(u8::from(*seen > time)))
        .collect();
    let (events, free) = ((0..marker.len()).filter(by_then).count(), without.iter().sum::<f64>());
    if events == 0 || free == 0.0 {
        let who = if events == 0 {
            "has had the event"
        } else {
            "is known to be without the event"
        };
        return Err(StatsError::Impossible(format!("{what}: by {time} nobody {who}")));
    }
    let (all_with, all_without) = (order.iter().map(|row| with[*row]).sum::<f64>(), free);

    let (mut thresholds, mut sensitivities, mut specificities) = (vec![f64::INFINITY], vec![0.0], vec![1.0]);
    // Of each case: the weight that it beats, and that it is beaten by, ties by half.
    let (mut beats, mut beaten) = (vec![0.0; marker.len()], vec![0.0; marker.len()]);
    let (mut above_with, mut above_without) = (0.0, 0.0);
    for tied in order.chunk_by(|a, b| marker[*a] == marker[*b]) {
        let own_with: f64 = tied.iter().map(|row| with[*row]).sum();
        let own_without: f64 = tied.iter().map(|row| without[*row]).sum();
        for row in tied {
            beats[*row] = all_without - above_without - 0.5 * own_without;
            beaten[*row] = above_with + 0.5 * own_with;
        }
        above_with += own_with;
        above_without += own_without;
        if own_with > 0.0 || own_without > 0.0 {
            thresholds.push(marker[tied[0]]);
            sensitivities.push(above_with / all_with);
            specificities.push(1.0 - above_without / all_without);
        }
    }
    let pairs = all_with * all_without;
    let auc = (0..marker.len()).map(|row| with[row] * beats[row]).sum::<f64>() / pairs;
    let squares: f64 = (0..marker.len())
        .map(|row| {
            let own = with[row] * beats[row] + without[row] * beaten[row];
            let expected = auc * (with[row] * all_without + without[row] * all_with);
            let influence = (own - expected) / pairs;
            influence * influence
        })
        .sum();
    let count = marker.len() as f64;
    let se = (squares * count / (count - 1.0)).sqrt();
    Ok(TimeRoc {
        time,
        events,
        free: free as usize,
        censored: marker.len() - events - free as usize,
        auc,
        se,
        interval: Interval::wald(auc, se, level).clamp(0.0, 1.0),
        thresholds,
        sensitivities,
        specificities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_censoring_it_is_the_plain_area() {
        let follow_up = FollowUp::new((1..=6).map(f64::from).collect(), vec![true; 6]).unwrap();
        let found = time_roc(&follow_up, &[5.0, 3.0, 4.0, 4.0, 1.0, 2.0], 3.0, 0.95).unwrap();
        assert!((found.auc - 7.5 / 9.0).abs() < 1e-15);
        assert_eq!((found.events, found.free, found.censored), (3, 3, 0));
        assert!(
            time_roc(&follow_up, &[1.0; 6], 6.0, 0.95)
                .unwrap_err()
                .to_string()
                .contains("without")
        );
        assert!(time_roc(&follow_up, &[1.0; 6], 0.5, 0.95).is_err());
    }
}
