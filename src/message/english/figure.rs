//! Charts: titles, axes, legends, notes.

catalogue! { "figure";
    PATH_ABOUT: "LASSO coefficient paths";
    CV_ABOUT: "cross-validated error along the path";
    COEFFICIENTS_ABOUT: "coefficients of the Rad-score";
    FREQUENCY_ABOUT: "how often each feature is chosen again";
    WATERFALL_ABOUT: "Rad-score of every case, sorted";
    FOREST_ABOUT: "odds ratios of clinical predictors and models";
    ROC_ABOUT: "ROC curves with AUC and interval";
    CALIBRATION_ABOUT: "calibration of each model in training and test";
    DECISION_ABOUT: "decision curves";
    NOMOGRAM_ABOUT: "nomogram of model 2";
    RESPLITS_ABOUT: "the test AUC over repeated splits";

    CENTRES_ABOUT: "the share of each feature's variance between centres, before and after harmonisation";
    SUBGROUPS_ABOUT: "the AUC in groups of the cohort, such as sex, age or centre";
    SUBGROUPS_NOTE: "groups by the columns that the study file names; lines are DeLong's intervals, none where it has none; few cases and many groups make differences by chance";
    EVENTS_OF_CASES: "events/cases";
    subgroups_title(name): "AUC in subgroups: {name}";
    auc_interval(interval): "AUC ({interval})";
    CENTRES_NOTE: "a line goes from the measured feature to the harmonised one";
    VARIANCE_BETWEEN: "share of the variance between centres";
    BEFORE: "before";
    AFTER: "after";
    centres_title(set): "Variance between centres, {set} cases";
    centres_left(count): "{count} features with smaller shares are in the table alone";
    ESTIMATES_ABOUT: "the AUC by each way of asking: this split, re-splits, nested, bootstrap";
    CONTROLS_ABOUT: "negative controls and baselines against the model";
    PERMUTATIONS_ABOUT: "the AUC on outcomes dealt at random";
    MULTIVERSE_ABOUT: "the AUC under every combination of other choices";

    FLOW_ABOUT: "where the cohort's cases went: left out, training, test";
    CONFUSION_ABOUT: "cases with and without the event, above and below the cut-off";

    FLOW_TITLE: "Flow of cases";
    COHORT: "Cohort";
    LEFT_OUT: "Left out";
    TAKING_PART: "Taking part";
    cases(count): "{count} {count|case|cases}";
    of_patients(count): "{count} {count|patient|patients}";
    with_event(count): "{count} with the event";
    LEFT_OUT_BY_HAND: "left out by hand, without a reason";
    left_out_because(reason): "left out by hand: {reason}";
    NO_OUTCOME: "the outcome is not known";
    CANNOT_BE_USED: "image or mask cannot be used";
    NO_FEATURES: "no features";

    confusion_title(name): "Cases at the cut-off: {name}";
    risk_at_least(risk): "risk at least {risk}";
    risk_below(risk): "risk below {risk}";
    TRUE_POSITIVE: "true positive";
    FALSE_POSITIVE: "false positive";
    TRUE_NEGATIVE: "true negative";
    FALSE_NEGATIVE: "false negative";
    of_row(share): "{share} of the row";
    cut_off_of_training(risk): "cut-off {risk}, chosen in the training set";

    labelled(title, rules): "{title} [{rules}]";
    beside(left, right): "{left}   {right}";
    named(name, value): "{name} {value}";
    TOO_SMALL: "too small for the chart";
    rows_shown(first, last, of): "{first}–{last} of {of}";
    shades(label, low, high): "{label}: {low} blue to {high} orange";
    shaded(label, low, high): "{label}: {low} dark to {high} light";
    clusters_by_letter(count): ", {count} {count|cluster|clusters} by letter";
    strongest_of(across, down): ", a cell shows the strongest of {across} × {down}";
    NO_ESTIMATE: "no estimate";
    COUNT: "count";
    FEATURES: "features";
    EVENT: "event";
    no_event(event): "no {event}";
    YES: "yes";
    NO: "no";
    VALUE: "value";

    PATH_TITLE: "LASSO coefficient paths";
    CV_TITLE: "Cross-validated error";
    COEFFICIENT: "coefficient";
    KAPLAN_MEIER_TITLE: "Kaplan-Meier curves";
    WITHOUT_EVENT: "share without the event";
    AT_RISK: "at risk";
    AT_RISK_BELOW: "below the axis: how many are at risk";
    median_time(name, median, interval, lower, upper): "{name}: median {median} ({interval} {lower} to {upper})";
    log_rank(p): "log-rank test: {p}";
    LAMBDA_MIN_RULE: "min";
    LAMBDA_1SE_RULE: "1se";
    CHOSEN: "chosen";
    lambda_min(lambda): "λ min {lambda}";
    lambda_1se(lambda): "λ 1se {lambda}";
    lambda_min_features(lambda, count): "λ min {lambda} ({count} {count|feature|features})";
    lambda_1se_features(lambda, count): "λ 1se {lambda} ({count} {count|feature|features})";

    formula(intercept): "Rad-score = {intercept}";
    COEFFICIENTS_TITLE: "Rad-score coefficients (standardised features)";
    intercept(value): "intercept {value}";
    contributions_title(case): "What makes the Rad-score of {case}";
    CONTRIBUTION: "contribution";
    IN_SD: "in SD";
    ADDS: "adds";
    intercept_and_score(intercept, score): "intercept {intercept}, Rad-score {score}";

    first_rows(shown, all): "the first {shown} of {all}; the others stand in the table";
    FREQUENCY_TITLE: "How often each feature is chosen again";
    SHARE_OF_RESPLITS: "share of the re-splits";
    RE_SPLITS: "re-splits";
    BOOTSTRAP: "bootstrap";
    repeats(resplits, resamples): "{resplits} {resplits|re-split|re-splits}, {resamples} bootstrap {resamples|resample|resamples} of the whole selection";

    waterfall_title(set): "Rad-score by case: {set}";
    CASES_BY_SCORE: "cases by score";
    SCORE_OF_CASE: "score";
    SCORE_MINUS_CUT_OFF: "score - cut-off";
    cut_off(value): "cut-off {value}";

    multiverse_title(count): "Resampled AUC of {count} {count|specification|specifications}";
    RESAMPLED_AUC: "resampled AUC";
    SPECIFICATIONS_BY_AUC: "specifications by their AUC";
    SPECIFICATION: "specification";
    THE_STUDY_ITSELF: "the study itself";
    TOGETHER_ONLY: "together only";
    headline_above(share): "the interval lies above 0.5, as the study's own, in {share} of the specifications";
    headline_not_above(share): "the interval does not lie above 0.5, as the study's own, in {share} of the specifications";
    variance_of_choices(shares): "of the variance of the AUC: {shares}";
    specifications_failed(count): "{count} {count|specification|specifications} could not be judged";
    NO_BEST_ONE: "no specification is the best one: the highest of many is luck";

    resplits_title(count): "Test AUC over {count} {count|re-split|re-splits}";
    AUC_IN_TEST: "AUC in the test set";
    THIS_SPLIT: "this split";
    MEAN: "mean";
    NESTED: "nested cross-validation";
    BOOTSTRAP_CORRECTED: "bootstrap, corrected";

    calibration_title(curve): "Calibration: {curve}";
    APPARENT: "apparent";
    OBSERVED: "observed";
    BIAS_CORRECTED: "bias-corrected";
    IDEAL: "ideal";
    PREDICTED_RISK: "predicted risk";
    OBSERVED_SHARE: "observed share";
    MAE: "MAE";
    MSE: "MSE";
    SLOPE: "slope";
    INTERCEPT: "intercept";
    OBSERVED_EXPECTED: "O:E";
    BRIER: "Brier";
    resamples(count): "{count} {count|resample|resamples}";
    FROZEN: "frozen, no correction";

    roc_title(interval): "ROC curves, AUC ({interval})";
    shaded_band(level, curve): "shaded: bootstrapped {level} band of {curve}";
    cut_off_of(curve, threshold, sensitivity, specificity): "● {curve}: cut-off {threshold}, sensitivity {sensitivity}, specificity {specificity}";
    N: "n";
    ONE_MINUS_SPECIFICITY: "1 - specificity";
    SENSITIVITY: "sensitivity";

    decision_title(set): "Decision curves: {set}";
    TREAT_ALL: "all";
    TREAT_NONE: "none";
    THRESHOLD_PROBABILITY: "threshold probability";
    NET_BENEFIT: "net benefit";
    STANDARDISED_NET_BENEFIT: "standardised net benefit";
    COST_BENEFIT: "cost:benefit";
    prevalence(value): "prevalence {value}";

    ESTIMATES_TITLE: "The Rad-score's AUC by each way of asking";
    AUC: "AUC";
    LIMITS: "limits";
    POINT_632: "bootstrap .632+";
    RE_SPLITS_MEAN: "re-splits, mean";
    THIS_SPLIT_TEST: "this split, test";
    estimate_limits(interval): "limits: {interval}, of this split with the patients as clusters; of the re-splits the middle 95 % of them";
    ONE_DRAW: "One split is one draw of many: believe the resampled ways, which let every case judge and make every choice anew.";
    CONTROLS_TITLE: "The model against scores that should be worse";
    AUC_ABOVE: "the model's AUC above the control's";
    model_adds(interval): "the model adds ({interval})";
    CONTROLS_READ: "Right of 0 the model is better; an interval over 0 says that the control may do as well. Both by the same nested cross-validation.";
    permutations_title(count): "AUC on {count} {count|dealing|dealings} of the outcome at random";
    AUC_NESTED: "AUC of the nested cross-validation";
    PERMUTATIONS: "permutations";
    THE_MODEL: "the model";
    permuted(p, count): "{p} of {count} {count|permutation|permutations}: the share that does as well as the model, the model counted in";

    forest_title(what): "Odds ratios: {what}";
    ODDS_RATIO: "odds ratio";
    odds_ratio_interval(interval): "OR ({interval})";
    P: "P";
    VIF: "VIF";
    ONE_AT_A_TIME: "clinical, one at a time";
    TOGETHER: "clinical, together";
    clinical_cases(cases, events, chosen): "{cases} training {cases|case|cases}, {events} {events|event|events}; chosen: {chosen}";
    clinical_cases_left_out(cases, events, left_out, chosen): "{cases} training {cases|case|cases}, {events} {events|event|events}; {left_out} left out for a missing value; chosen: {chosen}";
    NO_PREDICTOR: "none";
    model_cases(cases, aic): "{cases} training {cases|case|cases}; AIC {aic}";
    model_cases_firth(cases, aic): "{cases} training {cases|case|cases}; AIC {aic}; Firth's penalised likelihood";

    CORRELATION_TITLE: "Correlation between features (training cases)";
    PEARSONS_R: "Pearson's r";

    POINTS: "Points";
    TOTAL_POINTS: "Total points";
    LINEAR_PREDICTOR: "Linear predictor";
    risk_of(event): "Risk of {event}";
    NOMOGRAM_TITLE: "Nomogram";
    nomogram_title(model): "Nomogram of {model}";
}
