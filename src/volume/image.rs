//! A scalar image in memory: samples on a grid, and the parts that are cut out of it.

use ndarray::Array3;

use super::geometry::{Geometry, IndexBox};
use super::samples::{Sample, Samples, each_type};

/// A 3-D scalar image: samples on a [`Geometry`].
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// Where the samples lie; `samples.len()` is the product of its sizes.
    pub geometry: Geometry,
    /// The samples, `x` fastest.
    pub samples: Samples,
}

impl Volume {
    /// The values of an index box as doubles, indexed `[z, y, x]`. The box must lie inside the grid.
    pub fn values(&self, part: &IndexBox) -> Array3<f64> {
        let mut values = Vec::with_capacity(part.size.iter().product());
        let [size_x, size_y, _] = self.geometry.size;
        let [start_x, start_y, start_z] = part.start;
        each_type!(&self.samples, samples => {
            for z in start_z..start_z + part.size[2] {
                for y in start_y..start_y + part.size[1] {
                    let row = (z * size_y + y) * size_x + start_x;
                    values.extend(samples[row..row + part.size[0]].iter().map(|sample| sample.to_double()));
                }
            }
        });
        Array3::from_shape_vec((part.size[2], part.size[1], part.size[0]), values)
            .unwrap_or_else(|_| Array3::zeros((0, 0, 0)))
    }

    /// The part inside an index box, on the geometry of that box. The box must lie inside the grid.
    pub fn crop(&self, part: &IndexBox) -> Volume {
        let [size_x, size_y, _] = self.geometry.size;
        let mut kept = Samples::empty(self.samples.sample_type());
        macro_rules! same_type {
            ($($variant:ident)*) => {
                match (&self.samples, &mut kept) {
                    $((Samples::$variant(values), Samples::$variant(kept)) => {
                        for z in part.start[2]..part.start[2] + part.size[2] {
                            for y in part.start[1]..part.start[1] + part.size[1] {
                                let row = (z * size_y + y) * size_x + part.start[0];
                                kept.extend_from_slice(&values[row..row + part.size[0]]);
                            }
                        }
                    })*
                    _ => {}
                }
            };
        }
        same_type!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64);
        Volume {
            geometry: self.geometry.crop(part),
            samples: kept,
        }
    }

    /// All values as doubles, indexed `[z, y, x]`.
    pub fn all_values(&self) -> Array3<f64> {
        self.values(&IndexBox {
            start: [0; 3],
            size: self.geometry.size,
        })
    }
}
