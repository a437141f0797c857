//! The words of a message with placeholders: `{name}` is a value, `{name|form|form}` the form that a count asks for, `{{`
//! and `}}` are braces.

/// A piece of a text.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Brace(char),
    Value(&'a str),
    Forms(&'a str, &'a str),
}

/// The pieces of a text, in order. A brace without its other half ends it: [`faults`] tells.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        for (double, brace) in [("{{", '{'), ("}}", '}')] {
            if let Some(after) = rest.strip_prefix(double) {
                rest = after;
                return Some(Piece::Brace(brace));
            }
        }
        if let Some(after) = rest.strip_prefix('{') {
            let (inside, after) = after.split_once('}')?;
            rest = after;
            return Some(match inside.split_once('|') {
                Some((name, forms)) => Piece::Forms(name, forms),
                None => Piece::Value(inside),
            });
        }
        let end = rest.find(['{', '}']).unwrap_or(rest.len()).max(1);
        let (words, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Words(words))
    })
}

/// What stands in a placeholder: its words, and which of several forms it asks for.
pub(super) struct Filling {
    pub(super) words: String,
    pub(super) form: usize,
}

/// Puts values into a text.
pub(super) fn fill(text: &str, words: &mut String, value: impl Fn(&str) -> Option<Filling>) {
    for piece in pieces(text) {
        match piece {
            Piece::Words(piece) => words.push_str(piece),
            Piece::Brace(brace) => words.push(brace),
            Piece::Value(name) => {
                if let Some(filling) = value(name) {
                    words.push_str(&filling.words);
                }
            }
            Piece::Forms(name, forms) => {
                let form = value(name).map_or(0, |filling| filling.form);
                words.push_str(forms.split('|').nth(form).unwrap_or_default());
            }
        }
    }
}

/// What is wrong with a text of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It names a value that the message does not have
    Unknown(String),
    /// It does not say a value that the message has
    Unsaid(&'static str),
    /// It has another number of forms than the language
    Forms(String),
    /// A brace is not closed
    Open,
}

/// What is wrong with a text of a language for a message with these values.
pub fn faults(text: &str, values: &[&'static str], forms: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    let mut length = 0;
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => length += words.len(),
            Piece::Brace(_) => length += 2,
            Piece::Value(name) => {
                length += name.len() + 2;
                said.push(name);
            }
            Piece::Forms(name, list) => {
                length += name.len() + list.len() + 3;
                said.push(name);
                if list.split('|').count() != forms {
                    faults.push(Fault::Forms(name.to_owned()));
                }
            }
        }
    }
    if length != text.len() {
        faults.push(Fault::Open);
    }
    let unknown = said.iter().filter(|name| !values.contains(name));
    faults.extend(unknown.map(|name| Fault::Unknown((*name).to_owned())));
    let unsaid = values.iter().filter(|name| !said.contains(name));
    faults.extend(unsaid.map(|name| Fault::Unsaid(name)));
    faults
}

/// Whether the English text says these values and no others: checked as the program is compiled.
pub(super) const fn agrees(text: &str, values: &[&str]) -> bool {
    let text = text.as_bytes();
    let mut said = 0u64;
    let mut at = 0;
    while at < text.len() {
        if at + 1 < text.len() && text[at] == text[at + 1] && (text[at] == b'{' || text[at] == b'}') {
            at += 2;
            continue;
        }
        if text[at] == b'}' {
            return false;
        }
        if text[at] != b'{' {
            at += 1;
            continue;
        }
        let start = at + 1;
        let mut end = start;
        while end < text.len() && text[end] != b'}' && text[end] != b'|' {
            end += 1;
        }
        let Some(which) = place(text, start, end, values) else {
            return false;
        };
        said |= 1 << which;
        at = end;
        while at < text.len() && text[at] != b'}' {
            at += 1;
        }
        if at == text.len() {
            return false;
        }
        at += 1;
    }
    said == (1 << values.len()) - 1
}

/// The position of a name in a list of names.
const fn place(text: &[u8], start: usize, end: usize, values: &[&str]) -> Option<usize> {
    let mut which = 0;
    while which < values.len() {
        let name = values[which].as_bytes();
        let mut same = name.len() == end - start;
        let mut letter = 0;
        while same && letter < name.len() {
            same = name[letter] == text[start + letter];
            letter += 1;
        }
        if same {
            return Some(which);
        }
        which += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_disagrees_is_told() {
        assert!(faults("{a} {b|x|y} {{c}}", &["a", "b"], 2).is_empty());
        assert_eq!(faults("{a}", &["a", "b"], 2), [Fault::Unsaid("b")]);
        assert_eq!(faults("{c}", &[], 2), [Fault::Unknown("c".to_owned())]);
        assert_eq!(faults("{a|x}", &["a"], 2), [Fault::Forms("a".to_owned())]);
        assert_eq!(faults("{a} and {", &["a"], 2), [Fault::Open]);
        assert!(agrees("{a} {b|x|y} {{c}}", &["a", "b"]));
        assert!(!agrees("{a}", &["a", "b"]) && !agrees("{a} {c}", &["a"]) && !agrees("{a", &["a"]));
        assert!(agrees("plain", &[]) && !agrees("{a}", &[]));
    }
}
