//! The radiomics quality score 2.0, for hand-crafted features: points of nine levels of readiness.

use crate::study::checklist::evidence::{
    AUC, CALIBRATION, CLINICAL, COMBINED, COMPLIANCE, CONFUSION, CONTROLS, CUTOFF, DECISION, GRIDS, HARMONISED, MODEL,
    NOMOGRAM, RANGES, RESPLITS, ROBUST, SELECTED, SETTINGS, SOFTWARE, STATE, SUBGROUPED, WRONG,
};
use crate::study::checklist::item::{Checklist, Scoring, authors, either, partly, proved};
use crate::study::input::reporting as ask;

pub(super) static RQS: Checklist = Checklist {
    name: "rqs2",
    title: "RQS 2.0: radiomics quality score with readiness levels, hand-crafted features",
    citation: "Lambin P, et al. Nature Reviews Clinical Oncology 2025;22:831",
    scoring: Scoring::Points,
    items: &[
        authors("1", &ask::UNMET_NEED, "level 1: unmet clinical need").counts(0.0, 1.0, 2.0),
        authors("2", &ask::PHANTOM, "level 1: hardware described and compared").worth(1.0),
        partly(
            "3",
            &[&GRIDS],
            &ask::IMAGING_PROTOCOL,
            "level 1: quality of the imaging protocol",
        )
        .counts(0.0, 1.0, 2.0),
        authors("4", &ask::ELIGIBILITY, "level 1: criteria of eligibility").worth(1.0),
        authors("5", &ask::DIVERSITY, "level 1: variety of the patients").worth(1.0),
        proved("6", &[&ROBUST], "level 2: robustness of the features").worth(1.0),
        proved("7", &[&SETTINGS], "level 2: processing of the images").worth(1.0),
        either("8", &[&HARMONISED], &ask::HARMONISATION, "level 2: harmonisation").worth(1.0),
        proved(
            "9",
            &[&SOFTWARE, &COMPLIANCE],
            "level 2: international standards of features",
        )
        .worth(1.0),
        authors("10", &ask::AUTOMATIC_SEGMENTATION, "level 2: automatic segmentation").worth(1.0),
        proved("11", &[&SELECTED], "level 3: reduction of features").worth(1.0),
        proved("12", &[&ROBUST, &SELECTED], "level 3: robustness used in the selection").worth(1.0),
        authors(
            "13",
            &ask::DEEP_FEATURES,
            "level 3: hand-crafted and deep features together",
        )
        .worth(1.0),
        proved(
            "14",
            &[&COMBINED],
            "level 3: a model with predictors that are not radiomic",
        )
        .worth(2.0),
        proved("15", &[&AUC], "level 4: validation in one centre").worth(1.0),
        proved("16", &[&CUTOFF, &CONFUSION], "level 4: cut-off").worth(1.0),
        proved("17", &[&AUC, &RESPLITS], "level 4: discrimination, with resampling").worth(2.0),
        proved("18", &[&CALIBRATION], "level 4: calibration").worth(1.0),
        partly("19", &[&WRONG], &ask::LIMITATIONS, "level 4: modes of failure").counts(0.0, 1.0, 1.0),
        partly(
            "20",
            &[&STATE, &MODEL],
            &ask::DATA_SHARED,
            "level 4: open science: code, model, data",
        )
        .counts(1.0, 2.0, 3.0),
        authors("21", &ask::EXTERNAL_TEST, "level 5: validation in several centres").counts(0.0, 1.0, 3.0),
        proved("22", &[&CONTROLS, &CLINICAL], "level 5: beside the clinical standard").worth(2.0),
        authors("23", &ask::EARLIER_WORK, "level 5: beside earlier models").worth(1.0),
        proved("24", &[&DECISION], "level 5: clinical utility").worth(2.0),
        partly("25", &[&NOMOGRAM], &ask::EXPLANATION, "level 6: explanation").counts(0.0, 1.0, 1.0),
        authors("26", &ask::EXPLANATION_JUDGED, "level 6: explanation judged").worth(1.0),
        authors("27", &ask::BIOLOGY, "level 6: relation to biology").worth(1.0),
        partly("28", &[&SUBGROUPED], &ask::FAIRNESS, "level 6: fairness").counts(0.0, 1.0, 2.0),
        authors("29", &ask::USABILITY, "level 7: usability").worth(1.0),
        authors("30", &ask::SAMPLE_SIZE_PLAN, "level 7: size planned beforehand").worth(1.0),
        authors("31", &ask::REGISTRATION, "level 7: registration").worth(1.0),
        authors("32", &ask::PROSPECTIVE, "level 7: prospective validation").worth(3.0),
        authors("33", &ask::REAL_WORLD, "level 7: everyday practice").worth(1.0),
        proved("34", &[&STATE], "level 8: traceable software").worth(1.0),
        proved("35", &[&RANGES], "level 8: safeguards at use").worth(1.0),
        authors("36", &ask::COST, "level 8: cost-effectiveness").worth(2.0),
        authors("37", &ask::DRIFT, "level 8: drift").worth(1.0),
        authors("38", &ask::LEARNING, "level 8: continuous learning").worth(1.0),
        authors("39", &ask::AUTOMATION, "level 9: level of automation").worth(1.0),
        authors("40", &ask::QUALITY_SYSTEM, "level 9: quality system").worth(1.0),
        authors("41", &ask::REGULATION, "level 9: regulation").worth(1.0),
        authors("42", &ask::MARKET, "level 9: on the market").worth(1.0),
    ],
};
