//! The catalogue of messages: identities are there once and are used, and every language says what English says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use radscore::message::english::entries;
use radscore::message::language::{LANGUAGES, Language};
use radscore::message::{Entry, faults};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("src/message") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn an_identity_is_there_once() {
    let mut seen = HashSet::new();
    for entry in entries() {
        assert!(seen.insert(entry.name), "{} is there twice", entry.name);
        assert!(!entry.english.trim().is_empty(), "{} says nothing", entry.name);
        let faults = faults(entry.english, entry.values, LANGUAGES[0].forms);
        assert!(faults.is_empty(), "{}: {faults:?}", entry.name);
    }
}

#[test]
fn every_message_is_used() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let code: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let words: HashSet<&str> = code
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .collect();
    // The catalogue's own machinery uses the general ones.
    let unused: Vec<&str> = entries()
        .filter(|entry| !entry.name.starts_with("general."))
        .map(|entry| entry.name)
        .filter(|name| !words.contains(name.rsplit('.').next().unwrap_or_default()))
        .collect();
    assert!(unused.is_empty(), "nobody says {}", unused.join(", "));
}

/// What is wrong with a language's file.
fn wrong(language: &Language) -> Vec<String> {
    let known = |name: &str| entries().find(|entry| entry.name == name);
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for (name, text) in language.rows() {
        if !seen.insert(name) {
            wrong.push(format!("{name} is there twice"));
        }
        match known(name) {
            None => wrong.push(format!("{name} is no message")),
            Some(entry) => {
                let faults = faults(text, entry.values, language.forms);
                wrong.extend(
                    faults
                        .into_iter()
                        .map(|fault| format!("{name}: {fault:?} in \"{text}\"")),
                );
            }
        }
    }
    wrong
}

/// The messages that a language has no words for.
fn missing(language: &Language) -> Vec<&'static Entry> {
    let said: HashSet<&str> = language.rows().map(|(name, _)| name).collect();
    entries().filter(|entry| !said.contains(entry.name)).collect()
}

#[test]
fn every_language_says_what_english_says() {
    for language in &LANGUAGES[1..] {
        let wrong = wrong(language);
        assert!(wrong.is_empty(), "{}:\n{}", language.name, wrong.join("\n"));
        let missing: Vec<String> = missing(language)
            .iter()
            .map(|entry| format!("{} = {}", entry.name, entry.english))
            .collect();
        assert!(
            missing.is_empty(),
            "{} does not say:\n{}",
            language.name,
            missing.join("\n")
        );
    }
}

#[test]
fn languages_have_codes_of_their_own_and_english_is_the_first() {
    let codes: Vec<&str> = LANGUAGES.iter().map(|language| language.code).collect();
    assert_eq!(codes[0], "en");
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
}
