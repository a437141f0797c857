//! The documents say what the program is: tables made from the program's own, held equal here.
//! `RADSCORE_WRITE_DOCUMENTS=1 cargo test --test documents` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use radscore::study::keys;
use radscore::study::learner::LEARNERS;
use serde_json::Value;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What the program prints.
fn said(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "radscore {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&said(arguments)).unwrap()
}

fn items(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("a list is needed, not {value}"))
}

/// A cell of a table: text as it is, a list by commas.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace('|', "\\|"),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A table of rows of cells; a cell of the first column is code.
fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", header.join(" | "), " --- |".repeat(header.len()));
    for row in rows {
        let (first, rest) = row.split_first().unwrap();
        writeln!(text, "| `{first}` | {} |", rest.join(" | ")).unwrap();
    }
    text
}

/// The rows of JSON objects by their members.
fn members(list: &[Value], names: &[&str]) -> Vec<Vec<String>> {
    list.iter()
        .map(|item| names.iter().map(|name| cell(&item[*name])).collect())
        .collect()
}

/// The commands of `radscore --help`: a name and a line each.
fn commands() -> Vec<Vec<String>> {
    let help = said(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in list.lines() {
        if let Some(row) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) {
            let (name, about) = row.split_once("  ").unwrap();
            rows.push(vec![name.to_owned(), about.trim().to_owned()]);
        } else {
            let about = &mut rows.last_mut().unwrap()[1];
            *about = format!("{about} {}", line.trim());
        }
    }
    rows.retain(|row| row[0] != "help");
    rows
}

fn reference() -> String {
    let mut text = "# Reference\n\nMade from the program's own tables; `radscore COMMAND --help` and `?` in the terminal program say more. The keys of\nthe screens are in [keys.md](keys.md).\n".to_owned();
    text.push_str("\n## Commands\n\n");
    text.push_str(&table(&["command", "what it does"], commands()));
    text.push_str("\n## Stages of a study\n\n`radscore stages` prints them.\n\n");
    let stages = json(&["stages", "--json"]);
    text.push_str(&table(
        &["stage", "what it does", "needs", "writes"],
        members(items(&stages["stages"]), &["name", "about", "needs", "makes"]),
    ));
    text.push_str("\n## Keys of a study file\n\n`configs/study.yaml` shows each in its place.\n\n");
    text.push_str(&table(
        &["key", "default", "what it is"],
        keys().into_iter().map(|row| {
            [row.name, row.default, row.doc]
                .map(|cell| cell.replace('|', "\\|"))
                .to_vec()
        }),
    ));
    text.push_str(
        "\n## Learners\n\nWhat `select.learner` may name; the keys of a learner have an effect with it alone.\n\n",
    );
    text.push_str(&table(
        &["learner", "what it is", "its keys"],
        LEARNERS.iter().map(|entry| {
            let keys: Vec<&str> = entry.keys().iter().map(|row| row.name).collect();
            vec![entry.name().to_owned(), entry.about().to_owned(), keys.join(", ")]
        }),
    ));
    text.push_str("\n## Features\n\n`radscore features` prints them with their formulas.\n");
    for class in items(&json(&["features", "--json"])) {
        write!(text, "\n### {}\n\n{}\n\n", cell(&class["class"]), cell(&class["about"])).unwrap();
        text.push_str(&table(
            &["feature", "IBSI", "what it measures", "offered"],
            members(items(&class["features"]), &["name", "ibsi", "about", "offer"]),
        ));
    }
    text.push_str("\n## Image types\n\n");
    text.push_str(&table(
        &["image type", "what it shows"],
        members(
            items(&json(&["features", "--image-types", "--json"])),
            &["name", "about"],
        ),
    ));
    text.push_str(
        "\n## Settings of an extraction\n\nKeys of the sections `setting` and `voxelSetting` of a parameter file.\n\n",
    );
    text.push_str(&table(
        &["setting", "section", "default", "what it does"],
        members(
            items(&json(&["features", "--settings", "--json"])),
            &["name", "section", "default", "about"],
        ),
    ));
    text.push_str(
        "\n## Checks of an audit\n\n`radscore audit --checks` prints them with why they matter. Each allows for all that the printed digits can mean.\n\n",
    );
    let checks = json(&["audit", "--checks", "--json"]);
    text.push_str(&table(
        &["check", "at worst", "needs", "formula", "source"],
        (items(&checks["checks"]).iter()).map(|check| {
            ["id", "severity", "needs", "formula", "source"]
                .map(|name| cell(&check[name]).replace('|', "\\|"))
                .to_vec()
        }),
    ));
    text.push_str("\n## Keys of the files that are audited\n\n`radscore audit --explain KEY` explains one.\n\n");
    let keys = json(&["audit", "--explain", "all", "--json"]);
    text.push_str(&table(
        &["key", "what it is", "how it is written"],
        (items(&keys["keys"]).iter()).map(|key| ["key", "means", "form"].map(|name| cell(&key[name])).to_vec()),
    ));
    text
}

#[test]
fn the_reference_is_the_programs() {
    let made = reference();
    if std::env::var_os("RADSCORE_WRITE_DOCUMENTS").is_some() {
        fs::write(file("docs/reference.md"), &made).unwrap();
    }
    let stands = read("docs/reference.md");
    for (line, (made, stands)) in made.lines().zip(stands.lines()).enumerate() {
        assert_eq!(
            made,
            stands,
            "docs/reference.md, line {}: write it anew, as this file says",
            line + 1
        );
    }
    assert_eq!(made.lines().count(), stands.lines().count(), "docs/reference.md");
}

/// The Cargo features stand in the README and on the library's front page, each with its own line.
#[test]
fn the_cargo_features_are_documented() {
    let manifest = read("Cargo.toml");
    let section = manifest
        .split("[features]\n")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let features: Vec<&str> = section
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| *name != "default")
        .collect();
    assert!(features.contains(&"tui"), "{features:?}");
    for document in ["README.md", "src/lib.rs"] {
        let text = read(document);
        for feature in &features {
            assert!(
                text.contains(&format!("| `{feature}` |")),
                "{document} has no row for the feature {feature}"
            );
        }
    }
}

/// Files and folders that a document names exist.
#[test]
fn what_the_documents_name_is_there() {
    for document in ["README.md", "CONTRIBUTING.md", "docs/architecture.md"] {
        for name in read(document).split('`').skip(1).step_by(2) {
            let looks_like_a_path = [
                "src/",
                "tests/",
                "docs/",
                "configs/",
                "benches/",
                "sample-cases/",
                ".ci/",
            ]
            .iter()
            .any(|root| name.starts_with(root));
            let plain = name.split([' ', '*', '{', ':']).next().unwrap();
            if looks_like_a_path && plain.len() == name.len() {
                assert!(file(name).exists(), "{document} names {name}, which does not exist");
            }
        }
    }
}

/// A public function of the front door that can fail says when.
#[test]
fn errors_of_the_front_door_are_documented() {
    let doors = [
        "Extraction",
        "FeatureTable",
        "Model",
        "Parameters",
        "Radscore",
        "Selection",
    ]
    .map(|name| format!("impl {name} {{"));
    let mut sources = ["src/features", "src/library.rs", "src/model", "src/study"]
        .map(file)
        .to_vec();
    let mut checked = 0;
    while let Some(path) = sources.pop() {
        if path.is_dir() {
            sources.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let front = path == file("src/library.rs");
        let mut inside = false;
        let mut documented = false;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if !line.starts_with(' ') && !line.is_empty() {
                inside = doors.iter().any(|door| line == door);
            }
            let trimmed = line.trim_start();
            if trimmed.starts_with("pub fn ") && (inside || (front && !line.starts_with(' '))) {
                let mut signature = line.to_owned();
                while !signature.ends_with('{') {
                    signature.push_str(lines.next().unwrap());
                }
                if signature.contains("-> Result<") {
                    checked += 1;
                    assert!(documented, "{}: {trimmed} says no \"# Errors\"", path.display());
                }
            }
            documented = (documented && trimmed.starts_with("///")) || trimmed == "/// # Errors";
        }
    }
    assert!(checked >= 9, "{checked} functions that can fail");
}

/// A test that runs the program or draws its screens asks for the Cargo features that have them.
#[test]
fn tests_ask_for_the_features_that_they_need() {
    let manifest = read("Cargo.toml");
    let mut sources = vec![file("tests")];
    while let Some(path) = sources.pop() {
        if path.is_dir() {
            sources.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let inside = path.strip_prefix(file("tests")).unwrap();
        let test = inside.iter().next().unwrap().to_string_lossy().replace(".rs", "");
        let entry = manifest
            .split("[[test]]\n")
            .find(|entry| entry.starts_with(&format!("name = \"{test}\"\n")))
            .and_then(|entry| entry.split("\n\n").next())
            .unwrap_or_default();
        for (sign, feature) in [
            (concat!("CARGO_BIN", "_EXE"), "cli"),
            (concat!("radscore::", "cli"), "cli"),
            (concat!("radscore::", "tui"), "tui"),
        ] {
            assert!(
                !text.contains(sign) || entry.contains(&format!("\"{feature}\"")),
                "tests/{test} needs the feature {feature}: say so in Cargo.toml (required-features)"
            );
        }
    }
}

/// The registries that CONTRIBUTING.md sends to, as "`NAME` in `src/…`", are where it says.
#[test]
fn the_registries_are_where_contributing_says() {
    let text = read("CONTRIBUTING.md");
    let words: Vec<&str> = text.split('`').collect();
    let mut found = 0;
    for place in words.windows(3).skip(1).step_by(2) {
        let [name, " in ", path] = place else { continue };
        let source = read(path);
        let stands = ["static", "const", "enum", "macro_rules!"]
            .iter()
            .any(|keyword| source.contains(&format!("{keyword} {name}")))
            // A list that a macro declares, under its name.
            || source.contains(&format!("\n    {name}:\n"));
        assert!(stands, "CONTRIBUTING.md looks for {name} in {path}");
        found += 1;
    }
    assert!(found >= 10, "CONTRIBUTING.md names {found} registries");
}
