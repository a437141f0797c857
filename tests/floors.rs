//! The floors of the house hold: a file uses its own folder and lower floors, and a library that is to stay in one room
//! is named only there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Room, floor.
const ROOMS: &[(&str, u8)] = &[
    ("volume", 1),
    ("stats", 1),
    ("features", 2),
    ("figure", 2),
    ("model", 2),
    ("study", 3),
    ("audit", 3),
    ("cli", 4),
    ("tui", 4),
];

/// Library, the paths under `src` that may name it.
const TENANTS: &[(&str, &[&str])] = &[
    ("nifti", &["volume/nifti.rs"]),
    ("ratatui", &["tui/"]),
    ("crossterm", &["tui/"]),
    ("serde_yaml", &["study/config.rs"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The source without comments and string literals, roughly: lines that begin with `//` are dropped, so are trailing ones.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn every_file() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let text = code(&fs::read_to_string(&path).unwrap());
            (name, text)
        })
        .collect()
}

#[test]
fn a_file_uses_its_own_room_and_lower_floors_only() {
    let mut faults = Vec::new();
    for (name, text) in every_file() {
        let Some(room) = name.split('/').next().filter(|_| name.contains('/')) else {
            continue;
        };
        let floor = ROOMS
            .iter()
            .find(|(known, _)| *known == room)
            .map_or_else(|| panic!("src/{room} is in no floor of the house"), |(_, floor)| *floor);
        for (other, other_floor) in ROOMS {
            if *other != room && *other_floor >= floor && text.contains(&format!("crate::{other}")) {
                faults.push(format!(
                    "src/{name} (floor {floor}) uses crate::{other} (floor {other_floor})"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_library_that_is_to_stay_in_one_room_is_named_only_there() {
    let mut faults = Vec::new();
    for (name, text) in every_file() {
        for (library, homes) in TENANTS {
            let named = [format!("{library}::"), format!("use {library};")];
            if named.iter().any(|path| {
                text.match_indices(path.as_str()).any(|(at, _)| {
                    !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
                })
            }) && !homes.iter().any(|home| name.starts_with(home))
            {
                faults.push(format!("src/{name} names {library}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_room_is_named_after_nothing() {
    for (name, _) in every_file() {
        for empty in [
            "utils",
            "util",
            "helpers",
            "misc",
            "common",
            "types",
            "constants",
            "prelude",
        ] {
            assert!(
                !name.split('/').any(|part| part.trim_end_matches(".rs") == empty),
                "src/{name}"
            );
        }
    }
}
