//! ComBat against sva.

use radscore::stats::harmonise::combat::{Combat, Rows};

use crate::golden::numbers as values;
use crate::golden::{Golden, all_near};

pub fn check(golden: &Golden, file: &str) {
    for (at, case) in golden.expected(file)["cases"].as_array().unwrap().iter().enumerate() {
        let data = case["data"].as_str().unwrap();
        let matrix = |key: &str| {
            let names: Vec<String> = case[key]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect();
            golden.matrix(data, &names)
        };
        let (x, covariates) = (matrix("features"), matrix("covariates"));
        let centre: Vec<usize> = values(&case["centre"]).iter().map(|&centre| centre as usize).collect();
        let rows = Rows {
            centre: &centre,
            covariates: covariates.view(),
        };
        let centres = centre.iter().max().unwrap() + 1;
        let reference = case["reference"].as_u64().map(|reference| reference as usize);
        let combat = Combat::fit(x.view(), rows, centres, reference).unwrap();
        let clean = combat.apply(x.view(), rows).unwrap();
        let shown = values(&case["shown"]);
        for (row, expected) in shown.iter().zip(case["expected"]["rows"].as_array().unwrap()) {
            let ours = clean.row(*row as usize).to_vec();
            all_near(&format!("case {at}, row {row}"), &ours, &values(expected), 1e-10, 1e-10);
        }
    }
}
