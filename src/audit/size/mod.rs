//! Is the study large enough for what it claims: events, candidates, Riley's criteria, the precision of its figures.

mod events_per_variable;

use super::place::Spot;
use super::{Check, Finding, PublishedModel, Severity};
use crate::message::Id;
use crate::message::english::audit as words;
use crate::stats::base::number::share;
use crate::stats::validation::sample_size::{
    Plan, calibration_slope_error, cox_snell_from_auc, expected_auc_interval, expected_shrinkage, minimum_size,
};

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &Check {
        id: "events-per-candidate",
        needs: words::NEEDS_CANDIDATES,
        formula: "events (or cases without the event, whichever are fewer) / candidates",
        source: "Riley et al. 2019; Pavlou et al. 2015; PROBAST+AI 2025",
        severity: Severity::Doubtful,
        words: words::MORE_CANDIDATES,
        run: per_candidate,
    },
    &Check {
        id: "events-per-predictor",
        needs: words::NEEDS_CHOSEN,
        formula: "events (or cases without the event, whichever are fewer) / (chosen features + clinical predictors)",
        source: "Peduzzi et al. 1996; Riley et al. 2020",
        severity: Severity::Doubtful,
        words: words::A_GUESS,
        run: per_predictor,
    },
    &Check {
        id: "minimum-sample-size",
        needs: words::NEEDS_AUC_AND_SIZES,
        formula: "n ≥ p / ((S - 1) ln(1 - R²/S)) for S = 0.9 and for a Nagelkerke R² at most 0.05 too high; n ≥ (1.96 / 0.05)² \
                  π(1 - π); R² from the C statistic",
        source: "Riley et al. 2019 (part II), 2020 (BMJ 368:m441), 2021 (R² from a C statistic)",
        severity: Severity::Doubtful,
        words: words::HOW_MANY_PATIENTS,
        run: minimum,
    },
    &Check {
        id: "test-set-size",
        needs: words::NEEDS_OTHER_SET,
        formula: "100 events and 100 others; AUC ± 1.96 SE(Hanley-McNeil); SE of the calibration slope from the information \
                  of a logistic regression",
        source: "Vergouwe et al. 2005; Collins et al. 2016; Riley et al. 2021 (validation)",
        severity: Severity::Doubtful,
        words: words::SMALL_TEST_SET,
        run: test_size,
    },
    &events_per_variable::CHECK,
];

fn ratio(model: &PublishedModel, check: &'static str, whole: usize, what: Id, enough: f64) -> Vec<Finding> {
    let Some(set) = model.training().filter(|_| whole > 0) else {
        return Vec::new();
    };
    let per = set.rarer() as f64 / whole as f64;
    let mut lines = vec![words::events_per(
        set.events,
        whole,
        share(set.events as f64 / whole as f64, 2),
    )];
    if set.others() < set.events {
        lines.push(words::others_fewer(set.others(), whole, share(per, 2)));
    }
    let place = Spot::new(words::set_named(&set.name), &set.at);
    vec![if per >= enough {
        Finding::new(
            check,
            Severity::Passed,
            place,
            words::events_for_each(share(per, 1), what),
        )
        .lines(lines)
    } else {
        Finding::new(
            check,
            Severity::Doubtful,
            place,
            words::events_for_each(share(set.events as f64 / whole as f64, 1), what),
        )
        .lines(lines)
        .resolve(words::MORE_CASES)
    }]
}

fn per_candidate(model: &PublishedModel) -> Vec<Finding> {
    ratio(
        model,
        "events-per-candidate",
        model.candidates.unwrap_or(0),
        words::CANDIDATE_FEATURE,
        10.0,
    )
}

fn per_predictor(model: &PublishedModel) -> Vec<Finding> {
    let Some(chosen) = model.chosen else { return Vec::new() };
    ratio(
        model,
        "events-per-predictor",
        chosen + model.clinical.unwrap_or(0),
        words::PREDICTOR_OF_MODEL,
        10.0,
    )
}

/// The AUC to plan with: the best printed one outside the training set, else in it.
fn expected_auc(model: &PublishedModel) -> Option<(f64, String)> {
    let training = model.training().map(|set| set.name.clone());
    let best = |outside: bool| {
        model
            .performance
            .iter()
            .filter(|row| (Some(&row.set) != training.as_ref()) == outside)
            .filter_map(|row| Some((row.auc.as_ref()?.value, row.place())))
            .filter(|(auc, _)| *auc > 0.5 && *auc < 1.0)
            .max_by(|left, right| left.0.total_cmp(&right.0))
    };
    best(true).or_else(|| best(false))
}

fn minimum(model: &PublishedModel) -> Vec<Finding> {
    let (Some(set), Some(candidates), Some((auc, place))) = (
        model.training(),
        model.candidates.filter(|count| *count > 0),
        expected_auc(model),
    ) else {
        return Vec::new();
    };
    let prevalence = set.events as f64 / set.cases as f64;
    let plan = Plan {
        auc,
        prevalence,
        candidates,
        shrinkage: 0.9,
    };
    let (Ok(size), Ok(r2)) = (minimum_size(&plan), cox_snell_from_auc(auc, prevalence)) else {
        return Vec::new();
    };
    let lines = vec![
        words::auc_at_prevalence(auc, place, share(prevalence, 2), share(r2, 3)),
        words::riley(size.for_shrinkage, size.for_optimism, size.for_overall_risk),
        words::expected_slope(
            set.cases,
            candidates,
            share(expected_shrinkage(set.cases, candidates, r2), 2),
        ),
    ];
    let place = Spot::new(words::set_named(&set.name), &set.at);
    vec![if set.cases >= size.cases {
        Finding::new("minimum-sample-size", Severity::Passed, place, words::LARGE_BY_RILEY).lines(lines)
    } else {
        Finding::new(
            "minimum-sample-size",
            Severity::Doubtful,
            place,
            words::riley_asks(set.cases, size.cases),
        )
        .lines(lines)
        .resolve(words::FEWER_CANDIDATES)
    }]
}

fn test_size(model: &PublishedModel) -> Vec<Finding> {
    let training = model.training().map(|set| set.name.clone());
    let mut findings = Vec::new();
    for set in model
        .sample
        .sets
        .iter()
        .filter(|set| Some(&set.name) != training.as_ref())
    {
        if set.events == 0 || set.others() == 0 {
            continue;
        }
        let mut lines = vec![words::advice_100(set.events, set.others())];
        let auc = model
            .performance
            .iter()
            .filter(|row| row.set == set.name)
            .filter_map(|row| row.auc.as_ref().map(|auc| auc.value))
            .filter(|auc| *auc > 0.5 && *auc < 1.0)
            .fold(f64::NAN, f64::max);
        if auc.is_finite() {
            let expected = expected_auc_interval(auc, set.events, set.others());
            lines.push(words::auc_comes_with(
                auc,
                share(expected.lower, 2),
                share(expected.upper.min(1.0), 2),
                expected.name(),
            ));
            if let Ok(error) = calibration_slope_error(auc, set.events as f64 / set.cases as f64, set.cases) {
                lines.push(words::slope_comes_with(
                    share(1.0 - 1.96 * error, 2),
                    share(1.0 + 1.96 * error, 2),
                ));
            }
        }
        let place = Spot::new(words::set_named(&set.name), &set.at);
        findings.push(if set.rarer() >= 100 {
            Finding::new("test-set-size", Severity::Passed, place, words::LARGE_TO_JUDGE).lines(lines)
        } else {
            Finding::new(
                "test-set-size",
                Severity::Doubtful,
                place,
                words::cannot_tell(set.rarer()),
            )
            .lines(lines)
            .resolve(words::INTERVAL_BESIDE)
        });
    }
    findings
}
