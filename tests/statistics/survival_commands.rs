//! `km` and `cox` on R's own data sets: what is printed, drawn, written and refused.

use crate::bench::{Bench, json_in, run_in, shipped, text_of};
use crate::golden::{Golden, near, number, numbers};

const LUNG: [&str; 7] = ["lung.csv", "--time", "time", "--outcome", "status", "--event", "2"];
const VETERAN: [&str; 5] = ["veteran.csv", "--time", "time", "--outcome", "status"];

fn lung<'a>(command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&[command], &LUNG[..], more].concat()
}

#[test]
fn curves_are_drawn_with_the_numbers_at_risk_and_tested() {
    let data = shipped().join("data");
    let expected = Golden::of(&shipped()).expected("survival.json");
    let call = lung("km", &["--group", "sex", "--times", "180,365", "--horizon", "365"]);
    let text = text_of(run_in(&data, &call));
    for part in [
        "sex 1",
        "136",
        "82",
        "chi² 9.7082, df 1, P 0.0018",
        "within 365",
        "log-rank test: P = 0.0018",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let ascii = text_of(run_in(&data, &lung("km", &["--group", "sex", "--ascii"])));
    let chart: Vec<&str> = ascii.lines().take_while(|line| !line.starts_with("group")).collect();
    assert!(chart.len() > 20 && chart.iter().all(|line| line.is_ascii()), "{ascii}");

    let alone = text_of(run_in(&data, &lung("km", &["--ascii"])));
    assert!(alone.is_ascii(), "{alone}");

    let found = json_in(&data, &call);
    near(
        "chi-square",
        number(&found["log_rank"]["chi_squared"]),
        number(&expected["log_rank"][0]["chisq"]),
        1e-11,
        0.0,
    );
    let whole = json_in(&data, &lung("km", &["--times", "100,200.5"]));
    assert_eq!(whole["groups"][0]["median"], 310.0);
    let survival = numbers(&expected["curves"][0]["survival"]);
    near(
        "survival",
        number(&whole["groups"][0]["at"][1]["survival"]),
        survival[2],
        1e-12,
        0.0,
    );

    let bench = Bench::new(&std::fs::read_to_string(data.join("lung.csv")).unwrap());
    let asked = [
        "km",
        "t.csv",
        "--time",
        "time",
        "--outcome",
        "status",
        "--event",
        "2",
        "--svg",
        "k.svg",
        "--csv",
        "k.csv",
    ];
    bench.text(&asked);
    assert!(bench.refusal(&asked).contains("--overwrite replaces it"));
    let onto = [&asked[..8], &["--csv", "t.csv", "--overwrite"]].concat();
    assert!(bench.refusal(&onto).contains("is read by this command"));
    let read = |name: &str| std::fs::read_to_string(bench.0.path().join(name)).unwrap();
    assert!(read("k.svg").contains(">226<") && read("k.csv").starts_with("group,time,at_risk"));
}

#[test]
fn a_cox_model_is_printed_with_its_tests_and_judged_at_times() {
    let data = shipped().join("data");
    let expected = &Golden::of(&shipped()).expected("survival.json")["cox"];
    let terms = ["--terms", "karno,celltype,age", "--times", "90,180,2000"];
    let call = [&["cox"], &VETERAN[..], &terms].concat();
    let text = text_of(run_in(&data, &call));
    for part in [
        "Cox regression of 137 cases with 128 events (Efron's ties)",
        "celltype against adeno",
        "score (log-rank)",
        "global",
        "Harrell's C",
        "by 2000 nobody is known to be without the event",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let found = json_in(&data, &call);
    // The order of the terms is the formula's.
    for (at, term) in found["terms"].as_array().unwrap().iter().enumerate() {
        near(
            "coefficient",
            number(&term["coef"]),
            numbers(&expected[1]["coef"])[at],
            1e-7,
            1e-12,
        );
    }
    let strata = ["--terms", "karno,age", "--strata", "celltype"];
    let found = json_in(&data, &[&["cox"], &VETERAN[..], &strata].concat());
    near(
        "C",
        number(&found["harrell"]["c"]),
        numbers(&expected[3]["concordance"])[0],
        1e-12,
        0.0,
    );
    assert_eq!(found["baselines"].as_array().unwrap().len(), 4);
    let each = [
        &["cox"],
        &VETERAN[..],
        &["--terms", "karno,age", "--univariable", "--ties", "breslow"],
    ]
    .concat();
    assert!(text_of(run_in(&data, &each)).contains("each predictor by itself"));
}

#[test]
fn a_penalised_path_is_followed_and_cross_validated() {
    let data = shipped().join("data");
    let call = [&["cox-lasso"], &VETERAN[..], &["--cv", "--folds", "5"]].concat();
    let text = text_of(run_in(&data, &call));
    assert!(
        text.contains("lambda.1se") && text.contains("karno") && text.contains("128 events"),
        "{text}"
    );
    let found = json_in(&data, &call);
    assert_eq!(
        found["cv"]["cvm"].as_array().unwrap().len(),
        found["cv"]["lambda"].as_array().unwrap().len()
    );
    // At the end of the path it is nearly the model without a penalty.
    let few = ["--features", "karno,age", "--lambda", "0.5,0.0000001"];
    let path = json_in(&data, &[&["cox-lasso"], &VETERAN[..], &few].concat());
    let free = ["--terms", "karno,age", "--ties", "breslow"];
    let model = json_in(&data, &[&["cox"], &VETERAN[..], &free].concat());
    near(
        "karno",
        number(&path["beta"][1]["karno"]),
        number(&model["terms"][0]["coef"]),
        1e-4,
        0.0,
    );
    let itself = [&["cox-lasso"], &VETERAN[..], &["--features", "time"]].concat();
    assert!(!run_in(&data, &itself).status.success());
}

#[test]
fn what_is_no_follow_up_is_refused_in_words() {
    let bench = Bench::new("t,d,x,g\n1,1,0.5,a\n2,0,0.7,b\n-3,1,0.1,a\n4,1,0.9,b\n5,0,0.3,a\n6,1,0.2,b\n");
    let cox = ["cox", "t.csv", "--time", "t", "--outcome", "d", "--terms"];
    let refused = |more: &[&str]| bench.refusal(&[&cox[..], more].concat());
    assert!(refused(&["x"]).contains("line 4, column \"t\": the time of follow-up is -3"));
    bench.write(
        "t.csv",
        "t,d,x,g\n1,1,0.5,a\n2,0,0.7,b\n3,1,0.1,a\n4,1,0.9,b\n5,0,0.3,a\n6,1,0.2,b\n",
    );
    assert!(refused(&["t"]).contains("cannot predict itself"));
    assert!(refused(&["x", "--strata", "d"]).contains("--strata and --outcome name the same column"));
    assert!(refused(&["x", "--weights", "t"]).contains("--weights and --time name the same column"));
    assert!(refused(&["x", "--strata", "x"]).contains("\"x\" is the same in every row of a stratum"));
    assert!(refused(&["x", "--weights", "x", "--times", "3"]).contains("--times"));
    assert!(refused(&["x", "--missing", "impute"]).contains("complete"));
    assert!(refused(&["x", "--times", "0"]).contains("positive"));
    let km = ["km", "t.csv", "--time", "t", "--outcome", "d"];
    let refused = |more: &[&str]| bench.refusal(&[&km[..], more].concat());
    // Where the last case has the event, the curve is known for ever; where it is censored, up to there.
    assert!(refused(&["--group", "g", "--horizon", "9"]).contains("group a: "));
    assert!(refused(&["--group", "g", "--horizon", "9"]).contains("not beyond the last follow-up of every group, 5"));
    assert!(refused(&["--strata", "g"]).contains("--group"));
    assert!(refused(&["--group", "d"]).contains("--group and --outcome name the same column"));
    assert!(
        bench
            .refusal(&["km", "t.csv", "--time", "d", "--outcome", "d"])
            .contains("--time and --outcome name the same column")
    );
    // All events on one side: the hazard ratio has no finite estimate, and that is said.
    bench.write(
        "t.csv",
        "t,d,x\n1,1,1\n2,1,1\n3,1,1\n4,0,0\n5,0,0\n6,0,0\n7,0,0\n8,0,0\n",
    );
    let output = bench.run(&[&cox[..], &["x"]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("rises without end along \"x\""));
}
