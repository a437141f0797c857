//! The languages, and the one that is in use.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError, RwLock};

use super::id::Id;

/// A language: its texts, and how it counts.
#[derive(Debug)]
pub struct Language {
    /// Its code, as `LANG` begins
    pub code: &'static str,
    /// Its name in itself
    pub name: &'static str,
    /// How many forms a counted word has
    pub forms: usize,
    form: fn(u64) -> usize,
    texts: &'static str,
}

/// All languages, English first. Another one is a file of lines `identity = text` and a line here: its code and name, how
/// many forms a counted word has and which one a count asks for, and the file.
pub static LANGUAGES: &[Language] = &[
    // English has no file: its words stand with the identities.
    Language::new("en", "English", 2, |count| usize::from(count != 1), ""),
    Language::new("zh", "简体中文", 1, |_| 0, include_str!("languages/zh.txt")),
];

/// A language that is or was in use, with its texts found by their identity.
#[derive(Debug)]
pub(super) struct Spoken {
    pub(super) language: &'static Language,
    texts: BTreeMap<&'static str, &'static str>,
}

/// English, whose words stand with the identities.
static ENGLISH: Spoken = Spoken {
    language: &LANGUAGES[0],
    texts: BTreeMap::new(),
};

/// The language in use.
static CHOSEN: RwLock<&'static Spoken> = RwLock::new(&ENGLISH);

/// The languages that were ever in use: their texts are read once.
static READ: Mutex<Vec<&'static Spoken>> = Mutex::new(Vec::new());

thread_local! {
    /// The language of this thread, where [`within`] has set one
    static HERE: Cell<Option<&'static Spoken>> = const { Cell::new(None) };
}

impl Language {
    pub(super) const fn new(
        code: &'static str,
        name: &'static str,
        forms: usize,
        form: fn(u64) -> usize,
        texts: &'static str,
    ) -> Self {
        Self {
            code,
            name,
            forms,
            form,
            texts,
        }
    }

    /// The texts as they stand in its file: identity and words. English has none.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.texts
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| line.split_once('=').unwrap_or((line, "")))
            .map(|(name, text)| (name.trim(), text.strip_prefix(' ').unwrap_or(text)))
    }

    /// Which form of a word a count asks for.
    pub(super) fn form(&self, count: u64) -> usize {
        (self.form)(count)
    }
}

impl Spoken {
    /// The words of a message; the English ones where there are none.
    pub(super) fn text(&self, id: Id) -> &'static str {
        self.texts.get(id.name).copied().unwrap_or(id.english)
    }
}

impl Id {
    /// The words in the language in use, placeholders as they stand; an identity that is handed out by itself has none.
    pub fn text(self) -> &'static str {
        now().text(self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.pad(self.text())
    }
}

/// Goes back to what was spoken before, also where the work breaks off.
struct Before(Option<&'static Spoken>);

impl Drop for Before {
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}

/// A language with its texts, read at its first use.
fn spoken(language: &'static Language) -> &'static Spoken {
    if language.texts.is_empty() {
        return &ENGLISH;
    }
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.iter().find(|known| known.language.code == language.code) {
        return known;
    }
    let texts = language.rows().collect();
    let new: &'static Spoken = Box::leak(Box::new(Spoken { language, texts }));
    read.push(new);
    new
}

/// The language in use with its texts.
pub(super) fn now() -> &'static Spoken {
    HERE.get()
        .unwrap_or_else(|| *CHOSEN.read().unwrap_or_else(PoisonError::into_inner))
}

/// The language of a code such as `zh` or `zh_CN.UTF-8`.
pub fn find(code: &str) -> Option<&'static Language> {
    let asked = code.split(['_', '-', '.', '@']).next().unwrap_or_default();
    LANGUAGES
        .iter()
        .find(|language| language.code.eq_ignore_ascii_case(asked))
}

/// The language that the environment asks for, English where it asks for one that is not there.
pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> &'static Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .and_then(|code| find(&code))
        .unwrap_or(&LANGUAGES[0])
}

/// Speaks a language from now on.
pub fn choose(language: &'static Language) {
    *CHOSEN.write().unwrap_or_else(PoisonError::into_inner) = spoken(language);
}

/// The language in use.
pub fn current() -> &'static Language {
    now().language
}

/// Speaks English for a while, on this thread alone: for what other programs read, and what has to be the same bytes whatever the
/// environment of the person who made it.
pub fn in_english<T>(work: impl FnOnce() -> T) -> T {
    within(&LANGUAGES[0], work)
}

/// Speaks the language that was chosen for the program, on this thread alone: for what a person is told by work that speaks
/// another.
pub fn as_chosen<T>(work: impl FnOnce() -> T) -> T {
    let here = HERE.take();
    let _before = Before(here);
    work()
}

/// Speaks a language for a while, on this thread alone: what goes into a file whose language is not that of the screen.
pub fn within<T>(language: &'static Language, work: impl FnOnce() -> T) -> T {
    let _before = Before(HERE.replace(Some(spoken(language))));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses_and_english_is_the_last_resort() {
        let of = |pairs: &'static [(&str, &str)]| {
            of_environment(|name| {
                let found = pairs.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
            .code
        };
        assert_eq!(of(&[]), "en");
        assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), "en");
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "tlh")]), "en");
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), "zh");
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), "en");
        assert_eq!(find("EN-us").map(|language| language.code), Some("en"));
        assert!(find("C").is_none() && find("").is_none());
    }
}
