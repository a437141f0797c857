//! cv.glmnet over given folds: losses, their standard errors, the chosen penalties and coefficients.

use radscore::stats::validation::cross_validation::{Alignment, CrossValidationSettings, Measure, cross_validate};
use serde_json::Value;

use crate::glmnet::Case;
use crate::golden::{Golden, all_near, indices, near, number, numbers};

pub fn check(golden: &Golden, file: &str) {
    for json in golden.expected(file)["cases"].as_array().unwrap() {
        let id = json["id"].as_str().unwrap();
        assert!(json["error"].is_null(), "{id}: the golden is an error");
        let case = Case::read(golden, json);
        let args = &json["args"];
        let settings = CrossValidationSettings {
            measure: measure(&json["type_measure"]),
            alignment: match args.get("alignment").map(|value| value.as_str().unwrap()) {
                None | Some("lambda") => Alignment::Lambda,
                Some("fraction") => Alignment::Fraction,
                Some(other) => panic!("{id}: unknown alignment {other}"),
            },
            grouped: args.get("grouped").is_none_or(|value| value.as_bool().unwrap()),
            exact: false,
        };
        let folds: Vec<usize> = golden
            .column(json["data"].as_str().unwrap(), json["foldid"].as_str().unwrap())
            .iter()
            .map(|fold| *fold as usize - 1)
            .collect();
        let weights = case.weights.as_ref().map(|weights| weights.view());
        let cv = cross_validate(
            case.x.view(),
            case.y.view(),
            weights,
            &folds,
            &case.like_golden(),
            &settings,
        )
        .unwrap();

        let expected = &json["expected"];
        assert_eq!(cv.measure_name, expected["measure_name"].as_str().unwrap(), "{id}");
        all_near(
            &format!("{id} lambda"),
            &cv.lambda,
            &numbers(&expected["lambda"]),
            1e-12,
            0.0,
        );
        // A class or a pair may flip where a probability ties; that is one row of a fold.
        let flip = match cv.measure {
            Measure::Class | Measure::Auc => 1.0 / case.x.nrows() as f64,
            _ => 0.0,
        };
        // Where columns are combinations of others, coefficients are not unique, and with them neither are predictions.
        let unique = !json["note"].as_str().is_some_and(|note| note.contains("separation"));
        let relative = if unique { 1e-7 } else { 1e-3 };
        all_near(
            &format!("{id} cvm"),
            &cv.cvm,
            &numbers(&expected["cvm"]),
            relative,
            flip,
        );
        all_near(
            &format!("{id} cvsd"),
            &cv.cvsd,
            &numbers(&expected["cvsd"]),
            relative,
            flip,
        );
        if case.is_tight() || unique {
            assert_eq!(cv.nzero, indices(&expected["nzero"]), "{id}: nzero");
        }
        assert_eq!(
            cv.index_min,
            number(&expected["index0_min"]) as usize,
            "{id}: index of lambda.min"
        );
        assert_eq!(
            cv.index_1se,
            number(&expected["index0_1se"]) as usize,
            "{id}: index of lambda.1se"
        );
        near(
            &format!("{id} lambda.min"),
            cv.lambda_min,
            number(&expected["lambda_min"]),
            1e-12,
            0.0,
        );
        near(
            &format!("{id} lambda.1se"),
            cv.lambda_1se,
            number(&expected["lambda_1se"]),
            1e-12,
            0.0,
        );
        for (ours, theirs) in [
            (cv.coefficients_min(), &expected["coef_min"]),
            (cv.coefficients_1se(), &expected["coef_1se"]),
        ] {
            let values = numbers(&theirs["value"]);
            let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            if unique {
                near(
                    &format!("{id} intercept"),
                    ours.intercept,
                    number(&theirs["intercept"]),
                    1e-7,
                    1e-7 * largest,
                );
                assert_eq!(ours.index, indices(&theirs["index0"]), "{id}");
                all_near(&format!("{id} coefficients"), &ours.value, &values, 0.0, 1e-7 * largest);
            }
        }
        for warning in json["warnings"].as_array().unwrap() {
            let word = if warning.as_str().unwrap().contains("grouped=FALSE") {
                "fewer than 3"
            } else {
                "deviance"
            };
            assert!(
                cv.warnings.iter().any(|ours| ours.contains(word)),
                "{id}: {warning} is not said"
            );
        }
    }
}

pub fn measure(value: &Value) -> Measure {
    serde_json::from_value(value.clone()).unwrap()
}
