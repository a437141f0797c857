//! What printed shares allow: whole counts of cases, and Youden's index from them.

use crate::audit::published::Performance;
use crate::audit::{Printed, PublishedModel, Range};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number;

/// The whole counts of `n` that a printed share allows.
pub fn counts_of(share: &Printed, n: usize) -> Vec<usize> {
    (0..=n).filter(|&k| share.allows(k as f64 / n as f64)).collect()
}

/// What a printed share can mean, narrowed to whole counts of `n` where that is known and any count is printed so.
pub(super) fn share_range(share: &Printed, n: Option<usize>) -> Range {
    let range = Range::of_share(share);
    let Some(n) = n.filter(|n| *n > 0) else { return range };
    let counts = counts_of(share, n);
    match (counts.first(), counts.last()) {
        (Some(low), Some(high)) => Range::new(*low as f64 / n as f64, *high as f64 / n as f64),
        _ => range,
    }
}

/// Youden's index from the parts of a row: the range that their rounding leaves, narrowed to whole counts where the sizes
/// are known; with the words for the arithmetic.
pub(super) fn youden_range(model: &PublishedModel, row: &Performance) -> Option<(f64, f64, Vec<Message>)> {
    let (sensitivity, specificity) = (row.sensitivity.as_ref()?, row.specificity.as_ref()?);
    let mut lines: Vec<Message> = vec![
        format!(
            "{} + {} - 1 = {}",
            sensitivity.text,
            specificity.text,
            number::share(sensitivity.value + specificity.value - 1.0, 3)
        )
        .into(),
    ];
    let (mut low, mut high) = (
        sensitivity.low() + specificity.low() - 1.0,
        sensitivity.high() + specificity.high() - 1.0,
    );
    if let Some(set) = model.set(&row.set).filter(|set| set.events > 0 && set.others() > 0) {
        let (events, others) = (set.events, set.others());
        let (tp, tn) = (counts_of(sensitivity, events), counts_of(specificity, others));
        if let (Some(&tp_low), Some(&tp_high), Some(&tn_low), Some(&tn_high)) =
            (tp.first(), tp.last(), tn.first(), tn.last())
        {
            let index = |tp: usize, tn: usize| tp as f64 / events as f64 + tn as f64 / others as f64 - 1.0;
            (low, high) = (index(tp_low, tn_low), index(tp_high, tn_high));
            if tp.len() == 1 && tn.len() == 1 {
                lines.push(words::from_counts(
                    tp_low,
                    events,
                    tn_low,
                    others,
                    number::share(low, 4),
                ));
            }
        }
    }
    Some((low, high, lines))
}

/// Whether a row's "Youden index" cannot be it.
pub(super) fn is_not_youden(model: &PublishedModel, row: &Performance) -> bool {
    match (&row.youden, youden_range(model, row)) {
        (Some(youden), Some((low, high, _))) => !youden.meets(low, high),
        _ => false,
    }
}
