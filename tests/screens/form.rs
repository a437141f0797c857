//! The form in which a published model is typed in, at every size and in every look.

use radscore::tui::app::App;

use crate::driver::{Driver, Kind};
use crate::made_up::plain;

/// More cases in a set than there are in all, typed by keys.
const TYPED: &str = "0n<Down><Enter>a paper<Enter><Down><Down><Down><Down><Down><Enter>100<Enter><Down><Down><Enter>\
                     <Enter>training<Enter><Enter>120<Enter><Enter>41<Enter>";

#[test]
fn what_is_typed_is_judged_beside_and_explained_below() {
    for size in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        for kind in [Kind::Terminal, Kind::Mono, Kind::Ascii] {
            let mut driver = Driver::new(size, kind, Some(plain())).keys(TYPED);
            let text = driver.text();
            assert!(text.contains("1 impossible"), "{text}");
            assert!(text.contains("add to sets"), "{text}");
            assert!(
                text.contains("the sets by name"),
                "what the line in hand means:\n{text}"
            );
            if matches!(kind, Kind::Ascii) {
                assert!(text.is_ascii(), "{text}");
            }
            // The findings by themselves, with their arithmetic.
            let mut driver = driver.keys("<Tab>");
            assert!(driver.text().contains("120"), "{}", driver.text());
            driver = driver.keys("<Tab>");
            assert!(driver.text().contains("add to sets"));
        }
    }
}

#[test]
fn esc_takes_back_and_leaving_keeps_what_was_typed() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(TYPED);
    // The events of the set are taken back: the set cannot be read, and that is said.
    driver = driver.keys("<Esc>");
    let text = driver.text();
    assert!(text.contains("not read yet") && text.contains("events"), "{text}");
    // Screens are reached only after the form is left, and it waits where it was left.
    driver = driver.keys("6");
    assert!(driver.text().contains("leave the form first"), "{}", driver.text());
    driver = driver.keys("q");
    assert!(!driver.text().contains("add to sets"));
    driver = driver.keys("n");
    assert!(driver.text().contains("not read yet"));
    // Entries are taken out and changes back, one by one, down to the empty form; then Esc leaves it.
    driver = driver.keys("<Up>d");
    assert!(!driver.text().contains("training"), "{}", driver.text());
    driver = driver.keys("<Esc>");
    assert!(driver.text().contains("training"), "{}", driver.text());
    driver = driver.keys(&"<Esc>".repeat(12));
    assert!(!driver.text().contains("add to sets"), "{}", driver.text());
}

#[test]
fn a_form_by_itself_needs_no_study() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, None);
    App::type_in(&mut driver.app, "paper.yaml".into());
    let mut driver = driver.keys("<Down>");
    let text = driver.text();
    assert!(
        text.contains("paper.yaml") && text.contains("the model's name"),
        "{text}"
    );
    let mut driver = driver.keys("q");
    assert!(driver.app.finished || driver.text().is_empty());
}
