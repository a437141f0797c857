//! Stepwise choice of terms by Akaike's criterion (or any penalty per coefficient), as R's `step` and `MASS::stepAIC`.
//!
//! At each step every term that may leave (backward, both) or enter (forward, both) is tried; the change with the smallest
//! deviance + k * coefficients is made, until none lowers it. Ties go to the first tried: staying, then leaving in the
//! model's order, then entering in the design's order. P values and intervals after such a choice are too good, which the
//! reader should be told.

use crate::stats::StatsError;
use crate::stats::design::Design;
use crate::stats::regression::logistic::deviance_of;

/// Which changes are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From all terms, leaving only
    Backward,
    /// From none, entering only
    Forward,
    /// From all terms, leaving and entering
    BothFromFull,
    /// From none, leaving and entering
    BothFromNull,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// `- term`, `+ term`, or nothing at the start
    pub change: String,
    /// The criterion afterwards
    pub aic: f64,
}

/// The path and where it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepwise {
    /// Each step, the start first
    pub path: Vec<Step>,
    /// Positions of the chosen terms in the design, in the model's order
    pub terms: Vec<usize>,
}

/// Chooses among the terms of a design. `penalty` per coefficient: 2 for AIC, log(n) for BIC.
///
/// # Errors
/// Those of [`crate::stats::regression::logistic::fit`], for any of the models tried.
pub fn stepwise(design: &Design, event: &[bool], direction: Direction, penalty: f64) -> Result<Stepwise, StatsError> {
    let count = design.terms().len();
    let from_full = matches!(direction, Direction::Backward | Direction::BothFromFull);
    let mut terms: Vec<usize> = if from_full { (0..count).collect() } else { Vec::new() };
    let criterion = |terms: &[usize]| -> Result<f64, StatsError> {
        let chosen = design.select(terms);
        Ok(deviance_of(&chosen, event)? + penalty * (chosen.names().len() + 1) as f64)
    };
    let mut aic = criterion(&terms)?;
    let mut path = vec![Step {
        change: String::new(),
        aic,
    }];
    loop {
        let mut best: Option<(f64, String, Vec<usize>)> = None;
        let mut offer = |candidate: f64, change: String, terms: Vec<usize>| {
            if best.as_ref().is_none_or(|best| candidate < best.0) {
                best = Some((candidate, change, terms));
            }
        };
        if direction != Direction::Forward {
            for at in 0..terms.len() {
                let mut without = terms.clone();
                let left = without.remove(at);
                offer(
                    criterion(&without)?,
                    format!("- {}", design.terms()[left].name),
                    without,
                );
            }
        }
        if direction != Direction::Backward {
            for entering in (0..count).filter(|term| !terms.contains(term)) {
                let mut with = terms.clone();
                with.push(entering);
                offer(criterion(&with)?, format!("+ {}", design.terms()[entering].name), with);
            }
        }
        let Some((candidate, change, chosen)) = best else {
            break;
        };
        // R asks for more than rounding, so that a pair of changes cannot go on for ever.
        if candidate >= aic - 1e-7 {
            break;
        }
        aic = candidate;
        terms = chosen;
        path.push(Step { change, aic });
    }
    Ok(Stepwise { path, terms })
}
