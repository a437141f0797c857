//! A region grown from seeds in a box of 100 x 100 x 60 voxels, which is to take less than a second.

#![allow(missing_docs, reason = "criterion writes the entry point")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array3;
use radscore::volume::mend::{Seeds, grow_from_seeds};

/// An ellipsoid of 300 in noise of 120.
fn values() -> Array3<f64> {
    let mut state = 7u64;
    Array3::from_shape_fn((60, 100, 100), |(z, y, x)| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let noise = ((state >> 33) % 120) as f64;
        let away = [(x, 50.0, 35.0), (y, 50.0, 35.0), (z, 30.0, 20.0)];
        let away: f64 = away
            .map(|(at, middle, radius)| ((at as f64 - middle) / radius).powi(2))
            .iter()
            .sum();
        noise + if away < 1.0 { 300.0 } else { 0.0 }
    })
}

fn seeds(c: &mut Criterion) {
    let values = values();
    let mut inside = Array3::default(values.dim());
    let mut outside = inside.clone();
    inside[[30, 50, 50]] = true;
    outside[[2, 2, 2]] = true;
    outside[[57, 97, 97]] = true;
    let seeds = Seeds {
        inside: &inside,
        outside: &outside,
    };
    c.bench_function("grow from seeds, 100 x 100 x 60", |bencher| {
        bencher.iter(|| grow_from_seeds(black_box(&values), [0.7, 0.7, 1.5], seeds));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = seeds
}
criterion_main!(benches);
