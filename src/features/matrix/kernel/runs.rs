//! The run length matrix of one direction in a sliding kernel: a voxel that comes in lengthens the run before it, one that
//! leaves shortens the run that began with it.

use super::band::Band;
use super::direction::Direction;
use crate::features::matrix::level_size::{LevelSizeSummary, Sizes};

/// Counts of the runs along one direction.
#[derive(Debug, Default)]
pub struct Runs {
    /// Lengths go below this number
    columns: usize,
    /// `cells[rank * columns + length]`, ranks from 0
    cells: Vec<u32>,
    /// How many runs are longer than one voxel
    longer: i64,
}

impl Runs {
    /// Forgets all runs; room for those of a band in kernels of so many voxels a side.
    pub fn start(&mut self, band: &Band, side: usize) {
        self.columns = side + 1;
        self.cells.clear();
        self.cells.resize(band.levels() * self.columns, 0);
        self.longer = 0;
    }

    #[inline]
    fn more(&mut self, rank: u8, length: usize) {
        if length > 0 {
            self.cells[(usize::from(rank) - 1) * self.columns + length] += 1;
            self.longer += i64::from(length > 1);
        }
    }

    #[inline]
    fn fewer(&mut self, rank: u8, length: usize) {
        if length > 0 {
            self.cells[(usize::from(rank) - 1) * self.columns + length] -= 1;
            self.longer -= i64::from(length > 1);
        }
    }

    /// The plane at `x` comes in behind those from `begin` on.
    pub fn enter(&mut self, band: &Band, direction: &Direction, begin: usize, x: usize) {
        if direction.planes == 0 {
            self.within(band, direction, x, Self::more);
            return;
        }
        for (place, &rank) in plane(band, x).iter().enumerate().filter(|&(_, &rank)| rank > 0) {
            let mut length = 0;
            let (mut at, mut place) = (x, place);
            while at > begin
                && let Some(before) = direction.before[place]
                && band.ranks[(at - 1) * band.plane + usize::from(before)] == rank
            {
                (at, place) = (at - 1, usize::from(before));
                length += 1;
            }
            self.fewer(rank, length);
            self.more(rank, length + 1);
        }
    }

    /// The plane at `x`, the first of those up to `end`, leaves.
    pub fn leave(&mut self, band: &Band, direction: &Direction, x: usize, end: usize) {
        if direction.planes == 0 {
            self.within(band, direction, x, Self::fewer);
            return;
        }
        for (place, &rank) in plane(band, x).iter().enumerate().filter(|&(_, &rank)| rank > 0) {
            let mut length = 0;
            let (mut at, mut place) = (x, place);
            while at + 1 < end
                && let Some(next) = direction.next[place]
                && band.ranks[(at + 1) * band.plane + usize::from(next)] == rank
            {
                (at, place) = (at + 1, usize::from(next));
                length += 1;
            }
            self.fewer(rank, length + 1);
            self.more(rank, length);
        }
    }

    /// The runs that lie in one plane.
    fn within(&mut self, band: &Band, direction: &Direction, x: usize, count: fn(&mut Self, u8, usize)) {
        let plane = plane(band, x);
        for (place, &rank) in plane.iter().enumerate().filter(|&(_, &rank)| rank > 0) {
            if direction.before[place].is_some_and(|before| plane[usize::from(before)] == rank) {
                continue;
            }
            let (mut length, mut place) = (1, place);
            while let Some(next) = direction.next[place]
                && plane[usize::from(next)] == rank
            {
                place = usize::from(next);
                length += 1;
            }
            count(self, rank, length);
        }
    }

    /// What the features are made of, of the kernel's planes from `begin` to `end`; `None` where no line meets the region
    /// twice. `present` are the ranks that occur, ascending.
    #[allow(
        clippy::too_many_arguments,
        reason = "the innermost loop of a map is handed its room"
    )]
    pub fn summary(
        &self,
        band: &Band,
        direction: &Direction,
        (begin, end): (usize, usize),
        present: &[u8],
        voxels: f64,
        cells: &mut Vec<(u32, u32, f64)>,
        sizes: &mut Sizes,
    ) -> Option<LevelSizeSummary> {
        if self.longer == 0 && !some_line_meets_twice(band, direction, begin, end) {
            return None;
        }
        cells.clear();
        for &rank in present {
            let first = (usize::from(rank) - 1) * self.columns;
            let counts = &self.cells[first..first + self.columns];
            for (length, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
                cells.push((band.values()[usize::from(rank)], length as u32, f64::from(count)));
            }
        }
        LevelSizeSummary::new(cells, voxels, sizes)
    }
}

fn plane(band: &Band, x: usize) -> &[u8] {
    &band.ranks[x * band.plane..(x + 1) * band.plane]
}

/// Whether some line along the direction holds two voxels, adjacent or not.
fn some_line_meets_twice(band: &Band, direction: &Direction, begin: usize, end: usize) -> bool {
    (begin..end).any(|x| {
        plane(band, x)
            .iter()
            .enumerate()
            .filter(|&(_, &rank)| rank > 0)
            .any(|(place, _)| {
                let (mut at, mut place) = (x + direction.planes, direction.next[place]);
                while let Some(next) = place.filter(|_| at < end) {
                    if band.ranks[at * band.plane + usize::from(next)] > 0 {
                        return true;
                    }
                    (at, place) = (at + direction.planes, direction.next[usize::from(next)]);
                }
                false
            })
    })
}
