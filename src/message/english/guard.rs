//! What the guard says: of each rule its name and why it matters, what breaks it, and what to do about that.

catalogue! { "guard";
    STALE: "stale";
    MULTIVERSE_STALE: "stale: made before the study or its choices changed (multiverse)";
    stale_because(stage, reason): "stale: made before the study changed ({stage}: {reason})";
    broken(rule): "{rule} broken";
    broken_as(rule, says): "{rule} broken: {says}";
    broken_knowingly(rule): "{rule} broken knowingly";
    broken_knowingly_because(rule, reason): "{rule} broken knowingly: {reason}";
    refusal(rule, says, mend, others): "{rule}: {says}; {mend}{others}. To go on knowingly: --allow {rule}=REASON, or guard: {{allow: [{{rule: {rule}, reason: …}}]}} in the study file; every table and figure then carries the label";
    and_others(rules): " (and {rules})";

    ONE_PATIENT_ONE_SIDE: "one patient, one side";
    ONE_PATIENT_ONE_SIDE_WHY: "Cases of one patient resemble each other. With some in training and some in test the model recognises the patient, and its figures say nothing about new ones.";
    torn_patients(count, patients): "{count} {count|patient has|patients have} cases in training and in test: {patients}";
    ONE_SIDE_EACH: "give all cases of a patient one side";
    torn_folds(count, patients): "{count} {count|patient has|patients have} cases in more than one fold: {patients}";
    ONE_FOLD_EACH: "give all cases of a patient one fold";

    NO_COPIES: "no copies across sides";
    NO_COPIES_WHY: "The same scan under two names is the same patient twice.";
    same_image(cases): "the same image is in training and in test: {cases}";
    LEAVE_ONE_OUT: "put them on one side, or leave one out";
    same_features(cases): "cases in training and in test have the same features: {cases}";
    ONE_SCAN_TWO_NAMES: "find out whether they are one scan under two names; put them on one side, or leave one out";
    NO_PATIENTS: "no column says which patient a case belongs to, so each counts as its own";
    name_patients(example): "name the column, as {example}";

    FITTED_ON_TRAINING: "fitted on training rows only";
    FITTED_ON_TRAINING_WHY: "Whatever was learnt from a case cannot be judged by that case.";
    fitted_on_test(what, cases): "{what} was fitted on test cases: {cases}";
    THE_SCALER: "the scaler";
    THE_SELECTION: "the selection";
    RUN_AGAIN: "run the stage again; if it stays, report it as a fault of the program";

    AGREEMENT_IN_TRAINING: "agreement judged on training cases only";
    AGREEMENT_IN_TRAINING_WHY: "A feature that was kept because readers agree on the test cases has seen the test cases.";
    agreement_on_test(cases): "reader agreement was computed on test cases: {cases}";
    JUDGE_IN_TRAINING: "judge agreement on training cases only";

    ENOUGH_EVENTS: "enough events for the candidates";
    ENOUGH_EVENTS_WHY: "With more candidates than patients, some fit by chance.";
    few_events(events, rarer, candidates, each, riley): "{events} events ({rarer} in the smaller group) for {candidates} candidates, {each} each{riley}";
    riley(needed, auc, cases): "; Riley's criteria ask for {needed} cases at an AUC of {auc}, there are {cases}";
    FEWER_CANDIDATES: "fewer candidates, chosen without looking at the outcome; trust the resampled figures more than the split's";

    BOTH_OUTCOMES: "both outcomes everywhere";
    BOTH_OUTCOMES_WHY: "Where everybody has the same outcome there is nothing to learn and nothing to judge.";
    one_outcome(side, events, cases): "the {side} set has one outcome only ({events} of {cases} with the event)";
    SPLIT_AGAIN: "split again, or take more cases";
    shares_differ(training, test): "{training} of the training cases have the event, {test} of the test cases";
    STRATIFY: "stratify the split by outcome; compare predictive values and calibration with care";
    one_outcome_without_fold(fold): "without fold {fold} the training cases have one outcome only";
    one_outcome_in_fold(fold): "fold {fold} has one outcome only";
    OTHER_FOLDS: "take fewer folds, or another fold_seed";

    SETS_ALIKE: "training and test alike";
    SETS_ALIKE_WHY: "If the sets differ at the start, a difference in performance may be theirs and not the model's.";
    sets_differ(limit, columns): "training and test differ by more than {limit} standard deviations in {columns}";
    LOOK_AT_RESPLITS: "look at the re-splits before trusting this one";

    CUT_OFF_OF_TRAINING: "cut-off from the training set";
    CUT_OFF_OF_TRAINING_WHY: "A cut-off chosen on the test set fits it by design.";
    another_cut_off(model, side, used, own): "{model} is judged in the {side} set at the cut-off {used}, but its own is {own}";
    ONE_CUT_OFF: "judge every set at the training set's cut-off";

    SCORED_ONCE: "the test set scored once";
    SCORED_ONCE_WHY: "Who tries several models on the test set and keeps the best has trained on it.";
    scored_before(others): "the same test cases have been scored by {others} other {others|version|versions} of the models";
    NOT_THE_OUTCOME: "no predictor that is the outcome";
    NOT_THE_OUTCOME_WHY: "A column that was made from the outcome, or written down because of it, predicts it perfectly and is not known of a new patient.";
    is_the_outcome(columns): "each value stands with one outcome alone, in all cases: {columns}";
    LEAVE_IT_OUT: "leave it out (clinical.columns, features.exclude), or say with a reason why it was known before the outcome";
    parts_the_outcomes(columns): "parts the outcomes without an exception: {columns}";
    KNOWN_BEFORE: "make sure that it was measured before the outcome was known, and on all cases alike";
    ONE_SPLIT: "one split";
    ONE_SPLIT_WHY: "Who scores the test sets of several splits and keeps the best has chosen on test cases.";
    splits_scored(sets): "{sets} test sets of this study have been scored";
    GROUPS_BEFOREHAND: "groups named beforehand";
    GROUPS_BEFOREHAND_WHY: "Groups of cases that are named once their results can be seen are chosen by these results; among many groups one differs by chance.";
    groups_named_later(columns): "the groups of {columns} were named after the test set had been looked at";
    SAY_GROUPS_ARE_LATER: "say that these groups were not planned, and how many were looked at; a finding in them is a question for other cases";
    KEEP_THE_SPLIT: "report the split that was planned, and how the others did (stage robustness re-splits on purpose, and tells where this split lies)";
    FIX_THE_MODEL: "fix the model on the training cases and score the test set once, or go back to the model that was scored first, or test in new cases";

    CALIBRATION_CORRECTED: "calibration corrected for optimism";
    CALIBRATION_CORRECTED_WHY: "A model looks well calibrated on the cases that it was fitted on. Always.";
    not_corrected(model): "the calibration of {model} in training is not corrected for optimism";
    correct(key): "set {key} above 0; show the apparent curve only beside the corrected one";

    EVEN_VOXELS: "voxels as high as wide, or resampled";
    EVEN_VOXELS_WHY: "Texture in three dimensions counts neighbours. Where slices are thicker than pixels, up is farther than sideways.";
    uneven_voxels(uneven, cases, times): "{uneven} of {cases} cases have voxels up to {times} times as high as wide, and texture is computed in three dimensions without resampling";
    RESAMPLE: "set resampledPixelSpacing to one distance for all axes, or force2D";

    MEASURABLE: "regions that can be measured";
    MEASURABLE_WHY: "A region of a few voxels, in pieces, at the border of the scan, or with values no tissue has gives features of something else.";
    region(cases, what): "{cases}: {what}";
    FEW_VOXELS: "the region has fewer than 64 voxels";
    FEW_VOXELS_MEND: "leave the case out, or resample";
    IN_PIECES: "the region is in several pieces";
    IN_PIECES_MEND: "look at the mask; keep the largest piece if the others are slips";
    AT_BORDER: "the region touches the border of the image";
    AT_BORDER_MEND: "take a larger field of view, or leave the case out";
    ONE_VALUE: "the region's values are all one, or no numbers";
    ONE_VALUE_MEND: "look at the image";
    NO_CT: "the region holds values that no CT gives";
    NO_CT_MEND: "check slope and intercept, or the padding outside the scan";
    FEW_LEVELS: "fewer than 16 grey levels";
    FEW_LEVELS_MEND: "take a smaller binWidth";
    MANY_LEVELS: "more than 128 grey levels";
    MANY_LEVELS_MEND: "take a larger binWidth";

    MORE_THAN_VOLUME: "more than the volume";
    MORE_THAN_VOLUME_WHY: "Many features grow with the region. A model of them may be a complicated ruler.";
    follow_volume(features): "features that follow the volume: {features}";
    COMPARE_WITH_VOLUME: "compare with the volume alone (controls: true)";
    volume_as_good(volume, model): "the volume alone has an AUC of {volume} in nested cross-validation, the model {model}";
    A_RULER: "a model must do better than a ruler";

    SCANNERS_ALIKE: "scanners alike in both groups";
    SCANNERS_ALIKE_WHY: "If the sick were scanned on another machine, the model may have learnt the machine.";
    scanning_differs(columns): "scanning differs between the outcomes: {columns}";
    slice_distances(event, others): "slice distance (mean {event} mm with, {others} mm without the event)";
    level_differs(column, level, difference): "{column} (\"{level}\": {difference} percentage points with the event)";
    WITHIN_ONE_SCANNER: "compare within one scanner, or show that the features do not depend on it";

    RIGHT_DELONG: "the right form of DeLong's test";
    RIGHT_DELONG_WHY: "Two models on the same cases are compared in pairs; on different cases they are not.";
    compared_as(first, second, how): "{first} and {second} were compared as {how}";
    model_in(model, side): "{model} in {side}";
    SAME_CASES: "the same cases";
    DIFFERENT_CASES: "different cases";
    PAIRED_ON_SAME: "paired on the same cases, unpaired on different ones";

    OTHER_SPLITS_TOO: "a result that another split would give, too";
    OTHER_SPLITS_TOO_WHY: "If one split in five turns the result round, the split is the result.";
    turned_round(share, resplits, headline): "{share} of {resplits} re-splits turn the headline round ({headline})";
    REPORT_DISTRIBUTION: "report the distribution over the re-splits instead of one split";

    INTENSITY_OFFSET: "features that depend on the intensity offset";
    INTENSITY_OFFSET_WHY: "Some features change when a constant is added to all values; the constant is then part of the model.";
    follow_offset(features, offset): "{features} change with the intensity offset, which is {offset} here";
    STATE_OFFSET: "state the offset with the model; apply the model only to images with the same one";
}
