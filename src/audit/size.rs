//! Is the study large enough for what it claims: events, candidates, Riley's criteria, the precision of its figures.

use super::published::CaseSet;
use super::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;
use crate::stats::validation::sample_size::{
    Plan, calibration_slope_error, cox_snell_from_auc, expected_auc_interval, expected_shrinkage, minimum_size,
};

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &Check {
        id: "events-per-candidate",
        needs: "the training set's events and the number of candidate features",
        formula: "events (or cases without the event, whichever are fewer) / candidates",
        source: "Riley et al. 2019; Pavlou et al. 2015; PROBAST+AI 2025",
        severity: Severity::Doubtful,
        words: "With more candidate features than patients, some will fit by chance. What counts is the number tried, not the \
                number kept.",
        run: per_candidate,
    },
    &Check {
        id: "events-per-predictor",
        needs: "the training set's events and the number of chosen features",
        formula: "events (or cases without the event, whichever are fewer) / (chosen features + clinical predictors)",
        source: "Peduzzi et al. 1996; Riley et al. 2020",
        severity: Severity::Doubtful,
        words: "A coefficient that rests on four patients is a guess.",
        run: per_predictor,
    },
    &Check {
        id: "minimum-sample-size",
        needs: "an AUC, the training set and the number of candidates",
        formula: "n ≥ p / ((S - 1) ln(1 - R²/S)) for S = 0.9 and for a Nagelkerke R² at most 0.05 too high; n ≥ (1.96 / 0.05)² \
                  π(1 - π); R² from the C statistic",
        source: "Riley et al. 2019 (part II), 2020 (BMJ 368:m441), 2021 (R² from a C statistic)",
        severity: Severity::Doubtful,
        words: "How many patients it takes before a model of so many candidates can be expected to hold for others.",
        run: minimum,
    },
    &Check {
        id: "test-set-size",
        needs: "a set other than the training set",
        formula: "100 events and 100 others; AUC ± 1.96 SE(Hanley-McNeil); SE of the calibration slope from the information \
                  of a logistic regression",
        source: "Vergouwe et al. 2005; Collins et al. 2016; Riley et al. 2021 (validation)",
        severity: Severity::Doubtful,
        words: "A small test set cannot tell a good model from a poor one: the interval covers both.",
        run: test_size,
    },
];

fn rarer(set: &CaseSet) -> usize {
    set.events.min(set.others())
}

fn ratio(model: &PublishedModel, check: &'static str, whole: usize, what: &str, enough: f64) -> Vec<Finding> {
    let Some(set) = model.training().filter(|_| whole > 0) else {
        return Vec::new();
    };
    let per = rarer(set) as f64 / whole as f64;
    let mut lines = vec![format!(
        "{} events / {whole} = {}",
        set.events,
        share(set.events as f64 / whole as f64, 2)
    )];
    if set.others() < set.events {
        lines.push(format!(
            "{} without the event are fewer: / {whole} = {}",
            set.others(),
            share(per, 2)
        ));
    }
    let place = format!("{} set", set.name);
    vec![if per >= enough {
        Finding::new(
            check,
            Severity::Passed,
            place,
            format!("{} events for each {what}", share(per, 1)),
        )
        .lines(lines)
    } else {
        Finding::new(
            check,
            Severity::Doubtful,
            place,
            format!("{} events for each {what}", share(set.events as f64 / whole as f64, 1)),
        )
        .lines(lines)
        .resolve("more cases, fewer candidates chosen without looking at the outcome, and performance corrected for optimism")
    }]
}

fn per_candidate(model: &PublishedModel) -> Vec<Finding> {
    ratio(
        model,
        "events-per-candidate",
        model.candidates.unwrap_or(0),
        "candidate feature",
        10.0,
    )
}

fn per_predictor(model: &PublishedModel) -> Vec<Finding> {
    let Some(chosen) = model.chosen else { return Vec::new() };
    ratio(
        model,
        "events-per-predictor",
        chosen + model.clinical.unwrap_or(0),
        "predictor of the model",
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
        format!(
            "AUC {auc} ({place}) at prevalence {}: R² = {} (Cox-Snell)",
            share(prevalence, 2),
            share(r2, 3)
        ),
        format!(
            "shrinkage 0.9: {} cases; optimism of R² at most 0.05: {}; overall risk within 0.05: {}",
            size.for_shrinkage, size.for_optimism, size.for_overall_risk
        ),
        format!(
            "{} cases and {candidates} candidates: expected calibration slope {} in new cases without penalisation",
            set.cases,
            share(expected_shrinkage(set.cases, candidates, r2), 2)
        ),
    ];
    let place = format!("{} set", set.name);
    vec![if set.cases >= size.cases {
        Finding::new(
            "minimum-sample-size",
            Severity::Passed,
            place,
            "large enough by Riley's criteria",
        )
        .lines(lines)
    } else {
        Finding::new(
            "minimum-sample-size",
            Severity::Doubtful,
            place,
            format!("{} cases where Riley's criteria ask for {}", set.cases, size.cases),
        )
        .lines(lines)
        .resolve("fewer candidates, or more cases; and every step inside resampling")
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
        let mut lines = vec![format!(
            "{} events, {} others; advice: 100 of each",
            set.events,
            set.others()
        )];
        let auc = model
            .performance
            .iter()
            .filter(|row| row.set == set.name)
            .filter_map(|row| row.auc.as_ref().map(|auc| auc.value))
            .filter(|auc| *auc > 0.5 && *auc < 1.0)
            .fold(f64::NAN, f64::max);
        if auc.is_finite() {
            let expected = expected_auc_interval(auc, set.events, set.others());
            lines.push(format!(
                "an AUC of {auc} comes with about {} to {} ({})",
                share(expected.lower, 2),
                share(expected.upper.min(1.0), 2),
                expected.name()
            ));
            if let Ok(error) = calibration_slope_error(auc, set.events as f64 / set.cases as f64, set.cases) {
                lines.push(format!(
                    "a calibration slope of 1 comes with about {} to {}",
                    share(1.0 - 1.96 * error, 2),
                    share(1.0 + 1.96 * error, 2)
                ));
            }
        }
        let place = format!("{} set", set.name);
        findings.push(if rarer(set) >= 100 {
            Finding::new(
                "test-set-size",
                Severity::Passed,
                place,
                "large enough to judge a model",
            )
            .lines(lines)
        } else {
            Finding::new(
                "test-set-size",
                Severity::Doubtful,
                place,
                format!("{} events cannot tell a good model from a fair one", rarer(set)),
            )
            .lines(lines)
            .resolve("the interval beside every figure, and resampling over all cases")
        });
    }
    findings
}
