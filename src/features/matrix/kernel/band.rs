//! What the kernels of one row of voxels see: a band of the image, plane after plane along x.

use crate::features::matrix::levels::{Levels, Rank, with_ranks};
use ndarray::ArrayView3;

/// The most levels a band may have: its ranks are kept in a byte.
const MOST_LEVELS: usize = 255;

/// The widest range of levels a band may have; beyond it, tables of their sums would outweigh the kernels.
const MOST_SPAN: usize = 1024;

/// The numbers by which a difference `k` of levels counts: `1 / (1 + k)`, `1 / (1 + k^2)`, `1 / (1 + k / N_g)`,
/// `1 / (1 + k^2 / N_g^2)` and `1 / k^2` (0 for `k = 0`).
pub type Inverses = [f64; 5];

/// [`Inverses`] of every difference that a band can have.
pub fn inverses(highest: u32) -> Vec<Inverses> {
    let highest = f64::from(highest);
    (0..=MOST_SPAN)
        .map(|k| {
            let k = k as f64;
            [
                1.0 / (1.0 + k),
                1.0 / (1.0 + k * k),
                1.0 / (1.0 + k / highest),
                1.0 / (1.0 + k * k / (highest * highest)),
                if k > 0.0 { 1.0 / (k * k) } else { 0.0 },
            ]
        })
        .collect()
}

/// Where a band lies in the arrays: along `z` and `y` what the kernel reaches, along `x` what the row's kernels reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// First index along `z, y, x`
    pub start: [usize; 3],
    /// Number of voxels along `z, y, x`
    pub size: [usize; 3],
}

/// Ranks and intensities of a band; voxel `(z, y, x)` is at `(x * depth + z) * height + y`.
#[derive(Debug, Default)]
pub struct Band {
    /// Voxels in a plane across x
    pub plane: usize,
    /// The rank of each voxel among the band's levels, from 1; 0 is outside
    pub ranks: Vec<u8>,
    /// The intensity of each voxel
    pub intensities: Vec<f64>,
    /// The grey level of each rank, 0 of what is outside
    values: Vec<u32>,
    /// The level of each rank from 1, counted from the lowest of the band
    pub relative: Vec<i64>,
    /// Rank in the band of each rank of the region
    ranking: Vec<u8>,
    highest: u32,
    occurring: usize,
    inverses: Vec<Inverses>,
}

impl Band {
    /// Takes a band over; whether its levels are few enough.
    pub fn fill(&mut self, levels: &Levels, intensities: ArrayView3<'_, f64>, place: Place) -> bool {
        let [depth, height, width] = place.size;
        self.plane = depth * height;
        self.ranks.clear();
        self.ranks.resize(self.plane * width, 0);
        self.intensities.resize(self.plane * width, 0.0);
        self.ranking.clear();
        self.ranking.resize(levels.values().len(), 0);
        if self.inverses.is_empty() || self.highest != levels.highest() {
            self.inverses = inverses(levels.highest());
        }
        self.highest = levels.highest();
        self.occurring = levels.occurring();
        with_ranks!(levels, ranks => {
            let row = |z: usize, y: usize| {
                let first = levels.row(place.start[0] + z, place.start[1] + y) + place.start[2];
                &ranks[first..first + width]
            };
            for z in 0..depth {
                for y in 0..height {
                    for rank in row(z, y) {
                        self.ranking[rank.index()] = 1;
                    }
                }
            }
            self.ranking[0] = 0;
            self.values.clear();
            self.values.push(0);
            for (rank, known) in self.ranking.iter_mut().enumerate().filter(|(_, known)| **known > 0) {
                if self.values.len() > MOST_LEVELS {
                    return false;
                }
                *known = self.values.len() as u8;
                self.values.push(levels.values()[rank]);
            }
            let lowest = self.values.get(1).copied().unwrap_or(0);
            self.relative.clear();
            self.relative.extend(self.values[1..].iter().map(|&value| i64::from(value - lowest)));
            if self.span() > MOST_SPAN {
                return false;
            }
            for z in 0..depth {
                for y in 0..height {
                    for (x, rank) in row(z, y).iter().enumerate() {
                        let at = (x * depth + z) * height + y;
                        self.ranks[at] = self.ranking[rank.index()];
                        self.intensities[at] =
                            intensities[[place.start[0] + z, place.start[1] + y, place.start[2] + x]];
                    }
                }
            }
        });
        true
    }

    /// How many levels occur in the band.
    pub fn levels(&self) -> usize {
        self.relative.len()
    }

    /// How far its highest level is above its lowest.
    pub fn span(&self) -> usize {
        self.relative.last().map_or(0, |&highest| highest as usize)
    }

    /// Its lowest level.
    pub fn lowest(&self) -> f64 {
        self.values.get(1).copied().map_or(0.0, f64::from)
    }

    /// The grey level of each rank, 0 of what is outside.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// The highest level of the whole region.
    pub fn highest(&self) -> u32 {
        self.highest
    }

    /// How many levels the whole region has.
    pub fn occurring(&self) -> usize {
        self.occurring
    }

    /// By what each difference of levels counts.
    pub fn inverses(&self) -> &[Inverses] {
        &self.inverses
    }
}
