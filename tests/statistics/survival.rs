//! Survival analysis against R on its own data sets: `survival`, and `riskRegression` for risks at a time.

use radscore::stats::design::Design;
use radscore::stats::survival::FollowUp;
use radscore::stats::survival::brier::time_brier;
use radscore::stats::survival::concordance::{ConcordanceSettings, PairWeights, concordance};
use radscore::stats::survival::cox::{self, CoxSettings, CoxTest, Ties, TimeScale};
use radscore::stats::survival::kaplan_meier::{KaplanMeier, SurvivalScale};
use radscore::stats::survival::log_rank::log_rank;
use radscore::stats::survival::restricted_mean::restricted_mean;
use radscore::stats::survival::time_roc::time_roc;
use serde_json::Value;

use crate::bench::shipped;
use crate::golden::{Golden, all_near, column_of, near, number, numbers};

/// Sums and products of a few hundred terms, in another order than R's.
const SUMS: f64 = 1e-12;
/// Estimates at the maximum: R stops where the likelihood no longer moves in its last bits, which leaves half of an estimate's.
const ESTIMATES: f64 = 1e-7;

fn cases(name: &str) -> Vec<Value> {
    let expected = Golden::of(&shipped()).expected("survival.json");
    expected[name].as_array().unwrap().clone()
}

fn column(case: &Value, name: &str) -> Vec<f64> {
    Golden::of(&shipped())
        .column(case["data"].as_str().unwrap(), name)
        .to_vec()
}

fn follow_up(case: &Value) -> FollowUp {
    let status = column(case, "status");
    let event = status.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    FollowUp::new(
        column(case, "time"),
        status.iter().map(|status| *status == event).collect(),
    )
    .unwrap()
}

/// The groups of a column, numbered in order.
fn groups(case: &Value, name: &str) -> Vec<usize> {
    let labels = labels(case, name);
    let mut order = labels.clone();
    order.sort();
    order.dedup();
    labels.iter().map(|label| order.binary_search(label).unwrap()).collect()
}

fn labels(case: &Value, name: &str) -> Vec<String> {
    let table = Golden::of(&shipped()).table(case["data"].as_str().unwrap());
    let at = table.header.iter().position(|column| column == name).unwrap();
    table.rows.iter().map(|row| row[at].clone()).collect()
}

/// The design of a formula and the column of its strata.
fn design(case: &Value, formula: &str) -> (Design, Option<String>) {
    let table = Golden::of(&shipped()).table(case["data"].as_str().unwrap());
    let mut design = Design::new(table.rows.len());
    let mut strata = None;
    for term in formula.split(" + ") {
        if let Some(column) = term.strip_prefix("strata(").and_then(|rest| rest.strip_suffix(')')) {
            strata = Some(column.to_owned());
        } else if term == "celltype" {
            design.factor(term, &labels(case, term)).unwrap();
        } else {
            design.number(term, &column_of(&table, term).to_vec()).unwrap();
        }
    }
    (design, strata)
}

#[test]
fn curves_medians_and_restricted_means_are_rs() {
    for case in cases("curves") {
        let scale = match case["scale"].as_str().unwrap() {
            "log" => SurvivalScale::Log,
            "log-log" => SurvivalScale::LogLog,
            "plain" => SurvivalScale::Plain,
            other => panic!("{other}"),
        };
        let level = number(&case["level"]);
        let curve = KaplanMeier::new(&follow_up(&case), scale, level).unwrap();
        let what = format!("{} {}", case["data"], case["scale"]);
        for (at, time) in numbers(&case["times"]).into_iter().enumerate() {
            assert_eq!(
                curve.at_risk(time),
                numbers(&case["at_risk"])[at] as usize,
                "{what} at {time}"
            );
            let Some(point) = curve.at(time) else {
                assert_eq!(numbers(&case["survival"])[at], 1.0);
                continue;
            };
            for (name, ours) in [
                ("survival", point.survival),
                ("se", point.se()),
                ("lower", point.interval.lower),
                ("upper", point.interval.upper),
            ] {
                near(
                    &format!("{what} {name} at {time}"),
                    ours,
                    numbers(&case[name])[at],
                    SUMS,
                    1e-15,
                );
            }
        }
        for (name, share) in [("median", 0.5), ("quartile", 0.25)] {
            let (time, interval) = curve.quantile(share);
            let found = [time, interval.lower, interval.upper];
            all_near(&format!("{what} {name}"), &found, &numbers(&case[name]), SUMS, 0.0);
        }
        let mean = restricted_mean(&curve, number(&case["horizon"]), level).unwrap();
        all_near(
            &format!("{what} mean"),
            &[mean.mean, mean.se],
            &numbers(&case["mean"]),
            SUMS,
            0.0,
        );
    }
}

#[test]
fn log_rank_tests_are_rs() {
    for case in cases("log_rank") {
        let strata = case["strata"].as_str().map(|name| groups(&case, name));
        let group = groups(&case, case["group"].as_str().unwrap());
        let found = log_rank(&follow_up(&case), &group, strata.as_deref(), number(&case["rho"])).unwrap();
        let what = format!("{} by {}", case["data"], case["group"]);
        let of = |part: fn(&radscore::stats::survival::log_rank::LogRankGroup) -> f64| -> Vec<f64> {
            found.groups.iter().map(part).collect()
        };
        all_near(
            &format!("{what} observed"),
            &of(|group| group.observed),
            &numbers(&case["observed"]),
            SUMS,
            0.0,
        );
        all_near(
            &format!("{what} expected"),
            &of(|group| group.expected),
            &numbers(&case["expected"]),
            SUMS,
            0.0,
        );
        let variance: Vec<f64> = found.variance.iter().copied().collect();
        let rows = case["variance"].as_array().unwrap();
        let expected: Vec<f64> = rows.iter().flat_map(numbers).collect();
        all_near(&format!("{what} variance"), &variance, &expected, SUMS, 1e-12);
        near(
            &format!("{what} chi-square"),
            found.chi_squared,
            number(&case["chisq"]),
            1e-11,
            0.0,
        );
        near(&format!("{what} P"), found.p, number(&case["p"]), 1e-10, 0.0);
    }
}

#[test]
fn cox_models_with_their_tests_and_baselines_are_rs() {
    for case in cases("cox") {
        let (design, strata) = design(&case, case["formula"].as_str().unwrap());
        let strata = strata.map(|name| groups(&case, &name));
        let weights = case["weights"].as_str().map(|name| column(&case, name));
        let settings = CoxSettings {
            ties: match case["ties"].as_str().unwrap() {
                "efron" => Ties::Efron,
                "breslow" => Ties::Breslow,
                other => panic!("{other}"),
            },
            strata: strata.as_deref(),
            weights: weights.as_deref(),
            ..CoxSettings::default()
        };
        let follow_up = follow_up(&case);
        let fit = cox::fit(&design, &follow_up, &settings).unwrap();
        let what = format!("{} {} {}", case["data"], case["formula"], case["ties"]);
        let of = |part: fn(&cox::CoxTerm) -> f64| -> Vec<f64> { fit.terms.iter().map(part).collect() };
        for (name, ours) in [
            ("coef", of(|term| term.coef)),
            ("se", of(|term| term.se)),
            ("z", of(|term| term.z)),
            ("p", of(|term| term.p)),
            ("lower", of(|term| term.ci.lower)),
            ("upper", of(|term| term.ci.upper)),
        ] {
            all_near(
                &format!("{what} {name}"),
                &ours,
                &numbers(&case[name]),
                ESTIMATES,
                1e-12,
            );
        }
        let logs = [fit.null_log_likelihood, fit.log_likelihood];
        all_near(
            &format!("{what} log-likelihood"),
            &logs,
            &numbers(&case["loglik"]),
            SUMS,
            0.0,
        );
        for (name, test) in [("likelihood_ratio", &fit.likelihood_ratio), ("score", &fit.score)] {
            let found = [test.chi_squared, test.degrees as f64, test.p];
            all_near(&format!("{what} {name}"), &found, &numbers(&case[name]), 1e-9, 0.0);
        }
        near(
            &format!("{what} Wald"),
            fit.wald.chi_squared,
            numbers(&case["wald"])[0],
            ESTIMATES,
            0.0,
        );
        let terms: Vec<f64> = fit.term_tests.iter().map(|test| test.chi_squared).collect();
        all_near(&format!("{what} terms"), &terms, &numbers(&case["terms"]), 1e-9, 1e-11);
        let baseline = &fit.baselines()[0];
        let times = numbers(&case["time"]);
        // R's baseline is that of columns that are 0 here; ours that of their means.
        let mean: f64 = fit
            .terms
            .iter()
            .zip(&fit.means)
            .map(|(term, mean)| term.coef * mean)
            .sum();
        let hazard: Vec<f64> = times
            .iter()
            .map(|time| baseline.cumulative_hazard(*time) * (-mean).exp())
            .collect();
        all_near(
            &format!("{what} hazard"),
            &hazard,
            &numbers(&case["hazard"]),
            ESTIMATES,
            0.0,
        );
        let scales = [
            TimeScale::KaplanMeier,
            TimeScale::Rank,
            TimeScale::Identity,
            TimeScale::Log,
        ];
        for (scale, expected) in scales.into_iter().zip(case["proportional"].as_array().unwrap()) {
            let found = fit.proportional_hazards(&follow_up, scale).unwrap();
            let tests: Vec<&CoxTest> = found.terms.iter().chain([&found.global]).collect();
            let chi_squared = tests.iter().map(|test| test.chi_squared);
            let found: Vec<f64> = chi_squared.chain(tests.iter().map(|test| test.p)).collect();
            all_near(
                &format!("{what} {scale:?}"),
                &found,
                &numbers(expected),
                ESTIMATES,
                1e-12,
            );
        }
        let found = [fit.concordance.c, fit.concordance.se];
        all_near(
            &format!("{what} concordance"),
            &found,
            &numbers(&case["concordance"]),
            SUMS,
            0.0,
        );
    }
}

#[test]
fn concordances_and_their_differences_are_rs() {
    for case in cases("concordance") {
        let sign = if case["reverse"] == true { 1.0 } else { -1.0 };
        let risk: Vec<f64> = column(&case, case["risk"].as_str().unwrap())
            .iter()
            .map(|risk| sign * risk)
            .collect();
        let strata = case["strata"].as_str().map(|name| groups(&case, name));
        let weights = case["weights"].as_str().map(|name| column(&case, name));
        let settings = ConcordanceSettings {
            weights: if case["uno"] == true {
                PairWeights::Uno
            } else {
                PairWeights::Equal
            },
            horizon: case.get("horizon").map(number),
            strata: strata.as_deref(),
            case_weights: weights.as_deref(),
        };
        let found = concordance(&follow_up(&case), &risk, &settings).unwrap();
        let what = format!("{} {} {}", case["data"], case["risk"], case["uno"]);
        near(&format!("{what} C"), found.c, number(&case["c"]), SUMS, 0.0);
        near(&format!("{what} SE"), found.se, number(&case["se"]), SUMS, 0.0);
    }
    for case in cases("compared") {
        let of =
            |name: &str| concordance(&follow_up(&case), &column(&case, name), &ConcordanceSettings::default()).unwrap();
        let (first, second) = (
            of(case["first"].as_str().unwrap()),
            of(case["second"].as_str().unwrap()),
        );
        let (difference, se, _) = first.minus(&second).unwrap();
        near("difference", difference, number(&case["difference"]), 1e-11, 0.0);
        near("its standard error", se, number(&case["se"]), SUMS, 0.0);
    }
}

#[test]
fn areas_and_brier_scores_at_a_time_are_those_of_riskregression() {
    for case in cases("at_times") {
        let (design, _) = design(&case, case["formula"].as_str().unwrap());
        let follow_up = follow_up(&case);
        let fit = cox::fit(&design, &follow_up, &CoxSettings::default()).unwrap();
        let baseline = &fit.baselines()[0];
        for (at, time) in numbers(&case["times"]).into_iter().enumerate() {
            let risk: Vec<f64> = fit
                .linear_predictor
                .iter()
                .map(|eta| 1.0 - baseline.survival(time, *eta))
                .collect();
            let roc = time_roc(&follow_up, &risk, time, 0.95).unwrap();
            let brier = time_brier(&follow_up, &risk, time, 0.95).unwrap();
            for (name, ours) in [
                ("auc", roc.auc),
                ("auc_se", roc.se),
                ("brier", brier.score),
                ("brier_se", brier.se),
                ("reference", brier.reference),
            ] {
                near(
                    &format!("{} {name} at {time}", case["data"]),
                    ours,
                    numbers(&case[name])[at],
                    1e-6,
                    0.0,
                );
            }
        }
    }
}
