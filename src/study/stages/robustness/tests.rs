//! Resampling on noise: what is noise looks like noise, whatever the threads.

use ndarray::Array2;

use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::regression::lasso::{Family, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidationSettings, Measure};
use crate::stats::validation::folds::FoldSettings;
use crate::study::engine::pieces::Pieces;
use crate::study::engine::watch::Watch;
use crate::study::honest::bootstrap::bootstrap;
use crate::study::honest::procedure::{Material, Procedure};
use crate::study::honest::resplits::resplits;
use crate::study::learner::{LambdaRule, Lasso};

fn procedure() -> Procedure<'static> {
    Procedure {
        gate: None,
        harmonise: None,
        narrowings: &[],
        learner: Box::new(Lasso {
            path: LassoSettings {
                family: Family::Binomial,
                lambda_count: 30,
                ..LassoSettings::default()
            },
            cross_validation: CrossValidationSettings {
                measure: Measure::Mse,
                ..CrossValidationSettings::default()
            },
            rule: LambdaRule::Minimum,
            whole: false,
        }),
        folds: FoldSettings {
            count: 5,
            ..FoldSettings::default()
        },
    }
}

/// 40 patients with three cases each, whose features are the patient's noise and a little of the case's: no feature
/// knows anything of the outcome. `of_patient`: the outcome is the patient's; else three patients in four have both.
fn noise(of_patient: bool, cohort: u32) -> Material {
    const PATIENTS: usize = 40;
    const FEATURES: usize = 30;
    let mut stream = RandomStream::new(11, Purpose::Other(cohort));
    let own = Array2::from_shape_fn((PATIENTS, FEATURES), |_| stream.normal());
    let mut cases = Array2::zeros((3 * PATIENTS, FEATURES));
    for row in 0..3 * PATIENTS {
        for column in 0..FEATURES {
            cases[[row, column]] = own[[row / 3, column]] + 0.2 * stream.normal();
        }
    }
    Material::new(
        (0..3 * PATIENTS).map(|row| format!("case {row}")).collect(),
        (0..3 * PATIENTS)
            .map(|row| {
                if of_patient {
                    (row / 3) % 2 == 0
                } else {
                    (row / 3) % 4 != 0 && (row + row / 3) % 2 == 0
                }
            })
            .collect(),
        (0..3 * PATIENTS).map(|row| row / 3).collect(),
        (0..FEATURES).map(|column| format!("feature {column}")).collect(),
        cases,
    )
    .at_level(0.95)
}

/// The mean test AUC of ten splits by case, as if each case were its own patient.
fn by_case(material: &Material) -> f64 {
    let mut blind = material.clone();
    blind.patients = (0..material.ids.len()).collect();
    resplits(
        &blind,
        &procedure(),
        (10, 1.0 / 3.0, 5),
        &Pieces::default(),
        &Watch::silent(),
    )
    .unwrap()
    .mean
}

#[test]
fn noise_looks_like_signal_when_patients_are_torn_apart_and_not_when_they_are_kept_together() {
    const COHORTS: u32 = 6;
    let together = |material: &Material| {
        resplits(
            material,
            &procedure(),
            (6, 1.0 / 3.0, 5),
            &Pieces::default(),
            &Watch::silent(),
        )
        .unwrap()
        .mean
    };
    let mut kept = [Vec::new(), Vec::new()];
    for cohort in 0..COHORTS {
        let of_patients = noise(true, cohort);
        let torn = by_case(&of_patients);
        assert!(torn > 0.7, "split by case, pure noise has an AUC of {torn}");
        kept[0].push(together(&of_patients));
        kept[1].push(together(&noise(false, cohort)));
    }
    // One cohort of 40 patients has its accidents, and every re-split of it has the same ones; over cohorts they cancel.
    for areas in kept {
        let (centre, error) = (mean(&areas), standard_deviation(&areas) / f64::from(COHORTS).sqrt());
        assert!(
            (centre - 0.5).abs() < 4.0 * error && (centre - 0.5).abs() < 0.1,
            "kept together, noise has an AUC of {centre} ± {error}: {areas:?}"
        );
    }
}

#[test]
fn the_bootstrap_sees_through_overfitting() {
    let found = bootstrap(
        &noise(true, 0),
        &procedure(),
        12,
        2,
        (&Pieces::default(), &Watch::silent()),
    )
    .unwrap();
    assert_eq!(found.resamples + found.failed, 12);
    assert!(found.auc_632plus < found.apparent + 1e-12);
    assert!(found.auc_632plus < 0.68, "{found:?}");
    assert_eq!(found.frequency.len(), 30);
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let run = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| {
                resplits(
                    &noise(true, 0),
                    &procedure(),
                    (4, 1.0 / 3.0, 9),
                    &Pieces::default(),
                    &Watch::silent(),
                )
                .unwrap()
            })
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.auc.len(), 4);
    assert_eq!((one.auc, one.frequency), (three.auc, three.frequency));
}
