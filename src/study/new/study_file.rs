//! The text of a study file: every key that is stated with its value and what it means, every other one as a comment with its
//! default, in the order of the program's own table of keys.

use std::path::{Component, Path};

use serde_json::{Map, Value};

use crate::message::nearest::nearest;
use crate::study::error::StudyError;
use crate::study::input::keys::Row;
use crate::study::input::yaml::{Document, put};

/// The text of a study file. `stated` are the keys with their values, as `outcome.event`; `rows` all keys that there are.
///
/// # Errors
/// If a text cannot be written so that it is read back as it is.
pub fn text(path: &Path, title: &str, stated: &[(String, Value)], rows: &[&Row]) -> Result<String, StudyError> {
    if let Some((name, _)) = stated.iter().find(|(name, _)| {
        let section = name.split('.').next();
        !rows.iter().any(|row| row.name.split('.').next() == section)
    }) {
        let meant = match nearest(name, rows.iter().map(|row| row.name)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!(
                "known keys are {}, and others",
                rows.iter().take(6).map(|row| row.name).collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(StudyError::Cohort(format!("{name}: unknown key; {meant}")));
    }
    let tree = tree(stated);
    let mut text = format!("# {title}\n# Paths are relative to this file. Keys behind # show their defaults.\n");
    let mut sections: Vec<&str> = Vec::new();
    for row in rows {
        let section = row.name.split('.').next().unwrap_or_default();
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    for section in sections {
        let own: Vec<&&Row> = rows
            .iter()
            .filter(|row| row.name.split('.').next() == Some(section))
            .collect();
        text.push('\n');
        match (own.as_slice(), tree.get(section)) {
            ([row], Some(value)) if row.name == section => {
                text.push_str(&format!("# {}\n{section}: {}\n", row.doc, scalar(value)));
            }
            ([row], None) if row.name == section => {
                text.push_str(&format!("# {section}: {}   # {}\n", row.default, row.doc));
            }
            (rows, stated) => {
                let stated = stated.and_then(Value::as_object);
                // Taking away a line's # is all that a key needs to be in its place.
                let (head, indent) = if stated.is_some() { ("", "  # ") } else { ("# ", "#   ") };
                text.push_str(&format!("{head}{section}:\n"));
                for row in rows {
                    let key = &row.name[(section.len() + 1).min(row.name.len())..];
                    let value = stated.and_then(|map| map.get(key));
                    text.push_str(&match value {
                        Some(value) => format!("  {key}: {}   # {}\n", scalar(value), row.doc),
                        None if row.default.is_empty() => format!("{indent}{key}:   # {}\n", row.doc),
                        None => format!(
                            "{indent}{key}: {}   # {}\n",
                            scalar(&row.default_value().unwrap_or_default()),
                            row.doc
                        ),
                    });
                }
                // What is in no row, as a parameter of the extraction, stays as it was given.
                for (key, value) in stated.into_iter().flatten() {
                    if !rows.iter().any(|row| row.name == format!("{section}.{key}")) {
                        text.push_str(&format!(
                            "  {}: {}\n",
                            scalar(&Value::from(key.as_str())),
                            scalar(value)
                        ));
                    }
                }
            }
        }
    }
    let text: String = text.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    let read = Document::parse(path, text.as_bytes())?;
    if read.value == Value::Object(tree) {
        Ok(text)
    } else {
        Err(StudyError::Cohort(format!(
            "{}: the answers cannot be written as YAML so that they are read back as they are; is there a control character in a name?",
            path.display()
        )))
    }
}

/// Keys with points as sections, in the order given.
fn tree(stated: &[(String, Value)]) -> Map<String, Value> {
    let mut tree = Value::Object(Map::new());
    for (name, value) in stated {
        put(&mut tree, &name.split('.').collect::<Vec<_>>(), value);
    }
    match tree {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A value on one line of YAML.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(list) => format!("[{}]", list.iter().map(scalar).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), scalar(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as YAML reads it back: as it is where it is a plain word, else quoted.
fn quoted(text: &str) -> String {
    /// Words that YAML takes for something else.
    const RESERVED: [&str; 10] = ["y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan"];
    let letters = |letter: char| letter.is_alphanumeric() || ['_', '/', '.', '-', ' '].contains(&letter);
    let plain = text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(letters)
        && text.trim() == text
        && !RESERVED.contains(&text.to_lowercase().as_str());
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// A file as a study file in `folder` names it: relative with `/` where they have a folder in common, else whole.
pub fn path_from(folder: &Path, file: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parts = |path: &Path| -> Vec<String> {
        let names = path.components().filter(|part| *part != Component::RootDir);
        names
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (from, to) = (absolute(folder), absolute(file));
    // What lies below the folder keeps the name by which the person knows it, be it a link.
    if let Ok(below) = to.strip_prefix(&from)
        && !below.components().any(|part| part == Component::ParentDir)
    {
        return parts(below).join("/");
    }
    // Elsewhere `..` leads by the folders as they are without links.
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let from = real(&from);
    let to = match (to.parent(), to.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => real(&to),
    };
    let (from_parts, to_parts) = (parts(&from), parts(&to));
    let same = from_parts
        .iter()
        .zip(&to_parts)
        .take_while(|(left, right)| left == right)
        .count();
    if same == 0 {
        return to.to_string_lossy().into_owned();
    }
    let up = std::iter::repeat_n("..", from_parts.len() - same).map(str::to_owned);
    up.chain(to_parts[same..].iter().cloned()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::study::keys;

    #[test]
    fn what_is_written_is_read_back_with_every_other_key_as_a_comment() {
        let stated = [
            (
                "cohort".to_owned(),
                json!(["扫描.csv", {"file": "yes.csv", "id": "no"}]),
            ),
            ("columns.id".to_owned(), json!("Case ID")),
            ("outcome.column".to_owned(), json!("转移 (1=有)")),
            ("outcome.event".to_owned(), json!("2")),
            ("clinical.columns".to_owned(), json!(["age", "# of levels", "off"])),
            ("extraction.setting.binWidth".to_owned(), json!(10)),
        ];
        let text = text(Path::new("s.yaml"), "A study", &stated, &keys()).unwrap();
        assert!(
            text.contains("\ncohort: [扫描.csv, {file: yes.csv, id: \"no\"}]\n"),
            "{text}"
        );
        assert!(
            text.contains("  event: \"2\"   # the value that is the event\n"),
            "{text}"
        );
        for row in keys() {
            let leaf = row.name.rsplit('.').next().unwrap();
            assert!(text.contains(&format!("{leaf}:")), "{} is not shown", row.name);
        }
        // Every comment of a key, taken in, is a study file again.
        let all: Vec<String> = text
            .lines()
            .map(|line| {
                let key = line.replacen("# ", "", 1);
                let is_key = key
                    .split_once(':')
                    .is_some_and(|(name, _)| !name.trim_start().contains(' '));
                let commented = line.trim_start().starts_with("# ");
                if commented && is_key { key } else { line.to_owned() }
            })
            .collect();
        let all = Document::parse(Path::new("s.yaml"), all.join("\n").as_bytes())
            .unwrap()
            .value;
        assert_eq!(all["select"]["lambda"], "min");
        assert_eq!(all["clinical"]["rule"], "p");
    }

    #[test]
    fn a_path_is_told_from_the_study_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("study")).unwrap();
        std::fs::create_dir_all(folder.path().join("data/scans")).unwrap();
        let (study, scans) = (folder.path().join("study"), folder.path().join("data/scans"));
        assert_eq!(path_from(&study, &scans), "../data/scans");
        assert_eq!(path_from(folder.path(), &scans.join("a.nii")), "data/scans/a.nii");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&scans, study.join("linked")).unwrap();
            assert_eq!(path_from(&study, &study.join("linked/a.nii")), "linked/a.nii");
        }
    }
}
