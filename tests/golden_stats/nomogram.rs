//! Nomograms and round ticks against rms and base R.

use radscore::stats::base::pretty::pretty;
use radscore::stats::regression::nomogram::{NomogramVariable, nomogram};

use crate::golden::{Golden, all_near, near, number, numbers};

pub fn ticks(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let (low, high, n) = (number(&case["lo"]), number(&case["hi"]), number(&case["n"]) as usize);
        all_near(
            &format!("pretty({low}, {high}, {n})"),
            &pretty(low, high, n),
            &numbers(&case["out"]),
            1e-12,
            1e-12,
        );
    }
}

pub fn layout(golden: &Golden, file: &str) {
    for (name, case) in golden.expected(file).as_object().unwrap() {
        let data = case["data"].as_str().unwrap();
        let variables: Vec<String> = case["vars"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        let intercept = number(&case["coef"]["Intercept"]);
        let design = golden.matrix(data, &variables);
        // R took the axes' limits from the datadist that was in force when the model was fitted: that of clin80.csv, for
        // every case of this file.
        let limits = golden.matrix("clin80.csv", &variables);
        let axes: Vec<NomogramVariable> = variables
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let observed = limits.column(at).to_vec();
                NomogramVariable::from_data(name, number(&case["coef"][name]), &observed).unwrap()
            })
            .collect();
        let linear: Vec<f64> = design
            .rows()
            .into_iter()
            .map(|row| {
                intercept
                    + row
                        .iter()
                        .zip(&axes)
                        .map(|(x, axis)| x * axis.effect.slope())
                        .sum::<f64>()
            })
            .collect();
        let range = [
            linear.iter().copied().fold(f64::INFINITY, f64::min),
            linear.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ];
        let found = nomogram(intercept, &axes, range, &numbers(&case["fun_at"])).unwrap();
        near(&format!("{name} scale"), found.scale, number(&case["sc"]), 1e-10, 0.0);
        near(
            name,
            found.intercept_at_zero_points,
            number(&case["intercept_at_zero_points"]),
            1e-10,
            0.0,
        );
        for axis in &found.axes {
            let expected = &case["axes"][&axis.name];
            all_near(
                &format!("{name} {}", axis.name),
                &axis.values,
                &numbers(&expected["values"]),
                1e-12,
                1e-12,
            );
            all_near(
                &format!("{name} {}", axis.name),
                &axis.xbeta,
                &numbers(&expected["Xbeta"]),
                1e-12,
                1e-12,
            );
            all_near(
                &format!("{name} {}", axis.name),
                &axis.points,
                &numbers(&expected["points"]),
                0.0,
                1e-8,
            );
        }
        for (at, bound) in case["xbeta_range"].as_array().unwrap().iter().enumerate() {
            for (axis, bound) in found.axes.iter().zip(numbers(bound)) {
                let pick = if at == 0 { f64::min } else { f64::max };
                let end = axis.xbeta.iter().copied().reduce(pick).unwrap();
                near(&format!("{name} {} range", axis.name), end, bound, 1e-12, 1e-12);
            }
        }
        let ticks = |key: &str| numbers(&case[key]);
        all_near(
            &format!("{name} total"),
            &found.total_points_ticks,
            &ticks("total_points_ticks"),
            1e-12,
            1e-12,
        );
        all_near(&format!("{name} lp"), &found.lp_ticks, &ticks("lp_ticks"), 1e-12, 1e-12);
        all_near(&format!("{name} lp"), &found.lp_points, &ticks("lp_points"), 0.0, 1e-8);
        all_near(
            &format!("{name} risk"),
            &found.risk_ticks,
            &ticks("risk_ticks"),
            1e-12,
            1e-12,
        );
        // R inverts the link by interpolation.
        all_near(
            &format!("{name} risk"),
            &found.risk_points,
            &ticks("risk_points"),
            0.0,
            1e-4,
        );
        let totals: Vec<f64> = design
            .rows()
            .into_iter()
            .take(20)
            .map(|row| found.total(&row.to_vec()))
            .collect();
        all_near(
            &format!("{name} subjects"),
            &totals,
            &ticks("subject_total_points_first20"),
            0.0,
            1e-8,
        );
        let risks: Vec<f64> = totals.iter().map(|&total| found.risk(total)).collect();
        all_near(
            &format!("{name} subjects"),
            &risks,
            &ticks("subject_risk_first20"),
            1e-10,
            0.0,
        );
    }
}
