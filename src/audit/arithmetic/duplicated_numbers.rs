//! Numbers that stand in two columns or rows of different things.
//!
//! A slip of copying repeats whole columns and rows. That two of them agree by chance has about the probability of all their
//! numbers agreeing: for one number the unit of its last digit over a tenth of its size, since figures of one kind lie near each
//! other. Times the number of pairs that were compared, this is the expected number of such coincidences; below one in a
//! thousand it asks for an explanation. So a few numbers with two digits are nothing, and four with three digits are.

use crate::audit::place::{Place, Spot};
use crate::audit::published::{BaselineKind, Performance};
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number::short;

pub(super) static CHECK: Check = Check {
    id: "duplicated-numbers",
    needs: words::NEEDS_DUPLICATES,
    formula: "pairs · Π min(1, unit of the last digit / (|number| / 10)) over the numbers that agree < 0.001",
    source: "Carlisle 2012 and Brown & Heathers 2017 for the idea; the chance of a coincidence of rounded numbers",
    severity: Severity::Doubtful,
    words: words::DUPLICATES_WHY,
    run: duplicated_numbers,
};

/// Fewer expected coincidences than these ask for an explanation.
const RARE: f64 = 0.001;

/// Numbers under one heading: what they are, and what stands at each place.
struct Column<'a> {
    name: Message,
    at: Place,
    cells: Vec<Option<&'a Printed>>,
}

/// The chance that a number agrees with another of its kind; 1 where 0 and whole 1 are concerned, which are usual.
fn chance(number: &Printed) -> f64 {
    if number.value == 0.0 || number.value == 1.0 {
        return 1.0;
    }
    (2.0 * number.half_unit / (0.1 * number.value.abs())).min(1.0)
}

/// The numbers of two columns that agree, where every place that both have agrees.
fn agreeing<'a>(one: &Column<'a>, other: &Column<'a>) -> Option<Vec<&'a Printed>> {
    let mut same = Vec::new();
    for (one, other) in one.cells.iter().zip(&other.cells) {
        let (Some(one), Some(other)) = (one, other) else {
            continue;
        };
        if one.value != other.value || one.half_unit != other.half_unit || one.relation != other.relation {
            return None;
        }
        same.push(*one);
    }
    (same.len() > 1).then_some(same)
}

fn judge(columns: &[Column]) -> Vec<Finding> {
    let pairs = (columns.len() * columns.len().saturating_sub(1) / 2) as f64;
    let mut findings = Vec::new();
    for (order, one) in columns.iter().enumerate() {
        for other in &columns[order + 1..] {
            let Some(same) = agreeing(one, other) else { continue };
            let expected = pairs * same.iter().map(|number| chance(number)).product::<f64>();
            if expected < RARE {
                let numbers: Vec<&str> = same.iter().map(|number| number.text.as_str()).collect();
                findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Doubtful,
                        Spot::new(words::names_and(one.name.clone(), other.name.clone()), &other.at),
                        words::SAME_NUMBERS,
                    )
                    .line(words::numbers_agree(same.len(), numbers.join(", "), short(expected, 1)))
                    .resolve(words::COPIED_OR_NOT),
                );
            }
        }
    }
    findings
}

fn duplicated_numbers(model: &PublishedModel) -> Vec<Finding> {
    let mut groups: Vec<Vec<Column>> = Vec::new();
    let rows = &model.performance;
    // A model in a set against another: the area and its limits, and of the operating point only what is free. All shares of
    // one confusion table follow from two of them.
    groups.push(
        rows.iter()
            .map(|row| Column {
                name: row.place().into(),
                at: row.at.clone(),
                cells: free_figures(row),
            })
            .collect(),
    );
    // A figure of merit against another, over all models and sets.
    groups.push(
        FIGURES
            .iter()
            .map(|(name, of)| Column {
                name: (*name).into(),
                at: Place::default().key("performance"),
                cells: rows.iter().map(|row| of(row).as_ref()).collect(),
            })
            .collect(),
    );
    // A set of the baseline table against another, where the cells are measured and not counted.
    let measured: Vec<_> = (model.baseline.iter())
        .filter(|row| row.kind != BaselineKind::Counts)
        .collect();
    groups.push(
        (model.sample.sets.iter())
            .map(|set| Column {
                name: words::set_named(&set.name),
                at: Place::default().key("baseline"),
                cells: (measured.iter())
                    .flat_map(|row| {
                        let width = row.values.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
                        let cells = (row.values.iter())
                            .find(|(name, _)| *name == set.name)
                            .map(|(_, cells)| cells);
                        (0..width).map(move |cell| cells.and_then(|cells| cells.get(cell)))
                    })
                    .collect(),
            })
            .collect(),
    );
    // A predictor against another.
    groups.push(
        (model.predictors.iter())
            .map(|row| Column {
                name: row.name.clone().into(),
                at: row.at.clone(),
                cells: vec![
                    row.coefficient.as_ref(),
                    row.se.as_ref(),
                    row.odds_ratio.as_ref().filter(|_| row.coefficient.is_none()),
                    row.ci.as_ref().map(|ci| &ci[0]),
                    row.ci.as_ref().map(|ci| &ci[1]),
                ],
            })
            .collect(),
    );
    let compared: usize = (groups.iter())
        .map(|group| {
            group
                .iter()
                .filter(|column| column.cells.iter().flatten().count() > 1)
                .count()
        })
        .filter(|columns| *columns > 1)
        .sum();
    if compared == 0 {
        return Vec::new();
    }
    let findings: Vec<Finding> = groups.iter().flat_map(|columns| judge(columns)).collect();
    if findings.is_empty() {
        return vec![
            Finding::new(CHECK.id, Severity::Passed, words::TABLES, words::NO_SAME_NUMBERS)
                .line(words::columns_compared(compared)),
        ];
    }
    findings
}

fn free_figures(row: &Performance) -> Vec<Option<&Printed>> {
    let limits = row.ci.as_ref();
    vec![
        row.auc.as_ref(),
        limits.map(|limits| &limits[0]),
        limits.map(|limits| &limits[1]),
        row.sensitivity.as_ref(),
        row.specificity.as_ref(),
        row.brier.as_ref(),
        row.calibration_slope.as_ref(),
        row.calibration_mse.as_ref(),
        row.calibration_mae.as_ref(),
    ]
}

type Figure = fn(&Performance) -> &Option<Printed>;

/// The figures that are compared column by column.
static FIGURES: &[(crate::message::Id, Figure)] = &[
    (words::AUC, |row| &row.auc),
    (words::SENSITIVITY, |row| &row.sensitivity),
    (words::SPECIFICITY, |row| &row.specificity),
    (words::PPV, |row| &row.ppv),
    (words::NPV, |row| &row.npv),
    (words::ACCURACY, |row| &row.accuracy),
    (words::F1, |row| &row.f1),
    (words::YOUDEN, |row| &row.youden),
    (words::BRIER, |row| &row.brier),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(rows: [&str; 2]) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, performance: [{{model: a, set: training, {}}}, {{model: b, set: training, {}}}]}}",
                rows[0], rows[1]
            ),
        )
        .unwrap()
    }

    #[test]
    fn a_copied_row_that_no_rounding_can_save_and_one_that_rounding_explains() {
        let copied = "auc: \"0.786\", ci: [\"0.685\", \"0.887\"], sensitivity: \"0.634\"";
        assert_eq!(found([copied, copied]), Severity::Doubtful);
        assert_eq!(
            found([
                copied,
                "auc: \"0.786\", ci: [\"0.685\", \"0.886\"], sensitivity: \"0.634\""
            ]),
            Severity::Passed
        );
        // With two digits and without a decimal so many figures agree.
        let coarse = "auc: \"0.79\", sensitivity: \"0.63\"";
        assert_eq!(found([coarse, coarse]), Severity::Passed);
    }

    #[test]
    fn a_copied_column_is_found_over_its_rows() {
        let row = |sensitivity: &str, npv: &str| format!("sensitivity: \"{sensitivity}\", npv: \"{npv}\"");
        let many = |pairs: &[(&str, &str)]| {
            let rows: Vec<String> = (pairs.iter().enumerate())
                .map(|(order, (one, other))| format!("{{model: m{order}, set: training, {}}}", row(one, other)))
                .collect();
            worst_of(&CHECK, &format!("{{model: m, performance: [{}]}}", rows.join(", ")))
        };
        let copied = [
            ("0.634", "0.634"),
            ("0.875", "0.875"),
            ("0.781", "0.781"),
            ("0.812", "0.812"),
        ];
        assert_eq!(many(&copied), Some(Severity::Doubtful));
        assert_eq!(many(&copied[..1]), None);
        let other = [
            ("0.634", "0.634"),
            ("0.875", "0.875"),
            ("0.781", "0.781"),
            ("0.812", "0.813"),
        ];
        assert_eq!(many(&other), Some(Severity::Passed));
    }
}
