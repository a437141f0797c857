//! What is done to a study at the screen, and what comes of it.

catalogue! { "opened";
    sheet_behind(error): "{error}; here it stands behind the file's name, as patients.xlsx#baseline";
    NO_FILE: "no file was named";
    NO_IMAGE: "there is no image";
    CASE_WITHOUT_IMAGE: "this case has no image";
    NO_PATIENT_COLUMN: "No column names the patient: each case counts as its own patient.";
    stage_says(stage, note): "{stage}: {note}";
    stage_failed(stage, reason): "{stage} failed: {reason}";
    CANCELLED: "cancelled; what was finished stays, r goes on from there";
    ALL_UP_TO_DATE: "everything was up to date";
    done(stages): "done: {stages}";
    with_failed_cases(done, failed): "{done}; {failed} {failed|case|cases} failed, see the cases";
    no_case(case): "there is no case {case}";
    ACCEPTED: "accepted";
    LEFT_OUT: "left out";
    REMARK_KEPT: "remark kept";
    done_to_case(case, what): "{case}: {what}";
    done_to_cases(count, what): "{count} {count|case|cases}: {what}";
    becomes_stale(stage, reason): "{stage} becomes stale: {reason}";
    up_to_date_again(stage): "{stage} is up to date again";
    and_with_it(stages): "and with it {stages}";
    NOTHING_STALE: "No result becomes stale.";
    NOTHING_RUNS: "Nothing runs by itself: R runs what is stale.";
    FILE_STAYS: "The study file stays as it is.";
    set_nothing_stale(key, value): "{key} = {value}; nothing is stale";
    goes_on(rule, reason): "{rule} broken knowingly: {reason}; R goes on";
    set_stale(key, value, stages): "{key} = {value}; stale now: {stages}";
    no_column(column, columns): "the cohort has no column \"{column}\"; it has {columns}";
    edited(count): "{count} {count|change|changes} of the cohort; w saves it as a table";
    there_already(path): "{path} is there already: choose another name";
    saved_but(error): "saved, but the study cannot go on with it: {error}";
    saved_cohort(path): "saved {path}; the study goes on with it until you leave: name it as cohort in the study file to keep it";
    opened(model): "opened {model}";
}
