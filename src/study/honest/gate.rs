//! The agreement gate: which features two readers, or one reader twice, give alike, judged on training cases only.

use std::collections::{BTreeSet, HashMap};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::partition::TrainingRows;
use crate::stats::agreement::{IccDialect, IccForm, icc_table};
use crate::stats::base::interval::Interval;
use crate::stats::base::number::share;
use crate::study::feature_table::FeatureTable;
use crate::study::input::keys::{Words, word_of};

/// The form of the intraclass correlation that gates features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementForm {
    /// Two-way random, absolute agreement, single measure
    Icc2,
    /// Two-way mixed, consistency, single measure
    Icc3,
}

impl Words for AgreementForm {
    const WORDS: &'static [(&'static str, Self)] = &[("icc2_1", Self::Icc2), ("icc3_1", Self::Icc3)];
}

/// The agreement gate.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementSettings {
    /// The form
    pub form: AgreementForm,
    /// What the lower confidence bound must reach
    pub threshold: f64,
}

/// The level of the intervals, whatever the study's own: the gate is the convention for two readers.
pub const LEVEL: f64 = 0.95;

/// The kind of readings that no person made
pub const VIRTUAL: &str = "virtual";

/// Further readings of the cases, all of one kind.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// `reader2`, `repeat` or [`VIRTUAL`]
    pub kind: &'static str,
    /// The features of each
    pub tables: Vec<&'a FeatureTable>,
}

/// One feature's agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureAgreement {
    /// The feature
    pub feature: String,
    /// `reader2`, `repeat` or `virtual`
    pub against: String,
    /// Cases with all values
    pub cases: usize,
    /// ICC(2,1)
    pub icc2: f64,
    /// Its interval
    #[serde(flatten, with = "icc2_keys")]
    pub icc2_interval: Interval,
    /// ICC(3,1)
    pub icc3: f64,
    /// Its interval
    #[serde(flatten, with = "icc3_keys")]
    pub icc3_interval: Interval,
    /// Whether the lower limit of the study's form reaches the threshold
    pub kept: bool,
    /// Why it is dropped, if it is
    pub reason: Option<String>,
}

/// Where an artefact keeps the interval of a correlation; for `#[serde(flatten, with)]`.
macro_rules! icc_keys {
    ($module:ident: $lower:literal, $upper:literal, $level:literal) => {
        mod $module {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            use crate::stats::base::interval::Interval;

            #[derive(Serialize, Deserialize)]
            struct Keys {
                #[serde(rename = $lower)]
                lower: Option<f64>,
                #[serde(rename = $upper)]
                upper: Option<f64>,
                #[serde(rename = $level, default)]
                level: Option<f64>,
            }

            pub fn serialize<S: Serializer>(interval: &Interval, serializer: S) -> Result<S::Ok, S::Error> {
                let finite = |value: f64| value.is_finite().then_some(value);
                Keys {
                    lower: finite(interval.lower),
                    upper: finite(interval.upper),
                    level: finite(interval.level),
                }
                .serialize(serializer)
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Interval, D::Error> {
                let keys = Keys::deserialize(deserializer)?;
                let value = |value: Option<f64>| value.unwrap_or(f64::NAN);
                Ok(Interval::new(
                    value(keys.lower),
                    value(keys.upper),
                    value(keys.level),
                ))
            }
        }
    };
}

icc_keys!(icc2_keys: "icc2_lower", "icc2_upper", "icc2_level");
icc_keys!(icc3_keys: "icc3_lower", "icc3_upper", "icc3_level");

/// The gate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementResult {
    /// Whether there are second masks at all; without them every feature is kept, "agreement not assessed"
    pub assessed: bool,
    /// The form that gates
    pub form: String,
    /// What the lower limit must reach
    pub threshold: f64,
    /// How often a virtual reader drew the masks again; 0 where persons did
    #[serde(default, skip_serializing_if = "is_none")]
    pub virtual_readings: usize,
    /// Training cases with second masks
    pub rows: Vec<String>,
    /// Each feature against each kind of second mask
    pub features: Vec<FeatureAgreement>,
    /// The features that pass, in the order of the feature table
    pub kept: Vec<String>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl AgreementForm {
    /// What is this form's, of a value of each.
    fn of<T>(self, icc2: T, icc3: T) -> T {
        match self {
            Self::Icc2 => icc2,
            Self::Icc3 => icc3,
        }
    }
}

impl AgreementResult {
    /// The features of a table that another gate would keep, of what this one has measured.
    pub fn kept_by(&self, names: &[String], settings: &AgreementSettings) -> Vec<bool> {
        let lost: BTreeSet<&str> = (self.features.iter())
            .filter(|found| {
                let lower = settings.form.of(found.icc2_interval.lower, found.icc3_interval.lower);
                lower.is_nan() || lower < settings.threshold
            })
            .map(|found| found.feature.as_str())
            .collect();
        names.iter().map(|name| !lost.contains(name.as_str())).collect()
    }

    /// The features that were judged, each once.
    pub fn judged(&self) -> BTreeSet<&str> {
        self.features.iter().map(|found| found.feature.as_str()).collect()
    }
}

/// Judges every feature against the second masks of the training cases that have one.
pub fn judge(
    table: &FeatureTable,
    second: &[Reading<'_>],
    training: &TrainingRows,
    settings: &AgreementSettings,
) -> AgreementResult {
    let of_virtual = second.iter().filter(|reading| reading.kind == VIRTUAL);
    let mut result = AgreementResult {
        assessed: !second.is_empty(),
        form: word_of(settings.form).to_owned(),
        threshold: settings.threshold,
        virtual_readings: of_virtual.map(|reading| reading.tables.len()).sum(),
        ..AgreementResult::default()
    };
    let rows_of = |table: &FeatureTable| -> HashMap<String, usize> {
        table
            .ids
            .iter()
            .enumerate()
            .map(|(row, id)| (id.clone(), row))
            .collect()
    };
    for Reading { kind, tables } in second {
        let all: Vec<&FeatureTable> = std::iter::once(table).chain(tables.iter().copied()).collect();
        let rows: Vec<HashMap<String, usize>> = all.iter().map(|table| rows_of(table)).collect();
        // Of each case that every reading has, its row in each of them.
        let cases: Vec<Vec<usize>> = training
            .ids()
            .iter()
            .filter_map(|id| {
                let places: Vec<usize> = rows.iter().map(|rows| rows.get(id).copied()).collect::<Option<_>>()?;
                if !result.rows.contains(id) {
                    result.rows.push(id.clone());
                }
                Some(places)
            })
            .collect();
        for feature in &table.names {
            let columns: Option<Vec<usize>> = (all.iter())
                .map(|table| table.names.iter().position(|name| name == feature))
                .collect();
            result.features.push(match columns {
                None => unjudged(feature, kind, "the second masks have no such feature"),
                Some(columns) => {
                    let readings = Array2::from_shape_fn((cases.len(), all.len()), |(case, reading)| {
                        all[reading].values[[cases[case][reading], columns[reading]]]
                    });
                    judge_feature(feature, kind, &readings, settings)
                }
            });
        }
    }
    result.kept = table
        .names
        .iter()
        .filter(|name| {
            result
                .features
                .iter()
                .filter(|found| found.feature == **name)
                .all(|found| found.kept)
        })
        .cloned()
        .collect();
    result
}

fn judge_feature(feature: &str, kind: &str, readings: &Array2<f64>, settings: &AgreementSettings) -> FeatureAgreement {
    // A case without all values says nothing; a feature that has too few cases left cannot be judged.
    let whole: Vec<usize> = (0..readings.nrows())
        .filter(|&row| readings.row(row).iter().all(|value| value.is_finite()))
        .collect();
    let readings = readings.select(ndarray::Axis(0), &whole);
    match icc_table(readings.view(), LEVEL, IccDialect::default()) {
        Err(error) => unjudged(feature, kind, &error.to_string()),
        Ok(table) => {
            let (icc2, icc3) = (table.form(IccForm::Icc2), table.form(IccForm::Icc3));
            let lower = settings.form.of(icc2.interval.lower, icc3.interval.lower);
            let kept = lower >= settings.threshold;
            let reason = if lower.is_nan() {
                Some("cannot be judged: it does not vary".to_owned())
            } else {
                (!kept).then(|| format!("lower limit {} is below {}", share(lower, 3), settings.threshold))
            };
            FeatureAgreement {
                feature: feature.to_owned(),
                against: kind.to_owned(),
                cases: readings.nrows(),
                icc2: icc2.icc,
                icc2_interval: icc2.interval,
                icc3: icc3.icc,
                icc3_interval: icc3.interval,
                kept,
                reason,
            }
        }
    }
}

/// A feature that cannot be judged fails closed.
fn unjudged(feature: &str, kind: &str, reason: &str) -> FeatureAgreement {
    FeatureAgreement {
        feature: feature.to_owned(),
        against: kind.to_owned(),
        cases: 0,
        icc2: f64::NAN,
        icc2_interval: Interval::none(LEVEL),
        icc3: f64::NAN,
        icc3_interval: Interval::none(LEVEL),
        kept: false,
        reason: Some(format!("cannot be judged: {reason}")),
    }
}
