//! What a region looks like: its connected parts, holes, whether it touches the border of the image.

use ndarray::{Array3, ArrayView3};

/// Which voxels are neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that share a face
    Six,
    /// Those that share a face, an edge or a corner
    TwentySix,
}

/// A connected part of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1, in the order of their first voxels
    pub number: u32,
    /// How many voxels it has
    pub voxels: usize,
}

/// The connected parts of a region, and for every voxel the number of its part (0 outside).
///
/// Two passes over the rows with union-find; parts are numbered by their first voxel in storage order.
pub fn parts(region: ArrayView3<'_, bool>, connectivity: Connectivity) -> (Array3<u32>, Vec<Part>) {
    let mut labels = Array3::<u32>::zeros(region.dim());
    let (size_z, size_y, size_x) = region.dim();
    let mut parents: Vec<u32> = vec![0];
    // The neighbours that come before a voxel in storage order.
    let before: &[[isize; 3]] = match connectivity {
        Connectivity::Six => &[[0, 0, -1], [0, -1, 0], [-1, 0, 0]],
        Connectivity::TwentySix => &[
            [0, 0, -1],
            [0, -1, -1],
            [0, -1, 0],
            [0, -1, 1],
            [-1, -1, -1],
            [-1, -1, 0],
            [-1, -1, 1],
            [-1, 0, -1],
            [-1, 0, 0],
            [-1, 0, 1],
            [-1, 1, -1],
            [-1, 1, 0],
            [-1, 1, 1],
        ],
    };
    for z in 0..size_z {
        for y in 0..size_y {
            for x in 0..size_x {
                if !region[[z, y, x]] {
                    continue;
                }
                let mut label = 0u32;
                for offset in before {
                    let (Some(nz), Some(ny), Some(nx)) = (
                        z.checked_add_signed(offset[0]),
                        y.checked_add_signed(offset[1]),
                        x.checked_add_signed(offset[2]),
                    ) else {
                        continue;
                    };
                    if ny >= size_y || nx >= size_x {
                        continue;
                    }
                    let other = labels[[nz, ny, nx]];
                    if other == 0 {
                        continue;
                    }
                    label = if label == 0 {
                        root(&mut parents, other)
                    } else {
                        join(&mut parents, label, other)
                    };
                }
                if label == 0 {
                    label = parents.len() as u32;
                    parents.push(label);
                }
                labels[[z, y, x]] = label;
            }
        }
    }
    let mut numbers = vec![0u32; parents.len()];
    let mut found: Vec<Part> = Vec::new();
    for label in labels.iter_mut().filter(|label| **label != 0) {
        let root = root(&mut parents, *label) as usize;
        if numbers[root] == 0 {
            found.push(Part {
                number: found.len() as u32 + 1,
                voxels: 0,
            });
            numbers[root] = found.len() as u32;
        }
        *label = numbers[root];
        found[numbers[root] as usize - 1].voxels += 1;
    }
    (labels, found)
}

/// The representative of a label, the path to it shortened.
fn root(parents: &mut [u32], label: u32) -> u32 {
    let mut at = label;
    while parents[at as usize] != at {
        parents[at as usize] = parents[parents[at as usize] as usize];
        at = parents[at as usize];
    }
    at
}

/// Makes two labels one; the smaller representative stays.
fn join(parents: &mut [u32], first: u32, second: u32) -> u32 {
    let (a, b) = (root(parents, first), root(parents, second));
    let (low, high) = (a.min(b), a.max(b));
    parents[high as usize] = low;
    low
}

/// The number of closed holes: parts of the background (6-connected) that do not reach the border of the array.
pub fn holes(region: ArrayView3<'_, bool>) -> usize {
    let background = region.mapv(|inside| !inside);
    let (labels, found) = parts(background.view(), Connectivity::Six);
    let mut outside = vec![false; found.len() + 1];
    let (size_z, size_y, size_x) = labels.dim();
    for ((z, y, x), &label) in labels.indexed_iter() {
        if z == 0 || y == 0 || x == 0 || z + 1 == size_z || y + 1 == size_y || x + 1 == size_x {
            outside[label as usize] = true;
        }
    }
    (1..=found.len()).filter(|&number| !outside[number]).count()
}

/// Which of the six faces of the array the region touches: `[low, high]` for x, y, z.
pub fn touches_border(region: ArrayView3<'_, bool>) -> [[bool; 2]; 3] {
    let (size_z, size_y, size_x) = region.dim();
    let mut touches = [[false; 2]; 3];
    for ((z, y, x), &inside) in region.indexed_iter() {
        if inside {
            for (axis, (at, size)) in [(x, size_x), (y, size_y), (z, size_z)].into_iter().enumerate() {
                touches[axis][0] |= at == 0;
                touches[axis][1] |= at + 1 == size;
            }
        }
    }
    touches
}

/// The region without parts of fewer voxels than `least`.
pub fn without_islands(region: ArrayView3<'_, bool>, connectivity: Connectivity, least: usize) -> Array3<bool> {
    let (labels, found) = parts(region, connectivity);
    labels.mapv(|label| label != 0 && found[label as usize - 1].voxels >= least)
}

/// The voxels of the region that have a 6-neighbour outside of it (or lie at the border of the array).
pub fn outline(region: ArrayView3<'_, bool>) -> Array3<bool> {
    let (size_z, size_y, size_x) = region.dim();
    Array3::from_shape_fn(region.dim(), |(z, y, x)| {
        region[[z, y, x]]
            && (z == 0
                || y == 0
                || x == 0
                || z + 1 == size_z
                || y + 1 == size_y
                || x + 1 == size_x
                || !region[[z - 1, y, x]]
                || !region[[z + 1, y, x]]
                || !region[[z, y - 1, x]]
                || !region[[z, y + 1, x]]
                || !region[[z, y, x - 1]]
                || !region[[z, y, x + 1]])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(size: usize, inside: impl Fn(usize, usize, usize) -> bool) -> Array3<bool> {
        Array3::from_shape_fn((size, size, size), |(z, y, x)| inside(z, y, x))
    }

    #[test]
    fn corners_join_in_one_sense_and_not_in_the_other() {
        let two = region(4, |z, y, x| (z, y, x) == (1, 1, 1) || (z, y, x) == (2, 2, 0));
        assert_eq!(parts(two.view(), Connectivity::TwentySix).1.len(), 1);
        assert_eq!(parts(two.view(), Connectivity::Six).1.len(), 2);
    }

    #[test]
    fn arms_that_meet_late_are_one_part() {
        let u = region(5, |z, y, x| z == 2 && (x == 0 || x == 4 || y == 4));
        let (_, found) = parts(u.view(), Connectivity::Six);
        assert_eq!(found, vec![Part { number: 1, voxels: 13 }]);
    }

    #[test]
    fn a_shell_has_a_hole_and_a_cup_has_none() {
        let inner = |z: usize, y: usize, x: usize| (2..4).contains(&z) && (2..4).contains(&y) && (2..4).contains(&x);
        let shell = region(6, |z, y, x| {
            (1..5).contains(&z) && (1..5).contains(&y) && (1..5).contains(&x) && !inner(z, y, x)
        });
        assert_eq!(holes(shell.view()), 1);
        let mut cup = shell;
        cup[[2, 2, 1]] = false;
        assert_eq!(holes(cup.view()), 0);
    }

    #[test]
    fn islands_go_and_borders_are_seen() {
        let with_island = region(6, |z, y, x| (x < 2 && y < 2 && z < 3) || (z, y, x) == (5, 3, 3));
        assert_eq!(
            touches_border(with_island.view()),
            [[true, false], [true, false], [true, true]]
        );
        let cleaned = without_islands(with_island.view(), Connectivity::TwentySix, 2);
        assert_eq!(cleaned.iter().filter(|&&inside| inside).count(), 12);
        assert_eq!(touches_border(cleaned.view())[2], [true, false]);
    }
}
