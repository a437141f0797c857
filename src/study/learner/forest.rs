//! A random forest, as R's randomForest: the log-odds of its trees' votes, out-of-bag errors and permutation importance.
//!
//! Training cases are scored by the trees that had not seen their patient. Files keep the trees.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::entry::Entry as LearnerEntry;
use crate::stats::base::number::{percentage, share};
use crate::stats::design::standardise::Standardiser;
use crate::stats::learning::forest::{Forest, ForestSettings, Tree, log_odds, votes};
use crate::study::artefact::{Exact, csv_of, from_value, number_text};
use crate::study::engine::stage::Made;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Account, Learner, Learnt, Scorer, TrainingData};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::selected::SelectResult;
use crate::study::input::keys::{Key, Row};
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// How many trees.
static TREES: Key<usize> = Key::count("select.forest_trees", "trees", "500", 1, "trees of the random forest");
/// How many features each node tries.
static TRIED: Key<usize> = Key::count(
    "select.forest_tried",
    "features tried at a node",
    "",
    1,
    "features tried at each node; the square root of the candidates where it is not stated",
);
/// Which nodes are not divided.
static LEAF: Key<usize> = Key::count(
    "select.forest_leaf",
    "cases of a leaf",
    "1",
    1,
    "a node of at most this many cases is not divided",
);
/// The seed.
static SEED: Key<u64> = Key::whole(
    "select.forest_seed",
    "seed of the forest",
    "1",
    "seed of the random forest",
);

/// The line of the registry.
pub(super) struct Entry;

/// The learner.
#[derive(Debug, Clone)]
struct Grower {
    settings: ForestSettings,
    /// Whether importance is wanted, not the score alone
    whole: bool,
}

/// What the out-of-bag cases have said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct ForestAccount {
    /// Trees
    trees: usize,
    /// The share of cases taken for the wrong outcome by the trees that had not seen them
    oob_error: f64,
    /// The area under the curve of their votes
    oob_auc: f64,
    /// By how much right answers fall when a feature's values are dealt anew; the most important first
    importance: Vec<Importance>,
}

/// A feature's importance, by its place among the candidates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Importance {
    candidate: usize,
    importance: f64,
}

/// A row of `select/importance.csv`.
#[derive(Default, Serialize)]
struct ImportanceRow<'a> {
    feature: &'a str,
    importance: Exact,
}

/// A forest that scores: the candidates that its trees read, in their order, and the trees.
#[derive(Debug, Clone, PartialEq)]
struct Grown {
    used: Vec<usize>,
    trees: Vec<Tree>,
}

impl LearnerEntry for Entry {
    fn name(&self) -> &'static str {
        "random-forest"
    }

    fn about(&self) -> &'static str {
        "a random forest, its votes as log-odds"
    }

    fn keys(&self) -> Vec<&'static Row> {
        vec![&TREES.row, &TRIED.row, &LEAF.row, &SEED.row]
    }

    fn read(&self, config: &Config) -> Result<Box<dyn Learner>, StudyError> {
        Ok(Box::new(Grower {
            settings: ForestSettings {
                trees: config.get(&TREES)?,
                tried: config.stated(&TRIED)?,
                leaf: config.get(&LEAF)?,
                seed: config.get(&SEED)?,
            },
            whole: true,
        }))
    }

    fn recall(&self, kept: &Value) -> Result<Box<dyn Scorer>, String> {
        let trees: Vec<Tree> = from_value(kept).ok_or("what it keeps are no trees")?;
        let mut used: Vec<usize> = trees.iter().flat_map(Tree::used).collect();
        used.sort_unstable();
        used.dedup();
        Ok(Box::new(Grown { used, trees }))
    }

    fn choice(&self, found: &SelectResult) -> String {
        found.own::<ForestAccount>().map_or_else(String::new, |account| {
            format!(
                "{} trees (out-of-bag error {}, AUC {})",
                account.trees,
                percentage(account.oob_error),
                share(account.oob_auc, 3)
            )
        })
    }

    fn phrases(&self) -> &'static [(&'static str, &'static str)] {
        &[("{} trees, and nothing was tuned", "/trees")]
    }

    fn uses_folds(&self) -> bool {
        false
    }

    fn makes(&self) -> &'static [&'static str] {
        &["select/importance.csv"]
    }

    fn present(&self, found: &SelectResult, made: &mut Made) {
        let Some(account) = found.own::<ForestAccount>() else {
            return;
        };
        let rows = account.named(&found.candidates);
        made.file(
            "select/importance.csv",
            csv_of(rows.map(|(feature, importance)| ImportanceRow {
                feature,
                importance: Exact(importance),
            })),
        );
    }

    fn chapter(&self, found: &SelectResult, page: &mut Page) {
        const SHOWN: usize = 20;
        let Some(account) = found.own::<ForestAccount>() else {
            return;
        };
        page.say(&format!(
            "Random forest of {} trees on {} standardised candidates, {} training cases: out-of-bag error {}, AUC {}.\n\n",
            account.trees,
            found.candidates.len(),
            found.rows.len(),
            percentage(account.oob_error),
            share(account.oob_auc, 3)
        ));
        let rows = account.named(&found.candidates).take(SHOWN);
        page.table(
            &["feature", "importance (fall in right out-of-bag answers)"],
            rows.map(|(feature, importance)| vec![feature.to_owned(), number_text(importance)])
                .collect(),
        );
    }
}

impl ForestAccount {
    /// Names and importances, the most important first.
    fn named<'a>(&'a self, candidates: &'a [String]) -> impl Iterator<Item = (&'a str, f64)> {
        let rows = self.importance.iter();
        rows.filter_map(|row| Some((candidates.get(row.candidate)?.as_str(), row.importance)))
    }
}

impl Learner for Grower {
    fn fit(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError> {
        let forest = Forest::fit(data.values, data.events, data.patients, &self.settings)?;
        let scorer = Grown {
            used: forest.used(),
            trees: forest.trees.clone(),
        };
        if !self.whole {
            return Ok(Learnt {
                scorer: Box::new(scorer),
                left_out: None,
                account: Account::default(),
            });
        }
        let found = forest.out_of_bag(data.values, data.events)?;
        let unvoted = found.votes.iter().filter(|(_, trees)| *trees == 0).count();
        let mut importance: Vec<Importance> = (forest.importance(data.values, data.events).into_iter().enumerate())
            .map(|(candidate, importance)| Importance { candidate, importance })
            .collect();
        importance.sort_by(|a, b| b.importance.total_cmp(&a.importance));
        let account = ForestAccount {
            trees: self.settings.trees,
            oob_error: found.error,
            oob_auc: found.auc,
            importance,
        };
        let warnings = (unvoted > 0).then(|| {
            format!("{unvoted} training cases are in the bag of every tree and get even odds; more trees (select.forest_trees) leave each out of some")
        });
        // The votes of a part of the trees, on the scale of the whole forest.
        let scale = |(votes, trees): (f64, usize)| {
            let share = if trees > 0 { votes / trees as f64 } else { 0.5 };
            log_odds(share * self.settings.trees as f64, self.settings.trees)
        };
        Ok(Learnt {
            scorer: Box::new(scorer),
            left_out: Some(found.votes.iter().copied().map(scale).collect()),
            account: Account {
                own: match serde_json::to_value(account) {
                    Ok(Value::Object(map)) => map,
                    _ => Map::new(),
                },
                warnings: warnings.into_iter().collect(),
                ..Account::default()
            },
        })
    }

    fn in_resamples(&self, _: usize, _: usize) -> Box<dyn Learner> {
        Box::new(Self {
            whole: false,
            ..self.clone()
        })
    }
}

impl Scorer for Grown {
    fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
        let scaled: BTreeMap<usize, f64> = (self.used.iter())
            .filter_map(|&column| {
                let (mean, sd) = (scaler.mean.get(column)?, scaler.sd.get(column)?);
                let value = value(column) - mean;
                Some((column, if *sd > 0.0 { value / sd } else { value }))
            })
            .collect();
        let of = |column: usize| scaled.get(&column).copied().unwrap_or(f64::NAN);
        log_odds(votes(&self.trees, &of), self.trees.len())
    }

    fn used(&self) -> Vec<usize> {
        self.used.clone()
    }

    fn kept(&self) -> Value {
        let place: BTreeMap<usize, usize> = self.used.iter().enumerate().map(|(at, &column)| (column, at)).collect();
        let trees: Vec<Tree> = (self.trees.iter())
            .map(|tree| Tree {
                feature: (tree.feature.iter())
                    .map(|feature| feature.and_then(|column| place.get(&column).copied()))
                    .collect(),
                ..tree.clone()
            })
            .collect();
        serde_json::to_value(trees).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::learner::made::{everybody, rings};

    #[test]
    fn a_forest_is_recalled_to_the_last_bit_and_scores_training_cases_out_of_bag() {
        let (values, events, patients, folds) = rings(80);
        let data = TrainingData {
            values: values.view(),
            events: &events,
            patients: &patients,
            folds: &|| Ok(folds.clone()),
        };
        let grower = Grower {
            settings: ForestSettings {
                trees: 50,
                tried: Some(1),
                leaf: 1,
                seed: 1,
            },
            whole: true,
        };
        let learnt = grower.fit(&everybody(80), &data).unwrap();
        let same = Standardiser {
            mean: vec![0.0; 2],
            sd: vec![1.0; 2],
        };
        let again = Entry.recall(&learnt.scorer.kept()).unwrap();
        let left_out = learnt.left_out.unwrap();
        let (mut apparent, mut honest) = (0, 0);
        for (row, &event) in events.iter().enumerate() {
            let value = |column: usize| values[[row, column]];
            let score = learnt.scorer.score(&value, &same);
            assert_eq!(again.score(&value, &same), score);
            apparent += usize::from((score > 0.0) == event);
            honest += usize::from((left_out[row] > 0.0) == event);
        }
        assert!(apparent > honest && honest > 56, "{apparent} {honest}");
        let account: ForestAccount = from_value(&Value::Object(learnt.account.own)).unwrap();
        assert!(account.importance.len() == 2 && account.importance[1].importance > 0.0);
        assert!(Entry.recall(&Value::from(3)).is_err());
    }
}
