//! What a rule is.

use super::breach::Found;
use crate::message::Id;
use crate::study::engine::Study;

/// A rule, declared beside the function that judges by it.
pub struct Rule {
    /// Its number, as in `guard: {allow: [{rule: L01 …}]}`
    pub id: &'static str,
    /// What it is about
    pub name: Id,
    /// Why it matters, for somebody who is not a statistician
    pub words: Id,
    /// Where it comes from
    pub source: &'static str,
    /// What breaks it
    pub judge: fn(&Study) -> Vec<Found>,
    /// Studies that the program has run and that break it
    #[cfg(test)]
    pub(super) proofs: fn() -> Vec<super::bench::Proof>,
}

/// The rule about looks at the test set, which is asked before a look, too.
pub(super) const LOOKS: &str = "L09";
