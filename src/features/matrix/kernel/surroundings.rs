//! How many neighbours in the kernel each voxel depends on (GLDM), and how far it is from their mean (NGTDM), kept up to
//! date pair by pair.

use super::band::Band;
use crate::features::matrix::level_size::{LevelSizeSummary, Sizes};
use crate::features::matrix::tone_difference::{Tone, ToneMatrix, ToneSummary};

/// What is known of the neighbours of each voxel of a band.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// 1 + number of dependent neighbours
    dependence: Vec<u32>,
    count: Vec<u32>,
    /// Sum of the neighbours' levels
    sum: Vec<u64>,
    /// `table[rank * columns + dependence]`, ranks from 0; all 0 between summaries
    table: Vec<u32>,
    tones: ToneMatrix,
}

impl Surroundings {
    /// Forgets all neighbours.
    pub fn start(&mut self, band: &Band) {
        let voxels = band.ranks.len();
        self.dependence.clear();
        self.dependence.resize(voxels, 1);
        self.count.clear();
        self.count.resize(voxels, 0);
        self.sum.clear();
        self.sum.resize(voxels, 0);
    }

    /// A pair comes in or leaves.
    #[inline]
    pub fn change<const ENTERS: bool>(&mut self, band: &Band, places: [usize; 2], tolerance: u32) {
        let [a, b] = places;
        let [level_a, level_b] = places.map(|place| band.values()[usize::from(band.ranks[place])]);
        let dependent = u32::from(level_a.abs_diff(level_b) <= tolerance);
        for (here, level) in [(a, level_b), (b, level_a)] {
            if ENTERS {
                self.dependence[here] += dependent;
                self.count[here] += 1;
                self.sum[here] += u64::from(level);
            } else {
                self.dependence[here] -= dependent;
                self.count[here] -= 1;
                self.sum[here] -= u64::from(level);
            }
        }
    }

    /// What GLDM's features are made of, of the voxels in a range of places.
    #[allow(
        clippy::too_many_arguments,
        reason = "the innermost loop of a map is handed its room"
    )]
    pub fn dependences(
        &mut self,
        band: &Band,
        places: std::ops::Range<usize>,
        present: &[u8],
        most: usize,
        voxels: f64,
        cells: &mut Vec<(u32, u32, f64)>,
        sizes: &mut Sizes,
    ) -> Option<LevelSizeSummary> {
        let columns = most + 1;
        self.table.resize(band.levels() * columns, 0);
        for place in places {
            let rank = usize::from(band.ranks[place]);
            if rank > 0 {
                self.table[(rank - 1) * columns + self.dependence[place] as usize] += 1;
            }
        }
        cells.clear();
        for &rank in present {
            let rank = usize::from(rank);
            for (dependence, count) in self.table[(rank - 1) * columns..rank * columns].iter_mut().enumerate() {
                if *count > 0 {
                    cells.push((band.values()[rank], dependence as u32, f64::from(*count)));
                    *count = 0;
                }
            }
        }
        LevelSizeSummary::new(cells, voxels, sizes)
    }

    /// What NGTDM's features are made of, of the voxels in a range of places; `counts` has the voxels of each rank.
    pub fn tones(
        &mut self,
        band: &Band,
        places: std::ops::Range<usize>,
        counts: &[u32],
        present: &[u8],
    ) -> Option<ToneSummary> {
        let tones = &mut self.tones.tones;
        tones.clear();
        tones.extend(present.iter().map(|&rank| Tone {
            level: f64::from(band.values()[usize::from(rank)]),
            count: f64::from(counts[usize::from(rank) - 1]),
            difference: 0.0,
        }));
        let mut place_of = [0u8; 256];
        for (place, &rank) in present.iter().enumerate() {
            place_of[usize::from(rank)] = place as u8;
        }
        for place in places {
            let rank = band.ranks[place];
            if rank > 0 && self.count[place] > 0 {
                let tone = &mut tones[usize::from(place_of[usize::from(rank)])];
                tone.difference += (tone.level - self.sum[place] as f64 / f64::from(self.count[place])).abs();
            }
        }
        self.tones.summary()
    }
}
