//! Ranks with ties, the ground of every rank test.

/// The mid-rank (from 1) of every value: tied values share the mean of their places.
///
/// NaN sorts last and each NaN counts as a value of its own; callers refuse NaN before.
pub fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut ranks = vec![0.0; values.len()];
    for group in tie_groups(values).iter() {
        // Places a+1 … b share (a + 1 + b) / 2.
        let middle = (group.first + group.members.len() + group.first + 1) as f64 / 2.0;
        for index in group.members {
            ranks[*index] = middle;
        }
    }
    ranks
}

/// The places of numbers in rising order, equal ones together.
#[derive(Debug, Clone, PartialEq)]
pub struct TieGroups {
    /// Indices by rising value, equal values by rising index
    order: Vec<usize>,
    /// Where each group ends in that order
    ends: Vec<usize>,
}

/// Values that are equal, and where they stand in rising order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TieGroup<'a> {
    /// How many values are smaller
    pub first: usize,
    /// The indices of the equal values, rising
    pub members: &'a [usize],
}

impl TieGroups {
    /// How many different values there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// The groups by rising value.
    pub fn iter(&self) -> impl Iterator<Item = TieGroup<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(first, end)| TieGroup {
            first,
            members: &self.order[first..*end],
        })
    }
}

/// The groups of equal values in rising order; each NaN is a group of its own.
pub fn tie_groups(values: &[f64]) -> TieGroups {
    let mut pairs: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    pairs.sort_unstable_by(|left, right| compare(left.0, right.0).then(left.1.cmp(&right.1)));
    let mut ends = Vec::new();
    for run in pairs.chunk_by(|left, right| left.0 == right.0) {
        ends.push(ends.last().map_or(0, |end| *end) + run.len());
    }
    TieGroups {
        order: pairs.into_iter().map(|(_, index)| index).collect(),
        ends,
    }
}

/// The tie term of rank tests, Σ (t³ - t) over the groups of t equal values.
pub fn tie_sum(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|left, right| compare(*left, *right));
    let mut sum = 0.0;
    for run in sorted.chunk_by(|left, right| left == right) {
        let ties = run.len() as f64;
        sum += ties * ties * ties - ties;
    }
    sum
}

/// The order of numbers in which 0 equals -0 and NaN comes last.
pub fn compare(left: f64, right: f64) -> std::cmp::Ordering {
    left.partial_cmp(&right)
        .unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

/// Pairs of an event and a non-event, by which of them has the larger score; a pair weighs the product of its rows' weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pairs {
    /// The event has the larger score
    pub concordant: f64,
    /// Both have the same
    pub tied: f64,
    /// Weight of the events
    pub events: f64,
    /// Weight of the others
    pub others: f64,
}

impl Pairs {
    /// Counts the pairs of rows with a score, an outcome and a weight. No score may be NaN.
    pub fn count(rows: impl Iterator<Item = (f64, bool, f64)>) -> Self {
        let weigh = |(score, event, weight)| {
            if event {
                (score, weight, 0.0)
            } else {
                (score, 0.0, weight)
            }
        };
        let mut rows: Vec<(f64, f64, f64)> = rows.map(weigh).collect();
        rows.sort_by(|left, right| compare(left.0, right.0));
        let mut pairs = Self {
            concordant: 0.0,
            tied: 0.0,
            events: 0.0,
            others: 0.0,
        };
        for run in rows.chunk_by(|left, right| left.0 == right.0) {
            let events: f64 = run.iter().map(|row| row.1).sum();
            let others: f64 = run.iter().map(|row| row.2).sum();
            pairs.concordant += events * pairs.others;
            pairs.tied += events * others;
            pairs.events += events;
            pairs.others += others;
        }
        pairs
    }

    /// The probability that an event has the larger score, ties counting half; NaN if an outcome is missing.
    pub fn concordance(&self) -> f64 {
        (self.concordant + 0.5 * self.tied) / (self.events * self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tied_values_share_the_mean_of_their_places() {
        assert_eq!(mid_ranks(&[3.0, 1.0, 3.0, 0.0, 3.0]), [4.0, 2.0, 4.0, 1.0, 4.0]);
        assert_eq!(tie_sum(&[3.0, 1.0, 3.0, 0.0, 3.0]), 24.0);
        assert!(mid_ranks(&[]).is_empty());
    }
}
