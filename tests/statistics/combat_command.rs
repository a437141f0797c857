//! `combat` on tables of one's own: what it takes for features, and what it refuses.

use crate::bench::Bench;

fn table() -> String {
    let mut text = "id,centre,y,age,f1,f2\n".to_owned();
    for row in 0..24 {
        let centre = ["A", "B", "C"][row % 3];
        let f1 = (row * 7 % 11) as f64 + 3.0 * (row % 3) as f64;
        let f2 = (row * 5 % 13) as f64 * 0.5;
        text.push_str(&format!("p{row},{centre},{},{},{f1},{f2}\n", row % 2, 40 + row));
    }
    text
}

#[test]
fn an_outcome_is_no_feature_unasked() {
    let bench = Bench::new(&table());
    let output = bench.run(&[
        "combat",
        "t.csv",
        "--batch",
        "centre",
        "--covariates",
        "age",
        "-o",
        "new.csv",
    ]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}");
    assert!(words.contains("no features unless --features names them: y"), "{words}");
    assert!(words.contains("taken as features: f1, f2"), "{words}");
    let made = std::fs::read_to_string(bench.0.path().join("new.csv")).unwrap();
    for (before, after) in table().lines().zip(made.lines()) {
        let [before, after] = [before, after].map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(before[..4], after[..4]);
    }
}

#[test]
fn what_cannot_be_harmonised_is_named() {
    let bench = Bench::new(&table());
    let refused = |more: &[&str]| bench.refusal(&[&["combat", "t.csv"][..], more].concat());
    assert!(refused(&["--batch", "id"]).contains("a single row to learn from"));
    assert!(
        refused(&["--batch", "centre", "--features", "f1,age", "--covariates", "age"])
            .contains("age is named as a feature and as a covariate")
    );
    assert!(refused(&["--batch", "centre", "--features", "f1,centre"]).contains("centre is the centre"));
    assert!(refused(&["--batch", "centre", "--exclude", "age,f1,f2"]).contains("no columns of numbers are left"));
}
