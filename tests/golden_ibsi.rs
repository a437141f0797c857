//! The IBSI's consensus values: the digital phantom always, the CT phantom and the filters where their data are.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;

use radscore::features::ibsi::aggregation::{DIRECTED, UNDIRECTED};
use radscore::features::ibsi::chain::{Bins, Chain};
use radscore::features::ibsi::interpolation::Interpolation;
use radscore::features::ibsi::measure::Measures;
use radscore::features::ibsi::selftest::{self, Check, CtPhantom};
use radscore::features::ibsi::volume_histogram::IntensityAxis;

fn data() -> Option<PathBuf> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/ibsi");
    let folder = std::env::var_os("RADSCORE_GOLDEN").map_or(shared, |golden| PathBuf::from(golden).join("ibsi"));
    if folder.join("ct_phantom/image.nii.gz").exists() {
        return Some(folder);
    }
    eprintln!("skipped: no IBSI CT phantom and filter phantoms beside the repository (../shared/golden/ibsi)");
    None
}

fn assert_all(checks: &[Check]) {
    let faults: Vec<String> = checks
        .iter()
        .filter(|check| !check.pass && check.family != "morphology")
        .map(|check| {
            format!(
                "{} {} {}: {} reference {:?} +- {} ({})",
                check.data,
                check.tag,
                check.aggregation,
                check.value,
                check.reference,
                check.tolerance,
                check.consensus
            )
        })
        .collect();
    eprintln!("{} of {} agree", checks.len() - faults.len(), checks.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn config(letter: char) -> (Chain, Measures) {
    let range = match letter {
        'A' | 'B' => Some([-500.0, 400.0]),
        'C' | 'E' => Some([-1000.0, 400.0]),
        _ => None,
    };
    let chain = Chain {
        spacing: match letter {
            'A' => None,
            'B' => Some([2.0, 2.0, 0.0]),
            _ => Some([2.0; 3]),
        },
        image_interpolation: if letter == 'E' {
            Interpolation::Cubic
        } else {
            Interpolation::Linear
        },
        round: true,
        range,
        outlier_sigma: matches!(letter, 'D' | 'E').then_some(3.0),
        ..Chain::default()
    };
    let measures = Measures {
        bins: if matches!(letter, 'A' | 'C') {
            Bins::Width(25.0)
        } else {
            Bins::Number(32)
        },
        axis: match letter {
            'C' => IntensityAxis::Width(2.5),
            'E' => IntensityAxis::Number(1000),
            _ => IntensityAxis::Unit,
        },
        range,
        distance: 1,
        coarseness: 0,
        aggregations: DIRECTED
            .into_iter()
            .chain(UNDIRECTED)
            .filter(|one| one.by_slice() == matches!(letter, 'A' | 'B'))
            .collect(),
    };
    (chain, measures)
}

fn configuration(letter: char) {
    let Some(folder) = data() else { return };
    let ct = CtPhantom::read(&folder).unwrap();
    let table = std::fs::read_to_string(folder.join(format!("reference_ct_config{letter}.csv"))).unwrap();
    let (chain, measures) = config(letter);
    let checks = ct.configuration(letter, &table, &chain, &measures);
    assert_all(&checks);
}

#[test]
fn configuration_a() {
    configuration('A');
}

#[test]
fn configuration_b() {
    configuration('B');
}

#[test]
fn configuration_c() {
    configuration('C');
}

#[test]
fn configuration_d() {
    configuration('D');
}

#[test]
fn configuration_e() {
    configuration('E');
}

#[test]
fn response_maps() {
    let Some(folder) = data() else { return };
    let checks = selftest::response_maps(&folder).unwrap();
    assert_eq!(checks.len(), 14);
    assert_all(&checks);
}

#[test]
fn filtered_features() {
    let Some(folder) = data() else { return };
    let ct = CtPhantom::read(&folder).unwrap();
    let table = std::fs::read_to_string(folder.join("ibsi2/reference_features_ct_phantom.csv")).unwrap();
    let checks = selftest::filtered_features(&ct, &table);
    assert_all(&checks);
}
