//! What a table or a call holds by mistake is named, and nothing is computed from it in silence.

use crate::bench::{Bench, run_in, shipped, text_of};

/// Two readers of eight cases, the second in the other order.
fn readers(second: &[usize]) -> Bench {
    let value = |row: usize, reader: f64| (row * 7 % 11) as f64 + reader * (row % 3) as f64 * 0.1;
    let table = |rows: &[usize], reader: f64| {
        rows.iter().fold("id,f\n".to_owned(), |text, &row| {
            text + &format!("{},{}\n", row + 1, value(row, reader))
        })
    };
    let bench = Bench::new(&table(&(0..8).collect::<Vec<_>>(), 0.0));
    bench.write("second.csv", &table(second, 1.0));
    bench
}

#[test]
fn readings_are_paired_by_id_whatever_their_order() {
    let bench = readers(&[7, 6, 5, 4, 3, 2, 1, 0]);
    let by = |more: &[&str]| bench.json(&[&["icc", "t.csv", "second.csv"], more].concat());
    let found = by(&[]);
    assert_eq!(found, by(&["--id", "id"]));
    assert_eq!(
        found["features"].as_array().unwrap().len(),
        1,
        "id is no feature: {found:#}"
    );
    assert!(found["features"][0]["ICC2"]["icc"].as_f64().unwrap() > 0.9, "{found:#}");
    let said = String::from_utf8(bench.run(&["icc", "t.csv", "second.csv"]).stderr).unwrap();
    assert!(said.contains("paired by the column \"id\""), "{said}");
    let said = readers(&[0, 1, 2, 3, 4, 5, 6, 8]).refusal(&["icc", "t.csv", "second.csv"]);
    assert!(said.contains("1 of 8 rows") && said.contains("--id id"), "{said}");
}

fn table(header: &str, row: impl Fn(usize) -> String) -> Bench {
    Bench::new(&(0..40).fold(header.to_owned() + "\n", |text, at| text + &row(at) + "\n"))
}

#[test]
fn an_id_is_no_variable() {
    let bench = table("id,y,a,b", |at| {
        format!("{},{},{},{}", at + 100, at % 2, at * 7 % 13, at * 5 % 11)
    });
    for call in [
        &["lasso", "t.csv", "--outcome", "y"][..],
        &["screen", "t.csv", "--outcome", "y"],
        &["table1", "t.csv", "--by", "y"],
        &["icc", "t.csv"],
    ] {
        let output = bench.run(&[call, &["--json"]].concat());
        let (text, said) = (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        );
        assert!(output.status.success(), "{said}");
        assert!(!text.contains("\"id\"") && !text.contains("id, "), "{call:?}: {text}");
        assert!(
            said.contains("\"id\" tells the cases apart and is left out"),
            "{call:?}: {said}"
        );
    }
}

#[test]
fn words_and_numbers_are_no_two_readings() {
    let bench = table("a,b,c", |at| {
        format!("{},{},{}", ["low", "high"][at % 2], at % 2, ["Low", "HIGH"][at / 2 % 2])
    });
    let said = bench.refusal(&["agree", "t.csv", "--a", "a", "--b", "b"]);
    assert!(said.contains("no category in common"), "{said}");
    let found = bench.json(&["agree", "t.csv", "--a", "a", "--b", "c"]);
    assert_eq!(found["kappa"]["agreement"], 0.5, "case is no difference: {found:#}");
}

#[test]
fn an_infinite_number_is_named_and_a_number_beyond_squares_too() {
    let bench = table("y,a,b", |at| {
        let a = if at == 3 {
            "inf".to_owned()
        } else {
            (at * 7 % 13).to_string()
        };
        format!(
            "{},{a},{}",
            at % 2,
            if at == 4 { "1e308".to_owned() } else { at.to_string() }
        )
    });
    for call in [
        &["logistic", "t.csv", "--outcome", "y", "--terms", "a"][..],
        &["lasso", "t.csv", "--outcome", "y", "--features", "a"],
        &["roc", "t.csv", "--outcome", "y", "--score", "a"],
    ] {
        let said = bench.refusal(call);
        assert!(
            said.contains("line 5") && said.contains("\"inf\" is not a number"),
            "{said}"
        );
    }
    let said = bench.refusal(&["logistic", "t.csv", "--outcome", "y", "--terms", "b"]);
    assert!(
        said.contains("\"b\"") && said.contains("1e308") && !said.contains("combination"),
        "{said}"
    );
}

#[test]
fn counts_that_no_memory_holds_are_refused() {
    let bench = table("y,a,b", |at| format!("{},{},{}", at % 2, at * 7 % 13, at * 5 % 11));
    let many = "99999999999999";
    for call in [
        &["roc", "t.csv", "--outcome", "y", "--score", "a", "--bootstrap", many][..],
        &[
            "calibrate",
            "t.csv",
            "--outcome",
            "y",
            "--terms",
            "a",
            "--bootstrap",
            many,
        ],
        &[
            "validate",
            "t.csv",
            "--outcome",
            "y",
            "--terms",
            "a",
            "--bootstrap",
            many,
        ],
        &["decide", "t.csv", "--outcome", "y", "--risk", "a", "--bootstrap", many],
        &[
            "external",
            "t.csv",
            "--risk",
            "a",
            "--outcome",
            "y",
            "--bootstrap",
            many,
        ],
        &["lasso", "t.csv", "--outcome", "y", "--nlambda", many],
        &["compare", "t.csv", "--by", "y", "--vars", "a", "--simulate", many],
        &["lasso", "t.csv", "--outcome", "y", "--cv", "--stability", many],
    ] {
        let said = bench.refusal(call);
        assert!(
            said.contains("from 1 to 1000000") || said.contains("from 2 to 1000000"),
            "{call:?}: {said}"
        );
    }
}

#[test]
fn a_separated_fit_is_marked_in_the_result_and_firths_is_told_whole() {
    let bench = table("y,a", |at| format!("{},{}", u8::from(at >= 20), at));
    let text = bench.text(&["logistic", "t.csv", "--outcome", "y", "--terms", "a", "-q"]);
    assert!(
        text.contains("Complete separation") && text.contains("--firth"),
        "{text}"
    );
    let each = [
        "logistic",
        "t.csv",
        "--outcome",
        "y",
        "--terms",
        "a",
        "-q",
        "--univariable",
    ];
    assert!(bench.text(&each).contains("Complete separation"));
    assert_eq!(bench.json(&each[..each.len() - 2])["separation"]["complete"], true);

    let data = shipped().join("data");
    let call = [
        "logistic",
        "mtcars.csv",
        "--outcome",
        "am",
        "--terms",
        "wt,hp,mpg",
        "--firth",
    ];
    let output = run_in(&data, &call);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("13 cases of the rarer outcome for 3 coefficients"),
        "{said}"
    );
    let text = text_of(output);
    assert!(text.contains("of 32 cases, 13 with the event"), "{text}");
    let found = crate::bench::json_in(&data, &call);
    let p = found["p_profile"][1].as_f64().unwrap();
    assert_ne!(found["terms"][1]["p"].as_f64().unwrap(), p);
    let printed = radscore::stats::base::number::probability(p);
    assert!(
        text.lines()
            .any(|line| line.starts_with("wt") && line.contains(&printed)),
        "{printed} is not in\n{text}"
    );
}

#[test]
fn limits_are_said_as_they_are() {
    let bench = table("y,p,q", |at| {
        format!("{},{:.3},{}", at % 2, 0.1 + (at * 7 % 13) as f64 / 20.0, at)
    });
    for (call, words) in [
        (
            &[
                "decide",
                "t.csv",
                "--outcome",
                "y",
                "--risk",
                "p",
                "--thresholds",
                "0:1:1e-9",
            ][..],
            "at most 10000",
        ),
        (
            &[
                "decide",
                "t.csv",
                "--outcome",
                "y",
                "--risk",
                "p",
                "--thresholds",
                "0.5:0.1:0.1",
            ],
            "lower end first",
        ),
        (
            &[
                "nomogram",
                "t.csv",
                "--outcome",
                "y",
                "--terms",
                "p",
                "--risks",
                "0,0.5",
            ],
            "above 0 and below 1",
        ),
        (
            &["roc", "t.csv", "--outcome", "y", "--score", "p", "--level", "1e308"],
            "is 1e308, but",
        ),
        (
            &["roc", "t.csv", "--outcome", "y", "--score", "p", "--level", "-5"],
            "is -5, but",
        ),
        (
            &["roc", "t.csv", "--outcome", "y", "--score", "p", "--bootstrap", "-5"],
            "from 1 to 1000000",
        ),
        (
            &["roc", "t.csv", "--outcome", "y", "--score", "p,q", "--reclassification"],
            "the column \"q\"",
        ),
        (
            &[
                "samplesize",
                "--auc",
                "1e308",
                "--prevalence",
                "0.4",
                "--candidates",
                "10",
            ],
            "is 1e308, but",
        ),
    ] {
        let said = bench.refusal(call);
        assert!(said.contains(words) && !said.contains("tip:"), "{call:?}: {said}");
    }
    let text = bench.text(&["decide", "t.csv", "--outcome", "y", "--risk", "p"]);
    assert!(!text.contains("e-1"), "{text}");
    bench.write("empty.csv", "y,p\n");
    for call in [
        &["roc", "empty.csv", "--outcome", "y", "--score", "p"][..],
        &["table1", "empty.csv", "--by", "y"],
        &["icc", "empty.csv"],
        &["agree", "empty.csv", "--a", "y", "--b", "p"],
    ] {
        assert!(bench.refusal(call).contains("the table has no rows"), "{call:?}");
    }
}

#[test]
fn what_has_no_form_in_json_says_so() {
    let bench = table("y,p", |at| format!("{},{at}", at % 2));
    let said = bench.refusal(&["view", "nothing.nrrd", "--json"]);
    assert!(said.contains("--json") && said.contains("leave --json out"), "{said}");
}
