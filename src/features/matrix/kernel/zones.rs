//! The zones of equal level in a kernel, by union-find: a zone that falls apart cannot be taken back piece by piece, so
//! each kernel's are found from nothing, in memory that is kept.

use super::band::Band;
use super::direction::Direction;
use crate::features::matrix::level_size::{LevelSizeSummary, Sizes};

/// Room for the zones of a kernel.
#[derive(Debug, Default)]
pub struct Zones {
    parent: Vec<u16>,
    size: Vec<u32>,
    keys: Vec<u32>,
}

impl Zones {
    /// What the features are made of, of the kernel's planes from `begin` to `end`.
    pub fn summary(
        &mut self,
        band: &Band,
        directions: &[Direction],
        (begin, end): (usize, usize),
        voxels: f64,
        cells: &mut Vec<(u32, u32, f64)>,
        sizes: &mut Sizes,
    ) -> Option<LevelSizeSummary> {
        let plane = band.plane;
        let ranks = &band.ranks[begin * plane..end * plane];
        self.parent.clear();
        self.parent.extend((0..ranks.len()).map(|place| place as u16));
        for direction in directions {
            for x in 0..(end - begin).saturating_sub(direction.planes) {
                let (here, there) = (x * plane, (x + direction.planes) * plane);
                for &(from, to) in &direction.pairs {
                    let (a, b) = (here + usize::from(from), there + usize::from(to));
                    if ranks[a] == ranks[b] && ranks[a] > 0 {
                        let (a, b) = (self.find(a as u16), self.find(b as u16));
                        self.parent[usize::from(a.max(b))] = a.min(b);
                    }
                }
            }
        }
        self.size.clear();
        self.size.resize(ranks.len(), 0);
        for place in 0..ranks.len() {
            if ranks[place] > 0 {
                let root = self.find(place as u16);
                self.size[usize::from(root)] += 1;
            }
        }
        self.keys.clear();
        self.keys.extend(
            self.size
                .iter()
                .zip(ranks)
                .filter(|&(&size, _)| size > 0)
                .map(|(&size, &rank)| u32::from(rank) << 16 | size),
        );
        self.keys.sort_unstable();
        cells.clear();
        cells.extend(self.keys.chunk_by(|a, b| a == b).map(|same| {
            (
                band.values()[(same[0] >> 16) as usize],
                same[0] & 0xFFFF,
                same.len() as f64,
            )
        }));
        LevelSizeSummary::new(cells, voxels, sizes)
    }

    fn find(&mut self, mut place: u16) -> u16 {
        loop {
            let up = self.parent[usize::from(place)];
            if up == place {
                return place;
            }
            let further = self.parent[usize::from(up)];
            self.parent[usize::from(place)] = further;
            place = further;
        }
    }
}
