//! The program around the screens: status line, prompts, questions, overlays.

catalogue! { "program";
    SCAN: "scan";
    NO_STUDY: "there is no study here";
    NEEDS_NO_STAGE: "this screen needs no stage; R runs all";
    up_to_date(stage): "{stage} is up to date";
    run_first(stage): "run {stage} first: r does it";
    NOTHING_YET: "there is nothing yet";
    NOTHING_RUNS: "nothing runs";
    BUSY: "a job is running: x cancels it";
    NOT_WHILE_BUSY: "not while a job runs: x cancels it";
    CANCELLING: "cancelling: what is finished stays";
    NO_LIST: "there is no list to narrow here";
    Q_LEAVES: "q leaves the program";
    theme_is(theme): "theme {theme}";

    ask_remark(case): "remark on {case}: ";
    ask_remarks(cases): "remark on {cases} {cases|case|cases}: ";
    ask_setting(key): "{key} = ";
    ask_reason(rule): "why {rule} is broken knowingly: ";
    ASK_STUDY: "study file: ";
    ASK_SAMPLE: "write the sample study into: ";
    ask_edit(case): "{case}: column = value: ";
    ask_edits(cases): "{cases} {cases|case|cases}: column = value: ";
    ASK_COHORT: "save the cohort as: ";
    ASK_MODEL: "model file: ";
    ASK_WINDOW: "window width level: ";
    HOW_TO_EDIT: "write it as column = value, such as outcome = 1";
    LEFT_AS_IT_WAS: "left as it was";
    set_to(key, value): "{key} = {value}";

    JOB_BROKE_OFF: "the job broke off";
    job_broke_off(panic): "the job broke off: {panic}";
    reader_broke_off(case): "the scan of {case} cannot be read: its reader broke off";
    WEIGHING: "weighing the change";
    ONE_MOMENT: "one moment";
    ALL_STAGES: "all stages";
    OPENING: "opening the study";
    WRITING_SAMPLE: "writing the sample study";
    wrote_sample(path): "wrote {path}; R runs the whole study";
    stage_at(stage, what): "{stage} {what}";
    done_of(done, of): "{done} of {of}";
    rate(count): "{count}/s";
    left(time): "{time} left";
    seconds(count): "{count} s";
    minutes(count): "{count} min";
    hours(hours, minutes): "{hours} h {minutes} min";
    X_CANCELS: "x cancels";

    saved_figure(path): "saved {path} and its .csv";
    not_saved(error): "not saved: {error}";
    TOO_LONG_TO_COPY: "too long for a terminal's clipboard: e saves it as a file instead";
    copied(bytes): "sent to the terminal's clipboard ({bytes} {bytes|byte|bytes})";

    enlarge(width, height): "enlarge to 80×24 (now {width}×{height})";
    cases(count): "{count} {count|case|cases}";
    OPENING_STUDY: "opening the study …";
    nothing_to_see(screen): "{screen}: nothing to see yet";
    shows_stage(stage): "This screen shows what the stage {stage} finds.";
    FILLS_BY_ITSELF: "The study is running; this screen fills by itself.";
    NOTHING_FOUND: "The stage has run and found nothing to show here.";
    press_to_run(stage, pipeline): "Press r to run {stage} and all that it needs, or {pipeline} to see the pipeline.";
    stage_failed(stage, reason): "{stage} failed: {reason}";
    farewell(study, cases, fresh, stages, folder): "{study}: {cases} {cases|case|cases}, {fresh} of {stages} stages done; results in {folder}";

    PROMPT_KEYS: "Enter takes it  Esc leaves it";
    PROMPT_PATH_KEYS: "Enter takes it  Esc leaves it  Tab completes a path";
    COMMANDS_KEYS: "type to search  Up Down choose  Enter does it  Esc closes";
    LOG_KEYS: "Up Down scroll  Esc closes";
    LEAVE_KEYS: "y leaves  Esc stays";
    CONFIRM_KEYS: "y does it  Esc leaves it as it was";
    ALL_COMMANDS: "commands";
    KEYS_OF_SCREEN: "keys of this screen";
    SEARCH: "search: ";
    refused(about, reason): "{about} ({reason})";
    NO_COMMAND_MATCHES: "no command matches";
    LOG_TITLE: "log";
    NOTHING_DONE: "nothing was done yet";
    Y_TAKES_IT: "y takes it, Esc leaves it as it was";
    LEAVE: "leave?";
    LEAVE_RUNNING: "A job is running. What it has finished stays; the rest is done by the next run.";
    changes_are_kept(settings, cells, cases, path): "changed at the screen: {settings} {settings|setting|settings}, {cells} {cells|cell|cells}, {cases} {cases|decision|decisions} on cases; kept in {path}";
    CHANGES_HOLD: "The study file and its tables stay as they are. What is changed holds wherever the study is opened or run: save (C-s) writes settings into the study file, save table (w among the cases) writes a table, undo (u) takes back, also at the next start.";
    since_last_time(changes, key): "{changes} {changes|change|changes} since last time ({key})";
    saved_screen(path): "saved {path}, and its text beside it";
    Y_LEAVES: "y leaves, Esc stays";
}
