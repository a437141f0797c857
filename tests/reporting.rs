//! What a finished study hands to a journal: checklists whose marks go with their artefacts, a page that asks nothing of any host and
//! calculates as `predict` does, a manuscript whose numbers stand in the artefacts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Trial};
use radscore::study::Study;
use radscore::study::artefact::from_json;
use radscore::study::input::reporting::Answer;
use radscore::study::keys;
use radscore::study::report::manuscript::{Digits, Part, Place, manuscript};
use serde_json::{Value, json};

#[path = "reporting/print.rs"]
mod print;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // One study for all: it is made when the first test asks for it, and nobody changes what it has found.
    let place: &'static Finished = Box::leak(Box::new(Finished::new()));
    let test = |name: &str, run: fn(&Finished)| {
        Trial::test(name, move || {
            run(place);
            Ok(())
        })
    };
    let node = Command::new("node").arg("--version").output();
    let has_node = node.is_ok_and(|output| output.status.success());
    let trials = vec![
        test("what_results_prove_is_marked", what_results_prove_is_marked),
        test("a_mark_goes_with_its_artefact", a_mark_goes_with_its_artefact),
        test("the_authors_answer_once", the_authors_answer_once),
        test("a_page_holds_everything", a_page_holds_everything),
        test(
            "the_audit_of_the_models_is_a_chapter",
            the_audit_of_the_models_is_a_chapter,
        ),
        test(
            "every_number_of_the_manuscript_stands_in_an_artefact",
            every_number_of_the_manuscript_stands_in_an_artefact,
        ),
        test("the_manuscript_is_a_document", the_manuscript_is_a_document),
        test("every_chart_is_printed", print::every_chart_is_printed),
        test(
            "the_papers_figures_are_composed",
            print::the_papers_figures_are_composed,
        ),
        test(
            "the_papers_tables_hold_numbers_of_artefacts",
            print::the_papers_tables_hold_numbers_of_artefacts,
        ),
        test(
            "several_models_are_reviewed_at_once",
            print::several_models_are_reviewed_at_once,
        ),
        test(
            "keys_of_a_model_file_are_explained",
            print::keys_of_a_model_file_are_explained,
        ),
        test(
            "a_size_that_nothing_obeys_is_refused",
            print::a_size_that_nothing_obeys_is_refused,
        ),
        test(
            "the_calculators_give_the_models_risks",
            the_calculators_give_the_models_risks,
        )
        .with_ignored_flag(!has_node),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The sample study's cases with fewer features, run to its end.
struct Finished {
    folder: tempfile::TempDir,
}

impl Finished {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-cases");
        let mut reader = csv::Reader::from_path(sample.join("cohort.csv")).unwrap();
        let header = reader.headers().unwrap().clone();
        let mut writer = csv::Writer::from_path(folder.path().join("cohort.csv")).unwrap();
        writer.write_record(&header).unwrap();
        for row in reader.records() {
            let row = row.unwrap();
            let cells = row.iter().zip(&header).map(|(cell, name)| {
                if !cell.is_empty() && (name.starts_with("image") || name.starts_with("mask")) {
                    sample.join(cell).display().to_string()
                } else {
                    cell.to_owned()
                }
            });
            writer.write_record(cells).unwrap();
        }
        writer.flush().unwrap();
        fs::write(
            folder.path().join("study.yaml"),
            "title: \"A <b>study</b>\"\ncohort: cohort.csv\n\
             clinical: {columns: [age, sex, smoking], rule: all}\n\
             extraction: {setting: {binWidth: 10}, featureClass: {firstorder: , ngtdm: }}\n\
             select: {folds: 5}\nevaluate: {bootstrap: 20, subgroups: [sex, age]}\ncontrols: true\n\
             robustness: {resplits: 4, nested_folds: 3, bootstrap: 4}\n",
        )
        .unwrap();
        let found = Self { folder };
        found.printed(&["run", "study.yaml", "--quiet"]);
        found
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn radscore(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_radscore"))
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap()
    }

    fn printed(&self, arguments: &[&str]) -> String {
        let output = self.radscore(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Every row of every list: list and number to the row, of the study or of a copy with other results.
    fn rows(&self, more: &[&str]) -> BTreeMap<(String, String), Value> {
        let call = [&["report", "study.yaml", "--checklist", "all", "--json"], more].concat();
        let found: Value = serde_json::from_str(&self.printed(&call)).unwrap();
        let mut rows = BTreeMap::new();
        for list in found["checklists"].as_array().unwrap() {
            for row in list["items"].as_array().unwrap() {
                let key = (text(&list["checklist"]), text(&row["item"]));
                rows.insert(key, row.clone());
            }
        }
        rows
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The rows of CLEAR that results alone prove, and METRICS' score.
fn what_results_prove_is_marked(study: &Finished) {
    let rows = study.rows(&[]);
    assert_eq!(rows.len(), 58 + 30 + 52 + 44 + 42 + 34 + 48 + 104);
    let proved = |list: &str| -> Vec<String> {
        let of = rows
            .iter()
            .filter(|((name, _), row)| name == list && row["state"] == "proved");
        of.map(|((_, item), _)| item.clone()).collect()
    };
    let mut clear: Vec<usize> = proved("clear").iter().map(|item| item.parse().unwrap()).collect();
    clear.sort_unstable();
    assert_eq!(
        clear,
        [
            7, 9, 12, 15, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 38, 40, 41, 42, 44, 46, 47, 48,
            54, 55, 56, 57, 58
        ]
    );
    assert!(
        rows.values().all(|row| row["state"] != "open"),
        "everything that can be proved is"
    );
    let found: Value =
        serde_json::from_str(&study.printed(&["report", "study.yaml", "--checklist", "metrics,rqs2", "--json"]))
            .unwrap();
    let metrics = &found["checklists"][0]["score"];
    // The weights of the standard: what is proved over what applies (all but items 9 and 17).
    // Item 16 is refuted: there are too few cases for so many candidates.
    let (least, refuted, applies) = (0.47, 0.03, 1.0 - 0.0225 - 0.02);
    let sixteen = &found["checklists"][0]["items"][15];
    assert_eq!(
        (&sixteen["state"], &sixteen["met"]),
        (&json!("refuted"), &json!(false)),
        "{sixteen}"
    );
    assert!(sixteen["evidence"][0]["value"].as_str().unwrap().contains("too few"));
    let at_least = metrics["at_least"].as_f64().unwrap();
    assert!((at_least - 100.0 * least / applies).abs() < 0.02, "{metrics}");
    assert!((metrics["at_most"].as_f64().unwrap() - 100.0 * (applies - refuted) / applies).abs() < 1e-9);
    let rqs = &found["checklists"][1]["score"];
    assert_eq!(
        (rqs["of"].as_f64().unwrap(), rqs["at_most"].as_f64().unwrap()),
        (56.0, 56.0)
    );
    let line = study.printed(&["report", "study.yaml", "--checklist", "metrics"]);
    assert!(
        line.contains("30 items") && line.contains("at least") && line.contains("at most 96.9 %"),
        "{line}"
    );
    // What waits is counted among the rows that it is said of.
    let count = |words: &str| -> usize {
        let before = line.split(words).next().unwrap();
        before
            .rsplit([' ', ':'])
            .find(|word| !word.is_empty())
            .unwrap()
            .parse()
            .unwrap()
    };
    assert_eq!(count("of these wait"), count("partly") + count("author's"), "{line}");
    let page = fs::read_to_string(study.path().join("results/checklists/metrics.md")).unwrap();
    assert!(
        page.contains("unless answered: reporting.automatic_segmentation"),
        "{page}"
    );
}

fn a_mark_goes_with_its_artefact(study: &Finished) {
    let before = study.rows(&[]);
    let mut files = BTreeSet::new();
    for row in before.values() {
        for pointer in row["evidence"].as_array().unwrap() {
            assert!(!text(&pointer["value"]).is_empty());
            files.insert(text(&pointer["file"]));
        }
    }
    assert!(files.len() > 20, "{files:?}");
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&study.path().join("results"), copy.path());
    let out = ["--out", copy.path().to_str().unwrap()];
    for file in &files {
        let place = copy.path().join(file);
        let kept = fs::read(&place).unwrap();
        fs::remove_file(&place).unwrap();
        let after = study.rows(&out);
        for (key, row) in &before {
            let rests = row["evidence"]
                .as_array()
                .unwrap()
                .iter()
                .any(|pointer| text(&pointer["file"]) == *file);
            if rests {
                let now = &after[key];
                assert_ne!(now["state"], "proved", "{key:?} without {file}");
                let gone = now["evidence"].as_array().unwrap().len() < row["evidence"].as_array().unwrap().len();
                assert!(gone, "{key:?} without {file}");
                let missing = now["missing"].as_array().unwrap();
                assert!(
                    missing.iter().any(|name| text(name) == *file),
                    "{key:?} does not name {file}"
                );
            }
        }
        fs::write(&place, kept).unwrap();
    }
    assert_eq!(study.rows(&out), before, "what comes back is a mark again");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn the_authors_answer_once(study: &Finished) {
    let questions = study.printed(&["report", "study.yaml", "--questions"]);
    assert!(
        questions.contains("reporting:\n") && questions.contains("\n  ethics:\n"),
        "{questions}"
    );
    assert!(
        questions.contains("clear 8; tripod-ai 17; stard-ai 6"),
        "one answer serves several lists"
    );
    let answered = [
        "--set",
        "reporting.ethics=Committee of the Example Hospital, 2024-17",
        "--set",
        "reporting.registration=no",
        "--set",
        "reporting.modality=CT",
    ];
    let rows = study.rows(&answered);
    let row = |list: &str, item: &str| &rows[&(list.to_owned(), item.to_owned())];
    for (list, item) in [("clear", "8"), ("tripod-ai", "17"), ("stard-ai", "6")] {
        assert_eq!(
            (&row(list, item)["state"], &row(list, item)["met"]),
            (&json!("author's"), &json!(true))
        );
    }
    assert_eq!(row("claim", "34")["met"], false);
    assert_eq!(row("ibsi", "20")["state"], "not applicable", "an echo time of CT");
    assert_eq!(row("ibsi", "14")["state"], "author's");
    let questions = study.printed(&[&["report", "study.yaml", "--questions"], &answered[..]].concat());
    assert!(!questions.contains("\n  ethics:"));
    let output = study.radscore(&["report", "study.yaml", "--questions", "--set", "reporting.ethnics=x"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(2) && error.contains("did you mean \"ethics\"?"),
        "{error}"
    );
    let output = study.radscore(&["report", "study.yaml", "--checklist", "clera"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("there are clear, metrics"));
    // Written into the study file: none where one cannot be taken, else each on a line of its own.
    let elsewhere = tempfile::tempdir().unwrap();
    copy_folder(study.path(), elsewhere.path());
    let file = elsewhere.path().join("study.yaml");
    let before = fs::read_to_string(&file).unwrap();
    let answer = |answers: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_radscore"))
            .current_dir(elsewhere.path())
            .args(["report", "study.yaml"])
            .args(answers.iter().flat_map(|answer| ["--answer", answer]))
            .output()
            .unwrap()
    };
    let refused = answer(&["ethics=Committee 17", "ethnics=x"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("did you mean \"ethics\"?"));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let refused = answer(&["ethics"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("write NAME=TEXT"));
    let taken = answer(&["ethics=Committee 17: \"waived\", #2", "registration=no", "dates=2020"]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let after = fs::read_to_string(&file).unwrap();
    assert_eq!(
        after,
        format!(
            "{before}reporting:\n  ethics: \"Committee 17: \\\"waived\\\", #2\"\n  registration: \"no\"\n  dates: \"2020\"\n"
        )
    );
    let answers = Study::open(&file).unwrap().config().answers.clone();
    assert_eq!(
        answers["ethics"],
        Answer::Said("Committee 17: \"waived\", #2".to_owned())
    );
    assert_eq!(
        (&answers["registration"], &answers["dates"]),
        (&Answer::No, &Answer::Said("2020".to_owned()))
    );
    // No stage is made again because of an answer.
    let status = study.printed(&[&["status", "study.yaml"], &answered[..]].concat());
    assert!(!status.contains("stale"), "{status}");
}

fn page(study: &Finished) -> String {
    let file = study.path().join("page.html");
    let file_name = file.to_str().unwrap();
    study.printed(&[
        "report",
        "study.yaml",
        "--format",
        "html",
        "-o",
        file_name,
        "--overwrite",
    ]);
    fs::read_to_string(file).unwrap()
}

fn the_audit_of_the_models_is_a_chapter(study: &Finished) {
    let page = page(study);
    let (_, chapter) = page.split_once("Audit of the models</h2>").unwrap();
    let (chapter, _) = chapter.split_once("</h2>").unwrap();
    let limits: Vec<String> = manuscript(&Study::open(&study.path().join("study.yaml")).unwrap())
        .into_iter()
        .filter_map(|part| match part {
            Part::Limit(limit) => Some(limit),
            _ => None,
        })
        .collect();
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut told = 0;
    for model in ["model-1", "model-2"] {
        let file = format!("results/fit/{model}.json");
        let found: Value = serde_json::from_str(&study.printed(&["audit", &file, "--json"])).unwrap();
        for finding in found["findings"].as_array().unwrap() {
            let (says, severity) = (text(&finding["says"]), text(&finding["severity"]));
            let row = format!("<td>{}</td>", escaped(&says));
            assert_eq!(chapter.contains(&row), severity != "passed", "{severity}: {says}");
            let limit = limits.iter().any(|limit| limit.contains(&says));
            assert_eq!(
                limit,
                ["impossible", "doubtful"].contains(&severity.as_str()),
                "{severity}: {says}"
            );
            told += 1;
        }
    }
    assert!(told > 20 && chapter.contains("events-per-candidate"), "{told}");
}

fn a_page_holds_everything(study: &Finished) {
    let found = page(study);
    assert_eq!(found, page(study), "the same bytes twice");
    // The names of namespaces are no requests.
    let plain = found.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for word in ["http://", "https://", "src=", "@import", "<link", "<img", "<iframe"] {
        assert!(!plain.contains(word), "{word}");
    }
    assert!(found.contains("default-src 'none'"));
    assert!(found.contains("A &lt;b&gt;study&lt;/b&gt;") && !found.contains("<b>study"));
    for part in [
        "<figure>",
        "class=\"sorts\"",
        "class=\"calculator\"",
        "CLEAR 1.0",
        "IBSI: guideline",
        "@media print",
    ] {
        assert!(found.contains(part), "{part}");
    }
    for (open, close) in [
        ("<table", "</table>"),
        ("<figure", "</figure>"),
        ("<svg", "</svg>"),
        ("<details", "</details>"),
    ] {
        assert_eq!(found.matches(open).count(), found.matches(close).count(), "{open}");
    }
    let mut names = BTreeSet::new();
    for part in found
        .split(" id=\"")
        .skip(1)
        .chain(found.split("<clipPath id=\"").skip(1))
    {
        names.insert(part.split('"').next().unwrap());
    }
    let all = found.matches(" id=\"").count();
    assert_eq!(names.len(), all, "every name of a part is its own");
}

/// What stands under a place that a manuscript names, in the manuscript's digits.
fn standing(out: &Path, study: &Study, place: &Place, digits: Digits) -> String {
    let value = match place {
        Place::Artefact(file, pointer) => {
            let whole: Value = from_json(&fs::read(out.join(file)).unwrap()).unwrap();
            whole
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{file} has no {pointer}"))
                .clone()
        }
        Place::Setting(name) => {
            let row = keys().into_iter().find(|row| row.name == *name).unwrap();
            study.config().value(row).unwrap()
        }
        Place::Version => Value::from(env!("CARGO_PKG_VERSION")),
    };
    digits.show(&value).unwrap()
}

fn every_number_of_the_manuscript_stands_in_an_artefact(study: &Finished) {
    let opened = Study::open(&study.path().join("study.yaml")).unwrap();
    let out: PathBuf = study.path().join("results");
    let mut cited = 0;
    let mut sentences = 0;
    for part in manuscript(&opened) {
        let Part::Prose(told) = part else { continue };
        sentences += 1;
        assert!(!told.text.contains('\u{2013}'), "a number is not there: {}", told.text);
        let mut rest = String::new();
        let mut at = 0;
        for one in &told.cited {
            assert_eq!(
                one.shown,
                standing(&out, &opened, &one.place, one.digits),
                "{}",
                told.text
            );
            let found = told.text[at..]
                .find(&one.shown)
                .unwrap_or_else(|| panic!("{:?} is not in: {}", one.shown, told.text));
            rest.push_str(&told.text[at..at + found]);
            at += found + one.shown.len();
            cited += 1;
        }
        rest.push_str(&told.text[at..]);
        assert!(
            !rest.contains(|letter: char| letter.is_ascii_digit()),
            "a number of nowhere in: {}",
            told.text
        );
    }
    assert!(sentences > 20 && cited > 60, "{sentences} sentences, {cited} numbers");
}

fn the_manuscript_is_a_document(study: &Finished) {
    let make = || {
        study.printed(&[
            "report",
            "study.yaml",
            "--format",
            "docx",
            "-o",
            "manuscript.docx",
            "--overwrite",
        ]);
        fs::read(study.path().join("manuscript.docx")).unwrap()
    };
    let bytes = make();
    assert_eq!(bytes, make(), "the same bytes twice");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut document = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut document).unwrap();
    for words in [
        "Methods",
        "Results",
        "To be written by the authors",
        "<w:tbl>",
        "Heading2",
    ] {
        assert!(document.contains(words), "{words}");
    }
    assert!(document.contains("A &lt;b&gt;study&lt;/b&gt;"));
}

fn the_calculators_give_the_models_risks(study: &Finished) {
    let found = page(study);
    let models: Vec<&str> = found
        .split("<script type=\"application/json\" class=\"model\">")
        .skip(1)
        .map(|rest| rest.split("</script>").next().unwrap())
        .collect();
    assert_eq!(models.len(), 2);
    let script = found
        .rsplit("<script>")
        .next()
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    for (number, model) in models.iter().enumerate() {
        let file = format!("results/fit/model-{}.json", number + 1);
        let kept: Value = serde_json::from_slice(&fs::read(study.path().join(file)).unwrap()).unwrap();
        let program = format!(
            "{script}\nconst model = {model};\nconsole.log(JSON.stringify(model.examples.map((example) => calculate(model, example.values).risk)));\n"
        );
        let place = study.path().join("run.js");
        fs::write(&place, program).unwrap();
        let output = Command::new("node").arg(&place).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let risks: Vec<f64> = serde_json::from_slice(&output.stdout).unwrap();
        let expected = kept["examples"].as_array().unwrap();
        assert_eq!(risks.len(), expected.len());
        for (risk, example) in risks.iter().zip(expected) {
            assert!((risk - example["risk"].as_f64().unwrap()).abs() < 1e-12);
        }
    }
}
