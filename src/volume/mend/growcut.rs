//! A region grown from seeds: GrowCut (Vezhnevets and Konouchine 2005), by shortest paths (Zhu et al. 2014).
//!
//! In GrowCut every voxel has a label and a strength. A neighbour takes it over where its own strength times
//! `1 - |difference of values| / range` is greater. Where nothing changes any more, a voxel's strength is the greatest product
//! along any path from a seed, and its label that seed's: the shortest path with `-ln(1 - d / range)` as the length of a step.
//! One run of Dijkstra's algorithm finds that state. Among paths equally good in this way, as in a flat part of an image, the
//! shorter one in millimetres decides, and between two of those the one from outside. Lengths are whole numbers, so that the
//! outcome depends neither on the order of the sums nor on the number of threads.

use ndarray::Array3;

use super::radix_heap::RadixHeap;

/// The largest box that is contoured at once, in voxels; it takes some 40 bytes each.
pub const MOST_VOXELS: usize = 1 << 24;

/// Into so many levels the range of values is cut: of a CT's 4,096 values none is lost.
const LEVELS: usize = 1 << 16;

/// The length of a step that loses all but 1/e of the strength.
const UNIT: f64 = (1u32 << 18) as f64;

/// Where the length by values begins in the key of a voxel. Below it lies the way in hundredths of a millimetre, and in the
/// last bit whether it comes from inside: so that one comparison says which of two is nearer, and the one from outside is.
const LENGTH: u32 = 25;

/// The key of a voxel that nothing has reached.
const UNREACHED: u64 = u64::MAX;

/// The key of what lies beyond the box or has no value: nothing reaches it any more.
const CLOSED: u64 = 0;

/// What a person has marked; both lie in one box, indexed `[z, y, x]`.
#[derive(Debug, Clone, Copy)]
pub struct Seeds<'a> {
    /// Voxels of the region
    pub inside: &'a Array3<bool>,
    /// Voxels outside of it; what is marked as both is inside
    pub outside: &'a Array3<bool>,
}

/// The voxels that belong to the seeds inside, of a box of at most [`MOST_VOXELS`]; all are of one kind where the seeds are.
/// Neighbours share a face, an edge or a corner; the spacing is in `x, y, z`. A value that is no number is passed by no path.
pub fn grow_from_seeds(values: &Array3<f64>, spacing: [f64; 3], seeds: Seeds<'_>) -> Array3<bool> {
    let (size_z, size_y, size_x) = values.dim();
    // A voxel more on each side is closed, so that no step leads out of the box.
    let [row, plane] = [size_x + 2, (size_x + 2) * (size_y + 2)];
    let place = |(z, y, x): (usize, usize, usize)| (z + 1) * plane + (y + 1) * row + x + 1;
    let mut keys = vec![CLOSED; plane * (size_z + 2)];
    let mut levels = vec![0u16; keys.len()];
    let level = level_of(values);
    let mut heap = RadixHeap::default();
    for (index, &value) in values.indexed_iter() {
        let at = place(index);
        let (inside, outside) = (seeds.inside[index], seeds.outside[index]);
        match level(value) {
            Some(level) => {
                levels[at] = level;
                keys[at] = if inside || outside {
                    u64::from(inside)
                } else {
                    UNREACHED
                };
                if inside || outside {
                    heap.push(keys[at], at as u32);
                }
            }
            None => keys[at] = u64::from(inside),
        }
    }
    let lengths = lengths();
    let steps = neighbours([row, plane], spacing);
    while let Some((key, at)) = heap.pop() {
        let at = at as usize;
        if key != keys[at] {
            continue;
        }
        for &(offset, way) in &steps {
            let next = at.wrapping_add_signed(offset);
            // What is nearer already, as half of the neighbours are, needs no look at its value.
            if keys[next] <= key.saturating_add(way) {
                continue;
            }
            let length = lengths[usize::from(levels[at].abs_diff(levels[next]))];
            let reached = key.saturating_add(length + way);
            if reached < keys[next] {
                keys[next] = reached;
                heap.push(reached, next as u32);
            }
        }
    }
    Array3::from_shape_fn(values.dim(), |index| {
        let key = keys[place(index)];
        key != UNREACHED && key & 1 == 1
    })
}

/// The 26 neighbours of a voxel: how far away they lie in storage, and the way there as a part of a key.
fn neighbours([row, plane]: [usize; 2], spacing: [f64; 3]) -> Vec<(isize, u64)> {
    let mut found = Vec::with_capacity(26);
    for z in -1..=1isize {
        for y in -1..=1isize {
            for x in -1..=1isize {
                let by = [x, y, z];
                if by != [0; 3] {
                    let square: f64 = (0..3).map(|axis| (by[axis] as f64 * spacing[axis]).powi(2)).sum();
                    let hundredths = (square.sqrt() * 100.0).round() as u64;
                    found.push((z * plane as isize + y * row as isize + x, hundredths << 1));
                }
            }
        }
    }
    found
}

/// The level of a value between the least and the greatest; none where it is no number.
fn level_of(values: &Array3<f64>) -> impl Fn(f64) -> Option<u16> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let scale = if high > low {
        (LEVELS - 1) as f64 / (high - low)
    } else {
        0.0
    };
    move |value| value.is_finite().then(|| ((value - low) * scale).round() as u16)
}

/// The length of a step by the difference of levels, as a part of a key. One over the whole range would be endless and is cut
/// off.
fn lengths() -> Vec<u64> {
    let range = (LEVELS - 1) as f64;
    let length = |difference: usize| -((range - difference as f64).max(0.5) / range).ln();
    (0..LEVELS)
        .map(|difference| ((length(difference) * UNIT).round() as u64) << LENGTH)
        .collect()
}
