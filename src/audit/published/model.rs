//! What a file of a published model comes to.

use crate::audit::Printed;
use crate::audit::place::{Place, Spot};
use crate::message::Id;
use crate::message::english::audit as words;
use crate::stats::base::distributions::normal_quantile;

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
    /// The events per variable that are stated
    pub events_per_variable: Option<Printed>,
    /// The table of characteristics
    pub baseline: Vec<BaselineRow>,
    /// Sentences with a P value
    pub statements: Vec<Statement>,
    /// The score
    pub formula: Option<Formula>,
    /// Coefficients with their tests
    pub predictors: Vec<Predictor>,
    /// The level of the intervals, for example 0.95; `None` where it is not stated
    pub confidence: Option<f64>,
    /// Figures of merit
    pub performance: Vec<Performance>,
    /// P values of differences between AUCs
    pub comparisons: Vec<Comparison>,
    /// Net benefits
    pub net_benefit: Vec<NetBenefit>,
    /// Intraclass correlations of readers
    pub agreement: Vec<Agreement>,
    /// What else a reader needs; `None` is "not stated"
    pub reported: Vec<(String, Option<String>)>,
}

impl PublishedModel {
    /// The level that intervals are taken at: the stated one, or 95 %, as is usual.
    pub fn level(&self) -> f64 {
        self.confidence.unwrap_or(0.95)
    }

    /// The normal quantile of the intervals' level: half their width is so many standard errors.
    pub fn interval_quantile(&self) -> f64 {
        normal_quantile(0.5 + self.level() / 2.0)
    }

    /// Says that a level was taken which nobody stated.
    pub fn level_note(&self) -> Option<Id> {
        let taken = self.confidence.is_none();
        taken.then_some(words::LEVEL_TAKEN)
    }
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
    /// Where it stands in the file
    pub at: Place,
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

    /// Cases with or without the event, whichever are fewer.
    pub fn rarer(&self) -> usize {
        self.events.min(self.others())
    }

    /// The share of cases with the event; NaN without cases.
    pub fn prevalence(&self) -> f64 {
        self.events as f64 / self.cases as f64
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
    /// Where it stands in the file
    pub at: Place,
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
    /// Where it stands in the file
    pub at: Place,
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
    /// Where it stands in the file
    pub at: Place,
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
    /// Where it stands in the file
    pub at: Place,
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
    /// Its interval, of the model's level
    pub ci: Option<[Printed; 2]>,
}

/// The figures of one model in one set.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// Where it stands in the file
    pub at: Place,
    /// The model
    pub model: String,
    /// The set
    pub set: String,
    /// Area under the ROC curve
    pub auc: Option<Printed>,
    /// Its interval, of the model's level
    pub ci: Option<[Printed; 2]>,
    /// Sensitivity
    pub sensitivity: Option<Printed>,
    /// Specificity
    pub specificity: Option<Printed>,
    /// Positive predictive value
    pub ppv: Option<Printed>,
    /// Negative predictive value
    pub npv: Option<Printed>,
    /// The prevalence at which the predictive values are stated; the set's own where there is none
    pub prevalence: Option<Printed>,
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
    /// Slope of the outcome on the model's log-odds
    pub calibration_slope: Option<Printed>,
    /// Its interval, of the model's level
    pub calibration_slope_ci: Option<[Printed; 2]>,
}

impl Performance {
    /// Model and set.
    pub fn place(&self) -> String {
        format!("{}, {}", self.model, self.set)
    }

    /// The same with its place in the file.
    pub fn spot(&self) -> Spot {
        Spot::new(self.place(), &self.at)
    }
}

/// A comparison of two AUCs in one set.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Where it stands in the file
    pub at: Place,
    /// The first model
    pub a: String,
    /// The second model
    pub b: String,
    /// The set
    pub set: String,
    /// The P value
    pub p: Printed,
}

/// A net benefit at one threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct NetBenefit {
    /// Where it stands in the file
    pub at: Place,
    /// The model
    pub model: String,
    /// The set
    pub set: String,
    /// The threshold of risk
    pub threshold: Printed,
    /// The model's net benefit
    pub net_benefit: Option<Printed>,
    /// That of treating everybody
    pub treat_all: Option<Printed>,
    /// Whether both were divided by the prevalence
    pub standardised: bool,
}

impl NetBenefit {
    /// Model, set and threshold.
    pub fn spot(&self) -> Spot {
        let words = format!("{}, {}, {}", self.model, self.set, self.threshold.text);
        Spot::new(words, &self.at)
    }
}

/// An intraclass correlation of readers.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Where it stands in the file
    pub at: Place,
    /// What was read twice
    pub name: String,
    /// The intraclass correlation
    pub icc: Printed,
    /// Its interval, of the model's level
    pub ci: Option<[Printed; 2]>,
    /// How many cases were read
    pub subjects: Option<usize>,
    /// How many readings each had
    pub readings: usize,
}

impl PublishedModel {
    /// The set of a name.
    pub fn set(&self, name: &str) -> Option<&CaseSet> {
        self.sample.sets.iter().find(|set| set.name == name)
    }

    /// The set on which the model was fitted: `training`, else the first.
    pub fn training(&self) -> Option<&CaseSet> {
        self.set("training").or_else(|| self.sample.sets.first())
    }
}
