//! Ranks with ties, the ground of every rank test.

/// The mid-rank (from 1) of every value: tied values share the mean of their places.
///
/// NaN sorts last and each NaN counts as a value of its own; callers refuse NaN before.
pub fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut ranks = vec![0.0; values.len()];
    for group in tie_groups(values) {
        // Places a+1 … b share (a + 1 + b) / 2.
        let middle = (group.first + group.members.len() + group.first + 1) as f64 / 2.0;
        for index in group.members {
            ranks[index] = middle;
        }
    }
    ranks
}

/// Values that are equal, and where they stand in rising order.
#[derive(Debug, Clone, PartialEq)]
pub struct TieGroup {
    /// How many values are smaller
    pub first: usize,
    /// The indices of the equal values, rising
    pub members: Vec<usize>,
}

/// The groups of equal values in rising order.
pub fn tie_groups(values: &[f64]) -> Vec<TieGroup> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&left, &right| compare(values[left], values[right]));
    let mut groups: Vec<TieGroup> = Vec::new();
    for (place, &index) in order.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if values[group.members[0]] == values[index] => group.members.push(index),
            _ => groups.push(TieGroup {
                first: place,
                members: vec![index],
            }),
        }
    }
    groups
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
