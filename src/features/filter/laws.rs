//! Laws' kernels: level, edge, spot, wave and ripple along each axis, and the energy of their responses.
//!
//! IBSI 2 manual, section 3.3 (JTXT).

use ndarray::Array3;
use serde_json::Value;

use super::convolution::{Boundary, Dimension, Letters, Pooling, Rotation, pooled, rotations};
use super::mean::mean;
use super::response::{Response, ResponseFilter, along, rotation_invariance};
use super::shared::{BOUNDARY, POOLING, ROTATION_INVARIANCE};
use crate::features::settings::kind::{Count, Kind, Maybe};
use crate::features::settings::{Setting, optional, setting};

static KERNELS: Setting<Kernels> =
    setting("kernels", Kernels, "L5E5E5", "Laws' kernels along x, y (and z)").in_slices("L5E5");

static ENERGY_DISTANCE: Setting<Maybe<Count>> = optional(
    "energyDistance",
    Count::at_least(1),
    "voxels over which the absolute response to Laws' kernels is averaged; without it, the response itself",
);

/// The image type.
pub static LAWS: ResponseFilter = ResponseFilter {
    image_type: "Laws",
    about: "Laws' kernels and their energy (IBSI 2)",
    settings: &[&KERNELS, &ROTATION_INVARIANCE, &POOLING, &ENERGY_DISTANCE, &BOUNDARY],
    make: |settings| {
        let kernels = settings.get(&KERNELS);
        let energy_distance = settings.get(&ENERGY_DISTANCE);
        let energy = energy_distance.map_or(String::new(), |distance| format!("-energy-{distance}"));
        vec![(
            format!("laws-{}{energy}", kernels.concat()),
            Box::new(Laws {
                kernels,
                rotation_invariance: rotation_invariance(settings),
                energy_distance,
                boundary: settings.get(&BOUNDARY),
            }),
        )]
    },
};

/// The names of two or three kernels, such as `L5E5E5`.
#[derive(Debug, Clone, Copy)]
struct Kernels;

impl Kind for Kernels {
    type Value = Vec<String>;

    fn parse(&self, value: &Value) -> Option<Vec<String>> {
        split(value.as_str()?)
    }

    fn expected(&self) -> String {
        "two or three of L5, E5, S5, W5, R5, L3, E3 and S3, such as L5E5E5".to_owned()
    }
}

/// A Laws filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Laws {
    /// Kernel names for the axes `x, y(, z)`, such as `L5`, `E5`, `E5`
    pub kernels: Vec<String>,
    /// Whether the responses of all right-angle rotations are pooled, and how
    pub rotation_invariance: Option<Pooling>,
    /// Distance over which the absolute response is averaged; `None` gives the response itself
    pub energy_distance: Option<usize>,
    /// What lies beyond the border
    pub boundary: Boundary,
}

impl Response for Laws {
    fn apply(&self, values: &Array3<f64>, _: [f64; 3]) -> Array3<f64> {
        self.response(values)
    }

    fn reach(&self, _: [f64; 3]) -> Option<[usize; 3]> {
        Some(along(3 + self.energy_distance.unwrap_or(0), self.dimension()))
    }

    fn boundary(&self) -> Boundary {
        self.boundary
    }

    fn family(&self) -> &'static str {
        "Laws"
    }
}

impl Laws {
    /// The response; unknown kernel names leave their axis alone. Two kernels filter slices, three the volume.
    pub fn response(&self, values: &Array3<f64>) -> Array3<f64> {
        let kernels: Vec<Option<Vec<f64>>> = (0..3)
            .map(|axis| self.kernels.get(axis).and_then(|name| kernel(name)))
            .collect();
        let letters: Letters<'_> = [kernels[0].as_deref(), kernels[1].as_deref(), kernels[2].as_deref()];
        let dimension = self.dimension();
        let turns: Vec<Rotation> = match self.rotation_invariance {
            Some(_) => rotations(dimension),
            None => rotations(dimension).into_iter().take(1).collect(),
        };
        let pooling = self.rotation_invariance.unwrap_or(Pooling::Mean);
        let response = pooled(values, &[letters], &turns, self.boundary, pooling);
        match self.energy_distance {
            Some(distance) => mean(&response.mapv(f64::abs), 2 * distance + 1, dimension, self.boundary),
            None => response,
        }
    }

    /// Slices for two kernels, the volume for three.
    pub fn dimension(&self) -> Dimension {
        if self.kernels.len() < 3 {
            Dimension::Two
        } else {
            Dimension::Three
        }
    }
}

/// The coefficients of a kernel by its name, of unit length as a vector.
pub fn kernel(name: &str) -> Option<Vec<f64>> {
    let whole: &[f64] = match name {
        "L5" => &[1.0, 4.0, 6.0, 4.0, 1.0],
        "E5" => &[-1.0, -2.0, 0.0, 2.0, 1.0],
        "S5" => &[-1.0, 0.0, 2.0, 0.0, -1.0],
        "W5" => &[-1.0, 2.0, 0.0, -2.0, 1.0],
        "R5" => &[1.0, -4.0, 6.0, -4.0, 1.0],
        "L3" => &[1.0, 2.0, 1.0],
        "E3" => &[-1.0, 0.0, 1.0],
        "S3" => &[-1.0, 2.0, -1.0],
        _ => return None,
    };
    let length = whole.iter().map(|part| part * part).sum::<f64>().sqrt();
    Some(whole.iter().map(|part| part / length).collect())
}

/// The kernels of a name such as `L5E5E5`, in the order `x, y(, z)`; `None` unless they are two or three known ones.
pub fn split(name: &str) -> Option<Vec<String>> {
    if !name.is_ascii() || !(4..=6).contains(&name.len()) || !name.len().is_multiple_of(2) {
        return None;
    }
    let kernels: Vec<String> = (0..name.len())
        .step_by(2)
        .map(|at| name[at..at + 2].to_owned())
        .collect();
    kernels.iter().all(|one| kernel(one).is_some()).then_some(kernels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_have_unit_length_and_all_but_the_levels_add_up_to_nothing() {
        for name in ["L5", "E5", "S5", "W5", "R5", "L3", "E3", "S3"] {
            let kernel = kernel(name).unwrap();
            assert!((kernel.iter().map(|k| k * k).sum::<f64>() - 1.0).abs() < 1e-15);
            assert!(name.starts_with('L') || kernel.iter().sum::<f64>().abs() < 1e-15);
        }
        assert!(kernel("L7").is_none());
        assert_eq!(split("L5E5S3").unwrap(), ["L5", "E5", "S3"]);
        assert!(
            ["L5", "L5E5E", "L5X5", "L5E5E5E5"]
                .iter()
                .all(|name| split(name).is_none())
        );
    }

    #[test]
    fn a_rotation_invariant_response_turns_with_the_image() {
        let image = Array3::from_shape_fn((5, 5, 5), |(z, y, x)| ((z * 25 + y * 5 + x) * 37 % 101) as f64);
        let laws = Laws {
            kernels: ["L5", "E5", "S5"].map(str::to_owned).to_vec(),
            rotation_invariance: Some(Pooling::Maximum),
            energy_distance: Some(1),
            boundary: Boundary::Mirror,
        };
        // A quarter turn about z: (x, y) -> (4 - y, x).
        let turn = |values: &Array3<f64>| Array3::from_shape_fn((5, 5, 5), |(z, y, x)| values[[z, 4 - x, y]]);
        let there = laws.response(&turn(&image));
        let back = turn(&laws.response(&image));
        assert!(there.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}
