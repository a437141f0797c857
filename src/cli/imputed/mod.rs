//! `--missing impute`: a model of several filled tables, pooled by Rubin's rules; and of tables that were filled elsewhere.

mod words;

use std::collections::BTreeMap;

use clap::Args;
use serde_json::Value;

use super::Global;
use super::columns::{OutcomeArguments, count};
use super::missing::rows_with_outcome;
use super::printer::tell;
use super::terms::{TermOptions, coding_json, coding_words};
use crate::message::english::statistics as said;
use crate::stats::base::logit::{logistic, logit};
use crate::stats::base::random::SeedKind;
use crate::stats::design::Design;
use crate::stats::imputation::chained::{Column, ColumnKind, ImputationSettings, LearntFrom, impute};
use crate::stats::imputation::pool::{Pooled, pool};
use crate::stats::regression::logistic::{self as regression, LogisticSettings};
use crate::stats::regression::refit::fit_logistic;
use crate::stats::validation::calibration::frozen::{Estimate, frozen_calibration};
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::roc::{Direction, Placements};
use crate::study::table::{Table, is_missing, written};

/// How gaps are filled.
#[derive(Debug, Clone, Args)]
pub struct ImputationArguments {
    /// How many tables --missing impute fills: 20 without it
    #[arg(long, value_name = "M", value_parser = count::<1>)]
    imputations: Option<usize>,
    /// How often each column is drawn anew before a table is taken: 10 without it
    #[arg(long, value_name = "N", value_parser = count::<1>)]
    iterations: Option<usize>,
    /// The seed of what is drawn: 1 without it
    #[arg(long, value_name = "N")]
    imputation_seed: Option<u64>,
    /// Judge the imputed model in so many folds: gaps are filled inside the training folds, those of the fold left out without
    /// its outcomes
    #[arg(long, value_name = "K", value_parser = count::<2>)]
    folds: Option<usize>,
    /// The table holds tables that were filled elsewhere, one below the other, and this column numbers them from 1 (0 is
    /// the table with gaps, as in mice's long form)
    #[arg(long, value_name = "COL", conflicts_with_all = ["folds", "imputations", "iterations", "imputation_seed"])]
    imputed: Option<String>,
}

/// A model over several filled tables.
struct Filled {
    /// The terms' names, the intercept first
    names: Vec<String>,
    /// Pooled coefficients
    terms: Vec<Pooled>,
    /// The pooled area on the rows of the fit
    apparent: Pooled,
    coding: (String, Value),
    rows: usize,
    events: usize,
    left_out: usize,
    imputations: usize,
    /// Values filled in each column
    gaps: BTreeMap<String, usize>,
    judged: Option<CrossValidated>,
}

/// The imputed model on folds that it was not fitted on.
struct CrossValidated {
    folds: usize,
    auc: Pooled,
    observed_expected: Pooled,
    intercept: Pooled,
    slope: Pooled,
}

impl ImputationArguments {
    /// Whether tables that were filled elsewhere are to be pooled.
    pub fn are_given(&self) -> bool {
        self.imputed.is_some()
    }

    fn tables(&self) -> usize {
        self.imputations.unwrap_or(20)
    }

    fn seed(&self) -> u64 {
        self.imputation_seed.unwrap_or(1)
    }

    fn settings(&self) -> ImputationSettings {
        ImputationSettings {
            iterations: self.iterations.unwrap_or(10),
            seed: self.seed(),
        }
    }

    /// Refuses what only an imputation obeys.
    ///
    /// # Errors
    /// If it is said without one.
    pub fn refuse_if_idle(&self) -> anyhow::Result<()> {
        let said = self.imputations.is_some()
            || self.iterations.is_some()
            || self.imputation_seed.is_some()
            || self.folds.is_some();
        anyhow::ensure!(
            !said,
            "--imputations, --iterations, --imputation-seed and --folds are of the imputation: say --missing impute too"
        );
        Ok(())
    }

    /// The pooled model as JSON and as text.
    pub fn model(
        &self,
        options: &TermOptions,
        data: &OutcomeArguments,
        terms: &[String],
        level: f64,
        global: &Global,
    ) -> anyhow::Result<(Value, String)> {
        let whole = data.table.open(&data.data, global)?;
        let outcome = (data.outcome.as_str(), data.event.as_deref());
        let found = match &self.imputed {
            Some(column) => given(column, options, &whole, outcome, terms, level, global)?,
            None => self.filled(options, &whole, outcome, terms, level, global)?,
        };
        Ok((found.document(level), found.text(self, level)))
    }

    fn filled(
        &self,
        options: &TermOptions,
        whole: &Table,
        (name, event): (&str, Option<&str>),
        terms: &[String],
        level: f64,
        global: &Global,
    ) -> anyhow::Result<Filled> {
        anyhow::ensure!(
            self.tables() >= 2,
            "--imputations {}: fill at least 2 tables",
            self.tables()
        );
        anyhow::ensure!(
            self.iterations != Some(0),
            "--iterations 0: draw each column at least once"
        );
        let (rows, outcome) = rows_with_outcome(whole, (name, event), global)?;
        let table = whole.select_rows(&rows);
        let needed = TermOptions::columns(terms, whole);
        let gappy = Gappy::new(&table, &needed, options)?;
        let gaps = gappy.counts();
        if gaps.is_empty() && !global.quiet {
            tell!("{}", said::NOTHING_MISSING);
        }
        let settings = self.settings();
        let everyone = vec![true; rows.len()];
        let mut fits = Fits::default();
        for number in 0..self.tables() {
            let learnt_from = LearntFrom {
                rows: &everyone,
                outcome: Some(&outcome),
            };
            let values = impute(&gappy.columns, learnt_from, &settings, number)?;
            let design = options.design_of(terms, name, &gappy.table(&values), &table)?;
            fits.add(&design, &outcome, level, (coding_words(&design), coding_json(&design)))?;
        }
        let judged = self
            .folds
            .map(|count| self.cross_validated(count, options, (name, terms), (&table, &gappy), &outcome, level))
            .transpose()?;
        fits.pooled(level, whole.rows.len() - rows.len(), gaps, judged)
    }

    /// The risks of every fold by models of the others, filled and fitted without it.
    fn cross_validated(
        &self,
        count: usize,
        options: &TermOptions,
        (name, terms): (&str, &[String]),
        (table, gappy): (&Table, &Gappy),
        outcome: &[bool],
        level: f64,
    ) -> anyhow::Result<CrossValidated> {
        let settings = self.settings();
        let fold_of = folds(
            outcome.len(),
            Some(outcome),
            None,
            &FoldSettings {
                count,
                seed: self.seed(),
                seed_kind: SeedKind::Own,
                ..FoldSettings::default()
            },
        )?;
        let mut risks = vec![vec![f64::NAN; outcome.len()]; self.tables()];
        for fold in 0..count {
            let training: Vec<bool> = fold_of.iter().map(|of| *of != fold).collect();
            let inside: Vec<usize> = (0..outcome.len()).filter(|&row| training[row]).collect();
            let known: Vec<bool> = inside.iter().map(|&row| outcome[row]).collect();
            let observed = table.select_rows(&inside);
            for (number, risks) in risks.iter_mut().enumerate() {
                let filled = |outcome| {
                    let learnt_from = LearntFrom {
                        rows: &training,
                        outcome,
                    };
                    impute(&gappy.columns, learnt_from, &settings, number)
                };
                // The fold left out is filled by equations that know no outcome, the others' with theirs.
                let (mut values, unseen) = (filled(Some(outcome))?, filled(None)?);
                for (values, unseen) in values.iter_mut().zip(&unseen) {
                    for row in (0..outcome.len()).filter(|&row| !training[row]) {
                        values[row] = unseen[row];
                    }
                }
                let design = options.design_of(terms, name, &gappy.table(&values), &observed)?;
                let matrix = design.matrix();
                let what = format!("the model without fold {}", fold + 1);
                let (coefficients, _) = fit_logistic(&what, matrix.select(ndarray::Axis(0), &inside).view(), &known)?;
                for row in (0..outcome.len()).filter(|&row| !training[row]) {
                    let sum: f64 = matrix.row(row).iter().zip(&coefficients[1..]).map(|(x, b)| x * b).sum();
                    risks[row] = logistic(coefficients[0] + sum);
                }
            }
        }
        CrossValidated::new(count, outcome, &risks, level)
    }
}

impl CrossValidated {
    fn new(folds: usize, outcome: &[bool], risks: &[Vec<f64>], level: f64) -> anyhow::Result<Self> {
        let areas = risks
            .iter()
            .map(|risks| area(outcome, risks))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let calibrations = risks
            .iter()
            .map(|risks| frozen_calibration(outcome, risks, level))
            .collect::<Result<Vec<_>, _>>()?;
        let of = |estimate: &dyn Fn(usize) -> (f64, f64)| {
            let (values, variances): (Vec<f64>, Vec<f64>) = (0..risks.len()).map(estimate).unzip();
            pool(&values, &variances, f64::INFINITY, level)
        };
        let squared = |estimate: &Estimate| (estimate.value, estimate.se * estimate.se);
        Ok(Self {
            folds,
            auc: of(&|at| areas[at])?,
            // The ratio's interval is one of its logarithm.
            observed_expected: of(&|at| {
                let ratio = &calibrations[at].oe;
                (ratio.value.ln(), (ratio.se / ratio.value).powi(2))
            })?,
            intercept: of(&|at| squared(&calibrations[at].intercept))?,
            slope: of(&|at| squared(&calibrations[at].slope))?,
        })
    }
}

/// The area on the logit scale and its variance there, by DeLong.
fn area(outcome: &[bool], risks: &[f64]) -> anyhow::Result<(f64, f64)> {
    let placements = Placements::new(outcome, risks, Direction::Higher)?;
    let auc = placements.auc;
    let steep = auc * (1.0 - auc);
    anyhow::ensure!(
        steep > 0.0,
        "the risks separate the outcomes completely, so that the area has no logit to be pooled on"
    );
    Ok((logit(auc), placements.variance() / (steep * steep)))
}

/// What is kept of each filled table's fit.
#[derive(Default)]
struct Fits {
    names: Vec<String>,
    /// Coefficients and variances, a fit each
    estimates: Vec<(Vec<f64>, Vec<f64>)>,
    areas: Vec<(f64, f64)>,
    rows: usize,
    events: usize,
    coding: (String, Value),
}

impl Fits {
    fn add(&mut self, design: &Design, outcome: &[bool], level: f64, coding: (String, Value)) -> anyhow::Result<()> {
        let settings = LogisticSettings {
            level,
            profile: false,
            ..LogisticSettings::default()
        };
        let fit = regression::fit(design, outcome, &settings)?;
        if let Some(separation) = &fit.separation {
            anyhow::bail!("in imputed table {}: {}", self.estimates.len() + 1, separation.words());
        }
        let names: Vec<String> = fit.terms.iter().map(|term| term.term.clone()).collect();
        anyhow::ensure!(
            self.names.is_empty() || self.names == names,
            "imputed table {} has other terms than the first: {}",
            self.estimates.len() + 1,
            names.join(", ")
        );
        self.names = names;
        self.estimates
            .push(fit.terms.iter().map(|term| (term.coef, term.se * term.se)).unzip());
        self.areas.push(area(outcome, &fit.predicted)?);
        self.rows = outcome.len();
        self.events = outcome.iter().filter(|event| **event).count();
        self.coding = coding;
        Ok(())
    }

    fn pooled(
        self,
        level: f64,
        left_out: usize,
        gaps: BTreeMap<String, usize>,
        judged: Option<CrossValidated>,
    ) -> anyhow::Result<Filled> {
        let complete_df = self.rows as f64 - self.names.len() as f64;
        let terms = (0..self.names.len())
            .map(|at| {
                let (estimates, variances): (Vec<f64>, Vec<f64>) = self
                    .estimates
                    .iter()
                    .map(|(coef, variance)| (coef[at], variance[at]))
                    .unzip();
                pool(&estimates, &variances, complete_df, level)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let (areas, variances): (Vec<f64>, Vec<f64>) = self.areas.iter().copied().unzip();
        Ok(Filled {
            apparent: pool(&areas, &variances, f64::INFINITY, level)?,
            names: self.names,
            terms,
            coding: self.coding,
            rows: self.rows,
            events: self.events,
            left_out,
            imputations: self.estimates.len(),
            gaps,
            judged,
        })
    }
}

/// Tables that were filled elsewhere.
fn given(
    column: &str,
    options: &TermOptions,
    whole: &Table,
    (name, event): (&str, Option<&str>),
    terms: &[String],
    level: f64,
    global: &Global,
) -> anyhow::Result<Filled> {
    let mut tables: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (row, number) in whole.numbers(column)?.into_iter().enumerate() {
        anyhow::ensure!(
            number >= 0.0 && number.fract() == 0.0,
            "{}: {}, column \"{column}\": the number of an imputed table is a whole one from 0",
            whole.source.display(),
            whole.position(row)
        );
        tables.entry(number as u64).or_default().push(row);
    }
    tables.remove(&0);
    let mut fits = Fits::default();
    let mut left_out = 0;
    let needed = TermOptions::columns(terms, whole);
    for (number, rows) in &tables {
        let table = whole.select_rows(rows);
        for column in &needed {
            if let Some(gap) = table.texts(column)?.iter().position(|cell| is_missing(cell)) {
                anyhow::bail!(
                    "{}: {}: imputed table {number} still lacks a value of \"{column}\"",
                    table.source.display(),
                    table.position(gap)
                );
            }
        }
        let (kept, outcome) = rows_with_outcome(&table, (name, event), global)?;
        left_out = rows.len() - kept.len();
        let table = table.select_rows(&kept);
        anyhow::ensure!(
            fits.rows == 0 || fits.rows == kept.len(),
            "imputed table {number} has {} rows, the first {}",
            kept.len(),
            fits.rows
        );
        let design = options.design_of(terms, name, &table, &table)?;
        fits.add(&design, &outcome, level, (coding_words(&design), coding_json(&design)))?;
    }
    fits.pooled(level, left_out, BTreeMap::new(), None)
}

/// A table's columns with their gaps, as numbers.
struct Gappy<'a> {
    table: &'a Table,
    columns: Vec<Column>,
    /// The place of each in the table, and the levels of words
    places: Vec<(usize, Vec<String>)>,
}

impl<'a> Gappy<'a> {
    fn new(table: &'a Table, needed: &[String], options: &TermOptions) -> anyhow::Result<Self> {
        let mut columns = Vec::new();
        let mut places = Vec::new();
        for name in needed {
            let place = table.column(name)?;
            let (kind, values, levels) = if options.is_factor(table, name)? {
                let cells = table.texts(name)?;
                let mut levels: Vec<String> = cells
                    .iter()
                    .filter(|cell| !is_missing(cell))
                    .map(|&cell| cell.to_owned())
                    .collect();
                levels.sort();
                levels.dedup();
                let level = |cell: &&str| levels.iter().position(|level| level == cell);
                let values = cells
                    .iter()
                    .map(|cell| level(cell).map_or(f64::NAN, |at| at as f64))
                    .collect();
                (ColumnKind::Levels(levels.len()), values, levels)
            } else {
                let finite = |value: f64| if value.is_finite() { value } else { f64::NAN };
                let values = table.numbers(name)?.into_iter().map(finite).collect();
                (ColumnKind::Number, values, Vec::new())
            };
            columns.push(Column {
                name: name.clone(),
                kind,
                values,
            });
            places.push((place, levels));
        }
        Ok(Self { table, columns, places })
    }

    /// How many values each column lacks, where it lacks any.
    fn counts(&self) -> BTreeMap<String, usize> {
        let counts = self.columns.iter().map(|column| {
            let gaps = column.values.iter().filter(|value| value.is_nan()).count();
            (column.name.clone(), gaps)
        });
        counts.filter(|(_, gaps)| *gaps > 0).collect()
    }

    /// The table with these values in the place of its gaps.
    fn table(&self, values: &[Vec<f64>]) -> Table {
        let mut table = self.table.clone();
        for ((column, (place, levels)), filled) in self.columns.iter().zip(&self.places).zip(values) {
            for (row, &value) in filled.iter().enumerate() {
                if column.values[row].is_nan() {
                    let level = levels.get(value as usize).cloned();
                    table.rows[row][*place] = level.unwrap_or_else(|| written(value));
                }
            }
        }
        table
    }
}
