//! Counting pairs of small numbers: a table where it fits, a sorted list where it would not.

/// Counts how often each pair `(row, column)` comes up.
pub trait Tally {
    /// Counts one pair.
    fn add(&mut self, row: usize, column: usize);

    /// Counts one pair many times.
    fn add_many(&mut self, row: usize, column: usize, count: u32);

    /// The pairs counted since the last call with their counts, ascending by row, then column; starts again from nothing.
    ///
    /// Pairs whose column is 0 are not reported, so that a caller may count misses there instead of branching.
    fn take(&mut self) -> Vec<(u32, u32, u32)>;
}

/// A table with a cell for every pair.
#[derive(Debug)]
pub struct Table {
    columns: usize,
    counts: Vec<u32>,
}

impl Table {
    /// The most cells that a table is worth.
    const LIMIT: usize = 1 << 22;

    /// A table for rows below `rows` and columns below `columns`; `None` where it would be too large.
    pub fn new(rows: usize, columns: usize) -> Option<Self> {
        let cells = rows.checked_mul(columns).filter(|&cells| cells <= Self::LIMIT)?;
        Some(Self {
            columns,
            counts: vec![0; cells],
        })
    }
}

impl Tally for Table {
    #[inline]
    fn add(&mut self, row: usize, column: usize) {
        self.counts[row * self.columns + column] += 1;
    }

    fn add_many(&mut self, row: usize, column: usize, count: u32) {
        self.counts[row * self.columns + column] += count;
    }

    fn take(&mut self) -> Vec<(u32, u32, u32)> {
        let mut found = Vec::new();
        for (row, counts) in self.counts.chunks_mut(self.columns).enumerate() {
            counts[0] = 0;
            for (column, count) in counts.iter_mut().enumerate() {
                if *count > 0 {
                    found.push((row as u32, column as u32, *count));
                    *count = 0;
                }
            }
        }
        found
    }
}

/// A list of pairs, sorted when it is taken.
#[derive(Debug, Default)]
pub struct List {
    pairs: Vec<u64>,
}

impl Tally for List {
    #[inline]
    fn add(&mut self, row: usize, column: usize) {
        if column > 0 {
            self.pairs.push((row as u64) << 32 | column as u64);
        }
    }

    fn add_many(&mut self, row: usize, column: usize, count: u32) {
        for _ in 0..count {
            self.add(row, column);
        }
    }

    fn take(&mut self) -> Vec<(u32, u32, u32)> {
        self.pairs.sort_unstable();
        let found = self
            .pairs
            .chunk_by(|a, b| a == b)
            .map(|same| ((same[0] >> 32) as u32, same[0] as u32, same.len() as u32))
            .collect();
        self.pairs.clear();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_and_a_list_count_alike() {
        let (mut table, mut list) = (Table::new(5, 7).unwrap(), List::default());
        for step in 0..200usize {
            let (row, column) = (step * step % 5, (step * 3 + step / 7) % 7);
            table.add(row, column);
            list.add(row, column);
        }
        table.add_many(1, 2, 3);
        list.add_many(1, 2, 3);
        let counted = table.take();
        assert_eq!(counted, list.take());
        assert!(counted.iter().all(|&(_, column, _)| column > 0));
        assert!(table.take().is_empty() && list.take().is_empty());
        assert!(Table::new(usize::MAX, 2).is_none());
    }
}
