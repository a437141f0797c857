//! Logistic regression: `glm(binomial)`, Wald and profile intervals, tests of terms, `step`, three kinds of VIF.

use radscore::stats::design::Design;
use radscore::stats::design::spline::RestrictedCubicSpline;
use radscore::stats::regression::logistic::{
    self, LogisticFit, LogisticSettings, linear_variance_inflation, variance_inflation,
};
use radscore::stats::regression::stepwise::{Direction, stepwise};
use serde_json::Value;

use crate::golden::{Golden, all_near, near, number, numbers};

const TOLERANCE: f64 = 1e-8;

/// The right side of `y ~ a + factor(b) + rcs(c,4)` as a design.
pub fn design(golden: &Golden, data: &str, formula: &str) -> Design {
    let (_, right) = formula.split_once('~').unwrap();
    let mut design = Design::new(golden.table(data).rows.len());
    for term in right.split('+').map(str::trim) {
        if let Some(name) = term.strip_prefix("factor(").and_then(|rest| rest.strip_suffix(')')) {
            let labels: Vec<String> = golden.column(data, name).iter().map(ToString::to_string).collect();
            design.factor(name, &labels).unwrap();
        } else if let Some(arguments) = term.strip_prefix("rcs(").and_then(|rest| rest.strip_suffix(')')) {
            let (name, knots) = arguments.split_once(',').unwrap();
            let values = golden.column(data, name).to_vec();
            let spline = RestrictedCubicSpline::from_values(&values, knots.trim().parse().unwrap()).unwrap();
            design.spline(name, &values, &spline).unwrap();
        } else {
            design.number(term, &golden.column(data, term).to_vec()).unwrap();
        }
    }
    design
}

pub fn events(golden: &Golden, data: &str, column: &str) -> Vec<bool> {
    golden.column(data, column).iter().map(|value| *value == 1.0).collect()
}

/// Values of an R named vector in order.
pub fn values(named: &Value) -> Vec<f64> {
    named.as_object().unwrap().values().map(number).collect()
}

fn compare(what: &str, fit: &LogisticFit, expected: &Value) {
    let column = |pick: fn(&logistic::LogisticTerm) -> f64| fit.terms.iter().map(pick).collect::<Vec<f64>>();
    for (name, ours) in [
        ("coef", column(|term| term.coef)),
        ("se", column(|term| term.se)),
        ("z", column(|term| term.z)),
        ("p_wald", column(|term| term.p)),
        ("or", column(|term| term.or)),
    ] {
        all_near(
            &format!("{what} {name}"),
            &ours,
            &values(&expected[name]),
            TOLERANCE,
            TOLERANCE,
        );
    }
    for (j, term) in fit.terms.iter().enumerate() {
        all_near(
            &format!("{what} Wald {j}"),
            &term.ci.limits(),
            &numbers(&expected["or_wald_ci"][j]),
            TOLERANCE,
            TOLERANCE,
        );
        let profile = term.ci_profile.unwrap().limits();
        all_near(
            &format!("{what} profile {j}"),
            &profile,
            &numbers(&expected["or_profile_ci_exact"][j]),
            TOLERANCE,
            0.0,
        );
        all_near(
            &format!("{what} R's profile {j}"),
            &profile,
            &numbers(&expected["or_profile_ci_R"][j]),
            1e-3,
            0.0,
        );
        for k in 0..fit.terms.len() {
            let theirs = number(&expected["vcov"][j][k]);
            near(
                &format!("{what} vcov {j} {k}"),
                fit.vcov[[j, k]],
                theirs,
                TOLERANCE,
                TOLERANCE,
            );
        }
    }
    for (name, ours) in [
        ("deviance", fit.deviance),
        ("null_deviance", fit.null_deviance),
        ("aic", fit.aic),
        ("bic", fit.bic),
        ("loglik", fit.log_likelihood),
        ("cox_snell", fit.cox_snell),
        ("nagelkerke", fit.nagelkerke),
        ("mcfadden", fit.mcfadden),
    ] {
        near(
            &format!("{what} {name}"),
            ours,
            number(&expected[name]),
            TOLERANCE,
            1e-12,
        );
    }
    if let Some(tests) = expected["lr_test_per_term"].as_object() {
        let ours: Vec<f64> = fit.term_tests.iter().map(|test| test.p).collect();
        let theirs: Vec<f64> = tests.values().map(number).collect();
        all_near(&format!("{what} LR tests"), &ours, &theirs, TOLERANCE, 1e-12);
    }
}

/// Checks one `glm_out` of the goldens for some rows of a table.
pub fn compare_fit(what: &str, design: &Design, event: &[bool], expected: &Value) -> LogisticFit {
    let fit = logistic::fit(design, event, &LogisticSettings::default()).unwrap();
    assert!(fit.separation.is_none(), "{what}: {:?}", fit.separation);
    compare(what, &fit, expected);
    fit
}

pub fn check(golden: &Golden, file: &str) {
    let json = golden.expected(file);
    let data = json["data"].as_str().unwrap();
    let event = events(golden, data, "y");
    for (name, expected) in json["univariable"].as_object().unwrap() {
        compare_fit(name, &design(golden, data, &format!("y ~ {name}")), &event, expected);
    }
    let names: Vec<&str> = json["multivariable"]["vars"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let full = design(golden, data, &format!("y ~ {}", names.join(" + ")));
    let fit = compare_fit("multivariable", &full, &event, &json["multivariable"]["expected"]);

    let inflation: Vec<f64> = variance_inflation(&full, &fit)
        .unwrap()
        .iter()
        .map(|term| term.gvif)
        .collect();
    all_near("car::vif", &inflation, &values(&json["vif_glm_car"]), TOLERANCE, 0.0);
    // rms stops its fit a little early
    all_near("rms::vif", &inflation, &values(&json["vif_rms"]), 1e-8, 0.0);
    all_near(
        "linear VIF",
        &linear_variance_inflation(&full).unwrap(),
        &values(&json["vif_lm_spss"]),
        TOLERANCE,
        0.0,
    );

    let graded = &json["with_factor_grade"];
    let with_factor = design(golden, data, graded["formula"].as_str().unwrap());
    let fit = compare_fit("factor", &with_factor, &event, &graded["expected"]);
    for (j, term) in variance_inflation(&with_factor, &fit).unwrap().iter().enumerate() {
        let ours = [term.gvif, term.df as f64, term.adjusted];
        all_near("GVIF", &ours, &numbers(&graded["gvif"][j]), TOLERANCE, 0.0);
    }
    let tests = &graded["type2_lr"];
    for (j, test) in fit.term_tests.iter().enumerate() {
        let ours = [test.chi_squared, test.df as f64, test.p];
        let theirs = [
            number(&tests["chisq"][j]),
            number(&tests["df"][j]),
            number(&tests["p"][j]),
        ];
        all_near("type II tests", &ours, &theirs, TOLERANCE, 0.0);
    }

    for case in json["stepwise"].as_array().unwrap() {
        let direction = match case["direction"].as_str().unwrap() {
            "backward" => Direction::Backward,
            "forward" => Direction::Forward,
            "both_from_full" => Direction::BothFromFull,
            "both_from_null" => Direction::BothFromNull,
            other => panic!("unknown direction {other}"),
        };
        let chosen = stepwise(&full, &event, direction, number(&case["k"])).unwrap();
        let changes: Vec<&str> = chosen.path.iter().map(|step| step.change.as_str()).collect();
        let theirs: Vec<&str> = case["path"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step.as_str().unwrap())
            .collect();
        assert_eq!(changes, theirs);
        let aic: Vec<f64> = chosen.path.iter().map(|step| step.aic).collect();
        all_near("AIC path", &aic, &numbers(&case["aic_path"]), TOLERANCE, 0.0);
        let selected = full.select(&chosen.terms);
        let theirs: Vec<&str> = case["final_terms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|term| term.as_str().unwrap())
            .collect();
        assert_eq!(selected.names(), theirs);
        let last = logistic::fit(&selected, &event, &LogisticSettings::default()).unwrap();
        all_near(
            "final",
            &last.coefficients(),
            &values(&case["final"]),
            TOLERANCE,
            TOLERANCE,
        );
        // R's AIC() counts 2 per coefficient whatever k was
        near("final AIC", last.aic, number(&case["final_aic"]), TOLERANCE, 0.0);
    }
}
