//! Whatever a message names is there: keys of a study file, settings of an extraction, commands and their options, rules of
//! the guard, stages, artefacts, keys of the screens.
//!
//! The texts are gathered from the source and from the help, the names from the program's own registries; each kind of name
//! has its sign in a text. Whoever finds a name here that is none of radscore's own, such as a function of R, lists it under
//! [`FOREIGN`] with whose it is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use radscore::cli::command_line;
use radscore::message::english::entries;
use radscore::study::guard::RULES;
use radscore::study::keys;
use radscore::study::stages::STAGES;
use radscore::tui::app::program_rows;
use radscore::tui::command::{GROUPS, Row};
use radscore::tui::screens::SCREENS;
use serde_json::Value;
use texts::{Text, of_file, of_source};

/// Names of others that look like ours.
const FOREIGN: &[(&str, &str)] = &[
    ("check.names", "R"),
    ("--array", "HyperQueue"),
    ("colClasses", "R"),
    ("seq_len", "R"),
    ("pROC", "R"),
    ("viewBox", "SVG"),
    ("clipPath", "SVG"),
    ("preserveAspectRatio", "SVG"),
    ("nii.gz", "the end of a file's name"),
    ("seg.nrrd", "the end of a file's name"),
    ("qform_code", "the NIfTI header"),
    ("sform_code", "the NIfTI header"),
    ("qoffset_x", "the NIfTI header"),
    ("quatern_b", "the NIfTI header"),
    ("srow_x", "the NIfTI header"),
    ("vox_offset", "the NIfTI header"),
    ("ct_phantom", "the IBSI's data"),
    ("shape2D", "PyRadiomics' class"),
    ("sitkBSpline", "SimpleITK"),
    ("sitkLinear", "SimpleITK"),
    ("sitkNearestNeighbor", "SimpleITK"),
    ("findCorrelation", "R's caret"),
    ("kV", "a unit"),
    ("mRMR", "a method"),
    ("y_bin", "a column of the examples' table"),
    ("y_num", "a column of the examples' table"),
    ("nerve_compression", "a column of the sample study"),
    ("family_history", "a column of the sample study"),
    ("weight_loss", "a column of the sample study"),
    ("bone_pain", "a column of the sample study"),
    ("case_id", "a column of the examples' table"),
    ("--raw", "an option of gdcmconv"),
];

/// Words after "radscore" that say what it does and are no commands.
const VERBS: &[&str] = &[
    "reads", "knows", "wrote", "was", "sample", "version", "model", "study", "cannot", "then", "has", "remove", "or",
    "which", "from", "fitted",
];

fn foreign(name: &str) -> bool {
    FOREIGN.iter().any(|(known, _)| *known == name)
}

/// Everything that a text may name.
struct Registries {
    /// Subcommand to its options, with the hyphens; `""` has those of the program itself
    options: BTreeMap<String, BTreeSet<String>>,
    keys: Vec<&'static str>,
    settings: BTreeSet<String>,
    audited: BTreeSet<String>,
    artefacts: BTreeSet<&'static str>,
    stages: BTreeSet<&'static str>,
}

impl Registries {
    fn read() -> Self {
        let mut options: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut whole = command_line();
        whole.build();
        for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
            let name = if command.get_name() == whole.get_name() {
                ""
            } else {
                command.get_name()
            };
            let own = options.entry(name.to_owned()).or_default();
            for part in std::iter::once(command).chain(command.get_subcommands().filter(|_| !name.is_empty())) {
                for argument in part.get_arguments() {
                    own.extend(
                        argument
                            .get_long_and_visible_aliases()
                            .into_iter()
                            .flatten()
                            .map(|long| format!("--{long}")),
                    );
                    own.extend(argument.get_short().map(|short| format!("-{short}")));
                }
            }
        }
        let mut settings: BTreeSet<String> = ["setting", "imageType", "featureClass", "voxelSetting", "convention"]
            .map(str::to_owned)
            .into();
        for list in ["--settings", "--image-types"] {
            let rows: Value = serde_json::from_str(&said(&["features", list, "--json"])).unwrap();
            settings.extend(
                rows.as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["name"].as_str().unwrap().to_owned()),
            );
        }
        Self {
            options,
            keys: keys().iter().map(|row| row.name).collect(),
            settings,
            audited: texts::names_below(&source().join("audit")),
            artefacts: STAGES.iter().flat_map(|stage| stage.makes()).collect(),
            stages: STAGES
                .iter()
                .flat_map(|stage| [Some(stage.name()), stage.group()])
                .flatten()
                .collect(),
        }
    }

    fn is_key(&self, name: &str) -> bool {
        self.keys
            .iter()
            .any(|key| *key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Whether it is a key, a section, or what stands under a key with a form of its own.
    fn is_in_a_study_file(&self, name: &str) -> bool {
        self.is_key(name)
            || self
                .keys
                .iter()
                .any(|key| name.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Everything in a text that is nowhere, in words.
    fn faults(&self, text: &Text) -> Vec<String> {
        let mut faults = Vec::new();
        self.command_faults(text, &mut faults);
        self.name_faults(text, &mut faults);
        self.snippet_faults(text, &mut faults);
        self.file_faults(text, &mut faults);
        for fault in &mut faults {
            *fault = format!("{}: {fault} in \"{:.300}\"", text.place, text.words.trim());
        }
        faults
    }

    /// Subcommands after "radscore", and options: of the command named last, of the file's own, or of any.
    fn command_faults(&self, text: &Text, faults: &mut Vec<String>) {
        let mut command = text.command.as_deref().filter(|name| self.options.contains_key(*name));
        let mut named = false;
        let own = command;
        for line in text.words.lines() {
            let mut before = "";
            // An example has a line of its own; what follows speaks of the text's own command again.
            if !line.starts_with("    ") {
                command = own;
            }
            for word in line.split_whitespace() {
                let plain = word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '-');
                if before == "radscore" && starts_small(word) && !VERBS.contains(&plain) && !foreign(plain) {
                    if let Some((known, _)) = self.options.get_key_value(plain) {
                        command = Some(known);
                        named = true;
                    } else {
                        faults.push(format!("the command {plain} is not there"));
                    }
                } else if is_option(plain) {
                    let option = plain.split('=').next().unwrap();
                    let there = match command {
                        Some(command) => self.options[command].contains(option),
                        None => self.options.values().any(|options| options.contains(option)),
                    };
                    if !there && !foreign(option) && (named || option.starts_with("--")) {
                        faults.push(format!("{} has no option {option}", command.unwrap_or("radscore")));
                    }
                }
                // The end of a clause is the end of what is said of that command.
                if word.ends_with(['.', ':', ';']) {
                    command = own;
                }
                before = plain;
            }
        }
    }

    /// Words with points, capitals inside or underscores: keys, settings, fields of an audited model.
    fn name_faults(&self, text: &Text, faults: &mut Vec<String>) {
        // Formulas have symbols, and the script is R's.
        if text.place.starts_with("features/family") || text.place.starts_with("study/r_script") {
            return;
        }
        let plain = without_values(&text.words);
        for word in
            plain.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '.' && letter != '/')
        {
            let word = word.trim_matches('.');
            if word.contains('/') || foreign(word) || !word.starts_with(|letter: char| letter.is_ascii_lowercase()) {
                continue;
            }
            let head = word.split('.').next().unwrap();
            if word.contains('.') {
                if !ends_like_a_file(word) && self.is_key(head) && !self.is_in_a_study_file(word) {
                    faults.push(format!("the key {word} is not there"));
                }
            } else if word.chars().any(|letter| letter.is_ascii_uppercase()) {
                if !self.settings.contains(word) {
                    faults.push(format!("the setting {word} is not there"));
                }
            } else if word.contains('_') {
                let a_key = self.keys.iter().any(|key| key.rsplit('.').next() == Some(word));
                let a_value = keys().iter().any(|row| row.doc.contains(word));
                let of_audits = text.place.starts_with("audit") || text.place == "message/english/audit.rs";
                let audited = of_audits && self.audited.contains(word);
                if !a_key && !a_value && !audited && !word.ends_with('_') && !self.settings.contains(word) {
                    faults.push(format!("{word} is no key, setting or column"));
                }
            }
        }
        for place in plain
            .match_indices("the stage ")
            .map(|(at, words)| &plain[at + words.len()..])
        {
            let name: String = place.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            if starts_small(&name)
                && !self.stages.contains(name.as_str())
                && !["is", "again", "alone"].contains(&&*name)
            {
                faults.push(format!("the stage {name} is not there"));
            }
        }
        for word in plain.split(|letter: char| !letter.is_alphanumeric()) {
            let number = word
                .strip_prefix('L')
                .filter(|rest| rest.len() == 2 && rest.parse::<u8>().is_ok());
            if number.is_some() && !RULES.iter().any(|rule| rule.id == word) {
                faults.push(format!("the rule {word} is not there"));
            }
        }
    }

    /// Pieces of a study file: `columns: {patient: NAME}`, `controls: true`.
    fn snippet_faults(&self, text: &Text, faults: &mut Vec<String>) {
        for snippet in snippets(&text.words) {
            let value: Value = serde_yaml::from_str(&snippet).unwrap_or_else(|error| panic!("{snippet}: {error}"));
            let mut names = Vec::new();
            flatten("", &value, &mut names);
            for name in names {
                if !self.is_in_a_study_file(&name) && !self.settings.contains(&name) {
                    faults.push(format!("the key {name} of {snippet} is not there"));
                }
            }
        }
    }

    /// Artefacts by their path below the results, files of the repository by theirs.
    fn file_faults(&self, text: &Text, faults: &mut Vec<String>) {
        for word in text
            .words
            .split(|letter: char| letter.is_whitespace() || "\"'(),;`:".contains(letter))
        {
            let word = word.trim_end_matches('.');
            let Some((root, _)) = word.split_once('/') else {
                continue;
            };
            if word.contains(['{', '}', '*']) || word.contains("//") {
                continue;
            }
            if ["tests", "configs", "sample-cases", "docs"].contains(&root) {
                if !Path::new(env!("CARGO_MANIFEST_DIR")).join(word).exists() {
                    faults.push(format!("the file {word} is not there"));
                }
            } else if ends_like_a_file(word) {
                let inside = word.strip_prefix("results/").unwrap_or(word);
                let folder = inside.split('/').next().unwrap();
                let known = self
                    .artefacts
                    .iter()
                    .any(|artefact| artefact.starts_with(&format!("{folder}/")));
                if (known || inside.len() < word.len()) && !self.artefacts.contains(inside) {
                    faults.push(format!("the artefact {word} is not there"));
                }
            }
        }
    }
}

fn source() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn said(arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn starts_small(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_lowercase())
}

fn is_option(word: &str) -> bool {
    let long = word.strip_prefix("--").is_some_and(starts_small);
    long || (word.len() == 2 && word.starts_with('-') && word.ends_with(|letter: char| letter.is_ascii_lowercase()))
}

fn ends_like_a_file(word: &str) -> bool {
    [
        "csv", "json", "jsonl", "yaml", "svg", "md", "gz", "nrrd", "parquet", "html", "org", "net", "R",
    ]
    .iter()
    .any(|end| word.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')))
}

/// A text without its placeholders.
fn without_values(words: &str) -> String {
    let mut left = String::new();
    let mut rest = words;
    while let Some(start) = rest.find('{') {
        left.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        if let Some(end) = rest.find(['{', '}', ' '])
            && rest[end..].starts_with('}')
        {
            left.push('0');
            rest = &rest[end + 1..];
        }
    }
    left.push_str(rest);
    left
}

/// The pieces of YAML in a text, each as a document.
fn snippets(words: &str) -> Vec<String> {
    // Doubled braces are those of a format; what is filled in is a word, and so is what is left open.
    let mut plain = words.replace("{{", "\u{1}").replace("}}", "\u{2}");
    while let Some(start) = plain.find('{') {
        let end = plain[start..].find(['}', ' ']).map(|end| start + end);
        match end {
            Some(end) if plain[end..].starts_with('}') => plain.replace_range(start..=end, "X"),
            _ => plain.replace_range(start..=start, "\u{1}"),
        }
    }
    let plain = plain.replace('}', "\u{2}").replace('…', "X");
    let mut found = Vec::new();
    let mut rest = plain.as_str();
    while let Some(colon) = rest.find(": ") {
        let name: String = rest[..colon]
            .chars()
            .rev()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "_.".contains(*letter))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let value = &rest[colon + 2..];
        let opens = |sign: char| value.starts_with(sign);
        let mut taken = 0;
        if !name.is_empty() && (opens('\u{1}') || opens('[')) {
            let mut depth = 0;
            for (at, letter) in value.char_indices() {
                depth += i32::from(matches!(letter, '\u{1}' | '[')) - i32::from(matches!(letter, '\u{2}' | ']'));
                if depth == 0 {
                    taken = at + letter.len_utf8();
                    break;
                }
            }
        } else if !name.is_empty() {
            taken = ["true", "false"]
                .iter()
                .find(|word| value.starts_with(**word))
                .map_or(0, |word| word.len());
        }
        // What clap says of an option's values looks like YAML.
        if taken > 0 && !["default", "values"].contains(&name.as_str()) {
            let body = value[..taken].replace('\u{1}', "{").replace('\u{2}', "}");
            found.push(format!("{name}: {body}"));
        }
        rest = &value[taken..];
    }
    found
}

/// The names of a document's keys, with points; a list's entries stand under the list's own name.
fn flatten(place: &str, value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let name = if place.is_empty() {
                    key.clone()
                } else {
                    format!("{place}.{key}")
                };
                names.push(name.clone());
                flatten(&name, value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| flatten(place, value, names)),
        _ => {}
    }
}

fn help_texts() -> Vec<Text> {
    let mut whole = command_line();
    whole.build();
    let mut found = vec![Text {
        place: "help".to_owned(),
        command: None,
        words: whole.render_long_help().to_string(),
    }];
    for command in whole.get_subcommands_mut() {
        found.push(Text {
            place: format!("help of {}", command.get_name()),
            command: Some(command.get_name().to_owned()),
            words: command.render_long_help().to_string(),
        });
    }
    found
}

#[test]
fn what_a_text_names_is_there() {
    let registries = Registries::read();
    let mut texts = of_source(&source());
    assert!(texts.len() > 1500, "{} texts", texts.len());
    texts.extend(help_texts());
    let faults: Vec<String> = texts.iter().flat_map(|text| registries.faults(text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_not_there_is_found() {
    let registries = Registries::read();
    let faults = |command: Option<&str>, words: &str| {
        let text = Text {
            place: "x.rs".to_owned(),
            command: command.map(str::to_owned),
            words: words.to_owned(),
        };
        registries.faults(&text).len()
    };
    for (command, words) in [
        (None, "say --resample-count"),
        (Some("roc"), "say --until or --json"),
        (Some("roc"), "run: radscore run {} --score x"),
        (None, "run radscore rune STUDY"),
        (None, "set evaluate.resample above 0"),
        (None, "set folds_seed"),
        (None, "set binwidth or binWidht"),
        (None, "(control: true)"),
        (None, "name the column, as columns: {patients: NAME}"),
        (None, "guard: {{allows: [{{rule: {}, reason: …}}]}}"),
        (None, "it comes from the stage selection"),
        (None, "L99 is broken"),
        (None, "see results/fit/model-3.json"),
        (None, "see tests/golden/nothing.csv"),
    ] {
        assert!(faults(command, words) > 0, "{words}");
    }
    for words in [
        "say --set select.folds=5 or controls: true",
        "columns: {patient: NAME}",
        "guard: {{allow: [{{rule: {}, reason: …}}]}}, L17",
        "the stage {stage}, the stage robustness: fit/model-1.json",
        "{left_out} of {cases}: {}",
    ] {
        assert_eq!(faults(None, words), 0, "{words}");
    }
    assert_eq!(
        of_file(
            r#"fn f() { g("a \"b\" \
        c", "name"); } #[cfg(test)] mod tests { const A: &str = "not this"; }"#
        ),
        ["a \"b\" c"]
    );
}

/// How a text speaks of a key: the words, the key, and the command that it must do.
const KEYS: &[(&str, &str, &str)] = &[
    ("R runs", "R", "commands.RUN_ALL"),
    ("R goes on", "R", "commands.RUN_ALL"),
    ("b gives a reason", "b", "commands.GIVE_REASON"),
    ("R all", "R", "commands.RUN_ALL"),
    ("r does it", "r", "commands.RUN"),
    ("r goes on", "r", "commands.RUN"),
    ("Press r to run", "r", "commands.RUN"),
    ("x cancels", "x", "commands.CANCEL"),
    ("q leaves", "q", "commands.QUIT"),
    ("e saves", "e", "commands.EXPORT"),
    ("(w writes a table)", "w", "commands.SAVE_COHORT"),
    ("save table (w", "w", "commands.SAVE_COHORT"),
    ("save (C-s)", "C-s", "commands.SAVE"),
    ("undo (u)", "u", "commands.UNDO"),
    ("v opens", "v", "commands.VIEW"),
    ("d leaves out", "d", "commands.DROP"),
    ("o opens", "o", "commands.OPEN"),
    ("o this alone", "o", "commands.RUN_ONE"),
    ("v: slices", "v", "commands.VIEW"),
    ("hidden (B)", "B", "commands.SECOND_READER"),
    ("(t: all of them)", "t", "commands.TABLE"),
    ("Press 2, go to", "2", "pipeline.TITLE"),
    ("s standardised", "s", "commands.STANDARDISED"),
    ("n one case", "n", "commands.CASE"),
];

/// Letters that are keys of a question, which its own overlay answers: y and Esc.
const ANSWERS: &[&str] = &["y leaves", "y does it", "y takes it"];
/// Letters that are a statistic or stand for an option's value, and no keys.
const NO_KEYS: &[&str] = &["P values", "X judges", "K fills"];

#[test]
fn keys_that_texts_name_do_what_the_texts_say() {
    let mut rows: Vec<Row> = program_rows().collect();
    rows.extend(GROUPS.iter().flat_map(|group| group.rows.iter().map(|(_, row)| *row)));
    rows.extend(
        SCREENS
            .iter()
            .flat_map(|entry| (entry.make)().all_own())
            .flat_map(|(_, rows)| rows),
    );
    let mut wrong = Vec::new();
    let mut said = BTreeSet::new();
    for entry in entries() {
        let mut text = entry.english.to_owned();
        for (words, key, command) in KEYS {
            if text.contains(words) {
                said.insert(*words);
                text = text.replace(words, "");
                let there = rows
                    .iter()
                    .any(|row| row.name.name() == *command && row.keys.contains(key));
                if !there {
                    wrong.push(format!("{}: \"{words}\", but {key} is not {command}", entry.name));
                }
            }
        }
        for words in ANSWERS.iter().chain(NO_KEYS) {
            text = text.replace(words, "");
        }
        // What is left: a letter that does something and is not known here.
        let left: Vec<&str> = text.split_whitespace().collect();
        for pair in left.windows(2) {
            let letter =
                pair[0].len() == 1 && pair[0].chars().all(char::is_alphabetic) && !["a", "A", "I"].contains(&pair[0]);
            let verb = pair[1].trim_end_matches([',', ';', '.']);
            if letter && verb.len() > 3 && verb.ends_with('s') {
                wrong.push(format!("{}: which key is \"{} {}\"?", entry.name, pair[0], pair[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unsaid: Vec<&str> = KEYS
        .iter()
        .map(|(words, _, _)| *words)
        .filter(|words| !said.contains(words))
        .collect();
    assert!(unsaid.is_empty(), "no text says {unsaid:?}");
}
