//! P values from counts and from means and standard deviations, as the usual tests give them.

use ndarray::arr2;

use crate::audit::Printed;
use crate::audit::published::BaselineRow;
use crate::message::Id;
use crate::message::english::audit as words;
use crate::stats::base::distributions::t_two_sided;
use crate::stats::compare::{Contingency, fisher};

/// P values of a 2 x 2 table by each test, with the test's name; none where a row or column is empty.
pub fn two_by_two(a: [usize; 2], b: [usize; 2]) -> Vec<(Id, f64)> {
    let table = arr2(&[a, b]);
    let (Ok(tests), Ok(exact)) = (Contingency::new(table.view()), fisher(table.view(), 0.95)) else {
        return Vec::new();
    };
    let mut found = vec![(words::PEARSON, tests.p)];
    found.extend(tests.p_yates.map(|p| (words::YATES, p)));
    found.push((words::LIKELIHOOD_RATIO, tests.p_likelihood_ratio));
    found.push((words::FISHER, exact.p));
    found
}

/// Student's and Welch's P values from means, standard deviations and numbers.
pub fn t_tests(mean: [f64; 2], deviation: [f64; 2], n: [f64; 2]) -> [f64; 2] {
    let difference = mean[0] - mean[1];
    let variance = deviation.map(|deviation| deviation * deviation);
    let pooled = ((n[0] - 1.0) * variance[0] + (n[1] - 1.0) * variance[1]) / (n[0] + n[1] - 2.0);
    let student = difference / (pooled * (1.0 / n[0] + 1.0 / n[1])).sqrt();
    let parts = [variance[0] / n[0], variance[1] / n[1]];
    let sum = parts[0] + parts[1];
    let degrees = sum * sum / (parts[0] * parts[0] / (n[0] - 1.0) + parts[1] * parts[1] / (n[1] - 1.0));
    [
        t_two_sided(student, n[0] + n[1] - 2.0),
        t_two_sided(difference / sum.sqrt(), degrees),
    ]
}

/// The two sets of a row that has exactly two.
pub(super) fn pair(row: &BaselineRow) -> Option<([&str; 2], [&[Printed]; 2])> {
    match row.values.as_slice() {
        [(a, x), (b, y)] => Some(([a, b], [x, y])),
        _ => None,
    }
}
