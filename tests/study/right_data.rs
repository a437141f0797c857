//! Every case has its own features: a key covers every byte that was read, replaced files are noticed, nothing that was
//! changed is taken for finished work, and no failure is another case's or stays when its cause has gone.

use std::fs;
use std::path::{Path, PathBuf};

use radscore::study::Study;
use radscore::study::engine::run::Plan;

use crate::workplace::{Workplace, assert_same, image_study, nifti, radscore, run, run_plan};

/// A NIfTI file as a header and its voxels, which are to lie in two files.
fn pair(single: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut header = single[..348].to_vec();
    header[108..112].copy_from_slice(&0_f32.to_le_bytes());
    header[344..348].copy_from_slice(b"ni1\0");
    (header, single[352..].to_vec())
}

fn image(case: usize) -> Vec<u8> {
    nifti(|x, y, z| (100 + (x * 7 + y * 13 + z * 29 + case * 31) % 23 * (10 + case)) as i16)
}

fn mask(case: usize) -> Vec<u8> {
    nifti(|x, y, z| i16::from((2..10 - case % 3).contains(&x) && (2..10).contains(&y) && (2..8).contains(&z)))
}

/// Writes a case whose image and mask are detached, `.hdr`/`.img` or `.nhdr`/`.raw`; its row of the table. The headers of all
/// cases are equal.
fn detached(place: &Workplace, case: usize, nrrd: bool) -> String {
    for (name, bytes) in [("ct", image(case)), ("mask", mask(case))] {
        let (header, voxels) = pair(&bytes);
        if nrrd {
            let header = format!(
                "NRRD0004\ntype: int16\ndimension: 3\nspace: left-posterior-superior\nsizes: 12 12 10\nspace directions: (1,0,0) \
                 (0,1,0) (0,0,1)\nspace origin: (0,0,0)\nendian: little\nencoding: raw\ndata file: {name}.raw\n"
            );
            place.write(&format!("{case}/{name}.nhdr"), header);
            place.write(&format!("{case}/{name}.raw"), voxels);
        } else {
            place.write(&format!("{case}/{name}.hdr"), header);
            place.write(&format!("{case}/{name}.img"), voxels);
        }
    }
    let end = if nrrd { "nhdr" } else { "hdr" };
    format!("c{case},{case}/ct.{end},{case}/mask.{end}\n")
}

/// A study of some rows below `id,image,mask`.
fn study(place: &Workplace, rows: &str) -> PathBuf {
    place.write("cohort.csv", format!("id,image,mask\n{rows}"));
    place.write("study.yaml", "cohort: cohort.csv\n")
}

fn until_extract() -> Plan {
    Plan {
        until: Some("extract".to_owned()),
        ..Plan::default()
    }
}

/// The features as they stand in the results.
fn features(out: &Path) -> String {
    fs::read_to_string(out.join("extract/features.csv")).unwrap()
}

/// The features that a run which knows nothing gives.
fn features_anew(place: &Workplace) -> String {
    let out = place.path("anew");
    let _ = fs::remove_dir_all(&out);
    let mut study = Study::open_with(&place.path("study.yaml"), Some(&out), &[]).unwrap();
    study
        .run(&until_extract(), &mut radscore::study::engine::watch::Watch::silent())
        .unwrap();
    features(&out)
}

fn problem(study: &Study, id: &str) -> String {
    let check = study.results().check().unwrap();
    check.case(id).unwrap().problem.clone().unwrap_or_default()
}

#[test]
fn detached_pairs_with_equal_headers_keep_their_own_features() {
    for nrrd in [false, true] {
        let place = Workplace::new();
        let mut rows = detached(&place, 0, nrrd) + &detached(&place, 1, nrrd);
        let path = study(&place, &rows);
        run_plan(&path, &until_extract()).unwrap();
        rows.push_str(&detached(&place, 2, nrrd));
        study(&place, &rows);
        run_plan(&path, &until_extract()).unwrap();
        let found = features(&place.path("results"));
        assert_eq!(found, features_anew(&place));
        let mut of_cases: Vec<&str> = found.lines().skip(1).map(|line| &line[3..]).collect();
        of_cases.dedup();
        assert_eq!(of_cases.len(), 3);
    }
}

#[test]
fn replacing_the_voxels_behind_a_header_makes_the_case_stale() {
    for (nrrd, end) in [(false, "img"), (true, "raw")] {
        let place = Workplace::new();
        let rows = detached(&place, 0, nrrd) + &detached(&place, 1, nrrd);
        let path = study(&place, &rows);
        let (study, _) = run_plan(&path, &until_extract()).unwrap();
        let before = features(study.out());
        place.write(&format!("1/ct.{end}"), pair(&image(5)).1);
        let (study, summary) = run_plan(&path, &until_extract()).unwrap();
        assert_eq!(summary.ran, ["check", "extract"]);
        assert_ne!(features(study.out()), before);
        assert_eq!(features(study.out()), features_anew(&place));
    }
}

/// As `cp -p` and `rsync -a` do it.
fn replace_keeping_size_and_time(path: &Path, bytes: &[u8], by_renaming: bool) {
    let facts = fs::metadata(path).unwrap();
    assert_eq!(facts.len(), bytes.len() as u64);
    let target = if by_renaming {
        path.with_extension("new")
    } else {
        path.to_owned()
    };
    fs::write(&target, bytes).unwrap();
    fs::File::options()
        .write(true)
        .open(&target)
        .unwrap()
        .set_modified(facts.modified().unwrap())
        .unwrap();
    if by_renaming {
        fs::rename(target, path).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn a_scan_replaced_by_one_of_the_same_size_and_time_is_noticed() {
    let place = Workplace::new();
    for case in [0, 1] {
        place.write(&format!("{case}.nii"), image(case));
        place.write(&format!("{case}m.nii"), mask(case));
    }
    let path = study(&place, "a,0.nii,0m.nii\nb,1.nii,1m.nii\n");
    run_plan(&path, &until_extract()).unwrap();
    for (by_renaming, file, bytes) in [
        (false, "0.nii", image(7)),
        (true, "1.nii", image(8)),
        (false, "0m.nii", mask(1)),
    ] {
        replace_keeping_size_and_time(&place.path(file), &bytes, by_renaming);
        let (study, summary) = run_plan(&path, &until_extract()).unwrap();
        assert_eq!(summary.ran, ["check", "extract"], "{file}");
        assert_eq!(features(study.out()), features_anew(&place));
    }
    // Nothing was touched: nothing runs.
    assert!(run_plan(&path, &until_extract()).unwrap().1.ran.is_empty());
}

#[test]
fn a_number_changed_in_the_journal_is_not_finished_work() {
    let place = Workplace::new();
    let path = image_study(&place, 24);
    let (study, _) = run(&path).unwrap();
    let calm = place.path("calm");
    fs::rename(study.out(), &calm).unwrap();
    run(&path).unwrap();
    for name in ["extract/cases.jsonl", "check/cases.jsonl"] {
        let journal = place.path("results").join(name);
        let text = fs::read_to_string(&journal).unwrap();
        let at = text.find(".5").or_else(|| text.find(".2")).unwrap();
        let mut altered = text.clone();
        altered.replace_range(at..at + 2, "99");
        assert_ne!(text, altered);
        fs::write(&journal, altered).unwrap();
        let output = radscore().arg("run").arg(&path).output().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("1 line is not as radscore wrote"), "{said}");
        assert_same(&calm, &place.path("results"));
    }
}

#[test]
fn results_of_a_time_before_checksums_are_not_trusted() {
    let place = Workplace::new();
    let path = image_study(&place, 24);
    let (study, _) = run(&path).unwrap();
    let journal = study.out().join("extract/cases.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let old: String = text
        .lines()
        .map(|line| format!("{}}}\n", &line[..line.find(",\"sum\":").unwrap()]).replace("0.", "1."))
        .collect();
    fs::write(&journal, old).unwrap();
    run(&path).unwrap();
    assert_eq!(fs::read_to_string(&journal).unwrap(), text);
}

#[test]
fn a_path_mended_from_one_missing_file_to_another_names_the_second() {
    let place = Workplace::new();
    place.write("m.nii", mask(0));
    let path = study(&place, "a,first.nii,m.nii\nb,other.nii,m.nii\n");
    let (found, _) = run_plan(&path, &until_extract()).unwrap();
    assert!(problem(&found, "a").contains("first.nii"));
    assert!(problem(&found, "b").contains("other.nii"), "{}", problem(&found, "b"));
    study(&place, "a,second.nii,m.nii\nb,other.nii,m.nii\n");
    let (found, _) = run_plan(&path, &until_extract()).unwrap();
    assert!(problem(&found, "a").contains("second.nii"), "{}", problem(&found, "a"));
    // Still missing: nothing to do. There: done.
    assert!(run_plan(&path, &until_extract()).unwrap().1.ran.is_empty());
    place.write("second.nii", image(1));
    let (found, _) = run_plan(&path, &until_extract()).unwrap();
    assert_eq!(problem(&found, "a"), "");
}

#[test]
fn a_missing_half_of_a_pair_is_looked_for_again() {
    for (nrrd, half) in [(false, "0/ct.img"), (true, "0/ct.raw")] {
        let place = Workplace::new();
        let rows = detached(&place, 0, nrrd);
        let voxels = fs::read(place.path(half)).unwrap();
        fs::remove_file(place.path(half)).unwrap();
        let path = study(&place, &rows);
        let (found, _) = run_plan(&path, &until_extract()).unwrap();
        assert!(problem(&found, "c0").contains(&half[2..]), "{}", problem(&found, "c0"));
        place.write(half, voxels);
        let (found, _) = run_plan(&path, &until_extract()).unwrap();
        assert_eq!(problem(&found, "c0"), "");
    }
}

#[test]
fn two_damaged_files_of_equal_content_each_have_their_own_failure() {
    let place = Workplace::new();
    let broken = &image(0)[..1000];
    place.write("a.nii", broken);
    place.write("b.nii", broken);
    place.write("m.nii", mask(0));
    let path = study(&place, "a,a.nii,m.nii\nb,b.nii,m.nii\n");
    let (found, summary) = run_plan(&path, &until_extract()).unwrap();
    assert_eq!(summary.failed_cases, 2);
    assert!(problem(&found, "a").starts_with("a.nii"), "{}", problem(&found, "a"));
    assert!(problem(&found, "b").starts_with("b.nii"), "{}", problem(&found, "b"));
    // A cause that lies in the content is kept.
    assert!(run_plan(&path, &until_extract()).unwrap().1.ran.is_empty());
    let journal = fs::read_to_string(place.path("results/check/cases.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 2);
    // Renamed: the message names the new file.
    fs::rename(place.path("b.nii"), place.path("c.nii")).unwrap();
    study(&place, "a,a.nii,m.nii\nb,c.nii,m.nii\n");
    let (found, _) = run_plan(&path, &until_extract()).unwrap();
    assert!(problem(&found, "b").starts_with("c.nii"), "{}", problem(&found, "b"));
}

/// Runs the program with so few files that it may open that cases fail; the limits that did it without ending the program.
#[cfg(target_os = "linux")]
fn short_of_files(arguments: &[&str], out_of_reach: impl Fn(&str) -> bool, clear: impl Fn()) -> usize {
    for limit in 4..40 {
        clear();
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -n {limit}; exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_radscore"))
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        if output.status.code() == Some(1) && out_of_reach(&said) {
            return limit;
        }
    }
    panic!("no limit lets the program run and a case fail");
}

#[test]
#[cfg(target_os = "linux")]
fn a_passing_trouble_is_tried_again() {
    let place = Workplace::new();
    for case in [0, 1] {
        place.write(&format!("{case}.nii"), image(case));
        place.write(&format!("{case}m.nii"), mask(case));
    }
    let path = study(&place, "a,0.nii,0m.nii\nb,1.nii,1m.nii\n");
    let out = place.path("results");
    let checked = || fs::read_to_string(out.join("check/check.csv")).unwrap_or_default();
    let arguments = ["run", path.to_str().unwrap(), "--until", "check", "--threads", "1"];
    short_of_files(
        &arguments,
        |_| checked().contains("Too many open files"),
        || drop(fs::remove_dir_all(&out)),
    );
    let (study, summary) = run_plan(&path, &until_extract()).unwrap();
    assert_eq!((summary.ran, summary.failed_cases), (vec!["check", "extract"], 0));
    assert_eq!(features(study.out()), features_anew(&place));
    assert!(run_plan(&path, &until_extract()).unwrap().1.ran.is_empty());
}
