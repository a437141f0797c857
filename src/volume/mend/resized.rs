//! A region grown or shrunk until it has a number of voxels: layer by layer of equal distance from its surface, and of the last
//! layer, which would be too much, as many as are still wanted.

use super::boxed::BoxedRegion;
use super::grow::around;
use crate::volume::distance::squared_distances;
use crate::volume::error::VolumeError;

/// Squared distances are compared in so many parts of the finest spacing's square, since sums of them are not exact.
const PARTS: f64 = 1e6;

/// The region with so many voxels: nearest ones are added, or those nearest to its outside are taken away. `draw` gives a number
/// for a voxel of the grid; of equally near ones those with the smaller number come first. A region that the image cuts off
/// does not shrink from that side.
///
/// # Errors
/// Where the grid has not so many voxels, or none would be left.
pub fn resized(
    region: &BoxedRegion,
    wanted: usize,
    draw: &dyn Fn([usize; 3]) -> u64,
) -> Result<BoxedRegion, VolumeError> {
    let (Some(own), count) = (region.bounding_box(), region.count()) else {
        return Ok(region.clone());
    };
    let grid = region.grid();
    if wanted == 0 || wanted > grid.voxels() {
        return Err(VolumeError::Impossible(format!(
            "a region of {count} voxels cannot be brought to {wanted}, in an image of {}",
            grid.voxels()
        )));
    }
    if wanted == count {
        return Ok(region.clone());
    }
    let grows = wanted > count;
    let finest = grid.spacing.iter().copied().fold(f64::INFINITY, f64::min);
    let mut margin = 2.0 * grid.spacing.iter().copied().fold(0.0, f64::max);
    loop {
        let part = if grows {
            around(&own, grid, margin)
        } else {
            own.widened(1, grid.size)
        };
        let inside = region.within(&part);
        let set = if grows {
            inside.clone()
        } else {
            inside.mapv(|inside| !inside)
        };
        let whole = part.size == grid.size;
        // All that is nearer than the margin lies in the box; what is farther may lie outside of it.
        let reach = if whole || !grows { f64::MAX } else { margin * margin };
        let squares = squared_distances(&set, grid.spacing);
        let mut candidates: Vec<(u64, u64, [usize; 3])> = (inside.indexed_iter().zip(&squares))
            .filter(|((_, inside), square)| **inside != grows && **square <= reach)
            .map(|(((z, y, x), _), square)| {
                let layer = (square / (finest * finest) * PARTS).round().min(u64::MAX as f64) as u64;
                let at = [x + part.start[0], y + part.start[1], z + part.start[2]];
                (layer, draw(at), at)
            })
            .collect();
        let changing = count.abs_diff(wanted);
        if candidates.len() < changing {
            if whole || !grows {
                return Err(VolumeError::Impossible(format!(
                    "a region of {count} voxels cannot be brought to {wanted}: only {} can be changed",
                    candidates.len()
                )));
            }
            margin *= 2.0;
            continue;
        }
        if changing < candidates.len() {
            candidates.select_nth_unstable(changing - 1);
        }
        let mut voxels = inside;
        for (_, _, at) in &candidates[..changing] {
            voxels[[2, 1, 0].map(|axis| at[axis] - part.start[axis])] = grows;
        }
        return Ok(BoxedRegion::trimmed(*grid, part, &voxels));
    }
}
