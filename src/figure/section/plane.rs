//! Planes by the patient's directions, and the grid axes that a plane shows.

use crate::volume::Volume;

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

/// Letters of the patient's directions at the left, right, top and bottom edge, in LPS.
pub(super) fn letters(volume: &Volume, orientation: &Orientation) -> [char; 4] {
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
