//! What a reader of a model needs to be told, item by item: the keys of `reported` in a model file.

use crate::message::Id;
use crate::message::english::audit as words;
use crate::message::english::audit_keys as key_words;

/// Something that a publication should state.
pub struct Item {
    /// Its key in the model file
    pub key: &'static str,
    /// What it is
    pub name: Id,
    /// What cannot be done without it
    pub why: Id,
}

impl Item {
    /// What it is, why it is needed and how it is written, in lines.
    pub fn explained(&self) -> String {
        format!(
            "reported.{}\n  {}\n  {}  {}\n  {}  {}\n",
            self.key,
            self.name,
            key_words::WHY,
            self.why,
            key_words::WRITTEN,
            key_words::ITEM_WRITTEN
        )
    }
}

/// Everything that `reported` may hold.
pub static ITEMS: &[Item] = &[
    Item {
        key: "bin_width",
        name: words::BIN_WIDTH,
        why: words::BIN_WIDTH_WHY,
    },
    Item {
        key: "resampling",
        name: words::RESAMPLING,
        why: words::RESAMPLING_WHY,
    },
    Item {
        key: "discretisation",
        name: words::DISCRETISATION,
        why: words::DISCRETISATION_WHY,
    },
    Item {
        key: "software",
        name: words::SOFTWARE,
        why: words::SOFTWARE_WHY,
    },
    Item {
        key: "agreement_form",
        name: words::AGREEMENT_FORM,
        why: words::AGREEMENT_FORM_WHY,
    },
    Item {
        key: "agreement_threshold",
        name: words::AGREEMENT_THRESHOLD,
        why: words::AGREEMENT_THRESHOLD_WHY,
    },
    Item {
        key: "agreement_result",
        name: words::AGREEMENT_RESULT,
        why: words::AGREEMENT_RESULT_WHY,
    },
    Item {
        key: "ci_method",
        name: words::CI_METHOD,
        why: words::CI_METHOD_WHY,
    },
    Item {
        key: "grouping",
        name: words::GROUPING,
        why: words::GROUPING_WHY,
    },
    Item {
        key: "lambda_rule",
        name: words::LAMBDA_RULE,
        why: words::LAMBDA_RULE_WHY,
    },
    Item {
        key: "cutoff_origin",
        name: words::CUTOFF_ORIGIN,
        why: words::CUTOFF_ORIGIN_WHY,
    },
    Item {
        key: "missing_values",
        name: words::MISSING_VALUES,
        why: words::MISSING_VALUES_WHY,
    },
    Item {
        key: "external_validation",
        name: words::EXTERNAL_VALIDATION,
        why: words::EXTERNAL_VALIDATION_WHY,
    },
];
