//! R's random numbers, to the last digit.

use radscore::stats::base::r_random::RRandom;

use crate::golden::{Golden, indices, numbers};

pub fn check(golden: &Golden, file: &str) {
    let class: Vec<usize> = golden
        .column("rad80.csv", "y_bin")
        .iter()
        .map(|value| *value as usize)
        .collect();
    let counted = |from_zero: Vec<usize>| from_zero.into_iter().map(|index| index + 1).collect::<Vec<_>>();
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let seed = case["seed"].as_i64().unwrap();
        let fresh = || RRandom::set_seed(seed);

        let mut generator = fresh();
        let uniform: Vec<f64> = (0..5).map(|_| generator.uniform()).collect();
        // The golden's 17 digits name the double exactly.
        assert_eq!(uniform, numbers(&case["runif5"]), "runif, seed {seed}");
        let mut generator = fresh();
        let normal: Vec<f64> = (0..5).map(|_| generator.normal()).collect();
        assert_eq!(normal, numbers(&case["rnorm5"]), "rnorm, seed {seed}");

        assert_eq!(counted(fresh().sample(10, 10)), indices(&case["sample10"]));
        assert_eq!(
            counted(fresh().sample_with_replacement(80, 80)),
            indices(&case["sample80_replace"])
        );
        let mut taken = counted(fresh().sample(120, 80));
        taken.sort_unstable();
        assert_eq!(taken, indices(&case["sample120_take80"]));
        assert_eq!(
            counted(fresh().glmnet_folds(80, 10)),
            indices(&case["cvglmnet_foldid_n80_k10"])
        );
        assert_eq!(
            counted(fresh().sample_by_probability(&[0.2, 0.5, 0.3], 12)),
            indices(&case["sample_prob"])
        );
        if !case["createDataPartition_p0.7"].is_null() {
            assert_eq!(
                counted(fresh().data_partition(&class, 0.7)),
                indices(&case["createDataPartition_p0.7"])
            );
        }
        if !case["createFolds_k5"].is_null() {
            assert_eq!(
                counted(fresh().caret_folds(&class, 5)),
                indices(&case["createFolds_k5"])
            );
        }
    }
}
