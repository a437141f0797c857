//! A study with a single reader: its masks drawn again by a virtual one, and the gate that works with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use radscore::stats::agreement::{IccDialect, IccForm, icc_table};
use radscore::study::artefact::digest;
use radscore::study::engine::run::Plan;
use radscore::study::honest::gate::VIRTUAL;
use radscore::study::report::manuscript::{Part, manuscript};
use radscore::study::table::Table;
use serde_json::Value;

use crate::workplace::{Workplace, assert_same, complaint, image_study, radscore, run, run_plan, said};

const PERTURB: &str = "perturb: [{noise: 4}, {contour: 30}, {translate: 0.6}], perturbations: 2";

/// The study of cubes with few features and some keys of `agreement`.
fn study(place: &Workplace, cases: usize, agreement: &str) -> PathBuf {
    let path = image_study(place, cases);
    let text = fs::read_to_string(&path).unwrap();
    place.write(
        "study.yaml",
        format!(
            "{text}agreement: {{{agreement}}}\nextraction: {{featureClass: {{firstorder: [], shape: []}}, setting: {{binWidth: 25}}}}\n"
        ),
    )
}

fn until(stage: &str) -> Plan {
    Plan {
        until: Some(stage.to_owned()),
        ..Plan::default()
    }
}

fn table(path: &Path) -> Table {
    Table::read(path).unwrap()
}

/// The lines of a table by their first cells.
fn lines(path: PathBuf) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let split = |line: &str| {
        let (id, rest) = line.split_once(',').unwrap();
        let (reading, rest) = rest.split_once(',').unwrap();
        (format!("{id},{reading}"), rest.to_owned())
    };
    text.lines().map(split).collect()
}

#[test]
fn a_reader_who_says_nothing_is_refused() {
    for (perturb, says) in [
        ("[{translate: 100}], perturbations: 2", "could be used"),
        ("[{noise: 0}], perturbations: 2", "changed nothing"),
    ] {
        let place = Workplace::new();
        let path = study(&place, 6, &format!("perturb: {perturb}"));
        let (study, summary) = run_plan(&path, &until("perturb")).unwrap();
        let (stage, message) = summary.failed.unwrap();
        assert_eq!(stage, "perturb");
        assert!(
            message.contains(says) && message.contains("agreement.perturb"),
            "{message}"
        );
        assert!(study.results().perturb().is_none(), "{perturb}");
    }
}

#[test]
fn the_gate_judges_by_the_masks_of_the_virtual_reader() {
    let place = Workplace::new();
    let path = study(&place, 24, PERTURB);
    let (study, summary) = run_plan(&path, &until("agreement")).unwrap();
    assert_eq!(summary.failed, None);
    let results = study.results();
    let (perturb, agreement) = (results.perturb().unwrap(), results.agreement().unwrap());
    assert_eq!((perturb.masks.len(), perturb.tables.len()), (48, 2));
    assert!(
        perturb.masks.iter().all(|mask| mask.error.is_none()),
        "{:?}",
        perturb.masks
    );
    let overlaps: Vec<f64> = perturb.masks.iter().filter_map(|mask| mask.dice).collect();
    assert!(overlaps.iter().all(|dice| *dice > 0.0 && *dice < 1.0), "{overlaps:?}");
    assert!(agreement.assessed && agreement.virtual_readings == 2);
    assert!(agreement.features.iter().all(|found| found.against == VIRTUAL));
    let (kept, judged) = (agreement.kept.len(), agreement.judged().len());
    assert!(0 < kept && kept < judged, "{kept} of {judged}");
    assert!(!agreement.kept.contains(&"original_shape_SurfaceVolumeRatio".to_owned()));

    // The correlation is that of the case's own mask and of both others, on training cases.
    let own = table(&place.path("results/extract/features.csv"));
    let drawn = table(&place.path("results/perturb/features.csv"));
    for found in &agreement.features {
        let first = own.numbers(&found.feature).unwrap();
        let others = drawn.numbers(&found.feature).unwrap();
        let (ids, reading) = (own.texts("id").unwrap(), drawn.texts("reading").unwrap());
        let of_drawn = drawn.texts("id").unwrap();
        let mut readings = Array2::zeros((agreement.rows.len(), 3));
        for (row, id) in agreement.rows.iter().enumerate() {
            readings[[row, 0]] = first[ids.iter().position(|other| other == id).unwrap()];
            for number in 1..=2 {
                let at = (0..of_drawn.len()).find(|&at| of_drawn[at] == id && reading[at] == number.to_string());
                readings[[row, number]] = others[at.unwrap()];
            }
        }
        let Ok(expected) = icc_table(readings.view(), 0.95, IccDialect::default()) else {
            continue;
        };
        let expected = expected.form(IccForm::Icc2);
        assert!(
            expected.icc.is_nan() && found.icc2.is_nan() || (expected.icc - found.icc2).abs() < 1e-12,
            "{}: {} {}",
            found.feature,
            expected.icc,
            found.icc2
        );
        assert_eq!(found.kept, expected.interval.lower >= 0.75, "{}", found.feature);
    }

    // Another seed and other perturbations make only what rests on them stale, and other masks.
    let other = study.with_setting("agreement.perturb_seed", Value::from(2)).unwrap();
    let stale: Vec<&str> = (other.standings().into_iter())
        .filter(|(_, standing)| format!("{standing:?}").contains("virtual reader"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(stale, ["perturb"]);
    let before = lines(place.path("results/perturb/features.csv"));
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("perturbations: 2", "perturbations: 2, perturb_seed: 2");
    let path = place.write("study.yaml", text);
    let (_, summary) = run_plan(&path, &until("agreement")).unwrap();
    assert!(
        summary.ran.contains(&"perturb") && !summary.ran.contains(&"extract"),
        "{:?}",
        summary.ran
    );
    let after = lines(place.path("results/perturb/features.csv"));
    assert_eq!(before.len(), after.len());
    assert!(before.iter().filter(|(key, row)| after[*key] == **row).count() < 4);
}

#[test]
fn neither_threads_nor_the_order_of_cases_change_a_bit() {
    let place = Workplace::new();
    let path = study(&place, 12, PERTURB);
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let out = place.path(out);
        let output = radscore()
            .args(["run", "--quiet", "--until", "agreement", "--threads", threads, "--out"])
            .args([&out, &path])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_same(&place.path("one"), &place.path("two"));

    let cohort = fs::read_to_string(place.path("cohort.csv")).unwrap();
    let mut rows: Vec<&str> = cohort.lines().collect();
    rows[1..].reverse();
    place.write("cohort.csv", rows.join("\n"));
    run_plan(&path, &until("perturb")).unwrap();
    for file in ["perturb/features.csv", "perturb/masks.csv"] {
        assert_eq!(
            lines(place.path("one").join(file)),
            lines(place.path("results").join(file))
        );
    }
}

#[test]
fn what_is_not_moved_has_the_features_of_its_own_mask() {
    let place = Workplace::new();
    let path = study(&place, 4, "perturb: [{translate: 0}, {rotate: 0}, {noise: 0}]");
    // Filters and resampling look beyond the region: what is kept for the perturbation must change nothing of it.
    let text = fs::read_to_string(&path).unwrap().replace(
        "setting: {binWidth: 25}",
        "imageType: {Original: {}, Wavelet: {}, LoG: {sigma: [1.0]}}, setting: {binWidth: 25, resampledPixelSpacing: [1.5, 1.5, 1.5]}",
    );
    let path = place.write("study.yaml", text);
    let (_, summary) = run_plan(&path, &until("perturb")).unwrap();
    // Every feature of every mask is held to the case's own, bit for bit, and such a reader is refused.
    let (_, message) = summary.failed.unwrap();
    assert!(
        message.contains("all 4 masks have the features of the cases' own"),
        "{message}"
    );
}

/// A line of the journal with another overlap, as if another program had finished it.
fn with_other_overlap(line: &str) -> String {
    let (body, _) = line.split_once(",\"sum\":").unwrap();
    let start = body.find("[\"dice\",\"").unwrap() + "[\"dice\",\"".len();
    let end = start + body[start..].find('"').unwrap();
    let body = format!("{}0.125{}", &body[..start], &body[end..]);
    format!("{body},\"sum\":\"{}\"}}\n", &digest(body.as_bytes())[..32])
}

#[test]
fn what_a_killed_run_has_finished_is_not_drawn_again() {
    let place = Workplace::new();
    let path = study(&place, 8, PERTURB);
    run_plan(&path, &until("perturb")).unwrap();
    let finished = fs::read_to_string(place.path("results/perturb/cases.jsonl")).unwrap();
    let whole = fs::read(place.path("results/perturb/features.csv")).unwrap();
    // Seven lines of sixteen, one of which is marked to be known again, and one that the end of the run has cut off.
    fs::remove_dir_all(place.path("results/perturb")).unwrap();
    let mut journal: String = finished.split_inclusive('\n').take(6).collect();
    journal.push_str(&with_other_overlap(finished.lines().nth(6).unwrap()));
    journal.push_str(&finished.lines().nth(7).unwrap()[..40]);
    place.write("results/.work/perturb.jsonl", journal);
    let (study, summary) = run_plan(&path, &until("perturb")).unwrap();
    assert_eq!(summary.failed, None);
    assert_eq!(fs::read(place.path("results/perturb/features.csv")).unwrap(), whole);
    let masks = &study.results().perturb().unwrap().masks;
    let known: Vec<usize> = (0..masks.len()).filter(|&at| masks[at].dice == Some(0.125)).collect();
    assert_eq!(known, [6]);
    assert!(!place.path("results/.work/perturb.jsonl").exists());
}

#[test]
fn a_virtual_reader_stands_beside_no_real_one() {
    let place = Workplace::new();
    let path = study(&place, 6, PERTURB);
    let cohort = fs::read_to_string(place.path("cohort.csv")).unwrap();
    let twice: Vec<String> = (cohort.lines().enumerate())
        .map(|(at, line)| match at {
            0 => format!("{line},mask_repeat"),
            3 => format!("{line},masks/2.nii"),
            _ => format!("{line},"),
        })
        .collect();
    place.write("cohort.csv", twice.join("\n"));
    let said_of = complaint(&path);
    assert!(
        said_of.contains("agreement.perturb: 1 cases have a mask in the column mask_repeat")
            && said_of.contains("study.yaml:"),
        "{said_of}"
    );
    place.write("features.csv", crate::workplace::feature_table(20));
    let path = place.write(
        "table.yaml",
        "features: {file: features.csv}\nagreement: {perturb: contour}\n",
    );
    assert!(
        complaint(&path).contains("no mask can be drawn again"),
        "{}",
        complaint(&path)
    );
    let path = place.write(
        "wrong.yaml",
        "cohort: cohort.csv\nagreement: {perturb: [contour, {shake: 2}]}\n",
    );
    assert!(
        complaint(&path).contains("\"shake\" is not one of contour"),
        "{}",
        complaint(&path)
    );
    // Without the key nothing of it is left.
    let plain = image_study(&place, 6);
    let (study, _) = run_plan(&plain, &until("split")).unwrap();
    assert!(study.results().perturb().is_none() && !place.path("results/perturb").exists());
}

#[test]
fn everybody_is_told_that_the_reader_was_none() {
    let place = Workplace::new();
    let path = study(&place, 24, PERTURB);
    let (study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    assert!(study.results().robustness().unwrap().resplits.failed == 0);
    let path = path.to_str().unwrap();
    assert!(said(&["report", path]).status.success());
    let report = fs::read_to_string(place.path("results/report.md")).unwrap();
    for says in [
        "## Virtual reader",
        "48 masks drawn again by a virtual reader, 2 of each case: noise 4",
        "No person read a case twice.",
    ] {
        assert!(report.contains(says), "{says}: {report}");
    }
    let parts = manuscript(&study);
    let text = format!("{parts:?}");
    assert!(
        text.contains("No person drew a region twice. Regions that a virtual reader drew again 2 times each"),
        "{text}"
    );
    assert!(
        text.contains("held where a virtual reader drew the regions again"),
        "{text}"
    );
    assert!(
        parts
            .iter()
            .any(|part| matches!(part, Part::Limit(limit) if limit.contains("how far two readers agree is not known"))),
        "{text}"
    );

    let output = said(&["report", path, "--checklist", "all", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = |list: &str, item: &str| -> Value {
        let lists = found["checklists"].as_array().unwrap();
        let list = lists.iter().find(|one| one["checklist"] == list).unwrap();
        let items = list["items"].as_array().unwrap();
        items.iter().find(|one| one["item"] == item).unwrap().clone()
    };
    // What asks for persons is not shown by a program.
    for (list, item) in [("claim", "18"), ("clear", "31")] {
        assert_ne!(row(list, item)["state"], "proved", "{list} {item}");
    }
    for (list, item) in [
        ("clear", "20"),
        ("tripod-ai", "9c"),
        ("stard-ai", "12"),
        ("ibsi", "48b"),
    ] {
        let row = row(list, item).to_string();
        assert!(
            !row.contains("agreement/agreement.csv") || !row.contains("first masks against"),
            "{row}"
        );
    }
    // What asks how features hold is, and says by whom.
    for (list, item) in [("metrics", "14"), ("rqs2", "6"), ("ibsi", "60")] {
        let row = row(list, item);
        assert_eq!(row["state"], "proved", "{row}");
        assert!(
            row.to_string().contains("2 masks each by a virtual reader, no person"),
            "{row}"
        );
    }
    let script = said(&["show", "r-script", path]);
    let script = String::from_utf8_lossy(&script.stderr).into_owned();
    assert!(script.contains("the stage perturb"), "{script}");
}
