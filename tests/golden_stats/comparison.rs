//! The base tests against base R, car and nortest; screening against caret.

use ndarray::Array2;
use radscore::stats::base::descriptive::{mean, standard_deviation, variance};
use radscore::stats::base::quantile::{QuantileRule, quantile};
use radscore::stats::compare::{
    Adjustment, Contingency, LeveneCentre, Shift, Test, adjust, anderson_darling, anova, anova_welch, fisher, kendall,
    kolmogorov_smirnov, kruskal_wallis, levene, lilliefors, mann_whitney, mcnemar, paired_t, pearson, shapiro_wilk,
    signed_rank, spearman, student_t, variance_ratio, welch_t,
};
use radscore::stats::selection::mrmr::mrmr;
use radscore::stats::selection::screening::{
    CorrelationFilter, correlations, find_correlation, rank_correlations, screen,
};
use radscore::stats::validation::roc::by_outcome;
use serde_json::Value;

use crate::golden::{Golden, all_near, indices, near, number, numbers};
use crate::roc::events;

/// A test as R's `htest` lays it out: statistic, parameter, p_value, conf_int, estimate.
fn same(name: &str, found: &Test, expected: &Value, p_tolerance: f64) {
    for (key, value) in expected.as_object().unwrap() {
        let name = format!("{name} {key}");
        match key.as_str() {
            "statistic" => near(&name, found.statistic, number(value), 1e-9, 0.0),
            "parameter" => all_near(&name, &found.df, &numbers(value), 1e-9, 0.0),
            "p_value" => near(&name, found.p, number(value), p_tolerance, 0.0),
            "conf_int" => all_near(&name, &found.ci.unwrap().limits(), &numbers(value), 1e-9, 0.0),
            "estimate" => all_near(&name, &found.estimate, &numbers(value), 1e-9, 0.0),
            "method" => {}
            other => panic!("{name}: {other} is not compared"),
        }
    }
}

fn rank_sum(name: &str, first: &[f64], second: &[f64], expected: &Value) {
    let found = mann_whitney(first, second).unwrap();
    let shift = Shift::new(first, second, 0.95).unwrap();
    for (key, value) in expected.as_object().unwrap() {
        let actual = match key.as_str() {
            "W_first_group" => found.w,
            "U_spss_min" => found.u,
            "z_no_correction" => found.z,
            "p_no_correction" => found.p,
            "z_correction" => found.z_corrected,
            "p_correction" => found.p_corrected,
            "p_r_default" => found.p_r,
            "p_exact_if_no_ties" => found.p_exact.unwrap_or(f64::NAN),
            "hodges_lehmann_ci" => {
                near(
                    &format!("{name} shift"),
                    shift.estimate,
                    number(&value["est"]),
                    1e-9,
                    0.0,
                );
                all_near(
                    &format!("{name} shift"),
                    &shift.ci.limits(),
                    &numbers(&value["ci"]),
                    1e-9,
                    0.0,
                );
                continue;
            }
            other => panic!("{other} is not compared"),
        };
        near(&format!("{name} {key}"), actual, number(value), 1e-9, 0.0);
    }
}

fn spread(name: &str, groups: &[&[f64]], centre: LeveneCentre, expected: &Value) {
    let found = levene(groups, centre).unwrap();
    near(name, found.statistic, number(&expected["F"]), 1e-9, 0.0);
    all_near(name, &found.df, &numbers(&expected["df"]), 0.0, 0.0);
    near(name, found.p, number(&expected["p"]), 1e-9, 0.0);
}

/// All tests of two groups that an entry holds.
fn two_groups(name: &str, first: &[f64], second: &[f64], expected: &Value) {
    for (key, value) in expected.as_object().unwrap() {
        let name = format!("{name} {key}");
        match key.as_str() {
            "student" => same(&name, &student_t(first, second, 0.95).unwrap(), value, 1e-9),
            "welch" => same(&name, &welch_t(first, second, 0.95).unwrap(), value, 1e-9),
            "mwu" => rank_sum(&name, first, second, value),
            "shapiro0" => same(&name, &shapiro_wilk(first).unwrap(), value, 1e-6),
            "shapiro1" => same(&name, &shapiro_wilk(second).unwrap(), value, 1e-6),
            "shapiro_all" => same(&name, &shapiro_wilk(&[first, second].concat()).unwrap(), value, 1e-6),
            "levene_mean_spss" => spread(&name, &[first, second], LeveneCentre::Mean, value),
            "levene_median" => spread(&name, &[first, second], LeveneCentre::Median, value),
            "f_test" => same(&name, &variance_ratio(first, second, 0.95).unwrap(), value, 1e-9),
            "ks" => same(&name, &kolmogorov_smirnov(first, second).unwrap(), value, 1e-8),
            "a" | "b" => {}
            other => panic!("{other} is not compared"),
        }
    }
}

pub fn two_sample(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    let data = expected["data"].as_str().unwrap();
    let outcome = events(&golden.column(data, "y").to_vec());
    let column = |name: &str| golden.column(data, name).to_vec();
    for (key, value) in expected.as_object().unwrap() {
        match key.as_str() {
            "data" | "groups" => {}
            "radscore" | "ki" | "age" => {
                let (cases, controls) = by_outcome(&outcome, &column(key));
                two_groups(key, &controls, &cases, value);
            }
            "small_no_ties" => two_groups(key, &numbers(&value["a"]), &numbers(&value["b"]), value),
            "paired" => pairs(value),
            "anova_by_grade" => by_grade(&column("radscore"), &column("ki"), &column("grade"), value),
            "cor" => {
                let (first, second) = (column("radscore"), column("age"));
                same(
                    "Pearson",
                    &pearson(&first, &second, 0.95).unwrap(),
                    &value["pearson"],
                    1e-9,
                );
                same(
                    "Spearman",
                    &spearman(&first, &second).unwrap(),
                    &value["spearman"],
                    1e-9,
                );
                same("Kendall", &kendall(&first, &second).unwrap(), &value["kendall"], 1e-9);
                assert_eq!(value.as_object().unwrap().len(), 3);
            }
            "shapiro_more" => {
                for case in value.as_array().unwrap() {
                    let found = shapiro_wilk(&numbers(&case["x"])).unwrap();
                    near("Shapiro-Wilk W", found.statistic, number(&case["W"]), 1e-9, 0.0);
                    near("Shapiro-Wilk P", found.p, number(&case["p"]), 1e-6, 0.0);
                }
            }
            "quantiles" => quantiles(&column("ki"), &column("radscore"), value),
            "p_adjust" => adjusted(value),
            "normal_sd" => {
                let age = column("age");
                near("mean", mean(&age), number(&value["mean"]), 1e-12, 0.0);
                near("SD", standard_deviation(&age), number(&value["sd"]), 1e-12, 0.0);
            }
            other => panic!("{other} is not compared"),
        }
    }
}

fn pairs(expected: &Value) {
    let (a, b) = (numbers(&expected["a"]), numbers(&expected["b"]));
    same("paired t", &paired_t(&a, &b, 0.95).unwrap(), &expected["t"], 1e-9);
    let found = signed_rank(&a, &b).unwrap();
    near("V", found.v, number(&expected["wilcoxon_r"]["statistic"]), 0.0, 0.0);
    near(
        "signed rank P",
        found.p_r,
        number(&expected["wilcoxon_r"]["p_value"]),
        1e-9,
        0.0,
    );
    near(
        "signed rank P",
        found.p,
        number(&expected["wilcoxon_nocorrect"]["p_value"]),
        1e-9,
        0.0,
    );
    assert_eq!(expected.as_object().unwrap().len(), 5);
}

fn by_grade(scores: &[f64], ki: &[f64], grade: &[f64], expected: &Value) {
    let mut grades = grade.to_vec();
    grades.sort_by(f64::total_cmp);
    grades.dedup();
    let split = |values: &[f64]| -> Vec<Vec<f64>> {
        let of = |wanted: f64| {
            values
                .iter()
                .zip(grade)
                .filter(|(_, grade)| **grade == wanted)
                .map(|(value, _)| *value)
                .collect()
        };
        grades.iter().map(|&wanted| of(wanted)).collect()
    };
    let (scores, ki) = (split(scores), split(ki));
    let scores: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
    let ki: Vec<&[f64]> = ki.iter().map(Vec::as_slice).collect();
    same("ANOVA", &anova(&scores).unwrap(), &expected["oneway_equal"], 1e-9);
    same(
        "Welch's ANOVA",
        &anova_welch(&scores).unwrap(),
        &expected["oneway_welch"],
        1e-9,
    );
    same(
        "Kruskal-Wallis",
        &kruskal_wallis(&scores).unwrap(),
        &expected["kruskal"],
        1e-9,
    );
    same(
        "Kruskal-Wallis",
        &kruskal_wallis(&ki).unwrap(),
        &expected["kruskal_ties_ki"],
        1e-9,
    );
    assert_eq!(expected.as_object().unwrap().len(), 4);
}

fn quantiles(ki: &[f64], scores: &[f64], expected: &Value) {
    let seven: Vec<f64> = (1..=7).map(f64::from).collect();
    for (key, value) in expected.as_object().unwrap() {
        let rule = match key.as_str() {
            "type7_R" => QuantileRule::Linear,
            "type6_SPSS" => QuantileRule::Weibull,
            "type2_SAS" => QuantileRule::Averaged,
            other => panic!("{other} is not compared"),
        };
        let of = |values: &[f64], at: &[f64]| -> Vec<f64> { at.iter().map(|&p| quantile(values, p, rule)).collect() };
        all_near(key, &of(ki, &[0.25, 0.5, 0.75]), &numbers(&value["ki"]), 1e-12, 0.0);
        let wanted = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
        all_near(key, &of(scores, &wanted), &numbers(&value["radscore"]), 1e-12, 0.0);
        all_near(
            key,
            &of(&seven, &[0.1, 0.25, 0.33, 0.5, 0.75, 0.9]),
            &numbers(&value["small7"]),
            1e-12,
            0.0,
        );
    }
}

fn adjusted(expected: &Value) {
    let p = numbers(&expected["p"]);
    for (key, value) in expected.as_object().unwrap() {
        let rule = match key.as_str() {
            "bonferroni" => Adjustment::Bonferroni,
            "holm" => Adjustment::Holm,
            "hochberg" => Adjustment::Hochberg,
            "BH" => Adjustment::BenjaminiHochberg,
            "BY" => Adjustment::BenjaminiYekutieli,
            "p" => continue,
            other => panic!("{other} is not compared"),
        };
        all_near(key, &adjust(&p, rule), &numbers(value), 1e-12, 0.0);
    }
}

pub fn contingency(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    for (name, case) in expected["paper"].as_object().unwrap() {
        let found = counts(name, case);
        // The paper printed Pearson's P to three decimals, cut or rounded.
        assert!((found.p - number(&case["printed_p"])).abs() < 1e-3, "{name}");
    }
    for (at, case) in expected["more"].as_array().unwrap().iter().enumerate() {
        counts(&format!("more {at}"), case);
    }
}

fn counts(name: &str, case: &Value) -> Contingency {
    let values = indices(&case["table_by_column"]);
    let rows = number(&case["nrow"]) as usize;
    let table = Array2::from_shape_fn((rows, values.len() / rows), |(i, j)| values[j * rows + i]);
    let found = Contingency::new(table.view()).unwrap();
    let exact = fisher(table.view(), 0.95).unwrap();
    for (key, value) in case.as_object().unwrap() {
        let name = format!("{name} {key}");
        match key.as_str() {
            "table_by_column" | "nrow" | "printed_p" => {}
            "pearson" => {
                near(&name, found.chi_squared, number(&value["x2"]), 1e-9, 0.0);
                near(&name, found.df, number(&value["df"]), 0.0, 0.0);
                near(&name, found.p, number(&value["p"]), 1e-9, 0.0);
            }
            "min_expected" => near(&name, found.min_expected, number(value), 1e-12, 0.0),
            "lr" => {
                near(&name, found.g_squared, number(&value["g2"]), 1e-9, 0.0);
                near(&name, found.p_likelihood_ratio, number(&value["p"]), 1e-9, 0.0);
            }
            "yates" => {
                // One of these is 0 but for rounding.
                near(
                    &name,
                    found.chi_squared_yates.unwrap(),
                    number(&value["x2"]),
                    1e-9,
                    1e-20,
                );
                near(&name, found.p_yates.unwrap(), number(&value["p"]), 1e-9, 0.0);
            }
            "fisher" => {
                near(&format!("{name} P"), exact.p, number(&value["p"]), 1e-9, 0.0);
                if !value["or_cmle"].is_null() {
                    near(
                        &format!("{name} odds ratio"),
                        exact.odds_ratio.unwrap(),
                        number(&value["or_cmle"]),
                        1e-6,
                        0.0,
                    );
                    all_near(
                        &format!("{name} limits"),
                        &exact.ci.unwrap().limits(),
                        &numbers(&value["ci"]),
                        1e-6,
                        0.0,
                    );
                }
            }
            "mcnemar" => {
                let found = mcnemar(table[[0, 1]], table[[1, 0]]);
                near(
                    &name,
                    found.chi_squared_corrected,
                    number(&value["statistic"]),
                    1e-9,
                    0.0,
                );
                near(&name, found.p_corrected, number(&value["p_value"]), 1e-9, 0.0);
            }
            "phi" => near(&name, found.association, number(value), 1e-9, 0.0),
            other => panic!("{name}: {other} is not compared"),
        }
    }
    found
}

pub fn normality(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    for (column, case) in expected["cases"].as_object().unwrap() {
        let values = golden.column(expected["data"].as_str().unwrap(), column).to_vec();
        let found = lilliefors(&values).unwrap();
        near(column, found.statistic, number(&case["D"]), 1e-10, 0.0);
        near(column, found.p, number(&case["p"]), 1e-8, 0.0);
        let found = anderson_darling(&values).unwrap();
        near(column, found.statistic, number(&case["ad"]["A"]), 1e-10, 0.0);
        near(column, found.p, number(&case["ad"]["p"]), 1e-8, 0.0);
    }
}

pub fn mrmr_order(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        let outcome = events(&golden.column(data, "y_bin").to_vec());
        let expected = indices(&case["expected"]["order0"]);
        let found = mrmr(golden.features(data).view(), &outcome, expected.len()).unwrap();
        assert_eq!(found, expected, "{data}");
    }
}

pub fn screening(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    let data = expected["data"].as_str().unwrap();
    let features = golden.features(data);
    let outcome = events(&golden.column(data, "y_bin").to_vec());
    let found = screen(features.view(), &outcome).unwrap();
    let of = |value: &dyn Fn(&radscore::stats::selection::screening::FeatureScreen) -> f64| -> Vec<f64> {
        found.iter().map(value).collect()
    };
    for (key, value) in expected.as_object().unwrap() {
        match key.as_str() {
            "data" => {}
            "wilcoxon_p_nocorrect" => all_near(key, &of(&|found| found.mann_whitney_p), &numbers(value), 1e-9, 0.0),
            "welch_p" => all_near(key, &of(&|found| found.welch_p), &numbers(value), 1e-9, 0.0),
            "wilcoxon_bh" => all_near(key, &of(&|found| found.mann_whitney_bh), &numbers(value), 1e-9, 0.0),
            "variance" => all_near(key, &of(&|found| found.variance), &numbers(value), 1e-9, 0.0),
            "zscore_first3rows" => {
                for (column, values) in features.columns().into_iter().enumerate() {
                    let values = values.to_vec();
                    let (centre, spread) = (mean(&values), variance(&values).sqrt());
                    for row in 0..3 {
                        let wanted = numbers(&value[row])[column];
                        near(key, (values[row] - centre) / spread, wanted, 1e-9, 1e-12);
                    }
                }
            }
            "caret_findCorrelation_removed0" => {
                // caret was given the z-scored table.
                let scaled = golden.features("rad80z.csv");
                for (rule, removed) in value.as_object().unwrap() {
                    let (matrix, cutoff, filter) = match rule.as_str() {
                        "pearson_0.9_exact" => (correlations(scaled.view()), 0.9, CorrelationFilter::Stepwise),
                        "pearson_0.9_notexact" => (correlations(scaled.view()), 0.9, CorrelationFilter::AtOnce),
                        "spearman_0.8_exact" => (rank_correlations(scaled.view()), 0.8, CorrelationFilter::Stepwise),
                        other => panic!("{other} is not compared"),
                    };
                    assert_eq!(
                        find_correlation(matrix.view(), cutoff, filter).unwrap(),
                        indices(removed),
                        "{rule}"
                    );
                }
            }
            other => panic!("{other} is not compared"),
        }
    }
}
