//! Supervoxels: an image cut into pieces of about one size that keep to its edges.
//!
//! SLIC (Achanta et al., IEEE TPAMI 2012;34:2274): clusters of value and place, that begin on a regular grid; each voxel goes to the
//! cluster whose `(difference of values / compactness)^2 + (distance / step)^2` is the least among those whose centres are no
//! farther than a step along each axis. Then each piece is connected: crumbs go to the neighbour with which they share most faces.

use std::collections::BTreeMap;

use ndarray::Array3;

/// How far values may differ to count as much as a step of distance, of values from 0 to 1.
const COMPACTNESS: f64 = 0.05;

/// So often clusters are moved to their voxels' middle at most.
const ROUNDS: usize = 10;

/// A piece of less than this share of a supervoxel is a crumb.
const CRUMB: f64 = 0.5;

/// A cluster: mean value and mean place in `x, y, z`, in voxels.
#[derive(Debug, Clone, Copy, Default)]
struct Cluster {
    value: f64,
    place: [f64; 3],
    voxels: f64,
}

/// The number of each voxel's supervoxel, from 0, of values from 0 to 1 indexed `[z, y, x]` in memory's order. The spacing is in `x, y, z`, the
/// volume of a supervoxel in its unit cubed.
pub(super) fn supervoxels(values: &Array3<f64>, spacing: [f64; 3], volume: f64) -> Array3<u32> {
    let (size_z, size_y, size_x) = values.dim();
    let size = [size_x, size_y, size_z];
    let step = volume.cbrt();
    let cells: [usize; 3] =
        [0, 1, 2].map(|axis| ((size[axis] as f64 * spacing[axis] / step).round() as usize).clamp(1, size[axis].max(1)));
    let mut clusters = Vec::with_capacity(cells.iter().product());
    for z in 0..cells[2] {
        for y in 0..cells[1] {
            for x in 0..cells[0] {
                let cell = [x, y, z];
                let place: [f64; 3] =
                    [0, 1, 2].map(|axis| (cell[axis] as f64 + 0.5) * size[axis] as f64 / cells[axis] as f64 - 0.5);
                let [i, j, k] = place.map(|at| at.round() as usize);
                clusters.push(Cluster {
                    value: values.get([k, j, i]).copied().unwrap_or_default(),
                    place,
                    voxels: 0.0,
                });
            }
        }
    }
    let cell = |at: usize, axis: usize| at * cells[axis] / size[axis];
    let mut labels = Array3::from_shape_fn(values.dim(), |(z, y, x)| {
        ((cell(z, 2) * cells[1] + cell(y, 1)) * cells[0] + cell(x, 0)) as u32
    });
    for _ in 0..ROUNDS {
        let before = labels.clone();
        assign(values, spacing, step, &clusters, &mut labels);
        if labels == before {
            break;
        }
        recentre(values, &labels, &mut clusters);
    }
    let voxel: f64 = spacing.iter().product();
    connected(&labels, CRUMB * volume / voxel)
}

/// Gives each voxel to the nearest cluster; of equally near ones to the first.
fn assign(values: &Array3<f64>, spacing: [f64; 3], step: f64, clusters: &[Cluster], labels: &mut Array3<u32>) {
    let (size_z, size_y, size_x) = values.dim();
    let size = [size_x, size_y, size_z];
    let (Some(values), Some(labels)) = (values.as_slice(), labels.as_slice_mut()) else {
        return;
    };
    let mut nearest = vec![f64::INFINITY; values.len()];
    for (number, cluster) in clusters.iter().enumerate() {
        let range = |axis: usize| {
            let reach = step / spacing[axis];
            let low = (cluster.place[axis] - reach).ceil().max(0.0) as usize;
            let high = ((cluster.place[axis] + reach).floor().max(0.0) as usize + 1).min(size[axis]);
            low.min(high)..high
        };
        let away = |at: usize, axis: usize| {
            let steps = (at as f64 - cluster.place[axis]) * spacing[axis] / step;
            steps * steps
        };
        let across: Vec<f64> = range(0).map(|x| away(x, 0)).collect();
        for z in range(2) {
            for y in range(1) {
                let aside = away(z, 2) + away(y, 1);
                let row = (z * size_y + y) * size_x;
                let part = row + range(0).start..row + range(0).end;
                let voxels = values[part.clone()].iter().zip(&mut nearest[part.clone()]);
                for ((&along, (&value, nearest)), label) in across.iter().zip(voxels).zip(&mut labels[part]) {
                    let difference = (value - cluster.value) / COMPACTNESS;
                    let distance = aside + along + difference * difference;
                    if distance < *nearest {
                        *nearest = distance;
                        *label = number as u32;
                    }
                }
            }
        }
    }
}

/// Moves each cluster to the middle of its voxels; one without voxels stays.
fn recentre(values: &Array3<f64>, labels: &Array3<u32>, clusters: &mut [Cluster]) {
    let mut sums = vec![Cluster::default(); clusters.len()];
    for (((z, y, x), &value), &label) in values.indexed_iter().zip(labels) {
        let sum = &mut sums[label as usize];
        sum.value += value;
        for (total, at) in sum.place.iter_mut().zip([x, y, z]) {
            *total += at as f64;
        }
        sum.voxels += 1.0;
    }
    for (cluster, sum) in clusters.iter_mut().zip(sums) {
        if sum.voxels > 0.0 {
            *cluster = Cluster {
                value: sum.value / sum.voxels,
                place: sum.place.map(|total| total / sum.voxels),
                voxels: sum.voxels,
            };
        }
    }
}

/// The labels as connected pieces, numbered by their first voxel; those of fewer voxels than `least` are joined to a neighbour.
fn connected(labels: &Array3<u32>, least: f64) -> Array3<u32> {
    let (pieces, sizes) = pieces(labels);
    let mut owner: Vec<usize> = (0..sizes.len()).collect();
    let mut sizes: Vec<f64> = sizes.into_iter().map(|size| size as f64).collect();
    for (crumb, faces) in faces_of_crumbs(&pieces, &sizes, least) {
        if sizes[root(&owner, crumb)] >= least {
            continue;
        }
        let own = root(&owner, crumb);
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for (neighbour, count) in faces {
            let neighbour = root(&owner, neighbour);
            if neighbour != own {
                *shared.entry(neighbour).or_default() += count;
            }
        }
        // Of equally many faces the piece with the smaller number.
        let most = shared.into_iter().rev().max_by_key(|(_, count)| *count);
        if let Some((neighbour, _)) = most {
            owner[own] = neighbour;
            sizes[neighbour] += sizes[own];
        }
    }
    let mut numbers: Vec<Option<u32>> = vec![None; owner.len()];
    let mut next = 0;
    pieces.mapv(|piece| {
        *numbers[root(&owner, piece)].get_or_insert_with(|| {
            next += 1;
            next - 1
        })
    })
}

/// The piece into which one was joined.
fn root(owner: &[usize], piece: usize) -> usize {
    let mut at = piece;
    while owner[at] != at {
        at = owner[at];
    }
    at
}

/// The connected pieces (by faces) of equal labels, numbered by their first voxel, and their sizes.
fn pieces(labels: &Array3<u32>) -> (Array3<usize>, Vec<usize>) {
    const NONE: usize = usize::MAX;
    let mut pieces = Array3::from_elem(labels.dim(), NONE);
    let mut sizes = Vec::new();
    let mut open = Vec::new();
    for (index, &label) in labels.indexed_iter() {
        if pieces[index] != NONE {
            continue;
        }
        let number = sizes.len();
        let mut size = 0;
        pieces[index] = number;
        open.push(index);
        while let Some(at) = open.pop() {
            size += 1;
            for next in neighbours(at, labels.dim()) {
                if pieces[next] == NONE && labels[next] == label {
                    pieces[next] = number;
                    open.push(next);
                }
            }
        }
        sizes.push(size);
    }
    (pieces, sizes)
}

/// How many faces each crumb shares with other pieces.
fn faces_of_crumbs(pieces: &Array3<usize>, sizes: &[f64], least: f64) -> BTreeMap<usize, BTreeMap<usize, usize>> {
    let mut faces: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for (index, &piece) in pieces.indexed_iter() {
        if sizes[piece] >= least {
            continue;
        }
        let shared = faces.entry(piece).or_default();
        for next in neighbours(index, pieces.dim()) {
            if pieces[next] != piece {
                *shared.entry(pieces[next]).or_default() += 1;
            }
        }
    }
    faces
}

/// The voxels that share a face with one.
fn neighbours(
    (z, y, x): (usize, usize, usize),
    (size_z, size_y, size_x): (usize, usize, usize),
) -> impl Iterator<Item = (usize, usize, usize)> {
    [
        (z.wrapping_sub(1), y, x),
        (z + 1, y, x),
        (z, y.wrapping_sub(1), x),
        (z, y + 1, x),
        (z, y, x.wrapping_sub(1)),
        (z, y, x + 1),
    ]
    .into_iter()
    .filter(move |&(z, y, x)| z < size_z && y < size_y && x < size_x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supervoxels_are_connected_of_about_one_size_and_keep_to_edges() {
        // Two halves of very different values, whose border lies across the regular grid.
        let values = Array3::from_shape_fn((16, 18, 20), |(_, _, x)| if x < 7 { 0.1 } else { 0.9 });
        let spacing = [1.0, 1.0, 2.0];
        let found = supervoxels(&values, spacing, 250.0);
        let (_, sizes) = pieces(&found);
        let count = found.iter().max().unwrap() + 1;
        assert_eq!(sizes.len(), count as usize, "each is one piece");
        let expected = (16 * 18 * 20) as f64 * 2.0 / 250.0;
        assert!((f64::from(count) / expected - 1.0).abs() < 0.5, "{count} of {expected}");
        assert!(sizes.iter().all(|&size| size as f64 >= CRUMB * 125.0), "{sizes:?}");
        let mut sides = BTreeMap::new();
        for ((_, _, x), label) in found.indexed_iter() {
            let (left, right) = sides.entry(label).or_insert((0, 0));
            *(if x < 7 { left } else { right }) += 1;
        }
        assert!(
            sides.values().all(|&(left, right)| left == 0 || right == 0),
            "{sides:?}"
        );
    }
}
