//! The region of a mask as it streams by: one bit a voxel, with the labels beside it and the hash.

use ndarray::Array3;
use sha1::{Digest, Sha1};

use super::hash::hexadecimal;
use crate::volume::IndexBox;
use crate::volume::labels::{Census, WORD, all_zero};
use crate::volume::samples::Sample;

/// Which label is the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// This one
    Label(u32),
    /// Any but 0
    Any,
}

/// A whole mask in passing: census, bits of the region, hash.
pub(super) struct MaskReading {
    wanted: Wanted,
    census: Census,
    bits: Vec<u64>,
    hash: Option<Sha1>,
    labels: Vec<u8>,
}

/// The zeros of many voxels as 32-bit labels.
static ZEROS: [u8; 4 * 4096] = [0; 4 * 4096];

impl MaskReading {
    /// Ready for the first chunk; the hash is taken where asked for.
    pub fn new(wanted: Wanted, hashed: bool) -> Self {
        Self {
            wanted,
            census: Census::default(),
            bits: Vec::new(),
            hash: hashed.then(Sha1::new),
            labels: Vec::new(),
        }
    }

    /// Takes the voxels from linear index `start` on; chunks come in order.
    pub fn add<T: Sample>(&mut self, start: usize, values: &[T]) {
        let mut start = start;
        let mut rest = values;
        while !rest.is_empty() {
            let bit = start % WORD;
            let (block, after) = rest.split_at(rest.len().min(WORD - bit));
            if bit == 0 {
                self.bits.push(0);
            }
            if !all_zero(block) {
                let mut word = 0u64;
                for (k, value) in block.iter().enumerate() {
                    let label = value.to_label();
                    let inside = match self.wanted {
                        Wanted::Label(wanted) => label == wanted,
                        Wanted::Any => label != 0,
                    };
                    word |= u64::from(inside) << (bit + k);
                    self.census.add_label(label);
                }
                if let Some(last) = self.bits.last_mut() {
                    *last |= word;
                }
            }
            start += block.len();
            rest = after;
        }
        if self.hash.is_some() {
            self.add_to_hash(values);
        }
    }

    fn add_to_hash<T: Sample>(&mut self, values: &[T]) {
        let Some(hash) = &mut self.hash else {
            return;
        };
        for block in values.chunks(ZEROS.len() / 4) {
            if all_zero(block) {
                hash.update(&ZEROS[..4 * block.len()]);
            } else {
                self.labels.clear();
                self.labels
                    .extend(block.iter().flat_map(|value| value.to_label().to_le_bytes()));
                hash.update(&self.labels);
            }
        }
    }

    /// The region on a grid of this size, the labels found, and the hash.
    pub fn finish(self, size: [usize; 3]) -> (Bits, Vec<(i64, u64)>, Option<String>) {
        let hash = self.hash.map(|hash| hexadecimal(&hash.finalize()));
        (Bits { size, words: self.bits }, self.census.counts(), hash)
    }
}

/// A region on a grid, one bit a voxel, `x` fastest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bits {
    pub size: [usize; 3],
    words: Vec<u64>,
}

impl Bits {
    /// No voxel of a grid.
    pub fn none(size: [usize; 3]) -> Self {
        let count: usize = size.iter().product();
        Self {
            size,
            words: vec![0; count.div_ceil(WORD)],
        }
    }

    /// Whether a voxel is in the region.
    #[inline]
    pub fn get(&self, index: [usize; 3]) -> bool {
        let linear = (index[2] * self.size[1] + index[1]) * self.size[0] + index[0];
        self.words
            .get(linear / WORD)
            .is_some_and(|word| word >> (linear % WORD) & 1 == 1)
    }

    /// Takes a voxel into the region.
    pub fn set(&mut self, index: [usize; 3]) {
        let linear = (index[2] * self.size[1] + index[1]) * self.size[0] + index[0];
        if let Some(word) = self.words.get_mut(linear / WORD) {
            *word |= 1 << (linear % WORD);
        }
    }

    /// Calls for every voxel of the region, in storage order.
    pub fn each(&self, visit: &mut dyn FnMut([usize; 3])) {
        let [size_x, size_y, _] = self.size;
        let mut row = 0;
        let mut row_start = 0;
        for (at, &word) in self.words.iter().enumerate() {
            let mut word = word;
            while word != 0 {
                let linear = at * WORD + word.trailing_zeros() as usize;
                word &= word - 1;
                if linear >= row_start + size_x {
                    row = linear / size_x;
                    row_start = row * size_x;
                }
                visit([linear - row_start, row % size_y, row / size_y]);
            }
        }
    }

    /// The smallest box around the region; `None` where there is none.
    pub fn bounding_box(&self) -> Option<IndexBox> {
        let mut low = [usize::MAX; 3];
        let mut high = [0; 3];
        self.each(&mut |index| {
            for axis in 0..3 {
                low[axis] = low[axis].min(index[axis]);
                high[axis] = high[axis].max(index[axis]);
            }
        });
        (low[0] != usize::MAX).then(|| IndexBox {
            start: low,
            size: [0, 1, 2].map(|axis| high[axis] - low[axis] + 1),
        })
    }

    /// The part inside a box, indexed `[z, y, x]`.
    pub fn crop(&self, part: &IndexBox) -> Array3<bool> {
        let mut voxels = Array3::from_elem((part.size[2], part.size[1], part.size[0]), false);
        let end = part.end();
        self.each(&mut |index| {
            if (0..3).all(|axis| index[axis] >= part.start[axis] && index[axis] < end[axis]) {
                voxels[[
                    index[2] - part.start[2],
                    index[1] - part.start[1],
                    index[0] - part.start[0],
                ]] = true;
            }
        });
        voxels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_of_any_length_give_the_same_bits_census_and_hash() {
        let values: Vec<u8> = (0..1000usize)
            .map(|k| match k {
                100..=250 => 1,
                251..=300 => 3,
                900..=999 => u8::from(k % 2 == 0),
                _ => 0,
            })
            .collect();
        let mut whole = MaskReading::new(Wanted::Label(1), true);
        whole.add(0, &values);
        let mut parts = MaskReading::new(Wanted::Label(1), true);
        let mut start = 0;
        for length in [1usize, 63, 64, 65, 7, 300, 500] {
            parts.add(start, &values[start..start + length]);
            start += length;
        }
        assert_eq!(start, values.len());
        let (bits, counts, hash) = whole.finish([10, 10, 10]);
        assert_eq!((bits.clone(), counts.clone(), hash.clone()), parts.finish([10, 10, 10]));
        assert_eq!(counts, vec![(1, 151 + 50), (3, 50)]);
        let mut seen = 0;
        bits.each(&mut |[x, y, z]| {
            assert_eq!(values[(z * 10 + y) * 10 + x], 1);
            seen += 1;
        });
        assert_eq!(seen, 201);
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|&value| u32::from(value).to_le_bytes())
            .collect();
        assert_eq!(hash, Some(hexadecimal(&Sha1::digest(&bytes))));
    }
}
