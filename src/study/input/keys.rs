//! Every key of a study file.

/// Every key of a study file, with what it means. The check of unknown keys, the documentation and the help read this.
pub const KEYS: &[(&str, &str)] = &[
    ("title", "the study's name, for reports"),
    (
        "cohort",
        "the table of cases, or a list of tables joined on the id; an entry is a file or {file, id}",
    ),
    (
        "features",
        "a table of features instead of images: a file, or {file, id, columns, exclude}; the study then starts at split",
    ),
    ("columns.id", "column of the case's identifier (default id)"),
    (
        "columns.patient",
        "column of the patient (default patient); without it each case is its own patient",
    ),
    (
        "columns.image",
        "column of the image file (default image), relative to the table's folder",
    ),
    ("columns.mask", "column of the mask file (default mask)"),
    (
        "columns.label",
        "column of the mask's label, a number or a segment's name (default label)",
    ),
    (
        "columns.mask_reader2",
        "column of another reader's mask (default mask_reader2)",
    ),
    (
        "columns.mask_repeat",
        "column of the same reader's second mask (default mask_repeat)",
    ),
    ("outcome.column", "column of the outcome (default outcome)"),
    ("outcome.event", "the value that is the event (default 1)"),
    ("clinical.columns", "the candidate clinical columns"),
    (
        "clinical.rule",
        "which of them enter model 2: p, stepwise, all, or a list of names",
    ),
    ("clinical.p", "the limit of rule p (default 0.05)"),
    (
        "extraction",
        "a PyRadiomics parameter file, or its content (imageType, featureClass, setting, voxelSetting)",
    ),
    ("split.ratio", "training to test, as 2:1 (default)"),
    (
        "split.column",
        "column that holds train or test, instead of a random split",
    ),
    ("split.seed", "seed of the split"),
    ("agreement.form", "icc2_1 (default) or icc3_1"),
    (
        "agreement.threshold",
        "the lower confidence bound that a feature must reach (default 0.75)",
    ),
    (
        "select.measure",
        "what cross-validation minimises: mse (default), mae, deviance, class or auc",
    ),
    ("select.lambda", "min (default), 1se, or a number"),
    ("select.alpha", "1 is the LASSO (default), 0 is ridge"),
    (
        "select.standardize",
        "whether the penalty sees standardised columns, as glmnet's option (default true)",
    ),
    ("select.folds", "number of folds (default 10)"),
    ("select.fold_seed", "seed of the folds"),
    (
        "select.fold_column",
        "column that holds each training case's fold, instead of random folds",
    ),
    ("select.nlambda", "length of the path (default 100)"),
    (
        "select.lambda_min_ratio",
        "smallest lambda of the path as a part of the largest (default as glmnet)",
    ),
    (
        "select.cv_exact",
        "solve the folds at the path's own lambdas instead of interpolating as glmnet does (default false)",
    ),
    ("fit.on", "what model 1 is fitted on: radscore (default) or features"),
    ("evaluate.bootstrap", "resamples of the calibration (default 1000)"),
    ("evaluate.boot_seed", "seed of the resamples"),
    (
        "evaluate.resamples",
        "a table of resamples instead: one a row, 0-based rows of the training set",
    ),
    ("evaluate.confidence", "confidence level of intervals (default 0.95)"),
    (
        "evaluate.thresholds",
        "thresholds of the decision curve as from:to:step (default 0:1:0.01)",
    ),
    ("seed_kind", "own (default) or r: draw what R draws after set.seed"),
    (
        "guard.allow",
        "rules of the guard that the study breaks knowingly: a list of {rule, reason}",
    ),
    (
        "controls",
        "also run the controls: volume only, clinical only, permuted outcome, shuffled and random voxels",
    ),
    (
        "robustness.resplits",
        "repeated splits (default 200; 0 leaves the stage out)",
    ),
    (
        "robustness.nested_folds",
        "outer folds of the nested cross-validation (default 10)",
    ),
    ("robustness.bootstrap", "bootstrap resamples for optimism (default 100)"),
    ("robustness.seed", "seed of the stage"),
    ("out", "folder of the results (default results, beside the study file)"),
];
