//! Where a NIfTI image lies: sform, qform or voxel sizes alone, turned from RAS to LPS.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "axes, rows and columns of arrays of three and four"
)]

use std::path::Path;

use super::fields::Fields;
use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IDENTITY};
use crate::volume::source::checks::{check_orthogonal, shear};

impl Fields {
    /// The grid in LPS millimetres.
    pub fn geometry(&self, path: &Path, size: [usize; 3], warnings: &mut Vec<String>) -> Result<Geometry, VolumeError> {
        let bad = |field: &str, problem: String| VolumeError::Header {
            path: path.to_path_buf(),
            field: field.to_string(),
            problem,
        };
        let unit = match self.units & 7 {
            1 => 1000.0,
            3 => 0.001,
            _ => 1.0,
        };
        let mut sform = (self.sform_code > 0).then_some(self.rows);
        let qform = (self.qform_code > 0).then(|| self.qform());
        if let (Some(rows), Some(upright)) = (&sform, &qform)
            && let Some(shear) = shear(&directions(rows))
            && finite(upright)
        {
            // As ITK does.
            warnings.push(format!("the sform is sheared: {shear}; the qform is used instead"));
            sform = None;
        }
        if let (Some(sform), Some(qform)) = (&sform, &qform) {
            let difference = greatest_difference(sform, qform, size) * unit;
            if difference > 1e-3 {
                warnings.push(format!(
                    "sform and qform place the image differently, by up to {difference:.3} mm; the sform is used"
                ));
            }
        }
        let (affine, name) = match (sform, qform) {
            (Some(rows), _) => (Some(rows), "srow_x/y/z"),
            (None, Some(rows)) => (Some(rows), "quatern_b/c/d"),
            (None, None) => (None, "pixdim"),
        };
        let mut spacing = [0.0; 3];
        for axis in 0..3 {
            let field = format!("pixdim[{}]", axis + 1);
            let given = self.pixdim[axis + 1];
            let norm = affine.map(|rows| column(&rows, axis).iter().map(|part| part * part).sum::<f64>().sqrt());
            spacing[axis] = if given.is_finite() && given != 0.0 {
                if given < 0.0 {
                    warnings.push(format!("{field} is {given}; its sign is ignored"));
                }
                given.abs()
            } else {
                match norm.filter(|norm| norm.is_finite() && *norm > 0.0) {
                    Some(norm) => {
                        warnings.push(format!("{field} is {given}; the spacing {norm} is taken from {name}"));
                        norm
                    }
                    None if size[axis] == 1 => {
                        warnings.push(format!("{field} is {given}; the thickness is taken as 1"));
                        1.0
                    }
                    None => return Err(bad(&field, format!("{given} is no voxel size in millimetres"))),
                }
            };
            if let Some(norm) = norm
                && (norm - spacing[axis]).abs() > 1e-6 * spacing[axis]
            {
                warnings.push(format!(
                    "{field} is {}, but {name} says {norm}; the spacing is that of pixdim, as in ITK",
                    spacing[axis]
                ));
            }
            spacing[axis] *= unit;
        }
        if self.plane() {
            // Two axes have no thickness.
            spacing[2] = 1.0;
        }
        let Some(rows) = affine else {
            warnings.push(
                "the file says nothing of its orientation (qform_code and sform_code are 0); spacing comes from pixdim, \
                 the orientation is assumed to be the default and the origin 0"
                    .to_string(),
            );
            return Ok(Geometry {
                size,
                spacing,
                origin: [0.0; 3],
                direction: IDENTITY,
            });
        };
        if !finite(&rows) {
            return Err(bad(
                name,
                "the orientation holds a value that is not a finite number".to_string(),
            ));
        }
        for axis in 0..3 {
            if column(&rows, axis) == [0.0; 3] {
                return Err(bad(
                    name,
                    format!("the {} axis has no direction (its column is 0)", ["x", "y", "z"][axis]),
                ));
            }
        }
        let direction = directions(&rows);
        check_orthogonal(path, name, &direction)?;
        let origin = [-rows[0][3] * unit, -rows[1][3] * unit, rows[2][3] * unit];
        Ok(Geometry {
            size,
            spacing,
            origin,
            direction,
        })
    }

    /// The affine of the quaternion, RAS.
    fn qform(&self) -> [[f64; 4]; 3] {
        let [b, c, d] = self.quaternion;
        let rest = 1.0 - (b * b + c * c + d * d);
        // A sum of squares slightly above 1 is rounding: the rotation is then one by 180 degrees.
        let (a, b, c, d) = if rest < 1e-7 {
            let norm = 1.0 / (b * b + c * c + d * d).sqrt();
            (0.0, b * norm, c * norm, d * norm)
        } else {
            (rest.sqrt(), b, c, d)
        };
        let rotation = [
            [
                a * a + b * b - c * c - d * d,
                2.0 * (b * c - a * d),
                2.0 * (b * d + a * c),
            ],
            [
                2.0 * (b * c + a * d),
                a * a + c * c - b * b - d * d,
                2.0 * (c * d - a * b),
            ],
            [
                2.0 * (b * d - a * c),
                2.0 * (c * d + a * b),
                a * a + d * d - c * c - b * b,
            ],
        ];
        let handedness = if self.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
        let scale: [f64; 3] = std::array::from_fn(|axis| {
            let size = self.pixdim[axis + 1].abs();
            let size = if size > 0.0 && size.is_finite() { size } else { 1.0 };
            if axis == 2 { size * handedness } else { size }
        });
        std::array::from_fn(|row| {
            let turned = rotation[row];
            [
                turned[0] * scale[0],
                turned[1] * scale[1],
                turned[2] * scale[2],
                self.offset[row],
            ]
        })
    }
}

/// Whether every entry of an affine is a number.
fn finite(rows: &[[f64; 4]; 3]) -> bool {
    rows.iter().flatten().all(|value| value.is_finite())
}

/// The columns of an affine, each of length 1, turned from RAS to LPS.
fn directions(rows: &[[f64; 4]; 3]) -> [[f64; 3]; 3] {
    let mut direction = [[0.0; 3]; 3];
    for axis in 0..3 {
        let along = column(rows, axis);
        let norm = along.iter().map(|part| part * part).sum::<f64>().sqrt();
        for row in 0..3 {
            let sign = if row < 2 { -1.0 } else { 1.0 };
            direction[row][axis] = sign * along[row] / norm;
        }
    }
    direction
}

/// A column of the affine.
fn column(rows: &[[f64; 4]; 3], axis: usize) -> [f64; 3] {
    [rows[0][axis], rows[1][axis], rows[2][axis]]
}

/// The greatest distance between where two affines put a corner of the grid.
fn greatest_difference(first: &[[f64; 4]; 3], second: &[[f64; 4]; 3], size: [usize; 3]) -> f64 {
    let mut greatest: f64 = 0.0;
    for corner in 0..8 {
        let index: [f64; 3] =
            std::array::from_fn(|axis| ((corner >> axis) & 1) as f64 * size[axis].saturating_sub(1) as f64);
        let distance: f64 = (0..3)
            .map(|row| {
                let at =
                    |rows: &[[f64; 4]; 3]| rows[row][3] + (0..3).map(|axis| rows[row][axis] * index[axis]).sum::<f64>();
                (at(first) - at(second)).powi(2)
            })
            .sum::<f64>()
            .sqrt();
        greatest = greatest.max(distance);
    }
    greatest
}
