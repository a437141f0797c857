//! A queue whose keys never fall below the last one that was taken, as in Dijkstra's algorithm: a radix heap (Ahuja, Mehlhorn,
//! Orlin and Tarjan 1990).
//!
//! A bucket holds the keys whose highest bit that differs from the last one taken is the same. The smallest ones are handed on
//! to lower buckets only when their turn comes, so that a key is moved at most once for each of its bits.

/// Keys with a value each; the smallest key comes first.
pub(super) struct RadixHeap {
    buckets: Vec<Vec<(u64, u32)>>,
    last: u64,
}

impl Default for RadixHeap {
    fn default() -> Self {
        Self {
            buckets: vec![Vec::new(); u64::BITS as usize + 1],
            last: 0,
        }
    }
}

impl RadixHeap {
    /// Takes in a key, which is not below the last one that was taken out.
    pub fn push(&mut self, key: u64, value: u32) {
        let bucket = bucket_of(key, self.last);
        self.buckets[bucket].push((key, value));
    }

    /// Takes out the smallest key with its value; of equal ones the last that came.
    pub fn pop(&mut self) -> Option<(u64, u32)> {
        if let Some(found) = self.buckets[0].pop() {
            return Some(found);
        }
        let first = self.buckets.iter().position(|bucket| !bucket.is_empty())?;
        let mut moved = std::mem::take(&mut self.buckets[first]);
        self.last = moved.iter().map(|&(key, _)| key).min()?;
        for &(key, value) in &moved {
            let bucket = bucket_of(key, self.last);
            self.buckets[bucket].push((key, value));
        }
        // Its room is kept for those that come.
        moved.clear();
        self.buckets[first] = moved;
        self.buckets[0].pop()
    }
}

fn bucket_of(key: u64, last: u64) -> usize {
    (u64::BITS - (key ^ last).leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_out_in_order_whenever_they_come_in() {
        let mut heap = RadixHeap::default();
        let mut state = 9u64;
        let mut next = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            state >> 20
        };
        let mut waiting: Vec<u64> = Vec::new();
        let mut last = 0;
        for round in 0..3000 {
            for _ in 0..next() % 4 {
                let key = last + next() % (1 << (next() % 40));
                heap.push(key, round);
                waiting.push(key);
            }
            let least = waiting.iter().copied().min();
            assert_eq!(heap.pop().map(|(key, _)| key), least);
            if let Some(least) = least {
                last = least;
                waiting.remove(waiting.iter().position(|&key| key == least).unwrap());
            }
        }
        assert!(waiting.len() > 100);
    }
}
