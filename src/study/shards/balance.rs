//! Work cut into parts that cost about the same.
//!
//! Each unit, the dearest first, goes to the part that has least so far (Graham, Bounds on multiprocessing timing anomalies,
//! 1969): no part costs more than 4/3 of what is possible at best.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The units of each part, ascending; the dearest part comes first, so that the last tasks to start are short ones. No part is
/// empty: there are no more parts than units.
pub fn balance(costs: &[u64], parts: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by_key(|&unit| (Reverse(costs[unit]), unit));
    let parts = parts.clamp(1, costs.len().max(1));
    let mut heap: BinaryHeap<Reverse<(u64, usize, usize)>> = (0..parts).map(|part| Reverse((0, 0, part))).collect();
    let mut found: Vec<(u64, Vec<usize>)> = vec![(0, Vec::new()); parts];
    for unit in order {
        let Some(Reverse((load, count, part))) = heap.pop() else {
            break;
        };
        let load = load.saturating_add(costs[unit]);
        found[part].0 = load;
        found[part].1.push(unit);
        heap.push(Reverse((load, count + 1, part)));
    }
    found.retain(|(_, units)| !units.is_empty());
    for (_, units) in &mut found {
        units.sort_unstable();
    }
    found.sort_by_key(|(load, units)| (Reverse(*load), units[0]));
    found.into_iter().map(|(_, units)| units).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_unit_is_in_one_part_and_no_part_is_far_dearer(costs in prop::collection::vec(0u64..1000, 1..80), parts in 1usize..20) {
            let found = balance(&costs, parts);
            let mut all: Vec<usize> = found.iter().flatten().copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..costs.len()).collect::<Vec<_>>());
            prop_assert_eq!(found.len(), parts.min(costs.len()));
            let loads: Vec<u64> = found.iter().map(|units| units.iter().map(|&unit| costs[unit]).sum()).collect();
            prop_assert!(loads.is_sorted_by(|a, b| a >= b));
            let dearest = costs.iter().max().unwrap();
            let mean = costs.iter().sum::<u64>().div_ceil(found.len() as u64);
            prop_assert!(loads[0] <= mean + dearest);
        }
    }
}
