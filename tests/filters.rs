//! Every filtered volume equals PyRadiomics' voxel by voxel, what is computed of a part is what the whole would give, and what
//! comes before a threshold is that of ITK, PyWavelets and scipy to the last bit.

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

use radscore::features::filter::{FILTERS, Filter};
use radscore::features::prepare::Prepared;
use radscore::features::{Convention, Parameters};
use radscore::volume::geometry::IDENTITY;
use radscore::volume::resample::{Interpolator, interpolate};
use radscore::volume::{Extent, Geometry, IndexBox, LoadOptions, Mask, Samples, Scan, Volume, load, read_volume};
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

/// Numbers by their bits: 16 hexadecimal digits a double, 8 a single.
fn bits(value: &Value, single: bool) -> Vec<f64> {
    let text = value.as_str().unwrap().as_bytes();
    let digits = |chunk: &[u8]| u64::from_str_radix(std::str::from_utf8(chunk).unwrap(), 16).unwrap();
    if single {
        let number = |chunk: &[u8]| f64::from(f32::from_bits(digits(chunk) as u32));
        text.chunks(8).map(number).collect()
    } else {
        text.chunks(16).map(|chunk| f64::from_bits(digits(chunk))).collect()
    }
}

fn three(value: &Value) -> [f64; 3] {
    bits(value, false).try_into().unwrap()
}

fn size(value: &Value) -> [usize; 3] {
    serde_json::from_value(value.clone()).unwrap()
}

/// The whole numbers of which the images of the goldens are made.
fn whole_numbers([width, height, depth]: [usize; 3]) -> Vec<i16> {
    let number = |x: usize, y: usize, z: usize| ((31 * x + 17 * y + 7 * z + 3 * x * y + 5 * y * z) % 23) as i16 - 9;
    (0..depth)
        .flat_map(|z| (0..height).flat_map(move |y| (0..width).map(move |x| number(x, y, z))))
        .collect()
}

fn plain(size: [usize; 3], samples: Samples) -> Volume {
    let geometry = Geometry {
        size,
        spacing: [1.0; 3],
        origin: [0.0; 3],
        direction: IDENTITY,
    };
    Volume { geometry, samples }
}

/// All of an image as a region.
fn scan_of(image: Volume) -> Scan {
    let geometry = image.geometry;
    let [width, height, depth] = geometry.size;
    Scan {
        mask: Mask {
            geometry,
            voxels: ndarray::Array3::from_elem((depth, height, width), true),
        },
        image: std::sync::Arc::new(image),
        plane: false,
        start: [0; 3],
        full: geometry,
        mask_start: [0; 3],
        mask_full: geometry,
        moments: None,
        image_facts: None,
        mask_facts: None,
        corrected_mask_facts: None,
        doubt: None,
        warnings: Vec::new(),
    }
}

fn same(what: &str, got: &Samples, wanted: &[f64]) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    let differ = |place: &usize| {
        let (got, wanted) = (got.get(*place), wanted[*place]);
        got.to_bits() != wanted.to_bits() && !(got.is_nan() && wanted.is_nan())
    };
    let different: Vec<usize> = (0..wanted.len()).filter(differ).collect();
    if let Some(&first) = different.first() {
        panic!(
            "{what}: {} of {} values differ, first {first}: {:e} for {:e}",
            different.len(),
            wanted.len(),
            got.get(first),
            wanted[first]
        );
    }
}

fn goldens(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("intermediate/bits.json")).unwrap()).unwrap()
}

/// The image of the goldens as PyRadiomics normalises it.
fn normalised(goldens: &Value) -> Volume {
    let size = size(&goldens["size"]);
    let scan = scan_of(plain(size, Samples::I16(whole_numbers(size))));
    let parameters = Parameters::from_value(&json!({"setting": {"normalize": true}})).unwrap();
    let prepared = Prepared::new(&scan, &parameters, Convention::PyRadiomics.rules()).unwrap();
    prepared.image.into_owned()
}

fn normalisation_is_itks_to_the_last_bit(folder: &Path) {
    let goldens = goldens(folder);
    same(
        "normalised",
        &normalised(&goldens).samples,
        &bits(&goldens["normalised"], false),
    );
}

fn resampling_is_itks_to_the_last_bit(folder: &Path) {
    let goldens = goldens(folder);
    let size_of_image = size(&goldens["size"]);
    for case in goldens["grids"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let direction = bits(&case["direction"], false);
        let geometry = Geometry {
            size: size_of_image,
            spacing: three(&case["spacing"]),
            origin: three(&case["origin"]),
            direction: [0, 1, 2].map(|row| [0, 1, 2].map(|axis| direction[3 * row + axis])),
        };
        let at_zero = Geometry {
            origin: [0.0; 3],
            ..geometry
        };
        let columns = IDENTITY.map(|unit| at_zero.world_to_index(unit).unwrap());
        let inverse = (0..9).map(|place| columns[place % 3][place / 3]).collect();
        same(
            &format!("{name}, inverse"),
            &Samples::F64(inverse),
            &bits(&case["inverse"], false),
        );
        let onto = Geometry {
            size: size(&case["onto_size"]),
            spacing: three(&case["onto_spacing"]),
            origin: geometry.index_to_world([0.5; 3]),
            direction: geometry.direction,
        };
        assert_eq!(onto.origin, three(&case["onto_origin"]), "{name}");
        let image = Volume {
            geometry,
            samples: Samples::F64(whole_numbers(size_of_image).into_iter().map(f64::from).collect()),
        };
        for (key, interpolator) in [
            ("nearest", Interpolator::NearestNeighbour),
            ("linear", Interpolator::Linear),
            ("spline", Interpolator::BSpline),
        ] {
            let got = interpolate(&image, [0; 3], &geometry, &onto, interpolator);
            same(&format!("{name}, {key}"), &got.samples, &bits(&case[key], false));
        }
    }
}

/// The images that a filter makes of a whole image, by name.
fn all_of(image_type: &str, settings: &Value, image: Volume) -> Vec<(String, Volume)> {
    let scan = scan_of(image);
    filtered(image_type, settings, &scan, &whole(&scan))
}

fn wavelets_are_pywavelets_to_the_last_bit(folder: &Path) {
    let goldens = goldens(folder);
    let size = size(&goldens["size_of_wavelets"]);
    for case in goldens["wavelets"].as_array().unwrap() {
        let single = case["type"] == "f32";
        let doubles = whole_numbers(size).into_iter().map(|value| f64::from(value) * 1.5);
        let samples = if single {
            Samples::F32(doubles.map(|value| value as f32).collect())
        } else {
            Samples::F64(doubles.collect())
        };
        let name = case["wavelet"].as_str().unwrap();
        for (band, volume) in all_of("Wavelet", &json!({"wavelet": name}), plain(size, samples)) {
            let wanted = &case["bands"][band.strip_prefix("wavelet-").unwrap()];
            same(&format!("{name}, {band}"), &volume.samples, &bits(wanted, single));
        }
    }
}

fn patterns_of_equal_neighbours_are_scipys(folder: &Path) {
    let goldens = goldens(folder);
    for (name, volume) in all_of("LBP3D", &json!({}), normalised(&goldens)) {
        let wanted = bits(&goldens["patterns"][&name], false);
        if name == "lbp-3D-k" {
            same(&name, &volume.samples, &wanted);
            continue;
        }
        // A pattern's norm has as many values as there are patterns up to rotation; its last bits depend on numpy's processor.
        for (place, wanted) in wanted.iter().enumerate() {
            let got = volume.samples.get(place);
            assert!((got - wanted).abs() < 1e-9, "{name} {place}: {got} {wanted}");
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
    tests!(
        suite, golden "radiomics" "intermediate/bits.json";
        normalisation_is_itks_to_the_last_bit,
        resampling_is_itks_to_the_last_bit,
        wavelets_are_pywavelets_to_the_last_bit,
        patterns_of_equal_neighbours_are_scipys,
    );
    suite.finish()
}
