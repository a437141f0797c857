//! What a mask holds: its labels, the runs of voxels that have them, and values that are no labels.
//!
//! A mask may be stored in any type. Whole numbers are labels; in floating point a value within a thousandth of a whole number
//! is meant to be it (0.99999994 is what some tools leave of a 1 on its way through single precision). Any other value, such
//! as a probability, is no label, and a mask with one is refused: which side of a threshold it is on is not ours to say.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::VolumeError;
use super::samples::Sample;

/// Voxels looked at together.
const BLOCK: usize = 64;

/// Distinct labels that are counted apart; an image taken for a mask has millions.
const MOST_LABELS: usize = 65_536;

/// More labels than this are looked at more closely.
const MANY_LABELS: usize = 64;

/// Values in fewer voxels than this in a row, on average, are noise rather than regions.
const SHORT_RUN: u64 = 3;

/// Labels from here on come from negative numbers, which PyRadiomics turns into large ones.
const NEGATIVE: u32 = 1 << 31;

/// Called for every run of voxels with one label that is not 0: the label, the linear index of its first voxel, its length.
/// Runs come in storage order.
pub(super) type EachRun<'a> = &'a mut dyn FnMut(u32, usize, usize);

/// A mask in passing.
#[derive(Debug, Default)]
pub(super) struct Census {
    counts: BTreeMap<u32, u64>,
    too_many: bool,
    runs: u64,
    voxels: u64,
    label: u32,
    start: usize,
    length: usize,
    odd: Odd,
}

/// Values that are no whole numbers.
#[derive(Debug, Default)]
struct Odd {
    /// Near a whole number, and the first of them
    near: u64,
    near_example: f64,
    /// Not a number
    nan: u64,
    /// Far from every whole number, or beyond all labels
    others: u64,
    smallest: f64,
    largest: f64,
}

/// What a mask holds.
#[derive(Debug)]
pub(super) struct Contents {
    /// The labels but 0, ascending, each with its count
    pub counts: Vec<(i64, u64)>,
    too_many: bool,
    runs: u64,
    voxels: u64,
    odd: Odd,
}

impl Census {
    /// Takes the voxels from linear index `start` on; chunks come in order.
    pub fn add<T: Sample>(&mut self, start: usize, values: &[T], each_run: EachRun<'_>) {
        let mut start = start;
        for block in values.chunks(BLOCK) {
            if all_zero(block) {
                self.close(each_run);
            } else {
                for (at, &value) in (start..).zip(block) {
                    let label = if T::whole() {
                        value.to_label().unwrap_or_else(|| self.odd.take(value.to_double()))
                    } else {
                        self.label_of_float(value)
                    };
                    if label == self.label {
                        self.length += 1;
                    } else {
                        self.close(each_run);
                        (self.label, self.start, self.length) = (label, at, 1);
                    }
                }
            }
            start += block.len();
        }
    }

    fn label_of_float<T: Sample>(&mut self, value: T) -> u32 {
        let number = value.to_double();
        match value.to_label() {
            Some(label) => {
                if number.fract() != 0.0 {
                    if self.odd.near == 0 {
                        self.odd.near_example = number;
                    }
                    self.odd.near += 1;
                }
                label
            }
            None => self.odd.take(number),
        }
    }

    fn close(&mut self, each_run: EachRun<'_>) {
        let (label, length) = (std::mem::take(&mut self.label), std::mem::take(&mut self.length));
        if label == 0 || length == 0 {
            return;
        }
        self.runs += 1;
        self.voxels += length as u64;
        if self.counts.len() < MOST_LABELS || self.counts.contains_key(&label) {
            *self.counts.entry(label).or_default() += length as u64;
        } else {
            self.too_many = true;
        }
        each_run(label, self.start, length);
    }

    /// What was found.
    pub fn finish(mut self, each_run: EachRun<'_>) -> Contents {
        self.close(each_run);
        Contents {
            counts: self
                .counts
                .into_iter()
                .map(|(label, count)| (i64::from(label), count))
                .collect(),
            too_many: self.too_many,
            runs: self.runs,
            voxels: self.voxels,
            odd: self.odd,
        }
    }
}

impl Odd {
    /// Takes a value that is no label; it counts as background.
    fn take(&mut self, value: f64) -> u32 {
        if value.is_nan() {
            self.nan += 1;
        } else {
            (self.smallest, self.largest) = if self.others == 0 {
                (value, value)
            } else {
                (self.smallest.min(value), self.largest.max(value))
            };
            self.others += 1;
        }
        0
    }
}

impl Contents {
    /// Whether the values look like an image's: some are negative, or there are many and none fills a region.
    pub fn looks_like_an_image(&self) -> bool {
        self.too_many
            || self.odd.others > 0 && self.odd.smallest < 0.0
            || self
                .counts
                .last()
                .is_some_and(|(label, _)| *label >= i64::from(NEGATIVE))
            || self.counts.len() > MANY_LABELS && self.voxels < SHORT_RUN * self.runs
    }

    /// Whether the values are those of a mask: few labels and nothing else.
    pub fn looks_like_a_mask(&self) -> bool {
        !self.looks_like_an_image()
            && self.odd.others + self.odd.nan == 0
            && (1..=MANY_LABELS).contains(&self.counts.len())
    }

    /// Refuses a mask with values that are no labels.
    pub fn check(&self, path: &Path) -> Result<(), VolumeError> {
        let Odd {
            others,
            smallest,
            largest,
            ..
        } = self.odd;
        if others == 0 {
            return Ok(());
        }
        let values = if smallest == largest {
            format!("the value {smallest}")
        } else {
            format!("values from {smallest} to {largest}")
        };
        Err(VolumeError::NoLabels {
            path: path.to_path_buf(),
            values: format!("{others} voxels hold {values}"),
            hint: String::new(),
        })
    }

    /// What the reader should know of the values, in words.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let Odd {
            near,
            near_example,
            nan,
            ..
        } = self.odd;
        if near > 0 {
            remarks.push(format!(
                "mask: {near} voxels hold no whole number, such as {near_example}; within a thousandth of one they count as it"
            ));
        }
        if nan > 0 {
            remarks.push(format!("mask: {nan} voxels are not a number (NaN); they count as 0"));
        }
        remarks.extend(self.doubt());
        remarks
    }

    /// Why it is most likely no mask, in words.
    pub fn doubt(&self) -> Option<String> {
        if !self.looks_like_an_image() {
            return None;
        }
        let negative = self
            .counts
            .iter()
            .filter(|(label, _)| *label >= i64::from(NEGATIVE))
            .count();
        Some(format!(
            "mask: it holds {}{} different values{}, as an image does; are image and mask swapped?",
            if self.too_many { "more than " } else { "" },
            self.counts.len(),
            if negative > 0 { ", negative ones among them" } else { "" }
        ))
    }

    /// Refuses more labels than could be told apart.
    pub fn check_number(&self, path: &Path) -> Result<(), VolumeError> {
        if !self.too_many {
            return Ok(());
        }
        Err(VolumeError::NoLabels {
            path: path.to_path_buf(),
            values: format!("more than {MOST_LABELS} different values occur"),
            hint: "; is this an image?".to_string(),
        })
    }
}

/// Whether all voxels of a block are 0; every voxel is looked at, which is faster than stopping at the first.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "a loop without a branch is vectorised")]
pub(super) fn all_zero<T: Sample>(block: &[T]) -> bool {
    let zero = T::default();
    block.iter().fold(true, |all, value| all & (*value == zero))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents<T: Sample>(values: &[T]) -> (Contents, Vec<(u32, usize, usize)>) {
        let mut runs = Vec::new();
        let mut each = |label, start, length| runs.push((label, start, length));
        let mut census = Census::default();
        for (number, chunk) in values.chunks(37).enumerate() {
            census.add(37 * number, chunk, &mut each);
        }
        (census.finish(&mut each), runs)
    }

    #[test]
    fn runs_and_counts_are_those_of_the_voxels() {
        let values: Vec<u8> = (0..1000usize)
            .map(|at| match at {
                100..=250 => 1,
                251..=300 => 3,
                900..=999 => u8::from(at % 2 == 0),
                _ => 0,
            })
            .collect();
        let (found, runs) = contents(&values);
        assert_eq!(found.counts, [(1, 201), (3, 50)]);
        let mut back = vec![0u8; values.len()];
        for (label, start, length) in runs {
            back[start..start + length].fill(label as u8);
        }
        assert_eq!(back, values);
        assert!(found.remarks().is_empty() && found.check(Path::new("m")).is_ok());
    }

    #[test]
    fn a_value_near_a_whole_number_counts_as_it_and_is_said() {
        let (found, _) = contents(&[0.999_999_94f32, 1.0, 0.0, 2.000_5, -0.000_5]);
        assert_eq!(found.counts, [(1, 2), (2, 1)]);
        assert!(found.check(Path::new("m")).is_ok());
        assert!(found.remarks()[0].contains("3 voxels"), "{:?}", found.remarks());
    }

    #[test]
    fn a_probability_is_no_label() {
        for values in [
            [0.003_92, 0.0],
            [0.7, 1.0],
            [1.5, 0.3],
            [f64::INFINITY, 1.0],
            [5e9, 1.0],
        ] {
            let message = contents(&values).0.check(Path::new("m.nii")).unwrap_err().to_string();
            assert!(
                message.contains("threshold") && message.contains(&values[0].to_string()),
                "{message}"
            );
        }
        assert!(contents(&[u64::from(u32::MAX) + 2]).0.check(Path::new("m")).is_err());
    }

    #[test]
    fn an_image_is_told_from_a_mask() {
        let image: Vec<i16> = (0..5000).map(|at| ((at * 7919) % 1000 - 300) as i16).collect();
        assert!(contents(&image).0.looks_like_an_image());
        let positive: Vec<u16> = image.iter().map(|value| (value + 300) as u16).collect();
        assert!(contents(&positive).0.looks_like_an_image());
        let atlas: Vec<u16> = (0..5000).map(|at| at / 10).collect();
        assert!(!contents(&atlas).0.looks_like_an_image());
        assert!(contents(&[0u8, 1, 1, 2]).0.looks_like_a_mask());
    }
}
