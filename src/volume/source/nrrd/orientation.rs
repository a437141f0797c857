//! Where an NRRD lies: space directions and origin, turned to LPS.

#![allow(clippy::indexing_slicing, reason = "axes and rows of arrays of three")]

use super::text::Text;
use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IDENTITY};
use crate::volume::source::checks::check_orthogonal;

impl Text<'_> {
    /// The direction vector of each axis; `None` inside for an axis that is not spatial, outside where the field is missing. In
    /// a plane vectors have two numbers, and the third is 0.
    pub fn directions(&self) -> Result<Option<Vec<Option<[f64; 3]>>>, VolumeError> {
        let Some(value) = self.field("space directions") else {
            return Ok(None);
        };
        let wrong = |what: &str| self.bad("space directions", format!("\"{}\" {what}", value.escape_debug()));
        let (vectors, numbers) =
            vectors(value).ok_or_else(|| wrong("are not vectors of 3 numbers, or of 2 in a plane"))?;
        let axes = vectors.iter().flatten().count();
        if numbers == 2 && axes != 2 {
            return Err(wrong(&format!(
                "are vectors of 2 numbers, as in a plane, but {axes} axes have one"
            )));
        }
        Ok(Some(vectors))
    }

    /// The grid in LPS millimetres; `axes` are those of `count` that lie in space.
    pub fn geometry(
        &self,
        size: [usize; 3],
        count: usize,
        axes: [usize; 3],
        warnings: &mut Vec<String>,
    ) -> Result<Geometry, VolumeError> {
        if let Some(units) = self.field("space units")
            && units
                .split('"')
                .any(|unit| !unit.trim().is_empty() && !matches!(unit.trim(), "mm" | "millimeter" | "millimetre"))
        {
            warnings.push(format!(
                "space units are {}; lengths are taken as millimetres, as ITK does",
                units.escape_debug()
            ));
        }
        let Some(directions) = self.directions()? else {
            return self.geometry_of_spacings(size, count, axes, warnings);
        };
        let signs = self.signs();
        let mut spacing = [0.0; 3];
        let mut direction = [[0.0; 3]; 3];
        for axis in 0..3 {
            if axes[axis] == count {
                // The third axis of a plane.
                (spacing[axis], direction[axis][axis]) = (1.0, 1.0);
                continue;
            }
            let Some(vector) = directions.get(axes[axis]).copied().flatten() else {
                continue;
            };
            let [a, b, c] = vector;
            let norm = (a * a + b * b + c * c).sqrt();
            if !norm.is_finite() || norm == 0.0 {
                return Err(self.bad("space directions", format!("the vector ({a},{b},{c}) has no direction")));
            }
            spacing[axis] = norm;
            // Teem multiplies by the reciprocal; a division would differ in the last bit.
            let scale = 1.0 / norm;
            for row in 0..3 {
                direction[row][axis] = signs[row] * (vector[row] * scale);
            }
        }
        check_orthogonal(self.path, "space directions", &direction)?;
        self.check_spacings(axes, spacing)?;
        let origin = if let Some(value) = self.field("space origin") {
            match vectors(value).as_ref().map(|(origin, _)| &origin[..]) {
                Some([Some(origin)]) if origin.iter().all(|part| part.is_finite()) => *origin,
                _ => {
                    return Err(self.bad(
                        "space origin",
                        format!("\"{}\" is not a vector of 3 numbers", value.escape_debug()),
                    ));
                }
            }
        } else {
            warnings.push("the header has no space origin; 0 is assumed".to_string());
            [0.0; 3]
        };
        Ok(Geometry {
            size,
            spacing,
            origin: [0, 1, 2].map(|row| signs[row] * origin[row]),
            direction,
        })
    }

    /// Spacings beside space directions must not say something else.
    fn check_spacings(&self, axes: [usize; 3], spacing: [f64; 3]) -> Result<(), VolumeError> {
        let Some(value) = self.field("spacings") else {
            return Ok(());
        };
        let given: Vec<Option<f64>> = value.split_whitespace().map(|part| part.parse().ok()).collect();
        for (axis, length) in axes.into_iter().zip(spacing) {
            match given.get(axis).copied().flatten() {
                Some(other) if (other.abs() - length).abs() > 1e-6 * length => {
                    return Err(self.bad(
                        "spacings",
                        format!(
                            "{other} along axis {axis}, but the vector of `space directions` has the length {length}; leave \
                             one of the two fields out"
                        ),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A grid without orientation.
    fn geometry_of_spacings(
        &self,
        size: [usize; 3],
        count: usize,
        axes: [usize; 3],
        warnings: &mut Vec<String>,
    ) -> Result<Geometry, VolumeError> {
        let mut spacing = [1.0; 3];
        if let Some(value) = self.field("spacings") {
            let spacings: Vec<f64> = value.split_whitespace().filter_map(|part| part.parse().ok()).collect();
            if spacings.len() != count {
                return Err(self.bad(
                    "spacings",
                    format!("\"{}\" is not {count} numbers", value.escape_debug()),
                ));
            }
            for axis in 0..3 {
                if axes[axis] == count {
                    continue;
                }
                let given: f64 = spacings.get(axes[axis]).copied().unwrap_or(f64::NAN);
                if given.is_nan() || given == 0.0 || given.is_infinite() {
                    return Err(self.bad("spacings", format!("{given} is no voxel size in millimetres")));
                }
                spacing[axis] = given.abs();
            }
            warnings.push("the header has spacings but no space directions: its orientation is unknown".to_string());
        } else {
            warnings.push(
                "the header has neither space directions nor spacings: voxels of 1 x 1 x 1 mm are assumed".to_string(),
            );
        }
        let signs = self.signs();
        let origin = match self.field("space origin").and_then(vectors) {
            Some((origin, _)) if matches!(origin[..], [Some(_)]) => origin[0].unwrap_or_default(),
            _ => [0.0; 3],
        };
        Ok(Geometry {
            size,
            spacing,
            origin: [0, 1, 2].map(|row| signs[row] * origin[row]),
            direction: IDENTITY,
        })
    }

    /// What turns the header's space into LPS.
    fn signs(&self) -> [f64; 3] {
        match self.field("space").map(str::to_ascii_lowercase).as_deref() {
            Some("right-anterior-superior" | "ras" | "right-anterior-superior-time" | "rast") => [-1.0, -1.0, 1.0],
            Some("left-anterior-superior" | "las" | "left-anterior-superior-time" | "last") => [1.0, -1.0, 1.0],
            _ => [1.0, 1.0, 1.0],
        }
    }
}

/// Vectors as `(1,0,0) (0,1,0) none`, and how many numbers each has, 3 or 2; the third of two is 0.
fn vectors(text: &str) -> Option<(Vec<Option<[f64; 3]>>, usize)> {
    let mut found = Vec::new();
    let mut length = None;
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("none") {
            found.push(None);
            rest = after.trim_start();
            continue;
        }
        let (inside, after) = rest.strip_prefix('(')?.split_once(')')?;
        let numbers: Option<Vec<f64>> = inside.split(',').map(|part| part.trim().parse().ok()).collect();
        let numbers = numbers?;
        if *length.get_or_insert(numbers.len()) != numbers.len() {
            return None;
        }
        let vector = match numbers[..] {
            [a, b, c] => [a, b, c],
            [a, b] => [a, b, 0.0],
            _ => return None,
        };
        // ITK writes a vector of NaN for an axis that is not spatial.
        found.push((!numbers.iter().all(|number| number.is_nan())).then_some(vector));
        rest = after.trim_start();
    }
    Some((found, length.unwrap_or(3)))
}
