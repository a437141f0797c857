//! The screen where there is no study.

catalogue! { "welcome";
    TITLE: "welcome";
    SHORT: "start";
    GO: "go to the start";
    MEANING: "The ways to a study: make one, open one, or write the sample study.";
    HEADING: "radscore: from scans to a judged model";
    WHAT_A_STUDY_IS: "There is no study here yet. A study is one file that says where the cases are and what is to be done with them.";
    SAMPLE: "write the sample study";
    SAMPLE_ABOUT: "120 synthetic vertebrae of 60 patients, to see everything work";
    OPEN: "open a study";
    OPEN_ABOUT: "a study.yaml that is already there";
    MAKE: "make a study";
    MAKE_ABOUT: "of your own scans and tables, step by step";
    BEFORE: "opened before";
    KEYS: "up and down choose, Enter goes on, q leaves";
}
