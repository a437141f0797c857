//! What a reader of a model needs to be told, item by item: the keys of `reported` in a model file.

/// Something that a publication should state.
pub struct Item {
    /// Its key in the model file
    pub key: &'static str,
    /// What it is
    pub name: &'static str,
    /// What cannot be done without it
    pub why: &'static str,
}

/// Everything that `reported` may hold.
pub static ITEMS: &[Item] = &[
    Item {
        key: "bin_width",
        name: "bin width or number of bins",
        why: "texture features change with it; two programs at their defaults differ",
    },
    Item {
        key: "resampling",
        name: "voxel size after resampling",
        why: "texture counts neighbours: 1.25 mm and 5 mm apart are not the same neighbours",
    },
    Item {
        key: "discretisation",
        name: "kind of discretisation and image filters",
        why: "fixed width and fixed number of bins give features of one name and other values",
    },
    Item {
        key: "software",
        name: "software and version",
        why: "definitions differ between programs and versions",
    },
    Item {
        key: "agreement_form",
        name: "form of the reader agreement (which ICC, between or within readers)",
        why: "the forms differ by tenths on the same readings",
    },
    Item {
        key: "agreement_threshold",
        name: "threshold of the reader agreement",
        why: "which features survived depends on it",
    },
    Item {
        key: "agreement_result",
        name: "result of the reader agreement",
        why: "how far the score depends on who draws the outline stays unknown",
    },
    Item {
        key: "ci_method",
        name: "method of the confidence intervals",
        why: "DeLong, Hanley-McNeil, bootstrap and logit intervals differ most where sets are small",
    },
    Item {
        key: "grouping",
        name: "number of patients and how their cases were kept together",
        why: "cases of one patient resemble each other; one in training and one in test is a leak",
    },
    Item {
        key: "lambda_rule",
        name: "rule that chose lambda",
        why: "minimum and one standard error give different features",
    },
    Item {
        key: "cutoff_origin",
        name: "where the cut-off comes from",
        why: "a cut-off chosen in the test set flatters sensitivity and specificity",
    },
    Item {
        key: "missing_values",
        name: "missing values and what was done about them",
        why: "cases that silently drop out change every figure",
    },
    Item {
        key: "external_validation",
        name: "test in other patients, at another place or time",
        why: "one centre's scanner is part of its texture",
    },
];
