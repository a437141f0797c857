//! What a feature class is handed: a region, with what several classes share made once, when first asked for; and the steps
//! that lead to it.
//!
//! - [`chain`] is the IBSI's pipeline, [`interpolate`] its grid and interpolators, [`resegment`] what ranges and outliers leave
//!   of a mask, [`discretise`] where bins begin and end.

pub mod chain;
pub mod discretise;
pub mod interpolate;
pub mod resegment;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::sync::Arc;

use ndarray::{Array3, Axis};

use self::discretise::{Discretisation, discretised};
use super::convention::{BinOrigin, Lines, Neighbourhood, Rules};
use super::matrix::aggregation::{Aggregation, Extent};
use super::matrix::directional::{self, Directional, Wanted};
use super::matrix::intensities::Intensities;
use super::matrix::levels::Levels;
use super::matrix::neighbours::{Offset, Weighting, directions, nearest_directions};
use super::matrix::surroundings::{Surroundings, look_around};
use super::matrix::zones::{Zone, depths, zones};
use super::settings::choice::{Binning, IntensityAxis, MOST_BINS};
use super::{Convention, FeatureError, Settings};

/// What classes ask of a region, so that it makes nothing that no class looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matrices {
    /// Pairs of neighbours
    pub pairs: bool,
    /// Runs of equal levels
    pub runs: bool,
    /// How deep in the region zones lie
    pub depths: bool,
    /// The image beyond the region's box
    pub beyond: bool,
}

impl Matrices {
    /// What either asks for.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            pairs: self.pairs || other.pairs,
            runs: self.runs || other.runs,
            depths: self.depths || other.depths,
            beyond: self.beyond || other.beyond,
        }
    }
}

/// An image that reaches beyond the region's box.
#[derive(Debug, Clone)]
pub struct Beyond {
    /// Intensities, indexed `[z, y, x]`
    pub values: Array3<f64>,
    /// Where the region's box begins in it, `z, y, x`
    pub start: [usize; 3],
}

/// The levels of a piece of an extent, and what is made of them.
pub type Piece<'r, T> = (&'r Levels, &'r T);

/// Made once for each [`Extent`].
type ByExtent<T> = [OnceCell<Vec<T>>; 3];

/// The box around a region: its voxels and what classes make of them.
#[derive(Debug)]
pub struct Region<'a> {
    settings: &'a Settings,
    rules: Rules,
    spacing: [f64; 3],
    values: Arc<Array3<f64>>,
    mask: Arc<Array3<bool>>,
    shape_mask: Option<Arc<Array3<bool>>>,
    beyond: Option<Beyond>,
    range: Option<[f64; 2]>,
    size_before_filter: f64,
    single_precision: bool,
    computed: bool,
    plane: bool,
    wanted: Matrices,
    levels: OnceCell<Levels>,
    slices: OnceCell<Vec<(usize, Levels)>>,
    directional: ByExtent<Vec<Directional>>,
    zones: ByExtent<Vec<Zone>>,
    surroundings: ByExtent<Surroundings>,
}

impl<'a> Region<'a> {
    /// A region from the intensities and the mask of its box, both indexed `[z, y, x]` and of one shape.
    ///
    /// `spacing` is in millimetres along `z, y, x`; `single_precision` says that the image is stored as `float32`, in which
    /// PyRadiomics keeps some intermediate results.
    pub fn new(
        settings: &'a Settings,
        spacing: [f64; 3],
        values: Array3<f64>,
        mask: Array3<bool>,
        single_precision: bool,
    ) -> Self {
        Self {
            settings,
            rules: settings.convention.rules(),
            spacing,
            values: Arc::new(values),
            mask: Arc::new(mask),
            shape_mask: None,
            beyond: None,
            range: None,
            size_before_filter: 0.0,
            single_precision,
            computed: false,
            plane: false,
            wanted: Matrices {
                pairs: true,
                runs: true,
                depths: true,
                beyond: false,
            },
            levels: OnceCell::new(),
            slices: OnceCell::new(),
            directional: Default::default(),
            zones: Default::default(),
            surroundings: Default::default(),
        }
    }

    /// Follows other rules than those of the settings' convention.
    pub fn by(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Gives the grey levels instead of making them from the intensities: those of a part of a larger region.
    pub fn with_levels(self, levels: Levels) -> Self {
        Self {
            levels: OnceCell::from(levels),
            ..self
        }
    }

    /// Gives the mask of the form, of the same box, where it is not that of the intensities.
    pub fn with_shape_mask(self, mask: Option<Array3<bool>>) -> Self {
        Self {
            shape_mask: mask.map(Arc::new),
            ..self
        }
    }

    /// Gives the image beyond the box.
    pub fn with_beyond(self, beyond: Option<Beyond>) -> Self {
        Self { beyond, ..self }
    }

    /// Gives the resegmentation range; an end may be infinite.
    pub fn with_range(self, range: Option<[f64; 2]>) -> Self {
        Self { range, ..self }
    }

    /// Says how large the intensities were that a filter made these of.
    pub fn with_size_before_filter(self, size_before_filter: f64) -> Self {
        Self {
            size_before_filter,
            ..self
        }
    }

    /// Says that the image is a plane.
    pub fn in_plane(self, plane: bool) -> Self {
        Self { plane, ..self }
    }

    /// Says what classes ask for.
    pub fn wanting(self, wanted: Matrices) -> Self {
        Self { wanted, ..self }
    }

    /// The settings of the image type.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// What is done where the conventions part.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Millimetres along `z, y, x`.
    pub fn spacing(&self) -> [f64; 3] {
        self.spacing
    }

    /// The volume of one voxel in cubic millimetres.
    pub fn voxel_volume(&self) -> f64 {
        self.spacing.iter().product()
    }

    /// The intensities of the box, indexed `[z, y, x]`.
    pub fn shared_values(&self) -> Arc<Array3<f64>> {
        Arc::clone(&self.values)
    }

    /// Whether a voxel of the box belongs to the region, indexed `[z, y, x]`.
    pub fn mask(&self) -> &Array3<bool> {
        &self.mask
    }

    /// The same to keep.
    pub fn shared_mask(&self) -> Arc<Array3<bool>> {
        Arc::clone(&self.mask)
    }

    /// The mask of the form, indexed `[z, y, x]`: before resegmentation, where the convention measures that.
    pub fn shape_mask(&self) -> Arc<Array3<bool>> {
        Arc::clone(self.shape_mask.as_ref().unwrap_or(&self.mask))
    }

    /// The image beyond the box, where a class asked for it and the pipeline has it.
    pub fn beyond(&self) -> Option<&Beyond> {
        self.beyond.as_ref()
    }

    /// The largest absolute intensity of the box before a filter; 0 where none was applied.
    pub fn size_before_filter(&self) -> f64 {
        self.size_before_filter
    }

    /// Whether the image is a plane.
    pub fn plane(&self) -> bool {
        self.plane
    }

    /// The intensities of the region's voxels, in raster order.
    pub fn inside(&self) -> Vec<f64> {
        resegment::inside(&self.values, &self.mask)
    }

    fn extremes(&self) -> (f64, f64) {
        let values = self.values.iter().zip(self.mask.iter());
        values
            .filter(|&(_, &inside)| inside)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (&value, _)| {
                (low.min(value), high.max(value))
            })
    }

    /// With intensities that were computed and not read, so that the last bit of each is rounding.
    #[must_use]
    pub fn computed(self, computed: bool) -> Self {
        Self { computed, ..self }
    }

    /// The share of the voxels whose intensity, but for rounding, lies where two bins meet; 0 where intensities were read.
    pub fn share_on_edges(&self) -> f64 {
        if !self.computed {
            return 0.0;
        }
        let (low, high) = self.extremes();
        let tolerance = if self.single_precision { 1e-6 } else { 1e-10 };
        let place = |value: f64| match (self.settings.binning, self.rules.bin_origin) {
            (Binning::Width(width), BinOrigin::Multiple) => value / width,
            (Binning::Width(width), BinOrigin::Range) => (value - self.range.map_or(low, |range| range[0])) / width,
            (Binning::Count(count), _) => (value - low) / (high - low) * count as f64,
        };
        let (mut count, mut on_edges, mut whole) = (0usize, 0usize, true);
        for (&value, _) in self.values.iter().zip(self.mask.iter()).filter(|&(_, &inside)| inside) {
            count += 1;
            whole &= value.fract() == 0.0;
            let place = place(value);
            // The extremes are on the outer edges of a number of bins whatever is rounded.
            let outer = value <= low || value >= high;
            let near = (place - place.round()).abs() <= tolerance * place.abs().max(1.0);
            on_edges += usize::from(near && !outer);
        }
        // Whole numbers, such as codes of patterns, are exact.
        if whole {
            0.0
        } else {
            on_edges as f64 / count.max(1) as f64
        }
    }

    /// The smallest and the largest intensity where they differ, but all intensities by rounding only.
    pub fn rounding(&self) -> Option<[f64; 2]> {
        let (low, high) = self.extremes();
        let size = self.size_before_filter.max(low.abs()).max(high.abs());
        // Of most images the extremes tell, without a look at all intensities.
        (low < high && high - low <= 1e-9 * size)
            .then(|| Intensities::new(self.inside(), std::iter::empty(), 0.0, 1.0))
            .filter(|found| found.is_rounding(self.size_before_filter.max(found.mean.abs())))
            .map(|_| [low, high])
    }

    /// The aggregations in which a class is computed, of those that it has.
    pub fn aggregations(&self, of: &[Aggregation]) -> Vec<Aggregation> {
        let extent = match self.settings.slice_axis {
            Some(_) => Extent::Stack,
            None => Extent::Volume,
        };
        match self.rules.convention {
            // PyRadiomics averages over directions, and with force2D takes the slices as one.
            Convention::PyRadiomics => of
                .iter()
                .copied()
                .filter(|one| !one.merges_directions() && one.extent() == extent)
                .collect(),
            Convention::Ibsi => self.settings.ibsi.aggregations_of(of),
        }
    }

    /// How the directions are merged in an aggregation; `None` where features are averaged over them.
    pub fn weighting(&self, aggregation: Aggregation) -> Option<Weighting> {
        match self.rules.convention {
            Convention::PyRadiomics => self.settings.weighting,
            Convention::Ibsi => aggregation.merges_directions().then_some(Weighting::None),
        }
    }

    /// Whether pairs count in both orders.
    pub fn symmetrical_pairs(&self) -> bool {
        match self.rules.convention {
            Convention::PyRadiomics => self.settings.symmetrical_glcm,
            Convention::Ibsi => true,
        }
    }

    /// The grey levels.
    pub fn levels(&self) -> Result<&Levels, FeatureError> {
        once(&self.levels, || {
            let border = self.settings.distances.iter().copied().max().unwrap_or(1).max(1);
            let largest = self.mask.shape().iter().copied().max().unwrap_or(1);
            let low = self.range.map(|range| range[0]).filter(|low| low.is_finite());
            let how = discretisation(self.settings, &self.rules, low, self.single_precision);
            discretised(self.values.view(), self.mask.view(), &how, border.min(largest))
        })
    }

    /// The range over which the axis of intensities goes: from where the bins begin.
    pub fn bin_range(&self) -> Option<[f64; 2]> {
        match (self.rules.bin_origin, self.settings.binning) {
            (BinOrigin::Range, _) => self.range,
            (BinOrigin::Multiple, Binning::Width(width)) => {
                Some([(self.extremes().0 / width).floor() * width, f64::INFINITY])
            }
            (BinOrigin::Multiple, Binning::Count(_)) => None,
        }
    }

    /// Refuses more bins than a table of all of them should have: almost always a width meant for another image.
    pub fn check_bins(&self, count: f64) -> Result<(), FeatureError> {
        let (key, better) = match self.settings.binning {
            Binning::Width(_) => ("binWidth", "wider ones"),
            Binning::Count(_) => ("binCount", "fewer"),
        };
        self.at_most(key, count, better)
    }

    /// Refuses an axis of intensities with more steps than a table of all of them should have.
    pub fn check_axis(&self, axis: IntensityAxis) -> Result<(), FeatureError> {
        let (minimum, maximum) = self.extremes();
        let end = |end: usize, other: f64| {
            let ends = self.bin_range().map(|range| range[end]);
            ends.filter(|end| end.is_finite()).unwrap_or(other)
        };
        let span = end(1, maximum).max(maximum) - end(0, minimum).min(minimum);
        let steps = "the intensity-volume histogram in steps of 1 (ivhBinWidth, ivhBinCount)";
        match axis {
            IntensityAxis::Unit => self.at_most(steps, span, "wider ones"),
            IntensityAxis::Width(width) => self.at_most("ivhBinWidth", span / width, "wider ones"),
            IntensityAxis::Number(count) => self.at_most("ivhBinCount", f64::from(count), "fewer"),
        }
    }

    fn at_most(&self, key: &str, count: f64, better: &str) -> Result<(), FeatureError> {
        if count <= MOST_BINS as f64 {
            return Ok(());
        }
        let (minimum, maximum) = self.extremes();
        Err(FeatureError::region(format!(
            "{key} makes {count:.0} bins of the intensities {minimum} to {maximum}; at most {MOST_BINS} are possible, \
             choose {better}"
        )))
    }

    /// The axis across slices.
    fn slice_axis(&self, extent: Extent) -> Option<usize> {
        match (extent, self.rules.convention) {
            (Extent::Volume, Convention::PyRadiomics) => self.settings.slice_axis,
            (Extent::Volume, Convention::Ibsi) => None,
            (Extent::Slices | Extent::Stack, Convention::PyRadiomics) => Some(self.settings.slice_axis.unwrap_or(0)),
            (Extent::Slices | Extent::Stack, Convention::Ibsi) => Some(self.settings.force_2d_dimension),
        }
    }

    /// What the matrices of an extent are made of: the slices that hold voxels, each with its index, or all as one.
    fn pieces(&self, extent: Extent) -> Result<Vec<(usize, &Levels)>, FeatureError> {
        match extent {
            Extent::Slices => {
                let axis = self.slice_axis(extent).unwrap_or(0);
                let slices = once(&self.slices, || Ok(self.levels()?.slices(axis)))?;
                Ok(slices.iter().map(|(slice, levels)| (*slice, levels)).collect())
            }
            Extent::Stack | Extent::Volume => Ok(vec![(0, self.levels()?)]),
        }
    }

    /// What is made of each piece of an extent, with the piece's levels.
    fn of_pieces<'s, T>(
        &'s self,
        cells: &'s ByExtent<T>,
        extent: Extent,
        make: impl Fn(usize, &Levels) -> Result<T, FeatureError>,
    ) -> Result<Vec<Piece<'s, T>>, FeatureError> {
        let pieces = self.pieces(extent)?;
        let made = once(&cells[extent as usize], || {
            pieces.iter().map(|&(slice, levels)| make(slice, levels)).collect()
        })?;
        Ok(pieces.into_iter().map(|(_, levels)| levels).zip(made).collect())
    }

    /// The offsets to neighbours at some distances in a piece of an extent.
    fn offsets(&self, distances: &[usize], levels: &Levels, extent: Extent) -> Result<Vec<Offset>, FeatureError> {
        let found = directions(distances, levels.shape(), self.slice_axis(extent));
        match self.rules.neighbourhood {
            Neighbourhood::AtDistances => found,
            // Without neighbours there is nothing to count.
            Neighbourhood::UpToDistance => Ok(found.unwrap_or_default()),
        }
    }

    /// The distances at which pairs are counted.
    fn pair_distances(&self) -> &[usize] {
        match self.rules.convention {
            Convention::PyRadiomics => &self.settings.distances,
            Convention::Ibsi => &self.settings.distances[..self.settings.distances.len().min(1)],
        }
    }

    /// Pairs and runs along each direction: runs along those at distance 1, pairs along those of `distances`.
    pub fn directional(&self, extent: Extent) -> Result<Vec<Piece<'_, Vec<Directional>>>, FeatureError> {
        self.of_pieces(&self.directional, extent, |_, levels| {
            let mut all: Vec<(Offset, Wanted)> = Vec::new();
            if self.wanted.pairs {
                for offset in self.offsets(self.pair_distances(), levels, extent)? {
                    let runs = self.wanted.runs && offset.iter().all(|step| step.abs() <= 1);
                    all.push((offset, Wanted { pairs: true, runs }));
                }
            }
            if self.wanted.runs {
                let nearest = match self.rules.lines {
                    Lines::OfTwoVoxels => self.offsets(&[1], levels, extent)?,
                    Lines::All => nearest_directions(self.slice_axis(extent)),
                };
                for offset in nearest {
                    if !all.iter().any(|&(known, _)| known == offset) {
                        let wanted = Wanted {
                            pairs: false,
                            runs: true,
                        };
                        all.push((offset, wanted));
                    }
                }
            }
            Ok(directional::count(levels, &all, self.rules.lines))
        })
    }

    /// The zones of equal level, with their depths where a class asked for those.
    pub fn zones(&self, extent: Extent) -> Result<Vec<Piece<'_, Vec<Zone>>>, FeatureError> {
        let axis = self.slice_axis(extent);
        let unknown = self.zones[extent as usize].get().is_none();
        let deep = (self.wanted.depths && unknown)
            .then(|| depths(self.shape_mask.as_ref().unwrap_or(&self.mask).view(), axis));
        self.of_pieces(&self.zones, extent, |slice, levels| {
            let offsets = self.offsets(&[1], levels, extent)?;
            let deep = deep.as_ref().map(|deep| match extent {
                Extent::Slices => {
                    let axis = Axis(axis.unwrap_or(0));
                    levels.padded(deep.slice_axis(axis, (slice..=slice).into()))
                }
                Extent::Stack | Extent::Volume => levels.padded(deep.view()),
            });
            Ok(zones(levels, &offsets, deep.as_deref()))
        })
    }

    /// Dependences and tone differences around each voxel.
    pub fn surroundings(&self, extent: Extent) -> Result<Vec<Piece<'_, Surroundings>>, FeatureError> {
        let distances = match self.rules.neighbourhood {
            Neighbourhood::AtDistances => self.settings.distances.clone(),
            Neighbourhood::UpToDistance => (1..=self.settings.distances.first().copied().unwrap_or(1)).collect(),
        };
        self.of_pieces(&self.surroundings, extent, |_, levels| {
            let offsets = self.offsets(&distances, levels, extent)?;
            Ok(look_around(levels, &offsets, self.settings.gldm_a))
        })
    }
}

/// How a region is discretised; `low` is the lower end of the resegmentation range.
pub fn discretisation(settings: &Settings, rules: &Rules, low: Option<f64>, single_precision: bool) -> Discretisation {
    Discretisation {
        binning: settings.binning,
        origin: rules.bin_origin,
        number: rules.bin_number,
        low,
        single_precision,
        most: match (rules.convention, settings.binning) {
            // Levels that do not occur cost nothing, so a width may make many.
            (Convention::PyRadiomics, Binning::Width(_)) => u64::from(u32::MAX),
            (Convention::PyRadiomics, Binning::Count(_)) | (Convention::Ibsi, _) => MOST_BINS.unsigned_abs(),
        },
    }
}

/// What the cell holds, made now if it holds nothing; an error is not kept.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, FeatureError>) -> Result<&T, FeatureError> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
