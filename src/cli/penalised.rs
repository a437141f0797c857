//! What the commands of penalised regressions ask alike: which columns to choose from, the sequence of penalties, the folds.

use anyhow::Context;
use clap::Args;

use super::Global;
use super::columns::{TableArguments, count, not_the_outcome};
use super::follow_up::levels;
use super::missing::{MissingArguments, MissingRule};
use crate::stats::base::random::SeedKind;
use crate::stats::regression::lasso::Coefficients;
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::split::group_numbers;
use crate::study::table::Table;

/// The columns to choose from.
#[derive(Debug, Clone, Args)]
pub struct CandidateArguments {
    /// The columns to choose from; all others of numbers if not given
    #[arg(long, value_delimiter = ',', value_name = "COL,…", conflicts_with = "exclude")]
    features: Vec<String>,
    /// Columns to leave out
    #[arg(long, value_delimiter = ',', value_name = "COL,…")]
    exclude: Vec<String>,
}

impl CandidateArguments {
    /// Those named, or every column of numbers that has no other part. `outcome` are the columns that are predicted, `beside`
    /// those with another part.
    ///
    /// # Errors
    /// If a column is not there or would predict itself, and where none is left.
    pub fn of(
        &self,
        table: &Table,
        outcome: &[&String],
        beside: &[&String],
        reading: &TableArguments,
        global: &Global,
    ) -> anyhow::Result<Vec<String>> {
        if !self.features.is_empty() {
            for part in outcome {
                not_the_outcome(part, &self.features)?;
            }
            for name in &self.features {
                table.column(name)?;
            }
            return Ok(self.features.clone());
        }
        for name in &self.exclude {
            table.column(name)?;
        }
        let taken: Vec<&str> = outcome
            .iter()
            .chain(beside)
            .map(|name| name.as_str())
            .chain(self.exclude.iter().map(String::as_str))
            .collect();
        let features = reading.without_names(table.number_columns(&taken), global);
        anyhow::ensure!(
            !features.is_empty(),
            "{}: no columns of numbers are left to choose from",
            table.source.display()
        );
        Ok(features)
    }
}

/// The sequence of penalties, in glmnet's words.
#[derive(Debug, Clone, Args)]
pub struct PenaltyArguments {
    /// 1 is the LASSO, 0 ridge, between them the elastic net
    #[arg(long, default_value_t = 1.0)]
    pub alpha: f64,
    /// Penalise coefficients of columns brought to standard deviation 1
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    pub standardize: bool,
    /// Length of the sequence of penalties
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = count::<2>)]
    pub nlambda: usize,
    /// The smallest penalty as a part of the largest (0.01 if rows are fewer than features, otherwise 0.0001)
    #[arg(long, value_name = "R")]
    pub lambda_min_ratio: Option<f64>,
    /// Penalties of your own
    #[arg(long, value_delimiter = ',', value_name = "L1,L2,…")]
    lambda: Vec<f64>,
    /// Factors on the features' penalties, in the features' order: 0 is never penalised
    #[arg(long, value_delimiter = ',', value_name = "F1,F2,…")]
    penalty_factor: Vec<f64>,
}

impl PenaltyArguments {
    /// The penalties that were given.
    pub fn lambda(&self) -> Option<Vec<f64>> {
        (!self.lambda.is_empty()).then(|| self.lambda.clone())
    }

    /// The factors that were given.
    pub fn factors(&self) -> Option<Vec<f64>> {
        (!self.penalty_factor.is_empty()).then(|| self.penalty_factor.clone())
    }
}

/// The folds.
#[derive(Debug, Clone, Args)]
pub struct FoldArguments {
    /// Cross-validate the penalty
    #[arg(long)]
    pub cv: bool,
    /// How many folds
    #[arg(long, default_value_t = 10, value_name = "K", value_parser = count::<3>)]
    folds: usize,
    /// A column with each row's fold
    #[arg(long, value_name = "COL", requires = "cv")]
    fold_column: Option<String>,
    /// A column of patients: all rows of one stay in one fold
    #[arg(long, value_name = "COL", requires = "cv")]
    group: Option<String>,
    /// The seed of the folds
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl FoldArguments {
    /// The columns that say folds and patients.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        self.fold_column.iter().chain(&self.group)
    }

    /// How folds are drawn.
    pub fn settings(&self, seed_kind: SeedKind) -> FoldSettings {
        FoldSettings {
            count: self.folds,
            seed: self.seed,
            seed_kind,
            repeat: 0,
        }
    }

    /// Each row's patient, where a column says so.
    pub fn groups(&self, table: &Table) -> anyhow::Result<Option<Vec<usize>>> {
        let column = self.group.as_ref().map(|column| table.texts(column)).transpose()?;
        Ok(column.map(|labels| group_numbers(&labels)))
    }

    /// The fold of each row, from 0: as a column says, or drawn, stratified by the event where there is one.
    pub fn of_rows(&self, table: &Table, event: Option<&[bool]>, seed_kind: SeedKind) -> anyhow::Result<Vec<usize>> {
        if let Some(column) = &self.fold_column {
            return Ok(levels(table, column)?.1);
        }
        let groups = self.groups(table)?;
        folds(table.rows.len(), event, groups.as_deref(), &self.settings(seed_kind)).context("the folds cannot be made")
    }
}

/// A penalised regression needs every column in every row.
///
/// # Errors
/// If another rule for missing values was asked for.
pub fn only_complete(missing: &MissingArguments) -> anyhow::Result<()> {
    for rule in [MissingRule::Available, MissingRule::Impute] {
        missing.rule.refuse(
            rule,
            "the LASSO needs every column in every row; say complete, or leave out columns with many gaps",
        )?;
    }
    Ok(())
}

/// Coefficients along a path, as a figure takes them: column and value.
pub fn pairs(path: &[Coefficients]) -> Vec<Vec<(usize, f64)>> {
    let of = |at: &Coefficients| at.index.iter().copied().zip(at.value.iter().copied()).collect();
    path.iter().map(of).collect()
}
