//! The first screen of a study that is open.

catalogue! { "home";
    TITLE: "home";
    SHORT: "home";
    GO: "go to where the study stands";
    MEANING: "Where the study stands. Nothing here changes anything.";
    MEANS: "What it means so far";
    NEXT: "What comes next";
    SINCE: "Since last time";
    STANDS: "What stands";
    BEFORE: "Opened before (C-o opens a study)";
    BEING_READ: "Stages and results are being read …";
    NOTHING_YET: "Nothing yet: no features were chosen, and the test set was not looked at.";
    resampled(measure, value, error, features): "In the training rows alone, by cross-validation: {measure} {value} (standard error {error}) with {features} {features|feature|features}. The test set was not looked at.";
    headline(model, auc, lower, upper, level, cases, events): "The test set, {cases} cases with {events} events, gives {model} an AUC of {auc} ({level} % CI {lower} to {upper}).";
    beside(model, auc): "There {model} alone has {auc}.";
    nested(auc, lower, upper, level): "Over the whole cohort, by nested cross-validation, the AUC of the Rad-score alone is {auc} ({level} % CI {lower} to {upper}).";
    resplits(splits, mean, low, high): "Over {splits} other splits it is {mean} on average, mostly from {low} to {high}.";
    study(cases, patients, events, event): "{cases} {cases|case|cases} of {patients} {patients|patient|patients}, {events} with {event}";
    without_outcome(study, count): "{study}, {count} without an outcome";
    left_out(study, count): "{study}, {count} left out";
    of_images(study): "{study}; features from scans and masks";
    of_table(study): "{study}; features from a table";
    with_clinical(study, columns): "{study}; clinical: {columns}";
    next_rule(rule, says): "{rule} stops the study: {says}. The pipeline shows how to mend it, or to go on with a reason.";
    next_failed(stage, reason): "{stage} failed: {reason}";
    next_doubtful(count): "Look at the {count} {count|case|cases} marked look or unusable: v opens a scan, a accepts, d leaves out.";
    next_run(count, stages): "Run {count} {count|stage|stages}: {stages}";
    NEXT_ROBUSTNESS: "See how far the result may be trusted.";
    NEXT_AUDIT: "See what the audit says of the models.";
    next_save(count): "Write {count} changed {count|setting|settings} into the study file; undo (u) takes them back.";
    stage(name, state, found): "{name} is {state}: {found}";
    R_RUNS: "R runs all that is missing or stale";
    more_below(lines): "{lines} more {lines|line|lines} below: ↓";
    since_stage(stage, was, state): "{stage} was {was} and is {state} now";
    since_results(stage): "{stage} has new results";
    since_cases(was, now): "{was} cases took part, {now} do now";
}
