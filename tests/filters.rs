//! Every filtered volume equals PyRadiomics' voxel by voxel, and what is computed of a part is what the whole would give.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "goldens/mod.rs"]
mod goldens;

use std::path::Path;
use std::process::ExitCode;

use radscore::features::Parameters;
use radscore::features::filter::{FILTERS, Filter};
use radscore::volume::{Extent, IndexBox, LoadOptions, Scan, Volume, load, read_volume};
use serde_json::{Value, json};

use goldens::Suite;

fn tiny(folder: &Path) -> Scan {
    let options = LoadOptions {
        extent: Extent::Whole,
        ..LoadOptions::default()
    };
    load(
        &folder.join("images/tiny_image.nrrd"),
        &folder.join("images/tiny_mask.nrrd"),
        &options,
    )
    .unwrap()
}

fn filter(image_type: &str) -> &'static dyn Filter {
    *FILTERS
        .iter()
        .find(|filter| filter.image_type() == image_type)
        .unwrap_or_else(|| panic!("no filter {image_type}"))
}

/// The filtered images over a box, by name.
fn filtered(image_type: &str, settings: &Value, scan: &Scan, needed: &IndexBox) -> Vec<(String, Volume)> {
    let parameters = Parameters::from_value(&json!({ "setting": settings })).unwrap();
    let filter = filter(image_type);
    let mut found = Vec::new();
    let mut warnings = Vec::new();
    filter
        .apply(
            &scan.image,
            &scan.mask,
            needed,
            parameters.settings(),
            &mut warnings,
            &mut |filtered| {
                let part = filtered.image.crop(&filtered.within(needed));
                found.push((filtered.name.clone(), part));
                Ok(())
            },
        )
        .unwrap();
    let names: Vec<String> = found.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names, filter.names(parameters.settings()), "{image_type}");
    found
}

fn whole(scan: &Scan) -> IndexBox {
    IndexBox {
        start: [0; 3],
        size: scan.image.geometry.size,
    }
}

/// Image type, settings, absolute tolerance.
fn cases() -> Vec<(&'static str, Value, f64)> {
    vec![
        ("LoG", json!({"sigma": [1.0, 2.0, 3.0]}), 2e-5),
        ("Wavelet", json!({}), 1e-9),
        ("Square", json!({}), 1e-9),
        ("SquareRoot", json!({}), 1e-9),
        ("Logarithm", json!({}), 1e-9),
        ("Exponential", json!({}), 1e-9),
        ("Gradient", json!({}), 1e-6),
        ("LBP2D", json!({}), 0.0),
        ("LBP3D", json!({}), 1e-9),
    ]
}

fn every_filtered_volume_is_pyradiomics(folder: &Path) {
    let scan = tiny(folder);
    let mut faults = Vec::new();
    for (image_type, settings, tolerance) in cases() {
        for (name, volume) in filtered(image_type, &settings, &scan, &whole(&scan)) {
            let wanted = read_volume(&folder.join(format!("intermediate/volumes/tiny_{name}.nrrd"))).unwrap();
            assert_eq!(volume.geometry.size, wanted.geometry.size, "{name}");
            assert_eq!(volume.samples.sample_type(), wanted.samples.sample_type(), "{name}");
            let mut worst: (f64, usize) = (0.0, 0);
            for index in 0..volume.samples.len() {
                let (got, wanted) = (volume.samples.get(index), wanted.samples.get(index));
                let difference = if got.is_nan() && wanted.is_nan() {
                    0.0
                } else {
                    (got - wanted).abs()
                };
                if difference > worst.0 || difference.is_nan() {
                    worst = (difference, index);
                }
            }
            println!("{name}: {:e} at {}", worst.0, worst.1);
            if worst.0 > tolerance || worst.0.is_nan() {
                faults.push(format!("{name}: {:e} at {}", worst.0, worst.1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn a_part_is_computed_as_the_whole(folder: &Path) {
    let scan = tiny(folder);
    let mut all = cases();
    all.push(("Wavelet", json!({"wavelet": "db3", "level": 2, "start_level": 1}), 1e-9));
    all.push(("Wavelet", json!({"wavelet": "bior2.2", "force2D": true}), 1e-9));
    for (image_type, settings, tolerance) in all {
        for part in [
            IndexBox {
                start: [7, 8, 6],
                size: [5, 4, 3],
            },
            IndexBox {
                start: [20, 0, 13],
                size: [4, 3, 3],
            },
        ] {
            let cut = filtered(image_type, &settings, &scan, &part);
            let complete = filtered(image_type, &settings, &scan, &whole(&scan));
            for ((name, cut), (_, complete)) in cut.iter().zip(&complete) {
                let complete = complete.crop(&part);
                assert_eq!(cut.geometry, complete.geometry, "{name}");
                for index in 0..cut.samples.len() {
                    let (got, wanted) = (cut.samples.get(index), complete.samples.get(index));
                    assert!(
                        (got - wanted).abs() <= tolerance || (got.is_nan() && wanted.is_nan()),
                        "{name} {part:?}: {got} {wanted}"
                    );
                }
            }
        }
    }
}

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(
        suite, golden "radiomics" "intermediate/volumes";
        every_filtered_volume_is_pyradiomics,
        a_part_is_computed_as_the_whole,
    );
    suite.finish()
}
