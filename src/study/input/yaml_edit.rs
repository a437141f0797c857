//! Writing a value into the text of a study file: everything else of the text stays as it is, its comments and the order of its
//! keys too.
//!
//! The text is edited line by line, as a person would: the value behind a key is replaced, a key that is not there is added at
//! the end of its section. YAML can be written in ways in which no line is the right one, so what comes of it is read again and
//! is taken only if it says what it should.

use std::path::Path;

use serde_json::Value;

use super::yaml::{Document, put as put_value};

/// A document with `value` under a chain of keys; `None` where its text does not let that be done.
pub fn with(document: &Document, keys: &[&str], value: &Value) -> Option<Document> {
    let text = written(document.text(), keys, value)?;
    let mut meant = document.value.clone();
    put_value(&mut meant, keys, value);
    let edited = Document::parse(&document.path, text.as_bytes()).ok()?;
    (edited.value == meant).then_some(edited)
}

/// The text with `value` under a chain of keys; `None` where the text has no line for it.
fn written(text: &str, keys: &[&str], value: &Value) -> Option<String> {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let whole = 0..lines.len();
    put(&mut lines, whole, 0, keys, value)?;
    let mut written = lines.join(ending);
    written.push_str(ending);
    Some(written)
}

/// Puts a value under keys of the section whose lines and indentation these are.
fn put(
    lines: &mut Vec<String>,
    section: std::ops::Range<usize>,
    indent: usize,
    keys: &[&str],
    value: &Value,
) -> Option<()> {
    let (key, rest) = keys.split_first()?;
    let Some(at) = section.clone().find(|&at| names(&lines[at], indent, key)) else {
        let end = last_of(lines, section) + 1;
        lines.splice(end..end, lines_of(indent, keys, value));
        return Some(());
    };
    let end = end_of(lines, at, section.end, indent);
    let colon = colon_of(&lines[at], key)?;
    let (stands, comment) = apart(&lines[at][colon + 1..]);
    let stands = stands.trim().to_owned();
    let comment = comment.to_owned();
    if rest.is_empty() {
        lines[at] = format!("{}: {}{comment}", &lines[at][..colon], flow(value));
        lines.drain(at + 1..end);
        return Some(());
    }
    if stands.is_empty() {
        let children = at + 1..end;
        let inner = children
            .clone()
            .find(|&at| is_said(&lines[at]))
            .map_or(indent + 2, |at| indent_of(&lines[at]));
        if inner <= indent {
            return None;
        }
        if !children.clone().any(|at| is_said(&lines[at])) {
            let below = at + 1;
            lines.splice(below..below, lines_of(inner, rest, value));
            return Some(());
        }
        return put(lines, children, inner, rest, value);
    }
    // A section in braces, on as many lines as it takes, becomes one line.
    let mut braces = stands;
    for line in lines.iter().take(end).skip(at + 1) {
        let (more, left) = apart(line);
        if !left.trim().is_empty() {
            return None;
        }
        braces.push(' ');
        braces.push_str(more.trim());
    }
    if !braces.starts_with('{') {
        return None;
    }
    let mut section = Document::parse(Path::new(""), braces.as_bytes()).ok()?.value;
    put_value(&mut section, rest, value);
    lines[at] = format!("{}: {}{comment}", &lines[at][..colon], flow(&section));
    lines.drain(at + 1..end);
    Some(())
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line holds more than a comment.
fn is_said(line: &str) -> bool {
    let said = line.trim();
    !said.is_empty() && !said.starts_with('#')
}

/// Whether a line begins the value of a key at this indentation.
fn names(line: &str, indent: usize, key: &str) -> bool {
    indent_of(line) == indent && colon_of(line, key).is_some()
}

/// Where the colon behind a key stands, quoted or not.
fn colon_of(line: &str, key: &str) -> Option<usize> {
    let start = indent_of(line);
    let said = &line[start..];
    for quote in ["", "\"", "'"] {
        if let Some(rest) = said
            .strip_prefix(quote)
            .and_then(|said| said.strip_prefix(key))
            .and_then(|said| said.strip_prefix(quote))
        {
            let gap = rest.len() - rest.trim_start_matches(' ').len();
            let behind = &rest[gap..];
            if behind == ":" || behind.starts_with(": ") || behind.starts_with(":\t") {
                return Some(line.len() - rest.len() + gap);
            }
        }
    }
    None
}

/// The line behind the last one of a key's value: what is indented more, and the items of a list that are indented as the key.
fn end_of(lines: &[String], at: usize, end: usize, indent: usize) -> usize {
    let belongs =
        |line: &String| indent_of(line) > indent || (indent_of(line) == indent && line.trim_start().starts_with("- "));
    let mut last = at;
    for next in at + 1..end {
        if !is_said(&lines[next]) {
            continue;
        }
        if !belongs(&lines[next]) {
            break;
        }
        last = next;
    }
    last + 1
}

/// The last line of a section that says something; the line before the section where none does.
fn last_of(lines: &[String], section: std::ops::Range<usize>) -> usize {
    let first = section.start;
    let mut section = section;
    section
        .rfind(|&at| is_said(&lines[at]))
        .unwrap_or_else(|| first.saturating_sub(1))
}

/// What a line says, and the comment behind it with the spaces before it.
fn apart(line: &str) -> (&str, &str) {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            // A quote in quotes is written twice.
            (None, '\'') if before == '\'' => quote = Some(letter),
            (None, '\'' | '"') if " [{,:".contains(before) => quote = Some(letter),
            (Some(open), _) if open == letter && before != '\\' => quote = None,
            (None, '#') if before == ' ' || before == '\t' => {
                let said = line[..at].trim_end();
                return (said, &line[said.len()..]);
            }
            _ => {}
        }
        before = letter;
    }
    (line, "")
}

/// Lines that give the value under keys that are not there yet, a section a line.
fn lines_of(indent: usize, keys: &[&str], value: &Value) -> Vec<String> {
    let last = keys.len().saturating_sub(1);
    let line = |(depth, key): (usize, &&str)| {
        let end = if depth == last {
            format!(" {}", flow(value))
        } else {
            String::new()
        };
        format!("{}{key}:{end}", " ".repeat(indent + 2 * depth))
    };
    keys.iter().enumerate().map(line).collect()
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Array(values) => format!("[{}]", values.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| {
                let key = if is_plain(key) {
                    key.clone()
                } else {
                    Value::from(key.as_str()).to_string()
                };
                format!("{key}: {}", flow(value))
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        // What JSON writes in quotes is read the same by YAML.
        other => other.to_string(),
    }
}

/// Whether a text needs no quotes: it is taken for nothing but a text.
fn is_plain(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    text.starts_with(char::is_alphabetic)
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_-./".contains(letter))
        && !words.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn becomes(text: &str, key: &str, value: &Value, expected: &str) {
        let keys: Vec<&str> = key.split('.').collect();
        let document = Document::parse(Path::new("study.yaml"), text.as_bytes()).unwrap();
        assert_eq!(written(text, &keys, value).unwrap(), expected);
        assert_eq!(with(&document, &keys, value).unwrap().text(), expected);
    }

    #[test]
    fn a_value_is_replaced_and_everything_else_stays() {
        let text = "# my study\ncohort: cohort.csv   # the table\n\nselect:\n  # the penalty\n  lambda: min   # or 1se\n  folds: 10\n\nsplit:\n  ratio: 2:1\n";
        becomes(text, "select.lambda", &json!(0.05), &text.replace("min ", "0.05 "));
        becomes(text, "split.ratio", &json!("7:3"), &text.replace("2:1", "\"7:3\""));
        becomes(
            text,
            "cohort",
            &json!("other.csv"),
            &text.replace("cohort.csv", "other.csv"),
        );
        becomes(
            text,
            "select.alpha",
            &json!(0.5),
            &text.replace("10\n", "10\n  alpha: 0.5\n"),
        );
        becomes(
            text,
            "evaluate.bootstrap",
            &json!(99),
            &format!("{text}evaluate:\n  bootstrap: 99\n"),
        );
        let windows = text.replace('\n', "\r\n");
        becomes(
            &windows,
            "select.lambda",
            &json!("1se"),
            &windows.replace("min ", "\"1se\" "),
        );
    }

    #[test]
    fn sections_in_braces_and_lists_on_lines_are_written_too() {
        becomes(
            "cohort: a.csv\nselect: {lambda: min, folds: 5} # few\nout: x\n",
            "select.lambda",
            &json!("1se"),
            "cohort: a.csv\nselect: {lambda: \"1se\", folds: 5} # few\nout: x\n",
        );
        becomes(
            "clinical:\n  columns:\n  - age\n  - smoking\n# end\nout: x\n",
            "clinical.columns",
            &json!(["age", "no"]),
            "clinical:\n  columns: [age, \"no\"]\n# end\nout: x\n",
        );
        becomes(
            "extraction:\n    setting:\n        binWidth: 25\n    imageType:\n        Original:\n",
            "extraction.setting.binWidth",
            &json!(10),
            "extraction:\n    setting:\n        binWidth: 10\n    imageType:\n        Original:\n",
        );
        becomes(
            "cohort: 'it''s # no comment.csv' # a comment\n",
            "cohort",
            &json!("病例.csv"),
            "cohort: 病例.csv # a comment\n",
        );
        becomes(
            "cohort: a.csv\nselect:\nout: x",
            "select.lambda",
            &json!(1),
            "cohort: a.csv\nselect:\n  lambda: 1\nout: x\n",
        );
    }

    #[test]
    fn what_no_line_says_is_left_alone() {
        assert_eq!(
            written("extraction: params.yaml\n", &["extraction", "setting"], &json!(1)),
            None
        );
        assert_eq!(written("a: {b: 1,\n  c: 2} # one\n", &["a", "b"], &json!(1)), None);
    }
}
