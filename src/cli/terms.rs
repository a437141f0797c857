//! The terms of a model as options say them: one design for every command that fits one.
//!
//! A column of words is a factor, one of numbers a number, unless `--factors` or `--spline` says otherwise; `a:b` among the terms
//! is the interaction of two terms and `a*b` both with their interaction, as R's formulas have it.

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::columns::{OutcomeArguments, complete_rows, events, is_of_words, not_the_outcome};
use crate::message::english::statistics as words;
use crate::stats::design::spline::RestrictedCubicSpline;
use crate::stats::design::{Design, TermKind};
use crate::study::table::Table;

/// The knots of a spline whose number is not said.
const KNOTS: usize = 4;

/// More words than this are no categories unless they are said to be.
const MOST_LEVELS: usize = 20;

/// How the terms of a model are taken.
#[derive(Debug, Clone, Args)]
pub struct TermOptions {
    /// Predictors to take as factors though they are numbers
    #[arg(long, value_delimiter = ',', value_name = "COL,…")]
    factors: Vec<String>,
    /// The level that a factor is compared with, where it is not its first in order
    #[arg(long, value_delimiter = ',', value_name = "COL=LEVEL,…")]
    reference: Vec<String>,
    /// Predictors to take as restricted cubic splines, with 4 knots or as many as said: age or age:5
    #[arg(long, value_delimiter = ',', value_name = "COL[:K],…")]
    spline: Vec<String>,
}

/// The complete rows of a table and a model's design on them.
#[derive(Debug)]
pub struct ModelRows {
    /// The table's complete rows
    pub table: Table,
    /// Whether each has the event
    pub outcome: Vec<bool>,
    /// The model's columns
    pub design: Design,
    /// How many rows are left out
    pub left_out: usize,
}

/// A term as it is written.
#[derive(Debug, Clone, PartialEq)]
enum Written {
    Column(String),
    Interaction(String, String),
}

impl TermOptions {
    /// What is said of one of the terms.
    pub fn only(&self, term: &str) -> Self {
        let is_of = |given: &String, end: char| {
            given == term || given.strip_prefix(term).is_some_and(|rest| rest.starts_with(end))
        };
        let of = |said: &[String], end: char| said.iter().filter(|given| is_of(given, end)).cloned().collect();
        Self {
            factors: of(&self.factors, '\0'),
            reference: of(&self.reference, '='),
            spline: of(&self.spline, ':'),
        }
    }

    /// Reads a table and makes the design of the terms on the rows in which nothing that they need is missing, nor a value of
    /// `beside`.
    pub fn read(
        &self,
        data: &OutcomeArguments,
        terms: &[String],
        beside: &[String],
        global: &Global,
    ) -> anyhow::Result<ModelRows> {
        let whole = data.table.open(&data.data, global)?;
        let columns = Self::columns(terms, &whole);
        let mut needed = vec![data.outcome.as_str()];
        for name in beside.iter().chain(&columns) {
            if !needed.contains(&name.as_str()) {
                needed.push(name);
            }
        }
        let rows = complete_rows(&whole, &needed, global)?;
        let table = whole.select_rows(&rows);
        let outcome = events(&table, &data.outcome, data.event.as_deref())?
            .into_iter()
            .map(|event| event == Some(true))
            .collect();
        Ok(ModelRows {
            outcome,
            design: self.design_of(terms, &data.outcome, &table, &table)?,
            left_out: whole.rows.len() - rows.len(),
            table,
        })
    }

    /// The columns that the terms are made of, each once.
    pub fn columns(terms: &[String], table: &Table) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for term in written(terms, table) {
            let of = match term {
                Written::Column(column) => vec![column],
                Written::Interaction(first, second) => vec![first, second],
            };
            for column in of {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
        }
        columns
    }

    /// Whether a column is taken as a factor.
    ///
    /// # Errors
    /// If it is not there, or holds numbers and words.
    pub fn is_factor(&self, table: &Table, column: &str) -> anyhow::Result<bool> {
        Ok(self.factors.iter().any(|name| name == column) || is_of_words(table, column, "--factors")?)
    }

    /// The design of terms on the rows of a table without gaps; `observed` has the values that place the knots of splines.
    ///
    /// # Errors
    /// If a term has no columns, or an option names none of the terms.
    pub fn design_of(
        &self,
        terms: &[String],
        outcome: &str,
        table: &Table,
        observed: &Table,
    ) -> anyhow::Result<Design> {
        let terms = &written(terms, table);
        let splines = self.splines(terms)?;
        let references = self.references(terms)?;
        for column in &self.factors {
            anyhow::ensure!(
                terms.contains(&Written::Column(column.clone())),
                "--factors {column}: name \"{column}\" among --terms too"
            );
        }
        let mut design = Design::new(table.rows.len());
        for term in terms {
            let column = match term {
                Written::Interaction(first, second) => {
                    design.interaction(first, second)?;
                    continue;
                }
                Written::Column(column) => column,
            };
            not_the_outcome(outcome, [column])?;
            let reference = references
                .iter()
                .find(|(of, _)| of == column)
                .map(|(_, level)| level.as_str());
            if let Some((_, knots)) = splines.iter().find(|(of, _)| of == column) {
                let values = table.numbers(column)?;
                let known: Vec<f64> = (observed.numbers(column)?.into_iter())
                    .filter(|value| value.is_finite())
                    .collect();
                design.spline(column, &values, &RestrictedCubicSpline::from_values(&known, *knots)?)?;
            } else if self.is_factor(table, column)? {
                self.factor(&mut design, table, column, reference)?;
            } else {
                anyhow::ensure!(
                    reference.is_none(),
                    "--reference {column}: the column is one of numbers; say --factors {column} too"
                );
                design.number(column, &table.numbers(column)?)?;
            }
        }
        Ok(design)
    }

    fn factor(&self, design: &mut Design, table: &Table, column: &str, reference: Option<&str>) -> anyhow::Result<()> {
        let labels: Vec<String> = table.texts(column)?.into_iter().map(str::to_owned).collect();
        let mut levels: Vec<&String> = labels.iter().collect();
        levels.sort();
        levels.dedup();
        let declared = self.factors.iter().any(|name| name == column);
        anyhow::ensure!(
            declared || (levels.len() <= MOST_LEVELS && 2 * levels.len() <= labels.len().max(4)),
            "{}: the column \"{column}\" holds {} different words in {} rows: that is no category with levels; leave it out, or \
             say --factors {column} if it is one",
            table.source.display(),
            levels.len(),
            labels.len()
        );
        design.factor_from(column, &labels, reference)?;
        Ok(())
    }

    /// The columns of `--spline` and their knots.
    fn splines(&self, terms: &[Written]) -> anyhow::Result<Vec<(String, usize)>> {
        let is_term = |name: &str| terms.contains(&Written::Column(name.to_owned()));
        self.spline
            .iter()
            .map(|given| {
                let (column, knots) = match given.rsplit_once(':') {
                    Some((column, knots)) if !is_term(given) => {
                        let knots = knots.parse().map_err(|_| {
                            anyhow::anyhow!("--spline {given}: \"{knots}\" is no number of knots; write {column}:4")
                        })?;
                        (column, knots)
                    }
                    _ => (given.as_str(), KNOTS),
                };
                anyhow::ensure!(
                    is_term(column),
                    "--spline {column}: name \"{column}\" among --terms too"
                );
                anyhow::ensure!(
                    (3..=10).contains(&knots),
                    "--spline {given}: a spline has 3 to 10 knots, not {knots}"
                );
                Ok((column.to_owned(), knots))
            })
            .collect()
    }

    /// The columns of `--reference` and their levels.
    fn references(&self, terms: &[Written]) -> anyhow::Result<Vec<(String, String)>> {
        self.reference
            .iter()
            .map(|given| {
                let (column, level) = given
                    .split_once('=')
                    .ok_or_else(|| anyhow::anyhow!("--reference {given}: a reference is COL=LEVEL, as race=white"))?;
                anyhow::ensure!(
                    terms.contains(&Written::Column(column.to_owned())),
                    "--reference {given}: name \"{column}\" among --terms too"
                );
                Ok((column.to_owned(), level.to_owned()))
            })
            .collect()
    }
}

/// The terms as they are written: a column of the table, `a:b`, or `a*b`, which is both and their interaction.
fn written(terms: &[String], table: &Table) -> Vec<Written> {
    let mut found: Vec<Written> = Vec::new();
    let mut interactions = Vec::new();
    for term in terms {
        let split = |sign: char| {
            let (first, second) = term.split_once(sign)?;
            let known = table.find_column(term).is_none();
            known.then(|| (first.trim().to_owned(), second.trim().to_owned()))
        };
        if let Some((first, second)) = split('*') {
            for column in [&first, &second] {
                let column = Written::Column(column.clone());
                if !found.contains(&column) {
                    found.push(column);
                }
            }
            interactions.push(Written::Interaction(first, second));
        } else if let Some((first, second)) = split(':') {
            interactions.push(Written::Interaction(first, second));
        } else {
            found.push(Written::Column(term.clone()));
        }
    }
    // As in R, interactions come after what they are made of.
    found.extend(interactions);
    found
}

impl ModelRows {
    /// The model's terms as a formula.
    pub fn formula(&self) -> String {
        let names: Vec<&str> = self.design.terms().iter().map(|term| term.name.as_str()).collect();
        names.join(" + ")
    }

    /// What [`coding_words`] says of the design.
    pub fn coding(&self) -> String {
        coding_words(&self.design)
    }

    /// What [`coding_json`] says of the design.
    pub fn coding_json(&self) -> Value {
        coding_json(&self.design)
    }
}

/// A line that says what each factor is compared with and where the knots of splines lie; empty where there is neither.
pub fn coding_words(design: &Design) -> String {
    let words: Vec<String> = design
        .terms()
        .iter()
        .filter_map(|term| match &term.kind {
            TermKind::Factor { levels } => Some(words::level_against(&term.name, levels.first()?).to_string()),
            TermKind::Spline(spline) => Some(words::spline_of(&term.name, spline.knots().len()).to_string()),
            TermKind::Number | TermKind::Interaction => None,
        })
        .collect();
    if words.is_empty() {
        return String::new();
    }
    format!("{}\n", words.join("; "))
}

/// The same for JSON: the levels of each factor, its reference first, and the knots of each spline.
pub fn coding_json(design: &Design) -> Value {
    let mut found = serde_json::Map::new();
    for term in design.terms() {
        match &term.kind {
            TermKind::Factor { levels } => {
                found.insert(
                    term.name.clone(),
                    json!({"reference": levels.first(), "levels": levels}),
                );
            }
            TermKind::Spline(spline) => {
                found.insert(term.name.clone(), json!({"knots": spline.knots()}));
            }
            TermKind::Number | TermKind::Interaction => {}
        }
    }
    Value::from(found)
}
