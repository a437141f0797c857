//! The filter configurations of IBSI 2: those of its response maps (phase 1) and of its filtered CT phantom (phase 2).
//!
//! Two numberings: `2_a` of phase 1 and `2.A` of phase 2 are different filters. Reference: IBSI 2 manual, tables 5.1 to 5.3.

use crate::features::filter::convolution::{Boundary, Dimension, Pooling};
use crate::features::filter::gabor::Gabor;
use crate::features::filter::laplacian::Laplacian;
use crate::features::filter::laws::Laws;
use crate::features::filter::mean::Mean;
use crate::features::filter::response::Response;
use crate::features::filter::separable_wavelet::SeparableWavelet;
use crate::features::filter::simoncelli::Simoncelli;
use crate::features::filter::wavelet_family::{self, Wavelet};
use crate::features::region::chain::Chain;
use crate::features::settings::choice::Interpolation;

fn wavelet(
    name: &str,
    decomposition: &str,
    level: usize,
    rotation_invariance: Option<Pooling>,
    boundary: Boundary,
) -> Box<dyn Response> {
    Box::new(SeparableWavelet {
        wavelet: wavelet_family::wavelet(name).unwrap_or(Wavelet {
            low: Vec::new(),
            high: Vec::new(),
        }),
        decomposition: decomposition.to_owned(),
        level,
        rotation_invariance,
        boundary,
    })
}

/// The response maps: their number, their phantom, their filter.
pub fn response_maps() -> Vec<(&'static str, &'static str, Box<dyn Response>)> {
    let mean = |dimension, boundary| -> Box<dyn Response> {
        Box::new(Mean {
            support: 15,
            dimension,
            boundary,
        })
    };
    let laplacian = |sigma, dimension, boundary| -> Box<dyn Response> {
        Box::new(Laplacian {
            sigma,
            truncate: 4.0,
            dimension,
            boundary,
        })
    };
    let turned = Some(Pooling::Mean);
    vec![
        ("1_a_1", "checkerboard", mean(Dimension::Three, Boundary::Zero)),
        ("1_a_2", "checkerboard", mean(Dimension::Three, Boundary::Nearest)),
        ("1_a_3", "checkerboard", mean(Dimension::Three, Boundary::Periodic)),
        ("1_a_4", "checkerboard", mean(Dimension::Three, Boundary::Mirror)),
        ("1_b_1", "impulse", mean(Dimension::Two, Boundary::Zero)),
        ("2_a", "impulse", laplacian(3.0, Dimension::Three, Boundary::Zero)),
        (
            "2_b",
            "checkerboard",
            laplacian(5.0, Dimension::Three, Boundary::Mirror),
        ),
        ("2_c", "checkerboard", laplacian(5.0, Dimension::Two, Boundary::Mirror)),
        ("5_a_1", "impulse", wavelet("db2", "LHL", 1, None, Boundary::Zero)),
        ("5_a_2", "impulse", wavelet("db2", "LHL", 1, turned, Boundary::Zero)),
        ("6_a_1", "sphere", wavelet("coif1", "HHL", 1, None, Boundary::Periodic)),
        (
            "6_a_2",
            "sphere",
            wavelet("coif1", "HHL", 1, turned, Boundary::Periodic),
        ),
        (
            "7_a_1",
            "checkerboard",
            wavelet("haar", "LLL", 2, turned, Boundary::Mirror),
        ),
        (
            "7_a_2",
            "checkerboard",
            wavelet("haar", "HHH", 2, turned, Boundary::Mirror),
        ),
    ]
}

/// The processing of the filtered CT phantom: `A` slice by slice as it is, `B` in 3D on voxels of 1 mm.
pub fn processing(letter: char) -> Chain {
    Chain {
        spacing: (letter == 'B').then_some([1.0; 3]),
        image_interpolation: Interpolation::Cubic,
        round: true,
        range: Some([-1000.0, 400.0]),
        ..Chain::default()
    }
}

/// The filters of the CT phantom for a processing, with their numbers; `None` is the image itself.
pub fn configurations(letter: char) -> Vec<(String, Option<Box<dyn Response>>)> {
    let flat = letter == 'A';
    let dimension = if flat { Dimension::Two } else { Dimension::Three };
    let boundary = Boundary::Mirror;
    let laws = if flat { vec!["L5", "E5"] } else { vec!["L5", "E5", "E5"] };
    let turned = Some(Pooling::Mean);
    let filters: [Option<Box<dyn Response>>; 9] = [
        None,
        Some(Box::new(Mean {
            support: 5,
            dimension,
            boundary,
        })),
        Some(Box::new(Laplacian {
            sigma: 1.5,
            truncate: 4.0,
            dimension,
            boundary,
        })),
        Some(Box::new(Laws {
            kernels: laws.into_iter().map(str::to_owned).collect(),
            rotation_invariance: Some(Pooling::Maximum),
            energy_distance: Some(7),
            boundary,
        })),
        Some(Box::new(Gabor {
            sigma: 5.0,
            lambda: 2.0,
            gamma: 1.5,
            directions: Gabor::half_turn(22.5),
            pooling: Pooling::Mean,
            three_planes: !flat,
            boundary,
        })),
        Some(wavelet("db3", if flat { "LH" } else { "LLH" }, 1, turned, boundary)),
        Some(wavelet("db3", if flat { "HH" } else { "HHH" }, 2, turned, boundary)),
        Some(Box::new(Simoncelli { level: 1, dimension })),
        Some(Box::new(Simoncelli { level: 2, dimension })),
    ];
    filters
        .into_iter()
        .enumerate()
        .map(|(index, filter)| (format!("{}.{letter}", index + 1), filter))
        .collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;
    use crate::volume::IndexBox;

    #[test]
    fn a_box_of_a_response_has_the_bits_of_the_whole() {
        let image = Array3::from_shape_fn((20, 24, 22), |(z, y, x)| ((z * 528 + y * 22 + x) * 7919 % 1009) as f64);
        let part = IndexBox {
            start: [12, 9, 0],
            size: [10, 3, 4],
        };
        for (id, filter) in configurations('B') {
            let Some(filter) = filter.filter(|filter| filter.family() != "Gabor") else {
                continue;
            };
            let whole = filter.apply(&image, [1.0; 3]);
            let found = filter.apply_in(&image, &part, [1.0; 3]);
            assert_eq!(whole.slice(s![0..4, 9..12, 12..22]), found, "{id}");
        }
    }
}
