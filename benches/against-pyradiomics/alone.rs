//! How long radscore takes for features alone, in CPU seconds of one thread, on files: for `run.py` beside this file.
//!
//! `cargo bench --bench alone -- features IMAGE MASK PARAMS.yaml REPEATS` times everything after the files are decoded;
//! `maps` in place of `features` times feature maps. The least of the repeats is printed.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use radscore::features::maps::{map, map_options};
use radscore::features::{Parameters, extract, load_options};
use radscore::study::input::yaml::read_value;
use radscore::volume::{LabelChoice, load};

fn main() {
    // `cargo bench` hands on a flag of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let [what, image, mask, parameters, repeats] = arguments.as_slice() else {
        println!("usage: cargo bench --bench alone -- features|maps IMAGE MASK PARAMS.yaml REPEATS");
        return;
    };
    let parameters = Parameters::from_value(&read_value(Path::new(parameters)).unwrap()).unwrap();
    let maps = what == "maps";
    let options = if maps { map_options } else { load_options }(LabelChoice::Value(1), &parameters);
    let scan = load(Path::new(image), Path::new(mask), &options).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let least = pool.install(|| {
        (0..repeats.parse().unwrap())
            .map(|_| {
                let before = cpu_seconds();
                if maps {
                    black_box(map(&scan, &parameters).unwrap());
                } else {
                    black_box(extract(&scan, &parameters).unwrap());
                }
                cpu_seconds() - before
            })
            .fold(f64::INFINITY, f64::min)
    });
    println!("{least}");
}

/// CPU time of this thread where the system tells it, else the time on the wall.
fn cpu_seconds() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .map_or_else(
            || START.with(|start| start.elapsed().as_secs_f64()),
            |nanoseconds| nanoseconds * 1e-9,
        )
}
