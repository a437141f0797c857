//! How long each feature class takes, and all of them: `cargo bench --bench features`.
//!
//! The volumes are made here from a seed: a blob of 75,000 and one of 1,000,000 voxels with smooth texture and noise, as
//! the soft tissue of a CT scan has them; the conventions are compared on 58,000. `RAYON_NUM_THREADS=1` shows what one core does.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ndarray::Array3;
use radscore::features::maps::map;
use radscore::features::{CLASSES as FEATURE_CLASSES, Offer, Parameters, extract};
use radscore::stats::base::random::{Purpose, RandomStream};
use radscore::volume::{Geometry, Mask, Samples, Scan, Volume};
use serde_json::{Map, Value, json};

const CLASSES: [&str; 7] = ["shape", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"];

/// A scan whose region has about so many voxels; the image reaches `margin` voxels beyond the region's box.
fn scan(voxels: usize, margin: usize) -> Scan {
    let mut random = RandomStream::new(voxels as u64, Purpose::Other(1));
    let spacing = [0.75, 0.75, 2.5];
    let radius = (voxels as f64 * spacing.iter().product::<f64>() * 3.0 / 4.0 / std::f64::consts::PI).cbrt();
    let size = spacing.map(|step| 2 * (1.12 * radius / step).ceil() as usize + 2 * margin);
    let waves: Vec<[f64; 5]> = (0..12)
        .map(|_| {
            let [x, y, z] = [0; 3].map(|_| random.normal());
            [
                x / radius * 3.0,
                y / radius * 3.0,
                z / radius * 3.0,
                random.uniform() * 6.3,
                random.normal(),
            ]
        })
        .collect();
    let wave = |place: [f64; 3]| -> f64 {
        waves
            .iter()
            .map(|[x, y, z, phase, height]| height * (x * place[0] + y * place[1] + z * place[2] + phase).sin())
            .sum()
    };
    let place = |z: usize, y: usize, x: usize| {
        let index = [x, y, z];
        std::array::from_fn(|axis| (index[axis] as f64 - 0.5 * size[axis] as f64) * spacing[axis])
    };
    let shape = (size[2], size[1], size[0]);
    let mask = Array3::from_shape_fn(shape, |(z, y, x)| {
        let at: [f64; 3] = place(z, y, x);
        at.iter().map(|step| step * step).sum::<f64>().sqrt() < radius * (1.0 + 0.02 * wave(at))
    });
    let values = Array3::from_shape_fn(shape, |(z, y, x)| {
        (45.0 + 20.0 * wave(place(z, y, x)) + 12.0 * random.normal()).round() as i16
    });
    let geometry = Geometry {
        size,
        spacing,
        origin: [0.0; 3],
        direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    };
    Scan::of(
        Volume {
            geometry,
            samples: Samples::I16(values.into_raw_vec_and_offset().0),
        },
        Mask { geometry, voxels: mask },
    )
}

fn parameters(classes: &[&str], types: Value, voxel: Value) -> Parameters {
    let classes: Map<String, Value> = classes.iter().map(|class| ((*class).to_owned(), json!([]))).collect();
    Parameters::from_value(&json!({"featureClass": classes, "imageType": types, "voxelSetting": voxel})).unwrap()
}

fn classes(bench: &mut Criterion) {
    for (name, voxels) in [("75k", 75_000), ("1m", 1_000_000)] {
        let scan = scan(voxels, 0);
        let mut group = bench.benchmark_group(name);
        group.sample_size(10);
        for class in CLASSES {
            let parameters = parameters(&[class], json!({"Original": {}}), json!({}));
            group.bench_function(class, |bencher| {
                bencher.iter(|| extract(black_box(&scan), &parameters).unwrap());
            });
        }
        let all = Parameters::default();
        group.bench_function("all 107", |bencher| {
            bencher.iter(|| extract(black_box(&scan), &all).unwrap());
        });
    }
}

fn image_types(bench: &mut Criterion) {
    let scan = scan(20_000, 20);
    let mut group = bench.benchmark_group("image types of 20k");
    group.sample_size(10);
    for (name, types) in [
        ("Original", json!({"Original": {}})),
        ("LoG x 5", json!({"LoG": {"sigma": [1.0, 2.0, 3.0, 4.0, 5.0]}})),
        ("Wavelet", json!({"Wavelet": {}})),
        ("LBP3D", json!({"LBP3D": {}})),
    ] {
        let parameters = parameters(&CLASSES, types, json!({}));
        group.bench_function(name, |bencher| {
            bencher.iter(|| extract(black_box(&scan), &parameters).unwrap());
        });
    }
}

fn maps(bench: &mut Criterion) {
    let scan = scan(2_000, 4);
    let mut group = bench.benchmark_group("maps of 2k");
    group.sample_size(10);
    for radius in [1, 2] {
        for class in &CLASSES[1..] {
            let parameters = parameters(&[class], json!({"Original": {}}), json!({"kernelRadius": radius}));
            group.bench_with_input(BenchmarkId::new(*class, radius), &parameters, |bencher, parameters| {
                bencher.iter(|| map(black_box(&scan), parameters).unwrap());
            });
        }
    }
}

/// The features that both conventions have, class by class, and all that the IBSI has.
fn conventions(bench: &mut Criterion) {
    let scan = scan(57_900, 12);
    let mut group = bench.benchmark_group("conventions, 58k");
    group.sample_size(20);
    let shared: Map<String, Value> = FEATURE_CLASSES
        .iter()
        .map(|class| {
            let features = class.features();
            let shared = features
                .iter()
                .filter(|info| info.offer == Offer::Default && info.in_both_conventions());
            let names: Vec<Value> = shared.map(|info| json!(info.name)).collect();
            (class.name().to_owned(), json!(names))
        })
        .filter(|(_, names)| *names != json!([]))
        .collect();
    let mut measure = |name: &str, document: Value| {
        let parameters = Parameters::from_value(&document).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| extract(black_box(&scan), &parameters).unwrap());
        });
    };
    for (class, names) in shared.iter().map(|(class, names)| (class.as_str(), names.clone())) {
        for convention in ["pyradiomics", "ibsi"] {
            let document = json!({"convention": convention, "featureClass": {class: names}});
            measure(&format!("{class} {convention}"), document);
        }
    }
    for convention in ["pyradiomics", "ibsi"] {
        let document = json!({"convention": convention, "featureClass": shared});
        measure(&format!("shared {convention}"), document);
    }
    measure("every feature ibsi", json!({"convention": "ibsi"}));
}

criterion_group!(benches, classes, conventions, image_types, maps);
criterion_main!(benches);
