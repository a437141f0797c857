//! What perturbations must keep.

use ndarray::Array3;
use proptest::prelude::*;

use super::step::{STEPS, Step};
use super::{Perturbed, perturbed, redrawn_mask};
use crate::volume::geometry::IDENTITY;
use crate::volume::mend::{BoxedRegion, moved, resized, turned};
use crate::volume::{Extent, Geometry, IndexBox, Mask, Sample, SampleType, Samples, Scan, Volume};

fn grid(size: [usize; 3], spacing: [f64; 3]) -> Geometry {
    Geometry {
        size,
        spacing,
        origin: [-12.0, 7.0, 3.5],
        direction: IDENTITY,
    }
}

/// A lesion with a bright rim in a noisy image, on a grid of voxels that are no cubes.
fn case(kind: SampleType) -> Scan {
    let geometry = grid([40, 36, 24], [0.7, 0.9, 2.0]);
    let from_middle = |x: usize, y: usize, z: usize| {
        let away = [
            (x as f64 - 20.0) * 0.7,
            (y as f64 - 18.0) * 0.9,
            (z as f64 - 12.0) * 2.0,
        ];
        (away[0].powi(2) + 1.3 * away[1].powi(2) + away[2].powi(2)).sqrt()
    };
    let shape = (24, 36, 40);
    let values: Vec<f64> = Array3::from_shape_fn(shape, |(z, y, x)| {
        let ripple = ((x * 7 + y * 13 + z * 29) % 23) as f64;
        (if from_middle(x, y, z) < 9.0 { 120.0 } else { 40.0 }) + ripple
    })
    .into_iter()
    .collect();
    Scan::of(
        Volume {
            geometry,
            samples: Samples::from_doubles(kind, &values),
        },
        Mask {
            geometry,
            voxels: Array3::from_shape_fn(shape, |(z, y, x)| from_middle(x, y, z) < 8.5),
        },
    )
}

/// A few boxes of voxels as a region of a grid of 14 x 12 x 10.
fn region() -> impl Strategy<Value = BoxedRegion> {
    let corner = (2..8usize, 2..7usize, 2..6usize);
    let size = (1..5usize, 1..5usize, 1..4usize);
    prop::collection::vec((corner, size), 1..4).prop_map(|boxes| {
        let geometry = grid([14, 12, 10], [0.7, 0.9, 2.5]);
        let inside = |x: usize, y: usize, z: usize| {
            boxes.iter().any(|&((a, b, c), (i, j, k))| {
                (a..a + i).contains(&x) && (b..b + j).contains(&y) && (c..c + k).contains(&z)
            })
        };
        BoxedRegion::of(&Mask {
            geometry,
            voxels: Array3::from_shape_fn((10, 12, 14), |(z, y, x)| inside(x, y, z)),
        })
    })
}

fn chain() -> Vec<Step> {
    vec![
        Step::Noise(3.0),
        Step::Contour(60.0),
        Step::Translate(1.5),
        Step::Rotate(12.0),
        Step::Volume(0.2),
        Step::Margin(2.0),
    ]
}

fn done(scan: &Scan, steps: &[Step], seed: u64) -> Perturbed {
    perturbed(scan, steps, seed, Extent::Whole).unwrap()
}

/// The scan with no more than a box of it kept in memory.
fn kept(scan: &Scan, part: IndexBox) -> Scan {
    Scan {
        image: scan.image.crop(&part).into(),
        mask: scan.mask.crop(&part),
        start: part.start,
        mask_start: part.start,
        ..scan.clone()
    }
}

proptest! {
    #[test]
    fn whole_voxels_move_the_region_as_it_is(region in region(), by in [-2..4i64, -2..3i64, -2..3i64]) {
        let spacing = region.grid().spacing;
        let moved = moved(&region, [0, 1, 2].map(|axis| by[axis] as f64 * spacing[axis]));
        let part = region.bounding_box().unwrap();
        let there = IndexBox {
            start: [0, 1, 2].map(|axis| (part.start[axis] as i64 + by[axis]) as usize),
            ..part
        };
        prop_assert_eq!(moved, BoxedRegion::trimmed(*region.grid(), there, &region.within(&part)));
    }

    #[test]
    fn a_full_turn_is_none(region in region(), turns in -2..3i32) {
        prop_assert_eq!(turned(&region, 360.0 * f64::from(turns)), region);
    }

    #[test]
    fn half_a_turn_twice_is_none_where_the_middle_falls_on_voxels(a in 1..5usize, b in 1..4usize) {
        // A box of an odd number of voxels along each axis turns onto itself.
        let geometry = grid([14, 12, 10], [0.7, 0.9, 2.5]);
        let part = IndexBox { start: [3, 3, 2], size: [2 * a - 1, 2 * b - 1, 3] };
        let shape = (part.size[2], part.size[1], part.size[0]);
        let region = BoxedRegion::trimmed(geometry, part, &Array3::from_elem(shape, true));
        prop_assert_eq!(turned(&region, 180.0), region);
    }

    #[test]
    fn a_region_has_the_volume_it_is_brought_to(region in region(), share in -0.9..0.9f64, seed: u64) {
        let count = region.count();
        let wanted = ((count as f64 * (1.0 + share)).round() as usize).max(1);
        let draw = |at: [usize; 3]| crate::stats::base::random::word_at(seed, (at[0] + 14 * (at[1] + 12 * at[2])) as u64);
        let brought = resized(&region, wanted, &draw).unwrap();
        prop_assert_eq!(brought.count(), wanted);
        let part = region.bounding_box().unwrap().union(&brought.bounding_box().unwrap());
        let (before, after) = (region.within(&part), brought.within(&part));
        let (less, more) = if wanted >= count { (before, after) } else { (after, before) };
        prop_assert!(less.iter().zip(&more).all(|(less, more)| less <= more), "one holds the other");
    }
}

#[test]
fn another_seed_draws_another_region_and_the_same_one_the_same() {
    let scan = case(SampleType::I16);
    for step in chain() {
        let found: Vec<Perturbed> = (5..13).map(|seed| done(&scan, &[step], seed)).collect();
        assert_eq!(found[0], done(&scan, &[step], 5), "{step:?}");
        // Growth by less than a voxel changes nothing, so that a few seeds may give the same.
        let differ =
            |other: &&Perturbed| other.scan.mask != found[0].scan.mask || other.scan.image != found[0].scan.image;
        assert!(found.iter().filter(differ).count() > 2, "{step:?}");
        let only_image = matches!(step, Step::Noise(_));
        assert_eq!(
            found.iter().all(|one| one.scan.mask == scan.mask),
            only_image,
            "{step:?}"
        );
        for one in &found {
            assert!(one.voxels == one.scan.mask.count() && one.before == scan.mask.count());
            assert!(one.dice > 0.5 && one.dice <= 1.0, "{step:?}: {}", one.dice);
            assert_eq!(one.scan.image == scan.image, !only_image, "{step:?}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let scan = case(SampleType::F32);
    let in_threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| done(&scan, &chain(), 11))
    };
    assert_eq!(in_threads(1), in_threads(2));
}

#[test]
fn what_is_kept_of_the_image_changes_nothing() {
    let scan = case(SampleType::I16);
    let own = scan.mask.bounding_box().unwrap();
    // The contour would look 25 mm around, which is all of this image.
    let steps = [
        Step::Noise(3.0),
        Step::Translate(1.5),
        Step::Rotate(12.0),
        Step::Volume(0.2),
        Step::Margin(0.8),
    ];
    let extent = Extent::Margin(1);
    let all = perturbed(&scan, &steps, 3, extent).unwrap();
    let some = perturbed(&kept(&scan, own.widened(7, scan.full.size)), &steps, 3, extent).unwrap();
    assert_eq!(all.drawn, some.drawn);
    assert_eq!((all.scan.start, &all.scan.mask), (some.scan.start, &some.scan.mask));
    assert_eq!(all.scan.image, some.scan.image);
    assert_eq!(
        all.scan.image.geometry,
        scan.full.crop(
            &all.scan
                .mask
                .bounding_box()
                .map(|part| {
                    IndexBox {
                        start: [0, 1, 2].map(|axis| part.start[axis] + all.scan.start[axis]),
                        ..part
                    }
                    .widened(1, scan.full.size)
                })
                .unwrap()
        )
    );
    // The contour's 25 mm are all of this image, the other steps' reach is not.
    for steps in [chain(), steps.to_vec()] {
        let mask = redrawn_mask(&scan, &steps, 3).unwrap();
        assert_eq!(mask, done(&scan, &steps, 3).scan.mask);
    }
    // And where too little of it is kept, that is said.
    let error = perturbed(&kept(&scan, own), &[Step::Margin(2.0)], 2, extent);
    let grown = perturbed(&scan, &[Step::Margin(2.0)], 2, extent).unwrap().voxels > scan.mask.count();
    assert!(!grown || error.unwrap_err().to_string().contains("kept of the image"));
}

#[test]
fn nothing_drawn_changes_nothing() {
    let scan = case(SampleType::F64);
    for step in [
        Step::Translate(0.0),
        Step::Rotate(0.0),
        Step::Volume(0.0),
        Step::Margin(0.0),
        Step::Noise(0.0),
    ] {
        let same = done(&scan, &[step], 1);
        assert_eq!(same.scan, scan, "{step:?}");
        assert_eq!(same.dice, 1.0);
    }
    assert_eq!(done(&scan, &[], 1).scan, scan);
}

#[test]
fn noise_has_the_mean_and_the_deviation_that_are_asked_for() {
    for (kind, more) in [(SampleType::F64, 0.0), (SampleType::I16, 1.0 / 12.0)] {
        let scan = case(kind);
        let noisy = done(&scan, &[Step::Noise(8.0)], 4).scan.image;
        let values: Vec<f64> = (noisy.all_values().iter().zip(&scan.image.all_values()))
            .map(|(after, before)| after - before)
            .collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        // Four standard errors of each; rounding to whole numbers adds a twelfth to the variance.
        let expected = 64.0 + more;
        assert!(mean.abs() < 4.0 * (expected / count).sqrt(), "{mean}");
        assert!(
            (variance / expected - 1.0).abs() < 4.0 * (2.0 / count).sqrt(),
            "{variance}"
        );
        // Neighbours know nothing of each other.
        let along: f64 = values.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / (count * variance);
        assert!(along.abs() < 4.0 / count.sqrt(), "{along}");
    }
}

#[test]
fn a_contour_that_is_drawn_again_keeps_to_the_edge_of_the_lesion() {
    let scan = case(SampleType::I16);
    let mut sizes = Vec::new();
    for seed in 0..8 {
        let found = done(&scan, &[Step::Contour(60.0)], seed);
        assert!(found.dice > 0.75 && found.dice < 1.0, "{}", found.dice);
        // Supervoxels end where the lesion ends, half a millimetre beyond the first contour.
        let values = found.scan.image.all_values();
        let bright = |value: f64| value >= 120.0;
        let of_region = || (values.iter().zip(&found.scan.mask.voxels)).filter(|(_, inside)| **inside);
        let lesion = of_region().filter(|(value, _)| bright(**value)).count();
        assert!(
            lesion as f64 > 0.9 * of_region().count() as f64,
            "{lesion} of {}",
            of_region().count()
        );
        sizes.push(found.voxels);
    }
    sizes.dedup();
    assert!(sizes.len() > 4, "{sizes:?}");
}

#[test]
fn a_region_that_is_lost_is_an_error_that_says_so() {
    let mut scan = case(SampleType::I16);
    let single = [12, 18, 20];
    scan.mask.voxels.fill(false);
    scan.mask.voxels[single] = true;
    let lost = (0..40).map(|seed| perturbed(&scan, &[Step::Margin(3.0)], seed, Extent::Whole));
    let errors: Vec<String> = lost.filter_map(|found| Some(found.err()?.to_string())).collect();
    assert!(!errors.is_empty() && errors.len() < 40);
    assert!(errors[0].contains("nothing is left of the region of 1 voxels") && errors[0].contains("margin -"));
}

#[test]
fn each_step_is_its_row() {
    for info in STEPS {
        let step = (info.of)(info.limits.1);
        assert!(std::ptr::eq(step.info(), info) && step.value() == info.limits.1);
        assert!(
            info.default
                .is_none_or(|value| value >= info.limits.0 && value <= info.limits.1)
        );
    }
}

#[test]
fn a_reach_holds_all_that_steps_may_do() {
    let scan = case(SampleType::I16);
    let steps = [
        Step::Volume(0.9),
        Step::Rotate(90.0),
        Step::Translate(2.0),
        Step::Volume(0.5),
    ];
    let extent = Extent::Margin(0).beyond(Step::reach_of(&steps));
    for seed in 0..20 {
        let whole = perturbed(&scan, &steps, seed, Extent::Margin(0)).unwrap();
        let some = perturbed(&scan.clone().within(extent), &steps, seed, Extent::Margin(0)).unwrap();
        assert_eq!(whole, some);
    }
}

#[test]
fn samples_are_kept_in_their_type() {
    let scan = case(SampleType::U8);
    let noisy = done(&scan, &[Step::Noise(100.0)], 4).scan.image;
    assert_eq!(noisy.samples.sample_type(), SampleType::U8);
    assert!(u8::whole() && (0..noisy.samples.len()).any(|at| noisy.samples.get(at) == 255.0));
}
