//! Surfaces and bodies: what the form of a region is measured with.

pub mod autocorrelation;
pub mod convex_hull;
pub mod diameter;
pub mod enclosure;
pub mod form;
pub mod mesh;
pub mod principal_axes;

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use proptest::prelude::*;

    use super::diameter::{Diameters, diameters};
    use super::mesh::mesh;
    use super::principal_axes::principal_components;

    struct Form {
        diameters: Diameters,
        eigenvalues: [f64; 3],
    }

    fn form(mask: &Array3<bool>, spacing: [f64; 3]) -> Form {
        Form {
            diameters: diameters(mask.view(), spacing),
            eigenvalues: principal_components(mask.view(), spacing),
        }
    }

    proptest! {
        #[test]
        fn turning_and_mirroring_change_no_shape(
            bits in prop::collection::vec(prop::bool::weighted(0.6), 3 * 4 * 5),
            spacing in (0.5..3.0f64, 0.5..3.0f64, 0.5..3.0f64),
        ) {
            let mask = Array3::from_shape_vec((3, 4, 5), bits).unwrap();
            prop_assume!(mask.iter().filter(|&&inside| inside).count() > 3);
            let spacing = [spacing.0, spacing.1, spacing.2];
            let reference = form(&mask, spacing);
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-9;
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let turned = mask.clone().permuted_axes(order).as_standard_layout().to_owned();
                let found = form(&turned, order.map(|axis| spacing[axis]));
                prop_assert!(close(found.diameters.whole, reference.diameters.whole));
                for k in 0..3 {
                    prop_assert!(close(found.eigenvalues[k], reference.eigenvalues[k]));
                    prop_assert!(close(found.diameters.in_planes[k], reference.diameters.in_planes[order[k]]));
                }
            }
            for axis in 0..3 {
                let mut mirrored = mask.clone();
                mirrored.invert_axis(ndarray::Axis(axis));
                let found = form(&mirrored.as_standard_layout().to_owned(), spacing);
                prop_assert!(close(found.diameters.whole, reference.diameters.whole));
                for k in 0..3 {
                    prop_assert!(close(found.eigenvalues[k], reference.eigenvalues[k]));
                    prop_assert!(close(found.diameters.in_planes[k], reference.diameters.in_planes[k]));
                }
            }
        }

        #[test]
        fn a_box_keeps_area_and_volume_when_turned(size in (1usize..6, 1usize..6, 1usize..6), spacing in (0.5..3.0f64, 0.5..3.0f64, 0.5..3.0f64)) {
            let mask = Array3::from_elem((size.0, size.1, size.2), true);
            let spacing = [spacing.0, spacing.1, spacing.2];
            let reference = mesh(mask.view(), spacing);
            prop_assert!(reference.volume > 0.0);
            for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let turned = mask.clone().permuted_axes(order).as_standard_layout().to_owned();
                let found = mesh(turned.view(), order.map(|axis| spacing[axis]));
                prop_assert!((found.area - reference.area).abs() < 1e-9 * reference.area);
                prop_assert!((found.volume - reference.volume).abs() < 1e-9 * reference.volume);
            }
        }
    }
}
