//! A message of its English words. Artefacts hold messages in English; read back they have words and no identity, and a
//! person who reads another language would be shown English. So the words are fitted to the rows of the catalogue again,
//! the row whose fixed words say most first. Nothing is decided by it: only what is shown depends on it.

use super::english::entries;
use super::id::{Entry, Id};
use super::pattern::{Piece, pieces};
use super::said::{Message, Value};

/// Fewer fixed letters than these say too little to tell a row.
const LEAST: usize = 8;

/// A value under this name is one of the two sides of a split.
const SIDE: &str = "side";

/// What stands in the placeholders of a row.
type Values<'t> = Vec<(&'static str, &'t str)>;

/// The message whose English words these are, if one is.
pub(super) fn recalled(text: &str) -> Option<Message> {
    let said = |entry: &'static Entry| {
        let fixed = fixed_letters(entry);
        if fixed < LEAST || (entry.values.is_empty() && !entry.english.contains(' ')) {
            return None;
        }
        let parts: Vec<Piece<'static>> = pieces(entry.english).collect();
        let mut values = Vec::new();
        fits(&parts, text, &mut values).then_some((fixed, entry, values))
    };
    let (_, entry, values) = entries().filter_map(said).max_by_key(|(fixed, ..)| *fixed)?;
    let values = values.into_iter().map(|(name, text)| (name, value(name, text)));
    Some(Message::new(Id::new(entry.name, entry.english), values.collect()))
}

/// What stood in a placeholder: a count, or words that may be a message themselves.
fn value(name: &'static str, text: &str) -> Value {
    if let Some(count) = text.parse::<u64>().ok().filter(|count| count.to_string() == text) {
        return Value::Count(count);
    }
    if name == SIDE
        && let Some(side) = entries().find(|entry| entry.values.is_empty() && entry.english == text)
    {
        return Value::Message(Message::new(Id::new(side.name, side.english), Vec::new()));
    }
    Value::Message(Message::read(text))
}

/// How many letters of a row are the same whatever its values.
fn fixed_letters(entry: &'static Entry) -> usize {
    pieces(entry.english)
        .map(|piece| match piece {
            Piece::Words(words) => words.chars().filter(|letter| letter.is_alphabetic()).count(),
            Piece::Brace(_) | Piece::Value(_) | Piece::Forms(..) => 0,
        })
        .sum()
}

/// Whether a text is these pieces, one after the other; what stands in the placeholders is found by the way.
fn fits<'t>(parts: &[Piece<'static>], text: &'t str, values: &mut Values<'t>) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return text.is_empty();
    };
    match *part {
        Piece::Words(words) => text.strip_prefix(words).is_some_and(|after| fits(rest, after, values)),
        Piece::Brace(brace) => text.strip_prefix(brace).is_some_and(|after| fits(rest, after, values)),
        Piece::Forms(_, forms) => forms
            .split('|')
            .any(|form| text.strip_prefix(form).is_some_and(|after| fits(rest, after, values))),
        Piece::Value(name) => {
            if let Some((_, known)) = values.iter().find(|(other, _)| *other == name) {
                let known = *known;
                return text.strip_prefix(known).is_some_and(|after| fits(rest, after, values));
            }
            // What follows says where the value may end.
            let next = match rest.first() {
                None => return values_end(name, text, values),
                Some(Piece::Words(words)) => Some(*words),
                Some(Piece::Brace(_) | Piece::Value(_) | Piece::Forms(..)) => None,
            };
            let so_far = values.len();
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for end in ends.filter(|&end| next.is_none_or(|words| text[end..].starts_with(words))) {
                values.push((name, &text[..end]));
                if fits(rest, &text[end..], values) {
                    return true;
                }
                values.truncate(so_far);
            }
            false
        }
    }
}

/// The last value is all that is left.
fn values_end<'t>(name: &'static str, text: &'t str, values: &mut Values<'t>) -> bool {
    values.push((name, text));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::english::{output, run};
    use crate::message::language::{find, within};

    #[test]
    fn what_was_kept_in_english_is_said_in_another_language() {
        let chinese = find("zh").unwrap();
        let said = run::compared(
            "model 1",
            output::TRAINING,
            "model 2",
            output::TEST_SET,
            "0.1",
            "P = 0.2",
            "",
        );
        let kept = said.english();
        let read = Message::read(&kept);
        assert_eq!(read.to_string(), kept);
        within(chinese, || assert_ne!(said.to_string(), kept));
        let read: Message = serde_json::from_str(&serde_json::to_string(&run::NOT_ASSESSED.text()).unwrap()).unwrap();
        within(chinese, || assert_eq!(read.to_string(), run::NOT_ASSESSED.text()));
    }

    #[test]
    fn what_is_no_message_stays_as_it_is() {
        let chinese = find("zh").unwrap();
        for text in ["", "case", "an own remark of the reader", "训练集"] {
            within(chinese, || assert_eq!(Message::read(text).to_string(), text));
        }
    }
}
