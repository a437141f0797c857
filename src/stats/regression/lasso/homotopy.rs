//! The gaussian LASSO's solution followed from one penalty to a smaller one.
//!
//! Between two penalties the solution is linear in the penalty but for the points where a variable enters or leaves
//! (Osborne, Presnell and Turlach, IMA J Numer Anal 20, 2000; Efron et al., Ann Stat 32, 2004). Going from point to point
//! needs no rounds at all, so it is the quickest way where few variables change at a time, and near saturation, where the
//! active set method changes its mind about many, by far. Each variable has a bound of its own on a segment: one whose
//! gradient is above its penalty starts from a bound that is as large as that. Where rounding or a tie makes the next point
//! doubtful it stops, and the other methods go on from there.

use super::path_segment::PathSegment;
use super::working_set::WorkingSet;
use crate::stats::base::kernels::{add_columns, dot};

/// A column whose square falls below this part once the others are taken out does not enter here.
const SINGULAR: f64 = 1e-12;
/// More breakpoints than this many times the variables in the set are not the usual course of a path.
const MOST_BREAKPOINTS: usize = 4;

/// Where a path bends: a variable enters the model with this sign, or leaves it.
enum Breakpoint {
    Enters(usize, f64),
    Leaves(usize),
}

impl WorkingSet {
    /// Goes from the solution at the penalty `from` (but for variables that have just come in) to that at `to`, without a
    /// ridge part. Whether it got there; otherwise the coefficients are those of the point reached, and the gradients theirs.
    pub fn follow(&mut self, from: f64, to: f64, tolerance: f64) -> bool {
        let (mut segment, rest) = match self.segment.take() {
            Some(mut segment) => {
                for (bound, factor) in segment.bound.iter_mut().zip(&self.factor) {
                    *bound = from * factor;
                }
                (segment, from - to)
            }
            None => match self.start_segment(from, to, tolerance) {
                Some(start) => start,
                None => return false,
            },
        };
        let there = self.follow_segment(&mut segment, rest);
        self.refresh_gradient();
        if there && segment.fall == self.factor {
            // The next penalty is reached by the same segment, continued.
            self.segment = Some(segment);
        } else {
            self.cholesky.stop_carrying();
        }
        there
    }

    /// A segment and its length: as much as the penalty falls, where all bounds fall as it does.
    fn start_segment(&mut self, from: f64, to: f64, tolerance: f64) -> Option<(PathSegment, f64)> {
        let size = self.len();
        let active = self.active(from);
        if active.iter().any(|i| self.violation_at(*i, from, 0.0) > tolerance) || self.factorise(&active, 0.0).is_err()
        {
            return None;
        }
        // As long as no variable is in the model but those without a penalty, nothing happens above the largest gradient.
        let from = if active.iter().all(|i| self.factor[*i] == 0.0) {
            let penalised = (0..size).filter(|i| self.factor[*i] > 0.0);
            let first = penalised.map(|i| self.gradient[i].abs() / self.factor[i]);
            from.min(first.fold(to, f64::max))
        } else {
            from
        };
        let mut segment = PathSegment {
            bound: self.factor.iter().map(|factor| from * factor).collect(),
            fall: self.factor.clone(),
            sign: vec![0.0; size],
            in_model: vec![false; size],
            direction: vec![0.0; size],
            slope: vec![0.0; size],
            directed: false,
        };
        for i in active {
            segment.in_model[i] = true;
            if self.factor[i] != 0.0 {
                segment.sign[i] = self.coefficients[i].signum();
            }
        }
        let outside = |i: &usize| !segment.in_model[*i] && self.gradient[*i].abs() > segment.bound[*i];
        let above: Vec<usize> = (0..size).filter(outside).collect();
        let rest = if above.is_empty() {
            from - to
        } else {
            for i in above {
                segment.bound[i] = self.gradient[i].abs();
            }
            for i in 0..size {
                segment.fall[i] = segment.bound[i] - to * self.factor[i];
            }
            1.0
        };
        self.cholesky.carry(|i| segment.sign[i] * segment.fall[i]);
        Some((segment, rest))
    }

    fn follow_segment(&mut self, segment: &mut PathSegment, mut rest: f64) -> bool {
        let mut left = None;
        for _ in 0..MOST_BREAKPOINTS * self.len() + 100 {
            self.sweeps += 1;
            if !segment.directed {
                self.set_direction(segment);
                segment.directed = true;
            }
            let (share, breakpoint) = self.next_breakpoint(segment, rest, left);
            rest -= share;
            for i in 0..self.len() {
                segment.bound[i] -= share * segment.fall[i];
                if segment.in_model[i] {
                    self.coefficients[i] += share * segment.direction[i];
                    self.gradient[i] = segment.sign[i] * segment.bound[i];
                } else {
                    self.gradient[i] -= share * segment.slope[i];
                }
            }
            left = None;
            segment.directed = breakpoint.is_none();
            match breakpoint {
                None => return true,
                Some(Breakpoint::Leaves(i)) => {
                    left = Some((i, segment.sign[i]));
                    self.coefficients[i] = 0.0;
                    (segment.in_model[i], segment.sign[i]) = (false, 0.0);
                    self.cholesky.leave(i);
                }
                Some(Breakpoint::Enters(i, sign)) => {
                    let products = &self.products[i * self.capacity..(i + 1) * self.capacity];
                    if !self.cholesky.enter(i, products, SINGULAR, sign * segment.fall[i]) {
                        return false;
                    }
                    (segment.in_model[i], segment.sign[i]) = (true, sign);
                }
            }
        }
        false
    }

    /// How far it is to the next breakpoint, at most the rest.
    fn next_breakpoint(
        &self,
        segment: &PathSegment,
        rest: f64,
        left: Option<(usize, f64)>,
    ) -> (f64, Option<Breakpoint>) {
        let (mut share, mut breakpoint) = (rest, None);
        // Divided only where it is nearer than what was found.
        for i in 0..self.len() {
            if segment.in_model[i] {
                let (b, step) = (self.coefficients[i].abs(), -segment.direction[i] * segment.sign[i]);
                if b < share * step {
                    (share, breakpoint) = (b / step, Some(Breakpoint::Leaves(i)));
                }
                continue;
            }
            for sign in [1.0, -1.0] {
                let distance = segment.bound[i] - sign * self.gradient[i];
                let closing = segment.fall[i] - sign * segment.slope[i];
                // What has just left keeps within its bound, but for rounding.
                if distance < share * closing && left != Some((i, sign)) {
                    (share, breakpoint) = ((distance / closing).max(0.0), Some(Breakpoint::Enters(i, sign)));
                }
            }
        }
        (share, breakpoint)
    }

    /// Sets where the coefficients and the gradients go with the present model.
    fn set_direction(&self, segment: &mut PathSegment) {
        let size = self.len();
        let solution = self.cholesky.carried_solution();
        segment.direction.fill(0.0);
        for (i, place) in self.cholesky.places() {
            segment.direction[i] = solution[place];
        }
        let inside = solution.len();
        if 2 * inside <= size {
            segment.slope.fill(0.0);
            let steps = segment.direction.iter().copied().enumerate();
            add_columns(&mut segment.slope, &self.products, self.capacity, steps);
            return;
        }
        for (i, slope) in segment
            .slope
            .iter_mut()
            .enumerate()
            .filter(|(i, _)| !segment.in_model[*i])
        {
            *slope = dot(
                &self.products[i * self.capacity..i * self.capacity + size],
                &segment.direction,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};

    /// Correlated columns of length 1, each with its product with an outcome, in a set of their own.
    fn set(rows: usize, columns: usize) -> WorkingSet {
        let mut stream = RandomStream::new(3, Purpose::Other(14));
        let shared: Vec<f64> = (0..rows).map(|_| stream.normal()).collect();
        let outcome: Vec<f64> = shared.iter().map(|value| value + 0.5 * stream.normal()).collect();
        let table: Vec<Vec<f64>> = (0..columns)
            .map(|_| {
                let column: Vec<f64> = shared.iter().map(|value| value + stream.normal()).collect();
                let length = dot(&column, &column).sqrt();
                column.iter().map(|value| value / length).collect()
            })
            .collect();
        let mut set = WorkingSet::default();
        for (j, column) in table.iter().enumerate() {
            let products: Vec<f64> = table[..=j].iter().map(|other| dot(column, other)).collect();
            let factor = if j == 4 { 0.0 } else { 1.0 + 0.1 * (j % 3) as f64 };
            set.push(j, dot(column, &outcome), factor, &products);
        }
        set
    }

    #[test]
    fn one_stride_and_many_small_ones_end_in_the_solution() {
        for (rows, columns) in [(60, 25), (20, 50)] {
            let start = {
                let mut set = set(rows, columns);
                set.solve(1e3, 0.0, 1e-12, 1_000).unwrap();
                set
            };
            let mut solved = start.clone();
            solved.solve(0.05, 0.0, 1e-12, 1_000).unwrap();
            let mut stride = start.clone();
            assert!(stride.follow(1e3, 0.05, 1e-9));
            let mut steps = start;
            let mut at = 1e3;
            while at > 0.05 {
                let next = (0.8_f64 * at).max(0.05);
                assert!(steps.follow(at, next, 1e-9));
                assert!(steps.violation(next, 0.0) < 1e-11);
                at = next;
            }
            assert!(solved.non_zero().len() > 10);
            for found in [&stride, &steps] {
                assert!(found.violation(0.05, 0.0) < 1e-11);
                for (found, expected) in found.coefficients.iter().zip(&solved.coefficients) {
                    assert!((found - expected).abs() < 1e-8, "{found} {expected}");
                }
            }
        }
    }

    #[test]
    fn what_comes_in_later_is_brought_down_to_its_bound() {
        let whole = {
            let mut set = set(40, 20);
            set.solve(0.1, 0.0, 1e-12, 1_000).unwrap();
            set
        };
        // Solved with the first 12 alone, then the others come in above their bounds.
        let all = set(40, 20);
        let mut late = WorkingSet::default();
        for j in 0..20 {
            if j == 12 {
                late.solve(0.1, 0.0, 1e-12, 1_000).unwrap();
            }
            let products = &all.products[j * all.capacity..=j * all.capacity + j];
            late.push(j, all.gradient[j], all.factor[j], products);
        }
        assert!(late.violation(0.1, 0.0) > 0.1);
        assert!(late.follow(0.1, 0.1, 1e-9));
        for (found, expected) in late.coefficients.iter().zip(&whole.coefficients) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn a_start_that_is_no_solution_is_refused() {
        let mut set = set(30, 10);
        set.coefficients[2] = 1.0;
        set.refresh_gradient();
        assert!(!set.follow(0.5, 0.1, 1e-9));
    }
}
