//! What a person reads: a [`Message`] has an identity and values, and its words stand in one catalogue, a file a room
//! under [`english`]. Logic passes messages on and compares identities; it never reads text.
//!
//! Another language is one file of texts and one line of [`language::LANGUAGES`]; what it lacks is said in English.
//! Names of columns, keys, files and commands are no messages: they are the same in every language.

mod display;
pub mod english;
pub mod foreign;
mod id;
pub mod language;
pub mod nearest;
mod pattern;
mod recalled;
mod said;

pub use self::display::joined;
pub use self::id::{Entry, Id};
pub use self::language::Language;
pub use self::pattern::{Fault, faults};
pub use self::said::{Message, Value};

#[cfg(test)]
mod tests {
    use super::english::catalogue;
    use super::language::within;
    use super::*;

    catalogue! { "test";
        PLAIN: "as it is";
        cases(count, who): "{count} {count|case|cases} of {who} in {{braces}}";
    }

    static SAMPLE: Language = Language::new(
        "xx",
        "Sample",
        1,
        |_| 0,
        "# a remark\n\ntest.PLAIN = SO IST ES\ntest.cases = {who}: {count}{count|×}\ngeneral.LIST_SEPARATOR = /\n",
    );

    #[test]
    fn placeholders_are_filled_and_counts_choose_the_form() {
        assert_eq!(cases(1usize, "A").to_string(), "1 case of A in {braces}");
        assert_eq!(cases(2usize, vec!["A", "B"]).to_string(), "2 cases of A, B in {braces}");
        assert_eq!(cases(0usize, PLAIN).to_string(), "0 cases of as it is in {braces}");
        assert_eq!(PLAIN.text(), "as it is");
        assert_eq!(cases(2usize, "A").id.name(), "test.cases");
        assert_eq!(ENTRIES.len(), 2);
    }

    #[test]
    fn another_language_says_the_same_and_english_what_it_lacks() {
        within(&SAMPLE, || {
            assert_eq!(PLAIN.text(), "SO IST ES");
            assert_eq!(cases(2usize, vec!["A", "B"]).to_string(), "A/B: 2×");
            assert_eq!(Message::verbatim("text").to_string(), "text");
        });
        assert_eq!(PLAIN.text(), "as it is");
    }
}
