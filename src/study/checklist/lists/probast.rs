//! PROBAST+AI: the questions of the development (D) and of the evaluation (E).

use crate::study::checklist::evidence::{
    APART, AUC, CALIBRATION, COEFFICIENTS, DECISION, ENOUGH, FAILURES, LEFT_OUT, LOOKS, NESTED, OPTIMISM, PREVALENCE,
    RESPLITS, SCALER, SETTINGS, SOFTWARE, SPLIT,
};
use crate::study::checklist::item::{Checklist, Scoring, authors, proved};
use crate::study::input::reporting as ask;

pub(super) static PROBAST: Checklist = Checklist {
    name: "probast-ai",
    title: "PROBAST+AI: risk of bias of prediction models",
    citation: "Moons KGM, et al. BMJ 2025;388:e082505",
    scoring: Scoring::Unscored,
    items: &[
        authors("D1.1", &ask::DATA_SOURCE, "development: fitting source of data"),
        authors("D1.2", &ask::DESIGN, "development: fitting design"),
        authors(
            "D1.3",
            &ask::ELIGIBILITY,
            "development: fitting criteria of eligibility",
        ),
        proved("D2.1", &[&SOFTWARE, &SETTINGS], "development: predictors alike for all"),
        proved("D2.2", &[&SETTINGS], "development: images processed alike"),
        authors(
            "D2.3",
            &ask::PREDICTOR_BLINDING,
            "development: predictors without knowledge of the outcome",
        ),
        authors(
            "D2.4",
            &ask::PREDICTOR_AVAILABILITY,
            "development: predictors known at the time of use",
        ),
        authors("D3.1", &ask::REFERENCE_STANDARD, "development: outcome well determined"),
        authors(
            "D3.2",
            &ask::OUTCOME_ALIKE,
            "development: outcome determined alike for all",
        ),
        authors(
            "D3.3",
            &ask::OUTCOME_BLINDING,
            "development: outcome without knowledge of predictors",
        ),
        authors(
            "D3.4",
            &ask::INTERVAL,
            "development: time between predictors and outcome",
        ),
        proved("D4.1", &[&ENOUGH], "development: size"),
        proved(
            "D4.2",
            &[&SCALER, &COEFFICIENTS],
            "development: predictors handled well",
        ),
        proved("D4.3", &[&FAILURES, &LEFT_OUT], "development: missing data"),
        proved("D4.4", &[&PREVALENCE], "development: imbalance"),
        proved("D4.5", &[&NESTED, &OPTIMISM], "development: overfitting"),
        authors("E1.1", &ask::DATA_SOURCE, "evaluation: fitting source of data"),
        authors("E1.2", &ask::DESIGN, "evaluation: fitting design"),
        authors("E1.3", &ask::ELIGIBILITY, "evaluation: fitting criteria of eligibility"),
        proved("E2.1", &[&SOFTWARE, &SETTINGS], "evaluation: predictors alike for all"),
        proved("E2.2", &[&SETTINGS], "evaluation: images processed alike"),
        authors(
            "E2.3",
            &ask::PREDICTOR_BLINDING,
            "evaluation: predictors without knowledge of the outcome",
        ),
        authors(
            "E2.4",
            &ask::PREDICTOR_AVAILABILITY,
            "evaluation: predictors known at the time of use",
        ),
        authors("E3.1", &ask::REFERENCE_STANDARD, "evaluation: outcome well determined"),
        authors(
            "E3.2",
            &ask::OUTCOME_ALIKE,
            "evaluation: outcome determined alike for all",
        ),
        authors(
            "E3.3",
            &ask::OUTCOME_BLINDING,
            "evaluation: outcome without knowledge of predictors",
        ),
        authors(
            "E3.4",
            &ask::INTERVAL,
            "evaluation: time between predictors and outcome",
        ),
        proved("E4.1", &[&AUC, &RESPLITS], "evaluation: more than apparent"),
        proved("E4.2", &[&ENOUGH, &SPLIT], "evaluation: size"),
        proved("E4.3", &[&FAILURES, &LEFT_OUT], "evaluation: missing data"),
        proved("E4.4", &[&PREVALENCE], "evaluation: imbalance"),
        proved("E4.5", &[&APART, &LOOKS], "evaluation: no leakage by the split"),
        proved(
            "E4.6",
            &[&NESTED, &RESPLITS],
            "evaluation: every step done again in each resample",
        ),
        proved(
            "E4.7",
            &[&AUC, &CALIBRATION, &DECISION],
            "evaluation: calibration, discrimination, net benefit",
        ),
    ],
};
