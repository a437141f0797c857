//! Every text of the source that a person may read: the string literals outside tests, and the help of the command line.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A text and where it stands.
#[derive(Debug, Clone)]
pub struct Text {
    /// The file below `src`, or the command whose help it is
    pub place: String,
    /// The subcommand in whose file or help it stands
    pub command: Option<String>,
    /// Its words
    pub words: String,
}

/// All texts of a source folder. A literal without a blank is a name, not a text.
pub fn of_source(src: &Path) -> Vec<Text> {
    let mut found = Vec::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !is_for_tests(&path) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|end| end == "rs") && !is_for_tests(&path) {
                let place = path.strip_prefix(src).unwrap().to_string_lossy().replace('\\', "/");
                for words in of_file(&fs::read_to_string(&path).unwrap()) {
                    found.push(Text {
                        command: command_of(&place),
                        place: place.clone(),
                        words,
                    });
                }
            }
        }
    }
    found
}

/// Whether the file's `mod` line stands under `#[cfg(test)]`.
fn is_for_tests(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy();
    let parent = fs::read_to_string(path.with_file_name("mod.rs")).unwrap_or_default();
    let line = format!("\nmod {name};");
    parent
        .split_once(&line)
        .is_some_and(|(before, _)| before.ends_with("#[cfg(test)]"))
}

/// The names below a folder: literals without a blank.
pub fn names_below(folder: &Path) -> BTreeSet<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            literals(fs::read_to_string(path).unwrap().parse().unwrap(), &mut found);
        }
    }
    found.into_iter().filter(|words| !words.contains(' ')).collect()
}

/// The texts of one file.
pub fn of_file(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    literals(source.parse().unwrap(), &mut found);
    found.retain(|words| words.contains(' '));
    found
}

/// The subcommand that a file of the command line belongs to.
fn command_of(place: &str) -> Option<String> {
    let inside = place.strip_prefix("cli/")?;
    let (name, _) = inside.split_once(['/', '.'])?;
    Some(name.to_owned())
}

fn literals(stream: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        // An attribute of what encloses it has an exclamation mark.
        let inner = matches!((&tokens[at], tokens.get(at + 1)), (TokenTree::Punct(hash), Some(TokenTree::Punct(mark)))
            if hash.as_char() == '#' && mark.as_char() == '!');
        if inner {
            at += 3;
            continue;
        }
        if let (TokenTree::Punct(sign), Some(TokenTree::Group(group))) = (&tokens[at], tokens.get(at + 1))
            && sign.as_char() == '#'
            && group.delimiter() == Delimiter::Bracket
        {
            let words = group.stream().to_string();
            if words.starts_with("cfg (test)") || words.starts_with("cfg(test)") {
                // The item under it: up to its body or its semicolon.
                at += 2;
                while at < tokens.len() {
                    let ends = match &tokens[at] {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(sign) => sign.as_char() == ';',
                        _ => false,
                    };
                    at += 1;
                    if ends {
                        break;
                    }
                }
                continue;
            }
            // Remarks for programmers; those of the command line are read from its help.
            if words.starts_with("doc") || words.starts_with("allow") || words.starts_with("expect") {
                at += 2;
                continue;
            }
        }
        match &tokens[at] {
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => found.extend(unquoted(&literal.to_string())),
            _ => {}
        }
        at += 1;
    }
}

/// What a string literal stands for.
fn unquoted(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return Some(raw.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let inside = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut words = String::new();
    let mut letters = inside.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            words.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => words.push('\n'),
            Some('t') => words.push('\t'),
            Some('\n') => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
            Some('u') => while letters.next_if(|letter| *letter != '}').is_some() {},
            Some(other) => words.push(other),
            None => {}
        }
    }
    Some(words)
}
