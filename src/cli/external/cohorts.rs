//! Every model judged on the whole table and on each centre, compared with its training and with each other.

use anyhow::Context;

use super::super::frozen::Frozen;
use super::arguments::ExternalArguments;
use super::training::{Training, predictors};
use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logit;
use crate::stats::validation::decision_curve::{
    DecisionCurve, DecisionSettings, DifferenceCurve, RiskSource, decision_curves, decision_curves_with_intervals,
    net_benefit_difference,
};
use crate::stats::validation::external::{ExternalValidation, PooledQuantity, pooled_auc, pooled_observed_expected};
use crate::stats::validation::roc::{AucTest, auc_test_paired, auc_test_unpaired};
use crate::study::table::Table;

/// The rows that are judged.
#[derive(Debug)]
pub struct Rows {
    /// Rows left out, since a value is missing
    pub left_out: usize,
    /// Whether each row has the event
    pub outcome: Vec<bool>,
    /// Each row's centre; empty where none was asked for
    pub centres: Vec<String>,
    /// Each row's name; empty where there is none
    pub ids: Vec<String>,
}

/// All that was found.
#[derive(Debug)]
pub struct Cohorts {
    /// A model each, in the order given
    pub models: Vec<JudgedModel>,
    /// DeLong's paired test of each two models, on all rows
    pub tests: Vec<(String, String, AucTest)>,
    /// The difference of net benefit of each two models, where resamples were asked for
    pub differences: Vec<(String, String, DifferenceCurve)>,
    /// "All" and "None" over all rows
    pub references: Vec<DecisionCurve>,
}

/// A model on these patients.
#[derive(Debug)]
pub struct JudgedModel {
    /// Its name
    pub name: String,
    /// All rows first, then each centre
    pub cohorts: Vec<Cohort>,
    /// Its decision curve on all rows
    pub benefit: DecisionCurve,
    /// Against its own training rows, unpaired, where they are known
    pub against_training: Option<AgainstTraining>,
    /// What it predicts from, here and in training
    pub case_mix: Vec<CaseMix>,
    /// Over centres
    pub pooled: Option<PooledCentres>,
}

/// The area over centres, and observed over expected events.
#[derive(Debug)]
pub struct PooledCentres {
    /// The area, or why there is none
    pub auc: Result<PooledQuantity, String>,
    /// O:E, or why there is none
    pub observed_expected: Result<PooledQuantity, String>,
}

/// Some of the rows.
#[derive(Debug)]
pub struct Cohort {
    /// `all`, or the centre
    pub name: String,
    /// Rows
    pub n: usize,
    /// Rows with the event
    pub events: usize,
    /// What was found, or why nothing could be
    pub found: Result<ExternalValidation, String>,
}

/// The area here and in training: DeLong's test of different patients.
#[derive(Debug)]
pub struct AgainstTraining {
    /// Training rows
    pub n: usize,
    /// Those with the event
    pub events: usize,
    /// The area there is apparent: the model was made from these rows
    pub test: AucTest,
}

/// A predictor here and in training.
#[derive(Debug)]
pub struct CaseMix {
    /// Its name
    pub name: String,
    /// Mean and standard deviation here
    pub here: [f64; 2],
    /// Mean and standard deviation in training; NaN where they are not known
    pub training: [f64; 2],
    /// Least and greatest value in training
    pub range: Option<[f64; 2]>,
    /// Difference of the means (here minus training) over √((s₁² + s₂²)/2)
    pub difference: f64,
    /// Rows beyond the range of training, where it is known
    pub outside: Option<usize>,
}

/// The name of the linear predictor among what is compared.
const LINEAR_PREDICTOR: &str = "(linear predictor)";

impl Cohorts {
    /// Judges every model.
    pub fn judge(
        arguments: &ExternalArguments,
        sources: &[Frozen],
        training: &[Training],
        table: &Table,
        rows: &Rows,
        settings: &DecisionSettings,
    ) -> anyhow::Result<Self> {
        let risks = sources
            .iter()
            .map(|source| source.risks(table))
            .collect::<Result<Vec<_>, _>>()?;
        let stated: Vec<(&str, &[f64])> = sources
            .iter()
            .map(Frozen::name)
            .zip(risks.iter().map(Vec::as_slice))
            .collect();
        let resamples = arguments
            .resample
            .bootstrap
            .map(|count| arguments.resample.resamples(rows.outcome.len(), count));
        let mut curves = benefit(rows, &stated, settings, resamples.as_deref(), arguments.level)?;
        let references = curves.split_off(sources.len());
        let mut models = Vec::with_capacity(sources.len());
        for (((source, training), risks), benefit) in sources.iter().zip(training).zip(&risks).zip(curves) {
            models.push(judge_model(arguments, source, training, table, rows, risks, benefit)?);
        }
        let mut tests = Vec::new();
        let mut differences = Vec::new();
        for second in 0..models.len() {
            for first in 0..second {
                let names = || (models[first].name.clone(), models[second].name.clone());
                if let (Ok(a), Ok(b)) = (&models[first].cohorts[0].found, &models[second].cohorts[0].found) {
                    let (first, second) = names();
                    let test = auc_test_paired(&a.placements, &b.placements, arguments.level)?;
                    tests.push((first, second, test));
                }
                if let Some(resamples) = &resamples {
                    let (a, b) = (&risks[first], &risks[second]);
                    let found = net_benefit_difference(&rows.outcome, a, b, settings, resamples, arguments.level)?;
                    let (first, second) = names();
                    differences.push((first, second, found));
                }
            }
        }
        Ok(Self {
            models,
            tests,
            differences,
            references,
        })
    }
}

/// The decision curves of all models, then "All" and "None".
fn benefit(
    rows: &Rows,
    stated: &[(&str, &[f64])],
    settings: &DecisionSettings,
    resamples: Option<&[Vec<usize>]>,
    level: f64,
) -> anyhow::Result<Vec<DecisionCurve>> {
    Ok(match resamples {
        None => {
            let models: Vec<(String, &[f64])> = stated
                .iter()
                .map(|(name, risks)| ((*name).to_owned(), *risks))
                .collect();
            decision_curves(&rows.outcome, &models, settings)?
        }
        Some(resamples) => {
            let models: Vec<(String, RiskSource<'_>)> = stated
                .iter()
                .map(|(name, risks)| ((*name).to_owned(), RiskSource::Frozen(risks)))
                .collect();
            decision_curves_with_intervals(&rows.outcome, &models, settings, resamples, level)?
        }
    })
}

fn judge_model(
    arguments: &ExternalArguments,
    source: &Frozen,
    training: &Training,
    table: &Table,
    rows: &Rows,
    risks: &[f64],
    benefit: DecisionCurve,
) -> anyhow::Result<JudgedModel> {
    let level = arguments.level;
    let own = source
        .model()
        .and_then(|model| model.cutoff.as_ref())
        .map(|cutoff| cutoff.risk);
    let cutoff = arguments.cutoff.or(own);
    let whole = ExternalValidation::new(&rows.outcome, risks, cutoff, level)
        .with_context(|| format!("{} on {}", source.name(), table.source.display()))?;
    let against_training = match (training.placements(), &training.development) {
        (Some(placements), Some(known)) => Some(AgainstTraining {
            n: known.events.len(),
            events: known.events.iter().filter(|event| **event).count(),
            test: auc_test_unpaired(&whole.placements, &placements, level)?,
        }),
        _ => None,
    };
    let mut cohorts = vec![Cohort {
        name: "all".to_owned(),
        n: rows.outcome.len(),
        events: whole.calibration.events,
        found: Ok(whole),
    }];
    for centre in distinct(&rows.centres) {
        let own: Vec<usize> = (0..rows.centres.len())
            .filter(|&row| rows.centres[row] == centre)
            .collect();
        let outcome: Vec<bool> = own.iter().map(|&row| rows.outcome[row]).collect();
        let risks: Vec<f64> = own.iter().map(|&row| risks[row]).collect();
        cohorts.push(Cohort {
            name: centre.to_owned(),
            n: own.len(),
            events: outcome.iter().filter(|event| **event).count(),
            found: ExternalValidation::new(&outcome, &risks, cutoff, level).map_err(|error| error.to_string()),
        });
    }
    let pooled = (!rows.centres.is_empty()).then(|| {
        let judged: Vec<&ExternalValidation> = cohorts[1..]
            .iter()
            .filter_map(|cohort| cohort.found.as_ref().ok())
            .collect();
        let how = arguments.pooling.value();
        PooledCentres {
            auc: pooled_auc(&judged, level, how).map_err(|error| error.to_string()),
            observed_expected: pooled_observed_expected(&judged, level, how).map_err(|error| error.to_string()),
        }
    });
    Ok(JudgedModel {
        name: source.name().to_owned(),
        cohorts,
        benefit,
        against_training,
        case_mix: case_mix(source, training, table, risks)?,
        pooled,
    })
}

/// The distinct names, as they first appear.
fn distinct(names: &[String]) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for name in names {
        if !found.contains(&name.as_str()) {
            found.push(name);
        }
    }
    found
}

/// Each predictor here and in training; then the linear predictor, the sum of all that the model knows of a patient.
fn case_mix(source: &Frozen, training: &Training, table: &Table, risks: &[f64]) -> anyhow::Result<Vec<CaseMix>> {
    let (names, columns) = predictors(source, table)?;
    let known = training.development.as_ref();
    let mut found: Vec<CaseMix> = Vec::new();
    if let Some(model) = source.model() {
        // Of a Rad-score that is a sum, the file has always kept mean and standard deviation.
        let scaled = |name: &str| {
            let formula = model.radscore.linear().ok().filter(|_| model.harmonisation.is_none());
            let terms = &formula?.terms;
            let term = terms.iter().find(|term| term.feature == name)?;
            Some([term.mean, term.sd])
        };
        for (name, values) in names.iter().zip(&columns) {
            let range = known.and_then(|known| known.predictors.iter().find(|range| range.name == *name));
            let moments = range.map(|range| [range.mean, range.sd]).or_else(|| scaled(name));
            let limits = range.map(|range| [range.lower, range.upper]);
            found.push(CaseMix::new(name, values, moments, limits));
        }
    }
    let logits: Vec<f64> = risks.iter().map(|&risk| logit(risk)).collect();
    let trained: Option<Vec<f64>> = known.map(|known| known.risks.iter().map(|&risk| logit(risk)).collect());
    let ends = |values: &Vec<f64>| {
        let fold = |by: fn(f64, f64) -> f64| values.iter().copied().fold(f64::NAN, by);
        [fold(f64::min), fold(f64::max)]
    };
    found.push(CaseMix::new(
        LINEAR_PREDICTOR,
        &logits,
        trained
            .as_ref()
            .map(|values| [mean(values), standard_deviation(values)]),
        trained.as_ref().map(ends),
    ));
    Ok(found)
}

impl CaseMix {
    fn new(name: &str, values: &[f64], training: Option<[f64; 2]>, range: Option<[f64; 2]>) -> Self {
        let here = [mean(values), standard_deviation(values)];
        let training = training.unwrap_or([f64::NAN; 2]);
        Self {
            name: name.to_owned(),
            difference: (here[0] - training[0]) / f64::midpoint(here[1] * here[1], training[1] * training[1]).sqrt(),
            here,
            training,
            outside: range.map(|[low, high]| values.iter().filter(|value| **value < low || **value > high).count()),
            range,
        }
    }
}

/// The area and its interval of a cohort, where there are any.
pub fn area(found: &Result<ExternalValidation, String>) -> Option<(f64, Interval)> {
    found.as_ref().ok().map(|found| (found.auc(), found.auc_ci))
}
