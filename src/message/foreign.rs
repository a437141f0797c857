//! Foreign text as it is shown. Ids, paths, labels and cells come from files that anybody wrote: a terminal would obey an
//! escape sequence in them, and a bidirectional mark would turn the words beside it round. Whoever shows text, on a
//! terminal, a screen, a page or in a drawing, lets it through here; files that programs read hold it as it is.
//!
//! What cannot be seen is shown as JSON writes it, `\u001b`, so that the text of a JSON document stays one.

use std::borrow::Cow;
use std::fmt::Write;

/// More letters than these of one name are not shown.
const MOST: usize = 200;

/// A run of letters of so many bytes is no word.
const LONGEST_RUN: usize = 5000;

/// Text of one line: control characters and marks of direction are shown by their numbers, line breaks and tabs too.
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// As [`shown`], of text that has lines of its own.
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| is_hidden(letter) && letter != '\n' && letter != '\t')
}

/// As [`shown`], a name of unreasonable length cut short, with how long it is.
pub fn shown_name(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MOST) {
        None => shown(text),
        Some((end, _)) => Cow::Owned(format!("{}… ({} letters)", shown(&text[..end]), text.chars().count())),
    }
}

/// As [`shown_lines`], and no run of letters without a blank is longer than a page: a path or a cell of a million letters.
pub fn shown_text(text: &str) -> Cow<'_, str> {
    if text.split_whitespace().all(|word| word.len() <= LONGEST_RUN) {
        return shown_lines(text);
    }
    let pieces = text.split_inclusive(char::is_whitespace).map(|piece| {
        if piece.len() <= LONGEST_RUN {
            return shown_lines(piece);
        }
        let word = piece.trim_end();
        Cow::Owned(format!("{}{}", shown_name(word), &piece[word.len()..]))
    });
    Cow::Owned(pieces.collect())
}

/// A cell of a table that a spreadsheet may open: what it would run as a formula begins with an apostrophe, which makes it
/// text there.
pub fn without_formula(cell: &str) -> Cow<'_, str> {
    let formula = match cell.as_bytes().first() {
        Some(b'=' | b'@' | b'\t' | b'\r') => true,
        // A number with its sign is none.
        Some(b'+' | b'-') => cell.len() > 1 && cell.parse::<f64>().is_err(),
        _ => false,
    };
    if formula {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn escaped(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if hidden(letter) {
            // Writing to a string cannot fail; all of them lie below U+10000.
            let _ = write!(shown, "\\u{:04x}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, separators of lines, and the marks that change the direction of what follows.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_finds_no_formula() {
        for cell in ["=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd", "-2+3", "\t=1", "+"] {
            let expected = if cell == "+" {
                "+".to_owned()
            } else {
                format!("'{cell}")
            };
            assert_eq!(without_formula(cell), expected);
        }
        for cell in ["P-01", "-1.5", "+3", "1e-5", "", "-", "-inf", "a=b"] {
            assert_eq!(without_formula(cell), cell);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown_by_its_number() {
        assert_eq!(
            shown("a\u{1b}[31m\r\u{202e}b\nc\u{9b}"),
            "a\\u001b[31m\\u000d\\u202eb\\u000ac\\u009b"
        );
        assert_eq!(shown_lines("a\tb\nc\r"), "a\tb\nc\\u000d");
        assert!(matches!(shown("Ünïcode, λ and 脊椎"), Cow::Borrowed(_)));
        let text = shown("\u{1b}\u{202e}");
        assert_eq!(
            serde_json::from_str::<String>(&format!("\"{text}\"")).unwrap(),
            "\u{1b}\u{202e}"
        );
    }

    #[test]
    fn a_name_of_a_million_letters_is_cut_short() {
        assert_eq!(shown_name("P01"), "P01");
        assert_eq!(shown_text("a b\n"), "a b\n");
        let text = format!("{}: gone\n{}", "x".repeat(100_000), "y".repeat(100_000));
        let shown = shown_text(&text);
        assert!(
            shown.contains("… (100001 letters) gone\nyyy") && shown.len() < 1000,
            "{shown}"
        );
        let long = shown_name(&"ä".repeat(1_000_000)).into_owned();
        assert!(
            long.chars().count() < 230 && long.ends_with("… (1000000 letters)"),
            "{long}"
        );
    }
}
