//! The sample study: 120 vertebra-like CT volumes of 60 patients, made by chance alone. No patient stands behind them.
//!
//! What is in them: bodies with endplates, arches and canals in the sizes of thoracic vertebrae, a cortical shell,
//! trabecular bone with a grain, anisotropic spacing, some oblique grids. In 57 of them ("metastasis") the grain is a
//! little coarser and weaker and there are a few more faint spots, with so much overlap between the groups that honest
//! models come out near an AUC of 0.8. Smoking and nerve compression carry risk of their own. A patient's vertebrae
//! resemble each other, so cases of one patient must stay on one side of a split.
//!
//! All arithmetic is `+ - * /` and `sqrt` on a ChaCha stream: every machine makes the same voxels. The committed files in
//! `sample-cases/` are what [`generate`] writes; a test compares them voxel for voxel.

mod dice;
mod vertebra;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::study::artefact::write_whole;
use crate::volume::{Geometry, Mask, Samples, Volume};
use dice::Dice;
use vertebra::{Anatomy, Reader};

/// How many cases there are, and how many of them have the outcome.
pub const CASES: usize = 120;
/// How many cases have a metastasis.
pub const EVENTS: usize = 57;

/// One row of the sample cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleCase {
    /// Patient and level, for instance `P07-T8`
    pub id: String,
    /// The patient
    pub patient: String,
    /// Whether the vertebra has a metastasis
    pub metastasis: bool,
    /// Years
    pub age: u32,
    /// Whether the patient is male
    pub male: bool,
    /// Whether the patient smokes
    pub smoking: bool,
    /// Whether there is cancer in the family
    pub family_history: bool,
    /// Whether the patient lost weight
    pub weight_loss: bool,
    /// Whether the patient has bone pain
    pub bone_pain: bool,
    /// Whether a nerve is compressed at this level
    pub nerve_compression: bool,
    /// Whether a second reader outlined the vertebra
    pub second_reader: bool,
    /// Whether the first reader outlined it again
    pub repeated: bool,
    anatomy: Anatomy,
}

/// Writes `cohort.csv`, `README.md`, `images/` and the masks into a folder; existing files are replaced whole.
pub fn generate(folder: &Path) -> io::Result<()> {
    let cases = cohort();
    for (number, case) in cases.iter().enumerate() {
        for (name, volume) in case.files(number) {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&nifti(&volume)?)?;
            write_whole(&folder.join(name), &encoder.finish()?)?;
        }
    }
    write_whole(&folder.join("cohort.csv"), table(&cases).as_bytes())?;
    write_whole(&folder.join("README.md"), README.as_bytes())
}

/// Writes the sample study with its study file, which is left as it is where there is one, and gives that file's path.
///
/// # Errors
/// What the system says; [`io::ErrorKind::AlreadyExists`] where the folder has a table or a README of somebody's own.
pub fn write_study(folder: &Path) -> io::Result<PathBuf> {
    for (name, own) in [("cohort.csv", table(&cohort())), ("README.md", README.to_owned())] {
        if std::fs::read(folder.join(name)).is_ok_and(|there| there != own.as_bytes()) {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{name} is there already and is not the sample's; name a folder of its own"),
            ));
        }
    }
    let path = folder.join("study.yaml");
    generate(folder)?;
    if !path.exists() {
        write_whole(&path, STUDY.as_bytes())?;
    }
    Ok(path)
}

/// The sample's study file.
pub const STUDY: &str =
    "# The sample study: 120 synthetic vertebrae of 60 patients. Every key that is left out has its default.
title: \"Sample study: early vertebral metastasis on plain CT (synthetic)\"

# The table of cases
cohort: cohort.csv

# The outcome's column, and the value that is the event
outcome:
  column: outcome
  event: 1

# The candidates for the clinical model
clinical:
  columns: [age, sex, smoking, family_history, weight_loss, bone_pain, nerve_compression]

# Values in bins of 10 HU
extraction:
  setting:
    binWidth: 10
";

/// The rows of the cohort, patient by patient.
pub fn cohort() -> Vec<SampleCase> {
    let mut dice = Dice::stream(0);
    let mut cases = Vec::with_capacity(CASES);
    let mut risks = Vec::with_capacity(CASES);
    // 22 patients with one vertebra, 20 with two, 14 with three, 4 with four.
    let sizes: Vec<usize> = [(22, 1), (20, 2), (14, 3), (4, 4)]
        .iter()
        .flat_map(|&(patients, vertebrae)| vec![vertebrae; patients])
        .collect();
    for (place, &which) in dice.order(sizes.len()).iter().enumerate() {
        let patient = Patient::draw(&mut dice, format!("P{:02}", place + 1));
        let mut levels = dice.order(9);
        levels.truncate(sizes[which]);
        levels.sort_unstable();
        for level in levels {
            let nerve_compression = dice.chance(0.32);
            risks.push(
                patient.risk
                    + f64::from(u8::from(patient.smoking)) * RISK_OF_SMOKING
                    + f64::from(u8::from(nerve_compression)) * RISK_OF_COMPRESSION
                    + dice.normal(),
            );
            cases.push(patient.vertebra(&mut dice, level, nerve_compression));
        }
    }
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by(|&left, &right| risks[right].total_cmp(&risks[left]));
    for &case in order.iter().take(EVENTS) {
        cases[case].metastasis = true;
    }
    for case in &mut cases {
        case.draw_texture(&mut dice);
    }
    for (place, &case) in dice.order(CASES).iter().enumerate() {
        cases[case].second_reader = place < 30;
        cases[case].repeated = place < 20;
    }
    cases
}

/// What smoking and nerve compression add to the risk, in units of its unexplained standard deviation.
const RISK_OF_SMOKING: f64 = 1.6;
const RISK_OF_COMPRESSION: f64 = 1.6;

/// What a patient's vertebrae share.
struct Patient {
    name: String,
    age: u32,
    male: bool,
    smoking: bool,
    family_history: bool,
    weight_loss: bool,
    bone_pain: bool,
    risk: f64,
    size: f64,
    density: f64,
    grain: f64,
    grain_length: f64,
    spacing: [f64; 3],
    lean: f64,
    noise: f64,
    oblique: bool,
}

impl Patient {
    fn draw(dice: &mut Dice, name: String) -> Self {
        let age = (62.0 + 9.0 * dice.normal()).clamp(35.0, 86.0) as u32;
        let male = dice.chance(0.45);
        // Whole hundredths of a millimetre in plane; the slice distances of routine protocols.
        let in_plane = (65 + dice.below(16)) as f64 / 100.0;
        let slice = [1.25, 1.5, 1.5, 2.0, 2.0, 2.5][dice.below(6)];
        Self {
            name,
            age,
            male,
            smoking: dice.chance(if male { 0.5 } else { 0.25 }),
            family_history: dice.chance(0.16),
            weight_loss: dice.chance(0.14),
            bone_pain: dice.chance(0.84),
            risk: 0.6 * dice.normal(),
            size: if male { 1.06 } else { 0.97 } + 0.03 * dice.normal(),
            density: 175.0 - 1.2 * (f64::from(age) - 62.0) + 18.0 * dice.normal(),
            grain: 4.0 * dice.normal(),
            grain_length: 0.04 * dice.normal(),
            spacing: [in_plane, in_plane, slice],
            lean: dice.between(-0.08, 0.12),
            noise: dice.between(9.0, 12.0),
            oblique: dice.chance(0.25),
        }
    }

    fn vertebra(&self, dice: &mut Dice, level: usize, nerve_compression: bool) -> SampleCase {
        // From T4 to T12 a vertebra grows by about a fifth.
        let size = self.size * (0.90 + 0.025 * level as f64) * (1.0 + 0.015 * dice.normal());
        SampleCase {
            id: format!("{}-T{}", self.name, level + 4),
            patient: self.name.clone(),
            metastasis: false,
            age: self.age,
            male: self.male,
            smoking: self.smoking,
            family_history: self.family_history,
            weight_loss: self.weight_loss,
            bone_pain: self.bone_pain,
            nerve_compression,
            second_reader: false,
            repeated: false,
            anatomy: Anatomy {
                half: [12.2 * size, 9.6 * size, 8.6 * size * (1.0 + 0.02 * dice.normal())],
                canal: 9.0 + 0.5 * dice.normal(),
                spacing: self.spacing,
                lean: self.lean + 0.02 * dice.normal(),
                oblique: self.oblique,
                density: self.density + 12.0 * dice.normal(),
                grain: 48.0 + self.grain,
                grain_length: 0.85 + self.grain_length,
                patch: 14.0,
                shell: [380.0 + 25.0 * dice.normal(), 1.2 + 0.1 * dice.normal()],
                noise: self.noise,
                spots: Vec::new(),
            },
        }
    }
}

impl SampleCase {
    /// What metastasis does to the marrow, and what chance does to it anyway.
    fn draw_texture(&mut self, dice: &mut Dice) {
        // The disease changes grain, density, patches and spots, each at its own pace: from hardly to twice the mean.
        let mut pace = || {
            if self.metastasis { dice.between(0.0, 2.0) } else { 0.0 }
        };
        let (grain, grain_length, density, patch, spotted) = (pace(), pace(), pace(), pace(), pace());
        let anatomy = &mut self.anatomy;
        anatomy.grain += 6.0 * dice.normal() - 5.5 * grain;
        anatomy.grain_length += 0.10 * dice.normal() + 0.13 * grain_length;
        anatomy.density -= 12.0 * density;
        anatomy.shell[1] -= 0.06 * density;
        anatomy.patch += 3.0 * dice.normal() + 3.0 * patch;
        let spots = dice.below(3) + (dice.uniform() * 2.0 * spotted + 0.5) as usize;
        for _ in 0..spots {
            let centre = [0.0; 3].map(|_: f64| dice.between(-0.6, 0.6));
            let radius = dice.between(2.0, 4.0);
            let difference = if dice.chance(0.5) {
                dice.between(30.0, 90.0)
            } else {
                -dice.between(30.0, 70.0)
            };
            anatomy.spots.push((centre, radius, difference));
        }
    }

    fn image(&self) -> String {
        format!("images/{}.nii.gz", self.id)
    }

    fn mask(&self) -> String {
        format!("masks/{}.nii.gz", self.id)
    }

    fn mask_of_second_reader(&self) -> String {
        format!("masks-reader2/{}.nii.gz", self.id)
    }

    fn mask_again(&self) -> String {
        format!("masks-repeat/{}.nii.gz", self.id)
    }

    /// The image and the masks of this case, each with the name of its file; `number` is the case's place in the cohort.
    fn files(&self, number: usize) -> Vec<(String, Volume)> {
        let stream = |thousands: u64| Dice::stream(1000 * thousands + number as u64);
        let outline = |reader, thousands| as_volume(&self.anatomy.outline(reader, &mut stream(thousands)));
        let first = Reader { bias: 0.0, waver: 0.08 };
        let second = Reader {
            bias: 0.03,
            waver: 0.10,
        };
        let mut files = vec![
            (self.image(), self.anatomy.scan(&mut stream(1))),
            (self.mask(), outline(first, 2)),
        ];
        if self.second_reader {
            files.push((self.mask_of_second_reader(), outline(second, 3)));
        }
        if self.repeated {
            files.push((self.mask_again(), outline(first, 4)));
        }
        files
    }
}

fn as_volume(mask: &Mask) -> Volume {
    Volume {
        geometry: mask.geometry,
        samples: Samples::U8(mask.voxels.iter().map(|&inside| u8::from(inside)).collect()),
    }
}

fn table(cases: &[SampleCase]) -> String {
    let mut text = String::from(
        "id,image,mask,label,patient,outcome,mask_reader2,mask_repeat,age,sex,smoking,family_history,weight_loss,\
         bone_pain,nerve_compression\n",
    );
    for case in cases {
        let yes = u8::from;
        text.push_str(&format!(
            "{},{},{},1,{},{},{},{},{},{},{},{},{},{},{}\n",
            case.id,
            case.image(),
            case.mask(),
            case.patient,
            yes(case.metastasis),
            if case.second_reader {
                case.mask_of_second_reader()
            } else {
                String::new()
            },
            if case.repeated {
                case.mask_again()
            } else {
                String::new()
            },
            case.age,
            if case.male { "male" } else { "female" },
            yes(case.smoking),
            yes(case.family_history),
            yes(case.weight_loss),
            yes(case.bone_pain),
            yes(case.nerve_compression),
        ));
    }
    text
}

/// A NIfTI-1 file with both transforms set: 348 bytes of header, four of "no extensions", the voxels.
fn nifti(volume: &Volume) -> io::Result<Vec<u8>> {
    let mut bytes = header(&volume.geometry, &volume.samples);
    match &volume.samples {
        Samples::I16(samples) => bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
        Samples::U8(samples) => bytes.extend_from_slice(samples),
        _ => {
            return Err(io::Error::other(
                "the sample study holds 16-bit images and 8-bit masks only",
            ));
        }
    }
    Ok(bytes)
}

fn header(geometry: &Geometry, samples: &Samples) -> Vec<u8> {
    let mut header = vec![0u8; 352];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &348i32.to_le_bytes());
    put(38, b"r");
    for (place, size) in [3].into_iter().chain(geometry.size).chain([1; 4]).enumerate() {
        put(40 + 2 * place, &(size as i16).to_le_bytes());
    }
    let (datatype, bits) = if matches!(samples, Samples::U8(_)) {
        (2i16, 8i16)
    } else {
        (4, 16)
    };
    put(70, &datatype.to_le_bytes());
    put(72, &bits.to_le_bytes());
    // NIfTI's world is RAS, ours is LPS: the first two rows change sign. A turn by an angle about x, seen so, is the
    // quaternion (0, 0, sin, cos) of half the angle.
    let half_sine = ((1.0 - geometry.direction[1][1]) / 2.0).max(0.0).sqrt();
    let half_sine = if geometry.direction[2][1] < 0.0 {
        -half_sine
    } else {
        half_sine
    };
    let half_cosine = (1.0 - half_sine * half_sine).sqrt();
    let mut put_single = |at: usize, value: f64| put(at, &(value as f32).to_le_bytes());
    put_single(76, 1.0);
    for axis in 0..3 {
        put_single(80 + 4 * axis, geometry.spacing[axis]);
    }
    put_single(108, 352.0);
    put_single(112, 1.0);
    put_single(260, half_sine);
    put_single(264, half_cosine);
    for row in 0..3 {
        let sign = if row < 2 { -1.0 } else { 1.0 };
        put_single(268 + 4 * row, sign * geometry.origin[row]);
        for axis in 0..3 {
            put_single(
                280 + 16 * row + 4 * axis,
                sign * geometry.direction[row][axis] * geometry.spacing[axis],
            );
        }
        put_single(280 + 16 * row + 12, sign * geometry.origin[row]);
    }
    put(123, &[2]);
    put(148, b"radscore sample case (synthetic)");
    put(252, &1i16.to_le_bytes());
    put(254, &1i16.to_le_bytes());
    put(344, b"n+1\0");
    header
}

const README: &str = include_str!("README.md");

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_cohort_has_the_promised_shape() {
        let cases = cohort();
        assert_eq!(cases.len(), CASES);
        assert_eq!(cases.iter().filter(|case| case.metastasis).count(), EVENTS);
        let mut patients: Vec<_> = cases.iter().map(|case| case.patient.as_str()).collect();
        patients.dedup();
        assert_eq!(patients.len(), 60);
        let mut ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CASES);
        assert_eq!(cases.iter().filter(|case| case.second_reader).count(), 30);
        // Some patients have vertebrae of both kinds, so that the outcome is the vertebra's and not the patient's.
        let mixed = patients
            .iter()
            .filter(|patient| {
                let of = |metastasis| {
                    cases
                        .iter()
                        .any(|case| case.patient == **patient && case.metastasis == metastasis)
                };
                of(true) && of(false)
            })
            .count();
        assert!(mixed >= 8, "{mixed} patients have both kinds");
    }

    #[test]
    fn the_committed_files_are_what_the_generator_makes() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-cases");
        let cases = cohort();
        let same =
            |name: &str, text: &str| assert_eq!(std::fs::read_to_string(folder.join(name)).unwrap(), text, "{name}");
        same("cohort.csv", &table(&cases));
        same("README.md", README);
        let mut bytes_on_disk = 0;
        for (number, case) in cases.iter().enumerate() {
            for (name, volume) in case.files(number) {
                let file = std::fs::read(folder.join(&name)).unwrap();
                bytes_on_disk += file.len();
                let mut committed = Vec::new();
                flate2::read::GzDecoder::new(&file[..])
                    .read_to_end(&mut committed)
                    .unwrap();
                assert!(
                    committed == nifti(&volume).unwrap(),
                    "{name} is not what the generator makes"
                );
            }
        }
        assert!(bytes_on_disk < 8_000_000, "{bytes_on_disk} bytes");
    }

    #[test]
    fn a_mask_covers_the_bone_and_not_what_lies_around_it() {
        let cases = cohort();
        for number in [0, 50, 119] {
            let files = cases[number].files(number);
            let (image, mask) = (&files[0].1, &files[1].1);
            assert_eq!(image.geometry, mask.geometry);
            let (mut inside, mut outside) = ((0.0, 0.0), (0.0, 0.0));
            for at in 0..image.samples.len() {
                let side = if mask.samples.get(at) > 0.0 {
                    &mut inside
                } else {
                    &mut outside
                };
                side.0 += image.samples.get(at);
                side.1 += 1.0;
            }
            assert!(inside.1 > 1500.0 && inside.0 / inside.1 > 150.0, "{inside:?}");
            assert!(outside.0 / outside.1 < 100.0, "{outside:?}");
        }
    }

    #[test]
    fn chance_is_the_same_everywhere() {
        // The first draws of stream 7, written down: a changed generator would make another sample study.
        let mut dice = Dice::stream(7);
        let drawn: Vec<u32> = (0..4).map(|_| (dice.uniform() * 4_294_967_296.0) as u32).collect();
        assert_eq!(drawn, FIRST_OF_STREAM_7);
    }

    const FIRST_OF_STREAM_7: [u32; 4] = [2732893532, 2176279735, 1940758333, 4255327166];
}
