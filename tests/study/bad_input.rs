//! Bad input gets a clear error, and nothing is lost.

use std::io::Write;
use std::path::Path;

use radscore::study::Study;
use radscore::study::stages::check::Verdict;

use crate::workplace::{Workplace, complaint, feature_table, image_study, nifti, run, said};

fn replace(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

fn table_study(place: &Workplace, table: &str) -> std::path::PathBuf {
    place.write("features.csv", table);
    place.write(
        "study.yaml",
        "features: features.csv\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n",
    )
}

fn assert_says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "\"{word}\" is missing in: {message}");
    }
}

#[test]
fn a_bad_case_is_marked_with_its_reason_and_the_others_go_on() {
    let place = Workplace::new();
    let study = image_study(&place, 30);
    std::fs::remove_file(place.path("images/0.nii")).unwrap();
    place.write("masks/1.nii", nifti(|_, _, _| 0));
    place.write("masks/2.nii", nifti(|x, _, _| i16::from(x > 4) * 2));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&nifti(|x, y, z| (x * y * z) as i16)).unwrap();
    let packed = packed.finish().unwrap();
    place.write("images/3.nii", &packed[..packed.len() / 2]);
    let mut moved = nifti(|x, _, _| i16::from(x > 4));
    moved[80..84].copy_from_slice(&2.0_f32.to_le_bytes());
    moved[280..284].copy_from_slice(&2.0_f32.to_le_bytes());
    place.write("masks/4.nii", moved);
    let short = nifti(|x, _, _| x as i16);
    place.write("images/5.nii", &short[..short.len() - 100]);
    place.write("images/6.nii", "this is no image");

    let (opened, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    assert_eq!(summary.failed_cases, 7);
    let check = opened.results().check().unwrap();
    for (case, words) in [
        (0, vec!["images/0.nii"]),
        (1, vec!["masks/1.nii", "nothing is segmented"]),
        (2, vec!["label 1", "present: 2"]),
        (3, vec!["images/3.nii"]),
        (4, vec!["different grids", "spacing"]),
        (5, vec!["images/5.nii", "truncated"]),
        (6, vec!["images/6.nii"]),
    ] {
        let found = &check.cases[case];
        assert_eq!(found.verdict, Verdict::Bad, "case {case}");
        assert_says(found.problem.as_deref().unwrap(), &words);
    }
    assert_eq!(
        check.cases.iter().filter(|case| case.verdict == Verdict::Good).count(),
        23
    );
    assert_eq!(opened.results().split().unwrap().cases.len(), 23);
    assert!(opened.results().evaluate().is_some());
    let place_text = place.path("").display().to_string();
    for (name, bytes) in crate::workplace::artefacts(opened.out()) {
        assert!(
            !String::from_utf8_lossy(&bytes).contains(&place_text),
            "{} names a folder",
            name.display()
        );
    }
    let output = said(&["run", "--quiet", study.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn tables_with_faults_are_refused_with_line_and_column() {
    let place = Workplace::new();
    let good = feature_table(40);
    let study = table_study(&place, &good.replace("c7,", "c6,"));
    assert_says(&complaint(&study), &["\"c6\"", "line 8", "line 9"]);

    let study = table_study(&place, &good.replace("outcome", "result"));
    assert_says(&complaint(&study), &["no column \"outcome\"", "outcome: {column: NAME"]);

    let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
    let mut cells: Vec<&str> = lines[5].split(',').collect();
    cells[6] = "high";
    lines[5] = cells.join(",");
    let study = table_study(&place, &lines.join("\n"));
    assert_says(&complaint(&study), &["line 6", "\"f3\"", "\"high\" is not a number"]);

    let study = table_study(&place, &good.replace("c8,p4,1", "c8,p4,2"));
    assert_says(&complaint(&study), &["more than two values (1, 0, 2)", "line 10", "c8"]);

    let study = table_study(&place, &good.replace(",0,", ",,").replace(",1,", ",,"));
    assert_says(&complaint(&study), &["no column \"outcome\" with cases", "fill it in"]);

    let study = table_study(&place, &good.replace(",0,", ",1,"));
    assert_says(&complaint(&study), &["all cases have the outcome \"1\""]);

    let study = table_study(&place, &good.replace("c9,p4,", "c9,,"));
    assert_says(&complaint(&study), &["line 11", "\"patient\"", "missing"]);

    let yes = good.replace(",1,", ",yes,").replace(",0,", ",no,");
    let study = table_study(&place, &yes);
    assert_says(
        &complaint(&study),
        &["study.yaml", "the event is \"1\"", "\"yes\"", "event: "],
    );
    replace(&study, "select:", "outcome: {event: yes}\nselect:");
    assert_eq!(run(&study).unwrap().1.failed, None);
}

#[test]
fn the_outcome_predicts_neither_itself_nor_says_who_a_case_is() {
    let place = Workplace::new();
    let study = table_study(&place, &feature_table(40));
    let good = std::fs::read_to_string(&study).unwrap();
    for (keys, parts) in [
        (
            "clinical: {columns: [outcome]}",
            [
                "clinical.columns",
                "\"outcome\" is the outcome",
                "cannot predict itself",
            ],
        ),
        (
            "columns: {patient: outcome}",
            ["columns.patient", "\"outcome\" is the outcome", "name another column"],
        ),
        (
            "clinical: {columns: [patient]}",
            ["clinical.columns", "\"patient\" is columns.patient", "no predictor"],
        ),
    ] {
        std::fs::write(&study, format!("{good}{keys}\n")).unwrap();
        assert_says(&complaint(&study), &parts);
    }
}

#[test]
fn two_studies_do_not_share_their_results() {
    let place = Workplace::new();
    let study = table_study(&place, &feature_table(40));
    assert_eq!(run(&study).unwrap().1.failed, None);
    let other = study.with_file_name("other.yaml");
    std::fs::copy(&study, &other).unwrap();
    assert_says(
        &complaint(&other),
        &["results", "study.yaml", "other.yaml", "out: NAME"],
    );
    // A study file that was renamed keeps its results.
    std::fs::remove_file(&study).unwrap();
    let (_, again) = run(&other).unwrap();
    assert!(again.ran.is_empty() && !again.fresh.is_empty());
}

#[test]
fn a_mask_that_is_an_image_is_bad() {
    let place = Workplace::new();
    let study = image_study(&place, 30);
    // It has voxels of the label 1, as a CT has of one Hounsfield unit.
    let image = nifti(|x, y, z| ((x * 7 + y * 13 + z * 29) % 40) as i16 - 20);
    place.write("masks/0.nii", image);
    let (study, _) = run(&study).unwrap();
    let checked = std::fs::read_to_string(study.out().join("check/check.csv")).unwrap();
    let first = checked.lines().nth(1).unwrap();
    assert!(
        first.contains("bad") && first.contains("are image and mask swapped?"),
        "{first}"
    );
}

#[test]
fn spreadsheets_encodings_are_read_as_what_they_are() {
    let place = Workplace::new();
    let good = feature_table(40);
    let study = table_study(&place, &format!("\u{feff}{}", good.replace(',', ";")));
    assert_eq!(run(&study).unwrap().1.failed, None);
    let wide: Vec<u8> = std::iter::once(0xfeff_u16)
        .chain(good.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    place.write("features.csv", wide);
    assert_eq!(run(&study).unwrap().1.failed, None);
    let mut gbk = good.into_bytes();
    gbk.extend_from_slice(b"\xc0\xee\xc0\xd7,p99,1,50,1,1,1,1,1,1\n");
    place.write("features.csv", gbk);
    let (found, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    assert!(found.features().unwrap().ids.iter().any(|id| id == "\u{674e}\u{96f7}"));
}

#[test]
fn chinese_names_work_anywhere() {
    let place = Workplace::new();
    let table = feature_table(40)
        .replace("id,patient,outcome,age,f1", "编号,病人,转移,年龄,球形度")
        .replace("c1", "椎体1");
    place.write("数据/特征.csv", table);
    let study = place.write(
        "研究.yaml",
        "features: 数据/特征.csv\ncolumns: {id: 编号, patient: 病人}\noutcome: {column: 转移}\nclinical: {columns: [年龄], rule: all}\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\nout: 结果\n",
    );
    let (opened, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    assert!(opened.features().unwrap().names.contains(&"球形度".to_owned()));
    assert!(place.path("结果/fit/model-2.json").is_file());
}

#[test]
fn too_few_cases_and_folds_of_one_class_are_refused() {
    let place = Workplace::new();
    let study = table_study(&place, &feature_table(12));
    replace(&study, "folds: 5", "folds: 10");
    assert_says(&complaint(&study), &["select: ", "10 folds", "patients"]);

    // The only events of the training set are in one fold.
    let mut table = "id,outcome,split,fold,f1,f2\n".to_owned();
    for row in 0..30 {
        let event = u8::from(!(5..=27).contains(&row));
        let side = if row < 24 { "train" } else { "test" };
        let fold = if row < 5 { 1 } else { row % 3 + 1 };
        table.push_str(&format!(
            "c{row},{event},{side},{fold},{},{}\n",
            row * 7 % 11,
            row * 5 % 13
        ));
    }
    let study = table_study(&place, &table);
    replace(&study, "folds: 5", "fold_column: fold");
    assert_says(&complaint(&study), &["without fold 1", "0 with the event"]);

    // One class in a left-out part is a warning.
    let table = table
        .lines()
        .enumerate()
        .map(|(number, line)| {
            if number == 4 || number == 5 {
                line.replace(",train,1,", ",train,2,")
            } else {
                line.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    let study = table_study(&place, &table);
    replace(&study, "folds: 5", "fold_column: fold");
    let (opened, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    let warnings = &opened.results().select().unwrap().warnings;
    assert!(
        warnings
            .iter()
            .any(|text| text.to_string().contains("fold 3 has one outcome only")),
        "{warnings:?}"
    );
}

#[test]
fn constant_and_missing_features_leave_with_a_reason() {
    let place = Workplace::new();
    let mut lines: Vec<String> = feature_table(40).lines().map(str::to_owned).collect();
    lines[0].push_str(",flat,gappy");
    for (number, line) in lines.iter_mut().enumerate().skip(1) {
        line.push_str(if number == 7 { ",3," } else { ",3,1.5" });
    }
    let study = table_study(&place, &lines.join("\n"));
    let (opened, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    let dropped = &opened.results().standardise().unwrap().dropped;
    let reason = |name: &str| &dropped.iter().find(|feature| feature.feature == name).unwrap().reason;
    assert_says(reason("flat"), &["the same value (3)"]);
    assert_says(reason("gappy"), &["no value in case c6"]);
}

#[test]
fn a_patient_on_both_sides_is_refused_unless_it_is_allowed_with_a_reason() {
    let place = Workplace::new();
    let table: String = feature_table(40)
        .lines()
        .enumerate()
        .map(|(number, line)| match number {
            0 => format!("{line},split\n"),
            _ => format!("{line},{}\n", if number % 3 == 0 { "test" } else { "train" }),
        })
        .collect();
    let study = table_study(&place, &table);
    assert_says(&complaint(&study), &["both sides", "L01"]);
    replace(
        &study,
        "select:",
        "guard: {allow: [{rule: L01, reason: a test of the rule}]}\nselect:",
    );
    assert_eq!(run(&study).unwrap().1.failed, None);
}

#[test]
fn a_case_without_a_clinical_value_stays_for_the_radiomics_part() {
    let place = Workplace::new();
    let table = feature_table(60).replace("c4,p2,1,54", "c4,p2,1,");
    place.write("features.csv", table);
    let study = place.write(
        "study.yaml",
        "features: {file: features.csv}\nclinical: {columns: [age], rule: all}\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n",
    );
    let (opened, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    let case = opened
        .results()
        .evaluate()
        .unwrap()
        .risks
        .iter()
        .find(|case| case.id == "c4")
        .unwrap();
    assert!(!case.risks[0].is_nan() && case.risks[1].is_nan());
    let left_out: usize = opened
        .results()
        .fit()
        .unwrap()
        .models
        .iter()
        .map(|fitted| fitted.model.training.left_out)
        .sum();
    let warned = opened
        .results()
        .evaluate()
        .unwrap()
        .warnings
        .iter()
        .any(|text| text.to_string().contains("1 cases left out"));
    assert!(left_out == 1 || warned);
}

#[test]
fn nothing_worth_keeping_is_said_and_the_study_goes_on() {
    let place = Workplace::new();
    place.write("features.csv", feature_table(60));
    let study = place.write(
        "study.yaml",
        "features: {file: features.csv, columns: [f3, f4, f5, f6]}\nselect: {folds: 5, lambda: 10}\nevaluate: {bootstrap: 20}\n",
    );
    let (opened, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    let select = opened.results().select().unwrap();
    assert!(select.kept_nothing());
    assert!(
        select.advice[0]
            .to_string()
            .contains("the penalty that the study states (select.lambda: 10)")
    );
    assert!(
        opened
            .results()
            .evaluate()
            .unwrap()
            .roc
            .iter()
            .all(|roc| roc.auc == 0.5)
    );
}

#[test]
fn tables_that_do_not_fit_together_are_refused() {
    let place = Workplace::new();
    place.write("a.csv", "id,outcome\n1,0\n2,1\n");
    place.write("b.csv", "subject,f1\nx,0\ny,1\n");
    let study = place.write("study.yaml", "cohort: a.csv\nfeatures: {file: b.csv, id: subject}\n");
    assert_says(&complaint(&study), &["none of its 2 ids", "\"1\" there, \"x\" here"]);
    place.write("b.csv", "subject,outcome\n1,0\n2,0\n");
    assert_says(&complaint(&study), &["column \"outcome\" is in", "disagree about 2"]);
    let missing = place.write("other.yaml", "cohort: nowhere.csv\n");
    assert_says(
        &Study::open(&missing).unwrap_err().to_string(),
        &["nowhere.csv", "cannot be read"],
    );
}
