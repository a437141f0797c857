//! A key of a study file: one row that says its name, what it means, its type, its default and its rule.
//!
//! The study file, `--set`, the screens, the documentation and the reasons why a stage is stale read this row; nothing says a
//! default twice. The rows of a stage's settings stand with the stage; those of the study itself stand here.

use serde::Serialize;
use serde_json::Value;

use super::yaml::words_of;
use crate::message::language::LANGUAGES;
use crate::message::nearest::nearest;
use crate::stats::base::random::SeedKind;

/// What everybody may know of a key.
#[derive(Debug)]
pub struct Row {
    /// The name, as select.lambda
    pub name: &'static str,
    /// How reasons call it: "lambda rule min → 1se"
    pub words: &'static str,
    /// What it means
    pub doc: &'static str,
    /// What its value must be
    pub rule: Rule,
    /// The value of a study that does not state the key, as it would be written; empty if there is none
    pub default: &'static str,
    /// Whether the screens offer it to be changed
    pub on_screen: bool,
    canonical: fn(&Rule, &Value) -> Result<Value, String>,
}

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// A text, or a number taken as one
    Text,
    /// Names in a list, or one name
    Names,
    /// A file, relative to the study file
    File,
    /// true or false
    Flag,
    /// A whole number from 0
    Whole,
    /// A whole number from this one to a million
    Count(usize),
    /// A number within these limits
    Number(f64, f64),
    /// One of these words
    Words(fn() -> Vec<&'static str>),
    /// A form of its own, which the key's type reads
    Form,
    /// A set of keys, which whoever uses it reads
    Section,
}

/// A row and the type of its value.
#[derive(Debug)]
pub struct Key<T: 'static> {
    /// What everybody may know
    pub row: Row,
    read: fn(&Rule, &Value) -> Result<T, String>,
}

/// A type that a few words stand for.
pub trait Words: Copy + 'static {
    /// Each word, as study files have it, and what it stands for
    const WORDS: &'static [(&'static str, Self)];
}

/// A type with a form of its own.
pub trait Form: Serialize + Sized + 'static {
    /// Reads the form, or says what it should be.
    fn read(value: &Value) -> Result<Self, String>;
}

/// The word of a value.
pub fn word_of<T: Words + PartialEq>(value: T) -> &'static str {
    T::WORDS
        .iter()
        .find(|(_, other)| *other == value)
        .map_or("", |(word, _)| word)
}

impl Row {
    /// A value as it is compared and shown: `"yes"` as `true`, `2` as `2:1`.
    pub fn canonical(&self, value: &Value) -> Result<Value, String> {
        (self.canonical)(&self.rule, value)
    }

    /// The default as a value; `None` if there is none.
    pub fn default_value(&self) -> Option<Value> {
        (!self.default.is_empty())
            .then(|| serde_json::from_str(self.default).unwrap_or_else(|_| Value::from(self.default)))
    }
}

impl<T> Key<T> {
    const fn new(
        name: &'static str,
        words: &'static str,
        default: &'static str,
        doc: &'static str,
        rule: Rule,
        read: fn(&Rule, &Value) -> Result<T, String>,
        canonical: fn(&Rule, &Value) -> Result<Value, String>,
    ) -> Self {
        Self {
            row: Row {
                name,
                words,
                doc,
                rule,
                default,
                on_screen: false,
                canonical,
            },
            read,
        }
    }

    /// The same key, offered at the screens.
    pub const fn on_screen(mut self) -> Self {
        self.row.on_screen = true;
        self
    }

    /// Reads a value, or says what is wrong with it.
    pub fn read(&self, value: &Value) -> Result<T, String> {
        (self.read)(&self.row.rule, value)
    }
}

impl Key<String> {
    /// A text.
    pub const fn text(name: &'static str, words: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self::new(name, words, default, doc, Rule::Text, a_text, serialised::<String>)
    }

    /// A file, relative to the study file.
    pub const fn file(name: &'static str, words: &'static str, doc: &'static str) -> Self {
        Self::new(name, words, "", doc, Rule::File, a_text, serialised::<String>)
    }

    /// A set of keys, or a value of several forms, which whoever uses it reads.
    pub const fn section(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, name, "", doc, Rule::Section, a_text, as_it_is)
    }
}

impl Key<Vec<String>> {
    /// Names in a list, or one name.
    pub const fn names(name: &'static str, words: &'static str, doc: &'static str) -> Self {
        Self::new(
            name,
            words,
            "[]",
            doc,
            Rule::Names,
            some_names,
            serialised::<Vec<String>>,
        )
    }
}

impl Key<bool> {
    /// true or false.
    pub const fn flag(name: &'static str, words: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self::new(name, words, default, doc, Rule::Flag, flag, serialised::<bool>)
    }
}

impl Key<u64> {
    /// A whole number from 0, as a seed.
    pub const fn whole(name: &'static str, words: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self::new(name, words, default, doc, Rule::Whole, whole, serialised::<u64>)
    }
}

impl Key<usize> {
    /// A whole number of at least `least`.
    pub const fn count(
        name: &'static str,
        words: &'static str,
        default: &'static str,
        least: usize,
        doc: &'static str,
    ) -> Self {
        Self::new(
            name,
            words,
            default,
            doc,
            Rule::Count(least),
            count,
            serialised::<usize>,
        )
    }
}

impl Key<f64> {
    /// A number within limits.
    pub const fn number(
        name: &'static str,
        words: &'static str,
        default: &'static str,
        (from, to): (f64, f64),
        doc: &'static str,
    ) -> Self {
        Self::new(
            name,
            words,
            default,
            doc,
            Rule::Number(from, to),
            number,
            serialised::<f64>,
        )
    }
}

impl<T: Words> Key<T> {
    /// One of a few words.
    pub const fn word(name: &'static str, words: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self::new(
            name,
            words,
            default,
            doc,
            Rule::Words(words_of_type::<T>),
            word::<T>,
            a_word,
        )
    }
}

impl<T: Form> Key<T> {
    /// A form of its own.
    pub const fn form(name: &'static str, words: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self::new(name, words, default, doc, Rule::Form, form::<T>, serialised_form::<T>)
    }
}

impl Key<&'static str> {
    /// One of the names that a registry has.
    pub const fn name_of(
        name: &'static str,
        words: &'static str,
        default: &'static str,
        known: fn() -> Vec<&'static str>,
        doc: &'static str,
    ) -> Self {
        Self::new(name, words, default, doc, Rule::Words(known), known_name, a_word)
    }
}

/// A text, or a number taken as one.
pub fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("{} stands where text is expected", words_of(other))),
    }
}

/// A text; a truth that YAML took for one counts as written.
fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::Bool(flag) => Ok(flag.to_string()),
        other => text(other),
    }
}

/// Names in a list, or one name.
pub fn names(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(values) => values
            .iter()
            .map(|value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                other => Err(format!("{} stands where a name is expected", words_of(other))),
            })
            .collect(),
        other => Err(format!("{} stands where a list of names is expected", words_of(other))),
    }
}

fn a_text(_: &Rule, value: &Value) -> Result<String, String> {
    text(value)
}

fn some_names(_: &Rule, value: &Value) -> Result<Vec<String>, String> {
    names(value)
}

fn flag(_: &Rule, value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if ["yes", "on"].contains(&text.as_str()) => Ok(true),
        Value::String(text) if ["no", "off"].contains(&text.as_str()) => Ok(false),
        other => Err(format!("{} is neither true nor false", words_of(other))),
    }
}

fn whole(_: &Rule, value: &Value) -> Result<u64, String> {
    value
        .as_u64()
        .ok_or_else(|| format!("{} is not a whole number of 0 or more", words_of(value)))
}

fn count(rule: &Rule, value: &Value) -> Result<usize, String> {
    const MOST: u64 = 1_000_000;
    let least = match rule {
        Rule::Count(least) => *least as u64,
        _ => 0,
    };
    match whole(rule, value)? {
        number if (least..=MOST).contains(&number) => Ok(number as usize),
        number => Err(format!("{number} is not within {least} and {MOST}")),
    }
}

fn number(rule: &Rule, value: &Value) -> Result<f64, String> {
    let (from, to) = match rule {
        Rule::Number(from, to) => (*from, *to),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    };
    match value.as_f64() {
        Some(number) if number >= from && number <= to => Ok(number),
        _ => Err(format!("{} is not a number from {from} to {to}", words_of(value))),
    }
}

fn known_name(rule: &Rule, value: &Value) -> Result<&'static str, String> {
    let known = match rule {
        Rule::Words(known) => known(),
        _ => Vec::new(),
    };
    let text = scalar(value)?;
    if let Some(name) = known.iter().find(|name| **name == text) {
        return Ok(name);
    }
    let meant =
        nearest(&text, known.iter().copied()).map_or_else(String::new, |name| format!(" (did you mean {name}?)"));
    Err(format!("\"{text}\" is not one of {}{meant}", known.join(", ")))
}

fn words_of_type<T: Words>() -> Vec<&'static str> {
    T::WORDS.iter().map(|(word, _)| *word).collect()
}

fn word<T: Words>(rule: &Rule, value: &Value) -> Result<T, String> {
    let name = known_name(rule, value)?;
    T::WORDS
        .iter()
        .find(|(word, _)| *word == name)
        .map(|(_, value)| *value)
        .ok_or_else(|| format!("\"{name}\" is not known"))
}

fn form<T: Form>(_: &Rule, value: &Value) -> Result<T, String> {
    T::read(value)
}

fn a_word(rule: &Rule, value: &Value) -> Result<Value, String> {
    known_name(rule, value).map(Value::from)
}

#[allow(clippy::unnecessary_wraps, reason = "a rule's reader may fail")]
fn as_it_is(_: &Rule, value: &Value) -> Result<Value, String> {
    Ok(value.clone())
}

fn serialised_form<T: Form>(_: &Rule, value: &Value) -> Result<Value, String> {
    Ok(serde_json::to_value(T::read(value)?).unwrap_or_default())
}

/// The value that a type makes of another: `1` and `1.0` are one number.
fn serialised<T: Readable>(rule: &Rule, value: &Value) -> Result<Value, String> {
    Ok(serde_json::to_value(T::read(rule, value)?).unwrap_or_default())
}

/// The plain types and who reads them.
trait Readable: Serialize + Sized {
    fn read(rule: &Rule, value: &Value) -> Result<Self, String>;
}

macro_rules! readable {
    ($($type:ty: $read:ident),*) => {
        $(impl Readable for $type {
            fn read(rule: &Rule, value: &Value) -> Result<Self, String> {
                $read(rule, value)
            }
        })*
    };
}

readable!(String: a_text, Vec<String>: some_names, bool: flag, u64: whole, usize: count, f64: number);

/// A value that may be written as a text, a number or a truth, taken as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Scalar(pub String);

impl Form for Scalar {
    fn read(value: &Value) -> Result<Self, String> {
        scalar(value).map(Self)
    }
}

pub(super) static TITLE: Key<String> = Key::text("title", "title", "", "the study's name, for reports");
static COHORT: Key<String> = Key::section(
    "cohort",
    "the table of cases, or a list of tables joined on the id; an entry is a file or {file, sheet, id, ids}: the sheet of a workbook, the column of the id, ids that stand for the first table's as {P1: P01}",
);
static FEATURES: Key<String> = Key::section(
    "features",
    "a table of features instead of images: a file, or {file, sheet, id, ids, columns, exclude}; the study then starts at split",
);
pub(super) static ID: Key<String> = Key::text("columns.id", "id", "id", "column of the case's identifier");
pub(super) static PATIENT: Key<String> = Key::text(
    "columns.patient",
    "patient",
    "patient",
    "column of the patient; without it each case is its own patient",
);
pub(super) static IMAGE: Key<String> = Key::text(
    "columns.image",
    "image",
    "image",
    "column of the image file, relative to the table's folder",
);
pub(super) static MASK: Key<String> = Key::text("columns.mask", "mask", "mask", "column of the mask file");
pub(super) static LABEL: Key<String> = Key::text(
    "columns.label",
    "label",
    "label",
    "column of the mask's label: a number, a region's name or a pattern that it alone fits",
);
pub(super) static IMAGE_VOLUME: Key<String> = Key::text(
    "columns.image_volume",
    "volume",
    "image_volume",
    "column of the volume that is meant in an image file of several (4D), counted from 1",
);
pub(super) static MASK_READER2: Key<String> = Key::text(
    "columns.mask_reader2",
    "second reader's mask",
    "mask_reader2",
    "column of another reader's mask",
);
pub(super) static MASK_REPEAT: Key<String> = Key::text(
    "columns.mask_repeat",
    "repeated mask",
    "mask_repeat",
    "column of the same reader's second mask",
);
pub(super) static CENTRE: Key<String> = Key::text(
    "columns.centre",
    "centre",
    "centre",
    "column of the centre that a case comes from: the guard looks whether centre and outcome go together, and harmonise.method makes features of several comparable",
);
pub(super) static MISSING: Key<Vec<String>> = Key::names(
    "columns.missing",
    "words for a missing value",
    "words of the tables that stand for a missing value, beside the empty cell and NA",
);
pub(super) static REGION: Key<Scalar> = Key::form(
    "label",
    "label",
    "",
    "the region in every mask whose row names none: a number, a name as liver, or a pattern that one name fits",
);
/// The outcome's column
pub static OUTCOME_COLUMN: Key<String> = Key::text("outcome.column", "outcome", "outcome", "column of the outcome");
/// The value that is the event
pub static OUTCOME_EVENT: Key<Scalar> = Key::form("outcome.event", "event", "1", "the value that is the event");
pub(super) static CLINICAL_COLUMNS: Key<Vec<String>> = Key::names(
    "clinical.columns",
    "clinical candidates",
    "the candidate clinical columns",
);
/// The clinical columns whose numbers are codes
pub static CLINICAL_CATEGORIES: Key<Vec<String>> = Key::names(
    "clinical.categories",
    "clinical categories",
    "those of the clinical columns whose numbers are codes, each a category of its own; columns of words are that unasked",
);
static EXTRACTION: Key<String> = Key::section(
    "extraction",
    "a PyRadiomics parameter file, or its content (imageType, featureClass, setting, voxelSetting)",
);
pub(super) static SPLIT_COLUMN: Key<String> = Key::text(
    "split.column",
    "column of the split",
    "",
    "column that holds train or test, instead of a random split",
);
pub(super) static FOLD_COLUMN: Key<String> = Key::text(
    "select.fold_column",
    "column of the folds",
    "",
    "column that holds each training case's fold, instead of random folds",
);
/// Where random draws come from
pub static SEED_KIND: Key<SeedKind> = Key::word(
    "seed_kind",
    "seed kind",
    "own",
    "own, or r: draw what R draws after set.seed",
);
/// The level of confidence intervals
pub static CONFIDENCE: Key<f64> = Key::number(
    "evaluate.confidence",
    "confidence",
    "0.95",
    (0.5, 0.999_999),
    "confidence level of intervals",
);
static ALLOW: Key<String> = Key::section(
    "guard.allow",
    "rules of the guard that the study breaks knowingly: a list of {rule, reason}",
);
static REPORTING: Key<String> = Key::section(
    "reporting",
    "what only the authors know, for checklists: a text or no under each name that radscore report STUDY --questions lists",
);
/// What a multiverse varies
pub static CHOICES: Key<String> = Key::section(
    "multiverse.choices",
    "what radscore multiverse varies: under each key of extraction, split, agreement, harmonise, screen or select, robustness.seed or robustness.nested_folds, the list of its values; the study's own are among them",
);
/// Whom a multiverse leaves out
pub static EXCLUSIONS: Key<String> = Key::section(
    "multiverse.exclusions",
    "sets of training cases that a multiverse leaves out, one after the other: under a name of yours the list of their ids",
);
/// How many specifications are drawn
pub static SAMPLE: Key<usize> = Key::count(
    "multiverse.sample",
    "specifications drawn",
    "",
    2,
    "so many specifications are drawn at random, the study's own among them, where all would be too many",
);
/// The seed of that draw
pub static SAMPLE_SEED: Key<u64> = Key::whole("multiverse.seed", "seed of the draw", "1", "seed of that draw");
pub(super) static REPORT_LANGUAGE: Key<&'static str> = Key::name_of(
    "report.language",
    "language of the report",
    "en",
    || LANGUAGES.iter().map(|language| language.code).collect(),
    "language of report.md and of the page, by its code; whatever is spoken on screen, and no stage depends on it",
);
pub(super) static OUT: Key<String> = Key::text(
    "out",
    "folder of the results",
    "results",
    "folder of the results, beside the study file",
);

/// The keys of the study itself, in the order of a study file.
pub static STUDY_KEYS: &[&Row] = &[
    &TITLE.row,
    &COHORT.row,
    &FEATURES.row,
    &ID.row,
    &PATIENT.row,
    &IMAGE.row,
    &MASK.row,
    &LABEL.row,
    &IMAGE_VOLUME.row,
    &MASK_READER2.row,
    &MASK_REPEAT.row,
    &CENTRE.row,
    &MISSING.row,
    &REGION.row,
    &OUTCOME_COLUMN.row,
    &OUTCOME_EVENT.row,
    &CLINICAL_COLUMNS.row,
    &CLINICAL_CATEGORIES.row,
    &EXTRACTION.row,
    &SPLIT_COLUMN.row,
    &FOLD_COLUMN.row,
    &SEED_KIND.row,
    &CONFIDENCE.row,
    &ALLOW.row,
    &REPORTING.row,
    &REPORT_LANGUAGE.row,
    &CHOICES.row,
    &EXCLUSIONS.row,
    &SAMPLE.row,
    &SAMPLE_SEED.row,
    &OUT.row,
];
