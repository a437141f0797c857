//! Hierarchical clustering by average linkage (UPGMA; Sokal and Michener 1958): R's `hclust(method = "average")`.

use kodama::{Method, linkage};
use ndarray::ArrayView2;

/// A tree of clusters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    leaves: usize,
    merges: Vec<Merge>,
}

/// Two clusters that become one. Leaves are numbered from 0; the cluster of merge `k` has the number of leaves plus `k`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The cluster that holds fewer merges; of two leaves the first
    pub left: usize,
    /// The other
    pub right: usize,
    /// The mean distance between the members of both
    pub height: f64,
}

/// The tree of a symmetric matrix of distances, which must be finite; its diagonal and lower triangle are not looked at.
pub fn average_linkage(distances: ArrayView2<'_, f64>) -> Tree {
    let leaves = distances.nrows().min(distances.ncols());
    let mut condensed: Vec<f64> = (0..leaves)
        .flat_map(|row| (row + 1..leaves).map(move |column| (row, column)))
        .map(|place| distances[place])
        .collect();
    let merges = linkage(&mut condensed, leaves, Method::Average)
        .steps()
        .iter()
        // As R has it: leaves before clusters, and earlier clusters before later ones.
        .map(|step| Merge {
            left: step.cluster1,
            right: step.cluster2,
            height: step.dissimilarity,
        })
        .collect();
    Tree { leaves, merges }
}

impl Tree {
    /// The merges, from the lowest.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// The leaves in an order in which no branch crosses another.
    pub fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.leaves);
        if self.leaves == 0 {
            return order;
        }
        let mut waiting = vec![self.leaves + self.merges.len() - 1];
        while let Some(node) = waiting.pop() {
            match node.checked_sub(self.leaves).and_then(|merge| self.merges.get(merge)) {
                Some(merge) => waiting.extend([merge.right, merge.left]),
                None => order.push(node),
            }
        }
        order
    }

    /// The cluster of each leaf when the tree is cut at a height, numbered from 0 in the order of the leaves.
    pub fn cut(&self, height: f64) -> Vec<usize> {
        let mut top: Vec<usize> = (0..self.leaves + self.merges.len()).collect();
        // From the root downwards each node takes its parent's cluster, if the parent lies below the cut.
        for (order, merge) in self.merges.iter().enumerate().rev() {
            if merge.height <= height {
                let own = top[self.leaves + order];
                top[merge.left] = own;
                top[merge.right] = own;
            }
        }
        let mut known: Vec<usize> = Vec::new();
        top.iter()
            .take(self.leaves)
            .map(|own| {
                known.iter().position(|other| other == own).unwrap_or_else(|| {
                    known.push(*own);
                    known.len() - 1
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};

    #[test]
    fn the_tree_is_that_of_r() {
        // R 4.2: h <- hclust(as.dist(m), "average"); h$height; h$merge; h$order; cutree(h, h = 0.3)
        let m = array![
            [0.0, 0.2, 0.5, 0.9, 0.8],
            [0.2, 0.0, 0.4, 0.7, 0.95],
            [0.5, 0.4, 0.0, 0.6, 0.65],
            [0.9, 0.7, 0.6, 0.0, 0.1],
            [0.8, 0.95, 0.65, 0.1, 0.0]
        ];
        let tree = average_linkage(m.view());
        let heights: Vec<f64> = tree.merges().iter().map(|merge| merge.height).collect();
        for (height, r) in heights.iter().zip([0.1, 0.2, 0.45, 0.766_666_666_666_666_6]) {
            assert!((height - r).abs() < 1e-15, "{heights:?}");
        }
        let pairs: Vec<(usize, usize)> = tree.merges().iter().map(|merge| (merge.left, merge.right)).collect();
        assert_eq!(pairs, [(3, 4), (0, 1), (2, 6), (5, 7)]);
        assert_eq!(tree.order(), [3, 4, 2, 0, 1]);
        assert_eq!(tree.cut(0.3), [0, 0, 1, 2, 2]);
    }

    /// The definition itself: of all pairs of clusters the nearest are merged, by the mean distance of their members.
    #[test]
    fn every_merge_is_the_nearest_pair() {
        let mut stream = RandomStream::new(8, Purpose::Other(21));
        let leaves = 40;
        let points: Vec<f64> = (0..leaves).map(|_| stream.normal()).collect();
        let distances = Array2::from_shape_fn((leaves, leaves), |(i, j)| (points[i] - points[j]).abs());
        let tree = average_linkage(distances.view());
        let mut clusters: Vec<(usize, Vec<usize>)> = (0..leaves).map(|leaf| (leaf, vec![leaf])).collect();
        for (order, merge) in tree.merges().iter().enumerate() {
            let mean = |a: &[usize], b: &[usize]| {
                let pairs = a.iter().flat_map(|i| b.iter().map(|j| distances[(*i, *j)]));
                pairs.sum::<f64>() / (a.len() * b.len()) as f64
            };
            let mut nearest = (f64::INFINITY, (0, 0));
            for (at, (first, a)) in clusters.iter().enumerate() {
                for (second, b) in &clusters[at + 1..] {
                    if mean(a, b) < nearest.0 {
                        nearest = (mean(a, b), (*first.min(second), *first.max(second)));
                    }
                }
            }
            assert_eq!((merge.left, merge.right), nearest.1);
            assert!((merge.height - nearest.0).abs() < 1e-12);
            let (gone, rest): (Vec<_>, Vec<_>) = clusters
                .into_iter()
                .partition(|(number, _)| [merge.left, merge.right].contains(number));
            clusters = rest;
            clusters.push((
                leaves + order,
                gone.into_iter().flat_map(|(_, members)| members).collect(),
            ));
        }
    }

    #[test]
    fn one_leaf_or_none_has_no_merge() {
        assert_eq!(average_linkage(Array2::zeros((0, 0)).view()).order(), [0usize; 0]);
        let one = average_linkage(Array2::zeros((1, 1)).view());
        assert_eq!((one.order(), one.cut(1.0)), (vec![0], vec![0]));
    }
}
