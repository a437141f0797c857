//! rms's `lrm`: coefficients, standard errors, likelihood ratio, indices. Ranks are compared only as far as rms 6 goes, since
//! it bins probabilities; ours are exact and are compared with the ROC goldens there.

use radscore::stats::design::spline::RestrictedCubicSpline;
use radscore::stats::regression::logistic::{self, LogisticSettings, StandardErrors};

use crate::glm::{design, events, values};
use crate::golden::{Golden, all_near, near, number, numbers};

/// C of rms 6 comes from bins of 0.0002.
const BINNED: f64 = 1e-3;

pub fn check(golden: &Golden, file: &str) {
    for (id, case) in golden.expected(file).as_object().unwrap() {
        let data = case["data"].as_str().unwrap();
        let formula = case["formula"].as_str().unwrap();
        let terms = design(golden, data, formula);
        let event = events(golden, data, "y");
        let settings = LogisticSettings {
            standard_errors: StandardErrors::Estimates,
            ..LogisticSettings::default()
        };
        let fit = logistic::fit(&terms, &event, &settings).unwrap();
        let expected = &case["expected"];
        let column = |pick: fn(&logistic::LogisticTerm) -> f64| fit.terms.iter().map(pick).collect::<Vec<f64>>();
        all_near(
            &format!("{id} coef"),
            &column(|term| term.coef),
            &values(&expected["coef"]),
            1e-8,
            1e-8,
        );
        all_near(
            &format!("{id} se"),
            &column(|term| term.se),
            &values(&expected["se"]),
            1e-8,
            1e-8,
        );
        all_near(
            &format!("{id} P"),
            &column(|term| term.p),
            &values(&expected["wald_p"]),
            1e-8,
            1e-8,
        );
        all_near(
            &format!("{id} deviance"),
            &[fit.null_deviance, fit.deviance],
            &numbers(&expected["deviance"]),
            1e-8,
            0.0,
        );
        let stats = &expected["stats"];
        near(
            &format!("{id} LR"),
            fit.model_test.chi_squared,
            number(&stats["Model L.R."]),
            1e-8,
            0.0,
        );
        assert_eq!(fit.model_test.df, number(&stats["d.f."]) as usize);
        near(&format!("{id} P"), fit.model_test.p, number(&stats["P"]), 1e-8, 1e-15);
        near(&format!("{id} R2"), fit.nagelkerke, number(&stats["R2"]), 1e-8, 0.0);
        near(&format!("{id} Brier"), fit.brier, number(&stats["Brier"]), 1e-8, 0.0);
        near(&format!("{id} g"), fit.g, number(&stats["g"]), 1e-8, 0.0);
        near(&format!("{id} gr"), fit.g.exp(), number(&stats["gr"]), 1e-8, 0.0);
        near(&format!("{id} gp"), fit.gp, number(&stats["gp"]), 1e-8, 0.0);
        let ranks = fit.discrimination;
        near(&format!("{id} C"), ranks.c, number(&stats["C"]), 0.0, BINNED);
        near(
            &format!("{id} Dxy"),
            ranks.dxy,
            number(&stats["Dxy"]),
            0.0,
            2.0 * BINNED,
        );
        near(
            &format!("{id} gamma"),
            ranks.gamma,
            number(&stats["Gamma"]),
            0.0,
            2.0 * BINNED,
        );
        near(
            &format!("{id} tau-a"),
            ranks.tau_a,
            number(&stats["Tau-a"]),
            0.0,
            2.0 * BINNED,
        );
        if let Some(knots) = case.get("knots") {
            let values = golden.column(data, "age").to_vec();
            let knots = numbers(knots);
            let spline = RestrictedCubicSpline::from_values(&values, knots.len()).unwrap();
            all_near(&format!("{id} knots"), spline.knots(), &knots, 1e-14, 0.0);
            for (row, expected) in case["design_first5"].as_array().unwrap().iter().enumerate() {
                let ours: Vec<f64> = terms.columns().iter().map(|column| column[row]).collect();
                all_near(
                    &format!("{id} design, row {row}"),
                    &ours,
                    &numbers(expected),
                    1e-12,
                    1e-12,
                );
            }
        }
    }
    exact_concordance(golden);
}

/// The exact C of the two models whose risks are ROC goldens.
fn exact_concordance(golden: &Golden) {
    if !golden.has("roc_single.json") {
        return;
    }
    let curves = golden.expected("roc_single.json");
    for (score, formula) in [("m1", "y ~ radscore"), ("m2", "y ~ radscore + smoking + nerve")] {
        let curve = curves["cases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|case| case["data"] == "roc_pair80.csv" && case["score"] == score);
        let Some(curve) = curve else { continue };
        let terms = design(golden, "clin80.csv", formula);
        let fit = logistic::fit(&terms, &events(golden, "clin80.csv", "y"), &LogisticSettings::default()).unwrap();
        near("exact C", fit.discrimination.c, number(&curve["auc"]), 1e-12, 0.0);
    }
}
