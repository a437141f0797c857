//! A section through a scan as pixels of equal millimetres in both directions: what the slice viewer and `radscore view`
//! draw, with the outline of the mask and the letters of the patient's directions.

use ndarray::Array2;

use crate::volume::{IndexBox, Mask, Volume};

/// The plane of a section, by the axes of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plane {
    /// Across the body
    #[default]
    Axial,
    /// From the side
    Sagittal,
    /// From the front
    Coronal,
}

impl Plane {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Axial => "axial",
            Self::Sagittal => "sagittal",
            Self::Coronal => "coronal",
        }
    }

    /// The world axis (0 left, 1 posterior, 2 superior) that the plane is across.
    fn normal(self) -> usize {
        match self {
            Self::Axial => 2,
            Self::Sagittal => 0,
            Self::Coronal => 1,
        }
    }

    /// World axes to the right and downwards on the picture, with the sign of the direction: patient's left at the right
    /// in axial and coronal, head up.
    fn picture(self) -> [(usize, f64); 2] {
        match self {
            Self::Axial => [(0, 1.0), (1, 1.0)],
            Self::Sagittal => [(1, 1.0), (2, -1.0)],
            Self::Coronal => [(0, 1.0), (2, -1.0)],
        }
    }
}

/// A grey window: what is black and what is white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Range of values
    pub width: f64,
    /// The middle
    pub level: f64,
}

impl Window {
    /// Bone: width 1000, level 400, the published study's window.
    pub const BONE: Self = Self {
        width: 1000.0,
        level: 400.0,
    };
    /// Soft tissue.
    pub const SOFT: Self = Self {
        width: 400.0,
        level: 40.0,
    };
    /// Lung.
    pub const LUNG: Self = Self {
        width: 1500.0,
        level: -600.0,
    };

    /// A value as a share of white, 0 to 1; NaN stays NaN.
    pub fn share(&self, value: f64) -> f64 {
        let low = self.level - self.width / 2.0;
        if value.is_nan() {
            value
        } else {
            ((value - low) / self.width.max(1e-12)).clamp(0.0, 1.0)
        }
    }
}

/// A scan that is to be looked at, and where to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewing {
    /// The image
    pub image: std::path::PathBuf,
    /// The mask
    pub mask: Option<std::path::PathBuf>,
    /// The plane
    pub plane: Plane,
    /// The slice, counted from 0; the one with the largest part of the mask without it
    pub slice: Option<usize>,
    /// The grey window; bone without it
    pub window: Option<Window>,
}

/// What part of a scan is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aim {
    /// The plane
    pub plane: Plane,
    /// The slice, counted along the grid axis of the plane's normal
    pub slice: usize,
    /// The middle of the picture as a continuous index on the two grid axes of the plane (right, down)
    pub centre: [f64; 2],
    /// Millimetres a pixel
    pub pitch: f64,
}

/// A section: values and mask, by pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Mean values, `[row, column]`; NaN outside the image
    pub values: Array2<f64>,
    /// Whether a pixel lies in the mask
    pub inside: Array2<bool>,
    /// Letters at the left, right, top and bottom edge
    pub letters: [char; 4],
}

/// Which grid axes a plane shows: right, down, across; with the directions of the first two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    /// Grid axis to the right
    pub right: usize,
    /// Whether it runs backwards on the picture
    pub right_reversed: bool,
    /// Grid axis downwards
    pub down: usize,
    /// Whether it runs backwards on the picture
    pub down_reversed: bool,
    /// Grid axis across the slices
    pub across: usize,
}

/// The grid axes of a plane: those nearest to the patient's directions.
pub fn orientation(volume: &Volume, plane: Plane) -> Orientation {
    let direction = &volume.geometry.direction;
    // Each world axis takes the grid axis with the largest cosine that is still free, the clearest first.
    let mut pairs: Vec<(usize, usize)> = (0..3).flat_map(|world| (0..3).map(move |grid| (world, grid))).collect();
    pairs.sort_by(|left, right| {
        direction[right.0][right.1]
            .abs()
            .total_cmp(&direction[left.0][left.1].abs())
    });
    let mut grid_of = [usize::MAX; 3];
    for (world, grid) in pairs {
        if grid_of[world] == usize::MAX && !grid_of.contains(&grid) {
            grid_of[world] = grid;
        }
    }
    let [(right_world, right_sign), (down_world, down_sign)] = plane.picture();
    let (right, down) = (grid_of[right_world], grid_of[down_world]);
    Orientation {
        right,
        right_reversed: direction[right_world][right] * right_sign < 0.0,
        down,
        down_reversed: direction[down_world][down] * down_sign < 0.0,
        across: grid_of[plane.normal()],
    }
}

/// The number of slices of a plane.
pub fn slices(volume: &Volume, plane: Plane) -> usize {
    volume.geometry.size[orientation(volume, plane).across]
}

/// Where a mask lies: its box, and how much of it each slice holds. Found once, since a mask is as large as its scan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Footprint {
    /// The smallest box around it; none of an empty mask
    pub bounds: Option<IndexBox>,
    /// Its voxels by slice along x, y, z
    pub counts: [Vec<usize>; 3],
}

impl Footprint {
    /// The footprint of a mask.
    pub fn of(mask: &Mask) -> Self {
        let (size_z, size_y, size_x) = mask.voxels.dim();
        let mut counts = [vec![0usize; size_x], vec![0usize; size_y], vec![0usize; size_z]];
        for ((z, y, x), &inside) in mask.voxels.indexed_iter() {
            if inside {
                counts[0][x] += 1;
                counts[1][y] += 1;
                counts[2][z] += 1;
            }
        }
        let range = |counts: &[usize]| -> Option<(usize, usize)> {
            let first = counts.iter().position(|&count| count > 0)?;
            let last = counts.iter().rposition(|&count| count > 0)?;
            Some((first, last + 1 - first))
        };
        let bounds = match counts.each_ref().map(|counts| range(counts)) {
            [Some(x), Some(y), Some(z)] => Some(IndexBox {
                start: [x.0, y.0, z.0],
                size: [x.1, y.1, z.1],
            }),
            _ => None,
        };
        Self { bounds, counts }
    }

    /// The slices of a plane that the mask reaches.
    pub fn slices(&self, volume: &Volume, plane: Plane) -> Vec<usize> {
        let across = orientation(volume, plane).across;
        (0..self.counts[across].len())
            .filter(|&slice| self.counts[across][slice] > 0)
            .collect()
    }
}

/// An aim at the mask: the slice with the largest part of it, zoomed to its box and a margin; at the whole image without one.
pub fn aim_at(volume: &Volume, mask: Option<&Footprint>, plane: Plane, columns: usize, rows: usize) -> Aim {
    let orientation = orientation(volume, plane);
    let Some((mask, found)) = mask.and_then(|mask| Some((mask, mask.bounds?))) else {
        return whole(
            volume,
            plane,
            volume.geometry.size[orientation.across] / 2,
            columns,
            rows,
        );
    };
    let counts = &mask.counts[orientation.across];
    let last = volume.geometry.size[orientation.across].saturating_sub(1);
    let slice = (0..counts.len())
        .rev()
        .max_by_key(|&slice| counts[slice])
        .unwrap_or(0)
        .min(last);
    let middle = |axis: usize| found.start[axis] as f64 + (found.size[axis] as f64 - 1.0) / 2.0;
    let extent = |axis: usize| found.size[axis] as f64 * volume.geometry.spacing[axis] * 1.4;
    Aim {
        plane,
        slice,
        centre: [middle(orientation.right), middle(orientation.down)],
        pitch: (extent(orientation.right) / columns.max(1) as f64).max(extent(orientation.down) / rows.max(1) as f64),
    }
}

/// An aim at the whole image.
pub fn whole(volume: &Volume, plane: Plane, slice: usize, columns: usize, rows: usize) -> Aim {
    let orientation = orientation(volume, plane);
    let geometry = &volume.geometry;
    let middle = |axis: usize| (geometry.size[axis] as f64 - 1.0) / 2.0;
    let extent = |axis: usize| geometry.size[axis] as f64 * geometry.spacing[axis];
    Aim {
        plane,
        slice,
        centre: [middle(orientation.right), middle(orientation.down)],
        pitch: (extent(orientation.right) / columns.max(1) as f64).max(extent(orientation.down) / rows.max(1) as f64),
    }
}

/// The continuous index (x, y, z) in the middle of a pixel.
pub fn index_of(volume: &Volume, aim: &Aim, columns: usize, rows: usize, column: usize, row: usize) -> [f64; 3] {
    let orientation = orientation(volume, aim.plane);
    let spacing = &volume.geometry.spacing;
    let step = |axis: usize, reversed: bool| {
        let step = aim.pitch / spacing[axis];
        if reversed { -step } else { step }
    };
    let mut index = [0.0; 3];
    index[orientation.right] = aim.centre[0]
        + (column as f64 + 0.5 - columns as f64 / 2.0) * step(orientation.right, orientation.right_reversed);
    index[orientation.down] =
        aim.centre[1] + (row as f64 + 0.5 - rows as f64 / 2.0) * step(orientation.down, orientation.down_reversed);
    index[orientation.across] = aim.slice as f64;
    index
}

/// Cuts a section of `columns` x `rows` pixels. A pixel larger than a voxel is the mean of the voxels whose centres it
/// holds (nearest alone would lose trabeculae); a smaller one is the nearest voxel. The mask takes part by majority.
pub fn cut(volume: &Volume, mask: Option<&Mask>, aim: &Aim, columns: usize, rows: usize) -> Section {
    let orientation = orientation(volume, aim.plane);
    let geometry = &volume.geometry;
    let mut values = Array2::from_elem((rows, columns), f64::NAN);
    let mut inside = Array2::from_elem((rows, columns), false);
    let span = |axis: usize, centre: f64| -> Option<(usize, usize)> {
        let half = aim.pitch / geometry.spacing[axis] / 2.0;
        let last = geometry.size[axis] as f64 - 0.5;
        if !(centre > -0.5 - half && centre < last + half) {
            return None;
        }
        let (from, to) = ((centre - half).ceil().max(0.0), (centre + half).ceil() - 1.0);
        if to < from || half < 0.5 {
            let nearest = centre.round();
            (nearest >= 0.0 && nearest <= last).then_some((nearest as usize, nearest as usize))
        } else {
            let to = to.min(geometry.size[axis] as f64 - 1.0);
            (from <= to).then_some((from as usize, to as usize))
        }
    };
    if aim.slice >= geometry.size[orientation.across] {
        return Section {
            values,
            inside,
            letters: letters(volume, &orientation),
        };
    }
    let across: Vec<Option<(usize, usize)>> = (0..columns)
        .map(|column| {
            let index = index_of(volume, aim, columns, rows, column, 0);
            span(orientation.right, index[orientation.right])
        })
        .collect();
    let mut index = [0usize; 3];
    index[orientation.across] = aim.slice;
    for row in 0..rows {
        let centre = index_of(volume, aim, columns, rows, 0, row)[orientation.down];
        let Some((top, bottom)) = span(orientation.down, centre) else {
            continue;
        };
        for (column, range) in across.iter().enumerate() {
            let Some((left, right)) = *range else { continue };
            let (mut sum, mut count, mut masked) = (0.0, 0usize, 0usize);
            for down in top..=bottom {
                index[orientation.down] = down;
                for to_right in left..=right {
                    index[orientation.right] = to_right;
                    let [x, y, z] = index;
                    sum += volume.samples.get((z * geometry.size[1] + y) * geometry.size[0] + x);
                    count += 1;
                    if mask.is_some_and(|mask| mask.voxels.get((z, y, x)).copied().unwrap_or(false)) {
                        masked += 1;
                    }
                }
            }
            values[(row, column)] = sum / count.max(1) as f64;
            inside[(row, column)] = masked * 2 >= count.max(1);
        }
    }
    Section {
        values,
        inside,
        letters: letters(volume, &orientation),
    }
}

impl Section {
    /// Whether a pixel belongs to the outline: in the mask, with a neighbour that is not.
    pub fn outline(&self, row: usize, column: usize) -> bool {
        let (rows, columns) = self.inside.dim();
        let within = |row: usize, column: usize| row < rows && column < columns && self.inside[(row, column)];
        within(row, column)
            && (!within(row.wrapping_sub(1), column)
                || !within(row + 1, column)
                || !within(row, column.wrapping_sub(1))
                || !within(row, column + 1))
    }

    /// The values below and above which 1 % of the pixels lie, as a window.
    pub fn automatic_window(&self) -> Window {
        let mut sorted: Vec<f64> = self.values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        if sorted.is_empty() {
            return Window::BONE;
        }
        let low = sorted[sorted.len() / 100];
        let high = sorted[sorted.len() - 1 - sorted.len() / 100];
        Window {
            width: (high - low).max(1e-9),
            level: f64::midpoint(low, high),
        }
    }

    /// The section as text, two pixels a sign: a ramp of greys, the mask's outline as `o`.
    pub fn to_lines(&self, window: Window, ascii: bool) -> Vec<String> {
        let rows = self.values.nrows();
        let sign = if ascii { 'o' } else { '•' };
        self.greys(window, ascii)
            .iter()
            .enumerate()
            .map(|(pair, line)| {
                let (upper, lower) = (pair * 2, (pair * 2 + 1).min(rows - 1));
                let line: String = line
                    .chars()
                    .enumerate()
                    .map(|(column, grey)| {
                        if self.outline(upper, column) || self.outline(lower, column) {
                            sign
                        } else {
                            grey
                        }
                    })
                    .collect();
                line.trim_end().to_owned()
            })
            .collect()
    }

    /// The image alone as text, two pixels a sign: a ramp of greys.
    pub fn greys(&self, window: Window, ascii: bool) -> Vec<String> {
        let (rows, columns) = self.values.dim();
        let ramp: &[char] = if ascii {
            &[' ', '.', ':', '-', '=', '+', '*', '#', '%', '@']
        } else {
            &[' ', '░', '▒', '▓', '█']
        };
        (0..rows.div_ceil(2))
            .map(|pair| {
                let (upper, lower) = (pair * 2, (pair * 2 + 1).min(rows - 1));
                (0..columns)
                    .map(|column| {
                        let value = match (self.values[(upper, column)], self.values[(lower, column)]) {
                            (upper, lower) if upper.is_nan() => lower,
                            (upper, lower) if lower.is_nan() => upper,
                            (upper, lower) => f64::midpoint(upper, lower),
                        };
                        let share = window.share(value);
                        if share.is_nan() {
                            ' '
                        } else {
                            ramp[((share * ramp.len() as f64) as usize).min(ramp.len() - 1)]
                        }
                    })
                    .collect()
            })
            .collect()
    }
}

/// Letters of the patient's directions at the left, right, top and bottom edge, in LPS.
fn letters(volume: &Volume, orientation: &Orientation) -> [char; 4] {
    const NAMES: [[char; 2]; 3] = [['R', 'L'], ['A', 'P'], ['I', 'S']];
    let direction = &volume.geometry.direction;
    let ends = |grid: usize, reversed: bool| -> [char; 2] {
        let world = (0..3)
            .max_by(|&left, &right| direction[left][grid].abs().total_cmp(&direction[right][grid].abs()))
            .unwrap_or(0);
        let backwards = (direction[world][grid] < 0.0) != reversed;
        let [low, high] = NAMES[world];
        if backwards { [high, low] } else { [low, high] }
    };
    let [left, right] = ends(orientation.right, orientation.right_reversed);
    let [top, bottom] = ends(orientation.down, orientation.down_reversed);
    [left, right, top, bottom]
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::volume::{Geometry, Samples};

    /// 4 x 6 x 5 voxels with the value 100 x + 10 y + z.
    fn volume(direction: [[f64; 3]; 3]) -> Volume {
        let mut samples = Vec::new();
        for z in 0..5 {
            for y in 0..6 {
                for x in 0..4 {
                    samples.push(f64::from(100 * x + 10 * y + z));
                }
            }
        }
        Volume {
            geometry: Geometry {
                size: [4, 6, 5],
                spacing: [2.0, 1.0, 3.0],
                origin: [0.0; 3],
                direction,
            },
            samples: Samples::F64(samples),
        }
    }

    #[test]
    fn an_axial_section_shows_right_to_left_and_front_to_back() {
        let volume = volume(crate::volume::geometry::IDENTITY);
        let aim = Aim {
            plane: Plane::Axial,
            slice: 3,
            centre: [1.5, 2.5],
            pitch: 2.0,
        };
        let section = cut(&volume, None, &aim, 4, 3);
        assert_eq!(section.letters, ['R', 'L', 'A', 'P']);
        // A pixel of 2 mm holds one voxel across and the mean of two downwards.
        assert_eq!(section.values[(0, 0)], 3.0 + 5.0);
        assert_eq!(section.values[(2, 3)], 303.0 + 45.0);
    }

    #[test]
    fn the_head_is_up_in_sagittal_sections_even_on_a_turned_grid() {
        let turned = [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]];
        let volume = volume(turned);
        let aim = whole(&volume, Plane::Sagittal, 0, 6, 6);
        let section = cut(&volume, None, &aim, 20, 20);
        assert_eq!(section.letters, ['A', 'P', 'S', 'I']);
    }

    #[test]
    fn the_aim_finds_the_largest_section_of_the_mask() {
        let volume = volume(crate::volume::geometry::IDENTITY);
        let mut voxels = Array3::from_elem((5, 6, 4), false);
        voxels[(1, 2, 2)] = true;
        voxels[(3, 2, 2)] = true;
        voxels[(3, 3, 2)] = true;
        let mask = Mask {
            geometry: volume.geometry,
            voxels,
        };
        let footprint = Footprint::of(&mask);
        assert_eq!(footprint.slices(&volume, Plane::Axial), [1, 3]);
        assert_eq!(footprint.bounds, mask.bounding_box());
        let aim = aim_at(&volume, Some(&footprint), Plane::Axial, 10, 10);
        assert_eq!(aim.slice, 3);
        let section = cut(&volume, Some(&mask), &aim, 10, 10);
        assert!(section.inside.iter().any(|&inside| inside));
        assert!((0..10).any(|row| (0..10).any(|column| section.outline(row, column))));
    }

    #[test]
    fn pixels_outside_the_image_are_nan() {
        let volume = volume(crate::volume::geometry::IDENTITY);
        let aim = Aim {
            pitch: 20.0,
            ..whole(&volume, Plane::Axial, 0, 5, 5)
        };
        let section = cut(&volume, None, &aim, 5, 5);
        assert!(section.values[(0, 0)].is_nan());
        assert!(section.values[(2, 2)].is_finite());
    }
}
