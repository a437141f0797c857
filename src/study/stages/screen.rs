//! `screen`: which candidates may enter the selection, judged on training rows alone and anew in every resample: by a test
//! against the outcome, by how much they repeat each other, by mRMR. Only of a study that asks for it.

use serde::{Deserialize, Serialize};

use super::comparable::Comparable;
use super::handed_on::{Before, Candidates, HandsOn, ScaledRows};
use super::split::Split;
use super::standardise::{Standardise, StandardiseResult};
use crate::stats::StatsError;
use crate::stats::base::number::{probability, share, short};
use crate::stats::selection::mrmr::mrmr;
use crate::stats::selection::screening::{CorrelationFilter, correlations, find_correlation, screen};
use crate::study::artefact::csv_of;
use crate::study::engine::part::Of;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Narrowing, TrainingData};
use crate::study::honest::partition::TrainingRows;
use crate::study::input::StudyInput;
use crate::study::input::keys::{Key, Row, Words};
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Screen;

/// The test of a candidate against the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreeningTest {
    /// None
    None,
    /// Welch's t
    Welch,
    /// Mann and Whitney's, or Wilcoxon's rank sum
    MannWhitney,
}

impl Words for ScreeningTest {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("none", Self::None),
        ("welch", Self::Welch),
        ("mann_whitney", Self::MannWhitney),
    ];
}

static TEST: Key<ScreeningTest> = Key::word(
    "screen.test",
    "test of candidates",
    "none",
    "candidates have to differ between the outcomes by this test: none, welch or mann_whitney",
);
static P: Key<f64> = Key::number(
    "screen.p",
    "P of the test",
    "0.05",
    (0.0, 1.0),
    "the largest P of that test, adjusted for the number of candidates by Benjamini and Hochberg",
);
static CORRELATION: Key<f64> = Key::number(
    "screen.correlation",
    "correlation of candidates",
    "",
    (0.0, 1.0),
    "candidates are left out until no two correlate above this (caret's findCorrelation); none are where it is not stated",
);
static MRMR: Key<usize> = Key::count(
    "screen.mrmr",
    "candidates by mRMR",
    "",
    1,
    "how many candidates mRMR takes, at most; all where it is not stated",
);

/// How candidates are screened.
#[derive(Debug, Clone, PartialEq)]
pub struct Screening {
    test: ScreeningTest,
    p: f64,
    correlation: Option<f64>,
    mrmr: Option<usize>,
}

/// A candidate and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    /// The candidate
    pub feature: String,
    /// Whether it stays
    pub kept: bool,
    /// Why it does not
    pub reason: String,
}

/// What is left of the candidates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScreenResult {
    /// All candidates
    pub screened: Vec<Screened>,
    /// Those that stay, with their scaling in the training rows
    pub left: StandardiseResult,
    /// What was asked of them, a phrase a rule, in the order in which they were asked
    #[serde(default)]
    pub rules: Vec<String>,
}

impl Screening {
    fn of(config: &Config) -> Result<Self, StudyError> {
        Ok(Self {
            test: config.get(&TEST)?,
            p: config.get(&P)?,
            correlation: config.stated(&CORRELATION)?,
            mrmr: config.stated(&MRMR)?,
        })
    }

    /// Whether anything is asked for.
    fn is_any(&self) -> bool {
        self.test != ScreeningTest::None || self.correlation.is_some() || self.mrmr.is_some()
    }

    /// What is asked, a phrase a rule, in the order in which candidates are judged.
    fn rules(&self) -> Vec<String> {
        let tested = |test: &str| {
            let p = short(self.p, 4);
            format!("{test} between the outcomes with a P of at most {p} after Benjamini and Hochberg")
        };
        let test = match self.test {
            ScreeningTest::None => None,
            ScreeningTest::Welch => Some(tested("Welch's t test")),
            ScreeningTest::MannWhitney => Some(tested(
                "the test of Mann and Whitney (normal approximation, no continuity correction)",
            )),
        };
        let correlation = self
            .correlation
            .map(|limit| format!("no two correlated above {}", short(limit, 4)));
        let mrmr = self.mrmr.map(|count| format!("the {count} that mRMR takes first"));
        test.into_iter().chain(correlation).chain(mrmr).collect()
    }

    /// Why each candidate is left out; `None` if it stays.
    fn judge(&self, data: &TrainingData<'_>) -> Result<Vec<Option<String>>, StatsError> {
        let mut reasons: Vec<Option<String>> = vec![None; data.values.ncols()];
        let of_test = |welch: f64, rank: f64| match self.test {
            ScreeningTest::None => 0.0,
            ScreeningTest::Welch => welch,
            ScreeningTest::MannWhitney => rank,
        };
        if self.test != ScreeningTest::None {
            for (reason, found) in reasons.iter_mut().zip(screen(data.values, data.events)?) {
                let p = of_test(found.welch_bh, found.mann_whitney_bh);
                if p.is_nan() || p > self.p {
                    *reason = Some(format!("adjusted P {}", probability(p)));
                }
            }
        }
        let left = |reasons: &[Option<String>]| -> Vec<usize> {
            (0..reasons.len()).filter(|&column| reasons[column].is_none()).collect()
        };
        if let Some(limit) = self.correlation {
            let columns = left(&reasons);
            if columns.len() > 1 {
                let matrix = correlations(data.values.select(ndarray::Axis(1), &columns).view());
                let filter = CorrelationFilter::of_caret(columns.len());
                for at in find_correlation(matrix.view(), limit, filter)? {
                    reasons[columns[at]] = Some(format!("correlates with another above {}", share(limit, 2)));
                }
            }
        }
        if let Some(count) = self.mrmr {
            let columns = left(&reasons);
            if columns.len() > count {
                let order = mrmr(
                    data.values.select(ndarray::Axis(1), &columns).view(),
                    data.events,
                    count,
                )?;
                for (at, &column) in columns.iter().enumerate() {
                    if !order.contains(&at) {
                        reasons[column] = Some(format!("not among the {count} of mRMR"));
                    }
                }
            }
        }
        Ok(reasons)
    }
}

impl Narrowing for Screening {
    fn keep(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Vec<bool>, StudyError> {
        Ok(self.judge(data)?.iter().map(Option::is_none).collect())
    }
}

impl HandsOn for Screen {
    fn candidates(found: &ScreenResult) -> Candidates {
        Standardise::candidates(&found.left)
    }

    fn narrowing(config: &Config) -> Result<Option<Box<dyn Narrowing>>, StudyError> {
        let screening = Screening::of(config)?;
        Ok(screening.is_any().then(|| Box::new(screening) as Box<dyn Narrowing>))
    }
}

impl Stage for Screen {
    const NAME: &'static str = "screen";
    const ABOUT: &'static str =
        "leaves out candidates by test, correlation or mRMR on the training rows, where the study asks for it";
    const MAKES: &'static [&'static str] = &["screen/candidates.csv"];
    const RESULT: &'static str = "screen/result.json";
    type Settings = Screening;
    type Input<'s> = (Of<'s, Split>, Before<Self>, Comparable);
    type Output = ScreenResult;

    fn keys() -> Vec<&'static Row> {
        vec![&TEST.row, &P.row, &CORRELATION.row, &MRMR.row]
    }

    /// Only of a study that asks for it; a wrong setting is one that asks.
    fn applies(input: &StudyInput) -> bool {
        Screening::of(input.config()).map_or(true, |screening| screening.is_any())
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        match Screening::of(input.config()) {
            Ok(screening) if screening.test == ScreeningTest::None => vec![P.row.name],
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    fn settings(config: &Config) -> Result<Screening, StudyError> {
        Screening::of(config)
    }

    fn run(
        (split, candidates, features): Self::Input<'_>,
        settings: &Screening,
        _watch: &Watch,
    ) -> Result<ScreenResult, StudyError> {
        let rows = ScaledRows::new(&split, &candidates, &features)?;
        let without_folds = || Err(StudyError::Stage("the screening has no folds".to_owned()));
        let reasons = rows.learn("the screening", &without_folds, |_, data| Ok(settings.judge(data)?))?;
        let stay: Vec<usize> = (0..reasons.len()).filter(|&at| reasons[at].is_none()).collect();
        if stay.is_empty() {
            return Err(StudyError::Stage(format!(
                "none of {} candidates passes the screening; a larger screen.p, or none (screen.test: none), leaves the choice to the learner",
                reasons.len()
            )));
        }
        Ok(ScreenResult {
            rules: settings.rules(),
            screened: (candidates.features.iter().zip(&reasons))
                .map(|(feature, reason)| Screened {
                    feature: feature.clone(),
                    kept: reason.is_none(),
                    reason: reason.clone().unwrap_or_default(),
                })
                .collect(),
            left: StandardiseResult::left_of(&candidates, &rows.training, &stay),
        })
    }

    fn present(result: &ScreenResult, made: &mut Made) {
        made.note(format!(
            "{} of {} candidates stay",
            result.left.features.len(),
            result.screened.len()
        ));
        made.file(
            "screen/candidates.csv",
            csv_of(result.screened.iter().map(screened_row)),
        );
    }

    fn chapter(result: &ScreenResult, page: &mut Page) {
        page.say(&format!(
            "## Screening\n\n{} of {} candidates stay, judged on {} training cases alone: {}. Every re-split, fold and resample screens anew.\n\n",
            result.left.features.len(),
            result.screened.len(),
            result.left.rows.len(),
            result.rules.join("; ")
        ));
        let gone = result.screened.iter().filter(|found| !found.kept);
        page.table(
            &["left out", "why"],
            gone.map(|found| vec![found.feature.clone(), found.reason.clone()])
                .collect(),
        );
    }
}

/// A row of `screen/candidates.csv`.
#[derive(Default, Serialize)]
struct ScreenedRow<'a> {
    feature: &'a str,
    kept: u8,
    reason: &'a str,
}

fn screened_row(found: &Screened) -> ScreenedRow<'_> {
    ScreenedRow {
        feature: &found.feature,
        kept: found.kept.into(),
        reason: &found.reason,
    }
}
