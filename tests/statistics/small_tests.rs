//! The small tests as commands, against R.

use serde_json::Value;

use crate::bench::{Bench, json_in, shipped};
use crate::golden::{Golden, near, number, numbers};

fn call(arguments: &[&str]) -> Value {
    json_in(&shipped().join("data"), arguments)
}

/// A line of `compare`.
fn line<'a>(found: &'a Value, name: &str) -> &'a Value {
    let tests = found["variables"][0]["tests"].as_array().unwrap();
    tests
        .iter()
        .find(|test| test["test"].as_str().unwrap().starts_with(name))
        .unwrap()
}

#[test]
fn small_tests_give_rs_numbers() {
    let expected = Golden::of(&shipped()).expected("small_tests.json");
    let of = |key: &str| numbers(&expected[key]);
    let data = expected["data"].as_str().unwrap();

    let found = call(&["compare", data, "--by", "cyl", "--vars", "mpg"]);
    let bartlett = line(&found, "Bartlett");
    near(
        "Bartlett",
        number(&bartlett["statistic"]),
        of("bartlett")[0],
        1e-12,
        0.0,
    );
    near(
        "Bartlett's P",
        number(&bartlett["p_value"]),
        of("bartlett")[1],
        1e-10,
        0.0,
    );

    let found = call(&["compare", data, "--by", "am", "--vars", "mpg"]);
    let shift = line(&found, "Hodges-Lehmann");
    // R moves the groups until its root finder rests, to 1e-4.
    near(
        "shift",
        number(&shift["estimate"][0]),
        of("shift_with_ties")[0],
        0.0,
        1e-4,
    );
    for (at, end) in numbers(&shift["conf_int"]).iter().enumerate() {
        near("shift's limits", *end, of("shift_with_ties")[at + 1], 0.0, 1e-4);
    }

    let (count, seed) = (expected["B"].to_string(), expected["r_seed"].to_string());
    let drawn = ["--simulate", &count, "--seed", &seed, "--seed-kind", "r"];
    let found = call(
        &[
            &[
                "compare",
                data,
                "--by",
                "carb",
                "--vars",
                "gear",
                "--categorical",
                "gear",
            ],
            &drawn[..],
        ]
        .concat(),
    );
    near(
        "Fisher's P by simulation",
        number(&line(&found, "Fisher's test, ")["p_value"]),
        number(&expected["fisher"]),
        1e-12,
        0.0,
    );

    let found = call(&["agree", data, "--a", "vs", "--b", "am"]);
    let test = &found["mcnemar"];
    for (at, key) in ["chi_squared_corrected", "p_corrected", "p"].iter().enumerate() {
        near(key, number(&test[key]), of("mcnemar")[at], 1e-12, 0.0);
    }

    let found = call(&["agree", data, "--a", "cyl", "--b", "gear", "--more", "carb"]);
    for (at, key) in ["kappa", "se", "z"].iter().enumerate() {
        near(key, number(&found["fleiss"][key]), of("fleiss")[at], 1e-12, 0.0);
    }

    let found = call(&["roc", data, "--outcome", "vs", "--score", "mpg", "--by", "am"]);
    for (at, key) in ["t", "df", "p"].iter().enumerate() {
        near(key, number(&found["tests"][0][key]), of("unpaired")[at], 1e-10, 0.0);
    }
}

#[test]
fn an_exact_shift_is_a_median_of_differences() {
    let expected = Golden::of(&shipped()).expected("small_tests.json");
    let table = Golden::of(&shipped()).table("mtcars.csv");
    let (seconds, groups) = (table.texts("qsec").unwrap(), table.texts("vs").unwrap());
    let rows: Vec<String> = [0, 2, 3, 5, 6]
        .into_iter()
        .chain(17..22)
        .map(|row| format!("{},{}", seconds[row], groups[row]))
        .collect();
    let bench = Bench::new(&format!("x,g\n{}\n", rows.join("\n")));
    let found = bench.json(&["compare", "t.csv", "--by", "g", "--vars", "x"]);
    let shift = line(&found, "Hodges-Lehmann");
    let all = [numbers(&shift["estimate"]), numbers(&shift["conf_int"])].concat();
    for (found, expected) in all.iter().zip(numbers(&expected["shift_exact"])) {
        near("exact shift", *found, expected, 1e-12, 1e-12);
    }
}
