//! A section through a scan as pixels of equal millimetres in both directions: what the slice viewer and `radscore view`
//! draw, with the outline of the mask and the letters of the patient's directions.

mod aim;
mod footprint;
mod plane;
mod window;

use ndarray::Array2;

pub use self::aim::{Aim, Viewing, aim_at, index_of, whole};
pub use self::footprint::Footprint;
use self::plane::letters;
pub use self::plane::{Orientation, Plane, orientation, slices};
pub use self::window::Window;
use crate::volume::{Mask, Volume};

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

/// The section with a mask of the same grid.
pub fn cut(volume: &Volume, mask: Option<&Mask>, aim: &Aim, columns: usize, rows: usize) -> Section {
    let holds = |[x, y, z]: [usize; 3]| mask.is_some_and(|mask| mask.voxels.get((z, y, x)).copied().unwrap_or(false));
    cut_by(volume, &holds, aim, columns, rows)
}

/// Cuts a section of `columns` x `rows` pixels. A pixel larger than a voxel is the mean of the voxels whose centres it
/// holds (nearest alone would lose trabeculae); a smaller one is the nearest voxel. The region, which
/// `holds` voxels x, y, z, takes part by majority.
pub fn cut_by(volume: &Volume, holds: &dyn Fn([usize; 3]) -> bool, aim: &Aim, columns: usize, rows: usize) -> Section {
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
                    if holds(index) {
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
