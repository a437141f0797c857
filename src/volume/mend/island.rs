//! The largest connected part of a region.

use super::boxed::BoxedRegion;
use crate::volume::roi::{Connectivity, parts};

/// The largest part of a region, 26-connected, and how many others were as large: of those the first in storage order stays.
pub fn largest_island(region: &BoxedRegion) -> (BoxedRegion, usize) {
    let Some(part) = region.bounding_box() else {
        return (region.clone(), 0);
    };
    let (labels, found) = parts(region.within(&part).view(), Connectivity::TwentySix);
    let most = found.iter().map(|part| part.voxels).max().unwrap_or(0);
    let mut largest = found.iter().filter(|part| part.voxels == most);
    let kept = largest.next().map_or(0, |part| part.number);
    let voxels = labels.mapv(|label| label == kept && label != 0);
    (BoxedRegion::trimmed(*region.grid(), part, &voxels), largest.count())
}
