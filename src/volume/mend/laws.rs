//! Laws of mending, on regions drawn at random and on those that break things; what scipy makes of small regions; GrowCut
//! against the automaton itself.

use ndarray::Array3;
use serde_json::Value;

use super::*;
use crate::volume::geometry::{Geometry, IDENTITY};
use crate::volume::{IndexBox, Mask, Samples, Volume, VolumeError};

fn grid(size: [usize; 3], spacing: [f64; 3]) -> Geometry {
    Geometry {
        size,
        spacing,
        origin: [-3.0, 4.0, 5.5],
        direction: IDENTITY,
    }
}

/// Numbers that look random, the same each time.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    }
}

fn region(grid: Geometry, voxels: Array3<bool>) -> BoxedRegion {
    BoxedRegion::of(&Mask { geometry: grid, voxels })
}

fn of_voxels(grid: Geometry, inside: impl Fn(usize, usize, usize) -> bool) -> BoxedRegion {
    let [x, y, z] = grid.size;
    region(grid, Array3::from_shape_fn((z, y, x), |(z, y, x)| inside(x, y, z)))
}

/// Regions that are crumbs, sponges, cut off by the image, flat, full and empty.
fn regions() -> Vec<BoxedRegion> {
    let mut found = Vec::new();
    for (seed, share) in [(1, 0.1), (2, 0.4), (3, 0.7), (4, 0.95)] {
        for (size, spacing) in [
            ([9, 8, 7], [1.0, 1.0, 1.0]),
            ([7, 9, 5], [0.7, 0.9, 2.5]),
            ([11, 10, 1], [0.5, 0.5, 5.0]),
            ([1, 1, 12], [2.0, 2.0, 0.3]),
        ] {
            let mut next = noise(seed);
            let grid = grid(size, spacing);
            let [x, y, z] = size;
            let voxels = Array3::from_shape_simple_fn((z, y, x), || next() < share);
            found.push(region(grid, voxels));
        }
    }
    let grid = grid([5, 6, 4], [1.0, 2.0, 3.0]);
    found.extend([
        BoxedRegion::empty(grid),
        of_voxels(grid, |_, _, _| true),
        of_voxels(grid, |x, y, z| (x, y, z) == (4, 5, 3)),
        of_voxels(grid, |_, y, _| y == 2),
    ]);
    found
}

fn holds_all(large: &BoxedRegion, small: &BoxedRegion) -> bool {
    let pairs = large.to_mask().voxels;
    pairs
        .iter()
        .zip(&small.to_mask().voxels)
        .all(|(&large, &small)| large || !small)
}

fn complement(of: &BoxedRegion) -> BoxedRegion {
    region(*of.grid(), of.to_mask().voxels.mapv(|inside| !inside))
}

#[test]
fn a_box_is_the_region() {
    for of in regions() {
        assert_eq!(BoxedRegion::of(&of.to_mask()), of);
        assert_eq!(of.count(), of.to_mask().count());
        let part = IndexBox {
            start: [0; 3],
            size: of.grid().size.map(|size| size.min(3)),
        };
        assert_eq!(of.with(&part, &of.within(&part)), of);
        assert!(
            of.with(&part, &Array3::default((part.size[2], part.size[1], part.size[0])))
                .count()
                <= of.count()
        );
        assert!(!of.holds(of.grid().size));
    }
}

#[test]
fn nothing_is_done_at_no_millimetres() {
    for of in regions() {
        assert_eq!(grown(&of, 0.0), of);
        assert_eq!(shrunk(&of, 0.0), of);
        assert_eq!(smoothed(&of, 0.0), of);
    }
}

#[test]
fn what_is_done_twice_is_done() {
    for of in regions() {
        let (largest, _) = largest_island(&of);
        assert_eq!(largest_island(&largest), (largest.clone(), 0));
        for axis in [None, Some(Axis::X), Some(Axis::Y), Some(Axis::Z)] {
            let filled = fill_holes(&of, axis);
            assert_eq!(fill_holes(&filled, axis), filled);
        }
        // An opening and a closing are done once and for all.
        let opened = |of: &BoxedRegion| grown(&shrunk(of, 1.2), 1.2);
        assert_eq!(opened(&opened(&of)), opened(&of));
        let closed = |of: &BoxedRegion| shrunk(&grown(of, 1.2), 1.2);
        assert_eq!(closed(&closed(&of)), closed(&of));
    }
}

#[test]
fn each_holds_what_it_must() {
    for of in regions() {
        assert!(holds_all(&of, &largest_island(&of).0));
        assert!(holds_all(&fill_holes(&of, None), &of));
        assert!(holds_all(&fill_holes(&of, Some(Axis::Z)), &of));
        for reach in [0.3, 0.5, 1.0, 2.5, 200.0] {
            assert!(holds_all(&grown(&of, reach), &of));
            assert!(holds_all(&of, &shrunk(&of, reach)));
            // What grows shrinks all around it.
            if !of.is_empty() && of.count() < of.grid().voxels() {
                assert_eq!(complement(&grown(&of, reach)), shrunk(&complement(&of), reach));
            }
        }
        assert!(holds_all(&grown(&of, 2.0), &grown(&of, 1.0)));
        assert!(holds_all(&shrunk(&of, 1.0), &shrunk(&of, 2.0)));
    }
}

#[test]
fn millimetres_are_those_of_each_axis() {
    let grid = grid([21, 21, 21], [0.1, 1.0, 3.0]);
    let point = of_voxels(grid, |x, y, z| (x, y, z) == (10, 10, 10));
    // Three steps of 0.1 are 0.30000000000000004.
    assert_eq!(grown(&point, 0.3).count(), 7);
    assert_eq!(grown(&point, 0.99).bounding_box().unwrap().size, [19, 1, 1]);
    assert_eq!(grown(&point, 1.0).bounding_box().unwrap().size, [21, 3, 1]);
    assert_eq!(grown(&point, 3.0).bounding_box().unwrap().size, [21, 7, 3]);
    let ball = grown(&point, 3.0);
    assert_eq!(shrunk(&ball, 200.0).count(), 0);
    // The image's end along x is not outside.
    assert!(shrunk(&ball, 0.5).holds([0, 10, 10]));
}

#[test]
fn of_two_largest_islands_the_first_stays_and_it_is_said() {
    let grid = grid([7, 3, 1], [1.0; 3]);
    let two = of_voxels(grid, |x, y, _| !(2..=4).contains(&x) && y == 1 || (x, y) == (3, 2));
    let (kept, tied) = largest_island(&two);
    assert_eq!((kept.count(), tied), (2, 1));
    assert!(kept.holds([0, 1, 0]) && !kept.holds([5, 1, 0]));
}

#[test]
fn a_hole_of_a_slice_may_be_none_of_the_volume() {
    let grid = grid([5, 5, 5], [1.0; 3]);
    // A tube along z, and a shell.
    let tube = of_voxels(grid, |x, y, _| {
        (1..4).contains(&x) && (1..4).contains(&y) && (x, y) != (2, 2)
    });
    assert_eq!(fill_holes(&tube, None), tube);
    assert_eq!(fill_holes(&tube, Some(Axis::Z)).count(), 45);
    assert_eq!(fill_holes(&tube, Some(Axis::X)), tube);
    let shell = of_voxels(grid, |x, y, z| {
        [x, y, z].iter().all(|at| (1..4).contains(at)) && (x, y, z) != (2, 2, 2)
    });
    assert_eq!(fill_holes(&shell, None).count(), 27);
}

#[test]
fn smoothing_takes_spurs_and_keeps_what_is_large() {
    let grid = grid([24, 24, 12], [0.5, 0.5, 1.0]);
    let cube = |x: usize, y: usize, z: usize| (6..18).contains(&x) && (6..18).contains(&y) && (3..9).contains(&z);
    let spur = of_voxels(grid, |x, y, z| cube(x, y, z) || (x > 17 && (y, z) == (12, 6)));
    let smooth = smoothed(&spur, 0.8);
    assert!(!smooth.holds([22, 12, 6]) && !smooth.holds([6, 6, 3]) && smooth.holds([6, 12, 6]));
    let share = smooth.count() as f64 / of_voxels(grid, cube).count() as f64;
    assert!((0.85..1.0).contains(&share), "{share}");
    let full = of_voxels(grid, |_, _, _| true);
    assert_eq!(smoothed(&full, 3.0), full, "an image's border is no surface");
}

fn unpacked(text: &str, size: [usize; 3]) -> Array3<bool> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    let voxel = |at: usize| digits[at / 4] >> (3 - at % 4) & 1 == 1;
    let [x, y, z] = size;
    Array3::from_shape_vec((z, y, x), (0..x * y * z).map(voxel).collect()).unwrap()
}

#[test]
fn regions_are_mended_as_by_scipy() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/mend/scipy.json")).unwrap();
    let mut compared = 0;
    for case in golden["cases"].as_array().unwrap() {
        let three = |key: &str| [0, 1, 2].map(|axis| case[key][axis].as_f64().unwrap());
        let size = three("size").map(|size| size as usize);
        let grid = grid(size, three("spacing"));
        let image = Volume {
            geometry: grid,
            samples: Samples::U8(vec![0; grid.voxels()]),
        };
        let before = region(grid, unpacked(case["region"].as_str().unwrap(), size));
        for (step, expected) in case["steps"].as_object().unwrap() {
            let mut mending = Mending::new(before.clone());
            mending.take(step.parse().unwrap(), &image).unwrap();
            let expected = region(grid, unpacked(expected.as_str().unwrap(), size));
            assert_eq!(mending.region(), &expected, "{step} of {size:?}");
            compared += 1;
        }
        let regions = |key: &str| case[key].as_array().unwrap().clone();
        let expected = |one: &Value| region(grid, unpacked(one["region"].as_str().unwrap(), size));
        for one in regions("moved") {
            let by = [0, 1, 2].map(|axis| one["by"][axis].as_f64().unwrap());
            assert_eq!(moved(&before, by), expected(&one), "{by:?} of {size:?}");
        }
        for one in regions("turned") {
            let by = one["by"].as_f64().unwrap();
            assert_eq!(turned(&before, by), expected(&one), "{by} of {size:?}");
        }
        compared += regions("moved").len() + regions("turned").len();
    }
    assert!(compared >= 64, "{compared}");
}

/// A ball of 100 in 0 with noise, cut by a plane that has almost the ball's values.
fn phantom(size: [usize; 3], spacing: [f64; 3], amount: f64) -> (Volume, BoxedRegion) {
    let grid = grid(size, spacing);
    let [x, y, z] = size;
    let middle = [0, 1, 2].map(|axis| (size[axis] as f64 - 1.0) * spacing[axis] / 2.0);
    let radius = middle.iter().copied().fold(f64::INFINITY, f64::min) * 0.7;
    let ball = |index: [usize; 3]| {
        let away: f64 = (0..3)
            .map(|axis| (index[axis] as f64 * spacing[axis] - middle[axis]).powi(2))
            .sum();
        away.sqrt() <= radius
    };
    let mut next = noise(7);
    let mut values = Vec::new();
    for z in 0..z {
        for y in 0..y {
            for x in 0..x {
                let value = if ball([x, y, z]) { 100.0 } else { 0.0 };
                values.push((value + amount * (next() - 0.5)) as f32);
            }
        }
    }
    let volume = Volume {
        geometry: grid,
        samples: Samples::F32(values),
    };
    (volume, of_voxels(grid, |x, y, z| ball([x, y, z])))
}

fn step(text: &str) -> Operation {
    text.parse().unwrap()
}

#[test]
fn a_few_seeds_find_a_ball_in_noise() {
    for (size, spacing) in [([25, 25, 25], [1.0; 3]), ([31, 27, 13], [0.8, 0.9, 2.0])] {
        let (image, ball) = phantom(size, spacing, 80.0);
        let middle = size.map(|size| size / 2 + 1);
        let [x, y, z] = middle;
        let [far_x, far_y, far_z] = size;
        let mut mending = Mending::new(BoxedRegion::empty(image.geometry));
        for text in [
            format!("inside=2@{x},{y},{z}"),
            format!("outside=1@1,{y},{z};{far_x},{y},{z};{x},1,{z};{x},{far_y},{z};{x},{y},1;{x},{y},{far_z}"),
            "contour".to_owned(),
        ] {
            mending.take(step(&text), &image).unwrap();
        }
        let found = mending.region();
        let both = found
            .to_mask()
            .voxels
            .iter()
            .zip(&ball.to_mask().voxels)
            .filter(|(a, b)| **a && **b)
            .count();
        let dice = 2.0 * both as f64 / (found.count() + ball.count()) as f64;
        assert!(dice > 0.97, "{dice}");
    }
}

/// The greatest product of `1 - |difference| / range` along any path from a seed, by the automaton's own rule until nothing
/// changes.
fn strengths(values: &Array3<f64>, seeds: &Array3<bool>) -> Array3<f64> {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), &value| {
        (low.min(value), high.max(value))
    });
    let (size_z, size_y, size_x) = values.dim();
    let mut now = seeds.mapv(|seed| if seed { 1.0 } else { 0.0 });
    loop {
        let mut next = now.clone();
        for ((z, y, x), strength) in next.indexed_iter_mut() {
            for a in z.saturating_sub(1)..(z + 2).min(size_z) {
                for b in y.saturating_sub(1)..(y + 2).min(size_y) {
                    for c in x.saturating_sub(1)..(x + 2).min(size_x) {
                        let alike = 1.0 - (values[[z, y, x]] - values[[a, b, c]]).abs() / (high - low);
                        *strength = f64::max(*strength, alike * now[[a, b, c]]);
                    }
                }
            }
        }
        if next == now {
            return now;
        }
        now = next;
    }
}

#[test]
fn the_contour_is_where_the_automaton_comes_to_rest() {
    for seed in 1..6 {
        let mut next = noise(seed);
        let values = Array3::from_shape_simple_fn((6, 7, 8), || (next() * 1000.0).floor());
        let mut inside = Array3::default(values.dim());
        let mut outside = inside.clone();
        (inside[[1, 1, 1]], inside[[3, 4, 4]]) = (true, true);
        (outside[[5, 6, 7]], outside[[0, 6, 0]]) = (true, true);
        let seeds = Seeds {
            inside: &inside,
            outside: &outside,
        };
        let found = grow_from_seeds(&values, [0.7, 0.9, 2.0], seeds);
        let (own, others) = (strengths(&values, &inside), strengths(&values, &outside));
        let mut clear = 0;
        for ((own, others), &found) in own.iter().zip(&others).zip(&found) {
            // Lengths are cut to 65,536 levels, which decides only what is as good as even.
            if (own / others).ln().abs() > 1e-3 {
                assert_eq!(found, own > others, "{own} {others}");
                clear += 1;
            }
        }
        assert!(clear > 300, "{clear}");
    }
}

#[test]
fn in_a_flat_image_the_nearer_seed_wins_in_millimetres() {
    let values = Array3::from_elem((1, 1, 11), 7.0);
    let mut inside = Array3::default(values.dim());
    let mut outside = inside.clone();
    inside[[0, 0, 0]] = true;
    outside[[0, 0, 10]] = true;
    let seeds = Seeds {
        inside: &inside,
        outside: &outside,
    };
    let found = grow_from_seeds(&values, [0.3, 1.0, 1.0], seeds);
    // The voxel in the middle is as near to both, and is outside.
    assert_eq!(found.iter().filter(|&&inside| inside).count(), 5);
    // Turned round, the same holds.
    let seeds = Seeds {
        inside: &outside,
        outside: &inside,
    };
    let turned = grow_from_seeds(&values, [0.3, 1.0, 1.0], seeds);
    assert_eq!(turned.iter().filter(|&&inside| inside).count(), 5);
}

#[test]
fn nothing_grows_through_what_is_no_number() {
    let mut values = Array3::from_elem((1, 3, 9), 7.0);
    for y in 0..3 {
        values[[0, y, 4]] = f64::NAN;
    }
    let mut inside = Array3::default(values.dim());
    let mut outside = inside.clone();
    inside[[0, 1, 0]] = true;
    outside[[0, 1, 1]] = true;
    let seeds = Seeds {
        inside: &inside,
        outside: &outside,
    };
    let found = grow_from_seeds(&values, [1.0; 3], seeds);
    assert!(found.iter().filter(|&&inside| inside).count() < 4);
    assert!((5..9).all(|x| !found[[0, 1, x]]));
}

#[test]
fn steps_are_taken_back_and_again_and_said_as_they_were() {
    let (image, _) = phantom([15, 15, 9], [1.0, 1.0, 2.0], 10.0);
    let mut mending = Mending::new(BoxedRegion::empty(image.geometry));
    let mut seen = vec![mending.region().clone()];
    let steps = [
        "paint=2@8,8,5",
        "paint=2@9,8,5",
        "erase=1@8,8,5",
        "grow=2",
        "fill",
        "largest",
        "smooth=1",
        "shrink=1",
        "cut=z:3-",
        "inside=1@8,8,5",
        "outside=1@1,1,1",
        "contour=20",
    ];
    for text in steps {
        let done = mending.take(step(text), &image).unwrap();
        assert_eq!(done.before, seen.last().unwrap().count());
        assert_eq!(done.after, mending.region().count());
        seen.push(mending.region().clone());
    }
    let said: Vec<String> = mending.steps().iter().map(ToString::to_string).collect();
    assert_eq!(said[0], "paint=2@8,8,5;9,8,5");
    // What is said makes the same region again.
    let mut again = Mending::new(BoxedRegion::empty(image.geometry));
    for text in &said {
        again.take(step(text), &image).unwrap();
    }
    assert_eq!(again.region(), mending.region());
    for before in seen.iter().rev().skip(1) {
        assert!(mending.undo().is_some());
        assert_eq!(mending.region(), before);
    }
    assert!(mending.undo().is_none() && mending.seeds().iter().all(|seeds| seeds.is_empty()));
    for after in &seen[1..] {
        assert!(mending.redo().is_some());
        assert_eq!(mending.region(), after);
    }
    assert_eq!(mending.depth(), (12, 0));
    mending.undo();
    mending.take(step("largest"), &image).unwrap();
    assert!(mending.redo().is_none());
}

#[test]
fn what_cannot_be_done_is_refused_with_numbers_and_changes_nothing() {
    let grid = grid([300, 300, 300], [1.0; 3]);
    let image = Volume {
        geometry: grid,
        samples: Samples::U8(Vec::new()),
    };
    let mut mending = Mending::new(BoxedRegion::empty(grid));
    let mut refused = |text: &str, said: &str| {
        let error = mending.take(step(text), &image).unwrap_err();
        assert!(
            matches!(error, VolumeError::Mend { .. }) && error.to_string().contains(said),
            "{error}"
        );
        assert!(mending.region().is_empty());
    };
    refused(
        "paint=1@301,1,1",
        "voxel 301, 1, 1 lies beyond the image of 300, 300, 300 voxels",
    );
    refused("cut=z:-301", "slice 301 does not exist: the image has 300 along z");
    refused("contour", "no seeds");
    mending.take(step("inside=1@2,2,2"), &image).unwrap();
    let error = mending.take(Operation::CONTOUR, &image).unwrap_err().to_string();
    assert!(error.contains("no seeds outside"), "{error}");
    mending.take(step("outside=1@299,299,299"), &image).unwrap();
    let error = mending.take(Operation::CONTOUR, &image).unwrap_err().to_string();
    assert!(
        error.contains("300 x 300 x 300 = 27000000 voxels") && error.contains("16777216"),
        "{error}"
    );
    // On a region without voxels all else does nothing.
    for text in [
        "largest",
        "fill",
        "fill=x",
        "smooth=3",
        "grow=5",
        "shrink=5",
        "cut=x:4-9",
        "erase=3@5,5,5",
    ] {
        assert_eq!(mending.take(step(text), &image).unwrap().after, 0, "{text}");
    }
}
