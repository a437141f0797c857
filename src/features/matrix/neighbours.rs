//! Who is a neighbour of whom: the offsets between voxels that texture matrices look along.

use crate::features::FeatureError;

/// How the directions of GLCM and GLRLM are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weighting {
    /// Every direction has the same weight
    #[default]
    None,
    /// Distance is the Euclidean norm
    Euclidean,
    /// Distance is the sum of the components
    Manhattan,
    /// Distance is the largest component
    Infinity,
}

/// An offset in voxels along `z, y, x`.
pub type Offset = [isize; 3];

/// One offset of each pair of opposite ones, in PyRadiomics' order: `z`, then `y`, then `x`, each descending.
///
/// An offset belongs to a distance by its largest component. Offsets that reach across the whole box (`shape`, `z, y, x`)
/// find no neighbour and are left out; so are those that leave a slice across `slice_axis`. That none is left is an error,
/// as in PyRadiomics.
pub fn directions(
    distances: &[usize],
    shape: [usize; 3],
    slice_axis: Option<usize>,
) -> Result<Vec<Offset>, FeatureError> {
    let reach = |axis: usize| -> isize {
        if slice_axis == Some(axis) {
            return 0;
        }
        distances
            .iter()
            .copied()
            .max()
            .unwrap_or(0)
            .min(shape[axis].saturating_sub(1)) as isize
    };
    let mut found = Vec::new();
    for z in (0..=reach(0)).rev() {
        for y in (-reach(1)..=reach(1)).rev() {
            for x in (-reach(2)..=reach(2)).rev() {
                let distance = z.abs().max(y.abs()).max(x.abs()) as usize;
                // The second of a pair is the one whose first component that is not 0 is negative.
                let second = z == 0 && (y < 0 || (y == 0 && x <= 0));
                if distances.contains(&distance) && !second {
                    found.push([z, y, x]);
                }
            }
        }
    }
    if found.is_empty() {
        return Err(FeatureError::region(format!(
            "no voxel of the region's box ({} x {} x {} voxels in x, y, z) has a neighbour at distance {}; set distances \
             to something smaller{}",
            shape[2],
            shape[1],
            shape[0],
            distances
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" or "),
            if slice_axis.is_some() {
                ", or force2D to false"
            } else {
                ""
            },
        )));
    }
    Ok(found)
}

/// The offsets at distance 1 of a volume, or of the slices across an axis, whatever the size of the box.
pub fn nearest_directions(slice_axis: Option<usize>) -> Vec<Offset> {
    directions(&[1], [3; 3], slice_axis).unwrap_or_default()
}

/// The length of an offset in millimetres for a norm; 1 where no norm is asked for.
pub fn length(offset: Offset, spacing: [f64; 3], norm: Weighting) -> f64 {
    let steps = [0, 1, 2].map(|axis| offset[axis].unsigned_abs() as f64 * spacing[axis]);
    match norm {
        Weighting::None => 1.0,
        Weighting::Euclidean => steps.iter().map(|step| step * step).sum::<f64>().sqrt(),
        Weighting::Manhattan => steps.iter().sum(),
        Weighting::Infinity => steps.iter().fold(0.0, |most, &step| most.max(step)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_directions_at_distance_one_and_sixty_two_at_one_and_two() {
        let all = directions(&[1], [5, 5, 5], None).unwrap();
        assert_eq!(all.len(), 13);
        assert_eq!(all[0], [1, 1, 1]);
        assert_eq!(all[3], [1, 0, 1]);
        assert_eq!(all[12], [0, 0, 1]);
        assert_eq!(directions(&[1, 2], [5, 5, 5], None).unwrap().len(), 62);
        assert_eq!(directions(&[2], [5, 5, 5], None).unwrap().len(), 49);
        assert_eq!(directions(&[1], [5, 5, 5], Some(0)).unwrap().len(), 4);
        assert_eq!(directions(&[1], [1, 5, 5], None).unwrap().len(), 4);
        assert!(directions(&[50], [5, 5, 5], None).is_err());
    }
}
