//! JPEG-LS, lossless and near-lossless, one component a picture.
//!
//! Each pixel is predicted from its neighbours above and to the left; the error is coded in a context of their gradients, or,
//! where they are level, as a run. The words of the standard are kept: Ra is the pixel to the left, Rb that above, Rc above and to
//! the left, Rd above and to the right.
//!
//! Reference: ISO/IEC 14495-1 (ITU-T T.87), annexes A (coding), C (format) and F.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a straight numeric loop: samples have 16 bits, contexts and places are within tables of fixed size"
)]

use std::path::Path;

use super::super::form::{Form, undecodable};
use super::raw::{check_size, raw_of};
use crate::volume::error::VolumeError;

/// The order of run lengths: bits of the length that follow an interrupted run.
const RUN_ORDER: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];

/// Contexts of gradients, and the two of interrupted runs behind them.
const CONTEXTS: usize = 365;

/// Unpacks a frame.
pub(super) fn unpack(path: &Path, form: &Form, packed: &[u8]) -> Result<Vec<u8>, VolumeError> {
    let failed = |problem: String| undecodable(path, "JPEG-LS", problem);
    let (picture, scan) = Picture::read(packed).map_err(failed)?;
    // Before anything is decoded: a damaged header may claim gigabytes.
    check_size(path, form, "JPEG-LS", picture.columns, picture.rows)?;
    let samples = Decoder::new(&picture, scan).decode().map_err(failed)?;
    let shift = picture.transform;
    Ok(raw_of(form, samples.into_iter().map(|sample| sample << shift)))
}

/// What the markers say of the picture.
struct Picture {
    rows: usize,
    columns: usize,
    /// The greatest sample
    most: i32,
    /// How far samples may lie from what was coded
    near: i32,
    thresholds: [i32; 3],
    reset: i32,
    /// Bits by which samples were shifted down
    transform: u32,
}

impl Picture {
    /// Reads the markers; the rest is the coded scan.
    fn read(packed: &[u8]) -> Result<(Self, &[u8]), String> {
        let short = || "the code ends within its markers".to_string();
        let mut rest = packed
            .strip_prefix(&[0xff, 0xd8])
            .ok_or("there is no start of a picture")?;
        let mut frame: Option<(usize, usize, u32)> = None;
        let mut preset = [0i32; 5];
        loop {
            let [0xff, marker, high, low, after @ ..] = rest else {
                return Err(short());
            };
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let body = length
                .checked_sub(2)
                .and_then(|length| after.get(..length))
                .ok_or_else(short)?;
            rest = &after[body.len()..];
            let word = |at: usize| -> Result<u16, String> {
                let pair = body.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(short)?;
                Ok(u16::from_be_bytes(*pair))
            };
            match marker {
                0xf7 => {
                    let (bits, count) = (body.first().copied(), body.get(5).copied());
                    let (Some(bits @ 2..=16), Some(1)) = (bits, count) else {
                        return Err(format!("{bits:?} bits and {count:?} components are not supported"));
                    };
                    frame = Some((usize::from(word(1)?), usize::from(word(3)?), u32::from(bits)));
                }
                0xf8 => {
                    if body.first() != Some(&1) {
                        return Err("mapping tables are not supported".to_string());
                    }
                    for (at, value) in preset.iter_mut().enumerate() {
                        *value = i32::from(word(1 + 2 * at)?);
                    }
                }
                0xdd if body.iter().any(|&byte| byte != 0) => {
                    return Err("restart intervals are not supported".to_string());
                }
                0xda => {
                    let (rows, columns, bits) = frame.ok_or("the scan comes before its frame")?;
                    let &[1, _, 0, near, 0, transform] = body else {
                        return Err("the scan is of several components or has a mapping table".to_string());
                    };
                    let picture = Self::with(rows, columns, bits, i32::from(near), preset, u32::from(transform & 15))?;
                    return Ok((picture, rest));
                }
                _ => {}
            }
        }
    }

    fn with(
        rows: usize,
        columns: usize,
        bits: u32,
        near: i32,
        preset: [i32; 5],
        transform: u32,
    ) -> Result<Self, String> {
        let [most, t1, t2, t3, reset] = preset;
        let full = (1 << bits) - 1;
        let most = if most == 0 { full } else { most };
        if most > full || near > 255.min(most / 2) || rows == 0 || columns == 0 {
            return Err(format!(
                "samples up to {most} with {bits} bits and an error of {near} make no sense"
            ));
        }
        let defaults = default_thresholds(most, near);
        let chosen = |given: i32, default: i32| if given == 0 { default } else { given };
        let thresholds = [
            chosen(t1, defaults[0]),
            chosen(t2, defaults[1]),
            chosen(t3, defaults[2]),
        ];
        let reset = chosen(reset, 64);
        if reset < 3 || thresholds[0] <= near || thresholds.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(format!("thresholds {thresholds:?} and reset {reset} make no sense"));
        }
        Ok(Self {
            rows,
            columns,
            most,
            near,
            thresholds,
            reset,
            transform,
        })
    }
}

/// The thresholds of gradients where none are given.
fn default_thresholds(most: i32, near: i32) -> [i32; 3] {
    let clamp = |value: i32, least: i32| if value > most || value < least { least } else { value };
    let (t1, t2, t3) = if most >= 128 {
        let factor = (most.min(4095) + 128) / 256;
        (
            factor + 2 + 3 * near,
            factor * 4 + 3 + 5 * near,
            factor * 17 + 4 + 7 * near,
        )
    } else {
        let factor = 256 / (most + 1);
        (
            2.max(3 / factor + 3 * near),
            3.max(7 / factor + 5 * near),
            4.max(21 / factor + 7 * near),
        )
    };
    let t1 = clamp(t1, near + 1);
    let t2 = clamp(t2, t1);
    [t1, t2, clamp(t3, t2)]
}

/// Bits, most significant first; after a byte of ones only seven of the next are code.
struct Bits<'a> {
    rest: &'a [u8],
    buffer: u64,
    count: u32,
    after_ones: bool,
}

impl Bits<'_> {
    fn fill(&mut self) {
        while self.count <= 48 {
            let Some((&byte, after)) = self.rest.split_first() else {
                return;
            };
            // A marker ends the code.
            if self.after_ones && byte >= 0x80 {
                self.rest = &[];
                return;
            }
            let bits = if self.after_ones { 7 } else { 8 };
            self.buffer = self.buffer << bits | u64::from(byte);
            self.count += bits;
            self.after_ones = byte == 0xff;
            self.rest = after;
        }
    }

    fn read(&mut self, bits: u32) -> Result<i32, String> {
        if bits == 0 {
            return Ok(0);
        }
        if self.count < bits {
            self.fill();
            if self.count < bits {
                return Err("the code ends before the last pixel".to_string());
            }
        }
        self.count -= bits;
        Ok((self.buffer >> self.count & ((1 << bits) - 1)) as i32)
    }

    /// A number by its Golomb code of order `k`: so many zeros, a one, then `k` bits; `limit` zeros stand for the number written
    /// out in `plain` bits.
    fn golomb(&mut self, k: u32, limit: u32, plain: u32) -> Result<i32, String> {
        let mut zeros = 0;
        while self.read(1)? == 0 {
            zeros += 1;
            if zeros > limit {
                return Err("a code is longer than any can be".to_string());
            }
        }
        if zeros < limit {
            Ok((zeros as i32) << k | self.read(k)?)
        } else {
            Ok(self.read(plain)? + 1)
        }
    }
}

/// The state of a scan.
struct Decoder<'a> {
    picture: &'a Picture,
    bits: Bits<'a>,
    /// How many errors there are, and the bits that write one of them out
    range: i32,
    plain: u32,
    limit: u32,
    /// Sum of the errors' sizes, sum of errors, correction, count of each context
    a: [i32; CONTEXTS + 2],
    b: [i32; CONTEXTS],
    c: [i32; CONTEXTS],
    n: [i32; CONTEXTS + 2],
    /// Negative errors of interrupted runs
    negative: [i32; 2],
    run: usize,
}

impl<'a> Decoder<'a> {
    fn new(picture: &'a Picture, scan: &'a [u8]) -> Self {
        let range = (picture.most + 2 * picture.near) / (2 * picture.near + 1) + 1;
        let bits_of = |count: i32| 32 - ((count - 1).max(1) as u32).leading_zeros();
        let depth = bits_of(picture.most + 1).max(2);
        Self {
            picture,
            bits: Bits {
                rest: scan,
                buffer: 0,
                count: 0,
                after_ones: false,
            },
            range,
            plain: bits_of(range),
            limit: 2 * (depth + depth.max(8)),
            a: [2.max((range + 32) / 64); CONTEXTS + 2],
            b: [0; CONTEXTS],
            c: [0; CONTEXTS],
            n: [1; CONTEXTS + 2],
            negative: [0; 2],
            run: 0,
        }
    }

    fn decode(mut self) -> Result<Vec<i32>, String> {
        let (rows, columns) = (self.picture.rows, self.picture.columns);
        let mut samples = Vec::with_capacity(rows * columns);
        // A pixel of room on either side: what lies beyond the border is set as the standard says.
        let mut above = vec![0; columns + 2];
        let mut line = vec![0; columns + 2];
        for _ in 0..rows {
            above[columns + 1] = above[columns];
            line[0] = above[1];
            self.line(&above, &mut line)?;
            samples.extend_from_slice(&line[1..=columns]);
            std::mem::swap(&mut above, &mut line);
        }
        Ok(samples)
    }

    fn line(&mut self, above: &[i32], line: &mut [i32]) -> Result<(), String> {
        let near = self.picture.near;
        let mut x = 1;
        while x <= self.picture.columns {
            let (ra, rb, rc, rd) = (line[x - 1], above[x], above[x - 1], above[x + 1]);
            let gradients = [rd - rb, rb - rc, rc - ra];
            if gradients.iter().all(|gradient| gradient.abs() <= near) {
                let end = self.run(line, x)?;
                if end > self.picture.columns {
                    return Ok(());
                }
                line[end] = self.interruption(line[end - 1], above[end])?;
                x = end + 1;
            } else {
                line[x] = self.regular(gradients, ra, rb, rc)?;
                x += 1;
            }
        }
        Ok(())
    }

    /// A pixel in a context of gradients.
    fn regular(&mut self, gradients: [i32; 3], ra: i32, rb: i32, rc: i32) -> Result<i32, String> {
        let [q1, q2, q3] = gradients.map(|gradient| self.quantised(gradient));
        let context = 81 * q1 + 9 * q2 + q3;
        let sign = context.signum();
        let q = context.unsigned_abs() as usize;
        let predicted = if rc >= ra.max(rb) {
            ra.min(rb)
        } else if rc <= ra.min(rb) {
            ra.max(rb)
        } else {
            ra + rb - rc
        };
        let predicted = (predicted + sign * self.c[q]).clamp(0, self.picture.most);
        let k = order(self.n[q], self.a[q]);
        let mapped = self.bits.golomb(k, self.limit - self.plain - 1, self.plain)?;
        let error = if self.picture.near == 0 && k == 0 && 2 * self.b[q] <= -self.n[q] {
            if mapped & 1 == 1 {
                mapped >> 1
            } else {
                -(mapped >> 1) - 1
            }
        } else if mapped & 1 == 1 {
            -(mapped >> 1) - 1
        } else {
            mapped >> 1
        };
        self.learn(q, error);
        Ok(self.restored(predicted, sign * error))
    }

    /// Which of nine classes a gradient is of.
    fn quantised(&self, gradient: i32) -> i32 {
        let [t1, t2, t3] = self.picture.thresholds;
        let size = gradient.abs();
        let class = if size <= self.picture.near {
            0
        } else if size < t1 {
            1
        } else if size < t2 {
            2
        } else if size < t3 {
            3
        } else {
            4
        };
        class * gradient.signum()
    }

    /// Takes an error into its context.
    fn learn(&mut self, q: usize, error: i32) {
        self.b[q] += error * (2 * self.picture.near + 1);
        self.a[q] += error.abs();
        if self.n[q] == self.picture.reset {
            self.a[q] >>= 1;
            self.b[q] >>= 1;
            self.n[q] >>= 1;
        }
        self.n[q] += 1;
        let n = self.n[q];
        if self.b[q] <= -n {
            self.b[q] = (self.b[q] + n).max(1 - n);
            self.c[q] = (self.c[q] - 1).max(-128);
        } else if self.b[q] > 0 {
            self.b[q] = (self.b[q] - n).min(0);
            self.c[q] = (self.c[q] + 1).min(127);
        }
    }

    /// A sample from its prediction and error, brought back into the range.
    fn restored(&self, predicted: i32, error: i32) -> i32 {
        let step = 2 * self.picture.near + 1;
        let mut sample = predicted + error * step;
        if sample < -self.picture.near {
            sample += self.range * step;
        } else if sample > self.picture.most + self.picture.near {
            sample -= self.range * step;
        }
        sample.clamp(0, self.picture.most)
    }

    /// Pixels like the one before; the place behind them.
    fn run(&mut self, line: &mut [i32], from: usize) -> Result<usize, String> {
        let value = line[from - 1];
        let end = self.picture.columns + 1;
        let mut x = from;
        while self.bits.read(1)? == 1 {
            let whole = 1usize << RUN_ORDER[self.run];
            let length = whole.min(end - x);
            line[x..x + length].fill(value);
            x += length;
            if length == whole && self.run < RUN_ORDER.len() - 1 {
                self.run += 1;
            }
            if x == end {
                return Ok(end);
            }
        }
        let length = self.bits.read(RUN_ORDER[self.run])? as usize;
        if length >= end - x {
            return Err("a run is longer than its line".to_string());
        }
        line[x..x + length].fill(value);
        Ok(x + length)
    }

    /// The pixel that ends a run.
    fn interruption(&mut self, ra: i32, rb: i32) -> Result<i32, String> {
        let level = usize::from((ra - rb).abs() <= self.picture.near);
        let q = CONTEXTS + level;
        let size = if level == 1 {
            self.a[q] + (self.n[q] >> 1)
        } else {
            self.a[q]
        };
        let k = order(self.n[q], size);
        let limit = self.limit - RUN_ORDER[self.run] - 1;
        let mapped = self.bits.golomb(k, limit - self.plain - 1, self.plain)?;
        let folded = mapped + level as i32;
        let odd = folded & 1 == 1;
        let magnitude = (folded + i32::from(odd)) >> 1;
        let mostly_negative = k != 0 || 2 * self.negative[level] >= self.n[q];
        let error = if mostly_negative == odd { -magnitude } else { magnitude };
        if error < 0 {
            self.negative[level] += 1;
        }
        self.a[q] += (mapped + 1 - level as i32) >> 1;
        if self.n[q] == self.picture.reset {
            self.a[q] >>= 1;
            self.n[q] >>= 1;
            self.negative[level] >>= 1;
        }
        self.n[q] += 1;
        self.run = self.run.saturating_sub(1);
        Ok(match level {
            1 => self.restored(ra, error),
            _ if ra > rb => self.restored(rb, -error),
            _ => self.restored(rb, error),
        })
    }
}

/// The order of the Golomb code of a context.
fn order(count: i32, size: i32) -> u32 {
    (0..24).find(|&k| count << k >= size).unwrap_or(24)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard, annex H.3: 4 x 4 pixels of 8 bits.
    const PACKED: [u8; 50] = [
        0xff, 0xd8, 0xff, 0xf7, 0x00, 0x0b, 0x08, 0x00, 0x04, 0x00, 0x04, 0x01, 0x01, 0x11, 0x00, 0xff, 0xda, 0x00,
        0x08, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x6c, 0x80, 0x20, 0x8e, 0x01, 0xc0, 0x00, 0x00,
        0x57, 0x40, 0x00, 0x00, 0x6e, 0xe6, 0x00, 0x00, 0x01, 0xbc, 0x18, 0x00, 0x00, 0x05,
    ];

    const FORM: Form = Form {
        rows: 4,
        columns: 4,
        frames: 1,
        allocated: 8,
        stored: 8,
        high: 7,
        signed: false,
    };

    #[test]
    fn the_standards_example_is_decoded() {
        let mut packed = PACKED.to_vec();
        packed.extend([0xd8, 0x00, 0x00, 0x91, 0x60, 0xff, 0xd9]);
        let raw = unpack(Path::new("x"), &FORM, &packed).unwrap();
        assert_eq!(
            raw,
            [0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145]
        );
    }

    #[test]
    fn code_that_ends_early_or_makes_no_sense_is_refused() {
        for end in 0..PACKED.len() {
            assert!(unpack(Path::new("x"), &FORM, &PACKED[..end]).is_err(), "{end}");
        }
        let mut state = 1u64;
        for _ in 0..2000 {
            let mut changed = PACKED.to_vec();
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (state >> 33) as usize % changed.len();
            changed[at] = (state >> 24) as u8;
            let _ = unpack(Path::new("x"), &FORM, &changed);
        }
    }
}
