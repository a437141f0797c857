//! Files that are broken, lying or made to hurt end in a clear error: no panic, no hang, no allocation that the file does not
//! pay for. Every file is made here from bytes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use radscore::volume::{
    Extent, Geometry, LabelChoice, LoadOptions, SampleType, Samples, Volume, VolumeError, labels, load, load_regions,
    read_header, read_volume, write_nifti, write_nrrd,
};
use tempfile::TempDir;

/// A NIfTI-1 header of 2 x 3 x 4 int16 voxels, little-endian, to be bent.
fn header() -> Vec<u8> {
    let mut bytes = vec![0u8; 352];
    bytes[..4].copy_from_slice(&348i32.to_le_bytes());
    for (k, size) in [3i16, 2, 3, 4, 1, 1, 1, 1].into_iter().enumerate() {
        bytes[40 + 2 * k..42 + 2 * k].copy_from_slice(&size.to_le_bytes());
    }
    set(&mut bytes, 70, &4i16.to_le_bytes());
    set(&mut bytes, 72, &16i16.to_le_bytes());
    for k in 0..8 {
        set(&mut bytes, 76 + 4 * k, &1f32.to_le_bytes());
    }
    set(&mut bytes, 108, &352f32.to_le_bytes());
    set(&mut bytes, 254, &1i16.to_le_bytes());
    for row in 0..3 {
        set(&mut bytes, 280 + 16 * row + 4 * row, &1f32.to_le_bytes());
    }
    set(&mut bytes, 344, b"n+1\0");
    bytes
}

fn set(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn voxels() -> Vec<u8> {
    (0..24i16).flat_map(i16::to_le_bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The error of reading a file, which must name it.
    fn refused(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.put(name, bytes);
        let message = read_volume(&path)
            .map(|volume| volume.geometry)
            .unwrap_err()
            .to_string();
        assert!(message.contains(name), "{message}");
        message
    }
}

fn bent(change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = header();
    change(&mut bytes);
    bytes.extend(voxels());
    bytes
}

/// The test's image with these voxels, zeros behind them.
fn nifti_of(values: &[u8]) -> Vec<u8> {
    let mut bytes = header();
    bytes.extend(values);
    bytes.resize(header().len() + voxels().len(), 0);
    bytes
}

fn contains(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "\"{part}\" is not in: {message}");
    }
}

#[test]
fn a_sound_file_is_read_whatever_its_name() {
    let folder = Folder::new();
    let mut plain = header();
    plain.extend(voxels());
    let wanted = Samples::I16((0..24).collect());
    for (name, bytes) in [
        ("plain.nii", plain.clone()),
        ("compressed.nii.gz", gzip(&plain)),
        ("named-wrongly.nii.gz", plain.clone()),
        ("named-wrongly.nrrd", gzip(&plain)),
        // Two members, as bgzip and `cat` make them; the cut lies inside the header.
        ("members.nii.gz", [gzip(&plain[..100]), gzip(&plain[100..])].concat()),
        ("padded.nii.gz", [gzip(&plain), vec![0; 512]].concat()),
        ("trailing.nii", [plain.clone(), vec![7; 99]].concat()),
    ] {
        let volume = read_volume(&folder.put(name, &bytes)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(volume.samples, wanted, "{name}");
        assert_eq!(volume.geometry.size, [2, 3, 4], "{name}");
        assert_eq!(volume.geometry.direction[0][0], -1.0, "{name}: RAS is turned to LPS");
    }
}

#[test]
fn scaling_and_offsets_follow_the_standard() {
    let folder = Folder::new();
    let mut far = header();
    set(&mut far, 108, &416f32.to_le_bytes());
    far.extend([99u8; 64]);
    far.extend(voxels());
    assert_eq!(
        read_volume(&folder.put("far.nii", &far)).unwrap().samples,
        Samples::I16((0..24).collect())
    );
    let scaled = bent(|bytes| {
        set(bytes, 112, &2f32.to_le_bytes());
        set(bytes, 116, &(-1f32).to_le_bytes());
    });
    let volume = read_volume(&folder.put("scaled.nii", &scaled)).unwrap();
    assert_eq!(
        volume.samples,
        Samples::F32((0..24u8).map(|k| f32::from(k) * 2.0 - 1.0).collect())
    );
    for slope in [0f32, f32::NAN, f32::INFINITY] {
        let unscaled = bent(|bytes| {
            set(bytes, 112, &slope.to_le_bytes());
            set(bytes, 116, &20f32.to_le_bytes());
        });
        let volume = read_volume(&folder.put("unscaled.nii", &unscaled)).unwrap();
        assert_eq!(volume.samples.sample_type(), SampleType::I16, "{slope}");
    }
    let metres = bent(|bytes| bytes[123] = 1);
    assert_eq!(
        read_volume(&folder.put("metres.nii", &metres))
            .unwrap()
            .geometry
            .spacing,
        [1000.0; 3]
    );
}

#[test]
fn what_is_cut_off_is_said() {
    let folder = Folder::new();
    let mut whole = header();
    whole.extend(voxels());
    contains(
        &folder.refused("short.nii", &whole[..380]),
        &["48 bytes", "holds 28", "truncated"],
    );
    let compressed = gzip(&whole);
    for length in [compressed.len() - 1, compressed.len() - 9, compressed.len() / 2] {
        let message = folder.refused("short.nii.gz", &compressed[..length]);
        assert!(
            message.contains("truncated") || message.contains("damaged"),
            "{message}"
        );
    }
    let mut changed = gzip(&whole);
    let crc = changed.len() - 8;
    changed[crc] ^= 1;
    contains(&folder.refused("changed.nii.gz", &changed), &["damaged", "checksum"]);
    contains(&folder.refused("empty.nii", &[]), &["empty"]);
    contains(&folder.refused("head.nii", &whole[..200]), &["truncated"]);
    contains(
        &folder.refused("text.nii", b"hello, this is no image"),
        &["NIfTI", "NRRD"],
    );
}

#[test]
fn headers_that_lie_are_refused_before_memory_is_taken() {
    let folder = Folder::new();
    let sized = |x: i16, y: i16, z: i16| {
        bent(|bytes| {
            for (k, size) in [x, y, z].into_iter().enumerate() {
                set(bytes, 42 + 2 * k, &size.to_le_bytes());
            }
        })
    };
    contains(&folder.refused("huge.nii", &sized(32767, 32767, 32767)), &["truncated"]);
    contains(
        &folder.refused("huge.nii.gz", &gzip(&sized(32767, 32767, 32767))),
        &["truncated"],
    );
    contains(&folder.refused("none.nii", &sized(0, 3, 4)), &["dim[1]", "0"]);
    contains(&folder.refused("negative.nii", &sized(2, -10, 4)), &["dim[2]", "-10"]);
    contains(
        &folder.refused("bits.nii", &bent(|bytes| set(bytes, 72, &8i16.to_le_bytes()))),
        &["bitpix", "8", "16"],
    );
    contains(
        &folder.refused("type.nii", &bent(|bytes| set(bytes, 70, &77i16.to_le_bytes()))),
        &["datatype", "77"],
    );
    contains(
        &folder.refused("complex.nii", &bent(|bytes| set(bytes, 70, &32i16.to_le_bytes()))),
        &["complex"],
    );
    for offset in [-5f32, f32::NAN, 1e30, 100.0, 352.5] {
        contains(
            &folder.refused("offset.nii", &bent(|bytes| set(bytes, 108, &offset.to_le_bytes()))),
            &["vox_offset"],
        );
    }
    contains(
        &folder.refused(
            "series.nii",
            &bent(|bytes| {
                set(bytes, 40, &4i16.to_le_bytes());
                set(bytes, 48, &7i16.to_le_bytes());
            }),
        ),
        // Seven volumes are announced, and the bytes of one are there.
        &["336 bytes", "holds 48"],
    );
    contains(
        &folder.refused("flat.nii", &bent(|bytes| set(bytes, 280, &0f32.to_le_bytes()))),
        &["x axis has no direction"],
    );
    contains(
        &folder.refused("nan.nii", &bent(|bytes| set(bytes, 292, &f32::NAN.to_le_bytes()))),
        &["finite"],
    );
    contains(
        &folder.refused("sheared.nii", &bent(|bytes| set(bytes, 284, &0.3f32.to_le_bytes()))),
        &["sheared", "right angles"],
    );
    let version_2 = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = vec![0u8; 544];
        set(&mut bytes, 0, &540i32.to_le_bytes());
        set(&mut bytes, 4, b"n+2\0\r\n\x1a\n");
        set(&mut bytes, 12, &4i16.to_le_bytes());
        set(&mut bytes, 14, &16i16.to_le_bytes());
        for (k, size) in [3i64, 2, 3, 4, 1, 1, 1, 1].into_iter().enumerate() {
            set(&mut bytes, 16 + 8 * k, &size.to_le_bytes());
        }
        for k in 0..8 {
            set(&mut bytes, 104 + 8 * k, &1f64.to_le_bytes());
        }
        set(&mut bytes, 168, &544i64.to_le_bytes());
        change(&mut bytes);
        bytes.extend(voxels());
        bytes
    };
    let volume = read_volume(&folder.put("two.nii", &version_2(&|_| {}))).unwrap();
    assert_eq!(volume.samples, Samples::I16((0..24).collect()));
    let absurd = version_2(&|bytes| {
        for k in 1..4 {
            set(bytes, 16 + 8 * k, &(i64::MAX / 2).to_le_bytes());
        }
    });
    contains(&folder.refused("absurd.nii", &absurd), &["more than any file can hold"]);
}

#[test]
fn a_bomb_is_no_image() {
    let folder = Folder::new();
    // A header of 24 voxels before 64 MB of zeros: the rest is not kept, and not read for ever.
    let mut bytes = header();
    bytes.resize(64 << 20, 0);
    let path = folder.put("bomb.nii.gz", &gzip(&bytes));
    assert!(fs::metadata(&path).unwrap().len() < 100_000);
    assert_eq!(read_volume(&path).unwrap().samples.len(), 24);
}

#[test]
fn what_is_no_file_is_not_opened() {
    let folder = Folder::new();
    let missing = folder.0.path().join("missing.nii");
    contains(&read_volume(&missing).unwrap_err().to_string(), &["missing.nii"]);
    contains(&read_volume(folder.0.path()).unwrap_err().to_string(), &["folder"]);
    #[cfg(unix)]
    {
        let pipe = folder.0.path().join("pipe.nii");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        contains(
            &read_volume(&pipe).unwrap_err().to_string(),
            &["pipe.nii", "named pipe"],
        );
        contains(
            &read_volume(Path::new("/dev/zero")).unwrap_err().to_string(),
            &["device"],
        );
    }
}

const NRRD: &str = "NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: 2 3 4\n\
                    space directions: (1,0,0) (0,1,0) (0,0,2)\nspace origin: (0,0,0)\nendian: little\n";

fn nrrd(fields: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{NRRD}{fields}\n\n").into_bytes();
    bytes.extend(data);
    bytes
}

#[test]
fn every_encoding_of_nrrd_is_read() {
    let folder = Folder::new();
    let wanted = Samples::I16((0..24).collect());
    let text = (0..24).map(|k| k.to_string()).collect::<Vec<_>>().join("\n");
    let hex = voxels()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join(" ");
    let skipped = [b"one line\nanother\n".to_vec(), vec![9; 5], voxels()].concat();
    for (name, bytes) in [
        ("raw.nrrd", nrrd("encoding: raw", &voxels())),
        ("gzip.nrrd", nrrd("encoding: GZIP", &gzip(&voxels()))),
        ("text.nrrd", nrrd("encoding: text", text.as_bytes())),
        ("hex.nrrd", nrrd("encoding: hex", hex.as_bytes())),
        (
            "skips.nrrd",
            nrrd("line skip: 2\nbyte skip: 5\nencoding: raw", &skipped),
        ),
        ("last.nrrd", nrrd("byte skip: -1\nencoding: raw", &skipped)),
        (
            "crlf.nrrd",
            [
                format!("{NRRD}encoding: raw\n\n").replace('\n', "\r\n").into_bytes(),
                voxels(),
            ]
            .concat(),
        ),
    ] {
        let volume = read_volume(&folder.put(name, &bytes)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(volume.samples, wanted, "{name}");
        assert_eq!(volume.geometry.spacing, [1.0, 1.0, 2.0], "{name}");
    }
    let header = |fields: &str| format!("{NRRD}encoding: raw\n{fields}");
    for k in 0..4 {
        folder.put(&format!("slice-{k:02}.raw"), &voxels()[12 * k..12 * (k + 1)]);
    }
    folder.put("whole.raw", &voxels());
    for (name, fields) in [
        ("file.nhdr", "data file: whole.raw\n"),
        (
            "list.nhdr",
            "data file: LIST\nslice-00.raw\nslice-01.raw\nslice-02.raw\nslice-03.raw\n",
        ),
        ("pattern.nhdr", "data file: slice-%02d.raw 0 3 1\n"),
    ] {
        let volume =
            read_volume(&folder.put(name, header(fields).as_bytes())).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(volume.samples, wanted, "{name}");
    }
    let down = header("data file: slice-%02d.raw 3 0 -1\n");
    let volume = read_volume(&folder.put("down.nhdr", down.as_bytes())).unwrap();
    assert_eq!(volume.samples.get(0), 18.0);
}

#[cfg(feature = "bzip2")]
#[test]
fn bzip2_of_nrrd_is_read() {
    let mut bzip = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    bzip.write_all(&voxels()).unwrap();
    let bytes = nrrd("encoding: bz2", &bzip.finish().unwrap());
    let volume = read_volume(&Folder::new().put("bzip2.nrrd", &bytes)).unwrap();
    assert_eq!(volume.samples, Samples::I16((0..24).collect()));
}

#[cfg(feature = "bzip2")]
#[test]
fn a_few_bytes_of_bzip2_are_no_voxel_of_a_petabyte() {
    let header = NRRD
        .replace("dimension: 3", "dimension: 4")
        .replace("sizes: 2 3 4", "sizes: 562949953421312 2 3 4")
        .replace("space directions: ", "space directions: none ");
    let bytes = [format!("{header}encoding: bz2\n\n").into_bytes(), b"BZh9".to_vec()].concat();
    let folder = Folder::new();
    let path = folder.put("list.nrrd", &bytes);
    contains(&labels(&path).unwrap_err().to_string(), &["truncated"]);
}

/// A radscore without a format says which feature it was built without.
#[cfg(not(feature = "bzip2"))]
#[test]
fn bzip2_of_nrrd_is_refused_by_name() {
    contains(
        &Folder::new().refused("bzip2.nrrd", &nrrd("encoding: bz2", b"BZh9")),
        &["bzip2", "Cargo feature"],
    );
}

#[test]
fn headers_of_nrrd_that_lie_are_refused() {
    let folder = Folder::new();
    contains(
        &folder.refused("short.nrrd", &nrrd("encoding: raw", &voxels()[..40])),
        &["48 bytes", "40"],
    );
    contains(
        &folder.refused(
            "text.nrrd",
            &nrrd(
                "encoding: ascii",
                b"1 2 three 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24",
            ),
        ),
        &["three"],
    );
    contains(
        &folder.refused(
            "few.nrrd",
            &nrrd(
                "encoding: ascii",
                b"1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5          ",
            ),
        ),
        &["truncated"],
    );
    contains(
        &folder.refused("hex.nrrd", &nrrd("encoding: hex", &[b'g'; 96])),
        &["hexadecimal"],
    );
    contains(
        &folder.refused("encoding.nrrd", &nrrd("encoding: zstd", &[])),
        &["encoding", "zstd"],
    );
    contains(
        &folder.refused("skip.nrrd", &nrrd("byte skip: -1\nencoding: ascii", b"1 2 3")),
        &["byte skip", "raw"],
    );
    contains(
        &folder.refused("line.nrrd", &nrrd("what is this", &[])),
        &["neither a field nor a key"],
    );
    let replaced = |from: &str, to: &str| {
        [
            format!("{NRRD}encoding: raw\n\n").replace(from, to).into_bytes(),
            voxels(),
        ]
        .concat()
    };
    contains(
        &folder.refused("sizes.nrrd", &replaced("sizes: 2 3 4", "sizes: 2 3")),
        &["sizes"],
    );
    contains(
        &folder.refused("zero.nrrd", &replaced("sizes: 2 3 4", "sizes: 2 0 4")),
        &["sizes"],
    );
    contains(
        &folder.refused(
            "huge.nrrd",
            &replaced("sizes: 2 3 4", "sizes: 4000000000 4000000000 4000000000"),
        ),
        &["more than any file can hold"],
    );
    contains(
        &folder.refused("large.nrrd", &replaced("sizes: 2 3 4", "sizes: 4000 4000 4000")),
        &["truncated"],
    );
    contains(
        &folder.refused("block.nrrd", &replaced("type: short", "type: block")),
        &["block"],
    );
    contains(
        &folder.refused("sheared.nrrd", &replaced("(0,0,2)", "(0,1,2)")),
        &["space directions", "sheared"],
    );
    contains(
        &folder.refused("flat.nrrd", &replaced("(0,0,2)", "(0,0,0)")),
        &["no direction"],
    );
    contains(
        &folder.refused("type.nrrd", &replaced("type: short\n", "")),
        &["type", "missing"],
    );
    for name in ["../outside.raw", "/etc/passwd", "sub/../../outside.raw"] {
        let header = format!("{NRRD}encoding: raw\ndata file: {name}\n");
        contains(
            &folder.refused("outside.nhdr", header.as_bytes()),
            &["outside the header's folder"],
        );
    }
    #[cfg(unix)]
    {
        let elsewhere = Folder::new();
        let target = elsewhere.put("secret.raw", &voxels());
        std::os::unix::fs::symlink(target, folder.0.path().join("link.raw")).unwrap();
        let header = format!("{NRRD}encoding: raw\ndata file: link.raw\n");
        contains(
            &folder.refused("link.nhdr", header.as_bytes()),
            &["outside the header's folder"],
        );
    }
    for range in [
        "0 99999999 1",
        "-9223372036854775808 9223372036854775807 1",
        "9223372036854775807 -9223372036854775808 -1",
        "-9223372036854775808 0 -1",
        "0 5 0",
    ] {
        let many = format!("{NRRD}encoding: raw\ndata file: s%d.raw {range}\n");
        contains(&folder.refused("many.nhdr", many.as_bytes()), &["no range of files"]);
    }
    let mut endless = NRRD.as_bytes().to_vec();
    endless.extend(vec![b'#'; 17 << 20]);
    contains(&folder.refused("endless.nrrd", &endless), &["16 MB"]);
}

fn cube(samples: Samples) -> Volume {
    Volume {
        geometry: Geometry {
            size: [4, 3, 2],
            spacing: [0.75, 0.5, 2.0],
            origin: [-10.5, 20.25, 7.0],
            direction: [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]],
        },
        samples,
    }
}

#[test]
fn what_is_written_comes_back() {
    let folder = Folder::new();
    let all = [
        Samples::U8((0..24).collect()),
        Samples::I8((-12..12).collect()),
        Samples::U16((60_000..60_024).collect()),
        Samples::I16((-12..12).collect()),
        Samples::U32((0..24).collect()),
        Samples::I32((-12..12).collect()),
        Samples::U64((0..24).collect()),
        Samples::I64((-12..12).collect()),
        Samples::F32((0..24u8).map(|k| f32::from(k) / 3.0).collect()),
        Samples::F64((0..24u8).map(|k| f64::from(k) / 3.0).collect()),
    ];
    for samples in all {
        let volume = cube(samples);
        for name in ["one.nii", "one.nii.gz", "deeper/one.nii.gz", "one.nrrd"] {
            let path = folder.0.path().join(name);
            let written = if name.contains("nrrd") {
                write_nrrd(&path, &volume)
            } else {
                write_nifti(&path, &volume)
            };
            written.unwrap_or_else(|error| panic!("{name}: {error}"));
            let back = read_volume(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(back, volume, "{name}");
            assert!(read_header(&path).unwrap().warnings.is_empty(), "{name}");
        }
    }
    let left: Vec<_> = fs::read_dir(folder.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn masks_say_what_they_hold() {
    let folder = Folder::new();
    let image = folder.0.path().join("image.nrrd");
    write_nrrd(&image, &cube(Samples::I16((0..24).collect()))).unwrap();
    let mask = |name: &str, samples: Samples| {
        let path = folder.0.path().join(name);
        write_nrrd(&path, &cube(samples)).unwrap();
        path
    };
    let choose = |label: LabelChoice| LoadOptions {
        label,
        ..LoadOptions::default()
    };
    let empty = mask("empty.nrrd", Samples::U8(vec![0; 24]));
    assert!(matches!(
        load(&image, &empty, &LoadOptions::default()),
        Err(VolumeError::EmptyMask { .. })
    ));
    // Near a whole number counts as it, NaN as background, and -1 is a huge label, as PyRadiomics casts it.
    let mut values = vec![0.0; 24];
    values[3] = 0.999_999_94;
    values[4] = f64::NAN;
    values[5] = -1.0;
    let odd = mask("odd.nrrd", Samples::F64(values.clone()));
    let scan = load(&image, &odd, &LoadOptions::default()).unwrap();
    assert_eq!((scan.mask.count(), scan.start), (1, [3, 0, 0]));
    assert_eq!(scan.image.samples, Samples::I16(vec![3]));
    contains(&scan.warnings.join("\n"), &["0.99999994", "NaN", "negative"]);
    values[6] = 0.7;
    let probable = mask("probable.nrrd", Samples::F64(values));
    contains(
        &load(&image, &probable, &LoadOptions::default())
            .unwrap_err()
            .to_string(),
        &["probable.nrrd", "0.7", "threshold"],
    );
    let found = labels(&odd).unwrap();
    assert_eq!(
        found.iter().map(|label| label.label).collect::<Vec<_>>(),
        [1, 4_294_967_295]
    );
    contains(
        &load(&image, &odd, &choose(LabelChoice::Value(3)))
            .unwrap_err()
            .to_string(),
        &["label 3", "1 (1 voxels)"],
    );
    contains(
        &load(&image, &odd, &choose(LabelChoice::Value(0)))
            .unwrap_err()
            .to_string(),
        &["label 0", "from 1 on"],
    );
    contains(
        &load(&image, &odd, &choose(LabelChoice::Segment("T12".to_string())))
            .unwrap_err()
            .to_string(),
        &["T12", "no segments"],
    );
    let channel = LoadOptions {
        label_channel: 2,
        ..LoadOptions::default()
    };
    contains(
        &load(&image, &odd, &channel).unwrap_err().to_string(),
        &["channel 2", "has 1"],
    );
}

#[test]
fn grids_that_differ_are_told_apart() {
    let folder = Folder::new();
    let image = folder.0.path().join("image.nrrd");
    write_nrrd(&image, &cube(Samples::I16((0..24).collect()))).unwrap();
    let mut moved = cube(Samples::U8(vec![1; 24]));
    moved.geometry.origin[1] += 3e-4;
    let mask = folder.0.path().join("mask.nii");
    write_nifti(&mask, &moved).unwrap();
    let message = load(&image, &mask, &LoadOptions::default()).unwrap_err().to_string();
    contains(
        &message,
        &[
            "origin's y",
            "20.25",
            "qoffset",
            "space origin",
            "geometryTolerance: ",
            "correctMask",
        ],
    );
    let said = message.split("geometryTolerance: ").nth(1).unwrap();
    let tolerance: f64 = said.split('`').next().unwrap().parse().unwrap();
    let accepting = |tolerance: f64| LoadOptions {
        geometry_tolerance: Some(tolerance),
        ..LoadOptions::default()
    };
    assert!(load(&image, &mask, &accepting(tolerance)).is_ok(), "{tolerance}");
    assert!(load(&image, &mask, &accepting(tolerance / 1.2)).is_err(), "{tolerance}");
    let mut small = cube(Samples::U8(vec![1; 12]));
    small.geometry.size = [4, 3, 1];
    write_nifti(&mask, &small).unwrap();
    contains(
        &load(&image, &mask, &LoadOptions::default()).unwrap_err().to_string(),
        &["along z the image has 2 voxels, the mask 1", "no tolerance"],
    );
    let correcting = LoadOptions {
        correct_mask: true,
        ..LoadOptions::default()
    };
    let scan = load(&image, &mask, &correcting).unwrap();
    assert_eq!(scan.mask.count(), 12);
    small.geometry.origin[0] += 50.0;
    write_nifti(&mask, &small).unwrap();
    contains(
        &load(&image, &mask, &correcting).unwrap_err().to_string(),
        &["reaches beyond the image"],
    );
}

/// What a file says of itself when it is read as image and as mask of itself.
fn remarks(path: &Path) -> String {
    let any = LoadOptions {
        label: LabelChoice::Any,
        ..LoadOptions::default()
    };
    load(path, path, &any).unwrap().warnings.join("\n")
}

#[test]
fn bytes_behind_the_voxels_are_passed_over_and_said() {
    let folder = Folder::new();
    let mut plain = header();
    plain.extend(voxels());
    let wanted = Samples::I16((0..24).collect());
    for (name, bytes, said) in [
        ("line.nii.gz", [gzip(&plain), b"\n".to_vec()].concat(), "1 byte follows"),
        ("half.nii.gz", [gzip(&plain), vec![0x1f]].concat(), "1 byte follows"),
        (
            "padded.nii.gz",
            [gzip(&plain), vec![0; 512]].concat(),
            "512 bytes follow",
        ),
        (
            "more.nii.gz",
            gzip(&[plain.clone(), vec![7; 99]].concat()),
            "99 bytes follow",
        ),
        ("more.nii", [plain.clone(), vec![7; 99]].concat(), "99 bytes follow"),
    ] {
        let path = folder.put(name, &bytes);
        assert_eq!(read_volume(&path).unwrap().samples, wanted, "{name}");
        contains(&remarks(&path), &[said]);
    }
    let sound = folder.put("sound.nii.gz", &gzip(&plain));
    assert!(!remarks(&sound).contains("follow"));
    // Members that begin at every place of a buffer, as those of block-wise compression do.
    let members: Vec<u8> = (0..400).flat_map(|_| gzip(&[0; 700])).collect();
    let mut long = bent(|bytes| set(bytes, 108, &(352f32 + 280_000.0).to_le_bytes()));
    long.truncate(352);
    let path = folder.put("members.nii.gz", &[gzip(&long), members, gzip(&voxels())].concat());
    assert_eq!(read_volume(&path).unwrap().samples, wanted);
}

#[test]
fn voxels_beyond_the_end_are_said_by_the_field_that_puts_them_there() {
    let folder = Folder::new();
    let far = bent(|bytes| set(bytes, 108, &9_000_000f32.to_le_bytes()));
    contains(&folder.refused("far.nii", &far), &["vox_offset", "9000000"]);
    contains(&folder.refused("far.nii.gz", &gzip(&far)), &["vox_offset", "9000000"]);
}

#[test]
fn a_sheared_sform_gives_way_to_a_good_qform() {
    let folder = Folder::new();
    let shear = |bytes: &mut Vec<u8>| set(bytes, 280 + 4, &0.3f32.to_le_bytes());
    contains(&folder.refused("sheared.nii", &bent(shear)), &["right angles"]);
    let path = folder.put(
        "upright.nii",
        &bent(|bytes| {
            shear(bytes);
            set(bytes, 252, &1i16.to_le_bytes());
            set(bytes, 268, &5f32.to_le_bytes());
        }),
    );
    let geometry = read_volume(&path).unwrap().geometry;
    assert_eq!((geometry.origin[0], geometry.direction[0]), (-5.0, [-1.0, 0.0, 0.0]));
    contains(&remarks(&path), &["sheared", "qform is used"]);
}

#[test]
fn the_voxels_of_a_pair_stand_for_its_header() {
    let folder = Folder::new();
    let head = bent(|bytes| {
        set(bytes, 344, b"ni1\0");
        set(bytes, 108, &0f32.to_le_bytes());
    });
    let header = folder.put("pair.hdr", &head[..348]);
    let voxel_file = folder.put("pair.img", &voxels());
    let by_header = read_volume(&header).unwrap();
    assert_eq!(read_volume(&voxel_file).unwrap(), by_header);
    let files = radscore::volume::files(&voxel_file).unwrap();
    assert_eq!(files, [voxel_file.clone(), header]);
    let alone = folder.put("alone.img", &voxels());
    assert!(read_volume(&alone).is_err());
}

#[test]
fn the_last_bytes_of_compressed_voxels_are_found() {
    let folder = Folder::new();
    folder.put("v.raw.gz", &gzip(&[vec![9; 1000], voxels()].concat()));
    let detached = folder.put(
        "v.nhdr",
        &nrrd("byte skip: -1\nencoding: gzip\ndata file: v.raw.gz", &[]),
    );
    let attached = folder.put(
        "a.nrrd",
        &nrrd(
            "byte skip: -1\nencoding: gzip",
            &gzip(&[vec![9; 10], voxels()].concat()),
        ),
    );
    for path in [detached, attached] {
        assert_eq!(read_volume(&path).unwrap().samples, Samples::I16((0..24).collect()));
    }
}

#[test]
fn without_diagnostics_a_file_is_read_to_the_last_slice_of_the_region() {
    let folder = Folder::new();
    let zipped = |bytes: &[u8], broken: bool| {
        let mut bytes = gzip(&nifti_of(bytes));
        if broken {
            // The checksum and the length stand last.
            let at = bytes.len() - 8;
            bytes[at] ^= 1;
        }
        bytes
    };
    let image = folder.put("i.nii.gz", &zipped(&voxels(), true));
    let mask = folder.put("m.nii.gz", &zipped(&[1i16, 1].map(i16::to_le_bytes).concat(), false));
    let options = |facts: bool| LoadOptions {
        facts,
        ..LoadOptions::default()
    };
    assert!(
        load(&image, &mask, &options(true))
            .unwrap_err()
            .to_string()
            .contains("checksum")
    );
    let scan = load(&image, &mask, &options(false)).unwrap();
    assert_eq!(scan.image.samples, Samples::I16(vec![0, 1]));
    assert!(
        scan.warnings
            .iter()
            .any(|words| words.contains("checksum was not looked at")),
        "{:?}",
        scan.warnings
    );
}

#[test]
fn headers_of_nrrd_that_contradict_themselves_are_refused() {
    let folder = Folder::new();
    let raw = |fields: &str| nrrd(&format!("{fields}\nencoding: raw"), &voxels());
    contains(
        &folder.refused("space.nrrd", &raw("space: right-anterior-superior")),
        &["space", "twice", "right-anterior-superior"],
    );
    contains(
        &folder.refused("spacings.nrrd", &raw("spacings: 1 1 1")),
        &["spacings", "space directions"],
    );
    contains(
        &folder.refused("skips.nrrd", &raw("byte skip: 0\nbyteskip: 4")),
        &["byte skip", "twice"],
    );
    for fields in ["spacings: 1 1 2", "space: left-posterior-superior"] {
        assert!(read_volume(&folder.put("same.nrrd", &raw(fields))).is_ok(), "{fields}");
    }
}

#[test]
fn a_plane_is_read_in_either_format() {
    let folder = Folder::new();
    let plane = "NRRD0004\ntype: short\ndimension: 2\nspace dimension: 2\nsizes: 6 4\nspace directions: (0.5,0) (0,2)\n\
                 space origin: (1,-2)\nendian: little\nencoding: raw\n\n";
    let nrrd = folder.put("plane.nrrd", &[plane.as_bytes().to_vec(), voxels()].concat());
    let nifti = folder.put(
        "plane.nii",
        &bent(|bytes| {
            for (k, size) in [2i16, 6, 4, 1].into_iter().enumerate() {
                set(bytes, 40 + 2 * k, &size.to_le_bytes());
            }
            for (k, length) in [0.5f32, 2.0, 0.0].into_iter().enumerate() {
                set(bytes, 80 + 4 * k, &length.to_le_bytes());
                set(bytes, 280 + 20 * k, &(-length).to_le_bytes());
            }
            set(bytes, 280 + 40, &1f32.to_le_bytes());
            set(bytes, 292, &(-1f32).to_le_bytes());
            set(bytes, 308, &2f32.to_le_bytes());
        }),
    );
    for path in [nrrd, nifti] {
        let header = read_header(&path).unwrap();
        assert!(header.plane, "{}", path.display());
        let geometry = read_volume(&path).unwrap().geometry;
        assert_eq!(geometry.size, [6, 4, 1]);
        assert_eq!(geometry.spacing, [0.5, 2.0, 1.0]);
        assert_eq!(geometry.origin[..2], [1.0, -2.0]);
        assert_eq!(geometry.direction, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    }
    contains(
        &folder.refused(
            "mixed.nrrd",
            &[plane.replace("(0,2)", "(0,2,0)").into_bytes(), voxels()].concat(),
        ),
        &["space directions"],
    );
}

#[test]
fn a_pair_given_the_wrong_way_round_is_told() {
    let folder = Folder::new();
    let image = folder.0.path().join("ct.nrrd");
    write_nrrd(&image, &cube(Samples::I16((-900..-876).collect()))).unwrap();
    let mask = folder.0.path().join("mask.nrrd");
    write_nrrd(&mask, &cube(Samples::U8((0..24).map(|k| u8::from(k > 11)).collect()))).unwrap();
    contains(
        &load(&mask, &image, &LoadOptions::default()).unwrap_err().to_string(),
        &["label 1 is not there", "swapped", "mask.nrrd"],
    );
    // Where the label happens to occur in the image too.
    write_nrrd(&image, &cube(Samples::I16((-10..14).collect()))).unwrap();
    contains(
        &load(&mask, &image, &LoadOptions::default())
            .unwrap()
            .warnings
            .join("\n"),
        &["swapped"],
    );
}

#[test]
fn what_a_tolerance_waives_is_said() {
    let folder = Folder::new();
    let image = folder.0.path().join("image.nrrd");
    write_nrrd(&image, &cube(Samples::I16((0..24).collect()))).unwrap();
    let mut mirrored = cube(Samples::U8(vec![1; 24]));
    for row in &mut mirrored.geometry.direction {
        row[0] = -row[0];
    }
    let mask = folder.0.path().join("mask.nrrd");
    write_nrrd(&mask, &mirrored).unwrap();
    let tolerant = LoadOptions {
        geometry_tolerance: Some(1000.0),
        ..LoadOptions::default()
    };
    contains(
        &load(&image, &mask, &tolerant).unwrap().warnings.join("\n"),
        &["geometryTolerance 1000 waives", "x axis"],
    );
}

#[test]
fn regions_that_are_read_together_are_those_that_are_read_alone() {
    let folder = Folder::new();
    let image = folder.0.path().join("image.nrrd");
    write_nrrd(&image, &cube(Samples::I16((0..24).map(|k| k * 7 % 24).collect()))).unwrap();
    let put = |name: &str, values: [u8; 24]| {
        let path = folder.0.path().join(name);
        write_nrrd(&path, &cube(Samples::U8(values.to_vec()))).unwrap();
        path
    };
    let labels = std::array::from_fn(|k| [0u8, 1, 1, 0, 2, 2, 0, 1][k % 8]);
    let (first, second) = (put("a.nrrd", labels), put("b.nrrd", labels.map(|label| label * 3 / 2)));
    let missing = folder.0.path().join("none.nrrd");
    let asked = [
        (first.clone(), LabelChoice::Value(1)),
        (second.clone(), LabelChoice::Value(3)),
        (missing, LabelChoice::Value(1)),
        (first.clone(), LabelChoice::Any),
        (first.clone(), LabelChoice::Value(9)),
        (first, LabelChoice::Value(2)),
        (second, LabelChoice::Value(1)),
    ];
    for extent in [Extent::Margin(0), Extent::Margin(1), Extent::Whole] {
        let options = LoadOptions {
            extent,
            ..LoadOptions::default()
        };
        let together = load_regions(&image, &asked, &options);
        assert_eq!(together.len(), asked.len());
        for (number, (mask, label)) in asked.iter().enumerate() {
            let alone = LoadOptions {
                label: label.clone(),
                ..options.clone()
            };
            match (together.scan(number), load(&image, mask, &alone)) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{number}"),
                (Err(found), Err(expected)) => assert_eq!(found.to_string(), expected.to_string()),
                (found, expected) => panic!("{number}: {found:?} {expected:?}"),
            }
        }
    }
}
