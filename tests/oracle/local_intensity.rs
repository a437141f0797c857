//! Local intensity (9ST6): the mean in a sphere of 1 cubic centimetre around a voxel, as a peak that noise moves little.
//!
//! A voxel belongs to the sphere where its centre is within 6.2 mm. Reference: IBSI 1 manual, section 3.2.

use ndarray::Array3;

use super::Row;

/// The two peaks of a region.
#[derive(Debug, Clone, Copy)]
pub struct LocalIntensity {
    local: f64,
    global: f64,
}

/// The features of local intensity.
pub static LOCAL_INTENSITY: &[Row<LocalIntensity>] = &[
    Row::new("LocalPeak", "loc_peak_loc", |l| l.local),
    Row::new("GlobalPeak", "loc_peak_glob", |l| l.global),
];

impl LocalIntensity {
    /// Measures image `[z, y, x]` in the region; the sphere reaches over the region's edge, not over the image's.
    pub fn new(image: &Array3<f64>, mask: &Array3<bool>, spacing: [f64; 3]) -> Self {
        let sphere = sphere(spacing);
        let mut peaks = Self {
            local: f64::NAN,
            global: f64::NAN,
        };
        let mut highest = f64::NEG_INFINITY;
        for (place, &inside) in mask.indexed_iter() {
            if !inside {
                continue;
            }
            let mean = mean_around(image, place, &sphere);
            let value = image[place];
            if value > highest {
                highest = value;
                peaks.local = mean;
            } else if value == highest {
                peaks.local = peaks.local.max(mean);
            }
            peaks.global = peaks.global.max(mean);
        }
        peaks
    }
}

/// The offsets `[z, y, x]` of the voxels whose centres lie in a sphere of 1 cubic centimetre.
fn sphere(spacing: [f64; 3]) -> Vec<[i64; 3]> {
    let radius = 10.0 * (3.0 / (4.0 * std::f64::consts::PI)).cbrt();
    let reach = spacing.map(|spacing| (radius / spacing).floor() as i64);
    let mut offsets = Vec::new();
    for z in -reach[2]..=reach[2] {
        for y in -reach[1]..=reach[1] {
            for x in -reach[0]..=reach[0] {
                let squared: f64 = [x, y, z]
                    .into_iter()
                    .zip(spacing)
                    .map(|(offset, spacing)| (offset as f64 * spacing).powi(2))
                    .sum();
                if squared <= radius * radius {
                    offsets.push([z, y, x]);
                }
            }
        }
    }
    offsets
}

fn mean_around(image: &Array3<f64>, (z, y, x): (usize, usize, usize), sphere: &[[i64; 3]]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for [dz, dy, dx] in sphere {
        let place = [
            (z as i64 + dz) as usize,
            (y as i64 + dy) as usize,
            (x as i64 + dx) as usize,
        ];
        // A negative index wraps to a huge one, which is outside as well.
        if let Some(value) = image.get(place) {
            sum += value;
            count += 1.0;
        }
    }
    sum / count
}
