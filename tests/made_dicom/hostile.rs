//! Files that are cut off, changed or made to cost time and memory.

use std::path::PathBuf;

use dicom_dictionary_std::tags;
use radscore::volume::{LabelChoice, list_dicom, read_volume};

use crate::masks::region;
use crate::objects::{EXPLICIT, enhanced, segmentation, series, short, slice, square, structures, write};
use crate::refusal;

#[test]
fn files_cut_off_anywhere_and_bytes_changed_anywhere_give_an_error_or_a_volume() {
    let folder = tempfile::tempdir().unwrap();
    let ct = series(EXPLICIT, |_, _| {});
    let objects = [
        slice(0),
        enhanced(),
        segmentation(),
        structures(vec![(1, "a", vec![square([1.0, 1.0], [4.0, 4.0], 2.0)])]),
    ];
    for (number, object) in objects.iter().enumerate() {
        let whole = folder.path().join("whole");
        write(&whole, object, EXPLICIT);
        let bytes = std::fs::read(&whole).unwrap();
        std::fs::remove_file(&whole).unwrap();
        let path: PathBuf = folder.path().join("changed");
        let look = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let image = read_volume(&path).map(|_| ()).map_err(|error| error.to_string());
            let mask = region(ct.path(), &path, LabelChoice::Value(1))
                .map(|_| ())
                .map_err(|error| error.to_string());
            let _ = list_dicom(folder.path()).unwrap();
            (image, mask)
        };
        for end in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
            let (image, _) = look(&bytes[..end]);
            assert!(image.is_err(), "object {number} cut off at {end}");
        }
        let mut state = 12_345u64;
        for _ in 0..150 {
            let mut changed = bytes.clone();
            for _ in 0..3 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = 140 + (state >> 33) as usize % (changed.len() - 140);
                changed[at] = (state >> 24) as u8;
            }
            let _ = look(&changed);
        }
    }
}

#[test]
fn nests_and_lengths_that_lie_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nested");
    let mut bytes = vec![8, 0, 0x60, 0, 2, 0, 0, 0, b'C', b'T'];
    let start = bytes.clone();
    for _ in 0..50_000 {
        bytes.extend([
            8, 0, 0x15, 0x11, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff,
        ]);
    }
    let with_meta = |body: &[u8]| {
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        file.extend(body);
        file
    };
    std::fs::write(&path, with_meta(&bytes)).unwrap();
    refusal(&path, &["nested", "(0008,1115)", "deeper"]);
    let mut long = start;
    long.extend([0x10, 0, 0x10, 0, 0xf0, 0xff, 0xff, 0xff, b'A', b'B']);
    std::fs::write(&path, with_meta(&long)).unwrap();
    refusal(&path, &["(0010,0010) PatientName", "4294967280"]);
    let mut huge = slice(0);
    short(&mut huge, tags::ROWS, 65_535);
    short(&mut huge, tags::COLUMNS, 65_535);
    write(&path, &huge, EXPLICIT);
    refusal(&path, &["8589672450"]);
}
