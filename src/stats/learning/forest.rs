//! Random forests for two classes: trees of Gini's impurity, each on a bootstrap resample, with a few features tried at each
//! node (Breiman, Mach Learn 45, 2001), as R's randomForest grows them.
//!
//! A resample draws clusters (patients) with all their rows, so that what is out of a tree's bag is new to it as a person too;
//! where every row is a cluster of its own this is the usual bootstrap. A node of at most `leaf` rows, a pure one, or one whose
//! tried features are all constant is a leaf and holds its share of events; a cut lies midway between two values. Each tree
//! has random numbers of its own, so that threads change no bit.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check;
use crate::stats::StatsError;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::base::require;
use crate::stats::validation::roc::{Direction, auc};

/// How a forest grows.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestSettings {
    /// How many trees
    pub trees: usize,
    /// Features tried at each node; `None` is the square root of their number
    pub tried: Option<usize>,
    /// A node of at most this many rows is not divided
    pub leaf: usize,
    /// The seed
    pub seed: u64,
}

/// A tree, its nodes in the order in which they are entered: a node's left child follows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// The feature that divides each node; `None` in a leaf
    pub feature: Vec<Option<usize>>,
    /// Values up to this one go left; in a leaf, its share of events
    pub value: Vec<f64>,
    /// The place of each node's right child; 0 in a leaf
    pub right: Vec<usize>,
}

/// A grown forest.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// Its trees
    pub trees: Vec<Tree>,
    /// For each tree, the rows that it has not seen
    outside: Vec<Vec<usize>>,
    seed: u64,
}

/// How a forest does on rows that its trees had not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfBag {
    /// Each row's sum of leaf shares, and the number of trees that had not seen it
    pub votes: Vec<(f64, usize)>,
    /// The share of rows taken for the wrong outcome; a tie is half an error
    pub error: f64,
    /// The area under the curve of the rows' shares
    pub auc: f64,
}

/// A tree as it grows.
struct Growth<'a> {
    x: ArrayView2<'a, f64>,
    events: &'a [bool],
    tried: usize,
    leaf: usize,
    stream: RandomStream,
    columns: Vec<usize>,
    tree: Tree,
}

/// The division of a node.
struct Division {
    feature: usize,
    cut: f64,
    merit: f64,
}

impl Forest {
    /// Grows a forest; `cluster` numbers each row's patient from 0.
    ///
    /// # Errors
    /// Where lengths differ, a value is not finite, an outcome is missing, there is no feature, or no tree is asked for.
    pub fn fit(
        x: ArrayView2<'_, f64>,
        events: &[bool],
        cluster: &[usize],
        settings: &ForestSettings,
    ) -> Result<Self, StatsError> {
        let what = "A random forest";
        check(what, x, events)?;
        require::same_length(what, ("the patients", cluster.len()), ("the features", x.nrows()))?;
        require::at_least(what, "features", 1, x.ncols())?;
        require::at_least(what, "trees", 1, settings.trees)?;
        let clusters = cluster.iter().max().map_or(0, |last| last + 1);
        let mut rows_of = vec![Vec::new(); clusters];
        for (row, &cluster) in cluster.iter().enumerate() {
            rows_of[cluster].push(row);
        }
        rows_of.retain(|rows| !rows.is_empty());
        let tried = settings.tried.unwrap_or_else(|| x.ncols().isqrt()).clamp(1, x.ncols());
        let grown: Vec<(Tree, Vec<usize>)> = (0..settings.trees)
            .into_par_iter()
            .map(|number| {
                let mut stream = RandomStream::repeated(settings.seed, Purpose::Other(40), number);
                let mut seen = vec![false; events.len()];
                let mut rows = Vec::with_capacity(events.len());
                for drawn in stream.resample(rows_of.len()) {
                    for &row in &rows_of[drawn] {
                        seen[row] = true;
                        rows.push(row);
                    }
                }
                let mut growth = Growth {
                    x,
                    events,
                    tried,
                    leaf: settings.leaf,
                    stream,
                    columns: (0..x.ncols()).collect(),
                    tree: Tree::default(),
                };
                growth.grow(rows);
                (growth.tree, (0..events.len()).filter(|&row| !seen[row]).collect())
            })
            .collect();
        let (trees, outside) = grown.into_iter().unzip();
        Ok(Self {
            trees,
            outside,
            seed: settings.seed,
        })
    }

    /// The sum of the trees' shares of events for a case.
    pub fn votes(&self, case: ArrayView1<'_, f64>) -> f64 {
        votes(&self.trees, &|column| case[column])
    }

    /// Scores every row by the trees that had not seen it. A row that every tree has seen has no votes and counts for nothing.
    ///
    /// # Errors
    /// Where the rows that have votes lack an outcome.
    pub fn out_of_bag(&self, x: ArrayView2<'_, f64>, events: &[bool]) -> Result<OutOfBag, StatsError> {
        let mut votes = vec![(0.0, 0_usize); events.len()];
        for (tree, outside) in self.trees.iter().zip(&self.outside) {
            for &row in outside {
                votes[row].0 += tree.share(&|column| x[[row, column]]);
                votes[row].1 += 1;
            }
        }
        let voted: Vec<usize> = (0..events.len()).filter(|&row| votes[row].1 > 0).collect();
        let shares: Vec<f64> = voted.iter().map(|&row| votes[row].0 / votes[row].1 as f64).collect();
        let outcome: Vec<bool> = voted.iter().map(|&row| events[row]).collect();
        let wrong: f64 = shares
            .iter()
            .zip(&outcome)
            .map(|(&share, &event)| 1.0 - right(share, event))
            .sum();
        Ok(OutOfBag {
            error: wrong / voted.len() as f64,
            auc: auc(&outcome, &shares, Direction::Higher)?,
            votes,
        })
    }

    /// For each feature, by how much the share of right answers on what a tree had not seen falls, on average over the trees,
    /// when that feature's values are dealt anew among those rows.
    pub fn importance(&self, x: ArrayView2<'_, f64>, events: &[bool]) -> Vec<f64> {
        let trees: Vec<Vec<f64>> = (self.trees.par_iter().zip(&self.outside).enumerate())
            .map(|(number, (tree, outside))| {
                let mut stream = RandomStream::repeated(self.seed, Purpose::Other(41), number);
                let before: f64 = outside
                    .iter()
                    .map(|&row| right(tree.share(&|column| x[[row, column]]), events[row]))
                    .sum();
                let used = tree.used();
                let fall = |feature: usize, stream: &mut RandomStream| {
                    let dealt = stream.permutation(outside.len());
                    let after: f64 = (outside.iter().zip(dealt))
                        .map(|(&row, other)| {
                            let value =
                                |column: usize| x[[if column == feature { outside[other] } else { row }, column]];
                            right(tree.share(&value), events[row])
                        })
                        .sum();
                    (before - after) / outside.len().max(1) as f64
                };
                let mut falls = vec![0.0; x.ncols()];
                for feature in used {
                    falls[feature] = fall(feature, &mut stream);
                }
                falls
            })
            .collect();
        let count = trees.len() as f64;
        (0..x.ncols())
            .map(|column| trees.iter().map(|falls| falls[column]).sum::<f64>() / count)
            .collect()
    }

    /// The features that any tree looks at, in their order.
    pub fn used(&self) -> Vec<usize> {
        let mut used: Vec<usize> = self.trees.iter().flat_map(Tree::used).collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}

/// The sum of trees' shares of events for a case.
pub fn votes(trees: &[Tree], value: &dyn Fn(usize) -> f64) -> f64 {
    trees.iter().map(|tree| tree.share(value)).sum()
}

/// The log-odds of a sum of votes of `trees` trees, half a vote added to both sides so that it is finite.
pub fn log_odds(votes: f64, trees: usize) -> f64 {
    ((votes + 0.5) / (trees as f64 - votes + 0.5)).ln()
}

/// 1 for a right answer, 0.5 for a tie.
fn right(share: f64, event: bool) -> f64 {
    match share.total_cmp(&0.5) {
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => f64::from(u8::from(event)),
        std::cmp::Ordering::Less => f64::from(u8::from(!event)),
    }
}

impl Tree {
    /// The share of events in the leaf that a case falls into; NaN in a tree that is not whole.
    pub fn share(&self, value: &dyn Fn(usize) -> f64) -> f64 {
        let mut at = 0;
        loop {
            match (self.feature.get(at), self.value.get(at)) {
                (Some(None), Some(&share)) => return share,
                (Some(&Some(feature)), Some(&cut)) => {
                    let next = if value(feature) <= cut {
                        at + 1
                    } else {
                        self.right.get(at).copied().unwrap_or(0)
                    };
                    // Children lie behind their parent: a tree from a file that says otherwise would be walked for ever.
                    if next <= at {
                        return f64::NAN;
                    }
                    at = next;
                }
                _ => return f64::NAN,
            }
        }
    }

    /// The features that it looks at, each once.
    pub fn used(&self) -> Vec<usize> {
        let mut used: Vec<usize> = self.feature.iter().flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}

impl Growth<'_> {
    /// Grows the tree from rows, of which some may stand several times.
    fn grow(&mut self, rows: Vec<usize>) {
        // A node that waits, and whose right child it is.
        let mut waiting = vec![(rows, None)];
        while let Some((rows, parent)) = waiting.pop() {
            let at = self.tree.feature.len();
            if let Some(parent) = parent {
                self.tree.right[parent] = at;
            }
            let events = rows.iter().filter(|&&row| self.events[row]).count();
            let pure = events == 0 || events == rows.len();
            let division = if pure || rows.len() <= self.leaf {
                None
            } else {
                self.division(&rows, events)
            };
            self.tree.right.push(0);
            match division {
                None => {
                    self.tree.feature.push(None);
                    self.tree.value.push(events as f64 / rows.len() as f64);
                }
                Some(Division { feature, cut, .. }) => {
                    self.tree.feature.push(Some(feature));
                    self.tree.value.push(cut);
                    let (left, right): (Vec<usize>, Vec<usize>) =
                        rows.into_iter().partition(|&row| self.x[[row, feature]] <= cut);
                    waiting.push((right, Some(at)));
                    waiting.push((left, None));
                }
            }
        }
    }

    /// The best division by any of the features that are tried; `None` where they are all constant.
    fn division(&mut self, rows: &[usize], events: usize) -> Option<Division> {
        let mut best: Option<Division> = None;
        let mut sorted: Vec<(f64, bool)> = Vec::with_capacity(rows.len());
        for place in 0..self.tried {
            let other = place + self.stream.below(self.columns.len() - place);
            self.columns.swap(place, other);
            let feature = self.columns[place];
            sorted.clear();
            sorted.extend(rows.iter().map(|&row| (self.x[[row, feature]], self.events[row])));
            sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let (mut left, mut left_events) = (0.0, 0.0);
            let (all, all_events) = (rows.len() as f64, events as f64);
            for pair in sorted.windows(2) {
                let ((value, event), (next, _)) = (pair[0], pair[1]);
                left += 1.0;
                left_events += f64::from(u8::from(event));
                if value >= next {
                    continue;
                }
                let merit = purity(left, left_events) + purity(all - left, all_events - left_events);
                if best.as_ref().is_none_or(|best| merit > best.merit) {
                    let middle = f64::midpoint(value, next);
                    // Between two neighbouring numbers there is no middle.
                    let cut = if middle < next { middle } else { value };
                    best = Some(Division { feature, cut, merit });
                }
            }
        }
        best
    }
}

/// The sum of squared counts of both outcomes, divided by the count: Gini's impurity turned round.
fn purity(count: f64, events: f64) -> f64 {
    (events * events + (count - events) * (count - events)) / count
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn cases(rows: usize) -> (Array2<f64>, Vec<bool>) {
        let mut stream = RandomStream::new(7, Purpose::Other(1));
        let x = Array2::from_shape_simple_fn((rows, 6), || stream.normal());
        let events = (0..rows).map(|row| x[[row, 2]] + 0.5 * stream.normal() > 0.0).collect();
        (x, events)
    }

    fn settings(trees: usize) -> ForestSettings {
        ForestSettings {
            trees,
            tried: None,
            leaf: 1,
            seed: 3,
        }
    }

    #[test]
    fn one_tree_of_every_feature_parts_what_one_cut_can_part() {
        let x = Array2::from_shape_vec((6, 1), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        let events = [false, false, false, true, true, true];
        let forest = Forest::fit(x.view(), &events, &[0, 1, 2, 3, 4, 5], &settings(200)).unwrap();
        assert!(forest.votes(ndarray::array![0.0].view()) < 20.0);
        assert!(forest.votes(ndarray::array![9.0].view()) > 180.0);
    }

    #[test]
    fn the_feature_that_matters_is_found_and_a_patient_is_in_the_bag_or_out_of_it() {
        let (x, events) = cases(120);
        let patients: Vec<usize> = (0..120).map(|row| row / 3).collect();
        let forest = Forest::fit(x.view(), &events, &patients, &settings(60)).unwrap();
        for outside in &forest.outside {
            assert!(
                outside
                    .chunks(3)
                    .all(|rows| rows.len() == 3 && rows.iter().all(|row| row / 3 == rows[0] / 3))
            );
        }
        let importance = forest.importance(x.view(), &events);
        assert!(
            (0..6).all(|column| column == 2 || importance[column] < 0.3 * importance[2]),
            "{importance:?}"
        );
        let found = forest.out_of_bag(x.view(), &events).unwrap();
        assert!(found.error < 0.3 && found.auc > 0.8, "{} {}", found.error, found.auc);
    }

    #[test]
    fn threads_change_no_bit() {
        let (x, events) = cases(50);
        let rows: Vec<usize> = (0..50).collect();
        let grow = || Forest::fit(x.view(), &events, &rows, &settings(20)).unwrap();
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(one.install(grow), grow());
    }

    #[test]
    fn a_tree_that_is_not_whole_gives_no_number() {
        let endless = Tree {
            feature: vec![Some(0)],
            value: vec![1.0],
            right: vec![0],
        };
        assert!(endless.share(&|_| 0.0).is_nan());
        assert!(endless.share(&|_| 2.0).is_nan());
        assert!(Tree::default().share(&|_| 0.0).is_nan());
    }
}
