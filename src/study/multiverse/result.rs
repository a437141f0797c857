//! What a multiverse has shown: every specification, how much each choice moves the AUC, and where the study itself lies. It names
//! no best one: whoever took that would report the luckiest of many.

use serde::{Deserialize, Serialize};

use super::choices::Choices;
use super::judge::Judged;
use super::specifications::Specification;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::compare::variance_shares;
use crate::study::artefact::number_text;
use crate::study::table::{Table, table_of};

/// The method behind the shares of variance, in words.
const METHOD: &str = "analysis of variance of the main effects on the resampled AUC: the sum of squares that a choice explains beyond all others (type II) over the whole sum of squares; a choice that acts under some levels of another is judged among those; the rest is what no sum of effects explains";

/// What a multiverse has shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MultiverseResult {
    /// What it was made from: a digest
    pub made_from: String,
    /// How many combinations the choices have
    pub combinations: usize,
    /// Whether the specifications are a draw of them, and by which seed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_by_seed: Option<u64>,
    /// Specifications that could be judged
    pub judged: usize,
    /// Those that could not
    pub failed: usize,
    /// What the study's own specification says
    pub headline: String,
    /// The share of the judged specifications that say so too
    pub headline_holds: f64,
    /// The share of the judged specifications with a lower AUC than the study's own; half of those with an equal one
    pub own_rank: f64,
    /// 2.5 %, 25 %, 50 %, 75 %, 97.5 % of the AUCs
    pub quantiles: Vec<f64>,
    /// The choices
    pub choices: Vec<ChoiceShare>,
    /// The share of the variance that the choices explain only together
    pub rest: f64,
    /// How these shares are computed
    pub method: String,
    /// Every specification, in the order of the choices' levels
    pub specifications: Vec<Judgement>,
}

/// A choice and how much of the variance goes with it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChoiceShare {
    /// The key, or `exclusions`
    pub name: String,
    /// Its levels
    pub levels: Vec<String>,
    /// The study's own level
    pub own: usize,
    /// Its share of the variance of the AUC
    pub share: f64,
}

/// A specification and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The level of each choice; none where the choice does not act
    pub levels: Vec<Option<usize>>,
    /// Whether it is the study as it is
    pub own: bool,
    /// What came of it
    #[serde(flatten)]
    pub judged: Judged,
}

impl MultiverseResult {
    /// Gathers what came of specifications.
    pub fn of(choices: &Choices, found: Vec<(Specification, Judged)>, made_from: String) -> Self {
        let specifications: Vec<Judgement> = found
            .into_iter()
            .map(|(specification, judged)| Judgement {
                levels: specification.levels,
                own: specification.own,
                judged,
            })
            .collect();
        let good: Vec<&Judgement> = specifications.iter().filter(|one| one.judged.auc.is_finite()).collect();
        let areas: Vec<f64> = good.iter().map(|one| one.judged.auc).collect();
        let factors: Vec<Vec<Option<usize>>> = (0..choices.choices.len())
            .map(|choice| good.iter().map(|one| one.levels[choice]).collect())
            .collect();
        let shares = variance_shares(&areas, &factors).ok();
        let combinations = choices.combinations().unwrap_or(usize::MAX);
        let own = good.iter().find(|one| one.own).copied();
        let (headline, headline_holds) = headline(own, &good);
        Self {
            made_from,
            combinations,
            drawn_by_seed: choices
                .sample
                .filter(|&sample| sample < combinations)
                .map(|_| choices.seed),
            judged: good.len(),
            failed: specifications.len() - good.len(),
            headline,
            headline_holds,
            own_rank: own.map_or(f64::NAN, |own| rank(own.judged.auc, &areas)),
            quantiles: [0.025, 0.25, 0.5, 0.75, 0.975]
                .map(|share| {
                    if areas.is_empty() {
                        f64::NAN
                    } else {
                        quantile(&areas, share, QuantileRule::Linear)
                    }
                })
                .to_vec(),
            choices: (choices.choices.iter().enumerate())
                .map(|(at, choice)| ChoiceShare {
                    name: choice.name.clone(),
                    levels: choice.levels.iter().map(super::choices::Level::label).collect(),
                    own: choice.own,
                    share: shares.as_ref().map_or(f64::NAN, |shares| shares.of_factors[at]),
                })
                .collect(),
            rest: shares.map_or(f64::NAN, |shares| shares.rest),
            method: METHOD.to_owned(),
            specifications,
        }
    }

    /// The study as it is.
    pub fn own(&self) -> Option<&Judgement> {
        self.specifications.iter().find(|one| one.own)
    }

    /// One row a specification.
    pub fn table(&self) -> Table {
        let tested = self.specifications.iter().any(|one| one.judged.test.is_some());
        let mut header = vec!["specification"];
        header.extend(self.choices.iter().map(|choice| choice.name.as_str()));
        header.extend([
            "own",
            "cases",
            "events",
            "auc",
            "lower",
            "upper",
            "level",
            "mean_of_folds",
            "slope",
            "intercept",
            "brier",
            "features",
            "unfitted_folds",
        ]);
        if tested {
            header.extend(["test_cases", "test_auc", "test_lower", "test_upper"]);
        }
        header.push("error");
        let rows = (self.specifications.iter().enumerate()).map(|(number, one)| self.row(number, one, tested));
        table_of(&header, rows.collect())
    }

    fn row(&self, number: usize, one: &Judgement, tested: bool) -> Vec<String> {
        let judged = &one.judged;
        let mut cells = vec![(number + 1).to_string()];
        cells.extend((self.choices.iter().zip(&one.levels)).map(|(choice, level)| {
            level
                .and_then(|level| choice.levels.get(level))
                .cloned()
                .unwrap_or_default()
        }));
        cells.extend([
            u8::from(one.own).to_string(),
            judged.cases.to_string(),
            judged.events.to_string(),
        ]);
        let numbers = [
            judged.auc,
            judged.interval.lower,
            judged.interval.upper,
            judged.interval.level,
            judged.mean_of_folds,
            judged.slope,
            judged.intercept,
            judged.brier,
            judged.features,
        ];
        cells.extend(numbers.map(number_text));
        cells.push(judged.unfitted.to_string());
        if tested {
            let test = judged.test.clone().unwrap_or_default();
            let there = judged.test.is_some();
            cells.push(if there { test.cases.to_string() } else { String::new() });
            for value in [test.auc, test.interval.lower, test.interval.upper] {
                cells.push(if there { number_text(value) } else { String::new() });
            }
        }
        cells.push(judged.error.clone().unwrap_or_default());
        cells
    }
}

/// The share of some areas below one; equal ones count half.
fn rank(own: f64, areas: &[f64]) -> f64 {
    let below = areas.iter().filter(|area| **area < own).count() as f64;
    let equal = areas.iter().filter(|area| **area == own).count() as f64;
    (below + 0.5 * equal) / areas.len() as f64
}

/// What the study's own specification says of chance, and the share of all that say so too.
fn headline(own: Option<&Judgement>, good: &[&Judgement]) -> (String, f64) {
    let beats = |one: &Judgement| one.judged.interval.lower > 0.5;
    let Some(own) = own else {
        return ("the study's own specification could not be judged".to_owned(), f64::NAN);
    };
    let said = beats(own);
    let alike = good.iter().filter(|one| beats(one) == said).count() as f64;
    let headline = if said {
        "the interval of the resampled AUC lies above 0.5"
    } else {
        "the interval of the resampled AUC does not lie above 0.5"
    };
    (headline.to_owned(), alike / good.len() as f64)
}
