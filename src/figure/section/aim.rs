//! What part of a scan is shown, and how: the plane, the slice, the middle and the pitch.

use super::footprint::Footprint;
use super::plane::{Plane, orientation};
use super::window::Window;
use crate::volume::{LabelChoice, Volume};

/// A scan that is to be looked at, and where to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewing {
    /// The image
    pub image: std::path::PathBuf,
    /// The mask
    pub mask: Option<std::path::PathBuf>,
    /// Which voxels of the mask are the region
    pub label: LabelChoice,
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
