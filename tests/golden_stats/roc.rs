//! ROC curves, their intervals and tests, proportions and reclassification, against pROC and base R.

use radscore::stats::base::proportion::{ProportionInterval, proportion_interval};
use radscore::stats::validation::reclassification::reclassification;
use radscore::stats::validation::roc::{
    AucInterval, Cutoff, CutoffRule, Direction, DirectionChoice, PartialFocus, Placements, RocCurve,
    StratifiedResample, auc_interval, auc_test_paired, auc_test_unpaired, bootstrap_auc, bootstrap_sensitivity,
    counted_standard_error, hanley_mcneil_standard_error, partial_auc, precision_recall,
};
use serde_json::Value;

use crate::golden::{Golden, all_near, near, number, numbers};

pub fn events(values: &[f64]) -> Vec<bool> {
    values.iter().map(|&value| value == 1.0).collect()
}

fn outcome_and_score(golden: &Golden, file: &str, score: &str) -> (Vec<bool>, Vec<f64>) {
    (
        events(&golden.column(file, "y").to_vec()),
        golden.column(file, score).to_vec(),
    )
}

pub fn single(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    for case in expected["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        let score = case["score"].as_str().unwrap();
        let (outcome, scores) = outcome_and_score(golden, data, score);
        let choice = match case["direction_arg"].as_str().unwrap() {
            "auto" => DirectionChoice::Auto,
            "<" => DirectionChoice::Fixed(Direction::Higher),
            ">" => DirectionChoice::Fixed(Direction::Lower),
            other => panic!("direction {other}"),
        };
        let name = format!("{data}:{score}:{}", case["direction_arg"]);
        curve(&name, &outcome, &scores, choice, case);
        // The golden's precision-recall curve always takes high scores for the event.
        let recall = precision_recall(&outcome, &scores, Direction::Higher).unwrap();
        all_near(&name, &recall.precision, &numbers(&case["pr"]["precision"]), 1e-12, 0.0);
        all_near(&name, &recall.recall, &numbers(&case["pr"]["recall"]), 1e-12, 0.0);
        all_near(
            &name,
            &recall.thresholds,
            &numbers(&case["pr"]["thresholds"]),
            1e-12,
            0.0,
        );
        near(
            &name,
            recall.average_precision,
            number(&case["pr"]["average_precision"]),
            1e-12,
            0.0,
        );
        near(&name, recall.trapezoid, number(&case["pr"]["trapezoid"]), 1e-12, 0.0);
    }
    let perfect = &expected["perfect"];
    let outcome = events(&numbers(&perfect["y"]));
    curve(
        "perfect",
        &outcome,
        &numbers(&perfect["s"]),
        DirectionChoice::Auto,
        perfect,
    );
}

fn curve(name: &str, outcome: &[bool], scores: &[f64], choice: DirectionChoice, case: &Value) {
    let curve = RocCurve::new(outcome, scores, choice).unwrap();
    let direction = curve.direction;
    assert_eq!(direction.sign(), case["direction"].as_str().unwrap(), "{name}");
    assert_eq!(curve.n_pos as f64, number(&case["n_pos"]), "{name}");
    assert_eq!(curve.n_neg as f64, number(&case["n_neg"]), "{name}");
    all_near(
        &format!("{name} thresholds"),
        &curve.thresholds,
        &numbers(&case["thresholds"]),
        1e-14,
        0.0,
    );
    all_near(name, &curve.sensitivities, &numbers(&case["sensitivities"]), 1e-14, 0.0);
    all_near(name, &curve.specificities, &numbers(&case["specificities"]), 1e-14, 0.0);
    near(&format!("{name} auc"), curve.auc, number(&case["auc"]), 1e-12, 0.0);
    let placements = Placements::of_curve(&curve, outcome, scores).unwrap();
    near(
        &format!("{name} var"),
        placements.variance(),
        number(&case["delong_var"]),
        1e-12,
        1e-16,
    );
    near(
        name,
        placements.variance().sqrt(),
        number(&case["delong_se"]),
        1e-12,
        1e-16,
    );
    let limits = |level: f64, rule: AucInterval| {
        let found = auc_interval(outcome, scores, direction, level, rule).unwrap();
        assert_eq!(found.level, level);
        found.limits()
    };
    for (key, level) in [("delong_ci95", 0.95), ("delong_ci90", 0.9)] {
        let [low, high] = limits(level, AucInterval::DeLong);
        all_near(
            &format!("{name} {key}"),
            &[low, curve.auc, high],
            &numbers(&case[key]),
            1e-12,
            0.0,
        );
    }
    for (key, rule) in [
        ("logit_ci95", AucInterval::Logit),
        ("hanley_mcneil_ci95", AucInterval::HanleyMcNeil),
    ] {
        all_near(
            &format!("{name} {key}"),
            &limits(0.95, rule),
            &numbers(&case[key]),
            1e-12,
            0.0,
        );
    }
    near(
        name,
        hanley_mcneil_standard_error(curve.auc, curve.n_pos, curve.n_neg),
        number(&case["hanley_mcneil_se"]),
        1e-12,
        0.0,
    );
    let counted = counted_standard_error(outcome, scores, direction).unwrap();
    near(
        &format!("{name} counted"),
        counted,
        number(&case["hm_empirical_se"]),
        1e-12,
        1e-16,
    );
    best(name, &curve.best_cutoffs(CutoffRule::Youden), &case["best_youden"]);
    best(
        name,
        &curve.best_cutoffs(CutoffRule::ClosestTopLeft),
        &case["best_topleft"],
    );
    for (key, corrected) in [
        ("partial_auc_spec_1_0.8", false),
        ("partial_auc_spec_1_0.8_corrected", true),
    ] {
        let area = partial_auc(&curve, PartialFocus::Specificity, [1.0, 0.8], corrected).unwrap();
        near(&format!("{name} {key}"), area, number(&case[key]), 1e-12, 0.0);
    }
}

fn best(name: &str, cutoffs: &[Cutoff], expected: &Value) {
    type Column = (&'static str, fn(&Cutoff) -> f64);
    let columns: [Column; 11] = [
        ("threshold", |cut| cut.threshold),
        ("sensitivity", |cut| cut.sensitivity),
        ("specificity", |cut| cut.specificity),
        ("accuracy", |cut| cut.accuracy),
        ("ppv", |cut| cut.ppv),
        ("npv", |cut| cut.npv),
        ("tp", |cut| cut.true_positives as f64),
        ("tn", |cut| cut.true_negatives as f64),
        ("fp", |cut| cut.false_positives as f64),
        ("fn", |cut| cut.false_negatives as f64),
        // pROC's "youden" is sensitivity + specificity.
        ("youden", |cut| cut.youden + 1.0),
    ];
    for (column, value) in columns {
        if !expected[column].is_null() {
            let found: Vec<f64> = cutoffs.iter().map(value).collect();
            all_near(
                &format!("{name} best {column}"),
                &found,
                &numbers(&expected[column]),
                1e-12,
                0.0,
            );
        }
    }
}

pub fn test(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let placements = |key: &str| {
            let text = case[key].as_str().unwrap();
            let name = text.split(" (").next().unwrap();
            let (data, score) = name.split_once(':').unwrap();
            let (outcome, scores) = outcome_and_score(golden, data, score);
            let curve = RocCurve::new(&outcome, &scores, DirectionChoice::Auto).unwrap();
            Placements::of_curve(&curve, &outcome, &scores).unwrap()
        };
        let (a, b) = (placements("a"), placements("b"));
        let name = format!("{} vs {}", case["a"], case["b"]);
        let paired = case["paired"].as_bool().unwrap();
        let found = if paired {
            auc_test_paired(&a, &b, 0.95)
        } else {
            auc_test_unpaired(&a, &b, 0.95)
        }
        .unwrap();
        near(&name, found.statistic, number(&case["statistic"]), 1e-10, 0.0);
        near(&name, found.p_value, number(&case["p_value"]), 1e-10, 0.0);
        all_near(&name, &found.auc, &numbers(&case["auc"]), 1e-12, 0.0);
        all_near(&name, &found.var, &numbers(&case["var"]), 1e-12, 0.0);
        assert_eq!(found.df.is_some(), !case["df"].is_null(), "{name}");
        if let Some(df) = found.df {
            near(&name, df, number(&case["df"]), 1e-10, 0.0);
        }
        if paired {
            near(&name, found.cov.unwrap(), number(&case["cov"]), 1e-10, 1e-16);
            all_near(&name, &found.ci_diff.limits(), &numbers(&case["ci_diff"]), 1e-10, 1e-14);
        }
    }
}

pub fn bootstrap(golden: &Golden, file: &str) {
    let case = golden.expected(file);
    let (outcome, scores) = outcome_and_score(golden, case["data"].as_str().unwrap(), case["score"].as_str().unwrap());
    let n_neg = outcome.iter().filter(|event| !**event).count();
    let indices = case["indices"].as_str().unwrap().split(':').next().unwrap();
    let resamples: Vec<StratifiedResample> = golden
        .resamples(indices)
        .into_iter()
        .map(|row| StratifiedResample {
            controls: row[..n_neg].to_vec(),
            cases: row[n_neg..].iter().map(|index| index - n_neg).collect(),
        })
        .collect();
    assert_eq!(resamples.len() as f64, number(&case["B"]));
    let found = bootstrap_auc(&outcome, &scores, Direction::Higher, &resamples, 0.95).unwrap();
    let limits = [found.ci.lower, found.median, found.ci.upper];
    all_near("limits", &limits, &numbers(&case["auc_quantiles_type7"]), 1e-12, 0.0);
    all_near(
        "limits by pROC",
        &limits,
        &numbers(&case["proc_seed_reproduced"]),
        1e-12,
        0.0,
    );
    near("SD", found.standard_deviation, number(&case["auc_boot_sd"]), 1e-12, 0.0);
    let sensitivity = &case["sens_at_threshold"];
    for (at, threshold) in numbers(&sensitivity["threshold"]).into_iter().enumerate() {
        let found = bootstrap_sensitivity(&outcome, &scores, Direction::Higher, threshold, &resamples, 0.95).unwrap();
        near("lower", found.ci.lower, numbers(&sensitivity["q025"])[at], 1e-12, 0.0);
        near("upper", found.ci.upper, numbers(&sensitivity["q975"])[at], 1e-12, 0.0);
    }
}

pub fn proportions(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let (k, n) = (number(&case["k"]) as usize, number(&case["n"]) as usize);
        for (key, rule) in [
            ("clopper_pearson", ProportionInterval::Exact),
            ("wilson", ProportionInterval::Wilson),
            ("wilson_cc", ProportionInterval::WilsonCorrected),
            ("wald", ProportionInterval::Wald),
        ] {
            let found = proportion_interval(k, n, 0.95, rule).unwrap().limits();
            all_near(&format!("{k} of {n} {key}"), &found, &numbers(&case[key]), 1e-10, 0.0);
        }
    }
}

pub fn improvement(golden: &Golden, file: &str) {
    let case = golden.expected(file);
    let data = case["data"].as_str().unwrap();
    let (outcome, from) = outcome_and_score(golden, data, case["from"].as_str().unwrap());
    let (_, to) = outcome_and_score(golden, data, case["to"].as_str().unwrap());
    let found = reclassification(&outcome, &from, &to).unwrap();
    let expected = case["expected"].as_object().unwrap();
    for (key, value) in expected {
        let actual = match key.as_str() {
            "n" => (found.n_pos + found.n_neg) as f64,
            "na" => found.n_pos as f64,
            "nb" => found.n_neg as f64,
            "pup.ev" => found.up_events,
            "pup.ne" => found.up_nonevents,
            "pdown.ev" => found.down_events,
            "pdown.ne" => found.down_nonevents,
            "nri" => found.nri.value,
            "se.nri" => found.nri.se,
            "z.nri" => found.nri.z,
            "nri.ev" => found.nri_events.value,
            "se.nri.ev" => found.nri_events.se,
            "z.nri.ev" => found.nri_events.z,
            "nri.ne" => found.nri_nonevents.value,
            "se.nri.ne" => found.nri_nonevents.se,
            "z.nri.ne" => found.nri_nonevents.z,
            "improveSens" => found.improved_sensitivity,
            "improveSpec" => found.improved_specificity,
            "idi" => found.idi.value,
            "se.idi" => found.idi.se,
            "z.idi" => found.idi.z,
            other => panic!("{other} is not compared"),
        };
        near(key, actual, number(value), 1e-10, 0.0);
    }
}
