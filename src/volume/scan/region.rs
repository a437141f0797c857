//! The regions of a mask as it streams by: runs of voxels, with the census beside them and the hash.

use std::collections::HashMap;

use ndarray::Array3;
use sha1::{Digest, Sha1};

use super::hash::hexadecimal;
use crate::volume::IndexBox;
use crate::volume::census::{Census, Contents, all_zero};
use crate::volume::samples::Sample;

/// Which label is a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    /// This one
    Label(u32),
    /// Any but 0
    Any,
}

/// A whole layer of a mask in passing: census, the runs of every region that is wanted, hash.
pub(super) struct MaskReading {
    census: Census,
    kept: Kept,
    hash: Option<Sha1>,
    labels: Vec<u8>,
}

/// The runs of the regions that are wanted: linear index of the first voxel and length.
type Kept = HashMap<Wanted, Vec<(usize, usize)>>;

/// The zeros of many voxels as 32-bit labels.
static ZEROS: [u8; 4 * 4096] = [0; 4 * 4096];

impl MaskReading {
    /// Ready for the first chunk; the hash is taken where asked for.
    pub fn new(wanted: impl Iterator<Item = Wanted>, hashed: bool) -> Self {
        Self {
            census: Census::default(),
            kept: wanted.map(|wanted| (wanted, Vec::new())).collect(),
            hash: hashed.then(Sha1::new),
            labels: Vec::new(),
        }
    }

    /// Takes the voxels from linear index `start` on; chunks come in order.
    pub fn add<T: Sample>(&mut self, start: usize, values: &[T]) {
        let Self {
            census,
            kept,
            hash,
            labels,
        } = self;
        census.add(start, values, &mut |label, start, length| {
            keep(kept, label, start, length);
        });
        let Some(hash) = hash else {
            return;
        };
        for block in values.chunks(ZEROS.len() / 4) {
            if all_zero(block) {
                hash.update(&ZEROS[..4 * block.len()]);
            } else {
                labels.clear();
                labels.extend(
                    block
                        .iter()
                        .flat_map(|value| value.to_label().unwrap_or_default().to_le_bytes()),
                );
                hash.update(&*labels);
            }
        }
    }

    /// What the layer holds, the regions on a grid of this size, and the hash.
    pub fn finish(self, size: [usize; 3]) -> (Contents, HashMap<Wanted, Runs>, Option<String>) {
        let mut kept = self.kept;
        let contents = self.census.finish(&mut |label, start, length| {
            keep(&mut kept, label, start, length);
        });
        let regions = kept
            .into_iter()
            .map(|(wanted, runs)| (wanted, Runs { size, runs }))
            .collect();
        let hash = self.hash.map(|hash| hexadecimal(&hash.finalize()));
        (contents, regions, hash)
    }
}

fn keep(kept: &mut Kept, label: u32, start: usize, length: usize) {
    if let Some(runs) = kept.get_mut(&Wanted::Label(label)) {
        push(runs, start, length);
    }
    if let Some(runs) = kept.get_mut(&Wanted::Any) {
        push(runs, start, length);
    }
}

/// Appends a run, to the last one if it begins where that ends.
fn push(runs: &mut Vec<(usize, usize)>, start: usize, length: usize) {
    match runs.last_mut() {
        Some((last, so_far)) if *last + *so_far == start => *so_far += length,
        _ => runs.push((start, length)),
    }
}

/// A region on a grid: the runs of its voxels in storage order, `x` fastest. A run may go on from row to row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Runs {
    pub size: [usize; 3],
    runs: Vec<(usize, usize)>,
}

impl Runs {
    /// The region of voxels given by their indices, in any order.
    pub fn of(size: [usize; 3], mut indices: Vec<[usize; 3]>) -> Self {
        indices.sort_unstable_by_key(|&[x, y, z]| [z, y, x]);
        indices.dedup();
        let mut runs = Vec::new();
        for [x, y, z] in indices {
            push(&mut runs, (z * size[1] + y) * size[0] + x, 1);
        }
        Self { size, runs }
    }

    /// How many voxels it has.
    pub fn count(&self) -> usize {
        self.runs.iter().map(|(_, length)| length).sum()
    }

    /// Calls for every piece of a row that lies in the region, in storage order: its first index and its length.
    pub fn rows(&self, visit: &mut dyn FnMut([usize; 3], usize)) {
        let [size_x, size_y, _] = self.size;
        for &(start, length) in &self.runs {
            let (mut start, mut left) = (start, length);
            while left > 0 {
                let (row, x) = (start / size_x, start % size_x);
                let piece = left.min(size_x - x);
                visit([x, row % size_y, row / size_y], piece);
                start += piece;
                left -= piece;
            }
        }
    }

    /// Calls for every voxel of the region, in storage order.
    pub fn each(&self, visit: &mut dyn FnMut([usize; 3])) {
        self.rows(&mut |[x, y, z], length| {
            for x in x..x + length {
                visit([x, y, z]);
            }
        });
    }

    /// The smallest box around the region; `None` where there is none.
    pub fn bounding_box(&self) -> Option<IndexBox> {
        let mut low = [usize::MAX; 3];
        let mut high = [0; 3];
        self.rows(&mut |first, length| {
            let last = [first[0] + length - 1, first[1], first[2]];
            for axis in 0..3 {
                low[axis] = low[axis].min(first[axis]);
                high[axis] = high[axis].max(last[axis]);
            }
        });
        (low[0] != usize::MAX).then(|| IndexBox {
            start: low,
            size: [0, 1, 2].map(|axis| high[axis] - low[axis] + 1),
        })
    }

    /// The part inside a box, indexed `[z, y, x]`.
    pub fn crop(&self, part: &IndexBox) -> Array3<bool> {
        let [size_x, size_y, size_z] = part.size;
        let mut voxels = vec![false; size_x * size_y * size_z];
        let end = part.end();
        self.rows(&mut |[x, y, z], length| {
            let (from, to) = (x.max(part.start[0]), (x + length).min(end[0]));
            if from < to && (part.start[1]..end[1]).contains(&y) && (part.start[2]..end[2]).contains(&z) {
                let row = ((z - part.start[2]) * size_y + y - part.start[1]) * size_x;
                voxels[row + from - part.start[0]..row + to - part.start[0]].fill(true);
            }
        });
        Array3::from_shape_vec((size_z, size_y, size_x), voxels).unwrap_or_else(|_| Array3::default((0, 0, 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_of_any_length_give_the_same_regions_census_and_hash() {
        let values: Vec<u8> = (0..1000usize)
            .map(|k| match k {
                100..=250 => 1,
                251..=300 => 3,
                900..=999 => u8::from(k % 2 == 0),
                _ => 0,
            })
            .collect();
        let read = |lengths: &[usize]| {
            let wanted = [Wanted::Label(1), Wanted::Any, Wanted::Label(9)];
            let mut reading = MaskReading::new(wanted.into_iter(), true);
            let mut start = 0;
            for &length in lengths {
                reading.add(start, &values[start..start + length]);
                start += length;
            }
            assert_eq!(start, values.len());
            reading.finish([10, 10, 10])
        };
        let (contents, regions, hash) = read(&[1000]);
        let (others, same, again) = read(&[1, 63, 64, 65, 7, 300, 500]);
        assert_eq!((&contents.counts, &regions, &hash), (&others.counts, &same, &again));
        assert_eq!(contents.counts, vec![(1, 151 + 50), (3, 50)]);
        let mut seen = 0;
        regions[&Wanted::Label(1)].each(&mut |[x, y, z]| {
            assert_eq!(values[(z * 10 + y) * 10 + x], 1);
            seen += 1;
        });
        assert_eq!(seen, 201);
        assert_eq!(regions[&Wanted::Any].count(), 251);
        assert_eq!(regions[&Wanted::Label(9)].bounding_box(), None);
        let part = IndexBox {
            start: [3, 0, 1],
            size: [4, 9, 3],
        };
        let cropped = regions[&Wanted::Any].crop(&part);
        for ((z, y, x), &inside) in cropped.indexed_iter() {
            assert_eq!(inside, values[((z + 1) * 10 + y) * 10 + x + 3] != 0);
        }
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|&value| u32::from(value).to_le_bytes())
            .collect();
        assert_eq!(hash, Some(hexadecimal(&Sha1::digest(&bytes))));
    }

    #[test]
    fn voxels_in_any_order_make_the_same_region() {
        let mut indices = vec![[0, 0, 0], [1, 0, 0], [3, 2, 1], [2, 2, 1]];
        let region = Runs::of([4, 3, 2], indices.clone());
        indices.reverse();
        indices.push([0, 0, 0]);
        assert_eq!(Runs::of([4, 3, 2], indices), region);
        assert_eq!((region.count(), region.runs.len()), (4, 2));
    }
}
