//! Charts of tables, for print: what the commands draw beside their numbers.

use crate::bench::Bench;

fn table() -> Bench {
    let mut text = "y,a,b,c\n".to_owned();
    for row in 0..40 {
        let (event, noise) = (row % 2, (row * 7 % 13) as f64 / 4.0);
        text.push_str(&format!("{event},{},{noise},{}\n", event as f64 + noise, row % 5));
    }
    Bench::new(&text)
}

#[test]
fn curves_and_paths_are_drawn_into_files() {
    let bench = table();
    let begins = |name: &str| std::fs::read(bench.0.path().join(name)).unwrap()[..4].to_vec();
    let files = [
        "--svg", "r.svg", "--png", "r.png", "--pdf", "r.pdf", "--width", "84mm", "--csv", "r.csv",
    ];
    for call in [
        &["roc", "t.csv", "--outcome", "y", "--score", "a,b"][..],
        &["lasso", "t.csv", "--outcome", "y", "--cv", "--folds", "5"],
        &["lasso", "t.csv", "--outcome", "y"],
    ] {
        bench.text(&[call, &files, &["--overwrite"]].concat());
        assert_eq!(begins("r.svg"), b"<svg");
        assert_eq!(begins("r.png"), b"\x89PNG");
        assert_eq!(begins("r.pdf"), b"%PDF");
        let sheet = std::fs::read_to_string(bench.0.path().join("r.csv")).unwrap();
        assert!(sheet.lines().count() > 5, "{sheet}");
    }
    let roc = ["roc", "t.csv", "--outcome", "y", "--score", "a"];
    let refused = |more: &[&str]| bench.refusal(&[&roc[..], more].concat());
    assert!(refused(&["--png", "r.png"]).contains("--overwrite"));
    assert!(refused(&["--width", "84mm"]).contains("--png"));
    assert!(refused(&["--width", "84"]).contains("--png"));
    assert!(refused(&["--svg", "x", "--png", "x"]).contains("two files"));
    assert!(refused(&["--svg", "t.csv", "--overwrite"]).contains("read by this command"));
    assert!(refused(&["--by", "c", "--svg", "x.svg"]).contains("--by"));
}
