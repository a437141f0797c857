//! The house holds: a file uses its own folder and lower floors, the files and folders beside each other form no circle, a
//! file is short enough to be known, names are the field's, and a library that is to stay in one room is named only there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "floors/paths.rs"]
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use paths::{Crate, Module};

/// Room, floor.
const ROOMS: &[(&str, u8)] = &[
    ("file", 0),
    ("message", 0),
    ("volume", 1),
    ("stats", 1),
    ("features", 2),
    ("figure", 2),
    ("model", 2),
    ("audit", 3),
    ("study", 4),
    ("cli", 5),
    ("tui", 5),
];

/// Library, the paths under `src` that may name it.
const TENANTS: &[(&str, &[&str])] = &[
    ("nifti", &["volume/source/nifti/"]),
    ("ratatui", &["tui/"]),
    ("crossterm", &["tui/"]),
    ("serde_yaml", &["study/input/yaml.rs"]),
];

/// The most lines of a file.
const LONGEST: usize = 600;

/// Files that may be longer, and why.
const TABLES: &[(&str, &str)] = &[];

/// Private words, and the files where they are the field's own words.
const PRIVATE_WORDS: &[(&str, &[&str])] = &[
    ("ahead", &[]),
    ("Outlook", &[]),
    ("Way", &[]),
    ("Leap", &[]),
    ("leap", &[]),
    ("secants", &[]),
    ("Secants", &[]),
    ("triangle", &["features/mesh.rs", "features/shape/mesh.rs"]),
    ("Triangle", &[]),
    ("twins", &[]),
    ("Frugal", &[]),
    ("Desk", &[]),
    ("Wire", &[]),
    ("Wishes", &[]),
    // The reader of fonts calls a font so.
    ("Face", &["figure/print/typeface.rs"]),
];

/// Folders whose files still form circles.
const STILL_CIRCLES: &[&str] = &[];
/// Files that are still too long.
const STILL_LONG: &[&str] = &[];
/// Files with private words.
const STILL_PRIVATE: &[&str] = &[];

static HOUSE: LazyLock<Crate> = LazyLock::new(|| Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

fn path(module: &[String]) -> String {
    module.join("/")
}

/// Holds a list of faults against the list of those that are known: none may be new, and none of the known may be mended
/// and still stand in the list.
fn compare(what: &str, found: &BTreeMap<String, String>, known: &[&str]) {
    let mut wrong: Vec<String> = found
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, why)| format!("{name}: {why}"))
        .collect();
    wrong.extend(
        known
            .iter()
            .filter(|name| !found.contains_key(**name))
            .map(|name| format!("{name} is clean: take it out of the list of {what} in tests/floors.rs")),
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_file_uses_its_own_room_and_lower_floors_only() {
    let house = &*HOUSE;
    let floor = |room: &str| ROOMS.iter().find(|(known, _)| *known == room).map(|(_, floor)| *floor);
    let mut faults = Vec::new();
    for (module, file) in &house.0 {
        let Some(room) = file.name.split('/').next().filter(|_| file.name.contains('/')) else {
            continue;
        };
        let Some(own) = floor(room) else {
            faults.push(format!("src/{room} is in no floor of the house"));
            continue;
        };
        for used in house.uses(module) {
            let Some(other) = used.first().filter(|other| *other != room) else {
                continue;
            };
            if floor(other).is_none_or(|other| other >= own) {
                faults.push(format!("src/{} (floor {own}) uses {}", file.name, path(&used)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The circles among the files and folders of each folder: who is in it, and by which files.
fn circles(house: &Crate) -> BTreeMap<String, String> {
    // Folder, sibling, the siblings it uses and the files by which it does.
    let mut folders: BTreeMap<Module, BTreeMap<String, BTreeMap<String, BTreeSet<String>>>> = BTreeMap::new();
    for (module, file) in &house.0 {
        for used in house.uses(module) {
            let same = module.iter().zip(&used).take_while(|(a, b)| a == b).count();
            // A folder's own file stands beside its children: it may name, hand on and list them, but if its code uses
            // what uses its items, that is a circle as any other.
            let own = "mod.rs".to_owned();
            let (from, to) = (module.get(same).unwrap_or(&own), used.get(same).unwrap_or(&own));
            folders
                .entry(module[..same].to_vec())
                .or_default()
                .entry(from.clone())
                .or_default()
                .entry(to.clone())
                .or_default()
                .insert(format!("{} uses {}", file.name, path(&used)));
        }
    }
    let mut found = BTreeMap::new();
    for (folder, uses) in folders {
        let mut lines = Vec::new();
        for sibling in uses.keys() {
            let reached = reach(&uses, sibling);
            if !reached.contains(sibling) {
                continue;
            }
            for (other, by) in &uses[sibling] {
                if reach(&uses, other).contains(sibling) {
                    lines.extend(by.iter().cloned());
                }
            }
        }
        if !lines.is_empty() {
            found.insert(path(&folder), format!("a circle\n    {}", lines.join("\n    ")));
        }
    }
    found
}

/// All siblings that one uses, and those that these use, and so on.
fn reach(uses: &BTreeMap<String, BTreeMap<String, BTreeSet<String>>>, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(at) = open.pop() {
        for next in uses.get(&at).into_iter().flat_map(BTreeMap::keys) {
            if found.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    found
}

#[test]
fn files_and_folders_beside_each_other_form_no_circle() {
    compare("circles", &circles(&HOUSE), STILL_CIRCLES);
}

#[test]
fn an_import_of_everything_is_for_tests() {
    let faults: Vec<&str> = HOUSE
        .0
        .values()
        .filter(|file| !file.wholes.is_empty())
        .map(|file| file.name.as_str())
        .collect();
    assert!(
        faults.is_empty(),
        "what these use cannot be read: {}",
        faults.join(", ")
    );
}

#[test]
fn a_file_is_short_enough_to_be_known() {
    let mut found = BTreeMap::new();
    for file in HOUSE.0.values() {
        if file.lines > LONGEST && !TABLES.iter().any(|(table, _)| *table == file.name) {
            found.insert(file.name.clone(), format!("{} lines, more than {LONGEST}", file.lines));
        }
    }
    compare("long files", &found, STILL_LONG);
}

#[test]
fn names_are_the_fields() {
    let mut found = BTreeMap::new();
    for file in HOUSE.0.values() {
        let words: Vec<&str> = PRIVATE_WORDS
            .iter()
            .filter(|(word, own)| file.words.contains(*word) && !own.contains(&file.name.as_str()))
            .map(|(word, _)| *word)
            .collect();
        if !words.is_empty() {
            found.insert(file.name.clone(), words.join(", "));
        }
    }
    compare("private words", &found, STILL_PRIVATE);
}

#[test]
fn a_library_that_is_to_stay_in_one_room_is_named_only_there() {
    let mut faults = Vec::new();
    for file in HOUSE.0.values() {
        for (library, homes) in TENANTS {
            if file.outside.contains(*library) && !homes.iter().any(|home| file.name.starts_with(home)) {
                faults.push(format!("src/{} names {library}", file.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_room_is_named_after_nothing() {
    for file in HOUSE.0.values() {
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
                !file.name.split('/').any(|part| part.trim_end_matches(".rs") == empty),
                "src/{}",
                file.name
            );
        }
    }
}

/// The reader itself: a small crate in which every way to name a sibling occurs once.
#[test]
fn a_path_is_followed_to_the_file_that_defines_its_item() {
    let small = Crate::of([
        ("lib.rs", "pub mod room; pub mod low;"),
        ("low.rs", "pub fn fall() {}"),
        (
            "room/mod.rs",
            "mod first; mod second; mod third; mod deep; pub use second::Thing; pub use deep::{inner::Leaf as Blade, Root};
             pub struct Shared; fn own() { first::go(); }
             const ALL: &[fn()] = &[third::Odd::a];",
        ),
        (
            "room/first.rs",
            "use super::{Thing, deep::inner::{self, Leaf}}; // super::third
             /// crate::room::third
             fn go() { let text = \"super::third::x\"; inner::grow(); println!(\"{}\", crate::low::fall()); }
             #[cfg(test)] mod tests { use super::super::third::Odd; }",
        ),
        ("room/second.rs", "pub struct Thing(super::Blade);"),
        (
            "room/third.rs",
            "pub struct Odd; impl Odd { fn a(&self) { self.first().second(); } }",
        ),
        (
            "room/deep/mod.rs",
            "pub mod inner; pub struct Root; mod tests { fn a() -> super::super::Thing {} }",
        ),
        (
            "room/deep/inner.rs",
            "use super::super::{Shared, second}; pub struct Leaf; pub fn grow() -> second::Thing {}",
        ),
    ]);
    let uses = |of: &str| -> Vec<String> {
        let module: Module = of.split('/').map(str::to_owned).collect();
        small.uses(&module).iter().map(|used| path(used)).collect()
    };
    assert_eq!(uses("room/first"), ["low", "room/deep/inner", "room/second"]);
    assert_eq!(uses("room/second"), ["room/deep/inner"]);
    assert_eq!(uses("room/third"), [""; 0]);
    assert_eq!(uses("room/deep"), ["room/second"]);
    assert_eq!(uses("room/deep/inner"), ["room", "room/second"]);
    assert_eq!(uses("room"), ["room/first"]);
    let found = circles(&small);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["room"], "{found:?}");
    let lines: Vec<&str> = found["room"].lines().skip(1).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "room/deep/inner.rs uses room",
            "room/deep/inner.rs uses room/second",
            "room/deep/mod.rs uses room/second",
            "room/first.rs uses room/deep/inner",
            "room/first.rs uses room/second",
            "room/mod.rs uses room/first",
            "room/second.rs uses room/deep/inner",
        ]
    );
}
