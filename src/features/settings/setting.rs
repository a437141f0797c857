//! One setting: its name, what it does, what it takes, its value where nothing is said, and who reads it.

use serde_json::{Map, Value};

use super::kind::Kind;
use super::python::python_text;
use crate::features::FeatureError;

/// A setting of a parameter file. It is declared once; files are checked, values read and help printed from it.
#[derive(Debug, Clone, Copy)]
pub struct Setting<K> {
    /// The key
    pub name: &'static str,
    /// What it takes
    pub takes: K,
    /// Its value where the file says nothing, or `null`
    pub default: Preset,
    /// What it does
    pub about: &'static str,
    /// Which convention reads it
    pub read_by: ReadBy,
}

/// The value of a setting that is not given, as a parameter file would say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Nothing: what the setting asks for is not done
    Nothing,
    /// A word, or JSON
    Is(&'static str),
    /// Another for features of slices (`force2D`) than for those of the volume
    BySlices {
        /// without `force2D`
        volume: &'static str,
        /// with it
        slices: &'static str,
    },
}

impl Preset {
    /// For a help page.
    pub fn words(self) -> String {
        match self {
            Self::Nothing => "none".to_owned(),
            Self::Is(text) => text.to_owned(),
            Self::BySlices { volume, slices } => format!("{volume}, with force2D {slices}"),
        }
    }

    /// As a parameter file would hold it.
    pub fn value(self, in_slices: bool) -> Value {
        let text = match self {
            Self::Nothing => return Value::Null,
            Self::Is(text) => text,
            Self::BySlices { slices, .. } if in_slices => slices,
            Self::BySlices { volume, .. } => volume,
        };
        serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
    }
}

/// Which convention reads a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBy {
    /// Both, or the filter that declares it
    All,
    /// `convention: ibsi` only
    Ibsi,
    /// PyRadiomics' convention only; `convention: ibsi` refuses another value than the default
    PyRadiomics,
    /// Neither: a key of PyRadiomics' files that changes nothing here
    Nobody,
}

impl ReadBy {
    /// The name of the convention that alone reads it; `None` where that is not one.
    pub fn convention(self) -> Option<&'static str> {
        match self {
            Self::Ibsi => Some("ibsi"),
            Self::PyRadiomics => Some("pyradiomics"),
            Self::All | Self::Nobody => None,
        }
    }
}

/// A setting with a default.
pub const fn setting<K>(name: &'static str, takes: K, default: &'static str, about: &'static str) -> Setting<K> {
    Setting {
        name,
        takes,
        default: Preset::Is(default),
        about,
        read_by: ReadBy::All,
    }
}

/// A setting that is off where nothing is said.
pub const fn optional<K>(name: &'static str, takes: K, about: &'static str) -> Setting<super::kind::Maybe<K>> {
    Setting {
        name,
        takes: super::kind::Maybe(takes),
        default: Preset::Nothing,
        about,
        read_by: ReadBy::All,
    }
}

impl<K: Copy> Setting<K> {
    /// With another default for features of slices.
    pub const fn in_slices(self, slices: &'static str) -> Self {
        let volume = match self.default {
            Preset::Is(volume) => volume,
            Preset::Nothing | Preset::BySlices { .. } => "null",
        };
        Self {
            default: Preset::BySlices { volume, slices },
            ..self
        }
    }

    /// Read by some only.
    pub const fn read_by(self, read_by: ReadBy) -> Self {
        Self { read_by, ..self }
    }
}

impl<K: Kind> Setting<K> {
    /// The value among those of a checked file.
    pub(super) fn read(&self, values: &Map<String, Value>, in_slices: bool) -> K::Value {
        values
            .get(self.name)
            .filter(|value| !value.is_null())
            .and_then(|value| self.takes.parse(value))
            .or_else(|| self.takes.parse(&self.default.value(in_slices)))
            .unwrap_or_default()
    }
}

/// A setting whatever it takes: a row of the table of settings.
pub trait Row: Sync {
    /// The key.
    fn name(&self) -> &'static str;

    /// What it does, and who reads it where not everybody does.
    fn about(&self) -> String;

    /// Its value where the file says nothing.
    fn default(&self) -> Preset;

    /// Which convention reads it.
    fn read_by(&self) -> ReadBy;

    /// Whether a value that it takes is its default.
    fn is_default(&self, value: &Value) -> bool;

    /// Refuses a value that it does not take; `place` is the section that holds it.
    fn check(&self, place: &str, value: &Value) -> Result<(), FeatureError>;

    /// The value in the text of a command line.
    fn text_value(&self, text: &str) -> Value;
}

impl<K: Kind> Row for Setting<K> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> String {
        match self.read_by {
            ReadBy::All => self.about.to_owned(),
            ReadBy::Ibsi => format!("{}; for convention: ibsi", self.about),
            ReadBy::PyRadiomics => format!("{}; not for convention: ibsi", self.about),
            ReadBy::Nobody => format!("{}; accepted, changes nothing here", self.about),
        }
    }

    fn default(&self) -> Preset {
        self.default
    }

    fn read_by(&self) -> ReadBy {
        self.read_by
    }

    fn is_default(&self, value: &Value) -> bool {
        let default = self.default.value(false);
        value.is_null() || *value == default || value.as_f64().is_some_and(|number| default.as_f64() == Some(number))
    }

    fn check(&self, place: &str, value: &Value) -> Result<(), FeatureError> {
        if value.is_null() || self.takes.parse(value).is_some() {
            return Ok(());
        }
        Err(FeatureError::Setting {
            key: format!("{place}.{}", self.name),
            expected: self.takes.expected(),
            found: python_text(value),
        })
    }

    fn text_value(&self, text: &str) -> Value {
        if text.eq_ignore_ascii_case("none") || text.eq_ignore_ascii_case("null") {
            return Value::Null;
        }
        self.takes.text_value(text)
    }
}
