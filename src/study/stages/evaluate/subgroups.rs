//! `subgroups`: each model judged apart in the groups that a column of the cohort makes, such as sex, age or centre, at the cut-off
//! of the whole training set. Only of a study that names the columns beforehand; nothing is fitted, chosen or left out by it.
//!
//! A column of words, or of at most five numbers, has a group a value; one of more numbers is divided at the median of the training
//! cases, since a division that follows the results would find differences by itself. Whether the areas of a column's groups differ
//! is judged by Cochran's Q with DeLong's variances, which for two groups is the square of DeLong's unpaired z.

use serde::{Deserialize, Serialize};

use super::discrimination::{AtCutoff, curve_name, rates_at};
use super::risks::{CaseRisk, Risks, RisksResult, brier};
use super::settings::GROUP;
use crate::figure::Results;
use crate::figure::subgroups::{SubgroupLine, SubgroupsInput};
use crate::message::Message;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{NOT_AVAILABLE, p_equals, probability, share, share_with_limits, significant};
use crate::stats::base::quantile::median;
use crate::stats::validation::pooled::{Heterogeneity, pool};
use crate::stats::validation::roc::{AucInterval, Direction, Placements, auc_interval, cutoff_at};
use crate::study::artefact::{Exact, csv_of, number_text};
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::cohort::{Cohort, Side};
use crate::study::input::keys::{CONFIDENCE, Row};
use crate::study::input::settings::Config;
use crate::study::input::subgroups::SUBGROUPS;
use crate::study::page::Page;
use crate::study::stages::fit::{Fit, FitResult};
use crate::study::table::number;

/// A column of at most so many numbers has a group each.
const FEW_NUMBERS: usize = 5;

/// A column of more groups is taken for a mistake, such as an id.
const MOST_GROUPS: usize = 12;

/// The stage.
#[derive(Debug)]
pub struct Subgroups;

/// A model in one group of one set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubgroupRoc {
    /// The column
    pub column: String,
    /// The group: the column's value, or on which side of the median
    pub group: String,
    /// The model
    pub model: String,
    /// The set
    pub side: Side,
    /// Cases that have a risk
    pub cases: usize,
    /// Those with the event
    pub events: usize,
    /// Their mean risk
    pub mean_risk: f64,
    /// Area under the ROC curve; `null` where all cases have one outcome
    pub auc: f64,
    /// DeLong's standard error; `null` where it has none: a perfect order, a single case on one side
    pub standard_error: f64,
    /// DeLong's interval
    #[serde(flatten)]
    pub interval: Interval,
    /// At the cut-off of the whole training set; none where there is none, or all cases have one outcome
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_cutoff: Option<AtCutoff>,
    /// Brier score
    pub brier: f64,
}

/// Whether the areas of a column's groups differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubgroupTest {
    /// The column
    pub column: String,
    /// The model
    pub model: String,
    /// The set
    pub side: Side,
    /// Groups that have an area
    pub groups: usize,
    /// Cochran's Q of the areas, with DeLong's variances; `null` where fewer than two groups have one, or one of them is perfect
    pub q: f64,
    /// Its P value, by chi-squared of one degree of freedom less than groups
    pub p: f64,
}

/// The models in the groups of the columns that the study names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SubgroupsResult {
    /// Column by column, model by model, training before test, group by group
    pub groups: Vec<SubgroupRoc>,
    /// A test a column, model and set
    pub tests: Vec<SubgroupTest>,
    /// How columns were divided, and which cases are in no group
    pub remarks: Vec<Message>,
}

/// The columns that make groups, and their cells.
pub struct Dividing<'s> {
    input: &'s StudyInput,
    columns: Vec<String>,
}

/// The group of every case by one column.
struct Division {
    /// The groups' names
    groups: Vec<String>,
    /// The group of each case, in the order of the cases asked for; none where the cell is empty
    of: Vec<Option<usize>>,
    /// The median at which numbers were divided
    at: Option<f64>,
}

impl Dividing<'_> {
    /// Divides some cases by a column; `training` says which of them a median is taken of.
    ///
    /// # Errors
    /// Where the column has too many values, or a slip among its numbers.
    fn by(&self, column: &str, cases: &[CaseRisk]) -> Result<Division, StudyError> {
        let (config, cohort) = (self.input.config(), self.input.cohort());
        let fault = |problem: String| config.fault(&SUBGROUPS.row, problem);
        let cells: Vec<&str> = (cases.iter())
            .map(|case| {
                cohort
                    .position(&case.id)
                    .map_or("", |place| cohort.cell(place, column).trim())
            })
            .collect();
        let there = |cell: &str| !cell.is_empty() && !number(cell).is_some_and(f64::is_nan);
        let mut values: Vec<&str> = cells.iter().copied().filter(|cell| there(cell)).collect();
        values.sort_by(|one, other| match (number(one), number(other)) {
            (Some(left), Some(right)) => left.total_cmp(&right),
            _ => one.cmp(other),
        });
        values.dedup();
        let categories = config.clinical_categories.iter().any(|name| name == column);
        if !categories && values.len() > FEW_NUMBERS && values.iter().any(|value| number(value).is_some()) {
            return divided(column, cohort, cases);
        }
        if values.len() > MOST_GROUPS {
            return Err(fault(format!(
                "\"{column}\" has {} different values; a column of groups has at most {MOST_GROUPS}",
                values.len()
            )));
        }
        Ok(Division {
            of: (cells.iter())
                .map(|cell| values.iter().position(|value| value == cell))
                .collect(),
            groups: values.into_iter().map(str::to_owned).collect(),
            at: None,
        })
    }
}

/// Two groups by the median of the training cases.
fn divided(column: &str, cohort: &Cohort, cases: &[CaseRisk]) -> Result<Division, StudyError> {
    let all = cohort.numbers(column)?;
    let values: Vec<f64> = (cases.iter())
        .map(|case| cohort.position(&case.id).map_or(f64::NAN, |place| all[place]))
        .collect();
    let training: Vec<f64> = (cases.iter().zip(&values))
        .filter(|(case, value)| case.side == Side::Training && value.is_finite())
        .map(|(_, &value)| value)
        .collect();
    if training.is_empty() {
        return Err(StudyError::Stage(format!(
            "no training case has a value in the column \"{column}\""
        )));
    }
    let at = median(&training);
    let name = number_text(at);
    Ok(Division {
        groups: vec![format!("≤ {name}"), format!("> {name}")],
        of: (values.iter())
            .map(|value| value.is_finite().then(|| usize::from(*value > at)))
            .collect(),
        at: Some(at),
    })
}

impl<'s> Part<'s> for Dividing<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let found = <Dividing<'_> as Part<'_>>::take(sources)?;
        let cohort = found.input.cohort();
        let cells: Vec<_> = (cohort.cases.iter().enumerate())
            .map(|(place, case)| {
                let cells: Vec<&str> = found.columns.iter().map(|column| cohort.cell(place, column)).collect();
                (&case.id, cells)
            })
            .collect();
        Ok(Ingredients::default().with_many("the columns of the subgroups", cells.len(), &cells))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            input: sources.input(),
            columns: sources.input().config().get(&SUBGROUPS)?,
        })
    }
}

impl Stage for Subgroups {
    const NAME: &'static str = "subgroups";
    const ABOUT: &'static str =
        "judges the models apart in the groups of the columns that the study names: sex, age, centre, scanner";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/subgroups.csv", "evaluate/subgroup_tests.csv"];
    const RESULT: &'static str = "evaluate/subgroups.json";
    /// The level of intervals
    type Settings = f64;
    type Input<'s> = (Of<'s, Fit>, Of<'s, Risks>, Dividing<'s>);
    type Output = SubgroupsResult;

    fn keys() -> Vec<&'static Row> {
        vec![&SUBGROUPS.row, &CONFIDENCE.row]
    }

    /// Only of a study that names columns; a wrong setting is one that does.
    fn applies(input: &StudyInput) -> bool {
        input
            .config()
            .get(&SUBGROUPS)
            .map_or(true, |columns| !columns.is_empty())
    }

    fn settings(config: &Config) -> Result<f64, StudyError> {
        config.get(&CONFIDENCE)
    }

    fn run(
        (fit, scored, dividing): Self::Input<'_>,
        &level: &f64,
        _watch: &Watch,
    ) -> Result<SubgroupsResult, StudyError> {
        let mut result = SubgroupsResult::default();
        for column in &dividing.columns {
            let division = dividing.by(column, &scored.risks)?;
            if let Some(at) = division.at {
                result.remarks.push(words::divided_at(column, number_text(at)));
            }
            let without = division.of.iter().filter(|group| group.is_none()).count();
            if without > 0 {
                result.remarks.push(words::in_no_group(column, without));
            }
            match division.groups.as_slice() {
                [] => result.remarks.push(words::no_groups(column)),
                [only] => result.remarks.push(words::one_group(column, only)),
                _ => {}
            }
            judge(&fit, &scored, (column, &division), level, &mut result)?;
            let mut tests = result.tests.iter().filter(|test| test.column == *column);
            if division.groups.len() > 1 && tests.any(|test| test.p.is_nan()) {
                result.remarks.push(words::areas_not_compared(column));
            }
        }
        let tested = result.tests.iter().filter(|test| test.p.is_finite()).count();
        if tested > 1 {
            result.remarks.push(words::many_groups_tested(tested));
        }
        Ok(result)
    }

    fn present(result: &SubgroupsResult, made: &mut Made) {
        for test in result.tests.iter().filter(|test| test.p.is_finite()) {
            made.note(words::areas_by_group(
                curve_name(&test.model, test.side),
                &test.column,
                test.groups,
                p_equals(test.p),
            ));
        }
        for remark in &result.remarks {
            made.note(remark.clone());
        }
        made.file("evaluate/subgroups.csv", csv_of(result.groups.iter().map(group_row)));
        made.file("evaluate/subgroup_tests.csv", csv_of(result.tests.iter().map(test_row)));
    }

    fn chapter(result: &SubgroupsResult, page: &mut Page) {
        page.say(&format!(
            "### {}\n\n{}\n\n",
            page_words::SUBGROUPS,
            page_words::SUBGROUPS_NAMED
        ));
        let level = common_name(result.groups.iter().map(|group| group.interval));
        let rows = result.groups.iter().map(|group| {
            let at =
                |cell: fn(&AtCutoff) -> String| group.at_cutoff.as_ref().map_or_else(|| NOT_AVAILABLE.to_owned(), cell);
            vec![
                group.column.clone(),
                group.group.clone(),
                group.model.clone(),
                group.side.said().to_string(),
                group.cases.to_string(),
                group.events.to_string(),
                if group.auc.is_nan() {
                    NOT_AVAILABLE.to_owned()
                } else {
                    share_with_limits(group.auc, group.interval, 4)
                },
                at(|at| share_with_limits(at.sensitivity, at.sensitivity_ci, 4)),
                at(|at| share_with_limits(at.specificity, at.specificity_ci, 4)),
                share(group.brier, 4),
            ]
        });
        page.table(
            &[
                page_words::COLUMN.text(),
                page_words::GROUP.text(),
                page_words::MODEL.text(),
                page_words::SET.text(),
                page_words::CASES.text(),
                page_words::EVENTS.text(),
                &page_words::auc_by_delong(&level).to_string(),
                &page_words::sensitivity_by_wilson(&level).to_string(),
                &page_words::specificity_by_wilson(&level).to_string(),
                page_words::BRIER.text(),
            ],
            rows.collect(),
        );
        let rows = result.tests.iter().map(|test| {
            vec![
                test.column.clone(),
                test.model.clone(),
                test.side.said().to_string(),
                test.groups.to_string(),
                significant(test.q, 4),
                probability(test.p),
            ]
        });
        page.table(
            &[
                page_words::COLUMN.text(),
                page_words::MODEL.text(),
                page_words::SET.text(),
                page_words::GROUPS.text(),
                page_words::COCHRANS_Q.text(),
                "P",
            ],
            rows.collect(),
        );
        for remark in &result.remarks {
            page.say(&format!("> {remark}\n\n"));
        }
    }

    fn figures(result: &SubgroupsResult, _sources: &Sources, results: &mut Results) {
        // One chart a model and set, with all its columns; the first column has every one of them.
        let first = result.tests.first().map(|test| &test.column);
        for test in result.tests.iter().filter(|test| Some(&test.column) == first) {
            let same = |group: &&SubgroupRoc| group.model == test.model && group.side == test.side;
            results.put(SubgroupsInput {
                name: curve_name(&test.model, test.side),
                lines: result.groups.iter().filter(same).map(line).collect(),
            });
        }
    }
}

fn line(group: &SubgroupRoc) -> SubgroupLine {
    SubgroupLine {
        column: group.column.clone(),
        group: group.group.clone(),
        cases: group.cases,
        events: group.events,
        auc: group.auc,
        interval: group.interval,
    }
}

/// Every model in every group of a column.
fn judge(
    fit: &FitResult,
    scored: &RisksResult,
    (column, division): (&str, &Division),
    level: f64,
    result: &mut SubgroupsResult,
) -> Result<(), StudyError> {
    for (model, fitted) in fit.models.iter().enumerate() {
        for side in scored.sides() {
            let mut areas: Vec<(f64, f64)> = Vec::new();
            for (number, group) in division.groups.iter().enumerate() {
                let (events, risks): (Vec<bool>, Vec<f64>) = (scored.risks.iter().zip(&division.of))
                    .filter(|(case, of)| **of == Some(number) && case.side == side && !case.risks[model].is_nan())
                    .map(|(case, _)| (case.event, case.risks[model]))
                    .unzip();
                if events.is_empty() {
                    continue;
                }
                let mut found = SubgroupRoc {
                    column: column.to_owned(),
                    group: group.clone(),
                    model: fitted.model.name.clone(),
                    side,
                    cases: events.len(),
                    events: events.iter().filter(|event| **event).count(),
                    mean_risk: risks.iter().sum::<f64>() / risks.len() as f64,
                    auc: f64::NAN,
                    standard_error: f64::NAN,
                    interval: Interval::none(level),
                    at_cutoff: None,
                    brier: brier(&events, &risks),
                };
                if found.events > 0 && found.events < found.cases {
                    let placements = Placements::new(&events, &risks, Direction::Higher)?;
                    found.auc = placements.auc;
                    // A perfect order, or a single case on one side, says nothing of how far the area may lie away.
                    if placements.variance() > 0.0 {
                        found.standard_error = placements.variance().sqrt();
                        found.interval = auc_interval(&events, &risks, Direction::Higher, level, AucInterval::DeLong)?;
                    }
                    if let Some(cutoff) = &fitted.model.cutoff {
                        let at = cutoff_at(&events, &risks, Direction::Higher, cutoff.risk)?;
                        found.at_cutoff = Some(rates_at(&at, level)?);
                    }
                    areas.push((found.auc, placements.variance()));
                }
                result.groups.push(found);
            }
            result
                .tests
                .push(test(column, &fitted.model.name, side, &areas, level)?);
        }
    }
    Ok(())
}

/// Cochran's Q of some areas with their variances.
fn test(column: &str, model: &str, side: Side, areas: &[(f64, f64)], level: f64) -> Result<SubgroupTest, StudyError> {
    let (values, variances): (Vec<f64>, Vec<f64>) = areas.iter().copied().unzip();
    // The variance of a perfect area, or of a single pair of cases, is not known.
    let known = areas.len() >= 2 && variances.iter().all(|&variance| variance > 0.0);
    let found = known
        .then(|| pool(&values, &variances, level, Heterogeneity::DerSimonianLaird))
        .transpose()?;
    Ok(SubgroupTest {
        column: column.to_owned(),
        model: model.to_owned(),
        side,
        groups: areas.len(),
        q: found.map_or(f64::NAN, |found| found.q),
        p: found.map_or(f64::NAN, |found| found.q_p),
    })
}

/// A row of `evaluate/subgroups.csv`.
#[derive(Default, Serialize)]
struct GroupRow<'a> {
    column: &'a str,
    group: &'a str,
    model: &'a str,
    split: &'a str,
    cases: usize,
    events: usize,
    mean_risk: Exact,
    auc: Exact,
    delong_se: Exact,
    auc_lower: Exact,
    auc_upper: Exact,
    sensitivity: Exact,
    sensitivity_lower: Exact,
    sensitivity_upper: Exact,
    specificity: Exact,
    specificity_lower: Exact,
    specificity_upper: Exact,
    brier: Exact,
    level: Exact,
}

fn group_row(group: &SubgroupRoc) -> GroupRow<'_> {
    let at = |value: fn(&AtCutoff) -> f64| Exact(group.at_cutoff.as_ref().map_or(f64::NAN, value));
    GroupRow {
        column: &group.column,
        group: &group.group,
        model: &group.model,
        split: group.side.name(),
        cases: group.cases,
        events: group.events,
        mean_risk: Exact(group.mean_risk),
        auc: Exact(group.auc),
        delong_se: Exact(group.standard_error),
        auc_lower: Exact(group.interval.lower),
        auc_upper: Exact(group.interval.upper),
        sensitivity: at(|at| at.sensitivity),
        sensitivity_lower: at(|at| at.sensitivity_ci.lower),
        sensitivity_upper: at(|at| at.sensitivity_ci.upper),
        specificity: at(|at| at.specificity),
        specificity_lower: at(|at| at.specificity_ci.lower),
        specificity_upper: at(|at| at.specificity_ci.upper),
        brier: Exact(group.brier),
        level: Exact(group.interval.level),
    }
}

/// A row of `evaluate/subgroup_tests.csv`.
#[derive(Default, Serialize)]
struct TestRow<'a> {
    column: &'a str,
    model: &'a str,
    split: &'a str,
    groups: usize,
    q: Exact,
    p: Exact,
}

fn test_row(test: &SubgroupTest) -> TestRow<'_> {
    TestRow {
        column: &test.column,
        model: &test.model,
        split: test.side.name(),
        groups: test.groups,
        q: Exact(test.q),
        p: Exact(test.p),
    }
}
