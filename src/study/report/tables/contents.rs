//! The tables of a paper, from the study's results: every number stands in an artefact, and its digits are those of one style.

use super::printed::{Cell, Printed, Style};
use crate::stats::base::interval::common_name;
use crate::stats::base::number::{NOT_AVAILABLE, settled};
use crate::stats::validation::decision_curve::Strategy;
use crate::study::engine::Study;
use crate::study::guard;
use crate::study::input::cohort::Side;
use crate::study::stages::evaluate::calibration::CalibrationKind;
use crate::study::stages::evaluate::discrimination::AtCutoff;
use crate::study::stages::evaluate::subgroups::SubgroupTest;

/// The cells of a table, row by row.
type Rows = Vec<Vec<Cell>>;

/// The tables that the study's results can fill, in the order of a paper.
pub fn tables(study: &Study, style: Style) -> Vec<Printed> {
    let made = [
        baseline(study),
        by_outcome(study),
        score(study, style),
        clinical(study, style),
        models(study, style),
        performance(study, style),
        misclassified(study, style),
        subgroups(study, style),
        comparison(study, style),
        calibration(study, style),
        decision(study, style),
    ];
    let labels: Vec<String> = guard::labels(study).iter().map(ToString::to_string).collect();
    let filled = made.into_iter().flatten().filter(|table| !table.rows.is_empty());
    filled
        .map(|mut table| {
            table.notes.extend(labels.iter().cloned());
            table
        })
        .collect()
}

fn table(name: &'static str, title: &str, header: &[&str], rows: Rows, notes: &[&str]) -> Printed {
    Printed {
        name,
        title: title.to_owned(),
        header: header.iter().map(|&name| name.to_owned()).collect(),
        rows,
        notes: notes.iter().map(|&note| note.to_owned()).collect(),
    }
}

const SUMMARIES: &str = "Numbers are mean ± SD or median (first, third quartile), categories are counts in the order named; the test of each row is named.";
const SMD: &str = "SMD: standardised mean difference.";

/// The columns that both tables of the patients end with.
fn compared(missing: (usize, usize), p: f64, method: &str, difference: f64) -> Vec<Cell> {
    vec![
        Cell::text(format!("{}/{}", missing.0, missing.1)),
        Cell::p(p),
        Cell::text(method),
        Style { decimals: 3 }.share(difference),
    ]
}

fn baseline(study: &Study) -> Option<Printed> {
    let found = study.results().table1()?;
    let row = |row: &crate::study::stages::table1::BaselineRow| {
        let mut cells = [&row.variable, &row.training, &row.test]
            .map(|text| Cell::text(text.as_str()))
            .to_vec();
        cells.extend(compared(row.missing, row.p, &row.method, row.standardised_difference));
        cells
    };
    Some(table(
        "baseline",
        "Patients by partition",
        &["variable", "training", "test", "missing", "P", "test used", "SMD"],
        found.rows.iter().map(row).collect(),
        &[SUMMARIES, SMD],
    ))
}

fn by_outcome(study: &Study) -> Option<Printed> {
    let found = study.results().table1()?;
    let row = |row: &crate::study::stages::table1::OutcomeRow| {
        let mut cells = [&row.variable, &row.without, &row.with]
            .map(|text| Cell::text(text.as_str()))
            .to_vec();
        cells.extend(compared(row.missing, row.p, &row.method, row.standardised_difference));
        cells
    };
    Some(table(
        "baseline-outcome",
        "Patients by outcome, training and test together",
        &[
            "variable",
            "without the event",
            "with the event",
            "missing",
            "P",
            "test used",
            "SMD",
        ],
        found.by_outcome.iter().map(row).collect(),
        &[SUMMARIES, SMD],
    ))
}

fn score(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().select()?;
    // A score that is no sum has no coefficients; what it reads stands in the report.
    let rows = found.coefficients.iter().map(|term| {
        vec![
            Cell::text(term.feature.as_str()),
            style.significant(term.coefficient),
            style.significant(term.mean),
            style.significant(term.sd),
        ]
    });
    let intercept = vec![
        Cell::text("intercept"),
        style.significant(found.intercept),
        Cell::text(""),
        Cell::text(""),
    ];
    let rows: Rows = rows.collect();
    let rows = if rows.is_empty() {
        rows
    } else {
        [vec![intercept], rows].concat()
    };
    let mut notes = vec!["Coefficients are of features scaled by mean and SD of the training set.".to_owned()];
    if let Some(harmonised) = study.results().harmonise() {
        notes.push(
            "Mean and SD are of features harmonised by ComBat: those of another case are harmonised before they are scaled (harmonise/combat.csv)."
                .to_owned(),
        );
        notes.extend(harmonised.limits().iter().map(|limit| format!("{limit}.")));
    }
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    Some(table(
        "score",
        "Features of the Rad-score",
        &["feature", "coefficient", "mean", "SD"],
        rows,
        &notes,
    ))
}

fn clinical(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().clinical()?;
    let interval = common_name(
        found
            .univariable
            .iter()
            .chain(&found.multivariable)
            .map(|row| row.interval),
    );
    let rows = found.univariable.iter().map(|alone| {
        let together = found.multivariable.iter().find(|row| row.term == alone.term);
        let mut cells = vec![
            Cell::text(alone.term.name()),
            style.ratio_within(alone.odds_ratio, alone.interval),
            Cell::p(alone.p),
        ];
        cells.extend(match together {
            Some(row) => [style.ratio_within(row.odds_ratio, row.interval), Cell::p(row.p)],
            None => [Cell::text(""), Cell::text("")],
        });
        cells.push(Cell::text(
            if found.chosen.iter().any(|chosen| chosen == alone.term.name()) {
                "yes"
            } else {
                ""
            },
        ));
        cells
    });
    Some(table(
        "clinical",
        "Clinical predictors in the training set",
        &[
            "predictor",
            &format!("odds ratio alone ({interval})"),
            "P",
            &format!("odds ratio together ({interval})"),
            "P together",
            "in model 2",
        ],
        rows.collect(),
        &[
            "Logistic regression; Wald's intervals and tests.",
            &format!(
                "{} training cases with {} events in the fit of all together.",
                found.used, found.events
            ),
        ],
    ))
}

fn models(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().fit()?;
    let all = found.models.iter().flat_map(|fitted| &fitted.rows);
    let interval = common_name(all.map(|row| row.interval));
    let rows = found.models.iter().flat_map(|fitted| {
        fitted.rows.iter().enumerate().map(|(order, row)| {
            // The first row is the intercept, which no factor belongs to.
            let inflation = order.checked_sub(1).and_then(|order| fitted.inflation.get(order));
            vec![
                Cell::text(fitted.model.name.as_str()),
                Cell::text(row.term.name()),
                style.significant(row.coefficient),
                style.significant(row.standard_error),
                style.ratio_within(row.odds_ratio, row.interval),
                Cell::p(row.p),
                style.significant(inflation.copied().unwrap_or(f64::NAN)),
            ]
        })
    });
    let penalised: Vec<&str> = (found.models.iter().filter(|fitted| fitted.penalised))
        .map(|fitted| fitted.model.name.as_str())
        .collect();
    let remark = match penalised.as_slice() {
        [] => String::new(),
        names => format!(
            " Firth's penalised fit of {}, whose data are separated.",
            names.join(" and ")
        ),
    };
    Some(table(
        "models",
        "Coefficients of the models",
        &[
            "model",
            "term",
            "coefficient",
            "SE",
            &format!("odds ratio ({interval})"),
            "P",
            "VIF",
        ],
        rows.collect(),
        &[&format!(
            "Logistic regression in the training set; Wald's intervals and tests. VIF: variance inflation factor.{remark}"
        )],
    ))
}

fn performance(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().discrimination()?;
    let interval = common_name(found.roc.iter().map(|curve| curve.interval));
    let rows = found.roc.iter().map(|curve| {
        let at = |cell: &dyn Fn(&AtCutoff) -> Cell| {
            let none = || Cell::text(NOT_AVAILABLE);
            curve.at_cutoff.as_ref().map_or_else(none, cell)
        };
        vec![
            Cell::text(curve.model.as_str()),
            Cell::text(curve.side.name()),
            Cell::count(curve.cases),
            Cell::count(curve.events),
            style.share_within(curve.auc, curve.interval),
            at(&|at| style.share(at.risk)),
            at(&|at| Cell::text(format!("{}/{}/{}/{}", at.tp, at.fp, at.tn, at.fn_))),
            at(&|at| style.share_within(at.sensitivity, at.sensitivity_ci)),
            at(&|at| style.share_within(at.specificity, at.specificity_ci)),
            at(&|at| style.share(at.youden)),
            style.share(curve.brier),
        ]
    });
    Some(table(
        "performance",
        "Performance of the models",
        &[
            "model",
            "set",
            "cases",
            "events",
            &format!("AUC ({interval})"),
            "cut-off",
            "TP/FP/TN/FN",
            &format!("sensitivity ({interval})"),
            &format!("specificity ({interval})"),
            "Youden index",
            "Brier score",
        ],
        rows.collect(),
        &[
            "Intervals: AUC by DeLong, sensitivity and specificity by Wilson. The cut-off of the risk was chosen in the training set.",
        ],
    ))
}

/// Cases on the wrong side of the cut-off: of the test set, or of the training set where there is no test set.
fn misclassified(study: &Study, style: Style) -> Option<Printed> {
    let scored = study.results().risks()?;
    let found = study.results().discrimination()?;
    let side = scored.sides().last()?;
    let mut rows = Vec::new();
    for curve in found.roc.iter().filter(|curve| curve.side == side) {
        let (Some(at), Some(model)) = (&curve.at_cutoff, scored.model(&curve.model)) else {
            continue;
        };
        for case in scored.risks.iter().filter(|case| case.side == side) {
            let risk = case.risks[model];
            if risk.is_nan() || (risk >= at.risk) == case.event {
                continue;
            }
            rows.push(vec![
                Cell::text(curve.model.as_str()),
                Cell::text(case.id.as_str()),
                Cell::text(if case.event { "false negative" } else { "false positive" }),
                style.apart(risk, at.risk).share(risk),
                style.apart(risk, at.risk).share(at.risk),
            ]);
        }
    }
    Some(table(
        "misclassified",
        &format!("Misclassified cases, {} set", side.name()),
        &["model", "case", "error", "risk", "cut-off"],
        rows,
        &["The cut-off of the risk was chosen in the training set; a case at it is taken for one with the event."],
    ))
}

/// The models in the groups that the study names: of the test set, or of the training set where there is no test set.
fn subgroups(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().subgroups()?;
    let side = study.results().risks()?.sides().last()?;
    let interval = common_name(found.groups.iter().map(|group| group.interval));
    let rows = found.groups.iter().filter(|group| group.side == side).map(|group| {
        let none = || Cell::text(NOT_AVAILABLE);
        let at = |cell: &dyn Fn(&AtCutoff) -> Cell| group.at_cutoff.as_ref().map_or_else(none, cell);
        let of_column =
            |test: &&SubgroupTest| (&test.column, &test.model, test.side) == (&group.column, &group.model, group.side);
        let p = found.tests.iter().find(of_column).map_or(f64::NAN, |test| test.p);
        vec![
            Cell::text(group.column.as_str()),
            Cell::text(group.group.as_str()),
            Cell::text(group.model.as_str()),
            Cell::count(group.cases),
            Cell::count(group.events),
            if group.auc.is_nan() {
                none()
            } else {
                style.share_within(group.auc, group.interval)
            },
            at(&|at| style.share_within(at.sensitivity, at.sensitivity_ci)),
            at(&|at| style.share_within(at.specificity, at.specificity_ci)),
            style.share(group.brier),
            Cell::p(p),
        ]
    });
    Some(table(
        "subgroups",
        &format!("Performance in subgroups, {} set", side.name()),
        &[
            "column",
            "group",
            "model",
            "cases",
            "events",
            &format!("AUC ({interval})"),
            &format!("sensitivity ({interval})"),
            &format!("specificity ({interval})"),
            "Brier score",
            "P of the areas",
        ],
        rows.collect(),
        &[
            "The columns were named in the study file; numbers are divided at the median of the training cases. Intervals: AUC by DeLong, sensitivity and specificity by Wilson, at the cut-off of the whole training set. P: whether the areas of a column's groups differ (Cochran's Q).",
        ],
    ))
}

fn comparison(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().discrimination()?;
    let interval = common_name(found.comparisons.iter().map(|test| test.ci));
    let name = |(model, side): &(String, Side)| Cell::text(format!("{model}, {}", side.name()));
    let rows = found.comparisons.iter().map(|test| {
        vec![
            name(&test.a),
            name(&test.b),
            Cell::text(if test.paired { "paired" } else { "unpaired" }),
            style.share_within(test.difference, test.ci),
            style.significant(test.z),
            Cell::p(test.p),
        ]
    });
    Some(table(
        "delong",
        "Comparison of areas under the curve",
        &[
            "first",
            "second",
            "test",
            &format!("difference ({interval})"),
            "statistic",
            "P",
        ],
        rows.collect(),
        &["DeLong's test; paired where both curves rest on the same cases."],
    ))
}

fn calibration(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().calibration()?;
    let rows = found.calibration.iter().map(|judged| {
        vec![
            Cell::text(judged.model.as_str()),
            Cell::text(judged.side.name()),
            Cell::text(match judged.kind {
                CalibrationKind::Corrected => format!("bias-corrected, {} resamples", judged.resamples),
                CalibrationKind::Frozen => "frozen model".to_owned(),
            }),
            style.share(judged.mae),
            style.share(judged.q90),
            style.share(judged.intercept),
            style.share(judged.slope),
            style.share(judged.observed_expected),
            style.share(judged.brier),
        ]
    });
    Some(table(
        "calibration",
        "Calibration of the models",
        &[
            "model",
            "set",
            "curve",
            "MAE",
            "E90",
            "intercept",
            "slope",
            "O:E",
            "Brier score",
        ],
        rows.collect(),
        &[
            "MAE: mean absolute error between predicted risk and smoothed observed share; E90: its 0.9 quantile; O:E: observed by expected events. Intercept and slope are those of the recalibration, for frozen models.",
        ],
    ))
}

fn decision(study: &Study, style: Style) -> Option<Printed> {
    let found = study.results().decision()?;
    let first = found.decision.first()?;
    // No one treated is 0 everywhere.
    let curves: Vec<_> = found
        .decision
        .iter()
        .filter(|curve| curve.model != Strategy::None)
        .collect();
    let at = |asked: f64| {
        first
            .thresholds
            .iter()
            .position(|threshold| (threshold - asked).abs() < 1e-9)
    };
    let rows = (1..10).filter_map(|tenth| {
        let place = at(f64::from(tenth) / 10.0)?;
        let mut cells = vec![
            Cell::Number {
                value: first.thresholds[place],
                shown: format!("0.{tenth}"),
            },
            Cell::text(format!("{tenth}:{}", 10 - tenth)),
        ];
        cells.extend(curves.iter().map(|curve| match curve.net_benefit.get(place) {
            Some(benefit) => style.share(settled(*benefit)),
            None => Cell::text(""),
        }));
        Some(cells)
    });
    let rows = rows.collect();
    let mut header = vec!["threshold".to_owned(), "cost:benefit".to_owned()];
    header.extend(
        curves
            .iter()
            .map(|curve| format!("{}, {}", curve.model.name(), curve.side.name())),
    );
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    Some(table(
        "decision",
        "Net benefit at threshold probabilities",
        &names,
        rows,
        &["All: everyone is treated. With no one treated the net benefit is 0."],
    ))
}
