//! Features around each voxel of a row by one kernel that slides along it.
//!
//! From one voxel to the next a plane of the kernel leaves and another comes in: the matrices lose and gain the pairs and
//! runs of those planes, instead of being counted anew. All that is kept is whole numbers, so nothing drifts, and a row's
//! features do not depend on what was done before it: rows can be shared among threads at will. Only GLSZM's zones are
//! found from nothing each time.
//!
//! - [`band`]: what the kernels of a row see. [`direction`]: who is whose neighbour in it.
//! - [`pairs`] (GLCM), [`runs`] (GLRLM), [`zones`] (GLSZM), [`surroundings`] (GLDM, NGTDM): the matrices.
//! - [`fixed`], [`symmetric`]: entropies without rounding, eigenvalues of small matrices.
//!
//! The features come from the classes' own rows. What is not done here (weighted directions, matrices that are not
//! symmetric, very many levels, very large kernels) is left to what [`crate::features::maps`] does for any class.

pub mod band;
pub mod direction;
pub mod fixed;
pub mod pairs;
pub mod runs;
pub mod surroundings;
pub mod symmetric;
pub mod zones;

use ndarray::ArrayView3;

use self::band::{Band, Place};
use self::direction::Direction;
use self::fixed::Weights;
use self::pairs::Pairs;
use self::runs::Runs;
use self::surroundings::Surroundings;
use self::symmetric::Symmetric;
use self::zones::Zones;
use super::Job;
use super::intensities::Intensities;
use super::level_size::{LevelSizeSummary, Sizes};
use super::levels::Levels;
use super::mean::means;
use super::neighbours::directions;
use super::pair_summary::PairSummary;
use crate::features::FeatureError;

/// The most voxels of a kernel: sums of what is counted then fit into their integers.
const MOST_VOXELS: usize = 4096;

/// The highest grey level: its square, added up over a kernel, then fits.
const HIGHEST: u32 = 1 << 20;

/// What a kernel looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Voxels from its centre to its border
    pub radius: usize,
    /// Distances of the neighbours of GLCM, GLDM and NGTDM
    pub distances: Vec<usize>,
    /// The axis of `[z, y, x]` that it does not go along, if it lies in slices
    pub slice_axis: Option<usize>,
    /// Largest difference of levels that depend on each other
    pub tolerance: u32,
    /// What is added to an intensity for its energy
    pub shift: f64,
    /// In cubic millimetres
    pub voxel_volume: f64,
}

/// The features of every voxel of one image's box.
pub struct Plan<'a> {
    reach: Reach,
    intensities: ArrayView3<'a, f64>,
    levels: &'a Levels,
    jobs: Vec<Job>,
    /// Voxels a side of a kernel
    side: usize,
    weights: Weights,
}

impl<'a> Plan<'a> {
    /// The plan for what classes ask, pairs counting in both orders and all directions alike; `None` where there is more to
    /// be counted than fits here.
    ///
    /// `intensities` and `levels` have one shape.
    pub fn new(reach: Reach, intensities: ArrayView3<'a, f64>, levels: &'a Levels, jobs: Vec<Job>) -> Option<Self> {
        let side = 2 * reach.radius + 1;
        let voxels = side.checked_pow(3).unwrap_or(usize::MAX);
        if voxels > MOST_VOXELS || levels.highest() > HIGHEST {
            return None;
        }
        Some(Self {
            reach,
            intensities,
            levels,
            jobs,
            side,
            weights: Weights::new(2 * voxels),
        })
    }

    /// Whether some class asks for a matrix.
    fn asks(&self, wanted: fn(&Job) -> bool) -> bool {
        self.jobs.iter().any(wanted)
    }

    /// The features of the voxels at `z, y` and the given places along `x` (ascending), voxel after voxel; `None` where the
    /// row has more levels than are done here.
    pub fn row(
        &self,
        slider: &mut Slider,
        z: usize,
        y: usize,
        places: &[usize],
    ) -> Result<Option<Vec<f64>>, FeatureError> {
        let (Some(&first), Some(&last)) = (places.first(), places.last()) else {
            return Ok(Some(Vec::new()));
        };
        let reach = [0, 1, 2].map(|axis| {
            if self.reach.slice_axis == Some(axis) {
                0
            } else {
                self.reach.radius
            }
        });
        let shape = self.levels.shape();
        let range = |axis: usize, from: usize, to: usize| {
            let start = from.saturating_sub(reach[axis]);
            (start, (to + reach[axis]).min(shape[axis] - 1) + 1)
        };
        let ranges = [range(0, z, z), range(1, y, y), range(2, first, last)];
        let place = Place {
            start: ranges.map(|(start, _)| start),
            size: ranges.map(|(start, end)| end - start),
        };
        if !slider.band.fill(self.levels, self.intensities, place) {
            return Ok(None);
        }
        slider.start(self, place.size);
        let mut values = Vec::new();
        let mut known_width = 0;
        for &x in places {
            let (begin, end) = range(2, x, x);
            if end - begin != known_width {
                // That a kernel holds no two neighbours is an error, as it is for a region.
                known_width = end - begin;
                let size = [place.size[0], place.size[1], known_width];
                directions(&self.reach.distances, size, self.reach.slice_axis)?;
                directions(&[1], size, self.reach.slice_axis)?;
            }
            slider.move_to(self, begin - place.start[2], end - place.start[2]);
            slider.features(self, &mut values);
        }
        Ok(Some(values))
    }
}

/// The kernel at one place, and all that is known of it; memory is kept from row to row.
#[derive(Default)]
pub struct Slider {
    band: Band,
    /// The kernel's planes: from, up to
    begin: usize,
    end: usize,
    /// The kernel's size that the directions are for, `z, y, x`
    sized_for: Option<[usize; 3]>,
    /// Along `distances`
    directions: Vec<Direction>,
    /// At distance 1
    nearest: Vec<Direction>,
    pairs: Vec<Pairs>,
    runs: Vec<Runs>,
    zones: Zones,
    surroundings: Surroundings,
    /// Voxels of each rank, ranks from 0
    counts: Vec<u32>,
    /// Intensities, ascending
    sorted: Vec<f64>,
    spare: Vec<f64>,
    moving: Vec<f64>,
    /// Ranks that occur, ascending
    present: Vec<u8>,
    cells: Vec<(u32, u32, f64)>,
    sizes: Sizes,
    symmetric: Symmetric,
    pair_summaries: Vec<PairSummary>,
    run_summaries: Vec<LevelSizeSummary>,
}

impl Slider {
    /// An empty kernel before the first plane of the band; `size` is the band's, `z, y, x`.
    fn start(&mut self, plan: &Plan<'_>, size: [usize; 3]) {
        let Reach {
            distances, slice_axis, ..
        } = &plan.reach;
        let [depth, height, width] = size;
        let size = [depth, height, width.min(plan.side)];
        // A band whose kernels hold no neighbours at all gives an error when the first of them is reached.
        let along = |distances: &[usize]| -> Vec<Direction> {
            directions(distances, size, *slice_axis)
                .unwrap_or_default()
                .into_iter()
                .map(|offset| Direction::new(offset, depth, height))
                .collect()
        };
        if self.sized_for != Some(size) {
            self.sized_for = Some(size);
            self.directions = along(distances);
            self.nearest = along(&[1]);
            self.pairs.resize_with(self.directions.len(), Pairs::default);
            self.runs.resize_with(self.nearest.len(), Runs::default);
        }
        self.clear(plan);
    }

    fn clear(&mut self, plan: &Plan<'_>) {
        if plan.asks(|job| matches!(job, Job::Pairs(..))) {
            for pairs in &mut self.pairs {
                pairs.start(&self.band, plan.side.pow(3));
            }
        }
        if plan.asks(|job| matches!(job, Job::Runs(_))) {
            for runs in &mut self.runs {
                runs.start(&self.band, plan.side);
            }
        }
        if plan.asks(|job| matches!(job, Job::Dependences(_) | Job::Tones(_))) {
            self.surroundings.start(&self.band);
        }
        self.counts.clear();
        self.counts.resize(self.band.levels(), 0);
        self.sorted.clear();
        (self.begin, self.end) = (0, 0);
    }

    /// Takes planes away and in until the kernel reaches from `begin` to `end`.
    fn move_to(&mut self, plan: &Plan<'_>, begin: usize, end: usize) {
        if begin >= self.end {
            if self.begin < self.end {
                self.clear(plan);
            }
            (self.begin, self.end) = (begin, begin);
        }
        while self.begin < begin {
            self.change::<false>(plan, self.begin);
            self.begin += 1;
        }
        while self.end < end {
            self.change::<true>(plan, self.end);
            self.end += 1;
        }
    }

    /// The plane at `x` comes in behind the kernel's others, or leaves before them.
    fn change<const ENTERS: bool>(&mut self, plan: &Plan<'_>, x: usize) {
        let with_pairs = plan.asks(|job| matches!(job, Job::Pairs(..)));
        let with_runs = plan.asks(|job| matches!(job, Job::Runs(_)));
        let with_surroundings = plan.asks(|job| matches!(job, Job::Dependences(_) | Job::Tones(_)));
        let band = &self.band;
        let plane = band.plane;
        if with_pairs || with_surroundings {
            let tolerance = plan.reach.tolerance;
            for (direction, counts) in self.directions.iter().zip(&mut self.pairs) {
                // A plane that comes in is the pairs' last, one that leaves their first.
                let from = if ENTERS {
                    match x.checked_sub(direction.planes).filter(|&from| from >= self.begin) {
                        Some(from) => from,
                        None => continue,
                    }
                } else if x + direction.planes < self.end {
                    x
                } else {
                    continue;
                };
                let (here, there) = (from * plane, (from + direction.planes) * plane);
                for &(a, b) in &direction.pairs {
                    let places = [here + usize::from(a), there + usize::from(b)];
                    let ranks = places.map(|place| usize::from(band.ranks[place]));
                    if ranks[0] == 0 || ranks[1] == 0 {
                        continue;
                    }
                    if with_pairs {
                        let ranks = ranks.map(|rank| rank - 1);
                        counts.change::<ENTERS>(ranks, ranks.map(|rank| band.relative[rank]), &plan.weights);
                    }
                    if with_surroundings {
                        self.surroundings.change::<ENTERS>(band, places, tolerance);
                    }
                }
            }
        }
        if with_runs {
            for (direction, runs) in self.nearest.iter().zip(&mut self.runs) {
                if ENTERS {
                    runs.enter(band, direction, self.begin, x);
                } else {
                    runs.leave(band, direction, x, self.end);
                }
            }
        }
        self.moving.clear();
        for place in x * plane..(x + 1) * plane {
            let rank = usize::from(band.ranks[place]);
            if rank > 0 {
                let count = &mut self.counts[rank - 1];
                *count = if ENTERS { *count + 1 } else { *count - 1 };
                self.moving.push(band.intensities[place]);
            }
        }
        if plan.asks(|job| matches!(job, Job::FirstOrder(_))) {
            self.moving.sort_unstable_by(f64::total_cmp);
            self.spare.clear();
            let mut moving = self.moving.iter().copied().peekable();
            for &value in &self.sorted {
                if ENTERS {
                    while let Some(first) = moving.next_if(|first| first.total_cmp(&value).is_lt()) {
                        self.spare.push(first);
                    }
                    self.spare.push(value);
                } else if moving.next_if(|first| first.total_cmp(&value).is_eq()).is_none() {
                    self.spare.push(value);
                }
            }
            self.spare.extend(moving);
            std::mem::swap(&mut self.sorted, &mut self.spare);
        }
    }

    /// Appends the features of the kernel as it is.
    fn features(&mut self, plan: &Plan<'_>, values: &mut Vec<f64>) {
        let planes = (self.begin, self.end);
        let places = self.begin * self.band.plane..self.end * self.band.plane;
        self.present.clear();
        self.present.extend(
            self.counts
                .iter()
                .enumerate()
                .filter(|&(_, &count)| count > 0)
                .map(|(rank, _)| rank as u8 + 1),
        );
        let voxels = f64::from(self.counts.iter().sum::<u32>());
        let band = &self.band;
        for job in &plan.jobs {
            match job {
                Job::FirstOrder(functions) => {
                    let (entropy, uniformity) = self.spread(plan);
                    let summary = Intensities::of_sorted(
                        &self.sorted,
                        entropy,
                        uniformity,
                        plan.reach.shift,
                        plan.reach.voxel_volume,
                    );
                    values.extend(means(functions, &[summary]));
                }
                Job::Pairs(functions, correlated) => {
                    self.pair_summaries.clear();
                    for (direction, pairs) in self.directions.iter().zip(&mut self.pairs) {
                        let summary =
                            pairs.summary(direction.offset, band, &plan.weights, *correlated, &mut self.symmetric);
                        self.pair_summaries.extend(summary);
                    }
                    if self.pair_summaries.is_empty() && plan.levels.occurring() == 1 {
                        self.pair_summaries.push(PairSummary::of_one_level_without_pairs());
                    }
                    values.extend(means(functions, &self.pair_summaries));
                }
                Job::Runs(functions) => {
                    self.run_summaries.clear();
                    for (direction, runs) in self.nearest.iter().zip(&self.runs) {
                        let summary = runs.summary(
                            band,
                            direction,
                            planes,
                            &self.present,
                            voxels,
                            &mut self.cells,
                            &mut self.sizes,
                        );
                        self.run_summaries.extend(summary);
                    }
                    values.extend(means(functions, &self.run_summaries));
                }
                Job::Zones(functions) => {
                    let summary =
                        self.zones
                            .summary(band, &self.nearest, planes, voxels, &mut self.cells, &mut self.sizes);
                    values.extend(means(functions, summary.as_slice()));
                }
                Job::Dependences(functions) => {
                    let most = 2 * self.directions.len() + 1;
                    let summary = self.surroundings.dependences(
                        band,
                        places.clone(),
                        &self.present,
                        most,
                        voxels,
                        &mut self.cells,
                        &mut self.sizes,
                    );
                    values.extend(means(functions, summary.as_slice()));
                }
                Job::Tones(functions) => {
                    let summary = self
                        .surroundings
                        .tones(band, places.clone(), &self.counts, &self.present);
                    values.extend(means(functions, summary.as_slice()));
                }
            }
        }
    }

    /// Entropy and uniformity of the grey levels.
    fn spread(&self, plan: &Plan<'_>) -> (f64, f64) {
        let (mut logs, mut squares, mut count) = (0, 0u64, 0u64);
        for &rank in &self.present {
            let voxels = self.counts[usize::from(rank) - 1];
            logs += plan.weights.of(voxels);
            squares += u64::from(voxels) * u64::from(voxels);
            count += u64::from(voxels);
        }
        let count = count as f64;
        // Each share adds eps / ln 2, see `pairs`.
        let eps = self.present.len() as f64 * f64::EPSILON / std::f64::consts::LN_2;
        (
            count.log2() - plan.weights.value(logs) / count - eps,
            squares as f64 / (count * count),
        )
    }
}
