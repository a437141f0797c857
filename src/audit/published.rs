//! A model as it is published: one documented format for what a reviewer types from a paper, for synthetic examples, and
//! for what our own fitted models say about themselves.
//!
//! All keys but `model` may be left out; a check that does not find what it needs is silent. Numbers are typed as printed:
//! in quotes where they end in a zero (`"0.620"`), since the digits say how much rounding may have hidden. `not stated`
//! (or `null`) says that one has looked and it is not there.
//!
//! ```yaml
//! model: what it is called
//! kind: published            # published, synthetic or fitted
//! source: {…}                # any keys: who, where, when
//! sample:
//!   unit: vertebra           # what a case is
//!   patients: not stated
//!   cases: 120
//!   events: 57
//!   split: random            # how the sets were made
//!   sets: {training: {cases: 80, events: 41}, test: {cases: 40, events: 16}}
//! candidates: 107            # features that selection could choose from
//! chosen: 7                  # features that it chose
//! clinical: 2                # further predictors in the last model
//! baseline:                  # the table of characteristics, a set a column
//!   - {name: sex, kind: counts, training: [24, 56], test: [11, 29], p: "0.776"}
//!   - {name: age, kind: median, training: [57, 55, 70], test: [71, "56.25", "74.75"], p: "0.001"}
//!   - {name: size, kind: mean, training: ["4.1", "1.2"], test: ["4.0", "1.3"], p: "0.6"}      # mean, SD
//! statements:                # sentences with a P value
//!   - {text: "…", claim: not significant, p: "< 0.05"}
//! formula:
//!   family: binomial         # or gaussian, or not stated
//!   applies_to: standardised # or raw
//!   scaler: not stated       # or {feature: [mean, SD], …}
//!   places:                  # every place that prints it, so that they can be compared
//!     - {place: table 2, intercept: "0.09472086", terms: {Sphericity: "-0.19213182", …}}
//! predictors:                # coefficients with their tests
//!   - {name: smoking, coefficient: "1.2", se: "0.5", z: "2.4", p: "0.016", or: "3.3", ci: ["1.2", "8.8"]}
//! performance:
//!   - {model: model 1, set: training, auc: "0.786", ci: ["0.685", "0.887"], sensitivity: "0.634", specificity: "0.821",
//!      youden: "0.620", calibration_mse: "0.00214"}
//! comparisons:
//!   - {a: model 1, b: model 2, set: test, p: "0.3"}
//! reported: {bin_width: not stated, …}      # see the reporting checks
//! ```

use serde_json::{Map, Value};

use super::{AuditError, Printed};

/// A model and what is printed about it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PublishedModel {
    /// What it is called
    pub title: String,
    /// Whether it stands in print
    pub kind: Kind,
    /// Where it comes from, as typed
    pub source: Vec<(String, String)>,
    /// The cases
    pub sample: Sample,
    /// Features that selection could choose from
    pub candidates: Option<usize>,
    /// Features that it chose
    pub chosen: Option<usize>,
    /// Further predictors in the last model
    pub clinical: Option<usize>,
    /// The table of characteristics
    pub baseline: Vec<BaselineRow>,
    /// Sentences with a P value
    pub statements: Vec<Statement>,
    /// The score
    pub formula: Option<Formula>,
    /// Coefficients with their tests
    pub predictors: Vec<Predictor>,
    /// Figures of merit
    pub performance: Vec<Performance>,
    /// P values of differences between AUCs
    pub comparisons: Vec<Comparison>,
    /// What else a reader needs; `None` is "not stated"
    pub reported: Vec<(String, Option<String>)>,
}

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// In a publication
    #[default]
    Published,
    /// Nowhere: made up to show the format, and named so
    Synthetic,
    /// In one of our own studies
    Fitted,
}

impl Kind {
    /// The word of the format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Synthetic => "synthetic",
            Self::Fitted => "fitted",
        }
    }
}

/// The cases of a model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sample {
    /// What a case is
    pub unit: Option<String>,
    /// How many patients they come from
    pub patients: Option<usize>,
    /// How many cases there are
    pub cases: Option<usize>,
    /// How many have the event
    pub events: Option<usize>,
    /// How the sets were made
    pub split: Option<String>,
    /// The sets
    pub sets: Vec<CaseSet>,
}

/// A set of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSet {
    /// Its name
    pub name: String,
    /// How many cases
    pub cases: usize,
    /// How many events
    pub events: usize,
}

impl CaseSet {
    /// Cases without the event.
    pub fn others(&self) -> usize {
        self.cases - self.events
    }
}

/// What the cells of a baseline row hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineKind {
    /// One count a category
    Counts,
    /// Median, lower and upper quartile
    Median,
    /// Mean, standard deviation
    Mean,
}

/// A row of the table of characteristics.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselineRow {
    /// The characteristic
    pub name: String,
    /// What its cells hold
    pub kind: BaselineKind,
    /// The numbers of each set
    pub values: Vec<(String, Vec<Printed>)>,
    /// The P value of the difference between the sets
    pub p: Option<Printed>,
}

/// A sentence with a P value.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The sentence
    pub text: String,
    /// Whether it claims significance
    pub significant: bool,
    /// Its P value
    pub p: Printed,
}

/// A score.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Formula {
    /// The family of the regression
    pub family: Option<String>,
    /// Whether it applies to standardised values
    pub standardised: Option<bool>,
    /// Means and standard deviations
    pub scaler: Vec<(String, [f64; 2])>,
    /// Every place that prints it
    pub places: Vec<FormulaPlace>,
}

/// A place that prints the score.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaPlace {
    /// Its name
    pub name: String,
    /// The intercept
    pub intercept: Option<Printed>,
    /// Features and coefficients
    pub terms: Vec<(String, Printed)>,
}

/// A coefficient and its tests.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictor {
    /// The predictor
    pub name: String,
    /// Its coefficient
    pub coefficient: Option<Printed>,
    /// The coefficient's standard error
    pub se: Option<Printed>,
    /// Wald's z
    pub z: Option<Printed>,
    /// The P value
    pub p: Option<Printed>,
    /// The odds ratio
    pub odds_ratio: Option<Printed>,
    /// Its 95 % interval
    pub ci: Option<[Printed; 2]>,
}

/// The figures of one model in one set.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// The model
    pub model: String,
    /// The set
    pub set: String,
    /// Area under the ROC curve
    pub auc: Option<Printed>,
    /// Its 95 % interval
    pub ci: Option<[Printed; 2]>,
    /// Sensitivity
    pub sensitivity: Option<Printed>,
    /// Specificity
    pub specificity: Option<Printed>,
    /// Positive predictive value
    pub ppv: Option<Printed>,
    /// Negative predictive value
    pub npv: Option<Printed>,
    /// Accuracy
    pub accuracy: Option<Printed>,
    /// F1 score
    pub f1: Option<Printed>,
    /// What is called Youden index
    pub youden: Option<Printed>,
    /// The cut-off
    pub cutoff: Option<Printed>,
    /// True positives, false positives, false negatives, true negatives
    pub confusion: Option<[usize; 4]>,
    /// What is called the calibration's mean squared error
    pub calibration_mse: Option<Printed>,
    /// What is called the calibration's mean absolute error
    pub calibration_mae: Option<Printed>,
    /// Brier score
    pub brier: Option<Printed>,
}

impl Performance {
    /// Model and set.
    pub fn place(&self) -> String {
        format!("{}, {}", self.model, self.set)
    }
}

/// A comparison of two AUCs in one set.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The first model
    pub a: String,
    /// The second model
    pub b: String,
    /// The set
    pub set: String,
    /// The P value
    pub p: Printed,
}

impl PublishedModel {
    /// Reads a model from a parsed file.
    pub fn from_value(value: &Value) -> Result<Self, AuditError> {
        let top = Fields::new("the model file", value, TOP_KEYS)?;
        let title = top
            .text("model")?
            .ok_or_else(|| AuditError::wrong("model", "the model's name", &Value::Null))?;
        let kind = match top.text("kind")?.as_deref() {
            None | Some("published") => Kind::Published,
            Some("synthetic") => Kind::Synthetic,
            Some("fitted") => Kind::Fitted,
            Some(other) => {
                return Err(AuditError::wrong(
                    "kind",
                    "published, synthetic or fitted",
                    &Value::String(other.to_owned()),
                ));
            }
        };
        let model = Self {
            title,
            kind,
            source: source(top.get("source")),
            sample: sample(top.get("sample"))?,
            candidates: top.count("candidates")?,
            chosen: top.count("chosen")?,
            clinical: top.count("clinical")?,
            baseline: list(top.get("baseline"), "baseline", baseline_row)?,
            statements: list(top.get("statements"), "statements", statement)?,
            formula: top.get("formula").map(formula).transpose()?,
            predictors: list(top.get("predictors"), "predictors", predictor)?,
            performance: list(top.get("performance"), "performance", performance)?,
            comparisons: list(top.get("comparisons"), "comparisons", comparison)?,
            reported: reported(top.get("reported"))?,
        };
        model.agree()
    }

    /// The set of a name.
    pub fn set(&self, name: &str) -> Option<&CaseSet> {
        self.sample.sets.iter().find(|set| set.name == name)
    }

    /// The set on which the model was fitted: `training`, else the first.
    pub fn training(&self) -> Option<&CaseSet> {
        self.set("training").or_else(|| self.sample.sets.first())
    }

    /// Refers only to sets that exist.
    fn agree(self) -> Result<Self, AuditError> {
        let sets = || {
            let names: Vec<&str> = self.sample.sets.iter().map(|set| set.name.as_str()).collect();
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        };
        for row in &self.performance {
            if self.set(&row.set).is_none() && !self.sample.sets.is_empty() {
                return Err(AuditError::Inconsistent {
                    place: format!("performance of {}", row.model),
                    message: format!("there is no set \"{}\"; sample.sets has {}", row.set, sets()),
                });
            }
        }
        for row in &self.baseline {
            if let Some((set, _)) = row.values.iter().find(|(set, _)| self.set(set).is_none()) {
                return Err(AuditError::Inconsistent {
                    place: format!("baseline row {}", row.name),
                    message: format!("there is no set \"{set}\"; sample.sets has {}", sets()),
                });
            }
        }
        Ok(self)
    }
}

const TOP_KEYS: &[&str] = &[
    "model",
    "kind",
    "source",
    "sample",
    "candidates",
    "chosen",
    "clinical",
    "baseline",
    "statements",
    "formula",
    "predictors",
    "performance",
    "comparisons",
    "reported",
];

/// The keys of one object of the file, checked against those that the format has.
struct Fields<'a> {
    place: String,
    object: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn new(place: &str, value: &'a Value, known: &[&str]) -> Result<Self, AuditError> {
        let fields = Self::open(place, value)?;
        for key in fields.object.keys() {
            if !known.contains(&key.as_str()) {
                return Err(unknown_key(place, key, known));
            }
        }
        Ok(fields)
    }

    /// Keys are not checked: the object's keys are names.
    fn open(place: &str, value: &'a Value) -> Result<Self, AuditError> {
        let object = value
            .as_object()
            .ok_or_else(|| AuditError::wrong(place, "keys and values", value))?;
        Ok(Self {
            place: place.to_owned(),
            object,
        })
    }

    /// The value of a key, unless it says that nothing is stated.
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !is_not_stated(value))
    }

    fn path(&self, key: &str) -> String {
        format!("{}: {key}", self.place)
    }

    fn text(&self, key: &str) -> Result<Option<String>, AuditError> {
        self.get(key)
            .map(|value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Bool(flag) => Ok(if *flag { "yes" } else { "no" }.to_owned()),
                other => Err(AuditError::wrong(&self.path(key), "text", other)),
            })
            .transpose()
    }

    fn required_text(&self, key: &str) -> Result<String, AuditError> {
        self.text(key)?
            .ok_or_else(|| AuditError::wrong(&self.path(key), "text", &Value::Null))
    }

    fn count(&self, key: &str) -> Result<Option<usize>, AuditError> {
        self.get(key)
            .map(|value| {
                value
                    .as_u64()
                    .and_then(|count| usize::try_from(count).ok())
                    .ok_or_else(|| AuditError::wrong(&self.path(key), "a whole number", value))
            })
            .transpose()
    }

    fn printed(&self, key: &str) -> Result<Option<Printed>, AuditError> {
        self.get(key)
            .map(|value| Printed::from_value(&self.path(key), value))
            .transpose()
    }

    fn required_printed(&self, key: &str) -> Result<Printed, AuditError> {
        self.printed(key)?
            .ok_or_else(|| AuditError::wrong(&self.path(key), "a number as printed", &Value::Null))
    }

    fn pair(&self, key: &str) -> Result<Option<[Printed; 2]>, AuditError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let place = self.path(key);
        match printed_list(&place, value)?.as_slice() {
            [low, high] => Ok(Some([low.clone(), high.clone()])),
            _ => Err(AuditError::wrong(&place, "two numbers", value)),
        }
    }
}

fn unknown_key(place: &str, key: &str, known: &[&str]) -> AuditError {
    let nearest = known
        .iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(key, name), *name))
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    AuditError::UnknownKey {
        place: place.to_owned(),
        key: key.to_owned(),
        nearest: nearest.map(|(_, name)| name.to_owned()),
        known: known.join(", "),
    }
}

/// Whether a value says that the publication does not state it.
fn is_not_stated(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().eq_ignore_ascii_case("not stated") || text.trim().is_empty(),
        _ => false,
    }
}

fn list<T>(
    value: Option<&Value>,
    place: &str,
    read: impl Fn(&str, &Value) -> Result<T, AuditError>,
) -> Result<Vec<T>, AuditError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let items = value
        .as_array()
        .ok_or_else(|| AuditError::wrong(place, "a list", value))?;
    items
        .iter()
        .enumerate()
        .map(|(number, item)| read(&format!("{place}, entry {}", number + 1), item))
        .collect()
}

fn printed_list(place: &str, value: &Value) -> Result<Vec<Printed>, AuditError> {
    value
        .as_array()
        .ok_or_else(|| AuditError::wrong(place, "a list of numbers", value))?
        .iter()
        .map(|item| Printed::from_value(place, item))
        .collect()
}

fn source(value: Option<&Value>) -> Vec<(String, String)> {
    match value {
        Some(Value::Object(object)) => object
            .iter()
            .map(|(key, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (key.clone(), text)
            })
            .collect(),
        Some(value) => vec![(
            "source".to_owned(),
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        )],
        None => Vec::new(),
    }
}

fn sample(value: Option<&Value>) -> Result<Sample, AuditError> {
    let Some(value) = value else {
        return Ok(Sample::default());
    };
    let fields = Fields::new(
        "sample",
        value,
        &["unit", "patients", "cases", "events", "split", "sets"],
    )?;
    let mut sets = Vec::new();
    if let Some(value) = fields.get("sets") {
        for (name, value) in Fields::open("sample: sets", value)?.object {
            let place = format!("sample: sets: {name}");
            let set = Fields::new(&place, value, &["cases", "events"])?;
            let needed = |key: &str| {
                set.count(key)?
                    .ok_or_else(|| AuditError::wrong(&format!("{place}: {key}"), "a whole number", &Value::Null))
            };
            let (cases, events) = (needed("cases")?, needed("events")?);
            if events > cases {
                return Err(AuditError::Inconsistent {
                    place,
                    message: format!("{events} events among {cases} cases; check what was typed"),
                });
            }
            sets.push(CaseSet {
                name: name.clone(),
                cases,
                events,
            });
        }
    }
    Ok(Sample {
        unit: fields.text("unit")?,
        patients: fields.count("patients")?,
        cases: fields.count("cases")?,
        events: fields.count("events")?,
        split: fields.text("split")?,
        sets,
    })
}

fn baseline_row(place: &str, value: &Value) -> Result<BaselineRow, AuditError> {
    let fields = Fields::open(place, value)?;
    let name = fields.required_text("name")?;
    let (kind, cells) = match fields.required_text("kind")?.as_str() {
        "counts" => (BaselineKind::Counts, None),
        "median" => (BaselineKind::Median, Some(3)),
        "mean" => (BaselineKind::Mean, Some(2)),
        other => {
            return Err(AuditError::wrong(
                &format!("{place}: kind"),
                "counts, median or mean",
                &Value::String(other.to_owned()),
            ));
        }
    };
    let mut values = Vec::new();
    for (set, value) in fields.object {
        if ["name", "kind", "p"].contains(&set.as_str()) {
            continue;
        }
        let place = format!("{place} ({name}): {set}");
        let numbers = printed_list(&place, value)?;
        if cells.is_some_and(|cells| cells != numbers.len()) {
            return Err(AuditError::wrong(
                &place,
                match kind {
                    BaselineKind::Median => "median, lower quartile, upper quartile",
                    _ => "mean, standard deviation",
                },
                value,
            ));
        }
        values.push((set.clone(), numbers));
    }
    Ok(BaselineRow {
        name,
        kind,
        values,
        p: fields.printed("p")?,
    })
}

fn statement(place: &str, value: &Value) -> Result<Statement, AuditError> {
    let fields = Fields::new(place, value, &["text", "claim", "p"])?;
    let significant = match fields.required_text("claim")?.as_str() {
        "significant" => true,
        "not significant" => false,
        other => {
            return Err(AuditError::wrong(
                &format!("{place}: claim"),
                "significant or not significant",
                &Value::String(other.to_owned()),
            ));
        }
    };
    Ok(Statement {
        text: fields.required_text("text")?,
        significant,
        p: fields.required_printed("p")?,
    })
}

fn formula(value: &Value) -> Result<Formula, AuditError> {
    let fields = Fields::new("formula", value, &["family", "applies_to", "scaler", "places"])?;
    let standardised = match fields.text("applies_to")?.as_deref() {
        None => None,
        Some("standardised") => Some(true),
        Some("raw") => Some(false),
        Some(other) => {
            return Err(AuditError::wrong(
                "formula: applies_to",
                "standardised, raw or not stated",
                &Value::String(other.to_owned()),
            ));
        }
    };
    let mut scaler = Vec::new();
    if let Some(value) = fields.get("scaler") {
        for (feature, value) in Fields::open("formula: scaler", value)?.object {
            let place = format!("formula: scaler: {feature}");
            match printed_list(&place, value)?.as_slice() {
                [mean, deviation] => scaler.push((feature.clone(), [mean.value, deviation.value])),
                _ => return Err(AuditError::wrong(&place, "mean and standard deviation", value)),
            }
        }
    }
    Ok(Formula {
        family: fields.text("family")?,
        standardised,
        scaler,
        places: list(fields.get("places"), "formula: places", formula_place)?,
    })
}

fn formula_place(place: &str, value: &Value) -> Result<FormulaPlace, AuditError> {
    let fields = Fields::new(place, value, &["place", "intercept", "terms"])?;
    let mut terms = Vec::new();
    if let Some(value) = fields.get("terms") {
        for (name, value) in Fields::open(&format!("{place}: terms"), value)?.object {
            terms.push((
                name.clone(),
                Printed::from_value(&format!("{place}: terms: {name}"), value)?,
            ));
        }
    }
    Ok(FormulaPlace {
        name: fields.required_text("place")?,
        intercept: fields.printed("intercept")?,
        terms,
    })
}

fn predictor(place: &str, value: &Value) -> Result<Predictor, AuditError> {
    let fields = Fields::new(place, value, &["name", "coefficient", "se", "z", "p", "or", "ci"])?;
    Ok(Predictor {
        name: fields.required_text("name")?,
        coefficient: fields.printed("coefficient")?,
        se: fields.printed("se")?,
        z: fields.printed("z")?,
        p: fields.printed("p")?,
        odds_ratio: fields.printed("or")?,
        ci: fields.pair("ci")?,
    })
}

fn performance(place: &str, value: &Value) -> Result<Performance, AuditError> {
    let fields = Fields::new(
        place,
        value,
        &[
            "model",
            "set",
            "auc",
            "ci",
            "sensitivity",
            "specificity",
            "ppv",
            "npv",
            "accuracy",
            "f1",
            "youden",
            "cutoff",
            "tp",
            "fp",
            "fn",
            "tn",
            "calibration_mse",
            "calibration_mae",
            "brier",
        ],
    )?;
    let cells = [
        fields.count("tp")?,
        fields.count("fp")?,
        fields.count("fn")?,
        fields.count("tn")?,
    ];
    let confusion = match cells {
        [Some(tp), Some(fp), Some(r#fn), Some(tn)] => Some([tp, fp, r#fn, tn]),
        [None, None, None, None] => None,
        _ => {
            return Err(AuditError::Inconsistent {
                place: place.to_owned(),
                message: "a confusion table needs all of tp, fp, fn and tn".to_owned(),
            });
        }
    };
    Ok(Performance {
        model: fields.required_text("model")?,
        set: fields.required_text("set")?,
        auc: fields.printed("auc")?,
        ci: fields.pair("ci")?,
        sensitivity: fields.printed("sensitivity")?,
        specificity: fields.printed("specificity")?,
        ppv: fields.printed("ppv")?,
        npv: fields.printed("npv")?,
        accuracy: fields.printed("accuracy")?,
        f1: fields.printed("f1")?,
        youden: fields.printed("youden")?,
        cutoff: fields.printed("cutoff")?,
        confusion,
        calibration_mse: fields.printed("calibration_mse")?,
        calibration_mae: fields.printed("calibration_mae")?,
        brier: fields.printed("brier")?,
    })
}

fn comparison(place: &str, value: &Value) -> Result<Comparison, AuditError> {
    let fields = Fields::new(place, value, &["a", "b", "set", "p"])?;
    Ok(Comparison {
        a: fields.required_text("a")?,
        b: fields.required_text("b")?,
        set: fields.required_text("set")?,
        p: fields.required_printed("p")?,
    })
}

fn reported(value: Option<&Value>) -> Result<Vec<(String, Option<String>)>, AuditError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let known: Vec<&str> = super::reporting::ITEMS.iter().map(|item| item.key).collect();
    let fields = Fields::new("reported", value, &known)?;
    fields
        .object
        .keys()
        .map(|key| Ok((key.clone(), fields.text(key)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        let error = PublishedModel::from_value(&serde_json::json!({"model": "m", "candidate": 3})).unwrap_err();
        assert!(error.to_string().contains("did you mean \"candidates\""), "{error}");
        let error = PublishedModel::from_value(&serde_json::json!({"model": "m",
            "performance": [{"model": "a", "set": "test", "sensitivty": 0.5}]}))
        .unwrap_err();
        assert!(error.to_string().contains("performance, entry 1"), "{error}");
    }

    #[test]
    fn a_set_that_does_not_exist_is_named() {
        let error = PublishedModel::from_value(&serde_json::json!({"model": "m",
            "sample": {"sets": {"training": {"cases": 10, "events": 5}}},
            "performance": [{"model": "a", "set": "testing"}]}))
        .unwrap_err();
        assert!(error.to_string().contains("training"), "{error}");
    }

    #[test]
    fn what_is_not_stated_is_absent() {
        let model = PublishedModel::from_value(&serde_json::json!({"model": "m",
            "sample": {"patients": "not stated"}, "reported": {"bin_width": "not stated", "ci_method": "DeLong"}}))
        .unwrap();
        assert_eq!(model.sample.patients, None);
        assert_eq!(model.reported[0], ("bin_width".to_owned(), None));
        assert_eq!(model.reported[1].1.as_deref(), Some("DeLong"));
    }
}
