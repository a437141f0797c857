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
//! events_per_variable: "4.6" # as the paper states it
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
//! confidence: 0.95           # the level of all intervals; 95 % is taken, and said, where it is not stated
//! performance:
//!   - {model: model 1, set: training, auc: "0.786", ci: ["0.685", "0.887"], sensitivity: "0.634", specificity: "0.821",
//!      youden: "0.620", calibration_mse: "0.00214", brier: "0.189", calibration_slope: "0.87",
//!      calibration_slope_ci: ["0.45", "1.29"], ppv: "0.31", prevalence: "0.10"}
//! comparisons:
//!   - {a: model 1, b: model 2, set: test, p: "0.3"}
//! net_benefit:
//!   - {model: model 1, set: test, threshold: "0.30", net_benefit: "0.24", treat_all: "0.14", standardised: no}
//! agreement:
//!   - {name: readers 1 and 2, icc: "0.82", ci: ["0.66", "0.91"], subjects: 30, readings: 2}
//! reported: {bin_width: not stated, …}      # see the reporting checks
//! ```

mod fields;
mod key;
pub mod keys;
mod model;
mod read;
mod rows;

pub use self::model::{
    Agreement, BaselineKind, BaselineRow, CaseSet, Comparison, Formula, FormulaPlace, Kind, NetBenefit, Performance,
    Predictor, PublishedModel, Sample, Statement,
};
