//! Agreement against psych, irr and base R.

use ndarray::Array2;
use radscore::stats::agreement::{
    IccDialect, IccTable, KappaWeights, bland_altman, concordance, icc_table, kappa, overlap,
};
use serde_json::Value;

use crate::golden::{Golden, all_near, near, number, numbers};

const IRR: [&str; 6] = [
    "oneway_consistency_single",
    "twoway_agreement_single",
    "twoway_consistency_single",
    "oneway_consistency_average",
    "twoway_agreement_average",
    "twoway_consistency_average",
];

fn readings(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    let readers = rows[0].len();
    Array2::from_shape_vec((rows.len(), readers), rows.concat()).unwrap()
}

pub fn check(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    for (name, case) in expected["icc"].as_object().unwrap() {
        let readings = readings(&case["ratings"]);
        let psych = icc_table(readings.view(), 0.95, IccDialect::Psych).unwrap();
        compare(name, &psych, case["psych"].as_object().unwrap(), str::to_owned);
        let irr = icc_table(readings.view(), 0.95, IccDialect::Irr).unwrap();
        compare(name, &irr, case["irr"].as_object().unwrap(), |form| {
            let at = ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
                .iter()
                .position(|name| *name == form)
                .unwrap();
            IRR[at].to_owned()
        });
    }
    for (name, case) in expected["kappa"].as_object().unwrap() {
        let (a, b) = (numbers(&case["a"]), numbers(&case["b"]));
        let of = |weights| kappa(&a, &b, weights, 0.95).unwrap();
        let (plain, quadratic) = (of(KappaWeights::Unweighted), of(KappaWeights::Quadratic));
        near(name, plain.kappa, number(&case["kappa"]), 1e-9, 0.0);
        near(name, quadratic.kappa, number(&case["weighted_quadratic"]), 1e-9, 0.0);
        for (found, limits) in [plain, quadratic].iter().zip(case["psych_ci"].as_array().unwrap()) {
            let half = 1.959963984540054 * found.psych_se;
            let limit = [found.kappa - half, found.kappa, found.kappa + half];
            all_near(&format!("{name} limits"), &limit, &numbers(limits), 1e-9, 0.0);
        }
        all_near(
            name,
            &[plain.ci.lower, plain.kappa, plain.ci.upper],
            &numbers(&case["psych_ci"][0]),
            1e-9,
            0.0,
        );
        for (key, weights) in [
            ("unweighted", KappaWeights::Unweighted),
            ("equal", KappaWeights::Linear),
            ("squared", KappaWeights::Quadratic),
        ] {
            let (found, irr) = (of(weights), &case["irr"][key]);
            near(&format!("{name} {key}"), found.kappa, number(&irr["kappa"]), 1e-9, 0.0);
            near(&format!("{name} {key} z"), found.z, number(&irr["z"]), 1e-9, 0.0);
            // irr takes the tail as 1 - lower, which is 0 below 1e-16.
            near(&format!("{name} {key} P"), found.p, number(&irr["p"]), 1e-9, 1e-15);
        }
    }
    let masks = &expected["dice"];
    let (a, b) = (numbers(&masks["mask_a"]), numbers(&masks["mask_b"]));
    let count = |mask: &[f64]| mask.iter().filter(|voxel| **voxel == 1.0).count();
    let shared = a.iter().zip(&b).filter(|(a, b)| **a == 1.0 && **b == 1.0).count();
    let found = overlap(count(&a), count(&b), shared).unwrap();
    near("Dice", found.dice, number(&masks["dice"]), 1e-12, 0.0);
    near("Jaccard", found.jaccard, number(&masks["jaccard"]), 1e-12, 0.0);

    let two = readings(&expected["icc"]["two_raters"]["ratings"]);
    let (first, second) = (two.column(0).to_vec(), two.column(1).to_vec());
    let limits = bland_altman(&first, &second, 0.95).unwrap();
    let case = &expected["bland_altman"];
    near("bias", limits.bias, number(&case["bias"]), 1e-9, 0.0);
    near("SD", limits.sd, number(&case["sd"]), 1e-9, 0.0);
    all_near("limits", &limits.loa.limits(), &numbers(&case["loa"]), 1e-9, 0.0);
    let rounded = [limits.bias - 1.96 * limits.sd, limits.bias + 1.96 * limits.sd];
    all_near("limits with 1.96", &rounded, &numbers(&case["loa_1.96"]), 1e-9, 0.0);
    let lin = concordance(&first, &second, 0.95).unwrap();
    near("CCC", lin.ccc, number(&expected["ccc_lin"]["ccc_n"]), 1e-9, 0.0);
    near(
        "CCC",
        lin.ccc_n_minus_1,
        number(&expected["ccc_lin"]["ccc_n_minus_1"]),
        1e-9,
        0.0,
    );
    assert!(lin.ci.lower < lin.ccc && lin.ccc < lin.ci.upper);
}

fn compare(name: &str, table: &IccTable, expected: &serde_json::Map<String, Value>, key: impl Fn(&str) -> String) {
    for found in &table.forms {
        let key = key(found.form.name());
        let wanted = &expected[&key];
        for (column, value) in [
            ("icc", found.icc),
            ("F", found.f),
            ("df1", found.df1),
            ("df2", found.df2),
            ("lower", found.interval.lower),
            ("upper", found.interval.upper),
        ] {
            near(
                &format!("{name} {key} {column}"),
                value,
                number(&wanted[column]),
                1e-9,
                0.0,
            );
        }
        // R takes these tails as 1 - lower, so that they have an absolute error of 1e-16.
        near(&format!("{name} {key} P"), found.p, number(&wanted["p"]), 1e-9, 1e-15);
    }
}
