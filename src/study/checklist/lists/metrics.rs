//! METRICS: weights by experts; a study counts what applies to it.

use crate::study::checklist::evidence::{
    APART, AUC, CALIBRATION, CASES, COEFFICIENTS, COMPLIANCE, CONFUSION, CONTROLS, DELONG, ENOUGH, GRIDS, IMAGE_TYPES,
    MODEL, NESTED, RESPLITS, RISKS, ROBUST, SELECTED, SETTINGS, SOFTWARE, SPLIT, STATE, TABLE1,
};
use crate::study::checklist::item::{Checklist, Scoring, authors, never, partly, proved, unless};
use crate::study::input::reporting as ask;

pub(super) static METRICS: Checklist = Checklist {
    name: "metrics",
    title: "METRICS: methodological radiomics score",
    citation: "Kocak B, et al. Insights into Imaging 2024;15:8",
    scoring: Scoring::PerCent,
    items: &[
        proved("1", &[&STATE], "a guideline is followed").worth(0.0368),
        authors(
            "2",
            &ask::REPRESENTATIVE,
            "patients eligible by criteria and representative",
        )
        .worth(0.0735),
        authors("3", &ask::REFERENCE_STANDARD, "a good reference standard").worth(0.0919),
        authors("4", &ask::CENTRES, "several centres").worth(0.0438),
        authors("5", &ask::IMAGING_FIT, "imaging as practice has it").worth(0.0292),
        partly(
            "6",
            &[&GRIDS],
            &ask::IMAGING_PROTOCOL,
            "imaging protocol with its parameters",
        )
        .counts(0.0, 0.0438, 0.0438),
        authors("7", &ask::INTERVAL, "interval between image and reference standard").worth(0.0292),
        authors("8", &ask::SEGMENTATION, "segmentation described").worth(0.0337),
        unless("9", &ask::AUTOMATIC_SEGMENTATION, "automatic segmentation looked at").worth(0.0225),
        proved("10", &[&RISKS, &SPLIT], "the test set segmented once, as in practice").worth(0.0112),
        proved("11", &[&SETTINGS], "fitting processing of the images").worth(0.0622),
        proved("12", &[&SOFTWARE, &COMPLIANCE], "standardised software").worth(0.0311),
        proved("13", &[&SETTINGS, &IMAGE_TYPES], "parameters of the features").worth(0.0415),
        proved("14", &[&ROBUST], "features removed that are not robust").worth(0.02),
        proved("15", &[&SELECTED], "features removed that are redundant").worth(0.02),
        proved("16", &[&ENOUGH, &NESTED], "dimensions that fit the size").worth(0.03),
        never("17", "the features are hand-crafted", "robustness of a deep pipeline").worth(0.02),
        proved("18", &[&APART], "proper partition").worth(0.0599),
        partly("19", &[&TABLE1], &ask::CONFOUNDERS, "confounders handled").counts(0.0, 0.03, 0.03),
        proved("20", &[&AUC, &CONFUSION], "fitting measures of performance").worth(0.0352),
        proved("21", &[&AUC, &RESPLITS], "uncertainty").worth(0.0234),
        proved("22", &[&CALIBRATION], "calibration").worth(0.0176),
        proved("23", &[&CASES], "one set of images, or shown to be better").worth(0.0117),
        proved("24", &[&CONTROLS], "comparison with a non-radiomic approach").worth(0.0293),
        proved("25", &[&CONTROLS, &DELONG], "comparison with a simple approach").worth(0.0176),
        proved("26", &[&AUC], "internal test").worth(0.0375),
        authors("27", &ask::EXTERNAL_TEST, "external test").worth(0.0749),
        authors("28", &ask::IMAGES_SHARED, "data shared").worth(0.0075),
        proved("29", &[&STATE, &COEFFICIENTS], "code that can be shared").worth(0.0075),
        proved("30", &[&MODEL], "a model that can be shared").worth(0.0075),
    ],
};
