//! What a reader should be told though nothing failed.

use crate::bench::Bench;

const SCORES: &str = "y,up,down,flat\n0,0.1,9,1\n0,0.2,7,1\n0,0.6,8,1\n1,0.5,3,1\n1,0.8,4,1\n1,0.9,7.5,1\n";

#[test]
fn a_direction_is_found_and_said_or_asked_for() {
    let bench = Bench::new(SCORES);
    let call = ["roc", "t.csv", "--outcome", "y", "--score", "up,down"];
    let text = bench.text(&call);
    assert!(text.contains("< (auto)") && text.contains("> (auto)"), "{text}");
    assert!(text.contains("opposite directions"), "{text}");
    let found = bench.json(&call);
    assert_eq!(found["curves"][0]["direction_found"], true);
    assert_eq!(found["tests"][0]["opposite_directions"], true);
    // Between 0 and 1, and yet no risk: low values speak for the event.
    let low = Bench::new("y,s\n0,0.9\n0,0.8\n0,0.7\n1,0.1\n1,0.2\n1,0.75\n");
    assert_eq!(
        low.json(&["roc", "t.csv", "--outcome", "y", "--score", "s"])["curves"][0]["direction"],
        ">"
    );
}

#[test]
fn an_area_below_a_half_and_a_constant_score_are_remarked() {
    let bench = Bench::new(SCORES);
    let text = bench.text(&["roc", "t.csv", "--outcome", "y", "--score", "down", "--direction", "<"]);
    assert!(
        text.contains("down: the area is below 0.5") && text.contains("--direction '>'"),
        "{text}"
    );
    let text = bench.text(&["roc", "t.csv", "--outcome", "y", "--score", "flat"]);
    assert!(text.contains("flat: every row has the same score"), "{text}");
    assert!(
        text.contains("not estimable") && !text.contains("0.5000 to 0.5000"),
        "{text}"
    );
}

#[test]
fn identical_readers_are_remarked() {
    let bench = Bench::new("a,b,c\n1,1,1.5\n2,2,2\n4,4,3.5\n3,3,3\n7,7,6.5\n");
    let said = |columns| {
        let output = bench.run(&["icc", "t.csv", "--features", columns]);
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(
        said("a,b").contains("the same value from every reader"),
        "{}",
        said("a,b")
    );
    assert!(!said("a,c").contains("every reader"), "{}", said("a,c"));
}

#[test]
fn which_of_two_values_is_the_event_is_asked() {
    let bench = Bench::new("y,x\n1,1\n2,3\n1,2\n2,2.5\n1,2.8\n2,1.5\n");
    for command in ["logistic", "calibrate", "validate", "nomogram", "decide"] {
        let error = bench.refusal(&[command, "t.csv", "--outcome", "y", "--terms", "x"]);
        assert!(error.contains("--event"), "{command}: {error}");
    }
    let error = bench.refusal(&["roc", "t.csv", "--outcome", "y", "--score", "x"]);
    assert!(error.contains("--event"), "{error}");
}
